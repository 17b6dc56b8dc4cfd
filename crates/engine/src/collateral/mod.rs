//! Kinds of collateral: a closed enum, one file each. A kind answers from plain data; it knows no state.

mod rate;
mod token;

use borsh::{BorshDeserialize, BorshSerialize};

/// What an asset is as collateral.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Kind {
    /// Units that are all alike, worth what markets pay.
    #[default]
    Token,
    /// A claim that its issuer redeems at a rate: a staking token, a share of a fund.
    Rate,
}

/// How an asset is listed, as far as its kind must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Listing {
    /// Risk factors that its price moves with.
    pub(crate) factors: usize,
}

/// What a kind must answer; whatever it does not say is as for a token.
pub(crate) trait Rules {
    /// May an asset of this kind be listed so?
    fn is_sound(&self, _listing: Listing) -> bool {
        true
    }

    /// Must a redemption rate make its price?
    fn needs_rate(&self) -> bool {
        false
    }
}

impl Kind {
    /// The rules of the kind: one line for each.
    pub(crate) fn rules(&self) -> &dyn Rules {
        match self {
            Self::Token => &token::Token,
            Self::Rate => &rate::Redeemed,
        }
    }
}
