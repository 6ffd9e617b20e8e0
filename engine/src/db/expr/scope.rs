//! The columns that an expression may name, and the clause in which it stands.

use crate::db::{SqlError, SqlState, Type};
use crate::sql::ast::Ident;

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
        }
    }

    /// Whether an aggregate may stand there.
    pub(super) fn takes_aggregates(self) -> bool {
        matches!(self, Self::SelectList | Self::OrderBy)
    }

    /// Whether constant parts are computed at once. Definitions are kept as written: a `DEFAULT 1 / 0` is an error for
    /// the row that needs it.
    pub(super) fn folds(self) -> bool {
        !matches!(self, Self::Check | Self::Default)
    }
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
            of_table(&column) && column.name == name.name
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
