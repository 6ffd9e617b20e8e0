//! What a drawn step came to, in words that are the same for the same thing under any strategy.

use super::{Side, events_of};
use crate::db::{RowSet, Value};
use crate::ids::{SessionId, StepId};
use crate::run::{EventKind, PlannedId, Reply, Write};
use crate::strategy::Origin;

/// The most rows that are told one by one.
const MOST_ROWS: usize = 3;

/// What a step came to under one of several strategies, and the event that says so; `None` where it is not sent.
#[must_use]
pub fn came_to(sides: &[Side], side: &Side, step: StepId) -> Option<(String, Option<usize>)> {
    let sent = side
        .plan
        .steps
        .iter()
        .any(|planned| planned.origin.step() == step);
    if !sent {
        return None;
    }
    let mut parts: Vec<String> = Vec::new();
    let mut last = None;
    // A step that is sent again, by a client that tries again, came to what it came to first.
    let mut answered = false;
    for (event, kind, planned) in events_of(side, step) {
        if answered {
            break;
        }
        let own = !is_added(side, planned);
        let part = match kind {
            EventKind::Blocked(wait) => {
                let names: Vec<&str> = wait.blockers.iter().map(|it| name(side, *it)).collect();
                if parts.last().is_some_and(|part| part.starts_with("waits")) {
                    continue;
                }
                if names.is_empty() {
                    "waits".to_owned()
                } else {
                    format!("waits for {}", names.join(", "))
                }
            }
            EventKind::Failed(error) => {
                answered = true;
                format!("fails with {}", error.state.0)
            }
            EventKind::Replied(reply) if own => {
                answered = true;
                replied(sides, side, step, reply)
            }
            EventKind::RequireHeld { .. } if own => {
                answered = true;
                "holds".to_owned()
            }
            EventKind::RequireFailed { reason, .. } => {
                answered = true;
                format!("is refused: {reason}")
            }
            EventKind::Unsendable { .. } => {
                answered = true;
                "cannot be sent".to_owned()
            }
            EventKind::Client(note) if own => {
                answered = true;
                note.words()
            }
            EventKind::Client(note) if note.tone() == crate::run::Tone::Bad => {
                answered = true;
                note.words()
            }
            _ => continue,
        };
        last = Some(event);
        parts.push(part);
    }
    if parts.is_empty() {
        return Some(("is not reached".to_owned(), None));
    }
    Some((parts.join(", then "), last))
}

fn is_added(side: &Side, planned: PlannedId) -> bool {
    matches!(side.plan.steps[planned.0].origin, Origin::Added { .. })
}

fn name(side: &Side, session: SessionId) -> &str {
    let session = side.plan.sessions.get(session.0);
    session.map_or("?", |session| session.display_name())
}

fn replied(sides: &[Side], side: &Side, step: StepId, reply: &Reply) -> String {
    match reply.tag.as_str() {
        "BEGIN" => return "begins".to_owned(),
        "COMMIT" => return "commits".to_owned(),
        "ROLLBACK" => return "rolls back".to_owned(),
        _ => {}
    }
    let mut parts = Vec::new();
    if let Some(rows) = &reply.rows {
        let columns = common_columns(sides, step, rows);
        let row = |row: &[Value]| {
            let cells: Vec<String> = columns
                .iter()
                .filter_map(|at| {
                    Some(format!(
                        "{} = {}",
                        rows.columns[*at],
                        row.get(*at)?.to_literal()
                    ))
                })
                .collect();
            cells.join(", ")
        };
        let shown: Vec<String> = rows.rows.iter().take(MOST_ROWS).map(|it| row(it)).collect();
        parts.push(match (shown.as_slice(), rows.rows.len()) {
            ([], _) => "reads no row".to_owned(),
            (shown, count) if count > MOST_ROWS => {
                format!("reads {count} rows: {}, …", shown.join("; "))
            }
            (shown, _) => format!("reads {}", shown.join("; ")),
        });
    }
    for write in reply.writes.iter().take(MOST_ROWS) {
        parts.push(written(sides, side, write));
    }
    if reply.writes.len() > MOST_ROWS {
        parts.push(format!("writes {} rows in all", reply.writes.len()));
    }
    if parts.is_empty() {
        parts.push(format!("is answered {}", reply.tag));
    }
    parts.join(", ")
}

/// The places of those columns of a result that the step has under every strategy that gets a result for it.
fn common_columns(sides: &[Side], step: StepId, rows: &RowSet) -> Vec<usize> {
    let mut columns: Vec<usize> = (0..rows.columns.len()).collect();
    for side in sides {
        let result = events_of(side, step).find_map(|(_, kind, planned)| match kind {
            EventKind::Replied(Reply {
                rows: Some(rows), ..
            }) if !is_added(side, planned) => Some(rows),
            _ => None,
        });
        if let Some(other) = result {
            columns.retain(|at| other.columns.contains(&rows.columns[*at]));
        }
    }
    columns
}

/// `quantity of stock id = 42 becomes 9`
fn written(sides: &[Side], side: &Side, write: &Write) -> String {
    let row = format!("{} {}", write.table, write.key);
    let columns = |side: &Side| {
        let mut tables = side.run.initial.iter().chain(&side.run.tables);
        let table = tables.find(|table| table.name == write.table);
        table.map(|table| table.columns.clone())
    };
    let Some(new) = &write.new else {
        return format!("deletes {row}");
    };
    let own = columns(side).unwrap_or_default();
    let known: Vec<Vec<String>> = sides.iter().filter_map(columns).collect();
    let everywhere = |column: &&String| known.iter().all(|columns| columns.contains(*column));
    let mut parts = Vec::new();
    for (at, column) in own.iter().enumerate().filter(|(_, it)| everywhere(it)) {
        let old = write.old.as_ref().and_then(|old| old.get(at));
        if old != new.get(at)
            && let Some(value) = new.get(at)
        {
            parts.push(format!("{column} = {}", value.to_literal()));
        }
    }
    if parts.is_empty() {
        format!("writes {row} as it was")
    } else {
        format!("writes {} into {row}", parts.join(", "))
    }
}
