//! The modes and what conflicts with what.

use crate::sql::ast::{RowLock, TableLockMode};

/// The modes of the lock table, weakest first (manual, section 13.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LockMode {
    /// `SELECT`
    AccessShare,
    /// `SELECT FOR ...`
    RowShare,
    /// `INSERT`, `UPDATE`, `DELETE`
    RowExclusive,
    /// `VACUUM`
    ShareUpdateExclusive,
    /// `CREATE INDEX`; also what one waits with for a transaction to end
    Share,
    /// `CREATE TRIGGER`
    ShareRowExclusive,
    /// what a transaction holds on its own number
    Exclusive,
    /// `DROP TABLE`, `LOCK TABLE`
    AccessExclusive,
}

impl LockMode {
    /// All modes, in the order of the rows and columns of the table below.
    pub const ALL: [Self; 8] = [
        Self::AccessShare,
        Self::RowShare,
        Self::RowExclusive,
        Self::ShareUpdateExclusive,
        Self::Share,
        Self::ShareRowExclusive,
        Self::Exclusive,
        Self::AccessExclusive,
    ];

    /// Whether a session may not hold `self` while another holds `other`.
    #[must_use]
    pub fn conflicts_with(self, other: Self) -> bool {
        CONFLICTS[self as usize].as_bytes()[other as usize] == b'X'
    }

    /// The name in SQL (`ROW EXCLUSIVE`).
    #[must_use]
    pub fn sql_name(self) -> &'static str {
        match self {
            Self::AccessShare => "ACCESS SHARE",
            Self::RowShare => "ROW SHARE",
            Self::RowExclusive => "ROW EXCLUSIVE",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::Exclusive => "EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }

    /// The name in `pg_locks` and in deadlock messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AccessShare => "AccessShareLock",
            Self::RowShare => "RowShareLock",
            Self::RowExclusive => "RowExclusiveLock",
            Self::ShareUpdateExclusive => "ShareUpdateExclusiveLock",
            Self::Share => "ShareLock",
            Self::ShareRowExclusive => "ShareRowExclusiveLock",
            Self::Exclusive => "ExclusiveLock",
            Self::AccessExclusive => "AccessExclusiveLock",
        }
    }
}

impl From<TableLockMode> for LockMode {
    fn from(mode: TableLockMode) -> Self {
        Self::ALL[mode as usize]
    }
}

/// Manual, table 13.2: requested (row) against held (column), both in the order of [`LockMode::ALL`].
const CONFLICTS: [&str; 8] = [
    ".......X", // ACCESS SHARE
    "......XX", // ROW SHARE
    "....XXXX", // ROW EXCLUSIVE
    "...XXXXX", // SHARE UPDATE EXCLUSIVE
    "..XX.XXX", // SHARE
    "..XXXXXX", // SHARE ROW EXCLUSIVE
    ".XXXXXXX", // EXCLUSIVE
    "XXXXXXXX", // ACCESS EXCLUSIVE
];

/// Manual, table 13.3: requested (row) against held (column), weakest first.
const ROW_CONFLICTS: [&str; 4] = [
    "...X", // FOR KEY SHARE
    "..XX", // FOR SHARE
    ".XXX", // FOR NO KEY UPDATE
    "XXXX", // FOR UPDATE
];

/// Whether two transactions may not hold these locks on one row.
#[must_use]
pub fn row_locks_conflict(requested: RowLock, held: RowLock) -> bool {
    ROW_CONFLICTS[requested as usize].as_bytes()[held as usize] == b'X'
}

/// The mode in which a session that wants a row lock waits for its turn (README.tuplock).
#[must_use]
pub fn tuple_lock_mode(strength: RowLock) -> LockMode {
    match strength {
        RowLock::KeyShare => LockMode::AccessShare,
        RowLock::Share => LockMode::RowShare,
        RowLock::NoKeyUpdate => LockMode::Exclusive,
        RowLock::Update => LockMode::AccessExclusive,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_matrices_are_symmetric() {
        for a in LockMode::ALL {
            for b in LockMode::ALL {
                assert_eq!(a.conflicts_with(b), b.conflicts_with(a), "{a:?} {b:?}");
            }
        }
        let strengths = [
            RowLock::KeyShare,
            RowLock::Share,
            RowLock::NoKeyUpdate,
            RowLock::Update,
        ];
        for a in strengths {
            for b in strengths {
                assert_eq!(
                    row_locks_conflict(a, b),
                    row_locks_conflict(b, a),
                    "{a:?} {b:?}"
                );
                // The two levels agree: who may not hold a row together does not queue for it together.
                assert_eq!(
                    row_locks_conflict(a, b),
                    tuple_lock_mode(a).conflicts_with(tuple_lock_mode(b)),
                    "{a:?} {b:?}"
                );
            }
        }
    }
}
