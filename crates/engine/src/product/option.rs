//! European options, settled in cash: their mark from the forward and the surface [E2], and the series that [M3o] revalues.

use cistern_margin::{
    FactorIndex,
    option::{LEFT_MAX, STRIKE_RATIO_MAX, Series, VOL_MAX, black, ln_ratio},
};
use cistern_units::{Fraction, Price, Ratio, Span, Time, wide};

use crate::{
    act::{Product, Smile, Style},
    product::settlement,
    rows::Expiry,
};

/// What an option is, and what its value depends on besides the forward, at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) style: Style,
    pub(crate) strike: Price,
    /// Volatility by how far the strike is from the forward.
    pub(crate) smile: Smile,
    /// Time to the expiry.
    pub(crate) left: Span,
    /// The part of the settlement price that still moves [E1].
    pub(crate) moving: Fraction,
}

impl Terms {
    /// Terms of a product now; none of another product, and none before the first surface.
    #[must_use]
    pub(crate) fn of(product: &Product, row: &Expiry, now: Time) -> Option<Self> {
        let Product::Option { expiry, strike, style, .. } = *product else { return None };
        let (smile, left) = (row.surface.smile?, expiry.since(now));
        Some(Self { style, strike, smile, left, moving: settlement::moving(row) })
    }

    /// The implied volatility at a forward [E2].
    ///
    /// The smile has five points: the money, and one and two deviations (`volatility at the money x root of time`) of
    /// `ln(strike / forward)` to each side; straight lines between, flat beyond; rounded down.
    #[must_use]
    pub(crate) fn vol(&self, forward: Price) -> Ratio {
        let points = self.smile.points().map(|vol| i128::from(vol.raw()));
        let [.., last] = points;
        // From 0 at the lowest point to 4 at the highest.
        let place = self.deviations(forward).saturating_add(TWO).clamp(0, TWO.saturating_mul(2));
        let (step, part) = (place.div_euclid(ONE), place.rem_euclid(ONE));
        let at = |step: i128| usize::try_from(step).ok().and_then(|step| points.get(step)).copied();
        let from = at(step).unwrap_or(last);
        let to = at(step.saturating_add(1)).unwrap_or(last);
        let moved = to.saturating_sub(from).saturating_mul(part).div_euclid(ONE);
        Ratio::new(u64::try_from(from.saturating_add(moved)).unwrap_or(0))
    }

    /// `ln(strike / forward)` in deviations, in 1e-9; far away where there is no time or volatility.
    fn deviations(&self, forward: Price) -> i128 {
        let Some(distance) = ln_ratio(self.strike.raw(), forward.raw()) else { return 0 };
        // A logarithm of prices is below 2^7 in 2^-56, and 1e18 is below 2^60.
        let distance = i128::from(distance.0).saturating_mul(ONE.saturating_mul(ONE)) >> LN_PLACES;
        let at_the_money = u128::from(self.smile.money.raw());
        // Below 2^34 each, and 2^38 milliseconds in ten years.
        let variance = at_the_money.saturating_mul(at_the_money);
        let variance = variance.saturating_mul(u128::from(self.left.as_milliseconds()));
        let deviation = variance.div_euclid(u128::from(Span::YEAR.as_milliseconds())).isqrt();
        let deviation = i128::try_from(deviation).unwrap_or(i128::MAX);
        distance.checked_div(deviation).unwrap_or_else(|| distance.signum().saturating_mul(TWO))
    }

    /// The value of one option at a forward, from below and above, in raw price units [E2].
    ///
    /// What was averaged of the settlement price moves no more: the volatility falls with the part that is left.
    #[must_use]
    pub(crate) fn value(&self, forward: Price) -> (u128, u128) {
        let vol = self.moving_vol(forward);
        let value = black(self.style.into(), forward.raw(), self.strike.raw(), vol, self.left);
        (value.low, value.high)
    }

    /// Its volatility at a forward, with the part of the average that still moves.
    #[must_use]
    fn moving_vol(&self, forward: Price) -> Ratio {
        let vol = wide::multiply_scale_down(
            u128::from(self.vol(forward).raw()),
            u128::from(self.moving.raw()),
            Fraction::PLACES,
        );
        Ratio::new(vol.and_then(|vol| u64::try_from(vol).ok()).unwrap_or(0))
    }

    /// The series that the margin model revalues, at a forward: [M3o].
    ///
    /// Its time to expiry has eleven binary digits, rounded up, so that a curve holds for more than a moment; a strike far
    /// beyond what is listed counts as the furthest.
    #[must_use]
    pub(crate) fn series(&self, underlying: FactorIndex, forward: Price) -> Series {
        let (least, most) =
            (forward.raw().div_ceil(STRIKE_RATIO_MAX), forward.raw().saturating_mul(STRIKE_RATIO_MAX));
        let left = self.left.as_milliseconds();
        let step =
            1_u64.unbounded_shl(u64::BITS.saturating_sub(left.leading_zeros()).saturating_sub(LEFT_BITS));
        let left = Span::milliseconds(left.checked_next_multiple_of(step).unwrap_or(left));
        Series {
            underlying,
            style: self.style.into(),
            forward,
            strike: Price::clamped(self.strike.raw().clamp(least, most)),
            left: left.min(LEFT_MAX),
            vol: self.moving_vol(forward).min(VOL_MAX),
            moving: self.moving,
            mark: 0,
        }
        .at_value()
    }
}

/// One and two deviations, in 1e-9.
const ONE: i128 = 1_000_000_000;
const TWO: i128 = 2_000_000_000;
/// Binary places of a logarithm.
const LN_PLACES: u32 = cistern_margin::option::Real::PLACES;
/// Binary digits of a time to expiry in the margin model: a curve of 30 days holds for 21 minutes, one of an hour for 2 s.
const LEFT_BITS: u32 = 11;

/// What one option pays when the index has settled, in raw price units: its intrinsic value.
#[must_use]
pub(crate) const fn payoff(style: Style, strike: Price, price: Price) -> u128 {
    match style {
        Style::Call => price.raw().saturating_sub(strike.raw()),
        Style::Put => strike.raw().saturating_sub(price.raw()),
    }
}

/// Prices at which a trade may happen: near the mark, by a part of it or by a tenth of that part of the forward, whichever
/// is more; an option that is worth nothing may still be bought for something.
#[must_use]
pub(crate) fn band(mark: Price, forward: Price, width: Fraction) -> (Price, Price) {
    let part = |price: Price| price.raised_up(width).distance(price);
    let width = part(mark).max(part(forward).div_euclid(10));
    (Price::clamped(mark.raw().saturating_sub(width)), Price::clamped(mark.raw().saturating_add(width)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dollars(whole: u128) -> Price {
        Price::clamped(whole * Price::ONE.raw())
    }

    fn percent(vol: u64) -> Ratio {
        Ratio::new(vol * 10_000_000)
    }

    fn terms(style: Style, strike: u128) -> Terms {
        let smile = Smile {
            far_down: percent(80),
            down: percent(70),
            money: percent(60),
            up: percent(64),
            far_up: percent(72),
        };
        let left = Span::milliseconds(30 * Span::DAY.as_milliseconds());
        Terms { style, strike: dollars(strike), smile, left, moving: Fraction::ONE }
    }

    #[test]
    fn the_smile_is_read_by_deviations_of_the_strike() {
        // [E2] worked number: 60 % for 30 days is a deviation of .17201; ln(110 / 100) = .09531 is .55409 of it.
        let call = terms(Style::Call, 110);
        assert_eq!(call.vol(dollars(100)).raw(), 622_163_269);
        assert_eq!(call.vol(dollars(110)), percent(60));
        assert_eq!(call.vol(dollars(20)), percent(72));
        assert_eq!(call.vol(dollars(2_000)), percent(80));
        let (low, high) = call.value(dollars(100));
        assert!(high - low <= 2, "{low} {high}");
        assert_eq!(low / 1_000_000_000, 3_498);
    }

    #[test]
    fn without_time_or_movement_an_option_is_its_intrinsic_value() {
        for (style, worth) in [(Style::Call, 7), (Style::Put, 0)] {
            let moved = Terms { moving: Fraction::ZERO, ..terms(style, 100) };
            let over = Terms { left: Span::ZERO, ..terms(style, 100) };
            for terms in [moved, over] {
                assert_eq!(
                    terms.value(dollars(107)),
                    (dollars(7).raw() * worth / 7, dollars(7).raw() * worth / 7)
                );
            }
            assert_eq!(payoff(style, dollars(100), dollars(107)), dollars(7).raw() * worth / 7);
        }
    }

    #[test]
    fn a_series_holds_for_a_while_and_is_within_what_can_be_listed() {
        let call = terms(Style::Call, 100);
        let series = |left: u64, strike: u128| {
            let left = Span::milliseconds(left);
            Terms { left, strike: dollars(strike), ..call }.series(FactorIndex(0), dollars(100))
        };
        // 30 days are 2,592,000,000 ms: steps of 2^21 of them.
        assert_eq!(series(2_592_000_000, 100).left.as_milliseconds(), 1_236 << 21);
        assert_eq!(series(2_591_000_000, 100), series(2_591_000_000 - 60_000, 100));
        assert_eq!(series(999, 100).left.as_milliseconds(), 999);
        for (left, strike) in [(0, 1), (u64::MAX, 1), (0, 100_000), (u64::MAX, 100_000)] {
            assert_eq!(series(left, strike).check(), Ok(()), "{left} {strike}");
        }
    }
}
