//! S5, pessimistic locking: the first read of a row that will be written locks it.
//!
//! Who comes second waits at its read, and then reads the newest value, so nothing it computes is out of date.
//!
//! ```text
//! drawn  SELECT quantity FROM stock WHERE id = 42
//!        UPDATE stock SET quantity = :quantity - 1 WHERE id = 42
//! sent   SELECT quantity FROM stock WHERE id = 42 FOR UPDATE
//!        UPDATE stock SET quantity = :quantity - 1 WHERE id = 42
//! ```
//!
//! Locks taken in different orders can deadlock. With the order *by key* a transaction that needs several rows of a table
//! locks them all at its beginning, in the order of their keys, so that nobody holds what the other needs first. With NOWAIT
//! nobody waits: who finds the row locked fails with 55P03. A lock helps only against those who ask for it, and only inside a
//! transaction block: a single statement lets go at its end.

use super::LockOrder;
use super::draft::Draft;
use super::plan::RowCheck;
use super::shape::{
    Table, Transaction, drawn_statement, is_write, may_meet, pinned, reads_rows, tables, target,
    transactions,
};
use crate::scenario::StepId;
use crate::sql::ast::{
    Direction, Expr, Ident, Locking, OrderBy, RowLock, Select, SelectItem, Statement, TableRef,
    WaitPolicy,
};

pub(super) fn apply(draft: &mut Draft<'_>, wait: WaitPolicy, order: LockOrder) {
    let locking = Locking {
        strength: RowLock::Update,
        wait,
    };
    let tables = tables(&draft.setup);
    for transaction in transactions(draft.scenario) {
        if !transaction.is_block(draft.scenario) {
            continue;
        }
        for table in &tables {
            let locked_early =
                order == LockOrder::ByKey && lock_by_key(draft, table, &transaction, locking);
            if !locked_early {
                lock_first_reads(draft, table, &transaction, locking);
            }
        }
    }
}

/// The steps of a transaction on a table, with their statements.
fn steps_on<'a>(
    draft: &Draft<'a>,
    table: &Table,
    transaction: &Transaction,
) -> Vec<(StepId, &'a Statement)> {
    let scenario = draft.scenario;
    let statements = transaction
        .steps
        .iter()
        .filter_map(|&step| Some((step, drawn_statement(scenario, step)?)));
    statements
        .filter(|(_, statement)| target(statement).is_some_and(|(name, _)| name == table.name))
        .collect()
}

fn filter_of(statement: &Statement) -> Option<&Expr> {
    target(statement).and_then(|(_, filter)| filter)
}

/// Locks each row that is read and later written at its first reading; what is written unread locks itself.
fn lock_first_reads(
    draft: &mut Draft<'_>,
    table: &Table,
    transaction: &Transaction,
    locking: Locking,
) {
    let steps = steps_on(draft, table, transaction);
    let mut locked: Vec<Option<&Expr>> = Vec::new();
    for (place, &(step, statement)) in steps.iter().enumerate() {
        let filter = filter_of(statement);
        if locked.contains(&filter) {
            continue;
        }
        let written_later = steps[place..]
            .iter()
            .any(|(_, later)| is_write(later) && may_meet(table, filter, filter_of(later)));
        match statement {
            Statement::Select(select) if written_later && select.locking.is_none() => {
                if reads_rows(select) {
                    let mut select = select.clone();
                    select.locking = Some(locking);
                    draft.change(
                        step,
                        Statement::Select(select),
                        RowCheck::Any,
                        "locks the row at its first reading",
                    );
                } else {
                    let added = rows_of(table, select.filter.clone(), locking);
                    draft.add_before(
                        step,
                        added,
                        "locks the rows first: FOR UPDATE cannot stand beside an aggregate",
                    );
                }
                locked.push(filter);
            }
            // An UPDATE locks by itself, but always waits.
            Statement::Update(_) | Statement::Delete(_) if locking.wait != WaitPolicy::Block => {
                let added = rows_of(table, filter.cloned(), locking);
                draft.add_before(
                    step,
                    added,
                    "locks the row without waiting, which an UPDATE by itself cannot",
                );
                locked.push(filter);
            }
            _ => {}
        }
    }
}

/// Locks all rows that a transaction names by constant keys at its first step on them, in key order, if there are several.
fn lock_by_key(
    draft: &mut Draft<'_>,
    table: &Table,
    transaction: &Transaction,
    locking: Locking,
) -> bool {
    let steps = steps_on(draft, table, transaction);
    let [key] = table.key.as_slice() else {
        if steps.len() > 1 {
            let session = draft.name(transaction.session);
            draft.remark(format!(
                "{session}'s rows of {} cannot be put in the order of a key of one column, so they are locked as drawn.",
                table.name
            ));
        }
        return false;
    };
    let mut keys: Vec<Expr> = Vec::new();
    for (_, statement) in &steps {
        let needs = is_write(statement)
            || steps.iter().any(|(_, other)| {
                is_write(other) && may_meet(table, filter_of(statement), filter_of(other))
            });
        match pinned(table, filter_of(statement)).as_deref() {
            Some([value @ Expr::Literal(..)]) if needs => keys.push((*value).clone()),
            _ if needs => return false,
            _ => {}
        }
    }
    let mut distinct: Vec<Expr> = Vec::new();
    for key in keys {
        if !distinct.contains(&key) {
            distinct.push(key);
        }
    }
    let keys = distinct;
    let Some((first, _)) = steps.first().filter(|_| keys.len() > 1) else {
        return false;
    };
    let column = Expr::Column {
        table: None,
        name: Ident::new(key),
    };
    let filter = Expr::InList {
        expr: Box::new(column),
        list: keys,
        negated: false,
    };
    let added = rows_of(table, Some(filter), locking);
    draft.add_before(
        *first,
        added,
        "locks all rows it needs at once, in the order of their keys",
    );
    true
}

/// `SELECT key FROM table WHERE filter ORDER BY key FOR UPDATE`
fn rows_of(table: &Table, filter: Option<Expr>, locking: Locking) -> Statement {
    let column = |name: &String| Expr::Column {
        table: None,
        name: Ident::new(name),
    };
    let columns = if table.key.is_empty() {
        &table.columns[..1]
    } else {
        &table.key[..]
    };
    let one_row = pinned(table, filter.as_ref()).is_some();
    let order_by = table.key.iter().map(|name| OrderBy {
        expr: column(name),
        direction: Direction::Asc,
        nulls: None,
    });
    Statement::Select(Select {
        items: columns
            .iter()
            // Another name, so that no host variable of the session is bound anew.
            .map(|name| SelectItem::Expr {
                expr: column(name),
                alias: Some(Ident::new(&format!("locked_{name}"))),
            })
            .collect(),
        from: Some(TableRef {
            name: Ident::new(&table.name),
            alias: None,
        }),
        filter,
        order_by: if one_row {
            Vec::new()
        } else {
            order_by.collect()
        },
        limit: None,
        offset: None,
        locking: Some(locking),
    })
}
