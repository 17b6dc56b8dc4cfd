//! The normal distribution by Mills' ratio, which is smooth where the distribution itself vanishes.
//!
//! `R(x) = (1 - N(x)) / phi(x)` is the integral of `e^(-t^2/2 - x t)` over the positive `t`. Its Taylor coefficients are
//! `(-1)^n a_n` with `a_n` the same integral with `t^n / n!`, all positive, and
//! `(n + 1) a_(n+1) = a_(n-1) - x a_n`, `a_(-1) = 1`: the whole table follows from one value far out. Steps downward damp
//! the error of that value by `e^(-(x^2 - y^2) / 2)`.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "fixed-point steps and sums of the compiler; each line names the bound that makes it safe"
)]

use super::real::{DEEP, PLACES, Real, UNIT, deep_product, exp, high};

/// Mills' ratio is read off a table up to here; beyond it a series in `1/x^2` does it.
const TABLE_END: i64 = 16;
/// Eight places for each whole number, each around its middle.
const COLUMNS: usize = 8 * TABLE_END as usize;
/// Terms of an expansion: at 2^-4 from the middle the next is below 2^-15 x 2^-48.
const TERMS: usize = 12;

/// The coefficients `a_n` around `x`, a number in 2^-120, from `a_0` on.
const fn expansion<const N: usize>(x: u128, first: u128) -> [u128; N] {
    let mut terms = [0; N];
    let (mut before, mut current, mut n) = (1_u128 << DEEP, first, 0);
    while n < N {
        terms[n] = current;
        let next = before.saturating_sub(deep_product(x, current)) / (n as u128 + 1);
        (before, current) = (current, next);
        n += 1;
    }
    terms
}

/// `R` a step of 1/8 below the middle of an expansion.
const fn step_down(x: u128, value: u128) -> u128 {
    let terms: [u128; 32] = expansion(x, value);
    let (mut sum, mut n) = (0, 32);
    while n > 0 {
        n -= 1;
        sum = terms[n] + (sum >> 3);
    }
    sum
}

/// `1/(x + 1/(x + 2/(x + 3/...)))`, in 2^-120, good to 2^-55: the start of the way down.
const fn far_out(x: u128) -> u128 {
    let (mut below, mut n) = (x >> 60, 200);
    while n > 0 {
        below = (x >> 60) + (n << 120) / below;
        n -= 1;
    }
    ((1 << 120) / below) << 60
}

/// For each place `(-1)^n a_n` around its middle, from the last term to the first, in 2^-62; and `R(0)`, in 2^-120.
const TABLE: ([[i64; TERMS]; COLUMNS], u128) = {
    const EIGHTH: u128 = 1 << (DEEP - 3);
    let mut table = [[0; TERMS]; COLUMNS];
    // Eight whole numbers above the table an error is divided by e^160 on the way to it.
    let mut place = COLUMNS + 64;
    let mut x = place as u128 * EIGHTH + EIGHTH / 2;
    let mut value = far_out(x);
    while place > 0 {
        value = step_down(x, value);
        x -= EIGHTH;
        place -= 1;
        if place < COLUMNS {
            let terms: [u128; TERMS] = expansion(x, value);
            let mut n = 0;
            while n < TERMS {
                let term = ((terms[n] + (1 << (DEEP - PLACES - 1))) >> (DEEP - PLACES)) as i64;
                table[place][TERMS - 1 - n] = if n % 2 == 0 { term } else { -term };
                n += 1;
            }
        }
    }
    // The middle of the first place is 1/16: half a step further down.
    let terms: [u128; 32] = expansion(x, value);
    let (mut zero, mut n) = (0, 32);
    while n > 0 {
        n -= 1;
        zero = terms[n] + (zero >> 4);
    }
    (table, zero)
};

static MILLS: [[i64; TERMS]; COLUMNS] = TABLE.0;

/// `phi(0) = 1 / (2 R(0))`, in 2^-64.
const DENSITY_AT_ZERO: u64 = ((1_u128 << 127) / (TABLE.1 >> (DEEP - 64))) as u64;

/// Mills' ratio of a number that is not negative, in 2^-62; off by less than 2^-59.
#[inline]
pub(crate) fn mills(x: Real) -> u64 {
    let place = (x.0 >> (Real::PLACES - 3)) as usize;
    let Some(terms) = MILLS.get(place) else { return far(x) };
    // The distance to the middle of the place: within ±2^-4, in 2^-66.
    let distance = ((x.0 & ((1 << (Real::PLACES - 3)) - 1)) - (1 << (Real::PLACES - 4))) << 10;
    let mut sum = 0_i64;
    for term in terms {
        sum = term + ((i128::from(sum) * i128::from(distance)) >> 66) as i64; // below 1.34 x 2^62
    }
    sum as u64
}

/// `R(x) = t (1 - t^2 (1 - 3 t^2 (1 - 5 t^2 ...)))` with `t = 1/x`: from 16 on the first term that is left out is below
/// 2^-65.
#[inline(never)]
fn far(x: Real) -> u64 {
    const ODD_NUMBERS: [u128; 12] = [23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1];
    // In 2^-62 and at most 2^58: x is at least 16 here.
    let inverse =
        (1_u128 << (PLACES + Real::PLACES)) / u128::from(x.0.unsigned_abs().max(16 << Real::PLACES));
    let square = (inverse * inverse) >> PLACES; // at most 2^54
    let mut sum = u128::from(UNIT);
    for odd in ODD_NUMBERS {
        sum = u128::from(UNIT) - ((odd * square * sum) >> PLACES); // odd x square is below 2^59, the sum at most one
    }
    ((sum * inverse) >> PLACES) as u64
}

/// The normal density, in 2^-62; off by less than 2^-57, most of it by the square.
#[inline]
pub(crate) fn density(x: Real) -> u64 {
    /// Beyond it the density is below 2^-75.
    const END: i64 = 10 << Real::PLACES;
    if x.0 <= -END || x.0 >= END {
        return 0;
    }
    let half_square = ((i128::from(x.0) * i128::from(x.0)) >> (Real::PLACES + 1)) as i64; // at most 50
    high(exp(Real(-half_square)) as u64, DENSITY_AT_ZERO) // the exponential is at most one
}

/// The probability that a standard normal number lies below `x`, in 2^-62; off by less than 2^-56.
#[must_use]
pub fn normal(x: Real) -> u64 {
    let tail = (u128::from(density(x)) * u128::from(mills(Real(x.0.saturating_abs())))) >> PLACES;
    if x.0 < 0 { tail as u64 } else { UNIT - tail as u64 } // at most a half
}

#[cfg(test)]
mod tests {
    use num_bigint::BigInt;
    use num_traits::{One, Signed, Zero};
    use proptest::prelude::*;

    use super::*;

    const REFERENCE: u32 = 700;

    /// `(1 - N(x)) / phi(x)` by `R(x) = R(0) e^(x^2/2) - sum x^(2n+1) / (2n+1)!!`, with `R(0) = sqrt(pi / 2)`.
    fn true_mills(x: Real) -> BigInt {
        let one = BigInt::one() << REFERENCE;
        let x = BigInt::from(x.0) << (REFERENCE - Real::PLACES);
        let square = (&x * &x) >> REFERENCE;
        let (mut odd, mut even) = (x, one.clone());
        let (mut odds, mut evens, mut n) = (BigInt::zero(), BigInt::zero(), 1_u32);
        while !even.is_zero() || !odd.is_zero() {
            odds += &odd;
            evens += &even;
            odd = ((&odd * &square) >> REFERENCE) / (2 * n + 1);
            even = ((&even * &square) >> REFERENCE) / (2 * n); // e^(x^2/2)
            n += 1;
        }
        ((root_of_half_pi() * evens) >> REFERENCE) - odds
    }

    /// By Machin's formula.
    fn root_of_half_pi() -> BigInt {
        let arctan = |inverse: u32| {
            let (mut power, mut sum, mut n) = ((BigInt::one() << REFERENCE) / inverse, BigInt::zero(), 1_u32);
            while !power.is_zero() {
                sum += if n % 4 == 1 { &power / n } else { -(&power / n) };
                power /= inverse * inverse;
                n += 2;
            }
            sum
        };
        let half_pi: BigInt = 8 * arctan(5) - 2 * arctan(239);
        (half_pi << REFERENCE).sqrt()
    }

    fn error(answer: u64, exact: &BigInt) -> BigInt {
        ((BigInt::from(answer) << (REFERENCE - PLACES)) - exact).abs()
    }

    fn bound(places: u32) -> BigInt {
        BigInt::one() << (REFERENCE - places)
    }

    fn check_mills(x: i64) {
        let exact = true_mills(Real(x));
        assert!(error(mills(Real(x)), &exact) < bound(59), "{x}");
    }

    /// The density by the same series: `1 / (2 R(0) e^(x^2/2))`.
    fn true_density(x: Real) -> BigInt {
        let square = (BigInt::from(x.0) * x.0) << (REFERENCE - 2 * Real::PLACES);
        let (mut term, mut sum, mut n) = (BigInt::one() << REFERENCE, BigInt::zero(), 1_u32);
        while !term.is_zero() {
            sum += &term;
            term = ((term * &square) >> REFERENCE) / (2 * n);
            n += 1;
        }
        (BigInt::one() << (3 * REFERENCE)) / (2 * root_of_half_pi() * sum)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn mills_ratio_is_within_its_bound(x in 0..24_i64 << Real::PLACES, shift in 0_u32..60) {
            check_mills(x >> shift);
            check_mills(x);
        }

        #[test]
        fn density_and_distribution_are_within_their_bounds(x in -(10_i64 << Real::PLACES)..10 << Real::PLACES, shift in 0_u32..60) {
            for x in [Real(x), Real(x >> shift)] {
                let (exact, ratio) = (true_density(x), true_mills(Real(x.0.abs())));
                prop_assert!(error(density(x), &exact) < bound(57), "{x:?}");
                let tail: BigInt = (exact * ratio) >> REFERENCE;
                let exact = if x.0 < 0 { tail } else { (BigInt::one() << REFERENCE) - tail };
                prop_assert!(error(normal(x), &exact) < bound(56), "{x:?}");
            }
        }
    }

    #[test]
    fn at_the_borders_of_the_table_it_holds() {
        for place in 0..=128_i64 {
            let border = place << (Real::PLACES - 3);
            for x in [border - 1, border, border + 1].into_iter().filter(|x| *x >= 0) {
                check_mills(x);
            }
        }
        assert!(normal(Real(0)).abs_diff(UNIT / 2) <= 1);
        assert_eq!(normal(Real(i64::MAX)), UNIT);
        assert_eq!(normal(Real(i64::MIN)), 0);
    }
}
