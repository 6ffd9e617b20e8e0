//! Aggregates (manual, section 9.21).
//!
//! | name               | argument         | result                                    | of no rows |
//! |--------------------|------------------|-------------------------------------------|------------|
//! | `count`            | `*`, anything    | bigint                                    | 0          |
//! | `sum`              | number           | bigint of integer, numeric of the others  | NULL       |
//! | `avg`              | number           | numeric                                   | NULL       |
//! | `min`, `max`       | number, text, timestamp | the same                           | NULL       |
//! | `bool_and`, `bool_or`, `every` | boolean | boolean                                | NULL       |
//!
//! All but `count(*)` pass over NULLs.

use super::bind::Binder;
use super::coerce::implicit;
use super::function::{does_not_exist, not_unique};
use super::{Bound, Env, Node, evaluate};
use crate::db::error::Stop;
use crate::db::types::out_of_range;
use crate::db::{Numeric, SqlError, SqlState, Type, Value};
use crate::sql::ast::{Call, CallArgs, Expr};
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

/// The aggregate of a name.
pub(super) fn named(name: &str) -> Option<AggregateFunction> {
    Some(match name {
        "count" => AggregateFunction::Count,
        "sum" => AggregateFunction::Sum,
        "avg" => AggregateFunction::Avg,
        "min" => AggregateFunction::Min,
        "max" => AggregateFunction::Max,
        "bool_and" | "every" => AggregateFunction::BoolAnd,
        "bool_or" => AggregateFunction::BoolOr,
        _ => return None,
    })
}

impl AggregateFunction {
    /// The type of the result for an argument of some type; `None` when there is no such aggregate.
    fn result(self, argument: Type) -> Option<Type> {
        match (self, argument) {
            (Self::Count, _) => Some(Type::Int8),
            (Self::Sum, Type::Int4) => Some(Type::Int8),
            (Self::Sum | Self::Avg, ty) if ty.is_number() => Some(Type::Numeric),
            (Self::Min | Self::Max, ty) if ty.is_text() || ty == Type::Unknown => Some(Type::Text),
            (Self::Min | Self::Max, Type::Timestamp) => Some(Type::Timestamp),
            (Self::Min | Self::Max, ty) if ty.is_number() => Some(ty),
            (Self::BoolAnd | Self::BoolOr, Type::Bool | Type::Unknown) => Some(Type::Bool),
            _ => None,
        }
    }
}

impl Binder<'_> {
    /// Binds a call of an aggregate, and notes the aggregate; equal ones are computed once.
    pub(super) fn aggregate(&mut self, call: &Call) -> Result<Bound, SqlError> {
        let name = call.name.name.as_str();
        let grouping = |message: String| {
            Err(SqlError::new(SqlState::GROUPING_ERROR, message).at(call.name.span))
        };
        let function = named(name).unwrap_or(AggregateFunction::Count);
        let (args, distinct): (&[Expr], _) = match &call.args {
            CallArgs::Star => (&[], false),
            CallArgs::List(args) => (args, false),
            CallArgs::Distinct(args) => (args, true),
        };
        let was_inside = std::mem::replace(&mut self.in_aggregate, true);
        let argument = self.aggregate_argument(function, call, args);
        self.in_aggregate = was_inside;
        let (argument, ty) = argument?;
        if was_inside {
            return grouping("aggregate function calls cannot be nested".to_owned());
        }
        if !self.clause.takes_aggregates() {
            let clause = self.clause.name();
            return grouping(format!("aggregate functions are not allowed in {clause}"));
        }
        let aggregate = Aggregate {
            function,
            argument,
            distinct,
            ty,
        };
        let place = match self.aggregates.iter().position(|other| *other == aggregate) {
            Some(place) => place,
            None => {
                self.aggregates.push(aggregate);
                self.aggregates.len() - 1
            }
        };
        let place = self.scope.columns.len() + place;
        Ok(Bound::new(Node::AggregateRef(place), ty))
    }

    fn aggregate_argument(
        &mut self,
        function: AggregateFunction,
        call: &Call,
        args: &[Expr],
    ) -> Result<(Option<Bound>, Type), SqlError> {
        let name = call.name.name.as_str();
        let operands: Vec<Bound> = args
            .iter()
            .map(|arg| self.bind(arg))
            .collect::<Result<_, _>>()?;
        let types: Vec<Type> = operands.iter().map(|bound| bound.ty).collect();
        if function == AggregateFunction::Count && args.is_empty() {
            if call.args == CallArgs::Star {
                return Ok((None, Type::Int8));
            }
            let message = "count(*) must be used to call a parameterless aggregate function";
            let error = SqlError::new(SqlState::WRONG_OBJECT_TYPE, message);
            return Err(error.at(call.name.span));
        }
        if let ([Type::Unknown], AggregateFunction::Sum | AggregateFunction::Avg) =
            (&types[..], function)
        {
            return Err(not_unique(name, call));
        }
        let (Some(ty), Some(operand), [arg]) = (
            types.first().and_then(|ty| function.result(*ty)),
            operands.into_iter().next(),
            args,
        ) else {
            return Err(does_not_exist(name, &types, call));
        };
        let wanted = match operand.ty {
            Type::Unknown if ty == Type::Bool => Type::Bool,
            Type::Unknown => Type::Text,
            known => known,
        };
        Ok((Some(implicit(operand, wanted, arg)?), ty))
    }
}

/// An aggregate under way: feed it with rows, then ask for the result.
#[derive(Clone, Debug)]
pub struct Accumulator {
    aggregate: Aggregate,
    count: i64,
    /// The sum, the extreme or the truth so far; `None` before the first value.
    value: Option<Value>,
    /// With DISTINCT, the values met, in order.
    met: Vec<Value>,
}

impl Accumulator {
    /// Before the first row.
    #[must_use]
    pub fn new(aggregate: &Aggregate) -> Self {
        Self {
            aggregate: aggregate.clone(),
            count: 0,
            value: None,
            met: Vec::new(),
        }
    }

    /// Takes one row of the scope in.
    ///
    /// # Errors
    /// What evaluating the argument gives; 22003 when a sum does not fit.
    pub fn update(&mut self, row: &[Value], env: &mut dyn Env) -> Result<(), Stop> {
        let Some(argument) = &self.aggregate.argument else {
            self.count += 1;
            return Ok(());
        };
        let value = evaluate(argument, row, env)?;
        if value.is_null() {
            return Ok(());
        }
        if self.aggregate.distinct {
            match self.met.binary_search_by(|met| met.sql_cmp(&value)) {
                Ok(_) => return Ok(()),
                Err(place) => self.met.insert(place, value.clone()),
            }
        }
        self.count += 1;
        self.value = Some(match (self.aggregate.function, self.value.take()) {
            (AggregateFunction::Count, _) => return Ok(()),
            (AggregateFunction::Sum | AggregateFunction::Avg, sum) => {
                add(sum, value, self.aggregate.ty)?
            }
            (_, None) => value,
            (AggregateFunction::Min, Some(least)) => pick(least, value, Ordering::Less),
            (AggregateFunction::Max, Some(most)) => pick(most, value, Ordering::Greater),
            (AggregateFunction::BoolAnd, Some(so_far)) => pick(so_far, value, Ordering::Less),
            (AggregateFunction::BoolOr, Some(so_far)) => pick(so_far, value, Ordering::Greater),
        });
        Ok(())
    }

    /// The result.
    ///
    /// # Errors
    /// 22003 when it is out of range.
    pub fn finish(self) -> Result<Value, SqlError> {
        match (self.aggregate.function, self.value) {
            (AggregateFunction::Count, _) => Ok(Value::BigInt(self.count)),
            (AggregateFunction::Avg, Some(Value::Numeric(sum))) => {
                sum.div(&Numeric::from(self.count)).map(Value::Numeric)
            }
            (_, Some(value)) => Ok(value),
            (_, None) => Ok(Value::Null),
        }
    }
}

/// The sum so far and one more value, in the type of the result.
fn add(sum: Option<Value>, value: Value, ty: Type) -> Result<Value, SqlError> {
    let value = match value {
        Value::Int(value) if ty == Type::Int8 => Value::BigInt(i64::from(value)),
        Value::Int(value) => Value::Numeric(value.into()),
        Value::BigInt(value) => Value::Numeric(value.into()),
        other => other,
    };
    match (sum, value) {
        (None, value) => Ok(value),
        (Some(Value::BigInt(sum)), Value::BigInt(value)) => sum
            .checked_add(value)
            .map(Value::BigInt)
            .ok_or_else(|| out_of_range(Type::Int8)),
        (Some(Value::Numeric(sum)), Value::Numeric(value)) => sum.add(&value).map(Value::Numeric),
        (Some(sum), _) => Ok(sum),
    }
}

/// The value that stands in such an order to the other; of equals the later one, as PostgreSQL does it.
fn pick(one: Value, other: Value, order: Ordering) -> Value {
    if one.sql_cmp(&other) == order {
        one
    } else {
        other
    }
}
