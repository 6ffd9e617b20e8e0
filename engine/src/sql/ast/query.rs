//! `SELECT`, and what it asks: where rows are from, in which order, with which locks.

use super::{Call, Expr, Ident, Statement};
use crate::sql::Span;

/// `name [(columns)] AS (statement)` of a `WITH`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CommonTable {
    /// Its name.
    pub name: Ident,
    /// Names for its columns; empty: those of the statement.
    pub columns: Vec<Ident>,
    /// SELECT, or INSERT, UPDATE, DELETE with RETURNING.
    pub statement: Box<Statement>,
}

/// `SELECT ...`, and `VALUES ...`, which has no items and one [`FromItem::Values`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Select {
    /// `WITH`
    pub with: Vec<CommonTable>,
    /// Whether equal rows are given back once.
    pub distinct: Distinct,
    /// The select list.
    pub items: Vec<SelectItem>,
    /// `FROM`, items between commas; empty: a row of constants.
    pub from: Vec<FromItem>,
    /// `WHERE`
    pub filter: Option<Expr>,
    /// `GROUP BY`
    pub group_by: Vec<Expr>,
    /// `HAVING`
    pub having: Option<Expr>,
    /// `UNION ...` and the like, from left to right; what follows (`ORDER BY` and on) is of the whole.
    pub compound: Vec<(SetOperator, Select)>,
    /// `ORDER BY`
    pub order_by: Vec<OrderBy>,
    /// `LIMIT`
    pub limit: Option<Expr>,
    /// `OFFSET`
    pub offset: Option<Expr>,
    /// `FOR UPDATE` and its kin, as many as are written.
    pub locking: Vec<Locking>,
}

impl Select {
    /// The table, where it is all that `FROM` names and nothing is joined to it.
    #[must_use]
    pub fn single_table(&self) -> Option<&TableRef> {
        match &self.from[..] {
            [FromItem::Table(table)] => Some(table),
            _ => None,
        }
    }

    /// Whether it is `VALUES` alone, without order or limits.
    #[must_use]
    pub fn is_bare_values(&self) -> bool {
        self.items.is_empty()
            && self.is_plain_but_from()
            && self.order_by.is_empty()
            && self.limit.is_none()
            && self.offset.is_none()
            && self.locking.is_empty()
    }

    fn is_plain_but_from(&self) -> bool {
        self.with.is_empty()
            && self.distinct == Distinct::No
            && self.group_by.is_empty()
            && self.having.is_none()
            && self.compound.is_empty()
    }

    /// Whether it asks for nothing beyond items, one table, `WHERE`, `ORDER BY`, `LIMIT`, `OFFSET` and one locking clause
    /// over all: what strategies rewrite.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.is_plain_but_from()
            && self.from.len() <= 1
            && self
                .from
                .iter()
                .all(|item| matches!(item, FromItem::Table(_)))
            && self.locking.len() <= 1
            && self.locking.iter().all(|locking| locking.of.is_empty())
    }
}

/// Whether `DISTINCT` is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Distinct {
    /// No.
    #[default]
    No,
    /// `SELECT DISTINCT`
    Rows,
}

/// What joins two queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SetOperator {
    /// `UNION`
    Union,
    /// `UNION ALL`
    UnionAll,
    /// `INTERSECT`
    Intersect,
    /// `EXCEPT`
    Except,
}

/// One item of `FROM`, `UPDATE ... FROM` or `DELETE ... USING`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FromItem {
    /// `table [AS alias]`, or a name of `WITH`.
    Table(TableRef),
    /// `(query) AS alias [(columns)]`
    Query(Box<Select>, TableAlias),
    /// `(VALUES (...), ...) AS alias [(columns)]`; the alias is empty in a bare `VALUES`.
    Values(Vec<Vec<Expr>>, TableAlias),
    /// `function(args) [AS alias [(columns)]]`: `generate_series`
    Function(Call, Option<TableAlias>),
    /// A join.
    Join(Box<Join>),
}

/// `left JOIN right ON condition`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Join {
    /// Left side.
    pub left: FromItem,
    /// Which rows without a partner are kept.
    pub kind: JoinKind,
    /// Right side.
    pub right: FromItem,
    /// What partners have in common.
    pub on: JoinCondition,
}

/// Which rows without a partner are kept, filled up with NULLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JoinKind {
    /// None: `JOIN`, `INNER JOIN`, `CROSS JOIN`.
    Inner,
    /// Those of the left side: `LEFT JOIN`.
    Left,
    /// Those of the right side: `RIGHT JOIN`.
    Right,
    /// Those of both: `FULL JOIN`.
    Full,
}

/// What partners of a join have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum JoinCondition {
    /// Nothing: `CROSS JOIN`.
    Cross,
    /// `ON condition`
    On(Expr),
    /// `USING (columns)`
    Using(Vec<Ident>),
    /// `NATURAL`: the columns that have the same name.
    Natural,
}

/// `AS name [(columns)]`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableAlias {
    /// The name.
    pub name: Ident,
    /// Names for the columns, as many as are written.
    pub columns: Vec<Ident>,
}

/// A table in `FROM`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableRef {
    /// The table.
    pub name: Ident,
    /// `AS alias`
    pub alias: Option<Ident>,
}

impl TableRef {
    /// The name by which columns are qualified.
    #[must_use]
    pub fn visible_name(&self) -> &Ident {
        self.alias.as_ref().unwrap_or(&self.name)
    }
}

/// One item of a select list or of `RETURNING`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SelectItem {
    /// `*`
    Star(Span),
    /// `table.*`
    TableStar(Ident),
    /// `expr [AS alias]`
    Expr {
        /// The value.
        expr: Expr,
        /// The name given to it.
        alias: Option<Ident>,
    },
}

/// One key of `ORDER BY`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OrderBy {
    /// The value (an integer literal means a column of the select list, a bare name may be an alias).
    pub expr: Expr,
    /// `ASC` (the default) or `DESC`.
    pub direction: Direction,
    /// `NULLS FIRST | LAST`; by default NULL sorts as larger than everything.
    pub nulls: Option<Nulls>,
}

/// Sort direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Smallest first.
    Asc,
    /// Largest first.
    Desc,
}

/// Where NULLs sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nulls {
    /// Before everything.
    First,
    /// After everything.
    Last,
}

/// `FOR UPDATE [OF tables] [NOWAIT]` and its kin.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Locking {
    /// How strong.
    pub strength: RowLock,
    /// The tables whose rows are locked; empty: all.
    pub of: Vec<Ident>,
    /// What to do when the row is locked.
    pub wait: WaitPolicy,
}

/// The four row locks, weakest first (manual, section 13.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowLock {
    /// `FOR KEY SHARE`
    KeyShare,
    /// `FOR SHARE`
    Share,
    /// `FOR NO KEY UPDATE`
    NoKeyUpdate,
    /// `FOR UPDATE`
    Update,
}

impl RowLock {
    /// The clause that asks for it.
    #[must_use]
    pub fn clause(self) -> &'static str {
        match self {
            Self::KeyShare => "FOR KEY SHARE",
            Self::Share => "FOR SHARE",
            Self::NoKeyUpdate => "FOR NO KEY UPDATE",
            Self::Update => "FOR UPDATE",
        }
    }
}

/// What a locking clause does about a row that is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WaitPolicy {
    /// Wait for it.
    Block,
    /// Fail with 55P03.
    NoWait,
    /// Leave the row out.
    SkipLocked,
}
