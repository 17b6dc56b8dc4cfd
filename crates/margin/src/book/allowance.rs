//! How far the columns may be from the exact numbers of whoever fills them.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "values have 117 bits and are cut to 80; each line names the bound that makes it safe"
)]

use cistern_units::{Overflow, Value};

use super::{Book, Lots, Row};

/// What one rounding takes at the most, in 1e-8 dollars: of a leg its value, its funding, its part of cash.
const LEG: u128 = 8;
/// An account whose exposures reach this has no allowance; the columns could not judge it.
const GROSS_MAX: u128 = 1 << 80;

impl Book {
    /// What an account of exact values may have less above its requirement than the columns say of these lots, at the prices
    /// of now: the rounding of requirements in risk lots, see [`crate::Portfolio::requirement`], and of each leg.
    ///
    /// Lots that are rounded against the account, what is owned down and what is owed up, are on the safe side by themselves:
    /// a deposit never lowers what is free.
    ///
    /// # Errors
    /// [`Overflow`] from 2^80 x 1e-8 dollars of exposures on.
    pub fn allowance(&self, row: &Row<'_>) -> Result<Value, Overflow> {
        let (mut gross, mut legs, mut factors) = (0_u128, 0_u128, 4_u128);
        for Lots { instrument, lots } in row.balances.iter().chain(row.positions) {
            let place = usize::from(instrument.0);
            let (Some(spec), Some(now)) = (self.specs.get(place), self.instruments.get(place)) else {
                continue;
            };
            let width = u128::try_from(spec.factors.len()).map_err(|_| Overflow)?;
            // 117 bits at the most, times a few.
            gross =
                gross.checked_add((now.quote.product(*lots).unsigned_abs() + 1) * width).ok_or(Overflow)?;
            legs += 1;
            factors += width;
        }
        if gross >= GROSS_MAX {
            return Err(Overflow);
        }
        // The largest range is below 2^(30 - places): (n + 4) 2^-28 of the exposures times it.
        let bound = gross * factors;
        let joint = match 2_i64 - i64::from(self.table.places) {
            up @ 0.. => bound.checked_mul(1 << up.min(64)).ok_or(Overflow)?,
            down => (bound >> down.unsigned_abs().min(127)) + 1,
        };
        Value::positive(joint + (legs + factors) * LEG)
    }
}
