//! The charge for positions that are large against the depth of their market: [M5].

use cistern_units::wide::{multiply, reciprocal_root, square_root_wide_up};
use ruint::Uint;

use crate::{
    Depth, MarginError,
    joint::NARROW_MAX,
    table::{ATTO, NANO_PLACES, scale_up},
};

/// Exposures from here on have no requirement: 2^95 x 1e-8 is 4e20 dollars.
pub(crate) const EXPOSURE_MAX: u128 = 1 << 95;

/// [M5] of one factor: `lambda x sqrt(x / D)` until its slope reaches the bound, then linear at that slope.
#[derive(Clone, Debug)]
pub(crate) struct Impact {
    /// The bound of the slope, in 1e-9.
    slope: u128,
    /// The smallest exposure, in 1e-8 dollars, at which the slope is reached: `ceil(D (slope / 1.5 lambda)^2)`.
    /// Nothing where no exposure that has a requirement reaches it.
    reached: Option<u128>,
    /// A third of slope x the exact exposure at which it is reached, in 1e-17 dollars, rounded down: what the straight
    /// line lies below slope x exposure.
    offset: u128,
    /// lambda^2, in 1e-18; below 2^74.
    lambda_squared: u128,
    /// D x 1e18; below 2^127.
    depth: u128,
    /// `lambda / sqrt(D)` as a 64-bit mantissa and the power of two to divide it by.
    steepness: (u64, u32),
}

impl Impact {
    /// Folds a depth and the bound of the slope, in 1e-9; nothing where the market takes any size for free.
    pub(crate) fn new(depth: Depth, slope: u64) -> Option<Self> {
        let lambda = u128::from(depth.lambda.raw());
        if lambda == 0 {
            return None;
        }
        type U512 = Uint<512, 8>;
        let slope = u128::from(slope);
        let lambda_squared = lambda.saturating_mul(lambda);
        // 4 D slope^2 <= 2^129, x slope <= 2^159; 27 lambda^2 <= 2^79.
        let numerator = U512::from(depth.depth.magnitude())
            .wrapping_mul(U512::from(slope.saturating_mul(slope)))
            .wrapping_mul(U512::from(4));
        let denominator = U512::from(lambda_squared).wrapping_mul(U512::from(9));
        let reached =
            u128::try_from(numerator.div_ceil(denominator)).ok().filter(|reached| *reached < EXPOSURE_MAX);
        let below = numerator.wrapping_mul(U512::from(slope));
        let (offset, _) = below.div_rem(denominator.wrapping_mul(U512::from(3)));
        let scaled = depth.depth.magnitude().saturating_mul(ATTO);
        Some(Self {
            slope,
            reached,
            offset: u128::try_from(offset).unwrap_or(0), // unread where it is larger: the slope is not reached
            lambda_squared,
            depth: scaled,
            steepness: steepness(depth.lambda.raw(), scaled),
        })
    }

    /// The charge for an exposure of this size, in 1e-8 dollars, rounded up; exact otherwise.
    pub(crate) fn charge(&self, exposure: u128) -> Result<u128, MarginError> {
        if exposure == 0 {
            return Ok(0);
        }
        if exposure >= EXPOSURE_MAX {
            return Err(MarginError::Overflow);
        }
        if self.reached.is_some_and(|reached| exposure >= reached) {
            // Below 2^95 x 2^30; the offset is a third of slope x reached at the most.
            let line = exposure.saturating_mul(self.slope).saturating_sub(self.offset);
            return Ok(scale_up(line, NANO_PLACES));
        }
        match u64::try_from(exposure) {
            Ok(exposure) if exposure < NARROW_MAX => Ok(self.root_narrow(exposure)),
            _ => self.root_wide(exposure),
        }
    }

    /// `ceil(sqrt(lambda^2 x^3 / D))`, exact: an estimate decides where its bound of error leaves no doubt, which is
    /// nearly always; otherwise it is the smallest `c` with `c^2 D >= lambda^2 x^3`.
    #[inline]
    fn root_narrow(&self, exposure: u64) -> u128 {
        // x = normal / 2^left, sqrt(x) = root / 2^(31 + left/2), x sqrt(x) = power x 2^(33 - 3 left/2).
        let left = exposure.leading_zeros() & !1;
        let normal = exposure.wrapping_shl(left);
        let root = high(normal, reciprocal_root(normal));
        let power = high(normal, root);
        let (mantissa, halvings) = self.steepness;
        let product = u128::from(power).wrapping_mul(u128::from(mantissa));
        let halvings = halvings.saturating_add(left.wrapping_add(left >> 1)).saturating_sub(33);
        // Off by less than 2^-57 of it: 2^-59 by each reciprocal root, 2^-60 by `power`, 2^-62 by each other step.
        let doubt = product >> 56;
        let floor = product.wrapping_sub(doubt).checked_shr(halvings).unwrap_or(0);
        let above = product.saturating_add(doubt).checked_shr(halvings).unwrap_or(0);
        if floor == above {
            return floor.wrapping_add(1); // the slope is not reached: the charge is below the exposure, 2^58
        }
        self.smallest_cover(exposure, floor)
    }

    /// The smallest `c` from `from` on with `c^2 D >= lambda^2 x^3`.
    #[cold]
    fn smallest_cover(&self, exposure: u64, from: u128) -> u128 {
        let exposure = u128::from(exposure);
        // x^2 lambda^2 < 2^190, times x < 2^248.
        let (low, high) = multiply(exposure.wrapping_mul(exposure), self.lambda_squared);
        let (low, carried) = multiply(low, exposure);
        let cube = (high.wrapping_mul(exposure).wrapping_add(carried), low);
        let mut charge = from;
        loop {
            let (low, high) = multiply(charge.wrapping_mul(charge), self.depth);
            if (high, low) >= cube {
                return charge;
            }
            charge = charge.wrapping_add(1);
        }
    }

    fn root_wide(&self, exposure: u128) -> Result<u128, MarginError> {
        type U512 = Uint<512, 8>;
        let wide = U512::from(exposure);
        // lambda^2 x^3 < 2^74 x 2^285.
        let cube = wide.wrapping_mul(wide).wrapping_mul(wide).wrapping_mul(U512::from(self.lambda_squared));
        let square = cube.div_ceil(U512::from(self.depth));
        // The slope is not reached: the charge is below the exposure and its square below 2^190.
        square_root_wide_up(Uint::from(square)).ok_or(MarginError::Overflow)
    }
}

/// `lambda / sqrt(depth)` as a mantissa of 64 bits and the power of two to divide it by; off by less than 2^-58 of it.
fn steepness(lambda: u64, depth: u128) -> (u64, u32) {
    // 1 / sqrt(depth) = reciprocal / 2^(127 - left/2)
    let left = depth.leading_zeros() & !1;
    let top = u64::try_from(depth.wrapping_shl(left) >> 64).unwrap_or(u64::MAX);
    let shift = lambda.leading_zeros();
    let mantissa = high(lambda.wrapping_shl(shift), reciprocal_root(top));
    (mantissa, shift.saturating_add(63).saturating_sub(left >> 1)) // left is 64 at the most: depth is at least 1e18
}

/// The upper half of a product.
#[inline]
fn high(a: u64, b: u64) -> u64 {
    u64::try_from(u128::from(a).wrapping_mul(u128::from(b)) >> 64).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use cistern_units::{Ratio, Value};
    use proptest::prelude::*;

    use super::*;

    fn impact(depth: i64, lambda: u64, slope: u64) -> Impact {
        let depth = Depth::new(Value::dollars(depth), Ratio::new(lambda)).unwrap();
        Impact::new(depth, slope).unwrap()
    }

    fn dollars(n: u128) -> u128 {
        n * 100_000_000
    }

    #[test]
    fn a_hundredth_of_the_depth_costs_a_tenth_of_lambda() {
        // [M5] 0.5 x 10,000 x sqrt(10,000 / 1,000,000) = 500
        let impact = impact(1_000_000, 500_000_000, 800_000_000);
        assert_eq!(impact.charge(dollars(10_000)), Ok(dollars(500)));
        assert_eq!(impact.charge(0), Ok(0));
    }

    #[test]
    fn beyond_the_bound_of_the_slope_the_charge_is_a_straight_line() {
        // [M5] slope 0.75 at 1.5 x 0.5 x sqrt(x / D) = 0.75: x = D; 500,000 there, then 0.75 more for each dollar.
        let impact = impact(1_000_000, 500_000_000, 750_000_000);
        assert_eq!(impact.reached, Some(dollars(1_000_000)));
        assert_eq!(impact.charge(dollars(1_000_000)), Ok(dollars(500_000)));
        assert_eq!(impact.charge(dollars(1_000_004)), Ok(dollars(500_003)));
    }

    #[test]
    fn without_room_above_the_haircut_there_is_no_charge() {
        assert_eq!(impact(1, 1, 0).charge(dollars(1)), Ok(0));
    }

    #[test]
    fn an_exposure_without_a_requirement_is_refused() {
        assert_eq!(impact(1, 1, 0).charge(EXPOSURE_MAX), Err(MarginError::Overflow));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        #[test]
        fn both_roots_agree(
            depth in 1_i64..=1_000_000_000_000, lambda in 1_u64..=100_000_000_000, exposure in 1_u64..1 << 58, bits in 0_u32..58,
        ) {
            let impact = impact(depth, lambda, 1_000_000_000);
            let exposure = (exposure >> bits).max(1);
            prop_assume!(impact.reached.is_none_or(|reached| u128::from(exposure) < reached));
            prop_assert_eq!(Ok(impact.root_narrow(exposure)), impact.root_wide(u128::from(exposure)));

        }
    }
}
