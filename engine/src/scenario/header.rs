//! The values of the header lines: strategy, isolation level, what a client does on a conflict.

use super::OnConflict;
use crate::sql::ast::{IsolationLevel, WaitPolicy};
use crate::strategy::{LockOrder, Strategy};
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
fn plain(text: &str) -> String {
    let words = text.split(|character: char| character.is_whitespace() || "-_".contains(character));
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
        .to_ascii_lowercase()
}

const STRATEGIES: &str = "none, atomic, optimistic or pessimistic";
/// Strategies that the field knows and Rowlock does not have yet.
const LATER: [&str; 9] = [
    "last write wins",
    "upsert",
    "upsert + lock",
    "snapshot",
    "serializable",
    "advisory lock",
    "table lock",
    "in process lock",
    "mutex",
];

impl FromStr for Strategy {
    type Err = HeaderError;

    /// `none`, `atomic`, `optimistic`, `pessimistic[, nowait | skip locked][, by key | as drawn]`.
    fn from_str(text: &str) -> Result<Self, HeaderError> {
        let mut parts = text.split(',').map(plain);
        let name = parts.next().unwrap_or_default();
        let mut strategy = match name.as_str() {
            "none" => Self::None,
            "atomic" => Self::Atomic,
            "optimistic" => Self::Optimistic,
            "pessimistic" => Self::Pessimistic {
                wait: WaitPolicy::Block,
                order: LockOrder::AsDrawn,
            },
            other => {
                let message = if LATER.contains(&other) {
                    format!("Rowlock does not have the strategy `{}` yet", text.trim())
                } else {
                    format!("`{}` is not a strategy", text.trim())
                };
                return Err(HeaderError {
                    message,
                    expected: STRATEGIES,
                });
            }
        };
        for option in parts {
            match (&mut strategy, option.as_str()) {
                (Self::Pessimistic { wait, .. }, "wait") => *wait = WaitPolicy::Block,
                (Self::Pessimistic { wait, .. }, "nowait") => *wait = WaitPolicy::NoWait,
                (Self::Pessimistic { wait, .. }, "skip locked") => *wait = WaitPolicy::SkipLocked,
                (Self::Pessimistic { order, .. }, "as drawn") => *order = LockOrder::AsDrawn,
                (Self::Pessimistic { order, .. }, "by key") => *order = LockOrder::ByKey,
                (Self::Pessimistic { .. }, _) => {
                    let message = format!("`{option}` is not an option of pessimistic");
                    return Err(HeaderError {
                        message,
                        expected: "nowait, skip locked, by key or as drawn",
                    });
                }
                _ => {
                    let message = format!("`{option}` is not an option of {name}");
                    return Err(HeaderError {
                        message,
                        expected: "the strategy's name alone",
                    });
                }
            }
        }
        Ok(strategy)
    }
}

impl Display for Strategy {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())?;
        if let Self::Pessimistic { wait, order } = self {
            f.write_str(match wait {
                WaitPolicy::Block => "",
                WaitPolicy::NoWait => ", nowait",
                WaitPolicy::SkipLocked => ", skip locked",
            })?;
            if *order == LockOrder::ByKey {
                f.write_str(", by key")?;
            }
        }
        Ok(())
    }
}

impl FromStr for IsolationLevel {
    type Err = HeaderError;

    /// The level's name, in any case, with blanks, hyphens or underscores.
    fn from_str(text: &str) -> Result<Self, HeaderError> {
        const EXPECTED: &str = "read committed, repeatable read, serializable, read uncommitted or, unlike PostgreSQL, dirty read";
        match plain(text).as_str() {
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
            Self::DirtyRead => "dirty read",
            Self::ReadUncommitted => "read uncommitted",
            Self::ReadCommitted => "read committed",
            Self::RepeatableRead => "repeatable read",
            Self::Serializable => "serializable",
        })
    }
}

impl FromStr for OnConflict {
    type Err = HeaderError;

    /// `reject`, `retry`, `retry N` with N from 1 to 20; `retry` alone is `retry 3`.
    fn from_str(text: &str) -> Result<Self, HeaderError> {
        const EXPECTED: &str = "reject, or retry with a number from 1 to 20";
        let wrong = |message: String| HeaderError {
            message,
            expected: EXPECTED,
        };
        let text = plain(text);
        match text.split(' ').collect::<Vec<_>>().as_slice() {
            ["reject"] => Ok(Self::Reject),
            ["retry"] => Ok(Self::Retry { limit: 3 }),
            ["retry", number] => match number.parse() {
                Ok(limit @ 1..=20) => Ok(Self::Retry { limit }),
                _ => Err(wrong(format!(
                    "`{number}` is no number of attempts from 1 to 20"
                ))),
            },
            _ => Err(wrong(format!(
                "`{text}` is nothing that a client does on a conflict"
            ))),
        }
    }
}

impl Display for OnConflict {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reject => f.write_str("reject"),
            Self::Retry { limit } => write!(f, "retry {limit}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_values_are_read_in_any_spelling_and_written_in_one() {
        for (text, printed) in [
            ("Optimistic", "optimistic"),
            ("pessimistic , NOWAIT,by-key", "pessimistic, nowait, by key"),
            ("none", "none"),
        ] {
            assert_eq!(text.parse::<Strategy>().unwrap().to_string(), printed);
        }
        assert_eq!(
            "READ_COMMITTED"
                .parse::<IsolationLevel>()
                .unwrap()
                .to_string(),
            "read committed"
        );
        assert_eq!(
            "retry".parse::<OnConflict>().unwrap().to_string(),
            "retry 3"
        );
        assert!("retry 0".parse::<OnConflict>().is_err());
        assert!(
            "upsert"
                .parse::<Strategy>()
                .unwrap_err()
                .message
                .contains("yet")
        );
    }
}
