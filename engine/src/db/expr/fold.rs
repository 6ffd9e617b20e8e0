//! Constant parts of expressions, computed once (`eval_const_expressions` in PostgreSQL's planner).
//!
//! It saves work, and it is visible: `WHERE false AND 1 / 0 = 1` is no error because `AND` stops at the false, but
//! `CASE WHEN x > 0 THEN x ELSE 1 / 0 END` is one even where no `x` is negative (manual, section 4.2.14).

use super::{Bound, EvalContext, Function, Node, eval};
use crate::db::{SqlError, Type, Value};

/// Computes what does not depend on the row or the clock.
pub(super) fn fold(bound: Bound) -> Result<Bound, SqlError> {
    let ty = bound.ty;
    let node = match bound.node {
        node @ (Node::Const(_)
        | Node::Column(_)
        | Node::Outer(..)
        | Node::AggregateRef(_)
        | Node::Subquery(_)) => node,
        Node::Volatile(function, operands) => {
            let operands = operands.into_iter().map(fold).collect::<Result<_, _>>()?;
            Node::Volatile(function, operands)
        }
        Node::And(left, right) => return connect(*left, *right, false),
        Node::Or(left, right) => return connect(*left, *right, true),
        Node::Case {
            branches,
            otherwise,
        } => return case(branches, *otherwise, ty),
        Node::Coalesce(values) => return coalesce(values, ty),
        Node::Cast(operand, to, why) => {
            let operand = fold(*operand)?;
            let known = operand.as_const().is_some();
            let cast = Bound::new(Node::Cast(Box::new(operand), to, why), ty);
            return if known { compute(cast) } else { Ok(cast) };
        }
        Node::Apply(function, operands) => {
            let operands: Vec<Bound> = operands.into_iter().map(fold).collect::<Result<_, _>>()?;
            let is_null = |operand: &Bound| operand.as_const().is_some_and(Value::is_null);
            if function.is_strict() && operands.iter().any(is_null) {
                return Ok(Bound::constant(Value::Null, ty));
            }
            let known = function != Function::Now
                && operands.iter().all(|operand| operand.as_const().is_some());
            let apply = Bound::apply(function, operands, ty);
            return if known { compute(apply) } else { Ok(apply) };
        }
    };
    Ok(Bound { node, ty })
}

fn compute(bound: Bound) -> Result<Bound, SqlError> {
    let value = eval(&bound, &[], &EvalContext::default())?;
    Ok(Bound::constant(value, bound.ty))
}

/// `AND` stops at false, `OR` at true: `stop`. The other truth value says nothing.
fn connect(left: Bound, right: Bound, stop: bool) -> Result<Bound, SqlError> {
    let left = fold(left)?;
    if left.as_const() == Some(&Value::Boolean(stop)) {
        return Ok(left);
    }
    let right = fold(right)?;
    if left.as_const() == Some(&Value::Boolean(!stop))
        || right.as_const() == Some(&Value::Boolean(stop))
    {
        return Ok(right);
    }
    if right.as_const() == Some(&Value::Boolean(!stop)) {
        return Ok(left);
    }
    let known = left.as_const().is_some() && right.as_const().is_some();
    let both = if stop {
        left.or(right)
    } else {
        left.and(right)
    };
    if known { compute(both) } else { Ok(both) }
}

fn case(branches: Vec<(Bound, Bound)>, otherwise: Bound, ty: Type) -> Result<Bound, SqlError> {
    let mut open = Vec::with_capacity(branches.len());
    for (condition, value) in branches {
        let condition = fold(condition)?;
        match condition.as_const() {
            Some(Value::Boolean(true)) if open.is_empty() => return fold(value),
            Some(Value::Boolean(true)) => {
                let otherwise = Box::new(fold(value)?);
                return Ok(Bound::new(
                    Node::Case {
                        branches: open,
                        otherwise,
                    },
                    ty,
                ));
            }
            Some(_) => {}
            None => open.push((condition, fold(value)?)),
        }
    }
    let otherwise = fold(otherwise)?;
    if open.is_empty() {
        return Ok(otherwise);
    }
    let node = Node::Case {
        branches: open,
        otherwise: Box::new(otherwise),
    };
    Ok(Bound::new(node, ty))
}

fn coalesce(values: Vec<Bound>, ty: Type) -> Result<Bound, SqlError> {
    let mut open = Vec::with_capacity(values.len());
    for value in values {
        let value = fold(value)?;
        match value.as_const() {
            Some(Value::Null) => {}
            Some(_) if open.is_empty() => return Ok(value),
            Some(_) => {
                open.push(value);
                break;
            }
            None => open.push(value),
        }
    }
    if open.is_empty() {
        return Ok(Bound::constant(Value::Null, ty));
    }
    Ok(Bound::new(Node::Coalesce(open), ty))
}
