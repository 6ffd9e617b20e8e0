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
use crate::run::{Conflict, EventKind, Outcome, Run, Transaction, TransactionId, Wait};
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

/// The last attempts at transactions that ended otherwise than their authors drew.
pub(super) fn turned_away(run: &Run) -> Vec<TransactionId> {
    let last = |about: &Transaction| {
        !run.transactions.iter().any(|other| {
            (other.session, other.number) == (about.session, about.number)
                && other.attempt > about.attempt
        })
    };
    let away = |about: &&(usize, &Transaction)| {
        matches!(
            about.1.outcome,
            Outcome::Refused(_) | Outcome::Conflict(_) | Outcome::Failed(_)
        ) && last(about.1)
    };
    let all: Vec<_> = run.transactions.iter().enumerate().collect();
    all.iter()
        .filter(away)
        .map(|(id, _)| TransactionId(*id))
        .collect()
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

struct Teller<'a> {
    plan: &'a Plan,
    run: &'a Run,
}

impl Teller<'_> {
    fn name(&self, session: SessionId) -> &str {
        session_name(self.plan, session)
    }

    fn anomaly(&self, verdict: &Verdict) -> String {
        let Some(worst) = verdict.anomalies.first() else {
            return "No serial order gives this outcome.".to_owned();
        };
        let consequence = match self.consequence(verdict) {
            Some(values) => values,
            None if verdict.rules.iter().all(holds) => return worst.sentence.clone(),
            None => broken(verdict),
        };
        format!("{}; {consequence}.", worst.sentence.trim_end_matches('.'))
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
                format!(
                    "{} still waits for {}",
                    self.name(*session),
                    self.blockers(wait)
                )
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

    fn blockers(&self, wait: &Wait) -> String {
        let names: Vec<&str> = wait.blockers.iter().map(|&who| self.name(who)).collect();
        if names.is_empty() {
            "a lock".to_owned()
        } else {
            list(&distinct(names))
        }
    }

    /// Who was turned away and why; those with the same reason together.
    fn turned_away(&self) -> String {
        let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
        for id in turned_away(self.run) {
            let about = &self.run.transactions[id.0];
            let name = self.name(about.session);
            let told = match &about.outcome {
                Outcome::Conflict(Conflict::Version) => {
                    "turned away (version conflict) and told so".to_owned()
                }
                Outcome::Conflict(Conflict::Server(error)) => match self.deadlock(id) {
                    Some(story) => story,
                    None => format!(
                        "turned away ({}, {}) and told so",
                        conflict_name(error.state.0),
                        error.state.0
                    ),
                },
                Outcome::Refused(reason) => format!("refused by its own check ({reason})"),
                Outcome::Failed(error) => {
                    format!("turned away ({}) and told so", error.message)
                }
                _ => continue,
            };
            match groups.iter_mut().find(|(other, _)| *other == told) {
                Some((_, names)) => names.push(name),
                None => groups.push((told, vec![name])),
            }
        }
        let groups: Vec<String> = groups
            .into_iter()
            .map(|(told, names)| {
                let names = distinct(names);
                match names.as_slice() {
                    _ if told.ends_with("(40P01)") => told,
                    [only] => format!("{only} was {told}"),
                    several => format!("{} were {told}", list(several)),
                }
            })
            .collect();
        groups.join("; ")
    }

    /// `A and B waited for each other: PostgreSQL chose B as the victim (40P01)`, if that is how a transaction ended.
    fn deadlock(&self, victim: TransactionId) -> Option<String> {
        let about = &self.run.transactions[victim.0];
        let Outcome::Conflict(Conflict::Server(error)) = &about.outcome else {
            return None;
        };
        let failed = (about.first..=about.last)
            .find(|&event| matches!(&self.run.events[event].kind, EventKind::Failed(_)))?;
        if error.state != crate::db::SqlState::DEADLOCK_DETECTED {
            return None;
        }
        // What each session waited for at that moment.
        let waits_for = |session: SessionId| {
            self.run.events[..failed]
                .iter()
                .rev()
                .find(|event| event.session == session)
                .and_then(|event| match &event.kind {
                    EventKind::Blocked(wait) => wait.blockers.first().copied(),
                    _ => None,
                })
        };
        let mut circle = vec![about.session];
        let mut at = about.session;
        while let Some(next) = waits_for(at).filter(|next| !circle.contains(next)) {
            circle.push(next);
            at = next;
        }
        circle.sort_unstable();
        let names: Vec<&str> = circle.iter().map(|&who| self.name(who)).collect();
        let how = match names.len() {
            0 | 1 => return None,
            2 => "waited for each other",
            _ => "waited for each other in a circle",
        };
        Some(format!(
            "{} {how}: PostgreSQL chose {} as the victim (40P01)",
            list(&names),
            self.name(about.session)
        ))
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

    /// Who tried again, and else who waited for whom.
    fn facts(&self) -> Vec<String> {
        let mut facts = Vec::new();
        let mut again = Vec::new();
        for (id, about) in self.run.transactions.iter().enumerate() {
            let next = self.run.transactions[id..].iter().any(|other| {
                (other.session, other.number, other.attempt)
                    == (about.session, about.number, about.attempt + 1)
            });
            if next {
                facts.extend(self.deadlock(TransactionId(id)));
                again.push(self.name(about.session));
            }
        }
        let again = distinct(again);
        match again.as_slice() {
            [] => {}
            [only] => facts.push(format!("{only} was told of the conflict and tried again")),
            several => facts.push(format!(
                "{} were told of the conflict and tried again",
                list(several)
            )),
        }
        let waits = self
            .run
            .events
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::Blocked(wait) if !wait.blockers.is_empty() => {
                    Some((self.name(event.session), self.blockers(wait)))
                }
                _ => None,
            });
        let mut waits = distinct(waits);
        if again.is_empty() {
            waits.truncate(2);
            let waits: Vec<String> = waits
                .iter()
                .map(|(who, whom)| format!("{who} waited for {whom}"))
                .collect();
            if !waits.is_empty() {
                facts.push(list(&waits));
            }
        }
        facts
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
        let Some(from) = &select.from else {
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

/// The condition name of a conflict, in words (manual, appendix A).
fn conflict_name(state: &str) -> &'static str {
    match state {
        "40001" => "serialization failure",
        "40P01" => "deadlock",
        _ => "lock not available",
    }
}
