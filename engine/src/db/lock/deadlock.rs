//! Deadlocks: a session that, over others, waits for itself.
//!
//! PostgreSQL does not look for a deadlock when a session goes to sleep. It lets the session wait for `deadlock_timeout`
//! and then searches the wait-for graph once, for a cycle through that session alone; if there is one, that session is
//! the victim (`src/backend/storage/lmgr/deadlock.c`). So in two sessions that wait for each other the one that began to wait
//! first is rolled back, unless it had looked before the cycle closed.

use super::LockTable;
use crate::ids::SessionId;

/// How long a session waits before it looks for a deadlock, in milliseconds (`deadlock_timeout`, default 1 s).
pub const DEADLOCK_TIMEOUT: u64 = 1000;

/// The cycle of the wait-for graph through `start`: `start` waits for the second, the last waits for `start`.
#[must_use]
pub fn cycle_through(locks: &LockTable, start: SessionId) -> Option<Vec<SessionId>> {
    let mut path = vec![start];
    let mut seen = vec![start];
    search(locks, start, &mut path, &mut seen).then_some(path)
}

fn search(
    locks: &LockTable,
    start: SessionId,
    path: &mut Vec<SessionId>,
    seen: &mut Vec<SessionId>,
) -> bool {
    let current = path[path.len() - 1];
    for blocker in locks.blockers(current) {
        if blocker == start {
            return true;
        }
        if seen.contains(&blocker) {
            continue;
        }
        seen.push(blocker);
        path.push(blocker);
        if search(locks, start, path, seen) {
            return true;
        }
        path.pop();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::{LockMode, Tag};
    use super::*;
    use crate::db::Xid;

    const A: SessionId = SessionId(0);
    const B: SessionId = SessionId(1);
    const C: SessionId = SessionId(2);

    #[test]
    fn a_ring_is_found_from_each_of_its_members_and_not_from_outside() {
        let mut locks = LockTable::default();
        for (session, xid) in [(A, 0), (B, 1), (C, 2)] {
            locks.acquire(session, Tag::Transaction(Xid(xid)), LockMode::Exclusive);
        }
        locks.acquire(A, Tag::Transaction(Xid(1)), LockMode::Share);
        assert_eq!(cycle_through(&locks, A), None);
        locks.acquire(B, Tag::Transaction(Xid(0)), LockMode::Share);
        locks.acquire(C, Tag::Transaction(Xid(0)), LockMode::Share);
        assert_eq!(cycle_through(&locks, A), Some(vec![A, B]));
        assert_eq!(cycle_through(&locks, B), Some(vec![B, A]));
        assert_eq!(cycle_through(&locks, C), None);
    }
}
