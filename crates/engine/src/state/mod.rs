//! The state: dense tables of rows, changed by events alone.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_attest::{Digest, Signer};
use cistern_units::{Price, Time, Value};

use crate::{
    act::Product,
    collateral::Dealing,
    ids::{AccountId, ActId, AssetId, BidId, FeedId, ItemId, MarketId, Owner},
    product::{option::Terms, payoff, perp, settlement},
    rejection::Rejection,
    rows::{
        Account, Agent, AssetConfig, AssetPool, Bid, Commitment, Config, Expiry, Feed, Item, MarketConfig,
        MarketState, Quote,
    },
};

mod access;
mod accounts;
mod books;
mod collections;
mod evolve;
mod expiries;
mod governance;
mod journal;
mod owners;
mod prices;
mod trades;

pub(crate) use books::remembered;
pub(crate) use journal::Journal;
use owners::Owners;

/// Sums over the whole pool, kept by every event and recounted by [`crate::invariants`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Totals {
    /// Last entry.
    pub time: Time,
    /// Number of the last tick.
    pub tick: u64,
    /// Time of the last tick: prices of one instant are one tick, in however many entries they come.
    pub tick_at: Time,
    /// Number of the next act.
    pub next_act: ActId,
    /// Number of the next bid.
    pub next_bid: BidId,
    /// Place in the order of units of the next one that changes hands.
    pub next_item: u64,
    /// Realised P&L of all accounts that is not settled.
    pub pnl: Value,
    /// Losses that were settled into the clearing account.
    pub settled_in: Value,
    /// Profits that were settled out of it.
    pub settled_out: Value,
    /// Funding that accounts paid less what they received: the rounding of funding, never negative at a recount.
    pub funding: Value,
    /// Bad debt recorded so far.
    pub bad_debt: Value,
    /// Bad debt that the insurance fund paid.
    pub insured: Value,
    /// Bad debt that was shared.
    pub socialised: Value,
}

/// The whole state of a pool. Bytes that decode are not a sound state yet: [`crate::Engine::recount`] tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// What governance decides.
    pub config: Config,
    /// Sums and counters.
    pub totals: Totals,
    /// Books of each asset.
    pub pools: Vec<AssetPool>,
    /// Each market.
    pub markets: Vec<MarketState>,
    /// Each feed.
    pub feeds: Vec<Feed>,
    /// Expiries that have not been settled, ordered by index and time.
    pub expiries: Vec<Expiry>,
    /// Each account.
    pub accounts: Vec<Account>,
    /// Which account is whose.
    pub(crate) owners: Owners,
    /// What listed holders stand ready to buy of which claim.
    pub commitments: BTreeMap<(AssetId, AccountId), Commitment>,
    /// Units of collections that the pool has.
    pub items: BTreeMap<(AssetId, ItemId), Item>,
    /// Standing bids for them.
    pub bids: BTreeMap<BidId, Bid>,
    /// Keys that command accounts for their owners, by owner and key.
    pub agents: BTreeMap<(Owner, Signer), Agent>,
    /// Nonces that each signer used of late, in order. They outlive the key's right to sign: what it signed stays used.
    pub nonces: BTreeMap<Signer, Vec<Time>>,
    /// Messages from elsewhere that were used.
    pub spent: BTreeSet<Digest>,
}

impl BorshSerialize for State {
    /// All fields in order.
    fn serialize<W: borsh::io::Write>(&self, writer: &mut W) -> borsh::io::Result<()> {
        let Self { config, totals, pools, markets, feeds, expiries, accounts, owners, .. } = self;
        (config, totals, pools, markets, feeds, expiries, accounts).serialize(writer)?;
        owners.serialize(accounts, writer)?;
        let Self { commitments, items, bids, agents, nonces, spent, .. } = self;
        (commitments, items, bids, agents, nonces, spent).serialize(writer)
    }
}

impl BorshDeserialize for State {
    fn deserialize_reader<R: borsh::io::Read>(reader: &mut R) -> borsh::io::Result<Self> {
        let (config, totals, pools, markets, feeds, expiries) = BorshDeserialize::deserialize_reader(reader)?;
        let accounts = Vec::deserialize_reader(reader)?;
        let owners = Owners::deserialize(&accounts, reader)?;
        let (commitments, items, bids, agents, nonces, spent) = BorshDeserialize::deserialize_reader(reader)?;
        let tables =
            Self { config, totals, pools, markets, feeds, expiries, accounts, owners, ..Self::default() };
        Ok(Self { commitments, items, bids, agents, nonces, spent, ..tables })
    }
}

impl State {
    /// Has the pool been founded?
    #[must_use]
    pub fn is_founded(&self) -> bool {
        !self.accounts.is_empty()
    }

    /// An account.
    ///
    /// # Errors
    /// [`Rejection::AccountUnknown`].
    #[inline]
    pub fn account(&self, id: AccountId) -> Result<&Account, Rejection> {
        self.accounts.get(id.position()).ok_or(Rejection::AccountUnknown)
    }

    /// The books of an asset.
    ///
    /// # Errors
    /// [`Rejection::AssetUnknown`].
    #[inline]
    pub fn pool(&self, id: AssetId) -> Result<&AssetPool, Rejection> {
        self.pools.get(id.position()).ok_or(Rejection::AssetUnknown)
    }

    /// What governance decided about an asset.
    ///
    /// # Errors
    /// [`Rejection::AssetUnknown`].
    #[inline]
    pub fn asset(&self, id: AssetId) -> Result<&AssetConfig, Rejection> {
        self.config.assets.get(id.position()).ok_or(Rejection::AssetUnknown)
    }

    /// A market.
    ///
    /// # Errors
    /// [`Rejection::MarketUnknown`].
    #[inline]
    pub fn market(&self, id: MarketId) -> Result<&MarketState, Rejection> {
        self.markets.get(id.position()).ok_or(Rejection::MarketUnknown)
    }

    /// What governance decided about a market.
    ///
    /// # Errors
    /// [`Rejection::MarketUnknown`].
    #[inline]
    pub fn market_config(&self, id: MarketId) -> Result<&MarketConfig, Rejection> {
        self.config.markets.get(id.position()).ok_or(Rejection::MarketUnknown)
    }

    /// A feed.
    ///
    /// # Errors
    /// [`Rejection::FeedUnknown`].
    #[inline]
    pub fn feed(&self, id: FeedId) -> Result<&Feed, Rejection> {
        self.feeds.get(id.position()).ok_or(Rejection::FeedUnknown)
    }

    /// The feed of an asset, once it has one.
    #[must_use]
    pub fn asset_feed(&self, id: AssetId) -> Option<&Feed> {
        self.feed(self.asset(id).ok()?.feed?).ok()
    }

    /// The price of an asset, once it has one.
    #[must_use]
    pub fn asset_quote(&self, id: AssetId) -> Option<&Quote> {
        self.asset_feed(id)?.quote.as_ref()
    }

    /// The index price of a market, once it has one.
    #[must_use]
    pub fn index_price(&self, id: MarketId) -> Option<Price> {
        let feed = self.market_config(id).ok()?.spec.feed;
        Some(self.feed(feed).ok()?.quote.as_ref()?.price)
    }

    /// The price that a market's mark is made of: that for its expiry, as far as it is not an average yet [E1], or the index
    /// where it has no end.
    #[must_use]
    pub fn forward(&self, id: MarketId) -> Option<Price> {
        let spec = &self.market_config(id).ok()?.spec;
        let Some(expiry) = spec.product.expiry() else {
            return self.index_price(id);
        };
        let row = self.expiry(spec.feed, expiry)?;
        let forward = if self.totals.time < expiry { spec.forward() } else { spec.feed };
        Some(settlement::expected(row, self.feed(forward).ok()?.quote?.price))
    }

    /// The mark price of a market [F1] [E1] [E2], once it has one; what it was settled at, once it is.
    #[must_use]
    pub fn mark_price(&self, id: MarketId) -> Option<Price> {
        let (config, market) = (self.market_config(id).ok()?, self.market(id).ok()?);
        if let Some(price) = market.settled {
            return Some(Price::clamped(payoff(&config.spec.product, price)));
        }
        let forward = self.forward(id)?;
        match config.spec.product {
            Product::Perp => Some(perp::mark(forward, market.premium)),
            Product::Future { .. } => Some(forward),
            Product::Option { expiry, .. } => {
                let row = self.expiry(config.spec.feed, expiry)?;
                let terms = Terms::of(&config.spec.product, row, self.totals.time)?;
                Some(Price::clamped(terms.value(forward).0))
            }
        }
    }

    /// An expiry that has not been settled.
    #[must_use]
    pub fn expiry(&self, feed: FeedId, at: Time) -> Option<&Expiry> {
        let place = self.expiries.binary_search_by_key(&(feed, at), Expiry::key).ok()?;
        self.expiries.get(place)
    }

    /// The asset in which profits and losses are settled.
    #[must_use]
    pub fn settlement(&self) -> AssetId {
        self.config.settlement
    }

    /// Keys that command the accounts of an owner.
    pub fn agents_of(&self, owner: Owner) -> impl Iterator<Item = (Signer, Agent)> {
        let first = (owner, Signer::FIRST);
        let own = self.agents.range(first..).take_while(move |((other, _), _)| *other == owner);
        own.map(|((_, signer), agent)| (*signer, *agent))
    }

    /// What listed holders stand ready to buy of a claim.
    pub fn commitments_of(&self, asset: AssetId) -> impl Iterator<Item = &Commitment> {
        self.commitments.range((asset, AccountId(0))..=(asset, AccountId(u32::MAX))).map(|(_, row)| row)
    }

    /// Units of a collection that the pool has.
    pub fn items_of(&self, asset: AssetId) -> impl Iterator<Item = (ItemId, Item)> {
        let all = (asset, ItemId([0; 32]))..=(asset, ItemId([u8::MAX; 32]));
        self.items.range(all).map(|((_, id), item)| (*id, *item))
    }

    /// Standing bids of an account.
    pub fn bids_by(&self, account: AccountId) -> impl Iterator<Item = (BidId, Bid)> {
        self.bids.iter().filter(move |(_, bid)| bid.account == account).map(|(id, bid)| (*id, *bid))
    }

    /// Standing bids for a collection, the best first; of equal ones the older.
    #[must_use]
    pub fn bids_for(&self, asset: AssetId) -> Vec<(BidId, Bid)> {
        let bids = self.bids.iter().filter(|(_, bid)| bid.asset == asset);
        let mut bids: Vec<(BidId, Bid)> = bids.map(|(id, bid)| (*id, *bid)).collect();
        bids.sort_by_key(|(_, bid)| core::cmp::Reverse(bid.price));
        bids
    }

    /// Does an account stand ready to buy anything?
    #[must_use]
    pub fn is_committed(&self, account: AccountId) -> bool {
        let now = self.totals.time;
        let own = self.commitments.iter().filter(|((_, id), _)| *id == account);
        own.into_iter().any(|(_, commitment)| commitment.standing(now).is_positive())
    }

    /// May an account have units of an asset?
    #[must_use]
    pub fn may_hold(&self, account: AccountId, asset: AssetId) -> bool {
        let (Ok(row), Ok(config)) = (self.account(account), self.asset(asset)) else { return false };
        config.spec.kind.rules().allows(Dealing::Anybody)
            || self.config.holders.binary_search(&(asset, row.header.owner)).is_ok()
    }

    /// The feed with that name.
    #[must_use]
    pub fn feed_named(&self, symbol: &str) -> Option<FeedId> {
        let place = self.config.feeds.iter().position(|feed| feed.spec.symbol.as_str() == symbol)?;
        FeedId::at(place)
    }

    /// Hash over the canonical encoding of everything.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut hasher = HashWriter(blake3::Hasher::new());
        // Writing into a hasher cannot fail.
        let written = self.serialize(&mut hasher);
        debug_assert!(written.is_ok(), "hashing is infallible");
        *hasher.0.finalize().as_bytes()
    }
}

struct HashWriter(blake3::Hasher);

impl borsh::io::Write for HashWriter {
    fn write(&mut self, bytes: &[u8]) -> borsh::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> borsh::io::Result<()> {
        Ok(())
    }
}
