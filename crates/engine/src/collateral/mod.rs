//! Kinds of collateral: a closed enum, one file each. A kind answers from plain data; it knows no state.

pub mod nft;
mod rate;
mod real_world;
mod token;

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::{Fraction, Span, Time, Value};

pub use nft::Nft;
pub use real_world::{RealWorld, counted_down};

/// What an asset is as collateral.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Kind {
    /// Units that are all alike, worth what markets pay.
    #[default]
    Token,
    /// A claim that its issuer redeems at a rate: a staking token, a share of a fund.
    Rate,
    /// A claim on something outside, for listed holders.
    RealWorld(RealWorld),
    /// A collection: each unit has a number of its own and is one whole.
    Nft(Nft),
}

/// How an asset is listed, as far as its kind must know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Listing {
    /// Risk factors that its price moves with.
    pub(crate) factors: usize,
    /// Decimals of its smallest unit.
    pub(crate) decimals: usize,
    /// Least haircut that its class allows.
    pub(crate) haircut_min: Fraction,
}

/// What may be done with an asset, where not every kind allows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dealing {
    /// Lend it, or borrow it.
    Lend,
    /// Have it without being listed as a holder.
    Anybody,
    /// Move any amount of it: its units are alike.
    Amounts,
}

/// What is known of an asset at an instant, besides its price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The instant.
    pub(crate) now: Time,
    /// When its value was published, as the middle of its live sources says.
    pub(crate) said_at: Option<Time>,
    /// How long its issuer lets redemptions wait.
    pub(crate) queue: Span,
    /// What others have committed to buy of it, commitments that are ending counted too.
    pub(crate) standing: Value,
    /// The same without those that are ending.
    pub(crate) lasting: Value,
}

/// What of an asset's value counts: folded once an instant, read by every margin check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Credit {
    /// All of it.
    #[default]
    Whole,
    /// A part of it, and over the whole pool no more than others have committed to buy.
    Committed {
        /// What the extra haircut leaves.
        kept: Fraction,
        /// Commitments that count at maintenance.
        standing: Value,
        /// Commitments that count for new risk.
        lasting: Value,
    },
    /// Unit by unit, what somebody else has bid for it.
    Items {
        /// Most units that count.
        cap: u32,
    },
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

    /// May that be done with it?
    fn allows(&self, _dealing: Dealing) -> bool {
        true
    }

    /// What of its value counts at an instant.
    fn credit(&self, _seen: &Seen) -> Credit {
        Credit::Whole
    }
}

impl Kind {
    /// The rules of the kind: one line for each.
    pub(crate) fn rules(&self) -> &dyn Rules {
        match self {
            Self::Token => &token::Token,
            Self::Rate => &rate::Redeemed,
            Self::RealWorld(claim) => claim,
            Self::Nft(collection) => collection,
        }
    }
}
