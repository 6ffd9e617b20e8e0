//! `timestamp` without time zone (manual, section 8.5).

use super::{SqlError, SqlState};
use std::fmt;

/// Microseconds since 2000-01-01 00:00:00.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

const DAY: i64 = 86_400_000_000;

impl Timestamp {
    /// The moment at which every timeline begins: 2026-01-01 00:00:00.
    pub const START: Self = Self(9497 * DAY);

    /// The moment that comes `milliseconds` later.
    #[must_use]
    pub fn plus_milliseconds(self, milliseconds: u64) -> Self {
        let later = i64::try_from(milliseconds)
            .unwrap_or(i64::MAX)
            .saturating_mul(1000);
        Self(self.0.saturating_add(later))
    }

    /// Reads `YYYY-MM-DD[ HH:MM[:SS[.ffffff]]]`.
    ///
    /// # Errors
    /// 22007 when it has another form, 22008 when a field is out of range.
    pub fn parse(text: &str) -> Result<Self, SqlError> {
        let invalid = || {
            SqlError::new(
                SqlState("22007"),
                format!("invalid input syntax for type timestamp: \"{text}\""),
            )
        };
        let out_of_range = || {
            SqlError::new(
                SqlState("22008"),
                format!("date/time field value out of range: \"{text}\""),
            )
        };
        let trimmed = text.trim();
        let (date, time) = trimmed.split_once([' ', 'T']).unwrap_or((trimmed, "00:00"));
        let number = |part: Option<&str>, most: usize| -> Result<i64, SqlError> {
            let part = part
                .filter(|part| !part.is_empty() && part.len() <= most)
                .ok_or_else(invalid)?;
            if part.bytes().all(|byte| byte.is_ascii_digit()) {
                part.parse().map_err(|_| invalid())
            } else {
                Err(invalid())
            }
        };
        let mut fields = date.split('-');
        let (year, month, day) = (
            number(fields.next(), 4)?,
            number(fields.next(), 2)?,
            number(fields.next(), 2)?,
        );
        let mut parts = time.trim().split(':');
        let (hour, minute) = (number(parts.next(), 2)?, number(parts.next(), 2)?);
        let seconds = parts.next().unwrap_or("0");
        if fields.next().is_some() || parts.next().is_some() {
            return Err(invalid());
        }
        let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
        let second = number(Some(second), 2)?;
        let micros = if fraction.is_empty() {
            0
        } else {
            number(Some(&format!("{fraction:0<6.6}")), 6)?
        };
        let fits = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second < 60;
        if !fits {
            return Err(out_of_range());
        }
        let days = days_from_civil(year, month, day) - days_from_civil(2000, 1, 1);
        Ok(Self(
            days * DAY + ((hour * 60 + minute) * 60 + second) * 1_000_000 + micros,
        ))
    }
}

/// Days from 1970-01-01, by the proleptic Gregorian calendar, whose years are counted from March so that the leap day comes
/// last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The reverse.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = (shifted + 2) % 12 + 1;
    (
        year_of_era + era * 400 + i64::from(month <= 2),
        month,
        day_of_year - (153 * shifted + 2) / 5 + 1,
    )
}

fn days_in_month(year: i64, month: i64) -> i64 {
    let (next_year, next_month) = if month == 12 {
        (year + 1, 1)
    } else {
        (year, month + 1)
    };
    days_from_civil(next_year, next_month, 1) - days_from_civil(year, month, 1)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) =
            civil_from_days(self.0.div_euclid(DAY) + days_from_civil(2000, 1, 1));
        let micros = self.0.rem_euclid(DAY);
        let seconds = micros / 1_000_000;
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"
        )?;
        let fraction = micros % 1_000_000;
        if fraction != 0 {
            let digits = format!("{fraction:06}");
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_read_and_shown() {
        for (text, shown) in [
            ("2026-01-01", "2026-01-01 00:00:00"),
            ("2000-02-29 23:59:59.120", "2000-02-29 23:59:59.12"),
            ("1970-01-01T00:00", "1970-01-01 00:00:00"),
            ("0001-03-01 00:00:00.000001", "0001-03-01 00:00:00.000001"),
        ] {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), shown);
        }
        assert_eq!(
            Timestamp::START.plus_milliseconds(40).to_string(),
            "2026-01-01 00:00:00.04"
        );
        assert_eq!(Timestamp::parse("2026-02-30").unwrap_err().state.0, "22008");
        assert_eq!(Timestamp::parse("yesterday").unwrap_err().state.0, "22007");
    }
}
