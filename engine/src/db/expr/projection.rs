//! Select lists with their `ORDER BY`, and `RETURNING`.

use super::bind::Binder;
use super::coerce::boolean;
use super::fold::fold;
use super::{Aggregate, Bound, Clause, Node, Scope, Shown, output_name};
use crate::db::{SqlError, SqlState};
use crate::sql::ast::{Expr, Ident, Literal, OrderBy, SelectItem, UnaryOp};
use crate::sql::visit;

/// A select list whose names and types are settled.
///
/// With aggregates or groups, feed every row to an accumulator of each aggregate, and evaluate `columns` once for each
/// group, on one of its rows with the results of the aggregates behind it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Projection {
    /// The names of the result's columns.
    pub names: Vec<String>,
    /// Their values.
    pub columns: Vec<Bound>,
    /// The keys of `ORDER BY`, evaluated on the same row as `columns`.
    pub order_by: Vec<Bound>,
    /// The aggregates that `columns`, `order_by` and `having` refer to.
    pub aggregates: Vec<Aggregate>,
    /// The keys of `GROUP BY`.
    pub groups: Vec<Bound>,
    /// `HAVING`
    pub having: Option<Bound>,
}

impl Projection {
    /// Whether rows are taken together: there are aggregates, groups or a `HAVING`.
    #[must_use]
    pub fn is_grouped(&self) -> bool {
        !self.aggregates.is_empty() || !self.groups.is_empty() || self.having.is_some()
    }
}

/// What a select list is bound with.
#[derive(Clone, Copy, Default)]
pub struct ProjectionParts<'a> {
    /// The select list, or `RETURNING`.
    pub items: &'a [SelectItem],
    /// `GROUP BY`
    pub group_by: &'a [Expr],
    /// `HAVING`
    pub having: Option<&'a Expr>,
    /// `ORDER BY`
    pub order_by: &'a [OrderBy],
    /// The tables with a primary key; when that is grouped by, so are their other columns.
    pub keyed: &'a [KeyedTable],
}

/// A table in `FROM` that has a primary key.
#[derive(Clone, Debug)]
pub struct KeyedTable {
    /// The places of its key's columns.
    pub key: Vec<usize>,
    /// The places of its columns.
    pub columns: std::ops::Range<usize>,
}

/// Resolves a select list with its `ORDER BY` (clause `SelectList`), or a `RETURNING` (no `ORDER BY`).
///
/// # Errors
/// As [`super::bind()`]; 42803 for a bare column beside an aggregate; 42P10 for an `ORDER BY` position that is not there.
pub fn bind_projection(
    items: &[SelectItem],
    order_by: &[OrderBy],
    scope: &Scope<'_>,
    clause: Clause,
) -> Result<Projection, SqlError> {
    let parts = ProjectionParts {
        items,
        order_by,
        ..ProjectionParts::default()
    };
    bind_grouped(parts, scope, clause)
}

/// The same with `GROUP BY` and `HAVING`.
///
/// # Errors
/// As [`bind_projection`].
pub fn bind_grouped(
    parts: ProjectionParts<'_>,
    scope: &Scope<'_>,
    clause: Clause,
) -> Result<Projection, SqlError> {
    let mut binder = Binder::new(scope, clause);
    binder.grouped = bind_groups(parts, scope)?;
    let mut names = Vec::new();
    let mut columns = Vec::new();
    for item in parts.items {
        match item {
            SelectItem::Star(span) => {
                if scope.columns.is_empty() {
                    let message = "SELECT * with no tables specified is not valid";
                    return Err(SqlError::new(SqlState::SYNTAX_ERROR, message).at(*span));
                }
                let shown = |place: &usize| scope.columns[*place].shown != Shown::Qualified;
                for place in (0..scope.columns.len()).filter(shown) {
                    expand(&mut binder, place, *span, &mut names, &mut columns);
                }
            }
            SelectItem::TableStar(table) => {
                let places: Vec<usize> = (0..scope.columns.len())
                    .filter(|&place| scope.columns[place].table == table.name)
                    .collect();
                if places.is_empty() {
                    let message = format!("missing FROM-clause entry for table \"{}\"", table.name);
                    return Err(SqlError::new(SqlState::UNDEFINED_TABLE, message).at(table.span));
                }
                for place in places {
                    expand(&mut binder, place, table.span, &mut names, &mut columns);
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
    let was = binder.clause;
    binder.clause = Clause::Having;
    let having = match parts.having {
        Some(having) => Some(boolean(binder.bind(having)?, "HAVING", having)?),
        None => None,
    };
    binder.clause = match was {
        Clause::SelectList => Clause::OrderBy,
        other => other,
    };
    let keys = parts
        .order_by
        .iter()
        .map(|key| match named_column(&key.expr, &names, &columns)? {
            Some(place) => Ok(columns[place].clone()),
            None => binder.bind_output(&key.expr),
        })
        .collect::<Result<Vec<_>, SqlError>>()?;
    let taken_together =
        !binder.aggregates.is_empty() || !binder.grouped.is_empty() || having.is_some();
    if let (true, Some((place, span))) = (taken_together, binder.ungrouped)
        && !depends_on_key(&binder.grouped, parts.keyed, place)
    {
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
        groups: binder.grouped,
        having: having.map(fold).transpose()?,
    })
}

/// One column of a `*`.
fn expand(
    binder: &mut Binder<'_>,
    place: usize,
    span: crate::sql::Span,
    names: &mut Vec<String>,
    columns: &mut Vec<Bound>,
) {
    let column = &binder.scope.columns[place];
    let bound = Bound::new(Node::Column(place), column.ty);
    names.push(column.name.clone());
    if !binder.grouped.contains(&bound) {
        binder.ungrouped.get_or_insert((place, span));
    }
    columns.push(bound);
}

/// The keys of `GROUP BY`: an integer is a place in the select list, a bare name that is no column one of its names.
fn bind_groups(parts: ProjectionParts<'_>, scope: &Scope<'_>) -> Result<Vec<Bound>, SqlError> {
    let mut keys = Vec::with_capacity(parts.group_by.len());
    for key in parts.group_by {
        let named = |item: &&SelectItem| match (item, key) {
            (
                SelectItem::Expr {
                    alias: Some(alias), ..
                },
                Expr::Column { table: None, name },
            ) => alias.name == name.name && scope.find(None, name).is_err(),
            _ => false,
        };
        let item = match key {
            Expr::Literal(literal @ Literal::Number(_), _) => {
                let place = position(literal, false, parts.items.len(), "GROUP BY")?;
                parts.items.get(place)
            }
            _ => parts.items.iter().find(named),
        };
        let expr = match item {
            Some(SelectItem::Expr { expr, .. }) => expr,
            _ => key,
        };
        keys.push(Binder::new(scope, Clause::GroupBy).bind_output(expr)?);
    }
    Ok(keys)
}

/// Whether the primary key of the column's table is grouped by.
fn depends_on_key(grouped: &[Bound], tables: &[KeyedTable], column: usize) -> bool {
    let is_grouped = |place: &usize| {
        grouped
            .iter()
            .any(|key| matches!(key.node, Node::Column(grouped) if grouped == *place))
    };
    tables
        .iter()
        .any(|table| table.columns.contains(&column) && table.key.iter().all(is_grouped))
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
    position(literal, negative, columns.len(), "ORDER BY")
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

fn position(
    literal: &Literal,
    negative: bool,
    count: usize,
    clause: &str,
) -> Result<usize, SqlError> {
    let number = match literal {
        Literal::Number(digits) => digits.parse::<i32>().ok(),
        _ => None,
    };
    let Some(number) = number else {
        let message = format!("non-integer constant in {clause}");
        return Err(SqlError::new(SqlState::SYNTAX_ERROR, message));
    };
    match usize::try_from(number) {
        Ok(place) if !negative && (1..=count).contains(&place) => Ok(place - 1),
        _ => {
            let sign = if negative { "-" } else { "" };
            let message = format!("{clause} position {sign}{number} is not in select list");
            Err(SqlError::new(SqlState::INVALID_COLUMN_REFERENCE, message))
        }
    }
}
