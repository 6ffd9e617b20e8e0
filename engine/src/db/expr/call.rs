//! Calls: functions and aggregates, chosen by name and types.

use super::bind::{Binder, Mode, alike, resolved, same_type, settled};
use super::{Aggregate, AggregateFunction, Bound, Function, Node};
use crate::db::{SqlError, SqlState, Type, Value};
use crate::sql::ast::{BinaryOp, Call, CallArgs};

/// The aggregate of this name.
pub(super) fn aggregate_named(name: &str) -> Option<AggregateFunction> {
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

impl Binder<'_> {
    pub(super) fn call(&mut self, call: &Call) -> Result<Bound, SqlError> {
        if let Some(function) = aggregate_named(&call.name.name) {
            return self.aggregate(function, call);
        }
        if !matches!(call.args, CallArgs::List(_)) {
            let message = format!(
                "{}(*) and DISTINCT are for aggregates, which it is not",
                call.name.name
            );
            return Err(SqlError::new(SqlState("42809"), message).at(call.name.span));
        }
        let args = self.arguments(&call.args)?;
        let name = call.name.name.as_str();
        let types: Vec<Type> = args.iter().map(|arg| arg.ty).collect();
        let known = match (name, args.len()) {
            ("coalesce", 1..) => variadic(Function::Coalesce, args, "COALESCE")?,
            ("greatest", 1..) => variadic(Function::Greatest, args, "GREATEST")?,
            ("least", 1..) => variadic(Function::Least, args, "LEAST")?,
            ("nullif", 2) => {
                let (left, right) = pair(args, BinaryOp::Eq)?;
                let ty = left.ty;
                Some(Bound {
                    node: Node::Call(Function::NullIf, vec![left, right]),
                    ty,
                })
            }
            ("mod", 2) if numbers(&types) => {
                let (left, right) = pair(args, BinaryOp::Modulo)?;
                let ty = left.ty;
                Some(Bound {
                    node: Node::Call(Function::Mod, vec![left, right]),
                    ty,
                })
            }
            ("now" | "current_timestamp", 0) => Some(Bound {
                node: Node::Call(Function::Now, args),
                ty: Type::Timestamp,
            }),
            ("abs", 1) if numbers(&types) => Some(Bound {
                node: Node::Call(Function::Abs, args),
                ty: types[0],
            }),
            ("round" | "floor" | "ceil" | "ceiling", 1) if numbers(&types) => {
                let function = match name {
                    "round" => Function::Round,
                    "floor" => Function::Floor,
                    _ => Function::Ceil,
                };
                let args = args
                    .into_iter()
                    .map(|arg| resolved(arg, Type::Numeric))
                    .collect::<Result<_, _>>()?;
                Some(Bound {
                    node: Node::Call(function, args),
                    ty: Type::Numeric,
                })
            }
            ("round", 2) if numbers(&types) && types[1] == Type::Int4 => {
                let mut args = args;
                args[0] = resolved(args[0].clone(), Type::Numeric)?;
                Some(Bound {
                    node: Node::Call(Function::Round, args),
                    ty: Type::Numeric,
                })
            }
            ("lower" | "upper" | "length", 1)
                if types[0].is_text() || types[0] == Type::Unknown =>
            {
                let (function, ty) = match name {
                    "lower" => (Function::Lower, Type::Text),
                    "upper" => (Function::Upper, Type::Text),
                    _ => (Function::Length, Type::Int4),
                };
                let args = args
                    .into_iter()
                    .map(|arg| resolved(arg, Type::Text))
                    .collect::<Result<_, _>>()?;
                Some(Bound {
                    node: Node::Call(function, args),
                    ty,
                })
            }
            _ => None,
        };
        known.ok_or_else(|| no_function(call, &types))
    }

    fn aggregate(&mut self, function: AggregateFunction, call: &Call) -> Result<Bound, SqlError> {
        let grouping = |message: String| {
            Err(SqlError::new(SqlState::GROUPING_ERROR, message).at(call.name.span))
        };
        match self.mode {
            Mode::Plain => {
                return grouping(format!(
                    "aggregate functions are not allowed in {}",
                    self.clause.name()
                ));
            }
            Mode::Argument => {
                return grouping("aggregate function calls cannot be nested".to_owned());
            }
            Mode::Aggregated(_) => {}
        }
        let mut inside = Binder {
            scope: self.scope,
            clause: self.clause,
            mode: Mode::Argument,
        };
        let args = inside.arguments(&call.args)?;
        let types: Vec<Type> = args.iter().map(|arg| arg.ty).collect();
        let (argument, ty) = match (function, args.as_slice()) {
            (AggregateFunction::Count, []) if call.args == CallArgs::Star => (None, Type::Int8),
            (AggregateFunction::Count, [argument]) => (Some(argument), Type::Int8),
            (AggregateFunction::Sum, [argument]) if numbers(&types) => (
                Some(argument),
                if types[0] == Type::Int4 {
                    Type::Int8
                } else {
                    Type::Numeric
                },
            ),
            (AggregateFunction::Avg, [argument]) if numbers(&types) => {
                (Some(argument), Type::Numeric)
            }
            (AggregateFunction::Min | AggregateFunction::Max, [argument])
                if types[0] != Type::Bool =>
            {
                (
                    Some(argument),
                    if types[0] == Type::Unknown {
                        Type::Text
                    } else {
                        types[0]
                    },
                )
            }
            (AggregateFunction::BoolAnd | AggregateFunction::BoolOr, [argument])
                if types[0] == Type::Bool =>
            {
                (Some(argument), Type::Bool)
            }
            _ => return Err(no_function(call, &types)),
        };
        let argument = argument.cloned().map(settled).transpose()?;
        let distinct = matches!(call.args, CallArgs::Distinct(_));
        let Mode::Aggregated(aggregates) = &mut self.mode else {
            return Ok(Bound {
                node: Node::Const(Value::Null),
                ty,
            });
        };
        aggregates.push(Aggregate {
            function,
            argument,
            distinct,
            ty,
        });
        Ok(Bound {
            node: Node::AggregateRef(aggregates.len() - 1),
            ty,
        })
    }
}

fn numbers(types: &[Type]) -> bool {
    types.iter().all(|ty| ty.number_rank().is_some())
}

fn pair(args: Vec<Bound>, op: BinaryOp) -> Result<(Bound, Bound), SqlError> {
    let mut args = args.into_iter();
    let null = || Bound {
        node: Node::Const(Value::Null),
        ty: Type::Unknown,
    };
    alike(
        op,
        args.next().unwrap_or_else(null),
        args.next().unwrap_or_else(null),
    )
}

fn variadic(function: Function, args: Vec<Bound>, what: &str) -> Result<Option<Bound>, SqlError> {
    let args = same_type(args, what)?;
    let ty = args[0].ty;
    Ok(Some(Bound {
        node: Node::Call(function, args),
        ty,
    }))
}

fn no_function(call: &Call, types: &[Type]) -> SqlError {
    let types: Vec<&str> = types.iter().map(|ty| ty.name()).collect();
    let args = if call.args == CallArgs::Star {
        "*".to_owned()
    } else {
        types.join(", ")
    };
    let message = format!("function {}({args}) does not exist", call.name.name);
    SqlError::new(SqlState::UNDEFINED_FUNCTION, message)
        .with_hint("No function matches the given name and argument types. You might need to add explicit type casts.")
        .at(call.name.span)
}
