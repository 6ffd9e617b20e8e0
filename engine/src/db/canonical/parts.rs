//! The two parts of a state, taken apart and put together.

use super::heap::Horizon;
use super::names::{GONE, Names};
use crate::collections::Set;
use crate::db::answer::Until;
use crate::db::backend::{Backend, Open, OpenState, Waiting};
use crate::db::database::Database;
use crate::db::exec::Exec;
use crate::db::lock::{LockMode, Tag};
use crate::db::settings::Settings;
use crate::db::ssi::{Relation, Target};
use crate::db::xact::{Fate, Snapshot, Transactions};
use crate::db::{Row, TableId, TupleId, Xid};
use crate::ids::{SessionId, Tick};
use crate::sql::ast::{AccessMode, Deferrable, IsolationLevel, Statement};
use std::sync::Arc;

/// What the sessions of a plan do and do not, on which depends what can be told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Habits {
    /// Whether some step takes a lock on a table that conflicts with that of a plain write.
    pub locks_tables: bool,
    /// Whether what is of no use may be dropped. Not at a level without write locks, whose rollbacks bring old versions back.
    pub forgets: bool,
    /// Whether the age of transactions says something beyond what snapshots say: under SSI it does.
    pub keeps_age: bool,
    /// Whether somebody looks at the clock.
    pub keeps_time: bool,
    /// By table, the columns that are used of a version that was replaced before a statement got to it; `None`: all are.
    pub filters: Option<Vec<Vec<bool>>>,
    /// Whether no circle of sessions that wait for each other can come to be, so that nobody need look for one.
    pub no_circles: bool,
    /// Whether, besides, who waits for the newest version of a row might as well have come just now, if it would find it:
    /// nothing can go wrong in computing the new one.
    pub as_if_new: bool,
}

/// What a session knows by name that is no part of its backend's stub.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Pins {
    pub snapshots: Vec<Snapshot>,
    pub tuples: Set<(TableId, TupleId)>,
}

impl Pins {
    fn of(backend: &Backend) -> Self {
        let mut pins = Self::default();
        let mut tuples: Vec<(TableId, TupleId)> = Vec::new();
        let mut snapshots: Vec<Snapshot> = Vec::new();
        if let Some(open) = &backend.transaction {
            snapshots.extend(open.snapshot.clone());
            for event in &open.deferred {
                let versions = [event.old, event.new];
                tuples.extend(versions.into_iter().flatten().map(|id| (event.table, id)));
            }
        }
        if let Some(Waiting { exec, for_what, .. }) = &backend.waiting {
            tuples.extend(for_what.version);
            exec.names(
                &mut |snapshot| {
                    if !snapshots.contains(snapshot) {
                        snapshots.push(snapshot.clone());
                    }
                },
                &mut |table, id| tuples.push((table, id)),
            );
        }
        pins.snapshots = snapshots;
        pins.tuples = tuples.into_iter().collect();
        pins
    }

    fn is_empty(&self) -> bool {
        self.snapshots.is_empty() && self.tuples.is_empty()
    }
}

/// What all sessions share. Its database has an actor in the place of each session that it knows of, with as much of its
/// backend as others can come to see.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Shared {
    db: Database,
    pins: Vec<Arc<Pins>>,
}

/// The room on each page of each table before the first step.
pub(crate) type Room = Vec<Vec<usize>>;

impl Shared {
    /// The state before the first step, in which no session has done anything yet.
    pub fn start(mut db: Database, habits: &Habits) -> (Self, Room) {
        let room = db.heaps.iter().map(|heap| heap.room.clone()).collect();
        // The set-up's session may hold something for ever.
        db.backends.fill(Backend::default());
        let pins = vec![Arc::default(); db.backends.len()];
        let mut shared = Self { db, pins };
        shared.normalise(&room, habits, &|_| false, None);
        (shared, room)
    }

    /// A session's backend before its first step.
    pub fn backend(db: &Database, session: usize) -> Backend {
        db.backends[session].clone()
    }

    /// The committed tables stand in it.
    pub fn database(&self) -> &Database {
        &self.db
    }

    /// Shows every row, by table, to be changed: in place of another with the same values in the columns that are looked at.
    pub fn each_row(&mut self, visit: &mut dyn FnMut(usize, &mut Row)) {
        for (table, heap) in self.db.heaps.iter_mut().enumerate() {
            for tuple in &mut heap.tuples {
                visit(table, &mut tuple.values);
            }
        }
    }

    /// Whether somebody was woken.
    pub fn is_woken(&self) -> bool {
        !self.db.woken.is_empty()
    }

    /// Who was woken and goes on next.
    pub fn woken(&self) -> Option<usize> {
        self.db.next_woken().map(|actor| actor.0)
    }

    /// What time brings next, when, and to whom.
    pub fn next_timer(&self) -> Option<(Tick, usize)> {
        self.db.next_timer().map(|(at, actor)| (at, actor.0))
    }

    /// How much memory it takes, in bytes, roughly.
    pub fn bytes(&self) -> usize {
        let tuples: usize = self.db.heaps.iter().map(crate::db::heap::Heap::len).sum();
        let locks: usize = self
            .db
            .locks
            .iter()
            .map(|(_, lock)| 120 + 32 * (lock.granted.len() + lock.queue.len()))
            .sum();
        let ssi = self.db.ssi.transactions().count() * 400 + self.db.ssi.locks().count() * 150;
        // What a stub's statement would be is shared by all.
        let actor = size_of::<Backend>() + size_of::<Exec>() + size_of::<Pins>() + 250;
        size_of::<Self>()
            + tuples * (size_of::<crate::db::heap::Tuple>() + 100)
            + locks
            + ssi
            + self.db.backends.len() * actor
            + 500
    }

    /// How many sessions it knows of.
    pub fn actors(&self) -> usize {
        self.db.backends.len()
    }

    /// Puts a session in: the actor of this number, or one more. In the result the session has the number `as_session`, and
    /// others have numbers of no meaning; [`Names::actor`] of [`Shared::apart`] goes back.
    pub fn join(&self, actor: Option<usize>, private: &Backend, as_session: usize) -> Database {
        let mut db = self.db.clone();
        let actor = actor.unwrap_or_else(|| self.actors());
        let places = self.actors().max(actor + 1).max(as_session + 1);
        db.backends.resize(places, Backend::default());
        let mut backend = private.clone();
        if let (Some(own), Some(stub)) = (&mut backend.waiting, &db.backends[actor].waiting) {
            own.since = stub.since;
            own.checked = stub.checked;
            Arc::make_mut(&mut own.exec).started = stub.exec.started;
            own.for_what.until = stub.for_what.until;
        }
        db.backends[actor] = backend;
        swap(&mut db, actor, as_session);
        db
    }

    /// Takes a database apart again after a session has done something. `actor` and `as_session` are those of
    /// [`Shared::join`], `stays` says whether something else knows an actor by its number.
    pub fn apart(
        &self,
        mut db: Database,
        actor: Option<usize>,
        as_session: usize,
        stays: &dyn Fn(usize) -> bool,
        room: &Room,
        habits: &Habits,
    ) -> (Self, Backend, Names) {
        let actor = actor.unwrap_or_else(|| self.actors());
        swap(&mut db, actor, as_session);
        db.backends.truncate(self.actors().max(actor + 1));
        let mut pins = self.pins.clone();
        pins.resize(db.backends.len(), Arc::default());
        if habits.no_circles {
            let latest = db.transactions.snapshot();
            if let Some(waiting) = &mut db.backends[actor].waiting {
                Arc::make_mut(&mut waiting.exec)
                    .shorten(habits.as_if_new.then_some(&latest), &db.heaps);
            }
        }
        pins[actor] = Arc::new(Pins::of(&db.backends[actor]));
        let mut backend = std::mem::take(&mut db.backends[actor]);
        if habits.no_circles
            && let Some(waiting) = &mut backend.waiting
        {
            waiting.checked = true;
        }
        db.backends[actor] = stub(&backend);
        if let Some(waiting) = &mut backend.waiting {
            waiting.since = Tick(0);
            waiting.checked = false;
            Arc::make_mut(&mut waiting.exec).started = Tick(0);
            if let Until::Time(at) = &mut waiting.for_what.until {
                *at = Tick(0);
            }
        }
        if let (Some(open), false) = (&mut backend.transaction, habits.keeps_time) {
            open.began = Tick(0);
        }
        let mut shared = Self { db, pins };
        let names = shared.normalise(room, habits, stays, Some(actor));
        names.apply(&mut backend);
        (shared, backend, names)
    }

    /// Brings it into the one form. `stay`: whether an actor stays whatever is known of it here.
    fn normalise(
        &mut self,
        room: &Room,
        habits: &Habits,
        stay: &dyn Fn(usize) -> bool,
        fresh: Option<usize>,
    ) -> Names {
        let db = &mut self.db;
        if !habits.keeps_time {
            db.normalise_times();
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
        let mut queues: Vec<usize> = Vec::new();
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
        let mut order: Vec<usize> = (0..count).filter(|&actor| named(actor)).collect();
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
                let mut snapshots: Vec<Snapshot> = Vec::new();
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

/// The new numbers of transactions.
struct Numbers {
    xids: Vec<u32>,
    after: u32,
    fates: Vec<Fate>,
    tops: Vec<Xid>,
}

impl Numbers {
    fn of(db: &Database, horizon: &Horizon<'_>, tuples: &[Vec<u32>], habits: &Habits) -> Self {
        let count = db.transactions.fates.len();
        let mut order: Vec<Xid> = Vec::new();
        let mut is_named = vec![false; count + 1];
        let mut name = |xid: Xid| {
            if let Some(named) = is_named.get_mut(xid.0 as usize)
                && !std::mem::replace(named, true)
            {
                order.push(xid);
            }
        };
        let always_there = |xid: Xid| habits.forgets && horizon.is_frozen(xid);
        for (heap, places) in db.heaps.iter().zip(tuples) {
            heap.xids(places, &mut |xid| {
                if !always_there(xid) {
                    name(xid);
                }
            });
        }
        for (tag, _) in db.locks.iter() {
            if let Tag::Transaction(xid) = tag {
                name(*xid);
            }
        }
        for table in &db.tables {
            let indexes = table
                .indexes
                .iter()
                .flat_map(|index| index.dropped.into_iter().chain([index.created]));
            for xid in table
                .dropped
                .into_iter()
                .chain([table.created])
                .chain(indexes)
            {
                if db.transactions.fate(xid) != Fate::Aborted && !always_there(xid) {
                    name(xid);
                }
            }
        }
        for xid in (0..count as u32).map(Xid) {
            if db.transactions.is_running(xid) || (!habits.forgets && xid.0 > 0) {
                name(xid);
                name(db.transactions.top(xid));
            }
        }
        db.ssi.xids(&mut |xid| name(xid));
        // The whole of whatever has a name has one.
        for xid in order.clone() {
            if (xid.0 as usize) < count {
                let top = db.transactions.top(xid);
                if !order.contains(&top) && !always_there(top) {
                    order.push(top);
                }
            }
        }
        // The number that comes next may be named by SSI; it stays the next.
        order.retain(|xid| (xid.0 as usize) < count);
        if habits.keeps_age || !habits.forgets {
            crate::collections::sort_by_key(&mut order, |xid| *xid);
        }
        order.retain(|xid| xid.0 > 0 || db.transactions.is_running(*xid));
        let mut xids = vec![GONE; count];
        let (mut fates, mut tops) = (vec![Fate::Committed], vec![Xid(0)]);
        for xid in (0..count).filter(|&xid| db.transactions.fates[xid] == Fate::Committed) {
            xids[xid] = 0;
        }
        for (place, xid) in order.iter().enumerate() {
            xids[xid.0 as usize] = place as u32 + 1;
        }
        for xid in &order {
            fates.push(db.transactions.fate(*xid));
            let top = xids[db.transactions.top(*xid).0 as usize];
            tops.push(Xid(if top == GONE { 0 } else { top }));
        }
        // One past the last: what SSI means by a transaction that is to come.
        xids.push(fates.len() as u32);
        Self {
            xids,
            after: fates.len() as u32,
            fates,
            tops,
        }
    }
}

/// As much of a backend as others can come to see.
fn stub(backend: &Backend) -> Backend {
    let transaction = backend
        .transaction
        .as_ref()
        .filter(|open| open.xid.is_some() || open.serial.is_some());
    let transaction = transaction.map(|open| Open {
        isolation: IsolationLevel::ReadCommitted,
        access: AccessMode::ReadWrite,
        deferrable: Deferrable::No,
        xid: open.xid,
        savepoints: Vec::new(),
        snapshot: None,
        serial: open.serial,
        queried: false,
        commands: 0,
        state: OpenState::Explicit,
        began: Tick(0),
        deferred: Vec::new(),
        settings: Settings::default(),
    });
    let waiting = backend.waiting.as_ref().map(|waiting| Waiting {
        exec: Arc::new(Exec::new(
            Arc::new(Statement::Rollback),
            waiting.exec.started,
        )),
        for_what: waiting.for_what.clone(),
        since: waiting.since,
        checked: waiting.checked,
    });
    Backend {
        settings: match waiting {
            Some(_) => backend.settings.clone(),
            None => Settings::default(),
        },
        transaction,
        waiting,
        ..Backend::default()
    }
}

/// Two sessions change their numbers.
fn swap(db: &mut Database, a: usize, b: usize) {
    if a == b {
        return;
    }
    let other = |session: SessionId| match session.0 {
        it if it == a => SessionId(b),
        it if it == b => SessionId(a),
        _ => session,
    };
    db.backends.swap(a, b);
    db.locks.rename(&|tag| tag, &other, &|_, _| true);
    for woken in &mut db.woken {
        *woken = other(*woken);
    }
}

/// Whether a lock on a table conflicts with no lock that plain statements take.
fn is_weak(mode: LockMode) -> bool {
    matches!(
        mode,
        LockMode::AccessShare | LockMode::RowShare | LockMode::RowExclusive
    )
}
