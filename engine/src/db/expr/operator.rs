//! Which operator is meant (manual, section 10.2).
//!
//! Numbers meet at the wider of their types; a constant of no type takes the other operand's; all else must agree.

use super::coerce::{at, boolean, double_precision, implicit, to_text, wider};
use super::{Bound, Comparison, Function};
use crate::db::{SqlError, SqlState, Type};
use crate::sql::ast::{BinaryOp, Expr};

/// A bound operand and the expression that it came from.
pub(super) type Operand<'a> = (Bound, &'a Expr);

/// `x op y`
pub(super) fn binary(
    op: BinaryOp,
    left: Operand<'_>,
    right: Operand<'_>,
    whole: &Expr,
) -> Result<Bound, SqlError> {
    let function = match op {
        BinaryOp::Eq => return comparison(Comparison::Eq, left, right, whole),
        BinaryOp::NotEq => return comparison(Comparison::NotEq, left, right, whole),
        BinaryOp::Lt => return comparison(Comparison::Lt, left, right, whole),
        BinaryOp::LtEq => return comparison(Comparison::LtEq, left, right, whole),
        BinaryOp::Gt => return comparison(Comparison::Gt, left, right, whole),
        BinaryOp::GtEq => return comparison(Comparison::GtEq, left, right, whole),
        BinaryOp::Concat => return concat(left, right, whole),
        BinaryOp::Plus => Function::Add,
        BinaryOp::Minus => Function::Subtract,
        BinaryOp::Multiply => Function::Multiply,
        BinaryOp::Divide => Function::Divide,
        BinaryOp::Modulo => Function::Modulo,
        BinaryOp::And => return Ok(condition(op, left)?.and(condition(op, right)?)),
        BinaryOp::Or => return Ok(condition(op, left)?.or(condition(op, right)?)),
    };
    let types = (left.0.ty, right.0.ty);
    let ty = match types {
        (Type::Unknown, Type::Unknown) => return Err(not_unique(symbol(function), types, whole)),
        (Type::Unknown, ty) | (ty, Type::Unknown) if ty.is_number() => ty,
        (one, other) if one.is_number() && other.is_number() => wider(one, other),
        (Type::Date, Type::Int4) | (Type::Int4, Type::Date)
            if matches!(function, Function::Add | Function::Subtract) =>
        {
            let (date, days) = if types.0 == Type::Date {
                (left.0, right.0)
            } else {
                (right.0, left.0)
            };
            return Ok(Bound::apply(function, vec![date, days], Type::Date));
        }
        (Type::Date, Type::Date) if function == Function::Subtract => {
            return Ok(Bound::apply(function, vec![left.0, right.0], Type::Int4));
        }
        (Type::Timestamp, Type::Timestamp | Type::Unknown) | (Type::Unknown, Type::Timestamp)
            if matches!(function, Function::Add | Function::Subtract) =>
        {
            let message = "arithmetic with timestamps and intervals is not simulated";
            let error = SqlError::new(SqlState::FEATURE_NOT_SUPPORTED, message);
            return Err(at(error, whole));
        }
        _ => return Err(does_not_exist(symbol(function), types, whole)),
    };
    let operands = vec![
        implicit(left.0, ty, left.1)?,
        implicit(right.0, ty, right.1)?,
    ];
    Ok(Bound::apply(function, operands, ty))
}

/// `x = y` and the like.
pub(super) fn comparison(
    comparison: Comparison,
    left: Operand<'_>,
    right: Operand<'_>,
    whole: &Expr,
) -> Result<Bound, SqlError> {
    let operands = comparable(comparison, left, right, whole)?;
    Ok(Bound::apply(
        Function::Compare(comparison),
        operands,
        Type::Bool,
    ))
}

/// The operands of a comparison, brought to one type.
pub(super) fn comparable(
    comparison: Comparison,
    left: Operand<'_>,
    right: Operand<'_>,
    whole: &Expr,
) -> Result<Vec<Bound>, SqlError> {
    let ty = match (left.0.ty, right.0.ty) {
        (Type::Unknown, Type::Unknown) => Type::Text,
        (Type::Unknown, ty) | (ty, Type::Unknown) => ty,
        (one, other) if one == other => one,
        (one, other) if one.is_text() && other.is_text() => Type::Text,
        (one, other) if one.is_number() && other.is_number() => wider(one, other),
        (one, other) if one.is_temporal() && other.is_temporal() => {
            return Ok(vec![left.0, right.0]);
        }
        types => return Err(does_not_exist(comparison.symbol(), types, whole)),
    };
    // Blanks at the end of a char(n) do not count.
    let blanks = [left.0.ty, right.0.ty].contains(&Type::Bpchar);
    let operand = |(bound, expr): Operand<'_>| {
        let bound = implicit(bound, ty, expr)?;
        Ok(if blanks {
            Bound::apply(Function::TrimRight, vec![bound], Type::Text)
        } else {
            bound
        })
    };
    Ok(vec![operand(left)?, operand(right)?])
}

/// An operand of `AND` or `OR`.
pub(super) fn condition(op: BinaryOp, operand: Operand<'_>) -> Result<Bound, SqlError> {
    let place = if op == BinaryOp::And { "AND" } else { "OR" };
    boolean(operand.0, place, operand.1)
}

/// `x || y`: texts, or a text and anything.
fn concat(left: Operand<'_>, right: Operand<'_>, whole: &Expr) -> Result<Bound, SqlError> {
    let types = (left.0.ty, right.0.ty);
    let is_text = |ty: Type| ty.is_text() || ty == Type::Unknown;
    if !is_text(types.0) && !is_text(types.1) {
        return Err(does_not_exist("||", types, whole));
    }
    let text = |(bound, expr): Operand<'_>| match bound.ty {
        Type::Unknown => implicit(bound, Type::Text, expr),
        _ => Ok(to_text(bound)),
    };
    let operands = vec![text(left)?, text(right)?];
    Ok(Bound::apply(Function::Concat, operands, Type::Text))
}

/// `-x` and `+x`.
pub(super) fn sign(symbol: &str, operand: Operand<'_>, whole: &Expr) -> Result<Bound, SqlError> {
    let (bound, _) = operand;
    match bound.ty {
        ty if ty.is_number() && symbol == "+" => Ok(bound),
        ty if ty.is_number() => Ok(Bound::apply(Function::Negate, vec![bound], ty)),
        Type::Unknown if symbol == "+" => Err(at(double_precision("+ unknown"), whole)),
        Type::Unknown => Err(ambiguous(format!("{symbol} unknown"), whole)),
        ty => Err(missing(
            format!("{symbol} {}", ty.name()),
            "argument type. You might need to add an explicit type cast.",
            whole,
        )),
    }
}

impl Comparison {
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::NotEq => "<>",
            Self::Lt => "<",
            Self::LtEq => "<=",
            Self::Gt => ">",
            Self::GtEq => ">=",
        }
    }
}

fn symbol(function: Function) -> &'static str {
    match function {
        Function::Add => "+",
        Function::Subtract => "-",
        Function::Multiply => "*",
        Function::Divide => "/",
        _ => "%",
    }
}

fn not_unique(symbol: &str, (left, right): (Type, Type), whole: &Expr) -> SqlError {
    ambiguous(format!("{} {symbol} {}", left.name(), right.name()), whole)
}

fn does_not_exist(symbol: &str, (left, right): (Type, Type), whole: &Expr) -> SqlError {
    missing(
        format!("{} {symbol} {}", left.name(), right.name()),
        "argument types. You might need to add explicit type casts.",
        whole,
    )
}

fn ambiguous(what: String, whole: &Expr) -> SqlError {
    let error = SqlError::new(
        SqlState::AMBIGUOUS_FUNCTION,
        format!("operator is not unique: {what}"),
    );
    at(error, whole).with_hint(
        "Could not choose a best candidate operator. You might need to add explicit type casts.",
    )
}

fn missing(what: String, lacking: &str, whole: &Expr) -> SqlError {
    let error = SqlError::new(
        SqlState::UNDEFINED_FUNCTION,
        format!("operator does not exist: {what}"),
    );
    at(error, whole).with_hint(format!("No operator matches the given name and {lacking}"))
}
