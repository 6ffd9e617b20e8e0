//! The lock table: holders and a wait queue for each thing that can be locked.
//!
//! The rules are those of `lmgr/README` and `lock.c`: a request is granted at once if it conflicts neither with what
//! others hold nor with what others already wait for, or if its session holds the same mode already. Otherwise it
//! joins the queue, at the end, or, if its session holds locks that conflict with somebody in the queue, just before
//! the first such waiter. When a lock is let go, the queue is scanned in order and a waiter is woken unless it conflicts
//! with a holder or with an earlier waiter that stays.

use super::LockMode;
use crate::collections::Map;
use crate::db::{TableId, TupleId, Xid};
use crate::ids::SessionId;

/// What can be locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tag {
    /// The turn to lock a version of a row.
    Tuple(TableId, TupleId),
    /// A transaction, held by itself while it runs.
    Transaction(Xid),
}

/// A session's hold on, or request for, a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Claim {
    /// Whose.
    pub session: SessionId,
    /// In which mode.
    pub mode: LockMode,
}

/// One lock: who holds it and who waits for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Lock {
    /// Holders.
    pub granted: Vec<Claim>,
    /// Waiters, first come first.
    pub queue: Vec<Claim>,
}

impl Lock {
    /// Whether `claim` conflicts with what another session holds.
    fn is_held_against(&self, claim: Claim) -> bool {
        self.granted
            .iter()
            .any(|held| held.session != claim.session && held.mode.conflicts_with(claim.mode))
    }

    /// The place in the queue before the first waiter that this session's own holds keep waiting, else the end.
    fn place_of(&self, session: SessionId) -> usize {
        let holds = |waiter: &Claim| {
            self.granted
                .iter()
                .any(|held| held.session == session && held.mode.conflicts_with(waiter.mode))
        };
        self.queue
            .iter()
            .position(holds)
            .unwrap_or(self.queue.len())
    }

    /// Grants what can be granted, in queue order.
    fn wake(&mut self) -> Vec<SessionId> {
        let mut woken = Vec::new();
        let mut staying: Vec<Claim> = Vec::new();
        for claim in std::mem::take(&mut self.queue) {
            let behind = staying
                .iter()
                .any(|earlier| earlier.mode.conflicts_with(claim.mode));
            if behind || self.is_held_against(claim) {
                staying.push(claim);
            } else {
                self.granted.push(claim);
                woken.push(claim.session);
            }
        }
        self.queue = staying;
        woken
    }
}

/// Whether a request was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acquired {
    /// The session holds it.
    Granted,
    /// It waits in the queue.
    MustWait,
    /// It would wait, and for a session that waits for it: a deadlock that shows at once.
    Deadlock,
}

/// All locks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LockTable {
    locks: Map<Tag, Lock>,
}

impl LockTable {
    /// Asks for a lock, joining the queue if it cannot be had now.
    pub fn acquire(&mut self, session: SessionId, tag: Tag, mode: LockMode) -> Acquired {
        let claim = Claim { session, mode };
        let lock = self.locks.or_insert(tag, Default::default());
        if lock.granted.contains(&claim) {
            return Acquired::Granted;
        }
        let place = lock.place_of(session);
        let behind = lock.queue[..place]
            .iter()
            .any(|waiter| waiter.mode.conflicts_with(mode));
        if !behind && !lock.is_held_against(claim) {
            lock.granted.push(claim);
            return Acquired::Granted;
        }
        // `ProcSleep`: we would wait for somebody who, in this very queue, waits for us.
        let waits_for_us = lock.queue.get(place).is_some_and(|waiter| {
            lock.granted
                .iter()
                .any(|held| held.session == waiter.session && held.mode.conflicts_with(mode))
        });
        if waits_for_us {
            return Acquired::Deadlock;
        }
        lock.queue.insert(place, claim);
        Acquired::MustWait
    }

    /// Whether the lock could be had at once, without asking for it.
    #[must_use]
    pub fn is_free(&self, session: SessionId, tag: Tag, mode: LockMode) -> bool {
        self.locks.get(&tag).is_none_or(|lock| {
            let claim = Claim { session, mode };
            let behind = lock.queue[..lock.place_of(session)]
                .iter()
                .any(|waiter| waiter.mode.conflicts_with(mode));
            lock.granted.contains(&claim) || (!behind && !lock.is_held_against(claim))
        })
    }

    /// Lets one lock go and returns the sessions that got it, in the order in which they go on.
    pub fn release(&mut self, session: SessionId, tag: Tag, mode: LockMode) -> Vec<SessionId> {
        let claim = Claim { session, mode };
        self.change(tag, |lock| lock.granted.retain(|held| *held != claim))
    }

    /// Lets everything of a session go, what it holds and what it waits for.
    pub fn release_all(&mut self, session: SessionId) -> Vec<SessionId> {
        let concerns = |claim: &Claim| claim.session == session;
        let tags: Vec<Tag> = self
            .locks
            .iter()
            .filter(|(_, lock)| {
                lock.granted.iter().any(concerns) || lock.queue.iter().any(concerns)
            })
            .map(|(tag, _)| *tag)
            .collect();
        let free = |lock: &mut Lock| {
            lock.granted.retain(|claim| claim.session != session);
            lock.queue.retain(|claim| claim.session != session);
        };
        tags.into_iter()
            .flat_map(|tag| self.change(tag, free))
            .collect()
    }

    fn change(&mut self, tag: Tag, change: impl Fn(&mut Lock)) -> Vec<SessionId> {
        let Some(lock) = self.locks.get_mut(&tag) else {
            return Vec::new();
        };
        change(lock);
        let woken = lock.wake();
        if lock.granted.is_empty() && lock.queue.is_empty() {
            self.locks.remove(&tag);
        }
        woken
    }

    /// What a session waits for.
    #[must_use]
    pub fn waiting(&self, session: SessionId) -> Option<(Tag, LockMode)> {
        self.locks.iter().find_map(|(tag, lock)| {
            lock.queue
                .iter()
                .find(|claim| claim.session == session)
                .map(|claim| (*tag, claim.mode))
        })
    }

    /// Whom a session waits for: holders whose lock conflicts with its request, then those before it in the queue that do
    /// (the hard and the soft edges of the wait-for graph).
    #[must_use]
    pub fn blockers(&self, session: SessionId) -> Vec<SessionId> {
        let Some((tag, mode)) = self.waiting(session) else {
            return Vec::new();
        };
        let lock = &self.locks[&tag];
        let earlier = lock
            .queue
            .iter()
            .take_while(|claim| claim.session != session);
        let mut blockers = Vec::new();
        for claim in lock.granted.iter().chain(earlier) {
            let blocks = claim.session != session && claim.mode.conflicts_with(mode);
            if blocks && !blockers.contains(&claim.session) {
                blockers.push(claim.session);
            }
        }
        blockers
    }

    /// Every lock with its holders and waiters.
    pub fn iter(&self) -> impl Iterator<Item = (&Tag, &Lock)> {
        self.locks.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Acquired::{Deadlock, Granted, MustWait};
    use LockMode::{AccessExclusive, AccessShare, Exclusive, Share};

    const TAG: Tag = Tag::Transaction(Xid(7));
    const A: SessionId = SessionId(0);
    const B: SessionId = SessionId(1);
    const C: SessionId = SessionId(2);

    #[test]
    fn who_waits_for_a_transaction_goes_on_when_it_ends_in_the_order_of_coming() {
        let mut locks = LockTable::default();
        assert_eq!(locks.acquire(A, TAG, Exclusive), Granted);
        assert_eq!(locks.acquire(C, TAG, Share), MustWait);
        assert_eq!(locks.acquire(B, TAG, Share), MustWait);
        assert_eq!(locks.blockers(B), [A]);
        assert_eq!(locks.release_all(A), [C, B]);
        assert_eq!(locks.waiting(B), None);
    }

    #[test]
    fn a_waiting_exclusive_request_holds_up_later_shared_ones() {
        let mut locks = LockTable::default();
        locks.acquire(A, TAG, AccessShare);
        assert_eq!(locks.acquire(B, TAG, AccessExclusive), MustWait);
        assert_eq!(locks.acquire(C, TAG, AccessShare), MustWait);
        assert_eq!(locks.blockers(C), [B]);
        assert_eq!(locks.release(A, TAG, AccessShare), [B]);
        assert_eq!(locks.release(B, TAG, AccessExclusive), [C]);
    }

    #[test]
    fn a_holder_that_asks_for_more_goes_before_those_who_wait_for_it() {
        let mut locks = LockTable::default();
        locks.acquire(A, TAG, AccessShare);
        assert_eq!(locks.acquire(B, TAG, AccessExclusive), MustWait);
        assert_eq!(locks.acquire(A, TAG, Share), Granted);
    }

    #[test]
    fn two_holders_that_both_ask_for_more_are_a_deadlock_at_once() {
        let mut locks = LockTable::default();
        locks.acquire(A, TAG, AccessShare);
        locks.acquire(B, TAG, AccessShare);
        assert_eq!(locks.acquire(A, TAG, AccessExclusive), MustWait);
        assert_eq!(locks.acquire(B, TAG, AccessExclusive), Deadlock);
    }
}
