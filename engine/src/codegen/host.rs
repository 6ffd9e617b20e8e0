//! Expressions that the client computes by itself, in its own language.

use super::model::{Kind, Model, camel, quote};
use crate::sql::ast::{BinaryOp, Expr, Literal, UnaryOp};

/// The language that an expression is written in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Host {
    Go,
    Python,
    Java,
}

/// How columns are written; `None` where there are none.
pub(super) type Columns<'a> = Option<&'a dyn Fn(&str) -> String>;

/// The expression in another language; `None` where it says something that the language has no word for.
pub(super) fn expression(
    model: &Model<'_>,
    host: Host,
    expr: &Expr,
    columns: Columns<'_>,
) -> Option<String> {
    let inner = |expr: &Expr| {
        let text = expression(model, host, expr, columns)?;
        Some(match expr {
            Expr::Binary(..) | Expr::Unary(..) | Expr::IsNull { .. } => format!("({text})"),
            _ => text,
        })
    };
    match expr {
        Expr::Literal(Literal::Number(digits), _) => {
            let whole = digits.bytes().all(|byte| byte.is_ascii_digit());
            Some(match host {
                Host::Java if whole => format!("{digits}L"),
                // Java's decimals have no operators.
                Host::Java => return None,
                Host::Python if !whole => format!("Decimal({})", quote(digits)),
                _ => digits.clone(),
            })
        }
        Expr::Literal(Literal::String(text), _) => Some(quote(text)),
        Expr::Literal(Literal::Boolean(value), _) => Some(
            match (host, value) {
                (Host::Python, true) => "True",
                (Host::Python, false) => "False",
                (_, true) => "true",
                (_, false) => "false",
            }
            .to_owned(),
        ),
        Expr::Literal(Literal::Null, _) => Some(
            match host {
                Host::Go => "nil",
                Host::Python => "None",
                Host::Java => "null",
            }
            .to_owned(),
        ),
        Expr::HostVariable(name) => {
            let kind = model.kind(&name.name);
            let objects = kind == Kind::Decimal || kind == Kind::Time;
            // Decimals and times are objects in Java and texts in Go, which have no operators.
            (host == Host::Python || !objects).then(|| variable(host, &name.name))
        }
        Expr::Column { name, .. } => columns.map(|columns| columns(&name.name)),
        Expr::Unary(UnaryOp::Minus, operand) => Some(format!("-{}", inner(operand)?)),
        Expr::Unary(UnaryOp::Plus, operand) => inner(operand),
        Expr::Unary(UnaryOp::Not, operand) => {
            let operand = inner(operand)?;
            Some(match host {
                Host::Python => format!("not {operand}"),
                Host::Go | Host::Java => format!("!{operand}"),
            })
        }
        Expr::Binary(left, op, right) => {
            let text = is_text(model, left) || is_text(model, right);
            let op = operator(host, *op, text)?;
            let (left, right) = (inner(left)?, inner(right)?);
            Some(if op == "equals" {
                format!("{left}.equals({right})")
            } else {
                format!("{left} {op} {right}")
            })
        }
        _ => None,
    }
}

/// A host variable's name in a language.
pub(super) fn variable(host: Host, name: &str) -> String {
    match host {
        Host::Python => name.to_owned(),
        Host::Go | Host::Java => camel(name),
    }
}

fn is_text(model: &Model<'_>, expr: &Expr) -> bool {
    match expr {
        Expr::Literal(Literal::String(_), _) => true,
        Expr::HostVariable(name) => model.kind(&name.name) == Kind::Text,
        Expr::Binary(_, BinaryOp::Concat, _) => true,
        _ => false,
    }
}

fn operator(host: Host, op: BinaryOp, text: bool) -> Option<&'static str> {
    let python = host == Host::Python;
    Some(match op {
        BinaryOp::Or if python => "or",
        BinaryOp::Or => "||",
        BinaryOp::And if python => "and",
        BinaryOp::And => "&&",
        BinaryOp::Eq if host == Host::Java && text => "equals",
        BinaryOp::Eq => "==",
        BinaryOp::NotEq => "!=",
        BinaryOp::Lt => "<",
        BinaryOp::LtEq => "<=",
        BinaryOp::Gt => ">",
        BinaryOp::GtEq => ">=",
        BinaryOp::Plus | BinaryOp::Concat => "+",
        BinaryOp::Minus => "-",
        BinaryOp::Multiply => "*",
        // Whole numbers: Python's own `/` would give a fraction.
        BinaryOp::Divide if python => "//",
        BinaryOp::Divide => "/",
        BinaryOp::Modulo => "%",
    })
}
