//! Exact decimal numbers, as PostgreSQL's `numeric` (manual, section 8.1.2).

use super::SqlError;
use std::cmp::Ordering;
use std::fmt;

/// An exact decimal number with the number of digits it shows after the point.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Numeric(i64);

impl Numeric {
    /// Reads `12`, `-0.50`, `1e3`; `None` when it is no number.
    #[must_use]
    pub fn parse(_text: &str) -> Option<Self> {
        todo!()
    }
    /// Numeric comparison: `1.0` equals `1.00`.
    #[must_use]
    pub fn sql_cmp(&self, _other: &Self) -> Ordering {
        todo!()
    }
    /// Coerces to `numeric(precision, scale)`.
    ///
    /// # Errors
    /// 22003 when it has too many digits before the point.
    pub fn coerce(&self, _precision: u16, _scale: u16) -> Result<Self, SqlError> {
        todo!()
    }
}

impl From<i64> for Numeric {
    fn from(value: i64) -> Self {
        Self(value)
    }
}

impl fmt::Display for Numeric {
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        todo!()
    }
}
