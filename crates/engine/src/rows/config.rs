use alloc::vec::Vec;

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_attest::{ChainTrust, FeedKey, Network, Registry};
use cistern_units::{Amount, Size, Time};

use crate::{
    act::{Act, AssetSpec, Binding, FactorSpec, FeedSpec, MarketSpec, RateSpec},
    addon::AddOn,
    ids::{AccountId, ActId, AssetId, FeedId, Owner, SourceId, Symbol},
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
    /// What tells this pool from every other: a hash of its founding. Signatures of commands are bound to it.
    pub pool_id: [u8; 32],
    /// Who governs; zero is nobody.
    pub governor: Owner,
    /// Who may sign for which network.
    pub registry: Registry,
    /// What is known of Ethereum's consensus, in a pool that takes proofs.
    pub chain: Option<ChainTrust>,
    /// Which feed of a network is whose price, ordered by network, key and feed.
    pub bindings: Vec<Binding>,
    /// Feeds whose price a redemption rate makes, ordered by feed.
    pub rates: Vec<(FeedId, RateSpec)>,
    /// Add-ons, in the order in which they are asked.
    pub add_ons: Vec<AddOn>,
    /// Who may hold which claim, in order.
    pub holders: Vec<(AssetId, Owner)>,
    /// Acts that wait, in order of their numbers.
    pub pending: Vec<PendingAct>,
    /// Accounts that take over what nobody else does, in order.
    pub backstops: Vec<AccountId>,
    /// Is new risk refused?
    pub paused: bool,
}

impl Config {
    /// Bindings of a network's feed: one for each feed that it reports.
    pub fn bindings_of(&self, network: Network, key: FeedKey) -> impl Iterator<Item = &Binding> {
        let begin = self.bindings.partition_point(|bound| (bound.network, bound.key) < (network, key));
        let rest = self.bindings.get(begin..).unwrap_or(&[]);
        rest.iter().take_while(move |bound| (bound.network, bound.key) == (network, key))
    }

    /// Does a source report by evidence alone?
    #[must_use]
    pub fn is_signed(&self, source: SourceId) -> bool {
        self.bindings.iter().any(|bound| bound.source == source)
    }

    /// The group with which a source votes. In a pool that takes evidence, all sources without evidence are one group.
    #[must_use]
    pub fn vote_of(&self, source: SourceId) -> Option<u8> {
        let group = self.sources.get(source.position())?.group;
        let vouched = self.bindings.is_empty() || self.is_signed(source);
        Some(if vouched { group } else { UNSIGNED })
    }

    /// How a redemption rate makes the price of a feed, where one does.
    #[must_use]
    pub fn rate(&self, feed: FeedId) -> Option<&RateSpec> {
        let place = self.rates.binary_search_by_key(&feed, |(feed, _)| *feed).ok()?;
        self.rates.get(place).map(|(_, spec)| spec)
    }
}

/// The group of all sources without evidence, in a pool that takes evidence.
pub const UNSIGNED: u8 = u8::MAX;
