//! Select lists and `RETURNING`.

use super::{Aggregate, Bound, Clause, Scope};
use crate::db::SqlError;
use crate::sql::ast::{OrderBy, SelectItem};

/// A select list whose names and types are settled.
///
/// With aggregates, feed every row to an accumulator of each, and evaluate `columns` once, on the row of their results.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Projection {
    /// The names of the result's columns.
    pub names: Vec<String>,
    /// Their values.
    pub columns: Vec<Bound>,
    /// The keys of `ORDER BY`, evaluated on the same row as `columns`.
    pub order_by: Vec<Bound>,
    /// The aggregates that `columns` and `order_by` refer to; empty: one result row for each row.
    pub aggregates: Vec<Aggregate>,
}

/// Resolves a select list with its `ORDER BY` (clause `SelectList`), or a `RETURNING` (no `ORDER BY`).
///
/// # Errors
/// As [`super::bind`]; 42803 for a bare column beside an aggregate; 42P10 for an `ORDER BY` position that is not there.
pub fn bind_projection(
    _items: &[SelectItem],
    _order_by: &[OrderBy],
    _scope: &Scope,
    _clause: Clause,
) -> Result<Projection, SqlError> {
    todo!()
}
