//! Lock ordering: all rows that a transaction needs, locked at once and in one order for everybody.
//!
//! Two transactions that take their locks in the same order cannot wait for each other in a circle: of any two, one comes
//! first to the first row that both want, and the other waits there, holding nothing later (Havender 1968).

use super::build::{and, binary, column};
use super::draft::Draft;
use super::drawn::{Drawn, Meeting};
use super::keys::Constant;
use super::locking::{HAD, rows_of};
use super::plan::RowCheck;
use super::tables::Table;
use super::transactions::Transaction;
use crate::collections::{Map, Set};
use crate::scenario::StepId;
use crate::sql::ast::{BinaryOp, Expr, Locking, WaitPolicy};

/// Locks the rows that a transaction names by constant keys and writes, if there are several. Returns the steps on them.
pub(super) fn lock_by_key(
    draft: &mut Draft<'_>,
    drawn: &Drawn<'_>,
    transaction: &Transaction,
    locking: &Locking,
) -> Vec<StepId> {
    let mut steps = Vec::new();
    let mut unknown = Vec::new();
    let mut rows: Map<(&str, usize), Set<Vec<Constant>>> = Map::new();
    for &step in &transaction.steps {
        let Some(search) = drawn.search(step) else {
            continue;
        };
        let written = drawn.is_write(step)
            || transaction
                .after(step)
                .any(|later| drawn.is_write(later) && drawn.meeting(step, later) != Meeting::Never);
        if !written {
            continue;
        }
        if let Some(key) = search.constant_key() {
            let table = &drawn.tables[search.table];
            rows.or_insert((&table.name, search.table), Default::default())
                .insert(key);
            steps.push(step);
        } else {
            unknown.push(step);
        }
    }
    let several = rows.values().map(Set::len).sum::<usize>() > 1;
    if several || !rows.is_empty() && !unknown.is_empty() || unknown.len() > 1 {
        for step in unknown {
            let quoted = draft.quote(step);
            draft.remark(format!(
                "{quoted} does not name its row by a constant key, so it cannot be locked in order beforehand: it locks \
                 what it finds when it comes to it."
            ));
        }
    }
    let Some(&first) = steps.first().filter(|_| several) else {
        return Vec::new();
    };
    for ((_, place), keys) in rows {
        let table = &drawn.tables[place];
        let keys: Vec<_> = keys.into_iter().collect();
        // A statement that passes over locked rows can only tell so of one row.
        let (statements, check): (Vec<_>, _) = if locking.wait == WaitPolicy::SkipLocked {
            let check = RowCheck::GuardHeld(Some(HAD.to_owned()));
            (keys.chunks(1).collect(), check)
        } else {
            (vec![keys.as_slice()], RowCheck::Any)
        };
        for keys in statements {
            let added = rows_of(table, named(table, keys), locking.clone());
            draft.add_before(
                first,
                added,
                check.clone(),
                "locks the rows that the transaction needs, in the order of their keys",
            );
        }
    }
    steps
}

/// `id IN (1, 2)`, `id = 1`, or `(a = 1 AND b = 2 OR a = 1 AND b = 3)` for a key of several columns.
fn named(table: &Table, keys: &[Vec<Constant>]) -> Option<Expr> {
    if let [name] = table.key.as_slice()
        && keys.len() > 1
    {
        return Some(Expr::InList {
            expr: Box::new(column(name)),
            list: keys.iter().flatten().map(Constant::to_expr).collect(),
            negated: false,
        });
    }
    keys.iter()
        .filter_map(|key| {
            let values: Vec<Expr> = key.iter().map(Constant::to_expr).collect();
            equated(table, &values)
        })
        .reduce(|left, right| binary(left, BinaryOp::Or, right))
}

/// `a = 1 AND b = 2`: a table's key with its values.
pub(super) fn equated(table: &Table, values: &[Expr]) -> Option<Expr> {
    table
        .key
        .iter()
        .zip(values)
        .map(|(name, value)| binary(column(name), BinaryOp::Eq, value.clone()))
        .reduce(|left, right| and(Some(left), right))
}
