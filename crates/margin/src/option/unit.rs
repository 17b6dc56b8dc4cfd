//! What an account with options is counted in.
//!
//! An account is measured in units of its own: all that its legs can lose, one by one, is below 2^29 of them. Sums of
//! losses at all nodes then fit 32 bits, and a root or a product 64.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "sums and products of legs; each line names the bound that makes it safe"
)]

use super::{
    curve::{Curves, NARROW, SCALE, WORST},
    joint::{LEG_MAX, LEGS_MAX, LegError, OptionLegs},
};

/// What all legs of an account can lose, one by one, in its units: below 2^29.
const UNIT_BITS: u32 = 29;
/// What rounding may have hidden, in units: of each leg, its weight and its curve count one each at most at the base and
/// at two nodes, a line of four at the most; and of the sums.
const DOUBT_LEG: i64 = 20;
const DOUBT: i64 = 24;

/// Legs in the account's unit.
#[derive(Clone, Copy)]
pub(super) struct Unit<'a> {
    curves: &'a Curves,
    legs: OptionLegs<'a>,
    /// A raw weight, in 2^-36 x 1e-8 dollars, moved down by this is in units.
    shift: i32,
    /// What the linear legs alone can lose one by one at least, in 1e-8 dollars, rounded down.
    least: u128,
    /// What rounding may have hidden, in units.
    doubt: i64,
}

impl<'a> Unit<'a> {
    /// Finds the unit of an account, and checks its legs.
    #[inline(always)]
    pub(super) fn of(curves: &'a Curves, legs: OptionLegs<'a>) -> Result<Self, LegError> {
        let count = legs.linear.len() + legs.options.len();
        if count > LEGS_MAX {
            return Err(LegError::TooLarge);
        }
        let mut raw = 0_u128; // see LEGS_MAX
        for (index, signed) in legs.linear {
            let line = curves.lines.get(usize::from(index.0)).ok_or(LegError::UnknownFactor(*index))?;
            raw = raw.wrapping_add(size(*signed)?.wrapping_mul(line.scale.into()));
        }
        let least = (raw >> SCALE).wrapping_mul(curves.narrow.into()) >> NARROW; // below 2^92 x 2^16
        for (index, signed) in legs.options {
            let curve = curves.curve(*index).ok_or(LegError::UnknownSeries(*index))?;
            raw = raw.wrapping_add(size(*signed)?.wrapping_mul(curve.scale.into()));
        }
        let bits = (128 - raw.leading_zeros()) as i32;
        let doubt = DOUBT + DOUBT_LEG * count as i64;
        Ok(Self { curves, legs, shift: (bits - UNIT_BITS as i32).max(-40), least, doubt })
    }

    /// What each leg can lose at the most, added up, in 1e-8 dollars, rounded up.
    #[cold]
    fn most(self) -> u128 {
        let mut most = 0_u128;
        for (index, signed) in self.legs.linear {
            let Some(line) = self.curves.lines.get(usize::from(index.0)) else { continue }; // `of` has found it
            let worst = line.worst[usize::from(*signed < 0)];
            most = most.wrapping_add(signed.unsigned_abs().wrapping_mul(worst.into())); // below 2^72 x 2^39
        }
        most = most.div_ceil(1 << SCALE);
        for (index, signed) in self.legs.options {
            let Some(curve) = self.curves.curve(*index) else { continue }; // as above
            let size = signed.unsigned_abs();
            // Halves of 36 bits, of which a product with the worst has 97.
            let worst = u128::from(curve.worst[usize::from(*signed < 0)]);
            let [high, low] = [size >> 36, size & ((1 << 36) - 1)].map(|half| half.wrapping_mul(worst));
            let lost = high.wrapping_add(low.div_ceil(1 << 36));
            most = most.wrapping_add(lost.div_ceil(1 << (WORST - 36)));
        }
        most
    }

    /// A leg in units.
    #[inline(always)]
    pub(super) fn weight(self, size: i128, scale: u64) -> i64 {
        let raw = size.wrapping_mul(scale.into()); // below 2^72 x 2^42
        match self.shift {
            0..64 => (raw >> (self.shift & 63)) as i64, // by one instruction, for all but the smallest and the largest
            64.. => (raw >> self.shift) as i64,
            _ => (raw << -self.shift) as i64,
        }
    }

    /// A loss of the account with what rounding may have hidden, in 1e-8 dollars, rounded up; never more than all legs can
    /// lose one by one, which only a loss that is not far below them has to ask for.
    #[inline(always)]
    pub(super) fn joint_up(self, units: i64) -> u128 {
        let units = units.max(0).wrapping_add(self.doubt) as u128; // below 2^33
        let places = SCALE as i32 - self.shift;
        let value = match places {
            0.. => units.div_ceil(1 << places.min(127)),
            _ => units << -places,
        };
        if value <= self.least { value } else { value.min(self.most()) }
    }
}

/// The size of a leg.
#[inline(always)]
fn size(signed: i128) -> Result<u128, LegError> {
    let size = signed.unsigned_abs();
    if size < LEG_MAX { Ok(size) } else { Err(LegError::TooLarge) }
}
