//! What a transaction does when it reads and when it writes.
//!
//! An edge can be found from either end. If the write came first, the reader meets a version it must not see, and knows
//! from its number who made it ([`Ssi::check_version`]). If the read came first, the writer meets the SIREAD lock
//! ([`Ssi::conflict_in`]).
//!
//! Sources: `src/backend/storage/lmgr/predicate.c` (`CheckForSerializableConflictOut`, `CheckForSerializableConflictIn`,
//! `CheckTableForSerializableConflictIn`), `heapam.c` (`HeapCheckForSerializableConflictOut`).

use super::failure::Reason;
use super::target::{PageNo, Relation, Target};
use super::transaction::Safety;
use super::{SerialId, Ssi};
use crate::db::heap::{Tuple, View};
use crate::db::xact::{Fate, Transactions};
use crate::db::{SqlError, TableId, TupleId, Xid};

/// Whether a write can be undone without its transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nesting {
    /// No: it stands if the transaction does.
    Top,
    /// Yes, by `ROLLBACK TO SAVEPOINT`; then what was read must be locked still.
    Subtransaction,
}

impl Ssi {
    /// Whether reads have to be tracked. This is where a read-only transaction learns that its snapshot is safe, and lets
    /// go of all it has (`SerializationNeededForRead`).
    fn tracks_reads(&mut self, id: SerialId) -> bool {
        match self.get(id).map(|transaction| transaction.safety) {
            None => false,
            Some(Safety::Safe) => {
                self.abort(id);
                false
            }
            Some(Safety::Open | Safety::Unsafe) => true,
        }
    }

    /// Notes that a transaction is about to read all of a table, or a page of an index, or, where an index is empty, that
    /// index.
    pub fn predicate_lock(&mut self, id: SerialId, target: Target) {
        if self.tracks_reads(id) {
            self.locks.acquire(id, target);
        }
    }

    /// Notes that a transaction has read a version of a row that `made_by` made. What it made itself needs no lock.
    pub fn predicate_lock_tuple(
        &mut self,
        id: SerialId,
        table: TableId,
        (page, tuple): (PageNo, TupleId),
        made_by: Xid,
    ) {
        if self.tracks_reads(id) && !self.is_own(id, made_by) {
            let target = Target::Tuple(Relation::Heap(table), page, tuple);
            self.locks.acquire(id, target);
        }
    }

    /// To be called for each version that a transaction looks at, seen or not.
    ///
    /// # Errors
    /// 40001 when the transaction is doomed, or its read leads to a pivot that has committed.
    pub fn check_version(
        &mut self,
        reader: SerialId,
        tuple: &Tuple,
        view: &View,
        transactions: &Transactions,
    ) -> Result<(), SqlError> {
        if !self.tracks_reads(reader) {
            return Ok(());
        }
        if self.is_doomed(reader) {
            return Err(Reason::DoomedAtRead.error());
        }
        match hidden_writer(tuple, view, transactions) {
            Some(writer) => self.conflict_out(reader, writer, view, transactions),
            None => Ok(()),
        }
    }

    fn conflict_out(
        &mut self,
        reader: SerialId,
        writer: Xid,
        view: &View,
        transactions: &Transactions,
    ) -> Result<(), SqlError> {
        let Some((me, (id, other))) = self.get(reader).zip(self.owner(writer)) else {
            return Ok(());
        };
        if id == reader || other.is_doomed() {
            return Ok(());
        }
        // A read-only transaction comes before this writer, unless the writer has to come before what it sees.
        let harmless = me.read_only
            && other.is_committed()
            && other.earliest_out.is_none_or(|out| me.snapshot < out);
        let top = other.xid().unwrap_or(writer);
        if harmless || view.snapshot.sees(top, transactions) || self.has_conflict(reader, id) {
            return Ok(());
        }
        self.flag(reader, reader, id)
    }

    /// To be called before a write, with the finest thing that is written: the version that is replaced or deleted, the
    /// page of an index that gets an entry, or the heap that gets a row. What covers it is looked at as well.
    ///
    /// # Errors
    /// 40001 when the transaction is doomed, or the write makes it a pivot.
    pub fn conflict_in(
        &mut self,
        writer: SerialId,
        written: Target,
        nesting: Nesting,
    ) -> Result<(), SqlError> {
        let Some(me) = self.transactions.get_mut(&writer) else {
            return Ok(());
        };
        if me.is_doomed() {
            return Err(Reason::DoomedAtWrite.error());
        }
        me.wrote = true;
        let xmin = me.xmin;
        for target in written.and_ancestors() {
            for reader in self.locks.holders(target) {
                if reader != writer
                    && self.overlaps(reader, xmin)
                    && !self.has_conflict(reader, writer)
                {
                    self.flag(writer, reader, writer)?;
                }
            }
            if let (Target::Tuple(..), Nesting::Top) = (target, nesting) {
                self.locks.drop_written(writer, target);
            }
        }
        Ok(())
    }

    /// Whether a reader is to be reckoned with by a writer whose snapshot has this `xmin`.
    fn overlaps(&self, reader: SerialId, xmin: Xid) -> bool {
        self.get(reader).is_some_and(|reader| {
            !reader.is_doomed() && (!reader.is_committed() || xmin < reader.finished_before)
        })
    }

    /// To be called before all rows of a table go at once, by `TRUNCATE` or `DROP TABLE`.
    ///
    /// # Errors
    /// 40001 when that makes the transaction a pivot.
    pub fn conflict_in_table(&mut self, writer: SerialId, table: TableId) -> Result<(), SqlError> {
        let Some(me) = self.transactions.get_mut(&writer) else {
            return Ok(());
        };
        me.wrote = true;
        for reader in self.locks.holders_in(Relation::Heap(table)) {
            if reader != writer && !self.has_conflict(reader, writer) {
                self.flag(writer, reader, writer)?;
            }
        }
        Ok(())
    }
}

/// Whose change to a version a statement does not see: that of its maker if it does not see the version at all, else that
/// of who replaced or deleted it. What was rolled back is no change.
fn hidden_writer(tuple: &Tuple, view: &View, transactions: &Transactions) -> Option<Xid> {
    let stands = |xid: &Xid| transactions.fate(*xid) != Fate::Aborted;
    if tuple.is_visible(view, transactions) {
        let updater = tuple.updater.map(|updater| updater.xid);
        updater.filter(stands)
    } else {
        Some(tuple.xmin).filter(stands)
    }
}
