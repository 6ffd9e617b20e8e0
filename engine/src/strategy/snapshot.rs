//! S8, snapshot: REPEATABLE READ, one snapshot for the whole transaction.
//!
//! Nobody waits for a reader, and a reader sees one moment throughout. Who updates a row that another has changed since that
//! moment gets 40001: the first updater wins, and the other tries again (manual, section 13.2.2).
//!
//! ```text
//! drawn  BEGIN
//! sent   BEGIN ISOLATION LEVEL REPEATABLE READ
//! ```
//!
//! No update is lost. What is only read is not looked at again, so write skew passes.

use super::draft::Draft;
use super::drawn::Drawn;
use super::isolated;
use crate::sql::ast::IsolationLevel;

pub(super) fn apply(draft: &mut Draft<'_>, drawn: &Drawn<'_>) {
    let why = "one snapshot for the whole transaction";
    isolated::apply(draft, drawn, IsolationLevel::RepeatableRead, why);
}
