//! What an account with options loses by the tails of one factor, everything else where it is: [M6].
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "products of legs below 2^72 with losses below 2^60 at the most; each line names the bound that makes it safe"
)]

use super::{
    curve::Curves,
    grid::MOVE,
    joint::{LegError, OptionLegs},
};
use crate::FactorIndex;

/// One, in 1e-9.
const NANO: u128 = 1_000_000_000;

/// The heaviest tail of all factors, in 1e-8 dollars, rounded up.
///
/// # Errors
/// As [`super::OptionBook::loss`].
pub(crate) fn tails(curves: &Curves, legs: OptionLegs<'_>) -> Result<u128, LegError> {
    let mut heaviest = 0;
    for (place, moves) in curves.tails.iter().enumerate() {
        for (tail, moved) in moves.iter().enumerate() {
            let mut lost = 0_i128;
            for (index, size) in legs.linear {
                if *index == FactorIndex(place as u16) {
                    lost = lost.checked_sub(product(*size, moved.moved)?).ok_or(LegError::TooLarge)?;
                }
            }
            for (index, size) in legs.options {
                let curve = curves.curve(*index).ok_or(LegError::UnknownSeries(*index))?;
                if curve.underlying == place {
                    let [long, short] = curve.tails.get(tail).copied().unwrap_or_default();
                    let by = product(*size, if *size < 0 { -short } else { long })?;
                    lost = lost.checked_add(by).ok_or(LegError::TooLarge)?;
                }
            }
            let lost = lost.max(0).unsigned_abs().div_ceil(1 << MOVE).checked_mul(u128::from(moved.weight));
            heaviest = lost.ok_or(LegError::TooLarge)?.div_ceil(NANO).max(heaviest);
        }
    }
    Ok(heaviest)
}

/// A leg times a loss, in 2^-28.
fn product(size: i128, loss: i64) -> Result<i128, LegError> {
    size.checked_mul(loss.into()).ok_or(LegError::TooLarge)
}
