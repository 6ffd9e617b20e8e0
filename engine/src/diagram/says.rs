//! What statements, answers and waits say, in the few words that fit beside an arrow.

use super::text::listed;
use crate::db::{Row, TupleId, Value};
use crate::ids::SessionId;
use crate::run::{ClientNote, Event, EventKind, LockTarget, Reply, Run, Wait, Write};
use crate::scenario::Session;
use crate::sql::ast::Statement;
use crate::strategy::{Plan, PlannedAction};

/// The names that are shown.
pub(crate) fn name(sessions: &[Session], id: SessionId) -> &str {
    sessions.get(id.0).map_or("?", Session::display_name)
}

/// Several names.
pub(crate) fn names(sessions: &[Session], ids: &[SessionId]) -> String {
    let names: Vec<&str> = ids.iter().map(|id| name(sessions, *id)).collect();
    listed(&names)
}

/// A value as SQL writes it.
pub(crate) fn value(value: &Value) -> String {
    value.to_literal().to_string()
}

/// `id = 42, quantity = 10`
pub(crate) fn pairs(columns: &[String], row: &Row) -> String {
    let pairs: Vec<String> = columns
        .iter()
        .zip(row.iter())
        .map(|(column, cell)| match column.as_str() {
            // What PostgreSQL calls a column that has no name.
            "?column?" => value(cell),
            column => format!("{column} = {}", value(cell)),
        })
        .collect();
    pairs.join(", ")
}

/// `stock id = 42`
pub(crate) fn target(target: &LockTarget) -> String {
    match target {
        LockTarget::Row { table, key, .. } | LockTarget::Key { table, key } => {
            format!("{table} {key}")
        }
        LockTarget::Other { what } => what.clone(),
    }
}

/// The first word of a statement: `UPDATE`.
pub(crate) fn verb(sql: &str) -> &str {
    sql.split_whitespace().next().unwrap_or("statement")
}

/// Whether an answer says no more than that the statement was carried out: `BEGIN` to `BEGIN`.
pub(crate) fn is_plain(sql: &str, reply: &Reply) -> bool {
    reply.rows.is_none()
        && reply.notices.is_empty()
        && verb(sql) == reply.tag
        && matches!(reply.tag.as_str(), "BEGIN" | "COMMIT" | "ROLLBACK")
}

/// A column that a write set, before and after.
pub(crate) struct Change<'a> {
    pub column: &'a str,
    pub old: &'a Value,
    pub new: &'a Value,
}

/// What an `UPDATE` did to a row: the columns it names, even where the value stays the same, because a value written
/// over by itself is what a lost update looks like.
pub(crate) fn changes<'a>(
    run: &'a Run,
    plan: &Plan,
    event: &Event,
    write: &'a Write,
) -> Vec<Change<'a>> {
    let (Some(old), Some(new)) = (&write.old, &write.new) else {
        return Vec::new();
    };
    let step = event.step.and_then(|step| plan.steps.get(step.0));
    let named = match step.map(|step| &step.action) {
        Some(PlannedAction::Sql { sql, .. }) => match &sql.statement {
            Statement::Update(update) => Some(&update.assignments),
            _ => None,
        },
        _ => None,
    };
    let columns = columns(run, &write.table)
        .iter()
        .zip(old.iter().zip(new.iter()));
    columns
        .filter(|(column, (old, new))| {
            old != new || named.is_some_and(|set| set.iter().any(|set| set.column.name == **column))
        })
        .map(|(column, (old, new))| Change { column, old, new })
        .collect()
}

/// The columns of a table.
pub(crate) fn columns<'a>(run: &'a Run, table: &str) -> &'a [String] {
    let mut tables = run.tables.iter().chain(&run.initial);
    tables
        .find(|state| state.name == table)
        .map_or(&[], |state| &state.columns)
}

/// The answer to a statement, as paragraphs.
pub(crate) fn answer(run: &Run, plan: &Plan, event: &Event, reply: &Reply) -> Vec<String> {
    let mut paragraphs = Vec::new();
    if let Some(rows) = &reply.rows {
        if rows.rows.is_empty() {
            paragraphs.push("no rows".to_owned());
        }
        let read = match (reply.reads.as_slice(), rows.rows.len()) {
            ([one], 1) => version(run, &one.table, Some(one.version)),
            _ => String::new(),
        };
        paragraphs.extend(
            rows.rows
                .iter()
                .map(|row| pairs(&rows.columns, row) + &read),
        );
    }
    if reply.rows.is_none() || !reply.writes.is_empty() {
        paragraphs.push(reply.tag.clone());
        let several = reply.writes.len() > 1;
        for write in &reply.writes {
            let changes = changes(run, plan, event, write);
            if changes.is_empty() {
                continue;
            }
            let changes: Vec<String> = changes
                .iter()
                .map(|change| {
                    format!(
                        "{} {} → {}",
                        change.column,
                        value(change.old),
                        value(change.new)
                    )
                })
                .collect();
            let which = if several {
                format!("{}: ", write.key)
            } else {
                String::new()
            };
            let made = version(run, &write.table, write.after);
            paragraphs.push(which + &changes.join(", ") + &made);
        }
    }
    paragraphs.extend(reply.notices.iter().cloned());
    paragraphs
}

/// ` (v2)`: which of its row's versions it is; nothing when there is only one in the whole run.
fn version(run: &Run, table: &str, version: Option<TupleId>) -> String {
    let db = &run.database;
    let Some((version, table)) = version.zip(db.tables().find(|it| db.table(*it).name == table))
    else {
        return String::new();
    };
    let heap = db.heap(table);
    let row = heap[version].row;
    let versions = || heap.iter().filter(|(_, tuple)| tuple.row == row);
    if versions().count() < 2 {
        return String::new();
    }
    let number = versions().filter(|(id, _)| *id <= version).count();
    format!(" (v{number})")
}

/// What a statement waits for, who has that and in which mode, and who stands before it.
pub(crate) fn wait(sessions: &[Session], wait: &Wait) -> String {
    let holds = |who: SessionId| wait.held.iter().any(|(holder, _)| *holder == who);
    let ahead: Vec<SessionId> = wait
        .blockers
        .iter()
        .copied()
        .filter(|blocker| !holds(*blocker))
        .collect();
    let what = target(&wait.target);
    // Who inserts a key holds it without a row lock.
    let (kind, before) = match &wait.target {
        LockTarget::Row { .. } | LockTarget::Other { .. } => ("", "behind"),
        LockTarget::Key { .. } => ("the key ", "which is being inserted by"),
    };
    let mut text = format!("waits for {kind}{what}");
    if !wait.held.is_empty() {
        let holders: Vec<String> = wait
            .held
            .iter()
            .map(|(who, mode)| format!("{} ({mode})", name(sessions, *who)))
            .collect();
        let holders: Vec<&str> = holders.iter().map(String::as_str).collect();
        text += &format!(", held by {}", listed(&holders));
    }
    if !ahead.is_empty() {
        text += &format!(", {before} {}", names(sessions, &ahead));
    }
    text
}

/// What happens to a session beside its messages. One that works for somebody gets again what that one sends again.
pub(crate) fn client_note(note: &ClientNote, session: Option<&Session>) -> String {
    match (note, session.and_then(|session| session.client.as_ref())) {
        (ClientNote::SentAgain, Some(_)) => "gets the request again".to_owned(),
        _ => note.words(),
    }
}

/// Who does not get a reply and sends a request again: for whom a session works, if it works for somebody.
pub(crate) fn caller<'a>(session: &'a Session, note: &ClientNote) -> &'a str {
    match (note, &session.client) {
        (ClientNote::ReplyLost | ClientNote::SentAgain, Some(client)) => client,
        _ => session.display_name(),
    }
}

/// What a session does by itself.
pub(crate) fn note(kind: &EventKind, session: Option<&Session>) -> Option<String> {
    Some(match kind {
        EventKind::RequireHeld { condition } => format!("require {condition}: holds"),
        EventKind::RequireFailed { condition, reason } => {
            format!("require {condition}: fails, “{reason}”")
        }
        EventKind::VersionConflict => {
            "no row matched: the row has changed since it was read".into()
        }
        EventKind::Unsendable { reason } => format!("cannot send: {reason}"),
        EventKind::Retry { attempt } => format!("attempt {attempt}"),
        EventKind::GaveUp { reason } => format!("gives up: {reason}"),
        EventKind::Client(note) => client_note(note, session),
        _ => return None,
    })
}
