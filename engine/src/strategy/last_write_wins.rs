//! S2, last write wins: each write carries the time at which its client made it, and only a newer one replaces another.
//!
//! ```text
//! drawn  UPDATE product SET price = 90 WHERE id = 101
//! sent   UPDATE product SET price = 90, written_at = 6 WHERE id = 101 AND (written_at IS NULL OR written_at < 6)
//! ```
//!
//! This is how replicas and caches without a common lock come to agree (Johnson and Thomas 1975; Cassandra's cells). The
//! time is the client's own: its place on the timeline in milliseconds, plus what its clock is wrong by. A clock that is
//! ahead wins against edits that came later, and nobody is told: the write touches no row, and the client goes on.
//!
//! Nothing is said about what a value was computed from, so a read, a sum and a write back still lose updates.

use super::build::and;
use super::draft::Draft;
use super::drawn::Drawn;
use super::plan::RowCheck;
use super::version::add_column;
use crate::collections::Map;
use crate::scenario::StepId;
use crate::sql::ast::{
    Assignment, ConflictAction, Expr, Ident, InsertSource, Literal, SqlType, Statement, UnaryOp,
};
use crate::sql::{Span, parse_leading_expression};

pub(super) fn apply(draft: &mut Draft<'_>, drawn: &Drawn<'_>) {
    let mut columns: Map<String, String> = Map::new();
    let steps = drawn.transactions.iter().flat_map(|it| &it.steps);
    for &step in steps.clone() {
        let table = match drawn.statement(step) {
            Some(Statement::Update(_) | Statement::Delete(_)) => drawn.table(step),
            _ => drawn.inserted_into(step),
        };
        if let Some(table) = table
            && columns.get(&table.name).is_none()
        {
            let name = add_column(draft, drawn, table, "written_at", SqlType::BigInt, None);
            columns.insert(table.name.clone(), name);
        }
    }
    for &step in steps {
        let table = drawn.table(step).or(drawn.inserted_into(step));
        if let Some(name) = table.and_then(|table| columns.get(&table.name)) {
            stamp(draft, drawn, step, name);
        }
    }
}

/// Gives a write its time.
fn stamp(draft: &mut Draft<'_>, drawn: &Drawn<'_>, step: StepId, name: &str) {
    let scenario = drawn.scenario;
    let session = &scenario.sessions[scenario.timeline[step.0].session.0];
    let tick = i64::try_from(scenario.times()[step.0].0).unwrap_or(i64::MAX);
    let time = tick.saturating_add(session.clock);
    let why = "carries its client's time; an older one is dropped";
    let newer = |table: &str, than: &str| {
        let dot = if table.is_empty() { "" } else { "." };
        let text = format!("({table}{dot}{name} IS NULL OR {table}{dot}{name} < {than})");
        parse_leading_expression(&text).ok().map(|(expr, _)| expr)
    };
    match drawn.statement(step) {
        Some(Statement::Update(update)) => {
            let Some(condition) = newer("", &time.to_string()) else {
                return;
            };
            let mut update = update.clone();
            update.assignments.push(Assignment {
                column: Ident::new(name),
                value: Some(literal(time)),
            });
            update.filter = Some(and(update.filter.take(), condition));
            draft.change(step, Statement::Update(update), RowCheck::Newest, why);
        }
        Some(Statement::Delete(delete)) => {
            let Some(condition) = newer("", &time.to_string()) else {
                return;
            };
            let mut delete = delete.clone();
            delete.filter = Some(and(delete.filter.take(), condition));
            draft.change(step, Statement::Delete(delete), RowCheck::Newest, why);
            let quoted = draft.quote(step);
            draft.remark(format!(
                "{quoted} leaves nothing that could carry a time: an older write that comes after it brings the row back. \
                 Replicas keep a tombstone for that."
            ));
        }
        Some(Statement::Insert(insert)) => {
            let mut insert = insert.clone();
            let InsertSource::Values(rows) = &mut insert.source else {
                return;
            };
            if insert.columns.is_empty() {
                let Some(table) = drawn.inserted_into(step) else {
                    return;
                };
                let width = rows.first().map_or(0, Vec::len);
                let columns = table.columns.iter().take(width);
                insert.columns = columns.map(|column| Ident::new(&column.name)).collect();
            }
            insert.columns.push(Ident::new(name));
            for row in rows {
                row.push(Some(literal(time)));
            }
            let mut check = RowCheck::Any;
            if let Some(on_conflict) = &mut insert.on_conflict
                && let ConflictAction::Update {
                    assignments,
                    filter,
                } = &mut on_conflict.action
                && let Some(condition) =
                    newer(&insert.table.name.to_string(), &format!("excluded.{name}"))
            {
                assignments.push(Assignment {
                    column: Ident::new(name),
                    value: Some(Expr::Column {
                        table: Some(Ident::new("excluded")),
                        name: Ident::new(name),
                    }),
                });
                *filter = Some(and(filter.take(), condition));
                check = RowCheck::Newest;
            }
            draft.change(step, Statement::Insert(insert), check, why);
        }
        _ => {}
    }
}

fn literal(value: i64) -> Expr {
    let digits = Literal::Number(value.unsigned_abs().to_string());
    let digits = Expr::Literal(digits, Span::default());
    if value < 0 {
        Expr::Unary(UnaryOp::Minus, Box::new(digits))
    } else {
        digits
    }
}
