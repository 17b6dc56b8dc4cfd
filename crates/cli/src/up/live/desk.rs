//! From what exchanges quote to what the pool is told, once a second.

use std::{collections::BTreeMap, sync::Arc};

use cistern_adapters::feeds::{Dollars, Quote};
use cistern_engine::{
    command::PriceReport,
    ids::{FeedId, SourceId},
    state::State,
};
use cistern_units::{Span, Time};

/// A coin is worth what was quoted for it within this time: as long as a price counts.
const COIN_AGE_MAX: Span = Span::seconds(60);
/// After this long somebody is told that a coin's worth in dollars is not known: at the start one feed comes before the other.
const COIN_PATIENCE: Span = Span::seconds(10);

/// The newest quote of each asset from each feed, in dollars.
pub(super) struct Desk {
    dollars: Dollars,
    newest: BTreeMap<(Arc<str>, Arc<str>), Newest>,
    /// Feeds whose coin nobody prices, with the coin, and since when.
    stranded: BTreeMap<Arc<str>, (Arc<str>, Time)>,
}

struct Newest {
    quote: Quote,
    /// Time of the quote that the pool was told last.
    told: Option<Time>,
}

impl Desk {
    pub(super) const fn new() -> Self {
        Self { dollars: Dollars::new(COIN_AGE_MAX), newest: BTreeMap::new(), stranded: BTreeMap::new() }
    }

    /// Takes in a quote. One in a coin that nobody prices does not count.
    pub(super) fn take(&mut self, quote: &Quote, now: Time) {
        let Some(quote) = self.dollars.of(quote, now) else {
            let coin = || (Arc::clone(&quote.unit), now);
            self.stranded.entry(Arc::clone(&quote.feed)).or_insert_with(coin);
            return;
        };
        self.stranded.remove(&quote.feed);
        let key = (Arc::clone(&quote.feed), Arc::clone(&quote.asset));
        match self.newest.get_mut(&key) {
            Some(known) if quote.at < known.quote.at => {}
            Some(known) => known.quote = quote,
            None => {
                self.newest.insert(key, Newest { quote, told: None });
            }
        }
    }

    /// What the pool has not been told yet: at most one price of each source for each feed. What it has no source or no
    /// feed for is left out, and so is a source that speaks by evidence alone.
    pub(super) fn reports(&mut self, pool: &State) -> Vec<PriceReport> {
        let mut reports = Vec::new();
        for ((feed, asset), newest) in &mut self.newest {
            let Newest { quote, told } = newest;
            if told.is_some_and(|told| quote.at <= told) {
                continue;
            }
            let (Some(source), Some(feed)) = (source(pool, feed), price_feed(pool, asset)) else { continue };
            if pool.config.is_signed(source) {
                continue;
            }
            *told = Some(quote.at);
            let Quote { price, confidence, at: published_at, .. } = *quote;
            reports.push(PriceReport { feed, source, price, confidence, published_at });
        }
        reports
    }

    /// Feeds whose prices do not count because nobody prices their coin, with the coin.
    pub(super) fn stranded(&self, now: Time) -> impl Iterator<Item = (&Arc<str>, &str)> {
        let late = self.stranded.iter().filter(move |(_, (_, since))| now.since(*since) >= COIN_PATIENCE);
        late.map(|(feed, (coin, _))| (feed, &**coin))
    }
}

/// The pool's source with the name of a feed of ours.
pub(super) fn source(pool: &State, name: &str) -> Option<SourceId> {
    SourceId::at(pool.config.sources.iter().position(|source| source.symbol.as_str() == name)?)
}

/// The pool's feed for an asset: it has the asset's name.
pub(super) fn price_feed(pool: &State, asset: &str) -> Option<FeedId> {
    pool.feed_named(asset)
}

#[cfg(test)]
mod tests {
    use cistern_engine::{
        act::FeedSpec,
        ids::Symbol,
        params::OracleParams,
        rows::{FeedConfig, SourceConfig},
    };
    use cistern_units::Price;

    use super::*;

    const NOW: Time = Time::milliseconds(1_000_000);

    fn pool() -> State {
        let symbol = |name| Symbol::new(name).unwrap();
        let mut pool = State::default();
        let sources = ["okx", "kraken"].map(|name| SourceConfig { symbol: symbol(name), group: 0 });
        pool.config.sources = sources.to_vec();
        let spec = FeedSpec { symbol: symbol("BTC"), oracle: OracleParams::default() };
        pool.config.feeds = vec![FeedConfig { spec }];
        pool
    }

    fn quote(feed: &str, asset: &str, unit: &str, dollars: u128, at: Time) -> Quote {
        Quote {
            feed: Arc::from(feed),
            asset: Arc::from(asset),
            symbol: Arc::from(asset),
            unit: Arc::from(unit),
            price: Price::new(dollars * Price::ONE.raw()).unwrap(),
            confidence: 0,
            at,
        }
    }

    fn whole(reports: &[PriceReport]) -> Vec<(usize, u128)> {
        reports
            .iter()
            .map(|report| (report.source.position(), report.price.raw() / Price::ONE.raw()))
            .collect()
    }

    #[test]
    fn the_newest_quote_of_each_source_is_told_once() {
        let (mut desk, pool) = (Desk::new(), pool());
        let later = NOW.plus(Span::SECOND).unwrap();
        desk.take(&quote("kraken", "BTC", "USD", 100, NOW), NOW);
        desk.take(&quote("kraken", "BTC", "USD", 102, later), later);
        desk.take(&quote("kraken", "BTC", "USD", 101, NOW), later);
        assert_eq!(whole(&desk.reports(&pool)), [(1, 102)]);
        assert!(desk.reports(&pool).is_empty());
        // Of the same millisecond: the pool would not take it for newer.
        desk.take(&quote("kraken", "BTC", "USD", 103, later), later);
        assert!(desk.reports(&pool).is_empty());
    }

    #[test]
    fn a_price_in_a_coin_waits_until_the_coin_has_one() {
        let (mut desk, pool) = (Desk::new(), pool());
        let later = NOW.plus(COIN_PATIENCE).unwrap();
        desk.take(&quote("okx", "BTC", "USDT", 100, NOW), NOW);
        assert!(desk.reports(&pool).is_empty());
        assert_eq!(desk.stranded(NOW).count(), 0);
        let stranded: Vec<_> = desk.stranded(later).map(|(feed, coin)| (&**feed, coin)).collect();
        assert_eq!(stranded, [("okx", "USDT")]);
        desk.take(&quote("kraken", "USDT", "USD", 2, later), later);
        desk.take(&quote("okx", "BTC", "USDT", 100, later), later);
        assert_eq!(desk.stranded(later).count(), 0);
        assert_eq!(whole(&desk.reports(&pool)), [(0, 200)]);
    }

    #[test]
    fn what_the_pool_does_not_know_it_is_not_told() {
        let (mut desk, pool) = (Desk::new(), pool());
        desk.take(&quote("stranger", "BTC", "USD", 100, NOW), NOW);
        desk.take(&quote("kraken", "NOPE", "USD", 100, NOW), NOW);
        assert!(desk.reports(&pool).is_empty());
    }
}
