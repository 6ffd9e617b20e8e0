//! S4, optimistic locking: a version column, compared at the write.
//!
//! Nobody waits for a reader. Each row carries a version; who reads the row keeps the version too, and writes only if it is
//! still the same. A write that touches no row says that somebody else was faster: the client rolls back and, as it is
//! set, tells its user or starts again with fresh reads (Kung and Robinson 1981; `@Version` in JPA).
//!
//! ```text
//! drawn  SELECT quantity FROM stock WHERE id = 42
//!        UPDATE stock SET quantity = :quantity - 1 WHERE id = 42
//! sent   SELECT quantity, version FROM stock WHERE id = 42
//!        UPDATE stock SET quantity = :quantity - 1, version = version + 1 WHERE id = 42 AND version = :version
//! ```
//!
//! The version that counts is that of the transaction's first reading of the row. What the transaction then writes itself
//! raises it, so a second write of the row compares with `:version + 1`. Every other `UPDATE` of such a table raises the
//! version too: a writer that does not would go unnoticed.
//!
//! With the option `updated_at` the time of the last change serves as the version. Two changes within one tick of the clock
//! then look like one.
//!
//! A row that is written without having been read has no version to compare, and neither has a sum or a search over several
//! rows. Rows that are only read are not checked at all: write skew passes. What was drawn and cannot be guarded is named
//! in a remark.

use super::build::{and, binary, call, column, number, variable};
use super::draft::Draft;
use super::drawn::{Drawn, Meeting};
use super::options::VersionToken;
use super::plan::RowCheck;
use super::transactions::Transaction;
use super::version::{add_columns, name_variable, version_column};
use crate::collections::{Map, Set};
use crate::scenario::StepId;
use crate::sql::ast::{Assignment, BinaryOp, Expr, Ident, SelectItem, Statement};

/// A write and the reading whose version it compares.
struct Compared {
    reading: StepId,
    /// How often the transaction has raised the version itself since.
    raised: usize,
}

/// Why a write has no version to compare.
enum Unguarded {
    /// Nothing in its transaction reads the row.
    Blind,
    /// Its transaction reads the table, but a sum, or rows that only a run knows.
    ManyRows(StepId),
    /// Its transaction has written rows in between that may or may not be this one.
    Uncertain(StepId),
}

pub(super) fn apply(draft: &mut Draft<'_>, drawn: &Drawn<'_>, token: VersionToken) {
    let mut compared = Map::new();
    let mut unguarded = Vec::new();
    for transaction in &drawn.transactions {
        for &write in transaction
            .steps
            .iter()
            .filter(|step| drawn.is_write(**step))
        {
            match compare(drawn, transaction, write) {
                Ok(found) => {
                    compared.insert(write, found);
                }
                // What an earlier transaction read has a remark of its own.
                Err(Unguarded::Blind) if drawn.read_earlier(transaction, write).is_some() => {}
                Err(why) => unguarded.push((write, why)),
            }
        }
    }
    let versioned: Set<usize> = compared
        .keys()
        .filter_map(|write| drawn.search(*write).map(|search| search.table))
        .collect();
    let columns = add_columns(draft, drawn, &versioned, token);
    for transaction in &drawn.transactions {
        let variables = read_versions(draft, drawn, &columns, &compared, transaction);
        for &write in transaction
            .steps
            .iter()
            .filter(|step| drawn.is_write(**step))
        {
            if let Some(name) = version_column(drawn, &columns, write) {
                let version = compared.get(&write).and_then(|compared| {
                    let held = variable(variables.get(&compared.reading)?);
                    match (compared.raised, token) {
                        (0, _) => Some(held),
                        (raised, VersionToken::Version) => {
                            Some(binary(held, BinaryOp::Plus, number(raised)))
                        }
                        // The row is the transaction's own since its first write, and nobody else can have changed it.
                        (_, VersionToken::UpdatedAt) => None,
                    }
                });
                guard(draft, drawn, write, name, version, token);
            }
        }
    }
    for (write, compared) in &compared {
        remark_on_conditions(draft, drawn, *write, compared.reading);
    }
    let blind = |(_, why): &(StepId, Unguarded)| matches!(why, Unguarded::Blind);
    if versioned.is_empty() && unguarded.iter().all(blind) {
        // Nothing is changed, which is said once for all of them.
        return;
    }
    for (write, why) in unguarded {
        remark_on_unguarded(draft, drawn, &versioned, write, &why);
    }
}

/// The reading whose version a write can compare: the first of its row in the transaction.
fn compare(
    drawn: &Drawn<'_>,
    transaction: &Transaction,
    write: StepId,
) -> Result<Compared, Unguarded> {
    let reading = transaction
        .before(write)
        .find(|reading| reads_the_row_of(drawn, transaction, *reading, write));
    let Some(reading) = reading else {
        let many = transaction
            .before(write)
            .find(|other| drawn.select(*other).is_some() && may_meet(drawn, *other, write));
        return Err(many.map_or(Unguarded::Blind, Unguarded::ManyRows));
    };
    let mut raised = 0;
    for other in transaction.between(reading, write) {
        if !matches!(drawn.statement(other), Some(Statement::Update(_))) {
            continue;
        }
        match drawn.meeting(other, write) {
            Meeting::Never => {}
            Meeting::Same => raised += 1,
            Meeting::Maybe if drawn.same_search(other, write) => raised += 1,
            Meeting::Maybe => return Err(Unguarded::Uncertain(other)),
        }
    }
    Ok(Compared { reading, raised })
}

fn may_meet(drawn: &Drawn<'_>, one: StepId, other: StepId) -> bool {
    drawn.meeting(one, other) != Meeting::Never
}

/// Whether a step reads the one row that a later one writes: both pin its key; or both search alike, and the client needs
/// a value of that reading, which it has only if the reading finds one row.
fn reads_the_row_of(
    drawn: &Drawn<'_>,
    transaction: &Transaction,
    reading: StepId,
    write: StepId,
) -> bool {
    let Some(select) = drawn.row_select(reading) else {
        return false;
    };
    drawn.meeting(reading, write) == Meeting::Same
        || drawn.same_search(reading, write)
            && select.limit.is_none()
            && select.offset.is_none()
            && transaction
                .after(reading)
                .filter(|step| *step <= write)
                .any(|step| {
                    let mut used = drawn.used(step).iter();
                    used.any(|name| drawn.binder(step, name) == Some(reading))
                })
}

/// Lets the readings that are compared with read the version too. Returns the variables that hold it.
fn read_versions(
    draft: &mut Draft<'_>,
    drawn: &Drawn<'_>,
    columns: &Map<usize, String>,
    compared: &Map<StepId, Compared>,
    transaction: &Transaction,
) -> Map<StepId, String> {
    let mut variables: Map<StepId, String> = Map::new();
    for &reading in &transaction.steps {
        let needed = transaction.steps.iter().any(|write| {
            compared
                .get(write)
                .is_some_and(|compared| compared.reading == reading)
        });
        let (true, Some(name), Some(select)) = (
            needed,
            version_column(drawn, columns, reading),
            drawn.select(reading),
        ) else {
            continue;
        };
        let held = name_variable(drawn, columns, transaction, reading, name, &variables);
        let star = select
            .items
            .iter()
            .any(|item| matches!(item, SelectItem::Star(_)));
        if !(star && held == name) {
            let mut select = select.clone();
            select.items.push(SelectItem::Expr {
                expr: column(name),
                alias: (held != name).then(|| Ident::new(&held)),
            });
            draft.change(
                reading,
                Statement::Select(select),
                RowCheck::Any,
                "reads the version too",
            );
        }
        variables.insert(reading, held);
    }
    variables
}

/// A write raises the version and, if it has one, compares it.
fn guard(
    draft: &mut Draft<'_>,
    drawn: &Drawn<'_>,
    write: StepId,
    name: &str,
    version: Option<Expr>,
    token: VersionToken,
) {
    let (check, why) = match version {
        Some(_) => (
            RowCheck::VersionMatched,
            "only if the version is still the one that was read",
        ),
        None => (
            RowCheck::Any,
            "raises the version, so that who has read the row notices",
        ),
    };
    let condition = version.map(|version| binary(column(name), BinaryOp::Eq, version));
    match (drawn.statement(write), condition) {
        (Some(Statement::Update(update)), condition) => {
            let mut update = update.clone();
            update.assignments.push(Assignment {
                column: Ident::new(name),
                value: Some(match token {
                    VersionToken::Version => binary(column(name), BinaryOp::Plus, number(1)),
                    VersionToken::UpdatedAt => call("clock_timestamp"),
                }),
            });
            if let Some(condition) = condition {
                update.filter = Some(and(update.filter.take(), condition));
            }
            draft.change(write, Statement::Update(update), check, why);
        }
        (Some(Statement::Delete(delete)), Some(condition)) => {
            let mut delete = delete.clone();
            delete.filter = Some(and(delete.filter.take(), condition));
            draft.change(write, Statement::Delete(delete), check, why);
        }
        _ => {}
    }
}

/// A write with a condition beside the key that its reading does not have touches no row for two reasons.
fn remark_on_conditions(draft: &mut Draft<'_>, drawn: &Drawn<'_>, write: StepId, reading: StepId) {
    let (Some(read), Some(written)) = (drawn.search(reading), drawn.search(write)) else {
        return;
    };
    let key = written.key.as_deref().unwrap_or_default();
    let names = &drawn.tables[written.table].key;
    let own = written.conditions.iter().find(|condition| {
        let equates = names
            .iter()
            .zip(key)
            .any(|(name, value)| is_equality(condition, name, value));
        !equates && !read.conditions.contains(condition)
    });
    if let Some(own) = own {
        let quoted = draft.quote(write);
        draft.remark(format!(
            "{quoted} has a condition of its own, {own}: that it does not hold looks like a version conflict, too."
        ));
    }
}

fn is_equality(condition: &Expr, column: &str, value: &Expr) -> bool {
    let Expr::Binary(left, BinaryOp::Eq, right) = condition else {
        return false;
    };
    let named = |expr: &Expr| matches!(expr, Expr::Column { name, .. } if name.name == column);
    named(left) && **right == *value || named(right) && **left == *value
}

fn remark_on_unguarded(
    draft: &mut Draft<'_>,
    drawn: &Drawn<'_>,
    versioned: &Set<usize>,
    write: StepId,
    why: &Unguarded,
) {
    let quoted = draft.quote(write);
    let has_version = drawn
        .search(write)
        .is_some_and(|search| versioned.contains(&search.table));
    let raises = has_version && matches!(drawn.statement(write), Some(Statement::Update(_)));
    let rest = if raises {
        "It raises the version, so that others notice it."
    } else {
        "It is sent as drawn."
    };
    draft.remark(match why {
        Unguarded::Blind => format!(
            "{quoted} has no version to compare, because its transaction does not read the row before. {rest}"
        ),
        Unguarded::ManyRows(reading) => format!(
            "{quoted} has no version to compare, because {} reads a sum, or rows that are not pinned by the same key. \
             {rest} A row lock or a stricter isolation level guards it.",
            draft.quote(*reading)
        ),
        Unguarded::Uncertain(other) => format!(
            "{quoted} has no version to compare, because {} may have raised it in the same transaction. {rest}",
            draft.quote(*other)
        ),
    });
}
