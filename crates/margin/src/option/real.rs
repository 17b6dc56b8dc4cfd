//! Exponential and logarithm in fixed point, each with its bound of error.
//!
//! Tables are worked out by the compiler from the series that define the functions, to 2^-110 or better: no number here
//! comes from elsewhere. Tests compare both functions with big integers.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "fixed-point steps and sums of the compiler; each line names the bound that makes it safe"
)]

use cistern_units::wide::multiply;

/// A number within ±128, in 2^-56: what the functions of this module are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Real(pub i64);

impl Real {
    /// Binary places of a [`Real`].
    pub const PLACES: u32 = 56;
    /// One.
    pub const ONE: Self = Self(1 << Self::PLACES);
}

/// Binary places of probabilities, densities and what an exponential returns.
pub(crate) const PLACES: u32 = 62;
/// One with that many places.
pub(crate) const UNIT: u64 = 1 << PLACES;

/// Binary places of what the compiler works out.
pub(crate) const DEEP: u32 = 120;

/// The product of two numbers in 2^-120, both below 2^8, their product too; rounded down.
pub(crate) const fn deep_product(a: u128, b: u128) -> u128 {
    let (low, high) = multiply(a, b);
    high << (128 - DEEP) | low >> DEEP
}

/// `ln 2 = sum 1 / (k 2^k)`, in 2^-120.
const LN_2: u128 = {
    let (mut sum, mut k) = (0_u128, 1);
    while k < 120 {
        sum += (1 << (DEEP - k)) / k as u128;
        k += 1;
    }
    sum
};

/// `1 / ln 2`, in 2^-63; below 2^64.
const LOG2_E: u64 = {
    let numerator = 1_u128 << 127; // 2^63 x 2^64
    (numerator / (LN_2 >> (DEEP - 64))) as u64
};

/// The fraction of an exponent of two is read off a table in steps of 2^-6.
const STEPS: usize = 64;

/// `2^(k/64)`, in 2^-63.
static POWERS: [u64; STEPS] = {
    let mut table = [0; STEPS];
    let mut k = 0;
    while k < STEPS {
        let y = LN_2 / STEPS as u128 * k as u128;
        let (mut term, mut sum, mut n) = (1_u128 << DEEP, 0, 1);
        while term > 0 {
            sum += term;
            term = deep_product(term, y) / n;
            n += 1;
        }
        table[k] = (sum >> (DEEP - 63)) as u64;
        k += 1;
    }
    table
};

/// `1 / n!` from 7 down to 0, in 2^-63.
const INVERSE_FACTORIALS: [u64; 8] = {
    let mut table = [0; 8];
    let (mut factorial, mut n) = (1, 0);
    while n < 8 {
        table[7 - n] = (1 << 63) / factorial;
        n += 1;
        factorial *= n as u64;
    }
    table
};

/// Largest argument of [`exp`] that is not clamped: e^44 < 2^64.
const EXP_MAX: i64 = 44 << Real::PLACES;

/// `e^y`, in 2^-62. The relative error is below 2^-58, the absolute one at least a unit. Beyond 44 it is that of 44,
/// below -44 it is zero.
#[must_use]
#[inline]
pub fn exp(y: Real) -> u128 {
    if y.0 < -EXP_MAX {
        return 0;
    }
    // y / ln 2 = whole + step / 64 + rest, the rest below 1/64.
    let exponent = i128::from(y.0.min(EXP_MAX)) * i128::from(LOG2_E); // in 2^-119, below 2^126
    let whole = (exponent >> 119) as i32; // within ±64
    let step = (exponent >> 113) as usize & (STEPS - 1);
    let rest = (exponent >> 49) as u64; // in 2^-70; the higher bits are cut off
    let r = high(rest, (LN_2 >> (DEEP - 64)) as u64); // in 2^-70, below 2^-6.5
    let mut sum = 0;
    for coefficient in INVERSE_FACTORIALS {
        sum = coefficient + (high(sum, r) >> 6); // below 1.02 x 2^63; what is left out is below 2^-67
    }
    let mantissa = u128::from(POWERS[step]) * u128::from(sum); // in 2^-126, below 2^127.1
    let down = (126 - PLACES as i32) - whole; // from 0 to 128
    if down >= 128 { 0 } else { mantissa >> down }
}

#[inline(always)]
pub(crate) const fn high(a: u64, b: u64) -> u64 {
    ((a as u128 * b as u128) >> 64) as u64
}

/// The logarithm is read off a table at 128 places between 1 and 2.
const PLACES_OF_LN: usize = 128;

/// For each place a number in 2^-16 near the reciprocal of its middle, and minus the logarithm of it, in 2^-62.
static RECIPROCALS: [(u32, i64); PLACES_OF_LN] = {
    let mut table = [(0, 0); PLACES_OF_LN];
    let mut k = 0;
    while k < PLACES_OF_LN {
        // 1 / (1 + (k + 1/2) / 128) = 256 / (257 + 2 k)
        let near = ((256_u64 << 16) + (257 + 2 * k as u64) / 2) / (257 + 2 * k as u64);
        table[k] = (near as u32, (deep_ln(near as u128) >> (DEEP - PLACES)) as i64);
        k += 1;
    }
    table
};

/// `ln(2^16 / n) = 2 artanh((2^16 - n) / (2^16 + n))`, in 2^-120, of an `n` from 2^15 to 2^16.
const fn deep_ln(n: u128) -> u128 {
    const ONE: u128 = 1 << 16;
    let t = (((ONE - n) << 112) / (ONE + n)) << (DEEP - 112); // n is at least 2^15
    let square = deep_product(t, t);
    let (mut power, mut sum, mut k) = (t, 0, 1);
    while power > 0 {
        sum += power / k;
        power = deep_product(power, square);
        k += 2;
    }
    2 * sum
}

/// `(-1)^(n+1) / n` from 8 down to 1, in 2^-62.
const INVERSES: [i64; 8] = {
    let mut table = [0; 8];
    let mut n = 1;
    while n <= 8 {
        let inverse = UNIT as i64 / n;
        table[8 - n as usize] = if n % 2 == 0 { -inverse } else { inverse };
        n += 1;
    }
    table
};

/// `ln(a / b)`, off by less than 2^-55; nothing where either is zero.
#[must_use]
#[inline]
pub fn ln_ratio(a: u128, b: u128) -> Option<Real> {
    if a == 0 || b == 0 {
        return None;
    }
    let (left_a, left_b) = (a.leading_zeros(), b.leading_zeros());
    let (top_a, top_b) = (((a << left_a) >> 64) as u64, ((b << left_b) >> 64) as u64); // off by 2^-63 of it
    let quotient = ((u128::from(top_a) << 63) / u128::from(top_b)) as u64; // in 2^-63, between 1/2 and 2
    let small = quotient.leading_zeros() & 1;
    let m = quotient << small; // from 1 to 2
    let exponent = i64::from(left_b) - i64::from(left_a) - i64::from(small);
    let (near, offset) = RECIPROCALS[(m >> 56) as usize & (PLACES_OF_LN - 1)];
    // m near = 1 + r, in 2^-79 exact, |r| < 2^-7.9; then in 2^-70.
    let r = ((i128::from(m) * i128::from(near) - (1 << 79)) >> 9) as i64;
    let mut sum = 0_i64;
    for coefficient in INVERSES {
        sum = coefficient + ((i128::from(sum) * i128::from(r)) >> 70) as i64; // near one
    }
    let ln = ((i128::from(sum) * i128::from(r)) >> 70) + i128::from(offset); // in 2^-62; left out: r^9 / 9 < 2^-74
    let whole = i128::from(exponent) * (LN_2 >> (DEEP - 110)) as i128; // in 2^-110, below 2^117
    let sum = ln + (whole >> (110 - PLACES));
    Some(Real(((sum + (1 << 5)) >> (PLACES - Real::PLACES)) as i64)) // below 89
}

#[cfg(test)]
mod tests {
    use num_bigint::BigInt;
    use num_traits::{One, Signed, Zero};
    use proptest::prelude::*;

    use super::*;

    /// Binary places of the reference.
    const REFERENCE: u32 = 200;

    fn one() -> BigInt {
        BigInt::one() << REFERENCE
    }

    fn of(y: Real) -> BigInt {
        BigInt::from(y.0) << (REFERENCE - Real::PLACES)
    }

    /// `e^y` by its series at a 2^10th of the argument, squared ten times.
    fn true_exp(y: &BigInt) -> BigInt {
        let small = y >> 10;
        let (mut term, mut sum, mut n) = (one(), BigInt::zero(), 1);
        while !term.is_zero() && n < 400 {
            sum += &term;
            term = ((term * &small) >> REFERENCE) / n;
            n += 1;
        }
        for _ in 0..10 {
            sum = (&sum * &sum) >> REFERENCE;
        }
        sum
    }

    /// `ln(a / b)` by Newton's method on the exponential, from the answer that is tested.
    fn true_ln(a: u128, b: u128, guess: Real) -> BigInt {
        let target = (BigInt::from(a) << REFERENCE) / b;
        let mut y = of(guess);
        for _ in 0..3 {
            let power = true_exp(&y);
            y += ((&target - &power) << REFERENCE) / power;
        }
        y
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]

        #[test]
        fn an_exponential_is_within_its_bound(y in -EXP_MAX..=EXP_MAX, shift in 0_u32..62) {
            let y = Real(y >> shift);
            let exact = true_exp(&of(y));
            let error = ((BigInt::from(exp(y)) << (REFERENCE - PLACES)) - &exact).abs();
            let bound = (exact >> 58_u32) + (BigInt::one() << (REFERENCE - PLACES));
            prop_assert!(error < bound, "{y:?}");
        }

        #[test]
        fn a_logarithm_is_within_its_bound(a in any::<u128>(), b in any::<u128>(), shift in 0_u32..128, near in -9_i64..9) {
            let a = (a >> shift).max(1);
            for b in [b.max(1), (b >> shift).max(1), a.saturating_add_signed(near.into()).max(1)] {
                let ln = ln_ratio(a, b).unwrap();
                let error = (of(ln) - true_ln(a, b, ln)).abs();
                prop_assert!(error < BigInt::one() << (REFERENCE - 55), "{a} {b}");
            }
        }
    }

    #[test]
    fn the_ends_are_clamped() {
        assert_eq!(exp(Real(i64::MIN)), 0);
        assert_eq!(exp(Real(i64::MAX)), exp(Real(EXP_MAX)));
        assert_eq!(exp(Real(0)), u128::from(UNIT));
        assert_eq!(ln_ratio(0, 1), None);
        assert_eq!(ln_ratio(1, 0), None);
        assert_eq!(ln_ratio(1, 1), Some(Real(0)));
        assert_eq!(ln_ratio(u128::MAX, 1).unwrap().0 >> Real::PLACES, 88);
        assert_eq!(ln_ratio(1, u128::MAX).unwrap().0 >> Real::PLACES, -89);
    }
}
