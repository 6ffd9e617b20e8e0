//! Versions of rows, and who sees which.
//!
//! An `UPDATE` does not change a row: it makes a new version (a *tuple*) and writes into the old one who replaced it. So
//! a reader that must not see the change yet still finds the old version and never waits:
//!
//! ```text
//!   tuple 0  quantity = 10   made by 0   replaced by 7, with tuple 1
//!   tuple 1  quantity = 9    made by 7   -
//! ```
//!
//! A snapshot that sees transaction 7 finds tuple 1, any other finds tuple 0. Row locks stand in the tuple too, as
//! numbers of transactions; they end by themselves when the transaction does. New versions go to the end of the heap, which
//! is the order in which a sequential scan finds them.
//!
//! A version whose indexed columns are those of the version before shares that one's index entries (README.HOT): an index
//! leads to the *root* of such a chain, and the chain is followed from there.
//!
//! Sources: manual section 13.1; `src/backend/access/heap/heapam_visibility.c`, `README.HOT`.

use super::xact::{Fate, Snapshot, Transactions, Xid};
use super::{Row, TupleId};
use crate::ids::RowId;
use crate::sql::ast::RowLock;

/// A version of a row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tuple {
    /// The row it is a version of.
    pub row: RowId,
    /// The values.
    pub values: Row,
    /// Who made it.
    pub xmin: Xid,
    /// The command of `xmin` that made it.
    pub cmin: u32,
    /// Who replaced or deleted it, unless that one was rolled back.
    pub updater: Option<Updater>,
    /// Who locked it; those that have ended do not count.
    pub lockers: Vec<Locker>,
    /// The first version of the chain that shares index entries; itself, when it has entries of its own.
    pub root: TupleId,
    /// How many of the table's indexes it has an entry in. A new row enters them one after the other, and may have to wait
    /// in between.
    pub entries: usize,
    /// The page it is on.
    pub page: u32,
}

/// `entries` of a version that is in every index.
pub const IN_ALL_INDEXES: usize = usize::MAX;

/// Room for tuples on a page of 8 kB, after its header.
const PAGE_SIZE: usize = 8168;

/// Who replaced or deleted a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Updater {
    /// The transaction.
    pub xid: Xid,
    /// Its command.
    pub cmax: u32,
    /// The lock that this amounts to: FOR NO KEY UPDATE, or FOR UPDATE when a key changed or the row went.
    pub strength: RowLock,
    /// The version that took its place; `None`: the row was deleted.
    pub next: Option<TupleId>,
}

/// Who locked a version, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Locker {
    /// The transaction.
    pub xid: Xid,
    /// The strongest lock it has on the row.
    pub strength: RowLock,
}

/// What a transaction that wants to lock or replace a version finds (`HeapTupleSatisfiesUpdate`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Nobody is in the way.
    Free,
    /// These transactions are in progress and hold it; the first is to be waited for first.
    Held(Vec<Xid>),
    /// Nobody is in the way here, but these hold a later version of the same row.
    HeldLater(Vec<Xid>),
    /// It was replaced, and that is committed.
    Replaced(TupleId),
    /// The row was deleted, and that is committed.
    Deleted,
    /// The same transaction has replaced or deleted it already.
    OwnChange,
}

/// The eyes with which a statement looks at the heap.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct View {
    /// What has committed, as far as it is concerned.
    pub snapshot: Snapshot,
    /// Its own transaction (the whole of it), if that has a number.
    pub xid: Option<Xid>,
    /// Its command number: it sees what earlier commands of its transaction did.
    pub command: u32,
    /// Whether it sees what has not been committed.
    pub reads: Reads,
}

/// Whose work a statement sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Reads {
    /// What its snapshot says.
    #[default]
    Committed,
    /// What is there at the moment, committed or not. PostgreSQL has no such reads.
    Dirty,
}

impl Tuple {
    /// Whether a statement sees this version.
    #[must_use]
    pub fn is_visible(&self, view: &View, transactions: &Transactions) -> bool {
        let sees = |xid, command| {
            if transactions.is_of(xid, view.xid) {
                command < view.command
            } else if view.reads == Reads::Dirty {
                transactions.fate(xid) != Fate::Aborted
            } else {
                view.snapshot.sees(xid, transactions)
            }
        };
        sees(self.xmin, self.cmin)
            && !self
                .updater
                .is_some_and(|updater| sees(updater.xid, updater.cmax))
    }

    /// Whether the version counts now: made by a committed transaction and not replaced by one.
    #[must_use]
    pub fn is_committed(&self, transactions: &Transactions) -> bool {
        let committed = |xid| transactions.fate(xid) == Fate::Committed;
        committed(self.xmin) && !self.updater.is_some_and(|updater| committed(updater.xid))
    }

    /// What transaction `me` finds when it wants this version with `strength`, later versions left aside.
    fn standing(
        &self,
        me: Option<Xid>,
        strength: RowLock,
        transactions: &Transactions,
    ) -> Standing {
        use super::lock::row_locks_conflict;
        let mut holders = Vec::new();
        let mut gone = None;
        if let Some(updater) = self.updater {
            match transactions.fate(updater.xid) {
                Fate::Aborted => {}
                _ if transactions.is_of(updater.xid, me) => return Standing::OwnChange,
                // A key does not change in a FOR NO KEY UPDATE change, so a FOR KEY SHARE lock may rest on the old version.
                _ if !row_locks_conflict(strength, updater.strength) => {}
                // Whoever still locks the old version is waited for first (`MultiXactIdIsRunning`).
                Fate::Committed => {
                    gone = Some(updater.next.map_or(Standing::Deleted, Standing::Replaced));
                }
                Fate::InProgress => holders.push(updater.xid),
            }
        }
        for locker in &self.lockers {
            let active = transactions.fate(locker.xid) == Fate::InProgress
                && !transactions.is_of(locker.xid, me);
            if active
                && row_locks_conflict(strength, locker.strength)
                && !holders.contains(&locker.xid)
            {
                holders.push(locker.xid);
            }
        }
        if holders.is_empty() {
            gone.unwrap_or(Standing::Free)
        } else {
            Standing::Held(holders)
        }
    }

    /// The strongest lock that a transaction has on this version.
    #[must_use]
    pub fn lock_of(&self, me: Option<Xid>, transactions: &Transactions) -> Option<RowLock> {
        self.lockers
            .iter()
            .filter(|locker| transactions.is_of(locker.xid, me))
            .map(|locker| locker.strength)
            .max()
    }

    /// Notes a lock. Returns whether it is new or stronger than what the transaction had.
    fn lock(&mut self, me: Xid, strength: RowLock, transactions: &Transactions) -> bool {
        self.lockers
            .retain(|locker| transactions.fate(locker.xid) == Fate::InProgress);
        let had = self.lock_of(Some(transactions.top(me)), transactions);
        if had.is_some_and(|had| had >= strength) {
            return false;
        }
        match self.lockers.iter_mut().find(|locker| locker.xid == me) {
            Some(locker) if locker.strength >= strength => false,
            Some(locker) => {
                locker.strength = strength;
                true
            }
            None => {
                self.lockers.push(Locker { xid: me, strength });
                true
            }
        }
    }
}

/// All versions of all rows of a table, in the order of their making.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Heap {
    pub(super) tuples: Vec<Tuple>,
    pub(super) rows: usize,
    /// `TRUNCATE`: who did it, and how many versions there were.
    pub(super) truncations: Vec<(Xid, usize)>,
    /// The room that is left on each page.
    pub(super) room: Vec<usize>,
}

impl Heap {
    /// Adds the first version of a new row. It is in no index yet.
    pub fn insert(&mut self, values: Row, xmin: Xid, cmin: u32) -> TupleId {
        let row = RowId(self.rows);
        self.rows += 1;
        let page = self.page_for(None, &values);
        let root = TupleId(self.tuples.len());
        self.push(Tuple {
            row,
            values,
            xmin,
            cmin,
            updater: None,
            lockers: Vec::new(),
            root,
            entries: 0,
            page,
        })
    }

    /// Replaces a version by a new one of the same row. `same_keys`: no indexed column changed, so that it needs no index
    /// entries of its own if it fits on the same page.
    pub fn replace(
        &mut self,
        old: TupleId,
        values: Row,
        (xid, command): (Xid, u32),
        strength: RowLock,
        same_keys: bool,
        transactions: &Transactions,
    ) -> TupleId {
        let row = self[old].row;
        let top = Some(transactions.top(xid));
        // Whoever may still hold the old version holds the new one as well (`compute_new_xmax_infomask`).
        let others = self[old]
            .lockers
            .iter()
            .filter(|locker| !transactions.is_of(locker.xid, top));
        let lockers = others.copied().collect();
        let page = self.page_for(Some(self[old].page), &values);
        let shares = same_keys && page == self[old].page;
        let (root, entries) = if shares {
            (self[old].root, IN_ALL_INDEXES)
        } else {
            (TupleId(self.tuples.len()), 0)
        };
        let new = self.push(Tuple {
            row,
            values,
            xmin: xid,
            cmin: command,
            updater: None,
            lockers,
            root,
            entries,
            page,
        });
        // A stronger lock that it had on the version counts on (`compute_new_xmax_infomask`).
        let own = self[old].lockers.iter().find(|locker| locker.xid == xid);
        let strength = own.map_or(strength, |own| own.strength.max(strength));
        self.write_over(old, new, xid, transactions);
        self[old].updater = Some(Updater {
            xid,
            cmax: command,
            strength,
            next: Some(new),
        });
        new
    }

    /// The page on which a new version finds room: that of the version before, the last, or a new one.
    fn page_for(&mut self, wanted: Option<u32>, values: &Row) -> u32 {
        let size = tuple_size(values);
        let last = self.room.len().checked_sub(1).map(|page| page as u32);
        let fits = |page: &u32| self.room[*page as usize] >= size;
        let page = wanted.filter(fits).or(last.filter(fits));
        let page = page.unwrap_or_else(|| {
            self.room.push(PAGE_SIZE);
            self.room.len() as u32 - 1
        });
        let room = &mut self.room[page as usize];
        *room = room.saturating_sub(size);
        page
    }

    /// How many pages there are.
    #[must_use]
    pub fn pages(&self) -> usize {
        self.room.len()
    }

    /// Empties the table, unless `xid` is rolled back.
    pub fn truncate(&mut self, xid: Xid) {
        self.truncations.push((xid, self.tuples.len()));
    }

    /// The first version that is not truncated away, for transaction `me`. A `TRUNCATE` counts for everybody once it has
    /// committed, whatever their snapshots (manual, section 13.6).
    #[must_use]
    pub fn first(&self, me: Option<Xid>, transactions: &Transactions) -> usize {
        let counts =
            |xid: Xid| transactions.fate(xid) == Fate::Committed || transactions.is_of(xid, me);
        let places = self.truncations.iter().filter(|(xid, _)| counts(*xid));
        places.map(|(_, place)| *place).max().unwrap_or(0)
    }

    /// What transaction `me` finds when it wants a version with `strength`. Where that may rest on an old version although
    /// a newer one exists, the newer ones must bear it too (`heap_lock_updated_tuple`).
    #[must_use]
    pub fn standing(
        &self,
        id: TupleId,
        me: Option<Xid>,
        strength: RowLock,
        transactions: &Transactions,
    ) -> Standing {
        let first = self[id].standing(me, strength, transactions);
        if first != Standing::Free {
            return first;
        }
        let mut at = id;
        while let Some(next) = self.later(at, me, transactions) {
            match self[next].standing(me, strength, transactions) {
                Standing::Free => at = next,
                Standing::Held(holders) => return Standing::HeldLater(holders),
                Standing::OwnChange => return Standing::Free,
                gone => return gone,
            }
        }
        Standing::Free
    }

    /// Notes a lock in a version and in those that took its place. Returns whether it is new or stronger than before.
    pub fn lock(
        &mut self,
        id: TupleId,
        me: Xid,
        strength: RowLock,
        transactions: &Transactions,
    ) -> bool {
        let new = self[id].lock(me, strength, transactions);
        let mut at = id;
        while let Some(next) = self.later(at, Some(transactions.top(me)), transactions) {
            self[next].lock(me, strength, transactions);
            at = next;
        }
        new
    }

    /// A change goes over one that is not committed, which only a level without write locks allows: what that one had replaced
    /// is replaced by the new version, too, whatever becomes of the one between.
    fn write_over(&mut self, old: TupleId, new: TupleId, xid: Xid, transactions: &Transactions) {
        let between = self[old].xmin;
        if transactions.fate(between) != Fate::InProgress
            || transactions.is_of(between, Some(transactions.top(xid)))
        {
            return;
        }
        for tuple in &mut self.tuples {
            if let Some(updater) = &mut tuple.updater
                && updater.next == Some(old)
            {
                (updater.xid, updater.next) = (xid, Some(new));
            }
        }
    }

    /// A transaction that went over others' changes is rolled back: the last of those stands again, in place of what it had
    /// replaced.
    pub fn take_back(&mut self, xid: Xid) {
        let over = |tuple: &Tuple| {
            tuple
                .updater
                .filter(|it| it.xid == xid)
                .and_then(|it| it.next)
        };
        for at in 0..self.tuples.len() {
            let Some(next) = over(&self.tuples[at]) else {
                continue;
            };
            let last = (at + 1..self.tuples.len())
                .rev()
                .find(|later| over(&self.tuples[*later]) == Some(next));
            if let Some(last) = last {
                let by = self.tuples[last].xmin;
                if let Some(updater) = &mut self.tuples[at].updater {
                    (updater.xid, updater.next) = (by, Some(TupleId(last)));
                }
            }
        }
    }

    /// The newest committed version of the row that a version is of; `None` when the row is deleted.
    #[must_use]
    pub fn newest(&self, mut id: TupleId, transactions: &Transactions) -> Option<TupleId> {
        while let Some(updater) = self[id].updater {
            if transactions.fate(updater.xid) != Fate::Committed {
                break;
            }
            id = updater.next?;
        }
        Some(id)
    }

    /// The version that another transaction, which was not rolled back, put in the place of this one.
    fn later(&self, id: TupleId, me: Option<Xid>, transactions: &Transactions) -> Option<TupleId> {
        let updater = self[id].updater?;
        let stands =
            transactions.fate(updater.xid) != Fate::Aborted && !transactions.is_of(updater.xid, me);
        updater.next.filter(|_| stands)
    }

    /// Deletes a row.
    pub fn delete(&mut self, old: TupleId, xid: Xid, command: u32) {
        self[old].updater = Some(Updater {
            xid,
            cmax: command,
            strength: RowLock::Update,
            next: None,
        });
    }

    fn push(&mut self, tuple: Tuple) -> TupleId {
        self.tuples.push(tuple);
        TupleId(self.tuples.len() - 1)
    }

    /// The version after `id` in the chain that shares its index entries.
    #[must_use]
    pub fn next_in_chain(&self, id: TupleId) -> Option<TupleId> {
        let next = self[id].updater?.next?;
        (self[next].root == self[id].root).then_some(next)
    }

    /// Every version there is, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (TupleId, &Tuple)> {
        self.tuples
            .iter()
            .enumerate()
            .map(|(index, tuple)| (TupleId(index), tuple))
    }

    /// How many versions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tuples.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tuples.is_empty()
    }
}

/// The bytes that a version takes on a page: header, values, alignment, and the pointer to it.
fn tuple_size(values: &Row) -> usize {
    use super::Value;
    let size = |value: &Value| match value {
        Value::Null | Value::Boolean(_) => 1,
        Value::Int(_) => 4,
        Value::Text(text) if text.len() < 127 => text.len() + 1,
        Value::Text(text) => text.len() + 4,
        Value::Numeric(_) => 7,
        _ => 8,
    };
    let data: usize = values.iter().map(size).sum();
    (24 + data).next_multiple_of(8) + 4
}

impl std::ops::Index<TupleId> for Heap {
    type Output = Tuple;

    fn index(&self, id: TupleId) -> &Tuple {
        &self.tuples[id.0]
    }
}

impl std::ops::IndexMut<TupleId> for Heap {
    fn index_mut(&mut self, id: TupleId) -> &mut Tuple {
        &mut self.tuples[id.0]
    }
}
