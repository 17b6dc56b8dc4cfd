//! An account as the planner sees it: its legs by value, and what would be left of them.

use alloc::vec::Vec;

use cistern_margin::{Leg, Tier};
use cistern_units::{Fraction, Value};

use crate::{
    collateral::Credit,
    draft::Draft,
    ids::{AccountId, AssetId, MarketId},
    rejection::Rejection,
    rows::Form,
    valuation::{exposure, holding_value, holding_worth, position_value},
    view::{FactorList, OptionLeg, Prices},
};

/// What a leg is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Owned(AssetId, Form),
    Debt(AssetId),
    Position(MarketId),
    /// Realised loss that is not settled.
    Loss,
}

/// One leg at the maintenance price.
#[derive(Clone, Copy, Debug)]
pub(super) struct LegView {
    pub(super) kind: Kind,
    pub(super) factors: FactorList,
    /// Value without its sign.
    pub(super) size: Value,
    /// The part of it that moves with its factors.
    moving: Fraction,
    /// What the whole of it is where it is an option.
    option: Option<OptionLeg>,
    /// Is it an asset or a long position?
    pub(super) positive: Sign,
    /// Sum of the falls of its factors, in 1e-9.
    pub(super) haircut: u64,
    /// Value of it that counts: less than its size where its kind gives less credit.
    pub(super) credited: Value,
    /// May a liquidation touch it now?
    pub(super) open: Gate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Plus,
    Minus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    Open,
    Closed,
}

impl LegView {
    pub(super) fn is_open(&self) -> bool {
        self.open == Gate::Open && !self.size.is_zero()
    }

    /// What a part of the leg exposes to its factors.
    fn exposed(&self, size: Value) -> Result<Value, Rejection> {
        let size = if self.positive == Sign::Plus { size } else { size.negated()? };
        Ok(exposure(size, self.moving)?)
    }

    fn as_leg(&self) -> Option<Leg> {
        match self.kind {
            Kind::Owned(..) => Some(Leg::Holding),
            Kind::Debt(_) => Some(Leg::Debt),
            Kind::Position(_) => Some(Leg::Derivative),
            Kind::Loss => None,
        }
    }
}

/// The legs of an account.
pub(super) struct Book {
    pub(super) account: AccountId,
    pub(super) legs: Vec<LegView>,
    pub(super) equity: Value,
}

impl Book {
    pub(super) fn of(draft: &mut Draft<'_>, id: AccountId, equity: Value) -> Result<Self, Rejection> {
        draft.work.view.refresh(draft.state)?;
        let (state, view) = (&*draft.state, &draft.work.view);
        let table = view.table(Tier::Maintenance)?;
        let haircut = |factors: &FactorList| u64::from(table.haircut(factors.as_slice()).raw());
        let account = state.account(id)?;
        let mut legs = Vec::new();
        for balance in account.balances() {
            let asset = view.asset(balance.asset)?;
            let owed = balance.form == Form::Owed;
            legs.push(LegView {
                kind: if owed { Kind::Debt(balance.asset) } else { Kind::Owned(balance.asset, balance.form) },
                factors: asset.factors,
                size: holding_worth(state, view, (account, &balance), Tier::Maintenance)?.absolute()?,
                credited: holding_value(state, view, (account, &balance), Tier::Maintenance)?.absolute()?,
                moving: Fraction::ONE,
                option: None,
                positive: if owed { Sign::Minus } else { Sign::Plus },
                haircut: haircut(&asset.factors),
                // A unit that is whole is no part of a debt: it is sold, and not here.
                open: if matches!(asset.credit, Credit::Items { .. }) {
                    Gate::Closed
                } else {
                    gate(asset.prices())
                },
            });
        }
        for position in account.positions() {
            let market = view.market(position.market)?;
            let worth = position_value(state, view, &position, Tier::Maintenance)?;
            let size = (position.size, market.decimals());
            let option = market.option.map(|option| option.leg(size, worth.notional, Tier::Target));
            legs.push(LegView {
                kind: Kind::Position(position.market),
                factors: market.factors,
                // An option that is worth nothing is something that changes hands all the same.
                size: worth.notional.absolute()?.max(Value::new(1)),
                credited: worth.notional.absolute()?.max(Value::new(1)),
                moving: market.moving,
                option: option.transpose()?.flatten(),
                positive: if position.size.is_long() { Sign::Plus } else { Sign::Minus },
                haircut: haircut(&market.factors),
                open: gate(market.prices()),
            });
        }
        if account.header.pnl.is_negative() {
            legs.push(LegView {
                kind: Kind::Loss,
                factors: FactorList::default(),
                size: account.header.pnl.absolute()?,
                credited: account.header.pnl.absolute()?,
                moving: Fraction::ONE,
                option: None,
                positive: Sign::Minus,
                haircut: 0,
                open: Gate::Open,
            });
        }
        Ok(Self { account: id, legs, equity })
    }

    /// Leaves out what the taker may not have.
    pub(super) fn close_to(&mut self, draft: &Draft<'_>, taker: AccountId) {
        for leg in &mut self.legs {
            if matches!(leg.kind, Kind::Owned(asset, _) if !draft.state.may_hold(taker, asset)) {
                leg.open = Gate::Closed;
            }
        }
    }

    /// Equity less requirement at the liquidation target, with `cuts` taken off the legs and `cost` off the equity.
    pub(super) fn free_after(
        &self,
        draft: &mut Draft<'_>,
        cuts: &[(usize, Value)],
        cost: Value,
    ) -> Result<Value, Rejection> {
        let mut free = self.free_at(draft, cuts, cost, Tier::Target)?;
        // As for every account with options: no tier asks for less than maintenance.
        if self.legs.iter().any(|leg| leg.option.is_some()) {
            free = free.min(self.free_at(draft, cuts, cost, Tier::Maintenance)?);
        }
        Ok(free)
    }

    fn free_at(
        &self,
        draft: &mut Draft<'_>,
        cuts: &[(usize, Value)],
        cost: Value,
        tier: Tier,
    ) -> Result<Value, Rejection> {
        let work = &mut *draft.work;
        let table = work.view.table(tier)?;
        let mut equity = self.equity.less(cost)?;
        work.portfolio.clear(draft.state.account(self.account)?.header.mode);
        for (place, leg) in self.legs.iter().enumerate() {
            let Some(kind) = leg.as_leg() else { continue };
            let mut size = leg.size;
            for (_, cut) in cuts.iter().filter(|(cut, _)| *cut == place) {
                size = size.less(*cut)?.or_zero();
            }
            if leg.credited != leg.size {
                // What it is sold for beyond its credit is equity that did not count before.
                let left = leg.credited.scaled_down(size.magnitude(), leg.size.magnitude().max(1))?;
                equity = equity.plus(leg.size.less(size)?)?.less(leg.credited.less(left)?)?;
                size = left;
            }
            match leg.option {
                None => work.portfolio.add(table, kind, leg.factors.as_slice(), leg.exposed(size)?)?,
                Some(option) => {
                    let (part, whole) = (size.magnitude(), leg.size.magnitude().max(1));
                    let notional = option.notional.scaled_down(part, whole)?;
                    work.portfolio.add_option(
                        table,
                        option.series,
                        notional,
                        option.worth.scaled_down(part, whole)?,
                    )?;
                }
            }
        }
        let requirement = work.portfolio.requirement(table)?;
        Ok(equity.less(requirement)?)
    }
}

fn gate(prices: &Prices) -> Gate {
    if prices.allow_liquidation() { Gate::Open } else { Gate::Closed }
}
