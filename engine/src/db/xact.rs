//! Transaction numbers, their fate, and snapshots.
//!
//! A transaction gets its number ([`Xid`]) when it first writes or locks a row. What became of it is kept in
//! [`Transactions`], as PostgreSQL does in `pg_xact`. A [`Snapshot`] says whose work a statement sees: that of every
//! transaction that had committed when the snapshot was taken (manual, section 13.1; `src/backend/storage/ipc/procarray.c`,
//! `GetSnapshotData`). READ COMMITTED takes one for each statement, REPEATABLE READ one for the transaction.
//!
//! What is done behind a `SAVEPOINT` has a number of its own (a subtransaction), so that `ROLLBACK TO` can undo it alone. It
//! counts as committed only when the whole transaction does (`pg_subtrans`).

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
    pub(super) fates: Vec<Fate>,
    /// For each number the one of the whole transaction; its own unless it is a subtransaction.
    pub(super) tops: Vec<Xid>,
}

impl Transactions {
    /// A new number, in progress.
    pub fn begin(&mut self) -> Xid {
        let xid = Xid(self.fates.len() as u32);
        self.fates.push(Fate::InProgress);
        self.tops.push(xid);
        xid
    }

    /// A new number within a transaction.
    pub fn begin_sub(&mut self, top: Xid) -> Xid {
        let xid = self.begin();
        self.tops[xid.0 as usize] = top;
        xid
    }

    /// Decides the fate of a whole transaction; what was rolled back in it before stays so.
    pub fn end(&mut self, top: Xid, fate: Fate) {
        for (own, whole) in self.fates.iter_mut().zip(&self.tops) {
            if *whole == top && *own == Fate::InProgress {
                *own = fate;
            }
        }
    }

    /// Undoes one subtransaction.
    pub fn abort_sub(&mut self, xid: Xid) {
        self.fates[xid.0 as usize] = Fate::Aborted;
    }

    /// The whole transaction that a number belongs to.
    #[must_use]
    pub fn top(&self, xid: Xid) -> Xid {
        self.tops[xid.0 as usize]
    }

    /// Whether `xid` is the work of the transaction `top`, as far as that was not undone.
    #[must_use]
    pub fn is_of(&self, xid: Xid, top: Option<Xid>) -> bool {
        top == Some(self.top(xid)) && self.fate(xid) != Fate::Aborted
    }

    /// The next number that will be given.
    #[must_use]
    pub fn next(&self) -> Xid {
        Xid(self.fates.len() as u32)
    }

    /// A transaction's fate by now.
    #[must_use]
    pub fn fate(&self, xid: Xid) -> Fate {
        self.fates[xid.0 as usize]
    }

    /// Whether a transaction's fate is not decided.
    #[must_use]
    pub fn is_running(&self, xid: Xid) -> bool {
        self.fate(xid) == Fate::InProgress
    }

    /// What has committed by now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let running = |xid: &Xid| self.fate(*xid) == Fate::InProgress && self.top(*xid) == *xid;
        let end = self.next();
        Snapshot {
            end,
            running: (0..end.0).map(Xid).filter(running).collect(),
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
    /// A snapshot for which these were in progress, and those from `end` on had not begun.
    pub(super) fn new(end: Xid, running: Vec<Xid>) -> Self {
        Self { end, running }
    }

    /// Whether it does not see `xid`, a part of the transaction `top`, whatever becomes of it.
    pub(super) fn hides(&self, xid: Xid, top: Xid) -> bool {
        xid >= self.end || self.running.contains(&top)
    }

    /// The oldest transaction that was in progress; where none was, the one that would have been next.
    #[must_use]
    pub fn oldest(&self) -> Xid {
        self.running.first().copied().unwrap_or(self.end)
    }

    /// Whether `xid` had committed when the snapshot was taken.
    #[must_use]
    pub fn sees(&self, xid: Xid, transactions: &Transactions) -> bool {
        xid < self.end
            && !self.running.contains(&transactions.top(xid))
            && transactions.fate(xid) == Fate::Committed
    }

    /// Whether `xid` had begun and was in progress, or had not begun.
    #[must_use]
    pub fn is_concurrent(&self, xid: Xid, transactions: &Transactions) -> bool {
        xid >= self.end || self.running.contains(&transactions.top(xid))
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
