//! A pool of five collaterals and five perpetuals, with accounts that have all of them.

use anyhow::anyhow;
use cistern_engine::{
    Engine,
    act::{AssetSpec, FactorSpec, FeedSpec, MarketSpec, Product},
    collateral::Kind,
    command::{Command, Founding, FoundingAsset, PriceReport},
    entry::Entry,
    ids::{AccountId, AssetId, FactorId, FeedId, MarketId, Owner, SourceId, Symbol},
    params::{Class, Curve, OracleParams, Params},
};
use cistern_units::{Amount, Decimals, Fraction, Price, Ratio, Size, Span, Time};

/// Factors: name, range and loading band in basis points (MODEL section 2; LINK and DOGE from the measured ranges).
const FACTORS: [(&str, u16, u16, u16); 7] = [
    ("USDC", 200, 0, 0),
    ("BTC", 1_500, 7_500, 9_800),
    ("ETH", 1_800, 7_500, 9_800),
    ("SOL", 2_500, 5_500, 9_200),
    ("LINK", 2_500, 6_600, 9_700),
    ("DOGE", 4_100, 4_200, 9_700),
    ("wstETH/ETH", 500, 0, 5_000),
];
/// Feeds and their prices in cents.
const FEEDS: [(&str, u64); 7] = [
    ("USDC", 100),
    ("BTC", 10_000_000),
    ("ETH", 400_000),
    ("SOL", 20_000),
    ("LINK", 2_000),
    ("DOGE", 20),
    ("wstETH", 480_000),
];
/// Assets: feed, class, decimals, factors.
const ASSETS: [(usize, Class, u8, &[u16]); 5] = [
    (0, Class::Stable, 6, &[0]),
    (1, Class::BlueChip, 8, &[1]),
    (2, Class::BlueChip, 18, &[2]),
    (3, Class::BlueChip, 9, &[3]),
    (6, Class::Lst, 18, &[2, 6]),
];
/// Underlyings of the markets.
const MARKETS: [u16; 5] = [1, 2, 3, 4, 5];
/// Decimals of the smallest size of every market.
const SIZE_DECIMALS: u8 = 4;

fn symbol(text: &str) -> Symbol {
    Symbol::new(text).unwrap_or_default()
}

fn founding() -> Founding {
    let factor = |(name, range, calm, panic): &(&str, u16, u16, u16)| {
        let spec = FactorSpec {
            range_down: Fraction::basis_points(*range),
            range_up: Ratio::from(Fraction::basis_points(*range)),
            loading_calm: Fraction::basis_points(*calm),
            loading_panic: Fraction::basis_points(*panic),
            impact: None,
        };
        (symbol(name), spec)
    };
    let oracle = OracleParams { age_max: Span::DAY, recovery_grace: Span::ZERO, ..OracleParams::default() };
    let most = Amount::new(1 << 99);
    let asset = |(feed, class, decimals, factors): &(usize, Class, u8, &[u16])| FoundingAsset {
        spec: AssetSpec {
            symbol: symbol(FEEDS[*feed].0),
            kind: Kind::Token,
            class: *class,
            decimals: Decimals::new(*decimals).unwrap_or_default(),
            factors: factors.iter().map(|factor| FactorId(*factor)).collect(),
            curve: Curve::default(),
        },
        feed: FeedId::at(*feed).unwrap_or_default(),
        cap_account: most,
        cap_total: most,
        cap_borrow: most,
        withdrawal_limit: most,
    };
    let market = |factor: &u16| {
        let spec = MarketSpec {
            symbol: symbol(&format!("{}-PERP", FACTORS[usize::from(*factor)].0)),
            feed: FeedId(*factor),
            factors: vec![FactorId(*factor)],
            decimals: Decimals::new(SIZE_DECIMALS).unwrap_or_default(),
            product: Product::Perp,
        };
        (spec, Size::new(1 << 60))
    };
    Founding {
        params: Params::default(),
        sources: ["alpha", "beta", "gamma"]
            .iter()
            .zip(0..)
            .map(|(name, group)| (symbol(name), group))
            .collect(),
        factors: FACTORS.iter().map(factor).collect(),
        feeds: FEEDS.iter().map(|(name, _)| FeedSpec { symbol: symbol(name), oracle }).collect(),
        assets: ASSETS.iter().map(asset).collect(),
        markets: MARKETS.iter().map(market).collect(),
        ..Founding::default()
    }
}

fn price(feed: usize) -> Price {
    Price::clamped(u128::from(FEEDS[feed].1) * Price::ONE.raw() / 100)
}

/// All feeds by all sources.
pub(crate) fn tick(now: Time) -> Command {
    let reports = (0..FEEDS.len()).flat_map(|feed| {
        (0..3).map(move |source| PriceReport {
            feed: FeedId::at(feed).unwrap_or_default(),
            source: SourceId(source),
            price: price(feed),
            confidence: 0,
            published_at: now,
        })
    });
    Command::Tick { reports: reports.collect() }
}

/// First account of a user.
pub(crate) const FIRST: u32 = 2;

/// A clock that gives each entry a millisecond.
pub(crate) struct Clock(pub(crate) u64);

impl Clock {
    /// The next entry.
    pub(crate) fn entry(&mut self, command: Command) -> Entry {
        self.0 += 1;
        Entry { time: Time::milliseconds(self.0), command }
    }
}

/// A pool in which every account holds all assets and has a position in every market, half of them long.
pub(crate) fn populated(accounts: u32, clock: &mut Clock) -> anyhow::Result<Engine> {
    let mut engine = Engine::new();
    populate(accounts, |command| {
        let entry = match command {
            // The first prices are of the moment at which they arrive.
            Command::Tick { .. } => clock.entry(tick(Time::milliseconds(clock.0 + 1))),
            command => clock.entry(command),
        };
        engine.apply(&entry).map(|_| ()).map_err(|rejection| anyhow!("{rejection}: {:?}", entry.command))
    })?;
    Ok(engine)
}

/// Sends the commands that found and fill such a pool, in order.
pub(crate) fn populate(
    accounts: u32,
    mut send: impl FnMut(Command) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    send(Command::Found { founding: Box::new(founding()) })?;
    send(tick(Time::milliseconds(0)))?;
    for place in 0..accounts {
        let mut owner = [0_u8; 20];
        owner[..4].copy_from_slice(&(place + 1).to_be_bytes());
        send(Command::OpenAccount { owner: Owner(owner), sub: 0 })?;
        let account = AccountId(FIRST + place);
        for (asset, (feed, _, decimals, _)) in ASSETS.iter().enumerate() {
            // About 10,000 dollars of each, a little different for everybody.
            let dollars = 10_000 + u128::from(place % 97);
            let unit = 10_u128.pow(u32::from(*decimals));
            let amount = Amount::new(dollars * unit * 100 / u128::from(FEEDS[*feed].1));
            send(Command::Deposit { account, asset: AssetId::at(asset).unwrap_or_default(), amount })?;
        }
    }
    for place in (0..accounts.saturating_sub(1)).step_by(2) {
        for (market, factor) in MARKETS.iter().enumerate() {
            let feed = usize::from(*factor);
            let mut pair = (AccountId(FIRST + place), AccountId(FIRST + place + 1));
            if market % 2 == 1 {
                pair = (pair.1, pair.0);
            }
            let size = 5_000 * 100 * 10_i64.pow(u32::from(SIZE_DECIMALS)) / i64::try_from(FEEDS[feed].1)?;
            send(Command::Fill {
                buyer: pair.0,
                seller: pair.1,
                market: MarketId::at(market).unwrap_or_default(),
                size: Size::new(size),
                price: price(feed),
            })?;
        }
    }
    Ok(())
}
