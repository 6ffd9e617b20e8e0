//! Queries within expressions: `(SELECT ...)`, `EXISTS`, `IN`, `ANY`, `ALL` (manual, sections 4.2.11 and 9.23).

use super::bind::Binder;
use super::coerce::implicit;
use super::{Bound, Comparison, Env, Function, Node, Subquery, SubqueryTest, evaluate};
use crate::db::error::Stop;
use crate::db::plan::Query;
use crate::db::{Row, SqlError, SqlState, Type, Value};
use crate::sql::ast::{BinaryOp, Expr, Quantifier, Select};
use std::cmp::Ordering;

impl Binder<'_> {
    fn query(&mut self, select: &Select) -> Result<Query, SqlError> {
        let Some(binder) = self.scope.queries else {
            let message = match self.clause {
                super::Clause::Check => "cannot use subquery in check constraint",
                super::Clause::Default => "cannot use subquery in DEFAULT expression",
                _ => "cannot use subquery here",
            };
            return Err(SqlError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
        };
        binder.bind(select, Some(self.scope))
    }

    /// `(SELECT ...)`
    pub(super) fn scalar(&mut self, select: &Select) -> Result<Bound, SqlError> {
        let query = self.query(select)?;
        let ty = match query.types()[..] {
            [ty] => ty,
            _ => {
                let message = "subquery must return only one column";
                return Err(SqlError::new(SqlState::SYNTAX_ERROR, message));
            }
        };
        Ok(asked(query, SubqueryTest::Scalar, ty))
    }

    /// `EXISTS (SELECT ...)`
    pub(super) fn exists(&mut self, select: &Select) -> Result<Bound, SqlError> {
        let query = self.query(select)?;
        Ok(asked(query, SubqueryTest::Exists, Type::Bool))
    }

    /// `left [NOT] IN (SELECT ...)`
    pub(super) fn in_query(
        &mut self,
        left: &Expr,
        select: &Select,
        negated: bool,
    ) -> Result<Bound, SqlError> {
        let test = self.quantified(left, Comparison::Eq, Quantifier::Any, select)?;
        Ok(if negated {
            Bound::apply(Function::Not, vec![test], Type::Bool)
        } else {
            test
        })
    }

    /// `left op ANY | ALL (SELECT ...)`
    pub(super) fn quantified(
        &mut self,
        left: &Expr,
        comparison: Comparison,
        quantifier: Quantifier,
        select: &Select,
    ) -> Result<Bound, SqlError> {
        let exprs: &[Expr] = match left {
            Expr::Row(exprs) => exprs,
            single => std::slice::from_ref(single),
        };
        let left: Vec<Bound> = exprs
            .iter()
            .map(|expr| self.bind(expr))
            .collect::<Result<_, _>>()?;
        let query = self.query(select)?;
        let types = query.types();
        if types.len() != left.len() {
            let message = if types.len() > left.len() {
                "subquery has too many columns"
            } else {
                "subquery has too few columns"
            };
            return Err(SqlError::new(SqlState::SYNTAX_ERROR, message));
        }
        let mut operands = Vec::with_capacity(left.len());
        for ((bound, expr), ty) in left.into_iter().zip(exprs).zip(types) {
            let comparable = bound.ty == ty
                || bound.ty == Type::Unknown
                || ty == Type::Unknown
                || (bound.ty.is_number() && ty.is_number())
                || (bound.ty.is_text() && ty.is_text());
            if !comparable {
                let message = format!(
                    "operator does not exist: {} {} {}",
                    bound.ty.name(),
                    comparison.symbol(),
                    ty.name()
                );
                return Err(SqlError::new(SqlState::UNDEFINED_FUNCTION, message));
            }
            let wanted = if bound.ty == Type::Unknown {
                ty
            } else {
                bound.ty
            };
            operands.push(implicit(bound, wanted, expr)?);
        }
        let test = SubqueryTest::Compare {
            left: operands,
            comparison,
            quantifier,
        };
        Ok(asked(query, test, Type::Bool))
    }
}

/// The comparison that an operator is, for `ANY` and `ALL`.
pub(super) fn comparison_of(op: BinaryOp) -> Option<Comparison> {
    Some(match op {
        BinaryOp::Eq => Comparison::Eq,
        BinaryOp::NotEq => Comparison::NotEq,
        BinaryOp::Lt => Comparison::Lt,
        BinaryOp::LtEq => Comparison::LtEq,
        BinaryOp::Gt => Comparison::Gt,
        BinaryOp::GtEq => Comparison::GtEq,
        _ => return None,
    })
}

fn asked(query: Query, test: SubqueryTest, ty: Type) -> Bound {
    Bound::new(Node::Subquery(Box::new(Subquery { query, test })), ty)
}

/// What a query within an expression says on a row.
pub(super) fn evaluate_subquery(
    subquery: &Subquery,
    row: &[Value],
    env: &mut dyn Env,
) -> Result<Value, Stop> {
    match &subquery.test {
        SubqueryTest::Exists => {
            let rows = env.rows(&subquery.query, row, 1)?;
            Ok(Value::Boolean(!rows.is_empty()))
        }
        SubqueryTest::Scalar => {
            let rows = env.rows(&subquery.query, row, 2)?;
            match &rows[..] {
                [] => Ok(Value::Null),
                [one] => Ok(one.first().cloned().unwrap_or(Value::Null)),
                _ => Err(SqlError::new(
                    SqlState::CARDINALITY,
                    "more than one row returned by a subquery used as an expression",
                )
                .into()),
            }
        }
        SubqueryTest::Compare {
            left,
            comparison,
            quantifier,
        } => {
            let mut values = Vec::with_capacity(left.len());
            for operand in left {
                values.push(evaluate(operand, row, env)?);
            }
            let rows = env.rows(&subquery.query, row, usize::MAX)?;
            Ok(quantify(&values, *comparison, *quantifier, &rows))
        }
    }
}

/// Whether values compare so with one or with every row; unknown when NULL leaves it open.
fn quantify(
    values: &[Value],
    comparison: Comparison,
    quantifier: Quantifier,
    rows: &[Row],
) -> Value {
    let decisive = quantifier == Quantifier::Any;
    let mut open = false;
    for row in rows {
        match compare(values, comparison, row) {
            Some(holds) if holds == decisive => return Value::Boolean(decisive),
            Some(_) => {}
            None => open = true,
        }
    }
    if open {
        Value::Null
    } else {
        Value::Boolean(!decisive)
    }
}

/// Rows compare column by column; NULL leaves it open unless another column decides.
fn compare(values: &[Value], comparison: Comparison, row: &[Value]) -> Option<bool> {
    let negated = comparison == Comparison::NotEq;
    if values.len() == 1 || !(negated || comparison == Comparison::Eq) {
        let (left, right) = (values.first()?, row.first()?);
        if left.is_null() || right.is_null() {
            return None;
        }
        return Some(comparison.holds(left.sql_cmp(right)));
    }
    let mut open = false;
    for (left, right) in values.iter().zip(row) {
        if left.is_null() || right.is_null() {
            open = true;
        } else if left.sql_cmp(right) != Ordering::Equal {
            return Some(negated);
        }
    }
    (!open).then_some(!negated)
}
