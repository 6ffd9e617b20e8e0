//! The names of result columns.

use crate::db::Type;
use crate::sql::ast::Expr;

/// The name that PostgreSQL gives to a result column without an alias: the column's or function's name, for a cast of
/// something nameless the type's, else `?column?` (`FigureColname`).
#[must_use]
pub fn output_name(expr: &Expr) -> String {
    strong_name(expr)
        .or_else(|| weak_name(expr))
        .unwrap_or_else(|| "?column?".to_owned())
}

/// The name of a column or function; a cast keeps it.
fn strong_name(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Column { name, .. } => Some(name.name.clone()),
        Expr::Call(call) => Some(call.name.name.clone()),
        Expr::Cast(inner, _) => strong_name(inner),
        Expr::Case {
            otherwise: Some(otherwise),
            ..
        } => strong_name(otherwise),
        _ => None,
    }
}

/// What a nameless thing is called for want of better.
fn weak_name(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Case { .. } => Some("case".to_owned()),
        Expr::Cast(_, ty) => Some(
            match Type::from(*ty) {
                Type::Int4 => "int4",
                Type::Int8 => "int8",
                Type::Bool => "bool",
                Type::Varchar => "varchar",
                Type::Timestamp => "timestamp",
                Type::Numeric => "numeric",
                Type::Text | Type::Unknown => "text",
            }
            .to_owned(),
        ),
        Expr::Literal(crate::sql::ast::Literal::Boolean(_), _) => Some("bool".to_owned()),
        _ => None,
    }
}
