//! The strategies, as what a transaction does at its read, at its write and meanwhile.
//!
//! | policy | at the read | at the write |
//! |---|---|---|
//! | none, upsert | remembers the value | writes what it computed from that value, whatever is there now |
//! | last write wins | remembers the value | the same, unless a newer stamp is stored: then its write is dropped |
//! | atomic | nothing: the arithmetic is in the statement | adds to what is there now |
//! | optimistic, snapshot, serializable | remembers value and version | fails if the version is another one |
//! | pessimistic, upsert + lock | locks, then reads | writes; nobody else could |
//!
//! What is exact and what is not: the optimistic check and the first updater that wins under a snapshot are the same thing here,
//! because every transaction writes the rows that it reads; for the same reason SERIALIZABLE finds no dangerous structure beyond
//! that (PostgreSQL's README-SSI: it needs two anti-dependencies in a row), though the real one may raise false alarms where
//! its predicate locks are coarser than a row. An advisory lock on the rows' keys is a lock on the rows; an advisory lock on one
//! number, a table lock and a mutex are one lock on everything.

use crate::strategy::{LockOrder, LockWait, Strategy};

/// How transactions are guarded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Policy {
    /// Read, compute, write back.
    None,
    /// The newer stamp stays.
    LastWriteWins {
        /// Each client's clock is wrong by up to so many seconds, either way.
        skew: f64,
    },
    /// The arithmetic is in the statement.
    Atomic,
    /// The version is compared at the write.
    Optimistic,
    /// The read locks.
    Pessimistic(Locking),
    /// Blind writes by key, which do no harm a second time.
    Upsert,
    /// A record of the request goes first, then rows are locked.
    UpsertLock(Locking),
    /// The first updater wins.
    Snapshot,
    /// The same, see above.
    Serializable,
}

/// How locks are taken before the read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Locking {
    /// In which order.
    pub order: Order,
    /// For how long a lock is waited for; `None`: without end. 0: not at all.
    pub timeout: Option<f64>,
    /// After how long a waiter looks for a deadlock. 0: at once. PostgreSQL: one second.
    pub deadlock_timeout: f64,
    /// What one lock covers.
    pub scope: Scope,
    /// What readers do.
    pub readers: Readers,
    /// Who comes next.
    pub queue: Queue,
}

impl Default for Locking {
    /// Row locks as drawn, waited for without end, first come, first served, a deadlock found at once; readers do not lock.
    fn default() -> Self {
        Self {
            order: Order::AsDrawn,
            timeout: None,
            deadlock_timeout: 0.0,
            scope: Scope::Rows,
            readers: Readers::Snapshot,
            queue: Queue::FirstCome,
        }
    }
}

/// In which order a transaction locks its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// One after the other as it comes to them, the work spread evenly between.
    AsDrawn,
    /// All at the start, by key.
    Sorted,
}

/// What one lock covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A row.
    Rows,
    /// Everything.
    All,
}

/// What transactions that only read do where writers lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// They read their snapshot and neither wait nor are waited for (MVCC).
    Snapshot,
    /// They take shared locks (`FOR SHARE`, a read lock).
    Share,
}

/// Who gets a lock that becomes free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// Who asked first.
    FirstCome,
    /// A reader passes waiting writers while other readers hold the lock, as `FOR SHARE` does in PostgreSQL.
    ReadersPass,
}

impl Policy {
    /// One of each, in the order of a picker.
    pub const fn all() -> [Self; 9] {
        let locking = Locking {
            order: Order::AsDrawn,
            timeout: None,
            deadlock_timeout: 0.0,
            scope: Scope::Rows,
            readers: Readers::Snapshot,
            queue: Queue::FirstCome,
        };
        [
            Self::None,
            Self::LastWriteWins { skew: 0.0 },
            Self::Atomic,
            Self::Optimistic,
            Self::Pessimistic(locking),
            Self::Upsert,
            Self::UpsertLock(locking),
            Self::Snapshot,
            Self::Serializable,
        ]
    }

    /// The name, as the text form and links have it.
    #[must_use]
    pub fn slug(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::LastWriteWins { .. } => "last-write-wins",
            Self::Atomic => "atomic",
            Self::Optimistic => "optimistic",
            Self::Pessimistic(_) => "pessimistic",
            Self::Upsert => "upsert",
            Self::UpsertLock(_) => "upsert-lock",
            Self::Snapshot => "snapshot",
            Self::Serializable => "serializable",
        }
    }

    /// What the traffic model makes of a strategy, and, where it is not the same thing, what it makes of it in a sentence.
    #[must_use]
    pub fn of(strategy: &Strategy) -> (Self, Option<&'static str>) {
        let rows = Locking::default();
        let all = Locking {
            scope: Scope::All,
            ..rows
        };
        match strategy {
            Strategy::None => (Self::None, None),
            Strategy::LastWriteWins => (Self::LastWriteWins { skew: 0.0 }, None),
            Strategy::Atomic { .. } => (Self::Atomic, None),
            Strategy::Optimistic { .. } => (Self::Optimistic, None),
            Strategy::Pessimistic { wait, order, .. } => {
                let (timeout, remark) = match wait {
                    LockWait::Block => (None, None),
                    LockWait::Timeout(time) => (Some(f64::from(*time) / 1000.0), None),
                    LockWait::NoWait => (Some(0.0), None),
                    LockWait::SkipLocked => (
                        Some(0.0),
                        Some(
                            "SKIP LOCKED is simulated as NOWAIT: who finds its row locked goes without.",
                        ),
                    ),
                };
                let order = match order {
                    LockOrder::AsDrawn => Order::AsDrawn,
                    LockOrder::ByKey => Order::Sorted,
                };
                let locking = Locking {
                    order,
                    timeout,
                    ..rows
                };
                (Self::Pessimistic(locking), remark)
            }
            Strategy::Upsert { .. } => (Self::Upsert, None),
            Strategy::UpsertLock => (Self::UpsertLock(rows), None),
            Strategy::Snapshot => (Self::Snapshot, None),
            Strategy::Serializable => (Self::Serializable, None),
            Strategy::AdvisoryLock { key: None, .. } => (
                Self::Pessimistic(rows),
                Some(
                    "Advisory locks on the rows' keys are simulated as exclusive locks on the rows.",
                ),
            ),
            Strategy::AdvisoryLock { .. } => (
                Self::Pessimistic(all),
                Some("One advisory lock for all is simulated as one exclusive lock on everything."),
            ),
            Strategy::TableLock { .. } => (
                Self::Pessimistic(all),
                Some(
                    "The table lock is simulated as one exclusive lock on everything, whatever its mode.",
                ),
            ),
            Strategy::InProcess { .. } => (
                Self::Pessimistic(all),
                Some("The lock in the process is simulated as one exclusive lock on everything."),
            ),
        }
    }

    /// How it locks before it reads, if it does.
    #[must_use]
    pub fn locking(&self) -> Option<&Locking> {
        match self {
            Self::Pessimistic(locking) | Self::UpsertLock(locking) => Some(locking),
            _ => None,
        }
    }

    /// Whether a write fails when the row's version is another one than at the read.
    #[must_use]
    pub fn compares_versions(&self) -> bool {
        matches!(self, Self::Optimistic | Self::Snapshot | Self::Serializable)
    }

    /// Whether the transaction, and so its connection, stays open while its user thinks.
    #[must_use]
    pub fn keeps_transaction_open(&self) -> bool {
        match self {
            Self::None
            | Self::Pessimistic(_)
            | Self::UpsertLock(_)
            | Self::Snapshot
            | Self::Serializable => true,
            Self::LastWriteWins { .. } | Self::Atomic | Self::Optimistic | Self::Upsert => false,
        }
    }

    /// Whether a request that comes a second time is known and left alone.
    #[must_use]
    pub fn knows_requests(&self) -> bool {
        matches!(self, Self::Upsert | Self::UpsertLock(_))
    }

    /// What it does with the values, which decides whether updates can be lost.
    #[must_use]
    pub fn loses_updates(&self) -> bool {
        matches!(self, Self::None | Self::LastWriteWins { .. } | Self::Upsert)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_strategy_has_a_policy_and_every_policy_its_own_name() {
        for strategy in Strategy::ALL {
            let (policy, remark) = Policy::of(&strategy);
            if remark.is_none() {
                assert_eq!(policy.slug(), strategy.slug());
            }
        }
        for policy in Policy::all() {
            let strategies = Strategy::ALL;
            let of_that_name = strategies.iter().find(|it| it.slug() == policy.slug());
            assert_eq!(of_that_name.map(|it| Policy::of(it).0), Some(policy));
        }
    }
}
