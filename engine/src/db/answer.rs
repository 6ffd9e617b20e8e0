//! What the server answers.

use super::catalog::TableId;
use super::expr::Bound;
use super::lock::{LockMode, Tag};
use super::{Row, SqlError, TupleId};
use crate::sql::ast::RowLock;

/// How far a statement has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It is done.
    Done(Box<Answer>),
    /// It failed.
    Failed(SqlError),
    /// It waits.
    Waiting(WaitFor),
}

/// What a statement that was carried out gave back and did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The command tag (`UPDATE 1`).
    pub tag: String,
    /// Result rows.
    pub rows: Option<RowSet>,
    /// Warnings.
    pub notices: Vec<String>,
    /// What it read, wrote and locked.
    pub effects: Effects,
}

/// A result set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RowSet {
    /// Column names.
    pub columns: Vec<String>,
    /// Rows, as many values as columns each.
    pub rows: Vec<Row>,
}

/// What a statement read, wrote and locked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Effects {
    /// Versions shown to the client or used to compute what was written.
    pub reads: Vec<(TableId, TupleId)>,
    /// Tables searched, each with the condition.
    pub searches: Vec<(TableId, Option<Bound>)>,
    /// Versions replaced (`None`: an insert) and made (`None`: a delete).
    pub writes: Vec<(TableId, Option<TupleId>, Option<TupleId>)>,
    /// Row locks taken that were not had before.
    pub locked: Vec<(TableId, TupleId, RowLock)>,
}

/// What a statement waits for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WaitFor {
    /// The entry of the lock table it queues at.
    pub tag: Tag,
    /// In which mode.
    pub mode: LockMode,
    /// The version it is about.
    pub version: (TableId, TupleId),
    /// Why.
    pub reason: WaitReason,
}

/// Why a statement waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WaitReason {
    /// It wants to lock or change a row that another transaction holds.
    Row(RowLock),
    /// It wants to insert a key (of this unique index of the table) that another transaction is inserting or deleting.
    Key(usize),
}
