//! Writes to markets and positions.

use cistern_units::{Amount, Overflow, Signed, Size, Value};

use crate::{
    ids::{AccountId, MarketId},
    rejection::Rejection,
    rows::{MarketState, Position},
    state::{Journal, State},
};

impl State {
    pub(crate) fn market_mut(
        &mut self,
        journal: &mut Journal,
        id: MarketId,
    ) -> Result<&mut MarketState, Rejection> {
        let market = self.markets.get_mut(id.position()).ok_or(Rejection::MarketUnknown)?;
        journal.markets.push((id, *market));
        Ok(market)
    }

    pub(crate) fn change_position(
        &mut self,
        journal: &mut Journal,
        (id, market_id): (AccountId, MarketId),
        (size, cost): (Size, Value),
        realised: Value,
    ) -> Result<(), Rejection> {
        let old = self.account(id)?.position(market_id);
        let market = self.market_mut(journal, market_id)?;
        let old = old.unwrap_or(Position {
            market: market_id,
            size: Size::ZERO,
            cost: Value::ZERO,
            funding_index: market.funding_index,
        });
        let long = |size: Size| if size.is_long() { size } else { Size::ZERO };
        let change = size.plus(old.size.reversed()?)?;
        market.net = market.net.plus(change)?;
        market.open_interest = market.open_interest.plus(long(size))?.plus(long(old.size).reversed()?)?;
        market.cost = market.cost.plus(cost)?.less(old.cost)?;
        self.set_position(journal, id, Position { size, cost, ..old })?;
        self.add_pnl(journal, id, realised)
    }

    pub(crate) fn settle_funding(
        &mut self,
        journal: &mut Journal,
        (id, market_id): (AccountId, MarketId),
        payment: Value,
        index: i128,
    ) -> Result<(), Rejection> {
        let position = self.account(id)?.position(market_id).ok_or(Overflow)?;
        self.set_position(journal, id, Position { funding_index: index, ..position })?;
        self.totals.funding = self.totals.funding.less(payment)?;
        self.add_pnl(journal, id, payment)
    }

    pub(crate) fn accrue_funding(
        &mut self,
        journal: &mut Journal,
        id: MarketId,
        premium: Signed,
        index: i128,
    ) -> Result<(), Rejection> {
        let now = self.totals.time;
        let market = self.market_mut(journal, id)?;
        market.premium = premium;
        market.funding_index = index;
        market.accrued_at = now;
        Ok(())
    }

    pub(crate) fn observe_premium(
        &mut self,
        journal: &mut Journal,
        id: MarketId,
        premium: Signed,
    ) -> Result<(), Rejection> {
        let now = self.totals.time;
        let market = self.market_mut(journal, id)?;
        market.premium_last = premium;
        market.premium_at = now;
        Ok(())
    }

    /// A realised loss becomes units of the clearing account.
    pub(crate) fn settle_loss(
        &mut self,
        journal: &mut Journal,
        id: AccountId,
        amount: Amount,
        value: Value,
    ) -> Result<(), Rejection> {
        let asset = self.settlement();
        self.shift_held(journal, (id, asset), Amount::ZERO, amount)?;
        self.shift_held(journal, (AccountId::CLEARING, asset), amount, Amount::ZERO)?;
        self.totals.settled_in = self.totals.settled_in.plus(value)?;
        self.add_pnl(journal, id, value)
    }

    /// A realised profit is paid with units of the clearing account.
    pub(crate) fn settle_profit(
        &mut self,
        journal: &mut Journal,
        id: AccountId,
        amount: Amount,
        value: Value,
    ) -> Result<(), Rejection> {
        let asset = self.settlement();
        self.shift_held(journal, (AccountId::CLEARING, asset), Amount::ZERO, amount)?;
        self.shift_held(journal, (id, asset), amount, Amount::ZERO)?;
        self.totals.settled_out = self.totals.settled_out.plus(value)?;
        self.add_pnl(journal, id, value.negated()?)
    }
}
