//! `INSERT`, `UPDATE`, `DELETE`.

use super::{CommonTable, Expr, FromItem, Ident, Select, SelectItem, TableRef};

/// `WITH ... INSERT INTO table AS alias (columns) source ON CONFLICT ... RETURNING ...`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Insert {
    /// `WITH`
    pub with: Vec<CommonTable>,
    /// The table.
    pub table: TableRef,
    /// The columns named; empty: all, in order.
    pub columns: Vec<Ident>,
    /// The rows.
    pub source: InsertSource,
    /// `ON CONFLICT`
    pub on_conflict: Option<OnConflict>,
    /// `RETURNING`; empty when absent.
    pub returning: Vec<SelectItem>,
}

/// Where the rows of an `INSERT` come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum InsertSource {
    /// `VALUES` rows; an inner `None` is `DEFAULT`. One row without values is `DEFAULT VALUES`.
    Values(Vec<Vec<Option<Expr>>>),
    /// A query.
    Query(Box<Select>),
}

/// `ON CONFLICT [target] action`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OnConflict {
    /// Which conflicts are meant; `None`: any.
    pub target: Option<ConflictTarget>,
    /// What is done instead.
    pub action: ConflictAction,
}

/// Which conflicts an `ON CONFLICT` means.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ConflictTarget {
    /// `(columns) [WHERE predicate of a partial index]`
    Columns(Vec<Ident>, Option<Expr>),
    /// `ON CONSTRAINT name`
    Constraint(Ident),
}

/// What an `ON CONFLICT` does instead of inserting.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ConflictAction {
    /// `DO NOTHING`
    Nothing,
    /// `DO UPDATE SET ... [WHERE ...]`; the row that was proposed is called `excluded`.
    Update {
        /// `SET`
        assignments: Vec<Assignment>,
        /// `WHERE`
        filter: Option<Expr>,
    },
}

/// `WITH ... UPDATE table SET ... FROM ... WHERE ... RETURNING ...`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Update {
    /// `WITH`
    pub with: Vec<CommonTable>,
    /// The table.
    pub table: TableRef,
    /// `SET column = expr`; a `None` value is `DEFAULT`.
    pub assignments: Vec<Assignment>,
    /// `FROM`
    pub from: Vec<FromItem>,
    /// `WHERE`
    pub filter: Option<Expr>,
    /// `RETURNING`; empty when absent.
    pub returning: Vec<SelectItem>,
}

/// `column = expr`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Assignment {
    /// The column.
    pub column: Ident,
    /// Its new value; `None` is `DEFAULT`.
    pub value: Option<Expr>,
}

/// `WITH ... DELETE FROM table USING ... WHERE ... RETURNING ...`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Delete {
    /// `WITH`
    pub with: Vec<CommonTable>,
    /// The table.
    pub table: TableRef,
    /// `USING`
    pub using: Vec<FromItem>,
    /// `WHERE`
    pub filter: Option<Expr>,
    /// `RETURNING`; empty when absent.
    pub returning: Vec<SelectItem>,
}
