use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::{Amount, Overflow, Time};

use crate::ids::{AccountId, AssetId};

/// One unit of a collection that the pool has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Item {
    /// Whose it is.
    pub account: AccountId,
    /// Its place in the order in which units came to whoever has them: the lower ones take bids first.
    pub number: u64,
}

/// A standing bid for units of a collection, with the money for all of them put down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Bid {
    /// Who bids.
    pub account: AccountId,
    /// For units of which collection.
    pub asset: AssetId,
    /// For one unit, in the settlement asset.
    pub price: Amount,
    /// For so many units; never none.
    pub count: u32,
    /// Since when.
    pub placed_at: Time,
    /// When its notice has passed; none where it was not cancelled.
    pub ends_at: Option<Time>,
}

impl Bid {
    /// What is put down for it.
    ///
    /// # Errors
    /// [`Overflow`]: a bid that nobody could place.
    pub fn escrow(&self) -> Result<Amount, Overflow> {
        self.price.units().checked_mul(u128::from(self.count)).map(Amount::new).ok_or(Overflow)
    }
}
