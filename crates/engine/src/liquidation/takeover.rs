//! An account whose equity is used up: what is left of it changes hands, the insurance fund pays what is missing, and
//! only what the fund cannot pay is shared by those who lent to it or profited against it [L4].

use alloc::vec::Vec;

use cistern_margin::Tier;
use cistern_units::{Amount, Value};

use crate::{
    collateral::Dealing,
    collection,
    draft::Draft,
    event::{Event, LossBearer},
    ids::{AccountId, AssetId},
    interest,
    liquidation::{
        book::{Book, Kind, LegView},
        execute::move_position,
        means,
        plan::Cut,
        share,
    },
    rejection::Rejection,
    rows::{Balance, Form},
    trading,
    valuation::position_value,
};

/// Can everything that the account owes and has open be valued, and may the taker have what it owns? An asset without a
/// valid price goes along for nothing.
pub(super) fn is_possible(
    draft: &mut Draft<'_>,
    account: AccountId,
    taker: AccountId,
) -> Result<bool, Rejection> {
    let book = Book::of(draft, account, Value::ZERO)?;
    let barred =
        |leg: &LegView| matches!(leg.kind, Kind::Owned(asset, _) if !draft.state.may_hold(taker, asset));
    if book.legs.iter().any(barred) {
        return Ok(false);
    }
    let valued = |leg: &LegView| leg.is_open() || leg.size.is_zero() || matches!(leg.kind, Kind::Owned(..));
    Ok(book.legs.iter().all(valued))
}

/// Moves everything to the taker; what is missing is bad debt in the same step.
pub(super) fn take_over(
    draft: &mut Draft<'_>,
    account: AccountId,
    taker: AccountId,
) -> Result<(), Rejection> {
    let closed = close_positions(draft, account, taker)?;
    let mut deficit = deficit(draft, account)?;
    draft.emit(Event::LiquidationStepped { account, liquidator: taker, closed, penalty: Value::ZERO })?;
    if deficit.is_positive() {
        draft.emit(Event::BadDebtRecorded { account, deficit })?;
        let paid = insure(draft, account, taker, deficit)?;
        deficit = deficit.less(paid)?;
    }
    if deficit.is_positive() {
        socialise(draft, account, deficit)?;
    }
    hand_over(draft, account, taker)
}

fn close_positions(draft: &mut Draft<'_>, account: AccountId, taker: AccountId) -> Result<Value, Rejection> {
    let book = Book::of(draft, account, Value::ZERO)?;
    let mut closed = Value::ZERO;
    for leg in &book.legs {
        if let Kind::Position(market) = leg.kind {
            move_position(draft, (account, taker), market, &Cut { value: leg.size, whole: leg.size })?;
            closed = closed.plus(leg.size)?;
        }
    }
    Ok(closed)
}

/// What the account owes beyond everything it has, at maintenance prices.
fn deficit(draft: &mut Draft<'_>, account: AccountId) -> Result<Value, Rejection> {
    let judged = draft.assess(account, Tier::Maintenance)?;
    Ok(means(draft, account, &judged)?.negated()?.or_zero())
}

/// The insurance fund gives the taker what the account is missing, the settlement asset first; how much that was.
fn insure(
    draft: &mut Draft<'_>,
    account: AccountId,
    taker: AccountId,
    deficit: Value,
) -> Result<Value, Rejection> {
    let fund = AccountId::INSURANCE_FUND;
    trading::settle_pnl(draft, fund)?;
    let judged = draft.assess(fund, Tier::Initial)?;
    let free = if draft.state.account(fund)?.has_obligations() {
        judged.free_to_leave()?
    } else {
        judged.collateral
    };
    let value = if taker == fund {
        // The fund takes over itself: it pays by owning a book that is worth less than nothing.
        deficit.min(free.or_zero())
    } else {
        pay(draft, taker, deficit.min(free.or_zero()))?
    };
    if value.is_positive() {
        draft.emit(Event::InsurancePaid { account, value })?;
    }
    Ok(value)
}

/// Pays `due` from what the fund holds, asset by asset; how much that came to, never more than due.
fn pay(draft: &mut Draft<'_>, taker: AccountId, due: Value) -> Result<Value, Rejection> {
    let fund = AccountId::INSURANCE_FUND;
    let settlement = draft.state.settlement();
    let mut assets: Vec<AssetId> = (0..draft.state.pools.len()).filter_map(AssetId::at).collect();
    // A unit that is whole pays nothing to the dollar.
    assets.retain(|asset| draft.require_kind(*asset, Dealing::Amounts).is_ok());
    assets.sort_by_key(|asset| *asset != settlement);
    let mut paid = Value::ZERO;
    for asset in assets {
        recall_for_fund(draft, asset)?;
        draft.work.view.refresh(draft.state)?;
        let view = *draft.work.view.asset(asset)?;
        let Some(price) = view.prices().mark.filter(|_| view.prices().allow_liquidation()) else {
            continue;
        };
        let missing = due.less(paid)?;
        let held = draft.state.account(fund)?.held(asset);
        let amount = price.amount_up(missing, view.decimals())?.min(held);
        if amount.is_zero() || !missing.is_positive() {
            continue;
        }
        draft.emit(Event::CollateralMoved { from: fund, to: taker, asset, amount })?;
        paid = paid.plus(price.value_down(amount, view.decimals())?.min(missing))?;
    }
    Ok(paid)
}

/// Takes the fund's part of interest out of the lending pool, as far as it is there.
fn recall_for_fund(draft: &mut Draft<'_>, asset: AssetId) -> Result<(), Rejection> {
    let account = AccountId::INSURANCE_FUND;
    let owned = draft.state.account(account)?.shares(asset, Form::Lent);
    let pool = draft.state.pool(asset)?;
    let worth = interest::lent_units(pool, owned)?;
    let amount = worth.min(pool.liquidity());
    if owned.is_zero() || amount.is_zero() {
        return Ok(());
    }
    let shares = if amount == worth { owned } else { interest::lent_shares_up(pool, amount)?.min(owned) };
    draft.emit(Event::Recalled { account, asset, amount, shares })
}

/// Shares a loss that nothing covers: by what the account owes, its lenders and those who hold unsettled profit.
fn socialise(draft: &mut Draft<'_>, account: AccountId, loss: Value) -> Result<(), Rejection> {
    let book = Book::of(draft, account, Value::ZERO)?;
    let owed: Vec<LegView> =
        book.legs.iter().filter(|leg| matches!(leg.kind, Kind::Debt(_) | Kind::Loss)).copied().collect();
    let mut whole = Value::ZERO;
    for leg in &owed {
        whole = whole.plus(leg.size)?;
    }
    let mut left = loss.min(whole);
    for (place, leg) in owed.iter().enumerate() {
        // The last part takes what rounding left over: the parts sum to the loss, to the unit.
        let last = place.saturating_add(1) == owed.len();
        let part = if last { left } else { share(loss, leg.size, whole)? };
        let part = part.min(left).min(leg.size);
        left = left.less(part)?;
        match leg.kind {
            Kind::Debt(asset) => write_off(draft, account, asset, part)?,
            _ => claw_back(draft, account, part)?,
        }
    }
    Ok(())
}

/// A part of a debt is lost to the lenders of its asset.
fn write_off(
    draft: &mut Draft<'_>,
    account: AccountId,
    asset: AssetId,
    part: Value,
) -> Result<(), Rejection> {
    draft.work.view.refresh(draft.state)?;
    let view = *draft.work.view.asset(asset)?;
    let price = view.prices().mark.ok_or(Rejection::PriceMustBeValid { asset })?;
    let all = draft.state.account(account)?.shares(asset, Form::Owed);
    let owed = interest::owed_units(draft.state.pool(asset)?, all)?;
    let amount = price.amount_up(part, view.decimals())?.min(owed);
    let pool = draft.state.pool(asset)?;
    let shares = if amount == owed { all } else { interest::owed_shares_down(pool, amount)? };
    if amount.is_zero() {
        return Ok(());
    }
    let bearer = LossBearer::Lenders { asset, amount };
    draft.emit(Event::LossSocialised { account, bearer, value: part })?;
    draft.emit(Event::DebtWrittenOff { account, asset, amount, shares })
}

/// A part of a loss is lost to those whose profit it would have paid, each by its part of all unsettled profit.
fn claw_back(draft: &mut Draft<'_>, account: AccountId, part: Value) -> Result<(), Rejection> {
    let mut winners: Vec<(AccountId, Value)> = Vec::new();
    let mut whole = Value::ZERO;
    draft.work.view.refresh(draft.state)?;
    for id in draft.account_ids().filter(|id| *id != account && !id.is_reserved()) {
        let row = draft.state.account(id)?;
        let mut profit = row.header.pnl;
        for position in row.positions() {
            let worth = position_value(draft.state, &draft.work.view, &position, Tier::Maintenance)?;
            profit = profit.plus(worth.profit)?;
        }
        if profit.is_positive() {
            whole = whole.plus(profit)?;
            winners.push((id, profit));
        }
    }
    let mut left = part.min(whole);
    let shared = left;
    // Rounded up and never more than is left: the parts sum to the loss, to the unit.
    for (id, profit) in winners {
        let value = shared.scaled_up(profit.magnitude(), whole.magnitude().max(1))?.min(left);
        if value.is_positive() {
            left = left.less(value)?;
            draft.emit(Event::LossSocialised {
                account,
                bearer: LossBearer::Profit { account: id },
                value,
            })?;
        }
    }
    Ok(())
}

/// Everything that is left changes to the taker.
fn hand_over(draft: &mut Draft<'_>, from: AccountId, to: AccountId) -> Result<(), Rejection> {
    collection::hand_over(draft, from, to)?;
    let balances: Vec<Balance> = draft.state.account(from)?.balances().collect();
    for balance in balances {
        let asset = balance.asset;
        draft.emit(match balance.form {
            Form::Held => Event::CollateralMoved { from, to, asset, amount: balance.amount() },
            Form::Lent => Event::LoanMoved { from, to, asset, shares: balance.as_shares() },
            Form::Owed => Event::DebtMoved { from, to, asset, shares: balance.as_shares() },
        })?;
    }
    let value = draft.state.account(from)?.header.pnl;
    if !value.is_zero() {
        draft.emit(Event::ProfitMoved { from, to, value })?;
    }
    if draft.state.account(from)?.header.breach.is_some() {
        draft.emit(Event::MarginRestored { account: from })?;
    }
    if to == AccountId::INSURANCE_FUND {
        let _settled: Amount = trading::settle_pnl(draft, to)?;
    }
    Ok(())
}
