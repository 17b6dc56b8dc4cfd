//! A served pool of two assets, a staked token and a perpetual, with a few accounts.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use cistern_api::{Access, Options, Server};
use cistern_engine::{
    act::{AssetSpec, FactorSpec, FeedSpec, MarketSpec, Product},
    collateral::Kind,
    command::{Command, Founding, FoundingAsset, PriceReport},
    ids::{AccountId, AssetId, FactorId, FeedId, MarketId, Owner, SourceId, Symbol},
    params::{Class, Curve, OracleParams, Params},
};
use cistern_node::{Applied, HandClock, Node, Stamped};
use cistern_units::{Amount, Decimals, Fraction, Price, Ratio, Size, Span, Time};
use serde_json::Value;

use crate::http::get;

/// When the pool begins.
pub(crate) const BEGIN: u64 = 1_700_000_000_000;

/// Accounts, in the order in which they are opened.
pub(crate) const ALICE: u32 = 2;
pub(crate) const BOB: u32 = 3;

pub(crate) const USDC: AssetId = AssetId(0);
pub(crate) const ETH: AssetId = AssetId(1);

/// A pool and its server.
pub(crate) struct World {
    pub(crate) node: Node,
    pub(crate) server: Server,
    pub(crate) clock: Arc<HandClock>,
}

impl World {
    /// A pool that was not founded, open to everybody on this machine.
    pub(crate) fn empty() -> Self {
        Self::with(|options| options.access = Access::Development)
    }

    /// A pool that was not founded, with options of one's own.
    pub(crate) fn with(change: impl FnOnce(&mut Options)) -> Self {
        Self::remembering(cistern_node::Options::memory().recent_max, change)
    }

    /// As [`Self::with`], where the node has only the latest entries in memory.
    pub(crate) fn remembering(recent_max: usize, change: impl FnOnce(&mut Options)) -> Self {
        let clock = Arc::new(HandClock::new(Time::milliseconds(BEGIN)));
        let of_node = cistern_node::Options { recent_max, ..cistern_node::Options::memory() };
        let (node, _) = Node::open(of_node, Arc::clone(&clock) as _).expect("a node opens");
        let mut options = Options::loopback(0);
        change(&mut options);
        let server = cistern_api::serve(options, node.clone()).expect("a server starts");
        Self { node, server, clock }
    }

    /// A pool with prices, lenders, a leveraged long (Alice) and the short on the other side (Bob).
    pub(crate) fn populated() -> Self {
        let world = Self::empty();
        world.populate();
        world
    }

    pub(crate) fn populate(&self) {
        self.found();
        for account in [ALICE, BOB] {
            self.apply(Command::OpenAccount { owner: owner(account), sub: 0 });
            self.deposit(account, USDC, 20_000_000_000);
            self.deposit(account, ETH, 10_u128.pow(19));
        }
        self.apply(Command::Lend {
            account: AccountId(BOB),
            asset: USDC,
            amount: Amount::new(5_000_000_000),
        });
        self.apply(Command::Borrow {
            account: AccountId(ALICE),
            asset: USDC,
            amount: Amount::new(1_000_000_000),
        });
        self.fill(50_000);
    }

    /// What an endpoint answers once that is so; waits for it, but not for ever.
    #[track_caller]
    pub(crate) fn until(&self, path: &str, so: impl Fn(&Value) -> bool) -> Value {
        let patience = Instant::now() + Duration::from_secs(60);
        loop {
            let answer = get(self.server.address(), path).good();
            if so(&answer) {
                return answer;
            }
            assert!(Instant::now() < patience, "it never came: {answer}");
            std::thread::yield_now();
        }
    }

    /// Founds the pool and gives it prices.
    pub(crate) fn found(&self) {
        self.apply(Command::Found { founding: Box::new(founding()) });
        self.prices(2_000);
    }

    /// Applies a command that must be accepted.
    #[track_caller]
    pub(crate) fn apply(&self, command: Command) -> Arc<Applied> {
        let text = format!("{command:?}");
        let applied = self.node.submit(Stamped::now(command)).expect("the node runs");
        assert!(applied.outcome.is_ok(), "{text}: {:?}", applied.outcome);
        applied
    }

    pub(crate) fn deposit(&self, account: u32, asset: AssetId, units: u128) {
        self.apply(Command::Deposit { account: AccountId(account), asset, amount: Amount::new(units) });
    }

    /// Alice buys from Bob, in ten thousandths of a contract, at the index.
    pub(crate) fn fill(&self, size: i64) {
        self.apply(Command::Fill {
            buyer: AccountId(ALICE),
            seller: AccountId(BOB),
            market: MarketId(0),
            size: Size::new(size),
            price: dollars(2_000),
        });
    }

    /// A tick in which ETH costs that many dollars and the staked token a fifth more, one second later.
    pub(crate) fn prices(&self, eth: u64) {
        use cistern_node::Clock;
        let now = Time::milliseconds(self.clock.now().as_milliseconds() + 1_000);
        self.clock.turn_to(now);
        let prices = [dollars(1), dollars(eth), dollars(eth + eth / 5)];
        let reports = prices.iter().enumerate().flat_map(|(feed, price)| {
            (0..3).map(move |source| PriceReport {
                feed: FeedId::at(feed).unwrap_or_default(),
                source: SourceId(source),
                price: *price,
                confidence: 0,
                published_at: now,
            })
        });
        self.apply(Command::Tick { reports: reports.collect() });
    }
}

pub(crate) fn dollars(dollars: u64) -> Price {
    Price::clamped(u128::from(dollars) * Price::ONE.raw())
}

pub(crate) fn owner(account: u32) -> Owner {
    let mut owner = [0_u8; 20];
    owner[16..].copy_from_slice(&account.to_be_bytes());
    Owner(owner)
}

fn symbol(text: &str) -> Symbol {
    Symbol::new(text).expect("a short name")
}

/// A pool of USDC, ETH and wstETH with a perpetual on ETH.
pub(crate) fn founding() -> Founding {
    let factor = |(name, range, calm, panic): (&str, u16, u16, u16)| {
        let spec = FactorSpec {
            range_down: Fraction::basis_points(range),
            range_up: Ratio::from(Fraction::basis_points(range)),
            loading_calm: Fraction::basis_points(calm),
            loading_panic: Fraction::basis_points(panic),
            impact: None,
        };
        (symbol(name), spec)
    };
    let oracle = OracleParams { age_max: Span::DAY, recovery_grace: Span::ZERO, ..OracleParams::default() };
    let most = Amount::new(1 << 99);
    let asset = |(name, feed, class, decimals, factors): (&str, u16, Class, u8, &[u16])| FoundingAsset {
        spec: AssetSpec {
            symbol: symbol(name),
            kind: Kind::Token,
            class,
            decimals: Decimals::new(decimals).unwrap_or_default(),
            factors: factors.iter().map(|factor| FactorId(*factor)).collect(),
            curve: Curve::default(),
        },
        feed: FeedId(feed),
        cap_account: most,
        cap_total: most,
        cap_borrow: most,
        withdrawal_limit: most,
    };
    let market = MarketSpec {
        symbol: symbol("ETH-PERP"),
        feed: FeedId(1),
        factors: vec![FactorId(1)],
        decimals: Decimals::new(4).unwrap_or_default(),
        product: Product::Perp,
    };
    Founding {
        params: Params::default(),
        sources: vec![(symbol("alpha"), 0), (symbol("beta"), 1), (symbol("gamma"), 2)],
        factors: [("USDC", 200, 0, 0), ("ETH", 1_800, 7_500, 9_800), ("wstETH/ETH", 500, 0, 5_000)]
            .map(factor)
            .to_vec(),
        feeds: ["USDC", "ETH", "wstETH"].map(|name| FeedSpec { symbol: symbol(name), oracle }).to_vec(),
        assets: [
            ("USDC", 0, Class::Stable, 6, &[0_u16][..]),
            ("ETH", 1, Class::BlueChip, 18, &[1]),
            ("wstETH", 2, Class::Lst, 18, &[1, 2]),
        ]
        .map(asset)
        .to_vec(),
        markets: vec![(market, Size::new(1 << 60))],
        ..Founding::default()
    }
}
