//! Locking one version of a row, and waiting for it.
//!
//! The steps of `heap_lock_tuple` (README.tuplock): if others hold the version in a conflicting way, first take the
//! turn (the tuple lock), unless the transaction has a lock on the row already; then wait for the holders'
//! transactions one by one; then look again.

use super::super::lock::tuple_lock_mode;
use super::super::xact::Fate;
use super::*;
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

/// Whether later versions are waited for, too.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chain {
    /// They are.
    Followed,
    /// They are not.
    LeftAlone,
}

/// What the newest version of a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Newest {
    /// This one.
    Version(TupleId),
    /// This transaction is replacing or deleting this one.
    Changing(Xid, TupleId),
    /// There is none any more, or the transaction's own statement has changed it.
    Gone,
}

impl Work<'_> {
    /// Waits until nobody holds `version` against `strength`.
    pub(super) fn claim(
        &mut self,
        version: (TableId, TupleId),
        strength: RowLock,
        policy: WaitPolicy,
    ) -> Step<Got> {
        self.claim_by(version, strength, policy, Chain::LeftAlone)
    }

    /// The same for a locking clause, which, after it has waited for who replaced the version, also waits for who holds later
    /// ones before it looks again (`heap_lock_tuple` with `follow_updates`).
    pub(super) fn claim_for_clause(
        &mut self,
        version: (TableId, TupleId),
        strength: RowLock,
        policy: WaitPolicy,
    ) -> Step<Got> {
        self.claim_by(version, strength, policy, Chain::Followed)
    }

    /// Locks the whole table, where the database does that after so many row locks of one transaction. Other databases do
    /// (SQL Server after 5,000 of a statement); the mode is PostgreSQL's EXCLUSIVE, which lets others read.
    fn escalate(&mut self, table: TableId) -> Step<()> {
        let Some(most) = self.db.lock_escalation else {
            return Ok(());
        };
        let reached = self.once(&mut |work| {
            let (me, known) = (work.me(), &work.db.transactions);
            let heap = work.db.heap(table);
            let mine = heap.iter().filter(|(_, tuple)| {
                let changed = tuple.updater.as_ref();
                tuple.lock_of(me, known).is_some()
                    || changed.is_some_and(|updater| known.is_of(updater.xid, me))
            });
            Ok(Done::Flag(mine.count() >= most as usize))
        })?;
        if reached == Done::Flag(true) {
            let owner = self.db.owner(self.session);
            let mode = LockMode::Exclusive;
            self.queue(
                (Tag::Table(table), mode),
                owner,
                None,
                WaitReason::Table(table, mode),
            )?;
        }
        Ok(())
    }

    fn claim_by(
        &mut self,
        version: (TableId, TupleId),
        strength: RowLock,
        policy: WaitPolicy,
        chain: Chain,
    ) -> Step<Got> {
        let (table, id) = version;
        self.escalate(table)?;
        let reason = WaitReason::Row(strength);
        let turn = (Tag::Tuple(table, id), tuple_lock_mode(strength));
        let mut has_turn = false;
        let got = loop {
            let look = self.once(&mut |work| {
                let (me, known) = (work.me(), &work.db.transactions);
                let standing = work.db.heap(table).standing(id, me, strength, known);
                let member = work.db.heap(table)[id].lock_of(me, known).is_some();
                Ok(Done::Standing(table, standing, member))
            })?;
            let Done::Standing(_, standing, member) = look else {
                return Err(internal("the log does not fit the statement").into());
            };
            // Who holds a later version is waited for without a turn.
            let later = matches!(standing, Standing::HeldLater(_));
            let holders = match standing {
                Standing::Free => break Got::Free,
                Standing::Replaced(next) => break Got::Replaced(next),
                Standing::Deleted => break Got::Deleted,
                Standing::OwnChange => break Got::OwnChange,
                // No write locks: the change goes over that of the other.
                Standing::Held(_) | Standing::HeldLater(_) if self.view.reads == Reads::Dirty => {
                    break Got::Free;
                }
                Standing::Held(holders) | Standing::HeldLater(holders) => holders,
            };
            // They are waited for even by NOWAIT and SKIP LOCKED (`heap_lock_updated_tuple_rec`).
            match policy {
                _ if later => {}
                WaitPolicy::Block => {}
                WaitPolicy::SkipLocked => break Got::Skipped,
                WaitPolicy::NoWait => return Err(self.row_not_available(table).into()),
            }
            if !has_turn && !member && !later {
                let owner = self.db.owner(self.session);
                self.queue(turn, owner, Some(version), reason)?;
                has_turn = true;
            }
            self.wait_for_end(holders[0], version, reason)?;
            if chain == Chain::Followed {
                self.wait_along(version, strength)?;
            }
        };
        if has_turn {
            self.act(&mut |work| work.db.release(work.session, turn.0, turn.1))?;
        }
        Ok(got)
    }

    /// Waits for those who hold the versions that took the place of one.
    fn wait_along(&mut self, (table, id): (TableId, TupleId), strength: RowLock) -> Step<()> {
        let next = self.once(&mut |work| {
            let known = &work.db.transactions;
            let updater = work.db.heap(table)[id].updater;
            let stands = updater.filter(|updater| known.fate(updater.xid) == Fate::Committed);
            let next = stands.and_then(|updater| updater.next);
            Ok(Done::Found(table, next))
        })?;
        let Done::Found(_, Some(next)) = next else {
            return Ok(());
        };
        loop {
            let look = self.once(&mut |work| {
                let (me, known) = (work.me(), &work.db.transactions);
                let standing = work.db.heap(table).standing(next, me, strength, known);
                Ok(Done::Standing(table, standing, false))
            })?;
            let Done::Standing(_, Standing::Held(holders) | Standing::HeldLater(holders), _) = look
            else {
                return Ok(());
            };
            self.wait_for_end(holders[0], (table, next), WaitReason::Row(strength))?;
        }
    }

    /// Locks the newest version of a row whose version `id` took the place of the one that was found; `None`: the row is
    /// gone, or `SKIP LOCKED` passes over it (`heapam_tuple_lock` with `TUPLE_LOCK_FLAG_FIND_LAST_VERSION`).
    pub(super) fn lock_newest(
        &mut self,
        (table, mut id): (TableId, TupleId),
        strength: RowLock,
        policy: WaitPolicy,
    ) -> Step<Option<TupleId>> {
        loop {
            let from = id;
            let look = self.once(&mut |work| Ok(Done::Newest(table, work.newest(table, from))))?;
            id = match look {
                Done::Newest(_, Newest::Version(id)) => id,
                Done::Newest(_, Newest::Changing(xid, at)) => {
                    // Whoever replaces it is waited for, whatever lock that amounts to.
                    match policy {
                        WaitPolicy::Block => {}
                        WaitPolicy::SkipLocked => return Ok(None),
                        WaitPolicy::NoWait => return Err(self.row_not_available(table).into()),
                    }
                    self.wait_for_end(xid, (table, at), WaitReason::Row(strength))?;
                    id = at;
                    continue;
                }
                _ => return Ok(None),
            };
            match self.claim((table, id), strength, policy)? {
                Got::Free => {
                    self.take((table, id), strength)?;
                    return Ok(Some(id));
                }
                Got::Replaced(next) => id = next,
                Got::Deleted | Got::OwnChange | Got::Skipped => return Ok(None),
            }
        }
    }

    fn newest(&self, table: TableId, mut id: TupleId) -> Newest {
        let (heap, known) = (self.db.heap(table), &self.db.transactions);
        while let Some(updater) = heap[id].updater {
            if known.is_of(updater.xid, self.me()) {
                return Newest::Gone;
            }
            match known.fate(updater.xid) {
                Fate::Aborted => break,
                Fate::InProgress => return Newest::Changing(updater.xid, id),
                Fate::Committed => match updater.next {
                    Some(next) => id = next,
                    None => return Newest::Gone,
                },
            }
        }
        Newest::Version(id)
    }

    /// Locks `version` for the transaction; it must be free.
    pub(super) fn take(&mut self, version: (TableId, TupleId), strength: RowLock) -> Step<()> {
        let done = self.once(&mut |work| {
            let me = work.db.number(work.session);
            Ok(Done::Flag(work.db.lock_version(version, me, strength)))
        })?;
        if done == Done::Flag(true) {
            self.effects.locked.push((version.0, version.1, strength));
        }
        Ok(())
    }

    /// Locks the rows of a result that `FOR UPDATE` and its kin mean, and looks at what changed meanwhile again; `None` if it
    /// is no result any more, or was passed over (`ExecLockRows`).
    pub(super) fn lock_marked(&mut self, query: &Query, mut row: Joined) -> Step<Option<Joined>> {
        let mut changed = false;
        for mark in &query.marks {
            let Some(Origin::Tuple(table, id)) = row.origins.get(mark.relation).copied() else {
                continue;
            };
            let version = (table, id);
            match self.claim_for_clause(version, mark.strength, mark.wait)? {
                Got::Free => self.take(version, mark.strength)?,
                Got::Replaced(_) | Got::Deleted if !self.follows_changes() => {
                    return Err(concurrent_update().into());
                }
                Got::Replaced(next) => {
                    match self.lock_newest((table, next), mark.strength, mark.wait)? {
                        Some(newest) => {
                            row.origins[mark.relation] = Origin::Tuple(table, newest);
                            changed = true;
                        }
                        None => return Ok(None),
                    }
                }
                Got::Deleted | Got::OwnChange | Got::Skipped => return Ok(None),
            }
        }
        let (true, Some(from)) = (changed, &query.from) else {
            return Ok(Some(row));
        };
        let origins = row.origins.clone();
        let newest = self.recheck(from, &query.filter, row)?;
        if newest.is_none() {
            // What the statement decided by: it read the row and turned away from it.
            self.note_reads(&origins);
        }
        Ok(newest)
    }

    pub(super) fn row_not_available(&self, table: TableId) -> SqlError {
        SqlError::new(
            SqlState::LOCK_NOT_AVAILABLE,
            format!(
                "could not obtain lock on row in relation \"{}\"",
                self.db.table(table).name
            ),
        )
    }
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
