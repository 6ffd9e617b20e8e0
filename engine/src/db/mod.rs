//! The little PostgreSQL.
//!
//! [`Database`] is the whole state of the server as one value. What it knows of transactions is in [`xact`], of versions
//! and who sees them in [`heap`], of locks and waiting in [`lock`]; [`exec`] carries statements out, row by row, and stops
//! where one has to wait; [`expr`] is names, types and values.

pub mod answer;
mod backend;
pub(crate) mod canonical;
pub mod catalog;
mod database;
pub(crate) mod error;
pub mod exec;
pub mod expr;
pub mod heap;
pub mod lock;
mod message;
mod numeric;
pub mod plan;
pub mod settings;
pub mod ssi;
mod tables;
mod timers;
mod timestamp;
mod transaction;
mod types;
mod value;
pub mod xact;

pub use answer::RowSet;
pub use catalog::TableId;
pub use database::Database;
pub use error::{SqlError, SqlState};
pub use message::{Batch, BatchEnd};
pub use numeric::Numeric;
pub use timestamp::Timestamp;
pub use types::{Type, assign};
pub use value::{Row, Value};
pub use xact::Xid;

/// One version of a row (a tuple), by its place in the heap of its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TupleId(pub usize);
