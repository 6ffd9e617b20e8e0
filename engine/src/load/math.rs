//! Logarithm and exponential that give the same bits everywhere.
//!
//! Addition, multiplication, division and square root are the same on every machine (IEEE 754); `ln` and `exp` are not: natively
//! they are the C library's, in wasm another one's, and they differ in the last bit. A simulation that is to repeat itself on
//! both from one seed cannot use them. These are the polynomials of FreeBSD's msun (`e_log.c`, `e_exp.c`, by Sun Microsystems),
//! good to the last bit or two, without its care for subnormal numbers, which no time or rate here comes near.
#![allow(
    clippy::excessive_precision,
    reason = "coefficients as their source has them"
)]

const LN2_HIGH: f64 = 6.931_471_803_691_238_164_90e-1;
const LN2_LOW: f64 = 1.908_214_929_270_587_700_02e-10;

/// The natural logarithm of a positive number that is not subnormal; minus infinity for 0.
#[must_use]
#[cfg_attr(made_small, optimize(speed))]
pub fn ln(x: f64) -> f64 {
    if x <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if x == f64::INFINITY {
        return x;
    }
    let bits = x.to_bits();
    let mut exponent = (bits >> 52) as i32 - 1023;
    let mut mantissa = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
    if mantissa > std::f64::consts::SQRT_2 {
        mantissa *= 0.5;
        exponent += 1;
    }
    let f = mantissa - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let even = w
        * (3.999_999_999_940_941_908e-1
            + w * (2.222_219_843_214_978_396e-1 + w * 1.531_383_769_920_937_332e-1));
    let odd = z
        * (6.666_666_666_666_735_130e-1
            + w * (2.857_142_874_366_239_149e-1
                + w * (1.818_357_216_161_805_012e-1 + w * 1.479_819_860_511_658_591e-1)));
    let half = 0.5 * f * f;
    let exponent = f64::from(exponent);
    exponent * LN2_HIGH - ((half - (s * (half + even + odd) + exponent * LN2_LOW)) - f)
}

/// e to the power of `x`; 0 below -708, infinity above 709.
#[must_use]
pub fn exp(x: f64) -> f64 {
    if x < -708.0 {
        return 0.0;
    }
    if x > 709.0 {
        return f64::INFINITY;
    }
    let nearest = x * std::f64::consts::LOG2_E + if x < 0.0 { -0.5 } else { 0.5 };
    let power = nearest as i32;
    let high = x - f64::from(power) * LN2_HIGH;
    let low = f64::from(power) * LN2_LOW;
    let r = high - low;
    let t = r * r;
    let c = r - t
        * (1.666_666_666_666_660_190_37e-1
            + t * (-2.777_777_777_701_559_338_42e-3
                + t * (6.613_756_321_437_934_361_17e-5
                    + t * (-1.653_390_220_546_525_153_90e-6
                        + t * 4.138_136_797_057_238_460_39e-8))));
    let y = 1.0 - ((low - r * c / (2.0 - c)) - high);
    y * f64::from_bits(((power + 1023) as u64) << 52)
}

/// 1 - e^-x for `x` of 0 and above, exact where x is tiny too.
#[must_use]
pub fn one_minus_exp(x: f64) -> f64 {
    if x < 1e-5 {
        x * (1.0 - x * (0.5 - x / 6.0))
    } else {
        1.0 - exp(-x)
    }
}

/// `x` to the power of `y`, for positive `x`.
#[must_use]
pub fn power(x: f64, y: f64) -> f64 {
    exp(y * ln(x))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn logarithm_and_exponential_agree_with_the_standard_library(x in -700.0..700.0f64) {
            let e = x.exp();
            prop_assert!((exp(x) / e - 1.0).abs() < 4e-16, "exp {x}");
            prop_assert!((ln(e) - e.ln()).abs() <= 2e-16 * e.ln().abs().max(1e-3), "ln {e}");
            let near_one = 1.0 + x / 1e5;
            prop_assert!((ln(near_one) - near_one.ln()).abs() <= 4e-16 * near_one.ln().abs());
            prop_assert!((one_minus_exp(x.abs() / 700.0) / -(-x.abs() / 700.0).exp_m1() - 1.0).abs() < 1e-10);
        }
    }

    #[test]
    fn the_bits_are_these_on_every_machine() {
        assert_eq!(ln(2.0).to_bits(), 0x3fe6_2e42_fefa_39ef);
        assert_eq!(exp(1.0).to_bits(), 0x4005_bf0a_8b14_576a);
        let mut sum = 0u64;
        for step in 1..2000 {
            let x = f64::from(step) * 0.173;
            sum = sum
                .wrapping_mul(31)
                .wrapping_add(ln(x).to_bits() ^ exp(-x).to_bits());
        }
        assert_eq!(sum, 976_486_383_758_501_383, "the sum over many arguments");
    }
}
