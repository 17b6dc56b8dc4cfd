//! Redemption rates [O4]: growth within bounds, a rate and its time as one.

use cistern_units::{Fraction, Price, Span, Time, wide};

use crate::rows::{Rate, RateState};

/// What a rate may have grown to since `anchor`, linearly; rounded up. Before the anchor it may not have grown at all.
#[must_use]
pub fn ceiling(anchor: Rate, growth_a_year: Fraction, at: Time) -> Price {
    let elapsed = u128::from(at.since(anchor.at).as_milliseconds());
    let year = u128::from(Span::YEAR.as_milliseconds());
    let growth = u128::from(growth_a_year.raw()).saturating_mul(elapsed).div_ceil(year);
    let grown = wide::multiply_scale_up(anchor.ratio.raw(), growth, 9).unwrap_or(u128::MAX);
    Price::clamped(anchor.ratio.raw().saturating_add(grown))
}

/// What counts of a rate now: what was heard, no more than it may have grown to until it was heard.
#[must_use]
pub fn effective(rate: &RateState, growth_a_year: Fraction) -> Price {
    if rate.fallen_since.is_some() {
        return rate.anchor.ratio;
    }
    rate.heard.ratio.min(ceiling(rate.anchor, growth_a_year, rate.heard.at))
}

/// `ratio x underlying` [O4], rounded down.
#[must_use]
pub fn redemption(ratio: Price, underlying: Price) -> Price {
    Price::clamped(wide::multiply_scale_down(ratio.raw(), underlying.raw(), 12).unwrap_or(u128::MAX))
}

/// A distance between prices of the underlying as one between redemptions, rounded up.
#[must_use]
pub fn width(ratio: Price, raw: u128) -> u128 {
    wide::multiply_scale_up(ratio.raw(), raw, 12).unwrap_or(u128::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(thousandths: u128, day: u64) -> Rate {
        let ratio = Price::new(thousandths * Price::ONE.raw() / 1_000).unwrap();
        Rate { ratio, at: Time::milliseconds(day * Span::DAY.as_milliseconds()), sequence: 0 }
    }

    #[test]
    fn a_rate_grows_linearly_and_no_faster() {
        // [O4] worked number: 1.2 with 10 % a year may be 1.32 after a year and 1.206 after 18.25 days.
        let growth = Fraction::basis_points(1_000);
        assert_eq!(ceiling(rate(1_200, 0), growth, rate(1, 365).at).raw(), 1_320_000_000_000);
        let at = Time::milliseconds(Span::YEAR.as_milliseconds() / 20);
        assert_eq!(ceiling(rate(1_200, 0), growth, at).raw(), 1_206_000_000_000);
        assert_eq!(ceiling(rate(1_200, 9), growth, rate(1, 1).at), rate(1_200, 9).ratio);
    }

    #[test]
    fn a_ratio_that_jumps_counts_only_as_far_as_it_may_have_grown() {
        let growth = Fraction::basis_points(1_000);
        let state = RateState { anchor: rate(1_000, 0), heard: rate(10_000, 73), fallen_since: None };
        assert_eq!(effective(&state, growth).raw(), 1_020_000_000_000);
        assert_eq!(
            effective(&RateState { fallen_since: Some(Time::ZERO), ..state }, growth),
            rate(1_000, 0).ratio
        );
        assert_eq!(
            redemption(rate(1_200, 0).ratio, Price::new(4_000_000_000_000_001).unwrap()).raw(),
            4_800_000_000_000_001
        );
    }
}
