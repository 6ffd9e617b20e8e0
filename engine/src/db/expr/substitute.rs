//! Host variables: what a client puts in before it sends a statement.

use crate::db::Value;
use crate::sql::ast::{Expr, Statement};
use crate::sql::visit::{each_expr_mut, walk_mut};

/// The statement with every `:name` replaced by the constant for its value.
///
/// # Errors
/// The name of the first variable that has no value.
pub fn substitute(
    statement: &Statement,
    lookup: &dyn Fn(&str) -> Option<Value>,
) -> Result<Statement, String> {
    let mut statement = statement.clone();
    let mut missing = None;
    each_expr_mut(&mut statement, &mut |expr| {
        replace(expr, lookup, &mut missing)
    });
    missing.map_or(Ok(statement), Err)
}

/// The same for an expression by itself (`require`).
///
/// # Errors
/// The name of the first variable that has no value.
pub fn substitute_expr(
    expr: &Expr,
    lookup: &dyn Fn(&str) -> Option<Value>,
) -> Result<Expr, String> {
    let mut expr = expr.clone();
    let mut missing = None;
    replace(&mut expr, lookup, &mut missing);
    missing.map_or(Ok(expr), Err)
}

fn replace(expr: &mut Expr, lookup: &dyn Fn(&str) -> Option<Value>, missing: &mut Option<String>) {
    walk_mut(expr, &mut |expr| {
        if let Expr::HostVariable(name) = expr {
            match lookup(&name.name) {
                Some(value) => *expr = value.to_literal(),
                None => {
                    missing.get_or_insert_with(|| name.name.clone());
                }
            }
        }
    });
}
