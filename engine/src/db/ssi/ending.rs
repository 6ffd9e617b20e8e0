//! Commit, rollback, and when the past may be forgotten.
//!
//! A transaction that has committed still matters: one that overlapped it may yet read what was there before its change,
//! or change what it read. Its locks and edges are kept until no transaction is left that began before it ended. One that
//! was rolled back is gone at once.
//!
//! Source: `src/backend/storage/lmgr/predicate.c` (`PreCommit_CheckForSerializationFailure`, `ReleasePredicateLocks`,
//! `ClearOldPredicateLocks`).

use super::failure::Reason;
use super::transaction::{CommitSeq, Doom, Phase};
use super::{SerialId, Ssi};
use crate::db::{SqlError, Xid};

/// How much of a transaction that has ended is forgotten.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Forget {
    /// All of it.
    Everything,
    /// What only a writer that overlapped it would ask for: its locks, and who read around it.
    LocksAndReaders,
}

impl Ssi {
    /// The check before a commit. The only structures that are not found before are those with this transaction as Tout
    /// whose pivot and Tin are both in progress: then the pivot is doomed.
    ///
    /// # Errors
    /// 40001 when the transaction is doomed itself.
    pub fn pre_commit(&mut self, id: SerialId) -> Result<(), SqlError> {
        if self.is_doomed(id) {
            return Err(Reason::DoomedAtCommit.error());
        }
        let pivots: Vec<_> = self.conflicts.readers(id).collect();
        for pivot in pivots {
            if !self.completes(id, pivot) {
                continue;
            }
            if let Some(pivot) = self.transactions.get_mut(&pivot) {
                if pivot.prepared().is_some() {
                    return Err(Reason::Commit.error());
                }
                pivot.doom = Doom::Doomed;
            }
        }
        if let Some(me) = self.transactions.get_mut(&id) {
            self.last_commit.0 += 1;
            me.phase = Phase::Prepared(self.last_commit);
        }
        Ok(())
    }

    /// Whether `tin --> pivot --> out` stands, with both of them in progress. `out` itself may be `tin`.
    fn completes(&self, out: SerialId, pivot: SerialId) -> bool {
        let runs = self
            .get(pivot)
            .is_some_and(|pivot| !pivot.is_committed() && !pivot.is_doomed());
        runs && self.conflicts.readers(pivot).any(|tin| {
            tin == out
                || self
                    .get(tin)
                    .is_some_and(|tin| !tin.is_committed() && !tin.read_only && !tin.is_doomed())
        })
    }

    /// Notes that a transaction has committed; `next` is the number that the next transaction will get. Returns the
    /// `DEFERRABLE` transactions that it woke.
    pub fn commit(&mut self, id: SerialId, next: Xid) -> Vec<SerialId> {
        let committed = CommitSeq(self.last_commit.0 + 1);
        let Some(me) = self.transactions.get_mut(&id) else {
            return Vec::new();
        };
        self.last_commit = committed;
        let declared_read_only = me.read_only;
        me.phase = Phase::Committed {
            prepared: me.prepared().unwrap_or(committed),
            committed,
        };
        me.finished_before = next;
        me.read_only = declared_read_only || !me.wrote;
        let tracks_outs = !me.read_only;
        let mut earliest_out = None;
        if tracks_outs {
            let outs = self.conflicts.writers(id).filter_map(|out| self.get(out));
            let committed = outs.filter(|out| out.is_committed());
            earliest_out = committed.filter_map(|out| out.prepared()).min();
        }
        if let Some(me) = self.transactions.get_mut(&id) {
            me.earliest_out = earliest_out;
        }
        // What has committed or is read-only can add no danger; the earliest commit is remembered.
        let transactions = &self.transactions;
        self.conflicts.retain(|edge| {
            let other = |id| transactions.get(&id);
            if edge.reader == id {
                other(edge.writer)
                    .is_some_and(|writer| !writer.is_committed() && writer.snapshot < committed)
            } else {
                edge.writer != id
                    || other(edge.reader)
                        .is_some_and(|reader| !reader.is_committed() && !reader.read_only)
            }
        });
        self.finished.push(id);
        self.release(id, declared_read_only)
    }

    /// Notes that a transaction was rolled back, or needs to be tracked no more. Returns the `DEFERRABLE` transactions that
    /// it woke.
    pub fn abort(&mut self, id: SerialId) -> Vec<SerialId> {
        let Some(me) = self.transactions.get_mut(&id) else {
            return Vec::new();
        };
        me.doom = Doom::Doomed;
        me.phase = Phase::Active;
        let declared_read_only = me.read_only;
        self.release(id, declared_read_only)
    }

    /// What commit and rollback have in common.
    fn release(&mut self, id: SerialId, declared_read_only: bool) -> Vec<SerialId> {
        let Some(me) = self.get(id) else {
            return Vec::new();
        };
        let (xmin, committed) = (me.xmin, me.is_committed());
        let others = || {
            let running = self.transactions.iter().filter(|(_, t)| !t.is_committed());
            running.filter(|(other, _)| **other != id).map(|(_, t)| t)
        };
        let holds_horizon = others().all(|other| xmin < other.xmin);
        if !declared_read_only && others().all(|other| other.read_only) {
            self.can_clear_through = self.last_commit;
        }
        let woken = if declared_read_only {
            self.possible.retain(|possible| possible.reader != id);
            Vec::new()
        } else {
            self.tell_readers(id)
        };
        if !committed {
            self.forget(id, Forget::Everything);
        }
        if holds_horizon {
            self.clear_old();
        }
        self.locks.forget_notes(id);
        woken
    }

    /// Forgets transactions that have committed and that no transaction in progress overlaps.
    fn clear_old(&mut self) {
        let running = self.transactions.values().filter(|t| !t.is_committed());
        let horizon = running.map(|t| t.xmin).min();
        let mut kept = 0;
        while let Some(&id) = self.finished.get(kept) {
            let Some(old) = self.get(id) else {
                self.finished.remove(kept);
                continue;
            };
            let (read_only, at) = (old.read_only, old.committed().unwrap_or_default());
            let is_over = horizon.is_none_or(|horizon| old.finished_before <= horizon);
            // Those that overlap it are all read-only, and only ask whom it read around.
            let only_readers_left = self.cleared_through < at && at <= self.can_clear_through;
            if !is_over && !only_readers_left {
                break;
            }
            if !is_over {
                self.cleared_through = at;
            }
            if is_over || read_only {
                self.finished.remove(kept);
                self.forget(id, Forget::Everything);
            } else {
                self.forget(id, Forget::LocksAndReaders);
                kept += 1;
            }
        }
    }

    fn forget(&mut self, id: SerialId, what: Forget) {
        self.locks.drop_all(id);
        let everything = what == Forget::Everything;
        self.conflicts
            .retain(|edge| edge.writer != id && !(everything && edge.reader == id));
        if everything {
            self.transactions.remove(&id);
        }
    }
}
