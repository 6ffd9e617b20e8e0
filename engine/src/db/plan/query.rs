//! `SELECT`.

use super::bind::Planner;
use super::from::{FromBinder, distribute};
use super::*;
use crate::db::expr::{
    Clause, ProjectionParts, Scope, ScopeColumn, bind_condition, bind_grouped, bind_limit,
};
use crate::db::{SqlError, SqlState};
use crate::sql::ast::{Call, Distinct, Expr, FromItem, Ident, Literal, Select, SelectItem};
use crate::sql::visit;

impl<'a> Planner<'a> {
    /// A scope with the means to bind queries in it.
    pub(super) fn scope<'s>(
        &'s self,
        columns: Vec<ScopeColumn>,
        outer: Option<&'s Scope<'s>>,
    ) -> Scope<'s> {
        Scope {
            columns,
            outer,
            queries: Some(self),
            ..Scope::default()
        }
    }

    /// Binds a query; columns that it does not have are sought in `outer`.
    pub(super) fn query(
        &self,
        select: &Select,
        outer: Option<&Scope<'_>>,
    ) -> Result<Query, SqlError> {
        let (planner, with) = self.with(&select.with)?;
        planner.query_body(select, with, outer)
    }

    fn query_body(
        &self,
        select: &Select,
        with: Vec<Cte>,
        outer: Option<&Scope<'_>>,
    ) -> Result<Query, SqlError> {
        // A bare VALUES has no select list: all its columns are given back.
        let all = [SelectItem::Star(crate::sql::Span::default())];
        let bare_values =
            select.items.is_empty() && matches!(select.from[..], [FromItem::Values(..)]);
        let items = if bare_values { &all[..] } else { &select.items };
        let mut binder = FromBinder::new(self, outer);
        let mut from = binder.items(&select.from)?;
        // `SELECT generate_series(1, 3)`: a function of the select list that gives rows is joined to those of FROM.
        let (moved, series) = without_series(items);
        let items = &moved[..];
        for call in &series {
            let joined = binder.series_of_list(call)?;
            from = Some(match from {
                Some(left) => super::from::joined(left, JoinKind::Inner, joined, Vec::new()),
                None => joined,
            });
        }
        let (relations, tables) = (binder.relations, std::mem::take(&mut binder.tables));
        let keyed = std::mem::take(&mut binder.keyed);
        let scope = self.scope(std::mem::take(&mut binder.columns), outer);
        let filter = match &select.filter {
            Some(filter) => Some(bind_condition(filter, &scope, Clause::Where)?),
            None => None,
        };
        let is_compound = !select.compound.is_empty();
        let projection = bind_grouped(
            ProjectionParts {
                items,
                group_by: &select.group_by,
                having: select.having.as_ref(),
                order_by: if is_compound { &[] } else { &select.order_by },
                keyed: &keyed,
            },
            &scope,
            Clause::SelectList,
        )?;
        let mut compound = Vec::with_capacity(select.compound.len());
        for (operator, other) in &select.compound {
            let query = self.query(other, outer)?;
            if query.projection.columns.len() != projection.columns.len() {
                let name = match operator {
                    SetOperator::Union | SetOperator::UnionAll => "UNION",
                    SetOperator::Intersect => "INTERSECT",
                    SetOperator::Except => "EXCEPT",
                };
                let message = format!("each {name} query must have the same number of columns");
                return Err(SqlError::new(SqlState::SYNTAX_ERROR, message));
            }
            compound.push((*operator, query));
        }
        let mut sort_columns = Vec::new();
        if is_compound {
            for key in &select.order_by {
                sort_columns.push(output_column(&key.expr, &projection.names)?);
            }
        }
        let bound = |expr: &Option<Expr>, clause| {
            expr.as_ref()
                .map(|expr| bind_limit(expr, clause))
                .transpose()
        };
        let marks = row_marks(select, &projection, &tables)?;
        if let Some(from) = &from {
            let mut nullable = Vec::new();
            nullable_side(from, false, &mut nullable);
            let marked = marks.iter().find(|mark| nullable.contains(&mark.relation));
            if let Some(mark) = marked {
                let clause = mark.strength.clause();
                let message =
                    format!("{clause} cannot be applied to the nullable side of an outer join");
                return Err(SqlError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
            }
        }
        let conditions = filter.iter().flat_map(Bound::conjuncts).cloned().collect();
        let mut query = Query {
            with,
            from,
            width: scope.columns.len(),
            relations,
            filter: conditions,
            projection,
            distinct: select.distinct == Distinct::Rows,
            compound,
            sort: select.order_by.iter().map(SortKey::of).collect(),
            sort_columns,
            limit: bound(&select.limit, Clause::Limit)?,
            offset: bound(&select.offset, Clause::Offset)?,
            marks,
            correlated: scope.correlated.get(),
        };
        if let Some(from) = &mut query.from {
            query.filter = distribute(from, std::mem::take(&mut query.filter));
        }
        self.choose_access(&mut query);
        Ok(query)
    }
}

/// The relations that an outer join may fill up with NULLs.
fn nullable_side(from: &From, nullable: bool, found: &mut Vec<usize>) {
    match from {
        From::Relation(relation) if nullable => found.push(relation.number),
        From::Relation(_) => {}
        From::Join(join) => {
            let left = matches!(join.kind, JoinKind::Right | JoinKind::Full);
            let right = matches!(join.kind, JoinKind::Left | JoinKind::Full);
            nullable_side(&join.left, nullable || left, found);
            nullable_side(&join.right, nullable || right, found);
        }
    }
}

/// A select list whose calls of `generate_series` name a column of that name instead, and those calls.
fn without_series(items: &[SelectItem]) -> (Vec<SelectItem>, Vec<Call>) {
    let mut moved = items.to_vec();
    let mut series = Vec::new();
    for item in &mut moved {
        if let SelectItem::Expr { expr, .. } = item {
            visit::walk_mut(expr, &mut |inner| match inner {
                Expr::Call(call) if call.name.name == SERIES && series.is_empty() => {
                    series.push(call.clone());
                    *inner = Expr::Column {
                        table: Some(Ident::new(SERIES)),
                        name: Ident::new(SERIES),
                    };
                }
                _ => {}
            });
        }
    }
    (moved, series)
}

const SERIES: &str = "generate_series";

/// The column of the result that `ORDER BY` means behind a `UNION`.
fn output_column(key: &Expr, names: &[String]) -> Result<usize, SqlError> {
    let place = match key {
        Expr::Column { table: None, name } => names.iter().position(|other| *other == name.name),
        Expr::Literal(Literal::Number(digits), _) => digits
            .parse::<usize>()
            .ok()
            .and_then(|number| number.checked_sub(1))
            .filter(|place| *place < names.len()),
        _ => None,
    };
    place.ok_or_else(|| {
        SqlError::new(
            SqlState::FEATURE_NOT_SUPPORTED,
            "invalid UNION/INTERSECT/EXCEPT ORDER BY clause",
        )
        .with_detail("Only result column names can be used, not expressions or functions.")
    })
}

/// Which relations the locking clauses mean. Where several mean the same, the strongest counts, and NOWAIT before SKIP LOCKED
/// before waiting (`applyLockingClause`).
fn row_marks(
    select: &Select,
    projection: &Projection,
    tables: &[(usize, TableId, String)],
) -> Result<Vec<RowMark>, SqlError> {
    let mut marks: Vec<RowMark> = Vec::new();
    for locking in &select.locking {
        let refused = if !select.compound.is_empty() {
            Some("UNION/INTERSECT/EXCEPT")
        } else if select.distinct == Distinct::Rows {
            Some("DISTINCT clause")
        } else if !select.group_by.is_empty() {
            Some("GROUP BY clause")
        } else if select.having.is_some() {
            Some("HAVING clause")
        } else if !projection.aggregates.is_empty() {
            Some("aggregate functions")
        } else {
            None
        };
        if let Some(what) = refused {
            return Err(SqlError::new(
                SqlState::FEATURE_NOT_SUPPORTED,
                format!("{} is not allowed with {what}", locking.strength.clause()),
            ));
        }
        for of in &locking.of {
            if !tables.iter().any(|(_, _, name)| *name == of.name) {
                let message = format!(
                    "relation \"{}\" in {} clause not found in FROM clause",
                    of.name,
                    locking.strength.clause()
                );
                return Err(SqlError::new(SqlState::UNDEFINED_TABLE, message).at(of.span));
            }
        }
        for (relation, table, name) in tables {
            if !locking.of.is_empty() && !locking.of.iter().any(|of| of.name == *name) {
                continue;
            }
            let mark = RowMark {
                relation: *relation,
                table: *table,
                strength: locking.strength,
                wait: locking.wait,
            };
            match marks.iter_mut().find(|other| other.relation == *relation) {
                Some(other) => {
                    other.strength = other.strength.max(mark.strength);
                    let patience = |wait| match wait {
                        WaitPolicy::Block => 0,
                        WaitPolicy::SkipLocked => 1,
                        WaitPolicy::NoWait => 2,
                    };
                    if patience(mark.wait) > patience(other.wait) {
                        other.wait = mark.wait;
                    }
                }
                None => marks.push(mark),
            }
        }
    }
    Ok(marks)
}
