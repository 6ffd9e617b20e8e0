//! Locks, at the two levels that PostgreSQL has them.
//!
//! *Row locks* ([`crate::sql::ast::RowLock`]) are written into the row itself and cost no memory; what they lack is a
//! place to wait. The *lock table* ([`table`]) is where sessions wait: for a transaction to end ([`Tag::Transaction`]),
//! and, so that those who wait for one row do so in turn, for the right to be the next ([`Tag::Tuple`]).
//!
//! A session that wants a row which another holds first takes the tuple lock, then waits for the holder's transaction:
//!
//! ```text
//!    row 42, locked by transaction 7 (session A)
//!       B: holds tuple lock on row 42, waits for transaction 7
//!       C: waits for the tuple lock
//!       D: waits for the tuple lock, behind C
//! ```
//!
//! Sources: `src/backend/access/heap/README.tuplock`, `src/backend/storage/lmgr/README`, manual section 13.3.

pub mod deadlock;
pub mod mode;
pub mod table;

pub use mode::{LockMode, row_locks_conflict, tuple_lock_mode};
pub use table::{Acquired, AdvisoryKey, Edge, LockTable, Owner, Tag};
