//! The names of result columns (`FigureColname` in PostgreSQL's `parse_target.c`).

use crate::sql::ast::{Expr, SqlType};

/// The name that PostgreSQL gives to a result column without an alias: the column's or function's name, for a cast of
/// something nameless the type's, else `?column?`.
#[must_use]
pub fn output_name(expr: &Expr) -> String {
    named(expr).map_or("?column?", |(name, _)| name).to_owned()
}

/// How good a name is: a column or function names better than a cast around it.
#[derive(PartialEq, Eq)]
enum Strength {
    Weak,
    Strong,
}

fn named(expr: &Expr) -> Option<(&str, Strength)> {
    match expr {
        Expr::Column { name, .. } => Some((&name.name, Strength::Strong)),
        Expr::Call(call) => Some((&call.name.name, Strength::Strong)),
        Expr::Cast(inner, ty) => match named(inner) {
            Some((name, Strength::Strong)) => Some((name, Strength::Strong)),
            _ => Some((type_name(*ty), Strength::Weak)),
        },
        Expr::Case { otherwise, .. } => match otherwise.as_deref().and_then(named) {
            Some((name, Strength::Strong)) => Some((name, Strength::Strong)),
            _ => Some(("case", Strength::Weak)),
        },
        _ => None,
    }
}

fn type_name(ty: SqlType) -> &'static str {
    match ty {
        SqlType::SmallInt => "int2",
        SqlType::Int => "int4",
        SqlType::BigInt => "int8",
        SqlType::Numeric(_) => "numeric",
        SqlType::Text => "text",
        SqlType::Varchar(_) => "varchar",
        SqlType::Boolean => "bool",
        SqlType::Timestamp => "timestamp",
        SqlType::TimestampTz => "timestamptz",
        SqlType::Date => "date",
        SqlType::Char(_) => "bpchar",
    }
}
