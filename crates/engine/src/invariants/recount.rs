use alloc::vec;

use cistern_units::{Price, Ratio, Size, Value};

use super::collections;
use crate::{
    ids::{AccountId, FactorId, FeedId},
    invariants::{Violation, require},
    product::perp,
    rate,
    rows::{Account, Form, Position, Validity},
    state::State,
};

#[derive(Clone, Copy, Default)]
struct AssetCount {
    held: u128,
    lent: u128,
    owed: u128,
}

#[derive(Clone, Copy, Default)]
struct MarketCount {
    net: i128,
    long: i128,
    cost: i128,
}

/// Recounts every sum from the rows: what the running totals say must be what the accounts have.
///
/// # Errors
/// The first [`Violation`].
pub fn recount(state: &State) -> Result<(), Violation> {
    let mut assets = vec![AssetCount::default(); state.pools.len()];
    let mut markets = vec![MarketCount::default(); state.markets.len()];
    let mut pnl = 0_i128;
    let mut funding_due = 0_i128;
    for (row, account) in state.accounts.iter().enumerate() {
        rows_are_in_order(account, row)?;
        owner_finds_the_account(state, account, row)?;
        count_balances(account, &mut assets, row)?;
        for position in account.positions() {
            count_position(&position, &mut markets, row)?;
            funding_due = funding_due.saturating_add(due(state, &position));
        }
        pnl = pnl.saturating_add(account.header.pnl.raw());
    }
    assets_agree(state, &assets)?;
    markets_agree(state, &markets)?;
    require(|| pnl == state.totals.pnl.raw(), "unsettled_profit_is_the_sum_of_the_accounts", "S1", 0)?;
    // What is due rounds against each account, so the pool never pays more funding than it takes.
    let collected = state.totals.funding.raw().saturating_sub(funding_due);
    require(|| collected >= 0, "funding_never_pays_more_than_it_takes", "S3 inv-R6", 0)?;
    settlement_is_kept(state)?;
    parameters_are_within_bounds(state)?;
    prices_lie_within_what_was_said(state)?;
    expiries_are_in_order(state)?;
    collections::agree(state)
}

fn rows_are_in_order(account: &Account, row: usize) -> Result<(), Violation> {
    let balances = account.balances().is_sorted_by(|a, b| a.key() < b.key());
    let positions = account.positions().is_sorted_by(|a, b| a.market < b.market);
    require(|| balances && positions, "rows_of_an_account_are_ordered_and_unique", "S12", row)?;
    let some = |balance: crate::rows::Balance| !(balance.amount().is_zero() && balance.as_shares().is_zero());
    let filled = account.balances().all(some) && account.positions().all(|position| !position.size.is_zero());
    require(|| filled, "no_row_of_an_account_is_empty", "inv-H8", row)
}

fn owner_finds_the_account(state: &State, account: &Account, row: usize) -> Result<(), Violation> {
    let found = state.account_of(account.header.owner, account.header.sub).map(|id| id.position());
    require(|| found == Some(row), "every_account_has_one_owner", "S12", row)
}

fn count_balances(account: &Account, assets: &mut [AssetCount], row: usize) -> Result<(), Violation> {
    for balance in account.balances() {
        let count = assets.get_mut(balance.asset.position());
        let Some(count) = count else {
            return require(|| false, "every_balance_is_of_a_listed_asset", "S1", row);
        };
        let (units, shares) = (balance.amount().units(), balance.as_shares().raw());
        match balance.form {
            Form::Held => count.held = count.held.saturating_add(units),
            Form::Lent => count.lent = count.lent.saturating_add(shares),
            Form::Owed => count.owed = count.owed.saturating_add(shares),
        }
    }
    Ok(())
}

fn count_position(position: &Position, markets: &mut [MarketCount], row: usize) -> Result<(), Violation> {
    let count = markets.get_mut(position.market.position());
    let Some(count) = count else {
        return require(|| false, "every_position_is_of_a_listed_market", "S1", row);
    };
    let size = i128::from(position.size.raw());
    count.net = count.net.saturating_add(size);
    count.long = count.long.saturating_add(size.max(0));
    count.cost = count.cost.saturating_add(position.cost.raw());
    Ok(())
}

fn due(state: &State, position: &Position) -> i128 {
    let index = state.market(position.market).map_or(position.funding_index, |market| market.funding_index);
    let decimals =
        state.market_config(position.market).map(|config| config.spec.decimals).unwrap_or_default();
    perp::funding_due(position, index, decimals).unwrap_or(Value::ZERO).raw()
}

fn assets_agree(state: &State, assets: &[AssetCount]) -> Result<(), Violation> {
    for (row, (pool, count)) in state.pools.iter().zip(assets).enumerate() {
        require(|| pool.held.units() == count.held, "held_is_the_sum_of_the_accounts", "S1 inv-C1", row)?;
        require(
            || pool.lent_shares.raw() == count.lent,
            "lent_shares_are_the_sum_of_the_accounts",
            "inv-C2",
            row,
        )?;
        require(
            || pool.owed_shares.raw() == count.owed,
            "owed_shares_are_the_sum_of_the_accounts",
            "inv-C2",
            row,
        )?;
        let lenders = pool.lent_index.worth_down(pool.lent_shares);
        let promised = pool.lent_shares.is_zero() || lenders.is_ok_and(|worth| worth <= pool.lent);
        require(|| promised, "lenders_are_promised_no_more_than_there_is", "S3 inv-C5", row)?;
        let borrowers = pool.owed_index.worth_up(pool.owed_shares);
        let counted = pool.owed_shares.is_zero() || borrowers.is_ok_and(|cost| cost >= pool.owed);
        require(|| counted, "borrowers_owe_no_less_than_was_lent", "S3 inv-R2", row)?;
        require(
            || !pool.owed_shares.is_zero() || pool.owed.is_zero(),
            "no_debt_without_a_debtor",
            "inv-C2",
            row,
        )?;
    }
    Ok(())
}

fn markets_agree(state: &State, markets: &[MarketCount]) -> Result<(), Violation> {
    for (row, (market, count)) in state.markets.iter().zip(markets).enumerate() {
        require(
            || count.net == 0 && market.net == Size::ZERO,
            "open_sizes_of_a_market_sum_to_zero",
            "S1",
            row,
        )?;
        let long = i128::from(market.open_interest.raw());
        require(|| count.long == long, "open_interest_is_the_sum_of_long_sizes", "S1", row)?;
        require(
            || count.cost == market.cost.raw(),
            "cost_of_a_market_is_the_sum_of_its_positions",
            "S1",
            row,
        )?;
        let closed = market.settled.is_none() || (long == 0 && count.cost == 0);
        require(|| closed, "nothing_is_open_in_a_market_that_is_settled", "S1", row)?;
    }
    Ok(())
}

/// The clearing account owes nothing and has no positions: it only keeps what losses paid in.
fn settlement_is_kept(state: &State) -> Result<(), Violation> {
    let Some(clearing) = state.accounts.get(AccountId::CLEARING.position()) else {
        return Ok(());
    };
    let asset = state.settlement();
    let clean = !clearing.has_positions()
        && clearing.header.pnl.is_zero()
        && clearing.balances().all(|balance| balance.key() == (asset, Form::Held));
    require(|| clean, "the_clearing_account_holds_settled_losses_and_nothing_else", "S11", 1)
}

/// No act and no ramp leads out of the bounds: haircuts within their class, bands in order, tiers in order.
fn parameters_are_within_bounds(state: &State) -> Result<(), Violation> {
    let margin = state.config.params.margin;
    let ordered = margin.target >= Ratio::ONE && margin.initial >= margin.target;
    require(|| ordered, "initial_margin_is_not_below_maintenance_margin", "inv-H9", 0)?;
    for (row, factor) in state.config.factors.iter().enumerate() {
        let banded = factor.spec.loading_calm <= factor.spec.loading_panic;
        let ramps = factor.ramp_from.range_down <= factor.spec.range_down
            && factor.ramp_from.range_up <= factor.spec.range_up;
        require(|| banded && ramps, "a_factor_ramps_up_to_what_new_risk_needs", "inv-P3 inv-P7 inv-H9", row)?;
    }
    for (row, asset) in state.config.assets.iter().enumerate() {
        let range = |id: &FactorId| {
            state.config.factors.get(id.position()).map_or(u32::MAX, |row| row.spec.range_down.raw())
        };
        let haircut = asset.spec.factors.iter().map(range).fold(0_u32, u32::saturating_add);
        let (least, most) = asset.spec.class.haircut_bounds();
        let bounded = (least.raw()..=most.raw()).contains(&haircut);
        require(|| bounded, "a_haircut_is_within_the_bounds_of_its_class", "inv-P6 inv-H6", row)?;
        let listed = asset.feed.is_some() || (asset.cap_total.is_zero() && asset.cap_borrow.is_zero());
        require(|| listed, "an_asset_without_an_oracle_takes_no_deposits", "inv-P9 inv-P10", row)?;
    }
    Ok(())
}

/// Every market that has an end is settled or has its expiry, of which no more was seen than there was.
fn expiries_are_in_order(state: &State) -> Result<(), Violation> {
    let sorted = state.expiries.is_sorted_by(|a, b| a.key() < b.key());
    require(|| sorted, "expiries_are_ordered_and_unique", "S12", 0)?;
    for (row, (config, market)) in state.config.markets.iter().zip(&state.markets).enumerate() {
        let waits = |at| state.expiry(config.spec.feed, at).is_some();
        let kept = config.spec.product.expiry().is_none_or(|at| market.settled.is_some() != waits(at));
        require(|| kept, "a_market_is_settled_or_waits_for_its_expiry", "S12", row)?;
    }
    for (row, expiry) in state.expiries.iter().enumerate() {
        let bound = Price::MAX.raw().saturating_mul(u128::from(expiry.covered.as_milliseconds()));
        require(|| expiry.sum <= bound, "an_average_lies_within_what_can_be_a_price", "S8", row)?;
    }
    Ok(())
}

/// A price that counts lies between the lowest and the highest report; where a rate makes it, so does what is redeemed at
/// the rate that counted first and at the one that was heard last.
fn prices_lie_within_what_was_said(state: &State) -> Result<(), Violation> {
    for (row, feed) in state.feeds.iter().enumerate() {
        let (Some(quote), true) = (feed.quote, feed.validity > Validity::Frozen) else {
            continue;
        };
        let spec = FeedId::at(row).and_then(|id| state.config.rate(id));
        let underlying = spec.and_then(|spec| state.feed(spec.underlying).ok()?.quote);
        let redeemed = feed.rate.zip(underlying).map(|(known, underlying)| {
            [known.anchor, known.heard].map(|rate| rate::redemption(rate.ratio, underlying.price))
        });
        let said = || {
            let reports = feed.reports.iter().map(|report| report.price);
            reports.chain(redeemed.into_iter().flatten())
        };
        let within = said().min().is_some_and(|low| low <= quote.price)
            && said().max().is_some_and(|high| quote.price <= high);
        require(|| within, "a_price_lies_within_what_was_said", "inv-O1 S8", row)?;
    }
    Ok(())
}
