//! One statement, carried out until it is done or has to wait.
//!
//! A statement is *bound* once ([`bind`]) and then carried out row by row. When a row is locked by another transaction, the
//! statement stops where it is: all that is left to do is in [`Exec`], a plain value that can be copied and compared, and
//! when the wait is over it goes on from there. Nothing is kept on the stack of the program.
//!
//! The way of one row through an `UPDATE` (READ COMMITTED; manual, section 13.2.1, and `EvalPlanQual` in
//! `src/backend/executor/execMain.c`):
//!
//! ```text
//!   search finds version v (seen by the statement's snapshot, WHERE is true)
//!      |
//!   Change v --- held by another ---> wait, then look again
//!      |    \--- replaced meanwhile --> Recheck the newest version: lock it, WHERE still true?
//!      |                                  yes: Change it     no: next row (the lock stays)
//!   make the new version
//!      |
//!   Verify: is its key unique? --- another is inserting it ---> wait, then look again
//!      |
//!   next row
//! ```

mod bind;
mod insert;
mod modify;
mod row_lock;
mod select;
mod unique;

pub use bind::{CheckedTable, bind, define_table};

use super::answer::{Effects, RowSet, WaitFor};
use super::catalog::TableId;
use super::database::Database;
use super::expr::{Bound, EvalContext, Projection, is_true};
use super::heap::View;
use super::lock::{LockMode, Tag};
use super::{Row, SqlError, TupleId, Value};
use crate::ids::SessionId;
use crate::sql::ast::{IsolationLevel, Locking, OrderBy};
use std::sync::Arc;

/// A statement whose names and types are settled.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// `SELECT`
    Select(SelectCommand),
    /// `INSERT`
    Insert(InsertCommand),
    /// `UPDATE`
    Update(ModifyCommand),
    /// `DELETE`
    Delete(ModifyCommand),
}

/// A bound `SELECT`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SelectCommand {
    table: Option<TableId>,
    filter: Option<Bound>,
    projection: Projection,
    order_by: Vec<OrderBy>,
    limit: Option<Bound>,
    offset: Option<Bound>,
    locking: Option<Locking>,
}

/// A bound `INSERT`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InsertCommand {
    table: TableId,
    /// For each row the value of each column of the table; `None`: NULL, for want of a default.
    rows: Vec<Vec<Option<Bound>>>,
    returning: Option<Projection>,
}

/// A bound `UPDATE` or `DELETE`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModifyCommand {
    table: TableId,
    filter: Option<Bound>,
    /// The columns that are set, with their new values; `None`: NULL. Empty in a `DELETE`.
    assignments: Vec<(usize, Option<Bound>)>,
    returning: Option<Projection>,
}

/// A statement under way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Exec {
    command: Arc<Command>,
    /// With whose eyes it looks.
    pub view: View,
    isolation: IsolationLevel,
    context: EvalContext,
    source: Source,
    stage: Stage,
    /// The turn it has to lock a row, while it waits for that row's holder.
    turn: Option<(Tag, LockMode)>,
    /// What it waited for, until that is taken note of.
    wait: Option<WaitFor>,
    rows: Vec<Row>,
    count: u64,
    skip: u64,
    effects: Effects,
}

/// Where the rows come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Source {
    /// The versions of a table from `next` up to `end`, of which those count that are seen and meet the condition.
    Scan { next: usize, end: usize },
    /// A list made beforehand (a sorted `SELECT FOR UPDATE`); for an `INSERT`, the numbers of its rows.
    List { next: usize, items: Vec<TupleId> },
}

/// What is being done about the current row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Stage {
    /// Nothing yet: take the next row.
    Next,
    /// Lock or change this version.
    Change(TupleId),
    /// This version took the place of the one that was found: lock it and see whether it meets the condition.
    Recheck(TupleId),
    /// The new version `new` (of the old one, in an `UPDATE`) is made: is its key unique?
    Verify { old: Option<TupleId>, new: TupleId },
}

/// How far a statement has come.
pub enum Flow {
    /// Done.
    Done {
        /// The command tag.
        tag: String,
        /// Result rows.
        rows: Option<RowSet>,
        /// What it read, wrote and locked.
        effects: Effects,
    },
    /// It has to wait; everything left to do is in the [`Exec`].
    Wait(WaitFor),
}

/// One step of a statement: its result, or that it has to wait first.
enum Poll<T> {
    Ready(T),
    Wait(WaitFor),
}

/// Takes the value of a [`Poll`], or returns the wait from the function around it.
macro_rules! ready {
    ($poll:expr) => {
        match $poll {
            Poll::Ready(value) => value,
            Poll::Wait(wait) => return Ok(Poll::Wait(wait)),
        }
    };
}
use ready;

impl Exec {
    /// A statement at its beginning.
    ///
    /// # Errors
    /// When `LIMIT` or `OFFSET` cannot be evaluated or is negative.
    pub fn new(
        command: Command,
        view: View,
        isolation: IsolationLevel,
        context: EvalContext,
        db: &Database,
    ) -> Result<Self, SqlError> {
        let source = match &command {
            Command::Select(SelectCommand { table: None, .. }) => Source::Scan { next: 0, end: 0 },
            Command::Select(SelectCommand {
                table: Some(table), ..
            })
            | Command::Update(ModifyCommand { table, .. })
            | Command::Delete(ModifyCommand { table, .. }) => Source::Scan {
                next: 0,
                end: db.heap(*table).len(),
            },
            Command::Insert(insert) => Source::List {
                next: 0,
                items: (0..insert.rows.len()).map(TupleId).collect(),
            },
        };
        let mut effects = Effects::default();
        match &command {
            Command::Select(SelectCommand {
                table: Some(table),
                filter,
                ..
            })
            | Command::Update(ModifyCommand { table, filter, .. })
            | Command::Delete(ModifyCommand { table, filter, .. }) => {
                effects.searches.push((*table, filter.clone()));
            }
            _ => {}
        }
        Ok(Self {
            command: Arc::new(command),
            view,
            isolation,
            context,
            source,
            stage: Stage::Next,
            turn: None,
            wait: None,
            rows: Vec::new(),
            count: 0,
            skip: 0,
            effects,
        })
    }

    /// Whether the statement may go on with versions that its snapshot does not see.
    fn follows_changes(&self) -> bool {
        self.isolation <= IsolationLevel::ReadCommitted
    }

    /// Takes note of a wait that is over.
    pub fn wake(&mut self, session: SessionId, db: &mut Database) {
        if let Some(wait) = self.wait.take() {
            match wait.tag {
                Tag::Transaction(_) => db.release(session, wait.tag, wait.mode),
                Tag::Tuple(..) => self.turn = Some((wait.tag, wait.mode)),
            }
        }
    }

    /// Goes on until the statement is done or has to wait.
    ///
    /// # Errors
    /// What the statement fails with.
    pub fn run(&mut self, session: SessionId, db: &mut Database) -> Result<Flow, SqlError> {
        let command = Arc::clone(&self.command);
        let poll = match &*command {
            Command::Select(select) => self.select(select, session, db),
            Command::Insert(insert) => self.insert(insert, session, db),
            Command::Update(update) => self.modify(update, Modification::Update, session, db),
            Command::Delete(delete) => self.modify(delete, Modification::Delete, session, db),
        }?;
        match poll {
            Poll::Ready(tag) => Ok(Flow::Done {
                tag,
                rows: command.result_columns().map(|columns| RowSet {
                    columns: columns.to_vec(),
                    rows: std::mem::take(&mut self.rows),
                }),
                effects: std::mem::take(&mut self.effects),
            }),
            Poll::Wait(wait) => {
                self.wait = Some(wait.clone());
                Ok(Flow::Wait(wait))
            }
        }
    }

    /// The next version that the search finds.
    fn next_found(
        &mut self,
        table: TableId,
        filter: Option<&Bound>,
        db: &Database,
    ) -> Result<Option<TupleId>, SqlError> {
        match &mut self.source {
            Source::List { next, items } => {
                *next += 1;
                Ok(items.get(*next - 1).copied())
            }
            Source::Scan { next, end } => {
                while *next < *end {
                    let id = TupleId(*next);
                    *next += 1;
                    let tuple = &db.heap(table)[id];
                    if tuple.is_visible(&self.view, &db.transactions)
                        && meets(filter, &tuple.values, &self.context)?
                    {
                        return Ok(Some(id));
                    }
                }
                Ok(None)
            }
        }
    }

    /// Adds a row to what `RETURNING` gives back.
    fn give_back(&mut self, returning: Option<&Projection>, row: &[Value]) -> Result<(), SqlError> {
        if let Some(projection) = returning {
            self.rows.push(project(projection, row, &self.context)?);
        }
        Ok(())
    }
}

impl Command {
    /// The columns of the result, where the statement gives one back.
    fn result_columns(&self) -> Option<&[String]> {
        match self {
            Self::Select(select) => Some(&select.projection),
            Self::Insert(insert) => insert.returning.as_ref(),
            Self::Update(modify) | Self::Delete(modify) => modify.returning.as_ref(),
        }
        .map(|projection| projection.names.as_slice())
    }

    /// What a read-only transaction calls it when it refuses it; `None` for what it allows.
    #[must_use]
    pub fn write_name(&self) -> Option<&'static str> {
        match self {
            Self::Select(select) => {
                use crate::sql::ast::RowLock::{KeyShare, NoKeyUpdate, Share, Update};
                select.locking.map(|locking| match locking.strength {
                    KeyShare => "SELECT FOR KEY SHARE",
                    Share => "SELECT FOR SHARE",
                    NoKeyUpdate => "SELECT FOR NO KEY UPDATE",
                    Update => "SELECT FOR UPDATE",
                })
            }
            Self::Insert(_) => Some("INSERT"),
            Self::Update(_) => Some("UPDATE"),
            Self::Delete(_) => Some("DELETE"),
        }
    }
}

/// The two statements that change rows they find.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Modification {
    Update,
    Delete,
}

/// Whether a row meets a condition; no condition is met by all.
fn meets(filter: Option<&Bound>, row: &[Value], context: &EvalContext) -> Result<bool, SqlError> {
    filter.map_or(Ok(true), |condition| is_true(condition, row, context))
}

/// The result row of a select list without aggregates.
fn project(projection: &Projection, row: &[Value], context: &EvalContext) -> Result<Row, SqlError> {
    projection
        .columns
        .iter()
        .map(|column| super::expr::eval(column, row, context))
        .collect()
}
