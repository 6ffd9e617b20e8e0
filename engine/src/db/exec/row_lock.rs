//! Locking one version of a row, and waiting for it.
//!
//! The steps of `heap_lock_tuple` (README.tuplock): if others hold the version in a conflicting way, first take the
//! turn (the tuple lock), unless the transaction has a lock on the row already; then wait for the holders'
//! transactions one by one; then look again.

use super::super::heap::Standing;
use super::super::lock::{Acquired, LockMode, Tag, tuple_lock_mode};
use super::super::xact::Xid;
use super::*;
use crate::db::SqlState;
use crate::db::answer::WaitReason;
use crate::sql::ast::{RowLock, WaitPolicy};

/// What came of wanting a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Got {
    /// Nobody is in the way (any more).
    Free,
    /// Another version has taken its place.
    Replaced(TupleId),
    /// The row is gone.
    Deleted,
    /// This statement has changed the row already.
    OwnChange,
    /// `SKIP LOCKED`: others hold it.
    Skipped,
}

impl Exec {
    /// Waits until nobody holds `version` against `strength`.
    pub(super) fn claim(
        &mut self,
        version: (TableId, TupleId),
        strength: RowLock,
        policy: WaitPolicy,
        session: SessionId,
        db: &mut Database,
    ) -> Result<Poll<Got>, SqlError> {
        let (table, id) = version;
        let got = loop {
            let me = db.xid(session);
            let tuple = &db.heap(table)[id];
            let standing = db.heap(table).standing(id, me, strength, &db.transactions);
            // Who holds a later version is waited for without a turn.
            let later = matches!(standing, Standing::HeldLater(_));
            let holders = match standing {
                Standing::Free => break Got::Free,
                Standing::Replaced(next) => break Got::Replaced(next),
                Standing::Deleted => break Got::Deleted,
                Standing::OwnChange => break Got::OwnChange,
                Standing::Held(holders) | Standing::HeldLater(holders) => holders,
            };
            match policy {
                WaitPolicy::Block => {}
                WaitPolicy::SkipLocked => break Got::Skipped,
                WaitPolicy::NoWait => return Err(row_not_available(&db.table(table).name)),
            }
            let had_before = me.is_some_and(|me| tuple.is_locked_by(me));
            let reason = WaitReason::Row(strength);
            if self.turn.is_none() && !had_before && !later {
                let (tag, mode) = (Tag::Tuple(table, id), tuple_lock_mode(strength));
                ready!(wait_in_queue(
                    session,
                    db,
                    WaitFor {
                        tag,
                        mode,
                        version,
                        reason
                    }
                )?);
                self.turn = Some((tag, mode));
                continue;
            }
            ready!(wait_for_end(session, db, holders[0], version, reason)?);
        };
        if let Some((tag, mode)) = self.turn.take() {
            db.release(session, tag, mode);
        }
        Ok(Poll::Ready(got))
    }

    /// Where to look again for a row whose version was replaced: at the newest one, whatever lock the ones between would
    /// bear. `None`: the row is gone.
    pub(super) fn follow(
        &mut self,
        (table, id): (TableId, TupleId),
        session: SessionId,
        db: &mut Database,
    ) -> Option<TupleId> {
        let newest = db.heap(table).newest(id, &db.transactions);
        if newest != Some(id)
            && let Some((tag, mode)) = self.turn.take()
        {
            db.release(session, tag, mode);
        }
        newest
    }

    /// Locks `version` for the transaction; it must be free.
    pub(super) fn take(
        &mut self,
        version: (TableId, TupleId),
        strength: RowLock,
        session: SessionId,
        db: &mut Database,
    ) {
        let me = db.number(session);
        if db.lock_version(version, me, strength) {
            self.effects.locked.push((version.0, version.1, strength));
        }
    }
}

/// Joins a queue of the lock table, or has the lock at once.
fn wait_in_queue(
    session: SessionId,
    db: &mut Database,
    wait: WaitFor,
) -> Result<Poll<()>, SqlError> {
    match db.locks.acquire(session, wait.tag, wait.mode) {
        Acquired::Granted => Ok(Poll::Ready(())),
        Acquired::MustWait => Ok(Poll::Wait(wait)),
        Acquired::Deadlock => Err(db.deadlock_error(&[session])),
    }
}

/// Waits for a transaction to end.
pub(super) fn wait_for_end(
    session: SessionId,
    db: &mut Database,
    xid: Xid,
    version: (TableId, TupleId),
    reason: WaitReason,
) -> Result<Poll<()>, SqlError> {
    let (tag, mode) = (Tag::Transaction(xid), LockMode::Share);
    ready!(wait_in_queue(
        session,
        db,
        WaitFor {
            tag,
            mode,
            version,
            reason
        }
    )?);
    db.release(session, tag, mode);
    Ok(Poll::Ready(()))
}

fn row_not_available(table: &str) -> SqlError {
    SqlError::new(
        SqlState::LOCK_NOT_AVAILABLE,
        format!("could not obtain lock on row in relation \"{table}\""),
    )
}

/// 40001 for a row that a transaction which the snapshot does not see has changed or locked meanwhile.
pub(super) fn concurrent_update() -> SqlError {
    SqlError::new(
        SqlState::SERIALIZATION_FAILURE,
        "could not serialize access due to concurrent update",
    )
}

/// 40001 for a row that such a transaction has deleted.
pub(super) fn concurrent_delete() -> SqlError {
    SqlError::new(
        SqlState::SERIALIZATION_FAILURE,
        "could not serialize access due to concurrent delete",
    )
}
