//! Which bid backs which unit of a collection at one instant [K2].

use alloc::vec::Vec;

use cistern_units::Amount;

use crate::{
    collateral::{
        Kind,
        nft::{Offer, backing},
    },
    ids::{AccountId, AssetId, BidId, ItemId},
    rows::{Bid, Item},
    state::State,
};

/// A unit of a collection, and the bids that back it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backed {
    pub(crate) asset: AssetId,
    pub(crate) account: AccountId,
    pub(crate) item: ItemId,
    /// How many units of the collection came before it.
    pub(crate) place: usize,
    /// The bid that counts at maintenance and that a liquidation sells it into, and what it pays.
    pub(crate) standing: Option<(BidId, Amount)>,
    /// What the bid pays that counts for new risk: one that was not cancelled.
    pub(crate) lasting: Option<Amount>,
}

/// Matches the units of all collections with the bids for them.
pub(super) fn fold(state: &State, backed: &mut Vec<Backed>) {
    for (place, config) in state.config.assets.iter().enumerate() {
        if let (Kind::Nft(_), Some(asset)) = (config.spec.kind, AssetId::at(place)) {
            of_collection(state, asset, backed);
        }
    }
    backed.sort_unstable_by_key(|unit| (unit.asset, unit.account, unit.place));
}

fn of_collection(state: &State, asset: AssetId, backed: &mut Vec<Backed>) {
    let mut units: Vec<(ItemId, Item)> = state.items_of(asset).collect();
    units.sort_unstable_by_key(|(_, item)| item.number);
    let owners: Vec<AccountId> = units.iter().map(|(_, item)| item.account).collect();
    let bids = state.bids_for(asset);
    let matched = |counts: fn(&Bid) -> bool| {
        let bids: Vec<(BidId, Bid)> = bids.iter().filter(|(_, bid)| counts(bid)).copied().collect();
        let offer = |(_, bid): &(BidId, Bid)| Offer { bidder: bid.account, count: bid.count };
        let offers: Vec<Offer> = bids.iter().map(offer).collect();
        let taken = backing(&owners, &offers).into_iter();
        let bid = |place: usize| bids.get(place).map(|(id, bid)| (*id, bid.price));
        taken.map(|place| place.and_then(bid)).collect::<Vec<_>>()
    };
    let standing = matched(|_| true);
    let lasting = matched(|bid| bid.ends_at.is_none());
    let bids = standing.into_iter().zip(lasting);
    for (place, ((item, row), (standing, lasting))) in units.into_iter().zip(bids).enumerate() {
        let lasting = lasting.map(|(_, price)| price);
        backed.push(Backed { asset, account: row.account, item, place, standing, lasting });
    }
}
