//! The lock that the threads of one process share (S12). Not PostgreSQL.
//!
//! Several readers or one writer hold it. A fair lock goes to whoever has waited longest, and a reader that comes while a
//! writer waits stands behind it. An unfair one is free for anybody who asks once it is let go, while those who wait must
//! first wake up, which takes [`WAKE_UP`]; readers pass waiting writers, so that a stream of readers can keep a writer out
//! for ever.

use crate::ids::{SessionId, Tick};
use crate::strategy::{Fairness, Hold};

/// How long a thread takes to wake up when an unfair lock becomes free, in milliseconds.
pub const WAKE_UP: u64 = 1;

/// The lock, who holds it and who waits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ProcessLockState {
    holders: Vec<(SessionId, Hold)>,
    queue: Vec<(SessionId, Hold)>,
    /// When it was last let go.
    freed: Tick,
    /// How often it was taken for writing: what a stamp says.
    writes: u64,
}

impl ProcessLockState {
    /// Takes the lock if that is possible now, else queues.
    pub fn take(&mut self, session: SessionId, hold: Hold, fairness: Fairness) -> bool {
        if self.holders.iter().any(|(holder, _)| *holder == session) {
            return true;
        }
        if self.may_take(session, hold, fairness) {
            self.queue.retain(|(waiter, _)| *waiter != session);
            self.holders.push((session, hold));
            if hold == Hold::Write {
                self.writes += 1;
            }
            return true;
        }
        if !self.waits(session) {
            self.queue.push((session, hold));
        }
        false
    }

    fn may_take(&self, session: SessionId, hold: Hold, fairness: Fairness) -> bool {
        let shares = |other: Hold| hold == Hold::Read && other == Hold::Read;
        if !self.holders.iter().all(|(_, other)| shares(*other)) {
            return false;
        }
        let before = self
            .queue
            .iter()
            .take_while(|(waiter, _)| *waiter != session);
        match fairness {
            Fairness::Unfair => true,
            Fairness::Fair => before.into_iter().all(|(_, other)| shares(*other)),
        }
    }

    /// Since when a session that waits can go on; `None` while it cannot.
    pub fn can_go_on(&self, session: SessionId, fairness: Fairness) -> Option<Tick> {
        let (_, hold) = self.queue.iter().find(|(waiter, _)| *waiter == session)?;
        let wakes = match fairness {
            Fairness::Fair => 0,
            Fairness::Unfair => WAKE_UP,
        };
        self.may_take(session, *hold, fairness)
            .then(|| Tick(self.freed.0 + wakes))
    }

    /// Who waits, first come first.
    pub fn waiters(&self) -> impl Iterator<Item = SessionId> {
        self.queue.iter().map(|(waiter, _)| *waiter)
    }

    /// Calls the sessions anew; those that are gone know nothing of it.
    pub fn rename(&mut self, session: &dyn Fn(SessionId) -> SessionId) {
        for (who, _) in self.holders.iter_mut().chain(&mut self.queue) {
            *who = session(*who);
        }
    }

    /// Whether a session holds it or waits for it.
    pub fn knows(&self, session: SessionId) -> bool {
        let mut known = self.holders.iter().chain(&self.queue);
        known.any(|(who, _)| *who == session)
    }

    /// Forgets when it was let go, and how often it was taken where no stamp says so.
    pub fn forget(&mut self, stamps: bool) {
        self.freed = Tick(0);
        if !stamps {
            self.writes = 0;
        }
    }

    /// Whether a session waits.
    pub fn waits(&self, session: SessionId) -> bool {
        self.queue.iter().any(|(waiter, _)| *waiter == session)
    }

    /// Lets the lock go; `false` if the session does not hold it.
    pub fn release(&mut self, session: SessionId, now: Tick) -> bool {
        let held = self.holders.len();
        self.holders.retain(|(holder, _)| *holder != session);
        self.queue.retain(|(waiter, _)| *waiter != session);
        let released = self.holders.len() < held;
        if released {
            self.freed = now;
        }
        released
    }

    /// Who holds it, and how.
    pub fn holders(&self) -> &[(SessionId, Hold)] {
        &self.holders
    }

    /// Who waits for it, and how, first come first.
    pub fn queue(&self) -> &[(SessionId, Hold)] {
        &self.queue
    }

    /// Who holds it, other than this session.
    pub fn others(&self, session: SessionId) -> Vec<SessionId> {
        let holders = self.holders.iter().map(|(holder, _)| *holder);
        holders.filter(|holder| *holder != session).collect()
    }

    /// Whom a session that waits stands behind: who holds the lock, else who waits before it.
    pub fn blockers(&self, session: SessionId) -> Vec<SessionId> {
        let holders = self.others(session);
        if !holders.is_empty() {
            return holders;
        }
        let waiters = self.queue.iter().map(|(waiter, _)| *waiter);
        waiters.take_while(|waiter| *waiter != session).collect()
    }

    /// The stamp, if nobody holds it for writing.
    pub fn stamp(&self) -> Option<u64> {
        let written = self.holders.iter().any(|(_, hold)| *hold == Hold::Write);
        (!written).then_some(self.writes)
    }
}
