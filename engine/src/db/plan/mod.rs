//! What a statement means: names, types and ways settled, nothing carried out.
//!
//! A [`Command`] is made from the syntax tree by [`bind`]; it is plain data. Rows of a query are laid out side by side, in
//! the order of `FROM`: each [`Relation`] has its columns from `first` on.
//!
//! ```text
//!   FROM account a JOIN branch b ON b.id = a.branch      a: columns 0..3     b: columns 3..5
//!   WHERE a.balance > 0                                  goes to the scan of a
//! ```
//!
//! How a table is searched ([`access`]) decides the order of rows without `ORDER BY` and which SIREAD locks are taken, so it is
//! chosen as PostgreSQL's planner does it for tables of this size.

pub mod access;
mod bind;
mod define;
mod from;
mod query;
mod tables;
mod write;

pub use access::Access;
pub use bind::{Planner, bind};
pub use define::{define_index, define_table};
pub use tables::{NamedTable, tables_of};

use super::catalog::TableId;
use super::expr::{Bound, Projection};
use super::types::Type;
use crate::sql::ast::{Direction, JoinKind, Nulls, OrderBy, RowLock, SetOperator, WaitPolicy};

/// A statement whose names and types are settled.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// `SELECT`
    Select(Query),
    /// `INSERT`
    Insert(Insert),
    /// `UPDATE` or `DELETE`
    Modify(Modify),
}

/// A bound query.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Query {
    /// Its `WITH`.
    pub with: Vec<Cte>,
    /// Where rows come from; `None`: one row of nothing.
    pub from: Option<From>,
    /// How many columns those rows have.
    pub width: usize,
    /// How many relations they come from.
    pub relations: usize,
    /// Conditions that no single scan could take over.
    pub filter: Vec<Bound>,
    /// The select list with grouping and order.
    pub projection: Projection,
    /// Whether equal rows are given back once.
    pub distinct: bool,
    /// `UNION` and the like.
    pub compound: Vec<(SetOperator, Query)>,
    /// The directions of the keys of `ORDER BY`.
    pub sort: Vec<SortKey>,
    /// With `UNION` and the like, the columns that are the keys.
    pub sort_columns: Vec<usize>,
    /// `LIMIT`
    pub limit: Option<Bound>,
    /// `OFFSET`
    pub offset: Option<Bound>,
    /// Whose rows are locked.
    pub marks: Vec<RowMark>,
    /// Whether it names columns of a query around it.
    pub correlated: bool,
}

/// The direction of a key of `ORDER BY`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SortKey {
    /// Smallest or largest first.
    pub direction: Direction,
    /// Where NULL stands; it counts as larger than everything unless this says otherwise.
    pub nulls: Nulls,
}

/// A relation whose rows are locked by `FOR UPDATE` and its kin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RowMark {
    /// The relation's number.
    pub relation: usize,
    /// Its table.
    pub table: TableId,
    /// How strongly.
    pub strength: RowLock,
    /// What is done when a row is locked.
    pub wait: WaitPolicy,
}

/// One member of a `WITH`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cte {
    /// Its number in the statement.
    pub number: usize,
    /// What it does.
    pub command: Command,
}

/// Where the rows of a query come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum From {
    /// A table or what stands for one.
    Relation(Relation),
    /// Two of them joined.
    Join(Box<Join>),
}

/// A join.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Join {
    /// Left side.
    pub left: From,
    /// Which rows without a partner are kept.
    pub kind: JoinKind,
    /// Right side.
    pub right: From,
    /// Conditions, all of which partners must meet.
    pub on: Vec<Bound>,
}

/// A table in `FROM`, or what stands for one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Relation {
    /// Its number in the query.
    pub number: usize,
    /// The place of its first column.
    pub first: usize,
    /// How many columns it has.
    pub width: usize,
    /// Where its rows are.
    pub source: Source,
    /// Conditions that its rows must meet; they may name columns to the left.
    pub filters: Vec<Bound>,
    /// How a table is searched.
    pub access: Access,
}

/// Where the rows of a relation are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// In a table.
    Table(TableId),
    /// They are those of a query.
    Query(Box<Query>),
    /// They are listed.
    Values(Vec<Vec<Bound>>),
    /// `generate_series(from, to [, step])`
    Series(Vec<Bound>),
    /// A function of one value: one row.
    Scalar(Bound),
    /// They are those of a member of `WITH`.
    Cte(usize),
}

/// A bound `INSERT`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Insert {
    /// Its `WITH`.
    pub with: Vec<Cte>,
    /// The table.
    pub table: TableId,
    /// The rows.
    pub source: InsertRows,
    /// `ON CONFLICT`
    pub on_conflict: Option<OnConflict>,
    /// `RETURNING`
    pub returning: Option<Projection>,
}

/// The rows of an `INSERT`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum InsertRows {
    /// For each row the value of each column of the table; `None`: NULL, for want of a default.
    Values(Vec<Vec<Option<Bound>>>),
    /// The rows of a query, and for each column of the table where its value comes from.
    Query(Box<Query>, Vec<Option<Bound>>),
}

/// A bound `ON CONFLICT`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OnConflict {
    /// The indexes that are meant.
    pub arbiters: Vec<usize>,
    /// What is done instead; `None`: nothing.
    pub update: Option<ConflictUpdate>,
}

/// `DO UPDATE`. Expressions look at the row that is there and behind it at the one that was proposed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConflictUpdate {
    /// The columns that are set, with their new values; `None`: NULL.
    pub assignments: Vec<(usize, Option<Bound>)>,
    /// `WHERE`
    pub filter: Option<Bound>,
}

/// A bound `UPDATE` or `DELETE`. Its table is relation 0 of the query that finds the rows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Modify {
    /// Its `WITH`.
    pub with: Vec<Cte>,
    /// The table.
    pub table: TableId,
    /// Which of the two.
    pub kind: ModifyKind,
    /// Where the rows come from.
    pub from: From,
    /// How many columns those rows have.
    pub width: usize,
    /// How many relations they come from.
    pub relations: usize,
    /// Conditions that no single scan could take over.
    pub filter: Vec<Bound>,
    /// The columns that are set, with their new values; `None`: NULL. Empty in a `DELETE`.
    pub assignments: Vec<(usize, Option<Bound>)>,
    /// `RETURNING`, on the new (or deleted) row and those joined to it.
    pub returning: Option<Projection>,
}

/// The two statements that change rows they find.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ModifyKind {
    /// `UPDATE`
    Update,
    /// `DELETE`
    Delete,
}

impl Query {
    /// The types of its columns.
    #[must_use]
    pub fn types(&self) -> Vec<Type> {
        self.projection
            .columns
            .iter()
            .map(|bound| bound.ty)
            .collect()
    }
}

impl Command {
    /// What it gives back, where it gives something back.
    #[must_use]
    pub fn result(&self) -> Option<&Projection> {
        match self {
            Self::Select(query) => Some(&query.projection),
            Self::Insert(insert) => insert.returning.as_ref(),
            Self::Modify(modify) => modify.returning.as_ref(),
        }
    }

    /// Its `WITH`.
    #[must_use]
    pub fn with(&self) -> &[Cte] {
        match self {
            Self::Select(query) => &query.with,
            Self::Insert(insert) => &insert.with,
            Self::Modify(modify) => &modify.with,
        }
    }

    /// What a read-only transaction calls it when it refuses it; `None` for what it allows.
    #[must_use]
    pub fn write_name(&self) -> Option<&'static str> {
        let own = match self {
            Self::Select(query) => query.marks.first().map(|mark| match mark.strength {
                RowLock::KeyShare => "SELECT FOR KEY SHARE",
                RowLock::Share => "SELECT FOR SHARE",
                RowLock::NoKeyUpdate => "SELECT FOR NO KEY UPDATE",
                RowLock::Update => "SELECT FOR UPDATE",
            }),
            Self::Insert(_) => Some("INSERT"),
            Self::Modify(modify) => Some(match modify.kind {
                ModifyKind::Update => "UPDATE",
                ModifyKind::Delete => "DELETE",
            }),
        };
        // A WITH that writes makes the whole a write, under the name that the whole has.
        own.or_else(|| {
            let writes = |cte: &Cte| cte.command.write_name().is_some();
            self.with().iter().any(writes).then_some("SELECT")
        })
    }
}

impl SortKey {
    pub(crate) fn of(key: &OrderBy) -> Self {
        let default = match key.direction {
            Direction::Asc => Nulls::Last,
            Direction::Desc => Nulls::First,
        };
        Self {
            direction: key.direction,
            nulls: key.nulls.unwrap_or(default),
        }
    }
}

impl From {
    /// Calls `f` with each relation, from left to right.
    pub fn each_relation<'a>(&'a self, f: &mut dyn FnMut(&'a Relation)) {
        match self {
            Self::Relation(relation) => f(relation),
            Self::Join(join) => {
                join.left.each_relation(f);
                join.right.each_relation(f);
            }
        }
    }
}
