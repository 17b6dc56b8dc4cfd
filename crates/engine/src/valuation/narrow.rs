//! An account whose numbers all fit words, judged in a fraction of the time: nearly every account, on every tick and before
//! every trade. Where something does not fit there is no answer, and the general way says what it is worth or why not.

use cistern_margin::{Leg, NarrowPortfolio, Requirement, Tier, book::Path};
use cistern_units::{NarrowValue, Value};

use super::{Assessment, units};
use crate::{
    collateral::Credit,
    product::perp,
    rows::{Account, Balance, Form, Position},
    state::State,
    view::View,
};

/// An account at a tier without add-ons and commitments.
pub(super) struct Judged {
    collateral: NarrowValue,
    debts: NarrowValue,
    unsettled: NarrowValue,
    equity: NarrowValue,
    needs: Requirement,
}

impl Judged {
    /// What was found, and the charge for size [M5] in its requirement.
    #[inline(always)]
    pub(super) fn assessment(self) -> (Assessment, Value) {
        let assessment = Assessment {
            collateral: self.collateral.into(),
            debts: self.debts.into(),
            unsettled: self.unsettled.into(),
            equity: self.equity.into(),
            requirement: self.needs.requirement,
            uncredited: Value::ZERO,
        };
        (assessment, self.needs.size)
    }
}

/// Judges an account, in standard mode or as a portfolio; as [`super::legs`] does.
#[inline(always)]
pub(super) fn legs<const STANDARD: bool>(
    (state, view, path): (&State, &View, Path),
    account: &Account,
    tier: Tier,
) -> Option<Judged> {
    let mut portfolio = NarrowPortfolio::<STANDARD>::new(view.table(tier).ok()?);
    let (mut collateral, mut debts) = (NarrowValue::ZERO, NarrowValue::ZERO);
    let mut unsettled = NarrowValue::try_from(account.header.pnl).ok()?;
    let (balances, positions) = account.narrow()?;
    for balance in balances.iter().map(Balance::from) {
        let asset = view.asset(balance.asset).ok()?;
        if asset.credit != Credit::Whole {
            return None;
        }
        let units = units(state, &balance).ok()?;
        if balance.form == Form::Owed {
            let value = asset.narrow_owed(units, tier)?;
            debts = debts.plus(value)?;
            portfolio.add(Leg::Debt, asset.factors.iter(), value.negated()?)?;
        } else {
            let value = asset.narrow_owned(units, tier)?;
            collateral = collateral.plus(value)?;
            portfolio.add(Leg::Holding, asset.factors.iter(), value)?;
        }
    }
    for position in positions.iter().map(Position::from) {
        let market = view.market(position.market).ok()?;
        if !market.is_plain {
            return None;
        }
        let notional = market.narrow_notional(position.size, tier)?;
        let index = state.market(position.market).ok()?.funding_index;
        let funding = perp::narrow_funding_due(&position, index, market.decimals())?;
        unsettled = unsettled.plus(notional.less(position.cost.try_into().ok()?)?.plus(funding)?)?;
        portfolio.add(Leg::Derivative, market.factors.iter(), notional)?;
    }
    let equity = collateral.less(debts)?.plus(unsettled)?;
    let needs = portfolio.requirement(path)?;
    Some(Judged { collateral, debts, unsettled, equity, needs })
}
