//! The little PostgreSQL.

mod error;
mod value;

pub use error::{SqlError, SqlState};
pub use value::{Row, Value};

/// One version of a row (a tuple), by its place in the heap of its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TupleId(pub usize);
