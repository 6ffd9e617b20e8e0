//! What is known of one serializable transaction, while it runs and as long after as it may matter.

use crate::db::Xid;

/// A moment in the order of commits. It grows when a transaction passes its check before the commit, and when it has
/// committed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CommitSeq(pub(super) u32);

/// Whether a transaction said that it would not write, and how much it cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// It may write.
    ReadWrite,
    /// `READ ONLY`
    ReadOnly,
    /// `READ ONLY, DEFERRABLE`: it would rather wait for a snapshot with which nothing can go wrong.
    ReadOnlyDeferrable,
}

/// How far a transaction has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// It runs.
    Active,
    /// It has passed the check before its commit, and cannot be chosen as a victim any more.
    Prepared(CommitSeq),
    /// It has committed, and others that overlapped it still run.
    Committed {
        /// When it passed the check.
        prepared: CommitSeq,
        /// When it had committed.
        committed: CommitSeq,
    },
}

/// Whether anything can go wrong with the snapshot of a read-only transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Safety {
    /// Not decided: a transaction that it overlaps and that may write is in progress.
    Open,
    /// Nothing can: it needs no locks and no checks any more.
    Safe,
    /// A transaction that it overlaps read around one that had committed before its snapshot.
    Unsafe,
}

/// Whether a transaction is to be rolled back for the sake of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Doom {
    /// No.
    Spared,
    /// Yes, at its next read of a row, write or commit.
    Doomed,
}

/// A serializable transaction (PostgreSQL's `SERIALIZABLEXACT`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SerialTransaction {
    pub(super) phase: Phase,
    pub(super) doom: Doom,
    pub(super) safety: Safety,
    pub(super) access: Access,
    /// Declared so, or committed without a write.
    pub(super) read_only: bool,
    pub(super) wrote: bool,
    /// Its own number and those of its subtransactions.
    pub(super) xids: Vec<Xid>,
    /// The oldest transaction that was in progress for its snapshot.
    pub(super) xmin: Xid,
    /// The last commit that its snapshot sees.
    pub(super) snapshot: CommitSeq,
    /// The number that was next when it committed: a snapshot whose oldest running transaction is below this may
    /// overlap it.
    pub(super) finished_before: Xid,
    /// When the first of those committed that it had read around, once it has committed itself.
    pub(super) earliest_out: Option<CommitSeq>,
}

impl SerialTransaction {
    pub(super) fn new(xmin: Xid, snapshot: CommitSeq, access: Access) -> Self {
        Self {
            phase: Phase::Active,
            doom: Doom::Spared,
            safety: Safety::Open,
            access,
            read_only: access != Access::ReadWrite,
            wrote: false,
            xids: Vec::new(),
            xmin,
            snapshot,
            finished_before: xmin,
            earliest_out: None,
        }
    }

    /// How far it has come.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// When it had committed, if it has.
    #[must_use]
    pub fn committed(&self) -> Option<CommitSeq> {
        match self.phase {
            Phase::Committed { committed, .. } => Some(committed),
            Phase::Active | Phase::Prepared(_) => None,
        }
    }

    /// Whether it has committed.
    #[must_use]
    pub fn is_committed(&self) -> bool {
        self.committed().is_some()
    }

    /// When it passed the check before its commit, if it has.
    #[must_use]
    pub fn prepared(&self) -> Option<CommitSeq> {
        match self.phase {
            Phase::Active => None,
            Phase::Prepared(prepared) | Phase::Committed { prepared, .. } => Some(prepared),
        }
    }

    /// Whether it is to be rolled back for the sake of others.
    #[must_use]
    pub fn is_doomed(&self) -> bool {
        self.doom == Doom::Doomed
    }

    /// Whether it was declared `READ ONLY`, or has committed without a write.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Whether anything can go wrong with its snapshot, if it is read-only.
    #[must_use]
    pub fn safety(&self) -> Safety {
        self.safety
    }

    /// Its number, once it has one.
    #[must_use]
    pub fn xid(&self) -> Option<Xid> {
        self.xids.first().copied()
    }

    /// Whether it is `DEFERRABLE` and has not been told yet whether its snapshot is safe. One that has been told is not
    /// tracked any more.
    pub(super) fn is_deferred(&self) -> bool {
        self.access == Access::ReadOnlyDeferrable
    }
}
