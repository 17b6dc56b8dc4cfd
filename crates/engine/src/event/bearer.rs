use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::Amount;

use crate::ids::{AccountId, AssetId};

/// A loss that is shared because nothing else is left to bear it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum LossBearer {
    /// The lenders of an asset, each by its shares.
    Lenders {
        /// Asset.
        asset: AssetId,
        /// Units that they lose together.
        amount: Amount,
    },
    /// An account with unsettled profit, by its part of all such profit.
    Profit {
        /// Account.
        account: AccountId,
    },
}
