//! Collections: units that come, go and move by their numbers, and bids for them with the money put down.

use alloc::vec::Vec;

use cistern_margin::Tier;
use cistern_units::{Amount, Value};

use crate::{
    controls::require_amount,
    custody::{require_balance_room, require_held},
    draft::Draft,
    event::Event,
    ids::{AccountId, AssetId, BidId, ItemId},
    limits::{BIDS_MAX, ITEMS_MAX},
    rejection::Rejection,
    rows::{Bid, Form},
    valuation::{Backing, paid},
};

/// One unit, as an amount.
const ONE: Amount = Amount::new(1);

pub(crate) fn deposit(
    draft: &mut Draft<'_>,
    account: AccountId,
    asset: AssetId,
    item: ItemId,
) -> Result<(), Rejection> {
    draft.require_user(account)?;
    draft.require_collection(asset)?;
    if draft.state.items.contains_key(&(asset, item)) {
        return Err(Rejection::ItemIsHeld);
    }
    require_below(draft.state.items.len(), ITEMS_MAX)?;
    require_balance_room(draft, account, asset, Form::Held)?;
    draft.require_account_room(account, asset, ONE)?;
    draft.require_pool_room(asset, ONE)?;
    let number = draft.state.totals.next_item;
    draft.emit(Event::ItemCredited { account, asset, item, number })?;
    draft.end_breach(account)
}

pub(crate) fn withdraw(
    draft: &mut Draft<'_>,
    account: AccountId,
    asset: AssetId,
    item: ItemId,
) -> Result<(), Rejection> {
    draft.require_user(account)?;
    draft.require_collection(asset)?;
    draft.require_live_account(account)?;
    require_item(draft, account, asset, item)?;
    draft.require_outflow(asset, ONE)?;
    draft.emit(Event::ItemWithdrawalAuthorized { account, asset, item })?;
    draft.require_initial(account, Backing::Settled)
}

/// Moves a unit. It becomes the last in the order: whoever takes it takes no bid from anybody.
pub(crate) fn transfer(
    draft: &mut Draft<'_>,
    (from, to): (AccountId, AccountId),
    asset: AssetId,
    item: ItemId,
) -> Result<(), Rejection> {
    draft.require_user(from)?;
    draft.require_user(to)?;
    draft.require_collection(asset)?;
    if from == to {
        return Err(Rejection::AccountsMustDiffer);
    }
    draft.require_live_account(from)?;
    require_item(draft, from, asset, item)?;
    require_balance_room(draft, to, asset, Form::Held)?;
    draft.require_account_room(to, asset, ONE)?;
    let number = draft.state.totals.next_item;
    draft.emit(Event::ItemMoved { from, to, asset, item, number })?;
    draft.require_initial(from, Backing::Settled)?;
    draft.end_breach(to)
}

/// Bids for units of a collection: the money for all of them leaves the account until the bid is filled or has ended.
pub(crate) fn place_bid(
    draft: &mut Draft<'_>,
    account: AccountId,
    (price, count): (Amount, u32),
    asset: AssetId,
) -> Result<(), Rejection> {
    draft.require_user(account)?;
    draft.require_collection(asset)?;
    let bid = Bid { account, asset, price, count, placed_at: draft.now(), ends_at: None };
    let escrow = bid.escrow()?;
    require_amount(escrow)?;
    require_below(draft.state.bids_for(asset).len(), BIDS_MAX)?;
    require_balance_room(draft, account, asset, Form::Held)?;
    let least = least(draft)?;
    if price < least {
        return Err(Rejection::BidTooSmall { least });
    }
    draft.require_live_account(account)?;
    require_held(draft, account, draft.state.settlement(), escrow)?;
    let bid = draft.state.totals.next_bid;
    draft.emit(Event::BidPlaced { bid, account, price, count, asset })?;
    draft.require_initial(account, Backing::Settled)
}

/// The least that a bid pays: what a liquidation bothers with. A table of bids cannot be filled for nothing.
fn least(draft: &mut Draft<'_>) -> Result<Amount, Rejection> {
    draft.work.view.refresh(draft.state)?;
    let asset = draft.state.settlement();
    let view = draft.work.view.asset(asset)?;
    let price = view.prices().mark.ok_or(Rejection::PriceMustBeValid { asset })?;
    Ok(price.amount_up(draft.state.config.params.liquidation.dust, view.decimals())?)
}

/// Takes a bid back after the notice: for new risk it counts no more from now on.
pub(crate) fn cancel_bid(draft: &mut Draft<'_>, account: AccountId, bid: BidId) -> Result<(), Rejection> {
    draft.require_user(account)?;
    let known = draft.state.bids.get(&bid).copied();
    let known = known.filter(|known| known.account == account && known.ends_at.is_none());
    let asset = known.ok_or(Rejection::BidUnknown)?.asset;
    let ends_at = draft.now().plus(draft.require_collection(asset)?.notice)?;
    draft.emit(Event::BidCancelled { bid, account, ends_at })?;
    draft.require_initial(account, Backing::Equity)
}

/// Ends the bids whose notice has passed.
pub(crate) fn due(draft: &mut Draft<'_>) -> Result<(), Rejection> {
    let now = draft.now();
    let is_over = |bid: &Bid| bid.ends_at.is_some_and(|ends_at| ends_at <= now);
    let over: Vec<BidId> =
        draft.state.bids.iter().filter(|(_, bid)| is_over(bid)).map(|(id, _)| *id).collect();
    for bid in over {
        end(draft, bid)?;
    }
    Ok(())
}

/// Ends a bid: first whom its end alone would leave in breach sells into it, unit by unit. A bid that others borrowed against
/// is money that was promised; whoever could take it away would take it from the lenders.
fn end(draft: &mut Draft<'_>, id: BidId) -> Result<(), Rejection> {
    while let Some(bid) = draft.state.bids.get(&id).copied() {
        match who_needs(draft, id, &bid)? {
            Some((seller, item)) => sell(draft, (id, &bid), seller, item)?,
            None => return draft.emit(Event::BidEnded { bid: id, account: bid.account }),
        }
    }
    Ok(())
}

/// Sells a unit of a collection into a bid.
pub(crate) fn sell(
    draft: &mut Draft<'_>,
    (id, bid): (BidId, &Bid),
    seller: AccountId,
    item: ItemId,
) -> Result<(), Rejection> {
    let Bid { account: bidder, asset, price, .. } = *bid;
    let number = draft.state.totals.next_item;
    draft.emit(Event::BidFilled { bid: id, seller, bidder, price, asset, item, number })
}

/// The newest unit that a worse bid or none would back without this one, and whose owner would be in breach then.
fn who_needs(draft: &mut Draft<'_>, id: BidId, bid: &Bid) -> Result<Option<(AccountId, ItemId)>, Rejection> {
    let before = backed(draft, bid.asset)?;
    let mut found = None;
    // Looked at and taken back: an attempt that always fails.
    let looked = draft.attempt(|draft| {
        draft.emit(Event::BidEnded { bid: id, account: bid.account })?;
        let after = backed(draft, bid.asset)?;
        for ((owner, item, with), (_, _, without)) in before.iter().zip(&after).rev() {
            if without < with && *owner != bid.account && is_short(draft, *owner)? {
                found = Some((*owner, *item));
                break;
            }
        }
        Err::<(), _>(Rejection::BidUnknown)
    });
    debug_assert!(looked.is_err(), "nothing of the attempt may stay");
    Ok(found)
}

/// The units of a collection, the oldest first: whose, which, and what pays for it.
fn backed(
    draft: &mut Draft<'_>,
    asset: AssetId,
) -> Result<Vec<(AccountId, ItemId, Option<Amount>)>, Rejection> {
    draft.work.view.refresh(draft.state)?;
    let mut units: Vec<_> = draft.work.view.units(asset).collect();
    units.sort_unstable_by_key(|unit| unit.place);
    let paid = |unit: &crate::view::Backed| unit.standing.map(|(_, price)| price);
    Ok(units.into_iter().map(|unit| (unit.account, unit.item, paid(unit))).collect())
}

/// Would the account be in breach? One that cannot be judged needs nothing.
fn is_short(draft: &mut Draft<'_>, account: AccountId) -> Result<bool, Rejection> {
    if !draft.state.account(account)?.has_obligations() {
        return Ok(false);
    }
    let judged = draft.assess(account, Tier::Maintenance);
    judged.map_or(Ok(false), |judged| Ok(judged.free()?.is_negative()))
}

/// What an account has put down for bids, in value at maintenance.
pub(crate) fn put_down(draft: &mut Draft<'_>, account: AccountId) -> Result<Value, Rejection> {
    let mut sum = Amount::ZERO;
    for (_, bid) in draft.state.bids_by(account) {
        sum = sum.plus(bid.escrow()?)?;
    }
    if sum.is_zero() {
        return Ok(Value::ZERO);
    }
    draft.work.view.refresh(draft.state)?;
    paid(draft.state, &draft.work.view, sum, Tier::Maintenance)
}

/// Has an account's bids end by their notice, whoever it is; were there any that lasted?
pub(crate) fn cancel_all(draft: &mut Draft<'_>, account: AccountId) -> Result<(), Rejection> {
    let lasting: Vec<(BidId, Bid)> =
        draft.state.bids_by(account).filter(|(_, bid)| bid.ends_at.is_none()).collect();
    for (id, bid) in lasting {
        let ends_at = draft.now().plus(draft.require_collection(bid.asset)?.notice)?;
        draft.emit(Event::BidCancelled { bid: id, account, ends_at })?;
    }
    Ok(())
}

/// Everything that an account has in collections changes to another: its units, each the last in the order, and its bids.
pub(crate) fn hand_over(draft: &mut Draft<'_>, from: AccountId, to: AccountId) -> Result<(), Rejection> {
    let own: Vec<(AssetId, ItemId)> =
        draft.state.items.iter().filter(|(_, item)| item.account == from).map(|(key, _)| *key).collect();
    for (asset, item) in own {
        let number = draft.state.totals.next_item;
        draft.emit(Event::ItemMoved { from, to, asset, item, number })?;
    }
    let bids: Vec<BidId> = draft.state.bids_by(from).map(|(id, _)| id).collect();
    for bid in bids {
        draft.emit(Event::BidMoved { bid, from, to })?;
    }
    // Nobody commands the fund: what it bids for comes back to it as money.
    if to == AccountId::INSURANCE_FUND { cancel_all(draft, to) } else { Ok(()) }
}

/// The account has that unit.
fn require_item(
    draft: &Draft<'_>,
    account: AccountId,
    asset: AssetId,
    item: ItemId,
) -> Result<(), Rejection> {
    let known = draft.state.items.get(&(asset, item));
    if known.is_some_and(|known| known.account == account) { Ok(()) } else { Err(Rejection::ItemUnknown) }
}

fn require_below(len: usize, limit: usize) -> Result<(), Rejection> {
    if len < limit {
        Ok(())
    } else {
        Err(Rejection::TooMany { limit: u32::try_from(limit).unwrap_or(u32::MAX) })
    }
}
