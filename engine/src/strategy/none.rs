//! S1, none: sent as drawn.
//!
//! Read, compute, write back: what most code does that nobody has thought about. Whether it is safe depends on the
//! isolation level alone. At READ COMMITTED, PostgreSQL's default, the later of two writers overwrites the earlier; at
//! REPEATABLE READ the later one fails with 40001.
//!
//! ```text
//! drawn  SELECT quantity FROM stock WHERE id = 42
//!        UPDATE stock SET quantity = :quantity - 1 WHERE id = 42
//! sent   the same
//! ```

use super::draft::Draft;

/// Changes nothing.
pub(super) fn apply(_: &mut Draft<'_>) {}
