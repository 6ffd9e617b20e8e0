//! The names of result columns.

use crate::sql::ast::Expr;

/// The name that PostgreSQL gives to a result column without an alias: the column's or function's name, for a cast of
/// something nameless the type's, else `?column?`.
#[must_use]
pub fn output_name(_expr: &Expr) -> String {
    todo!()
}
