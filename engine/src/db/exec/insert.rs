//! `INSERT`, with and without `ON CONFLICT`.
//!
//! `ON CONFLICT` looks for a row with the same key before it inserts (`ExecCheckIndexConstraints`), and waits for whoever is
//! inserting or deleting one. If there is none, the row is inserted; should a rival turn up while its other keys are being
//! entered, the row is taken back and all begins anew (speculative insertion, `ExecInsert`).

use super::foreign_key::RowEvent;
use super::row_lock::{Got, concurrent_delete, concurrent_update};
use super::*;
use crate::db::expr::Bound;
use crate::db::plan::{ConflictUpdate, Insert, InsertRows, OnConflict};
use crate::db::xact::Fate;
use crate::sql::ast::WaitPolicy;

impl Work<'_> {
    pub(super) fn insert(&mut self, plan: &Insert) -> Step<Outcome> {
        self.declare(&plan.with);
        let mut outcome = Outcome::default();
        match &plan.source {
            InsertRows::Values(rows) => {
                for row in rows {
                    let values = self.new_row(row, &[])?;
                    self.insert_row(plan, values, &mut outcome)?;
                }
            }
            InsertRows::Query(query, columns) => {
                for row in self.query(query, usize::MAX)? {
                    let values = self.new_row(columns, &row)?;
                    self.insert_row(plan, values, &mut outcome)?;
                }
            }
        }
        Ok(outcome)
    }

    fn new_row(&mut self, columns: &[Option<Bound>], row: &[Value]) -> Step<Row> {
        let mut values = Vec::with_capacity(columns.len());
        for column in columns {
            values.push(match column {
                Some(value) => evaluate(value, row, self)?,
                None => Value::Null,
            });
        }
        Ok(values.into())
    }

    fn insert_row(&mut self, plan: &Insert, row: Row, outcome: &mut Outcome) -> Step<()> {
        self.test_constraints(plan.table, &row)?;
        let made = match &plan.on_conflict {
            None => Some(self.add(plan.table, &row, &[])?),
            Some(on_conflict) => self.upsert(plan.table, on_conflict, &row)?,
        };
        let Some(made) = made else {
            return Ok(());
        };
        outcome.count += 1;
        if let Some(returning) = &plan.returning {
            let shown = Row::clone(&self.db.heap(plan.table)[made].values);
            outcome.rows.push(self.project(returning, &shown)?);
        }
        Ok(())
    }

    /// Makes the first version of a new row and enters it into the indexes. A rival in one of `arbiters` is no error: then the
    /// row is taken back, and the version that is returned is rolled back.
    fn add(&mut self, table: TableId, row: &Row, arbiters: &[usize]) -> Step<TupleId> {
        self.write_table(table)?;
        let done = self.once(&mut |work| {
            let me = work.db.number(work.session);
            let command = work.view.command;
            let row = Row::clone(row);
            Ok(Done::Tuple(
                table,
                work.db.heap_mut(table).insert(row, me, command),
            ))
        })?;
        let Done::Tuple(_, made) = done else {
            return Err(internal("the log does not fit the statement").into());
        };
        if self.enter_indexes(table, made, arbiters)? {
            self.effects.writes.push((table, None, Some(made)));
            self.events.push(RowEvent {
                table,
                old: None,
                new: Some(made),
            });
        }
        Ok(made)
    }

    /// `ON CONFLICT`: the version that was made, if one was.
    fn upsert(
        &mut self,
        table: TableId,
        on_conflict: &OnConflict,
        row: &Row,
    ) -> Step<Option<TupleId>> {
        loop {
            let Some(there) = self.conflicting(table, row, &on_conflict.arbiters)? else {
                let made = self.add(table, row, &on_conflict.arbiters)?;
                if self.db.heap(table)[made].entries == super::index::TAKEN_BACK {
                    continue;
                }
                return Ok(Some(made));
            };
            let Some(update) = &on_conflict.update else {
                self.must_be_visible(table, there)?;
                return Ok(None);
            };
            match self.update_conflicting(table, there, update, row)? {
                Upserted::Again => {}
                Upserted::Done(made) => return Ok(made),
            }
        }
    }

    /// `ExecOnConflictUpdate`
    fn update_conflicting(
        &mut self,
        table: TableId,
        there: TupleId,
        update: &ConflictUpdate,
        proposed: &Row,
    ) -> Step<Upserted> {
        if self.made_by_this_command(table, there) {
            return Err(SqlError::new(
                SqlState::CARDINALITY,
                "ON CONFLICT DO UPDATE command cannot affect row a second time",
            )
            .with_hint(
                "Ensure that no rows proposed for insertion within the same command have duplicate constrained values.",
            )
            .into());
        }
        let strength = self.assignment_strength(table, &update.assignments);
        match self.claim((table, there), strength, WaitPolicy::Block)? {
            Got::Free => self.take((table, there), strength)?,
            Got::Replaced(_) if !self.follows_changes() => return Err(concurrent_update().into()),
            Got::Deleted if !self.follows_changes() => return Err(concurrent_delete().into()),
            _ => return Ok(Upserted::Again),
        }
        self.must_be_visible(table, there)?;
        let old = Row::clone(&self.db.heap(table)[there].values);
        let mut both = old.to_vec();
        both.extend_from_slice(proposed);
        self.effects.reads.push((table, there));
        if let Some(filter) = &update.filter
            && evaluate(filter, &both, self)? != Value::Boolean(true)
        {
            return Ok(Upserted::Done(None));
        }
        let new = self.assigned(table, &update.assignments, &old, &both)?;
        let strength = self.change_strength(table, there, Some(&new));
        // A key that changes wants a stronger lock than was taken above.
        match self.claim((table, there), strength, WaitPolicy::Block)? {
            Got::Free => {}
            _ => return Ok(Upserted::Again),
        }
        let made = self.replace(table, there, new, strength)?;
        Ok(Upserted::Done(Some(made)))
    }

    fn made_by_this_command(&self, table: TableId, id: TupleId) -> bool {
        let tuple = &self.db.heap(table)[id];
        tuple.cmin == self.view.command && self.db.transactions.is_of(tuple.xmin, self.me())
    }

    /// Under REPEATABLE READ and above a row that is in the way must be one that the snapshot sees (`ExecCheckTupleVisible`).
    fn must_be_visible(&self, table: TableId, id: TupleId) -> Result<(), SqlError> {
        let tuple = &self.db.heap(table)[id];
        let own = self.db.transactions.is_of(tuple.xmin, self.me());
        let fine = self.follows_changes()
            || own
            || (self.db.transactions.fate(tuple.xmin) == Fate::Committed
                && self.view.snapshot.sees(tuple.xmin, &self.db.transactions));
        if fine {
            Ok(())
        } else {
            Err(concurrent_update())
        }
    }
}

enum Upserted {
    /// The row in the way changed meanwhile: look anew.
    Again,
    /// Done; the version that was made, if one was.
    Done(Option<TupleId>),
}
