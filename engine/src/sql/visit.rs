//! Walks over the expressions of a statement.

use super::ast::{Expr, Statement};

/// Calls `f` with every outermost expression of a statement, in the order of the text.
pub fn each_expr<'a>(_statement: &'a Statement, _f: &mut dyn FnMut(&'a Expr)) {
    todo!()
}

/// Calls `f` with every outermost expression of a statement, to change it.
pub fn each_expr_mut(_statement: &mut Statement, _f: &mut dyn FnMut(&mut Expr)) {
    todo!()
}

/// Calls `f` with an expression and everything inside it, parents first.
pub fn walk<'a>(_expr: &'a Expr, _f: &mut dyn FnMut(&'a Expr)) {
    todo!()
}

/// Calls `f` with everything inside an expression and itself, children first, to change it.
pub fn walk_mut(_expr: &mut Expr, _f: &mut dyn FnMut(&mut Expr)) {
    todo!()
}
