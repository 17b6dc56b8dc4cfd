use cistern_engine::{event::Event, ids::AssetId, rows::Bid};
use cistern_units::Amount;

use crate::scenario::{names::Names, number};

/// Units of collections that come, go and move, and bids for them.
pub(super) fn collections(event: &Event, names: &Names<'_>) -> Option<String> {
    let name = |account| names.account_name(account);
    let told = match *event {
        Event::ItemCredited { account, asset, item, .. } => {
            format!("{} has {} more", name(account), names.item(asset, item))
        }
        Event::ItemWithdrawalAuthorized { account, asset, item } => {
            format!("{} takes out {}", name(account), names.item(asset, item))
        }
        Event::ItemMoved { from, to, asset, item, .. } => {
            format!("{} gives {} to {}", name(from), names.item(asset, item), name(to))
        }
        Event::BidPlaced { bid, account, price, count, asset } => {
            format!("{} bids {}: bid {}", name(account), terms(asset, price, count, names), bid.0)
        }
        Event::BidCancelled { bid, account, ends_at } => {
            format!("{}'s bid {} ends at {}", name(account), bid.0, number::moment(ends_at))
        }
        Event::BidEnded { bid, account } => format!("{}'s bid {} has ended", name(account), bid.0),
        Event::BidFilled { seller, bidder, price, asset, item, .. } => {
            let (item, price) = (names.item(asset, item), names.units(names.state.settlement(), price));
            format!("{} sells {item} to {} for {price}", name(seller), name(bidder))
        }
        Event::BidMoved { bid, from, to } => {
            format!("{} takes over {}'s bid {}", name(to), name(from), bid.0)
        }
        _ => return None,
    };
    Some(told)
}

/// What a bid pays, and until when.
pub(crate) fn bid(bid: &Bid, names: &Names<'_>) -> String {
    let told = terms(bid.asset, bid.price, bid.count, names);
    bid.ends_at.map_or(told.clone(), |ends_at| format!("{told} until {}", number::moment(ends_at)))
}

fn terms(asset: AssetId, price: Amount, count: u32, names: &Names<'_>) -> String {
    let (units, price) =
        (names.units(asset, Amount::new(u128::from(count))), names.units(names.state.settlement(), price));
    if count == 1 { format!("{price} for {units}") } else { format!("{price} each for {units}") }
}
