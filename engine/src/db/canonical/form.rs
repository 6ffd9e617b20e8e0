//! The shared part brought into its one form: what is of no use is dropped, and what stays is called anew.

use super::habits::Habits;
use super::heap::Horizon;
use super::names::{GONE, Names};
use super::numbers::Numbers;
use super::pins::Pins;
use super::shared::{Room, Shared};
use crate::collections::Set;
use crate::db::lock::{LockMode, Tag};
use crate::db::ssi::{Relation, Target};
use crate::db::xact::{Fate, Snapshot, Transactions};
use crate::db::{TableId, TupleId, Xid};
use crate::ids::SessionId;
use std::sync::Arc;

impl Shared {
    /// Brings it into the one form. `stay`: whether an actor stays whatever is known of it here.
    #[cfg_attr(made_small, optimize(speed))]
    pub(super) fn normalise(
        &mut self,
        room: &Room,
        habits: &Habits,
        stay: &dyn Fn(usize) -> bool,
        fresh: Option<usize>,
    ) -> Names {
        let db = &mut self.db;
        if !habits.keeps_time {
            db.normalise_times(habits.one_alarm);
        }
        if !habits.locks_tables {
            let meets = |tag, mode| !(matches!(tag, Tag::Table(_)) && is_weak(mode));
            db.locks.rename(&|tag| tag, &|session| session, &meets);
        }
        // Versions.
        let horizon = Horizon {
            transactions: &db.transactions,
            pins: &self.pins,
        };
        let mut known: Set<(TableId, TupleId)> = Set::new();
        for (tag, _) in db.locks.iter() {
            if let Tag::Tuple(table, id) = tag {
                known.insert((*table, *id));
            }
        }
        for lock in db.ssi.locks() {
            if let Target::Tuple(relation, _, id) = lock.target {
                let (Relation::Heap(table) | Relation::Index(table, _)) = relation;
                known.insert((table, id));
            }
        }
        let mut tuples = Vec::with_capacity(db.heaps.len());
        for (table, heap) in db.heaps.iter_mut().enumerate() {
            let pinned = |id: TupleId| {
                let version = (TableId(table), id);
                known.contains(&version)
                    || self.pins.iter().any(|pins| pins.tuples.contains(&version))
            };
            let filters = habits
                .filters
                .as_ref()
                .and_then(|filters| filters.get(table));
            tuples.push(heap.forget(&horizon, &pinned, habits, filters.map(Vec::as_slice)));
        }
        // Transactions.
        let numbers = Numbers::of(db, &horizon, &tuples, habits);
        // Actors.
        let count = db.backends.len();
        let named = |actor: usize| {
            let session = SessionId(actor);
            let backend = &db.backends[actor];
            stay(actor)
                || backend.transaction.is_some()
                || backend.waiting.is_some()
                || !self.pins[actor].is_empty()
                || db.woken.contains(&session)
                || db.locks.iter().any(|(_, lock)| {
                    let mut claims = lock.granted.iter().chain(&lock.queue);
                    claims.any(|claim| claim.session == session)
                })
        };
        // Those whose transactions have numbers go by them; then those that wait, in the order of their coming; then by age.
        let mut queues: Vec<usize> = Vec::with_capacity(count);
        for (_, lock) in db.locks.iter() {
            for claim in lock.granted.iter().chain(&lock.queue) {
                if !queues.contains(&claim.session.0) {
                    queues.push(claim.session.0);
                }
            }
        }
        let rank = |actor: usize| {
            let xid = db.backends[actor]
                .top_xid()
                .map(|xid| numbers.xids[xid.0 as usize]);
            let since = db.backends[actor]
                .waiting
                .as_ref()
                .map(|waiting| waiting.since.0);
            {
                let place = queues.iter().position(|other| *other == actor);
                (
                    xid.unwrap_or(GONE),
                    since.unwrap_or(u64::MAX),
                    place.unwrap_or(usize::MAX),
                    actor,
                )
            }
        };
        let mut order: Vec<usize> = Vec::with_capacity(count);
        order.extend((0..count).filter(|&actor| named(actor)));
        crate::collections::sort_by_key(&mut order, |&actor| rank(actor));
        let mut actors = vec![GONE; count];
        for (new, &old) in order.iter().enumerate() {
            actors[old] = new as u32;
        }
        let serials = db.ssi.normal_names();
        let names = Names {
            xids: numbers.xids,
            tops: db.transactions.tops.clone(),
            xids_after: numbers.after,
            tuples,
            actors,
            serials,
        };
        let parts = Parts {
            fates: numbers.fates,
            tops: numbers.tops,
            order,
            // With the same names nothing changes but what is new.
            only: fresh.filter(|_| names.is_same()),
        };
        self.put(&names, parts, room, habits);
        names
    }

    /// Puts the new names in.
    #[cfg_attr(made_small, optimize(speed))]
    fn put(&mut self, names: &Names, parts: Parts, room: &Room, habits: &Habits) {
        let Parts {
            fates,
            tops,
            order,
            only,
        } = parts;
        let db = &mut self.db;
        let xid = |old: Xid| names.xid(old);
        let session = |old: SessionId| SessionId(names.actor(old.0).unwrap_or(0));
        let old_fates = std::mem::take(&mut db.transactions.fates);
        let committed = |xid: Xid| old_fates[xid.0 as usize] == Fate::Committed;
        for (table, heap) in db.heaps.iter_mut().enumerate() {
            let room = room.get(table).map_or(&[][..], Vec::as_slice);
            heap.rename(&names.tuples[table], &xid, &committed, habits, room);
        }
        db.transactions = Transactions { fates, tops };
        if only.is_none() {
            db.locks
                .rename(&|tag| names.tag(tag), &session, &|_, _| true);
        }
        for woken in &mut db.woken {
            *woken = session(*woken);
        }
        let clean = |old: &Xid| names.xid(*old) == *old;
        for table in &mut db.tables {
            let there = table
                .dropped
                .iter()
                .chain(table.indexes.iter().flat_map(|index| &index.dropped));
            let made = table
                .indexes
                .iter()
                .map(|index| &index.created)
                .chain([&table.created]);
            if made.chain(there).all(clean) {
                continue;
            }
            let gone = |old: Option<Xid>| {
                old.filter(|old| old_fates[old.0 as usize] != Fate::Aborted)
                    .map(xid)
            };
            let table = Arc::make_mut(table);
            table.created = xid(table.created);
            table.dropped = gone(table.dropped);
            for index in &mut table.indexes {
                index.created = xid(index.created);
                index.dropped = gone(index.dropped);
            }
        }
        db.ssi
            .rename(&names.serials, &xid, &|table, id| names.tuple(table, id));
        let mut backends = std::mem::take(&mut db.backends);
        db.backends = order
            .iter()
            .map(|&old| {
                let mut backend = std::mem::take(&mut backends[old]);
                if only.is_none_or(|only| only == old) {
                    names.apply(&mut backend);
                }
                backend
            })
            .collect();
        let mut pins = std::mem::take(&mut self.pins);
        self.pins = order
            .iter()
            .map(|&old| {
                let is_old = only.is_some_and(|only| only != old);
                let old = std::mem::take(&mut pins[old]);
                if is_old {
                    return old;
                }
                let mut snapshots: Vec<Snapshot> = Vec::with_capacity(old.snapshots.len());
                for snapshot in old
                    .snapshots
                    .iter()
                    .map(|snapshot| names.snapshot(snapshot))
                {
                    if !snapshots.contains(&snapshot) {
                        snapshots.push(snapshot);
                    }
                }
                let tuples = old.tuples.iter();
                Arc::new(Pins {
                    snapshots,
                    tuples: tuples
                        .map(|(table, id)| (*table, names.tuple(*table, *id)))
                        .collect(),
                })
            })
            .collect();
    }
}

/// What is put in beside names.
struct Parts {
    fates: Vec<Fate>,
    tops: Vec<Xid>,
    /// The actors that stay, in their new order.
    order: Vec<usize>,
    /// Where names are the same, the one actor that is new to them.
    only: Option<usize>,
}

/// Whether a lock on a table conflicts with no lock that plain statements take.
fn is_weak(mode: LockMode) -> bool {
    matches!(
        mode,
        LockMode::AccessShare | LockMode::RowShare | LockMode::RowExclusive
    )
}
