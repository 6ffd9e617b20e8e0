//! Deadlocks: a session that, over others, waits for itself.
//!
//! PostgreSQL does not look for a deadlock when a session goes to sleep. It lets the session wait for `deadlock_timeout`
//! and then searches the wait-for graph once, for a cycle through that session alone (`src/backend/storage/lmgr/deadlock.c`,
//! `lmgr/README`). So in two sessions that wait for each other the one that began to wait first is rolled back, unless it had
//! looked before the cycle closed.
//!
//! An edge of the graph is *hard* when the blocker holds the lock, and *soft* when it only stands before the waiter in the
//! queue. A cycle with a soft edge needs no victim: the queue is put in another order, so that the waiter goes first.
//!
//! ```text
//!   A and B hold ACCESS SHARE on different tables; D waits for one, C for the other ...
//!
//!   A ──hard──> C ──soft──> B ──hard──> A      C before B in the queue: no cycle is left
//! ```

use super::{Edge, LockTable, Tag};
use crate::ids::SessionId;

/// What a look at the wait-for graph found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// No cycle.
    Nothing,
    /// Cycles that these orders of queues undo.
    Soft(Vec<(Tag, Vec<SessionId>)>),
    /// A cycle that nothing but a victim undoes: the first waits for the second, the last for the first.
    Hard(Vec<Edge>),
}

/// Looks for a cycle through a session that waits.
#[must_use]
pub fn look(locks: &LockTable, start: SessionId) -> Found {
    let mut check = Check {
        locks,
        reversed: Vec::new(),
        hard: Vec::new(),
    };
    if check.is_stuck(start, 0) {
        return Found::Hard(check.hard);
    }
    match check.orders() {
        Some(orders) if !orders.is_empty() => Found::Soft(orders),
        _ => Found::Nothing,
    }
}

/// A soft edge: who waits for whom, in which queue.
#[derive(Clone, Copy, PartialEq, Eq)]
struct SoftEdge {
    waiter: SessionId,
    blocker: SessionId,
    tag: Tag,
}

struct Check<'a> {
    locks: &'a LockTable,
    /// Soft edges that are to be turned round.
    reversed: Vec<SoftEdge>,
    /// The cycle without a soft edge that was found last.
    hard: Vec<Edge>,
}

/// A walk along the edges.
struct Walk {
    seen: Vec<SessionId>,
    path: Vec<Edge>,
    soft: Vec<SoftEdge>,
}

enum Test {
    Fine,
    Hard,
    Soft(Vec<SoftEdge>),
}

impl Check<'_> {
    /// Whether no order of the queues helps (`DeadLockCheckRecurse`).
    fn is_stuck(&mut self, start: SessionId, depth: usize) -> bool {
        /// More edges turned round than this are not tried.
        const DEEPEST: usize = 16;
        let soft = match self.test(start) {
            Test::Fine => return false,
            Test::Hard => return true,
            Test::Soft(soft) => soft,
        };
        if depth >= DEEPEST {
            return true;
        }
        for edge in soft {
            self.reversed.push(edge);
            if !self.is_stuck(start, depth + 1) {
                return false;
            }
            self.reversed.pop();
        }
        true
    }

    /// Looks at the graph with the queues in the order that is tried (`TestConfiguration`).
    fn test(&mut self, start: SessionId) -> Test {
        let Some(orders) = self.orders() else {
            return Test::Hard;
        };
        let mut starts: Vec<SessionId> = Vec::new();
        for edge in &self.reversed {
            starts.extend([edge.waiter, edge.blocker]);
        }
        starts.push(start);
        let mut result = Test::Fine;
        for start in starts {
            let mut walk = Walk {
                seen: Vec::new(),
                path: Vec::new(),
                soft: Vec::new(),
            };
            if self.finds_cycle(start, &orders, &mut walk) {
                if walk.soft.is_empty() {
                    self.hard = walk.path;
                    return Test::Hard;
                }
                self.hard = walk.path;
                result = Test::Soft(walk.soft);
            }
        }
        result
    }

    /// Follows the edges from a session; whether they lead back to the first (`FindLockCycleRecurse`).
    fn finds_cycle(
        &self,
        session: SessionId,
        orders: &[(Tag, Vec<SessionId>)],
        walk: &mut Walk,
    ) -> bool {
        if let Some(place) = walk.seen.iter().position(|seen| *seen == session) {
            return place == 0;
        }
        walk.seen.push(session);
        let Some((tag, mode)) = self.locks.waiting(session) else {
            return false;
        };
        let Some(lock) = self.locks.get(tag) else {
            return false;
        };
        let edge = |blocker| Edge {
            waiter: session,
            tag,
            mode,
            blocker,
        };
        let mut followed: Vec<SessionId> = Vec::new();
        for held in &lock.granted {
            let blocker = held.session;
            if blocker == session || followed.contains(&blocker) || !held.mode.conflicts_with(mode)
            {
                continue;
            }
            followed.push(blocker);
            walk.path.push(edge(blocker));
            if self.finds_cycle(blocker, orders, walk) {
                return true;
            }
            walk.path.pop();
        }
        let tried = orders.iter().find(|(other, _)| *other == tag);
        let queue: Vec<SessionId> = match tried {
            Some((_, order)) => order.clone(),
            None => lock.queue.iter().map(|waiter| waiter.session).collect(),
        };
        for blocker in queue.into_iter().take_while(|other| *other != session) {
            let wanted = lock.queue.iter().find(|waiter| waiter.session == blocker);
            if !wanted.is_some_and(|waiter| waiter.mode.conflicts_with(mode)) {
                continue;
            }
            walk.path.push(edge(blocker));
            if self.finds_cycle(blocker, orders, walk) {
                walk.soft.push(SoftEdge {
                    waiter: session,
                    blocker,
                    tag,
                });
                return true;
            }
            walk.path.pop();
        }
        false
    }

    /// The queues with the edges turned round that are to be, as near to their old order as may be; `None` if that cannot be
    /// (`ExpandConstraints`, `TopoSort`).
    fn orders(&self) -> Option<Vec<(Tag, Vec<SessionId>)>> {
        let mut orders: Vec<(Tag, Vec<SessionId>)> = Vec::new();
        for edge in &self.reversed {
            if orders.iter().any(|(tag, _)| *tag == edge.tag) {
                continue;
            }
            let lock = self.locks.get(edge.tag)?;
            let mut left: Vec<SessionId> = lock.queue.iter().map(|claim| claim.session).collect();
            let mut order = Vec::with_capacity(left.len());
            // From the end: the last who need not stand before anybody that is still left.
            while !left.is_empty() {
                let is_free = |session: &SessionId| {
                    !self.reversed.iter().any(|edge_of| {
                        edge_of.tag == edge.tag
                            && edge_of.waiter == *session
                            && left.contains(&edge_of.blocker)
                    })
                };
                let place = left.iter().rposition(is_free)?;
                order.push(left.remove(place));
            }
            order.reverse();
            orders.push((edge.tag, order));
        }
        Some(orders)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Acquired, LockMode, Owner};
    use super::*;
    use crate::db::{TableId, Xid};

    const A: SessionId = SessionId(0);
    const B: SessionId = SessionId(1);
    const C: SessionId = SessionId(2);
    const D: SessionId = SessionId(3);
    const LEVEL: Owner = Owner::Level(0);

    #[test]
    fn a_ring_is_found_from_each_of_its_members_and_not_from_outside() {
        let mut locks = LockTable::default();
        for (session, xid) in [(A, 0), (B, 1), (C, 2)] {
            locks.acquire(
                session,
                Tag::Transaction(Xid(xid)),
                LockMode::Exclusive,
                LEVEL,
            );
        }
        locks.acquire(A, Tag::Transaction(Xid(1)), LockMode::Share, LEVEL);
        assert_eq!(look(&locks, A), Found::Nothing);
        locks.acquire(B, Tag::Transaction(Xid(0)), LockMode::Share, LEVEL);
        locks.acquire(C, Tag::Transaction(Xid(0)), LockMode::Share, LEVEL);
        let waiters = |found| match found {
            Found::Hard(edges) => edges.iter().map(|edge: &Edge| edge.waiter).collect(),
            _ => Vec::new(),
        };
        assert_eq!(waiters(look(&locks, A)), [A, B]);
        assert_eq!(waiters(look(&locks, B)), [B, A]);
        assert_eq!(look(&locks, C), Found::Nothing);
    }

    #[test]
    fn who_only_stands_before_another_steps_back() {
        use LockMode::{AccessExclusive, AccessShare, ShareUpdateExclusive};
        let mut locks = LockTable::default();
        let (one, other) = (Tag::Table(TableId(1)), Tag::Table(TableId(2)));
        // A holds one, D the other. C queues for all of the first, D behind it for a little; A wants the other.
        locks.acquire(A, one, AccessShare, LEVEL);
        locks.acquire(D, other, ShareUpdateExclusive, LEVEL);
        assert_eq!(
            locks.acquire(C, one, AccessExclusive, LEVEL),
            Acquired::MustWait
        );
        assert_eq!(
            locks.acquire(D, one, AccessShare, LEVEL),
            Acquired::MustWait
        );
        assert_eq!(
            locks.acquire(A, other, ShareUpdateExclusive, LEVEL),
            Acquired::MustWait
        );
        let found = look(&locks, A);
        assert_eq!(found, Found::Soft(vec![(one, vec![D, C])]));
        if let Found::Soft(orders) = found {
            assert_eq!(locks.rearrange(&orders), [D]);
        }
        assert_eq!(look(&locks, A), Found::Nothing);
    }
}
