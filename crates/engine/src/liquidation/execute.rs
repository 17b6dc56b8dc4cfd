//! Carries a planned step out: the liquidator takes over at the mark, the penalty goes to it and to the insurance fund.

use cistern_margin::Tier;
use cistern_units::{Amount, Fraction, Price, Shares, Size, Value};

use crate::{
    accrue,
    draft::Draft,
    event::Event,
    ids::{AccountId, AssetId, MarketId},
    interest,
    liquidation::{
        book::Kind,
        plan::{Cut, Plan},
    },
    rejection::Rejection,
    rows::Form,
    trading,
};

/// Who gives and who takes.
type Parties = (AccountId, AccountId);

pub(super) fn carry_out(
    draft: &mut Draft<'_>,
    account: AccountId,
    liquidator: AccountId,
    plan: &Plan,
) -> Result<(), Rejection> {
    let parties = (account, liquidator);
    let (closed, penalty) = (plan.closed, plan.penalty);
    draft.emit(Event::LiquidationStepped { account, liquidator, closed, penalty })?;
    match plan.legs.as_slice() {
        [(owed @ (Kind::Debt(_) | Kind::Loss), paid), (Kind::Owned(asset, form), _)] => {
            let moved = match owed {
                Kind::Debt(debt) => move_debt(draft, parties, *debt, paid)?,
                _ => move_loss(draft, parties, paid.value)?,
            };
            move_collateral(draft, parties, (*asset, *form), (moved, penalty))
        }
        positions => {
            for (kind, cut) in positions {
                if let Kind::Position(market) = kind {
                    move_position(draft, parties, *market, cut)?;
                }
            }
            charge(draft, parties, penalty)
        }
    }
}

/// The liquidator takes over a part of a position at the mark.
pub(super) fn move_position(
    draft: &mut Draft<'_>,
    (account, liquidator): Parties,
    market: MarketId,
    cut: &Cut,
) -> Result<(), Rejection> {
    let Some(position) = draft.state.account(account)?.position(market) else {
        return Ok(());
    };
    let whole = cut.whole.or_zero().magnitude().max(1);
    let raw = cistern_units::wide::multiply_divide_up(
        u128::from(position.size.magnitude()),
        cut.value.or_zero().magnitude().min(whole),
        whole,
    );
    let raw = raw.and_then(|raw| i64::try_from(raw).ok()).ok_or(Rejection::NumberTooLarge)?;
    let size = if position.size.is_short() { Size::new(raw) } else { Size::new(raw).reversed()? };
    let price = mark(draft, market)?;
    accrue::funding(draft, market)?;
    trading::change_position(draft, (account, market), size, price)?;
    trading::change_position(draft, (liquidator, market), size.reversed()?, price)
}

fn mark(draft: &mut Draft<'_>, market: MarketId) -> Result<Price, Rejection> {
    draft.work.view.refresh(draft.state)?;
    draft.work.view.market(market)?.prices().mark.ok_or(Rejection::IndexMustBeValid { market })
}

/// The liquidator takes over a part of a debt; what that is worth to the account.
fn move_debt(
    draft: &mut Draft<'_>,
    (from, to): Parties,
    asset: AssetId,
    cut: &Cut,
) -> Result<Value, Rejection> {
    let all = draft.state.account(from)?.shares(asset, Form::Owed);
    let whole = cut.whole.or_zero().magnitude().max(1);
    let raw = cistern_units::wide::multiply_divide_down(
        all.raw(),
        cut.value.or_zero().magnitude().min(whole),
        whole,
    );
    let shares = Shares::new(raw.ok_or(Rejection::NumberTooLarge)?);
    if shares.is_zero() {
        return Err(Rejection::NothingToLiquidate);
    }
    // Rounded up for the liquidator: it takes over what it will have to repay.
    let units = interest::owed_units(draft.state.pool(asset)?, shares)?;
    draft.emit(Event::DebtMoved { from, to, asset, shares })?;
    draft.work.view.refresh(draft.state)?;
    let view = draft.work.view.asset(asset)?;
    let price = view.prices().owing(Tier::Maintenance).ok_or(Rejection::PriceMustBeValid { asset })?;
    Ok(price.value_up(units, view.decimals())?)
}

/// The liquidator takes over a part of a realised loss.
fn move_loss(draft: &mut Draft<'_>, (from, to): Parties, value: Value) -> Result<Value, Rejection> {
    draft.emit(Event::ProfitMoved { from, to, value: value.negated()? })?;
    Ok(value)
}

/// The liquidator gets collateral for what it took over and its share of the penalty, the insurance fund gets the rest.
fn move_collateral(
    draft: &mut Draft<'_>,
    parties: Parties,
    (asset, form): (AssetId, Form),
    (worth, penalty): (Value, Value),
) -> Result<(), Rejection> {
    let fund = fund_share(draft, penalty)?;
    if !draft.state.may_hold(AccountId::INSURANCE_FUND, asset) {
        // The fund may not have it: the liquidator takes all and owes the fund its share.
        move_units(draft, parties, (asset, form), worth.plus(penalty)?)?;
        let (from, to) = (parties.1, AccountId::INSURANCE_FUND);
        return if fund.is_positive() {
            draft.emit(Event::ProfitMoved { from, to, value: fund })
        } else {
            Ok(())
        };
    }
    let taken = worth.plus(penalty)?.less(fund)?;
    move_units(draft, parties, (asset, form), taken)?;
    move_units(draft, (parties.0, AccountId::INSURANCE_FUND), (asset, form), fund)
}

fn fund_share(draft: &Draft<'_>, penalty: Value) -> Result<Value, Rejection> {
    let share: Fraction = draft.state.config.params.liquidation.liquidator_share;
    Ok(penalty.times_up(share.complement())?)
}

/// Moves as much of an asset as is worth `value`, rounded down: what is left stays with the account.
fn move_units(
    draft: &mut Draft<'_>,
    (from, to): Parties,
    (asset, form): (AssetId, Form),
    value: Value,
) -> Result<(), Rejection> {
    draft.work.view.refresh(draft.state)?;
    let view = draft.work.view.asset(asset)?;
    let price = view.prices().owned(Tier::Maintenance).ok_or(Rejection::PriceMustBeValid { asset })?;
    let amount = price.amount_down(value, view.decimals())?;
    if from == to || amount.is_zero() {
        return Ok(());
    }
    if form == Form::Held {
        let amount: Amount = amount.min(draft.state.account(from)?.held(asset));
        return draft.emit(Event::CollateralMoved { from, to, asset, amount });
    }
    let owned = draft.state.account(from)?.shares(asset, Form::Lent);
    let shares = interest::lent_shares_down(draft.state.pool(asset)?, amount)?.min(owned);
    if shares.is_zero() { Ok(()) } else { draft.emit(Event::LoanMoved { from, to, asset, shares }) }
}

/// The penalty for closed positions and sold units, out of the account's realised P&L.
pub(super) fn charge(
    draft: &mut Draft<'_>,
    (account, liquidator): Parties,
    penalty: Value,
) -> Result<(), Rejection> {
    let fund = fund_share(draft, penalty)?;
    for (to, value) in [(liquidator, penalty.less(fund)?), (AccountId::INSURANCE_FUND, fund)] {
        if value.is_positive() {
            draft.emit(Event::ProfitMoved { from: account, to, value })?;
        }
    }
    Ok(())
}
