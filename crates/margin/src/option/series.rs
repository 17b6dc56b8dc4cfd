//! An option series, and how far its volatility moves: [B2].
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "fixed-point steps; each line names the bound that makes it safe"
)]

use core::fmt;

use cistern_units::{Fraction, Price, Ratio, Span};

use super::{
    black::{Style, black},
    real::{PLACES, Real, exp, ln_ratio},
};
use crate::FactorIndex;

/// Largest implied volatility of a series: 1,000 % a year.
pub const VOL_MAX: Ratio = Ratio::new(10_000_000_000);
/// Longest time to an expiry: ten years.
pub const LEFT_MAX: Span = Span::milliseconds(10 * Span::YEAR.as_milliseconds());
/// Largest ratio of strike and forward, either way: no venue lists beyond.
pub const STRIKE_RATIO_MAX: u128 = 32;
/// Expiries up to here are front expiries, later ones back expiries: their volatilities also move apart.
pub const FRONT_MAX: Span = Span::milliseconds(30 * Span::DAY.as_milliseconds());
/// The strikes of expiries up to here are nodes of every account with options on the underlying.
pub const SHORT_MAX: Span = Span::milliseconds(2 * Span::DAY.as_milliseconds());

/// Dense index of a series in [`super::Curves`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesIndex(pub u16);

/// A listed option: everything that its value depends on, and the value at which equity counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Series {
    /// The factor that its underlying moves with.
    pub underlying: FactorIndex,
    /// Call or put.
    pub style: Style,
    /// The price of the underlying at the expiry.
    pub forward: Price,
    /// The strike, within [`STRIKE_RATIO_MAX`] of the forward.
    pub strike: Price,
    /// Time to expiry, at most [`LEFT_MAX`].
    pub left: Span,
    /// Implied volatility of a year, at most [`VOL_MAX`].
    pub vol: Ratio,
    /// The part of a move of the underlying that moves the forward: all of it, but where an average has begun.
    pub moving: Fraction,
    /// The value of one option in equity, in 1e-12 dollars, at most the larger of forward and strike.
    pub mark: u128,
}

/// Why a set of numbers does not describe a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeriesError {
    /// An underlying that is not in the table of factors.
    UnknownFactor(FactorIndex),
    /// A strike beyond [`STRIKE_RATIO_MAX`] times the forward, or below its inverse.
    StrikeOutOfRange,
    /// A volatility above [`VOL_MAX`].
    VolTooHigh,
    /// An expiry beyond [`LEFT_MAX`].
    ExpiryTooFar,
    /// A mark above the larger of forward and strike.
    MarkTooHigh,
    /// More series than an index holds.
    TooManySeries,
}

impl fmt::Display for SeriesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownFactor(index) => {
                write!(f, "the underlying: there is no factor {} in the table", index.0)
            }
            Self::StrikeOutOfRange => {
                write!(
                    f,
                    "a strike lies between 1/{STRIKE_RATIO_MAX} of its forward and {STRIKE_RATIO_MAX} times it"
                )
            }
            Self::VolTooHigh => {
                write!(f, "an implied volatility may be {VOL_MAX} at the most; 1 is 100 % a year")
            }
            Self::ExpiryTooFar => write!(f, "an expiry may be {LEFT_MAX} away at the most"),
            Self::MarkTooHigh => f.write_str(
                "the mark of an option exceeds both its forward and its strike; give it in 1e-12 dollars",
            ),
            Self::TooManySeries => write!(f, "{} series at the most; drop those that have settled", u16::MAX),
        }
    }
}

impl core::error::Error for SeriesError {}

impl Series {
    /// A series that equity counts at its value, rounded down: [B1].
    #[must_use]
    pub fn at_value(self) -> Self {
        let value = black(self.style, self.forward.raw(), self.strike.raw(), self.vol, self.left);
        Self { mark: value.low, ..self }
    }

    /// Is every number within its limits?
    ///
    /// # Errors
    /// The limit that is exceeded.
    pub fn check(&self) -> Result<(), SeriesError> {
        let (forward, strike) = (self.forward.raw(), self.strike.raw()); // below 2^80
        if strike > forward * STRIKE_RATIO_MAX || forward > strike * STRIKE_RATIO_MAX {
            return Err(SeriesError::StrikeOutOfRange);
        }
        if self.vol > VOL_MAX {
            return Err(SeriesError::VolTooHigh);
        }
        if self.left > LEFT_MAX {
            return Err(SeriesError::ExpiryTooFar);
        }
        if self.mark > forward.max(strike) {
            return Err(SeriesError::MarkTooHigh);
        }
        Ok(())
    }

    /// Does its expiry count as a front expiry?
    #[must_use]
    pub fn is_front(&self) -> bool {
        self.left <= FRONT_MAX
    }
}

/// [B2] Implied volatility after its fall and after its rise: -30 % and +50 %, times `(30 / days)^0.30` up to 30 days and
/// `^0.13` beyond, a day at the least. Rounded outward; a tier does not scale it.
#[must_use]
pub fn shocked(vol: Ratio, left: Span) -> [Ratio; 2] {
    /// The fall and the rise at 30 days, in 1e-9.
    const SHOCK: [u128; 2] = [300_000_000, 500_000_000];
    let left = left.max(Span::DAY);
    let power: i128 = if left <= FRONT_MAX { 30 } else { 13 };
    let ratio =
        ln_ratio(FRONT_MAX.as_milliseconds().into(), left.as_milliseconds().into()).unwrap_or_default();
    let exponent = (i128::from(ratio.0) * power / 100) as i64; // within ±5
    let weight = exp(Real(exponent)) + (1 << 8); // in 2^-62, below 2^64; its error is below 2^-55 x 2.8
    let [down, up] =
        SHOCK.map(|shock| (u128::from(vol.raw()) * shock / 1_000_000_000 * weight).div_ceil(1 << PLACES) + 1);
    // vol is a u64, the shock at most 1.4 times it, for one that passes the check below 2^35.
    let fallen = u128::from(vol.raw()).saturating_sub(down);
    let risen = u128::from(vol.raw()) + if vol.raw() == 0 { 0 } else { up };
    [fallen, risen].map(|vol| Ratio::new(u64::try_from(vol).unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(quarters: u64) -> Span {
        Span::milliseconds(quarters * Span::DAY.as_milliseconds() / 4)
    }

    #[test]
    fn a_volatility_moves_more_the_nearer_its_expiry() {
        // [B2] 7.5 days: 4^0.3 = 1.51571657: from 80 % to 43.6228 % and to 140.6287 %.
        let [down, up] = shocked(Ratio::new(800_000_000), days(30));
        assert_eq!((down.raw() / 1_000, up.raw() / 1_000), (436_228, 1_406_286));
        // 30 days: -30 %, +50 %.
        let [down, up] = shocked(Ratio::ONE, days(120));
        assert!(down.raw().abs_diff(700_000_000) <= 2 && up.raw().abs_diff(1_500_000_000) <= 2);
        // 120 days: 4^-0.13 = .835088.
        let [_, up] = shocked(Ratio::ONE, days(480));
        assert_eq!(up.raw() / 1_000, 1_417_543);
        // A day at the least: 30^0.3 = 2.774, so that the fall leaves a sixth.
        assert_eq!(shocked(Ratio::ONE, Span::ZERO), shocked(Ratio::ONE, Span::DAY));
        assert_eq!(shocked(Ratio::ONE, Span::ZERO)[0].raw() / 1_000_000, 167);
        assert_eq!(shocked(Ratio::ZERO, Span::DAY), [Ratio::ZERO; 2]);
    }

    #[test]
    fn a_series_out_of_range_is_refused() {
        let price = |dollars: u128| Price::new(dollars * 1_000_000_000_000).unwrap();
        let sound = Series {
            underlying: FactorIndex(0),
            style: Style::Call,
            forward: price(100),
            strike: price(100),
            left: Span::DAY,
            vol: Ratio::ONE,
            moving: Fraction::ONE,
            mark: 0,
        };
        assert_eq!(sound.check(), Ok(()));
        for strike in [price(3), price(3_201)] {
            assert_eq!(Series { strike, ..sound }.check(), Err(SeriesError::StrikeOutOfRange));
        }
        let vol = Ratio::new(VOL_MAX.raw() + 1);
        assert_eq!(Series { vol, ..sound }.check(), Err(SeriesError::VolTooHigh));
        let left = Span::milliseconds(LEFT_MAX.as_milliseconds() + 1);
        assert_eq!(Series { left, ..sound }.check(), Err(SeriesError::ExpiryTooFar));
        let mark = price(100).raw() + 1;
        assert_eq!(Series { mark, ..sound }.check(), Err(SeriesError::MarkTooHigh));
    }
}
