//! Which versions and transaction numbers are still of use, and their new names.

use super::habits::Habits;
use super::names::GONE;
use super::pins::Pins;
use crate::db::heap::{Heap, Locker, Tuple};
use crate::db::xact::{Fate, Transactions};
use crate::db::{TupleId, Value, Xid};
use std::sync::Arc;

/// What is known of transactions and snapshots.
pub(super) struct Horizon<'a> {
    pub transactions: &'a Transactions,
    pub pins: &'a [Arc<Pins>],
}

impl Horizon<'_> {
    fn hides_of(&self, xid: Xid) -> impl Iterator<Item = bool> {
        let top = self.transactions.top(xid);
        let snapshots = self.pins.iter().flat_map(|pins| &pins.snapshots);
        snapshots.map(move |snapshot| snapshot.hides(xid, top))
    }

    /// Whether a transaction has committed and every snapshot sees it.
    pub fn is_frozen(&self, xid: Xid) -> bool {
        self.transactions.fate(xid) == Fate::Committed && !self.hides_of(xid).any(|hides| hides)
    }

    /// Whether nobody will ever see a version with the eyes of a snapshot.
    fn is_dead(&self, tuple: &Tuple) -> bool {
        let fate = |xid| self.transactions.fate(xid);
        if fate(tuple.xmin) == Fate::Aborted {
            return true;
        }
        let Some(updater) = tuple.updater else {
            return false;
        };
        fate(tuple.xmin) == Fate::Committed
            && fate(updater.xid) == Fate::Committed
            && tuple.lockers.is_empty()
            && self
                .hides_of(tuple.xmin)
                .zip(self.hides_of(updater.xid))
                .all(|(made, replaced)| made || !replaced)
    }
}

impl Heap {
    /// Forgets what does not count any more, and drops versions that are of no use. `pinned`: somebody knows it by name.
    /// Returns the new places of the versions, which are not put in yet.
    pub(super) fn forget(
        &mut self,
        horizon: &Horizon<'_>,
        pinned: &dyn Fn(TupleId) -> bool,
        habits: &Habits,
        filters: Option<&[bool]>,
    ) -> Vec<u32> {
        let fate = |xid: Xid| horizon.transactions.fate(xid);
        self.truncations
            .retain(|(xid, _)| fate(*xid) != Fate::Aborted);
        let truncated = |(xid, place): &(Xid, usize)| horizon.is_frozen(*xid).then_some(*place);
        let first = self
            .truncations
            .iter()
            .filter_map(truncated)
            .max()
            .unwrap_or(0);
        for tuple in &mut self.tuples {
            tuple
                .lockers
                .retain(|locker| fate(locker.xid) == Fate::InProgress);
            if tuple
                .updater
                .is_some_and(|updater| fate(updater.xid) == Fate::Aborted)
            {
                tuple.updater = None;
            }
            // Who has replaced it holds it by that.
            if let Some(updater) = tuple.updater {
                let is_more = |locker: &Locker| {
                    locker.xid != updater.xid || locker.strength > updater.strength
                };
                tuple.lockers.retain(is_more);
            }
        }
        if !habits.forgets {
            return (0..self.tuples.len() as u32).collect();
        }
        let mut keep: Vec<bool> = (0..self.tuples.len())
            .map(|at| {
                let of_use = at >= first && !horizon.is_dead(&self.tuples[at]);
                of_use || pinned(TupleId(at))
            })
            .collect();
        for at in 0..keep.len() {
            if !keep[at] {
                continue;
            }
            // The chain leads past what is dropped.
            while let Some(updater) = self.tuples[at].updater
                && let Some(next) = updater.next
                && !keep[next.0]
            {
                match self.tuples[next.0].updater {
                    Some(later) => {
                        let strength = updater.strength.max(later.strength);
                        self.tuples[at].updater =
                            Some(crate::db::heap::Updater { strength, ..later });
                    }
                    // Truncated away: it stays, as long as somebody knows the one before.
                    None => {
                        keep[next.0] = true;
                    }
                }
            }
        }
        // Of a version that was replaced, and that only who waits knows, no more is used than its condition asks for.
        if let Some(filters) = filters {
            for (tuple, _) in self.tuples.iter_mut().zip(&keep).filter(|(_, keep)| **keep) {
                let old = fate(tuple.xmin) == Fate::Committed
                    && tuple
                        .updater
                        .is_some_and(|updater| fate(updater.xid) == Fate::Committed);
                let blank = |(value, used): (&Value, &bool)| !used && !value.is_null();
                if old && tuple.values.iter().zip(filters).any(blank) {
                    let values = tuple.values.iter().zip(filters);
                    tuple.values = values
                        .map(|(value, used)| if *used { value.clone() } else { Value::Null })
                        .collect();
                }
            }
        }
        let mut kept: Vec<usize> = Vec::with_capacity(keep.len());
        kept.extend((0..keep.len()).filter(|at| keep[*at]));
        if habits.by_key {
            // Versions of a row stay in the order in which they were made.
            crate::collections::sort_by_key(&mut kept, |at| (self.tuples[*at].row, *at));
        }
        let mut places = vec![GONE; keep.len()];
        for (new, at) in kept.iter().enumerate() {
            places[*at] = new as u32;
        }
        // The first that is left of a chain is its root.
        for at in 0..keep.len() {
            let root = self.tuples[at].root.0;
            if keep[at] && !keep[root] {
                let entries = self.tuples[root].entries;
                for later in at..keep.len() {
                    if self.tuples[later].root.0 == root {
                        self.tuples[later].root = TupleId(at);
                    }
                }
                self.tuples[at].entries = entries;
            }
        }
        places
    }

    /// Puts new names in.
    pub(super) fn rename(
        &mut self,
        places: &[u32],
        xid: &dyn Fn(Xid) -> Xid,
        committed: &dyn Fn(Xid) -> bool,
        habits: &Habits,
        room: &[usize],
    ) {
        let place = |id: TupleId| TupleId(places[id.0] as usize);
        let mut rows: Vec<usize> = Vec::with_capacity(places.len());
        let order = in_order(places);
        let mut old: Vec<Option<Tuple>> = std::mem::take(&mut self.tuples)
            .into_iter()
            .map(Some)
            .collect();
        self.tuples.reserve(order.len() + 2);
        for mut tuple in order.into_iter().filter_map(|at| old[at].take()) {
            if habits.forgets {
                if committed(tuple.xmin) {
                    tuple.cmin = 0;
                }
                let row = rows.iter().position(|row| *row == tuple.row.0);
                let row = row.unwrap_or_else(|| {
                    rows.push(tuple.row.0);
                    rows.len() - 1
                });
                tuple.row = crate::ids::RowId(row);
            }
            tuple.xmin = xid(tuple.xmin);
            tuple.root = place(tuple.root);
            if let Some(updater) = &mut tuple.updater {
                if habits.forgets && committed(updater.xid) {
                    updater.cmax = 0;
                }
                updater.xid = xid(updater.xid);
                updater.next = updater.next.map(place);
            }
            for locker in &mut tuple.lockers {
                locker.xid = xid(locker.xid);
            }
            self.tuples.push(tuple);
        }
        if habits.forgets {
            self.rows = rows.len();
            for (page, room_left) in self.room.iter_mut().enumerate() {
                *room_left = room.get(page).copied().unwrap_or(*room_left);
            }
        }
        let kept_before = |place: usize| {
            let before = places.iter().take(place).filter(|new| **new != GONE);
            before.count()
        };
        self.truncations = std::mem::take(&mut self.truncations)
            .into_iter()
            .map(|(by, place)| (xid(by), kept_before(place)))
            .filter(|(_, place)| *place > 0)
            .collect();
    }

    /// Shows the numbers of transactions in the order in which they stand in it.
    pub(super) fn xids(&self, places: &[u32], visit: &mut dyn FnMut(Xid)) {
        for tuple in in_order(places).into_iter().map(|at| &self.tuples[at]) {
            visit(tuple.xmin);
            if let Some(updater) = tuple.updater {
                visit(updater.xid);
            }
            for locker in &tuple.lockers {
                visit(locker.xid);
            }
        }
        for (xid, _) in &self.truncations {
            visit(*xid);
        }
    }
}

/// The old places of the versions that stay, in their new order.
fn in_order(places: &[u32]) -> Vec<usize> {
    let stay = places.iter().filter(|new| **new != GONE);
    let mut order = vec![0; stay.count()];
    for (old, new) in places.iter().enumerate() {
        if *new != GONE {
            order[*new as usize] = old;
        }
    }
    order
}
