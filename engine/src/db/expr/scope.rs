//! The columns that an expression may name, and the clause in which it stands.

use crate::db::plan::Query;
use crate::db::{SqlError, SqlState, Type};
use crate::sql::ast::{Ident, Select};
use std::cell::Cell;

/// The columns that an expression may name; their places are the places in the row it is evaluated on.
#[derive(Clone, Default)]
pub struct Scope<'a> {
    /// The columns, in the order of the row.
    pub columns: Vec<ScopeColumn>,
    /// The scope of the query around this one.
    pub outer: Option<&'a Scope<'a>>,
    /// Who binds queries within expressions; `None`: there may be none.
    pub queries: Option<&'a dyn BindsQueries>,
    /// Whether a column of an outer scope was named.
    pub correlated: Cell<bool>,
}

/// Who knows the tables, and so can bind a query within an expression.
pub trait BindsQueries {
    /// Settles a query's names and types; columns that it does not have itself are sought in `outer`.
    ///
    /// # Errors
    /// What PostgreSQL's parser says of it.
    fn bind(&self, select: &Select, outer: Option<&Scope<'_>>) -> Result<Query, SqlError>;
}

/// Whether a column is among those that `*` means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Shown {
    /// It is.
    #[default]
    Always,
    /// A join `USING` it shows it once, under its first table.
    Merged,
    /// It can be named with its table only: the second of two that were merged, `excluded.x`.
    Qualified,
}

/// A column that an expression may name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ScopeColumn {
    /// Whether `*` and its bare name mean it.
    pub shown: Shown,
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
    /// `JOIN ... ON`
    JoinOn,
    /// `GROUP BY`
    GroupBy,
    /// `HAVING`
    Having,
    /// The condition of an index.
    IndexFilter,
    /// Arguments of a function in `FROM`.
    FromFunction,
    /// Arguments of `EXECUTE`.
    Execute,
}

impl Clause {
    /// How PostgreSQL names the clause in messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::SelectList => "SELECT",
            Self::Where => "WHERE",
            Self::OrderBy => "ORDER BY",
            Self::Limit => "LIMIT",
            Self::Offset => "OFFSET",
            Self::Values => "VALUES",
            Self::UpdateSet => "UPDATE",
            Self::Returning => "RETURNING",
            Self::Check => "check constraints",
            Self::Default => "DEFAULT expressions",
            Self::JoinOn => "JOIN conditions",
            Self::GroupBy => "GROUP BY",
            Self::Having => "HAVING",
            Self::IndexFilter => "index predicates",
            Self::FromFunction => "functions in FROM",
            Self::Execute => "EXECUTE parameters",
        }
    }

    /// Whether an aggregate may stand there.
    pub(super) fn takes_aggregates(self) -> bool {
        matches!(self, Self::SelectList | Self::OrderBy | Self::Having)
    }

    /// Whether constant parts are computed at once. Definitions are kept as written: a `DEFAULT 1 / 0` is an error for
    /// the row that needs it.
    pub(super) fn folds(self) -> bool {
        !matches!(self, Self::Check | Self::Default)
    }
}

impl<'a> Scope<'a> {
    /// No columns: `VALUES`, `SELECT` without `FROM`, `DEFAULT`.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// The columns of one table, under its alias or name.
    #[must_use]
    pub fn table<'n>(alias: &str, columns: impl IntoIterator<Item = (&'n str, Type)>) -> Self {
        Self {
            columns: columns
                .into_iter()
                .map(|(name, ty)| ScopeColumn {
                    shown: Shown::Always,
                    table: alias.to_owned(),
                    name: name.to_owned(),
                    ty,
                })
                .collect(),
            ..Self::default()
        }
    }

    /// A column of this scope or of one around it: how many queries out, its place there, its type.
    ///
    /// # Errors
    /// As [`Scope::find`].
    pub fn seek(
        &self,
        table: Option<&Ident>,
        name: &Ident,
    ) -> Result<(usize, usize, Type), SqlError> {
        let error = match self.find(table, name) {
            Ok(place) => return Ok((0, place, self.columns[place].ty)),
            Err(error) => error,
        };
        let missing = [SqlState::UNDEFINED_COLUMN, SqlState::UNDEFINED_TABLE];
        if let Some(outer) = self.outer
            && missing.contains(&error.state)
            && (table.is_none() || error.state == SqlState::UNDEFINED_TABLE)
            && let Ok((depth, place, ty)) = outer.seek(table, name)
        {
            self.correlated.set(true);
            return Ok((depth + 1, place, ty));
        }
        Err(error)
    }

    /// The place of a column.
    ///
    /// # Errors
    /// 42P01 when there is no such table, 42703 no such column, 42702 more than one.
    pub fn find(&self, table: Option<&Ident>, name: &Ident) -> Result<usize, SqlError> {
        let of_table = |column: &&ScopeColumn| table.is_none_or(|table| table.name == column.table);
        let span = table.map_or(name.span, |table| table.span.to(name.span));
        if let Some(table) = table
            && !self.columns.iter().any(|column| of_table(&column))
        {
            let message = format!("missing FROM-clause entry for table \"{}\"", table.name);
            return Err(SqlError::new(SqlState::UNDEFINED_TABLE, message).at(table.span));
        }
        let mut places = (0..self.columns.len()).filter(|&place| {
            let column = &self.columns[place];
            let named = match table {
                Some(_) => true,
                None => column.shown != Shown::Qualified,
            };
            named && of_table(&column) && column.name == name.name
        });
        match (places.next(), places.next()) {
            (Some(place), None) => Ok(place),
            (Some(_), Some(_)) => {
                let message = format!("column reference \"{}\" is ambiguous", name.name);
                Err(SqlError::new(SqlState::AMBIGUOUS_COLUMN, message).at(span))
            }
            (None, _) => {
                let message = match table {
                    Some(table) => format!("column {}.{} does not exist", table.name, name.name),
                    None => format!("column \"{}\" does not exist", name.name),
                };
                let error = SqlError::new(SqlState::UNDEFINED_COLUMN, message).at(span);
                let candidates = self.columns.iter().filter(of_table);
                Err(match perhaps_meant(&name.name, candidates) {
                    Some(hint) => error.with_hint(hint),
                    None => error,
                })
            }
        }
    }
}

/// PostgreSQL's guess at a misspelt column (`updateFuzzyAttrMatchState` in `parse_relation.c`): the one or two columns
/// that differ least, by at most three characters and at most half of those that were written.
fn perhaps_meant<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a ScopeColumn>,
) -> Option<String> {
    let mut nearest = 3;
    let mut found: Vec<&ScopeColumn> = Vec::new();
    for column in candidates {
        let distance = edit_distance(name.as_bytes(), column.name.as_bytes());
        if distance > nearest || distance > name.len() / 2 {
            continue;
        }
        if distance < nearest {
            found.clear();
        }
        nearest = distance;
        found.push(column);
    }
    match found[..] {
        [one] => Some(format!(
            "Perhaps you meant to reference the column \"{}.{}\".",
            one.table, one.name
        )),
        [one, other] => Some(format!(
            "Perhaps you meant to reference the column \"{}.{}\" or the column \"{}.{}\".",
            one.table, one.name, other.table, other.name
        )),
        _ => None,
    }
}

/// Levenshtein's distance.
fn edit_distance(from: &[u8], to: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, left) in from.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in to.iter().enumerate() {
            let change = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}
