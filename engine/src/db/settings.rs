//! Settings of a session: `SET`, `SET LOCAL`, `RESET`, `SHOW` (manual, chapter 20).
//!
//! | name                             | default          | what it does here                                             |
//! |----------------------------------|------------------|---------------------------------------------------------------|
//! | `lock_timeout`                   | 0: never         | a wait for a lock is given up                                 |
//! | `statement_timeout`              | 0: never         | a statement is given up                                       |
//! | `deadlock_timeout`               | 1s               | a wait is looked at for a deadlock                            |
//! | `default_transaction_isolation`  | read committed   | the level of transactions that do not say otherwise           |
//! | `default_transaction_read_only`, `default_transaction_deferrable` | off | likewise                                  |
//! | `transaction_isolation`, `transaction_read_only`, `transaction_deferrable` | | those of the transaction itself         |
//! | `enable_seqscan`, `enable_indexscan`, `enable_bitmapscan`, `enable_indexonlyscan` | on | the planner keeps clear of such scans |
//! | others of `ACCEPTED`             |                  | nothing: they are accepted and shown                          |

use super::{SqlError, SqlState};
use crate::sql::ast::IsolationLevel;

/// The settings that do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Setting {
    /// `lock_timeout`
    LockTimeout,
    /// `statement_timeout`
    StatementTimeout,
    /// `deadlock_timeout`
    DeadlockTimeout,
    /// `default_transaction_isolation`
    DefaultIsolation,
    /// `default_transaction_read_only`
    DefaultReadOnly,
    /// `default_transaction_deferrable`
    DefaultDeferrable,
    /// `enable_seqscan`
    EnableSeqscan,
    /// `enable_indexscan`
    EnableIndexscan,
    /// `enable_bitmapscan`
    EnableBitmapscan,
    /// `enable_indexonlyscan`
    EnableIndexonlyscan,
}

/// What a setting may be.
enum Kind {
    /// A time, kept in milliseconds. This is what it is where nobody has set anything: it is asked at every step.
    Time(u64),
    /// On or off.
    Switch,
    /// An isolation level.
    Isolation,
}

const KNOWN: [(&str, Setting, Kind, &str); 10] = [
    ("lock_timeout", Setting::LockTimeout, Kind::Time(0), "0"),
    (
        "statement_timeout",
        Setting::StatementTimeout,
        Kind::Time(0),
        "0",
    ),
    (
        "deadlock_timeout",
        Setting::DeadlockTimeout,
        Kind::Time(1000),
        "1000",
    ),
    (
        "default_transaction_isolation",
        Setting::DefaultIsolation,
        Kind::Isolation,
        "read committed",
    ),
    (
        "default_transaction_read_only",
        Setting::DefaultReadOnly,
        Kind::Switch,
        "off",
    ),
    (
        "default_transaction_deferrable",
        Setting::DefaultDeferrable,
        Kind::Switch,
        "off",
    ),
    ("enable_seqscan", Setting::EnableSeqscan, Kind::Switch, "on"),
    (
        "enable_indexscan",
        Setting::EnableIndexscan,
        Kind::Switch,
        "on",
    ),
    (
        "enable_bitmapscan",
        Setting::EnableBitmapscan,
        Kind::Switch,
        "on",
    ),
    (
        "enable_indexonlyscan",
        Setting::EnableIndexonlyscan,
        Kind::Switch,
        "on",
    ),
];

/// Settings that change nothing that Rowlock simulates.
const ACCEPTED: [&str; 14] = [
    "application_name",
    "client_min_messages",
    "enable_hashagg",
    "enable_hashjoin",
    "enable_material",
    "enable_mergejoin",
    "enable_nestloop",
    "enable_sort",
    "idle_in_transaction_session_timeout",
    "jit",
    "parallel_setup_cost",
    "plan_cache_mode",
    "timezone",
    "work_mem",
];

/// What a session has set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Settings {
    /// Until it is set again.
    session: Vec<(String, String)>,
    /// Until the transaction ends.
    local: Vec<(String, String)>,
}

impl Settings {
    fn get(&self, name: &str) -> Option<&str> {
        let of = |list: &'_ [(String, String)]| list.iter().position(|(other, _)| other == name);
        match of(&self.local) {
            Some(place) => Some(self.local[place].1.as_str()),
            None => of(&self.session).map(|place| self.session[place].1.as_str()),
        }
    }

    /// The value of a setting that does something, as it is kept.
    #[must_use]
    pub fn value(&self, setting: Setting) -> &str {
        let known = KNOWN.iter().find(|(_, other, ..)| *other == setting);
        known.map_or("", |(name, _, _, default)| {
            self.get(name).unwrap_or(default)
        })
    }

    /// A time in milliseconds; 0 is never.
    #[must_use]
    pub fn time(&self, setting: Setting) -> u64 {
        if self.session.is_empty() && self.local.is_empty() {
            let known = KNOWN.iter().find(|(_, other, ..)| *other == setting);
            if let Some((.., Kind::Time(default), _)) = known {
                return *default;
            }
        }
        self.value(setting).parse().unwrap_or(0)
    }

    /// Whether a switch is on.
    #[must_use]
    pub fn is_on(&self, setting: Setting) -> bool {
        self.value(setting) == "on"
    }

    /// The isolation level of transactions that do not say otherwise; `None`: it was not set.
    #[must_use]
    pub fn isolation(&self) -> Option<IsolationLevel> {
        let value = self.get("default_transaction_isolation")?;
        IsolationLevel::named(value)
    }

    /// Sets a setting, or takes it back (`None`).
    ///
    /// # Errors
    /// 42704 when there is none of that name, 22023 when the value is none of its values.
    pub fn set(&mut self, name: &str, value: Option<&str>, local: bool) -> Result<(), SqlError> {
        let kept = match value {
            Some(value) => Some(read(name, value)?),
            None => {
                known(name)?;
                None
            }
        };
        self.local.retain(|(other, _)| other != name);
        if local {
            let kept = kept.or_else(|| {
                let default = KNOWN.iter().find(|(other, ..)| *other == name);
                default.map(|(.., default)| (*default).to_owned())
            });
            if let Some(kept) = kept {
                self.local.push((name.to_owned(), kept));
            }
            return Ok(());
        }
        self.session.retain(|(other, _)| other != name);
        if let Some(kept) = kept {
            self.session.push((name.to_owned(), kept));
        }
        Ok(())
    }

    /// What `SHOW` shows.
    ///
    /// # Errors
    /// 42704 when there is none of that name.
    pub fn show(&self, name: &str) -> Result<String, SqlError> {
        known(name)?;
        let Some((_, setting, kind, _)) = KNOWN.iter().find(|(other, ..)| *other == name) else {
            return Ok(self.get(name).unwrap_or("").to_owned());
        };
        Ok(match kind {
            Kind::Time(_) => time_text(self.time(*setting)),
            Kind::Switch | Kind::Isolation => self.value(*setting).to_owned(),
        })
    }

    /// The transaction is over: what was set `LOCAL` ends.
    pub fn end_local(&mut self) {
        self.local.clear();
    }
}

impl IsolationLevel {
    /// The level of a name, as settings have it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "read uncommitted" => Self::ReadUncommitted,
            "read committed" => Self::ReadCommitted,
            "repeatable read" => Self::RepeatableRead,
            "serializable" => Self::Serializable,
            _ => return None,
        })
    }

    /// The name, as settings have it.
    #[must_use]
    pub fn setting_name(self) -> &'static str {
        match self {
            Self::DirtyWrite => "dirty write",
            Self::DirtyRead => "dirty read",
            Self::ReadUncommitted => "read uncommitted",
            Self::ReadCommitted => "read committed",
            Self::RepeatableRead => "repeatable read",
            Self::Serializable => "serializable",
        }
    }
}

fn known(name: &str) -> Result<(), SqlError> {
    if KNOWN.iter().any(|(other, ..)| *other == name) || ACCEPTED.contains(&name) {
        return Ok(());
    }
    let message = format!("Rowlock does not simulate the setting \"{name}\"");
    Err(SqlError::new(SqlState::FEATURE_NOT_SUPPORTED, message))
}

fn read(name: &str, value: &str) -> Result<String, SqlError> {
    known(name)?;
    let Some((.., kind, _)) = KNOWN.iter().find(|(other, ..)| *other == name) else {
        return Ok(value.to_owned());
    };
    let read = match kind {
        Kind::Time(_) => read_time(value).map(|time| time.to_string()),
        Kind::Switch => match value.to_ascii_lowercase().as_str() {
            "on" | "true" | "yes" | "1" | "t" | "y" => Some("on".to_owned()),
            "off" | "false" | "no" | "0" | "f" | "n" => Some("off".to_owned()),
            _ => None,
        },
        Kind::Isolation => {
            IsolationLevel::named(value).map(|level| level.setting_name().to_owned())
        }
    };
    read.ok_or_else(|| {
        let message = match kind {
            Kind::Switch => format!("parameter \"{name}\" requires a Boolean value"),
            Kind::Time(_) | Kind::Isolation => {
                format!("invalid value for parameter \"{name}\": \"{value}\"")
            }
        };
        SqlError::new(SqlState::INVALID_PARAMETER, message)
    })
}

/// A number of milliseconds, or a number with a unit.
fn read_time(value: &str) -> Option<u64> {
    let value = value.trim();
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = value.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let factor = match unit.trim() {
        "" | "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "us" => return Some(number / 1_000),
        _ => return None,
    };
    number.checked_mul(factor)
}

/// In the largest unit that fits.
fn time_text(milliseconds: u64) -> String {
    let units = [
        (86_400_000, "d"),
        (3_600_000, "h"),
        (60_000, "min"),
        (1_000, "s"),
        (1, "ms"),
    ];
    let fits = |(size, _): &&(u64, &str)| milliseconds.is_multiple_of(*size);
    match units.iter().find(fits) {
        Some((size, unit)) if milliseconds > 0 => format!("{}{unit}", milliseconds / size),
        _ => "0".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_nobody_set_is_the_one_that_is_shown() {
        let mut settings = Settings::default();
        let all = |settings: &Settings| {
            let times = KNOWN.iter().filter(|it| matches!(it.2, Kind::Time(_)));
            let times = times.map(|(name, setting, ..)| (*name, settings.time(*setting)));
            times.collect::<Vec<_>>()
        };
        let unset = all(&settings);
        let expected = [
            ("lock_timeout", 0),
            ("statement_timeout", 0),
            ("deadlock_timeout", 1000),
        ];
        assert_eq!(unset, expected);
        settings
            .set("jit", Some("off"), false)
            .expect("it is known");
        assert_eq!(all(&settings), unset, "read from the defaults' text");
        settings
            .set("deadlock_timeout", Some("2s"), true)
            .expect("it is a time");
        assert_eq!(settings.time(Setting::DeadlockTimeout), 2000);
    }
}
