//! `UPDATE` and `DELETE`.

use super::row_lock::{Got, concurrent_delete, concurrent_update};
use super::*;
use crate::sql::ast::{RowLock, WaitPolicy};

impl Exec {
    pub(super) fn modify(
        &mut self,
        command: &ModifyCommand,
        what: Modification,
        session: SessionId,
        db: &mut Database,
    ) -> Result<Poll<String>, SqlError> {
        let table = command.table;
        loop {
            self.stage = match self.stage.clone() {
                Stage::Next => match self.next_found(table, command.filter.as_ref(), db)? {
                    Some(id) => Stage::Change(id),
                    None => break,
                },
                Stage::Change(id) => {
                    let new = match what {
                        Modification::Update => Some(self.changed_row(command, id, db)?),
                        Modification::Delete => None,
                    };
                    let old = &db.heap(table)[id].values;
                    let strength = match &new {
                        Some(new) if !db.table(table).key_differs(old, new) => RowLock::NoKeyUpdate,
                        _ => RowLock::Update,
                    };
                    let got = self.claim((table, id), strength, WaitPolicy::Block, session, db)?;
                    match ready!(got) {
                        Got::Free => self.change(command, id, new, strength, session, db)?,
                        Got::Replaced(next) if self.follows_changes() => Stage::Recheck(next),
                        Got::Replaced(_) => return Err(concurrent_update()),
                        Got::Deleted if !self.follows_changes() => return Err(concurrent_delete()),
                        Got::Deleted | Got::OwnChange | Got::Skipped => Stage::Next,
                    }
                }
                Stage::Recheck(id) => {
                    let Some(id) = self.follow((table, id), session, db) else {
                        self.stage = Stage::Next;
                        continue;
                    };
                    self.stage = Stage::Recheck(id);
                    let strength = command.recheck_strength(what, db);
                    let got = self.claim((table, id), strength, WaitPolicy::Block, session, db)?;
                    match ready!(got) {
                        Got::Free => {
                            self.take((table, id), strength, session, db);
                            let row = &db.heap(table)[id].values;
                            if meets(command.filter.as_ref(), row, &self.context)? {
                                Stage::Change(id)
                            } else {
                                // What the statement decided by: it read the row and turned away from it.
                                self.effects.reads.push((table, id));
                                Stage::Next
                            }
                        }
                        Got::Replaced(next) => Stage::Recheck(next),
                        Got::Deleted | Got::OwnChange | Got::Skipped => Stage::Next,
                    }
                }
                Stage::Verify { old, new } => {
                    ready!(self.verify_unique(table, new, session, db)?);
                    self.effects.writes.push((table, old, Some(new)));
                    let row = Row::clone(&db.heap(table)[new].values);
                    self.give_back(command.returning.as_ref(), &row)?;
                    self.count += 1;
                    Stage::Next
                }
            };
        }
        Ok(Poll::Ready(match what {
            Modification::Update => format!("UPDATE {}", self.count),
            Modification::Delete => format!("DELETE {}", self.count),
        }))
    }

    /// The row that an `UPDATE` makes of a version, tested against the table's constraints.
    fn changed_row(
        &self,
        command: &ModifyCommand,
        id: TupleId,
        db: &Database,
    ) -> Result<Row, SqlError> {
        let old = &db.heap(command.table)[id].values;
        let mut new: Vec<Value> = old.to_vec();
        for (column, value) in &command.assignments {
            new[*column] = match value {
                Some(value) => super::super::expr::eval(value, old, &self.context)?,
                None => Value::Null,
            };
        }
        db.test_constraints(command.table, &new, &self.context)?;
        Ok(new.into())
    }

    /// Replaces or deletes a version that nobody holds.
    fn change(
        &mut self,
        command: &ModifyCommand,
        id: TupleId,
        new: Option<Row>,
        strength: RowLock,
        session: SessionId,
        db: &mut Database,
    ) -> Result<Stage, SqlError> {
        let table = command.table;
        let me = db.number(session);
        let held = db.lock_strength((table, id), me);
        if held.is_none_or(|held| held < strength) {
            self.effects.locked.push((table, id, strength));
        }
        self.effects.reads.push((table, id));
        Ok(match new {
            Some(new) => {
                // A version with the same keys as the one before gets no entries of its own (a heap-only tuple), so nothing
                // looks whether they are unique.
                let same_keys = !db
                    .table(table)
                    .key_differs(&db.heap(table)[id].values, &new);
                let entries = if same_keys {
                    db.table(table).uniques.len()
                } else {
                    0
                };
                let command = self.view.command;
                let new = db
                    .heap_mut(table)
                    .replace(id, new, me, command, strength, entries);
                Stage::Verify { old: Some(id), new }
            }
            None => {
                db.heap_mut(table).delete(id, me, self.view.command);
                self.effects.writes.push((table, Some(id), None));
                let row = Row::clone(&db.heap(table)[id].values);
                self.give_back(command.returning.as_ref(), &row)?;
                self.count += 1;
                Stage::Next
            }
        })
    }
}

impl ModifyCommand {
    /// How strongly the newest version is locked before it is looked at again: by the columns that are assigned, whatever
    /// their values (`ExecUpdateLockMode`).
    fn recheck_strength(&self, what: Modification, db: &Database) -> RowLock {
        let sets_key = |unique: &crate::db::catalog::Unique| {
            unique
                .columns
                .iter()
                .any(|key| self.assignments.iter().any(|(column, _)| column == key))
        };
        match what {
            Modification::Update if !db.table(self.table).uniques.iter().any(sets_key) => {
                RowLock::NoKeyUpdate
            }
            _ => RowLock::Update,
        }
    }
}
