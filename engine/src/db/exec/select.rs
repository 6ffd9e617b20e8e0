//! `SELECT`, with and without locks.

use super::super::expr::{Accumulator, eval};
use super::row_lock::{Got, concurrent_update};
use super::*;
use crate::db::SqlState;
use crate::sql::ast::{Direction, Nulls};
use std::cmp::Ordering;

impl Exec {
    pub(super) fn select(
        &mut self,
        command: &SelectCommand,
        session: SessionId,
        db: &mut Database,
    ) -> Result<Poll<String>, SqlError> {
        match (command.table, command.locking) {
            (Some(table), Some(locking)) => {
                ready!(self.select_locking(command, table, locking, session, db)?);
            }
            (table, _) => self.select_plainly(command, table, db)?,
        }
        Ok(Poll::Ready(format!("SELECT {}", self.rows.len())))
    }

    /// Without locks: all rows are found, sorted and cut at once.
    fn select_plainly(
        &mut self,
        command: &SelectCommand,
        table: Option<TableId>,
        db: &Database,
    ) -> Result<(), SqlError> {
        let projection = &command.projection;
        let mut accumulators: Vec<Accumulator> =
            projection.aggregates.iter().map(Accumulator::new).collect();
        let mut found: Vec<(Vec<Value>, Row, Option<TupleId>)> = Vec::new();
        match table {
            None if meets(command.filter.as_ref(), &[], &self.context)? => {
                if projection.aggregates.is_empty() {
                    found.push((
                        self.sort_key(projection, &[])?,
                        project(projection, &[], &self.context)?,
                        None,
                    ));
                } else {
                    for accumulator in &mut accumulators {
                        accumulator.update(&[], &self.context)?;
                    }
                }
            }
            None => {}
            Some(table) => {
                while let Some(id) = self.next_found(table, command.filter.as_ref(), db)? {
                    let row = &db.heap(table)[id].values;
                    if projection.aggregates.is_empty() {
                        let key = self.sort_key(projection, row)?;
                        found.push((key, project(projection, row, &self.context)?, Some(id)));
                    } else {
                        self.effects.reads.push((table, id));
                        for accumulator in &mut accumulators {
                            accumulator.update(row, &self.context)?;
                        }
                    }
                }
            }
        }
        if !projection.aggregates.is_empty() {
            let results: Vec<Value> = accumulators
                .into_iter()
                .map(Accumulator::finish)
                .collect::<Result<_, _>>()?;
            let key = self.sort_key(projection, &results)?;
            found.push((key, project(projection, &results, &self.context)?, None));
        }
        crate::collections::sort_by(&mut found, |a, b| {
            compare_keys(&a.0, &b.0, &command.order_by)
        });
        let (offset, limit) = self.bounds(command)?;
        for (_, row, id) in found.into_iter().skip(offset).take(limit) {
            if let (Some(table), Some(id)) = (table, id) {
                self.effects.reads.push((table, id));
            }
            self.rows.push(row);
        }
        Ok(())
    }

    /// With locks: rows are locked one by one, sorted beforehand if need be, until `LIMIT` is reached. A row that changed
    /// while it was waited for is looked at again, and its newest version given back.
    fn select_locking(
        &mut self,
        command: &SelectCommand,
        table: TableId,
        locking: Locking,
        session: SessionId,
        db: &mut Database,
    ) -> Result<Poll<()>, SqlError> {
        self.sort_source(command, table, db)?;
        let (offset, limit) = self.bounds(command)?;
        loop {
            self.stage = match self.stage.clone() {
                Stage::Next | Stage::Verify { .. } => {
                    if self.rows.len() >= limit {
                        break;
                    }
                    match self.next_found(table, command.filter.as_ref(), db)? {
                        Some(id) => Stage::Change(id),
                        None => break,
                    }
                }
                Stage::Change(id) => {
                    let got =
                        self.claim((table, id), locking.strength, locking.wait, session, db)?;
                    match ready!(got) {
                        Got::Free => {
                            self.take((table, id), locking.strength, session, db);
                            self.emit(command, (table, id), offset, db)?
                        }
                        Got::Replaced(next) if self.follows_changes() => Stage::Recheck(next),
                        Got::Replaced(_) => return Err(concurrent_update()),
                        Got::Deleted if !self.follows_changes() => return Err(concurrent_update()),
                        Got::Deleted | Got::OwnChange | Got::Skipped => Stage::Next,
                    }
                }
                Stage::Recheck(id) => {
                    let Some(id) = self.follow((table, id), session, db) else {
                        self.stage = Stage::Next;
                        continue;
                    };
                    self.stage = Stage::Recheck(id);
                    let got =
                        self.claim((table, id), locking.strength, locking.wait, session, db)?;
                    match ready!(got) {
                        Got::Free => {
                            self.take((table, id), locking.strength, session, db);
                            let row = &db.heap(table)[id].values;
                            if meets(command.filter.as_ref(), row, &self.context)? {
                                self.emit(command, (table, id), offset, db)?
                            } else {
                                self.effects.reads.push((table, id));
                                Stage::Next
                            }
                        }
                        Got::Replaced(next) => Stage::Recheck(next),
                        Got::Deleted | Got::OwnChange | Got::Skipped => Stage::Next,
                    }
                }
            };
        }
        Ok(Poll::Ready(()))
    }

    /// Gives a locked row back, unless `OFFSET` skips it.
    fn emit(
        &mut self,
        command: &SelectCommand,
        (table, id): (TableId, TupleId),
        offset: usize,
        db: &Database,
    ) -> Result<Stage, SqlError> {
        if (self.skip as usize) < offset {
            self.skip += 1;
            return Ok(Stage::Next);
        }
        self.effects.reads.push((table, id));
        let row = &db.heap(table)[id].values;
        self.rows
            .push(project(&command.projection, row, &self.context)?);
        Ok(Stage::Next)
    }

    /// Before the first row of a sorted search: finds all and puts them in order.
    fn sort_source(
        &mut self,
        command: &SelectCommand,
        table: TableId,
        db: &Database,
    ) -> Result<(), SqlError> {
        if command.order_by.is_empty() || matches!(self.source, Source::List { .. }) {
            return Ok(());
        }
        let mut found: Vec<(Vec<Value>, TupleId)> = Vec::new();
        while let Some(id) = self.next_found(table, command.filter.as_ref(), db)? {
            found.push((
                self.sort_key(&command.projection, &db.heap(table)[id].values)?,
                id,
            ));
        }
        crate::collections::sort_by(&mut found, |a, b| {
            compare_keys(&a.0, &b.0, &command.order_by)
        });
        self.source = Source::List {
            next: 0,
            items: found.into_iter().map(|(_, id)| id).collect(),
        };
        Ok(())
    }

    fn sort_key(&self, projection: &Projection, row: &[Value]) -> Result<Vec<Value>, SqlError> {
        projection
            .order_by
            .iter()
            .map(|key| eval(key, row, &self.context))
            .collect()
    }

    /// `OFFSET` and `LIMIT` as numbers of rows.
    fn bounds(&self, command: &SelectCommand) -> Result<(usize, usize), SqlError> {
        let number =
            |bound: &Option<Bound>, name: &str, state| -> Result<Option<usize>, SqlError> {
                let Some(bound) = bound else { return Ok(None) };
                match eval(bound, &[], &self.context)? {
                    Value::BigInt(number) => usize::try_from(number).map(Some).map_err(|_| {
                        SqlError::new(SqlState(state), format!("{name} must not be negative"))
                    }),
                    Value::Int(number) => usize::try_from(number).map(Some).map_err(|_| {
                        SqlError::new(SqlState(state), format!("{name} must not be negative"))
                    }),
                    _ => Ok(None),
                }
            };
        let offset = number(&command.offset, "OFFSET", "2201X")?.unwrap_or(0);
        let limit = number(&command.limit, "LIMIT", "2201W")?.unwrap_or(usize::MAX);
        Ok((offset, limit))
    }
}

/// The order of two rows under `ORDER BY`; NULL counts as larger than everything unless it says otherwise.
fn compare_keys(a: &[Value], b: &[Value], order_by: &[OrderBy]) -> Ordering {
    for ((a, b), key) in a.iter().zip(b).zip(order_by) {
        let descending = key.direction == Direction::Desc;
        let nulls_first = key.nulls.map_or(descending, |nulls| nulls == Nulls::First);
        let order = match (a.is_null(), b.is_null()) {
            (true, true) => Ordering::Equal,
            (true, false) if nulls_first => Ordering::Less,
            (true, false) => Ordering::Greater,
            (false, true) if nulls_first => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) if descending => b.sql_cmp(a),
            (false, false) => a.sql_cmp(b),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}
