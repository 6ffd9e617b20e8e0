//! From bound expression to value.

use super::Bound;
use crate::db::{SqlError, Timestamp, Value};

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
pub fn eval(_expr: &Bound, _row: &[Value], _context: &EvalContext) -> Result<Value, SqlError> {
    todo!()
}

/// Whether a condition holds on a row: NULL does not.
///
/// # Errors
/// As [`eval`].
pub fn is_true(condition: &Bound, row: &[Value], context: &EvalContext) -> Result<bool, SqlError> {
    Ok(eval(condition, row, context)? == Value::Boolean(true))
}
