//! What is measured while a replay runs: the insurance fund, what the pool has beyond what it promises, leverage.

use cistern_engine::{
    ids::{AccountId, AssetId},
    rows::Form,
};
use cistern_units::{Amount, Ratio, Span, Time, Value};

use crate::replay::{clerk::Clerk, tally::News};

/// How often the whole pool is valued.
const INTERVAL: Span = Span::HOUR;
/// Accounts whose leverage is looked at after each tick, around the table.
const LOOKED_AT: usize = 16;
/// The leverage of an account with less than this says nothing.
const DUST: Value = Value::ONE;

/// Extremes of a replay.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Value of the insurance fund after the first tick.
    pub(super) fund_first: Option<Value>,
    /// Its least value after a tick.
    pub(super) fund_min: Option<Value>,
    /// Surplus of the pool when it was first valued.
    pub(super) surplus_first: Option<Value>,
    /// Least surplus of the pool, and when.
    pub(super) surplus_min: Option<(Value, Time)>,
    /// Highest leverage of an account that was above maintenance.
    pub(super) leverage_max: Ratio,
    looked: Option<Time>,
    turn: usize,
}

impl Watch {
    /// After a tick.
    pub(super) fn look(&mut self, clerk: &mut Clerk, now: Time, news: &[News]) {
        if let Some(fund) = clerk.summary(AccountId::INSURANCE_FUND) {
            let least = self.fund_min.map_or(fund.equity, |least| least.min(fund.equity));
            self.fund_min = Some(least);
            self.fund_first.get_or_insert(fund.equity);
        }
        let stepped = news.iter().any(|item| matches!(item, News::Stepped(step) if step.penalty.is_zero()));
        if stepped || self.looked.is_none_or(|looked| now.since(looked) >= INTERVAL) {
            self.value_pool(clerk, now);
        }
        let count = clerk.state().accounts.len();
        for _ in 0..LOOKED_AT.min(count) {
            self.turn = (self.turn + 1) % count;
            if let Some(account) = AccountId::at(self.turn) {
                self.look_at(clerk, account);
            }
        }
    }

    /// Values everything once.
    pub(super) fn value_pool(&mut self, clerk: &mut Clerk, now: Time) {
        self.looked = Some(now);
        let surplus = surplus(clerk);
        self.surplus_first.get_or_insert(surplus);
        if self.surplus_min.is_none_or(|(least, _)| surplus < least) {
            self.surplus_min = Some((surplus, now));
        }
    }

    fn look_at(&mut self, clerk: &mut Clerk, account: AccountId) {
        let Some(summary) = clerk.summary(account) else { return };
        let healthy = summary.health.is_some_and(|health| health >= Ratio::ONE);
        if !healthy {
            return;
        }
        if summary.equity < DUST {
            return;
        }
        if let Some(leverage) = exposure(clerk, account).ratio_down(summary.equity) {
            self.leverage_max = self.leverage_max.max(leverage);
        }
    }
}

/// Notional of all positions, and debts beyond what the account has of the same asset.
fn exposure(clerk: &Clerk, account: AccountId) -> Value {
    let Ok(row) = clerk.state().account(account) else { return Value::ZERO };
    let positions = row.positions().map(|position| clerk.notional(position.market, position.size));
    let debts = row.balances().filter(|balance| balance.form == Form::Owed);
    let debts = debts.map(|balance| {
        let owned = clerk.held(account, balance.asset).plus(clerk.lent(account, balance.asset));
        let owed = clerk.owed(account, balance.asset).minus_or_zero(owned.unwrap_or(Amount::ZERO));
        clerk.worth(balance.asset, owed)
    });
    positions
        .chain(debts)
        .fold(Value::ZERO, |sum, value| value.absolute().and_then(|value| sum.plus(value)).unwrap_or(sum))
}

/// What is in custody at its prices, less what the pool's users could claim: their positive equities.
pub(super) fn surplus(clerk: &mut Clerk) -> Value {
    let pools = clerk.state().pools.len();
    let mut surplus = Value::ZERO;
    for asset in (0..pools).filter_map(AssetId::at) {
        let custody = clerk.state().pool(asset).map(|pool| pool.custody);
        let worth = custody.map_or(Value::ZERO, |custody| clerk.worth(asset, custody));
        surplus = surplus.plus(worth).unwrap_or(surplus);
    }
    for account in (0..clerk.state().accounts.len()).filter_map(AccountId::at) {
        if account.is_reserved() {
            continue;
        }
        let equity = clerk.summary(account).map_or(Value::ZERO, |summary| summary.equity.or_zero());
        surplus = surplus.less(equity).unwrap_or(surplus);
    }
    surplus
}
