//! From bound expression to value.
//!
//! Three-valued logic (manual, section 9.1): NULL is not knowing, and an operator on NULL gives NULL, except that
//! `false AND NULL` is false and `true OR NULL` is true.

use super::{Bound, Comparison, Env, EvalContext, Function, Node, Sense};
use crate::db::error::Stop;
use crate::db::types::{cast, out_of_range};
use crate::db::{SqlError, SqlState, Type, Value};
use std::cmp::Ordering;
use std::sync::Arc;

/// The value of an expression that asks no queries, on a row of its scope.
///
/// # Errors
/// 22003 out of range, 22012 division by zero, 22P02 a text that is not of the type it is cast to.
pub fn eval(expr: &Bound, row: &[Value], context: &EvalContext) -> Result<Value, SqlError> {
    evaluate(expr, row, &mut context.clone()).map_err(Stop::into_error)
}

/// The value of an expression on a row of its scope.
///
/// # Errors
/// As [`eval`]; what a query or a function in it fails with or waits for.
pub fn evaluate(expr: &Bound, row: &[Value], env: &mut dyn Env) -> Result<Value, Stop> {
    match &expr.node {
        Node::Const(value) => Ok(value.clone()),
        Node::Column(place) | Node::AggregateRef(place) => {
            row.get(*place).cloned().ok_or_else(|| misfit().into())
        }
        Node::Outer(depth, place) => env.outer(*depth, *place).ok_or_else(|| misfit().into()),
        Node::Subquery(subquery) => super::subquery::evaluate_subquery(subquery, row, env),
        Node::Volatile(function, operands) => {
            let values = all(operands, row, env)?;
            env.call(*function, values)
        }
        Node::And(left, right) => connect(left, right, false, row, env),
        Node::Or(left, right) => connect(left, right, true, row, env),
        Node::Case {
            branches,
            otherwise,
        } => {
            for (condition, value) in branches {
                if holds(condition, row, env)? {
                    return evaluate(value, row, env);
                }
            }
            evaluate(otherwise, row, env)
        }
        Node::Coalesce(values) => {
            for value in values {
                let value = evaluate(value, row, env)?;
                if !value.is_null() {
                    return Ok(value);
                }
            }
            Ok(Value::Null)
        }
        Node::Cast(operand, ty, why) => Ok(cast(evaluate(operand, row, env)?, *ty, *why)?),
        Node::Apply(Function::Now, _) => Ok(Value::Timestamp(env.now())),
        Node::Apply(function, operands) => Ok(match &operands[..] {
            [operand] => one(*function, evaluate(operand, row, env)?)?,
            [left, right] => two(
                *function,
                evaluate(left, row, env)?,
                evaluate(right, row, env)?,
            )?,
            _ => many(*function, all(operands, row, env)?)?,
        }),
    }
}

pub(super) fn all(
    operands: &[Bound],
    row: &[Value],
    env: &mut dyn Env,
) -> Result<Vec<Value>, Stop> {
    operands
        .iter()
        .map(|operand| evaluate(operand, row, env))
        .collect()
}

/// Whether a condition that asks no queries holds on a row: NULL does not.
///
/// # Errors
/// As [`eval`].
pub fn is_true(condition: &Bound, row: &[Value], context: &EvalContext) -> Result<bool, SqlError> {
    Ok(eval(condition, row, context)? == Value::Boolean(true))
}

/// Whether a condition holds on a row: NULL does not.
///
/// # Errors
/// As [`evaluate`].
pub fn holds(condition: &Bound, row: &[Value], env: &mut dyn Env) -> Result<bool, Stop> {
    Ok(evaluate(condition, row, env)? == Value::Boolean(true))
}

/// A row or a value that is not what the expression was bound for.
fn misfit() -> SqlError {
    SqlError::new(SqlState::INTERNAL, "the row does not fit the expression")
}

/// `AND` is decided by one false, `OR` by one true: `stop`.
fn connect(
    left: &Bound,
    right: &Bound,
    stop: bool,
    row: &[Value],
    env: &mut dyn Env,
) -> Result<Value, Stop> {
    let left = evaluate(left, row, env)?;
    if left == Value::Boolean(stop) {
        return Ok(left);
    }
    let right = evaluate(right, row, env)?;
    if right == Value::Boolean(stop) {
        return Ok(right);
    }
    Ok(if left.is_null() { left } else { right })
}

fn one(function: Function, value: Value) -> Result<Value, SqlError> {
    if value.is_null() && function.is_strict() {
        return Ok(Value::Null);
    }
    Ok(match (function, value) {
        (Function::IsNull(sense), value) => Value::Boolean(sense.answer(value.is_null())),
        (Function::IsTruth(truth, sense), value) => {
            let asked = truth.map_or(Value::Null, Value::Boolean);
            Value::Boolean(sense.answer(value == asked))
        }
        (Function::Not, Value::Boolean(value)) => Value::Boolean(!value),
        (Function::Negate, Value::Int(value)) => int(value.checked_neg())?,
        (Function::Negate, Value::BigInt(value)) => bigint(value.checked_neg())?,
        (Function::Negate, Value::Numeric(value)) => Value::Numeric(value.neg()),
        (Function::Abs, Value::Int(value)) => int(value.checked_abs())?,
        (Function::Abs, Value::BigInt(value)) => bigint(value.checked_abs())?,
        (Function::Abs, Value::Numeric(value)) => Value::Numeric(value.abs()),
        (Function::Round, Value::Numeric(value)) => Value::Numeric(value.round(0)?),
        (Function::Trunc, Value::Numeric(value)) => Value::Numeric(value.trunc(0)?),
        (Function::Floor, Value::Numeric(value)) => Value::Numeric(value.floor()?),
        (Function::Ceil, Value::Numeric(value)) => Value::Numeric(value.ceil()?),
        (Function::Lower, Value::Text(text)) => Value::from(text.to_ascii_lowercase().as_str()),
        (Function::Upper, Value::Text(text)) => Value::from(text.to_ascii_uppercase().as_str()),
        (Function::Length, Value::Text(text)) => int(i32::try_from(text.chars().count()).ok())?,
        (Function::TrimLeft, Value::Text(text)) => Value::from(text.trim_start_matches(' ')),
        (Function::TrimRight, Value::Text(text)) => Value::from(text.trim_end_matches(' ')),
        (Function::Trim, Value::Text(text)) => Value::from(text.trim_matches(' ')),
        (Function::Sign, Value::Numeric(value)) => {
            let zero = crate::db::Numeric::from(0);
            let sign = match value.sql_cmp(&zero) {
                Ordering::Less => -1,
                Ordering::Equal => 0,
                Ordering::Greater => 1,
            };
            Value::Numeric(sign.into())
        }
        (function, value) => return many(function, vec![value]),
    })
}

fn two(function: Function, left: Value, right: Value) -> Result<Value, SqlError> {
    if function.is_strict() && (left.is_null() || right.is_null()) {
        return Ok(Value::Null);
    }
    match function {
        Function::Compare(comparison) => Ok(Value::Boolean(comparison.holds(left.sql_cmp(&right)))),
        Function::IsDistinct(sense) => {
            let same = left.sql_cmp(&right) == Ordering::Equal;
            Ok(Value::Boolean(sense.answer(!same)))
        }
        Function::NullIf => {
            let same = !left.is_null() && left.sql_cmp(&right) == Ordering::Equal;
            Ok(if same { Value::Null } else { left })
        }
        Function::Concat => match (left, right) {
            (Value::Text(left), Value::Text(right)) => {
                Ok(Value::Text(Arc::from(format!("{left}{right}"))))
            }
            _ => Err(misfit()),
        },
        Function::In(_)
        | Function::Greatest
        | Function::Least
        | Function::ConcatAll
        | Function::Like(_)
        | Function::Substring
        | Function::Position
        | Function::Left
        | Function::Right
        | Function::Repeat
        | Function::PadLeft
        | Function::PadRight => many(function, vec![left, right]),
        _ => arithmetic(function, left, right),
    }
}

fn arithmetic(function: Function, left: Value, right: Value) -> Result<Value, SqlError> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => int(match function {
            Function::Add => left.checked_add(right),
            Function::Subtract => left.checked_sub(right),
            Function::Multiply => left.checked_mul(right),
            Function::Divide | Function::Modulo if right == 0 => return Err(division_by_zero()),
            Function::Divide => left.checked_div(right),
            Function::Modulo => Some(left.wrapping_rem(right)),
            _ => return Err(misfit()),
        }),
        (Value::BigInt(left), Value::BigInt(right)) => bigint(match function {
            Function::Add => left.checked_add(right),
            Function::Subtract => left.checked_sub(right),
            Function::Multiply => left.checked_mul(right),
            Function::Divide | Function::Modulo if right == 0 => return Err(division_by_zero()),
            Function::Divide => left.checked_div(right),
            Function::Modulo => Some(left.wrapping_rem(right)),
            _ => return Err(misfit()),
        }),
        (Value::Numeric(left), Value::Numeric(right)) => match function {
            Function::Add => left.add(&right),
            Function::Subtract => left.sub(&right),
            Function::Multiply => left.mul(&right),
            Function::Divide => left.div(&right),
            Function::Modulo => left.rem(&right),
            _ => return Err(misfit()),
        }
        .map(Value::Numeric),
        (Value::Date(date), Value::Int(days)) => Ok(Value::Date(match function {
            Function::Subtract => date.plus_days(days.saturating_neg()),
            _ => date.plus_days(days),
        })),
        (Value::Date(left), Value::Date(right)) => Ok(Value::Int(left.days_since(right))),
        (Value::Numeric(left), Value::Int(places)) => match function {
            Function::Round => left.round(places),
            Function::Trunc => left.trunc(places),
            _ => return Err(misfit()),
        }
        .map(Value::Numeric),
        _ => Err(misfit()),
    }
}

/// Functions of any number of values, none of them strict.
fn many(function: Function, values: Vec<Value>) -> Result<Value, SqlError> {
    match function {
        Function::In(sense) => Ok(is_in(&values, sense)),
        Function::Greatest | Function::Least => {
            let known = values.into_iter().filter(|value| !value.is_null());
            let found = match function {
                // The first of equals, as PostgreSQL does it.
                Function::Greatest => known.reduce(|most, value| match value.sql_cmp(&most) {
                    Ordering::Greater => value,
                    _ => most,
                }),
                _ => known.reduce(|least, value| match value.sql_cmp(&least) {
                    Ordering::Less => value,
                    _ => least,
                }),
            };
            Ok(found.unwrap_or(Value::Null))
        }
        Function::ConcatAll => {
            let texts: Vec<String> = values.iter().filter_map(Value::to_text).collect();
            Ok(Value::from(texts.concat().as_str()))
        }
        _ if values.iter().any(Value::is_null) => Ok(Value::Null),
        _ => super::text::apply(function, &values).ok_or_else(misfit),
    }
}

/// Whether the first value is among the others; unknown when it is not but something there is NULL.
fn is_in(values: &[Value], sense: Sense) -> Value {
    let Some((value, list)) = values.split_first() else {
        return Value::Null;
    };
    if value.is_null() {
        return Value::Null;
    }
    let found = list
        .iter()
        .any(|item| !item.is_null() && item.sql_cmp(value) == Ordering::Equal);
    if !found && list.iter().any(Value::is_null) {
        return Value::Null;
    }
    Value::Boolean(sense.answer(found))
}

impl Comparison {
    pub(super) fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Eq => order == Ordering::Equal,
            Self::NotEq => order != Ordering::Equal,
            Self::Lt => order == Ordering::Less,
            Self::LtEq => order != Ordering::Greater,
            Self::Gt => order == Ordering::Greater,
            Self::GtEq => order != Ordering::Less,
        }
    }
}

fn int(value: Option<i32>) -> Result<Value, SqlError> {
    value
        .map(Value::Int)
        .ok_or_else(|| out_of_range(Type::Int4))
}

fn bigint(value: Option<i64>) -> Result<Value, SqlError> {
    value
        .map(Value::BigInt)
        .ok_or_else(|| out_of_range(Type::Int8))
}

fn division_by_zero() -> SqlError {
    SqlError::new(SqlState::DIVISION_BY_ZERO, "division by zero")
}
