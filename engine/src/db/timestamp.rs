//! `timestamp` without time zone (manual, section 8.5).
//!
//! A count of microseconds in the proleptic Gregorian calendar, from the year 1 on. The form that is read is the ISO
//! one, `2024-03-01 12:30:00.5`; intervals, time zones and words such as `yesterday` are not simulated.

use super::{SqlError, SqlState};
use std::fmt;

/// Microseconds since 2000-01-01 00:00:00.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;
/// The last year that PostgreSQL's microseconds reach.
const LAST_YEAR: i64 = 294_276;
/// Days from 0000-03-01, where the reckoning below starts, to 2000-01-01.
const EPOCH: i64 = 730_425;

impl Timestamp {
    /// The moment at which every timeline begins: 2026-01-01 00:00:00.
    pub const START: Self = Self(9497 * MICROS_PER_DAY);

    /// Reads a moment with a time zone, which may follow as `Z`, `+00` or `+05:30`; without one it is UTC.
    ///
    /// # Errors
    /// As [`Timestamp::parse`].
    pub fn parse_utc(text: &str) -> Result<Self, SqlError> {
        let trimmed = text.trim_ascii().trim_end_matches(['Z', 'z']);
        let time = trimmed.find([' ', 'T', 't']).unwrap_or(trimmed.len());
        let zone = trimmed[time..].rfind(['+', '-']).map(|at| at + time);
        let Some(at) = zone else {
            return Self::parse(trimmed);
        };
        let local = Self::parse(&trimmed[..at])?;
        let mut fields = trimmed[at + 1..].split(':').map(field);
        let hours = fields.next().flatten().unwrap_or(0);
        let minutes = fields.next().flatten().unwrap_or(0);
        let offset = (hours * 60 + minutes) * 60 * MICROS_PER_SECOND;
        let east = trimmed.as_bytes()[at] == b'+';
        Ok(Self(local.0 + if east { -offset } else { offset }))
    }

    /// Reads a date, as its midnight.
    ///
    /// # Errors
    /// As [`Timestamp::parse`].
    pub fn parse_date(text: &str) -> Result<Self, SqlError> {
        Self::parse(text).map(Self::midnight).map_err(|error| {
            let message = error.message.replace("type timestamp", "type date");
            SqlError::new(error.state, message)
        })
    }

    /// The midnight before it.
    #[must_use]
    pub fn midnight(self) -> Self {
        Self(self.0.div_euclid(MICROS_PER_DAY) * MICROS_PER_DAY)
    }

    /// So many days later.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(i64::from(days) * MICROS_PER_DAY))
    }

    /// How many days lie between.
    #[must_use]
    pub fn days_since(self, other: Self) -> i32 {
        let days = (self.0 - other.0).div_euclid(MICROS_PER_DAY);
        i32::try_from(days).unwrap_or(i32::MAX)
    }

    /// The day alone, `2026-01-01`.
    #[must_use]
    pub fn date_text(self) -> String {
        let (year, month, day) = civil(self.0.div_euclid(MICROS_PER_DAY));
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// The moment that comes `milliseconds` later.
    #[must_use]
    pub fn plus_milliseconds(self, milliseconds: u64) -> Self {
        let later = i64::try_from(milliseconds)
            .unwrap_or(i64::MAX)
            .saturating_mul(1000);
        Self(self.0.saturating_add(later))
    }

    /// Reads `YYYY-MM-DD[ HH:MM[:SS[.ffffff]]]`, with a `T` for the blank too.
    ///
    /// # Errors
    /// 22007 when it has another form, 22008 when a field is out of range.
    pub fn parse(text: &str) -> Result<Self, SqlError> {
        let invalid = || {
            SqlError::new(
                SqlState::INVALID_DATETIME,
                format!("invalid input syntax for type timestamp: \"{text}\""),
            )
        };
        let out_of_range = || {
            SqlError::new(
                SqlState::DATETIME_OVERFLOW,
                format!("date/time field value out of range: \"{text}\""),
            )
        };
        let trimmed = text.trim_ascii();
        let (date, time) = match trimmed.find([' ', 'T', 't']) {
            Some(at) => (&trimmed[..at], trimmed[at + 1..].trim_ascii_start()),
            None => (trimmed, "00:00"),
        };
        let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
        let mut date = date.split('-').map(field);
        let mut next = || date.next().flatten().ok_or_else(invalid);
        let (year, month, day) = (next()?, next()?, next()?);
        let mut clock = time.split(':').map(field);
        let mut next = || clock.next().flatten().ok_or_else(invalid);
        let (hour, minute) = (next()?, next()?);
        let second = clock
            .next()
            .map_or(Ok(0), |second| second.ok_or_else(invalid))?;
        if date.next().is_some()
            || clock.next().is_some()
            || !fraction.bytes().all(|byte| byte.is_ascii_digit())
        {
            return Err(invalid());
        }
        if year < 1 || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return Err(
                out_of_range().with_hint("Perhaps you need a different \"datestyle\" setting.")
            );
        }
        // 24:00:00 is the midnight at the end of the day, and a leap second is the next minute's first.
        let past_midnight = hour == 24 && (minute > 0 || second > 0);
        if day > days_in_month(year, month)
            || hour > 24
            || minute > 59
            || second > 60
            || past_midnight
        {
            return Err(out_of_range());
        }
        if year > LAST_YEAR {
            let message = format!("timestamp out of range: \"{text}\"");
            return Err(SqlError::new(SqlState::DATETIME_OVERFLOW, message));
        }
        // To a tenth of a microsecond, then rounded. (To parse a float would cost 12 kB of tables.)
        let tenths = fraction.bytes().chain(std::iter::repeat(b'0')).take(7);
        let tenths = tenths.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
        let seconds = (hour * 60 + minute) * 60 + second;
        Ok(Self(
            days(year, month, day) * MICROS_PER_DAY
                + seconds * MICROS_PER_SECOND
                + (tenths + 5) / 10,
        ))
    }
}

fn field(digits: &str) -> Option<i64> {
    (digits.len() <= 6 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| digits.parse().ok())
        .flatten()
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 2000-01-01. Years are taken to begin in March, so that the leap day comes last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - EPOCH
}

/// Year, month and day from days since 2000-01-01.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + EPOCH;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let year = year_of_era + era * 400;
    if month < 10 {
        (year, month + 3, day)
    } else {
        (year + 1, month - 9, day)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.0.div_euclid(MICROS_PER_DAY));
        let micros = self.0.rem_euclid(MICROS_PER_DAY);
        let (seconds, micros) = (micros / MICROS_PER_SECOND, micros % MICROS_PER_SECOND);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"
        )?;
        if micros > 0 {
            f.write_str(format!(".{micros:06}").trim_end_matches('0'))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;
    use proptest::prelude::*;

    #[test]
    fn the_epoch_is_2000() {
        assert_eq!(Timestamp(0).to_string(), "2000-01-01 00:00:00");
        assert_eq!(Timestamp::parse("2000-01-01").map(|at| at.0), Ok(0));
        assert_eq!(
            Timestamp::START.plus_milliseconds(40).to_string(),
            "2026-01-01 00:00:00.04"
        );
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(micros in -63_000_000_000_000_000i64..250_000_000_000_000_000) {
            let at = Timestamp(micros);
            prop_assert_eq!(Timestamp::parse(&at.to_string()), Ok(at));
        }
    }
}
