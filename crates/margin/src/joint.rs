//! [M1] to [M4] of an account of ordinary size: the hot path, without an allocation.
//!
//! Sketch: a factor costs three signed and six unsigned 64-bit products (six signed ones where its range has unequal
//! sides), an account three 128-bit squares and one reciprocal root: measured 55 ns, and 8 ns for each factor.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    reason = "sums of products; each line names the bound that makes it safe, and the wide path checks all of it in tests"
)]

use cistern_units::wide::{multiply, reciprocal_root};

use crate::{
    MarginError,
    portfolio::Exposure,
    table::{ATTO, FactorTable},
};

/// Exposures below this, in 1e-8 dollars, take the narrow path: 2^58 x 1e-8 is 2.9 billion dollars.
pub(crate) const NARROW_MAX: u64 = 1 << NARROW_BITS;
const NARROW_BITS: u32 = 58;
/// Most factors of an account on the narrow path: 64 x 2^58 x 2^62 < 2^127, 64 x 2^58 x 2^64 = 2^128.
const EXPOSURES_MAX: usize = 64;
const LOW: u64 = (1 << NARROW_BITS) - 1;

/// The losses of one account that offsets decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Loss {
    /// [M3], in 1e-8 dollars, rounded up; below 2^63.
    pub(crate) joint: u128,
    /// The larger of standalone and tails, in 1e-26 dollars, exact: [M4], [M6].
    pub(crate) single: u128,
}

/// Sums over the factors, at the three ends.
#[derive(Default)]
struct Sums {
    /// The loss where everything falls, in 1e-26 dollars.
    fall: [i128; 3],
    /// What is to be added to it for the gain where everything rises.
    skew: [i128; 3],
    /// Sum of own variances, in (1e-8 dollars)^2 x 1e-18, as `high * 2^58 + low`.
    low: [u128; 3],
    high: [u128; 3],
    /// The largest single loss, in 1e-26 dollars.
    single: u128,
}

/// The losses of an account; nothing where it is too large for this path.
#[inline]
pub(crate) fn loss(table: &FactorTable, exposures: &[Exposure]) -> Result<Option<Loss>, MarginError> {
    if exposures.len() > EXPOSURES_MAX {
        return Ok(None);
    }
    let mut sums = Sums::default();
    for exposure in exposures {
        let size = exposure.net.unsigned_abs();
        if size >= u128::from(NARROW_MAX) {
            return Ok(None);
        }
        let unknown = MarginError::UnknownFactor(exposure.factor);
        let folded = table.coefficients.get(usize::from(exposure.factor.0)).ok_or(unknown)?;
        let signed = exposure.net as i64; // its size is below 2^58
        let size = size as u64;
        let hurts = usize::from(signed < 0);
        let own = &folded.own[hurts];
        let square = u128::from(size).wrapping_mul(u128::from(size));
        let (square_low, square_high) = (square as u64 & LOW, (square >> NARROW_BITS) as u64); // both below 2^58
        for end in 0..3 {
            sums.fall[end] = sums.fall[end].wrapping_add(product(signed, folded.fall[end])); // see EXPOSURES_MAX
            sums.low[end] = sums.low[end].wrapping_add(product_unsigned(square_low, own[end]));
            sums.high[end] = sums.high[end].wrapping_add(product_unsigned(square_high, own[end]));
        }
        if folded.is_skewed {
            for end in 0..3 {
                sums.skew[end] = sums.skew[end].wrapping_add(product(signed, folded.skew[end]));
            }
        }
        sums.single = sums.single.max(product_unsigned(size, folded.single[hurts]));
    }
    Ok(sums.loss())
}

impl Sums {
    /// The end with the largest `common^2 + own`, and its root: [M3]. Nothing where that is too large for this path.
    #[inline]
    fn loss(&self) -> Option<Loss> {
        let mut worst = (0, 0);
        for end in 0..3 {
            worst = worst.max(self.square(end));
        }
        let (high, low) = worst;
        Some(Loss { joint: root_up(high, low)?, single: self.single })
    }

    /// `common^2 + own` at an end, in (1e-26 dollars)^2, exact, as (high, low): below 2^254 + 2^247.
    #[inline]
    fn square(&self, end: usize) -> (u128, u128) {
        let fall = self.fall[end];
        let rise = fall.wrapping_add(self.skew[end]).wrapping_neg(); // below 2^127, see EXPOSURES_MAX
        let common = fall.max(rise).max(0) as u128;
        let (common_low, common_high) = multiply(common, common);
        let (own, carry) = self.low[end].overflowing_add(self.high[end] << NARROW_BITS);
        let own_high = (self.high[end] >> (128 - NARROW_BITS)) + u128::from(carry); // at most 2^58
        let (own_low, carried) = multiply(own, ATTO);
        let own_high = own_high.wrapping_mul(ATTO).wrapping_add(carried); // below 2^119
        let (low, carry) = common_low.overflowing_add(own_low);
        (common_high.wrapping_add(own_high).wrapping_add(u128::from(carry)), low)
    }
}

#[inline]
fn product(a: i64, b: i64) -> i128 {
    i128::from(a).wrapping_mul(i128::from(b)) // 63 + 63 bits
}

#[inline]
fn product_unsigned(a: u64, b: u64) -> u128 {
    u128::from(a).wrapping_mul(u128::from(b)) // 64 + 64 bits
}

/// `ceil(sqrt(n) / 1e18)` of a 256-bit number, exact; nothing from 2^63 on.
///
/// An estimate decides where its bound of error leaves no doubt; a root that is a whole number, or nearly one, is found
/// by comparing squares.
#[inline]
fn root_up(high: u128, low: u128) -> Option<u128> {
    const SQUARE: u128 = ATTO * ATTO; // 1e36 < 2^120
    /// 1e-18 in 2^-123: a mantissa of 64 bits.
    const INVERSE: u64 = ((1_u128 << 123) / ATTO) as u64;
    if (high, low) == (0, 0) {
        return Some(0);
    }
    // sqrt(n) = root x 2^(65 - left/2), or 64 places less for the lower half alone.
    let (top, left, halvings) = if high == 0 {
        let left = low.leading_zeros() & !1;
        (low << left, left, 122)
    } else {
        let left = high.leading_zeros() & !1;
        (high << left | low.checked_shr(128 - left).unwrap_or(0), left, 58)
    };
    let top = (top >> 64) as u64;
    let root = (product_unsigned(top, reciprocal_root(top)) >> 64) as u64;
    let product = product_unsigned(root, INVERSE); // below 2^127
    let halvings = halvings + (left >> 1);
    // Off by less than 2^-58 of it: 2^-59 by the reciprocal root, 2^-62 by each other step.
    let doubt = product >> 57;
    let floor = product.wrapping_sub(doubt).checked_shr(halvings).unwrap_or(0);
    let above = product.wrapping_add(doubt).checked_shr(halvings).unwrap_or(0);
    if above >= 1 << 63 {
        return None;
    }
    let mut root = floor + 1;
    if floor != above {
        root = floor;
        let covers = |root: u128| {
            let (square_low, square_high) = multiply(root * root, SQUARE); // root is below 2^63 + 1
            (square_high, square_low) >= (high, low)
        };
        while !covers(root) {
            root += 1;
        }
    }
    Some(root)
}

#[cfg(test)]
mod tests {
    use cistern_units::wide::{U256, square_root_wide_up};
    use proptest::prelude::*;

    use super::*;

    fn exact(high: u128, low: u128) -> Option<u128> {
        let n: U256 = (U256::from(high) << 128) | U256::from(low);
        square_root_wide_up(n.div_ceil(U256::from(ATTO * ATTO)))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn the_root_is_the_exact_one(high in any::<u128>(), low in any::<u128>(), bits in 0_u32..256) {
            let n: U256 = (U256::from(high) << 128) | U256::from(low);
            let n = n >> bits;
            let (high, low) = (u128::try_from(n >> 128).unwrap(), u128::try_from(n & U256::from(u128::MAX)).unwrap());
            match root_up(high, low) {
                Some(root) => prop_assert_eq!(Some(root), exact(high, low)),
                None => prop_assert!(exact(high, low).is_none_or(|root| root >= (1 << 63) - (1 << 7))),
            }
        }

        #[test]
        fn around_a_whole_root_it_is_exact(root in 0_u128..(1 << 62), bits in 0_u32..62, off in 0_u128..3) {
            let root = root >> bits;
            let (low, high) = multiply(root * root, ATTO * ATTO);
            let n: U256 = (U256::from(high) << 128) | U256::from(low);
            let n = n.saturating_add(U256::from(off)).saturating_sub(U256::ONE);
            let (high, low) = (u128::try_from(n >> 128).unwrap(), u128::try_from(n & U256::from(u128::MAX)).unwrap());
            prop_assert_eq!(root_up(high, low), exact(high, low));
        }
    }

    #[test]
    fn what_is_too_large_for_this_path_is_left_to_the_wide_one() {
        assert_eq!(root_up(u128::MAX, u128::MAX), None);
        assert_eq!(root_up(0, 0), Some(0));
        assert_eq!(root_up(0, 1), Some(1));
    }
}
