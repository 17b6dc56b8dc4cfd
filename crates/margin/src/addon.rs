//! The charge for positions that are large against the depth of their market: [M5].
//!
//! `x sqrt(x)` is read from a table of chords, 256 or 512 for each doubling of `x`: above the curve by 1.5e-6 of it at the
//! most, convex like it, and a product instead of a root.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "fixed-point steps; each line names the bound that makes it safe, and the slow model checks the result"
)]

use cistern_units::wide::{U256, square_root_wide_up};
use ruint::Uint;

use crate::{
    Depth, MarginError,
    table::{ATTO, NANO_PLACES, scale_up},
};

/// Exposures from here on have no requirement: 2^95 x 1e-8 is 4e20 dollars.
pub(crate) const EXPOSURE_MAX: u128 = 1 << 95;

/// Chords of each power of four: those from 1 to 4 begin at this place.
const CHORDS: usize = 256;
/// Binary places of [`NODES`].
const NODE_PLACES: u32 = 60;

/// `sqrt(m^3)` where a chord from `m = k / 256` begins, and by how much it grows to its end, in 2^-60, rounded up; below
/// 2^63 + 2. Numbers are normalised to `k` from 256 on: the first ones are nobody's.
static NODES: [(u64, u64); 4 * CHORDS] = nodes();

const fn nodes() -> [(u64, u64); 4 * CHORDS] {
    let mut nodes = [(0, 0); 4 * CHORDS];
    let mut k = CHORDS;
    while k < 4 * CHORDS {
        let (from, to) = (node(k as u128), node(k as u128 + 1));
        // One for what a chord is rounded down by.
        nodes[k] = (from + 1, to - from);
        k += 1;
    }
    nodes
}

/// `m^3 = k^3 / 2^24`; its root in 2^-60 is `sqrt(m^3 x 2^120)`.
const fn node(k: u128) -> u64 {
    let square = (k * k * k) << (2 * NODE_PLACES - 24); // below 2^(30 + 96)
    let root = square.isqrt();
    (if root * root < square { root + 1 } else { root }) as u64
}

/// [M5] of one factor: `lambda x sqrt(x / D)` until its slope reaches the bound, then linear at that slope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Impact {
    /// `lambda / sqrt(D)` as a mantissa below 2^63, rounded up, and the power of two to divide it by.
    steepness: (u64, u32),
    /// The bound of the slope, in 1e-9.
    slope: u64,
    /// The first exposure of the chord on which the slope is reached, in 1e-8 dollars.
    reached: u128,
    /// The charge there.
    at_reached: u128,
}

impl Impact {
    /// Folds a depth and the bound of the slope, in 1e-9; nothing where the market takes any size for
    /// free, or the haircut the whole.
    pub(crate) fn new(depth: Depth, slope: u64) -> Option<Self> {
        type U512 = Uint<512, 8>;
        let lambda = u128::from(depth.lambda.raw());
        if lambda == 0 || slope == 0 {
            return None;
        }
        let lambda_squared = lambda * lambda; // below 2^74
        let depth = depth.depth.magnitude();
        // D (slope / 1.5 lambda)^2 = 4 D slope^2 / 9 lambda^2.
        let numerator = U512::from(depth).wrapping_mul(U512::from(4 * u128::from(slope) * u128::from(slope))); // slope <= 1e9
        let exact = numerator / U512::from(9 * lambda_squared);
        let exact = u128::try_from(exact).unwrap_or(u128::MAX);
        let mut impact = Self {
            steepness: steepness(lambda_squared, depth * ATTO), // below 2^67 x 2^60
            slope,
            reached: start_of_chord(exact),
            at_reached: 0,
        };
        impact.at_reached = if impact.reached == 0 { 0 } else { impact.curve(impact.reached) };
        Some(impact)
    }

    /// The bound of the slope, in 1e-9.
    pub(crate) const fn slope(&self) -> u64 {
        self.slope
    }

    /// The charge for an exposure of this size, in 1e-8 dollars, rounded up.
    ///
    /// # Errors
    /// [`MarginError::Overflow`] from [`EXPOSURE_MAX`] on.
    #[inline]
    pub(crate) fn charge(&self, exposure: u128) -> Result<u128, MarginError> {
        if exposure >= EXPOSURE_MAX {
            return Err(MarginError::Overflow);
        }
        Ok(self.charge_of(exposure))
    }

    /// The charge for an exposure below [`EXPOSURE_MAX`].
    fn charge_of(&self, exposure: u128) -> u128 {
        if exposure >= self.reached { self.beyond(exposure) } else { self.curve(exposure) }
    }

    /// The same for an exposure of 62 bits: the charge is below it, as the slope is one at the most.
    pub(crate) fn charge_narrow(&self, exposure: u64) -> u64 {
        self.charge_of(exposure.into()) as u64
    }

    /// The charge from where the slope is reached.
    fn beyond(&self, exposure: u128) -> u128 {
        let beyond = exposure.wrapping_sub(self.reached).wrapping_mul(u128::from(self.slope)); // below 2^95 x 2^30
        self.at_reached.wrapping_add(scale_up(beyond, NANO_PLACES))
    }

    /// `lambda x sqrt(x / D)` by its chord, rounded up; `x` is below 2^96.
    fn curve(&self, x: u128) -> u128 {
        if x == 0 {
            return 0;
        }
        // x = normal / 2^62 x 4^half, with one of the first two bits of `normal` set.
        let half = 127_u32.wrapping_sub(x.leading_zeros()) >> 1;
        let cut = (half << 1) as i32 - 62;
        let normal = if cut <= 0 {
            (x as u64) << (cut.unsigned_abs() & 63)
        } else {
            // What does not fit is rounded up.
            let up = u128::from(x & !(u128::MAX << cut) != 0);
            u64::try_from((x >> cut).wrapping_add(up)).unwrap_or(u64::MAX)
        };
        let (mantissa, places) = self.steepness;
        let product = u128::from(power(normal)).wrapping_mul(u128::from(mantissa)); // below 2^127
        // x^1.5 is power x 2^(3 half - 60).
        let cut = NODE_PLACES.wrapping_add(places).saturating_sub(half.wrapping_mul(3));
        product.checked_shr(cut).unwrap_or(0).wrapping_add(1)
    }
}

/// `m^1.5` by its chord, in 2^-60, rounded up: below 2^63 + 2. `m` is from 1 to 4, in 2^-62.
#[inline(always)]
fn power(m: u64) -> u64 {
    let (from, more) = NODES[(m >> 54) as usize];
    // 2^54 x 2^10 is 2^64: the upper half of the product is the part of the chord.
    let along = u128::from(m << 10).wrapping_mul(u128::from(more));
    from.wrapping_add((along >> 64) as u64)
}

/// What the columns read of the charge of a factor: the curve where a word holds all of it.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
pub(crate) struct Curve {
    /// The first exposure that it is for, and how many more.
    first: u64,
    span: u64,
    /// As [`Impact`] has it; zero where there is no charge.
    mantissa: u64,
    /// The upper half of a product is moved down by this and by three for each power of four under 2^64; modulo 2^32.
    cut: u32,
    /// What is added for rounding.
    up: u32,
}

impl Curve {
    /// No charge for any size.
    const NONE: Self = Self { first: 0, span: u64::MAX, mantissa: 0, cut: 0, up: 0 };

    /// Of a factor, whether it has a charge or not.
    pub(crate) fn of(impact: Option<&Impact>) -> Self {
        let Some(Impact { steepness: (mantissa, places), reached, .. }) = impact else { return Self::NONE };
        // For x in [4^(31 - n), 4^(32 - n)) a product is cut by places - 33 + 3 n: from 64 to 127 where its upper half
        // is enough.
        let (least, most) = (97_u32.saturating_sub(*places).div_ceil(3), 160_u32.saturating_sub(*places) / 3);
        if least > 31 || *places > 160 {
            return Self { first: 0, span: 0, ..Self::NONE };
        }
        let first = 1_u64 << (62 - 2 * most.min(31));
        let end = if least == 0 { u64::MAX } else { 1 << (64 - 2 * least) };
        let end = end.min(u64::try_from(*reached).unwrap_or(u64::MAX));
        Self {
            first,
            span: end.saturating_sub(first),
            mantissa: *mantissa,
            cut: places.wrapping_sub(97),
            up: 1,
        }
    }

    /// The charge for an exposure of 62 bits; nothing where [`Impact::charge_narrow`] has to say it.
    #[inline(always)]
    pub(crate) fn charge(&self, exposure: u64) -> Option<u64> {
        if exposure.wrapping_sub(self.first) >= self.span {
            return None;
        }
        let pairs = exposure.leading_zeros() >> 1; // of zeros
        let normal = exposure << (pairs.wrapping_mul(2) & 63);
        let product = u128::from(power(normal)).wrapping_mul(u128::from(self.mantissa));
        let cut = self.cut.wrapping_add(pairs.wrapping_mul(3));
        Some((((product >> 64) as u64) >> (cut & 63)).wrapping_add(u64::from(self.up)))
    }
}

/// `ceil(lambda / sqrt(depth))` as a mantissa of 62 or 63 bits and the power of two to divide it by.
///
/// Both arguments are squared: `lambda^2` in 1e-18 below 2^74, and the depth times 1e18, from 2^86 to 2^127.
fn steepness(lambda_squared: u128, depth: u128) -> (u64, u32) {
    let bits = |n: u128| u128::BITS - n.leading_zeros();
    // lambda^2 2^(2 k) / depth is below 2^126.
    let places = (125 + bits(depth) - bits(lambda_squared)) / 2;
    let square = (U256::from(lambda_squared) << (2 * places as usize)).div_ceil(U256::from(depth));
    let root = square_root_wide_up(square).unwrap_or(u128::MAX);
    (u64::try_from(root).unwrap_or(u64::MAX), places)
}

/// The largest node of the chords that is not above `x`.
fn start_of_chord(x: u128) -> u128 {
    let bits = u128::BITS - x.leading_zeros();
    let cut = bits.saturating_sub(9); // the leading one and eight bits behind it stay
    x >> cut << cut
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

    /// Is a charge the exact one, or above it by two millionths and two units at the most?
    fn is_near(charge: u128, exact: u128) -> bool {
        charge >= exact && charge <= exact + exact / 500_000 + 2
    }

    #[test]
    fn a_hundredth_of_the_depth_costs_a_tenth_of_lambda() {
        // [M5] 0.5 x 10,000 x sqrt(10,000 / 1,000,000) = 500
        let impact = impact(1_000_000, 500_000_000, 800_000_000);
        assert!(is_near(impact.charge(dollars(10_000)).unwrap(), dollars(500)));
        assert_eq!(impact.charge(0), Ok(0));
    }

    #[test]
    fn beyond_the_bound_of_the_slope_the_charge_is_a_straight_line() {
        // [M5] slope 0.75 at 1.5 x 0.5 x sqrt(x / D) = 0.75: x = D; 500,000 there, then 0.75 more for each dollar.
        let impact = impact(1_000_000, 500_000_000, 750_000_000);
        assert!(impact.reached <= dollars(1_000_000) && impact.reached > dollars(996_000));
        let at = impact.charge(dollars(1_000_000)).unwrap();
        assert!(at >= dollars(500_000) && at < dollars(500_005));
        assert_eq!(impact.charge(dollars(1_000_004)), Ok(at + dollars(3)));
    }

    #[test]
    fn without_room_above_the_haircut_there_is_no_charge() {
        let depth = Depth::new(Value::dollars(1), Ratio::new(1)).unwrap();
        assert!(Impact::new(depth, 0).is_none());
        assert_eq!(Curve::of(None).charge(dollars(1) as u64), Some(0));
        assert_eq!(Curve::of(None).charge(0), Some(0));
    }

    #[test]
    fn an_exposure_without_a_requirement_is_refused() {
        assert_eq!(impact(1, 1, 1).charge(EXPOSURE_MAX), Err(MarginError::Overflow));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        #[test]
        fn a_chord_is_above_its_curve_and_near_it(
            depth in 1_i64..=1_000_000_000_000, lambda in 1_u64..=100_000_000_000, exposure in 1_u128..1 << 94, bits in 0_u32..94,
        ) {
            type U512 = Uint<512, 8>;
            let impact = impact(depth, lambda, 1_000_000_000);
            prop_assume!(impact.reached > 1);
            let exposure = (exposure >> bits).clamp(1, impact.reached - 1);
            let wide = U512::from(exposure);
            let square = wide * wide * wide * U512::from(lambda) * U512::from(lambda)
                / (U512::from(dollars(u128::try_from(depth).unwrap())) * U512::from(ATTO));
            let exact = square_root_wide_up(Uint::from(square)).unwrap();
            let charge = impact.charge(exposure).unwrap();
            prop_assert!(is_near(charge + 1, exact), "{charge} {exact}");
        }

        #[test]
        fn the_columns_read_the_same_charge(
            depth in 1_i64..=1_000_000_000_000, lambda in 1_u64..=100_000_000_000, slope in 1_u64..=1_000_000_000,
            exposure in 0_u64..1 << 62, bits in 0_u32..62,
        ) {
            let (impact, exposure) = (impact(depth, lambda, slope), exposure >> bits);
            if let Some(charge) = Curve::of(Some(&impact)).charge(exposure) {
                prop_assert_eq!(charge, impact.charge_narrow(exposure));
            }
        }

        #[test]
        fn a_charge_grows_with_the_exposure_by_no_more_than_the_bound(
            depth in 1_i64..=1_000_000_000_000, lambda in 1_u64..=100_000_000_000, slope in 0_u64..=1_000_000_000,
            exposure in 0_u128..1 << 94, more in 0_u128..1 << 94, bits in (0_u32..94, 0_u32..94),
        ) {
            let impact = impact(depth, lambda, slope);
            let (exposure, more) = (exposure >> bits.0, more >> bits.1);
            let before = impact.charge(exposure).unwrap();
            let after = impact.charge(exposure + more).unwrap();
            prop_assert!(after + 1 >= before, "{before} {after}");
            let most = (more * u128::from(slope)).div_ceil(1_000_000_000);
            // Mantissas are rounded at 2^-60.
            prop_assert!(after <= before + most + 2 + (after >> 57), "{before} {after} {most}");
        }
    }
}
