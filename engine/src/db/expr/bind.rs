//! From syntax tree to bound expression: PostgreSQL's parse analysis (`transformExpr` in `parse_expr.c`).

use super::coerce::{assigned, at, boolean, common_type, explicit, implicit};
use super::literal::{constant, signed_number};
use super::operator::{self, Operand};
use super::{Aggregate, Bound, Clause, Comparison, Function, Node, Scope, fold, function};
use crate::db::{SqlError, SqlState, Type, Value};
use crate::sql::ast::{BinaryOp, CallArgs, Expr, Ident, SqlType, UnaryOp};
use crate::sql::{Span, visit};

/// Resolves an expression that may not hold aggregates. A quoted constant or NULL that nothing gives a type is `text`.
///
/// # Errors
/// What PostgreSQL's parser says of it: unknown names, operators that do not exist, constants that cannot be read. Also
/// errors of constant parts, which PostgreSQL's planner computes (division by zero).
pub fn bind(expr: &Expr, scope: &Scope<'_>, clause: Clause) -> Result<Bound, SqlError> {
    let bound = Binder::new(scope, clause).bind_output(expr)?;
    finish(bound, clause)
}

/// Resolves a condition (`WHERE`, `CHECK`), which must be boolean.
///
/// # Errors
/// As [`bind`], and 42804 when it is not boolean.
pub fn bind_condition(expr: &Expr, scope: &Scope<'_>, clause: Clause) -> Result<Bound, SqlError> {
    let bound = Binder::new(scope, clause).bind(expr)?;
    let place = match clause {
        Clause::Check => "CHECK",
        other => other.name(),
    };
    finish(boolean(bound, place, expr)?, clause)
}

/// Resolves the new value of a column, and converts it to the column's type.
///
/// # Errors
/// As [`bind`], and 42804 when its type cannot be assigned to the column.
pub fn bind_assignment(
    expr: &Expr,
    scope: &Scope<'_>,
    clause: Clause,
    column: &Ident,
    ty: SqlType,
) -> Result<Bound, SqlError> {
    let bound = Binder::new(scope, clause).bind(expr)?;
    let what = match clause {
        Clause::Default => "default expression",
        _ => "expression",
    };
    finish(assigned(bound, ty, column, what, expr)?, clause)
}

/// Converts a value that has no text of its own to a column's type.
///
/// # Errors
/// 42804 when its type cannot be assigned to the column.
pub fn assign_bound(bound: Bound, ty: SqlType, column: &Ident) -> Result<Bound, SqlError> {
    let nowhere = Expr::Row(Vec::new());
    assigned(bound, ty, column, "expression", &nowhere)
}

/// Resolves `LIMIT` or `OFFSET`: a bigint without columns.
///
/// # Errors
/// As [`bind`], 42P10 when it names a column, 42804 when it is no number.
pub fn bind_limit(expr: &Expr, clause: Clause) -> Result<Bound, SqlError> {
    let scope = Scope::empty();
    let bound = Binder::new(&scope, clause).bind(expr)?;
    if !bound.ty.is_number() && bound.ty != Type::Unknown {
        let message = format!(
            "argument of {} must be type bigint, not type {}",
            clause.name(),
            bound.ty.name()
        );
        return Err(at(
            SqlError::new(SqlState::DATATYPE_MISMATCH, message),
            expr,
        ));
    }
    let column = Ident::new(clause.name());
    finish(
        assigned(bound, SqlType::BigInt, &column, "expression", expr)?,
        clause,
    )
}

fn finish(bound: Bound, clause: Clause) -> Result<Bound, SqlError> {
    if clause.folds() {
        fold::fold(bound)
    } else {
        Ok(bound)
    }
}

/// What is known while an expression is bound.
pub(super) struct Binder<'a> {
    pub(super) scope: &'a Scope<'a>,
    pub(super) clause: Clause,
    /// The aggregates met so far.
    pub(super) aggregates: Vec<Aggregate>,
    /// Whether the argument of an aggregate is being bound.
    pub(super) in_aggregate: bool,
    /// The first column outside of aggregates that `GROUP BY` does not name, and its place in the text.
    pub(super) ungrouped: Option<(usize, Span)>,
    /// The keys of `GROUP BY`.
    pub(super) grouped: Vec<Bound>,
}

impl<'a> Binder<'a> {
    pub(super) fn new(scope: &'a Scope<'a>, clause: Clause) -> Self {
        Self {
            scope,
            clause,
            aggregates: Vec::new(),
            in_aggregate: false,
            ungrouped: None,
            grouped: Vec::new(),
        }
    }

    /// Binds an expression whose value goes out as it is: no type becomes text.
    pub(super) fn bind_output(&mut self, expr: &Expr) -> Result<Bound, SqlError> {
        let bound = self.bind(expr)?;
        match bound.ty {
            Type::Unknown => implicit(bound, Type::Text, expr),
            _ => Ok(bound),
        }
    }

    pub(super) fn bind(&mut self, expr: &Expr) -> Result<Bound, SqlError> {
        let ungrouped = self.ungrouped;
        let bound = self.bind_parts(expr)?;
        if self.grouped.contains(&bound) {
            self.ungrouped = ungrouped;
        }
        Ok(bound)
    }

    fn bind_parts(&mut self, expr: &Expr) -> Result<Bound, SqlError> {
        match expr {
            Expr::Parameter(number, span) => {
                let message = format!("there is no parameter ${number}");
                Err(SqlError::new(SqlState("42P02"), message).at(*span))
            }
            Expr::Row(_) => Err(SqlError::new(
                SqlState::FEATURE_NOT_SUPPORTED,
                "Rowlock does not simulate values of row type",
            )),
            Expr::Like {
                expr,
                pattern,
                ignore_case,
                negated,
            } => {
                let mut operands = Vec::with_capacity(2);
                for operand in [expr, pattern] {
                    let bound = self.bind_output(operand)?;
                    if !bound.ty.is_text() {
                        let message =
                            format!("operator does not exist: {} ~~ unknown", bound.ty.name());
                        let error = SqlError::new(SqlState::UNDEFINED_FUNCTION, message);
                        return Err(at(error, operand));
                    }
                    operands.push(bound);
                }
                let case = if *ignore_case {
                    super::LetterCase::Ignored
                } else {
                    super::LetterCase::Matters
                };
                let like = Bound::apply(Function::Like(case), operands, Type::Bool);
                Ok(if *negated {
                    Bound::apply(Function::Not, vec![like], Type::Bool)
                } else {
                    like
                })
            }
            Expr::Subquery(select) => self.scalar(select),
            Expr::Exists(select) => self.exists(select),
            Expr::InSubquery {
                expr,
                query,
                negated,
            } => self.in_query(expr, query, *negated),
            Expr::Quantified {
                left,
                op,
                quantifier,
                query,
            } => match super::subquery::comparison_of(*op) {
                Some(comparison) => self.quantified(left, comparison, *quantifier, query),
                None => Err(SqlError::new(
                    SqlState::FEATURE_NOT_SUPPORTED,
                    "Rowlock simulates ANY and ALL with comparisons",
                )),
            },
            Expr::Binary(left, op @ (BinaryOp::Eq | BinaryOp::NotEq), right)
                if matches!((&**left, &**right), (Expr::Row(_), Expr::Row(_))) =>
            {
                self.rows(left, *op, right, expr)
            }
            Expr::Literal(literal, _) => constant(literal, "", expr),
            Expr::Column { table, name } => self.column(table.as_ref(), name),
            Expr::HostVariable(name) => Err(SqlError::new(
                SqlState::SYNTAX_ERROR,
                format!("host variable :{} has no value", name.name),
            )
            .at(name.span)),
            Expr::Unary(op, operand) => self.unary(*op, operand, expr),
            Expr::Binary(left, op @ (BinaryOp::And | BinaryOp::Or), right) => {
                let left = operator::condition(*op, self.operand(left)?)?;
                let right = operator::condition(*op, self.operand(right)?)?;
                Ok(if *op == BinaryOp::And {
                    left.and(right)
                } else {
                    left.or(right)
                })
            }
            Expr::Binary(left, op, right) => {
                let left = self.operand(left)?;
                let right = self.operand(right)?;
                operator::binary(*op, left, right, expr)
            }
            Expr::IsNull { expr, negated } => {
                let operand = self.bind_output(expr)?;
                let function = Function::IsNull((*negated).into());
                Ok(Bound::apply(function, vec![operand], Type::Bool))
            }
            Expr::IsBool {
                expr,
                value,
                negated,
            } => {
                let place = match (value, negated) {
                    (Some(true), false) => "IS TRUE",
                    (Some(true), true) => "IS NOT TRUE",
                    (Some(false), false) => "IS FALSE",
                    (Some(false), true) => "IS NOT FALSE",
                    (None, false) => "IS UNKNOWN",
                    (None, true) => "IS NOT UNKNOWN",
                };
                let operand = boolean(self.bind(expr)?, place, expr)?;
                let function = Function::IsTruth(*value, (*negated).into());
                Ok(Bound::apply(function, vec![operand], Type::Bool))
            }
            Expr::IsDistinct {
                left,
                right,
                negated,
            } => {
                let left = self.operand(left)?;
                let right = self.operand(right)?;
                let operands = operator::comparable(Comparison::Eq, left, right, expr)?;
                let function = Function::IsDistinct((*negated).into());
                Ok(Bound::apply(function, operands, Type::Bool))
            }
            Expr::InList {
                expr: tested,
                list,
                negated,
            } => self.in_list(tested, list, *negated, expr),
            Expr::Between {
                expr: tested,
                low,
                high,
                negated,
            } => {
                let (first, second) = match negated {
                    false => (Comparison::GtEq, Comparison::LtEq),
                    true => (Comparison::Lt, Comparison::Gt),
                };
                let first = self.compare(first, tested, low, expr)?;
                let second = self.compare(second, tested, high, expr)?;
                Ok(if *negated {
                    first.or(second)
                } else {
                    first.and(second)
                })
            }
            Expr::Case {
                operand,
                branches,
                otherwise,
            } => self.case(operand.as_deref(), branches, otherwise.as_deref(), expr),
            Expr::Call(call) if super::aggregate::named(&call.name.name).is_some() => {
                self.aggregate(call)
            }
            Expr::Call(call) if super::volatile::named(&call.name.name).is_some() => {
                self.volatile(call)
            }
            Expr::Call(call) => {
                let args: &[Expr] = match &call.args {
                    CallArgs::Star => &[],
                    CallArgs::List(args) | CallArgs::Distinct(args) => args,
                };
                let operands = args
                    .iter()
                    .map(|arg| self.operand(arg))
                    .collect::<Result<_, _>>()?;
                function::call(call, operands, expr)
            }
            Expr::Cast(operand, ty) => explicit(self.bind(operand)?, *ty, operand),
        }
    }

    fn operand<'e>(&mut self, expr: &'e Expr) -> Result<Operand<'e>, SqlError> {
        Ok((self.bind(expr)?, expr))
    }

    fn compare(
        &mut self,
        comparison: Comparison,
        left: &Expr,
        right: &Expr,
        whole: &Expr,
    ) -> Result<Bound, SqlError> {
        let left = self.operand(left)?;
        let right = self.operand(right)?;
        operator::comparison(comparison, left, right, whole)
    }

    fn column(&mut self, table: Option<&Ident>, name: &Ident) -> Result<Bound, SqlError> {
        match self.clause {
            Clause::Default => {
                let message = "cannot use column reference in DEFAULT expression";
                let error = SqlError::new(SqlState::FEATURE_NOT_SUPPORTED, message);
                return Err(error.at(name.span));
            }
            Clause::Limit | Clause::Offset => {
                let message = format!(
                    "argument of {} must not contain variables",
                    self.clause.name()
                );
                let error = SqlError::new(SqlState::INVALID_COLUMN_REFERENCE, message);
                return Err(error.at(name.span));
            }
            _ => {}
        }
        let (depth, place, ty) = self.scope.seek(table, name)?;
        if depth > 0 {
            return Ok(Bound::new(Node::Outer(depth, place), ty));
        }
        if !self.in_aggregate {
            self.ungrouped.get_or_insert((place, name.span));
        }
        Ok(Bound::new(Node::Column(place), ty))
    }

    /// `(a, b) = (c, d)`, column by column.
    fn rows(
        &mut self,
        left: &Expr,
        op: BinaryOp,
        right: &Expr,
        whole: &Expr,
    ) -> Result<Bound, SqlError> {
        let (Expr::Row(lefts), Expr::Row(rights)) = (left, right) else {
            return self.compare(Comparison::Eq, left, right, whole);
        };
        if lefts.len() != rights.len() {
            let message = "unequal number of entries in row expressions";
            return Err(SqlError::new(SqlState::SYNTAX_ERROR, message));
        }
        let mut all: Option<Bound> = None;
        for (left, right) in lefts.iter().zip(rights) {
            let one = self.compare(Comparison::Eq, left, right, whole)?;
            all = Some(match all {
                Some(all) => all.and(one),
                None => one,
            });
        }
        let all = all.unwrap_or(Bound::constant(Value::Boolean(true), Type::Bool));
        Ok(match op {
            BinaryOp::NotEq => Bound::apply(Function::Not, vec![all], Type::Bool),
            _ => all,
        })
    }

    fn unary(&mut self, op: UnaryOp, operand: &Expr, whole: &Expr) -> Result<Bound, SqlError> {
        // A minus before a number belongs to the number, which may fit the type only with it.
        if let Some((literal, sign)) = signed_number(whole) {
            return constant(literal, sign, operand);
        }
        match op {
            UnaryOp::Minus => operator::sign("-", self.operand(operand)?, whole),
            UnaryOp::Plus => operator::sign("+", self.operand(operand)?, whole),
            UnaryOp::Not => {
                let bound = boolean(self.bind(operand)?, "NOT", operand)?;
                Ok(Bound::apply(Function::Not, vec![bound], Type::Bool))
            }
        }
    }

    /// `x IN (a, b)`. As in PostgreSQL's `transformAExprIn`, items without columns are brought to one type and compared
    /// as one list, if there are several and they have one; the others are comparisons of their own.
    fn in_list(
        &mut self,
        tested: &Expr,
        list: &[Expr],
        negated: bool,
        whole: &Expr,
    ) -> Result<Bound, SqlError> {
        let left = self.bind(tested)?;
        let items: Vec<Operand<'_>> = list
            .iter()
            .map(|item| self.operand(item))
            .collect::<Result<_, _>>()?;
        let (fixed, varying): (Vec<_>, Vec<_>) = items
            .iter()
            .cloned()
            .partition(|(_, item)| !names_a_column(item));
        let common = std::iter::once(&left)
            .chain(fixed.iter().map(|(bound, _)| bound))
            .map(|bound| (bound, None));
        let comparison = if negated {
            Comparison::NotEq
        } else {
            Comparison::Eq
        };
        let join = |one: Bound, other| {
            if negated {
                one.and(other)
            } else {
                one.or(other)
            }
        };
        let (mut test, rest) = match common_type(common, "IN") {
            Ok(ty) if fixed.len() > 1 => {
                let mut operands = vec![implicit(left.clone(), ty, tested)?];
                for (bound, item) in fixed {
                    operands.push(implicit(bound, ty, item)?);
                }
                let function = Function::In(negated.into());
                (Some(Bound::apply(function, operands, Type::Bool)), varying)
            }
            _ => (None, items),
        };
        for item in rest {
            let left = (left.clone(), tested);
            let compared = operator::comparison(comparison, left, item, whole)?;
            test = Some(match test {
                Some(test) => join(test, compared),
                None => compared,
            });
        }
        // The parser lets no list be empty.
        Ok(test.unwrap_or(Bound::constant(Value::Boolean(negated), Type::Bool)))
    }

    fn case(
        &mut self,
        operand: Option<&Expr>,
        branches: &[(Expr, Expr)],
        otherwise: Option<&Expr>,
        whole: &Expr,
    ) -> Result<Bound, SqlError> {
        let mut bound = Vec::with_capacity(branches.len());
        for (when, then) in branches {
            let condition = match operand {
                Some(operand) => self.compare(Comparison::Eq, operand, when, whole)?,
                None => boolean(self.bind(when)?, "CASE/WHEN", when)?,
            };
            bound.push((condition, self.bind(then)?));
        }
        let last = match otherwise {
            Some(otherwise) => self.bind(otherwise)?,
            None => Bound::constant(Value::Null, Type::Unknown),
        };
        // ELSE comes first when the type is looked for.
        let values = std::iter::once((&last, otherwise.and_then(visit::span))).chain(
            bound
                .iter()
                .zip(branches)
                .map(|((_, value), (_, then))| (value, visit::span(then))),
        );
        let ty = common_type(values, "CASE")?;
        let otherwise = Box::new(implicit(last, ty, otherwise.unwrap_or(whole))?);
        let branches = bound
            .into_iter()
            .zip(branches)
            .map(|((condition, value), (_, then))| Ok((condition, implicit(value, ty, then)?)))
            .collect::<Result<_, SqlError>>()?;
        let node = Node::Case {
            branches,
            otherwise,
        };
        Ok(Bound::new(node, ty))
    }
}

fn names_a_column(expr: &Expr) -> bool {
    let mut found = false;
    visit::walk(expr, &mut |expr| {
        found |= matches!(expr, Expr::Column { .. });
    });
    found
}
