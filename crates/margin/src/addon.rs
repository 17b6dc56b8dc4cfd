//! The charge for positions that are large against the depth of their market: [M5].
//!
//! `x sqrt(x)` is read from arcs, 32 for each doubling of `x`: a chord less the parabola that ends as steep as the curve. They
//! are never below the curve, and above it by 3e-7 of it at the most, by 1/30,000 on the arc where its slope reaches the bound,
//! and by 300 units, 3e-6 dollars: dips below 1,024 units are left out. They are convex like it, and a few products instead
//! of a root.
//! The same arcs serve an account alone and, as a table of a factor, a million.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "fixed-point steps; each line names the bound that makes it safe, and the slow model checks the result"
)]

use alloc::vec::Vec;
use core::cmp::Ordering;

use cistern_units::wide::{U256, square_root_wide_up};
use ruint::Uint;

use crate::{Depth, MarginError, linear::LANES, table::ATTO};

type U512 = Uint<512, 8>;

/// One, in 1e-9: the unit of slopes.
const NANO: u128 = 1_000_000_000;

/// Exposures from here on have no requirement: 2^95 x 1e-8 is 4e20 dollars.
pub(crate) const EXPOSURE_MAX: u128 = 1 << 95;

/// Arcs of each doubling, as a power of two.
pub(crate) const PIECE_BITS: u32 = 5;
const PIECES: usize = 1 << PIECE_BITS;
/// The first arc goes from nothing to 256 units, as a power of two.
pub(crate) const LEAST_BITS: u32 = 8;
/// Binary places of [`ARCS`].
const ARC_PLACES: u32 = 60;

/// `m^1.5` along the arc that begins at each `m`, in 2^-60, below 2^62: how steep its chord is, rounded up; what is taken off
/// `m` times that, rounded down; how much steeper the curve ends than its chord, times its length, rounded down. From 1 to 2 in
/// steps of 1/32, from there to 4 in steps of 1/16.
///
/// What a chord is above a curve, over `t (1 - t)`, is half the square of its length times a mean of the second derivative,
/// whose weights move to the right with `t`. That of `m^1.5` falls: the parabola that is right where the arc ends dips too
/// little everywhere else. It begins no less steep than the curve, as the curve's slope is concave: the arcs are convex together.
static ARCS: [[u64; 3]; 2 * PIECES] = arcs();

const fn arcs() -> [[u64; 3]; 2 * PIECES] {
    let mut arcs = [[0; 3]; 2 * PIECES];
    let mut at = 0;
    while at < 2 * PIECES {
        let piece = (PIECES + at % PIECES) as u128;
        let double = (at / PIECES) as u32; // in 32nds, twice as many from two on
        let (start, end) = (piece << double, (piece + 1) << double);
        let (from, to) = (node(start), node(end));
        let steep = (to - from) << (PIECE_BITS - double);
        let off = ((steep * start) >> PIECE_BITS) - from;
        // The slope is 1.5 root of m: the square of that root in 2^-60 is end / 32 x 2^120.
        let slope = 3 * (end << (2 * ARC_PLACES - PIECE_BITS)).isqrt() / 2;
        let dip = ((slope - steep) << double) >> PIECE_BITS;
        arcs[at] = [steep as u64, off as u64, dip as u64];
        at += 1;
    }
    arcs
}

/// `(k / 32)^1.5` in 2^-60, rounded up: the square is `k^3 / 2^15`.
const fn node(k: u128) -> u128 {
    let square = (k * k * k) << (2 * ARC_PLACES - 3 * PIECE_BITS); // below 2^(21 + 105)
    let root = square.isqrt();
    if root * root < square { root + 1 } else { root }
}

/// The charge along an arc, for exposures `x`: `x steep / 2^63 + up`, rounded down, less `u dip / 2^22`, rounded down, where `u`
/// is [`bulge`] of `x`. None is steeper than 65/64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Arc {
    steep: u64,
    up: i128,
    /// In 2^10 units.
    dip: u128,
}

/// Binary places of a slope.
pub(crate) const STEEP_PLACES: u32 = 63;
/// Binary places of a dip and of what it is multiplied by.
pub(crate) const DIP_PLACES: u32 = 22;
/// A dip is in units of this power of two.
const DIP_UNIT: u32 = 10;

impl Arc {
    /// Straight on.
    const fn line(steep: u64, up: i128) -> Self {
        Self { steep, up, dip: 0 }
    }

    /// The charge for an exposure below [`EXPOSURE_MAX`].
    fn at(self, x: u128) -> u128 {
        let (high, low) = (x >> STEEP_PLACES, x & ((1 << STEEP_PLACES) - 1));
        let steep = u128::from(self.steep);
        let along = high.wrapping_mul(steep).wrapping_add(low.wrapping_mul(steep) >> STEEP_PLACES); // below 2^95
        let cut = (u128::BITS - x.leading_zeros()).saturating_sub(u64::BITS);
        let dip = u128::from(bulge((x >> cut) as u64)).wrapping_mul(self.dip) >> DIP_PLACES; // below 2^30 x 2^74
        along.wrapping_add_signed(self.up).wrapping_sub(dip)
    }
}

/// `t (1 - t)`, where `t` is the part of its arc that is below an exposure; in 2^-32, rounded down.
#[inline(always)]
pub(crate) fn bulge(x: u64) -> u64 {
    // The 32 bits behind the first six.
    let below = (x << (x.leading_zeros() & 63) << (PIECE_BITS + 1)) >> 32;
    below.wrapping_mul(below ^ 0xFFFF_FFFF) >> 32
}

/// The number of the arc of an exposure.
fn wide_arc_of(x: u128) -> u64 {
    let cut = u128::BITS.saturating_sub(x.leading_zeros()).saturating_sub(CHARGED_BITS);
    // It depends on the first six bits and how many are behind them.
    arc_of((x >> cut) as u64) + (u64::from(cut) << PIECE_BITS)
}

/// The number of the arc of an exposure that has its place in a [`Charges`].
#[inline(always)]
pub(crate) fn arc_of(x: u64) -> u64 {
    let zeros = x.leading_zeros();
    // Six bits from the first one that is set, and 32 less for each zero before it.
    let first = (x << (zeros & 63)) >> (63 - PIECE_BITS);
    let before = (zeros + LEAST_BITS) << PIECE_BITS;
    (first + 63 * PIECES as u64 - PIECES as u64 + 1).saturating_sub(before.into())
}

/// Where an arc begins.
fn start_of(arc: u64) -> u128 {
    match arc.checked_sub(1) {
        Some(place) => {
            let double = (place >> PIECE_BITS) as u32 + LEAST_BITS; // below 128
            (PIECES as u128 + u128::from(place) % PIECES as u128) << (double - PIECE_BITS)
        }
        None => 0,
    }
}

/// [M5] of one factor: `lambda x sqrt(x / D)` until its slope reaches the bound, then linear at that slope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Impact {
    /// `lambda / sqrt(D)` as a mantissa below 2^63, rounded up, and the power of two to divide it by.
    steepness: (u64, u32),
    /// The bound of the slope, in 1e-9.
    slope: u64,
    /// The arc along which the slope is reached, and what takes its place.
    reached: (u64, Arc),
    /// All beyond it.
    beyond: Arc,
}

impl Impact {
    /// Folds a depth and the bound of the slope, in 1e-9; nothing where the market takes any size for
    /// free, or the haircut the whole.
    pub(crate) fn new(depth: Depth, slope: u64) -> Option<Self> {
        let lambda = u128::from(depth.lambda.raw());
        if lambda == 0 || slope == 0 {
            return None;
        }
        let lambda_squared = lambda * lambda; // below 2^74
        let depth = depth.depth.magnitude();
        // D (slope / 1.5 lambda)^2 = 4 D slope^2 / 9 lambda^2; the tangent there meets zero at a third of it.
        let slope_squared = U512::from(u128::from(slope) * u128::from(slope)); // slope <= 1e9
        let numerator = U512::from(4 * depth).wrapping_mul(slope_squared);
        let exact = u128::try_from(numerator / U512::from(9 * lambda_squared)).unwrap_or(u128::MAX);
        let nothing = numerator.wrapping_mul(U512::from(slope)) / U512::from(27 * lambda_squared);
        let nothing = i128::try_from(nothing / U512::from(NANO)).unwrap_or(i128::MAX);
        let beyond = Arc::line(fraction(slope.into(), NANO), 1_i128.wrapping_sub(nothing));
        let mut impact = Self {
            steepness: steepness(lambda_squared, depth * ATTO), // below 2^67 x 2^60
            slope,
            reached: (wide_arc_of(exact), beyond),
            beyond,
        };
        if exact < EXPOSURE_MAX {
            impact.reached.1 = impact.joint(wide_arc_of(exact));
        }
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
        if exposure == 0 { 0 } else { self.arc(wide_arc_of(exposure)).at(exposure) }
    }

    /// The same for an exposure of 62 bits: the charge is below it, as the slope is one at the most.
    pub(crate) fn charge_narrow(&self, exposure: u64) -> u64 {
        self.charge_of(exposure.into()) as u64
    }

    /// The charge along an arc.
    fn arc(&self, arc: u64) -> Arc {
        let (reached, joint) = self.reached;
        match arc.cmp(&reached) {
            Ordering::Less => self.curve(arc),
            Ordering::Equal => joint,
            Ordering::Greater => self.beyond,
        }
    }

    /// The curve along an arc that begins where its slope is below the bound, and so below one: at its end it is steeper by a
    /// sixty-fourth at the most.
    fn curve(&self, arc: u64) -> Arc {
        let Some(place) = arc.checked_sub(1) else {
            let end = start_of(1);
            return Arc::line(fraction(self.curve(1).at(end), end), 1);
        };
        // x = 4^half m.
        let (double, piece) = ((place >> PIECE_BITS) as u32 + LEAST_BITS, place as usize % PIECES);
        let half = double >> 1;
        let [steep, off, dip] = ARCS[(double & 1) as usize * PIECES + piece];
        let (mantissa, places) = self.steepness;
        let part = |of: u64, cut: u32| {
            let product = u128::from(mantissa).wrapping_mul(u128::from(of)); // below 2^125
            product.checked_shr(cut).unwrap_or(0)
        };
        let steep = part(steep, (ARC_PLACES + places - STEEP_PLACES).saturating_sub(half)) + 1;
        let cut = (ARC_PLACES + places).saturating_sub(3 * half);
        Arc {
            steep: u64::try_from(steep).unwrap_or(u64::MAX),
            up: 1 - part(off, cut) as i128,
            dip: part(dip, cut) >> DIP_UNIT,
        }
    }

    /// From the curve, where an arc begins, to the tangent, where it ends: a parabola that bends no more than the curve does
    /// anywhere along it, and does not end steeper than the tangent. Less what it stands for it is concave as far as the curve
    /// goes, and falls to nothing along the tangent: it is never below.
    fn joint(&self, arc: u64) -> Arc {
        let (start, end) = (start_of(arc), start_of(arc + 1));
        let from = if arc == 0 { 0 } else { self.curve(arc).at(start) };
        let steep = fraction(self.beyond.at(end).saturating_sub(from), end - start);
        let along = Arc::line(steep, 0).at(start);
        // The first arc is straight.
        let above = if arc == 0 { 0 } else { from.saturating_sub(self.beyond.at(start)) };
        // Along an arc the second derivative falls by the root of 33/32, by less than a sixty-fourth.
        let dip = self.curve(arc).dip;
        let dip = (above >> DIP_UNIT).min(dip - dip.div_ceil(64));
        Arc { steep, up: (from as i128) - (along as i128) + 1, dip }
    }
}

/// The charges of all factors as a table of arcs, [`CHARGES`] a factor, for exposures below 2^52 units: each how steep it is,
/// what is added, and its dip. The fourth word is empty: an arc is a vector.
#[derive(Clone, Debug, Default)]
pub(crate) struct Charges(Vec<[u64; LANES]>);

/// Exposures below this power of two have their place in a [`Charges`].
pub(crate) const CHARGED_BITS: u32 = 52;
/// Arcs of a factor.
pub(crate) const CHARGES: usize = ((CHARGED_BITS - LEAST_BITS) as usize) * PIECES + 1;

impl Charges {
    /// Of factors, whether they have a charge or not; empty where none has.
    pub(crate) fn of<'a>(impacts: impl Iterator<Item = Option<&'a Impact>> + Clone) -> Self {
        let mut arcs = Vec::new();
        if impacts.clone().all(|impact| impact.is_none()) {
            return Self(arcs);
        }
        for impact in impacts {
            arcs.extend((0..CHARGES as u64).map(|arc| {
                let arc = impact.map(|impact| impact.arc(arc));
                // What is taken off, and the dip, are less than the exposure.
                arc.map_or([0; LANES], |Arc { steep, up, dip }| [steep, up as u64, dip as u64, 0])
            }));
        }
        Self(arcs)
    }

    /// Bytes of memory that it occupies.
    pub(crate) fn bytes(&self) -> usize {
        self.0.capacity().saturating_mul(size_of::<[u64; LANES]>())
    }

    /// Has no factor a charge?
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the kernels read.
    pub(crate) fn table(&self) -> ChargeTable<'_> {
        ChargeTable { arcs: &self.0, factors: (self.0.len() / CHARGES) as u32 }
    }
}

/// A [`Charges`] as the kernels read it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChargeTable<'a> {
    /// As many as factors times [`CHARGES`].
    arcs: &'a [[u64; LANES]],
    factors: u32,
}

impl<'a> ChargeTable<'a> {
    /// All arcs, [`CHARGES`] a factor.
    #[inline(always)]
    pub(crate) const fn arcs(&self) -> &'a [[u64; LANES]] {
        self.arcs
    }

    /// How many factors there are.
    #[inline(always)]
    pub(crate) const fn factors(&self) -> u32 {
        self.factors
    }

    /// The charge for the exposure to a factor; nothing where [`Impact::charge_narrow`] has to say it.
    #[inline(always)]
    pub(crate) fn charge(&self, factor: u16, exposure: u64) -> Option<u64> {
        if exposure >> CHARGED_BITS != 0 {
            return None;
        }
        if exposure == 0 {
            return Some(0);
        }
        let first = u64::from(factor).wrapping_mul(CHARGES as u64);
        let [steep, up, dip, _] = self.arcs.get(first.wrapping_add(arc_of(exposure)) as usize)?;
        let along = (u128::from(exposure).wrapping_mul(u128::from(*steep)) >> STEEP_PLACES) as u64;
        let dip = bulge(exposure).wrapping_mul(*dip) >> DIP_PLACES; // below 2^30 x 2^31
        Some(along.wrapping_add(*up).wrapping_sub(dip))
    }
}

/// `part / whole` as a slope, rounded up: one at the most.
fn fraction(part: u128, whole: u128) -> u64 {
    let fraction = (U256::from(part) << STEEP_PLACES as usize).div_ceil(U256::from(whole.max(1)));
    u64::try_from(fraction).unwrap_or(u64::MAX).min(1 << STEEP_PLACES)
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

#[cfg(test)]
mod tests {
    use cistern_units::{Ratio, Value};
    use proptest::prelude::*;

    use super::*;
    use crate::linear::{Lanes, Scalar};

    fn impact(depth: i64, lambda: u64, slope: u64) -> Impact {
        let depth = Depth::new(Value::dollars(depth), Ratio::new(lambda)).unwrap();
        Impact::new(depth, slope).unwrap()
    }

    fn dollars(n: u128) -> u128 {
        n * 100_000_000
    }

    /// Is a charge the exact one, or above it by 3e-7 of it at the most, and what the first arc and rounded dips take?
    fn is_near(charge: u128, exact: u128) -> bool {
        charge >= exact && charge <= exact + exact / 3_333_333 + 300
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
        assert_eq!(impact.reached.0, wide_arc_of(dollars(1_000_000)));
        let at = impact.charge(dollars(1_000_000)).unwrap();
        assert!(at >= dollars(500_000) && at < dollars(500_015));
        let at = dollars(530_000) + 1;
        assert_eq!(impact.charge(dollars(1_040_000)), Ok(at));
        assert_eq!(impact.charge(dollars(1_040_004)), Ok(at + dollars(3)));
    }

    #[test]
    fn without_room_above_the_haircut_there_is_no_charge() {
        let depth = Depth::new(Value::dollars(1), Ratio::new(1)).unwrap();
        assert!(Impact::new(depth, 0).is_none());
        let free = Charges::of([None, Some(&impact(1, 1, 1))].into_iter());
        assert_eq!(Scalar::charges(&[1, -1, 0, 1 << 50], &[0; 4], free.table()), Some([0; 4]));
        assert!(Charges::of([None].into_iter()).is_empty());
    }

    #[test]
    fn an_exposure_without_a_requirement_is_refused() {
        assert_eq!(impact(1, 1, 1).charge(EXPOSURE_MAX), Err(MarginError::Overflow));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        #[test]
        fn a_charge_is_above_the_formula_and_near_it(
            depth in 1_i64..=1_000_000_000_000, lambda in 1_u64..=100_000_000_000,
            slope in prop_oneof![Just(1_000_000_000_u64), 1_u64..=1_000_000_000],
            exposure in 1_u128..1 << 94, bits in 0_u32..94, is_close in any::<bool>(),
        ) {
            let impact = impact(depth, lambda, slope);
            let reached = start_of(impact.reached.0);
            // About the arc where the slope is reached, or anywhere.
            let exposure = match exposure >> bits {
                exposure if is_close => (reached - reached / 40 + exposure % (reached / 10 + 1)).clamp(1, EXPOSURE_MAX - 1),
                exposure => exposure.max(1),
            };
            let [x, depth, lambda, slope] =
                [exposure, dollars(u128::try_from(depth).unwrap()), lambda.into(), slope.into()].map(U512::from);
            let lambda_squared = lambda * lambda;
            let nine = lambda_squared * U512::from(9);
            let exact = if x * nine <= depth * slope * slope * U512::from(4) {
                // [M5] lambda x sqrt(x / D)
                let square = x * x * x * lambda_squared / (depth * U512::from(ATTO));
                square_root_wide_up(Uint::from(square)).unwrap()
            } else {
                // [M5] slope (x - x' / 3), where x' = 4 D slope^2 / 9 lambda^2 and the slope is reached.
                let over = x * nine * U512::from(3) - depth * slope * slope * U512::from(4);
                u128::try_from(slope * over / (nine * U512::from(3 * NANO))).unwrap()
            };
            let charge = impact.charge(exposure).unwrap();
            let part = if wide_arc_of(exposure) == impact.reached.0 { 30_000 } else { 3_333_333 };
            prop_assert!(charge >= exact, "{charge} is below {exact}");
            prop_assert!(charge <= exact + exact / part + 300, "{charge} is far above {exact}");
        }

        #[test]
        fn the_columns_read_the_same_charge(
            depth in 1_i64..=1_000_000_000_000, lambda in 1_u64..=100_000_000_000, slope in 1_u64..=1_000_000_000,
            exposure in 0_u64..1 << 62, bits in 0_u32..62,
        ) {
            let impact = impact(depth, lambda, slope);
            let exposure = (exposure >> bits) as i64;
            let charges = Charges::of([None, Some(&impact)].into_iter());
            let nets = [exposure, -exposure, 0, exposure / 3];
            if let Some(four) = Scalar::charges(&nets, &[1; 4], charges.table()) {
                prop_assert_eq!(four, nets.map(|net| impact.charge_narrow(net.unsigned_abs())));
            } else {
                prop_assert!(exposure >= 1 << CHARGED_BITS);
            }
        }

        #[test]
        fn a_charge_grows_with_the_exposure_by_no_more_than_the_bound(
            depth in 1_i64..=1_000_000_000_000, lambda in 1_u64..=100_000_000_000, slope in 1_u64..=1_000_000_000,
            exposure in 0_u128..1 << 94, more in 0_u128..1 << 94, bits in (0_u32..94, 0_u32..94),
        ) {
            let impact = impact(depth, lambda, slope);
            let (exposure, more) = (exposure >> bits.0, more >> bits.1);
            let before = impact.charge(exposure).unwrap();
            let after = impact.charge(exposure + more).unwrap();
            // A dip, 2^-11 of the charge, is read in steps of 2^-32, twice rounded; slopes are rounded at 2^-63.
            let rounded = 2 + (after >> 42) + ((exposure + more) >> 62);
            prop_assert!(after + rounded >= before, "{before} {after}");
            let most = (more * u128::from(slope)).div_ceil(1_000_000_000);
            prop_assert!(after <= before + most + rounded, "{before} {after} {most}");
        }
    }
}
