//! Liquidation: staged, to a target, at a price that is a function of the state alone [L1] [L2] [L5].

mod book;
mod execute;
mod penalty;
mod plan;
mod sale;
mod takeover;

use alloc::vec::Vec;

use cistern_margin::Tier;
use cistern_units::Value;

use crate::{
    collection,
    columns::Columns,
    draft::Draft,
    event::Event,
    ids::{AccountId, AssetId},
    limits::LIQUIDATION_STEPS_MAX,
    rejection::Rejection,
    rows::{Balance, Form},
    trading,
    valuation::{Assessment, Backing},
};

/// Distinct ticks in a row that must have seen a breach before anyone may liquidate.
const CONFIRMED: u8 = 2;

/// Judges every account after a tick: notes who fell below maintenance and who came back, and has the backstops take
/// over who has been below for long enough, the least healthy first.
pub(crate) fn sweep(draft: &mut Draft<'_>) -> Result<(), Rejection> {
    let mut due: Vec<(u64, AccountId)> = Vec::new();
    let mut insolvent: Vec<AccountId> = Vec::new();
    let patience = draft.state.config.params.liquidation.backstop_after_ticks;
    for (id, origin) in looked_at(draft)? {
        let account = draft.state.account(id)?;
        let seen = account.header.breach.map_or(0, |breach| breach.ticks);
        if !account.has_obligations() {
            if seen > 0 {
                draft.emit(Event::MarginRestored { account: id })?;
            }
            continue;
        }
        let Ok(judged) = draft.assess(id, Tier::Maintenance) else {
            continue;
        };
        if !judged.free()?.is_negative() {
            if seen > 0 {
                draft.emit(Event::MarginRestored { account: id })?;
            }
            continue;
        }
        if origin == Origin::Sample {
            draft.work.columns.note_missed(id);
        }
        let ticks = if seen == 0 || draft.saw_evidence(id)? {
            seen.saturating_add(1).min(patience.saturating_add(1))
        } else {
            seen
        };
        if ticks != seen {
            let Assessment { equity, requirement, .. } = judged;
            draft.emit(Event::MarginBreached { account: id, equity, requirement, ticks })?;
        }
        if means(draft, id, &judged)?.is_negative() {
            insolvent.push(id);
        }
        if ticks >= patience {
            due.push((judged.equity.ratio_down(judged.requirement).map_or(0, |health| health.raw()), id));
        }
    }
    due.sort_unstable();
    for (_, id) in due {
        by_backstops(draft, id)?;
    }
    halt_lending(draft, &insolvent)
}

/// Why a tick looks at an account.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    /// It may be below maintenance.
    Named,
    /// To see that it is not.
    Sample,
}

/// Whom a tick looks at, in order.
fn looked_at(draft: &mut Draft<'_>) -> Result<Vec<(AccountId, Origin)>, Rejection> {
    let named = draft.named()?;
    let mut all: Vec<_> = named.into_iter().map(|id| (id, Origin::Named)).collect();
    let sample = Columns::sample(draft.state).filter(|id| !id.is_reserved());
    all.extend(sample.map(|id| (id, Origin::Sample)));
    all.sort_unstable();
    all.dedup_by_key(|(id, _)| *id);
    Ok(all)
}

/// Halts the lending pools whose debtors cannot pay and have not been dealt with, and resumes those that have.
fn halt_lending(draft: &mut Draft<'_>, insolvent: &[AccountId]) -> Result<(), Rejection> {
    let mut impaired: Vec<AssetId> = Vec::new();
    for id in insolvent {
        let owes = |balance: &Balance| balance.form == Form::Owed;
        impaired.extend(draft.state.account(*id)?.balances().filter(owes).map(|balance| balance.asset));
    }
    for place in 0..draft.state.pools.len() {
        let asset = AssetId::at(place).ok_or(Rejection::AssetUnknown)?;
        match (draft.state.pool(asset)?.impaired, impaired.contains(&asset)) {
            (false, true) => draft.emit(Event::LendingHalted { asset })?,
            (true, false) => draft.emit(Event::LendingResumed { asset })?,
            _ => {}
        }
    }
    Ok(())
}

/// Takes over the next step of an account in confirmed breach, at the liquidator's wish.
pub(crate) fn liquidate(
    draft: &mut Draft<'_>,
    account: AccountId,
    liquidator: AccountId,
) -> Result<(), Rejection> {
    draft.require_user(account)?;
    draft.require_user(liquidator)?;
    if account == liquidator {
        return Err(Rejection::AccountsMustDiffer);
    }
    let seen = draft.state.account(account)?.header.breach.map_or(0, |breach| breach.ticks);
    if !draft.state.account(account)?.has_obligations() {
        return Err(Rejection::AccountIsHealthy);
    }
    let judged = draft.assess(account, Tier::Maintenance)?;
    if !judged.free()?.is_negative() {
        return Err(Rejection::AccountIsHealthy);
    }
    if seen < CONFIRMED {
        return Err(Rejection::BreachMustBeConfirmed);
    }
    step(draft, account, liquidator, &judged)
}

/// One step: the plan for the account as it stands, carried out; the liquidator is covered afterwards.
fn step(
    draft: &mut Draft<'_>,
    account: AccountId,
    liquidator: AccountId,
    judged: &Assessment,
) -> Result<(), Rejection> {
    // What is worth something without being collateral is sold before anybody loses.
    let used_up = !means(draft, account, judged)?.is_positive();
    if used_up && takeover::is_possible(draft, account, liquidator)? {
        takeover::take_over(draft, account, liquidator)?;
    } else {
        match plan::plan(draft, (account, liquidator), judged)? {
            Some(plan) => execute::carry_out(draft, account, liquidator, &plan)?,
            None => sale::sell(draft, account, liquidator, judged)?,
        }
    }
    finish(draft, account, liquidator)
}

/// Equity with what the account owns beyond its collateral: what has no credit, and what its bids have put down.
fn means(draft: &mut Draft<'_>, account: AccountId, judged: &Assessment) -> Result<Value, Rejection> {
    let put_down = collection::put_down(draft, account)?;
    Ok(judged.equity.plus(judged.uncredited)?.plus(put_down)?)
}

/// After a step: what was realised is settled, the breach ends if it is over, the liquidator is covered.
fn finish(draft: &mut Draft<'_>, account: AccountId, liquidator: AccountId) -> Result<(), Rejection> {
    trading::settle_pnl(draft, account)?;
    trading::settle_pnl(draft, AccountId::INSURANCE_FUND)?;
    draft.end_breach(account)?;
    draft.require_initial(liquidator, Backing::Equity)
}

/// Steps by whichever backstop can, in order, until the account is at its target.
fn by_backstops(draft: &mut Draft<'_>, account: AccountId) -> Result<(), Rejection> {
    for _ in 0..LIQUIDATION_STEPS_MAX {
        if !draft.state.account(account)?.has_obligations() {
            return Ok(());
        }
        let judged = draft.assess(account, Tier::Maintenance)?;
        if !draft.assess(account, Tier::Target)?.free()?.is_negative() {
            return Ok(());
        }
        let mut takers = draft.state.config.backstops.clone();
        takers.retain(|taker| *taker != account);
        // The fund pays, it does not trade: the last to be asked, it takes over a loss, never a position or a debt that
        // could grow.
        if only_a_loss(draft, account)? {
            takers.push(AccountId::INSURANCE_FUND);
        }
        let done = takers.into_iter().any(|taker| {
            draft.attempt(|draft| step(draft, account, taker, &judged)).is_ok()
                || draft.attempt(|draft| smaller_step(draft, account, taker, &judged)).is_ok()
        });
        // Bids have paid already: into them it sells without a taker.
        let fund = AccountId::INSURANCE_FUND;
        if !done && draft.attempt(|draft| sale::step(draft, account, fund, &judged)).is_err() {
            return defer(draft, account);
        }
    }
    Ok(())
}

/// Is a realised loss all that the account owes?
fn only_a_loss(draft: &Draft<'_>, account: AccountId) -> Result<bool, Rejection> {
    let row = draft.state.account(account)?;
    Ok(!row.has_positions() && row.balances().all(|balance| balance.form != Form::Owed))
}

/// A step that asks less of the taker: a takeover that nobody can carry becomes the best single step without penalty.
fn smaller_step(
    draft: &mut Draft<'_>,
    account: AccountId,
    taker: AccountId,
    judged: &Assessment,
) -> Result<(), Rejection> {
    let plan = plan::plan(draft, (account, taker), judged)?.ok_or(Rejection::NothingToLiquidate)?;
    let before = draft.assess(account, Tier::Maintenance)?.requirement;
    let halves = core::iter::successors(Some(plan), |plan| plan.halved()).take(HALVINGS);
    for plan in halves {
        let tried = draft.attempt(|draft| {
            execute::carry_out(draft, account, taker, &plan)?;
            finish(draft, account, taker)
        });
        if tried.is_ok() {
            let after = draft.assess(account, Tier::Maintenance)?.requirement;
            return if after < before { Ok(()) } else { Err(Rejection::NothingToLiquidate) };
        }
    }
    Err(Rejection::NothingToLiquidate)
}

/// How often a step is halved for a taker that cannot carry it: down to a 256th.
const HALVINGS: usize = 9;

/// Says once that nobody could take over. What the account has put down for bids comes back to it by their notice.
fn defer(draft: &mut Draft<'_>, account: AccountId) -> Result<(), Rejection> {
    collection::cancel_all(draft, account)?;
    let waits = draft.state.account(account)?.header.breach.is_some_and(|breach| breach.deferred);
    if waits { Ok(()) } else { draft.emit(Event::LiquidationDeferred { account }) }
}

/// A value as a positive part of another, for sharing out.
fn share(value: Value, of: Value, whole: Value) -> Result<Value, Rejection> {
    Ok(value.scaled_down(of.or_zero().magnitude(), whole.or_zero().magnitude().max(1))?)
}
