//! [M1] to [M4] of an account of ordinary size: the hot path, without an allocation.
//!
//! The requirement is rounded to 1e-8 dollars, and the leading bits of all sums decide nearly always which way: then
//! [`estimate`] knows the exact answer. Where they leave a doubt, [`exact`] works out every bit.
//!
//! Sketch: a factor costs [`estimate`] three signed and five unsigned 64-bit products (six signed ones where its range has
//! unequal sides), an account nine products and one reciprocal root.
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
    match estimate(table, exposures) {
        Some(loss) => Ok(Some(loss)),
        None => exact(table, exposures),
    }
}

/// Bits of the largest size in an estimate: 64 squares without their lower 64 bits, times 64 bits, fit 128.
const SCALED_BITS: u32 = 61;
/// Bits of a common loss that an estimate leaves out where its sizes are not moved up: 2^6 x 2^61 x 2^62 is 2^129.
const COMMON_CUT: u32 = 65;

/// The losses of an account from the leading bits of every sum; nothing where these do not decide the last digit, where
/// the account has no exposure, and where [`exact`] has something to say against it.
///
/// Sizes are moved up by `up`, until the largest has 61 bits. Squares of losses are in 2^(130 - 2 up) (1e-26 dollars)^2.
#[inline]
fn estimate(table: &FactorTable, exposures: &[Exposure]) -> Option<Loss> {
    let mut all = 0;
    for exposure in exposures {
        all |= i64::try_from(exposure.net).ok()?.unsigned_abs();
    }
    if all == 0 || all >= NARROW_MAX {
        return None;
    }
    let up = all.leading_zeros() - (u64::BITS - SCALED_BITS); // from 3 on, see NARROW_BITS
    let (mut falls, mut skews, mut owns, mut single) = ([0_i128; 3], [0_i128; 3], [0_u128; 3], 0_u128);
    for exposure in exposures {
        let folded = table.coefficients.get(usize::from(exposure.factor.0))?;
        let signed = exposure.net as i64; // tried above
        let size = signed.unsigned_abs();
        let hurts = usize::from(signed < 0);
        let own = &folded.own[hurts];
        let scaled = size << (up & 63);
        let square = (product_unsigned(scaled, scaled) >> 64) as u64; // below 2^58
        for end in 0..3 {
            falls[end] = falls[end].wrapping_add(product(signed, folded.fall[end])); // see EXPOSURES_MAX
            owns[end] = owns[end].wrapping_add(product_unsigned(square, own[end])); // see SCALED_BITS
        }
        if folded.is_skewed {
            for end in 0..3 {
                skews[end] = skews[end].wrapping_add(product(signed, folded.skew[end]));
            }
        }
        single = single.max(product_unsigned(size, folded.single[hurts]));
    }
    let (mut worst, mut widest) = (0_u128, 0_u64);
    for end in 0..3 {
        let common = common(falls[end], skews[end]) >> (COMMON_CUT - up); // below 2^64, see COMMON_CUT
        let own = product_unsigned((owns[end] >> 64) as u64, ATTO as u64)
            + (product_unsigned(owns[end] as u64, ATTO as u64) >> 64); // below 2^125
        let common = common as u64;
        worst = worst.max(product_unsigned(common, common).checked_add(own >> 2)?);
        widest = widest.max(common);
    }
    // What was cut off: of a common loss less than one, of each square less than one, of the sums less than two.
    let cut = 2 * u128::from(widest) + exposures.len() as u128 * u128::from(table.own_cut) + 4;
    let clear = cut.leading_zeros().checked_sub(worst.leading_zeros()).filter(|bits| *bits > 0)?;
    let left = worst.leading_zeros() & !1;
    let root = over_atto(((worst << left) >> 64) as u64);
    // sqrt(worst + cut) is above sqrt(worst) by less than cut / (2 worst) of it.
    let doubt = (root >> ROOT_BITS) + root.checked_shr(clear).unwrap_or(0);
    let (floor, above) = around(root, doubt, ROOT_LOW - COMMON_CUT + up + (left >> 1));
    (floor == above && above < 1 << 63).then_some(Loss { joint: floor + 1, single })
}

/// The losses of an account to the last bit; nothing where it is too large for this path.
#[inline(never)]
fn exact(table: &FactorTable, exposures: &[Exposure]) -> Result<Option<Loss>, MarginError> {
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
        let common = common(self.fall[end], self.skew[end]);
        let (common_low, common_high) = multiply(common, common);
        let (own, carry) = self.low[end].overflowing_add(self.high[end] << NARROW_BITS);
        let own_high = (self.high[end] >> (128 - NARROW_BITS)) + u128::from(carry); // at most 2^58
        let (own_low, carried) = multiply(own, ATTO);
        let own_high = own_high.wrapping_mul(ATTO).wrapping_add(carried); // below 2^119
        let (low, carry) = common_low.overflowing_add(own_low);
        (common_high.wrapping_add(own_high).wrapping_add(u128::from(carry)), low)
    }
}

/// The loss in the worse of everything falls and everything rises: [M1].
#[inline]
fn common(fall: i128, skew: i128) -> u128 {
    let rise = fall.wrapping_add(skew).wrapping_neg(); // below 2^127, see EXPOSURES_MAX
    fall.max(rise).max(0) as u128
}

#[inline]
fn product(a: i64, b: i64) -> i128 {
    i128::from(a).wrapping_mul(i128::from(b)) // 63 + 63 bits
}

#[inline]
fn product_unsigned(a: u64, b: u64) -> u128 {
    u128::from(a).wrapping_mul(u128::from(b)) // 64 + 64 bits
}

/// [`over_atto`] is off by less than 2^-58 of it: 2^-59 by the reciprocal root, 2^-62 by each other step. A doubt of
/// twice as much holds the true root strictly inside.
const ROOT_BITS: u32 = 57;
/// Binary places of [`over_atto`] where it comes of the leading bits of a 128-bit number that needed no shift.
const ROOT_LOW: u32 = 122;

/// `sqrt(top / 2^64) / 1e18`, in 2^-186, of a number with one of its top two bits set.
#[inline]
fn over_atto(top: u64) -> u128 {
    /// 1e-18 in 2^-123: a mantissa of 64 bits.
    const INVERSE: u64 = ((1_u128 << 123) / ATTO) as u64;
    let root = (product_unsigned(top, reciprocal_root(top)) >> 64) as u64;
    product_unsigned(root, INVERSE) // below 2^127
}

/// The whole numbers of a root less its doubt and with it, without so many binary places.
#[inline]
fn around(root: u128, doubt: u128, places: u32) -> (u128, u128) {
    let whole = |root: u128| root.checked_shr(places).unwrap_or(0);
    (whole(root.wrapping_sub(doubt)), whole(root.wrapping_add(doubt))) // the doubt is at most half of the root
}

/// `ceil(sqrt(n) / 1e18)` of a 256-bit number, exact; nothing from 2^63 on.
///
/// An estimate decides where its bound of error leaves no doubt; a root that is a whole number, or nearly one, is found
/// by comparing squares.
#[inline]
fn root_up(high: u128, low: u128) -> Option<u128> {
    const SQUARE: u128 = ATTO * ATTO; // 1e36 < 2^120
    if (high, low) == (0, 0) {
        return Some(0);
    }
    // 64 places less for the upper half: its root is 2^64 times as large.
    let (top, left, places) = if high == 0 {
        let left = low.leading_zeros() & !1;
        (low << left, left, ROOT_LOW)
    } else {
        let left = high.leading_zeros() & !1;
        (high << left | low.checked_shr(128 - left).unwrap_or(0), left, ROOT_LOW - 64)
    };
    let root = over_atto((top >> 64) as u64);
    let (floor, above) = around(root, root >> ROOT_BITS, places + (left >> 1));
    if above >= 1 << 63 {
        return None;
    }
    if floor == above {
        return Some(floor + 1);
    }
    let covers = |root: u128| {
        let (square_low, square_high) = multiply(root * root, SQUARE); // root is below 2^63 + 1
        (square_high, square_low) >= (high, low)
    };
    let mut root = floor;
    while !covers(root) {
        root += 1;
    }
    Some(root)
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use cistern_units::{
        Fraction, Ratio,
        wide::{U256, square_root_wide_up},
    };
    use proptest::prelude::*;

    use super::*;
    use crate::{Band, FactorIndex, Range, RiskFactor, Settings};

    fn true_root(high: u128, low: u128) -> Option<u128> {
        let n: U256 = (U256::from(high) << 128) | U256::from(low);
        square_root_wide_up(n.div_ceil(U256::from(ATTO * ATTO)))
    }

    fn points(points: u32) -> Fraction {
        Fraction::new(points * 100_000).unwrap()
    }

    /// A factor from basis points: fall, rise, loading in calm, and what panic adds.
    fn factor((down, up, calm, more): (u32, u32, u32, u32)) -> RiskFactor {
        let range = Range::new(points(down), Ratio::new(u64::from(up) * 100_000)).unwrap();
        let band = Band::new(points(calm), points((calm + more).min(10_000))).unwrap();
        RiskFactor::new(range, band, None, Vec::new()).unwrap()
    }

    fn table(factors: &[RiskFactor]) -> FactorTable {
        let settings = Settings { floor_factor: points(2_500), gross_floor: points(100) };
        FactorTable::fold(factors, Ratio::ONE, Ratio::ONE, settings).unwrap()
    }

    fn exposures(nets: &[i64]) -> Vec<Exposure> {
        let exposure = |(net, factor): (&i64, u16)| Exposure {
            factor: FactorIndex(factor),
            net: i128::from(*net),
            gross: 0,
        };
        nets.iter().zip(0..).map(exposure).collect()
    }

    #[test]
    fn an_ordinary_account_is_estimated() {
        // 90,000 dollars in six directions, as [M3] meets them.
        let factors: Vec<RiskFactor> =
            (0..6).map(|place| factor((1_500 + 200 * place, 2_000, 6_000, 3_000))).collect();
        let (table, exposures) = (
            table(&factors),
            exposures(&[
                1_500_000_012_345,
                -1_200_000_054_321,
                900_000_000_001,
                -1_900_000_000_007,
                2_000_000_000_011,
                1_500_000_000_013,
            ]),
        );
        let estimated = estimate(&table, &exposures);
        assert!(estimated.is_some());
        assert_eq!(Ok(estimated), exact(&table, &exposures));
    }

    #[test]
    fn what_leading_bits_do_not_decide_is_left_to_the_exact_path() {
        // A loading of one leaves no own variance: the joint loss is a whole number, and just above a whole one.
        let table = table(&[factor((1_000, 1_000, 10_000, 0))]);
        for (net, loss) in [(1_000, 100), (1_001, 101), (-1_000, 100)] {
            let exposures = exposures(&[net]);
            assert_eq!(super::loss(&table, &exposures).unwrap().unwrap().joint, loss);
        }
        assert_eq!(estimate(&table, &exposures(&[1_000])), None);
        assert_eq!(estimate(&table, &exposures(&[])), None);
        assert_eq!(estimate(&table, &exposures(&[0])), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn an_estimate_is_the_exact_answer(
            factors in prop::collection::vec((0_u32..=10_000, 0_u32..=40_000, 0_u32..=10_000, 0_u32..=10_000), 1..12),
            nets in prop::collection::vec((any::<i64>(), 5_u32..62), 12),
            shift in 0_u32..50,
        ) {
            let table = table(&factors.into_iter().map(factor).collect::<Vec<_>>());
            // Some accounts with exposures of like size, some with dust beside a large one.
            let nets: Vec<i64> = nets.iter().map(|(net, own)| net >> if shift < 40 { shift.max(5) } else { *own }).collect();
            let exposures = exposures(nets.get(..table.len()).unwrap());
            if let Some(estimated) = estimate(&table, &exposures) {
                prop_assert_eq!(Ok(Some(estimated)), exact(&table, &exposures));
            }
        }

        #[test]
        fn the_root_is_the_exact_one(high in any::<u128>(), low in any::<u128>(), bits in 0_u32..256) {
            let n: U256 = (U256::from(high) << 128) | U256::from(low);
            let n = n >> bits;
            let (high, low) = (u128::try_from(n >> 128).unwrap(), u128::try_from(n & U256::from(u128::MAX)).unwrap());
            match root_up(high, low) {
                Some(root) => prop_assert_eq!(Some(root), true_root(high, low)),
                None => prop_assert!(true_root(high, low).is_none_or(|root| root >= (1 << 63) - (1 << 7))),
            }
        }

        #[test]
        fn around_a_whole_root_it_is_exact(root in 0_u128..(1 << 62), bits in 0_u32..62, off in 0_u128..3) {
            let root = root >> bits;
            let (low, high) = multiply(root * root, ATTO * ATTO);
            let n: U256 = (U256::from(high) << 128) | U256::from(low);
            let n = n.saturating_add(U256::from(off)).saturating_sub(U256::ONE);
            let (high, low) = (u128::try_from(n >> 128).unwrap(), u128::try_from(n & U256::from(u128::MAX)).unwrap());
            prop_assert_eq!(root_up(high, low), true_root(high, low));
        }
    }

    #[test]
    fn what_is_too_large_for_this_path_is_left_to_the_wide_one() {
        assert_eq!(root_up(u128::MAX, u128::MAX), None);
        assert_eq!(root_up(0, 0), Some(0));
        assert_eq!(root_up(0, 1), Some(1));
    }
}
