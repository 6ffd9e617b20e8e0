//! The columns that an expression may name, and the clause in which it stands.

use crate::db::Type;

/// The columns that an expression may name; their places are the places in the row it is evaluated on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The columns, in the order of the row.
    pub columns: Vec<ScopeColumn>,
}

/// A column that an expression may name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ScopeColumn {
    /// The alias of its table, or the table's name.
    pub table: String,
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
}

/// Where an expression stands; messages name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Clause {
    /// The select list.
    SelectList,
    /// `WHERE`
    Where,
    /// `ORDER BY`
    OrderBy,
    /// `LIMIT`
    Limit,
    /// `OFFSET`
    Offset,
    /// `VALUES`
    Values,
    /// `SET column = ...`
    UpdateSet,
    /// `RETURNING`
    Returning,
    /// `CHECK`
    Check,
    /// `DEFAULT`
    Default,
}

impl Scope {
    /// No columns: `VALUES`, `SELECT` without `FROM`, `DEFAULT`.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// The columns of one table, under its alias or name.
    #[must_use]
    pub fn table<'a>(alias: &str, columns: impl IntoIterator<Item = (&'a str, Type)>) -> Self {
        Self {
            columns: columns
                .into_iter()
                .map(|(name, ty)| ScopeColumn {
                    table: alias.to_owned(),
                    name: name.to_owned(),
                    ty,
                })
                .collect(),
        }
    }
}
