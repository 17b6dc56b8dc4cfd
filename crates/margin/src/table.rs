use alloc::vec::Vec;

use cistern_units::{Fraction, Ratio, wide::divide_by_power_of_ten};

use crate::{
    FactorError, FactorIndex, RiskFactor, Tail,
    addon::Impact,
    factor::{FACTORS_MAX, RISE_MAX, SCALE_MAX},
};

/// One, in 1e-18: the unit of the folded coefficients.
pub(crate) const ATTO: u128 = 1_000_000_000_000_000_000;

/// One, in 1e-9: the unit of the parameters.
pub(crate) const NANO: u128 = 1_000_000_000;
/// Decimals of [`NANO`].
pub(crate) const NANO_PLACES: usize = 9;
/// Decimals of [`ATTO`].
pub(crate) const ATTO_PLACES: usize = 18;

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
        Self {
            floor_factor: Fraction::basis_points(8_000),
            gross_floor: Fraction::basis_points(100),
        }
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

/// What [`crate::Portfolio::requirement`] reads of a factor. Two sides are indexed by what hurts: the fall, the rise.
#[derive(Clone, Debug)]
pub(crate) struct Coefficients {
    /// `h_down * loading` at the three ends, in 1e-18, exact: [M1]. At most 1e18.
    pub(crate) fall: [i64; 3],
    /// `h_up * loading - h_down * loading` at the three ends, in 1e-18, exact: [M1]. Within 4e18.
    pub(crate) skew: [i64; 3],
    /// Is any of them not zero?
    pub(crate) is_skewed: bool,
    /// `h^2 (1 - loading^2)` of each side at the three ends, in 1e-18, rounded up: [M2]. At most 16e18.
    pub(crate) own: [[u64; 3]; 2],
    /// The larger of standalone and tail of each side, in 1e-18: [M4], [M6]. At most 4e18.
    pub(crate) single: [u64; 2],
}

/// What the rest reads of a factor.
#[derive(Clone, Debug)]
pub(crate) struct Rest {
    /// `h` of each side at the tier, in 1e-9.
    pub(crate) range: [u64; 2],
    /// `floor_factor * h` of each side, in 1e-18, exact: [M4].
    pub(crate) standalone: [u64; 2],
    /// The heaviest tail of each side, in 1e-18, rounded up: [M6].
    pub(crate) tail: [u64; 2],
    /// [M5], where the factor has a depth.
    pub(crate) impact: Option<Impact>,
}

/// The coefficients of all factors for one tier, folded once for each tick or change of parameters.
#[derive(Clone, Debug)]
pub struct FactorTable {
    pub(crate) coefficients: Vec<Coefficients>,
    pub(crate) rest: Vec<Rest>,
    pub(crate) scale: Ratio,
    pub(crate) gross_floor: u64,
    pub(crate) has_impact: bool,
}

impl FactorTable {
    /// Folds the factors for a tier of this `scale` (1 at maintenance). The `initial_scale` bounds the slope of [M5].
    ///
    /// A tier scales the ranges, rounded up, a fall to 100 % at the most; of the tails it scales the weight.
    ///
    /// # Errors
    /// [`FactorError::RiseTooLarge`] where the scaled rise exceeds [`RISE_MAX`], [`FactorError::ScaleTooLarge`],
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
        let mut table = Self {
            coefficients: Vec::with_capacity(factors.len()),
            rest: Vec::with_capacity(factors.len()),
            scale,
            gross_floor: u64::from(settings.gross_floor.raw()),
            has_impact: false,
        };
        for (factor, slope) in factors.into_iter().zip(slopes) {
            let range = scaled(factor, scale)?;
            let floor = u64::from(settings.floor_factor.raw());
            let rest = Rest {
                range,
                standalone: range.map(|h| h.saturating_mul(floor)), // 4e9 x 1e9 < 2^64
                tail: tails(factor, scale),
                impact: factor.depth().and_then(|depth| Impact::new(depth, slope)),
            };
            table.has_impact |= rest.impact.is_some();
            table.coefficients.push(coefficients(factor, &rest));
            table.rest.push(rest);
        }
        Ok(table)
    }

    /// The number of factors.
    #[must_use]
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
}

/// The range of a factor at a tier, in 1e-9: the fall at most 1, the rise at most [`RISE_MAX`].
fn scaled(factor: &RiskFactor, scale: Ratio) -> Result<[u64; 2], FactorError> {
    let range = factor.range();
    // Both products stay below 2^64: a rise and a scale are 4 at the most.
    let down = Ratio::from(range.down).times_up(scale).map_err(|_| FactorError::ScaleTooLarge)?;
    let up = range.up.times_up(scale).map_err(|_| FactorError::RiseTooLarge)?;
    if up > RISE_MAX {
        return Err(FactorError::RiseTooLarge);
    }
    Ok([down.min(Ratio::ONE).raw(), up.raw()])
}

/// The heaviest tail of each side, in 1e-18, rounded up: scale x weight x the loss, a fall at most the whole: [M6].
fn tails(factor: &RiskFactor, scale: Ratio) -> [u64; 2] {
    let range = factor.range();
    let mut heaviest = [0, 0];
    for Tail { multiple, weight } in factor.tails() {
        let size = u128::from(multiple.unsigned_abs());
        let weight = u128::from(weight.raw());
        let scale = u128::from(scale.raw());
        let [fall, rise] = &mut heaviest;
        // weight x size <= 1e18 by construction, h <= 4e9, so weight x move <= 4e27; x scale <= 4e9: below 2^124.
        if *multiple < 0 {
            let depth = size.saturating_mul(u128::from(range.down.raw())).min(ATTO);
            let loss = weight.saturating_mul(depth).saturating_mul(scale).div_ceil(ATTO).min(ATTO);
            *fall = u64::try_from(loss).unwrap_or(u64::MAX).max(*fall);
        } else {
            let height = size.saturating_mul(u128::from(range.up.raw()));
            let loss = weight.saturating_mul(height).saturating_mul(scale).div_ceil(ATTO);
            *rise = u64::try_from(loss).unwrap_or(u64::MAX).max(*rise); // <= scaled rise, 4e18
        }
    }
    heaviest
}

/// Folds [M1], [M2], [M4] and the tails of one factor.
fn coefficients(factor: &RiskFactor, rest: &Rest) -> Coefficients {
    let band = factor.loading();
    let loadings = [band.calm, band.calm.middle_up(band.panic), band.panic].map(|loading| u64::from(loading.raw()));
    let [down, up] = rest.range;
    // A range is at most 4e9 and a loading 1e9: products fit 63 bits.
    let common = |h: u64| loadings.map(|loading| i64::try_from(h.saturating_mul(loading)).unwrap_or(i64::MAX));
    // h^2 <= 16e18, 1 - loading^2 <= 1e18: the product is below 2^124 and its 1e-18 part below 2^64.
    let own = |h: u64| {
        let square = u128::from(h).saturating_mul(u128::from(h));
        loadings.map(|loading| {
            let shared = u128::from(loading).saturating_mul(u128::from(loading));
            let part = square.saturating_mul(ATTO.saturating_sub(shared)).div_ceil(ATTO);
            u64::try_from(part).unwrap_or(u64::MAX)
        })
    };
    let fall = common(down);
    let [calm, mid, panic] = fall;
    let [calm_up, mid_up, panic_up] = common(up);
    let [floor_down, floor_up] = rest.standalone;
    let [tail_down, tail_up] = rest.tail;
    Coefficients {
        fall,
        skew: [
            calm_up.saturating_sub(calm),
            mid_up.saturating_sub(mid),
            panic_up.saturating_sub(panic),
        ],
        is_skewed: down != up,
        own: [own(down), own(up)],
        single: [floor_down.max(tail_down), floor_up.max(tail_up)],
    }
}

/// The largest slope of [M5] of each factor, in 1e-9.
fn slopes<'a>(
    factors: &[&RiskFactor],
    assets: impl IntoIterator<Item = &'a [FactorIndex]>,
    initial_scale: Ratio,
) -> Result<Vec<u64>, FactorError> {
    let one = Ratio::ONE.raw();
    let mut falls = Vec::with_capacity(factors.len());
    for factor in factors {
        let [fall, _] = scaled(factor, initial_scale)?;
        falls.push(fall);
    }
    let mut slopes: Vec<u64> = falls.iter().map(|fall| one.saturating_sub(*fall)).collect();
    for asset in assets {
        let (mut haircut, mut deep) = (0_u64, 0_u64);
        for index in asset {
            let unknown = FactorError::UnknownFactor(*index);
            let factor = factors.get(usize::from(index.0)).ok_or(unknown)?;
            let fall = falls.get(usize::from(index.0)).ok_or(unknown)?;
            haircut = haircut.saturating_add(*fall);
            deep = deep.saturating_add(u64::from(factor.depth().is_some()));
        }
        let share = one.saturating_sub(haircut).checked_div(deep).unwrap_or(one);
        for index in asset {
            if let Some(slope) = slopes.get_mut(usize::from(index.0)) {
                *slope = share.min(*slope);
            }
        }
    }
    Ok(slopes)
}
