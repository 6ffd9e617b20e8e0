//! Random numbers from a seed: xoshiro256++ by Blackman and Vigna, its state filled by SplitMix64.
//!
//! Sixty-four bit additions, shifts and rotations only, so that a seed gives the same numbers natively and in wasm. Traffic and
//! clients draw from streams of their own: what arrives is then the same under every strategy, and two strategies can be compared
//! on the same traffic.

use super::math::ln;

/// A stream of random numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Random {
    state: [u64; 4],
}

impl Random {
    /// The stream of this number that belongs to a seed. Streams of one seed, and of different seeds, have nothing to do with one
    /// another.
    #[must_use]
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut mixed = seed ^ stream.wrapping_mul(0xd1b5_4a32_d192_ed03);
        let mut next = || {
            mixed = mixed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = mixed;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        };
        Self {
            state: [next(), next(), next(), next()],
        }
    }

    /// Sixty-four random bits.
    #[inline]
    #[cfg_attr(made_small, optimize(speed))]
    pub fn bits(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.state = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        result
    }

    /// Evenly from 0 (excluded) to 1 (included), so that its logarithm is finite.
    #[inline]
    #[cfg_attr(made_small, optimize(speed))]
    pub fn unit(&mut self) -> f64 {
        ((self.bits() >> 11) + 1) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Whether something happens that has this probability. Nothing is drawn for what cannot happen.
    #[inline]
    #[cfg_attr(made_small, optimize(speed))]
    pub fn chance(&mut self, probability: f64) -> bool {
        probability > 0.0 && self.unit() <= probability
    }

    /// A whole number below `count`, which is at least 1; the product method, whose bias is below 2^-32 of `count`.
    #[inline]
    pub fn below(&mut self, count: u32) -> u32 {
        (((self.bits() >> 32) * u64::from(count)) >> 32) as u32
    }

    /// Exponentially distributed with mean 1.
    #[inline]
    pub fn exponential(&mut self) -> f64 {
        -ln(self.unit())
    }

    /// Normally distributed with mean 0 and variance 1 (Marsaglia's polar method, whose second number is not used).
    pub fn normal(&mut self) -> f64 {
        loop {
            let x = 2.0 * self.unit() - 1.0;
            let y = 2.0 * self.unit() - 1.0;
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                return x * (-2.0 * ln(square) / square).sqrt();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_reference() {
        // The first outputs of xoshiro256++ from the state 1, 2, 3, 4.
        let mut random = Random {
            state: [1, 2, 3, 4],
        };
        let first: Vec<u64> = (0..4).map(|_| random.bits()).collect();
        assert_eq!(
            first,
            [
                41_943_041,
                58_720_359,
                3_588_806_011_781_223,
                3_591_011_842_654_386
            ]
        );
    }

    #[test]
    fn moments_are_what_they_should_be() {
        let mut random = Random::new(7, 0);
        let count = 200_000;
        let mean = |draw: &mut dyn FnMut() -> f64| {
            let (mut sum, mut squares) = (0.0, 0.0);
            for _ in 0..count {
                let x = draw();
                sum += x;
                squares += x * x;
            }
            (sum / f64::from(count), squares / f64::from(count))
        };
        let near = |(first, second): (f64, f64), expected: (f64, f64)| {
            assert!((first - expected.0).abs() < 0.01, "{first}");
            assert!((second - expected.1).abs() < 0.04, "{second}");
        };
        near(mean(&mut || random.unit()), (0.5, 1.0 / 3.0));
        near(mean(&mut || random.exponential()), (1.0, 2.0));
        near(mean(&mut || random.normal()), (0.0, 1.0));
        near(mean(&mut || f64::from(random.below(4))), (1.5, 3.5));
    }

    #[test]
    fn streams_differ() {
        let first = |seed, stream| Random::new(seed, stream).bits();
        assert_ne!(first(1, 0), first(1, 1));
        assert_ne!(first(1, 0), first(2, 0));
        assert_eq!(first(1, 0), first(1, 0));
    }
}
