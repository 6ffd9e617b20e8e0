//! The strategies and their options.

use crate::scenario::OnConflict;
use crate::sql::ast::{IsolationLevel, RowLock, TableLockMode};

/// How the transactions of a scenario are guarded, with options.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// S1: sent as drawn.
    #[default]
    None,
    /// S2: each write carries its client's time; the newer one stays.
    LastWriteWins,
    /// S3: the arithmetic moves into the `UPDATE`.
    Atomic {
        /// Where the client's checks go.
        guard: Guard,
    },
    /// S4: a version column, compared at the write.
    Optimistic {
        /// What tells versions apart.
        token: VersionToken,
    },
    /// S5: the first read of a row to be written locks it.
    Pessimistic {
        /// How strongly.
        strength: RowLock,
        /// What a locking read does about a row that is locked.
        wait: LockWait,
        /// In which order several rows are locked.
        order: LockOrder,
    },
    /// S6: writes become `INSERT ... ON CONFLICT`.
    Upsert {
        /// Which of them.
        action: UpsertAction,
    },
    /// S7: a record of the request goes first; whoever finds it there stops. Then rows are locked as in S5.
    UpsertLock,
    /// S8: REPEATABLE READ, one snapshot a transaction.
    Snapshot,
    /// S9: SERIALIZABLE.
    Serializable,
    /// S10: `pg_advisory_xact_lock` around the work.
    AdvisoryLock {
        /// Whether others may hold it too.
        sharing: Sharing,
        /// What is done when it is taken.
        patience: Patience,
        /// The key for all transactions; `None`: that of the rows each one writes.
        key: Option<i64>,
    },
    /// S11: `LOCK TABLE` at the start.
    TableLock {
        /// In which mode.
        mode: TableLockMode,
    },
    /// S12: a lock in the memory of one process, around the transaction. Not PostgreSQL: sessions are its threads.
    InProcess {
        /// Which.
        lock: ProcessLock,
        /// Who comes next.
        fairness: Fairness,
    },
}

/// Where the client's checks go when arithmetic moves into the `UPDATE`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Guard {
    /// Into its `WHERE` clause.
    #[default]
    Where,
    /// They stay with the client, on the value that it read.
    Client,
}

/// What tells versions of a row apart under optimistic locking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum VersionToken {
    /// A counter, `version`.
    #[default]
    Version,
    /// The time of the last change, `updated_at`.
    UpdatedAt,
}

/// What a locking read does about a row that is locked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LockWait {
    /// Waits.
    #[default]
    Block,
    /// Fails at once (`NOWAIT`, 55P03).
    NoWait,
    /// Passes over it (`SKIP LOCKED`).
    SkipLocked,
    /// Waits so many milliseconds (`lock_timeout`), then fails (55P03).
    Timeout(u32),
}

/// In which order a transaction locks several rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LockOrder {
    /// As the statements come.
    #[default]
    AsDrawn,
    /// All at the start, by key, so that two transactions cannot wait for each other.
    ByKey,
}

/// Which statements become `INSERT ... ON CONFLICT`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum UpsertAction {
    /// An `UPDATE` becomes `DO UPDATE`, an `INSERT` becomes `DO NOTHING`.
    #[default]
    Both,
    /// An `INSERT` becomes `DO NOTHING`; an `UPDATE` stays.
    DoNothing,
    /// An `UPDATE` and an `INSERT` become `DO UPDATE`.
    DoUpdate,
}

/// Whether several sessions may hold a lock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sharing {
    /// One alone.
    #[default]
    Exclusive,
    /// Several.
    Shared,
}

/// What is done when a lock is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Patience {
    /// Waits.
    #[default]
    Wait,
    /// Gives up at once, which is a conflict.
    Try,
}

/// A lock in the memory of one process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ProcessLock {
    /// One at a time (`ReentrantLock`).
    #[default]
    Mutex,
    /// Many readers or one writer (`ReentrantReadWriteLock`).
    ReadWrite,
    /// Readers look without a lock and check afterwards that nobody wrote (`StampedLock`).
    Stamped,
}

/// Who gets a lock that becomes free.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Fairness {
    /// Whoever asks first after it is free; who waits must wake up first. Readers pass waiting writers.
    #[default]
    Unfair,
    /// In the order of asking.
    Fair,
}

impl Strategy {
    /// Pessimistic locking as it is mostly meant: FOR UPDATE, waiting, as drawn.
    pub const PESSIMISTIC: Self = Self::Pessimistic {
        strength: RowLock::Update,
        wait: LockWait::Block,
        order: LockOrder::AsDrawn,
    };

    /// Optimistic locking with a counter.
    pub const OPTIMISTIC: Self = Self::Optimistic {
        token: VersionToken::Version,
    };

    /// Arithmetic and checks in the statement.
    pub const ATOMIC: Self = Self::Atomic {
        guard: Guard::Where,
    };

    /// One of each strategy, with the options it has to begin with, in the order of a picker.
    pub const ALL: [Self; 12] = [
        Self::None,
        Self::LastWriteWins,
        Self::ATOMIC,
        Self::OPTIMISTIC,
        Self::PESSIMISTIC,
        Self::Upsert {
            action: UpsertAction::Both,
        },
        Self::UpsertLock,
        Self::Snapshot,
        Self::Serializable,
        Self::AdvisoryLock {
            sharing: Sharing::Exclusive,
            patience: Patience::Wait,
            key: None,
        },
        Self::TableLock {
            mode: TableLockMode::Exclusive,
        },
        Self::InProcess {
            lock: ProcessLock::Mutex,
            fairness: Fairness::Unfair,
        },
    ];

    /// The name, as the text form and links have it.
    #[must_use]
    pub fn slug(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::LastWriteWins => "last-write-wins",
            Self::Atomic { .. } => "atomic",
            Self::Optimistic { .. } => "optimistic",
            Self::Pessimistic { .. } => "pessimistic",
            Self::Upsert { .. } => "upsert",
            Self::UpsertLock => "upsert-lock",
            Self::Snapshot => "snapshot",
            Self::Serializable => "serializable",
            Self::AdvisoryLock { .. } => "advisory-lock",
            Self::TableLock { .. } => "table-lock",
            Self::InProcess { .. } => "in-process-lock",
        }
    }

    /// The name, as people say it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::LastWriteWins => "last write wins",
            Self::UpsertLock => "upsert + lock",
            Self::AdvisoryLock { .. } => "advisory lock",
            Self::TableLock { .. } => "table lock",
            Self::InProcess { .. } => "in-process lock",
            _ => self.slug(),
        }
    }

    /// What it does, in one sentence.
    #[must_use]
    pub fn description(&self) -> &'static str {
        match self {
            Self::None => "Sent as drawn: read, compute, write back.",
            Self::LastWriteWins => {
                "Each write carries its client's time; an older one is dropped without a word."
            }
            Self::Atomic { .. } => {
                "The arithmetic moves into the UPDATE, which computes from the stored value."
            }
            Self::Optimistic { .. } => {
                "Each row carries a version; a write goes through only if the version is unchanged."
            }
            Self::Pessimistic { .. } => {
                "The first read of a row to be written locks it (SELECT ... FOR UPDATE)."
            }
            Self::Upsert { .. } => {
                "Writes become INSERT ... ON CONFLICT, so that sending one twice does no harm."
            }
            Self::UpsertLock => {
                "A record of the request goes first and stops whoever comes again; then the rows are locked."
            }
            Self::Snapshot => {
                "REPEATABLE READ: each transaction sees one snapshot; the first updater wins, the other gets 40001."
            }
            Self::Serializable => {
                "SERIALIZABLE: PostgreSQL lets through only what some serial order could have done, else 40001."
            }
            Self::AdvisoryLock { .. } => {
                "pg_advisory_xact_lock(key) around the work: a lock on a number, which only those respect who ask for it."
            }
            Self::TableLock { .. } => {
                "LOCK TABLE at the start: one writer at a time, for the whole table."
            }
            Self::InProcess { .. } => {
                "A lock in the memory of one process, around the transaction; other processes know nothing of it."
            }
        }
    }

    /// What a client does on a conflict unless the scenario says otherwise: where conflicts are the normal course it tries
    /// again, three times; elsewhere it tells its user.
    #[must_use]
    pub fn default_on_conflict(&self) -> OnConflict {
        match self {
            Self::Optimistic { .. } | Self::Snapshot | Self::Serializable => OnConflict::retry(3),
            _ => OnConflict::Reject,
        }
    }

    /// The isolation level that the strategy is about.
    #[must_use]
    pub fn isolation(&self) -> Option<IsolationLevel> {
        match self {
            Self::Snapshot => Some(IsolationLevel::RepeatableRead),
            Self::Serializable => Some(IsolationLevel::Serializable),
            _ => None,
        }
    }
}
