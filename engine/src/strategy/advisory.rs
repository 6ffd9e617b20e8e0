//! S10, advisory locks: a lock on a number that the applications agree on.
//!
//! ```text
//! drawn  BEGIN
//!        SELECT quantity FROM stock WHERE id = 42
//!        UPDATE stock SET quantity = :quantity - 1 WHERE id = 42
//! sent   BEGIN
//!        SELECT pg_advisory_xact_lock(42)
//!        and then the two as drawn
//! ```
//!
//! The server attaches no meaning to the number (manual, section 13.3.5): rows are not locked, and who does not ask is not
//! held back. The lock goes with the transaction. Where every writing transaction names its rows by one whole number
//! each, those are the keys, in their order; with several tables the table's number comes first. Otherwise, or with the
//! option `key`, all transactions take the same key, the reading ones too.

use super::build::statement;
use super::draft::Draft;
use super::drawn::Drawn;
use super::keys::Constant;
use super::options::{Patience, Sharing};
use super::plan::RowCheck;
use super::transactions::Transaction;
use crate::collections::Set;

/// The key of all transactions where rows do not give one.
const COMMON: i64 = 1;

pub(super) fn apply(
    draft: &mut Draft<'_>,
    drawn: &Drawn<'_>,
    sharing: Sharing,
    patience: Patience,
    key: Option<i64>,
) {
    let by_row = key.is_none()
        && drawn
            .transactions
            .iter()
            .all(|it| rows(drawn, it).is_some());
    let tables: Set<usize> = drawn
        .transactions
        .iter()
        .flat_map(|it| rows(drawn, it).unwrap_or_default())
        .map(|(table, _)| table)
        .collect();
    if key.is_none() && !by_row {
        draft.remark(
            "Not every transaction names the rows that it writes by one constant whole number, so all take the same key."
                .to_owned(),
        );
    }
    let mut alone = false;
    for transaction in &drawn.transactions {
        let touches = transaction
            .steps
            .iter()
            .any(|step| drawn.search(*step).is_some() || drawn.inserted_into(*step).is_some());
        let arguments: Vec<String> = if by_row {
            let rows = rows(drawn, transaction).unwrap_or_default().into_iter();
            rows.map(|(table, id)| {
                if tables.len() > 1 {
                    format!("{}, {id}", table + 1)
                } else {
                    id.to_string()
                }
            })
            .collect()
        } else if touches {
            vec![key.unwrap_or(COMMON).to_string()]
        } else {
            Vec::new()
        };
        let Some(begin) = transaction.begin() else {
            alone |= !arguments.is_empty();
            continue;
        };
        for arguments in arguments {
            take(draft, begin, sharing, patience, &arguments);
        }
    }
    if alone {
        draft.remark(
            "A statement outside BEGIN and COMMIT is a transaction by itself, and a lock taken before it would be gone when it \
             comes: it is sent as drawn."
                .to_owned(),
        );
    }
}

fn take(
    draft: &mut Draft<'_>,
    begin: crate::scenario::StepId,
    sharing: Sharing,
    patience: Patience,
    arguments: &str,
) {
    let shared = match sharing {
        Sharing::Exclusive => "",
        Sharing::Shared => "_shared",
    };
    let (sql, check, why) = match patience {
        Patience::Wait => (
            format!("SELECT pg_advisory_xact_lock{shared}({arguments})"),
            RowCheck::Any,
            "waits until nobody else holds this number",
        ),
        Patience::Try => (
            format!("SELECT pg_try_advisory_xact_lock{shared}({arguments}) AS got_lock"),
            RowCheck::Granted,
            "goes on only if nobody else holds this number",
        ),
    };
    if let Some(statement) = statement(&sql) {
        draft.add_after(begin, statement, check, why);
    }
}

/// The rows that a transaction writes, by table and key, in order; `None` if one is not named by one constant number.
fn rows(drawn: &Drawn<'_>, transaction: &Transaction) -> Option<Set<(usize, i64)>> {
    let mut rows = Set::default();
    for &step in &transaction.steps {
        if drawn.inserted_into(step).is_some() {
            return None;
        }
        if !drawn.is_write(step) {
            continue;
        }
        let search = drawn.search(step)?;
        match search.constant_key()?.as_slice() {
            [Constant::Number(id)] if i32::try_from(*id).is_ok() => {
                rows.insert((search.table, *id));
            }
            _ => return None,
        }
    }
    Some(rows)
}
