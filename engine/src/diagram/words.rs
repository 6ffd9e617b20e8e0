//! A run in words: one sentence an event, in the present tense.

use crate::db::{RowSet, Value};
use crate::ids::SessionId;
use crate::run::{Event, EventKind, LockTarget, Reply, Run, Wait, Write};
use crate::scenario::Scenario;
use crate::strategy::Plan;

/// How far the clock must jump for a sentence to mention it, in milliseconds.
const JUMP: u64 = 50;

/// The whole run, a sentence an event.
#[must_use]
pub fn account(scenario: &Scenario, plan: &Plan, run: &Run) -> Vec<String> {
    (0..run.events.len())
        .map(|index| caption(scenario, plan, run, index))
        .collect()
}

/// One event in a sentence; an empty text when there is no such event.
#[must_use]
pub fn caption(scenario: &Scenario, _plan: &Plan, run: &Run, index: usize) -> String {
    let Some(event) = run.events.get(index) else {
        return String::new();
    };
    let sentence = sentence(scenario, run, index, event);
    let before = index
        .checked_sub(1)
        .map_or(0, |before| run.events[before].at.0);
    let jump = event.at.0.saturating_sub(before);
    if jump > JUMP {
        format!("{jump} ms later: {sentence}")
    } else {
        sentence
    }
}

fn name(scenario: &Scenario, session: SessionId) -> &str {
    scenario
        .sessions
        .get(session.0)
        .map_or("?", |session| session.display_name())
}

/// Names with commas and an "and".
fn names(scenario: &Scenario, sessions: &[SessionId]) -> String {
    let names: Vec<&str> = sessions
        .iter()
        .map(|session| name(scenario, *session))
        .collect();
    match names.as_slice() {
        [] => "nobody".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A locked thing: `stock id = 42`.
#[must_use]
pub fn target_name(target: &LockTarget) -> String {
    match target {
        LockTarget::Row { table, key, .. } => format!("{table} {key}"),
        LockTarget::Key { table, key } => format!("the new key {key} of {table}"),
    }
}

fn sentence(scenario: &Scenario, run: &Run, index: usize, event: &Event) -> String {
    let who = name(scenario, event.session);
    match &event.kind {
        EventKind::Sent { sql } => format!("{who} sends {sql}."),
        EventKind::Blocked(wait) => blocked(scenario, who, wait),
        EventKind::Replied(reply) => {
            let waited = run.events[..index]
                .iter()
                .rev()
                .take_while(|earlier| {
                    earlier.session != event.session
                        || !matches!(earlier.kind, EventKind::Sent { .. })
                })
                .any(|earlier| {
                    earlier.session == event.session
                        && matches!(earlier.kind, EventKind::Blocked(_))
                });
            let told = replied(run, who, reply);
            if waited {
                format!("The wait is over: {told}")
            } else {
                told
            }
        }
        EventKind::Failed(error) => {
            format!(
                "{who}'s statement fails: {} (SQLSTATE {}).",
                error.message, error.state.0
            )
        }
        EventKind::RequireHeld { condition } => format!("{who} checks {condition}: it holds."),
        EventKind::RequireFailed { condition, reason } => {
            format!("{who} checks {condition}: it does not hold ({reason}), so {who} rolls back.")
        }
        EventKind::VersionConflict => {
            format!(
                "{who} sees that no row was touched: somebody has changed it since {who} read it."
            )
        }
        EventKind::Unsendable { reason } => format!("{who} cannot go on: {reason}."),
        EventKind::Retry { attempt } => format!("{who} starts again, attempt {attempt}."),
        EventKind::GaveUp { reason } => format!("{who} gives up and says why: {reason}."),
    }
}

fn blocked(scenario: &Scenario, who: &str, wait: &Wait) -> String {
    let blockers = names(scenario, &wait.blockers);
    match &wait.target {
        LockTarget::Row { table, key, .. } => {
            format!(
                "{who} waits: it wants {table} {key} ({}), which {blockers} has locked.",
                wait.strength.clause()
            )
        }
        LockTarget::Key { table, key } => {
            format!(
                "{who} waits: {blockers} is inserting the same key into {table} ({key}) and has not committed."
            )
        }
    }
}

fn replied(run: &Run, who: &str, reply: &Reply) -> String {
    match reply.tag.as_str() {
        "BEGIN" => return format!("{who} begins a transaction."),
        "COMMIT" => return format!("{who} commits."),
        "ROLLBACK" => return format!("{who} rolls back."),
        _ => {}
    }
    let mut parts: Vec<String> = Vec::new();
    if reply.writes.is_empty() {
        match &reply.rows {
            Some(rows) => parts.push(format!("{who} reads {}", result(rows))),
            None => parts.push(format!("{who}'s statement touches no row ({})", reply.tag)),
        }
    } else {
        for write in &reply.writes {
            parts.push(written(run, who, write));
        }
    }
    if reply.writes.is_empty() {
        for lock in &reply.locked {
            parts.push(format!(
                "locks {} {}",
                target_name(&lock.target),
                lock.strength.clause()
            ));
        }
    }
    let mut text = parts.join("; ");
    for notice in &reply.notices {
        text.push_str(&format!("; the server says: {notice}"));
    }
    text.push('.');
    text
}

/// A result, small enough for a sentence: `quantity = 10`, `no row`, `3 rows`.
#[must_use]
pub fn result(rows: &RowSet) -> String {
    match rows.rows.as_slice() {
        [] => "no row".to_owned(),
        [row] => pairs(rows.columns.iter().zip(row.iter())),
        more if more.len() <= 3 => {
            let rows: Vec<String> = more
                .iter()
                .map(|row| format!("({})", pairs(rows.columns.iter().zip(row.iter()))))
                .collect();
            rows.join(", ")
        }
        more => format!("{} rows", more.len()),
    }
}

fn pairs<'a>(pairs: impl Iterator<Item = (&'a String, &'a Value)>) -> String {
    let pairs: Vec<String> = pairs
        .map(|(column, value)| match column.as_str() {
            "?column?" => shown(value),
            column => format!("{column} = {}", shown(value)),
        })
        .collect();
    pairs.join(", ")
}

/// A value as a person writes it.
fn shown(value: &Value) -> String {
    match value {
        Value::Boolean(true) => "true".to_owned(),
        Value::Boolean(false) => "false".to_owned(),
        value => value.to_text().unwrap_or_else(|| "NULL".to_owned()),
    }
}

/// A change of a row: `quantity from 10 to 9`.
#[must_use]
pub fn change(run: &Run, write: &Write) -> String {
    let columns = run
        .initial
        .iter()
        .find(|table| table.name == write.table)
        .map(|table| table.columns.as_slice());
    let columns = columns.unwrap_or_default();
    match (&write.old, &write.new) {
        (Some(old), Some(new)) => {
            let changed = columns
                .iter()
                .zip(old.iter().zip(new.iter()))
                .filter(|(_, (old, new))| old != new);
            let changed: Vec<String> = changed
                .map(|(column, (old, new))| {
                    format!("{column} from {} to {}", shown(old), shown(new))
                })
                .collect();
            if changed.is_empty() {
                format!("{}, as it was", pairs(columns.iter().zip(new.iter())))
            } else {
                changed.join(", ")
            }
        }
        (_, Some(new)) => pairs(columns.iter().zip(new.iter())),
        (Some(old), None) => pairs(columns.iter().zip(old.iter())),
        (None, None) => String::new(),
    }
}

fn written(run: &Run, who: &str, write: &Write) -> String {
    let (table, key) = (&write.table, &write.key);
    match (&write.old, &write.new) {
        (Some(_), Some(_)) => format!("{who} changes {table} {key}: {}", change(run, write)),
        (None, _) => format!("{who} inserts into {table}: {}", change(run, write)),
        (Some(_), None) => format!("{who} deletes {table} {key}"),
    }
}
