//! What an account is worth and what it must have [M6] [M7] [M8] [M9].

mod charges;
mod collections;
mod narrow;

use cistern_margin::{Leg, Mode, Portfolio, Tier};
use cistern_units::{Amount, Fraction, Overflow, Ratio, Size, Value};

use crate::{
    collateral::{Credit, counted_down},
    draft::Draft,
    event::Event,
    ids::{AccountId, AssetId, MarketId},
    product::perp,
    rejection::Rejection,
    rows::{Account, Balance, Form, Position},
    state::State,
    view::{AssetView, View},
};

pub use charges::Charge;
pub(crate) use charges::charges;
pub(crate) use collections::paid;

/// An account at one tier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Assessment {
    /// Value of what it owns.
    pub collateral: Value,
    /// Value of what it owes.
    pub debts: Value,
    /// P&L that is not settled: unrealised, funding due, and realised.
    pub unsettled: Value,
    /// What is left of all of it [M7].
    pub equity: Value,
    /// What it must have [M6].
    pub requirement: Value,
    /// What it owns beyond its collateral: worth something, and no credit.
    pub uncredited: Value,
}

impl Assessment {
    /// Equity less requirement [M8].
    ///
    /// # Errors
    /// [`Overflow`] beyond 127 bits.
    pub fn free(&self) -> Result<Value, Overflow> {
        self.equity.less(self.requirement)
    }

    /// Free collateral that does not rest on profit that nobody has paid yet [W2].
    ///
    /// # Errors
    /// [`Overflow`] beyond 127 bits.
    pub fn free_to_leave(&self) -> Result<Value, Overflow> {
        self.free()?.less(self.unsettled.or_zero())
    }
}

/// What an account's owner wants to know, in the field's names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Equity at the maintenance tier.
    pub equity: Value,
    /// Value of its assets at the maintenance tier.
    pub collateral_value: Value,
    /// Value of its debts at the maintenance tier.
    pub debts: Value,
    /// P&L that is not settled.
    pub unsettled: Value,
    /// Requirement at the initial tier.
    pub initial_margin: Value,
    /// Requirement at the maintenance tier.
    pub maintenance_margin: Value,
    /// Equity less requirement at the initial tier [M8].
    pub free_collateral: Value,
    /// What may leave [W2]; nothing where it is negative.
    pub withdrawable: Value,
    /// Equity over requirement at the maintenance tier [M9]; none without a requirement.
    pub health: Option<Ratio>,
}

/// Units that a balance stands for: rounded down where owned, up where owed.
#[inline(always)]
pub(crate) fn units(state: &State, balance: &Balance) -> Result<Amount, Rejection> {
    Ok(match balance.form {
        Form::Held => balance.amount(),
        Form::Lent => state.pool(balance.asset)?.lent_index.worth_down(balance.as_shares())?,
        Form::Owed => state.pool(balance.asset)?.owed_index.worth_up(balance.as_shares())?,
    })
}

/// Value of a holding that counts at a tier, negative for a debt: what its kind gives credit for.
#[inline(always)]
pub(crate) fn holding_value(
    state: &State,
    view: &View,
    (account, balance): (&Account, &Balance),
    tier: Tier,
) -> Result<Value, Rejection> {
    let asset = view.asset(balance.asset)?;
    if let Credit::Items { .. } = asset.credit {
        return collections::credit(state, view, (account, balance.asset), tier);
    }
    let worth = balance_worth(state, asset, balance, tier)?;
    if asset.credit != Credit::Whole && worth.is_positive() {
        credited(state, (balance.asset, asset), worth, tier)
    } else {
        Ok(worth)
    }
}

/// What a holding is worth at a tier, whether it counts or not, negative for a debt.
pub(crate) fn holding_worth(
    state: &State,
    view: &View,
    (account, balance): (&Account, &Balance),
    tier: Tier,
) -> Result<Value, Rejection> {
    let asset = view.asset(balance.asset)?;
    match asset.credit {
        Credit::Items { .. } => collections::worth(state, view, (account, balance.asset), tier),
        Credit::Whole | Credit::Committed { .. } => balance_worth(state, asset, balance, tier),
    }
}

/// What counts of a worth of a claim: what the extra haircut leaves, and where others have committed to buy less than the
/// pool has of it, its part of that.
#[inline(never)]
fn credited(
    state: &State,
    (id, asset): (AssetId, &AssetView),
    worth: Value,
    tier: Tier,
) -> Result<Value, Rejection> {
    let Credit::Committed { kept, standing, lasting } = asset.credit else { return Ok(worth) };
    let committed = if tier == Tier::Initial { lasting } else { standing };
    let whole = match asset.prices().owned(tier) {
        Some(price) => price.value_up(state.pool(id)?.held, asset.decimals())?,
        None => Value::ZERO,
    };
    Ok(counted_down(worth, kept, whole, committed)?)
}

/// How much more of a claim others have committed to buy, for new risk; negative where it is less than there is.
pub(crate) fn room(state: &State, view: &View, id: AssetId) -> Result<Value, Rejection> {
    let asset = view.asset(id)?;
    let Credit::Committed { lasting, .. } = asset.credit else { return Ok(Value::ZERO) };
    let price = asset.prices().mark.ok_or(Rejection::PriceMustBeValid { asset: id })?;
    Ok(lasting.less(price.value_up(state.pool(id)?.held, asset.decimals())?)?)
}

/// What an account's commitments to buy need at the initial tier: the haircut of what it would have to carry.
#[inline(never)]
fn commitments(state: &State, view: &View, account: &Account) -> Result<Value, Rejection> {
    let mut sum = Value::ZERO;
    let own = state.account_of(account.header.owner, account.header.sub);
    let Some(own) = own else { return Ok(sum) };
    let table = view.table(Tier::Initial)?;
    for ((asset, id), commitment) in &state.commitments {
        if *id == own {
            let haircut = table.haircut(view.asset(*asset)?.factors.as_slice());
            sum = sum.plus(commitment.standing(state.totals.time).times_up(haircut)?)?;
        }
    }
    Ok(sum)
}

/// What a balance is worth at a tier, negative for a debt; nothing where there is no price to give credit at.
#[inline(always)]
fn balance_worth(
    state: &State,
    asset: &AssetView,
    balance: &Balance,
    tier: Tier,
) -> Result<Value, Rejection> {
    let units = units(state, balance)?;
    Ok(if balance.form == Form::Owed {
        asset.owed(units, tier)?.negated()?
    } else {
        asset.owned(units, tier)?
    })
}

/// A position at a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PositionValue {
    /// Signed value at the mark.
    pub(crate) notional: Value,
    /// The part of it that moves with the market's factors.
    pub(crate) exposure: Value,
    /// P&L with the funding that is due.
    pub(crate) profit: Value,
}

/// The part of a value that still moves, rounded away from nothing.
#[inline(always)]
pub(crate) fn exposure(value: Value, moving: Fraction) -> Result<Value, Overflow> {
    if moving == Fraction::ONE {
        Ok(value)
    } else if value.is_negative() {
        value.times_down(moving)
    } else {
        value.times_up(moving)
    }
}

/// What a position is worth at a tier.
#[inline(always)]
pub(crate) fn position_value(
    state: &State,
    view: &View,
    position: &Position,
    tier: Tier,
) -> Result<PositionValue, Rejection> {
    let market = view.market(position.market)?;
    let notional = market.notional(position.size, tier)?;
    let notional = notional.ok_or(Rejection::IndexMustBeValid { market: position.market })?;
    let funding =
        perp::funding_due(position, state.market(position.market)?.funding_index, market.decimals())?;
    Ok(PositionValue {
        notional,
        exposure: exposure(notional, market.moving)?,
        profit: notional.less(position.cost)?.plus(funding)?,
    })
}

/// Adds a position to an account under revaluation.
#[inline(always)]
fn add_position(
    (view, portfolio): (&View, &mut Portfolio),
    position: &Position,
    worth: &PositionValue,
    tier: Tier,
) -> Result<(), Rejection> {
    let (table, market) = (view.table(tier)?, view.market(position.market)?);
    match &market.option {
        None => portfolio.add(table, Leg::Derivative, market.factors.as_slice(), worth.exposure)?,
        Some(option) => {
            if let Some(leg) = option.leg((position.size, market.decimals()), worth.notional, tier)? {
                portfolio.add_option(table, leg.series, leg.notional, leg.worth)?;
            }
        }
    }
    Ok(())
}

fn has_options(view: &View, account: &Account) -> Result<bool, Rejection> {
    for position in account.positions() {
        if view.market(position.market)?.option.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Judges an account at a tier; the view must be fresh.
pub(crate) fn assess(
    state: &State,
    view: &View,
    portfolio: &mut Portfolio,
    account: &Account,
    tier: Tier,
) -> Result<Assessment, Rejection> {
    let of = (state, view, portfolio.path());
    let narrow = match account.header.mode {
        Mode::Portfolio => narrow::legs::<false>(of, account, tier),
        Mode::Standard => narrow::legs::<true>(of, account, tier),
    };
    if let Some(judged) = narrow {
        let (result, size) = judged.assessment();
        debug_assert_eq!(Ok((result, size)), legs(state, view, portfolio, account, tier), "both ways agree");
        let more = beyond(state, view, (account, size), tier)?;
        return Ok(Assessment { requirement: result.requirement.plus(more)?, ..result });
    }
    let (result, size) = legs(state, view, portfolio, account, tier)?;
    let more = beyond(state, view, (account, size), tier)?;
    Ok(Assessment { requirement: result.requirement.plus(more)?, ..result })
}

/// What add-ons and commitments ask of an account beside its charge for size.
#[inline(always)]
fn beyond(
    state: &State,
    view: &View,
    (account, size): (&Account, Value),
    tier: Tier,
) -> Result<Value, Rejection> {
    let mut more = Value::ZERO;
    if tier != Tier::Initial {
        return Ok(more);
    }
    if !state.config.add_ons.is_empty() {
        more = charges(state, view, (account, size), &mut |_| {})?;
    }
    if !state.commitments.is_empty() {
        more = more.plus(commitments(state, view, account)?)?;
    }
    Ok(more)
}

/// The same without add-ons and commitments, and the charge for size [M5] in the requirement.
#[inline(never)]
fn legs(
    state: &State,
    view: &View,
    portfolio: &mut Portfolio,
    account: &Account,
    tier: Tier,
) -> Result<(Assessment, Value), Rejection> {
    // The nodes of [M3o] move with the ranges, so that a wider one may miss what a narrower one finds: no tier asks for less
    // than maintenance.
    let least = if tier != Tier::Maintenance && has_options(view, account)? {
        legs(state, view, portfolio, account, Tier::Maintenance)?.0.requirement
    } else {
        Value::ZERO
    };
    let table = view.table(tier)?;
    portfolio.clear(account.header.mode);
    let mut result = Assessment { unsettled: account.header.pnl, ..Assessment::default() };
    for balance in account.balances() {
        let asset = view.asset(balance.asset)?;
        let value = holding_value(state, view, (account, &balance), tier)?;
        if asset.credit != Credit::Whole {
            let worth = holding_worth(state, view, (account, &balance), tier)?;
            result.uncredited = result.uncredited.plus(worth.less(value)?)?;
        }
        if balance.form == Form::Owed {
            result.debts = result.debts.less(value)?;
            portfolio.add(table, Leg::Debt, asset.factors.as_slice(), value)?;
        } else {
            result.collateral = result.collateral.plus(value)?;
            portfolio.add(table, Leg::Holding, asset.factors.as_slice(), value)?;
        }
    }
    for position in account.positions() {
        let worth = position_value(state, view, &position, tier)?;
        result.unsettled = result.unsettled.plus(worth.profit)?;
        add_position((view, portfolio), &position, &worth, tier)?;
    }
    result.equity = result.collateral.less(result.debts)?.plus(result.unsettled)?;
    result.requirement = portfolio.requirement(table)?.max(least);
    let size = portfolio.charge_for_size(table)?;
    Ok((result, size))
}

/// What must back a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backing {
    /// All equity: nothing leaves the account.
    Equity,
    /// Equity without unsettled profit: value leaves the account [W2].
    Settled,
}

impl Draft<'_> {
    /// Judges an account of this draft.
    pub(crate) fn assess(&mut self, id: AccountId, tier: Tier) -> Result<Assessment, Rejection> {
        self.work.view.refresh(self.state)?;
        let account = self.state.account(id)?;
        assess(self.state, &self.work.view, &mut self.work.portfolio, account, tier)
    }

    /// The final state must be covered at the initial tier. An account that owes nothing needs no price for that.
    pub(crate) fn require_initial(&mut self, id: AccountId, backing: Backing) -> Result<(), Rejection> {
        if !self.state.account(id)?.has_obligations() && !self.state.is_committed(id) {
            return Ok(());
        }
        let judged = self.assess(id, Tier::Initial)?;
        let free = judged.free()?;
        if free.is_negative() {
            return Err(Rejection::InitialMarginMustHold { account: id, shortfall: free.negated()? });
        }
        let leaving = judged.free_to_leave()?;
        if backing == Backing::Settled && leaving.is_negative() {
            return Err(Rejection::ProfitMustBeSettled { account: id, shortfall: leaving.negated()? });
        }
        Ok(())
    }

    /// Ends a breach as soon as the account is covered again, by whatever did it: the next breach counts from one.
    pub(crate) fn end_breach(&mut self, account: AccountId) -> Result<(), Rejection> {
        let row = self.state.account(account)?;
        if row.header.breach.is_none() {
            return Ok(());
        }
        let covered =
            !row.has_obligations() || !self.assess(account, Tier::Maintenance)?.free()?.is_negative();
        if covered { self.emit(Event::MarginRestored { account }) } else { Ok(()) }
    }

    /// The largest position on the side of `change`: what a leg that it closed was the hedge of.
    pub(crate) fn opposite_leg(
        &mut self,
        id: AccountId,
        change: Size,
    ) -> Result<Option<MarketId>, Rejection> {
        self.work.view.refresh(self.state)?;
        let account = self.state.account(id)?;
        let mut best: Option<(Value, MarketId)> = None;
        for position in account.positions().filter(|position| position.size.is_long() == change.is_long()) {
            let worth = position_value(self.state, &self.work.view, &position, Tier::Maintenance)?;
            let notional = worth.notional.absolute()?;
            if best.is_none_or(|(largest, _)| notional > largest) {
                best = Some((notional, position.market));
            }
        }
        Ok(best.map(|(_, market)| market))
    }
}

/// What an account's owner wants to know.
pub(crate) fn summarise(
    state: &State,
    view: &mut View,
    portfolio: &mut Portfolio,
    id: AccountId,
) -> Result<Summary, Rejection> {
    view.refresh(state)?;
    let account = state.account(id)?;
    let standing = assess(state, view, portfolio, account, Tier::Maintenance)?;
    let initial = assess(state, view, portfolio, account, Tier::Initial)?;
    let withdrawable = if account.has_obligations() || state.is_committed(id) {
        initial.free_to_leave()?.or_zero()
    } else {
        standing.collateral.plus(standing.uncredited)?
    };
    Ok(Summary {
        equity: standing.equity,
        collateral_value: standing.collateral,
        debts: standing.debts,
        unsettled: standing.unsettled,
        initial_margin: initial.requirement,
        maintenance_margin: standing.requirement,
        free_collateral: initial.free()?,
        withdrawable: withdrawable.or_zero(),
        health: standing.equity.ratio_down(standing.requirement),
    })
}
