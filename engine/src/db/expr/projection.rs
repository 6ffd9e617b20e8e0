//! Select lists with their `ORDER BY`, and `RETURNING`.

use super::bind::Binder;
use super::fold::fold;
use super::{Aggregate, Bound, Clause, Node, Scope, output_name};
use crate::db::{SqlError, SqlState};
use crate::sql::ast::{Expr, Ident, Literal, OrderBy, SelectItem, UnaryOp};
use crate::sql::visit;

/// A select list whose names and types are settled.
///
/// With aggregates, feed every row to an accumulator of each, and evaluate `columns` once, on the row of their results.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Projection {
    /// The names of the result's columns.
    pub names: Vec<String>,
    /// Their values.
    pub columns: Vec<Bound>,
    /// The keys of `ORDER BY`, evaluated on the same row as `columns`.
    pub order_by: Vec<Bound>,
    /// The aggregates that `columns` and `order_by` refer to; empty: one result row for each row.
    pub aggregates: Vec<Aggregate>,
}

/// Resolves a select list with its `ORDER BY` (clause `SelectList`), or a `RETURNING` (no `ORDER BY`).
///
/// # Errors
/// As [`super::bind()`]; 42803 for a bare column beside an aggregate; 42P10 for an `ORDER BY` position that is not there.
pub fn bind_projection(
    items: &[SelectItem],
    order_by: &[OrderBy],
    scope: &Scope,
    clause: Clause,
) -> Result<Projection, SqlError> {
    let mut binder = Binder::new(scope, clause);
    let mut names = Vec::new();
    let mut columns = Vec::new();
    for item in items {
        match item {
            SelectItem::Star(span) => {
                if scope.columns.is_empty() {
                    let message = "SELECT * with no tables specified is not valid";
                    return Err(SqlError::new(SqlState::SYNTAX_ERROR, message).at(*span));
                }
                binder.ungrouped.get_or_insert((0, *span));
                for (place, column) in scope.columns.iter().enumerate() {
                    names.push(column.name.clone());
                    columns.push(Bound::new(Node::Column(place), column.ty));
                }
            }
            SelectItem::Expr { expr, alias } => {
                names.push(match alias {
                    Some(alias) => alias.name.clone(),
                    None => output_name(expr),
                });
                columns.push(binder.bind_output(expr)?);
            }
        }
    }
    binder.clause = match clause {
        Clause::SelectList => Clause::OrderBy,
        other => other,
    };
    let keys = order_by
        .iter()
        .map(|key| match named_column(&key.expr, &names, &columns)? {
            Some(place) => Ok(columns[place].clone()),
            None => binder.bind_output(&key.expr),
        })
        .collect::<Result<Vec<_>, SqlError>>()?;
    if let (false, Some((place, span))) = (binder.aggregates.is_empty(), binder.ungrouped) {
        let column = &scope.columns[place];
        let message = format!(
            "column \"{}.{}\" must appear in the GROUP BY clause or be used in an aggregate function",
            column.table, column.name
        );
        return Err(SqlError::new(SqlState::GROUPING_ERROR, message).at(span));
    }
    let aggregates = binder
        .aggregates
        .into_iter()
        .map(|aggregate| {
            Ok(Aggregate {
                argument: aggregate.argument.map(fold).transpose()?,
                ..aggregate
            })
        })
        .collect::<Result<_, SqlError>>()?;
    Ok(Projection {
        names,
        columns: columns.into_iter().map(fold).collect::<Result<_, _>>()?,
        order_by: keys.into_iter().map(fold).collect::<Result<_, _>>()?,
        aggregates,
    })
}

/// The column of the select list that a key of `ORDER BY` means: a bare name is first sought among the names of the
/// result, and a constant is a position (`findTargetlistEntrySQL92`).
fn named_column(
    key: &Expr,
    names: &[String],
    columns: &[Bound],
) -> Result<Option<usize>, SqlError> {
    let (literal, negative, span) = match key {
        Expr::Column { table: None, name } => return by_name(name, names, columns),
        Expr::Literal(Literal::Boolean(_), _) => return Ok(None),
        Expr::Literal(literal, span) => (literal, false, *span),
        Expr::Unary(UnaryOp::Minus, operand) => match &**operand {
            Expr::Literal(literal @ Literal::Number(_), span) => (literal, true, *span),
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    position(literal, negative, columns.len())
        .map(Some)
        .map_err(|error| error.at(visit::span(key).unwrap_or(span)))
}

fn by_name(name: &Ident, names: &[String], columns: &[Bound]) -> Result<Option<usize>, SqlError> {
    let mut places = (0..names.len()).filter(|&place| names[place] == name.name);
    let first = places.next();
    if let Some(first) = first
        && places.any(|place| columns[place] != columns[first])
    {
        let message = format!("ORDER BY \"{}\" is ambiguous", name.name);
        return Err(SqlError::new(SqlState::AMBIGUOUS_COLUMN, message).at(name.span));
    }
    Ok(first)
}

fn position(literal: &Literal, negative: bool, count: usize) -> Result<usize, SqlError> {
    let number = match literal {
        Literal::Number(digits) => digits.parse::<i32>().ok(),
        _ => None,
    };
    let Some(number) = number else {
        let message = "non-integer constant in ORDER BY";
        return Err(SqlError::new(SqlState::SYNTAX_ERROR, message));
    };
    match usize::try_from(number) {
        Ok(place) if !negative && (1..=count).contains(&place) => Ok(place - 1),
        _ => {
            let sign = if negative { "-" } else { "" };
            let message = format!("ORDER BY position {sign}{number} is not in select list");
            Err(SqlError::new(SqlState::INVALID_COLUMN_REFERENCE, message))
        }
    }
}
