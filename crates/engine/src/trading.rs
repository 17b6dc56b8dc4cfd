//! Fills of the built-in venue, both sides novated to the pool, and the settlement of what they realise [W1].

use cistern_margin::{Mode, Tier};
use cistern_units::{Amount, Price, Size, Value};

use crate::{
    accrue,
    act::Product,
    controls::require_size,
    custody::require_balance_room,
    draft::Draft,
    event::Event,
    ids::{AccountId, MarketId},
    interest,
    limits::POSITIONS_MAX,
    product::{self, has_funding, perp},
    rejection::Rejection,
    rows::Form,
    valuation::Backing,
};

/// A trade between two accounts.
pub(crate) struct Trade {
    pub(crate) buyer: AccountId,
    pub(crate) seller: AccountId,
    pub(crate) market: MarketId,
    pub(crate) size: Size,
    pub(crate) price: Price,
}

pub(crate) fn fill(draft: &mut Draft<'_>, trade: &Trade) -> Result<(), Rejection> {
    let Trade { buyer, seller, market, size, price } = *trade;
    draft.require_user(buyer)?;
    draft.require_user(seller)?;
    draft.state.market(market)?;
    if buyer == seller {
        return Err(Rejection::AccountsMustDiffer);
    }
    require_size(size)?;
    draft.require_before_expiry(market)?;
    let change = [(buyer, size), (seller, size.reversed()?)];
    let directions =
        [direction(draft, buyer, market, size)?, direction(draft, seller, market, size.reversed()?)?];
    if directions.contains(&Direction::Extends) {
        draft.require_running()?;
        draft.require_valid_index(market)?;
    }
    for ((account, change), direction) in change.iter().zip(&directions) {
        if *direction == Direction::Extends && change.is_short() {
            require_may_sell(draft, *account, market)?;
        }
    }
    require_band(draft, market, price)?;
    let before = [stand(draft, buyer)?, stand(draft, seller)?];
    accrue::funding(draft, market)?;
    let open = draft.state.market(market)?.open_interest;
    draft.emit(Event::Filled { market, buyer, seller, size, price })?;
    observe_premium(draft, trade, open)?;
    for (account, change) in change {
        change_position(draft, (account, market), change, price)?;
    }
    require_open_interest(draft, market, open)?;
    for ((account, change), (direction, before)) in change.into_iter().zip(directions.into_iter().zip(before))
    {
        require_covered(draft, (account, change), direction, before)?;
        draft.end_breach(account)?;
    }
    Ok(())
}

/// Without offsets a short option has no requirement that could be done by hand: standard mode has none.
fn require_may_sell(draft: &Draft<'_>, account: AccountId, market: MarketId) -> Result<(), Rejection> {
    let is_option = matches!(draft.state.market_config(market)?.spec.product, Product::Option { .. });
    if is_option && draft.state.account(account)?.header.mode == Mode::Standard {
        return Err(Rejection::ShortOptionNeedsPortfolioMode { account });
    }
    Ok(())
}

/// A cap refuses growth, never a trade that leaves less open.
fn require_open_interest(draft: &Draft<'_>, market: MarketId, before: Size) -> Result<(), Rejection> {
    let cap = draft.state.market_config(market)?.cap;
    let after = draft.state.market(market)?.open_interest;
    if after <= cap || after <= before {
        return Ok(());
    }
    let room = cap.plus(before.reversed()?)?.max(Size::ZERO);
    Err(Rejection::OpenInterestCapReached { room })
}

/// Changes a position by a trade at a price: what the fill of either side and a takeover have in common.
pub(crate) fn change_position(
    draft: &mut Draft<'_>,
    (account, market): (AccountId, MarketId),
    change: Size,
    price: Price,
) -> Result<(), Rejection> {
    accrue::settle_funding(draft, account, market)?;
    let row = draft.state.account(account)?;
    let (size, cost) =
        row.position(market).map_or((Size::ZERO, Value::ZERO), |position| (position.size, position.cost));
    if size.is_zero() && row.positions().count() >= POSITIONS_MAX {
        return Err(Rejection::TooMany { limit: u32::try_from(POSITIONS_MAX).unwrap_or(u32::MAX) });
    }
    let decimals = draft.state.market_config(market)?.spec.decimals;
    // The same magnitude for both sides: the trade is worth nothing to the pool.
    let notional = price.notional_down(change.absolute()?, decimals)?;
    let notional = if change.is_short() { notional.negated()? } else { notional };
    let traded = product::trade(size, cost, change, notional)?;
    draft.emit(Event::PositionChanged {
        account,
        market,
        size: traded.size,
        cost: traded.cost,
        realised: traded.realised,
    })
}

/// What an account has left at both tiers, where it has obligations.
type Standing = Option<Value>;

/// Initial requirement before the trade, for the rule that reducing may not raise it.
fn stand(draft: &mut Draft<'_>, account: AccountId) -> Result<Standing, Rejection> {
    if !draft.state.account(account)?.has_positions() {
        return Ok(None);
    }
    Ok(draft.assess(account, Tier::Initial).ok().map(|judged| judged.requirement))
}

/// Does the change leave the account with a smaller position of the same side, or none?
fn direction(
    draft: &Draft<'_>,
    account: AccountId,
    market: MarketId,
    change: Size,
) -> Result<Direction, Rejection> {
    let Some(position) = draft.state.account(account)?.position(market) else {
        return Ok(Direction::Extends);
    };
    let opposite = position.size.is_long() != change.is_long();
    let within = change.magnitude() <= position.size.magnitude();
    Ok(if opposite && within { Direction::Reduces } else { Direction::Extends })
}

/// After the trade the account is covered at the initial tier; or it reduced, and is healthy or its requirement did not rise.
fn require_covered(
    draft: &mut Draft<'_>,
    (account, change): (AccountId, Size),
    direction: Direction,
    before: Standing,
) -> Result<(), Rejection> {
    let initial = draft.require_initial(account, Backing::Equity);
    if direction == Direction::Extends {
        return initial;
    }
    if initial.is_ok() || !draft.assess(account, Tier::Maintenance)?.free()?.is_negative() {
        return Ok(());
    }
    let after = draft.assess(account, Tier::Initial)?.requirement;
    if before.is_some_and(|before| after <= before) {
        return Ok(());
    }
    match draft.opposite_leg(account, change)? {
        Some(with) => Err(Rejection::HedgeMustBeClosedTogether { account, with }),
        None => initial,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Reduces,
    Extends,
}

/// A fill far from what the market is worth moves value between accounts; it is not a trade.
fn require_band(draft: &Draft<'_>, market: MarketId, price: Price) -> Result<(), Rejection> {
    let state = &draft.state;
    let prices = state.index_price(market).zip(state.forward(market)).zip(state.mark_price(market));
    let ((index, forward), mark) = prices.ok_or(Rejection::IndexMustBeValid { market })?;
    let product = &state.market_config(market)?.spec.product;
    let (lowest, highest) = product::band(product, [index, forward, mark], &state.config.params.funding);
    if price < lowest || price > highest {
        Err(Rejection::PriceOutsideBand { lowest, highest })
    } else {
        Ok(())
    }
}

fn observe_premium(draft: &mut Draft<'_>, trade: &Trade, open: Size) -> Result<(), Rejection> {
    let Trade { market, size, price, .. } = *trade;
    if !has_funding(&draft.state.market_config(market)?.spec.product) {
        return Ok(());
    }
    let index = draft.state.index_price(market).ok_or(Rejection::IndexMustBeValid { market })?;
    let premium = perp::premium(price, index, &draft.state.config.params.funding);
    let premium = perp::weighted(premium, size, open);
    draft.emit(Event::PremiumObserved { market, premium })
}

/// Pays a loss into the clearing account, or a profit out of it [W1].
pub(crate) fn settle(draft: &mut Draft<'_>, account: AccountId) -> Result<(), Rejection> {
    draft.require_user(account)?;
    let markets: alloc::vec::Vec<MarketId> =
        draft.state.account(account)?.positions().map(|position| position.market).collect();
    for market in markets {
        accrue::settle_funding(draft, account, market)?;
    }
    draft.require_valid_price(draft.state.settlement())?;
    let mut settled = settle_pnl(draft, account)?;
    if draft.state.account(account)?.header.pnl.is_negative() {
        // Nothing held is left to pay with: the rest is borrowed where that is possible, so that a loss bears interest and
        // the profit on the other side can be paid. Where it is not, the loss waits.
        settled =
            settled.plus(draft.attempt(|draft| borrow_to_settle(draft, account)).unwrap_or_default())?;
    }
    if settled.is_zero() {
        return Err(Rejection::NothingToSettle);
    }
    draft.end_breach(account)
}

/// Borrows units of the settlement asset for what is left of a realised loss; how much was settled with them.
fn borrow_to_settle(draft: &mut Draft<'_>, account: AccountId) -> Result<Amount, Rejection> {
    let asset = draft.state.settlement();
    draft.require_running()?;
    require_balance_room(draft, account, asset, Form::Owed)?;
    accrue::interest(draft, asset)?;
    let price = draft.state.asset_quote(asset).ok_or(Rejection::PriceMustBeValid { asset })?.price;
    let (pool, config) = (draft.state.pool(asset)?, draft.state.asset(asset)?);
    let loss = draft.state.account(account)?.header.pnl.absolute()?;
    let room = config.cap_borrow.minus_or_zero(pool.owed).min(pool.liquidity());
    let amount = price.amount_up(loss, config.spec.decimals)?.min(room);
    let shares = interest::owed_shares_up(pool, amount)?;
    if amount.is_zero() {
        return Err(Rejection::LiquidityTooSmall { available: amount });
    }
    draft.emit(Event::Borrowed { account, asset, amount, shares })?;
    let settled = settle_pnl(draft, account)?;
    draft.require_initial(account, Backing::Settled)?;
    Ok(settled)
}

/// Settles as much of an account's realised P&L as there are units for; how much that was.
pub(crate) fn settle_pnl(draft: &mut Draft<'_>, account: AccountId) -> Result<Amount, Rejection> {
    let asset = draft.state.settlement();
    let pnl = draft.state.account(account)?.header.pnl;
    let Some(quote) = draft.state.asset_quote(asset).copied() else {
        return Ok(Amount::ZERO);
    };
    let decimals = draft.state.asset(asset)?.spec.decimals;
    if pnl.is_negative() {
        let loss = pnl.absolute()?;
        let held = draft.state.account(account)?.held(asset);
        let due = quote.price.amount_up(loss, decimals)?;
        let (amount, value) =
            if due <= held { (due, loss) } else { (held, quote.price.value_down(held, decimals)?.min(loss)) };
        if amount.is_zero() || value.is_zero() {
            return Ok(Amount::ZERO);
        }
        draft.emit(Event::LossSettled { account, amount, value })?;
        return Ok(amount);
    }
    let cleared = draft.state.account(AccountId::CLEARING)?.held(asset);
    let due = quote.price.amount_down(pnl, decimals)?;
    let amount = due.min(cleared);
    let value = quote.price.value_up(amount, decimals)?.min(pnl);
    if amount.is_zero() || require_balance_room(draft, account, asset, Form::Held).is_err() {
        return Ok(Amount::ZERO);
    }
    draft.emit(Event::ProfitSettled { account, amount, value })?;
    Ok(amount)
}
