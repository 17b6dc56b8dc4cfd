use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::{Fraction, Price, Span, Time, wide};

use crate::{Market, Observation, Refusal};

/// When an observation is good enough, whatever network it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Bounds {
    /// Oldest that counts.
    pub age_max: Span,
    /// Furthest ahead of our clock.
    pub ahead_max: Span,
    /// Widest confidence, of the price.
    pub confidence_max: Fraction,
}

impl Default for Bounds {
    /// 60 s: Drift's margin staleness of 120 slots; 5 s: clock skew between honest hosts; 2 %: Drift.
    fn default() -> Self {
        Self {
            age_max: Span::seconds(60),
            ahead_max: Span::seconds(5),
            confidence_max: Fraction::basis_points(200),
        }
    }
}

/// Does an observation count now? Its price and uncertainty at a precision of 1e-12, the price rounded down, the
/// uncertainty up.
///
/// # Errors
/// In this order: [`Refusal::NonPositive`], [`Refusal::TooLarge`], [`Refusal::Ahead`], [`Refusal::Stale`],
/// [`Refusal::Expired`], [`Refusal::MarketClosed`], [`Refusal::Uncertain`].
pub fn judge(observation: &Observation, now: Time, bounds: &Bounds) -> Result<(Price, u128), Refusal> {
    let price = observation.price()?;
    let uncertainty = observation.uncertainty()?;
    if observation.published_at.since(now) > bounds.ahead_max {
        return Err(Refusal::Ahead);
    }
    if now.since(observation.published_at) > bounds.age_max {
        return Err(Refusal::Stale);
    }
    if observation.expires_at.is_some_and(|end| end < now) {
        return Err(Refusal::Expired);
    }
    if observation.market == Market::Closed {
        return Err(Refusal::MarketClosed);
    }
    let widest = wide::multiply_scale_down(price.raw(), u128::from(bounds.confidence_max.raw()), 9);
    if uncertainty > widest.unwrap_or(u128::MAX) {
        return Err(Refusal::Uncertain);
    }
    Ok((price, uncertainty))
}
