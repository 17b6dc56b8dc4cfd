use alloc::{boxed::Box, vec::Vec};

use cistern_units::{Fraction, Ratio, wide::divide_by_power_of_ten};

use crate::{
    FactorError, FactorIndex, RiskFactor,
    addon::Impact,
    factor::{FACTORS_MAX, SCALE_MAX},
    fold::{Fold, TailMove, places, scaled, slopes},
    linear::Row,
    option::{Curves, Series, SeriesError},
};

/// One, in 1e-18: the unit of products of two parameters.
pub(crate) const ATTO: u128 = 1_000_000_000_000_000_000;

/// Decimals of the parameters.
pub(crate) const NANO_PLACES: usize = 9;

/// `ceil(n / 10^places)`; `places` is not zero.
#[inline]
pub(crate) fn scale_up(n: u128, places: usize) -> u128 {
    let (quotient, remainder) = divide_by_power_of_ten(n, places);
    quotient.saturating_add(u128::from(remainder > 0))
}

/// What holds for all factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The part of the largest single loss that no hedge elsewhere takes away: [M4].
    pub floor_factor: Fraction,
    /// The part of each derivative's notional that no hedge takes away: [M4b].
    pub gross_floor: Fraction,
}

impl Default for Settings {
    /// The floors that the model was back-tested with: 80 % and 1 %.
    fn default() -> Self {
        Self { floor_factor: Fraction::basis_points(8_000), gross_floor: Fraction::basis_points(100) }
    }
}

/// The move that hurts an exposure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The exposure is long.
    Fall,
    /// The exposure is short.
    Rise,
}

impl Side {
    /// The move that hurts this exposure.
    #[inline]
    pub(crate) const fn of(exposure: i128) -> Self {
        if exposure < 0 { Self::Rise } else { Self::Fall }
    }

    /// The one of two sides that hurts.
    #[inline]
    pub(crate) fn pick<T>(self, [fall, rise]: [T; 2]) -> T {
        match self {
            Self::Fall => fall,
            Self::Rise => rise,
        }
    }
}

/// What the rest reads of a factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rest {
    /// `h` of each side at the tier, in 1e-9.
    pub(crate) range: [u64; 2],
    /// `floor_factor * h` of each side, in 2^-b, rounded up: [M4].
    pub(crate) standalone: [u32; 2],
    /// The heaviest tail of each side, in 2^-b, rounded up: [M6].
    pub(crate) tail: [u32; 2],
    /// All tails as moves.
    pub(crate) tails: Vec<TailMove>,
    /// [M5], where the factor has a depth.
    pub(crate) impact: Option<Impact>,
}

/// The coefficients of all factors for one tier, folded once for each tick or change of parameters.
#[derive(Clone, Debug)]
pub struct FactorTable {
    /// Two rows a factor: for long exposures, and for short ones.
    pub(crate) rows: Vec<[Row; 2]>,
    pub(crate) rest: Vec<Rest>,
    /// Binary places of the coefficients: the most with which the largest one has 30 bits.
    pub(crate) places: u32,
    pub(crate) scale: Ratio,
    pub(crate) gross_floor: u64,
    pub(crate) has_impact: bool,
    floor_factor: Fraction,
    /// Option series, where some are listed.
    pub(crate) curves: Option<Box<Curves>>,
}

impl FactorTable {
    /// Folds the factors for a tier of this `scale` (1 at maintenance). The `initial_scale` bounds the slope of [M5].
    ///
    /// A tier scales the ranges, rounded up, a fall to 100 % at the most; of the tails it scales the weight.
    ///
    /// # Errors
    /// [`FactorError::RiseTooLarge`] where the scaled rise exceeds [`crate::RISE_MAX`], [`FactorError::ScaleTooLarge`],
    /// [`FactorError::TooManyFactors`]. Parameters that fold once fold always: check all tiers when they change.
    pub fn fold<'a>(
        factors: impl IntoIterator<Item = &'a RiskFactor>,
        scale: Ratio,
        initial_scale: Ratio,
        settings: Settings,
    ) -> Result<Self, FactorError> {
        Self::fold_with_assets(factors, [], scale, initial_scale, settings)
    }

    /// As [`Self::fold`], and bounds the slope of [M5] by the whole of each asset, given as its factors.
    ///
    /// Depositing must never lower free collateral. For an asset of several factors, `1 - h` of each factor alone is
    /// too much: what is left after *all* haircuts of the asset is shared by those of its factors that have a depth.
    ///
    /// # Errors
    /// As [`Self::fold`], and [`FactorError::UnknownFactor`].
    pub fn fold_with_assets<'a>(
        factors: impl IntoIterator<Item = &'a RiskFactor>,
        assets: impl IntoIterator<Item = &'a [FactorIndex]>,
        scale: Ratio,
        initial_scale: Ratio,
        settings: Settings,
    ) -> Result<Self, FactorError> {
        if scale > SCALE_MAX || initial_scale > SCALE_MAX {
            return Err(FactorError::ScaleTooLarge);
        }
        let factors: Vec<&RiskFactor> = factors.into_iter().collect();
        if factors.len() > FACTORS_MAX {
            return Err(FactorError::TooManyFactors);
        }
        let slopes = slopes(&factors, assets, initial_scale)?;
        let ranges = factors.iter().map(|factor| scaled(factor, scale)).collect::<Result<Vec<_>, _>>()?;
        let largest = ranges.iter().flatten().copied().max().unwrap_or(0);
        let fold = Fold { places: places(largest), floor: u64::from(settings.floor_factor.raw()), scale };
        let mut table = Self {
            rows: Vec::with_capacity(factors.len()),
            rest: Vec::with_capacity(factors.len()),
            places: fold.places,
            scale,
            gross_floor: u64::from(settings.gross_floor.raw()),
            has_impact: false,
            floor_factor: settings.floor_factor,
            curves: None,
        };
        for ((factor, slope), range) in factors.into_iter().zip(slopes).zip(ranges) {
            let rest = Rest {
                range,
                standalone: fold.standalone(range),
                tail: fold.tails(factor),
                tails: fold.moves(factor),
                impact: factor.depth().and_then(|depth| Impact::new(depth, slope)),
            };
            table.has_impact |= rest.impact.is_some();
            table.rows.push(fold.rows(factor, &rest));
            table.rest.push(rest);
        }
        Ok(table)
    }

    /// Lists the option series of an instant in place of those of the last one: [B1] [B2]. What has not changed keeps its
    /// curve.
    ///
    /// # Errors
    /// The limit that a series exceeds, with its place; the series of before stay.
    pub fn list(&mut self, series: &[Series]) -> Result<(), (usize, SeriesError)> {
        if self.curves.as_ref().map_or(series.is_empty(), |curves| curves.lists(series)) {
            return Ok(());
        }
        let curves = Curves::fold(self, self.floor_factor, series)?;
        let curves = match self.curves.take() {
            Some(old) => curves.keep(*old),
            None => curves,
        };
        self.curves = Some(Box::new(curves));
        Ok(())
    }

    /// The coefficients alone.
    #[must_use]
    pub fn without_series(&self) -> Self {
        Self { rows: self.rows.clone(), rest: self.rest.clone(), curves: None, ..*self }
    }

    /// Are the coefficients the same, whatever series are listed?
    #[must_use]
    pub fn agrees(&self, other: &Self) -> bool {
        (self.places, self.scale, self.gross_floor, self.floor_factor)
            == (other.places, other.scale, other.gross_floor, other.floor_factor)
            && self.rows == other.rows
            && self.rest == other.rest
    }

    /// The number of factors.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.rest.len()
    }

    /// Are there no factors?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The scale of the tier that it was folded for.
    #[must_use]
    pub const fn scale(&self) -> Ratio {
        self.scale
    }

    /// The sum of the ranges of some factors on the side that hurts, in 1e-9; an unknown factor has none.
    pub(crate) fn range_of(&self, factors: &[FactorIndex], side: Side) -> u64 {
        let rests = factors.iter().filter_map(|factor| self.rest.get(usize::from(factor.0)));
        rests.fold(0, |sum: u64, rest| sum.saturating_add(side.pick(rest.range)))
    }

    /// What a move of a value can add to a requirement, in 1e-9 of the move: by the ranges of its factors, on their worse
    /// sides, and by the slopes of their add-ons.
    pub(crate) fn bears(&self, factors: &[FactorIndex]) -> (u64, u64) {
        let rests = factors.iter().filter_map(|factor| self.rest.get(usize::from(factor.0)));
        rests.fold((0, 0), |(ranges, slopes): (u64, u64), rest| {
            let range = rest.range.into_iter().max().unwrap_or(0);
            let slope = rest.impact.as_ref().map_or(0, Impact::slope);
            (ranges.saturating_add(range), slopes.saturating_add(slope))
        })
    }

    /// The haircut of an asset with these factors: the sum of their falls, the whole at the most. One minus it is the
    /// collateral factor. An unknown factor takes the whole.
    #[must_use]
    pub fn haircut(&self, factors: &[FactorIndex]) -> Fraction {
        let mut sum = 0_u64;
        for factor in factors {
            let Some(rest) = self.rest.get(usize::from(factor.0)) else {
                return Fraction::ONE;
            };
            let [fall, _] = rest.range;
            sum = sum.saturating_add(fall);
        }
        u32::try_from(sum).ok().and_then(Fraction::new).unwrap_or(Fraction::ONE)
    }

    /// By how much something with these factors can rise: the sum of their rises. An unknown factor rises without end.
    #[must_use]
    pub fn rise(&self, factors: &[FactorIndex]) -> Ratio {
        let mut sum = 0_u64;
        for factor in factors {
            let Some(rest) = self.rest.get(usize::from(factor.0)) else {
                return Ratio::MAX;
            };
            let [_, rise] = rest.range;
            sum = sum.saturating_add(rise);
        }
        Ratio::new(sum)
    }
}
