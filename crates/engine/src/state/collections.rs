//! Writes to collections: whose each unit is, and what bids have put down.

use cistern_units::Amount;

use crate::{
    event::Event,
    ids::{AccountId, AssetId, BidId, ItemId},
    rejection::Rejection,
    rows::{Bid, Item},
    state::{Journal, State},
};

/// One unit, as an amount.
const ONE: Amount = Amount::new(1);

impl State {
    /// Writes an event about a unit of a collection or about a bid; other events are not its business.
    pub(super) fn collect(&mut self, journal: &mut Journal, event: &Event) -> Result<(), Rejection> {
        match *event {
            Event::ItemCredited { account, asset, item, number } => {
                self.credit(journal, (account, asset), ONE)?;
                self.set_item(journal, (asset, item), Some(Item { account, number }));
            }
            Event::ItemWithdrawalAuthorized { account, asset, item } => {
                self.pay_out(journal, (account, asset), ONE)?;
                self.set_item(journal, (asset, item), None);
            }
            Event::ItemMoved { from, to, asset, item, number } => {
                self.move_item(journal, (from, to), (asset, item), number)?;
            }
            Event::BidPlaced { bid, account, price, count, asset } => {
                let placed_at = self.totals.time;
                let row = Bid { account, asset, price, count, placed_at, ends_at: None };
                self.pledge(journal, account, row.escrow()?)?;
                self.totals.next_bid = BidId(bid.0.saturating_add(1));
                self.set_bid(journal, bid, Some(row));
            }
            Event::BidCancelled { bid, ends_at, .. } => {
                let row = self.bid(bid)?;
                self.set_bid(journal, bid, Some(Bid { ends_at: Some(ends_at), ..row }));
            }
            Event::BidEnded { bid, account } => {
                self.pay(journal, account, self.bid(bid)?.escrow()?)?;
                self.set_bid(journal, bid, None);
            }
            Event::BidFilled { bid, seller, bidder, price, asset, item, number } => {
                let row = self.bid(bid)?;
                self.move_item(journal, (seller, bidder), (asset, item), number)?;
                self.pay(journal, seller, price)?;
                let count = row.count.checked_sub(1).ok_or(Rejection::NumberTooLarge)?;
                self.set_bid(journal, bid, (count > 0).then_some(Bid { count, ..row }));
            }
            Event::BidMoved { bid, to, .. } => {
                let row = self.bid(bid)?;
                self.set_bid(journal, bid, Some(Bid { account: to, ..row }));
            }
            _ => {}
        }
        Ok(())
    }

    fn bid(&self, id: BidId) -> Result<Bid, Rejection> {
        self.bids.get(&id).copied().ok_or(Rejection::BidUnknown)
    }

    fn move_item(
        &mut self,
        journal: &mut Journal,
        (from, to): (AccountId, AccountId),
        (asset, item): (AssetId, ItemId),
        number: u64,
    ) -> Result<(), Rejection> {
        self.shift_held(journal, (from, asset), Amount::ZERO, ONE)?;
        self.shift_held(journal, (to, asset), ONE, Amount::ZERO)?;
        self.set_item(journal, (asset, item), Some(Item { account: to, number }));
        Ok(())
    }

    /// Puts down what an account holds of the settlement asset.
    fn pledge(&mut self, journal: &mut Journal, account: AccountId, amount: Amount) -> Result<(), Rejection> {
        let asset = self.settlement();
        let pool = self.pool_mut(journal, asset)?;
        pool.held = pool.held.minus(amount).ok_or(Rejection::NumberTooLarge)?;
        pool.escrow = pool.escrow.plus(amount)?;
        self.shift_held(journal, (account, asset), Amount::ZERO, amount)
    }

    /// Pays an account from what was put down.
    fn pay(&mut self, journal: &mut Journal, account: AccountId, amount: Amount) -> Result<(), Rejection> {
        let asset = self.settlement();
        let pool = self.pool_mut(journal, asset)?;
        pool.escrow = pool.escrow.minus(amount).ok_or(Rejection::NumberTooLarge)?;
        pool.held = pool.held.plus(amount)?;
        self.shift_held(journal, (account, asset), amount, Amount::ZERO)
    }

    fn set_item(&mut self, journal: &mut Journal, key: (AssetId, ItemId), row: Option<Item>) {
        if let Some(item) = row {
            self.totals.next_item = item.number.saturating_add(1);
        }
        let old = match row {
            Some(item) => self.items.insert(key, item),
            None => self.items.remove(&key),
        };
        journal.items.push((key, old));
    }

    fn set_bid(&mut self, journal: &mut Journal, id: BidId, row: Option<Bid>) {
        let old = match row {
            Some(bid) => self.bids.insert(id, bid),
            None => self.bids.remove(&id),
        };
        journal.bids.push((id, old));
    }
}
