//! A strategy as text: its name, and its options after commas.

use super::header::{HeaderError, plain};
use crate::sql::ast::{RowLock, TableLockMode};
use crate::strategy::{
    Fairness, Guard, LockOrder, LockWait, Patience, ProcessLock, Sharing, Strategy, UpsertAction,
    VersionToken,
};
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

const STRATEGIES: &str = "none, last-write-wins, atomic, optimistic, pessimistic, upsert, upsert-lock, snapshot, \
    serializable, advisory-lock, table-lock or in-process-lock";

const TABLE_MODES: [(TableLockMode, &str); 8] = [
    (TableLockMode::AccessShare, "access share"),
    (TableLockMode::RowShare, "row share"),
    (TableLockMode::RowExclusive, "row exclusive"),
    (
        TableLockMode::ShareUpdateExclusive,
        "share update exclusive",
    ),
    (TableLockMode::Share, "share"),
    (TableLockMode::ShareRowExclusive, "share row exclusive"),
    (TableLockMode::Exclusive, "exclusive"),
    (TableLockMode::AccessExclusive, "access exclusive"),
];

const STRENGTHS: [(RowLock, &str); 4] = [
    (RowLock::Update, "for update"),
    (RowLock::NoKeyUpdate, "for no key update"),
    (RowLock::Share, "for share"),
    (RowLock::KeyShare, "for key share"),
];

/// The strategy of this name, with the options it has to begin with.
fn named(name: &str) -> Option<Strategy> {
    // Names that people also use.
    let slug = match name {
        "lww" => "last-write-wins",
        "upsert + lock" | "idempotency key" => "upsert-lock",
        "mutex" => "in-process-lock",
        _ => "",
    };
    Strategy::ALL
        .into_iter()
        .find(|strategy| strategy.slug() == slug || plain(strategy.slug()) == name)
}

impl FromStr for Strategy {
    type Err = HeaderError;

    /// The name, and after commas its options: `pessimistic, nowait, by key`.
    fn from_str(text: &str) -> Result<Self, HeaderError> {
        let mut parts = text.split(',');
        let name = plain(parts.next().unwrap_or_default());
        let Some(mut strategy) = named(&name) else {
            return Err(HeaderError {
                message: format!("`{}` is not a strategy", text.trim()),
                expected: STRATEGIES,
            });
        };
        for option in parts {
            if !strategy.set_key(option) && !strategy.set_option(&plain(option)) {
                return Err(HeaderError {
                    message: format!(
                        "`{}` is not an option of {}",
                        option.trim(),
                        strategy.slug()
                    ),
                    expected: strategy.options(),
                });
            }
        }
        Ok(strategy)
    }
}

/// The choice that a name means.
fn choose<T: Copy>(choices: &[(T, &str)], name: &str, to: &mut T) -> bool {
    let found = choices.iter().find(|(_, known)| *known == name);
    if let Some((choice, _)) = found {
        *to = *choice;
    }
    found.is_some()
}

impl Strategy {
    /// `key -7`: the one option whose sign matters.
    fn set_key(&mut self, option: &str) -> bool {
        let Self::AdvisoryLock { key, .. } = self else {
            return false;
        };
        let number = option.trim().strip_prefix("key ");
        let number = number.and_then(|number| number.trim().parse().ok());
        if number.is_some() {
            *key = number;
        }
        number.is_some()
    }

    /// Sets an option by its name; `false` if there is no such option.
    fn set_option(&mut self, option: &str) -> bool {
        match self {
            Self::Atomic { guard } => {
                let guards = [(Guard::Where, "guarded"), (Guard::Client, "unguarded")];
                choose(&guards, option, guard)
            }
            Self::Optimistic { token } => {
                let tokens = [
                    (VersionToken::Version, "version"),
                    (VersionToken::UpdatedAt, "updated at"),
                ];
                choose(&tokens, option, token)
            }
            Self::Pessimistic {
                strength,
                wait,
                order,
            } => {
                let waits = [
                    (LockWait::Block, "wait"),
                    (LockWait::NoWait, "nowait"),
                    (LockWait::SkipLocked, "skip locked"),
                ];
                let orders = [
                    (LockOrder::AsDrawn, "as drawn"),
                    (LockOrder::ByKey, "by key"),
                ];
                if let Some(time) = option.strip_prefix("timeout ") {
                    let time = time.trim_end_matches("ms").trim_end().parse();
                    return match time {
                        Ok(time @ 1..=3_600_000) => {
                            *wait = LockWait::Timeout(time);
                            true
                        }
                        _ => false,
                    };
                }
                choose(&STRENGTHS, option, strength)
                    || choose(&waits, option, wait)
                    || choose(&orders, option, order)
            }
            Self::Upsert { action } => {
                let actions = [
                    (UpsertAction::Both, "both"),
                    (UpsertAction::DoNothing, "do nothing"),
                    (UpsertAction::DoUpdate, "do update"),
                ];
                choose(&actions, option, action)
            }
            Self::AdvisoryLock {
                sharing, patience, ..
            } => {
                let sharings = [
                    (Sharing::Exclusive, "exclusive"),
                    (Sharing::Shared, "shared"),
                ];
                choose(&sharings, option, sharing)
                    || choose(
                        &[(Patience::Wait, "wait"), (Patience::Try, "try")],
                        option,
                        patience,
                    )
            }
            Self::TableLock { mode } => choose(&TABLE_MODES, option, mode),
            Self::InProcess { lock, fairness } => {
                let locks = [
                    (ProcessLock::Mutex, "mutex"),
                    (ProcessLock::ReadWrite, "read write"),
                    (ProcessLock::Stamped, "stamped"),
                ];
                let fair = [(Fairness::Unfair, "unfair"), (Fairness::Fair, "fair")];
                choose(&locks, option, lock) || choose(&fair, option, fairness)
            }
            Self::None
            | Self::LastWriteWins
            | Self::UpsertLock
            | Self::Snapshot
            | Self::Serializable => false,
        }
    }

    /// The options that there are, for an error.
    fn options(&self) -> &'static str {
        match self {
            Self::Atomic { .. } => "guarded or unguarded",
            Self::Optimistic { .. } => "version or updated_at",
            Self::Pessimistic { .. } => {
                "for update, for no key update, for share or for key share; wait, nowait, skip locked or timeout with \
                 milliseconds; as drawn or by key"
            }
            Self::Upsert { .. } => "both, do nothing or do update",
            Self::AdvisoryLock { .. } => {
                "exclusive or shared; wait or try; key with a whole number"
            }
            Self::TableLock { .. } => {
                "access share, row share, row exclusive, share update exclusive, share, share row exclusive, exclusive or \
                 access exclusive"
            }
            Self::InProcess { .. } => "mutex, read-write or stamped; unfair or fair",
            _ => "the strategy's name alone",
        }
    }
}

impl Display for Strategy {
    /// The name and those options that are not what it has to begin with.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())?;
        let mut option = |text: &str| {
            f.write_str(", ")?;
            f.write_str(text)
        };
        match self {
            Self::Atomic {
                guard: Guard::Client,
            } => option("unguarded"),
            Self::Optimistic {
                token: VersionToken::UpdatedAt,
            } => option("updated_at"),
            Self::Pessimistic {
                strength,
                wait,
                order,
            } => {
                if *strength != RowLock::Update {
                    option(word(&STRENGTHS, *strength))?;
                }
                match wait {
                    LockWait::Block => {}
                    LockWait::NoWait => option("nowait")?,
                    LockWait::SkipLocked => option("skip locked")?,
                    LockWait::Timeout(time) => option(&format!("timeout {time}"))?,
                }
                match order {
                    LockOrder::AsDrawn => Ok(()),
                    LockOrder::ByKey => option("by key"),
                }
            }
            Self::Upsert { action } => match action {
                UpsertAction::Both => Ok(()),
                UpsertAction::DoNothing => option("do nothing"),
                UpsertAction::DoUpdate => option("do update"),
            },
            Self::AdvisoryLock {
                sharing,
                patience,
                key,
            } => {
                if *sharing == Sharing::Shared {
                    option("shared")?;
                }
                if *patience == Patience::Try {
                    option("try")?;
                }
                key.map_or(Ok(()), |key| option(&format!("key {key}")))
            }
            Self::TableLock { mode } if *mode != TableLockMode::Exclusive => {
                option(word(&TABLE_MODES, *mode))
            }
            Self::InProcess { lock, fairness } => {
                match lock {
                    ProcessLock::Mutex => {}
                    ProcessLock::ReadWrite => option("read-write")?,
                    ProcessLock::Stamped => option("stamped")?,
                }
                match fairness {
                    Fairness::Unfair => Ok(()),
                    Fairness::Fair => option("fair"),
                }
            }
            _ => Ok(()),
        }
    }
}

fn word<T: Copy + PartialEq>(choices: &[(T, &'static str)], choice: T) -> &'static str {
    let found = choices.iter().find(|(known, _)| *known == choice);
    found.map_or("", |(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strategies_are_read_in_any_spelling_and_written_in_one() {
        for (text, printed) in [
            ("Optimistic", "optimistic"),
            ("optimistic, updated_at", "optimistic, updated_at"),
            ("pessimistic , NOWAIT,by-key", "pessimistic, nowait, by key"),
            (
                "pessimistic, for no key update, timeout 50 ms",
                "pessimistic, for no key update, timeout 50",
            ),
            ("Last Write Wins", "last-write-wins"),
            ("upsert + lock", "upsert-lock"),
            ("advisory lock, try, key -7", "advisory-lock, try, key -7"),
            ("table lock, ROW EXCLUSIVE", "table-lock, row exclusive"),
            ("mutex, fair", "in-process-lock, fair"),
            ("in-process lock, read-write", "in-process-lock, read-write"),
            ("none", "none"),
        ] {
            assert_eq!(text.parse::<Strategy>().unwrap().to_string(), printed);
        }
        for wrong in [
            "careful",
            "none, fair",
            "pessimistic, timeout 0",
            "advisory-lock, key x",
        ] {
            assert!(wrong.parse::<Strategy>().is_err(), "{wrong}");
        }
        for strategy in Strategy::ALL {
            assert_eq!(strategy.to_string().parse::<Strategy>(), Ok(strategy));
        }
    }
}
