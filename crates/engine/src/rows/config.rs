use alloc::vec::Vec;

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::{Amount, Size, Time};

use crate::{
    act::{Act, AssetSpec, FactorSpec, FeedSpec, MarketSpec},
    ids::{AccountId, ActId, AssetId, FeedId, Symbol},
    params::Params,
};

/// A risk factor, and the way from the old range to the new for accounts that stood before the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct FactorConfig {
    /// Name.
    pub symbol: Symbol,
    /// What holds for new risk, and for all after the ramp.
    pub spec: FactorSpec,
    /// What maintenance margin ramps from.
    pub ramp_from: FactorSpec,
    /// When the ramp begins.
    pub ramp_begins: Time,
    /// When the ramp ends.
    pub ramp_ends: Time,
}

/// What governance decides about an asset.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct AssetConfig {
    /// What it is.
    pub spec: AssetSpec,
    /// Where its price comes from.
    pub feed: Option<FeedId>,
    /// Most that one account may hold and lend.
    pub cap_account: Amount,
    /// Most that the pool may have in custody.
    pub cap_total: Amount,
    /// Most that may be owed.
    pub cap_borrow: Amount,
    /// Most that may leave in an hour.
    pub withdrawal_limit: Amount,
}

/// What governance decides about a market.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct MarketConfig {
    /// What it is.
    pub spec: MarketSpec,
    /// Most long size.
    pub cap: Size,
}

/// A feed and its rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct FeedConfig {
    /// Name and rules.
    pub spec: FeedSpec,
}

/// A reporter and its operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct SourceConfig {
    /// Name.
    pub symbol: Symbol,
    /// Operator: all sources of one group have one vote.
    pub group: u8,
}

/// An act that waits for its delay.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct PendingAct {
    /// Its number.
    pub id: ActId,
    /// What it does.
    pub act: Act,
    /// When it takes effect.
    pub effective_at: Time,
}

/// Everything that governance decides; it changes rarely.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Config {
    /// Pool-wide parameters.
    pub params: Params,
    /// Asset in which profits and losses are settled.
    pub settlement: AssetId,
    /// Risk factors.
    pub factors: Vec<FactorConfig>,
    /// Assets.
    pub assets: Vec<AssetConfig>,
    /// Markets.
    pub markets: Vec<MarketConfig>,
    /// Feeds.
    pub feeds: Vec<FeedConfig>,
    /// Sources.
    pub sources: Vec<SourceConfig>,
    /// Acts that wait, in order of their numbers.
    pub pending: Vec<PendingAct>,
    /// Accounts that take over what nobody else does, in order.
    pub backstops: Vec<AccountId>,
    /// Is new risk refused?
    pub paused: bool,
}
