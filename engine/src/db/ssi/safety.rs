//! Read-only transactions and safe snapshots.
//!
//! A read-only transaction can only be Tin, and only if Tout committed before its snapshot. So what it has to fear is a
//! transaction that may write, ran when the snapshot was taken, and commits after it read around one that the snapshot
//! sees. When the last of those transactions has ended without that, the snapshot is *safe*: the reader lets go of its
//! locks and is not tracked any more. A `DEFERRABLE` one waits for this before it reads anything, and if the answer is
//! no, takes another snapshot and waits again.
//!
//! ```text
//!   writer     BEGIN . . . . . . . . . . . COMMIT, read around nobody that the reader sees: safe
//!   reader            BEGIN  first SELECT  . . waits if DEFERRABLE . . SELECT goes on
//! ```
//!
//! Source: `src/backend/storage/lmgr/predicate.c` (`GetSafeSnapshot`, `GetSerializableTransactionSnapshotInt`).

use super::transaction::{Access, Safety, SerialTransaction};
use super::{SerialId, Ssi};
use crate::db::Xid;

/// That a read-only transaction's snapshot hangs on what becomes of another transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Possible {
    /// The read-only transaction.
    pub reader: SerialId,
    /// The one that may write.
    pub writer: SerialId,
}

impl Ssi {
    /// Takes a transaction in with its snapshot, whose oldest running transaction (or, where none runs, whose end) is
    /// `xmin`. `None`: it is read-only and its snapshot is safe already, so it is not tracked.
    ///
    /// A `DEFERRABLE` transaction that is tracked has to wait until [`settle`](Self::settle) has an answer.
    pub fn register(&mut self, xmin: Xid, access: Access) -> Option<SerialId> {
        let id = SerialId(self.next_id);
        if access != Access::ReadWrite {
            let before = self.possible.len();
            for (&writer, other) in self.transactions.iter() {
                if !other.is_committed() && !other.is_doomed() && !other.read_only {
                    self.possible.push(Possible { reader: id, writer });
                }
            }
            if self.possible.len() == before {
                return None;
            }
        }
        self.next_id += 1;
        let transaction = SerialTransaction::new(xmin, self.last_commit, access);
        self.transactions.insert(id, transaction);
        Some(id)
    }

    /// What a `DEFERRABLE` transaction that waits is to do. Unless it is to wait on, it is not tracked any more: it may run
    /// on its snapshot if that is safe, and registers with a new one if it is not.
    pub fn settle(&mut self, id: SerialId) -> Safety {
        let safety = self.get(id).map_or(Safety::Safe, |me| me.safety);
        if safety != Safety::Open {
            self.abort(id);
        }
        safety
    }

    /// The transactions that a `DEFERRABLE` one waits for (`GetSafeSnapshotBlockingPids`).
    pub fn waits_for(&self, id: SerialId) -> impl Iterator<Item = SerialId> {
        let waits = self.get(id).is_some_and(SerialTransaction::is_deferred);
        let mine = self
            .possible
            .iter()
            .filter(move |possible| waits && possible.reader == id);
        mine.map(|possible| possible.writer)
    }

    /// Tells the read-only transactions whose snapshot hung on a transaction that has ended. Returns the `DEFERRABLE` ones
    /// that can go on.
    pub(super) fn tell_readers(&mut self, writer: SerialId) -> Vec<SerialId> {
        let mut woken = Vec::new();
        let mine = self.possible.iter().filter(|p| p.writer == writer);
        let readers: Vec<_> = mine.map(|possible| possible.reader).collect();
        // Only what a transaction wrote and committed can be read.
        let out = self.get(writer).and_then(|writer| {
            let counts = writer.is_committed() && writer.wrote;
            writer.earliest_out.filter(|_| counts)
        });
        for id in readers {
            let Some(reader) = self.transactions.get_mut(&id) else {
                continue;
            };
            if out.is_some_and(|out| out <= reader.snapshot) {
                reader.safety = Safety::Unsafe;
                self.possible.retain(|p| p.reader != id);
            } else {
                self.possible
                    .retain(|p| p.reader != id || p.writer != writer);
                if !self.possible.iter().any(|p| p.reader == id) {
                    reader.safety = Safety::Safe;
                }
            }
            if reader.is_deferred() && reader.safety != Safety::Open {
                woken.push(id);
            }
        }
        woken
    }
}
