//! The verdict in one sentence.
//!
//! First what became of the transactions, then why, then the rules; with the sessions' names and the values. Short, plain
//! and exact: it must say nothing that the run does not show.

use super::anomaly::session_name;
use super::history::{History, committed};
use super::rules::holds;
use super::words::{cells, differing, distinct, joined, list, value};
use super::{Serial, Verdict, VerdictKind};
use crate::ids::SessionId;
use crate::run::{EventKind, LockTarget, Outcome, Run, TransactionId, Wait};
use crate::scenario::Scenario;
use crate::sql::ast::Statement;
use crate::strategy::Plan;

/// More names than this are not listed.
const MOST_NAMES: usize = 6;

/// The sentence.
pub(super) fn of(verdict: &Verdict, scenario: &Scenario, plan: &Plan, history: &History) -> String {
    let teller = Teller {
        plan,
        run: history.run,
    };
    match verdict.kind {
        VerdictKind::Anomaly => teller.anomaly(verdict),
        VerdictKind::Unfinished => teller.unfinished(),
        VerdictKind::Undecided => {
            "There are too many serial orders to try them all; those that were tried do not give this outcome."
                .to_owned()
        }
        VerdictKind::TurnedAway => format!(
            "{}; nothing was lost, but {}.",
            teller.turned_away(),
            broken(verdict)
        ),
        VerdictKind::RuleBroken => {
            let values = teller.values(verdict, scenario, history);
            let tail = if values.is_empty() {
                values
            } else {
                format!(": {values}")
            };
            format!("{}, and yet {}{tail}.", teller.committed(verdict), broken(verdict))
        }
        VerdictKind::Correct => teller.correct(verdict),
    }
}

/// The rules that do not hold.
fn broken(verdict: &Verdict) -> String {
    let names: Vec<String> = verdict
        .rules
        .iter()
        .filter(|rule| !holds(rule))
        .map(|rule| format!("“{}”", rule.name))
        .collect();
    let verb = if names.len() == 1 { "does" } else { "do" };
    format!("{} {verb} not hold", list(&names))
}

pub(super) struct Teller<'a> {
    pub plan: &'a Plan,
    pub run: &'a Run,
}

impl Teller<'_> {
    pub fn name(&self, session: SessionId) -> &str {
        session_name(self.plan, session)
    }

    fn anomaly(&self, verdict: &Verdict) -> String {
        let Some(worst) = verdict.anomalies.first() else {
            return "No serial order gives this outcome.".to_owned();
        };
        let head = worst.sentence.trim_end_matches('.');
        match self.consequence(verdict) {
            Some(values) => format!("{head}: {values}."),
            None if verdict.rules.iter().all(holds) => worst.sentence.clone(),
            None => format!("{head}; {}.", broken(verdict)),
        }
    }

    /// `9 is left where 8 should be`: when every planned transaction committed and one cell alone is not what serial
    /// orders leave.
    fn consequence(&self, verdict: &Verdict) -> Option<String> {
        let planned: usize = super::replay::planned(self.plan).iter().map(Vec::len).sum();
        let done = (0..self.run.transactions.len())
            .filter(|&id| committed(self.run, TransactionId(id)))
            .count();
        if planned != done || verdict.serial_tables.is_empty() {
            return None;
        }
        let mut place = None;
        let mut left = None;
        let mut right = Vec::new();
        for should in &verdict.serial_tables {
            if should.len() != self.run.tables.len() {
                return None;
            }
            let mut wrong = Vec::new();
            for (table, (is, should)) in self.run.tables.iter().zip(should).enumerate() {
                if is.rows.len() != should.rows.len() {
                    return None;
                }
                for (row, (is, should)) in is.rows.iter().zip(&should.rows).enumerate() {
                    for column in differing(is, should) {
                        wrong.push(((table, row, column), &is[column], &should[column]));
                    }
                }
            }
            let [(cell, is, should)] = wrong.as_slice() else {
                return None;
            };
            if *place.get_or_insert(*cell) != *cell {
                return None;
            }
            left = Some(value(is));
            right.push(value(should));
        }
        Some(format!(
            "{} is left where {} should be",
            left?,
            joined(&distinct(right), "or")
        ))
    }

    fn unfinished(&self) -> String {
        let open = (0..self.run.transactions.len())
            .filter(|&id| self.run.transactions[id].outcome == Outcome::Open);
        let mut idle = Vec::new();
        let mut waiting = Vec::new();
        for id in open {
            let about = &self.run.transactions[id];
            match &self.run.events[about.last].kind {
                EventKind::Blocked(wait) => waiting.push((about.session, wait)),
                _ => idle.push(self.name(about.session)),
            }
        }
        let waits: Vec<String> = waiting
            .iter()
            .map(|(session, wait)| {
                let row = match &wait.target {
                    LockTarget::Row { table, key, .. } | LockTarget::Key { table, key } => {
                        format!("{table} {key}")
                    }
                    LockTarget::Other { what } => what.clone(),
                };
                let (who, whom) = (self.name(*session), self.blockers(wait));
                format!("{who} still waits for {whom} to let go of {row}")
            })
            .collect();
        let idle = distinct(idle);
        let head = match idle.as_slice() {
            [] => return format!("{}.", list(&waits)),
            [only] => format!("{only} has not ended its transaction"),
            several => format!("{} have not ended their transactions", list(several)),
        };
        if waits.is_empty() {
            format!("{head}.")
        } else {
            format!("{head}: {}.", list(&waits))
        }
    }

    pub fn blockers(&self, wait: &Wait) -> String {
        let names: Vec<&str> = wait.blockers.iter().map(|&who| self.name(who)).collect();
        if names.is_empty() {
            "another session".to_owned()
        } else {
            list(&distinct(names))
        }
    }

    /// `Both transactions committed, as if A ran before B`.
    fn committed(&self, verdict: &Verdict) -> String {
        let order = match &verdict.serial {
            Serial::Yes(order) => order.as_slice(),
            _ => &[],
        };
        let mut names: Vec<&str> = order
            .iter()
            .map(|&id| self.name(self.run.transactions[id].session))
            .collect();
        let whole = match names.as_slice() {
            [] => return "No transaction committed".to_owned(),
            [only] => return format!("{only}'s transaction committed"),
            [_, _] => "Both transactions committed".to_owned(),
            more => format!("All {} transactions committed", more.len()),
        };
        let whole = if order.len() == self.drawn() {
            whole
        } else {
            let who: Vec<&str> = distinct(names.iter().copied());
            match who.as_slice() {
                [only] => format!("{only}'s transactions committed"),
                several if several.len() <= MOST_NAMES => {
                    format!("The transactions of {} committed", list(several))
                }
                _ => format!("{} transactions committed", order.len()),
            }
        };
        names.dedup();
        match names.as_slice() {
            [_] => whole,
            [a, b] => format!("{whole}, as if {a} ran before {b}"),
            several if several.len() <= MOST_NAMES => {
                format!(
                    "{whole}, as if they ran in the order {}",
                    several.join(", ")
                )
            }
            _ => format!("{whole}, as if they ran one after the other"),
        }
    }

    /// How many transactions were begun, attempts at the same one counted once.
    fn drawn(&self) -> usize {
        distinct(
            self.run
                .transactions
                .iter()
                .map(|about| (about.session, about.number)),
        )
        .len()
    }

    fn correct(&self, verdict: &Verdict) -> String {
        if self.run.transactions.is_empty() {
            return "No transaction was made.".to_owned();
        }
        let mut sentence = format!("{}.", self.committed(verdict));
        let away = self.turned_away();
        if !away.is_empty() {
            let rules = if verdict.rules.is_empty() {
                "nothing was lost"
            } else {
                "nothing was lost, and every rule holds"
            };
            sentence = format!("{sentence} {away}; {rules}.");
        }
        let rolled_back = self
            .run
            .transactions
            .iter()
            .filter(|about| about.outcome == Outcome::RolledBack);
        let rolled_back = distinct(rolled_back.map(|about| self.name(about.session)));
        if !rolled_back.is_empty() {
            sentence = format!("{sentence} {} rolled back, as drawn.", list(&rolled_back));
        }
        for fact in self.facts() {
            sentence = format!("{sentence} {fact}.");
        }
        sentence
    }

    /// What the first broken rule speaks of: the cells of its table that the run changed, as they are now.
    fn values(&self, verdict: &Verdict, scenario: &Scenario, history: &History) -> String {
        let rule = verdict.rules.iter().position(|rule| !holds(rule));
        let Some(rule) = rule.and_then(|place| scenario.expect.get(place)) else {
            return String::new();
        };
        let Statement::Select(select) = &rule.query.statement else {
            return String::new();
        };
        let Some(from) = select.single_table() else {
            return String::new();
        };
        let table = from.name.name.as_str();
        let columns = history.columns(table);
        let changed = history.chains.iter().filter(|((of, _), _)| *of == table);
        let changed = changed.filter_map(|(&(_, row), chain)| {
            let last = chain.writes.last()?;
            let now = last.write.new.as_ref()?;
            let which = match history.values(table, row, 0) {
                Some(before) => differing(before, now),
                None => (0..now.len()).collect(),
            };
            (!which.is_empty()).then(|| {
                format!(
                    "{} of {table} {}",
                    cells(columns, &which, now),
                    last.write.key
                )
            })
        });
        let changed: Vec<String> = changed.take(3).collect();
        list(&changed)
    }
}
