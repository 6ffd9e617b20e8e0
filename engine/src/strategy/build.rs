//! Small expressions, made.

use crate::sql::ast::{BinaryOp, Call, CallArgs, Expr, Ident, Literal, Statement};
use crate::sql::{Span, parse_statement};

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

/// A statement that was put together as text; `None` if it is none, which a test rules out.
pub(super) fn statement(text: &str) -> Option<Statement> {
    parse_statement(text).ok()
}

/// A name as SQL has it, in quotes where it needs them.
pub(super) fn quoted(name: &str) -> String {
    Ident::new(name).to_string()
}

/// A text as SQL has it.
pub(super) fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// `name()`
pub(super) fn call(name: &str) -> Expr {
    Expr::Call(Call {
        name: Ident::new(name),
        args: CallArgs::List(Vec::new()),
    })
}
