//! Aggregates (manual, section 9.21).

use super::{Bound, EvalContext, eval};
use crate::db::{Numeric, SqlError, SqlState, Type, Value};
use std::cmp::Ordering;

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
pub struct Accumulator {
    aggregate: Aggregate,
    /// The inputs so far, where equal ones count once.
    seen: Vec<Value>,
    count: i64,
    total: Numeric,
    /// The smallest or largest, or what the truths come to.
    best: Value,
}

impl Accumulator {
    /// Before the first row.
    #[must_use]
    pub fn new(aggregate: &Aggregate) -> Self {
        Self {
            aggregate: aggregate.clone(),
            seen: Vec::new(),
            count: 0,
            total: Numeric::from(0),
            best: Value::Null,
        }
    }

    /// Takes one row of the scope in.
    ///
    /// # Errors
    /// What evaluating the argument gives.
    pub fn update(&mut self, row: &[Value], context: &EvalContext) -> Result<(), SqlError> {
        let Some(argument) = &self.aggregate.argument else {
            self.count += 1;
            return Ok(());
        };
        let value = eval(argument, row, context)?;
        if value.is_null() {
            return Ok(());
        }
        if self.aggregate.distinct {
            if self
                .seen
                .iter()
                .any(|seen| seen.sql_cmp(&value) == Ordering::Equal)
            {
                return Ok(());
            }
            self.seen.push(value.clone());
        }
        self.count += 1;
        let replaces =
            |better: Ordering| self.best.is_null() || value.sql_cmp(&self.best) == better;
        match self.aggregate.function {
            AggregateFunction::Count => {}
            AggregateFunction::Sum | AggregateFunction::Avg => {
                self.total = self
                    .total
                    .add(&value.as_numeric().unwrap_or(Numeric::from(0)))?;
            }
            AggregateFunction::Min | AggregateFunction::BoolAnd if replaces(Ordering::Less) => {
                self.best = value
            }
            AggregateFunction::Max | AggregateFunction::BoolOr if replaces(Ordering::Greater) => {
                self.best = value
            }
            _ => {}
        }
        Ok(())
    }

    /// The result.
    ///
    /// # Errors
    /// 22003 when it is out of range.
    pub fn finish(self) -> Result<Value, SqlError> {
        Ok(match self.aggregate.function {
            AggregateFunction::Count => Value::BigInt(self.count),
            AggregateFunction::Sum | AggregateFunction::Avg if self.count == 0 => Value::Null,
            AggregateFunction::Sum if self.aggregate.ty == Type::Int8 => {
                let out_of_range =
                    || SqlError::new(SqlState::NUMERIC_OUT_OF_RANGE, "bigint out of range");
                Value::BigInt(self.total.to_i64().ok_or_else(out_of_range)?)
            }
            AggregateFunction::Sum => Value::Numeric(self.total),
            AggregateFunction::Avg => Value::Numeric(self.total.div(&Numeric::from(self.count))?),
            _ => self.best,
        })
    }
}
