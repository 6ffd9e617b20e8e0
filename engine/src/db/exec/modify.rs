//! `UPDATE` and `DELETE`.

use super::foreign_key::RowEvent;
use super::row_lock::{Got, concurrent_delete, concurrent_update};
use super::*;
use crate::db::expr::Bound;
use crate::db::plan::{Modify, ModifyKind};
use crate::sql::ast::{RowLock, WaitPolicy};

impl Work<'_> {
    pub(super) fn modify(&mut self, plan: &Modify) -> Step<Outcome> {
        self.declare(&plan.with);
        let mut outcome = Outcome::default();
        self.each(&plan.from, &mut Joined::default(), &mut |work, row| {
            if work.all_hold(&plan.filter, &row.values)? {
                work.modify_row(plan, row.clone(), &mut outcome)?;
            }
            Ok(Go::On)
        })?;
        Ok(outcome)
    }

    fn modify_row(&mut self, plan: &Modify, mut row: Joined, outcome: &mut Outcome) -> Step<()> {
        let table = plan.table;
        loop {
            let Some(Origin::Tuple(_, id)) = row.origins.first().copied() else {
                return Ok(());
            };
            let new = match plan.kind {
                ModifyKind::Update => {
                    let old = Row::clone(&self.db.heap(table)[id].values);
                    Some(self.assigned(table, &plan.assignments, &old, &row.values)?)
                }
                ModifyKind::Delete => None,
            };
            let strength = self.change_strength(table, id, new.as_ref());
            match self.claim((table, id), strength, WaitPolicy::Block)? {
                Got::Free => {
                    self.note_reads(&row.origins);
                    let made = match new {
                        Some(new) => Some(self.replace(table, id, new, strength)?),
                        None => {
                            self.remove(table, id)?;
                            None
                        }
                    };
                    outcome.count += 1;
                    if let Some(returning) = &plan.returning {
                        let width = self.db.table(table).columns.len();
                        let shown = Row::clone(&self.db.heap(table)[made.unwrap_or(id)].values);
                        row.values.splice(..width, shown.iter().cloned());
                        outcome.rows.push(self.project(returning, &row.values)?);
                    }
                    return Ok(());
                }
                Got::Replaced(_) if !self.follows_changes() => {
                    return Err(concurrent_update().into());
                }
                Got::Deleted if !self.follows_changes() => return Err(concurrent_delete().into()),
                Got::Replaced(next) => {
                    let Some(newest) =
                        self.lock_newest((table, next), strength, WaitPolicy::Block)?
                    else {
                        return Ok(());
                    };
                    row.origins[0] = Origin::Tuple(table, newest);
                    match self.recheck(&plan.from, &plan.filter, row)? {
                        Some(again) => row = again,
                        None => {
                            // What the statement decided by: it read the row and turned away from it.
                            self.effects.reads.push((table, newest));
                            return Ok(());
                        }
                    }
                }
                Got::Deleted | Got::OwnChange | Got::Skipped => return Ok(()),
            }
        }
    }

    /// The row that assignments make of a version, tested against the table's constraints. Their values are computed on
    /// `row`.
    pub(super) fn assigned(
        &mut self,
        table: TableId,
        assignments: &[(usize, Option<Bound>)],
        old: &Row,
        row: &[Value],
    ) -> Step<Row> {
        let mut new: Vec<Value> = old.to_vec();
        for (column, value) in assignments {
            new[*column] = match value {
                Some(value) => evaluate(value, row, self)?,
                None => Value::Null,
            };
        }
        self.test_constraints(table, &new)?;
        Ok(new.into())
    }

    /// The lock that a change of a version amounts to: FOR NO KEY UPDATE, or FOR UPDATE when a key changes or the row goes.
    pub(super) fn change_strength(
        &self,
        table: TableId,
        id: TupleId,
        new: Option<&Row>,
    ) -> RowLock {
        let old = &self.db.heap(table)[id].values;
        match new {
            Some(new) if !self.db.table(table).key_differs(old, new) => RowLock::NoKeyUpdate,
            _ => RowLock::Update,
        }
    }

    /// Replaces a version that nobody holds, and enters the new one into the indexes.
    pub(super) fn replace(
        &mut self,
        table: TableId,
        id: TupleId,
        new: Row,
        strength: RowLock,
    ) -> Step<TupleId> {
        self.write_row(table, id)?;
        self.note_change((table, id), strength)?;
        let done = self.once(&mut |work| {
            let me = work.db.number(work.session);
            let by = (me, work.view.command);
            let new = Row::clone(&new);
            let made = work.db.replace((table, id), new, by, strength);
            Ok(Done::Tuple(table, made))
        })?;
        let Done::Tuple(_, made) = done else {
            return Err(internal("the log does not fit the statement").into());
        };
        self.enter_indexes(table, made, &[])?;
        self.effects.writes.push((table, Some(id), Some(made)));
        self.events.push(RowEvent {
            table,
            old: Some(id),
            new: Some(made),
        });
        Ok(made)
    }

    /// Deletes a version that nobody holds.
    pub(super) fn remove(&mut self, table: TableId, id: TupleId) -> Step<()> {
        self.write_row(table, id)?;
        self.note_change((table, id), RowLock::Update)?;
        self.act(&mut |work| {
            let me = work.db.number(work.session);
            let command = work.view.command;
            work.db.heap_mut(table).delete(id, me, command);
        })?;
        self.effects.writes.push((table, Some(id), None));
        self.events.push(RowEvent {
            table,
            old: Some(id),
            new: None,
        });
        Ok(())
    }

    /// For the diagram: a change is a lock, unless the transaction had one as strong.
    fn note_change(&mut self, (table, id): (TableId, TupleId), strength: RowLock) -> Step<()> {
        let stronger = self.once(&mut |work| {
            let held = work.db.heap(table)[id].lock_of(work.me(), &work.db.transactions);
            Ok(Done::Flag(held.is_none_or(|held| held < strength)))
        })?;
        if stronger == Done::Flag(true) {
            self.effects.locked.push((table, id, strength));
        }
        Ok(())
    }

    /// How strongly a row is locked that `ON CONFLICT DO UPDATE` is about to change: by the columns that are assigned, whatever
    /// their values (`ExecUpdateLockMode`).
    pub(super) fn assignment_strength(
        &self,
        table: TableId,
        assignments: &[(usize, Option<Bound>)],
    ) -> RowLock {
        let is_set = |key: usize| assignments.iter().any(|(column, _)| *column == key);
        if self.db.table(table).key_columns().any(is_set) {
            RowLock::Update
        } else {
            RowLock::NoKeyUpdate
        }
    }

    /// Tests a row against NOT NULL and CHECK.
    pub(super) fn test_constraints(&mut self, table: TableId, row: &[Value]) -> Step<()> {
        let definition = self.db.table_shared(table);
        let failing = || {
            let texts: Vec<String> = row
                .iter()
                .map(|value| value.to_text().unwrap_or_else(|| "null".to_owned()))
                .collect();
            format!("Failing row contains ({}).", texts.join(", "))
        };
        for (column, value) in definition.columns.iter().zip(row) {
            if column.not_null && value.is_null() {
                return Err(SqlError::new(
                    SqlState::NOT_NULL_VIOLATION,
                    format!(
                        "null value in column \"{}\" of relation \"{}\" violates not-null constraint",
                        column.name, definition.name
                    ),
                )
                .with_detail(failing())
                .into());
            }
        }
        for check in &definition.checks {
            if evaluate(&check.condition, row, self)? == Value::Boolean(false) {
                return Err(SqlError::new(
                    SqlState::CHECK_VIOLATION,
                    format!(
                        "new row for relation \"{}\" violates check constraint \"{}\"",
                        definition.name, check.name
                    ),
                )
                .with_detail(failing())
                .into());
            }
        }
        Ok(())
    }
}
