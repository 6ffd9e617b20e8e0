//! Natural numbers of any size, for counting.
//!
//! Limbs of 64 bits, the lowest first. What a walk over states needs is adding, and multiplying by something small; what a
//! reader needs is decimal digits and shares.

use std::cmp::Ordering;
use std::fmt::{self, Display, Formatter};

/// A natural number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Count {
    /// Without leading zeros.
    limbs: Vec<u64>,
}

impl Count {
    /// From limbs, the lowest first.
    #[must_use]
    pub fn from_limbs(limbs: &[u64]) -> Self {
        let used = limbs
            .iter()
            .rposition(|&limb| limb != 0)
            .map_or(0, |at| at + 1);
        Self {
            limbs: limbs[..used].to_vec(),
        }
    }

    /// Its limbs, the lowest first, without leading zeros.
    #[must_use]
    pub(super) fn into_limbs(self) -> Vec<u64> {
        self.limbs
    }

    /// Whether it is 0.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.limbs.is_empty()
    }

    /// Adds another one.
    pub fn add(&mut self, other: &Self) {
        if self.limbs.len() < other.limbs.len() {
            self.limbs.resize(other.limbs.len(), 0);
        }
        if add_to(&mut self.limbs, &other.limbs, 1) != 0 {
            self.limbs.push(1);
        }
    }

    /// Adds another one so many times.
    pub(super) fn add_times(&mut self, other: &Self, times: u64) {
        if times == 0 {
            return;
        }
        if self.limbs.len() < other.limbs.len() {
            self.limbs.resize(other.limbs.len(), 0);
        }
        let more = add_to(&mut self.limbs, &other.limbs, times);
        if more != 0 {
            self.limbs.push(more);
        }
    }

    /// Adds the product of two, so many times.
    pub(super) fn add_product(&mut self, one: &Self, two: &Self, times: u64) {
        let most = one.limbs.len() + two.limbs.len() + 1;
        if self.limbs.len() <= most {
            self.limbs.resize(most + 1, 0);
        }
        for (place, limb) in two.limbs.iter().enumerate() {
            let product = u128::from(*limb) * u128::from(times);
            add_to(&mut self.limbs[place..], &one.limbs, product as u64);
            add_to(
                &mut self.limbs[place + 1..],
                &one.limbs,
                (product >> 64) as u64,
            );
        }
        while self.limbs.last() == Some(&0) {
            self.limbs.pop();
        }
    }

    /// Multiplies by a number and divides by another, which must go without a remainder.
    pub(super) fn scale(&mut self, factor: u64, divisor: u64) {
        let mut carry = 0u128;
        for limb in &mut self.limbs {
            let product = u128::from(*limb) * u128::from(factor) + carry;
            *limb = product as u64;
            carry = product >> 64;
        }
        if carry > 0 {
            self.limbs.push(carry as u64);
        }
        let mut remainder = 0u128;
        for limb in self.limbs.iter_mut().rev() {
            let value = (remainder << 64) | u128::from(*limb);
            *limb = (value / u128::from(divisor)) as u64;
            remainder = value % u128::from(divisor);
        }
        while self.limbs.last() == Some(&0) {
            self.limbs.pop();
        }
    }

    /// The nearest floating point number; infinite beyond 1.8e308.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        let limbs = self.limbs.iter().rev();
        limbs.fold(0.0, |sum, &limb| {
            sum * 18_446_744_073_709_551_616.0 + limb as f64
        })
    }

    /// Its share in a whole, from 0 to 1, right to about 15 digits whatever their sizes.
    #[must_use]
    pub fn share_of(&self, whole: &Self) -> f64 {
        // The highest three limbs of the whole, and those of this at the same places.
        let skip = whole.limbs.len().saturating_sub(3);
        let top =
            |count: &Self| Self::from_limbs(count.limbs.get(skip..).unwrap_or_default()).to_f64();
        let whole = top(whole);
        if whole == 0.0 { 0.0 } else { top(self) / whole }
    }
}

impl From<u64> for Count {
    fn from(number: u64) -> Self {
        Self::from_limbs(&[number])
    }
}

impl PartialOrd for Count {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Count {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_size = self.limbs.len().cmp(&other.limbs.len());
        by_size.then_with(|| self.limbs.iter().rev().cmp(other.limbs.iter().rev()))
    }
}

impl Display for Count {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        const CHUNK: u64 = 10_000_000_000_000_000_000;
        let mut rest = self.limbs.clone();
        let mut chunks = Vec::new();
        while !rest.is_empty() {
            let mut remainder = 0u128;
            for limb in rest.iter_mut().rev() {
                let value = (remainder << 64) | u128::from(*limb);
                *limb = (value / u128::from(CHUNK)) as u64;
                remainder = value % u128::from(CHUNK);
            }
            while rest.last() == Some(&0) {
                rest.pop();
            }
            chunks.push(remainder as u64);
        }
        let first = chunks.pop().unwrap_or(0);
        write!(f, "{first}")?;
        chunks
            .iter()
            .rev()
            .try_for_each(|chunk| write!(f, "{chunk:019}"))
    }
}

/// Adds `other` times `factor` to limbs that are at least as many; returns what does not fit.
#[inline]
pub(super) fn add_to(limbs: &mut [u64], other: &[u64], factor: u64) -> u64 {
    let mut carry = 0u128;
    for (limb, &more) in limbs.iter_mut().zip(other) {
        let sum = u128::from(*limb) + u128::from(more) * u128::from(factor) + carry;
        *limb = sum as u64;
        carry = sum >> 64;
    }
    for limb in limbs.iter_mut().skip(other.len()) {
        if carry == 0 {
            break;
        }
        let sum = u128::from(*limb) + carry;
        *limb = sum as u64;
        carry = sum >> 64;
    }
    carry as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factorials_are_exact() {
        let mut limbs = vec![0u64; 4];
        limbs[0] = 1;
        for factor in 2..=40u64 {
            let before = limbs.clone();
            let lost = add_to(&mut limbs, &before, factor - 1);
            assert_eq!(lost, 0);
        }
        let factorial = Count::from_limbs(&limbs);
        assert_eq!(
            factorial.to_string(),
            "815915283247897734345611269596115894272000000000"
        );
        assert!((factorial.to_f64() / 8.159_152_832_478_977e47 - 1.0).abs() < 1e-14);
    }

    #[test]
    fn products_are_exact() {
        let mut one = Count::from(u64::MAX);
        one.add_times(&Count::from(u64::MAX), 7);
        assert_eq!(one.to_string(), "147573952589676412920");
        let mut square = Count::default();
        square.add_product(&one, &one, 1);
        assert_eq!(
            square.to_string(),
            "21778071482940061659294791634198342926400"
        );
        let mut back = Count::default();
        back.add_product(&square, &Count::default(), 3);
        assert!(back.is_zero());
        back.add_product(&square, &Count::from(u64::MAX), u64::MAX);
        back.scale(1, u64::MAX);
        back.scale(1, u64::MAX);
        assert_eq!(back, square);
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let mut limbs = [u64::MAX];
        assert_eq!(add_to(&mut limbs, &[1], 1), 1);
        assert_eq!(limbs, [0]);
        let mut limbs = [u64::MAX, 0];
        assert_eq!(add_to(&mut limbs, &[2], 3), 0);
        assert_eq!(limbs, [5, 1]);
    }

    #[test]
    fn sums_shares_and_order_agree_with_small_numbers() {
        let big = |a: u128| Count::from_limbs(&[a as u64, (a >> 64) as u64]);
        let numbers = [
            0u128,
            1,
            9,
            u128::from(u64::MAX),
            u128::from(u64::MAX) + 1,
            1 << 100,
        ];
        for a in numbers {
            for b in numbers {
                let mut sum = big(a);
                sum.add(&big(b));
                assert_eq!(sum, big(a + b));
                assert_eq!(big(a).cmp(&big(b)), a.cmp(&b));
            }
            assert_eq!(big(a).to_string(), a.to_string());
        }
        assert_eq!(big(1 << 99).share_of(&big(1 << 100)), 0.5);
        assert_eq!(big(0).share_of(&big(0)), 0.0);
    }
}
