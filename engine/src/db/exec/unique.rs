//! Unique keys: a new version may not have the key of another row, nor of one that is about to be.
//!
//! As `_bt_check_unique` does, the search looks at what others have not committed too: a key that a transaction in
//! progress has inserted, or is deleting, is waited for until that transaction ends.

use super::super::xact::{Fate, Xid};
use super::row_lock::wait_for_end;
use super::*;
use crate::db::SqlState;
use crate::db::answer::WaitReason;
use std::cmp::Ordering;

/// Another row with the same key.
enum Rival {
    /// It is there.
    Exists,
    /// That depends on how this transaction ends.
    DependsOn(Xid),
}

impl Exec {
    /// Waits until it is settled that the new version's keys are unique.
    pub(super) fn verify_unique(
        &mut self,
        table: TableId,
        new: TupleId,
        session: SessionId,
        db: &mut Database,
    ) -> Result<Poll<()>, SqlError> {
        loop {
            let index = db.heap(table)[new].entries;
            if index >= db.table(table).uniques.len() {
                break;
            }
            match rival(db, table, new, index, db.xid(session)) {
                None => db.heap_mut(table)[new].entries += 1,
                Some(Rival::Exists) => return Err(duplicate_key(db, table, new, index)),
                Some(Rival::DependsOn(xid)) => {
                    ready!(wait_for_end(
                        session,
                        db,
                        xid,
                        (table, new),
                        WaitReason::Key(index)
                    )?);
                }
            }
        }
        Ok(Poll::Ready(()))
    }
}

fn rival(
    db: &Database,
    table: TableId,
    new: TupleId,
    index: usize,
    me: Option<Xid>,
) -> Option<Rival> {
    let columns = &db.table(table).uniques[index].columns;
    let values = &db.heap(table)[new].values;
    if columns.iter().any(|&column| values[column].is_null()) {
        return None;
    }
    for (id, tuple) in db.heap(table).iter() {
        let same_key = || {
            columns
                .iter()
                .all(|&column| tuple.values[column].sql_cmp(&values[column]) == Ordering::Equal)
        };
        let made = db.transactions.fate(tuple.xmin);
        if id == new || tuple.entries <= index || made == Fate::Aborted || !same_key() {
            continue;
        }
        if made == Fate::InProgress && me != Some(tuple.xmin) {
            return Some(Rival::DependsOn(tuple.xmin));
        }
        let Some(updater) = tuple.updater else {
            return Some(Rival::Exists);
        };
        match db.transactions.fate(updater.xid) {
            Fate::Aborted => return Some(Rival::Exists),
            Fate::Committed => {}
            Fate::InProgress if me == Some(updater.xid) => {}
            Fate::InProgress => return Some(Rival::DependsOn(updater.xid)),
        }
    }
    None
}

fn duplicate_key(db: &Database, table: TableId, new: TupleId, index: usize) -> SqlError {
    let definition = db.table(table);
    let unique = &definition.uniques[index];
    let values = &db.heap(table)[new].values;
    let names: Vec<&str> = unique
        .columns
        .iter()
        .map(|&column| definition.columns[column].name.as_str())
        .collect();
    let texts: Vec<String> = unique
        .columns
        .iter()
        .map(|&column| values[column].to_text().unwrap_or_default())
        .collect();
    SqlError::new(
        SqlState::UNIQUE_VIOLATION,
        format!(
            "duplicate key value violates unique constraint \"{}\"",
            unique.name
        ),
    )
    .with_detail(format!(
        "Key ({})=({}) already exists.",
        names.join(", "),
        texts.join(", ")
    ))
}
