//! From syntax tree to bound expression.

use super::{Bound, Clause, Scope};
use crate::db::SqlError;
use crate::sql::ast::{Expr, Ident, SqlType};

/// Resolves an expression that may not hold aggregates. A quoted constant or NULL that nothing gives a type is `text`.
///
/// # Errors
/// What PostgreSQL's parser says of it: unknown names, operators that do not exist, constants that cannot be read.
pub fn bind(_expr: &Expr, _scope: &Scope, _clause: Clause) -> Result<Bound, SqlError> {
    todo!()
}

/// Resolves a condition (`WHERE`, `CHECK`), which must be boolean.
///
/// # Errors
/// As [`bind`], and 42804 when it is not boolean.
pub fn bind_condition(_expr: &Expr, _scope: &Scope, _clause: Clause) -> Result<Bound, SqlError> {
    todo!()
}

/// Resolves the new value of a column, and converts it to the column's type.
///
/// # Errors
/// As [`bind`], and 42804 when its type cannot be assigned to the column.
pub fn bind_assignment(
    _expr: &Expr,
    _scope: &Scope,
    _clause: Clause,
    _column: &Ident,
    _ty: SqlType,
) -> Result<Bound, SqlError> {
    todo!()
}

/// Resolves `LIMIT` or `OFFSET`: a bigint without columns.
///
/// # Errors
/// As [`bind`], 42P10 when it names a column, 42804 when it is no number.
pub fn bind_limit(_expr: &Expr, _clause: Clause) -> Result<Bound, SqlError> {
    todo!()
}
