//! A pool of three collaterals, two lending curves apart, and two perpetuals; and seeded numbers of every size.

use cistern_engine::{
    act::{AssetSpec, FactorSpec, FeedSpec, MarketSpec, Product},
    collateral::Kind,
    command::{Command, Founding, FoundingAsset, PriceReport},
    ids::{AccountId, ActId, AssetId, FactorId, FeedId, MarketId, Owner, SourceId, Symbol},
    params::{Class, Curve, OracleParams, Params},
};
use cistern_units::{Amount, Decimals, Fraction, Price, Ratio, Shares, Signed, Size, Span, Time, Value};

/// Feeds and their prices in cents; as many factors.
pub(crate) const FEEDS: [(&str, u64); 3] = [("USDC", 100), ("BTC", 10_000_000), ("ETH", 400_000)];
/// Assets: class and decimals, each with the feed and the factor of its place.
pub(crate) const ASSETS: [(Class, u8); 3] = [(Class::Stable, 6), (Class::BlueChip, 8), (Class::BlueChip, 18)];
/// Markets: feed, and decimals of the smallest size.
pub(crate) const MARKETS: [(u16, u8); 2] = [(1, 4), (2, 3)];

pub(crate) fn symbol(text: &str) -> Symbol {
    Symbol::new(text).unwrap()
}

/// The pool; the first asset's own symbol is given, for names that look like others.
pub(crate) fn founding() -> Founding {
    let range = [200, 1_500, 1_800];
    let factor = |place: usize| FactorSpec {
        range_down: Fraction::basis_points(range[place]),
        range_up: Ratio::from(Fraction::basis_points(range[place])),
        loading_calm: Fraction::basis_points(if place == 0 { 0 } else { 7_500 }),
        loading_panic: Fraction::basis_points(if place == 0 { 0 } else { 9_800 }),
        impact: None,
    };
    let oracle = OracleParams {
        age_max: Span::DAY,
        recovery_grace: Span::ZERO,
        jump_max: Fraction::ONE,
        ..OracleParams::default()
    };
    let most = Amount::new(1 << 90);
    let asset = |place: usize| FoundingAsset {
        spec: AssetSpec {
            symbol: symbol(FEEDS[place].0),
            kind: Kind::Token,
            class: ASSETS[place].0,
            decimals: Decimals::new(ASSETS[place].1).unwrap(),
            factors: vec![FactorId::at(place).unwrap()],
            curve: Curve::default(),
        },
        feed: FeedId::at(place).unwrap(),
        cap_account: most,
        cap_total: most,
        cap_borrow: most,
        withdrawal_limit: most,
    };
    let market = |(feed, decimals): &(u16, u8)| {
        let spec = MarketSpec {
            symbol: symbol(&format!("{}-PERP", FEEDS[usize::from(*feed)].0)),
            feed: FeedId(*feed),
            factors: vec![FactorId(*feed)],
            decimals: Decimals::new(*decimals).unwrap(),
            product: Product::Perp,
        };
        (spec, Size::new(1 << 50))
    };
    Founding {
        params: Params::default(),
        sources: ["alpha", "beta", "gamma"]
            .iter()
            .zip(0..)
            .map(|(name, group)| (symbol(name), group))
            .collect(),
        factors: (0..3).map(|place| (symbol(FEEDS[place].0), factor(place))).collect(),
        feeds: FEEDS.iter().map(|(name, _)| FeedSpec { symbol: symbol(name), oracle }).collect(),
        assets: (0..3).map(asset).collect(),
        markets: MARKETS.iter().map(market).collect(),
        ..Founding::default()
    }
}

/// All feeds by all sources; each feed at a share of its price, in percent.
pub(crate) fn tick(now: Time, percent: [u64; 3]) -> Command {
    let report = |feed: usize, source: u16| PriceReport {
        feed: FeedId::at(feed).unwrap(),
        source: SourceId(source),
        price: Price::clamped(u128::from(FEEDS[feed].1 * percent[feed]) * Price::ONE.raw() / 10_000),
        confidence: u128::from(source) * 1_000,
        published_at: now,
    };
    Command::Tick {
        reports: (0..3).flat_map(|feed| (0..3).map(move |source| report(feed, source))).collect(),
    }
}

/// Seeded numbers.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits (splitmix64).
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.bits() % end
    }

    /// A number of any length, with the ends of the range among them.
    pub(crate) fn wide(&mut self) -> u128 {
        let both = (u128::from(self.bits()) << 64) | u128::from(self.bits());
        match self.below(8) {
            0 => 0,
            1 => u128::MAX,
            _ => both >> self.below(128),
        }
    }

    pub(crate) fn wide_signed(&mut self) -> i128 {
        match self.below(8) {
            0 => i128::MIN,
            1 => i128::MAX,
            _ => i128::from_le_bytes(self.wide().to_le_bytes()),
        }
    }

    pub(crate) fn long(&mut self) -> u64 {
        match self.below(8) {
            0 => 0,
            1 => u64::MAX,
            _ => self.bits() >> self.below(64),
        }
    }

    pub(crate) fn long_signed(&mut self) -> i64 {
        match self.below(8) {
            0 => i64::MIN,
            1 => i64::MAX,
            _ => i64::from_le_bytes(self.bits().to_le_bytes()) >> self.below(64),
        }
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.bits().to_le_bytes()[0]
    }

    fn short(&mut self) -> u16 {
        let bytes = self.bits().to_le_bytes();
        // Known and unknown indices alike.
        if self.below(4) == 0 { u16::from_le_bytes([bytes[0], bytes[1]]) } else { u16::from(bytes[0] % 4) }
    }

    pub(crate) fn account(&mut self) -> AccountId {
        AccountId(u32::try_from(self.bits() >> 32).unwrap())
    }

    pub(crate) fn act_id(&mut self) -> ActId {
        ActId(u32::try_from(self.bits() >> 32).unwrap())
    }

    pub(crate) fn asset(&mut self) -> AssetId {
        AssetId(self.short())
    }

    pub(crate) fn market(&mut self) -> MarketId {
        MarketId(self.short())
    }

    pub(crate) fn feed(&mut self) -> FeedId {
        FeedId(self.short())
    }

    pub(crate) fn factor(&mut self) -> FactorId {
        FactorId(self.short())
    }

    pub(crate) fn source(&mut self) -> SourceId {
        SourceId(self.short())
    }

    pub(crate) fn owner(&mut self) -> Owner {
        let mut owner = [0; 20];
        owner.fill_with(|| self.byte());
        Owner(owner)
    }

    pub(crate) fn symbol(&mut self) -> Symbol {
        // Names that look like indices are names too.
        let names = [
            "ETH",
            "asset:1",
            "market:0",
            "factor:",
            "x",
            "a-name-of-length",
            "\"quoted\"",
            "asset:01",
            "~!",
        ];
        symbol(names[usize::try_from(self.below(9)).unwrap()])
    }

    pub(crate) fn amount(&mut self) -> Amount {
        Amount::new(self.wide())
    }

    pub(crate) fn shares(&mut self) -> Shares {
        Shares::new(self.wide())
    }

    pub(crate) fn size(&mut self) -> Size {
        Size::new(self.long_signed())
    }

    pub(crate) fn price(&mut self) -> Price {
        Price::clamped(self.wide())
    }

    pub(crate) fn value(&mut self) -> Value {
        Value::new(self.wide_signed())
    }

    pub(crate) fn fraction(&mut self) -> Fraction {
        let raw = u32::try_from(self.below(1_000_000_001) >> self.below(30)).unwrap();
        Fraction::new(raw).unwrap()
    }

    pub(crate) fn ratio(&mut self) -> Ratio {
        Ratio::new(self.long())
    }

    pub(crate) fn signed(&mut self) -> Signed {
        Signed::new(self.long_signed())
    }

    pub(crate) fn time(&mut self) -> Time {
        Time::milliseconds(self.long())
    }

    pub(crate) fn span(&mut self) -> Span {
        Span::milliseconds(self.long())
    }

    pub(crate) fn decimals(&mut self) -> Decimals {
        Decimals::new(self.byte() % 19).unwrap()
    }

    /// A few of something.
    pub(crate) fn some<T>(&mut self, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(4)).map(|_| one(self)).collect()
    }
}
