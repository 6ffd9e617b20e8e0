//! From bound expression to value.

use super::{Bound, Function, Node};
use crate::db::types::convert;
use crate::db::{SqlError, SqlState, Timestamp, Type, Value, assign};
use crate::sql::ast::BinaryOp;
use std::cmp::Ordering;

/// What an expression's value depends on beside the row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct EvalContext {
    /// What `now()` is: the start of the transaction.
    pub now: Timestamp,
}

/// The value of an expression on a row of its scope.
///
/// # Errors
/// 22003 out of range, 22012 division by zero, 22P02 a text that is not of the type it is cast to.
pub fn eval(expr: &Bound, row: &[Value], context: &EvalContext) -> Result<Value, SqlError> {
    let value = |expr: &Bound| eval(expr, row, context);
    Ok(match &expr.node {
        Node::Const(constant) => constant.clone(),
        Node::Column(place) | Node::AggregateRef(place) => {
            row.get(*place).cloned().unwrap_or(Value::Null)
        }
        Node::Negate(operand) => negate(value(operand)?)?,
        Node::Not(operand) => truth(truth_of(&value(operand)?).map(|truth| !truth)),
        Node::And(left, right) => match truth_of(&value(left)?) {
            Some(false) => Value::Boolean(false),
            left => match (left, truth_of(&value(right)?)) {
                (_, Some(false)) => Value::Boolean(false),
                (Some(true), Some(true)) => Value::Boolean(true),
                _ => Value::Null,
            },
        },
        Node::Or(left, right) => match truth_of(&value(left)?) {
            Some(true) => Value::Boolean(true),
            left => match (left, truth_of(&value(right)?)) {
                (_, Some(true)) => Value::Boolean(true),
                (Some(false), Some(false)) => Value::Boolean(false),
                _ => Value::Null,
            },
        },
        Node::Compare(op, left, right) => {
            let (left, right) = (value(left)?, value(right)?);
            if left.is_null() || right.is_null() {
                return Ok(Value::Null);
            }
            let order = left.sql_cmp(&right);
            Value::Boolean(match op {
                BinaryOp::Eq => order == Ordering::Equal,
                BinaryOp::NotEq => order != Ordering::Equal,
                BinaryOp::Lt => order == Ordering::Less,
                BinaryOp::LtEq => order != Ordering::Greater,
                BinaryOp::Gt => order == Ordering::Greater,
                _ => order != Ordering::Less,
            })
        }
        Node::Arithmetic(op, left, right) => {
            let (left, right) = (value(left)?, value(right)?);
            if left.is_null() || right.is_null() {
                Value::Null
            } else {
                arithmetic(*op, left, right)?
            }
        }
        Node::IsNull(operand, negated) => Value::Boolean(value(operand)?.is_null() != *negated),
        Node::IsBool(operand, wanted, negated) => {
            Value::Boolean((truth_of(&value(operand)?) == *wanted) != *negated)
        }
        Node::IsDistinct(left, right, negated) => {
            let (left, right) = (value(left)?, value(right)?);
            let same = match (left.is_null(), right.is_null()) {
                (false, false) => left.sql_cmp(&right) == Ordering::Equal,
                (left, right) => left && right,
            };
            Value::Boolean(same == *negated)
        }
        Node::Case(branches, otherwise) => {
            for (when, then) in branches {
                if value(when)? == Value::Boolean(true) {
                    return value(then);
                }
            }
            otherwise.as_deref().map_or(Ok(Value::Null), value)?
        }
        Node::Call(function, args) => call(*function, args, &value, context)?,
        Node::Convert(operand) => convert(value(operand)?, expr.ty)?,
        Node::Assign(operand, ty) => assign(value(operand)?, *ty)?,
    })
}

/// Whether a condition holds on a row: NULL does not.
///
/// # Errors
/// As [`eval`].
pub fn is_true(condition: &Bound, row: &[Value], context: &EvalContext) -> Result<bool, SqlError> {
    Ok(eval(condition, row, context)? == Value::Boolean(true))
}

fn truth_of(value: &Value) -> Option<bool> {
    match value {
        Value::Boolean(truth) => Some(*truth),
        _ => None,
    }
}

fn truth(truth: Option<bool>) -> Value {
    truth.map_or(Value::Null, Value::Boolean)
}

pub(super) fn out_of_range(ty: Type) -> SqlError {
    SqlError::new(
        SqlState::NUMERIC_OUT_OF_RANGE,
        format!("{} out of range", ty.name()),
    )
}

fn negate(value: Value) -> Result<Value, SqlError> {
    Ok(match value {
        Value::Int(number) => Value::Int(
            number
                .checked_neg()
                .ok_or_else(|| out_of_range(Type::Int4))?,
        ),
        Value::BigInt(number) => Value::BigInt(
            number
                .checked_neg()
                .ok_or_else(|| out_of_range(Type::Int8))?,
        ),
        Value::Numeric(number) => Value::Numeric(number.neg()),
        other => other,
    })
}

/// The sum, difference, product, quotient or remainder of two numbers of one type; two texts joined.
pub(super) fn arithmetic(op: BinaryOp, left: Value, right: Value) -> Result<Value, SqlError> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => {
            let result = whole(op, i64::from(left), i64::from(right))?;
            let result = result.and_then(|result| i32::try_from(result).ok());
            result
                .map(Value::Int)
                .ok_or_else(|| out_of_range(Type::Int4))
        }
        (Value::Numeric(left), Value::Numeric(right)) => {
            let result = match op {
                BinaryOp::Plus => left.add(&right),
                BinaryOp::Minus => left.sub(&right),
                BinaryOp::Multiply => left.mul(&right),
                BinaryOp::Divide => left.div(&right),
                _ => left.rem(&right),
            };
            result.map(Value::Numeric)
        }
        (Value::Text(left), Value::Text(right)) => {
            Ok(Value::Text([&*left, &*right].concat().into()))
        }
        (left, right) => match (left.as_integer(), right.as_integer()) {
            (Some(left), Some(right)) => whole(op, left, right)?
                .map(Value::BigInt)
                .ok_or_else(|| out_of_range(Type::Int8)),
            _ => Ok(Value::Null),
        },
    }
}

/// `None`: out of the range of 64 bits.
fn whole(op: BinaryOp, left: i64, right: i64) -> Result<Option<i64>, SqlError> {
    if right == 0 && matches!(op, BinaryOp::Divide | BinaryOp::Modulo) {
        return Err(SqlError::new(
            SqlState::DIVISION_BY_ZERO,
            "division by zero",
        ));
    }
    Ok(match op {
        BinaryOp::Plus => left.checked_add(right),
        BinaryOp::Minus => left.checked_sub(right),
        BinaryOp::Multiply => left.checked_mul(right),
        BinaryOp::Divide => left.checked_div(right),
        // The smallest number by -1 leaves nothing over, though the quotient does not fit.
        _ => Some(left.wrapping_rem(right)),
    })
}

fn call(
    function: Function,
    args: &[Bound],
    value: &dyn Fn(&Bound) -> Result<Value, SqlError>,
    context: &EvalContext,
) -> Result<Value, SqlError> {
    match function {
        Function::Now => return Ok(Value::Timestamp(context.now)),
        Function::Coalesce => {
            for arg in args {
                let found = value(arg)?;
                if !found.is_null() {
                    return Ok(found);
                }
            }
            return Ok(Value::Null);
        }
        _ => {}
    }
    let values: Vec<Value> = args.iter().map(value).collect::<Result<_, _>>()?;
    match (function, values.as_slice()) {
        (Function::NullIf, [left, right]) => {
            let same =
                !left.is_null() && !right.is_null() && left.sql_cmp(right) == Ordering::Equal;
            Ok(if same { Value::Null } else { left.clone() })
        }
        (Function::Greatest | Function::Least, values) => {
            let known = values.iter().filter(|value| !value.is_null());
            let found = if function == Function::Greatest {
                known.max_by(|left, right| left.sql_cmp(right))
            } else {
                known.min_by(|left, right| left.sql_cmp(right))
            };
            Ok(found.cloned().unwrap_or(Value::Null))
        }
        (_, values) if values.iter().any(Value::is_null) => Ok(Value::Null),
        (Function::Abs, [Value::Numeric(number)]) => Ok(Value::Numeric(number.abs())),
        (Function::Abs, [number]) if number.as_integer().is_some_and(|number| number < 0) => {
            negate(number.clone())
        }
        (Function::Abs, [number]) => Ok(number.clone()),
        (Function::Mod, [left, right]) => arithmetic(BinaryOp::Modulo, left.clone(), right.clone()),
        (Function::Lower, [Value::Text(text)]) => Ok(Value::Text(text.to_lowercase().into())),
        (Function::Upper, [Value::Text(text)]) => Ok(Value::Text(text.to_uppercase().into())),
        (Function::Length, [Value::Text(text)]) => Ok(Value::Int(text.chars().count() as i32)),
        (Function::Round, [Value::Numeric(number)]) => number.round(0).map(Value::Numeric),
        (Function::Round, [Value::Numeric(number), Value::Int(places)]) => {
            number.round(*places).map(Value::Numeric)
        }
        (Function::Floor, [Value::Numeric(number)]) => number.floor().map(Value::Numeric),
        (Function::Ceil, [Value::Numeric(number)]) => number.ceil().map(Value::Numeric),
        _ => Ok(Value::Null),
    }
}
