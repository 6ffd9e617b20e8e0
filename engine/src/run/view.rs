//! The tables after so many events: the rows, what is under way, every version of each, and who sees which.
//!
//! ```text
//!   stock id = 42   version 1  quantity = 10  made by the set-up   replaced by A   seen by B
//!                   version 2  quantity = 9   made by A            -               seen by A
//! ```
//!
//! This is read out of the server itself, as it stood at that moment: the run is played once more up to there. So what a
//! savepoint took back is gone, and what a statement has written that still waits for its next row is there.
//!
//! Who sees a version: whose query would find it, if it were sent now. At READ COMMITTED that is what is committed now,
//! above it what was when the transaction's first query came (manual, 13.2). Everybody sees what is their own.

use super::locks::{Claim, row_claims};
use super::{Event, Run, recorder, scheduler};
use crate::db::heap::View as Eyes;
use crate::db::xact::Fate;
use crate::db::{Database, Row, TableId, TupleId, Xid};
use crate::ids::{RowId, SessionId};
use crate::strategy::Plan;
use std::cell::RefCell;

/// The tables at a position, in the order of their creation.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The tables.
    pub tables: Vec<TableView>,
}

/// A table at a position.
#[derive(Clone, Debug, PartialEq)]
pub struct TableView {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// Its rows in the order of their making, those that are gone included.
    pub rows: Vec<RowView>,
}

/// A row at a position.
#[derive(Clone, Debug, PartialEq)]
pub struct RowView {
    /// Which.
    pub id: RowId,
    /// Its key, as `id = 42`, or `row 1` in a table without a primary key.
    pub key: String,
    /// Its committed values; `None` when it is not there for others: not committed yet, or gone.
    pub committed: Option<Row>,
    /// A change that is not committed.
    pub status: RowStatus,
    /// Every version there is of it, oldest first.
    pub versions: Vec<Version>,
}

impl RowView {
    /// Whether there is anything to show of it but dead versions.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.committed.is_some() || self.status != RowStatus::Settled
    }
}

/// A change of a row that is not committed.
#[derive(Clone, Debug, PartialEq)]
pub enum RowStatus {
    /// None.
    Settled,
    /// This session has written these values and not committed.
    Written(SessionId, Row),
    /// This session has deleted it and not committed.
    Deleted(SessionId),
}

/// A version of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// Which.
    pub id: TupleId,
    /// Its number among the row's versions, from 1.
    pub number: usize,
    /// The values.
    pub values: Row,
    /// Who made it.
    pub maker: Maker,
    /// What became of that transaction by now.
    pub made: Fate,
    /// Who replaced it or deleted the row, unless that was rolled back.
    pub end: Option<VersionEnd>,
    /// Locks on it that somebody holds who has not ended.
    pub locks: Vec<Claim>,
    /// Whose next query would find it.
    pub seen_by: Vec<SessionId>,
}

/// Who made or ended a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maker {
    /// The set-up.
    Setup,
    /// A session.
    Session(SessionId),
}

/// How a version came to be no longer the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionEnd {
    /// By whom.
    pub by: Maker,
    /// What became of that transaction by now.
    pub fate: Fate,
    /// The version in its place; `None`: the row was deleted.
    pub next: Option<usize>,
}

/// The tables after the first `position` events of a run, which must be the one that executing this plan gives.
#[must_use]
pub fn view_at(plan: &Plan, run: &Run, position: usize) -> View {
    let caught: RefCell<Option<Database>> = RefCell::new(None);
    // Who got which transaction number: between one event and the next only the session of the next was at work. The
    // first ones were the set-up's.
    let makers: RefCell<Vec<Maker>> = RefCell::new(Vec::new());
    let watcher = |events: &[Event], db: &Database, _: &super::process::ProcessLockState| {
        let events = events.len();
        let event = events.checked_sub(1).and_then(|last| run.events.get(last));
        let maker = event.map_or(Maker::Setup, |event| Maker::Session(event.session));
        let numbers = db.transactions().next().0 as usize;
        makers.borrow_mut().resize(numbers, maker);
        if events == position.min(run.events.len()) {
            *caught.borrow_mut() = Some(db.clone());
        }
    };
    // A plan that has a run has a set-up that works.
    let _ = scheduler::execute_watched(plan, Some(&watcher));
    let Some(db) = caught.into_inner() else {
        return View { tables: Vec::new() };
    };
    let sessions: Vec<(SessionId, Eyes)> = (0..plan.sessions.len())
        .map(|session| (SessionId(session), db.eyes(SessionId(session))))
        .collect();
    let moment = Moment {
        db: &db,
        makers: makers.into_inner(),
        sessions,
    };
    View {
        tables: db.tables().map(|table| moment.table(table)).collect(),
    }
}

/// The server at a moment, and who is who in it.
struct Moment<'a> {
    db: &'a Database,
    /// Who is behind each transaction number.
    makers: Vec<Maker>,
    sessions: Vec<(SessionId, Eyes)>,
}

impl Moment<'_> {
    fn table(&self, table: TableId) -> TableView {
        let definition = self.db.table(table);
        let heap = self.db.heap(table);
        let first = heap.first(None, self.db.transactions());
        let mut rows: Vec<(RowView, Vec<TupleId>)> = Vec::new();
        for (id, tuple) in heap.iter().filter(|(id, _)| id.0 >= first) {
            // Rows are numbered in the order in which they come up here, from the first that is not truncated away.
            let place = rows
                .binary_search_by_key(&tuple.row, |(row, _)| row.id)
                .unwrap_or_else(|place| {
                    let row = RowView {
                        id: tuple.row,
                        key: recorder::key(self.db, table, id),
                        committed: None,
                        status: RowStatus::Settled,
                        versions: Vec::new(),
                    };
                    rows.insert(place, (row, Vec::new()));
                    place
                });
            rows[place].1.push(id);
        }
        TableView {
            name: definition.name.clone(),
            columns: definition
                .columns
                .iter()
                .map(|column| column.name.clone())
                .collect(),
            rows: rows
                .into_iter()
                .map(|(row, versions)| self.row(table, row, &versions))
                .collect(),
        }
    }

    fn row(&self, table: TableId, mut row: RowView, versions: &[TupleId]) -> RowView {
        let heap = self.db.heap(table);
        let transactions = self.db.transactions();
        for (number, id) in (1..).zip(versions) {
            let tuple = &heap[*id];
            let open = |xid: Xid| transactions.fate(xid) == Fate::InProgress;
            if tuple.is_committed(transactions) {
                row.committed = Some(tuple.values.clone());
                row.key = recorder::key(self.db, table, *id);
            }
            if let Some(session) = self.db.session_of(tuple.xmin)
                && open(tuple.xmin)
            {
                row.status = RowStatus::Written(session, tuple.values.clone());
            }
            if let Some(updater) = tuple.updater
                && updater.next.is_none()
                && open(updater.xid)
                && let Some(session) = self.db.session_of(updater.xid)
            {
                row.status = RowStatus::Deleted(session);
            }
            let end = tuple.updater.map(|updater| VersionEnd {
                by: self.maker(updater.xid),
                fate: transactions.fate(updater.xid),
                next: updater
                    .next
                    .and_then(|next| versions.iter().position(|other| *other == next))
                    .map(|place| place + 1),
            });
            row.versions.push(Version {
                id: *id,
                number,
                values: tuple.values.clone(),
                maker: self.maker(tuple.xmin),
                made: transactions.fate(tuple.xmin),
                end: end.filter(|end| end.fate != Fate::Aborted),
                locks: row_claims(self.db, tuple),
                seen_by: self
                    .sessions
                    .iter()
                    .filter(|(_, eyes)| tuple.is_visible(eyes, transactions))
                    .map(|(session, _)| *session)
                    .collect(),
            });
        }
        row
    }

    /// Who is behind a number.
    fn maker(&self, xid: Xid) -> Maker {
        let maker = self.makers.get(xid.0 as usize);
        maker.copied().unwrap_or(Maker::Setup)
    }
}
