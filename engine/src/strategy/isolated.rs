//! What snapshot and serializable have in common: the level that `BEGIN` asks for.
//!
//! A `BEGIN` that names its own level keeps it.

use super::draft::Draft;
use super::drawn::Drawn;
use super::plan::RowCheck;
use crate::sql::ast::{IsolationLevel, Statement};

pub(super) fn apply(draft: &mut Draft<'_>, drawn: &Drawn<'_>, level: IsolationLevel, why: &str) {
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
