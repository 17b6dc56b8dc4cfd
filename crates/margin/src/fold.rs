//! From the parameters of a factor to the coefficients of a table.

use alloc::vec::Vec;

use cistern_units::{
    Ratio,
    wide::{U256, square_root_wide_up},
};

use crate::{
    FactorError, FactorIndex, RiskFactor, Tail,
    factor::RISE_MAX,
    linear::{COEFFICIENT_BITS, Row},
    option::MOVE,
    table::{ATTO, Rest},
};

/// A tail at a tier, for what is not linear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TailMove {
    /// The move, in 2^-28 of the price, rounded away from none; a fall at most the whole.
    pub(crate) moved: i64,
    /// The part of the loss that must be covered, in 1e-9.
    pub(crate) weight: u64,
}

/// The range of a factor at a tier, in 1e-9: the fall at most 1, the rise at most [`RISE_MAX`].
pub(crate) fn scaled(factor: &RiskFactor, scale: Ratio) -> Result<[u64; 2], FactorError> {
    let range = factor.range();
    // Both products stay below 2^64: a rise and a scale are 4 at the most.
    let down = Ratio::from(range.down).times_up(scale).map_err(|_| FactorError::ScaleTooLarge)?;
    let up = range.up.times_up(scale).map_err(|_| FactorError::RiseTooLarge)?;
    if up > RISE_MAX {
        return Err(FactorError::RiseTooLarge);
    }
    Ok([down.min(Ratio::ONE).raw(), up.raw()])
}

/// The most binary places with which a coefficient of this size, in 1e-9, has [`COEFFICIENT_BITS`].
pub(crate) fn places(largest: u64) -> u32 {
    // A coefficient of one has 30 places; one of 4 has 28, the least; below 2^-30 nothing is left to tell apart.
    let limit = u128::from(NANO_ONE) << COEFFICIENT_BITS;
    let most = limit.checked_div(u128::from(largest)).unwrap_or(limit).max(1);
    most.ilog2().min(PLACES_MAX)
}

const NANO_ONE: u64 = 1_000_000_000;
/// Most binary places of a coefficient.
const PLACES_MAX: u32 = 60;

/// What all coefficients of a table have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fold {
    pub(crate) places: u32,
    /// The floor factor of [M4], in 1e-9.
    pub(crate) floor: u64,
    pub(crate) scale: Ratio,
}

impl Fold {
    /// A number in 1e-18 as a coefficient, rounded up.
    fn up(&self, atto: u128) -> u32 {
        let (quotient, remainder) = self.divide(atto);
        u32::try_from(quotient).unwrap_or(u32::MAX).saturating_add(u32::from(remainder))
    }

    /// The same, rounded down.
    fn down(&self, atto: u128) -> u32 {
        u32::try_from(self.divide(atto).0).unwrap_or(u32::MAX)
    }

    /// The quotient, and whether something is left of it.
    fn divide(&self, atto: u128) -> (u128, bool) {
        let (quotient, remainder) =
            U256::from(atto).wrapping_shl(usize_of(self.places)).div_rem(U256::from(ATTO));
        (u128::try_from(quotient).unwrap_or(u128::MAX), !remainder.is_zero())
    }

    /// [M4] of both sides.
    pub(crate) fn standalone(&self, range: [u64; 2]) -> [u32; 2] {
        range.map(|h| self.up(u128::from(h).saturating_mul(u128::from(self.floor))))
    }

    /// The heaviest tail of each side: scale x weight x the loss, a fall at most the whole: [M6].
    pub(crate) fn tails(&self, factor: &RiskFactor) -> [u32; 2] {
        let range = factor.range();
        let [mut fall, mut rise] = [0, 0];
        for Tail { multiple, weight } in factor.tails() {
            let size = u128::from(multiple.unsigned_abs());
            let (weight, scale) = (u128::from(weight.raw()), u128::from(self.scale.raw()));
            // weight x size <= 1e18 by construction, h <= 4e9, so weight x move <= 4e27; x scale <= 4e9: below 2^124.
            if *multiple < 0 {
                let depth = size.saturating_mul(u128::from(range.down.raw())).min(ATTO);
                let loss = weight.saturating_mul(depth).saturating_mul(scale).div_ceil(ATTO).min(ATTO);
                fall = self.up(loss).max(fall);
            } else {
                let height = size.saturating_mul(u128::from(range.up.raw()));
                let loss = weight.saturating_mul(height).saturating_mul(scale).div_ceil(ATTO);
                rise = self.up(loss).max(rise); // <= the scaled rise
            }
        }
        [fall, rise]
    }

    /// Tails as moves, for what is not linear.
    pub(crate) fn moves(&self, factor: &RiskFactor) -> Vec<TailMove> {
        let range = factor.range();
        let moved = |tail: &Tail| {
            let whole = i128::from(tail.multiple).saturating_mul(if tail.multiple < 0 {
                i128::from(range.down.raw())
            } else {
                i128::from(range.up.raw())
            });
            let least = ATTO.cast_signed().saturating_neg();
            // At most 4e27 by construction: below 2^92, with 28 more places 2^120; a fall is rounded up in size, as a rise.
            let whole = whole.max(least).saturating_mul(1 << MOVE);
            let up = i128::from(whole.saturating_abs().checked_rem(ATTO.cast_signed()) != Some(0));
            let moved = whole.checked_div(ATTO.cast_signed()).unwrap_or(0);
            let moved = moved.saturating_add(up.saturating_mul(moved.signum()));
            let (weight, one) = (u128::from(tail.weight.raw()), u128::from(Ratio::ONE.raw()));
            let weight = weight.saturating_mul(u128::from(self.scale.raw())).div_ceil(one);
            // As for a linear exposure: of a fall the whole must be covered at the most.
            let most = one.saturating_mul(1 << MOVE).div_ceil(moved.unsigned_abs().max(1));
            let weight = if moved < 0 { weight.min(most) } else { weight };
            TailMove {
                moved: i64::try_from(moved).unwrap_or(i64::MAX),
                weight: u64::try_from(weight).unwrap_or(u64::MAX),
            }
        };
        factor.tails().iter().map(moved).collect()
    }

    /// The rows of a factor, for long and for short exposures.
    pub(crate) fn rows(&self, factor: &RiskFactor, rest: &Rest) -> [Row; 2] {
        let band = factor.loading();
        let loadings =
            [band.calm, band.calm.middle_up(band.panic), band.panic].map(|loading| u128::from(loading.raw()));
        let [down, up] = rest.range.map(u128::from);
        let lanes = |last: u32, of: &dyn Fn(u128) -> u32| {
            let [calm, mid, panic] = loadings.map(|loading| u64::from(of(loading)));
            [calm, mid, panic, u64::from(last)]
        };
        let [floor_down, floor_up] = rest.standalone;
        let [tail_down, tail_up] = rest.tail;
        let long = Row {
            fall: lanes(0, &|loading| self.up(down.saturating_mul(loading))),
            rise: lanes(0, &|loading| self.down(up.saturating_mul(loading))),
            own: lanes(floor_down.max(tail_down), &|loading| self.own(down, loading)),
        };
        let short = Row {
            fall: lanes(0, &|loading| self.down(down.saturating_mul(loading))),
            rise: lanes(0, &|loading| self.up(up.saturating_mul(loading))),
            own: lanes(floor_up.max(tail_up), &|loading| self.own(up, loading)),
        };
        [long, short]
    }

    /// `h sqrt(1 - loading^2)`, rounded up.
    fn own(&self, h: u128, loading: u128) -> u32 {
        let free = ATTO.saturating_sub(loading.saturating_mul(loading));
        // (1e-9 h)^2 x free x 2^(2 places): below 2^64 x 2^60 x 2^120 = 2^244; in 1e-36 of the square.
        let square = U256::from(h.saturating_mul(h)).wrapping_mul(U256::from(free));
        let square = square.wrapping_shl(usize_of(self.places.saturating_mul(2)));
        let unit = U256::from(ATTO).wrapping_mul(U256::from(ATTO));
        let root = square_root_wide_up(square.div_ceil(unit)).unwrap_or(u128::MAX);
        u32::try_from(root).unwrap_or(u32::MAX)
    }
}

fn usize_of(places: u32) -> usize {
    usize::try_from(places).unwrap_or(0)
}

/// The largest slope of [M5] of each factor, in 1e-9.
pub(crate) fn slopes<'a>(
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
