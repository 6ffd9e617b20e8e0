//! Transaction numbers, their fate, and snapshots.
//!
//! A transaction gets its number ([`Xid`]) when it first writes or locks a row. What became of it is kept in
//! [`Transactions`], as PostgreSQL does in `pg_xact`. A [`Snapshot`] says whose work a statement sees: that of every
//! transaction that had committed when the snapshot was taken (manual, section 13.1; `src/backend/storage/ipc/procarray.c`,
//! `GetSnapshotData`). READ COMMITTED takes one for each statement, REPEATABLE READ one for the transaction.

/// A transaction's number. Numbers grow; 0 is the set-up's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Xid(pub u32);

/// What became of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// Not decided.
    InProgress,
    /// Its work counts.
    Committed,
    /// Its work never was.
    Aborted,
}

/// The fate of every transaction that has a number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Transactions {
    fates: Vec<Fate>,
}

impl Transactions {
    /// A new number, in progress.
    pub fn begin(&mut self) -> Xid {
        self.fates.push(Fate::InProgress);
        Xid(self.fates.len() as u32 - 1)
    }

    /// Decides a transaction's fate.
    pub fn end(&mut self, xid: Xid, fate: Fate) {
        self.fates[xid.0 as usize] = fate;
    }

    /// A transaction's fate by now.
    #[must_use]
    pub fn fate(&self, xid: Xid) -> Fate {
        self.fates[xid.0 as usize]
    }

    /// What has committed by now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let running = |xid: &u32| self.fates[*xid as usize] == Fate::InProgress;
        let end = self.fates.len() as u32;
        Snapshot {
            end: Xid(end),
            running: (0..end).filter(running).map(Xid).collect(),
        }
    }
}

/// Whose work a statement sees.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Snapshot {
    /// Transactions from this number on had not begun.
    end: Xid,
    /// Those before `end` that were in progress.
    running: Vec<Xid>,
}

impl Snapshot {
    /// Whether `xid` had committed when the snapshot was taken.
    #[must_use]
    pub fn sees(&self, xid: Xid, transactions: &Transactions) -> bool {
        xid < self.end && !self.running.contains(&xid) && transactions.fate(xid) == Fate::Committed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_sees_what_had_committed_and_nothing_later() {
        let mut transactions = Transactions::default();
        let (done, running, failed) = (
            transactions.begin(),
            transactions.begin(),
            transactions.begin(),
        );
        transactions.end(done, Fate::Committed);
        transactions.end(failed, Fate::Aborted);
        let snapshot = transactions.snapshot();
        let later = transactions.begin();
        transactions.end(running, Fate::Committed);
        transactions.end(later, Fate::Committed);
        let seen = [done, running, failed, later].map(|xid| snapshot.sees(xid, &transactions));
        assert_eq!(seen, [true, false, false, false]);
    }
}
