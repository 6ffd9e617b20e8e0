//! Aggregates (manual, section 9.21).

use super::{Bound, EvalContext};
use crate::db::{SqlError, Type, Value};

/// An aggregate call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Aggregate {
    /// Which function.
    pub function: AggregateFunction,
    /// What it is fed with; `None` for `count(*)`.
    pub argument: Option<Bound>,
    /// Whether equal inputs count once.
    pub distinct: bool,
    /// The type of the result.
    pub ty: Type,
}

/// The aggregates there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AggregateFunction {
    /// `count`
    Count,
    /// `sum`
    Sum,
    /// `avg`
    Avg,
    /// `min`
    Min,
    /// `max`
    Max,
    /// `bool_and`, `every`
    BoolAnd,
    /// `bool_or`
    BoolOr,
}

/// An aggregate under way.
#[derive(Clone, Debug)]
pub struct Accumulator {}

impl Accumulator {
    /// Before the first row.
    #[must_use]
    pub fn new(_aggregate: &Aggregate) -> Self {
        todo!()
    }

    /// Takes one row of the scope in.
    ///
    /// # Errors
    /// What evaluating the argument gives.
    pub fn update(&mut self, _row: &[Value], _context: &EvalContext) -> Result<(), SqlError> {
        todo!()
    }

    /// The result.
    ///
    /// # Errors
    /// 22003 when it is out of range.
    pub fn finish(self) -> Result<Value, SqlError> {
        todo!()
    }
}
