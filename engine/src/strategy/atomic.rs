//! S3, the atomic statement: the arithmetic moves into the `UPDATE`.
//!
//! A client that reads a value, computes, and writes the result back can overwrite what happened in between. A
//! statement that computes from the stored value cannot: the row is locked while it is changed, and a statement that waited
//! for the lock computes from the newest version (manual, section 13.2.1).
//!
//! ```text
//! drawn  SELECT quantity FROM stock WHERE id = 42
//!        require :quantity >= 1
//!        UPDATE stock SET quantity = :quantity - 1 WHERE id = 42
//! sent   UPDATE stock SET quantity = quantity - 1 WHERE id = 42 AND quantity >= 1
//! ```
//!
//! A variable may be replaced by the column it was read from when the SELECT and the `UPDATE` pin the same row by its primary
//! key, the variable still has the value of that SELECT, and the transaction has not written the column in between. A
//! `require` on such variables becomes a guard in the `WHERE` clause; that it does not hold shows as no row. A SELECT that
//! nothing needs any more is not sent. (With the option `unguarded` the check stays with the client, on the value that it
//! read, which is how a stock goes below zero.) That its row is not there shows as no row, too, so the client demands one.
//!
//! A new value that does not depend on the stored one (`SET price = 120`) has no arithmetic to move, and what is computed from
//! other rows stays a value read before. Both are sent as drawn, with a remark.

use super::build::{and, column};
use super::draft::Draft;
use super::drawn::{Drawn, Meeting, variables_in, variables_of};
use super::options::Guard;
use super::plan::RowCheck;
use super::transactions::Transaction;
use crate::collections::Map;
use crate::scenario::{Action, Require, StepId};
use crate::sql::ast::{Expr, Statement};
use crate::sql::visit::{walk, walk_mut};

pub(super) fn apply(draft: &mut Draft<'_>, drawn: &Drawn<'_>, guard: Guard) {
    for transaction in &drawn.transactions {
        let mut freed: Map<StepId, StepId> = Map::new();
        for &write in transaction
            .steps
            .iter()
            .filter(|step| drawn.is_write(**step))
        {
            for reading in move_into(draft, drawn, transaction, write, guard) {
                freed.or_insert(reading, write);
            }
        }
        for (reading, write) in freed {
            drop_reading(draft, drawn, reading, write);
        }
    }
}

/// Why a variable cannot be replaced by a column.
enum Obstacle {
    /// It is no column of the row as it is stored: a constant, a sum, or never read.
    NotAColumn,
    /// It was read in an earlier transaction, or before `BEGIN`.
    EarlierTransaction,
    /// It was read from another row, or from rows that only a run knows.
    OtherRow,
    /// The row was found by a condition that the write does not have.
    OtherCondition,
    /// The transaction has written it since.
    WrittenSince,
}

impl Obstacle {
    fn as_str(&self) -> &'static str {
        match self {
            Self::NotAColumn => "is not a stored column of this row",
            Self::EarlierTransaction => "was read in an earlier transaction",
            Self::OtherRow => {
                "was not read from this same row, pinned by its primary key on both sides"
            }
            Self::OtherCondition => "was read under a condition that this statement does not have",
            Self::WrittenSince => "was read before this transaction wrote the same column itself",
        }
    }
}

/// The SELECT and the column that a variable's value at step `at` was read from, if they mean the row of `write`.
fn source<'a>(
    drawn: &'a Drawn<'_>,
    transaction: &Transaction,
    variable: &str,
    at: StepId,
    write: StepId,
) -> Result<(StepId, &'a str), Obstacle> {
    let reading = drawn.binder(at, variable).ok_or(Obstacle::NotAColumn)?;
    if !transaction.steps.contains(&reading) {
        return Err(Obstacle::EarlierTransaction);
    }
    let select = drawn.row_select(reading).ok_or(Obstacle::NotAColumn)?;
    let bound = drawn.binding(reading, variable);
    let column = bound
        .and_then(|bound| bound.column.as_deref())
        .ok_or(Obstacle::NotAColumn)?;
    if drawn.meeting(reading, write) != Meeting::Same
        || select.limit.is_some()
        || select.offset.is_some()
    {
        return Err(Obstacle::OtherRow);
    }
    let (Some(read), Some(written)) = (drawn.search(reading), drawn.search(write)) else {
        return Err(Obstacle::OtherRow);
    };
    let demanded = |condition: &Expr| written.conditions.contains(condition);
    if !read.conditions.iter().all(demanded)
        || !drawn.keeps_its_values(reading, write, &read.conditions)
    {
        return Err(Obstacle::OtherCondition);
    }
    let overwrites = |other: &StepId| match drawn.statement(*other) {
        Some(Statement::Update(update)) => update
            .assignments
            .iter()
            .any(|assignment| assignment.column.name == column),
        Some(Statement::Delete(_)) => true,
        _ => false,
    };
    let mut own = transaction
        .between(reading, write)
        .filter(|other| drawn.meeting(*other, write) != Meeting::Never);
    if own.any(|other| overwrites(&other)) {
        return Err(Obstacle::WrittenSince);
    }
    Ok((reading, column))
}

/// Moves arithmetic and checks into one write. Returns the readings they came from.
fn move_into(
    draft: &mut Draft<'_>,
    drawn: &Drawn<'_>,
    transaction: &Transaction,
    write: StepId,
    guard: Guard,
) -> Vec<StepId> {
    let mut readings = Vec::new();
    let Some(mut sent) = drawn.statement(write).cloned() else {
        return readings;
    };
    let mut obstacles = Vec::new();
    if let Statement::Update(update) = &mut sent {
        for assignment in &mut update.assignments {
            let Some(value) = &mut assignment.value else {
                continue;
            };
            walk_mut(value, &mut |expr| {
                let Expr::HostVariable(name) = expr else {
                    return;
                };
                match source(drawn, transaction, &name.name, write, write) {
                    Ok((reading, stored)) => {
                        readings.push(reading);
                        *expr = column(stored);
                    }
                    Err(obstacle) => obstacles.push((name.name.clone(), obstacle)),
                }
            });
        }
    }
    let computes = !readings.is_empty();
    for (variable, obstacle) in obstacles {
        let (quoted, why) = (draft.quote(write), obstacle.as_str());
        draft.remark(if computes {
            format!("{quoted} still uses a value read before: :{variable} {why}.")
        } else {
            format!(
                "{quoted} cannot compute from the stored value: :{variable} {why}. It is sent as drawn."
            )
        });
    }
    let mut reasons: Vec<String> = Vec::new();
    let mut guarded = false;
    for other in transaction.before(write).collect::<Vec<_>>() {
        let Action::Require(require) = &drawn.scenario.timeline[other.0].action else {
            continue;
        };
        if !draft.is_sent(other) || guard == Guard::Client {
            continue;
        }
        let Some((condition, read)) = as_guard(drawn, transaction, require, other, write) else {
            continue;
        };
        match &mut sent {
            Statement::Update(update) => update.filter = Some(and(update.filter.take(), condition)),
            Statement::Delete(delete) => delete.filter = Some(and(delete.filter.take(), condition)),
            _ => continue,
        }
        guarded = true;
        readings.extend(read);
        reasons.extend(require.reason.clone());
        draft.drop(
            other,
            "the WHERE clause of the write checks it, on the newest value",
        );
    }
    if readings.is_empty() {
        remark_on_constants(draft, drawn, transaction, write);
        return readings;
    }
    reasons.dedup();
    let check = match (guarded, reasons.is_empty()) {
        (false, _) => RowCheck::Any,
        (true, true) => RowCheck::GuardHeld(None),
        (true, false) => RowCheck::GuardHeld(Some(reasons.join(", or "))),
    };
    let why = match (computes, guarded) {
        (true, false) => "computes from the stored value",
        (true, true) => "computes from the stored value, if the guard in WHERE holds",
        (false, _) => "writes only if the guard in WHERE holds",
    };
    draft.change(write, sent, check, why);
    readings
}

/// A `require` as a condition on the stored row, with the readings that it was made on.
fn as_guard(
    drawn: &Drawn<'_>,
    transaction: &Transaction,
    require: &Require,
    at: StepId,
    write: StepId,
) -> Option<(Expr, Vec<StepId>)> {
    let mut columns = Map::new();
    let mut readings = Vec::new();
    for variable in variables_of(&require.condition) {
        match source(drawn, transaction, &variable, at, write) {
            Ok((reading, stored)) => {
                readings.push(reading);
                columns.insert(variable, stored);
            }
            // What else it compares with must mean the same at the write.
            Err(_) if drawn.binder(at, &variable) == drawn.binder(write, &variable) => {}
            Err(_) => return None,
        }
    }
    // With a condition of its own, no row would not tell which of them did not hold.
    if readings.is_empty() || own_condition(drawn, readings[0], write).is_some() {
        return None;
    }
    let mut guard = require.condition.clone();
    walk_mut(&mut guard, &mut |expr| {
        if let Expr::HostVariable(name) = expr
            && let Some(stored) = columns.get(&name.name)
        {
            *expr = column(stored);
        }
    });
    Some((guard, readings))
}

/// A condition of a write that the reading of its row does not have.
fn own_condition<'a>(drawn: &'a Drawn<'_>, reading: StepId, write: StepId) -> Option<&'a Expr> {
    let (read, written) = drawn.search(reading).zip(drawn.search(write))?;
    let mut conditions = written.conditions.iter();
    conditions.find(|condition| !read.conditions.contains(condition))
}

/// Does not send a SELECT whose variables nothing uses any more.
fn drop_reading(draft: &mut Draft<'_>, drawn: &Drawn<'_>, reading: StepId, write: StepId) {
    let session = drawn.scenario.timeline[reading.0].session;
    let user = (reading.0 + 1..drawn.scenario.timeline.len())
        .map(StepId)
        .filter(|step| drawn.scenario.timeline[step.0].session == session)
        .filter(|step| draft.is_sent(*step))
        .find(|step| {
            let used = match draft.statement(*step) {
                Some(statement) => variables_in(statement),
                None => drawn.used(*step).to_vec(),
            };
            used.iter()
                .any(|variable| drawn.binder(*step, variable) == Some(reading))
        });
    if let Some(user) = user {
        // Without the row the client could not have computed what it sends; now only the write's count tells.
        let alone = own_condition(drawn, reading, write).is_none();
        if alone && draft.check(write) == Some(&RowCheck::Any) {
            draft.demand(write, RowCheck::GuardHeld(None));
        }
        let (reading, user) = (draft.quote(reading), draft.quote(user));
        draft.remark(format!(
            "{reading} is still sent, because {user} uses what it read; that value may be old by then."
        ));
    } else if drawn
        .select(reading)
        .is_some_and(|select| !select.locking.is_empty())
    {
        let reading = draft.quote(reading);
        draft.remark(format!(
            "{reading} is still sent for the lock that it takes."
        ));
    } else if let Some(own) = own_condition(drawn, reading, write) {
        let (reading, write) = (draft.quote(reading), draft.quote(write));
        draft.remark(format!(
            "{reading} is still sent, because {write} has a condition of its own, {own}: that it finds no row would not \
             tell whether the row is there."
        ));
    } else {
        draft.drop(reading, "the write itself works on the newest value");
        if draft.check(write) == Some(&RowCheck::Any) {
            draft.demand(write, RowCheck::GuardHeld(None));
        }
    }
}

/// An `UPDATE` of a row that was read, to a value that does not depend on it.
fn remark_on_constants(
    draft: &mut Draft<'_>,
    drawn: &Drawn<'_>,
    transaction: &Transaction,
    write: StepId,
) {
    let Some(Statement::Update(update)) = drawn.statement(write) else {
        return;
    };
    let mut constant = true;
    for value in update.assignments.iter().flat_map(|it| &it.value) {
        walk(value, &mut |expr| {
            constant &= !matches!(expr, Expr::Column { .. } | Expr::HostVariable(_))
        });
    }
    let read = transaction.before(write).any(|other| {
        drawn.select(other).is_some() && drawn.meeting(other, write) != Meeting::Never
    });
    if constant && read {
        let quoted = draft.quote(write);
        draft.remark(format!(
            "{quoted} cannot be made atomic: the new value does not depend on the stored one, so there is no arithmetic \
             to move, and the later write still overwrites the earlier. It is sent as drawn."
        ));
    }
}
