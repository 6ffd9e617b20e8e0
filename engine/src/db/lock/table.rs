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
    /// A table.
    Table(TableId),
    /// The turn to lock a version of a row.
    Tuple(TableId, TupleId),
    /// A transaction, held by itself while it runs.
    Transaction(Xid),
    /// Whatever an application means by a number.
    Advisory(AdvisoryKey),
}

/// The key of an advisory lock; the two kinds never meet (manual, section 13.3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AdvisoryKey {
    /// One bigint.
    Single(i64),
    /// Two integers.
    Pair(i32, i32),
}

/// Until when a lock is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Owner {
    /// Until the session lets it go.
    Session,
    /// Until the transaction ends, or is rolled back to a savepoint so deep; 0 is outside of all.
    Level(u32),
}

/// One edge of a wait-for graph: who waits for what, and who has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Edge {
    /// Who waits.
    pub waiter: SessionId,
    /// For what.
    pub tag: Tag,
    /// In which mode.
    pub mode: LockMode,
    /// Who is in the way.
    pub blocker: SessionId,
}

/// A session's hold on, or request for, a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Claim {
    /// Whose.
    pub session: SessionId,
    /// In which mode.
    pub mode: LockMode,
    /// Until when.
    pub owner: Owner,
}

/// One lock: who holds it and who waits for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Lock {
    /// Holders; who got it several times stands there several times.
    pub granted: Vec<Claim>,
    /// Waiters, first come first.
    pub queue: Vec<Claim>,
}

impl Lock {
    /// Whether a request conflicts with what another session holds.
    fn is_held_against(&self, session: SessionId, mode: LockMode) -> bool {
        self.granted
            .iter()
            .any(|held| held.session != session && held.mode.conflicts_with(mode))
    }

    /// Whether a request would be granted at once, and if not, its place in the queue: before the first waiter that this
    /// session's own holds keep waiting, else at the end.
    fn place_of(&self, session: SessionId, mode: LockMode) -> Result<(), usize> {
        let holds = |held: &Claim| held.session == session;
        if self
            .granted
            .iter()
            .any(|held| holds(held) && held.mode == mode)
        {
            return Ok(());
        }
        let kept_waiting = |waiter: &Claim| {
            self.granted
                .iter()
                .any(|held| holds(held) && held.mode.conflicts_with(waiter.mode))
        };
        let place = self.queue.iter().position(kept_waiting);
        let place = place.unwrap_or(self.queue.len());
        let behind = self.queue[..place]
            .iter()
            .any(|waiter| waiter.mode.conflicts_with(mode));
        if behind || self.is_held_against(session, mode) {
            Err(place)
        } else {
            Ok(())
        }
    }

    /// Grants what can be granted, in queue order.
    fn wake(&mut self) -> Vec<SessionId> {
        let mut woken = Vec::new();
        let mut staying: Vec<Claim> = Vec::new();
        for claim in std::mem::take(&mut self.queue) {
            let behind = staying
                .iter()
                .any(|earlier| earlier.mode.conflicts_with(claim.mode));
            if behind || self.is_held_against(claim.session, claim.mode) {
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acquired {
    /// The session holds it.
    Granted,
    /// It waits in the queue.
    MustWait,
    /// It would wait, and for a session that waits for it: a deadlock that shows at once.
    Deadlock(Vec<Edge>),
}

/// All locks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LockTable {
    locks: Map<Tag, Lock>,
}

impl LockTable {
    /// Asks for a lock, joining the queue if it cannot be had now.
    pub fn acquire(
        &mut self,
        session: SessionId,
        tag: Tag,
        mode: LockMode,
        owner: Owner,
    ) -> Acquired {
        let claim = Claim {
            session,
            mode,
            owner,
        };
        let lock = self.locks.or_insert(tag, Default::default());
        let place = match lock.place_of(session, mode) {
            Ok(()) => {
                lock.granted.push(claim);
                return Acquired::Granted;
            }
            Err(place) => place,
        };
        // `ProcSleep`: we would wait for somebody who, in this very queue, waits for us.
        if let Some(waiter) = lock.queue.get(place) {
            let held_by_waiter = lock
                .granted
                .iter()
                .any(|held| held.session == waiter.session && held.mode.conflicts_with(mode));
            if held_by_waiter {
                let edge = |waiter, mode, blocker| Edge {
                    waiter,
                    tag,
                    mode,
                    blocker,
                };
                return Acquired::Deadlock(vec![
                    edge(session, mode, waiter.session),
                    edge(waiter.session, waiter.mode, session),
                ]);
            }
        }
        lock.queue.insert(place, claim);
        Acquired::MustWait
    }

    /// Whether the lock could be had without joining the queue. Nobody goes before those who wait without waiting, whatever
    /// the session holds (`LockAcquireExtended` with `dontWait`).
    #[must_use]
    pub fn is_free(&self, session: SessionId, tag: Tag, mode: LockMode) -> bool {
        self.locks.get(&tag).is_none_or(|lock| {
            let held = lock
                .granted
                .iter()
                .any(|held| held.session == session && held.mode == mode);
            let wanted = lock
                .queue
                .iter()
                .any(|waiter| waiter.mode.conflicts_with(mode));
            held || (!wanted && !lock.is_held_against(session, mode))
        })
    }

    /// Lets a lock go once, as it was last got, and returns the sessions that got it, in the order in which they go on; `None`
    /// when the session does not have it (from that owner, where one is named).
    pub fn release(
        &mut self,
        session: SessionId,
        tag: Tag,
        mode: LockMode,
        owner: Option<Owner>,
    ) -> Option<Vec<SessionId>> {
        let lock = self.locks.get(&tag)?;
        let is_it = |held: &Claim| {
            held.session == session
                && held.mode == mode
                && owner.is_none_or(|owner| owner == held.owner)
        };
        let place = lock.granted.iter().rposition(is_it)?;
        Some(self.change(tag, &mut |lock| {
            lock.granted.remove(place);
        }))
    }

    /// Lets everything go that a session holds from the owners that `goes` names, and what it waits for.
    pub fn release_all(
        &mut self,
        session: SessionId,
        goes: &dyn Fn(Owner) -> bool,
    ) -> Vec<SessionId> {
        let concerns = |claim: &Claim| claim.session == session;
        let tags: Vec<Tag> = self
            .locks
            .iter()
            .filter(|(_, lock)| {
                lock.granted.iter().any(concerns) || lock.queue.iter().any(concerns)
            })
            .map(|(tag, _)| *tag)
            .collect();
        let mut woken = Vec::new();
        for tag in tags {
            woken.extend(self.change(tag, &mut |lock| {
                lock.granted
                    .retain(|claim| claim.session != session || !goes(claim.owner));
                lock.queue.retain(|claim| claim.session != session);
            }));
        }
        woken
    }

    /// Hands what a savepoint's owner holds on to the one around it.
    pub fn hand_over(&mut self, session: SessionId, from: u32, to: u32) {
        for lock in self.locks.values_mut() {
            for claim in &mut lock.granted {
                let deep = matches!(claim.owner, Owner::Level(level) if level >= from);
                if claim.session == session && deep {
                    claim.owner = Owner::Level(to);
                }
            }
        }
    }

    fn change(&mut self, tag: Tag, change: &mut dyn FnMut(&mut Lock)) -> Vec<SessionId> {
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

    /// Puts queues in another order and returns the sessions that got their locks by that.
    pub fn rearrange(&mut self, orders: &[(Tag, Vec<SessionId>)]) -> Vec<SessionId> {
        let mut woken = Vec::new();
        for (tag, order) in orders {
            woken.extend(self.change(*tag, &mut |lock| {
                let place = |claim: &Claim| order.iter().position(|other| *other == claim.session);
                crate::collections::sort_by_key(&mut lock.queue, place);
            }));
        }
        woken
    }

    /// One lock; `None` if nobody holds it and nobody waits for it.
    #[must_use]
    pub fn get(&self, tag: Tag) -> Option<&Lock> {
        self.locks.get(&tag)
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

    /// Calls everything anew, and drops holds that nobody will meet.
    pub(in crate::db) fn rename(
        &mut self,
        tag: &dyn Fn(Tag) -> Tag,
        session: &dyn Fn(SessionId) -> SessionId,
        matters: &dyn Fn(Tag, LockMode) -> bool,
    ) {
        self.locks.rekey(&mut |old, lock: &mut Lock| {
            lock.granted.retain(|claim| matters(old, claim.mode));
            for claim in lock.granted.iter_mut().chain(&mut lock.queue) {
                claim.session = session(claim.session);
            }
            let used = !lock.granted.is_empty() || !lock.queue.is_empty();
            used.then(|| tag(old))
        });
    }

    /// Every lock with its holders and waiters.
    pub fn iter(&self) -> impl Iterator<Item = (&Tag, &Lock)> {
        self.locks.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Acquired::{Granted, MustWait};
    use LockMode::{AccessExclusive, AccessShare, Exclusive, Share};

    const TAG: Tag = Tag::Transaction(Xid(7));
    const A: SessionId = SessionId(0);
    const B: SessionId = SessionId(1);
    const C: SessionId = SessionId(2);

    #[test]
    fn who_waits_for_a_transaction_goes_on_when_it_ends_in_the_order_of_coming() {
        let mut locks = LockTable::default();
        assert_eq!(locks.acquire(A, TAG, Exclusive, Owner::Level(0)), Granted);
        assert_eq!(locks.acquire(C, TAG, Share, Owner::Level(0)), MustWait);
        assert_eq!(locks.acquire(B, TAG, Share, Owner::Level(0)), MustWait);
        assert_eq!(locks.blockers(B), [A]);
        assert_eq!(locks.release_all(A, &|_| true), [C, B]);
        assert_eq!(locks.waiting(B), None);
    }

    #[test]
    fn a_waiting_exclusive_request_holds_up_later_shared_ones() {
        let mut locks = LockTable::default();
        locks.acquire(A, TAG, AccessShare, Owner::Level(0));
        assert_eq!(
            locks.acquire(B, TAG, AccessExclusive, Owner::Level(0)),
            MustWait
        );
        assert_eq!(
            locks.acquire(C, TAG, AccessShare, Owner::Level(0)),
            MustWait
        );
        assert_eq!(locks.blockers(C), [B]);
        assert_eq!(locks.release(A, TAG, AccessShare, None), Some(vec![B]));
        assert_eq!(locks.release(B, TAG, AccessExclusive, None), Some(vec![C]));
    }

    #[test]
    fn a_holder_that_asks_for_more_goes_before_those_who_wait_for_it() {
        let mut locks = LockTable::default();
        locks.acquire(A, TAG, AccessShare, Owner::Level(0));
        assert_eq!(
            locks.acquire(B, TAG, AccessExclusive, Owner::Level(0)),
            MustWait
        );
        assert_eq!(locks.acquire(A, TAG, Share, Owner::Level(0)), Granted);
    }

    #[test]
    fn two_holders_that_both_ask_for_more_are_a_deadlock_at_once() {
        let mut locks = LockTable::default();
        locks.acquire(A, TAG, AccessShare, Owner::Level(0));
        locks.acquire(B, TAG, AccessShare, Owner::Level(0));
        assert_eq!(
            locks.acquire(A, TAG, AccessExclusive, Owner::Level(0)),
            MustWait
        );
        let last = locks.acquire(B, TAG, AccessExclusive, Owner::Level(0));
        assert!(matches!(last, Acquired::Deadlock(edges) if edges.len() == 2));
    }
}
