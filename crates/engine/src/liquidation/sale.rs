//! Units of collections are sold whole into the bids that back them [K2]: last, when nothing that divides helps any more, because
//! whoever loses one loses that one. An auction would have its place here, before the bids.

use alloc::vec::Vec;

use cistern_margin::Tier;
use cistern_units::{Amount, Fraction, Value};

use super::{execute::charge, finish, penalty};
use crate::{
    collateral::{Credit, Kind},
    collection,
    draft::Draft,
    event::Event,
    ids::{AccountId, BidId, ItemId},
    limits::SALES_MAX,
    rejection::Rejection,
    valuation::{Assessment, paid},
    view::AssetView,
};

/// A unit that may be sold now.
struct Lot {
    bid: BidId,
    item: ItemId,
    /// What the bid pays.
    value: Value,
    /// What the worst move takes of its price.
    haircut: u64,
}

/// A step that asks nothing of anybody: as few units as reach the target are sold, the best bids first.
pub(super) fn step(
    draft: &mut Draft<'_>,
    account: AccountId,
    liquidator: AccountId,
    judged: &Assessment,
) -> Result<(), Rejection> {
    sell(draft, account, liquidator, judged)?;
    finish(draft, account, liquidator)
}

/// Sells as few units as bring the account to its target; as many as a step may where that is not enough.
pub(super) fn sell(
    draft: &mut Draft<'_>,
    account: AccountId,
    liquidator: AccountId,
    judged: &Assessment,
) -> Result<(), Rejection> {
    let before = draft.assess(account, Tier::Target)?.free()?;
    let health = judged.equity.ratio_down(judged.requirement).unwrap_or_default();
    let rate = penalty::rate(&draft.state.config.params.liquidation, health);
    let (mut closed, mut cost) = (Value::ZERO, Value::ZERO);
    let mut free = before;
    for lot in lots(draft, account)?.into_iter().take(SALES_MAX) {
        let Some(bid) = draft.state.bids.get(&lot.bid).copied() else { continue };
        collection::sell(draft, (lot.bid, &bid), account, lot.item)?;
        closed = closed.plus(lot.value)?;
        cost = cost.plus(lot.value.times_up(penalty::bounded(rate, lot.haircut))?)?;
        cost = cost.min(judged.equity.or_zero());
        free = draft.assess(account, Tier::Target)?.free()?.less(cost)?;
        if !free.is_negative() {
            break;
        }
    }
    if free <= before {
        return Err(Rejection::NothingToLiquidate);
    }
    draft.emit(Event::LiquidationStepped { account, liquidator, closed, penalty: cost })?;
    charge(draft, (account, liquidator), cost)
}

/// Units of an account that may be sold now, the best bids first.
fn lots(draft: &mut Draft<'_>, account: AccountId) -> Result<Vec<Lot>, Rejection> {
    draft.work.view.refresh(draft.state)?;
    let (state, view) = (&*draft.state, &draft.work.view);
    let money = view.asset(state.settlement())?;
    let mut lots = Vec::new();
    for balance in state.account(account)?.balances() {
        let asset = view.asset(balance.asset)?;
        let Kind::Nft(collection) = state.asset(balance.asset)?.spec.kind else { continue };
        if !asset.prices().allow_liquidation() || !money.prices().allow_liquidation() {
            continue;
        }
        let haircut = view.table(Tier::Maintenance)?.haircut(asset.factors.as_slice());
        let least = least(asset, haircut)?;
        for unit in view.backed(balance.asset, account) {
            let Some((bid, price)) = unit.standing else { continue };
            let value = paid(state, view, price, Tier::Maintenance)?;
            let stood = state.bids.get(&bid).map_or(draft.now(), |bid| bid.placed_at);
            if value >= least || state.totals.time.since(stood) >= collection.notice {
                lots.push(Lot { bid, item: unit.item, value, haircut: u64::from(haircut.raw()) });
            }
        }
    }
    lots.sort_by_key(|lot| core::cmp::Reverse(lot.value));
    Ok(lots)
}

/// What a bid must pay to buy at once: what the worst move leaves of the price. A lower one waits for the notice, in which others
/// can bid more.
fn least(asset: &AssetView, haircut: Fraction) -> Result<Value, Rejection> {
    debug_assert!(matches!(asset.credit, Credit::Items { .. }), "only collections are sold by the unit");
    let floor =
        asset.prices().mark.map(|price| price.value_up(Amount::new(1), asset.decimals())).transpose()?;
    Ok(floor.unwrap_or(Value::ZERO).times_up(haircut.complement())?)
}
