//! The values of the header lines: what is wrong with one, and isolation levels.

use crate::sql::ast::IsolationLevel;
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// A header value that is not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderError {
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// What would be understood.
    pub expected: &'static str,
}

impl Display for HeaderError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}; expected {}", self.message, self.expected)
    }
}

impl std::error::Error for HeaderError {}

/// Lower case, with blanks for hyphens and underscores, so that `READ_COMMITTED` is `read committed`.
pub(super) fn plain(text: &str) -> String {
    let words = text.split(|character: char| character.is_whitespace() || "-_".contains(character));
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
        .to_ascii_lowercase()
}

impl FromStr for IsolationLevel {
    type Err = HeaderError;

    /// The level's name, in any case, with blanks, hyphens or underscores.
    fn from_str(text: &str) -> Result<Self, HeaderError> {
        const EXPECTED: &str = "read committed, repeatable read, serializable, read uncommitted or, unlike PostgreSQL, dirty read or dirty write";
        match plain(text).as_str() {
            "dirty write" => Ok(Self::DirtyWrite),
            "dirty read" => Ok(Self::DirtyRead),
            "read uncommitted" => Ok(Self::ReadUncommitted),
            "read committed" => Ok(Self::ReadCommitted),
            "repeatable read" => Ok(Self::RepeatableRead),
            "serializable" => Ok(Self::Serializable),
            _ => Err(HeaderError {
                message: format!("`{}` is not an isolation level", text.trim()),
                expected: EXPECTED,
            }),
        }
    }
}

impl Display for IsolationLevel {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DirtyWrite => "dirty write",
            Self::DirtyRead => "dirty read",
            Self::ReadUncommitted => "read uncommitted",
            Self::ReadCommitted => "read committed",
            Self::RepeatableRead => "repeatable read",
            Self::Serializable => "serializable",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read_in_any_spelling_and_written_in_one() {
        let level: IsolationLevel = "READ_COMMITTED".parse().unwrap();
        assert_eq!(level.to_string(), "read committed");
    }
}
