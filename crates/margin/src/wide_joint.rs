//! [M1] to [M4] of an account of any size, with every part of the answer: the slow path, and the narrow one's check.

use cistern_units::{Value, wide::square_root_wide_up};
use ruint::Uint;

use crate::{
    End, EndLoss, MarginError,
    addon::EXPOSURE_MAX,
    portfolio::Exposure,
    table::{ATTO, FactorTable, Side},
};

/// Widest number of this path: a sum of at most 2^12 products of 95 and 62 bits, squared, is below 2^338.
type U512 = Uint<512, 8>;

/// The losses of one account that offsets decide, each rounded up by itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WideLoss {
    pub(crate) ends: [EndLoss; 3],
    /// The worst of them.
    pub(crate) worst: EndLoss,
    /// [M4]
    pub(crate) standalone: Value,
    /// [M6]
    pub(crate) tails: Value,
}

/// Sums over the factors at one end.
#[derive(Default)]
struct EndSums {
    /// What is lost and what is gained where everything falls, in 1e-26 dollars.
    fall: [U512; 2],
    /// What is lost and what is gained where everything rises.
    rise: [U512; 2],
    /// Own variances, in (1e-8 dollars)^2 x 1e-18.
    own: U512,
}

/// The losses of an account.
///
/// # Errors
/// [`MarginError::Overflow`] from [`EXPOSURE_MAX`] on, [`MarginError::UnknownFactor`].
pub(crate) fn loss(table: &FactorTable, exposures: &[Exposure]) -> Result<WideLoss, MarginError> {
    let mut sums: [EndSums; 3] = Default::default();
    let (mut standalone, mut tails) = (U512::ZERO, U512::ZERO);
    for exposure in exposures {
        let unknown = MarginError::UnknownFactor(exposure.factor);
        let index = usize::from(exposure.factor.0);
        let folded = table.coefficients.get(index).ok_or(unknown)?;
        let rest = table.rest.get(index).ok_or(unknown)?;
        let size = exposure.net.unsigned_abs();
        if size >= EXPOSURE_MAX {
            return Err(MarginError::Overflow);
        }
        let size = U512::from(size);
        let hurts = Side::of(exposure.net);
        let own = hurts.pick(folded.own);
        for ((sums, own), (fall, skew)) in
            sums.iter_mut().zip(own).zip(folded.fall.into_iter().zip(folded.skew))
        {
            let rise = fall.saturating_add(skew); // h_up x loading, at most 4e18
            sums.add(size, hurts, [fall, rise]);
            sums.own = sums.own.wrapping_add(size.wrapping_mul(size).wrapping_mul(U512::from(own)));
        }
        standalone = standalone.max(size.wrapping_mul(U512::from(hurts.pick(rest.standalone))));
        tails = tails.max(size.wrapping_mul(U512::from(hurts.pick(rest.tail))));
    }
    let [calm, mid, panic] = sums;
    let (calm, calm_square) = calm.loss(End::Calm)?;
    let (mid, mid_square) = mid.loss(End::Mid)?;
    let (panic, panic_square) = panic.loss(End::Panic)?;
    let mut worst = (calm, calm_square);
    for end in [(mid, mid_square), (panic, panic_square)] {
        if end.1 > worst.1 {
            worst = end;
        }
    }
    Ok(WideLoss {
        ends: [calm, mid, panic],
        worst: worst.0,
        standalone: value_up(standalone)?,
        tails: value_up(tails)?,
    })
}

impl EndSums {
    /// Adds an exposure with its `[h_down, h_up] * loading`.
    fn add(&mut self, size: U512, hurts: Side, [fall, rise]: [i64; 2]) {
        let (falls, rises) = match hurts {
            Side::Fall => {
                let ([lost, _], [_, gained]) = (&mut self.fall, &mut self.rise);
                (lost, gained)
            }
            Side::Rise => {
                let ([_, gained], [lost, _]) = (&mut self.fall, &mut self.rise);
                (gained, lost)
            }
        };
        *falls = falls.wrapping_add(size.wrapping_mul(U512::from(fall.unsigned_abs())));
        *rises = rises.wrapping_add(size.wrapping_mul(U512::from(rise.unsigned_abs())));
    }

    /// The loss at this end, and its exact square in (1e-26 dollars)^2: [M1], [M2], [M3].
    fn loss(self, end: End) -> Result<(EndLoss, U512), MarginError> {
        let [lost_in_fall, gained_in_fall] = self.fall;
        let [lost_in_rise, gained_in_rise] = self.rise;
        let falls = lost_in_fall.saturating_sub(gained_in_fall);
        let rises = lost_in_rise.saturating_sub(gained_in_rise);
        let common = falls.max(rises);
        let level = match (falls.is_zero(), rises.is_zero()) {
            (true, true) => 0,
            _ if falls >= rises => -1,
            _ => 1,
        };
        let own = self.own.wrapping_mul(U512::from(ATTO));
        let square = common.wrapping_mul(common).wrapping_add(own);
        let loss =
            EndLoss { end, common: value_up(common)?, idio: root_up(own)?, joint: root_up(square)?, level };
        Ok((loss, square))
    }
}

/// A value in 1e-8 dollars from 1e-26 dollars, rounded up.
fn value_up(exact: U512) -> Result<Value, MarginError> {
    let rounded = u128::try_from(exact.div_ceil(U512::from(ATTO))).map_err(|_| MarginError::Overflow)?;
    Ok(Value::positive(rounded)?)
}

/// A value in 1e-8 dollars from its square in (1e-26 dollars)^2, rounded up.
fn root_up(square: U512) -> Result<Value, MarginError> {
    let scaled = square.div_ceil(U512::from(ATTO.saturating_mul(ATTO))); // 1e36 < 2^120
    // Below 2^338 / 2^119.
    let root = square_root_wide_up(Uint::from(scaled)).ok_or(MarginError::Overflow)?;
    Ok(Value::positive(root)?)
}
