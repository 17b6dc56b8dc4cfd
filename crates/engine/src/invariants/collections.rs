use alloc::{collections::BTreeMap, vec::Vec};

use super::{Violation, require};
use crate::{
    collateral::Kind,
    ids::{AccountId, AssetId},
    rows::Form,
    state::State,
};

/// Units that accounts hold are the ones that the pool has, each at its own place; what is put down is what bids pay.
pub(super) fn agree(state: &State) -> Result<(), Violation> {
    let mut units: BTreeMap<(AccountId, AssetId), u128> = BTreeMap::new();
    let mut numbers: Vec<u64> = Vec::new();
    for ((asset, _), item) in &state.items {
        let count = units.entry((item.account, *asset)).or_default();
        *count = count.saturating_add(1);
        numbers.push(item.number);
    }
    numbers.sort_unstable();
    let placed = numbers.is_sorted_by(|a, b| a < b)
        && numbers.last().is_none_or(|last| *last < state.totals.next_item);
    require(|| placed, "every_unit_of_a_collection_has_a_place_of_its_own", "S12", 0)?;
    let mut held: BTreeMap<(AccountId, AssetId), u128> = BTreeMap::new();
    for (row, account) in state.accounts.iter().enumerate() {
        let Some(id) = AccountId::at(row) else { continue };
        for balance in account.balances() {
            let kind = state.asset(balance.asset).map(|config| config.spec.kind);
            if matches!(kind, Ok(Kind::Nft(_))) {
                require(|| balance.form == Form::Held, "a_unit_of_a_collection_is_held", "S1", row)?;
                held.insert((id, balance.asset), balance.amount().units());
            }
        }
    }
    require(|| held == units, "units_held_are_the_units_that_the_pool_has", "S1 inv-C1", 0)?;
    let mut put_down = 0_u128;
    for bid in state.bids.values() {
        let whole = bid.price.units().saturating_mul(u128::from(bid.count));
        require(|| whole > 0, "no_row_of_a_bid_is_empty", "inv-H8", 0)?;
        put_down = put_down.saturating_add(whole);
    }
    for (row, pool) in state.pools.iter().enumerate() {
        let due = if AssetId::at(row) == Some(state.settlement()) { put_down } else { 0 };
        require(|| pool.escrow.units() == due, "what_is_put_down_is_what_bids_pay", "S1 inv-C1", row)?;
    }
    Ok(())
}
