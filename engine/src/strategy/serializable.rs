//! S9, serializable: the server lets through only what some serial order could have done.
//!
//! The server watches what each transaction has read (serializable snapshot isolation, Cahill 2008; manual, section 13.2.3),
//! and fails one of those that form a dangerous structure with 40001. The client tries again.
//!
//! ```text
//! drawn  BEGIN
//! sent   BEGIN ISOLATION LEVEL SERIALIZABLE
//! ```
//!
//! It holds among transactions that all use it; one writer at READ COMMITTED is not watched.

use super::draft::Draft;
use super::drawn::Drawn;
use super::isolated;
use crate::sql::ast::IsolationLevel;

pub(super) fn apply(draft: &mut Draft<'_>, drawn: &Drawn<'_>) {
    let why = "the server refuses what no serial order could do";
    isolated::apply(draft, drawn, IsolationLevel::Serializable, why);
}
