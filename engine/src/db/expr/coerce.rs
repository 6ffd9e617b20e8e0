//! Conversions that are written or that happen by themselves (manual, chapter 10; `pg_cast` in the catalog).
//!
//! | from \ to | integer | bigint | numeric | text, varchar | boolean | timestamp |
//! |-----------|---------|--------|---------|---------------|---------|-----------|
//! | integer   |         | itself | itself  | assigned      | cast    |           |
//! | bigint    | assigned|        | itself  | assigned      |         |           |
//! | numeric   | assigned|assigned|         | assigned      |         |           |
//! | text      | cast    | cast   | cast    | itself        | cast    | cast      |
//! | boolean   | cast    |        |         | assigned      |         |           |
//! | timestamp |         |        |         | assigned      |         |           |
//!
//! *itself*: wherever it is wanted; *assigned*: when it is stored in a column, too; *cast*: only where `CAST` is
//! written. A constant in quotes and NULL become anything by themselves.

use super::{Bound, Node};
use crate::db::types::Cast;
use crate::db::{SqlError, SqlState, Type, Value};
use crate::sql::Span;
use crate::sql::ast::{Expr, Ident, SqlType};
use crate::sql::visit;

/// Puts the place of `expr` into an error that has none.
pub(super) fn at(error: SqlError, expr: &Expr) -> SqlError {
    match visit::span(expr) {
        Some(span) => error.at(span),
        None => error,
    }
}

/// Gives `bound` a type that it becomes by itself; a constant of no type is read.
pub(super) fn implicit(bound: Bound, ty: Type, expr: &Expr) -> Result<Bound, SqlError> {
    match (bound.ty, &bound.node) {
        (from, _) if from == ty => Ok(bound),
        (Type::Unknown, Node::Const(Value::Text(text))) => {
            let value = ty.read(text).map_err(|error| at(error, expr))?;
            Ok(Bound::constant(value, ty))
        }
        (Type::Unknown, _) => Ok(Bound { ty, ..bound }),
        (from, _) if from.is_text() => Ok(Bound { ty, ..bound }),
        _ => Ok(convert(bound, sql_type(ty), Cast::Assignment)),
    }
}

/// The same where only a boolean will do; `place` is how messages name the place.
pub(super) fn boolean(bound: Bound, place: &str, expr: &Expr) -> Result<Bound, SqlError> {
    match bound.ty {
        Type::Bool | Type::Unknown => implicit(bound, Type::Bool, expr),
        other => Err(at(
            SqlError::new(
                SqlState::DATATYPE_MISMATCH,
                format!(
                    "argument of {place} must be type boolean, not type {}",
                    other.name()
                ),
            ),
            expr,
        )),
    }
}

/// `CAST(x AS type)`
pub(super) fn explicit(bound: Bound, ty: SqlType, expr: &Expr) -> Result<Bound, SqlError> {
    let to = Type::from(ty);
    let castable = is_assignable(bound.ty, to)
        || bound.ty.is_text()
        || matches!(
            (bound.ty, to),
            (Type::Int4, Type::Bool) | (Type::Bool, Type::Int4)
        );
    if !castable {
        let message = format!("cannot cast type {} to {}", bound.ty.name(), to.name());
        return Err(at(SqlError::new(SqlState::CANNOT_COERCE, message), expr));
    }
    let bound = match bound.ty {
        Type::Unknown => implicit(bound, to, expr)?,
        _ => bound,
    };
    Ok(convert(bound, ty, Cast::Explicit))
}

/// Stores a value in a column; `what` is how messages name the value.
pub(super) fn assigned(
    bound: Bound,
    ty: SqlType,
    column: &Ident,
    what: &str,
    expr: &Expr,
) -> Result<Bound, SqlError> {
    let to = Type::from(ty);
    if !is_assignable(bound.ty, to) {
        let message = format!(
            "column \"{}\" is of type {} but {what} is of type {}",
            column.name,
            to.name(),
            bound.ty.name()
        );
        return Err(at(
            SqlError::new(SqlState::DATATYPE_MISMATCH, message)
                .with_hint("You will need to rewrite or cast the expression."),
            expr,
        ));
    }
    let bound = match bound.ty {
        Type::Unknown => implicit(bound, to, expr)?,
        _ => bound,
    };
    Ok(convert(bound, ty, Cast::Assignment))
}

/// The one type of several values (manual, section 10.5): that of the first, or a wider number; `construct` is how the
/// message names what they stand in.
pub(super) fn common_type<'a>(
    values: impl IntoIterator<Item = (&'a Bound, Option<Span>)>,
    construct: &str,
) -> Result<Type, SqlError> {
    let mut common = Type::Unknown;
    for (value, span) in values {
        common = match (common, value.ty) {
            (Type::Unknown, ty) | (ty, Type::Unknown) => ty,
            (one, other) if one == other || (one.is_text() && other.is_text()) => one,
            (one, other) if one.is_number() && other.is_number() => wider(one, other),
            (one, other) if one.is_temporal() && other.is_temporal() => Type::Timestamp,
            (one, other) => {
                let message = format!(
                    "{construct} types {} and {} cannot be matched",
                    one.name(),
                    other.name()
                );
                let error = SqlError::new(SqlState::DATATYPE_MISMATCH, message);
                return Err(span.map_or(error.clone(), |span| error.at(span)));
            }
        };
    }
    Ok(match common {
        Type::Unknown => Type::Text,
        known => known,
    })
}

/// The wider of two types of numbers.
pub(super) fn wider(one: Type, other: Type) -> Type {
    if one == Type::Numeric || other == Type::Numeric {
        Type::Numeric
    } else if one == Type::Int8 || other == Type::Int8 {
        Type::Int8
    } else {
        one
    }
}

/// Whether a value of one type can be stored in a column of another.
fn is_assignable(from: Type, to: Type) -> bool {
    from == to
        || from == Type::Unknown
        || to.is_text()
        || (from.is_number() && to.is_number())
        || (from.is_temporal() && to.is_temporal())
}

/// Writes a conversion out, where there is something to convert.
fn convert(bound: Bound, ty: SqlType, why: Cast) -> Bound {
    let to = Type::from(ty);
    let bare = !matches!(
        ty,
        SqlType::Numeric(Some(_)) | SqlType::Varchar(_) | SqlType::Char(_) | SqlType::SmallInt
    );
    let same = bound.ty == to || (bound.ty.is_text() && to.is_text());
    if bare && same {
        return Bound { ty: to, ..bound };
    }
    Bound::new(Node::Cast(Box::new(bound), ty, why), to)
}

/// The type without length or precision.
fn sql_type(ty: Type) -> SqlType {
    match ty {
        Type::Int4 => SqlType::Int,
        Type::Int8 => SqlType::BigInt,
        Type::Numeric => SqlType::Numeric(None),
        Type::Text | Type::Varchar | Type::Unknown => SqlType::Text,
        Type::Bool => SqlType::Boolean,
        Type::Timestamp => SqlType::Timestamp,
        Type::TimestampTz => SqlType::TimestampTz,
        Type::Date => SqlType::Date,
        Type::Bpchar => SqlType::Text,
    }
}

/// Converts to text, as `||` does with its operands.
pub(super) fn to_text(bound: Bound) -> Bound {
    convert(bound, SqlType::Text, Cast::Explicit)
}

/// What PostgreSQL computes in floating point is refused, not computed otherwise.
pub(super) fn double_precision(what: &str) -> SqlError {
    SqlError::new(
        SqlState::FEATURE_NOT_SUPPORTED,
        format!("{what} is of type double precision, which Rowlock does not simulate"),
    )
    .with_hint("Cast the operand to numeric.")
}
