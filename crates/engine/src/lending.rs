//! The lending pool of each asset: units are lent by choice, so that what is only held can always leave.

use cistern_units::Amount;

use crate::{
    accrue,
    collateral::Dealing,
    controls::require_amount,
    custody::{require_balance_room, require_held},
    draft::Draft,
    event::Event,
    ids::{AccountId, AssetId},
    interest,
    rejection::Rejection,
    rows::Form,
    valuation::Backing,
};

pub(crate) fn lend(
    draft: &mut Draft<'_>,
    account: AccountId,
    asset: AssetId,
    amount: Amount,
) -> Result<(), Rejection> {
    draft.require_user(account)?;
    draft.require_kind(asset, Dealing::Lend)?;
    require_amount(amount)?;
    require_held(draft, account, asset, amount)?;
    require_balance_room(draft, account, asset, Form::Lent)?;
    require_sound(draft, asset)?;
    accrue::interest(draft, asset)?;
    let shares = interest::lent_shares_down(draft.state.pool(asset)?, amount)?;
    if shares.is_zero() {
        return Err(Rejection::AmountMustNotBeZero);
    }
    draft.emit(Event::Lent { account, asset, amount, shares })?;
    draft.require_initial(account, Backing::Equity)
}

pub(crate) fn recall(
    draft: &mut Draft<'_>,
    account: AccountId,
    asset: AssetId,
    amount: Amount,
) -> Result<(), Rejection> {
    draft.require_user(account)?;
    draft.require_asset(asset)?;
    require_amount_or_all(amount)?;
    let owned = draft.state.account(account)?.shares(asset, Form::Lent);
    if owned.is_zero() {
        return Err(Rejection::BalanceTooSmall { available: Amount::ZERO });
    }
    require_balance_room(draft, account, asset, Form::Held)?;
    require_sound(draft, asset)?;
    accrue::interest(draft, asset)?;
    let pool = draft.state.pool(asset)?;
    let worth = interest::lent_units(pool, owned)?;
    let (amount, shares) = if amount >= worth {
        (worth, owned)
    } else {
        (amount, interest::lent_shares_up(pool, amount)?.min(owned))
    };
    let available = pool.liquidity();
    if amount > available {
        return Err(Rejection::LiquidityTooSmall { available });
    }
    if amount.is_zero() {
        return Err(Rejection::AmountMustNotBeZero);
    }
    draft.emit(Event::Recalled { account, asset, amount, shares })
}

pub(crate) fn borrow(
    draft: &mut Draft<'_>,
    account: AccountId,
    asset: AssetId,
    amount: Amount,
) -> Result<(), Rejection> {
    draft.require_user(account)?;
    draft.require_kind(asset, Dealing::Lend)?;
    require_amount(amount)?;
    draft.require_running()?;
    draft.require_valid_price(asset)?;
    draft.require_live_account(account)?;
    require_balance_room(draft, account, asset, Form::Owed)?;
    require_balance_room(draft, account, asset, Form::Held)?;
    accrue::interest(draft, asset)?;
    let pool = draft.state.pool(asset)?;
    let room = draft.state.asset(asset)?.cap_borrow.minus_or_zero(pool.owed);
    if amount > room {
        return Err(Rejection::BorrowCapReached { room });
    }
    let available = pool.liquidity();
    if amount > available {
        return Err(Rejection::LiquidityTooSmall { available });
    }
    let shares = interest::owed_shares_up(pool, amount)?;
    draft.emit(Event::Borrowed { account, asset, amount, shares })?;
    draft.require_initial(account, Backing::Settled)
}

pub(crate) fn repay(
    draft: &mut Draft<'_>,
    account: AccountId,
    asset: AssetId,
    amount: Amount,
) -> Result<(), Rejection> {
    draft.require_user(account)?;
    draft.require_asset(asset)?;
    require_amount_or_all(amount)?;
    let shares = draft.state.account(account)?.shares(asset, Form::Owed);
    if shares.is_zero() {
        return Err(Rejection::NothingOwed);
    }
    accrue::interest(draft, asset)?;
    let pool = draft.state.pool(asset)?;
    let owed = interest::owed_units(pool, shares)?;
    let (amount, shares) =
        if amount >= owed { (owed, shares) } else { (amount, interest::owed_shares_down(pool, amount)?) };
    require_held(draft, account, asset, amount)?;
    if shares.is_zero() {
        return Err(Rejection::AmountMustNotBeZero);
    }
    draft.emit(Event::Repaid { account, asset, amount, shares })?;
    draft.end_breach(account)
}

/// Nobody who knows of a loss may leave it to those who do not.
fn require_sound(draft: &Draft<'_>, asset: AssetId) -> Result<(), Rejection> {
    if draft.state.pool(asset)?.impaired { Err(Rejection::LossMustBeShared { asset }) } else { Ok(()) }
}

/// Any amount that is not nothing: more than there is means all.
fn require_amount_or_all(amount: Amount) -> Result<(), Rejection> {
    if amount.is_zero() { Err(Rejection::AmountMustNotBeZero) } else { Ok(()) }
}
