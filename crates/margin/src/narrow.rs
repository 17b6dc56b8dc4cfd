//! The requirement of one account whose numbers fit words: the same number as [`crate::Portfolio`] gives, in a fraction of
//! the time. Whatever does not fit has no answer here, and is asked there.
//!
//! Sketch: a leg costs a sum and, where it is a position, the product of its floor; a factor what [`crate::linear`] says.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "places are masked to the length of their table, sums of words are checked, and a test compares with the general path"
)]

use cistern_units::{NarrowValue, Ratio, Value};

use crate::{
    FactorIndex, Leg,
    book::{
        Path,
        paths::{self, Phase},
    },
    linear::{Exposures, LANES, Lanes, Normal, PLACES, Scale, Sums, root_up},
    table::{FactorTable, NANO_PLACES, Side, scale_up},
};

/// Factors of an account that has an answer here: one place is nobody's.
const FACTORS_MAX: usize = PLACES - 1;
/// Factors of a table that have a place here, a bit each of [`NarrowPortfolio::seen`].
const TABLE_MAX: usize = 64;
/// Bits of an exposure: all of them together then have 62.
const EXPOSURE_BITS: u32 = 58;

/// One account under revaluation, in words; in standard mode, or as a portfolio.
#[derive(Debug)]
pub struct NarrowPortfolio<'a, const STANDARD: bool> {
    table: &'a FactorTable,
    /// What the account has of each factor of the table, in 1e-8 dollars; in standard mode without offsets.
    exposures: [i64; TABLE_MAX],
    /// Which factors it has something of.
    seen: u64,
    /// Sum of [M4b], in standard mode of the haircuts; in 1e-17 dollars.
    charged: u128,
}

/// What an account needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The margin requirement, [M6].
    pub requirement: Value,
    /// The charge for size in it, [M5].
    pub size: Value,
}

impl<'a, const STANDARD: bool> NarrowPortfolio<'a, STANDARD> {
    /// An empty one.
    #[must_use]
    #[inline(always)]
    pub fn new(table: &'a FactorTable) -> Self {
        Self { table, exposures: [0; TABLE_MAX], seen: 0, charged: 0 }
    }

    /// Adds a leg: `value` moves with each of `factors`. None where it does not fit, or a factor is unknown: leave it then.
    #[must_use]
    #[inline(always)]
    pub fn add(
        &mut self,
        leg: Leg,
        factors: impl Iterator<Item = FactorIndex>,
        value: NarrowValue,
    ) -> Option<()> {
        let net = value.raw();
        let part = if STANDARD { net.checked_abs()? } else { net };
        let is_charged = STANDARD || leg == Leg::Derivative;
        let mut range = 0_u64;
        for FactorIndex(factor) in factors {
            let place = usize::from(factor);
            let exposure = self.exposures.get_mut(place)?;
            *exposure = exposure.checked_add(part)?;
            self.seen |= 1 << (factor & 63);
            if is_charged {
                let rest = self.table.rest.get(place)?;
                range = range.saturating_add(Side::of(net.into()).pick(rest.range));
            }
        }
        if is_charged {
            let rate = match (STANDARD, leg) {
                (false, _) => range.min(self.table.gross_floor),
                (true, Leg::Holding) => range.min(Ratio::ONE.raw()),
                (true, Leg::Debt | Leg::Derivative) => range,
            };
            let charge = u128::from(rate).wrapping_mul(u128::from(net.unsigned_abs())); // two words
            self.charged = self.charged.checked_add(charge)?;
        }
        Some(())
    }

    /// What the account needs, as [`crate::Portfolio::requirement`] says; none where a number does not fit.
    #[must_use]
    #[inline(always)]
    pub fn requirement(&self, path: Path) -> Option<Requirement> {
        let (base, size) = paths::run(path, Needs(self))?;
        let whole = u128::from(base).wrapping_add(size.into()); // two words
        Some(Requirement { requirement: Value::positive(whole).ok()?, size: Value::new(size.into()) })
    }
}

/// The requirement without the charge for size, and that charge.
struct Needs<'a, const STANDARD: bool>(&'a NarrowPortfolio<'a, STANDARD>);

impl<const STANDARD: bool> Phase for Needs<'_, STANDARD> {
    type Out = Option<(u64, u64)>;

    #[inline(always)]
    fn run<L: Lanes>(self) -> Self::Out {
        let account = self.0;
        if account.seen >> FACTORS_MAX == 0 {
            // The place of a factor is its number in the table.
            let count = u64::BITS.wrapping_sub(account.seen.leading_zeros()) as usize;
            let first = Exposures(core::array::from_fn(|place| account.exposures[place]));
            account.needs::<L>((&first, count), bits(account.seen).map(|factor| (factor, factor)))
        } else {
            account.gathered::<L>()
        }
    }
}

impl<const STANDARD: bool> NarrowPortfolio<'_, STANDARD> {
    /// What an account of a larger table needs: its exposures are moved together.
    #[inline(never)]
    fn gathered<L: Lanes>(&self) -> Option<(u64, u64)> {
        let (mut exposures, mut count) = (Exposures([0; PLACES]), 0_usize);
        for factor in bits(self.seen) {
            if count == FACTORS_MAX {
                return None;
            }
            exposures.0[count] = self.exposures[factor % TABLE_MAX];
            count += 1;
        }
        self.needs::<L>((&exposures, count), bits(self.seen).zip(0..))
    }

    /// The base and the charge for size of exposures, the first `count` of which are somebody's: of the `factors` that are
    /// seen, each with its exposure's place.
    #[inline(always)]
    fn needs<L: Lanes>(
        &self,
        (exposures, count): (&Exposures, usize),
        factors: impl Iterator<Item = (usize, usize)>,
    ) -> Option<(u64, u64)> {
        let bits = exposures.0.iter().fold(0, |bits, exposure| bits | (exposure ^ (exposure >> 63)));
        if bits >> EXPOSURE_BITS != 0 {
            return None;
        }
        let least = if STANDARD { 0 } else { self.loss::<L>((exposures, count), factors)? };
        // Where a joint loss is the largest, nothing needs a division.
        let is_less = u128::from(least).wrapping_mul(Ratio::ONE.raw().into()) < self.charged;
        let charged = if is_less { u64::try_from(scale_up(self.charged, NANO_PLACES)).ok()? } else { 0 };
        let size = if self.table.has_impact { self.size()? } else { 0 };
        Some((least.max(charged), size))
    }

    /// The worst joint and single loss of portfolio mode, in 1e-8 dollars, rounded up.
    #[inline(always)]
    fn loss<L: Lanes>(
        &self,
        (exposures, count): (&Exposures, usize),
        factors: impl Iterator<Item = (usize, usize)>,
    ) -> Option<u64> {
        let quads = count.div_ceil(LANES);
        let scale = Scale::of_narrow(L::gross(exposures, quads), self.table.places);
        let mut normal = Normal::default();
        L::normalise(exposures, quads, scale.lot, &mut normal);
        let mut sums = Sums::<L>::new();
        for (factor, place) in factors {
            let rows = self.table.rows.get(factor)?;
            sums.add(&rows[usize::from(exposures.0[place & (PLACES - 1)] < 0)], normal.lots(place));
        }
        Some(scale.larger_narrow(root_up(sums.worst_square()), sums.single()))
    }

    /// [M5]: the charges of all factors.
    #[inline(never)]
    fn size(&self) -> Option<u64> {
        let mut sum = 0;
        for factor in bits(self.seen) {
            if let Some(impact) = &self.table.rest.get(factor)?.impact {
                let exposure = self.exposures[factor % TABLE_MAX];
                sum += impact.charge_narrow(exposure.unsigned_abs()); // below the exposures
            }
        }
        Some(sum)
    }
}

/// The numbers of the bits that are set.
#[inline(always)]
fn bits(mut left: u64) -> impl Iterator<Item = usize> {
    core::iter::from_fn(move || {
        let bit = (left != 0).then_some(left.trailing_zeros() as usize);
        left &= left.wrapping_sub(1);
        bit
    })
}

#[cfg(test)]
mod tests {
    use cistern_units::Fraction;
    use std::vec::Vec;

    use super::*;
    use crate::{Band, Depth, Mode, Portfolio, Range, RiskFactor, Settings};

    /// More factors than places, every third with a depth.
    fn table(count: u16) -> FactorTable {
        let factor = |place: u16| {
            let points = |n: u16| Fraction::basis_points(n);
            let depth = Depth::new(Value::dollars(1_000_000), Ratio::ONE).unwrap();
            let range = Range::new(points(500 + place * 37), Ratio::from(points(600 + place * 29))).unwrap();
            let loading = Band::new(points(5_000 + place * 31), points(9_000)).unwrap();
            RiskFactor::new(range, loading, place.is_multiple_of(3).then_some(depth), Vec::new()).unwrap()
        };
        let factors: Vec<RiskFactor> = (0..count).map(factor).collect();
        FactorTable::fold(&factors, Ratio::ONE, Ratio::ONE, Settings::default()).unwrap()
    }

    /// What legs of these factors, long and short, need by either way.
    fn both<const STANDARD: bool>(
        table: &FactorTable,
        factors: &[u16],
    ) -> (Option<Requirement>, Requirement) {
        let mode = if STANDARD { Mode::Standard } else { Mode::Portfolio };
        let (mut narrow, mut general) = (NarrowPortfolio::<STANDARD>::new(table), Portfolio::new());
        general.clear(mode);
        let mut fits = Some(());
        for (place, factor) in (1_i64..).zip(factors) {
            let raw = 1_234_567_890_123 * place * if place % 2 == 0 { -1 } else { 1 };
            let (leg, value) = (Leg::Derivative, NarrowValue::new(raw));
            let factors = [FactorIndex(*factor), FactorIndex(*factor / 2)];
            general.add(table, leg, &factors, value.into()).unwrap();
            fits = fits.and_then(|()| narrow.add(leg, factors.into_iter(), value));
        }
        let general = Requirement {
            requirement: general.requirement(table).unwrap(),
            size: general.charge_for_size(table).unwrap(),
        };
        (fits.and_then(|()| narrow.requirement(Path::widest())), general)
    }

    #[test]
    fn factors_beyond_the_places_are_moved_together() {
        let table = table(60);
        for factors in [&[40, 59, 33][..], &[14, 13, 15, 30], &[58, 59, 57, 56, 55, 1, 0]] {
            let (narrow, general) = both::<false>(&table, factors);
            assert_eq!(narrow, Some(general));
            let (narrow, general) = both::<true>(&table, factors);
            assert_eq!(narrow, Some(general));
        }
    }

    #[test]
    fn what_does_not_fit_has_no_answer() {
        let table = table(80);
        let many: Vec<u16> = (40..56).collect();
        assert_eq!(both::<false>(&table, &many).0, None);
        assert_eq!(both::<false>(&table, &[70]).0, None);
        let add = |values: &[i64]| {
            let mut narrow = NarrowPortfolio::<false>::new(&table);
            for value in values {
                let factor = core::iter::once(FactorIndex(0));
                narrow.add(Leg::Holding, factor, NarrowValue::new(*value))?;
            }
            narrow.requirement(Path::SCALAR)
        };
        assert_eq!([add(&[1 << 58]), add(&[i64::MAX, 1])], [None; 2]);
        assert!(add(&[1 << 57, 1 << 56]).is_some());
        assert_eq!(
            NarrowPortfolio::<false>::new(&table).add(
                Leg::Debt,
                [FactorIndex(80)].into_iter(),
                NarrowValue::ZERO
            ),
            None
        );
    }
}
