//! The pool of a crisis: of the universe what the crisis has prices for, and what publishes each price.

use cistern_engine::{
    act::{FeedSpec, MarketSpec, Product},
    command::{Founding, PriceReport},
    ids::{FactorId, FeedId, SourceId, Symbol},
};
use cistern_units::{Price, Span, Time};

use crate::{
    market::{Bar, Crisis, Instant, Kind, quote},
    replay::{
        add_ons,
        synthetic::{self, DOLLAR, STAKED, Staked},
    },
};

/// Confidence of each source, in a millionth of the price: 0.03 %.
const CONFIDENCE: u128 = 300;
/// A series that begins later than this is left out: nobody could have had it at the beginning.
const LATE: u64 = 3_600_000;

/// Where the prices of a feed come from.
#[derive(Clone, Debug)]
enum Origin {
    /// A series of the crisis.
    Recorded(usize),
    /// The settlement dollar.
    Dollar,
    /// The staked coin.
    Staked(Staked),
}

/// A feed of the pool and its past.
#[derive(Clone, Debug)]
struct Line {
    origin: Origin,
    first: Price,
}

/// What is founded, what reports, and what was left out.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) founding: Founding,
    pub(super) notes: Vec<String>,
    lines: Vec<Line>,
    /// Number of the first source spread that no series uses.
    spreads: usize,
}

impl World {
    /// The part of a universe that a crisis has prices for.
    pub(super) fn of(universe: &Founding, crisis: &Crisis) -> Self {
        let start = crisis.ticks().next().map_or(0, |instant| instant.time_ms);
        let mut world = Self {
            founding: Founding {
                feeds: Vec::new(),
                assets: Vec::new(),
                markets: Vec::new(),
                ..universe.clone()
            },
            notes: Vec::new(),
            lines: Vec::new(),
            spreads: crisis.series.len(),
        };
        for asset in &universe.assets {
            let symbol = asset.spec.symbol;
            let Some((line, interval)) = world.line(symbol, crisis, start) else { continue };
            let id = world.add_feed(universe.feeds.get(asset.feed.position()), line, interval);
            let Some(feed) = id else { continue };
            world.founding.assets.push(cistern_engine::command::FoundingAsset { feed, ..asset.clone() });
        }
        // A market with an end has expired long since, or will long after a crisis of the past.
        for (spec, cap) in universe.markets.iter().filter(|(spec, _)| spec.product == Product::Perp) {
            let name = universe.feeds.get(spec.feed.position()).map(|feed| feed.symbol);
            let place = world.founding.feeds.iter().position(|feed| Some(feed.symbol) == name);
            if let Some(feed) = place.and_then(FeedId::at) {
                world.founding.markets.push((MarketSpec { feed, ..spec.clone() }, *cap));
            }
        }
        world.forget_factors();
        world.founding.add_ons = add_ons::kept(universe, &world.founding);
        world.say_what_is_left_out(crisis);
        world
    }

    /// The past of an asset's price, and the usual interval of its bars.
    fn line(&mut self, symbol: Symbol, crisis: &Crisis, start: u64) -> Option<(Line, u64)> {
        let spot = |name: &str| {
            let wanted = |series: &crate::market::Series| series.kind == Kind::Spot && series.symbol == name;
            let place = crisis.series.iter().position(wanted)?;
            let bars = &crisis.series.get(place)?.bars;
            Some((place, bars.first()?, usual_interval(bars)?))
        };
        let name = symbol.as_str();
        if let Some((place, bar, interval)) = spot(name) {
            if bar.open_ms > start + LATE {
                self.notes.push(format!("{name}: left out, its bars begin late"));
                return None;
            }
            return Some((Line { origin: Origin::Recorded(place), first: bar.open }, interval));
        }
        match name {
            DOLLAR => {
                self.notes.push(synthetic::dollar_note(crisis));
                let popular = ["BTC", "ETH"].into_iter().find_map(spot).map(|(.., interval)| interval);
                let interval = popular.or_else(|| coarsest_usual(crisis))?;
                Some((Line { origin: Origin::Dollar, first: synthetic::dollar(crisis, start) }, interval))
            }
            STAKED => {
                let (ether, bar, interval) = spot("ETH")?;
                let market = spot("stETH").map(|(place, ..)| place);
                self.notes.push(synthetic::staked_note(market.is_some()));
                let staked = Staked::new((ether, market), start);
                let first = staked.price(&Instant { time_ms: start, prices: vec![(ether, bar.open)] })?;
                Some((Line { origin: Origin::Staked(staked), first }, interval))
            }
            _ => None,
        }
    }

    /// A feed whose reports count for two of its own ticks: a bar that is missing freezes it.
    fn add_feed(&mut self, rules: Option<&FeedSpec>, line: Line, interval: u64) -> Option<FeedId> {
        let mut spec = *rules?;
        spec.oracle.age_max = spec.oracle.age_max.max(Span::milliseconds(interval / 2));
        self.founding.feeds.push(spec);
        self.lines.push(line);
        FeedId::at(self.lines.len() - 1)
    }

    /// Keeps the factors that something here moves with, in their order.
    fn forget_factors(&mut self) {
        let assets = self.founding.assets.iter().flat_map(|asset| &asset.spec.factors);
        let markets = self.founding.markets.iter().flat_map(|(spec, _)| &spec.factors);
        let mut used: Vec<FactorId> = assets.chain(markets).copied().collect();
        used.sort_unstable();
        used.dedup();
        let renamed = |id: &mut FactorId| {
            *id = used.binary_search(id).ok().and_then(FactorId::at).unwrap_or(*id);
        };
        self.founding.assets.iter_mut().for_each(|asset| asset.spec.factors.iter_mut().for_each(renamed));
        self.founding.markets.iter_mut().for_each(|(spec, _)| spec.factors.iter_mut().for_each(renamed));
        let kept = used.iter().filter_map(|id| self.founding.factors.get(id.position()).copied());
        self.founding.factors = kept.collect();
    }

    fn say_what_is_left_out(&mut self, crisis: &Crisis) {
        for series in &crisis.series {
            let name = &series.symbol;
            let known =
                self.founding.feeds.iter().any(|feed| feed.symbol.as_str() == name) || name == "stETH";
            if series.kind == Kind::Perp {
                self.notes
                    .push(format!("{name}: bars of its perpetual are not used, markets are indexed on spot"));
            } else if !known && !self.notes.iter().any(|note| note.starts_with(name)) {
                self.notes.push(format!("{name}: left out, it has no parameters"));
            }
        }
        let ages = self.founding.feeds.iter().map(|feed| feed.oracle.age_max);
        if let (Some(least), Some(most)) = (ages.clone().min(), ages.max()) {
            self.notes.push(format!(
                "a report counts for {least} to {most}, half of a usual bar of its symbol: a bar becomes four ticks, \
                 and a symbol whose bar is missing freezes"
            ));
        }
    }

    /// Is there anything with recorded prices besides the settlement dollar?
    pub(super) fn has_coin(&self) -> bool {
        let feeds = self.founding.feeds.iter().zip(&self.lines);
        feeds
            .into_iter()
            .any(|(feed, line)| matches!(line.origin, Origin::Recorded(_)) && feed.symbol.as_str() != DOLLAR)
    }

    /// First price of a feed.
    pub(super) fn first_price(&self, feed: FeedId) -> Option<Price> {
        self.lines.get(feed.position()).map(|line| line.first)
    }

    /// What all sources say at an instant, of the feeds that have a price then.
    pub(super) fn reports(&self, crisis: &Crisis, instant: &Instant, seed: u64) -> Vec<PriceReport> {
        let mut reports = Vec::new();
        for (place, line) in self.lines.iter().enumerate() {
            let (price, spread) = match &line.origin {
                Origin::Recorded(series) => {
                    let found = instant.prices.iter().find(|(known, _)| known == series);
                    (found.map(|(_, price)| *price), *series)
                }
                Origin::Dollar => (Some(synthetic::dollar(crisis, instant.time_ms)), self.spreads),
                Origin::Staked(staked) => (staked.price(instant), self.spreads + 1),
            };
            let (Some(price), Some(feed)) = (price, FeedId::at(place)) else { continue };
            for source in (0..self.founding.sources.len()).filter_map(SourceId::at) {
                let price = quote(seed, (spread, instant.time_ms), source.position(), price);
                let confidence = price.raw() * CONFIDENCE / 1_000_000;
                let published_at = Time::milliseconds(instant.time_ms);
                reports.push(PriceReport { feed, source, price, confidence, published_at });
            }
        }
        reports
    }
}

/// The longest of the usual intervals of a crisis's spot series.
fn coarsest_usual(crisis: &Crisis) -> Option<u64> {
    let spot = crisis.series.iter().filter(|series| series.kind == Kind::Spot);
    spot.filter_map(|series| usual_interval(&series.bars)).max()
}

/// The interval that 99 of 100 bars do not exceed: the few coarser ones fill gaps, and the feed freezes between their ticks.
pub(super) fn usual_interval(bars: &[Bar]) -> Option<u64> {
    let mut intervals: Vec<u64> = bars.iter().map(|bar| bar.interval_ms).collect();
    intervals.sort_unstable();
    intervals.get(intervals.len().saturating_sub(1) * 99 / 100).copied()
}
