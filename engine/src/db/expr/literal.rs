//! Constants: their values and types (manual, section 4.1.2).

use super::Bound;
use super::coerce::at;
use crate::db::{SqlError, Type, Value};
use crate::sql::ast::{Expr, Literal, UnaryOp};

/// A number with minuses before it; two cancel each other (`doNegate` in PostgreSQL's grammar).
pub(super) fn signed_number(expr: &Expr) -> Option<(&Literal, &'static str)> {
    match expr {
        Expr::Literal(literal @ Literal::Number(_), _) => Some((literal, "")),
        Expr::Unary(UnaryOp::Minus, operand) => match signed_number(operand)? {
            (literal, "") => Some((literal, "-")),
            (literal, _) => Some((literal, "")),
        },
        _ => None,
    }
}

/// The value and type of a constant. A number is an integer if it fits, else a bigint, else numeric; with a point or an
/// exponent it is numeric (manual, section 4.1.2.6).
pub(super) fn constant(literal: &Literal, sign: &str, expr: &Expr) -> Result<Bound, SqlError> {
    let (value, ty) = match literal {
        Literal::Null => (Value::Null, Type::Unknown),
        Literal::Boolean(value) => (Value::Boolean(*value), Type::Bool),
        Literal::String(text) => (Value::from(text.as_str()), Type::Unknown),
        Literal::Number(digits) => {
            let text = format!("{sign}{digits}");
            let ty = [Type::Int4, Type::Int8, Type::Numeric]
                .into_iter()
                .find_map(|ty| Some((ty.read(&text).ok()?, ty)));
            match ty {
                Some(found) => found,
                None => (
                    Type::Numeric.read(&text).map_err(|error| at(error, expr))?,
                    Type::Numeric,
                ),
            }
        }
    };
    Ok(Bound::constant(value, ty))
}
