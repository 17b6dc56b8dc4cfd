//! What the pool's prices are worth: how much evidence stands behind each.

use std::collections::{BTreeMap, BTreeSet};

use cistern_engine::{
    ids::{SourceId, Symbol},
    rows::{Report, UNSIGNED, Validity},
    state::State,
};
use cistern_units::Time;

use super::quiet::Quiet;

/// All classes, the best first, in the words of the people who are bound by them.
const CLASSES: [(Validity, &str, &str); 4] = [
    (Validity::Full, "full", "three groups or more: everything may be done"),
    (Validity::Reduced, "reduced", "two groups that agree: no new debt"),
    (Validity::Disputed, "disputed", "two groups that disagree: no new debt, no liquidation"),
    (Validity::Frozen, "frozen", "one group or none: only reducing"),
];

/// What was told of the prices.
pub(super) struct Prices {
    told: BTreeMap<Symbol, Validity>,
    quiet: Quiet,
}

impl Prices {
    pub(super) const fn new() -> Self {
        Self { told: BTreeMap::new(), quiet: Quiet::NEW }
    }

    /// All prices by their class, and who speaks.
    pub(super) fn lines(&mut self, pool: &State) -> Vec<String> {
        self.told = classes(pool);
        let mut lines = vec!["prices".to_owned()];
        for (class, name, meaning) in CLASSES {
            let symbols = self.told.iter().filter(|(_, known)| **known == class);
            let symbols: Vec<&str> = symbols.map(|(symbol, _)| symbol.as_str()).collect();
            if !symbols.is_empty() {
                lines.push(format!("  {name:8}  {}  ({meaning})", symbols.join(", ")));
            }
        }
        lines.push(format!("  {}", speakers(pool)));
        lines
    }

    /// The prices whose class is another than was told, if it is time to tell.
    pub(super) fn changes(&mut self, pool: &State, now: Time) -> Vec<String> {
        let classes = classes(pool);
        if classes == self.told || !self.quiet.is_over(now) {
            return Vec::new();
        }
        self.quiet.tell(now);
        let mut lines = Vec::new();
        for (class, name, meaning) in CLASSES {
            let changed = classes.iter().filter(|(symbol, known)| {
                **known == class && self.told.get(*symbol).copied().unwrap_or_default() != class
            });
            let changed: Vec<&str> = changed.map(|(symbol, _)| symbol.as_str()).collect();
            if !changed.is_empty() {
                lines.push(format!("prices are {name} now: {}  ({meaning})", changed.join(", ")));
            }
        }
        if !lines.is_empty() {
            lines.push(speakers(pool));
        }
        self.told = classes;
        lines
    }
}

fn classes(pool: &State) -> BTreeMap<Symbol, Validity> {
    let rows = pool.config.feeds.iter().zip(&pool.feeds);
    rows.map(|(config, feed)| (config.spec.symbol, feed.validity)).collect()
}

/// The groups that have a say in some price now, by the names of their sources.
fn speakers(pool: &State) -> String {
    let is_live = |report: &&Report| pool.totals.time <= report.counts_until;
    let live = pool.feeds.iter().flat_map(|feed| feed.reports.iter().filter(is_live));
    let sources: BTreeSet<SourceId> = live.map(|report| report.source).collect();
    let mut groups: BTreeMap<u8, Vec<&str>> = BTreeMap::new();
    for source in sources {
        let (Some(group), Some(config)) =
            (pool.config.vote_of(source), pool.config.sources.get(source.position()))
        else {
            continue;
        };
        groups.entry(group).or_default().push(config.symbol.as_str());
    }
    let named = |(group, names): (&u8, &Vec<&str>)| match *group {
        UNSIGNED => format!("the exchanges, which nobody signs for ({})", names.join(", ")),
        _ => names.join(" with "),
    };
    let count = groups.len();
    let names: Vec<String> = groups.iter().map(named).collect();
    match count {
        0 => "no group speaks; a full price needs three".to_owned(),
        1 => format!("one group speaks: {}; a full price needs three", names.join("")),
        _ => format!("{count} groups speak: {}; a full price needs three", names.join("; ")),
    }
}

#[cfg(test)]
mod tests {
    use cistern_engine::{
        act::FeedSpec,
        params::OracleParams,
        rows::{Feed, FeedConfig, SourceConfig},
    };
    use cistern_units::Price;

    use super::*;

    fn at(seconds: u64) -> Time {
        Time::milliseconds(seconds * 1_000)
    }

    fn pool(validity: Validity) -> State {
        let symbol = |name| Symbol::new(name).unwrap();
        let mut pool = State::default();
        let report = |source| Report {
            source: SourceId(source),
            price: Price::ONE,
            confidence: 0,
            published_at: at(0),
            sequence: 0,
            counts_until: at(60),
            unconfirmed: None,
        };
        for name in ["BTC", "ETH"] {
            let spec = FeedSpec { symbol: symbol(name), oracle: OracleParams::default() };
            pool.config.feeds.push(FeedConfig { spec });
            let reports = if name == "BTC" { vec![report(0), report(1)] } else { Vec::new() };
            let validity = if name == "BTC" { validity } else { Validity::Frozen };
            pool.feeds.push(Feed { reports, validity, ..Feed::default() });
        }
        let source = |(name, group)| SourceConfig { symbol: symbol(name), group };
        pool.config.sources = [("pyth", 1), ("redstone", 2)].map(source).to_vec();
        pool
    }

    #[test]
    fn prices_are_told_by_their_class_with_who_speaks() {
        let said = Prices::new().lines(&pool(Validity::Reduced));
        let expected = [
            "prices",
            "  reduced   BTC  (two groups that agree: no new debt)",
            "  frozen    ETH  (one group or none: only reducing)",
            "  2 groups speak: pyth; redstone; a full price needs three",
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn only_what_changed_is_told_and_what_flickers_rarely() {
        let mut prices = Prices::new();
        prices.lines(&pool(Validity::Full));
        assert!(prices.changes(&pool(Validity::Full), at(1)).is_empty());
        let said = prices.changes(&pool(Validity::Frozen), at(2));
        assert_eq!(said.len(), 2, "{said:?}");
        assert_eq!(said[0], "prices are frozen now: BTC  (one group or none: only reducing)");
        let mut told = 0;
        for second in 3..3_600 {
            let class = if second % 2 == 0 { Validity::Frozen } else { Validity::Full };
            told += usize::from(!prices.changes(&pool(class), at(second)).is_empty());
        }
        assert!(told < 15, "{told}");
    }
}
