//! The shared part: what is asked of it, and how a session is put in and taken out again.

use super::habits::Habits;
use super::names::Names;
use super::pins::Pins;
use super::stub::stub;
use crate::db::Row;
use crate::db::answer::Until;
use crate::db::backend::Backend;
use crate::db::database::Database;
use crate::db::exec::Exec;
use crate::db::lock::{LockMode, Tag};
use crate::ids::{SessionId, Tick};
use std::sync::Arc;

/// What all sessions share. Its database has an actor in the place of each session that it knows of, with as much of its
/// backend as others can come to see.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Shared {
    pub(super) db: Database,
    pub(super) pins: Vec<Arc<Pins>>,
}

/// A session that the shared part knows of: as much of its backend as others can come to see, and what it knows by name. In a
/// queue many are the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Actor {
    stub: Backend,
    pins: Arc<Pins>,
}

/// What a session knows by name, for each actor; what is needed of a shared part to take a database apart again.
pub(crate) struct Known(Vec<Arc<Pins>>);

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

    /// Takes its actors out, so that each can be kept once.
    pub fn take_actors(&mut self) -> Vec<Actor> {
        let stubs = std::mem::take(&mut self.db.backends).into_iter();
        let pins = std::mem::take(&mut self.pins);
        let actors = stubs.zip(pins);
        actors.map(|(stub, pins)| Actor { stub, pins }).collect()
    }

    /// The whole of a part from which actors were taken.
    pub fn with_actors<'a>(&self, actors: impl Iterator<Item = &'a Actor>) -> Self {
        let mut whole = self.clone();
        // And for one who joins.
        let count = actors.size_hint().0 + 1;
        whole.db.backends.reserve(count);
        whole.pins.reserve(count);
        for actor in actors {
            whole.db.backends.push(actor.stub.clone());
            whole.pins.push(Arc::clone(&actor.pins));
        }
        whole
    }

    /// How much memory it takes without its actors, in bytes, roughly.
    pub fn bytes(&self) -> usize {
        let tuples: usize = self.db.heaps.iter().map(crate::db::heap::Heap::len).sum();
        let locks: usize = self
            .db
            .locks
            .iter()
            .map(|(_, lock)| 120 + 32 * (lock.granted.len() + lock.queue.len()))
            .sum();
        let ssi = self.db.ssi.transactions().count() * 400 + self.db.ssi.locks().count() * 150;
        size_of::<Self>() + tuples * (size_of::<crate::db::heap::Tuple>() + 100) + locks + ssi + 500
    }

    /// How many sessions it knows of.
    pub fn actors(&self) -> usize {
        self.db.backends.len()
    }

    /// Puts a session in: the actor of this number, or one more. In the result the session has the number `as_session`, and
    /// others have numbers of no meaning; [`Names::actor`] of [`Known::apart`] goes back.
    pub fn join(
        self,
        actor: Option<usize>,
        private: &Backend,
        as_session: usize,
    ) -> (Database, Known) {
        let actors = self.actors();
        let mut db = self.db;
        let actor = actor.unwrap_or(actors);
        let places = actors.max(actor + 1).max(as_session + 1);
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
        (db, Known(self.pins))
    }
}

impl Actor {
    /// How much memory one takes, in bytes, roughly. What its statement would be is shared by all.
    pub const BYTES: usize = size_of::<Backend>() + size_of::<Exec>() + size_of::<Pins>() + 250;
}

impl Known {
    /// Takes a database apart again after a session has done something. `actor` and `as_session` are those of
    /// [`Shared::join`], `stays` says whether something else knows an actor by its number.
    pub fn apart(
        self,
        mut db: Database,
        actor: Option<usize>,
        as_session: usize,
        stays: &dyn Fn(usize) -> bool,
        room: &Room,
        habits: &Habits,
    ) -> (Shared, Backend, Names) {
        let Self(mut pins) = self;
        let actor = actor.unwrap_or(pins.len());
        swap(&mut db, actor, as_session);
        db.backends.truncate(pins.len().max(actor + 1));
        pins.resize(db.backends.len(), Arc::default());
        if habits.first_come {
            leave_turn(&mut db, SessionId(actor));
        }
        if habits.one_row {
            let latest = db.transactions.snapshot();
            if let Some(waiting) = &mut db.backends[actor].waiting {
                Arc::make_mut(&mut waiting.exec).shorten(&latest, &db.heaps, &db.tables);
            }
        }
        pins[actor] = Arc::new(Pins::of(&db.backends[actor]));
        let mut backend = std::mem::take(&mut db.backends[actor]);
        let needs_no_look =
            habits.no_circles || is_in_no_ones_way(&db, SessionId(actor), &backend, habits);
        if let (Some(waiting), true) = (&mut backend.waiting, needs_no_look) {
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
        let mut shared = Shared { db, pins };
        let names = shared.normalise(room, habits, stays, Some(actor));
        names.apply(&mut backend);
        (shared, backend, names)
    }
}

/// A session that has just come to wait for a row, and has its turn, gives that up and waits as those do who came before the row was last
/// replaced. All go on in the order of their coming either way, and what each does then is the same.
fn leave_turn(db: &mut Database, session: SessionId) {
    let Some(waiting) = &mut db.backends[session.0].waiting else {
        return;
    };
    let (Some((table, id)), Until::Granted(Tag::Transaction(_), _)) =
        (waiting.for_what.version, waiting.for_what.until)
    else {
        return;
    };
    let turn = Tag::Tuple(table, id);
    let granted = db.locks.get(turn).map_or(&[][..], |lock| &lock.granted);
    let Some(held) = granted.iter().find(|held| held.session == session).copied() else {
        return;
    };
    if Arc::make_mut(&mut waiting.exec).leave_turn(id) {
        // Nobody queues for it: who would have was given no turn either.
        db.release(session, turn, held.mode);
    }
}

/// Whether nobody can come to wait for a session as long as it waits, so that it is in no circle and need look for none: it waits for the
/// end of a transaction, where those who wait are not in each other's way, has none with a number itself, and holds nothing.
fn is_in_no_ones_way(
    db: &Database,
    session: SessionId,
    backend: &Backend,
    habits: &Habits,
) -> bool {
    let waiting = backend.waiting.as_ref();
    let for_end = waiting.is_some_and(|waiting| {
        matches!(
            waiting.for_what.until,
            Until::Granted(Tag::Transaction(_), LockMode::Share)
        )
    });
    let holds = |tag: &Tag| {
        let held = db.locks.get(*tag).map_or(&[][..], |lock| &lock.granted);
        held.iter().any(|held| held.session == session)
    };
    let counts = |tag: &Tag| habits.locks_tables || !matches!(tag, Tag::Table(_));
    let mut tags = db.locks.iter().map(|(tag, _)| tag);
    for_end && backend.top_xid().is_none() && !tags.any(|tag| counts(tag) && holds(tag))
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
