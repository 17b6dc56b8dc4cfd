//! Add-ons: what new risk needs beyond the scenarios, each a rule of its own; a closed enum, one file each. An add-on is a
//! function of plain numbers; it knows no state. None counts at maintenance: neither a parameter nor what others deposit
//! liquidates anybody. The charge for size [M5], which does, belongs to the model and is told as the first of them [A1].

mod bridge;
mod depeg;
mod open_interest;
mod pool_share;
mod wrong_way;

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::{Fraction, Overflow, Price, Value};

use crate::ids::{AssetId, FactorId, MarketId};

pub(crate) use bridge::is_same_risk;
pub use depeg::Depeg;
pub use open_interest::OpenInterest;
pub use pool_share::PoolShare;
pub use wrong_way::WrongWay;

/// An add-on and its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum AddOn {
    /// The more of an asset the pool has, the less counts of each unit [A2].
    PoolShare(PoolShare),
    /// The more is open in a market, the more a position in it needs [A3].
    OpenInterest(OpenInterest),
    /// Collateral that fails when the position does [A4].
    WrongWay(WrongWay),
    /// A stablecoin below its peg [A6].
    Depeg(Depeg),
}

/// What an add-on is about; there is one of a kind for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A collateral asset.
    Asset(AssetId),
    /// A market.
    Market(MarketId),
    /// A collateral asset beside positions that move with a factor.
    Pair(AssetId, FactorId),
}

/// What is known of an asset, or of a position, when it is charged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// What the asset is marked at.
    pub mark: Option<Price>,
    /// Value of all of the asset that the pool has, or of all that is open in the market.
    pub whole: Value,
    /// Value of the account's positions that lose when the factor falls.
    pub against: Value,
    /// What a position needs already, as a share of its notional.
    pub base: Fraction,
}

/// What an add-on must answer. Exactly one of the two leaves its number as it is.
pub(crate) trait Rule {
    /// What it is about.
    fn subject(&self) -> Subject;

    /// Are its parameters in order?
    fn is_sound(&self) -> bool;

    /// Can it charge nobody less than `old` does?
    fn is_stricter(&self, old: &AddOn) -> bool;

    /// What is left of the credit of an asset, rounded down. It never falls when the credit, and with it the whole, rises
    /// by a deposit: what is left of more is more.
    fn left_down(&self, credit: Value, _facts: &Facts) -> Result<Value, Overflow> {
        Ok(credit)
    }

    /// What a position of this notional needs more, rounded up.
    fn extra_up(&self, _notional: Value, _facts: &Facts) -> Result<Value, Overflow> {
        Ok(Value::ZERO)
    }
}

impl AddOn {
    /// The rule of the add-on: one line for each.
    pub(crate) fn rule(&self) -> &dyn Rule {
        match self {
            Self::PoolShare(rule) => rule,
            Self::OpenInterest(rule) => rule,
            Self::WrongWay(rule) => rule,
            Self::Depeg(rule) => rule,
        }
    }

    /// What is left of the credit of an asset, rounded down; all of it, where the add-on is about positions.
    ///
    /// # Errors
    /// [`Overflow`] where a number leaves its range.
    pub fn left_down(&self, credit: Value, facts: &Facts) -> Result<Value, Overflow> {
        self.rule().left_down(credit, facts)
    }

    /// What a position of this notional needs more, rounded up; nothing, where the add-on is about an asset.
    ///
    /// # Errors
    /// As [`Self::left_down`].
    pub fn extra_up(&self, notional: Value, facts: &Facts) -> Result<Value, Overflow> {
        self.rule().extra_up(notional, facts)
    }

    /// Is the other one of the same kind, about the same?
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        core::mem::discriminant(self) == core::mem::discriminant(other)
            && self.rule().subject() == other.rule().subject()
    }
}
