//! From syntax tree to bound expression: names, operators, types.

use super::{Aggregate, Bound, Clause, Node, Scope};
use crate::db::types::from_text;
use crate::db::{Numeric, SqlError, SqlState, Type, Value};
use crate::sql::Span;
use crate::sql::ast::{BinaryOp, CallArgs, Expr, Ident, Literal, SqlType, UnaryOp};

/// Resolves an expression that may not hold aggregates. A quoted constant or NULL that nothing gives a type is `text`.
///
/// # Errors
/// What PostgreSQL's parser says of it: unknown names, operators that do not exist, constants that cannot be read.
pub fn bind(expr: &Expr, scope: &Scope, clause: Clause) -> Result<Bound, SqlError> {
    settled(Binder::plain(scope, clause).expr(expr)?)
}

/// Resolves a condition (`WHERE`, `CHECK`), which must be boolean.
///
/// # Errors
/// As [`bind`], and 42804 when it is not boolean.
pub fn bind_condition(expr: &Expr, scope: &Scope, clause: Clause) -> Result<Bound, SqlError> {
    Binder::plain(scope, clause).condition(expr, clause.name())
}

/// Resolves the new value of a column, and converts it to the column's type.
///
/// # Errors
/// As [`bind`], and 42804 when its type cannot be assigned to the column.
pub fn bind_assignment(
    expr: &Expr,
    scope: &Scope,
    clause: Clause,
    column: &Ident,
    ty: SqlType,
) -> Result<Bound, SqlError> {
    let bound = Binder::plain(scope, clause).expr(expr)?;
    let target = Type::from(ty);
    let bound = if bound.ty == Type::Unknown {
        resolved(bound, target)?
    } else {
        bound
    };
    let numbers = bound.ty.number_rank().is_some() && target.number_rank().is_some();
    if bound.ty != target && !numbers && !target.is_text() {
        return Err(SqlError::new(
            SqlState::DATATYPE_MISMATCH,
            format!(
                "column \"{}\" is of type {} but expression is of type {}",
                column.name,
                target.name(),
                bound.ty.name()
            ),
        )
        .with_hint("You will need to rewrite or cast the expression.")
        .at(column.span));
    }
    Ok(Bound::new(Node::Assign(Box::new(bound), ty), target))
}

/// Resolves `LIMIT` or `OFFSET`: a bigint without columns.
///
/// # Errors
/// As [`bind`], 42P10 when it names a column, 42804 when it is no number.
pub fn bind_limit(expr: &Expr, clause: Clause) -> Result<Bound, SqlError> {
    let mut column = None;
    crate::sql::visit::walk(expr, &mut |expr| {
        if let Expr::Column { name, .. } = expr {
            column.get_or_insert(name.span);
        }
    });
    if let Some(span) = column {
        let message = format!("argument of {} must not contain variables", clause.name());
        return Err(SqlError::new(SqlState("42P10"), message).at(span));
    }
    let scope = Scope::empty();
    let bound = Binder::plain(&scope, clause).expr(expr)?;
    let bound = if bound.ty == Type::Unknown {
        resolved(bound, Type::Int8)?
    } else {
        bound
    };
    if bound.ty.number_rank().is_none() {
        let message = format!(
            "argument of {} must be type bigint, not type {}",
            clause.name(),
            bound.ty.name()
        );
        return Err(SqlError::new(SqlState::DATATYPE_MISMATCH, message));
    }
    Ok(bound.converted(Type::Int8))
}

/// What a column or an aggregate means where the expression stands.
pub(super) enum Mode<'a> {
    /// Columns are those of the row; aggregates may not stand here.
    Plain,
    /// Columns may stand inside aggregates only, which are collected.
    Aggregated(&'a mut Vec<Aggregate>),
    /// Inside an aggregate.
    Argument,
}

pub(super) struct Binder<'a> {
    pub scope: &'a Scope,
    pub clause: Clause,
    pub mode: Mode<'a>,
}

impl<'a> Binder<'a> {
    pub fn plain(scope: &'a Scope, clause: Clause) -> Self {
        Self {
            scope,
            clause,
            mode: Mode::Plain,
        }
    }

    fn boxed(&mut self, expr: &Expr) -> Result<Box<Bound>, SqlError> {
        self.expr(expr).map(Box::new)
    }

    /// A condition; `what` names its place in the message.
    pub fn condition(&mut self, expr: &Expr, what: &str) -> Result<Bound, SqlError> {
        let bound = self.expr(expr)?;
        match bound.ty {
            Type::Bool => Ok(bound),
            Type::Unknown => resolved(bound, Type::Bool),
            other => Err(SqlError::new(
                SqlState::DATATYPE_MISMATCH,
                format!(
                    "argument of {what} must be type boolean, not type {}",
                    other.name()
                ),
            )),
        }
    }

    pub fn expr(&mut self, expr: &Expr) -> Result<Bound, SqlError> {
        Ok(match expr {
            Expr::Literal(literal, span) => constant(literal, *span)?,
            Expr::Column { table, name } => self.column(table.as_ref(), name)?,
            Expr::HostVariable(name) => {
                let message = format!("host variable :{} has no value", name.name);
                return Err(SqlError::new(SqlState::SYNTAX_ERROR, message).at(name.span));
            }
            Expr::Unary(UnaryOp::Not, operand) => {
                Bound::boolean(Node::Not(Box::new(self.condition(operand, "NOT")?)))
            }
            Expr::Unary(op, operand) => self.sign(*op, operand)?,
            Expr::Binary(left, BinaryOp::And, right) => {
                let (left, right) = (self.condition(left, "AND")?, self.condition(right, "AND")?);
                Bound::boolean(Node::And(Box::new(left), Box::new(right)))
            }
            Expr::Binary(left, BinaryOp::Or, right) => {
                let (left, right) = (self.condition(left, "OR")?, self.condition(right, "OR")?);
                Bound::boolean(Node::Or(Box::new(left), Box::new(right)))
            }
            Expr::Binary(left, op, right) => {
                let (left, right) = (self.expr(left)?, self.expr(right)?);
                operator(*op, left, right)?
            }
            Expr::IsNull { expr, negated } => {
                Bound::boolean(Node::IsNull(self.boxed(expr)?, *negated))
            }
            Expr::IsBool {
                expr,
                value,
                negated,
            } => {
                let what = format!(
                    "IS {}{}",
                    if *negated { "NOT " } else { "" },
                    match value {
                        Some(true) => "TRUE",
                        Some(false) => "FALSE",
                        None => "UNKNOWN",
                    }
                );
                let operand = Box::new(self.condition(expr, &what)?);
                Bound::boolean(Node::IsBool(operand, *value, *negated))
            }
            Expr::IsDistinct {
                left,
                right,
                negated,
            } => {
                let (left, right) = alike(BinaryOp::Eq, self.expr(left)?, self.expr(right)?)?;
                Bound::boolean(Node::IsDistinct(Box::new(left), Box::new(right), *negated))
            }
            Expr::InList {
                expr,
                list,
                negated,
            } => {
                let sought = self.expr(expr)?;
                let mut any: Option<Bound> = None;
                for item in list {
                    let item = operator(BinaryOp::Eq, sought.clone(), self.expr(item)?)?;
                    any = Some(match any {
                        Some(any) => Bound::boolean(Node::Or(Box::new(any), Box::new(item))),
                        None => item,
                    });
                }
                let any = any.unwrap_or_else(|| Bound::boolean(Node::Const(Value::Boolean(false))));
                if *negated {
                    Bound::boolean(Node::Not(Box::new(any)))
                } else {
                    any
                }
            }
            Expr::Between {
                expr,
                low,
                high,
                negated,
            } => {
                let value = self.expr(expr)?;
                let above = operator(BinaryOp::GtEq, value.clone(), self.expr(low)?)?;
                let below = operator(BinaryOp::LtEq, value, self.expr(high)?)?;
                let inside = Bound::boolean(Node::And(Box::new(above), Box::new(below)));
                if *negated {
                    Bound::boolean(Node::Not(Box::new(inside)))
                } else {
                    inside
                }
            }
            Expr::Case {
                operand,
                branches,
                otherwise,
            } => self.case(operand.as_deref(), branches, otherwise.as_deref())?,
            Expr::Call(call) => self.call(call)?,
            Expr::Cast(operand, ty) => {
                let operand = self.expr(operand)?;
                cast(operand, *ty)?
            }
        })
    }

    fn column(&mut self, table: Option<&Ident>, name: &Ident) -> Result<Bound, SqlError> {
        let mut found = self.scope.columns.iter().enumerate().filter(|(_, column)| {
            column.name == name.name && table.is_none_or(|table| table.name == column.table)
        });
        let Some((place, column)) = found.next() else {
            if let Some(table) = table {
                if !self
                    .scope
                    .columns
                    .iter()
                    .any(|column| column.table == table.name)
                {
                    let message = format!("missing FROM-clause entry for table \"{}\"", table.name);
                    return Err(SqlError::new(SqlState::UNDEFINED_TABLE, message).at(table.span));
                }
                let message = format!("column {}.{} does not exist", table.name, name.name);
                return Err(SqlError::new(SqlState::UNDEFINED_COLUMN, message).at(name.span));
            }
            let message = format!("column \"{}\" does not exist", name.name);
            return Err(SqlError::new(SqlState::UNDEFINED_COLUMN, message).at(name.span));
        };
        if found.next().is_some() {
            let message = format!("column reference \"{}\" is ambiguous", name.name);
            return Err(SqlError::new(SqlState::AMBIGUOUS_COLUMN, message).at(name.span));
        }
        if let Mode::Aggregated(_) = self.mode {
            let message = format!(
                "column \"{}.{}\" must appear in the GROUP BY clause or be used in an aggregate function",
                column.table, column.name
            );
            return Err(SqlError::new(SqlState::GROUPING_ERROR, message).at(name.span));
        }
        Ok(Bound::new(Node::Column(place), column.ty))
    }

    /// `-x`, `+x`. The sign of a constant belongs to it, so that the smallest integers can be written.
    fn sign(&mut self, op: UnaryOp, operand: &Expr) -> Result<Bound, SqlError> {
        if let (UnaryOp::Minus, Expr::Literal(Literal::Number(digits), _)) = (op, operand) {
            return number(&format!("-{digits}"));
        }
        let bound = self.expr(operand)?;
        if bound.ty.number_rank().is_none() {
            let symbol = if op == UnaryOp::Minus { "-" } else { "+" };
            let message = format!("operator does not exist: {symbol} {}", bound.ty.name());
            return Err(no_operator(message));
        }
        let ty = bound.ty;
        Ok(if op == UnaryOp::Minus {
            Bound::new(Node::Negate(Box::new(bound)), ty)
        } else {
            bound
        })
    }

    fn case(
        &mut self,
        operand: Option<&Expr>,
        branches: &[(Expr, Expr)],
        otherwise: Option<&Expr>,
    ) -> Result<Bound, SqlError> {
        let operand = operand.map(|operand| self.expr(operand)).transpose()?;
        let mut conditions = Vec::new();
        let mut results = Vec::new();
        for (when, then) in branches {
            conditions.push(match &operand {
                Some(operand) => operator(BinaryOp::Eq, operand.clone(), self.expr(when)?)?,
                None => self.condition(when, "CASE/WHEN")?,
            });
            results.push(self.expr(then)?);
        }
        let has_else = otherwise.is_some();
        results.extend(
            otherwise
                .map(|otherwise| self.expr(otherwise))
                .transpose()?,
        );
        let mut results = same_type(results, "CASE")?;
        let ty = results.first().map_or(Type::Text, |result| result.ty);
        let otherwise = if has_else {
            results.pop().map(Box::new)
        } else {
            None
        };
        Ok(Bound::new(
            Node::Case(conditions.into_iter().zip(results).collect(), otherwise),
            ty,
        ))
    }

    /// The arguments of a call, which is not `count(*)`.
    pub fn arguments(&mut self, args: &CallArgs) -> Result<Vec<Bound>, SqlError> {
        match args {
            CallArgs::Star => Ok(Vec::new()),
            CallArgs::List(args) | CallArgs::Distinct(args) => {
                args.iter().map(|arg| self.expr(arg)).collect()
            }
        }
    }
}

fn constant(literal: &Literal, span: Span) -> Result<Bound, SqlError> {
    match literal {
        Literal::Null => Ok(Bound::new(Node::Const(Value::Null), Type::Unknown)),
        Literal::Boolean(value) => Ok(Bound::boolean(Node::Const(Value::Boolean(*value)))),
        Literal::String(text) => Ok(Bound::new(
            Node::Const(Value::Text(text.as_str().into())),
            Type::Unknown,
        )),
        Literal::Number(digits) => number(digits).map_err(|error| error.at(span)),
    }
}

/// A number's type is the first of int, bigint and numeric that it fits (manual, section 4.1.2.6).
fn number(digits: &str) -> Result<Bound, SqlError> {
    if let Ok(value) = digits.parse::<i32>() {
        return Ok(Bound::new(Node::Const(Value::Int(value)), Type::Int4));
    }
    if let Ok(value) = digits.parse::<i64>() {
        return Ok(Bound::new(Node::Const(Value::BigInt(value)), Type::Int8));
    }
    Numeric::parse(digits)
        .map(|value| Bound::new(Node::Const(Value::Numeric(value)), Type::Numeric))
}

/// Gives a quoted constant or NULL its type.
pub(super) fn resolved(bound: Bound, ty: Type) -> Result<Bound, SqlError> {
    Ok(match bound.node {
        Node::Const(Value::Text(text)) if bound.ty == Type::Unknown => {
            Bound::new(Node::Const(from_text(&text, ty)?), ty)
        }
        Node::Const(Value::Null) if bound.ty == Type::Unknown => {
            Bound::new(Node::Const(Value::Null), ty)
        }
        _ => bound.converted(ty),
    })
}

/// A quoted constant that nothing gave a type is text.
pub(super) fn settled(bound: Bound) -> Result<Bound, SqlError> {
    if bound.ty == Type::Unknown {
        resolved(bound, Type::Text)
    } else {
        Ok(bound)
    }
}

fn no_operator(message: String) -> SqlError {
    SqlError::new(SqlState::UNDEFINED_FUNCTION, message).with_hint(
        "No operator matches the given name and argument types. You might need to add explicit type casts.",
    )
}

/// Brings the operands of an operator to one type.
pub(super) fn alike(op: BinaryOp, left: Bound, right: Bound) -> Result<(Bound, Bound), SqlError> {
    let missing = |left: &Bound, right: &Bound| {
        no_operator(format!(
            "operator does not exist: {} {} {}",
            left.ty.name(),
            op.symbol(),
            right.ty.name()
        ))
    };
    Ok(match (left.ty, right.ty) {
        (Type::Unknown, Type::Unknown) => {
            (resolved(left, Type::Text)?, resolved(right, Type::Text)?)
        }
        (Type::Unknown, ty) => (resolved(left, ty)?, right),
        (ty, Type::Unknown) => {
            let right = resolved(right, ty)?;
            (left, right)
        }
        (a, b) if a == b || (a.is_text() && b.is_text()) => (left, right),
        (a, b) => match (a.number_rank(), b.number_rank()) {
            (Some(rank), Some(other)) => {
                let ty = if rank >= other { a } else { b };
                (left.converted(ty), right.converted(ty))
            }
            _ => return Err(missing(&left, &right)),
        },
    })
}

/// `left op right`, `AND` and `OR` apart.
fn operator(op: BinaryOp, left: Bound, right: Bound) -> Result<Bound, SqlError> {
    let missing = |left: Type, right: Type| {
        no_operator(format!(
            "operator does not exist: {} {} {}",
            left.name(),
            op.symbol(),
            right.name()
        ))
    };
    match op {
        BinaryOp::Eq
        | BinaryOp::NotEq
        | BinaryOp::Lt
        | BinaryOp::LtEq
        | BinaryOp::Gt
        | BinaryOp::GtEq => {
            let (left, right) = alike(op, left, right)?;
            Ok(Bound::boolean(Node::Compare(
                op,
                Box::new(left),
                Box::new(right),
            )))
        }
        BinaryOp::Concat => {
            let one_is_text = [left.ty, right.ty]
                .iter()
                .any(|ty| ty.is_text() || *ty == Type::Unknown);
            if !one_is_text {
                return Err(missing(left.ty, right.ty));
            }
            let (left, right) = (resolved(left, Type::Text)?, resolved(right, Type::Text)?);
            Ok(Bound::new(
                Node::Arithmetic(op, Box::new(left), Box::new(right)),
                Type::Text,
            ))
        }
        _ => {
            if left.ty == Type::Unknown && right.ty == Type::Unknown {
                let message = format!("operator is not unique: unknown {} unknown", op.symbol());
                return Err(SqlError::new(SqlState("42725"), message).with_hint(
                    "Could not choose a best candidate operator. You might need to add explicit type casts.",
                ));
            }
            if [left.ty, right.ty].contains(&Type::Timestamp) {
                return Err(SqlError::new(
                    SqlState::FEATURE_NOT_SUPPORTED,
                    "Rowlock does not simulate arithmetic with timestamps; they can be compared",
                ));
            }
            let (left_ty, right_ty) = (left.ty, right.ty);
            let (left, right) = alike(op, left, right)?;
            if left.ty.number_rank().is_none() {
                return Err(missing(left_ty, right_ty));
            }
            let ty = left.ty;
            Ok(Bound::new(
                Node::Arithmetic(op, Box::new(left), Box::new(right)),
                ty,
            ))
        }
    }
}

/// Brings alternatives to one type (manual, section 10.5).
pub(super) fn same_type(bounds: Vec<Bound>, what: &str) -> Result<Vec<Bound>, SqlError> {
    let mut ty = Type::Unknown;
    for bound in &bounds {
        ty = match (ty, bound.ty) {
            (Type::Unknown, other) | (other, Type::Unknown) => other,
            (a, b) if a == b || (a.is_text() && b.is_text()) => a,
            (a, b) => match (a.number_rank(), b.number_rank()) {
                (Some(rank), Some(other)) => {
                    if rank >= other {
                        a
                    } else {
                        b
                    }
                }
                _ => {
                    let message = format!(
                        "{what} types {} and {} cannot be matched",
                        a.name(),
                        b.name()
                    );
                    return Err(SqlError::new(SqlState::DATATYPE_MISMATCH, message));
                }
            },
        };
    }
    let ty = if ty == Type::Unknown { Type::Text } else { ty };
    bounds
        .into_iter()
        .map(|bound| resolved(bound, ty))
        .collect()
}

/// `CAST(x AS type)`: what the manual's section 10.4 allows explicitly.
fn cast(operand: Bound, ty: SqlType) -> Result<Bound, SqlError> {
    let target = Type::from(ty);
    if operand.ty == Type::Unknown {
        let operand = resolved(operand, target)?;
        return Ok(Bound::new(Node::Assign(Box::new(operand), ty), target));
    }
    let allowed = match (operand.ty, target) {
        (from, to) if from == to || from.is_text() || to.is_text() => true,
        (Type::Bool, Type::Int4) | (Type::Int4, Type::Bool) => true,
        (from, to) => from.number_rank().is_some() && to.number_rank().is_some(),
    };
    if !allowed {
        let message = format!(
            "cannot cast type {} to {}",
            operand.ty.name(),
            target.name()
        );
        return Err(SqlError::new(SqlState("42846"), message));
    }
    Ok(Bound::new(Node::Assign(Box::new(operand), ty), target))
}
