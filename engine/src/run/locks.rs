//! Locks through a run: the lock table after each event, each lock's history, and who waits for whom.
//!
//! What people call "the lock on a row" is two things in PostgreSQL: who has the row stands in the row itself, who waits
//! for it in the lock table (`README.tuplock`). Here they are one entry again, holders and queue:
//!
//! ```text
//!   lock             held by                     waits
//!   stock id = 42    A  FOR NO KEY UPDATE        B  FOR NO KEY UPDATE, C  FOR UPDATE
//!   table stock      A  ROW EXCLUSIVE            -
//! ```
//!
//! A transaction's lock on its own number, which is what those who want its rows really sleep on, is left out, and so are
//! the marks of SERIALIZABLE, which block nobody.
//!
//! The graph of waits has an arrow from each session that waits to each that it waits for; a cycle of them is a deadlock,
//! unless one of them only stands before another in a queue (`lmgr/README`).

use super::process::ProcessLockState;
use super::{EventKind, LockTarget, Run, recorder, scheduler};
use crate::collections::Map;
use crate::db::answer::WaitReason;
use crate::db::heap::Tuple;
use crate::db::lock::{AdvisoryKey, LockMode, Tag};
use crate::db::{Database, SqlState, TableId, TupleId};
use crate::ids::{RowId, SessionId};
use crate::strategy::{Hold, Plan};
use std::cell::RefCell;

/// A session's hold on a lock, or its wish for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Whose.
    pub session: SessionId,
    /// In which mode, as SQL has it: `FOR UPDATE`, `ROW EXCLUSIVE`.
    pub mode: &'static str,
}

/// Who holds a lock and who waits for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Who holds it.
    pub holders: Vec<Claim>,
    /// Who waits for it, first come first.
    pub queue: Vec<Claim>,
}

/// The states of a lock, as textbooks name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LockState {
    /// Nobody has it and nobody wants it.
    Unlocked,
    /// Somebody has it.
    Locked,
    /// Somebody has it and somebody waits.
    Contended,
    /// It has been let go, and who waits for it has not gone on yet.
    PassedOn,
}

impl LockState {
    /// The name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unlocked => "unlocked",
            Self::Locked => "locked",
            Self::Contended => "contended",
            Self::PassedOn => "let go, not taken",
        }
    }
}

impl Held {
    /// In which state the lock is.
    #[must_use]
    pub fn state(&self) -> LockState {
        match (self.holders.is_empty(), self.queue.is_empty()) {
            (true, true) => LockState::Unlocked,
            (false, true) => LockState::Locked,
            (false, false) => LockState::Contended,
            (true, false) => LockState::PassedOn,
        }
    }
}

/// A lock through a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockStory {
    /// What is locked.
    pub target: LockTarget,
    /// From which position on it was held so; the first is position 0 or later, before it the lock is free.
    pub changes: Vec<(usize, Held)>,
}

impl LockStory {
    /// Who holds it and who waits after so many events.
    #[must_use]
    pub fn at(&self, position: usize) -> Option<&Held> {
        let after = self.changes.partition_point(|(from, _)| *from <= position);
        Some(&self.changes.get(after.checked_sub(1)?)?.1)
    }

    /// Whether anybody ever waits for it.
    #[must_use]
    pub fn is_contended(&self) -> bool {
        self.changes.iter().any(|(_, held)| !held.queue.is_empty())
    }

    /// Whether it is the lock on a row or key, and not on a table or something else.
    #[must_use]
    pub fn is_of_row(&self) -> bool {
        !matches!(self.target, LockTarget::Other { .. })
    }
}

/// An arrow of the wait-for graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitsFor {
    /// Who waits.
    pub waiter: SessionId,
    /// For whom.
    pub blocker: SessionId,
    /// What it wants.
    pub target: LockTarget,
    /// The mode in which the blocker holds that; `None`: it only stands before it in the queue, or inserts the key.
    pub held: Option<&'static str>,
}

/// All locks and waits of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockLog {
    /// Every lock that was ever held or wanted, in the order in which they came up.
    pub locks: Vec<LockStory>,
    waits: Vec<(usize, Vec<WaitsFor>)>,
}

impl LockLog {
    /// Plays a plan once more and writes down its locks, as far as a run of it goes.
    #[must_use]
    pub fn of(plan: &Plan, run: &Run) -> Self {
        let log = RefCell::new((Self::default(), Map::new()));
        let watcher = |events: usize, db: &Database, process: &ProcessLockState| {
            if events > run.events.len() {
                return;
            }
            let (log, places) = &mut *log.borrow_mut();
            log.note(events, db, process, plan.sessions.len(), places);
        };
        // A set-up that fails has no locks.
        let _ = scheduler::execute_watched(plan, Some(&watcher));
        log.into_inner().0
    }

    /// The arrows of the wait-for graph after so many events.
    #[must_use]
    pub fn waits_at(&self, position: usize) -> &[WaitsFor] {
        let after = self.waits.partition_point(|(from, _)| *from <= position);
        match after.checked_sub(1) {
            Some(last) => &self.waits[last].1,
            None => &[],
        }
    }

    fn note(
        &mut self,
        position: usize,
        db: &Database,
        process: &ProcessLockState,
        sessions: usize,
        places: &mut Map<Thing, usize>,
    ) {
        let mut now = Now::default();
        now.rows(db);
        now.table_locks(db, sessions);
        now.process(process);
        for session in (0..sessions).map(SessionId) {
            now.waiting(db, process, session);
        }
        now.sort_queues(db);
        for (thing, (target, held)) in now.locks {
            let place = *places.or_insert(thing, self.locks.len());
            if place == self.locks.len() {
                self.locks.push(LockStory {
                    target,
                    changes: Vec::new(),
                });
            }
            let story = &mut self.locks[place];
            if story.changes.last().is_none_or(|(_, last)| *last != held) {
                story.changes.push((position, held));
            }
            now.seen.push(place);
        }
        crate::collections::sort_by(&mut now.seen, Ord::cmp);
        for (place, story) in self.locks.iter_mut().enumerate() {
            let free = now.seen.binary_search(&place).is_err();
            if free
                && story
                    .changes
                    .last()
                    .is_some_and(|(_, last)| *last != Held::default())
            {
                story.changes.push((position, Held::default()));
            }
        }
        if self.waits.last().is_none_or(|(_, last)| *last != now.waits) {
            self.waits.push((position, now.waits));
        }
    }
}

/// What a lock is on, whatever it is called by now.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Row(String, RowId),
    Key(String, String),
    Process,
    Tag(Tag),
}

#[derive(Default)]
struct Now {
    locks: Map<Thing, (LockTarget, Held)>,
    waits: Vec<WaitsFor>,
    seen: Vec<usize>,
}

impl Now {
    fn entry(&mut self, thing: Thing, target: LockTarget) -> &mut Held {
        &mut self.locks.or_insert(thing, (target, Held::default())).1
    }

    /// Who has locked or changed which row.
    fn rows(&mut self, db: &Database) {
        for table in db.tables() {
            for (id, tuple) in db.heap(table).iter() {
                for claim in row_claims(db, tuple) {
                    let target = recorder::row_target(db, table, id);
                    let thing = Thing::Row(db.table(table).name.clone(), tuple.row);
                    let held = self.entry(thing, target);
                    strongest(&mut held.holders, claim);
                }
            }
        }
    }

    fn table_locks(&mut self, db: &Database, sessions: usize) {
        for (tag, lock) in db.locks().iter() {
            let Some(target) = tag_target(db, *tag) else {
                continue;
            };
            let claims = |list: &[crate::db::lock::table::Claim]| {
                let mut claims: Vec<Claim> = Vec::new();
                for claim in list.iter().filter(|claim| claim.session.0 < sessions) {
                    let claim = Claim {
                        session: claim.session,
                        mode: claim.mode.sql_name(),
                    };
                    if !claims.contains(&claim) {
                        claims.push(claim);
                    }
                }
                claims
            };
            let found = Held {
                holders: claims(&lock.granted),
                queue: claims(&lock.queue),
            };
            if found != Held::default() {
                *self.entry(Thing::Tag(*tag), target) = found;
            }
        }
    }

    fn process(&mut self, process: &ProcessLockState) {
        let claims = |list: &[(SessionId, Hold)]| -> Vec<Claim> {
            let claim = |(session, mode)| Claim { session, mode };
            list.iter().map(process_hold).map(claim).collect()
        };
        let found = Held {
            holders: claims(process.holders()),
            queue: claims(process.queue()),
        };
        if found != Held::default() {
            *self.entry(Thing::Process, process_target()) = found;
        }
    }

    /// What a session waits for, where that stands in no queue of its own, and whom it waits for.
    fn waiting(&mut self, db: &Database, process: &ProcessLockState, session: SessionId) {
        if process.waits(session) {
            let held: Vec<_> = process.holders().iter().map(process_hold).collect();
            return self.waits_for(
                session,
                &process.blockers(session),
                &process_target(),
                &held,
            );
        }
        let (Some(wait), Some(waiting)) = (recorder::wait(db, session), db.waiting(session)) else {
            return;
        };
        let mut target = wait.target.clone();
        match (waiting.reason, &wait.target) {
            (WaitReason::Row(strength), LockTarget::Row { table, row, .. }) => {
                let held = self.entry(Thing::Row(table.clone(), *row), wait.target.clone());
                let mode = strength.clause();
                held.queue.push(Claim { session, mode });
            }
            (_, LockTarget::Key { table, key }) => {
                let thing = Thing::Key(table.clone(), key.clone());
                let held = self.entry(thing, wait.target.clone());
                for blocker in &wait.blockers {
                    if !held.holders.iter().any(|held| held.session == *blocker) {
                        held.holders.push(Claim {
                            session: *blocker,
                            mode: "being inserted",
                        });
                    }
                }
                let mode = "insert";
                held.queue.push(Claim { session, mode });
            }
            // These stand in the lock table with their queues, under their own names.
            (WaitReason::Table(table, _), _) => {
                target = tag_target(db, Tag::Table(table)).unwrap_or(target);
            }
            (WaitReason::Advisory(key, _), _) => {
                target = tag_target(db, Tag::Advisory(key)).unwrap_or(target);
            }
            // Time, or a safe snapshot: nothing that anybody holds.
            _ => {}
        }
        self.waits_for(session, &wait.blockers, &target, &wait.held);
    }

    fn waits_for(
        &mut self,
        waiter: SessionId,
        blockers: &[SessionId],
        target: &LockTarget,
        held: &[(SessionId, &'static str)],
    ) {
        for blocker in blockers {
            let mode = held.iter().find(|(holder, _)| holder == blocker);
            self.waits.push(WaitsFor {
                waiter,
                blocker: *blocker,
                target: target.clone(),
                held: mode.map(|(_, mode)| *mode),
            });
        }
    }

    /// Those who wait for a row: first who sleeps on the holder's transaction, for it is next, then by their turn.
    fn sort_queues(&mut self, db: &Database) {
        for (target, held) in self.locks.values_mut() {
            if !matches!(target, LockTarget::Other { .. }) {
                crate::collections::sort_by_key(&mut held.queue, |claim| {
                    let Some((tag @ Tag::Tuple(..), _)) = db.locks().waiting(claim.session) else {
                        return 0;
                    };
                    let queue = db.locks().get(tag).map_or(&[][..], |lock| &lock.queue);
                    let place = queue.iter().position(|it| it.session == claim.session);
                    place.map_or(0, |place| place + 1)
                });
            }
        }
    }
}

/// How strong a row lock's clause is.
fn strength(mode: &str) -> usize {
    [
        "FOR KEY SHARE",
        "FOR SHARE",
        "FOR NO KEY UPDATE",
        "FOR UPDATE",
    ]
    .iter()
    .position(|known| *known == mode)
    .unwrap_or(0)
}

/// How a thread has its process's lock, or wants it.
pub(super) fn process_hold((session, hold): &(SessionId, Hold)) -> (SessionId, &'static str) {
    let mode = match hold {
        Hold::Read => "read",
        Hold::Write => "write",
    };
    (*session, mode)
}

/// Who holds a lock of the lock table against a mode.
pub(super) fn holders(db: &Database, tag: Tag, mode: LockMode) -> Vec<(SessionId, &'static str)> {
    let granted = db.locks().get(tag).map_or(&[][..], |lock| &lock.granted);
    let against = granted.iter().filter(|it| it.mode.conflicts_with(mode));
    against.map(|it| (it.session, it.mode.sql_name())).collect()
}

/// Who holds the row that a version is of, each with the strongest lock.
pub(super) fn row_holders(
    db: &Database,
    table: TableId,
    version: TupleId,
) -> Vec<(SessionId, &'static str)> {
    let heap = db.heap(table);
    let row = heap[version].row;
    let mut claims: Vec<Claim> = Vec::new();
    for (_, tuple) in heap.iter().filter(|(_, tuple)| tuple.row == row) {
        row_claims(db, tuple)
            .into_iter()
            .for_each(|claim| strongest(&mut claims, claim));
    }
    let pair = |claim: Claim| (claim.session, claim.mode);
    claims.into_iter().map(pair).collect()
}

/// Adds a claim, unless its session has as strong a one; of two the stronger one counts.
fn strongest(claims: &mut Vec<Claim>, claim: Claim) {
    match claims.iter_mut().find(|it| it.session == claim.session) {
        Some(it) if strength(it.mode) < strength(claim.mode) => *it = claim,
        Some(_) => {}
        None => claims.push(claim),
    }
}

/// Who holds a version of a row: has locked it, or replaced it, and has not ended.
pub(super) fn row_claims(db: &Database, tuple: &Tuple) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    let updater = tuple.updater.map(|it| (it.xid, it.strength));
    let lockers = tuple.lockers.iter().map(|it| (it.xid, it.strength));
    for (xid, mode) in updater.into_iter().chain(lockers) {
        let transactions = db.transactions();
        let Some(session) = db.session_of(xid).filter(|_| transactions.is_running(xid)) else {
            continue;
        };
        let mode = mode.clause();
        strongest(&mut claims, Claim { session, mode });
    }
    claims
}

fn process_target() -> LockTarget {
    LockTarget::Other {
        what: "the process's lock".to_owned(),
    }
}

/// What a lock of the lock table is on; `None` for what only stands for rows.
fn tag_target(db: &Database, tag: Tag) -> Option<LockTarget> {
    let what = match tag {
        Tag::Table(table) => format!("table {}", db.table(table).name),
        Tag::Advisory(AdvisoryKey::Single(key)) => format!("advisory lock {key}"),
        Tag::Advisory(AdvisoryKey::Pair(one, two)) => format!("advisory lock ({one}, {two})"),
        Tag::Tuple(..) | Tag::Transaction(_) => return None,
    };
    Some(LockTarget::Other { what })
}

/// A cycle of waits, each session waiting for the next and the last for the first; empty when there is none.
#[must_use]
pub fn cycle(waits: &[WaitsFor]) -> Vec<SessionId> {
    for wait in waits {
        let mut path = vec![wait.waiter];
        let mut dead_ends = Vec::new();
        if leads_back(waits, &mut path, &mut dead_ends) {
            return path;
        }
    }
    Vec::new()
}

/// Goes on from the end of a path until it comes back to its beginning. What has been tried in vain is not tried again.
fn leads_back(
    waits: &[WaitsFor],
    path: &mut Vec<SessionId>,
    dead_ends: &mut Vec<SessionId>,
) -> bool {
    let (Some(&start), Some(&last)) = (path.first(), path.last()) else {
        return false;
    };
    for wait in waits.iter().filter(|wait| wait.waiter == last) {
        if wait.blocker == start {
            return true;
        }
        if path.contains(&wait.blocker) || dead_ends.contains(&wait.blocker) {
            continue;
        }
        path.push(wait.blocker);
        if leads_back(waits, path, dead_ends) {
            return true;
        }
        dead_ends.extend(path.pop());
    }
    false
}

/// The session that the server rolls back, after so many events, to break a deadlock among these; with the event.
#[must_use]
pub fn victim(run: &Run, position: usize, among: &[SessionId]) -> Option<(SessionId, usize)> {
    let later = run.events.iter().enumerate().skip(position);
    later
        .filter(|(_, event)| among.contains(&event.session))
        .find_map(|(place, event)| match &event.kind {
            EventKind::Failed(error) if error.state == SqlState::DEADLOCK_DETECTED => {
                Some((event.session, place))
            }
            _ => None,
        })
}
