//! The rules of a scenario, asked of the final tables.

use super::RuleResult;
use crate::db::expr::substitute;
use crate::db::{Database, RowSet, Value};
use crate::ids::{SessionId, Tick};
use crate::run::{EventKind, Run, TransactionId, ask};
use crate::scenario::{Rule, Scenario};

/// Asks every rule.
pub(super) fn ask_all(scenario: &Scenario, run: &Run) -> Vec<RuleResult> {
    ask_with(scenario, &run.database, &facts(run))
}

/// What a rule knows of a run beside the tables.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Facts {
    /// How many transactions committed.
    pub committed: usize,
    /// How many were turned away for good.
    pub failed: usize,
    /// How many sessions wait at the end.
    pub waiting: usize,
    /// The longest wait, in milliseconds.
    pub longest_wait: u64,
}

/// Asks every rule of committed tables.
pub(crate) fn ask_with(scenario: &Scenario, database: &Database, facts: &Facts) -> Vec<RuleResult> {
    let count = |number: usize| Value::Int(i32::try_from(number).unwrap_or(i32::MAX));
    let longest = usize::try_from(facts.longest_wait).unwrap_or(usize::MAX);
    let facts = [
        ("committed", count(facts.committed)),
        ("failed", count(facts.failed)),
        ("waiting", count(facts.waiting)),
        ("longest_wait", count(longest)),
    ];
    let rules = scenario.expect.iter();
    rules.map(|rule| ask_one(rule, database, &facts)).collect()
}

fn facts(run: &Run) -> Facts {
    let committed = (0..run.transactions.len())
        .filter(|&id| super::history::committed(run, TransactionId(id)))
        .count();
    let (waiting, longest) = waits(run);
    Facts {
        committed,
        failed: super::setbacks::turned_away(run).len(),
        waiting,
        longest_wait: longest,
    }
}

/// How many sessions wait when the run ends, and the longest wait in milliseconds; one that has not ended lasts until the
/// last event.
fn waits(run: &Run) -> (usize, u64) {
    let mut open: Vec<(SessionId, Tick)> = Vec::new();
    let mut longest = 0;
    let end = run.events.last().map_or(Tick(0), |last| last.at);
    for event in &run.events {
        let since = open
            .iter()
            .position(|(session, _)| *session == event.session);
        match (&event.kind, since) {
            (EventKind::Blocked(_), None) => open.push((event.session, event.at)),
            (EventKind::Blocked(_), Some(_)) | (_, None) => {}
            (_, Some(place)) => {
                let (_, since) = open.swap_remove(place);
                longest = longest.max(event.at.0.saturating_sub(since.0));
            }
        }
    }
    for (_, since) in &open {
        longest = longest.max(end.0.saturating_sub(since.0));
    }
    (open.len(), longest)
}

/// Whether a rule holds.
pub(super) fn holds(rule: &RuleResult) -> bool {
    rule.holds == Ok(true)
}

fn ask_one(rule: &Rule, database: &Database, facts: &[(&str, Value)]) -> RuleResult {
    let known = |name: &str| {
        let fact = facts.iter().find(|(fact, _)| *fact == name);
        fact.map(|(_, value)| value.clone())
    };
    let (query, holds) = match substitute(&rule.query.statement, &known) {
        Err(name) => (
            rule.query.text.clone(),
            Err(format!(
                ":{name} has no value here; a rule knows :committed, :failed, :waiting and :longest_wait."
            )),
        ),
        Ok(statement) => {
            let text = if statement == rule.query.statement {
                rule.query.text.clone()
            } else {
                statement.to_string()
            };
            let answer = match ask(database, &statement) {
                Ok(rows) => truth(&rows),
                Err(error) => Err(format!("The query fails: {error}.")),
            };
            (text, answer)
        }
    };
    RuleResult {
        name: rule.name.clone(),
        holds,
        query,
    }
}

/// The one boolean of a result.
fn truth(rows: &RowSet) -> Result<bool, String> {
    match rows.rows.as_slice() {
        [] => Err("The query finds no row.".to_owned()),
        [row] => match &**row {
            [Value::Boolean(truth)] => Ok(*truth),
            [Value::Null] => Err("The query gives NULL, neither true nor false.".to_owned()),
            [other] => Err(format!(
                "The query gives {}, which is neither true nor false.",
                super::words::value(other)
            )),
            more => Err(format!("The query gives {} columns, not one.", more.len())),
        },
        more => Err(format!("The query gives {} rows, not one.", more.len())),
    }
}
