//! Serializable snapshot isolation.
//!
//! # The idea
//!
//! Under REPEATABLE READ each transaction reads from its snapshot, and two that overlap can each read what the other is
//! about to change. Neither notices, and what is left may be what no serial order gives: *write skew*. SERIALIZABLE adds
//! no waiting to that. It only watches who read around whom, and rolls one back in time.
//!
//! R *reads around* W when R reads a row, or the absence of one, as it was before W's change. Then R comes before W in
//! any serial order; the field calls it an rw-dependency or anti-dependency, `R ---rw--> W`. A result without a serial
//! order needs a cycle, and every such cycle in snapshots has in it
//!
//! ```text
//!        rw              rw
//!   Tin ----> Tpivot ----> Tout         and of the three, Tout commits first.
//!    ^                       |
//!    +- - - - - - - - - - - -+          Tin may be Tout: write skew between two.
//! ```
//!
//! So only that *dangerous structure* is looked for, not the cycle. It is cheap and it errs on one side: nothing wrong
//! gets through, but now and then a transaction is rolled back that would have done no harm. If Tin only reads, Tout must
//! even have committed before Tin took its snapshot, or there is no cycle.
//!
//! # How an edge is found
//!
//! Either end finds it, whichever comes second:
//!
//! - The read: it meets a version that is hidden from its snapshot, or sees one whose successor is hidden. Who made that
//!   stands in the row ([`Ssi::check_version`]).
//! - The write: it finds a *SIREAD lock*, which says that somebody has read this version, page, table or index
//!   ([`Ssi::conflict_in`]). Pages and whole relations stand for what was looked for and not found. These locks block
//!   nobody, and outlive the commit of their holder until all that overlapped it have ended.
//!
//! # Who has to go
//!
//! The pivot, if it can: when the transaction that is rolled back is tried again, Tout has committed, so it makes
//! progress. A transaction that finds itself to be the pivot fails at once. One that is found by another is *doomed*, and
//! fails at its next read of a row, write or commit. If the pivot has committed already, the one that has found the last
//! edge goes.
//!
//! # An example
//!
//! Two doctors are on call, and each takes himself off if the other stays.
//!
//! ```text
//!   A: SELECT count(*) ... on call     A has a SIREAD lock on the table
//!   B: SELECT count(*) ... on call     so has B
//!   A: UPDATE doctor A                 meets B's lock: edge B -> A
//!   B: UPDATE doctor B                 meets A's lock: edge A -> B
//!   A: COMMIT                          A -> B -> A with A committing first: pivot B is doomed
//!   B: COMMIT                          fails with 40001, "during commit attempt"
//! ```
//!
//! # What it does not do
//!
//! PostgreSQL has room for a number of transactions, locks and edges, and summarises old ones when it runs out; here
//! there is room for all. Two-phase commit and parallel queries are not simulated.
//!
//! # Sources
//!
//! `src/backend/storage/lmgr/README-SSI` and `predicate.c`; Cahill, Röhm and Fekete, *Serializable isolation for snapshot
//! databases* (SIGMOD 2008); Ports and Grittner, *Serializable snapshot isolation in PostgreSQL* (VLDB 2012).
//!
//! | file | what |
//! |---|---|
//! | `target.rs` | what can be locked |
//! | `locks.rs` | who has read what; fine locks become coarse |
//! | `transaction.rs` | what is known of a transaction |
//! | `conflicts.rs` | the edges, the dangerous structure, the victim |
//! | `checks.rs` | reading and writing |
//! | `safety.rs` | read-only transactions, safe snapshots, `DEFERRABLE` |
//! | `ending.rs` | commit, rollback, forgetting |
//! | `failure.rs` | the error |

mod checks;
mod conflicts;
mod ending;
mod failure;
mod locks;
mod rename;
mod safety;
mod target;
mod transaction;

#[cfg(test)]
mod tests;

pub use checks::Nesting;
pub use conflicts::Conflict;
pub use locks::SiRead;
pub use safety::Possible;
pub use target::{PageNo, Relation, Target};
pub use transaction::{Access, CommitSeq, Phase, Safety, SerialTransaction};

use super::Xid;
use crate::collections::Map;
use conflicts::Conflicts;
use locks::SiReads;

/// A serializable transaction. Numbers grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SerialId(pub u32);

/// All that is known of serializable transactions. An id that is not known any more is that of a transaction that needs
/// no tracking, and everything done with it succeeds and has no effect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ssi {
    /// Those that run, and those that have committed and still matter.
    transactions: Map<SerialId, SerialTransaction>,
    /// Those that have committed, in the order of their commits.
    finished: Vec<SerialId>,
    locks: SiReads,
    conflicts: Conflicts,
    /// On whom the safety of snapshots hangs.
    possible: Vec<Possible>,
    last_commit: CommitSeq,
    /// Of those that committed up to here, only read-only transactions may ask.
    can_clear_through: CommitSeq,
    /// Up to here, that has been acted upon.
    cleared_through: CommitSeq,
    next_id: u32,
}

impl Ssi {
    /// Notes the number that a transaction or one of its subtransactions got; its own comes first.
    pub fn add_xid(&mut self, id: SerialId, xid: Xid) {
        if let Some(transaction) = self.transactions.get_mut(&id) {
            transaction.xids.push(xid);
        }
    }

    /// An index has got a new page, which takes over entries of another (`PredicateLockPageSplit`).
    pub fn split_page(&mut self, relation: Relation, old: PageNo, new: PageNo) {
        self.locks.copy_page(relation, old, new);
    }

    /// An index goes, or a table or index is written anew, so that pages and places in it mean nothing any more
    /// (`TransferPredicateLocksToHeapRelation`).
    pub fn move_locks_to_heap(&mut self, relation: Relation) {
        self.locks.move_to_heap(relation);
    }

    /// A transaction that runs, or has committed and still matters.
    #[must_use]
    pub fn get(&self, id: SerialId) -> Option<&SerialTransaction> {
        self.transactions.get(&id)
    }

    /// All that are tracked, in the order in which they took their snapshots.
    pub fn transactions(&self) -> impl Iterator<Item = (SerialId, &SerialTransaction)> {
        self.transactions.iter().map(|(&id, of)| (id, of))
    }

    /// All SIREAD locks, in the order in which they were granted.
    pub fn locks(&self) -> impl Iterator<Item = SiRead> {
        self.locks.iter()
    }

    /// All edges between transactions, in the order in which they were found. At a commit those go that can do no harm any
    /// more, or of which a number is enough.
    pub fn conflicts(&self) -> impl Iterator<Item = Conflict> {
        self.conflicts.iter()
    }

    /// On whom the safety of a read-only transaction's snapshot still hangs.
    pub fn possible_conflicts(&self) -> impl Iterator<Item = Possible> {
        self.possible.iter().copied()
    }

    fn is_doomed(&self, id: SerialId) -> bool {
        self.get(id).is_some_and(SerialTransaction::is_doomed)
    }

    fn is_own(&self, id: SerialId, xid: Xid) -> bool {
        self.get(id).is_some_and(|me| me.xids.contains(&xid))
    }

    /// The transaction that has a number, its own or that of a subtransaction.
    fn owner(&self, xid: Xid) -> Option<(SerialId, &SerialTransaction)> {
        self.transactions().find(|(_, of)| of.xids.contains(&xid))
    }
}
