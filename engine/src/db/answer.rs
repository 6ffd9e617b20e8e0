//! What the server answers.

use super::catalog::TableId;
use super::expr::Bound;
use super::lock::{AdvisoryKey, LockMode, Tag};
use super::{Row, SqlError, TupleId};
use crate::ids::Tick;
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
    /// Notices and warnings, each with its severity in front.
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
    /// What has to happen.
    pub until: Until,
    /// The version it is about, where it is about one.
    pub version: Option<(TableId, TupleId)>,
    /// Why.
    pub reason: WaitReason,
}

/// What ends a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Until {
    /// A lock is granted: the entry of the lock table it queues at, and in which mode.
    Granted(Tag, LockMode),
    /// It is so late.
    Time(Tick),
    /// The snapshot of a `SERIALIZABLE READ ONLY DEFERRABLE` transaction is known to be safe, or not.
    SafeSnapshot,
}

/// Why a statement waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WaitReason {
    /// It wants to lock or change a row that another transaction holds.
    Row(RowLock),
    /// It wants to insert a key (of this index of the table) that another transaction is inserting or deleting.
    Key(usize),
    /// It wants to lock a table.
    Table(TableId, LockMode),
    /// It wants an advisory lock.
    Advisory(AdvisoryKey, LockMode),
    /// It sleeps.
    Sleep,
    /// It wants a snapshot that no serialization anomaly can be seen in.
    SafeSnapshot,
}
