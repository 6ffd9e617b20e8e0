//! What is written down of a run.

pub use crate::db::RowSet;
pub use crate::ids::RowId;

use super::ClientNote;
use crate::db::{Database, Row, SqlError, TupleId, Value};
use crate::ids::{SessionId, Tick};
use crate::sql::ast::{IsolationLevel, RowLock};

/// The trace of one schedule.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// What happened, in order.
    pub events: Vec<Event>,
    /// The attempts at transactions that were made, in the order of their first statement.
    pub transactions: Vec<Transaction>,
    /// The tables as committed by the set-up, before the first event.
    pub initial: Vec<TableState>,
    /// The tables as committed at the end, in the order of their creation.
    pub tables: Vec<TableState>,
    /// The server as the run left it.
    pub database: Database,
}

/// A transaction, by its place in [`Run::transactions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TransactionId(pub usize);

/// A planned step, by its place in [`crate::strategy::Plan::steps`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlannedId(pub usize);

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When.
    pub at: Tick,
    /// In which session.
    pub session: SessionId,
    /// In which transaction; `None` between transactions.
    pub transaction: Option<TransactionId>,
    /// The planned step it belongs to; `None` for what the client does of its own (the `ROLLBACK` after a conflict).
    pub step: Option<PlannedId>,
    /// What.
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum EventKind {
    /// A statement was sent; its answer is a later `Replied`, `Failed` of the same session, or none if it still waits
    /// when the run ends.
    Sent {
        /// The statement with the host variables' values put in, as the server saw it.
        sql: String,
    },
    /// The statement under way has to wait.
    Blocked(Wait),
    /// The statement was carried out.
    Replied(Reply),
    /// The statement failed.
    Failed(SqlError),
    /// A client's own check held.
    RequireHeld {
        /// The condition with values put in.
        condition: String,
    },
    /// A client's own check, or a guard, did not hold; the client rolls back.
    RequireFailed {
        /// The condition with values put in.
        condition: String,
        /// What the client tells its user.
        reason: String,
    },
    /// The client noticed that the row it read has been changed since: an `UPDATE` with a version touched no row.
    VersionConflict,
    /// The client could not send a step: a host variable in it has no value.
    Unsendable {
        /// What is missing and why.
        reason: String,
    },
    /// The client starts its transaction again.
    Retry {
        /// The number of the attempt that now begins; the second attempt is 2.
        attempt: u32,
    },
    /// Something else happened to the client, or it did something beside its statements.
    Client(ClientNote),
    /// The client gave up and told its user.
    GaveUp {
        /// What it said.
        reason: String,
    },
}

/// What a statement has to wait for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wait {
    /// The row or other thing it wants.
    pub target: LockTarget,
    /// How strongly.
    pub strength: RowLock,
    /// The sessions that hold what it waits for or stand before it in the queue.
    pub blockers: Vec<SessionId>,
    /// Those of the blockers that hold it, each with the mode, as SQL has it (`FOR UPDATE`, `ROW EXCLUSIVE`). The others
    /// stand before it in the queue, or are inserting the key.
    pub held: Vec<(SessionId, &'static str)>,
}

/// What can be locked, for people.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LockTarget {
    /// A row.
    Row {
        /// Its table.
        table: String,
        /// Which row of the table, counted from its creation; stays the same over all versions of the row.
        row: RowId,
        /// The row's key, as `id = 42` or, without a primary key, the row's number as `row 1`.
        key: String,
    },
    /// A key that another transaction is inserting.
    Key {
        /// The table.
        table: String,
        /// The key, as `id = 42`.
        key: String,
    },
    /// Something that is no row: a table, an advisory lock, a time.
    Other {
        /// What it is, for people.
        what: String,
    },
}

/// What a statement gave back, and what it did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    /// The command tag (`SELECT 1`, `UPDATE 0`, `COMMIT`, `ROLLBACK`).
    pub tag: String,
    /// The result rows of a `SELECT` or `RETURNING`.
    pub rows: Option<RowSet>,
    /// Warnings.
    pub notices: Vec<String>,
    /// The versions that were read: shown to the client or used to compute what was written.
    pub reads: Vec<Read>,
    /// The tables whose rows were searched by a condition, with the condition; what such a search did not find also
    /// counts as read (a phantom is a row that it would find later).
    pub searches: Vec<Search>,
    /// The versions that were made.
    pub writes: Vec<Write>,
    /// Row locks that were taken.
    pub locked: Vec<RowLocked>,
    /// Host variables that were bound.
    pub bound: Vec<(String, Value)>,
}

/// A version was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The table.
    pub table: String,
    /// The row.
    pub row: RowId,
    /// Its key, as `id = 42`.
    pub key: String,
    /// The version.
    pub version: TupleId,
}

/// A table was searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// The table.
    pub table: String,
    /// The condition as sent; empty: all rows.
    pub condition: String,
    /// The versions of this table's rows that the search would have found among all versions there are at the end of
    /// the run, filled in when the run ends: later versions among them are what it missed.
    pub matching: Vec<TupleId>,
}

/// A version was made, or a row was deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// The table.
    pub table: String,
    /// The row.
    pub row: RowId,
    /// Its key, as `id = 42`.
    pub key: String,
    /// The version that was replaced; `None` for an insert.
    pub before: Option<TupleId>,
    /// The version that was made; `None` for a delete.
    pub after: Option<TupleId>,
    /// The values before; `None` for an insert.
    pub old: Option<Row>,
    /// The values after; `None` for a delete.
    pub new: Option<Row>,
}

/// A row lock was taken, to be held until the transaction ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowLocked {
    /// The row.
    pub target: LockTarget,
    /// How strongly.
    pub strength: RowLock,
}

/// One attempt at a transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Transaction {
    /// Whose.
    pub session: SessionId,
    /// Which of the session's transactions, from 0; the attempts at one transaction share it.
    pub number: usize,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// How often the same request had been made before: 0, unless its reply was lost or its message delivered again.
    pub delivery: u32,
    /// Its isolation level.
    pub isolation: IsolationLevel,
    /// The first event of it.
    pub first: usize,
    /// The last event of it.
    pub last: usize,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a transaction ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Its work is in the tables.
    Committed,
    /// It was rolled back as drawn.
    RolledBack,
    /// A `require` or guard did not hold, and the client rolled back with this reason.
    Refused(String),
    /// Another transaction was in the way: a version conflict, a deadlock, a serialization failure, a lock not to be
    /// had. The client rolled back.
    Conflict(Conflict),
    /// A statement failed for a reason of its own.
    Failed(SqlError),
    /// Its request had been carried out before: it changed nothing, and its caller was told that all is well.
    AlreadyDone,
    /// The client died, or its connection broke, before the transaction was over; the server rolled back.
    Lost,
    /// It had not ended when the timeline did.
    Open,
}

impl Outcome {
    /// The name, as attributes and exports have it.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Committed => "committed",
            Self::RolledBack => "rolled back",
            Self::Refused(_) => "refused",
            Self::Conflict(_) => "conflict",
            Self::Failed(_) => "failed",
            Self::AlreadyDone => "already done",
            Self::Lost => "lost",
            Self::Open => "open",
        }
    }
}

/// A failure that another transaction caused.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Conflict {
    /// An `UPDATE` that names the version it read touched no row.
    Version,
    /// The server refused: 40001, 40P01, 55P03.
    Server(SqlError),
    /// A lock that it would not wait for was taken.
    NotGranted,
    /// Somebody wrote under the process's lock since its stamp.
    Stamp,
}

/// A table at some moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableState {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// Its rows in key order, or in the order of their making where there is no primary key.
    pub rows: Vec<Row>,
    /// Which row of the table each of `rows` is.
    pub ids: Vec<RowId>,
}
