//! What units of collections count for, and what they are worth.

use cistern_margin::Tier;
use cistern_units::{Amount, Value};

use crate::{
    collateral::{Credit, nft},
    ids::AssetId,
    rejection::Rejection,
    rows::Account,
    state::State,
    view::{Backed, View},
};

/// The units of a collection that an account has.
fn units<'a>(state: &State, view: &'a View, (account, asset): (&Account, AssetId)) -> &'a [Backed] {
    let id = state.account_of(account.header.owner, account.header.sub);
    id.map_or(&[], |id| view.backed(asset, id))
}

/// What an amount of the settlement asset pays at a tier; nothing where it has no price to give credit at.
pub(crate) fn paid(state: &State, view: &View, amount: Amount, tier: Tier) -> Result<Value, Rejection> {
    let asset = view.asset(state.settlement())?;
    Ok(match asset.prices().owned(tier) {
        Some(price) => price.value_down(amount, asset.decimals())?,
        None => Value::ZERO,
    })
}

/// What a unit of a collection is worth at its floor price; none without one to give credit at.
fn floor(view: &View, asset: AssetId, tier: Tier) -> Result<Option<Value>, Rejection> {
    let asset = view.asset(asset)?;
    let price = asset.prices().owned(tier);
    Ok(price.map(|price| price.value_down(Amount::new(1), asset.decimals())).transpose()?)
}

/// What pays for a unit at a tier.
fn bid(state: &State, view: &View, unit: &Backed, tier: Tier) -> Result<Option<Value>, Rejection> {
    let standing = unit.standing.map(|(_, price)| price);
    let bid = if tier == Tier::Initial { unit.lasting } else { standing };
    bid.map(|price| paid(state, view, price, tier)).transpose()
}

/// What counts of an account's units of a collection [K2].
#[inline(never)]
pub(super) fn credit(
    state: &State,
    view: &View,
    of: (&Account, AssetId),
    tier: Tier,
) -> Result<Value, Rejection> {
    let Credit::Items { cap } = view.asset(of.1)?.credit else { return Ok(Value::ZERO) };
    let floor = floor(view, of.1, tier)?;
    let mut sum = Value::ZERO;
    for unit in units(state, view, of) {
        sum = sum.plus(nft::credit(bid(state, view, unit, tier)?, floor, (unit.place, cap)))?;
    }
    Ok(sum)
}

/// What an account's units of a collection are worth: the floor price, or what somebody pays for them where that is more.
#[inline(never)]
pub(super) fn worth(
    state: &State,
    view: &View,
    of: (&Account, AssetId),
    tier: Tier,
) -> Result<Value, Rejection> {
    let floor = floor(view, of.1, tier)?.unwrap_or(Value::ZERO);
    let mut sum = Value::ZERO;
    for unit in units(state, view, of) {
        sum = sum.plus(bid(state, view, unit, tier)?.unwrap_or(Value::ZERO).max(floor))?;
    }
    Ok(sum)
}
