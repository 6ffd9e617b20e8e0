//! Natural numbers of any size, in base 10⁹.
//!
//! The base is a power of ten because everything `numeric` does is decimal: shifting by powers of ten and printing are
//! cheap. The methods are those taught at school; the numbers of a playground are short.

use std::cmp::Ordering;

const BASE: u64 = 1_000_000_000;
const BASE_DIGITS: usize = 9;

/// A natural number: limbs from the least significant up, the last one not zero; zero has no limbs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Natural(Vec<u32>);

impl Natural {
    pub(super) fn from_u128(mut value: u128) -> Self {
        let mut limbs = Vec::new();
        while value > 0 {
            limbs.push((value % u128::from(BASE)) as u32);
            value /= u128::from(BASE);
        }
        Self(limbs)
    }

    /// Reads decimal digits, most significant first.
    pub(super) fn from_digits(digits: &[u8]) -> Self {
        let limbs = digits
            .rchunks(BASE_DIGITS)
            .map(|chunk| {
                chunk
                    .iter()
                    .fold(0, |limb, digit| limb * 10 + u32::from(digit - b'0'))
            })
            .collect();
        Self(limbs).trimmed()
    }

    /// Decimal digits without leading zeros; zero is the empty string.
    pub(super) fn to_digits(&self) -> String {
        let mut limbs = self.0.iter().rev();
        let mut text = limbs.next().map(u32::to_string).unwrap_or_default();
        for limb in limbs {
            text.push_str(&format!("{limb:09}"));
        }
        text
    }

    pub(super) fn to_u64(&self) -> Option<u64> {
        if self.0.len() > 3 {
            return None;
        }
        let value = self.0.iter().rev().fold(0u128, |value, limb| {
            value * u128::from(BASE) + u128::from(*limb)
        });
        u64::try_from(value).ok()
    }

    pub(super) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// How many decimal digits it has; zero has none.
    pub(super) fn digit_count(&self) -> usize {
        match self.0.last() {
            None => 0,
            Some(top) => (self.0.len() - 1) * BASE_DIGITS + top.ilog10() as usize + 1,
        }
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        let mut limbs = Vec::with_capacity(self.0.len().max(other.0.len()) + 1);
        let mut carry = 0;
        for place in 0..self.0.len().max(other.0.len()) {
            let sum = self.limb(place) + other.limb(place) + carry;
            limbs.push((sum % BASE) as u32);
            carry = sum / BASE;
        }
        limbs.push(carry as u32);
        Self(limbs).trimmed()
    }

    /// The difference; `other` must not be larger.
    pub(super) fn sub(&self, other: &Self) -> Self {
        let mut limbs = Vec::with_capacity(self.0.len());
        let mut borrow = 0;
        for place in 0..self.0.len() {
            let difference = BASE + self.limb(place) - other.limb(place) - borrow;
            limbs.push((difference % BASE) as u32);
            borrow = u64::from(difference < BASE);
        }
        Self(limbs).trimmed()
    }

    pub(super) fn mul(&self, other: &Self) -> Self {
        let mut limbs = vec![0u32; self.0.len() + other.0.len()];
        for (i, left) in self.0.iter().enumerate() {
            let mut carry = 0;
            for (j, right) in other.0.iter().enumerate() {
                let product =
                    u64::from(*left) * u64::from(*right) + u64::from(limbs[i + j]) + carry;
                limbs[i + j] = (product % BASE) as u32;
                carry = product / BASE;
            }
            limbs[i + other.0.len()] = carry as u32;
        }
        Self(limbs).trimmed()
    }

    pub(super) fn mul_pow10(&self, exponent: usize) -> Self {
        if self.is_zero() {
            return Self::default();
        }
        let mut limbs = vec![0; exponent / BASE_DIGITS];
        let factor = 10u64.pow((exponent % BASE_DIGITS) as u32);
        let mut carry = 0;
        for limb in &self.0 {
            let product = u64::from(*limb) * factor + carry;
            limbs.push((product % BASE) as u32);
            carry = product / BASE;
        }
        limbs.push(carry as u32);
        Self(limbs).trimmed()
    }

    /// Quotient, rounded down, and remainder; `None` when dividing by zero.
    pub(super) fn div_rem(&self, divisor: &Self) -> Option<(Self, Self)> {
        if divisor.is_zero() {
            return None;
        }
        let mut quotient = vec![0; self.0.len()];
        let mut rest = Self::default();
        for place in (0..self.0.len()).rev() {
            rest.0.insert(0, self.0[place]);
            rest = rest.trimmed();
            // The largest q with q * divisor <= rest.
            let (mut low, mut high) = (0, BASE - 1);
            if rest.0.len() < divisor.0.len() {
                high = 0;
            } else if let ([divisor], Some(value)) = (&divisor.0[..], rest.to_u64()) {
                low = value / u64::from(*divisor);
                high = low;
            }
            while low < high {
                let middle = (low + high).div_ceil(2);
                if divisor.mul_limb(middle).cmp(&rest) == Ordering::Greater {
                    high = middle - 1;
                } else {
                    low = middle;
                }
            }
            rest = rest.sub(&divisor.mul_limb(low));
            quotient[place] = low as u32;
        }
        Some((Self(quotient).trimmed(), rest))
    }

    fn mul_limb(&self, limb: u64) -> Self {
        self.mul(&Self(vec![limb as u32]).trimmed())
    }

    fn limb(&self, place: usize) -> u64 {
        self.0.get(place).copied().map_or(0, u64::from)
    }

    fn trimmed(mut self) -> Self {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        self
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0
            .len()
            .cmp(&other.0.len())
            .then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

#[cfg(test)]
mod tests {
    use super::Natural;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn arithmetic_agrees_with_the_machine(a in any::<u64>(), b in any::<u64>(), shift in 0usize..19) {
            let (x, y) = (u128::from(a), u128::from(b));
            let (m, n) = (Natural::from_u128(x), Natural::from_u128(y));
            prop_assert_eq!(m.add(&n), Natural::from_u128(x + y));
            prop_assert_eq!(m.mul(&n), Natural::from_u128(x * y));
            prop_assert_eq!(m.mul_pow10(shift), Natural::from_u128(x * 10u128.pow(shift as u32)));
            prop_assert_eq!(m.cmp(&n), x.cmp(&y));
            prop_assert_eq!(m.digit_count(), if x == 0 { 0 } else { x.to_string().len() });
            prop_assert_eq!(Natural::from_digits(x.to_string().as_bytes()), m);
        }

        #[test]
        fn division_gives_back_what_was_divided(a in any::<[u64; 3]>(), b in any::<[u64; 2]>(), short in any::<u64>()) {
            let product = a.iter().fold(Natural::from_u128(1), |n, f| n.mul(&Natural::from_u128(u128::from(*f))));
            let long = b.iter().fold(Natural::from_u128(1), |n, f| n.mul(&Natural::from_u128(u128::from(*f))));
            for divisor in [long, Natural::from_u128(u128::from(short))] {
                if let Some((quotient, rest)) = product.div_rem(&divisor) {
                    prop_assert!(rest < divisor);
                    prop_assert_eq!(quotient.mul(&divisor).add(&rest), product.clone());
                }
            }
        }
    }
}
