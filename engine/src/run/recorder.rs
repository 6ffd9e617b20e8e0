//! From the database's ids to what people read.

use super::{LockTarget, Read, Reply, RowLocked, Search, TableState, Wait, Write, locks};
use crate::db::answer::{Answer, WaitReason};
use crate::db::expr::{Bound, EvalContext, is_true};
use crate::db::lock::{AdvisoryKey, Tag};
use crate::db::{Database, TableId, TupleId};
use crate::ids::SessionId;
use crate::sql::ast::{RowLock, Statement};

/// What a search looked for, kept until the run ends and it is known what it missed.
#[derive(Clone)]
pub(super) struct PendingSearch {
    /// The event whose reply holds the search.
    pub event: usize,
    /// Its place among the searches there.
    pub search: usize,
    pub table: TableId,
    pub condition: Option<Bound>,
}

/// A row's key: `id = 42`, or `row 1` in a table without a primary key.
pub(super) fn key(db: &Database, table: TableId, version: TupleId) -> String {
    let definition = db.table(table);
    let tuple = &db.heap(table)[version];
    match definition.primary_key() {
        [] => format!("row {}", tuple.row.0 + 1),
        columns => definition.describe(columns, &tuple.values),
    }
}

pub(super) fn row_target(db: &Database, table: TableId, version: TupleId) -> LockTarget {
    LockTarget::Row {
        table: db.table(table).name.clone(),
        row: db.heap(table)[version].row,
        key: key(db, table, version),
    }
}

/// What a session waits for.
pub(super) fn wait(db: &Database, session: SessionId) -> Option<Wait> {
    let waiting = db.waiting(session)?;
    let other = |what: String| LockTarget::Other { what };
    let (target, strength) = match (waiting.reason, waiting.version) {
        (WaitReason::Row(strength), Some((table, version))) => {
            (row_target(db, table, version), strength)
        }
        (WaitReason::Key(index), Some((table, version))) => {
            let definition = db.table(table);
            let values = &db.heap(table)[version].values;
            let columns = &definition.indexes[index].columns;
            let target = LockTarget::Key {
                table: definition.name.clone(),
                key: definition.describe(columns, values),
            };
            (target, RowLock::Update)
        }
        (reason, _) => {
            let what = match reason {
                WaitReason::Table(table, mode) => {
                    format!("table {} ({})", db.table(table).name, mode.sql_name())
                }
                WaitReason::Advisory(AdvisoryKey::Single(key), _) => {
                    format!("advisory lock {key}")
                }
                WaitReason::Advisory(AdvisoryKey::Pair(one, two), _) => {
                    format!("advisory lock ({one}, {two})")
                }
                WaitReason::SafeSnapshot => "a safe snapshot".to_owned(),
                _ => "time to pass".to_owned(),
            };
            (other(what), RowLock::Update)
        }
    };
    let blockers = db.blockers(session);
    let mut held = match (waiting.reason, waiting.version) {
        (WaitReason::Row(_), Some((table, version))) => locks::row_holders(db, table, version),
        (WaitReason::Table(table, mode), _) => locks::holders(db, Tag::Table(table), mode),
        (WaitReason::Advisory(key, mode), _) => locks::holders(db, Tag::Advisory(key), mode),
        _ => Vec::new(),
    };
    held.retain(|(holder, _)| blockers.contains(holder));
    Some(Wait {
        target,
        strength,
        blockers,
        held,
    })
}

/// What a statement gave back and did; its searches are to be completed when the run ends.
pub(super) fn reply(
    db: &Database,
    answer: Answer,
    statement: &Statement,
    event: usize,
    searches: &mut Vec<PendingSearch>,
) -> Reply {
    let name = |table: TableId| db.table(table).name.clone();
    let row = |table: TableId, version: TupleId| db.heap(table)[version].row;
    let values = |table: TableId, version: TupleId| db.heap(table)[version].values.clone();
    let effects = answer.effects;
    let condition = condition(statement);
    let mut reply = Reply {
        tag: answer.tag,
        rows: answer.rows,
        notices: answer.notices,
        ..Reply::default()
    };
    for (table, version) in effects.reads {
        let read = Read {
            table: name(table),
            row: row(table, version),
            key: key(db, table, version),
            version,
        };
        reply.reads.push(read);
    }
    for (table, bound) in effects.searches {
        searches.push(PendingSearch {
            event,
            search: reply.searches.len(),
            table,
            condition: bound,
        });
        reply.searches.push(Search {
            table: name(table),
            condition: condition.clone(),
            matching: Vec::new(),
        });
    }
    for (table, before, after) in effects.writes {
        let Some(any) = after.or(before) else {
            continue;
        };
        reply.writes.push(Write {
            table: name(table),
            row: row(table, any),
            key: key(db, table, any),
            before,
            after,
            old: before.map(|version| values(table, version)),
            new: after.map(|version| values(table, version)),
        });
    }
    for (table, version, strength) in effects.locked {
        reply.locked.push(RowLocked {
            target: row_target(db, table, version),
            strength,
        });
    }
    reply
}

/// The condition of a statement, as text.
pub(super) fn condition(statement: &Statement) -> String {
    match statement {
        Statement::Select(select) => &select.filter,
        Statement::Update(update) => &update.filter,
        Statement::Delete(delete) => &delete.filter,
        _ => &None,
    }
    .as_ref()
    .map(ToString::to_string)
    .unwrap_or_default()
}

/// Every version that a search would have found, had it been there and seen.
pub(super) fn matching(db: &Database, search: &PendingSearch) -> Vec<TupleId> {
    let meets = |values: &[_]| {
        search.condition.as_ref().is_none_or(|condition| {
            is_true(condition, values, &EvalContext::default()).unwrap_or(false)
        })
    };
    let heap = db.heap(search.table);
    heap.iter()
        .filter(|(_, tuple)| meets(&tuple.values))
        .map(|(id, _)| id)
        .collect()
}

/// The committed rows of every table, in key order.
pub(super) fn tables(db: &Database) -> Vec<TableState> {
    db.tables()
        .map(|table| {
            let definition = db.table(table);
            let keys = definition.primary_key();
            let mut versions: Vec<TupleId> = db.committed(table).collect();
            let tuple = |version: &TupleId| &db.heap(table)[*version];
            crate::collections::sort_by(&mut versions, |a, b| {
                let by_key = keys
                    .iter()
                    .map(|&key| tuple(a).values[key].sql_cmp(&tuple(b).values[key]));
                by_key
                    .fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
                    .then(tuple(a).row.cmp(&tuple(b).row))
            });
            TableState {
                name: definition.name.clone(),
                columns: definition
                    .columns
                    .iter()
                    .map(|column| column.name.clone())
                    .collect(),
                rows: versions
                    .iter()
                    .map(|version| tuple(version).values.clone())
                    .collect(),
                ids: versions.iter().map(|version| tuple(version).row).collect(),
            }
        })
        .collect()
}
