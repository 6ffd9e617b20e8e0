//! The names of versions and transactions that a statement under way knows, for `canonical`.

use super::index::Rival;
use super::row_lock::Newest;
use super::{Done, Exec};
use crate::db::expr::{EvalContext, is_true};
use crate::db::heap::{Heap, Standing};
use crate::db::plan::{Command, From};
use crate::db::xact::Snapshot;
use crate::db::{TableId, TupleId, Value, Xid};

impl Exec {
    /// Makes the log as short as one that leads to the same wait can be. Only for a statement that locks a single row: what it
    /// found out about older versions of the row, and whom it waited for before, is of no use once it has come to the newest. With
    /// a snapshot, it looks with that, as if it had come just now, if it would have found the row then, too.
    pub fn shorten(&mut self, snapshot: Option<&Snapshot>, heaps: &[Heap]) {
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
        let Some(snapshot) = snapshot.filter(|_| self.finds(&heaps[table.0][id].values)) else {
            return;
        };
        for done in &mut self.log {
            if let Done::View(view) = done {
                view.snapshot = snapshot.clone();
            }
        }
    }

    /// Whether a statement on a single table finds a row by its conditions.
    fn finds(&self, row: &[Value]) -> bool {
        let (from, filter) = match self.command.as_deref() {
            Some(Command::Modify(modify)) => (Some(&modify.from), &modify.filter),
            Some(Command::Select(query)) => (query.from.as_ref(), &query.filter),
            _ => return false,
        };
        let Some(From::Relation(relation)) = from else {
            return false;
        };
        let context = EvalContext::default();
        let mut conditions = relation.filters.iter().chain(filter);
        conditions.all(|condition| is_true(condition, row, &context).unwrap_or(false))
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
