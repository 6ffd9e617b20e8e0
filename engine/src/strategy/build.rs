//! Small expressions, made.

use crate::sql::Span;
use crate::sql::ast::{BinaryOp, Expr, Ident, Literal};

/// `name`
pub(super) fn column(name: &str) -> Expr {
    Expr::Column {
        table: None,
        name: Ident::new(name),
    }
}

/// `:name`
pub(super) fn variable(name: &str) -> Expr {
    Expr::HostVariable(Ident::new(name))
}

/// A whole number.
pub(super) fn number(value: usize) -> Expr {
    Expr::Literal(Literal::Number(value.to_string()), Span::default())
}

/// `left op right`
pub(super) fn binary(left: Expr, op: BinaryOp, right: Expr) -> Expr {
    Expr::Binary(Box::new(left), op, Box::new(right))
}

/// `left AND right`, or `right` alone.
pub(super) fn and(left: Option<Expr>, right: Expr) -> Expr {
    match left {
        Some(left) => binary(left, BinaryOp::And, right),
        None => right,
    }
}
