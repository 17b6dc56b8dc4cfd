//! Samples about units of collections and bids for them.

use cistern_engine::{
    command::Command,
    event::Event,
    ids::{BidId, ItemId},
    rejection::Rejection,
};

use crate::{evidence, world::Dice};

/// A number that contracts count to, or one that is a hash.
fn item(d: &mut Dice) -> ItemId {
    if d.below(2) == 0 { ItemId::of(d.long()) } else { ItemId(evidence::digest(d)) }
}

fn bid(d: &mut Dice) -> BidId {
    BidId(d.account().0)
}

pub(crate) fn commands(d: &mut Dice) -> Vec<Command> {
    vec![
        Command::DepositItem { account: d.account(), asset: d.asset(), item: item(d) },
        Command::WithdrawItem { account: d.account(), asset: d.asset(), item: item(d) },
        Command::TransferItem { from: d.account(), to: d.account(), asset: d.asset(), item: item(d) },
        Command::PlaceBid { account: d.account(), price: d.amount(), count: d.account().0, asset: d.asset() },
        Command::CancelBid { account: d.account(), bid: bid(d) },
    ]
}

pub(crate) fn events(d: &mut Dice) -> Vec<Event> {
    vec![
        Event::ItemCredited { account: d.account(), asset: d.asset(), item: item(d), number: d.long() },
        Event::ItemWithdrawalAuthorized { account: d.account(), asset: d.asset(), item: item(d) },
        Event::ItemMoved {
            from: d.account(),
            to: d.account(),
            asset: d.asset(),
            item: item(d),
            number: d.long(),
        },
        Event::BidPlaced {
            bid: bid(d),
            account: d.account(),
            price: d.amount(),
            count: d.account().0,
            asset: d.asset(),
        },
        Event::BidCancelled { bid: bid(d), account: d.account(), ends_at: d.time() },
        Event::BidEnded { bid: bid(d), account: d.account() },
        Event::BidFilled {
            bid: bid(d),
            seller: d.account(),
            bidder: d.account(),
            price: d.amount(),
            asset: d.asset(),
            item: item(d),
            number: d.long(),
        },
        Event::BidMoved { bid: bid(d), from: d.account(), to: d.account() },
    ]
}

pub(crate) fn rejections(d: &mut Dice) -> Vec<Rejection> {
    vec![
        Rejection::ItemIsHeld,
        Rejection::ItemUnknown,
        Rejection::BidUnknown,
        Rejection::BidTooSmall { least: d.amount() },
    ]
}
