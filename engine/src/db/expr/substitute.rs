//! Host variables: what a client puts in before it sends a statement.

use crate::db::Value;
use crate::sql::ast::{Expr, Statement};

/// The statement with every `:name` replaced by the constant for its value.
///
/// # Errors
/// The name of the first variable that has no value.
pub fn substitute(
    _statement: &Statement,
    _lookup: &dyn Fn(&str) -> Option<Value>,
) -> Result<Statement, String> {
    todo!()
}

/// The same for an expression by itself (`require`).
///
/// # Errors
/// The name of the first variable that has no value.
pub fn substitute_expr(
    _expr: &Expr,
    _lookup: &dyn Fn(&str) -> Option<Value>,
) -> Result<Expr, String> {
    todo!()
}
