//! What a client does on a conflict.

use super::header::{HeaderError, plain};
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// What a client does when its transaction failed because of another one: a version conflict, a lock that it did not get,
/// SQLSTATE 40001 (serialization failure), 40P01 (deadlock) or 55P03 (lock not available).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OnConflict {
    /// Rolls back and tells its user, and goes on with its next transaction.
    Reject,
    /// Rolls back, tells its user and does nothing more.
    Abort,
    /// Rolls back and starts the whole transaction again with fresh reads, at most `limit` times.
    Retry {
        /// How many further attempts, 1 to 20.
        limit: u8,
        /// How long it pauses before each.
        backoff: Backoff,
    },
}

/// How long a client pauses before it tries again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Backoff {
    /// Before the second attempt, in milliseconds, 0 to 60,000; twice as long before each further one, at most
    /// [`Backoff::LONGEST`].
    pub first: u32,
    /// With a seed: each pause is drawn evenly from nothing to its full length ("full jitter").
    pub jitter: Option<u32>,
}

impl Backoff {
    /// The longest pause, in milliseconds.
    pub const LONGEST: u64 = 60_000;

    /// The pause of a session before an attempt, counted from 2, in milliseconds.
    #[must_use]
    pub fn before(self, session: usize, attempt: u32) -> u64 {
        let doublings = attempt.saturating_sub(2).min(20);
        let full = (u64::from(self.first) << doublings).min(Self::LONGEST);
        match self.jitter {
            None => full,
            Some(seed) => {
                let drawn = mix(u64::from(seed), session as u64, u64::from(attempt));
                drawn % (full + 1)
            }
        }
    }
}

/// A number that looks random, the same for the same seed, session and attempt (SplitMix64).
fn mix(seed: u64, session: u64, attempt: u64) -> u64 {
    let mut state = (seed << 32 | session << 8 | attempt).wrapping_add(0x9E37_79B9_7F4A_7C15);
    state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}

impl OnConflict {
    /// Tries again at once, at most `limit` times.
    #[must_use]
    pub const fn retry(limit: u8) -> Self {
        Self::Retry {
            limit,
            backoff: Backoff {
                first: 0,
                jitter: None,
            },
        }
    }
}

impl FromStr for OnConflict {
    type Err = HeaderError;

    /// `reject`, `abort`, `retry [N][, backoff MS][, jitter [seed S]]` with N from 1 to 20; `retry` alone is `retry 3`.
    fn from_str(text: &str) -> Result<Self, HeaderError> {
        const EXPECTED: &str = "reject, abort, or retry with a number from 1 to 20 and, after commas, backoff with \
            milliseconds and jitter";
        let wrong = |message: String| HeaderError {
            message,
            expected: EXPECTED,
        };
        let mut parts = text.split(',').map(plain);
        let name = parts.next().unwrap_or_default();
        let limit = match name.split(' ').collect::<Vec<_>>().as_slice() {
            ["reject"] => None,
            ["abort"] => {
                return match parts.next() {
                    None => Ok(Self::Abort),
                    Some(option) => Err(wrong(format!("abort has no option `{option}`"))),
                };
            }
            ["retry"] => Some(3),
            ["retry", number] => match number.parse() {
                Ok(limit @ 1..=20) => Some(limit),
                _ => {
                    let message = format!("`{number}` is no number of attempts from 1 to 20");
                    return Err(wrong(message));
                }
            },
            _ => {
                let message = format!("`{name}` is nothing that a client does on a conflict");
                return Err(wrong(message));
            }
        };
        let mut backoff = Backoff::default();
        for option in parts {
            let words: Vec<&str> = option.split(' ').collect();
            match (limit, words.as_slice()) {
                (Some(_), ["backoff", first] | ["backoff", first, "ms"]) => match first.parse() {
                    Ok(first @ 0..=60_000) => backoff.first = first,
                    _ => {
                        let message = format!("`{first}` is no pause from 0 to 60000 milliseconds");
                        return Err(wrong(message));
                    }
                },
                (Some(_), ["jitter"]) => backoff.jitter = Some(1),
                (Some(_), ["jitter", "seed", seed]) => match seed.parse() {
                    Ok(seed) => backoff.jitter = Some(seed),
                    Err(_) => return Err(wrong(format!("`{seed}` is no seed"))),
                },
                _ => return Err(wrong(format!("`{option}` is not an option of {name}"))),
            }
        }
        Ok(limit.map_or(Self::Reject, |limit| Self::Retry { limit, backoff }))
    }
}

impl Display for OnConflict {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reject => f.write_str("reject"),
            Self::Abort => f.write_str("abort"),
            Self::Retry { limit, backoff } => {
                write!(f, "retry {limit}")?;
                if backoff.first > 0 {
                    write!(f, ", backoff {}", backoff.first)?;
                }
                match backoff.jitter {
                    None => Ok(()),
                    Some(1) => f.write_str(", jitter"),
                    Some(seed) => write!(f, ", jitter seed {seed}"),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_does_is_read_and_written() {
        for (text, printed) in [
            ("Retry", "retry 3"),
            (
                "retry 5, Backoff 10 ms, jitter",
                "retry 5, backoff 10, jitter",
            ),
            ("retry 2, jitter seed 7", "retry 2, jitter seed 7"),
            ("abort", "abort"),
        ] {
            assert_eq!(text.parse::<OnConflict>().unwrap().to_string(), printed);
        }
        for wrong in [
            "retry 0",
            "retry 21",
            "reject, backoff 5",
            "retry 3, backoff",
            "again",
        ] {
            assert!(wrong.parse::<OnConflict>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn pauses_double_up_to_a_limit_and_jitter_stays_below_them() {
        let plain = Backoff {
            first: 10,
            jitter: None,
        };
        assert_eq!(
            [2, 3, 4].map(|attempt| plain.before(0, attempt)),
            [10, 20, 40]
        );
        assert_eq!(plain.before(0, 21), Backoff::LONGEST);
        let jittered = Backoff {
            jitter: Some(7),
            ..plain
        };
        let drawn: Vec<u64> = (0..8).map(|session| jittered.before(session, 4)).collect();
        assert!(drawn.iter().all(|pause| *pause <= 40));
        assert!(drawn.iter().any(|pause| *pause != drawn[0]));
    }
}
