use cistern_engine::{
    ids::{AccountId, AssetId, FeedId, MarketId},
    rate,
};
use cistern_units::{Ratio, Time};

use super::{
    account::{balances, positions},
    event,
};
use crate::scenario::{
    acts,
    names::Names,
    number::{self, dollars},
};

/// A feed: price, stable price, how much evidence `now`.
pub(crate) fn feed(id: FeedId, now: Time, names: &Names<'_>) -> Vec<String> {
    let Ok(row) = names.state.feed(id) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    match &row.quote {
        Some(quote) => lines.push(format!("price {}", number::price(quote.price))),
        None => lines.push("no price yet".to_owned()),
    }
    if let Some(quote) = row.quote.as_ref().filter(|quote| quote.uncertainty > 0) {
        lines.push(format!("give or take {}", number::price_units(quote.uncertainty)));
    }
    if let Some(known) = &row.rate {
        let heard = acts::told_ratio(known.heard.ratio);
        let growth = names.state.config.rate(id).map(|spec| spec.growth_max);
        match growth.map(|growth| rate::effective(known, growth)) {
            Some(ratio) if ratio != known.heard.ratio => {
                lines.push(format!("redeemed at {}, and {heard} is said", acts::told_ratio(ratio)));
            }
            _ => lines.push(format!("redeemed at {heard}")),
        }
    }
    if let Some(since) = row.discount_since {
        lines.push(format!("trades below redemption for {}", number::span(now.since(since))));
    }
    if let Some(stable) = &row.stable {
        lines.push(format!("stable price {}", number::price(stable.price)));
    }
    let age_max = names.state.config.feeds.get(id.position()).map(|feed| feed.spec.oracle.age_max);
    let age = row.quote.as_ref().map(|quote| now.since(quote.at));
    match (age, age_max) {
        (Some(age), Some(age_max)) if age > age_max => lines.push(format!("stale for {}", number::span(age))),
        _ => lines.push(event::class(row.validity).to_owned()),
    }
    lines
}

/// A market: what is open, and what its price does: a premium and funding, or an expiry.
pub(crate) fn market(id: MarketId, names: &Names<'_>) -> Vec<String> {
    let (Ok(row), Ok(config)) = (names.state.market(id), names.state.market_config(id)) else {
        return Vec::new();
    };
    let [open, cap] = [row.open_interest, config.cap].map(|size| names.contracts(id, size));
    let mut lines = vec![format!("open interest {open} of {cap}")];
    match (config.spec.product.expiry(), row.settled) {
        (_, Some(price)) => lines.push(format!("settled at {}", number::price(price))),
        (Some(expiry), None) => lines.push(format!("expires at {}", number::moment(expiry))),
        (None, None) => lines.extend([
            format!("premium {}", number::percent(i128::from(row.premium.raw()))),
            event::funding(row.funding_index),
        ]),
    }
    let mark = names
        .state
        .mark_price(id)
        .filter(|_| row.settled.is_none() && config.spec.product.expiry().is_some());
    lines.extend(mark.map(|mark| format!("mark {}", number::price(mark))));
    lines
}

/// The books of an asset.
pub(crate) fn asset_pool(id: AssetId, names: &Names<'_>) -> Vec<String> {
    let Ok(pool) = names.state.pool(id) else {
        return Vec::new();
    };
    let [custody, held, lent, owed] =
        [pool.custody, pool.held, pool.lent, pool.owed].map(|amount| names.units(id, amount));
    let mut lines = vec![
        format!("custody {custody}"),
        format!("held {held}"),
        format!("lent {lent}"),
        format!("owed {owed}"),
    ];
    if !pool.escrow.is_zero() {
        lines.push(format!("put down for bids {}", names.units(id, pool.escrow)));
    }
    let share = pool.owed.scaled_down(u128::from(Ratio::ONE.raw()), pool.lent.units());
    if let Ok(share) = share
        && !pool.owed.is_zero()
    {
        let share = i128::try_from(share.units()).unwrap_or(i128::MAX);
        lines.push(format!("utilisation {}", number::percent(share)));
    }
    lines
}

/// The insurance fund, and the bad debt so far.
pub(crate) fn fund(names: &Names<'_>) -> Vec<String> {
    let totals = &names.state.totals;
    let mut lines = reserved(AccountId::INSURANCE_FUND, names);
    if !totals.bad_debt.is_zero() {
        lines.push(format!("bad debt so far {}", dollars(totals.bad_debt)));
        lines.push(format!("paid by the fund {}", dollars(totals.insured)));
        lines.push(format!("shared {}", dollars(totals.socialised)));
    }
    lines
}

/// The clearing account, and the profit that it has yet to pay.
pub(crate) fn clearing(names: &Names<'_>) -> Vec<String> {
    let totals = &names.state.totals;
    let mut lines = reserved(AccountId::CLEARING, names);
    lines.push(format!("losses paid in {}", dollars(totals.settled_in)));
    lines.push(format!("profits paid out {}", dollars(totals.settled_out)));
    lines
}

/// The acts that wait.
pub(crate) fn acts(names: &Names<'_>) -> Vec<String> {
    let pending = names.state.config.pending.iter();
    let told = pending.map(|pending| {
        let (at, act) = (number::moment(pending.effective_at), acts::told(&pending.act, names));
        format!("act {} takes effect at {at}: {act}", pending.id.0)
    });
    let lines: Vec<String> = told.collect();
    if lines.is_empty() { vec!["no act waits".to_owned()] } else { lines }
}

fn reserved(id: AccountId, names: &Names<'_>) -> Vec<String> {
    let Ok(row) = names.state.account(id) else {
        return Vec::new();
    };
    let mut lines = balances(row, names);
    lines.extend(positions(row, names));
    if !row.header.pnl.is_zero() {
        lines.push(format!("realised P&L to settle {}", dollars(row.header.pnl)));
    }
    if lines.is_empty() { vec!["holds nothing".to_owned()] } else { lines }
}
