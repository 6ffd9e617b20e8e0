//! `timestamp` without time zone (manual, section 8.5).

use super::SqlError;
use std::fmt;

/// Microseconds since 2000-01-01 00:00:00.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Reads `YYYY-MM-DD[ HH:MM[:SS[.ffffff]]]`.
    ///
    /// # Errors
    /// 22007 when it has another form, 22008 when a field is out of range.
    pub fn parse(_text: &str) -> Result<Self, SqlError> {
        todo!()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        todo!()
    }
}
