//! The names of versions and transactions that a statement under way knows, for `canonical`.

use super::index::Rival;
use super::row_lock::Newest;
use super::{Done, Exec};
use crate::db::catalog::TableDef;
use crate::db::expr::{EvalContext, eval, is_true};
use crate::db::heap::{Heap, Standing};
use crate::db::plan::{Command, From};
use crate::db::xact::Snapshot;
use crate::db::{SqlError, TableId, TupleId, Value, Xid};
use std::sync::Arc;

impl Exec {
    /// Makes the log as short as one that leads to the same wait can be. Only for a statement that locks a single row: what it
    /// found out about older versions of the row, and whom it waited for before, is of no use once it has come to the newest. It looks
    /// with the latest snapshot then, as if it had come just now, if it would have come to the same wait.
    pub fn shorten(&mut self, latest: &Snapshot, heaps: &[Heap], tables: &[Arc<TableDef>]) {
        let first = self
            .log
            .iter()
            .position(|done| matches!(done, Done::Standing(..)));
        let last = self
            .log
            .iter()
            .rposition(|done| matches!(done, Done::Newest(..)));
        let (Some(first), Some(last)) = (first, last) else {
            return;
        };
        let Done::Newest(table, Newest::Version(id) | Newest::Changing(_, id)) = self.log[last]
        else {
            return;
        };
        if first < last {
            let replaced = Done::Standing(table, Standing::Replaced(id), false);
            self.log.splice(first..last, [replaced]);
        }
        let waits = self.waits_for(&heaps[table.0][id].values, &tables[table.0]);
        if !waits.unwrap_or(false) {
            return;
        }
        for done in &mut self.log {
            if let Done::View(view) = done {
                view.snapshot = latest.clone();
            }
        }
    }

    /// For a change of a single row that has the turn for `version` and waits for who holds it: as if it had met with that one while
    /// it looked for the newest version, where no turn is taken ([`Newest::Changing`]). Whether it was so.
    pub fn leave_turn(&mut self, version: TupleId) -> bool {
        let [
            ..,
            Done::Standing(table, Standing::Held(holders), false),
            Done::Nothing,
        ] = self.log.as_slice()
        else {
            return false;
        };
        let is_standing = |done: &Done| matches!(done, Done::Standing(..));
        let (Some(&holder), Some(first)) = (holders.first(), self.log.iter().position(is_standing))
        else {
            return false;
        };
        let met = [
            Done::Standing(*table, Standing::Replaced(version), false),
            Done::Newest(*table, Newest::Changing(holder, version)),
        ];
        self.log.truncate(first);
        self.log.extend(met);
        true
    }

    /// Whether a statement on a single table would wait for a row that is held: it finds it by its conditions, and can make of it
    /// what it wants to make.
    fn waits_for(&self, row: &[Value], table: &TableDef) -> Result<bool, SqlError> {
        let (from, filter, assignments) = match self.command.as_deref() {
            Some(Command::Modify(modify)) => {
                (Some(&modify.from), &modify.filter, &modify.assignments[..])
            }
            Some(Command::Select(query)) => (query.from.as_ref(), &query.filter, &[][..]),
            _ => return Ok(false),
        };
        let Some(From::Relation(relation)) = from else {
            return Ok(false);
        };
        let context = EvalContext::default();
        for condition in relation.filters.iter().chain(filter) {
            if !is_true(condition, row, &context)? {
                return Ok(false);
            }
        }
        let mut new = row.to_vec();
        for (column, value) in assignments {
            let value = value.as_ref();
            new[*column] = value.map_or(Ok(Value::Null), |value| eval(value, row, &context))?;
        }
        let mut columns = table.columns.iter().zip(&new);
        if columns.any(|(column, value)| column.not_null && value.is_null()) {
            return Ok(false);
        }
        for check in &table.checks {
            if eval(&check.condition, &new, &context)? == Value::Boolean(false) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Shows the snapshots and versions that the statement may come back to.
    pub fn names(
        &self,
        snapshot: &mut dyn FnMut(&Snapshot),
        tuple: &mut dyn FnMut(TableId, TupleId),
    ) {
        for done in &self.log {
            match done {
                Done::View(view) => snapshot(&view.snapshot),
                Done::Tuple(table, id)
                | Done::Found(table, Some(id))
                | Done::Standing(table, Standing::Replaced(id), _)
                | Done::Newest(table, Newest::Version(id) | Newest::Changing(_, id))
                | Done::Rival(table, Rival::Exists(id) | Rival::DependsOn(_, id)) => {
                    tuple(*table, *id);
                }
                _ => {}
            }
        }
    }

    /// Calls them anew.
    pub fn rename(
        &mut self,
        snapshot: &dyn Fn(&Snapshot) -> Snapshot,
        xid: &dyn Fn(Xid) -> Xid,
        tuple: &dyn Fn(TableId, TupleId) -> TupleId,
    ) {
        for done in &mut self.log {
            match done {
                Done::View(view) => {
                    view.snapshot = snapshot(&view.snapshot);
                    view.xid = view.xid.map(xid);
                }
                Done::Standing(_, Standing::Held(holders) | Standing::HeldLater(holders), _) => {
                    for holder in holders {
                        *holder = xid(*holder);
                    }
                }
                Done::Newest(table, Newest::Changing(by, id))
                | Done::Rival(table, Rival::DependsOn(by, id)) => {
                    *by = xid(*by);
                    *id = tuple(*table, *id);
                }
                Done::Tuple(table, id)
                | Done::Found(table, Some(id))
                | Done::Standing(table, Standing::Replaced(id), _)
                | Done::Newest(table, Newest::Version(id))
                | Done::Rival(table, Rival::Exists(id)) => *id = tuple(*table, *id),
                _ => {}
            }
        }
    }
}
