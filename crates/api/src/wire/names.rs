//! What people write for what the engine counts: symbols of assets, markets, feeds, factors and sources.

use std::{collections::BTreeMap, fmt};

use cistern_engine::{
    command, event,
    ids::{AssetId, FactorId, FeedId, MarketId, SourceId},
    rows::Config,
};
use cistern_units::{Amount, Decimals, Size};

use super::{
    event::Event,
    fault::{Fault, echo},
    number,
    text::{AmountText, AssetName, FactorName, FeedName, MarketName, SizeText, SourceName},
};

/// Most names that an error lists.
const LISTED_MAX: usize = 16;

/// Names of one kind of thing, in the order of their indices.
#[derive(Clone, Debug, Default)]
struct Table {
    symbols: Vec<String>,
    /// First place of each symbol.
    places: BTreeMap<String, usize>,
}

impl Table {
    fn of(symbols: impl IntoIterator<Item = impl fmt::Display>) -> Self {
        let mut table = Self::default();
        symbols.into_iter().for_each(|symbol| table.push(symbol.to_string()));
        table
    }

    fn push(&mut self, symbol: String) {
        self.places.entry(symbol.clone()).or_insert(self.symbols.len());
        self.symbols.push(symbol);
    }

    /// The symbol where it says which one is meant; the kind and the index otherwise.
    fn name(&self, kind: &str, place: usize) -> String {
        match self.symbols.get(place) {
            Some(symbol) if self.places.get(symbol) == Some(&place) && indexed(kind, symbol).is_none() => {
                symbol.clone()
            }
            _ => format!("{kind}:{place}"),
        }
    }

    fn find(&self, kind: &str, name: &str) -> Result<usize, Fault> {
        if let Some(index) = indexed(kind, name) {
            let canonical = index == "0" || !index.starts_with('0');
            let place = index.parse::<u16>().ok().filter(|_| canonical);
            return place.map(usize::from).ok_or_else(|| {
                Fault::new(format!("no {kind} has this index: write {kind}:0 to {kind}:65535"))
            });
        }
        self.places.get(name).copied().ok_or_else(|| {
            let known: Vec<&str> = self.symbols.iter().take(LISTED_MAX).map(String::as_str).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            let more = self.symbols.len().saturating_sub(LISTED_MAX);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            Fault::new(format!("no {kind} is called {}: there is {known}{more}", echo(name)))
        })
    }
}

/// The digits of `asset:9`.
fn indexed<'a>(kind: &str, name: &'a str) -> Option<&'a str> {
    let digits = name.strip_prefix(kind)?.strip_prefix(':')?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// The names of a pool and the decimals of its units, all that a JSON document needs to be understood.
///
/// A server has them from the configuration; a client learns them from the events of the founding.
#[derive(Clone, Debug, Default)]
pub struct Names {
    settlement: AssetId,
    assets: Table,
    markets: Table,
    feeds: Table,
    factors: Table,
    sources: Table,
    asset_decimals: Vec<Decimals>,
    market_decimals: Vec<Decimals>,
}

macro_rules! named {
    ($(#[$doc:meta])* $name:ident, $(#[$find_doc:meta])* $find:ident: $table:ident, $kind:literal, $id:ident, $text:ident) => {
        $(#[$doc])*
        #[must_use]
        pub fn $name(&self, id: $id) -> $text {
            $text(self.$table.name($kind, id.position()))
        }

        $(#[$find_doc])*
        ///
        /// # Errors
        /// A [`Fault`] that lists what there is.
        pub fn $find(&self, name: &str) -> Result<$id, Fault> {
            let place = self.$table.find($kind, name)?;
            $id::at(place).ok_or_else(|| Fault::new(concat!("no ", $kind, " has this index")))
        }
    };
}

impl Names {
    /// The names of a running pool.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        Self {
            settlement: config.settlement,
            assets: Table::of(config.assets.iter().map(|asset| asset.spec.symbol)),
            markets: Table::of(config.markets.iter().map(|market| market.spec.symbol)),
            feeds: Table::of(config.feeds.iter().map(|feed| feed.spec.symbol)),
            factors: Table::of(config.factors.iter().map(|factor| factor.symbol)),
            sources: Table::of(config.sources.iter().map(|source| source.symbol)),
            asset_decimals: config.assets.iter().map(|asset| asset.spec.decimals).collect(),
            market_decimals: config.markets.iter().map(|market| market.spec.decimals).collect(),
        }
    }

    /// The names within a founding, whose parts speak of each other.
    pub(crate) fn of_founding(founding: &command::Founding) -> Self {
        Self {
            settlement: AssetId(0),
            assets: Table::of(founding.assets.iter().map(|asset| asset.spec.symbol)),
            markets: Table::of(founding.markets.iter().map(|(spec, _)| spec.symbol)),
            feeds: Table::of(founding.feeds.iter().map(|feed| feed.symbol)),
            factors: Table::of(founding.factors.iter().map(|(symbol, _)| *symbol)),
            sources: Table::of(founding.sources.iter().map(|(symbol, _)| *symbol)),
            asset_decimals: founding.assets.iter().map(|asset| asset.spec.decimals).collect(),
            market_decimals: founding.markets.iter().map(|(spec, _)| spec.decimals).collect(),
        }
    }

    /// The names within the JSON form of a founding that has not been understood yet.
    pub(crate) fn of_founding_text(founding: &super::command::Founding) -> Self {
        let decimals = |places: u8| Decimals::new(places).unwrap_or_default();
        Self {
            settlement: AssetId(0),
            assets: Table::of(founding.assets.iter().map(|asset| &asset.spec.symbol.0)),
            markets: Table::of(founding.markets.iter().map(|market| &market.spec.symbol.0)),
            feeds: Table::of(founding.feeds.iter().map(|feed| &feed.symbol.0)),
            factors: Table::of(founding.factors.iter().map(|factor| &factor.symbol.0)),
            sources: Table::of(founding.sources.iter().map(|source| &source.symbol.0)),
            asset_decimals: founding.assets.iter().map(|asset| decimals(asset.spec.decimals)).collect(),
            market_decimals: founding.markets.iter().map(|market| decimals(market.spec.decimals)).collect(),
        }
    }

    /// Keeps up with an event of the pool.
    pub fn follow(&mut self, event: &event::Event) {
        match event {
            event::Event::PoolFounded { settlement, .. } => self.settlement = *settlement,
            event::Event::SourceAdmitted { symbol, .. } => self.sources.push(symbol.to_string()),
            event::Event::FactorListed { symbol, .. } => self.factors.push(symbol.to_string()),
            event::Event::FeedListed { spec } => self.feeds.push(spec.symbol.to_string()),
            event::Event::AssetListed { spec } => {
                self.assets.push(spec.symbol.to_string());
                self.asset_decimals.push(spec.decimals);
            }
            event::Event::MarketListed { spec } => {
                self.markets.push(spec.symbol.to_string());
                self.market_decimals.push(spec.decimals);
            }
            _ => {}
        }
    }

    /// Learns from the JSON form of an event: what a client does, event by event from the first one on.
    ///
    /// # Errors
    /// A [`Fault`] where an event that lists something cannot be understood.
    pub fn learn(&mut self, event: &Event) -> Result<(), Fault> {
        if let Event::PoolFounded { .. }
        | Event::SourceAdmitted { .. }
        | Event::FactorListed { .. }
        | Event::FeedListed { .. }
        | Event::AssetListed { .. }
        | Event::MarketListed { .. } = event
        {
            let event = event.decode(self)?;
            self.follow(&event);
        }
        Ok(())
    }

    named!(
        /// The name of an asset: `ETH`, or `asset:9` where there is none.
        asset,
        /// The asset of a name.
        find_asset: assets, "asset", AssetId, AssetName
    );
    named!(
        /// The name of a market: `ETH-PERP`, or `market:9` where there is none.
        market,
        /// The market of a name.
        find_market: markets, "market", MarketId, MarketName
    );
    named!(
        /// The name of a feed, or `feed:9` where there is none.
        feed,
        /// The feed of a name.
        find_feed: feeds, "feed", FeedId, FeedName
    );
    named!(
        /// The name of a factor, or `factor:9` where there is none.
        factor,
        /// The factor of a name.
        find_factor: factors, "factor", FactorId, FactorName
    );
    named!(
        /// The name of a source, or `source:9` where there is none.
        source,
        /// The source of a name.
        find_source: sources, "source", SourceId, SourceName
    );

    /// An amount in whole units of its asset; in smallest units where the asset is not known.
    #[must_use]
    pub fn amount(&self, asset: AssetId, amount: Amount) -> AmountText {
        AmountText(number::unsigned(amount.units(), self.asset_places(asset)))
    }

    /// A size in whole contracts of its market; in smallest sizes where the market is not known.
    #[must_use]
    pub fn size(&self, market: MarketId, size: Size) -> SizeText {
        SizeText(number::signed(i128::from(size.raw()), self.market_places(market)))
    }

    /// The asset in which profits and losses are settled.
    #[must_use]
    pub fn settlement(&self) -> AssetId {
        self.settlement
    }

    /// Has no asset been listed yet?
    pub(crate) fn is_without_assets(&self) -> bool {
        self.asset_decimals.is_empty()
    }

    /// Decimals of an asset; none where it is not known.
    pub(crate) fn asset_places(&self, asset: AssetId) -> usize {
        self.asset_decimals.get(asset.position()).copied().unwrap_or_default().places()
    }

    /// Decimals of a market; none where it is not known.
    pub(crate) fn market_places(&self, market: MarketId) -> usize {
        self.market_decimals.get(market.position()).copied().unwrap_or_default().places()
    }
}

/// How a document is being read or written: with which names, and which asset and market stand nearest.
#[derive(Clone, Debug)]
pub(crate) struct Scope<'a> {
    pub(crate) names: &'a Names,
    /// Decimals of the asset that was named last; the settlement asset's before any.
    pub(crate) amount_places: usize,
    /// Decimals of the market that was named last.
    pub(crate) size_places: usize,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(names: &'a Names) -> Self {
        Self { names, amount_places: names.asset_places(names.settlement), size_places: 0 }
    }
}
