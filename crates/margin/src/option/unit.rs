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

/// How far scales may be moved up in 64 bits with a sign: the largest is 2^42.
const LIFT_MAX: u32 = 63 - 43;

/// Legs in the account's unit.
#[derive(Clone, Copy)]
pub(super) struct Unit<'a> {
    curves: &'a Curves,
    legs: OptionLegs<'a>,
    /// A raw weight, in 2^-36 x 1e-8 dollars, moved down by this is in units.
    shift: i32,
    /// If all sizes have 64 bits, and as many when scales are moved up by this: units are then the upper half of a product.
    lift: Option<u32>,
    /// What the linear legs alone can lose one by one at least, in 1e-8 dollars, rounded down.
    least: u128,
    /// What rounding may have hidden, in units.
    doubt: i64,
}

impl<'a> Unit<'a> {
    /// The unit of an account with these legs.
    #[inline(always)]
    pub(super) fn of(curves: &'a Curves, legs: OptionLegs<'a>, gross: Gross) -> Self {
        let least = (gross.linear >> SCALE).wrapping_mul(curves.narrow.into()) >> NARROW; // below 2^92 x 2^16
        let bits = (128 - gross.raw.leading_zeros()) as i32;
        let shift = (bits - UNIT_BITS as i32).max(-40);
        let lift = 64_i32.wrapping_sub(shift) as u32;
        let lift = (lift <= LIFT_MAX && !gross.has_wide).then_some(lift);
        let doubt = DOUBT.wrapping_add(DOUBT_LEG.wrapping_mul(legs.len() as i64));
        Self { curves, legs, shift, lift, least, doubt }
    }

    /// A leg in units.
    #[inline(always)]
    pub(super) fn weight(&self, size: i128, scale: u64) -> i64 {
        if let Some(lift) = self.lift {
            return ((i128::from(size as i64) * i128::from(scale.wrapping_shl(lift) as i64)) >> 64) as i64;
        }
        let raw = size.wrapping_mul(scale.into()); // below 2^72 x 2^42
        if self.shift >= 0 { (raw >> self.shift) as i64 } else { (raw << -self.shift) as i64 }
    }

    /// A loss of the account with what rounding may have hidden, in 1e-8 dollars, rounded up; never more than all legs can
    /// lose one by one, which only a loss that is not far below them has to ask for.
    #[inline(always)]
    pub(super) fn joint_up(&self, units: i64) -> u128 {
        let units = units.max(0).wrapping_add(self.doubt) as u64; // below 2^33
        let places = (SCALE as i32).wrapping_sub(self.shift);
        let value = match places {
            0.. => u128::from(units.div_ceil(1 << places.min(63))),
            -30..0 => u128::from(units << (-places & 63)),
            _ => u128::from(units) << (-places & 127), // a raw weight has less than 128 bits
        };
        if value <= self.least { value } else { value.min(most(self.curves, self.legs)) }
    }
}

/// What each leg can lose at the most, added up, in 1e-8 dollars, rounded up.
#[cold]
#[inline(never)]
fn most(curves: &Curves, legs: OptionLegs<'_>) -> u128 {
    let mut most = 0_u128;
    for (index, signed) in legs.linear {
        let Some(line) = curves.lines.get(usize::from(index.0)) else { continue }; // `of` has found it
        let worst = line.worst[usize::from(*signed < 0)];
        most = most.wrapping_add(signed.unsigned_abs().wrapping_mul(worst.into())); // below 2^72 x 2^39
    }
    most = most.div_ceil(1 << SCALE);
    for (index, signed) in legs.options {
        let Some(curve) = curves.curve(*index) else { continue }; // as above
        let size = signed.unsigned_abs();
        // Halves of 36 bits, of which a product with the worst has 97.
        let worst = u128::from(curve.worst[usize::from(*signed < 0)]);
        let [high, low] = [size >> 36, size & ((1 << 36) - 1)].map(|half| half.wrapping_mul(worst));
        let lost = high.wrapping_add(low.div_ceil(1 << 36));
        most = most.wrapping_add(lost.div_ceil(1 << (WORST - 36)));
    }
    most
}

/// What legs can lose one by one, in 2^-36 x 1e-8 dollars: see [`LEGS_MAX`].
#[derive(Default)]
pub(super) struct Gross {
    /// Linear legs.
    linear: u128,
    /// All of them.
    raw: u128,
    /// Has one of them more than 64 bits?
    has_wide: bool,
}

impl Gross {
    /// Adds up the legs of an account, and checks them.
    #[inline(always)]
    pub(super) fn of(curves: &Curves, legs: OptionLegs<'_>) -> Result<Self, LegError> {
        if legs.len() > LEGS_MAX {
            return Err(LegError::TooLarge);
        }
        let mut gross = Self::default();
        for (index, signed) in legs.linear {
            let line = curves.lines.get(usize::from(index.0)).ok_or(LegError::UnknownFactor(*index))?;
            gross.add(*signed, line.scale)?;
        }
        gross.linear = gross.raw;
        for (index, signed) in legs.options {
            let curve = curves.curve(*index).ok_or(LegError::UnknownSeries(*index))?;
            gross.add(*signed, curve.scale)?;
        }
        Ok(gross)
    }

    /// Adds a leg of this size.
    #[inline(always)]
    fn add(&mut self, signed: i128, scale: u64) -> Result<(), LegError> {
        // The upper half only carries the sign of the lower one.
        let is_narrow = ((signed >> 64) as u64).wrapping_add(signed as u64 >> 63) == 0;
        let raw = if is_narrow {
            u128::from((signed as i64).unsigned_abs()).wrapping_mul(scale.into())
        } else {
            self.has_wide = true;
            wide_product(signed.unsigned_abs(), scale)?
        };
        self.raw = self.raw.wrapping_add(raw);
        Ok(())
    }
}

/// The size of a leg that has more than 64 bits, or too many, times a scale.
#[cold]
#[inline(never)]
fn wide_product(size: u128, scale: u64) -> Result<u128, LegError> {
    if size < LEG_MAX { Ok(size.wrapping_mul(scale.into())) } else { Err(LegError::TooLarge) }
}
