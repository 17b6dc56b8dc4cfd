use std::collections::BTreeSet;

use cistern_api::wire::{self, Names};
use cistern_engine::{
    Engine,
    act::{Act, AssetSpec, FactorSpec, FeedSpec, MarketSpec, Product},
    collateral::Kind,
    command::Command,
    entry::Entry,
    event::Event,
    ids::{AccountId, ActId, AssetId, FactorId, FeedId, MarketId, Owner},
    params::{Class, Curve, OracleParams},
    rejection::Rejection,
    state::State,
};
use cistern_units::{Amount, Decimals, Fraction, Price, Ratio, Size, Time};

use crate::world::{ASSETS, Dice, FEEDS, MARKETS, founding, symbol, tick};

/// Entries of a history behind its founding.
const ENTRIES: usize = 1_500;
/// Accounts that the crowd opens; the first one stands behind the first of the pool's own.
const CROWD: u64 = 8;
const FIRST: u64 = 2;

/// A client that has nothing but the JSON texts.
#[derive(Default)]
struct Client {
    names: Names,
    state: State,
}

impl Client {
    fn event(&mut self, text: &str) -> Event {
        let form: wire::Event = serde_json::from_str(text).unwrap();
        let event = form.decode(&self.names).unwrap_or_else(|fault| panic!("{fault}: {text}"));
        self.names.learn(&form).unwrap();
        event
    }

    fn command(&self, text: &str) -> Command {
        let form: wire::Command = serde_json::from_str(text).unwrap();
        form.decode(&self.names).unwrap_or_else(|fault| panic!("{fault}: {text}"))
    }
}

/// A crowd that asks for anything.
struct Crowd {
    dice: Dice,
    now: u64,
    /// What the prices are, in percent of those of the founding.
    percent: [u64; 3],
}

impl Crowd {
    fn account(&mut self) -> AccountId {
        AccountId(u32::try_from(FIRST + self.dice.below(CROWD)).unwrap())
    }

    /// An amount of up to ten thousand dollars.
    fn amount(&mut self) -> (AssetId, Amount) {
        let place = usize::try_from(self.dice.below(3)).unwrap();
        let dollars = u128::from(1 + self.dice.below(10_000));
        let unit = 10_u128.pow(u32::from(ASSETS[place].1));
        (AssetId::at(place).unwrap(), Amount::new(dollars * unit * 100 / u128::from(FEEDS[place].1)))
    }

    fn fill(&mut self) -> Command {
        let place = usize::try_from(self.dice.below(2)).unwrap();
        let (feed, decimals) = MARKETS[place];
        let cents = FEEDS[usize::from(feed)].1 * self.percent[usize::from(feed)] / 100;
        let dollars = i64::try_from(1_000 + self.dice.below(30_000)).unwrap();
        let size = dollars * 100 * 10_i64.pow(u32::from(decimals)) / i64::try_from(cents).unwrap();
        let percent = 98 + self.dice.below(5);
        Command::Fill {
            buyer: self.account(),
            seller: self.account(),
            market: MarketId::at(place).unwrap(),
            size: Size::new(size),
            price: Price::clamped(u128::from(cents) * u128::from(percent) * Price::ONE.raw() / 10_000),
        }
    }

    fn act(&mut self) -> Act {
        let (asset, amount) = self.amount();
        let name = symbol(&format!("new{}", self.dice.below(3)));
        let range = u16::try_from(1_500 + self.dice.below(1_000)).unwrap();
        let spec = FactorSpec {
            range_down: Fraction::basis_points(range),
            range_up: Ratio::from(Fraction::basis_points(range)),
            loading_calm: Fraction::basis_points(7_000),
            loading_panic: Fraction::basis_points(9_900),
            impact: None,
        };
        let factors = vec![FactorId(1)];
        let decimals = Decimals::new(7).unwrap();
        let curve = Curve { base: Fraction::basis_points(range), ..Curve::default() };
        let class = Class::BlueChip;
        match self.dice.below(11) {
            0 => Act::ListFactor { symbol: name, spec },
            1 => Act::ListFeed(FeedSpec { symbol: name, oracle: OracleParams::default() }),
            2 => {
                Act::ListAsset(AssetSpec { symbol: name, kind: Kind::Token, class, decimals, factors, curve })
            }
            3 => Act::SetOracle { asset, feed: FeedId(asset.0) },
            4 => Act::SetDepositCap { asset, per_account: Amount::new(1 << 89), total: Amount::new(1 << 90) },
            5 => Act::SetBorrowCap { asset, cap: Amount::new(amount.units() * 1_000) },
            6 => Act::SetWithdrawalLimit { asset, per_hour: Amount::new(amount.units() * 1_000) },
            7 => Act::SetFactor { factor: FactorId(2), spec },
            8 => Act::SetCurve { asset, curve },
            9 => Act::ListMarket(MarketSpec {
                symbol: name,
                feed: FeedId(1),
                factors,
                decimals,
                product: Product::Perp,
            }),
            _ => Act::SetOpenInterestCap { market: MarketId(1), cap: Size::new(1 << 49) },
        }
    }

    /// A tick a little later, or much later; prices wander, and fall hard now and then.
    fn tick(&mut self) -> Command {
        self.now += if self.dice.below(8) == 0 { 90_000_000 } else { 60_000 };
        for percent in &mut self.percent[1..] {
            let change = self.dice.below(7);
            *percent = (*percent + change).saturating_sub(3).clamp(30, 150);
            if self.dice.below(40) == 0 {
                *percent = (*percent * 6 / 10).max(30);
            }
            if *percent < 40 {
                *percent = 100;
            }
        }
        tick(Time::milliseconds(self.now), self.percent)
    }

    fn command(&mut self) -> Command {
        let (account, (asset, amount)) = (self.account(), self.amount());
        match self.dice.below(40) {
            0..=5 => self.tick(),
            6..=9 => Command::Deposit { account, asset, amount },
            10..=11 => Command::Withdraw { account, asset, amount },
            12 => Command::Transfer { from: account, to: self.account(), asset, amount },
            13..=15 => Command::Lend { account, asset, amount },
            16 => Command::Recall { account, asset, amount },
            17..=19 => Command::Borrow { account, asset, amount },
            20 => Command::Repay { account, asset, amount },
            21..=27 => self.fill(),
            28..=29 => Command::Settle { account },
            30 => Command::Liquidate { account, liquidator: self.account() },
            31 => Command::AppointBackstop { account },
            32 => Command::ReleaseBackstop { account },
            33..=34 => Command::Schedule { act: self.act() },
            35 => Command::Veto { act_id: ActId(u32::try_from(self.dice.below(40)).unwrap()) },
            36 if self.dice.below(4) == 0 => Command::Pause,
            37 => Command::Resume,
            38 => Command::ChooseStandardMode { account },
            39 => Command::ChoosePortfolioMode { account },
            _ => Command::OpenAccount { owner: self.dice.owner(), sub: self.dice.byte() },
        }
    }
}

/// One entry on the server, as texts; what the client makes of them must be what the server has.
fn exchange(server: &mut Engine, client: &mut Client, entry: &Entry) -> Result<Vec<Event>, Rejection> {
    let outcome = server.apply(entry).map(<[Event]>::to_vec);
    let names = Names::of(&server.state().config);
    let command = serde_json::to_string(&wire::Command::encode(&entry.command, &names)).unwrap();
    match &outcome {
        Ok(events) => {
            let mut meant = Vec::new();
            for event in events {
                let text = serde_json::to_string(&wire::Event::encode(event, &names)).unwrap();
                meant.push(client.event(&text));
            }
            assert_eq!(&meant, events);
            client.state.replay(entry.time, &meant).unwrap();
        }
        Err(rejection) => {
            let form = wire::Rejection::encode(rejection, &entry.command, &names);
            let text = serde_json::to_string(&form).unwrap();
            let form: wire::Rejection = serde_json::from_str(&text).unwrap();
            let meant = form.decode(&client.command(&command), &client.names);
            assert_eq!(meant, Ok(*rejection), "{text}");
        }
    }
    assert_eq!(client.command(&command), entry.command, "{command}");
    outcome
}

/// Runs a history and gives the names of all events and rejections that occurred in it.
fn run(seed: u64) -> BTreeSet<&'static str> {
    let (mut server, mut client) = (Engine::new(), Client::default());
    let mut crowd = Crowd { dice: Dice::new(seed), now: 1_000_000, percent: [100; 3] };
    let mut occurred = BTreeSet::new();
    let owners = (0..CROWD).map(|place| {
        let mut owner = [0; 20];
        owner[19] = u8::try_from(place).unwrap();
        Command::OpenAccount { owner: Owner(owner), sub: 0 }
    });
    let found = Command::Found { founding: Box::new(founding()) };
    let mut first: Vec<Command> = [Command::Pause, found.clone(), found].into_iter().chain(owners).collect();
    first.reverse();
    for number in 0..ENTRIES {
        let command = first.pop().unwrap_or_else(|| crowd.command());
        let entry = Entry { time: Time::milliseconds(crowd.now), command };
        match exchange(&mut server, &mut client, &entry) {
            Ok(events) => occurred.extend(events.iter().map(Event::name)),
            Err(rejection) => {
                occurred.insert(rejection.name());
                // A refused entry moves the clock of nobody.
            }
        }
        assert_eq!(client.state.digest(), server.state().digest(), "SEED={seed} entry {number}");
    }
    occurred
}

#[test]
fn a_client_that_reads_json_alone_has_the_servers_state() {
    let mut occurred = BTreeSet::new();
    for seed in 1..=6 {
        occurred.extend(run(seed));
    }
    println!("{} kinds of events and rejections: {occurred:?}", occurred.len());
    for kind in [
        "AssetListed",
        "MarketListed",
        "FeedListed",
        "FactorListed",
        "ActExecuted",
        "InterestAccrued",
        "PriceReported",
        "Filled",
        "FundingSettled",
        "ProfitSettled",
        "LossSettled",
        "MarginBreached",
        "LiquidationStepped",
        "WithdrawalAuthorized",
        "BalanceTooSmall",
        "InitialMarginMustHold",
    ] {
        assert!(occurred.contains(kind), "no {kind} in any history");
    }
}
