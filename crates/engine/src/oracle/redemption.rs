//! The price of an asset that is redeemed at a rate [O4]: what the issuer pays, unless the market has doubted it for long.

use cistern_units::Price;

use crate::{
    act::RateSpec,
    draft::Draft,
    event::Event,
    ids::FeedId,
    oracle::aggregate::{Middle, Outcome},
    rate,
    rejection::Rejection,
    rows::Validity,
    view,
};

/// Price and validity of a feed with a redemption rate, from its market and its underlying.
///
/// Price: `rate x underlying`, and the market's once that has stood below by more than the band for as long as patience
/// lasts: one venue's sale liquidates nobody, a lasting discount is believed. Uncertainty: the larger of both markets' and of
/// what lies between redemption and market, so that new risk is measured at the lower of the two.
pub(super) fn compose(
    draft: &mut Draft<'_>,
    id: FeedId,
    spec: &RateSpec,
    market: &Outcome,
) -> Result<Outcome, Rejection> {
    let now = draft.now();
    let known = draft.state.feed(id)?.rate;
    let fresh = known.filter(|rate| now.since(rate.heard.at) <= spec.age_max);
    let underlying = draft.state.feed(spec.underlying)?.quote;
    let (Some(known), Some(underlying)) = (fresh, underlying) else {
        // Without a rate the market alone is not enough for new risk.
        return Ok(Outcome { validity: market.validity.min(Validity::Reduced), ..market.clone() });
    };
    let ratio = rate::effective(&known, spec.growth_max);
    let redeemed = Middle {
        price: rate::redemption(ratio, underlying.price),
        uncertainty: rate::width(ratio, underlying.uncertainty),
        spread: rate::width(ratio, underlying.spread),
    };
    let doubted = doubt(draft, id, spec, (redeemed.price, market))?;
    let price = match market.price {
        Some(traded) => {
            let gap = redeemed.price.distance(traded.price);
            let uncertainty = redeemed.uncertainty.max(traded.uncertainty).max(gap);
            let middle = if doubted { traded } else { redeemed };
            Middle { uncertainty, ..middle }
        }
        None => redeemed,
    };
    let below = view::validity_now(draft.state, spec.underlying);
    let enough = if market.validity == Validity::Full { Validity::Full } else { Validity::Reduced };
    let validity = if known.fallen_since.is_some() { Validity::Frozen } else { below.min(enough) };
    Ok(Outcome { price: Some(price), validity, dropped: market.dropped.clone() })
}

/// Has the market stood below redemption for long enough to be believed? Notes when that begins and ends.
fn doubt(
    draft: &mut Draft<'_>,
    id: FeedId,
    spec: &RateSpec,
    (redeemed, market): (Price, &Outcome),
) -> Result<bool, Rejection> {
    let since = draft.state.feed(id)?.discount_since;
    // Of a market with little evidence nothing is concluded, neither that a discount began nor that it ended.
    let Some(traded) = market.price.filter(|_| market.validity >= Validity::Reduced) else {
        return Ok(false);
    };
    let below = traded.price < redeemed.lowered_down(spec.discount_band);
    match (below, since) {
        (true, None) => draft.emit(Event::DiscountBegan { feed: id })?,
        (false, Some(_)) => draft.emit(Event::DiscountEnded { feed: id })?,
        _ => {}
    }
    Ok(below && since.is_some_and(|since| draft.now().since(since) >= spec.patience))
}
