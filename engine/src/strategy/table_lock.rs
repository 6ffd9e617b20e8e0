//! S11, table locks: `LOCK TABLE` at the start of the transaction.
//!
//! ```text
//! drawn  BEGIN
//! sent   BEGIN
//!        LOCK TABLE stock IN EXCLUSIVE MODE
//! ```
//!
//! One statement, nothing to think about, and nobody else writes any row of the table until it is over (manual, section
//! 13.3.1). The modes from SHARE UPDATE EXCLUSIVE up (but for SHARE) conflict with themselves, so that one transaction at a
//! time goes through; weaker ones do not guard anything here, and SHARE lets two in that then wait for each other.
//!
//! All tables that a transaction touches are locked, in the order of their names, so that nobody holds what the other needs
//! first. Transactions that change nothing are left alone.

use super::build::{quoted, statement};
use super::draft::Draft;
use super::drawn::Drawn;
use super::plan::RowCheck;
use crate::collections::Set;
use crate::sql::ast::TableLockMode;

pub(super) fn apply(draft: &mut Draft<'_>, drawn: &Drawn<'_>, mode: TableLockMode) {
    let mut alone = false;
    for transaction in &drawn.transactions {
        if !drawn.changes_anything(transaction) {
            continue;
        }
        let Some(begin) = transaction.begin() else {
            alone = true;
            continue;
        };
        let tables: Set<String> = transaction
            .steps
            .iter()
            .filter_map(|step| drawn.table(*step).or(drawn.inserted_into(*step)))
            .map(|table| quoted(&table.name))
            .collect();
        let tables: Vec<String> = tables.into_iter().collect();
        if tables.is_empty() {
            continue;
        }
        let sql = format!("LOCK TABLE {} IN {} MODE", tables.join(", "), mode.sql());
        if let Some(lock) = statement(&sql) {
            let why = "locks the whole table before anything is read";
            draft.add_after(begin, lock, RowCheck::Any, why);
        }
    }
    if alone {
        draft.remark(
            "A statement outside BEGIN and COMMIT is a transaction by itself, and LOCK TABLE is allowed only inside one: it is \
             sent as drawn."
                .to_owned(),
        );
    }
}
