//! Arithmetic on `numeric`, with PostgreSQL's rules for scale and rounding.

use super::{MAX_SCALE, Natural, Numeric, Parts, Repr};
use crate::db::{SqlError, SqlState};
use std::cmp::Ordering;

/// PostgreSQL keeps digits in groups of four, and chooses the scale of a quotient by the group.
const DEC_DIGITS: i64 = 4;
const MIN_SIGNIFICANT_DIGITS: i64 = 16;
const MAX_DISPLAY_SCALE: i64 = 1000;

impl Numeric {
    /// The sum.
    ///
    /// # Errors
    /// 22003 when it has too many digits.
    pub fn add(&self, other: &Self) -> Result<Self, SqlError> {
        if let Some((left, right, scale)) = self.aligned_small(other) {
            return Ok(Self::from_i128(left + right, scale));
        }
        sum(self.parts(), other.parts())
    }

    /// The difference.
    ///
    /// # Errors
    /// 22003 when it has too many digits.
    pub fn sub(&self, other: &Self) -> Result<Self, SqlError> {
        self.add(&other.neg())
    }

    /// The product.
    ///
    /// # Errors
    /// 22003 when it has too many digits.
    pub fn mul(&self, other: &Self) -> Result<Self, SqlError> {
        if let (
            Repr::Small {
                mantissa: left,
                scale: left_scale,
            },
            Repr::Small {
                mantissa: right,
                scale: right_scale,
            },
        ) = (&self.0, &other.0)
        {
            let product = i128::from(*left) * i128::from(*right);
            let scale = left_scale + right_scale;
            if usize::from(scale) <= MAX_SCALE {
                return Ok(Self::from_i128(product, scale));
            }
        }
        let (left, right) = (self.parts(), other.parts());
        Self::build(
            left.negative != right.negative,
            left.digits.mul(&right.digits),
            usize::from(left.scale) + usize::from(right.scale),
        )
    }

    /// The quotient, rounded half away from zero at the scale that `select_div_scale` chooses.
    ///
    /// # Errors
    /// 22012 division by zero.
    pub fn div(&self, other: &Self) -> Result<Self, SqlError> {
        let (left, right) = (self.parts(), other.parts());
        let (left_weight, left_first) = left.first_group();
        let (right_weight, right_first) = right.first_group();
        let mut quotient_weight = left_weight - right_weight;
        if left_first <= right_first {
            quotient_weight -= 1;
        }
        let scale = (MIN_SIGNIFICANT_DIGITS - quotient_weight * DEC_DIGITS)
            .max(i64::from(left.scale))
            .max(i64::from(right.scale))
            .clamp(0, MAX_DISPLAY_SCALE) as usize;
        // left / 10^ls / (right / 10^rs) at this scale is left * 10^(scale + rs - ls) / right.
        let shift = scale as i64 + i64::from(right.scale) - i64::from(left.scale);
        let dividend = left.digits.mul_pow10(shift.max(0) as usize);
        let divisor = right.digits.mul_pow10((-shift).max(0) as usize);
        let quotient = divide_rounding(&dividend, &divisor)?;
        Self::build(left.negative != right.negative, quotient, scale)
    }

    /// The remainder of a division that truncates: it has the sign of the dividend.
    ///
    /// # Errors
    /// 22012 division by zero.
    pub fn rem(&self, other: &Self) -> Result<Self, SqlError> {
        let (left, right) = (self.parts(), other.parts());
        let scale = usize::from(left.scale.max(right.scale));
        let (_, rest) = left
            .at_scale(scale)
            .div_rem(&right.at_scale(scale))
            .ok_or_else(division_by_zero)?;
        Self::build(left.negative, rest, scale)
    }

    /// `-x`
    #[must_use]
    pub fn neg(&self) -> Self {
        match &self.0 {
            Repr::Small { mantissa, scale } => Self::from_i128(-i128::from(*mantissa), *scale),
            Repr::Large(parts) => {
                let parts = Parts::clone(parts);
                let scale = usize::from(parts.scale);
                Self::build(!parts.negative, parts.digits, scale).unwrap_or_else(|_| self.clone())
            }
        }
    }

    /// `abs(x)`
    #[must_use]
    pub fn abs(&self) -> Self {
        if self.is_negative() {
            self.neg()
        } else {
            self.clone()
        }
    }

    /// Rounds half away from zero to so many digits after the point; a negative number rounds before the point.
    ///
    /// # Errors
    /// 22003 when it has too many digits.
    pub fn round(&self, places: i32) -> Result<Self, SqlError> {
        self.reduce(places, divide_rounding)
    }

    /// Cuts off after so many digits after the point.
    ///
    /// # Errors
    /// 22003 when it has too many digits.
    pub fn trunc(&self, places: i32) -> Result<Self, SqlError> {
        self.reduce(places, |digits, unit| {
            let (quotient, _) = digits.div_rem(unit).ok_or_else(division_by_zero)?;
            Ok(quotient)
        })
    }

    /// The largest whole number that is not larger.
    ///
    /// # Errors
    /// 22003 when it has too many digits.
    pub fn floor(&self) -> Result<Self, SqlError> {
        let whole = self.trunc(0)?;
        if whole.sql_cmp(self) == Ordering::Greater {
            whole.sub(&Self::from(1))
        } else {
            Ok(whole)
        }
    }

    /// The smallest whole number that is not smaller.
    ///
    /// # Errors
    /// 22003 when it has too many digits.
    pub fn ceil(&self) -> Result<Self, SqlError> {
        Ok(self.neg().floor()?.neg())
    }

    fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Small { mantissa, .. } => *mantissa < 0,
            Repr::Large(parts) => parts.negative,
        }
    }

    /// Brings the number to a scale, dividing by the power of ten that is lost with `divide`.
    fn reduce(
        &self,
        places: i32,
        divide: impl Fn(&Natural, &Natural) -> Result<Natural, SqlError>,
    ) -> Result<Self, SqlError> {
        let places = places.clamp(-2000, 2000);
        if i32::from(self.scale()) == places {
            return Ok(self.clone());
        }
        let parts = self.parts();
        let lost = i32::from(parts.scale) - places;
        let digits = if lost <= 0 {
            parts.digits.mul_pow10(lost.unsigned_abs() as usize)
        } else {
            let unit = Natural::from_u128(1).mul_pow10(lost as usize);
            divide(&parts.digits, &unit)?
        };
        Self::build(
            parts.negative,
            digits.mul_pow10(places.min(0).unsigned_abs() as usize),
            places.max(0) as usize,
        )
    }
}

impl Parts {
    /// The first group of four decimal digits that is not zero, and its weight: the power of 10⁴ it counts.
    fn first_group(&self) -> (i64, i64) {
        if self.digits.is_zero() {
            return (0, 0);
        }
        let text = self.digits.to_digits();
        let before_point = text.len() as i64 - i64::from(self.scale);
        let weight = (before_point - 1).div_euclid(DEC_DIGITS);
        let length = (before_point - weight * DEC_DIGITS) as usize;
        let group = format!("{text:0<4}")[..length].parse().unwrap_or(0);
        (weight, group)
    }
}

fn sum(left: Parts, right: Parts) -> Result<Numeric, SqlError> {
    let scale = usize::from(left.scale.max(right.scale));
    let (a, b) = (left.at_scale(scale), right.at_scale(scale));
    if left.negative == right.negative {
        return Numeric::build(left.negative, a.add(&b), scale);
    }
    if a < b {
        Numeric::build(right.negative, b.sub(&a), scale)
    } else {
        Numeric::build(left.negative, a.sub(&b), scale)
    }
}

fn divide_rounding(dividend: &Natural, divisor: &Natural) -> Result<Natural, SqlError> {
    let (quotient, rest) = dividend.div_rem(divisor).ok_or_else(division_by_zero)?;
    if rest.add(&rest) >= *divisor {
        Ok(quotient.add(&Natural::from_u128(1)))
    } else {
        Ok(quotient)
    }
}

fn division_by_zero() -> SqlError {
    SqlError::new(SqlState::DIVISION_BY_ZERO, "division by zero")
}
