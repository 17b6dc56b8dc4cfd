//! What the add-ons ask of an account, at the initial tier.

use cistern_margin::Tier;
use cistern_units::Value;

use super::{holding_value, position_value};
use crate::{
    addon::{AddOn, Facts, Subject},
    ids::{AssetId, FactorId},
    rejection::Rejection,
    rows::{Account, Form},
    state::State,
    view::View,
};

/// What one add-on asks of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    /// Which.
    pub add_on: AddOn,
    /// How much initial margin.
    pub value: Value,
}

/// What add-ons ask, told to `tell` one by one; their sum beside `size`, the charge for size [M5] that is in the
/// requirement already.
///
/// What is taken from the credit of one asset is taken one after the other, each from what is left, so that together they
/// never take more than all. Against the charge for size the larger of the two counts: each is bounded by what the haircuts
/// leave, both together would make a deposit cost more than it brings.
pub(crate) fn charges(
    state: &State,
    view: &View,
    (account, size): (&Account, Value),
    tell: &mut dyn FnMut(Charge),
) -> Result<Value, Rejection> {
    let mut assets = Value::ZERO;
    for (place, balance) in account.balances().enumerate() {
        let known = account.balances().take(place);
        let seen = known.into_iter().any(|other| other.asset == balance.asset && other.form != Form::Owed);
        if balance.form != Form::Owed && !seen {
            assets = assets.plus(of_asset(state, view, (account, balance.asset), tell)?)?;
        }
    }
    let mut markets = Value::ZERO;
    for position in account.positions() {
        let market = view.market(position.market)?;
        let notional = position_value(state, view, &position, Tier::Initial)?.notional;
        let open = state.market(position.market)?.open_interest;
        let open = market
            .prices()
            .mark
            .map_or(Ok(Value::ZERO), |mark| mark.notional_down(open, market.decimals()))?;
        let base = view.table(Tier::Initial)?.haircut(market.factors.as_slice());
        let facts = Facts { whole: open, base, ..Facts::default() };
        for add_on in &state.config.add_ons {
            if add_on.rule().subject() == Subject::Market(position.market) {
                let value = add_on.extra_up(notional, &facts)?;
                tell(Charge { add_on: *add_on, value });
                markets = markets.plus(value)?;
            }
        }
    }
    Ok(assets.max(size).less(size)?.plus(markets)?)
}

/// What the add-ons about one asset take from its credit, less what its haircuts take of that anyway.
fn of_asset(
    state: &State,
    view: &View,
    (account, id): (&Account, AssetId),
    tell: &mut dyn FnMut(Charge),
) -> Result<Value, Rejection> {
    let asset = view.asset(id)?;
    let mut left = Value::ZERO;
    for balance in account.balances().filter(|balance| balance.asset == id && balance.form != Form::Owed) {
        left = left.plus(holding_value(state, view, (account, &balance), Tier::Initial)?)?;
    }
    let pool = state.pool(id)?;
    let all = pool.held.plus(pool.lent)?;
    let price = asset.prices().owned(Tier::Initial);
    let whole = price.map_or(Ok(Value::ZERO), |price| price.value_up(all, asset.decimals()))?;
    let rest = view.table(Tier::Initial)?.haircut(asset.factors.as_slice()).complement();
    let mut sum = Value::ZERO;
    for add_on in &state.config.add_ons {
        let against = match add_on.rule().subject() {
            Subject::Asset(other) if other == id => Value::ZERO,
            Subject::Pair(other, factor) if other == id => long(state, view, account, factor)?,
            _ => continue,
        };
        let facts = Facts { mark: asset.prices().mark, whole, against, ..Facts::default() };
        let after = add_on.left_down(left, &facts)?;
        let value = left.less(after)?.times_up(rest)?;
        tell(Charge { add_on: *add_on, value });
        sum = sum.plus(value)?;
        left = after;
    }
    Ok(sum)
}

/// Notional of an account's positions that move with a factor, shorts against longs.
fn long(state: &State, view: &View, account: &Account, factor: FactorId) -> Result<Value, Rejection> {
    let mut sum = Value::ZERO;
    for position in account.positions() {
        let market = view.market(position.market)?;
        if market.factors.as_slice().iter().any(|other| other.0 == factor.0) {
            sum = sum.plus(position_value(state, view, &position, Tier::Initial)?.notional)?;
        }
    }
    Ok(sum)
}
