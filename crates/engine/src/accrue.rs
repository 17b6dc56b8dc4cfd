//! What time does: interest on debts [I1], funding of markets [F2].

use alloc::vec::Vec;

use cistern_units::{Price, Span, Time};

use crate::{
    draft::Draft,
    event::Event,
    ids::{AccountId, AssetId, MarketId},
    interest as curve,
    product::{has_funding, perp, settlement},
    rejection::Rejection,
    rows::{Expiry, Validity},
    view,
};

/// Charges interest on an asset's debts up to now.
pub(crate) fn interest(draft: &mut Draft<'_>, asset: AssetId) -> Result<(), Rejection> {
    let pool = draft.state.pool(asset)?;
    let elapsed = draft.now().since(pool.accrued_at);
    let Some(accrual) = curve::accrue(pool, &draft.state.asset(asset)?.spec.curve, elapsed)? else {
        return Ok(());
    };
    draft.emit(Event::InterestAccrued { asset, interest: accrual.interest, reserve: accrual.reserve })
}

/// Moves a market's premium and funding index up to now. A frozen index charges nobody; its time passes without funding.
pub(crate) fn funding(draft: &mut Draft<'_>, market: MarketId) -> Result<(), Rejection> {
    let state = &draft.state;
    let row = state.market(market)?;
    let elapsed = draft.now().since(row.accrued_at);
    let spec = &state.market_config(market)?.spec;
    if elapsed.is_zero() || !has_funding(&spec.product) {
        return Ok(());
    }
    let frozen = view::validity_now(state, spec.feed) == Validity::Frozen;
    let (premium, index) = match state.index_price(market).filter(|_| !frozen) {
        Some(price) => perp::accrue(row, price, elapsed, &state.config.params.funding)?,
        None => (row.premium, row.funding_index),
    };
    draft.emit(Event::FundingAccrued { market, premium, index })
}

/// Books the funding that an account's position has received or owes.
pub(crate) fn settle_funding(
    draft: &mut Draft<'_>,
    account: AccountId,
    market: MarketId,
) -> Result<(), Rejection> {
    let Some(position) = draft.state.account(account)?.position(market) else {
        return Ok(());
    };
    let index = draft.state.market(market)?.funding_index;
    if index == position.funding_index {
        return Ok(());
    }
    let payment = perp::funding_due(&position, index, draft.state.market_config(market)?.spec.decimals)?;
    draft.emit(Event::FundingSettled { account, market, payment, index })
}

/// Everything that accrues, for all assets and markets: once a tick.
pub(crate) fn all(draft: &mut Draft<'_>) -> Result<(), Rejection> {
    for place in 0..draft.state.pools.len() {
        interest(draft, AssetId::at(place).ok_or(Rejection::AssetUnknown)?)?;
    }
    for place in 0..draft.state.markets.len() {
        let market = MarketId::at(place).ok_or(Rejection::MarketUnknown)?;
        if draft.now().since(draft.state.market(market)?.accrued_at) >= FUNDING_INTERVAL {
            funding(draft, market)?;
        }
    }
    averages(draft)
}

/// Takes the index prices that held until now into the averages that expiries are settled at [E1].
fn averages(draft: &mut Draft<'_>) -> Result<(), Rejection> {
    let now = draft.now();
    let begun = |row: &&Expiry| now > settlement::beginning(row) && now > row.averaged_at;
    let rows: Vec<Expiry> = draft.state.expiries.iter().filter(begun).cloned().collect();
    for row in rows {
        let (sum, covered) = match held(draft, &row) {
            Some((price, times)) => settlement::averaged(&row, price, times),
            None => (row.sum, row.covered),
        };
        draft.emit(Event::IndexAveraged { feed: row.feed, expiry: row.at, sum, covered })?;
    }
    Ok(())
}

/// The index price that has held until now, from when and for how long; none that was frozen or disputed.
fn held(draft: &Draft<'_>, row: &Expiry) -> Option<(Price, (Time, Time))> {
    let feed = draft.state.feed(row.feed).ok().filter(|feed| feed.validity >= Validity::Reduced)?;
    let age_max = draft.state.config.feeds.get(row.feed.position())?.spec.oracle.age_max;
    let quote = feed.quote?;
    let until = quote.at.plus(age_max).ok()?.min(draft.now());
    Some((quote.price, (quote.at, until)))
}

/// Funding accrues at a tick when this much time has passed: a premium that averages over minutes needs no finer step.
const FUNDING_INTERVAL: Span = Span::seconds(15);
