//! S3, the atomic statement: the arithmetic moves into the `UPDATE`.
//!
//! A client that reads a value, computes, and writes the result back can overwrite what happened in between. A
//! statement that computes from the stored value cannot: the row is locked while it is changed, and a statement that waited
//! for the lock computes from the newest version.
//!
//! ```text
//! drawn  SELECT quantity FROM stock WHERE id = 42
//!        require :quantity >= 1
//!        UPDATE stock SET quantity = :quantity - 1 WHERE id = 42
//! sent   UPDATE stock SET quantity = quantity - 1 WHERE id = 42 AND quantity >= 1
//! ```
//!
//! The check becomes a guard in the `WHERE` clause, and a guard that does not hold touches no row. A new value that does
//! not depend on the stored one (`SET price = 120`) has no arithmetic to move; what is computed from several rows cannot move
//! either. Both are left as drawn, with a remark.

use super::draft::Draft;
use super::plan::RowCheck;
use super::shape::{
    Table, Transaction, and, bound_columns, drawn_statement, is_write, reads_rows, tables, target,
    transactions, variables_of, variables_used,
};
use crate::scenario::{Action, StepId};
use crate::sql::ast::{Expr, Ident, Statement};
use crate::sql::visit::walk_mut;

/// A SELECT whose variables stand for columns of the rows it finds.
struct Reading<'a> {
    step: StepId,
    table: &'a str,
    filter: Option<&'a Expr>,
    /// Variable and column.
    bound: Vec<(String, String)>,
}

pub(super) fn apply(draft: &mut Draft<'_>) {
    let tables = tables(&draft.setup);
    for transaction in transactions(draft.scenario) {
        let mut converted = Vec::new();
        for (place, &step) in transaction.steps.iter().enumerate() {
            if let Some(reading) = convert(draft, &tables, &transaction, place, step) {
                converted.push(reading);
            }
        }
        for reading in converted {
            drop_reading(draft, &transaction, reading);
        }
        remark_on_constants(draft, &transaction);
    }
}

/// Moves the arithmetic of one `UPDATE`, and the checks before it. Returns the reading it no longer needs.
fn convert(
    draft: &mut Draft<'_>,
    tables: &[Table],
    transaction: &Transaction,
    place: usize,
    step: StepId,
) -> Option<StepId> {
    let scenario = draft.scenario;
    let Some(Statement::Update(update)) = drawn_statement(scenario, step) else {
        return None;
    };
    let uses: Vec<&str> = update
        .assignments
        .iter()
        .filter_map(|assignment| assignment.value.as_ref())
        .flat_map(variables_of)
        .collect();
    if uses.is_empty() {
        return None;
    }
    let name = &update.table.name.name;
    let table = tables.iter().find(|table| table.name == *name)?;
    let session = draft.name(transaction.session);
    let reading = transaction.steps[..place]
        .iter()
        .rev()
        .find_map(|&read| match drawn_statement(scenario, read)? {
            Statement::Select(select) if reads_rows(select) => {
                let (table_read, filter) = target(drawn_statement(scenario, read)?)?;
                let bound = bound_columns(select, table);
                let binds_all = uses
                    .iter()
                    .all(|used| bound.iter().any(|(variable, _)| variable == used));
                let fits = table_read == name && filter == update.filter.as_ref() && binds_all;
                fits.then_some(Reading {
                    step: read,
                    table: table_read,
                    filter,
                    bound,
                })
            }
            _ => None,
        });
    let Some(reading) = reading else {
        draft.remark(format!(
            "{session}'s UPDATE of {name} computes from values that were not read from the same row: its arithmetic \
             cannot move into the statement, and it is sent as drawn."
        ));
        return None;
    };
    let between = || {
        let start = transaction
            .steps
            .iter()
            .position(|&other| other == reading.step)
            .unwrap_or(0);
        transaction.steps[start + 1..place].iter().copied()
    };
    let written = between().any(|other| {
        drawn_statement(scenario, other).is_some_and(|statement| {
            is_write(statement) && target(statement) == Some((reading.table, reading.filter))
        })
    });
    if written {
        draft.remark(format!(
            "{session} writes the row of {name} twice with values read before the first: only the first can be made atomic."
        ));
        return None;
    }
    let mut sent = update.clone();
    for assignment in &mut sent.assignments {
        if let Some(value) = &mut assignment.value {
            columns_for_variables(value, &reading.bound);
        }
    }
    let mut reasons = Vec::new();
    for other in between() {
        if let Action::Require(require) = &scenario.timeline[other.0].action {
            let used = variables_of(&require.condition);
            if used
                .iter()
                .any(|used| reading.bound.iter().any(|(variable, _)| variable == used))
            {
                let mut guard = require.condition.clone();
                columns_for_variables(&mut guard, &reading.bound);
                sent.filter = Some(and(sent.filter.take(), guard));
                reasons.push(
                    require
                        .reason
                        .clone()
                        .unwrap_or_else(|| format!("{} is not so", require.text)),
                );
                draft.drop(other, "the UPDATE's WHERE clause checks it");
            }
        }
    }
    let (check, why) = match reasons.as_slice() {
        [] => (RowCheck::Any, "computes from the stored value"),
        reasons => (
            RowCheck::GuardHeld(Some(reasons.join("; "))),
            "computes from the stored value, if the guard in WHERE holds",
        ),
    };
    let read = reading.step;
    draft.change(step, Statement::Update(sent), check, why);
    Some(read)
}

/// Puts the columns themselves where the variables stood that were read from them.
fn columns_for_variables(expr: &mut Expr, bound: &[(String, String)]) {
    walk_mut(expr, &mut |expr| {
        if let Expr::HostVariable(name) = expr
            && let Some((_, column)) = bound.iter().find(|(variable, _)| *variable == name.name)
        {
            *expr = Expr::Column {
                table: None,
                name: Ident::new(column),
            };
        }
    });
}

/// Drops a reading whose variables nothing uses any more.
fn drop_reading(draft: &mut Draft<'_>, transaction: &Transaction, read: StepId) {
    let scenario = draft.scenario;
    let Some(Statement::Select(select)) = drawn_statement(scenario, read) else {
        return;
    };
    let names = super::shape::output_names(select);
    let used_elsewhere = (0..scenario.timeline.len()).map(StepId).any(|step| {
        let sent_as_drawn = match draft.statement(step) {
            Some(statement) => Some(statement) == drawn_statement(scenario, step),
            None => draft.is_sent(step),
        };
        step.0 > read.0
            && scenario.timeline[step.0].session == transaction.session
            && sent_as_drawn
            && variables_used(scenario, step)
                .iter()
                .any(|used| names.iter().any(|name| name == used))
    });
    let star = names.len() < select.items.len();
    if used_elsewhere || star && names.is_empty() && !only_feeds_update(draft, transaction, read) {
        let session = draft.name(transaction.session);
        draft.remark(format!(
            "{session} uses what it read elsewhere too, so the SELECT stays; what it shows may be old by the time of the UPDATE."
        ));
    } else {
        draft.drop(read, "the UPDATE computes from the stored value itself");
    }
}

/// Whether no step after a `SELECT *` uses a variable as drawn.
fn only_feeds_update(draft: &Draft<'_>, transaction: &Transaction, read: StepId) -> bool {
    let scenario = draft.scenario;
    !transaction.steps.iter().any(|&step| {
        step.0 > read.0
            && draft.statement(step) == drawn_statement(scenario, step)
            && draft.is_sent(step)
            && !variables_used(scenario, step).is_empty()
    })
}

/// An `UPDATE` of a row that was read, to a value that does not depend on it.
fn remark_on_constants(draft: &mut Draft<'_>, transaction: &Transaction) {
    let scenario = draft.scenario;
    for &step in &transaction.steps {
        let Some(statement @ Statement::Update(update)) = drawn_statement(scenario, step) else {
            continue;
        };
        let read = transaction.steps.iter().any(|&other| {
            other.0 < step.0
                && drawn_statement(scenario, other)
                    .is_some_and(|other| !is_write(other) && target(other) == target(statement))
        });
        let constant = |value: &Option<Expr>| {
            value
                .as_ref()
                .is_some_and(|value| matches!(value, Expr::Literal(..)))
        };
        if read
            && update
                .assignments
                .iter()
                .all(|assignment| constant(&assignment.value))
        {
            let session = draft.name(transaction.session);
            draft.remark(format!(
                "{session}'s new value does not depend on the stored one: there is no arithmetic to move, and the later \
                 write still overwrites the earlier. Optimistic locking reports that, a row lock makes one wait."
            ));
        }
    }
}
