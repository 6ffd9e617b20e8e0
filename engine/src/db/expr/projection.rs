//! Select lists and `RETURNING`.

use super::bind::{Binder, Mode, settled};
use super::call::aggregate_named;
use super::{Aggregate, Bound, Clause, Node, Scope, output_name};
use crate::db::{SqlError, SqlState};
use crate::sql::ast::{Expr, Literal, OrderBy, SelectItem};
use crate::sql::visit::walk;

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
/// As [`super::bind`]; 42803 for a bare column beside an aggregate; 42P10 for an `ORDER BY` position that is not there.
pub fn bind_projection(
    items: &[SelectItem],
    order_by: &[OrderBy],
    scope: &Scope,
    clause: Clause,
) -> Result<Projection, SqlError> {
    let exprs = items.iter().filter_map(|item| match item {
        SelectItem::Star(_) => None,
        SelectItem::Expr { expr, .. } => Some(expr),
    });
    let aggregated = clause != Clause::Returning
        && exprs
            .chain(order_by.iter().map(|key| &key.expr))
            .any(has_aggregate);
    let (mut names, mut columns, mut aggregates) = (Vec::new(), Vec::new(), Vec::new());
    for item in items {
        match item {
            SelectItem::Star(span) => {
                if scope.columns.is_empty() {
                    let message = "SELECT * with no tables specified is not valid";
                    return Err(SqlError::new(SqlState::SYNTAX_ERROR, message).at(*span));
                }
                for (place, column) in scope.columns.iter().enumerate() {
                    if aggregated {
                        let message = format!(
                            "column \"{}.{}\" must appear in the GROUP BY clause or be used in an aggregate function",
                            column.table, column.name
                        );
                        return Err(SqlError::new(SqlState::GROUPING_ERROR, message).at(*span));
                    }
                    names.push(column.name.clone());
                    columns.push(Bound {
                        node: Node::Column(place),
                        ty: column.ty,
                    });
                }
            }
            SelectItem::Expr { expr, alias } => {
                names.push(
                    alias
                        .as_ref()
                        .map_or_else(|| output_name(expr), |alias| alias.name.clone()),
                );
                columns.push(column(expr, scope, clause, aggregated, &mut aggregates)?);
            }
        }
    }
    let mut keys = Vec::new();
    for key in order_by {
        keys.push(match output_column(&key.expr, &names, columns.len())? {
            Some(place) => columns[place].clone(),
            None => column(
                &key.expr,
                scope,
                Clause::OrderBy,
                aggregated,
                &mut aggregates,
            )?,
        });
    }
    Ok(Projection {
        names,
        columns,
        order_by: keys,
        aggregates,
    })
}

fn column(
    expr: &Expr,
    scope: &Scope,
    clause: Clause,
    aggregated: bool,
    aggregates: &mut Vec<Aggregate>,
) -> Result<Bound, SqlError> {
    let mode = if aggregated {
        Mode::Aggregated(aggregates)
    } else {
        Mode::Plain
    };
    settled(
        Binder {
            scope,
            clause,
            mode,
        }
        .expr(expr)?,
    )
}

/// The column of the select list that an `ORDER BY` key means, by its name or number.
fn output_column(key: &Expr, names: &[String], columns: usize) -> Result<Option<usize>, SqlError> {
    match key {
        Expr::Column { table: None, name } => {
            Ok(names.iter().position(|other| *other == name.name))
        }
        Expr::Literal(Literal::Number(digits), span) => match digits.parse::<usize>() {
            Ok(place) if (1..=columns).contains(&place) => Ok(Some(place - 1)),
            _ => {
                let message = format!("ORDER BY position {digits} is not in select list");
                Err(SqlError::new(SqlState("42P10"), message).at(*span))
            }
        },
        _ => Ok(None),
    }
}

fn has_aggregate(expr: &Expr) -> bool {
    let mut found = false;
    walk(expr, &mut |expr| {
        if let Expr::Call(call) = expr {
            found |= aggregate_named(&call.name.name).is_some();
        }
    });
    found
}
