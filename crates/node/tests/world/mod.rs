//! A small pool and an endless stream of commands: command `n` of a seed is always the same, and holds `n`, so that one
//! that is missing, twice or out of place changes the chain.
#![allow(dead_code, reason = "each test uses its own part of the world")]
#![allow(unreachable_pub, reason = "the module is part of several test programs")]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use cistern_engine::{
    act::{AssetSpec, FactorSpec, FeedSpec, MarketSpec, Product},
    collateral::Kind,
    command::{Command, Founding, FoundingAsset, PriceReport},
    ids::{AccountId, AssetId, FactorId, FeedId, MarketId, Owner, SourceId, Symbol},
    params::{Class, Curve, OracleParams, Params},
};
use cistern_node::{Applied, HandClock, Node, NodeError, Opened, Options, Stamped};
use cistern_units::{Amount, Decimals, Fraction, Price, Ratio, Size, Span, Time};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const NAMES: [&str; 3] = ["USDC", "BTC", "ETH"];
const DECIMALS: [u8; 3] = [6, 8, 18];
/// Prices in millionths of a dollar.
const PRICES: [u64; 3] = [1_000_000, 60_000_000_000, 3_000_000_000];
const CLASSES: [Class; 3] = [Class::Stable, Class::BlueChip, Class::BlueChip];
/// Accounts, all opened at the beginning.
pub const PEOPLE: u64 = 12;
const START: u64 = 1_700_000_000_000;

/// Seeded chance.
pub struct Dice(ChaCha8Rng);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.0.next_u64() % bound.max(1)
    }
}

fn symbol(text: &str) -> Symbol {
    Symbol::new(text).unwrap()
}

pub fn founding() -> Founding {
    let factor = |name: &&str| {
        let range = Fraction::basis_points(if *name == "USDC" { 100 } else { 1_500 });
        let spec = FactorSpec {
            range_down: range,
            range_up: Ratio::from(range),
            loading_calm: Fraction::basis_points(5_000),
            loading_panic: Fraction::basis_points(9_000),
            impact: None,
        };
        (symbol(name), spec)
    };
    let oracle = OracleParams { recovery_grace: Span::ZERO, ..OracleParams::default() };
    let most = Amount::new(1 << 99);
    let asset = |place: usize| FoundingAsset {
        spec: AssetSpec {
            symbol: symbol(NAMES[place]),
            kind: Kind::Token,
            class: CLASSES[place],
            decimals: Decimals::new(DECIMALS[place]).unwrap(),
            factors: vec![FactorId::at(place).unwrap()],
            curve: Curve::default(),
        },
        feed: FeedId::at(place).unwrap(),
        cap_account: most,
        cap_total: most,
        cap_borrow: most,
        withdrawal_limit: most,
    };
    let market = |place: usize| {
        let spec = MarketSpec {
            symbol: symbol(&format!("{}-PERP", NAMES[place])),
            feed: FeedId::at(place).unwrap(),
            factors: vec![FactorId::at(place).unwrap()],
            decimals: Decimals::new(4).unwrap(),
            product: Product::Perp,
        };
        (spec, Size::new(1 << 60))
    };
    Founding {
        params: Params::default(),
        sources: vec![(symbol("alpha"), 0), (symbol("beta"), 1), (symbol("gamma"), 2)],
        factors: NAMES.iter().map(factor).collect(),
        feeds: NAMES.iter().map(|name| FeedSpec { symbol: symbol(name), oracle }).collect(),
        assets: (0..NAMES.len()).map(asset).collect(),
        markets: (1..NAMES.len()).map(market).collect(),
        ..Founding::default()
    }
}

/// Millionths of a dollar: up and down by two fifths within 800 commands, with a little noise.
fn price(place: usize, n: u64, dice: &mut Dice) -> Price {
    let wave = 600 + (n % 800).abs_diff(400) * 2;
    let share = if place == 0 { 1_000 } else { wave };
    let millionths = PRICES[place] * share / 1_000 + dice.below(PRICES[place] / 2_000);
    Price::clamped(u128::from(millionths) * 1_000_000)
}

/// When command `n` is ordered.
pub fn time(n: u64) -> Time {
    Time::milliseconds(START + n * 500)
}

/// Command `n` of a seed, from 1.
pub fn command(seed: u64, n: u64) -> Stamped {
    let mut dice = Dice::new(seed ^ n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let command = match n {
        1 => Command::Found { founding: Box::new(founding()) },
        2 => tick(n, &mut dice),
        n if n < 3 + PEOPLE => {
            let mut owner = [7; 20];
            owner[..8].copy_from_slice(&n.to_be_bytes());
            Command::OpenAccount { owner: Owner(owner), sub: 0 }
        }
        n if n < 3 + 3 * PEOPLE => {
            // Everybody begins with something.
            let account = AccountId(2 + u32::try_from(n % PEOPLE).unwrap());
            Command::Deposit {
                account,
                asset: AssetId(0),
                amount: Amount::new(5_000_000_000 + u128::from(n)),
            }
        }
        _ => anything(n, &mut dice),
    };
    Stamped::at(command, time(n))
}

fn anything(n: u64, dice: &mut Dice) -> Command {
    // Now and then an account that does not exist: what is refused is in the log too.
    let bound = if dice.below(20) == 0 { PEOPLE + 3 } else { PEOPLE };
    let account = AccountId(2 + u32::try_from(dice.below(bound)).unwrap());
    let other = AccountId(2 + u32::try_from(dice.below(PEOPLE)).unwrap());
    let asset = AssetId(u16::try_from(dice.below(3)).unwrap());
    let place = asset.position();
    let unit = 10_u128.pow(u32::from(DECIMALS[place]));
    // Up to a thousand dollars: positions are larger, so that the waves of the prices sink somebody.
    let dollars = u128::from(dice.below(1_000) + 1);
    let amount = Amount::new(dollars * unit * 1_000_000 / u128::from(PRICES[place]) + u128::from(n));
    match dice.below(100) {
        0..=14 => tick(n, dice),
        15..=39 => Command::Deposit { account, asset, amount },
        40..=49 => Command::Withdraw { account, asset, amount },
        50..=54 => Command::Transfer { from: account, to: other, asset, amount },
        55..=61 => Command::Lend { account, asset, amount },
        62..=64 => Command::Recall { account, asset, amount },
        65..=70 => Command::Borrow { account, asset, amount },
        71..=74 => Command::Repay { account, asset, amount },
        75..=92 => {
            let market = MarketId(u16::try_from(dice.below(2)).unwrap());
            let feed = market.position() + 1;
            let size = dice.below(60_000) * 10_000 * 1_000_000 / PRICES[feed] + n % 1_000 + 1;
            let size = Size::new(i64::try_from(size).unwrap());
            Command::Fill { buyer: account, seller: other, market, size, price: price(feed, n, dice) }
        }
        93..=95 => Command::Settle { account },
        96 | 97 => Command::Liquidate { account, liquidator: other },
        98 => Command::AppointBackstop { account },
        _ => Command::ReleaseBackstop { account },
    }
}

fn tick(n: u64, dice: &mut Dice) -> Command {
    let mut reports = Vec::new();
    for place in 0..NAMES.len() {
        let price = price(place, n, dice);
        reports.extend((0..3).map(|source| PriceReport {
            feed: FeedId::at(place).unwrap(),
            source: SourceId(source),
            price,
            confidence: 0,
            published_at: time(n),
        }));
    }
    Command::Tick { reports }
}

/// A directory of one test, gone with it.
pub struct Dir(PathBuf);

impl Dir {
    pub fn new(name: &str) -> Self {
        Self::under(&std::env::temp_dir(), name)
    }

    /// A directory without a disk where there is such a place: for tests that open thousands of stores.
    pub fn in_memory(name: &str) -> Self {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() { Self::under(memory, name) } else { Self::new(name) }
    }

    fn under(place: &Path, name: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let dir = place.join(format!("cistern-{name}-{}-{count}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// A copy of everything in it, or of what has a name.
    pub fn copy(&self, to: &Path, wanted: impl Fn(&str) -> bool) {
        fs::create_dir_all(to).unwrap();
        for (name, bytes) in self.files() {
            if wanted(&name) {
                fs::write(to.join(name), bytes).unwrap();
            }
        }
    }

    /// All files but the lock, by name.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<_> = fs::read_dir(&self.0)
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
            .filter(|(name, _)| name != "lock")
            .collect();
        files.sort();
        files
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Limits so small that a few hundred commands meet all of them.
pub fn small(dir: &Path) -> Options {
    Options { segment_bytes: 16 << 10, snapshot_every: 60, group_max: 16, ..Options::at(dir) }
}

pub fn open(options: Options) -> Result<(Node, Opened), NodeError> {
    Node::open(options, Arc::new(HandClock::default()))
}

/// Submits commands `from..=to` of a seed without waiting in between; what came of the last.
pub fn submit(node: &Node, seed: u64, from: u64, to: u64) -> Arc<Applied> {
    let (sender, answers) = std::sync::mpsc::channel();
    for n in from..=to {
        let sender = sender.clone();
        node.submit_then(command(seed, n), Box::new(move |answer| sender.send(answer).unwrap())).unwrap();
    }
    drop(sender);
    let mut last = None;
    for (n, answer) in (from..).zip(answers) {
        let applied = answer.unwrap();
        assert_eq!(applied.height, n, "answers come in the order of the log");
        last = Some(applied);
    }
    last.unwrap()
}

pub fn digest(node: &Node) -> [u8; 32] {
    node.read(|engine| engine.state().digest())
}

/// Chains at every height, and the digest at the last, of an undisturbed node in memory.
pub struct Undisturbed {
    seed: u64,
    node: Node,
    chains: Vec<[u8; 32]>,
}

impl Undisturbed {
    pub fn new(seed: u64) -> Self {
        let (node, _) = open(Options::memory()).unwrap();
        Self { seed, node, chains: vec![[0; 32]] }
    }

    pub fn chain(&mut self, height: u64) -> [u8; 32] {
        while (self.chains.len() as u64) <= height {
            let n = self.chains.len() as u64;
            self.chains.push(self.node.submit(command(self.seed, n)).unwrap().chain);
        }
        self.chains[usize::try_from(height).unwrap()]
    }

    /// Of the last height that was asked for; none may have been higher.
    pub fn digest(&mut self, height: u64) -> [u8; 32] {
        self.chain(height);
        assert_eq!(self.node.head().height, height);
        digest(&self.node)
    }
}
