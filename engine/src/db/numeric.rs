//! Exact decimal numbers, as PostgreSQL's `numeric` (manual, section 8.1.2).
//!
//! A number is a whole mantissa and a scale, the number of digits it shows after the point: 12.50 is 1250 with scale 2.
//! The scale is part of the value (`1.0` prints otherwise than `1.00`) but not of its size (`1.0 = 1.00`). How many
//! digits a result shows is PostgreSQL's rule (`src/backend/utils/adt/numeric.c`):
//!
//! | operation       | scale of the result                                                          |
//! |-----------------|------------------------------------------------------------------------------|
//! | `+`, `-`, `%`   | the larger of both                                                           |
//! | `*`             | the sum of both                                                              |
//! | `/`             | enough for 16 significant digits, at least the larger of both (`select_div_scale`) |
//!
//! Almost all numbers have a mantissa that fits 64 bits and take no memory of their own; larger ones are shared.
//! `NaN`, `Infinity` and numbers of thousands of digits are not simulated.

mod arithmetic;
mod natural;

use super::{SqlError, SqlState};
use natural::Natural;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// An exact decimal number with the number of digits it shows after the point. Equality is structural; see
/// [`Numeric::sql_cmp`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Numeric(Repr);

/// Small exactly if the mantissa fits, so that equality may be structural.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Repr {
    Small { mantissa: i64, scale: u16 },
    Large(Arc<Parts>),
}

/// A number taken apart. Zero is not negative.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Parts {
    negative: bool,
    digits: Natural,
    scale: u16,
}

/// How many digits there may be before and after the point. PostgreSQL has 131072 and 16383; here a number is never so
/// long that the page would stand still over it.
const MAX_INTEGER_DIGITS: usize = 2000;
const MAX_SCALE: usize = 2000;

impl Numeric {
    /// Reads `12`, `-0.50`, `1e3`, with blanks around it.
    ///
    /// # Errors
    /// 22P02 when it is no number, 22003 when it has too many digits.
    pub fn parse(text: &str) -> Result<Self, SqlError> {
        let invalid = || {
            SqlError::new(
                SqlState::INVALID_TEXT,
                format!("invalid input syntax for type numeric: \"{text}\""),
            )
        };
        let trimmed = text.trim_ascii();
        if ["nan", "infinity", "inf"]
            .contains(&&*trimmed.trim_start_matches(['+', '-']).to_ascii_lowercase())
        {
            return Err(SqlError::new(
                SqlState::FEATURE_NOT_SUPPORTED,
                format!("the number \"{trimmed}\" is not simulated"),
            ));
        }
        let (negative, unsigned) = match trimmed.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
        };
        let (number, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((number, exponent)) => {
                let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
                if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(invalid());
                }
                (number, exponent.parse::<i32>().map_err(|_| overflow())?)
            }
            None => (unsigned, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits = [whole, fraction].concat();
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(invalid());
        }
        let scale = fraction.len() as i64 - i64::from(exponent);
        let significant = digits.trim_start_matches('0').len() as i64;
        if scale > MAX_SCALE as i64 || significant - scale > MAX_INTEGER_DIGITS as i64 {
            return Err(overflow());
        }
        let digits = Natural::from_digits(digits.as_bytes()).mul_pow10((-scale).max(0) as usize);
        Self::build(negative, digits, scale.max(0) as usize)
    }

    /// The number of digits it shows after the point.
    #[must_use]
    pub fn scale(&self) -> u16 {
        match &self.0 {
            Repr::Small { scale, .. } => *scale,
            Repr::Large(parts) => parts.scale,
        }
    }

    /// Numeric comparison: `1.0` equals `1.00`.
    #[must_use]
    pub fn sql_cmp(&self, other: &Self) -> Ordering {
        if let Some((left, right, _)) = self.aligned_small(other) {
            return left.cmp(&right);
        }
        let (left, right) = (self.parts(), other.parts());
        match (left.negative, right.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (negative, _) => {
                let scale = usize::from(left.scale.max(right.scale));
                let order = left.at_scale(scale).cmp(&right.at_scale(scale));
                if negative { order.reverse() } else { order }
            }
        }
    }

    /// Coerces to `numeric(precision, scale)`.
    ///
    /// # Errors
    /// 22003 when it has too many digits before the point.
    pub fn coerce(&self, precision: u16, scale: u16) -> Result<Self, SqlError> {
        let rounded = self.round(i32::from(scale))?;
        let whole = precision.saturating_sub(scale);
        let digits = rounded.parts().digits.digit_count();
        if digits > usize::from(scale) + usize::from(whole) {
            let bound = if whole == 0 {
                "1".to_owned()
            } else {
                format!("10^{whole}")
            };
            return Err(SqlError::new(
                SqlState::NUMERIC_OUT_OF_RANGE,
                "numeric field overflow",
            )
            .with_detail(format!(
                "A field with precision {precision}, scale {scale} must round to an absolute value less than {bound}."
            )));
        }
        Ok(rounded)
    }

    /// The nearest whole number, halves away from zero; `None` when it does not fit.
    #[must_use]
    pub fn to_i64(&self) -> Option<i64> {
        match self.round(0).ok()?.0 {
            Repr::Small { mantissa, .. } => Some(mantissa),
            Repr::Large(_) => None,
        }
    }

    /// Whether it is 0, with whatever scale.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        matches!(self.0, Repr::Small { mantissa: 0, .. })
    }

    fn small(mantissa: i64, scale: u16) -> Self {
        Self(Repr::Small { mantissa, scale })
    }

    fn from_i128(mantissa: i128, scale: u16) -> Self {
        match i64::try_from(mantissa) {
            Ok(mantissa) => Self::small(mantissa, scale),
            Err(_) => Self(Repr::Large(Arc::new(Parts {
                negative: mantissa < 0,
                digits: Natural::from_u128(mantissa.unsigned_abs()),
                scale,
            }))),
        }
    }

    /// A number from its parts, in the one form that it has.
    fn build(negative: bool, digits: Natural, scale: usize) -> Result<Self, SqlError> {
        if digits.digit_count() > MAX_INTEGER_DIGITS + scale || scale > MAX_SCALE {
            return Err(overflow());
        }
        let scale = scale as u16;
        if let Some(size) = digits.to_u64() {
            let mantissa = if negative {
                0i64.checked_sub_unsigned(size)
            } else {
                i64::try_from(size).ok()
            };
            if let Some(mantissa) = mantissa {
                return Ok(Self::small(mantissa, scale));
            }
        }
        Ok(Self(Repr::Large(Arc::new(Parts {
            negative,
            digits,
            scale,
        }))))
    }

    fn parts(&self) -> Parts {
        match &self.0 {
            Repr::Small { mantissa, scale } => Parts {
                negative: *mantissa < 0,
                digits: Natural::from_u128(u128::from(mantissa.unsigned_abs())),
                scale: *scale,
            },
            Repr::Large(parts) => Parts::clone(parts),
        }
    }

    /// Both mantissas at the larger scale, when both numbers are small and near enough in scale.
    fn aligned_small(&self, other: &Self) -> Option<(i128, i128, u16)> {
        let (
            Repr::Small {
                mantissa: left,
                scale: left_scale,
            },
            Repr::Small {
                mantissa: right,
                scale: right_scale,
            },
        ) = (&self.0, &other.0)
        else {
            return None;
        };
        let scale = *left_scale.max(right_scale);
        // 2^63 * 10^18 and the sum of two such fit 127 bits.
        let stretch = |mantissa: i64, from: u16| {
            (scale - from <= 18).then(|| i128::from(mantissa) * 10i128.pow(u32::from(scale - from)))
        };
        Some((
            stretch(*left, *left_scale)?,
            stretch(*right, *right_scale)?,
            scale,
        ))
    }
}

impl Parts {
    /// The mantissa at a scale that is not smaller than its own.
    fn at_scale(&self, scale: usize) -> Natural {
        self.digits.mul_pow10(scale - usize::from(self.scale))
    }
}

fn overflow() -> SqlError {
    SqlError::new(
        SqlState::NUMERIC_OUT_OF_RANGE,
        "value overflows numeric format",
    )
    .with_detail(format!(
        "Rowlock computes with at most {MAX_INTEGER_DIGITS} digits before the point and {MAX_SCALE} after it."
    ))
}

impl From<i64> for Numeric {
    fn from(value: i64) -> Self {
        Self::small(value, 0)
    }
}

impl From<i32> for Numeric {
    fn from(value: i32) -> Self {
        Self::small(i64::from(value), 0)
    }
}

impl fmt::Display for Numeric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (negative, digits, scale) = match &self.0 {
            Repr::Small { mantissa, scale } => {
                (*mantissa < 0, mantissa.unsigned_abs().to_string(), *scale)
            }
            Repr::Large(parts) => (parts.negative, parts.digits.to_digits(), parts.scale),
        };
        let scale = usize::from(scale);
        let digits = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let sign = if negative { "-" } else { "" };
        write!(f, "{sign}{whole}")?;
        if scale > 0 {
            write!(f, ".{fraction}")?;
        }
        Ok(())
    }
}
