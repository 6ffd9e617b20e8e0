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

mod now;
mod waits;

pub(super) use now::{holders, process_hold, row_claims, row_holders};
pub use waits::{cycle, victim};

use super::process::ProcessLockState;
use super::{Event, EventKind, LockTarget, Run, SetupError, scheduler};
use crate::collections::Map;
use crate::db::Database;
use crate::ids::SessionId;
use crate::strategy::Plan;
use now::{Now, Thing, sort_queue};
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

/// Runs a plan and writes down its locks.
///
/// # Errors
/// When a statement of the set-up fails.
pub fn execute_logged(plan: &Plan) -> Result<(Run, LockLog), SetupError> {
    logged(plan, usize::MAX)
}

/// The same; the log goes as far as so many events do.
fn logged(plan: &Plan, most: usize) -> Result<(Run, LockLog), SetupError> {
    let log = RefCell::new((LockLog::default(), Map::new()));
    let watcher = |events: &[Event], db: &Database, process: &ProcessLockState| {
        // What is only about to be carried out changes no lock.
        let sent = |event: &Event| matches!(event.kind, EventKind::Sent { .. });
        if events.len() > most || events.last().is_some_and(sent) {
            return;
        }
        let (log, places) = &mut *log.borrow_mut();
        log.note(events.len(), db, process, plan.sessions.len(), places);
    };
    let run = scheduler::execute_watched(plan, Some(&watcher))?;
    Ok((run, log.into_inner().0))
}

impl LockLog {
    /// Plays a plan once more and writes down its locks, as far as a run of it goes. Where there is no run yet,
    /// [`execute_logged`] makes both at once.
    #[must_use]
    pub fn of(plan: &Plan, run: &Run) -> Self {
        // A set-up that fails has no locks.
        logged(plan, run.events.len()).map_or_else(|_| Self::default(), |(_, log)| log)
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
        let mut now = Now::new(places);
        now.rows(db);
        now.table_locks(db, sessions);
        now.process(process);
        for session in (0..sessions).map(SessionId) {
            now.waiting(db, process, session);
        }
        let Now { locks, waits, .. } = now;
        // The places in the log of those that are held or wanted.
        let mut seen = Vec::new();
        for (thing, (target, mut held)) in locks {
            if thing.is_of_row() {
                sort_queue(db, &mut held.queue);
            }
            let place = *places.or_insert(thing, self.locks.len());
            if let Some(target) = target {
                self.locks.push(LockStory {
                    target,
                    changes: Vec::new(),
                });
            }
            let story = &mut self.locks[place];
            if story.changes.last().is_none_or(|(_, last)| *last != held) {
                story.changes.push((position, held));
            }
            seen.push(place);
        }
        crate::collections::sort_by(&mut seen, Ord::cmp);
        for (place, story) in self.locks.iter_mut().enumerate() {
            let free = seen.binary_search(&place).is_err();
            if free
                && story
                    .changes
                    .last()
                    .is_some_and(|(_, last)| *last != Held::default())
            {
                story.changes.push((position, Held::default()));
            }
        }
        if self.waits.last().is_none_or(|(_, last)| *last != waits) {
            self.waits.push((position, waits));
        }
    }
}
