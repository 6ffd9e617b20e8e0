//! The little PostgreSQL.

mod error;
pub mod expr;
mod numeric;
mod timestamp;
mod types;
mod value;

pub use error::{SqlError, SqlState};
pub use numeric::Numeric;
pub use timestamp::Timestamp;
pub use types::{Type, assign};
pub use value::{Row, Value};

/// One version of a row (a tuple), by its place in the heap of its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TupleId(pub usize);
