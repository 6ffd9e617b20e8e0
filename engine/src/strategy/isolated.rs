//! S8, snapshot, and S9, serializable: the isolation level does the work.
//!
//! At REPEATABLE READ a transaction sees one snapshot; who updates a row that another has changed since gets 40001 (manual,
//! section 13.2.2). At SERIALIZABLE the server also watches what was read and lets through only what some serial order
//! could have done (13.2.3; Cahill 2008). Both ask the client to try again.
//!
//! ```text
//! drawn  BEGIN
//! sent   BEGIN ISOLATION LEVEL SERIALIZABLE
//! ```
//!
//! A `BEGIN` that names its own level keeps it. SERIALIZABLE holds only among transactions that all use it.

use super::draft::Draft;
use super::drawn::Drawn;
use super::plan::RowCheck;
use crate::sql::ast::{IsolationLevel, Statement};

pub(super) fn apply(draft: &mut Draft<'_>, drawn: &Drawn<'_>, level: IsolationLevel) {
    for transaction in &drawn.transactions {
        let Some(begin) = transaction.begin() else {
            continue;
        };
        let Some(Statement::Begin(modes)) = drawn.statement(begin) else {
            continue;
        };
        match modes.isolation {
            None => {
                let mut modes = *modes;
                modes.isolation = Some(level);
                let why = match level {
                    IsolationLevel::Serializable => {
                        "the server refuses what no serial order could do"
                    }
                    _ => "one snapshot for the whole transaction",
                };
                draft.change(begin, Statement::Begin(modes), RowCheck::Any, why);
            }
            Some(own) if own != level => {
                let quoted = draft.quote(begin);
                draft.remark(format!("{quoted} names its own level and keeps it."));
            }
            Some(_) => {}
        }
    }
}
