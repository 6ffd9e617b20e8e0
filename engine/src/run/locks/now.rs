//! The locks of one moment, read out of the server and out of the process.

use super::{Claim, Held, WaitsFor};
use crate::collections::Map;
use crate::db::answer::WaitReason;
use crate::db::heap::Tuple;
use crate::db::lock::{AdvisoryKey, LockMode, Tag};
use crate::db::{Database, TableId, TupleId};
use crate::ids::{RowId, SessionId};
use crate::run::process::ProcessLockState;
use crate::run::{LockTarget, recorder};
use crate::strategy::Hold;

/// What a lock is on, whatever it is called by now.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Thing {
    Row(String, RowId),
    Key(String, String),
    Process,
    Tag(Tag),
}

impl Thing {
    /// Whether it is a row or a key, whose queue stands in no one place.
    pub fn is_of_row(&self) -> bool {
        matches!(self, Self::Row(..) | Self::Key(..))
    }
}

/// The locks of one moment.
pub(super) struct Now<'a> {
    /// What is in the log already, and so needs no name any more.
    known: &'a Map<Thing, usize>,
    /// Every lock that is held or wanted, with its name where it is new.
    pub locks: Map<Thing, (Option<LockTarget>, Held)>,
    /// Who waits for whom.
    pub waits: Vec<WaitsFor>,
}

impl<'a> Now<'a> {
    pub fn new(known: &'a Map<Thing, usize>) -> Self {
        Self {
            known,
            locks: Map::new(),
            waits: Vec::new(),
        }
    }

    fn entry(&mut self, thing: Thing, target: impl FnOnce() -> LockTarget) -> &mut Held {
        let target = (!self.known.contains_key(&thing)).then(target);
        &mut self.locks.or_insert(thing, (target, Held::default())).1
    }

    /// Who has locked or changed which row.
    pub fn rows(&mut self, db: &Database) {
        for table in db.tables() {
            for (id, tuple) in db.heap(table).iter() {
                for claim in row_claims(db, tuple) {
                    let thing = Thing::Row(db.table(table).name.clone(), tuple.row);
                    let held = self.entry(thing, || recorder::row_target(db, table, id));
                    strongest(&mut held.holders, claim);
                }
            }
        }
    }

    /// What stands in the lock table: tables and advisory locks.
    pub fn table_locks(&mut self, db: &Database, sessions: usize) {
        for (tag, lock) in db.locks().iter() {
            let Some(named) = Named::of(*tag) else {
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
                *self.entry(Thing::Tag(*tag), || named.target(db)) = found;
            }
        }
    }

    /// The lock of a process.
    pub fn process(&mut self, process: &ProcessLockState) {
        let claims = |list: &[(SessionId, Hold)]| -> Vec<Claim> {
            let claim = |(session, mode)| Claim { session, mode };
            list.iter().map(process_hold).map(claim).collect()
        };
        let found = Held {
            holders: claims(process.holders()),
            queue: claims(process.queue()),
        };
        if found != Held::default() {
            *self.entry(Thing::Process, process_target) = found;
        }
    }

    /// What a session waits for, where that stands in no queue of its own, and whom it waits for.
    pub fn waiting(&mut self, db: &Database, process: &ProcessLockState, session: SessionId) {
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
                let thing = Thing::Row(table.clone(), *row);
                let held = self.entry(thing, || wait.target.clone());
                let mode = strength.clause();
                held.queue.push(Claim { session, mode });
            }
            (_, LockTarget::Key { table, key }) => {
                let thing = Thing::Key(table.clone(), key.clone());
                let held = self.entry(thing, || wait.target.clone());
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
                target = Named::Table(table).target(db);
            }
            (WaitReason::Advisory(key, _), _) => {
                target = Named::Advisory(key).target(db);
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
}

/// Those who wait for a row: first who sleeps on the holder's transaction, for it is next, then by their turn.
pub(super) fn sort_queue(db: &Database, queue: &mut [Claim]) {
    crate::collections::sort_by_key(queue, |claim| {
        let Some((tag @ Tag::Tuple(..), _)) = db.locks().waiting(claim.session) else {
            return 0;
        };
        let queue = db.locks().get(tag).map_or(&[][..], |lock| &lock.queue);
        let place = queue.iter().position(|it| it.session == claim.session);
        place.map_or(0, |place| place + 1)
    });
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
pub(in crate::run) fn process_hold(
    (session, hold): &(SessionId, Hold),
) -> (SessionId, &'static str) {
    let mode = match hold {
        Hold::Read => "read",
        Hold::Write => "write",
    };
    (*session, mode)
}

/// Who holds a lock of the lock table against a mode.
pub(in crate::run) fn holders(
    db: &Database,
    tag: Tag,
    mode: LockMode,
) -> Vec<(SessionId, &'static str)> {
    let granted = db.locks().get(tag).map_or(&[][..], |lock| &lock.granted);
    let against = granted.iter().filter(|it| it.mode.conflicts_with(mode));
    against.map(|it| (it.session, it.mode.sql_name())).collect()
}

/// Who holds the row that a version is of, each with the strongest lock.
pub(in crate::run) fn row_holders(
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
pub(in crate::run) fn row_claims(db: &Database, tuple: &Tuple) -> Vec<Claim> {
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

/// What a lock of the lock table is on, where it does not only stand for rows.
#[derive(Clone, Copy)]
enum Named {
    Table(TableId),
    Advisory(AdvisoryKey),
}

impl Named {
    fn of(tag: Tag) -> Option<Self> {
        match tag {
            Tag::Table(table) => Some(Self::Table(table)),
            Tag::Advisory(key) => Some(Self::Advisory(key)),
            Tag::Tuple(..) | Tag::Transaction(_) => None,
        }
    }

    fn target(self, db: &Database) -> LockTarget {
        let what = match self {
            Self::Table(table) => format!("table {}", db.table(table).name),
            Self::Advisory(AdvisoryKey::Single(key)) => format!("advisory lock {key}"),
            Self::Advisory(AdvisoryKey::Pair(one, two)) => format!("advisory lock ({one}, {two})"),
        };
        LockTarget::Other { what }
    }
}
