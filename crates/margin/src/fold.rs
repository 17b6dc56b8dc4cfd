//! From the parameters of a factor to the coefficients of a table.

use alloc::vec::Vec;

use cistern_units::Ratio;

use crate::{
    FactorError, FactorIndex, RiskFactor, Tail,
    factor::RISE_MAX,
    table::{ATTO, Coefficients, Rest},
};

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

/// The heaviest tail of each side, in 1e-18, rounded up: scale x weight x the loss, a fall at most the whole: [M6].
pub(crate) fn tails(factor: &RiskFactor, scale: Ratio) -> [u64; 2] {
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
pub(crate) fn coefficients(factor: &RiskFactor, rest: &Rest) -> Coefficients {
    let band = factor.loading();
    let loadings =
        [band.calm, band.calm.middle_up(band.panic), band.panic].map(|loading| u64::from(loading.raw()));
    let [down, up] = rest.range;
    // A range is at most 4e9 and a loading 1e9: products fit 63 bits.
    let common =
        |h: u64| loadings.map(|loading| i64::try_from(h.saturating_mul(loading)).unwrap_or(i64::MAX));
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
        skew: [calm_up.saturating_sub(calm), mid_up.saturating_sub(mid), panic_up.saturating_sub(panic)],
        is_skewed: down != up,
        own: [own(down), own(up)],
        single: [floor_down.max(tail_down), floor_up.max(tail_up)],
    }
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
