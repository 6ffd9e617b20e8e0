//! S7, upsert and lock: an idempotency key first, then row locks.
//!
//! The first thing a transaction does is to record its request under a key. Whoever finds the key there has been carried out
//! before: it stops, changes nothing, and its caller is told that all is well. Whoever comes while the first is still at
//! work waits for it at the key (manual, section 64.5: an index entry in progress). After that, rows are locked as in S5.
//!
//! ```text
//! drawn  BEGIN
//!        UPDATE account SET balance = balance - 100 WHERE id = 1
//! sent   BEGIN
//!        INSERT INTO request (key) VALUES ('A-1') ON CONFLICT (key) DO NOTHING      no row: done before
//!        UPDATE account SET balance = balance - 100 WHERE id = 1
//! ```
//!
//! The record is part of the transaction: if that is rolled back, so is the record, and the request may be made again. The
//! key is the value that the transaction gives to the column `request key:` names; without one each transaction of a
//! session is a request of its own, `A-1`, `A-2`.

use super::LockOrder;
use super::build::{quoted, statement, text};
use super::draft::Draft;
use super::drawn::Drawn;
use super::options::LockWait;
use super::pessimistic;
use super::plan::RowCheck;
use super::transactions::Transaction;
use crate::scenario::StepId;
use crate::sql::ast::{Expr, InsertSource, Literal, RowLock, Statement};

pub(super) fn apply(draft: &mut Draft<'_>, drawn: &Drawn<'_>) {
    let taken = |name: &str| drawn.tables.iter().any(|table| table.name == name);
    let names = ["request", "request_record"];
    let free = names.into_iter().find(|name| !taken(name));
    let name = quoted(free.unwrap_or("rowlock_request"));
    let mut counts = vec![0; drawn.scenario.sessions.len()];
    let mut guarded = false;
    for transaction in &drawn.transactions {
        if !drawn.changes_anything(transaction) {
            continue;
        }
        let Some(begin) = transaction.begin() else {
            let quoted = draft.quote(transaction.steps[0]);
            draft.remark(format!(
                "{quoted} is a transaction by itself: the record of the request would be another one, and could be there \
                 without it. BEGIN and COMMIT around both would make them one."
            ));
            continue;
        };
        counts[transaction.session.0] += 1;
        let key = request(draft, drawn, transaction).unwrap_or_else(|| {
            let session = &drawn.scenario.sessions[transaction.session.0].name;
            text(&format!("{session}-{}", counts[transaction.session.0]))
        });
        let record =
            format!("INSERT INTO {name} (key) VALUES ({key}) ON CONFLICT (key) DO NOTHING");
        if let Some(record) = statement(&record) {
            let why = "records the request; if it is there, it has been carried out before";
            draft.add_after(begin, record, RowCheck::NewRequest, why);
            guarded = true;
        }
    }
    if guarded
        && let Some(create) = statement(&format!("CREATE TABLE {name} (key text PRIMARY KEY)"))
    {
        draft.add_setup(create);
    }
    pessimistic::apply(
        draft,
        drawn,
        RowLock::Update,
        LockWait::Block,
        LockOrder::AsDrawn,
    );
}

/// The constant that a transaction gives to the column that tells requests apart, as SQL.
fn request(draft: &mut Draft<'_>, drawn: &Drawn<'_>, transaction: &Transaction) -> Option<String> {
    let column = drawn.scenario.request_key.as_deref()?;
    let found = transaction
        .steps
        .iter()
        .find_map(|step| value_of(drawn, *step, column));
    if found.is_none() {
        let name = draft.name(transaction.session);
        draft.remark(format!(
            "{name} gives no constant to {column}, the column that tells requests apart: each of its transactions counts \
             as a request of its own."
        ));
    }
    found
}

fn value_of(drawn: &Drawn<'_>, step: StepId, column: &str) -> Option<String> {
    let constant = |expr: &Expr| match expr {
        Expr::Literal(Literal::Number(digits), _) => Some(text(digits)),
        Expr::Literal(Literal::String(value), _) => Some(text(value)),
        _ => None,
    };
    if let Some(Statement::Insert(insert)) = drawn.statement(step) {
        let table = drawn.inserted_into(step)?;
        let place = if insert.columns.is_empty() {
            table.columns.iter().position(|it| it.name == column)?
        } else {
            insert.columns.iter().position(|it| it.name == column)?
        };
        let InsertSource::Values(rows) = &insert.source else {
            return None;
        };
        return rows.first()?.get(place)?.as_ref().and_then(constant);
    }
    drawn.search(step)?.conditions.iter().find_map(|condition| {
        let Expr::Binary(left, crate::sql::ast::BinaryOp::Eq, right) = condition else {
            return None;
        };
        let named = |side: &Expr| matches!(side, Expr::Column { name, .. } if name.name == column);
        match (named(left), named(right)) {
            (true, false) => constant(right),
            (false, true) => constant(left),
            _ => None,
        }
    })
}
