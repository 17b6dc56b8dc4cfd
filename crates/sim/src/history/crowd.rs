//! People who do anything at any moment, within and beyond their means, while prices walk and jump.

use cistern_engine::{
    act::{Act, FactorSpec},
    command::{Command, PriceReport},
    entry::Entry,
    ids::{AccountId, ActId, AssetId, FactorId, FeedId, MarketId, Owner, SourceId},
    rejection::Rejection,
    state::State,
};
use cistern_units::{Amount, Fraction, Price, Size, Time};

use crate::history::{
    Dice,
    world::{self, DECIMALS, NAMES, PRICES, SIZE_DECIMALS},
};

/// Accounts of a history.
const PEOPLE: u64 = 10;

/// Everybody who sends entries.
#[derive(Debug)]
pub struct Crowd {
    dice: Dice,
    now: u64,
    prices: [u128; 4],
    sent: usize,
}

impl Crowd {
    /// The crowd of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { dice: Dice::new(seed), now: 1_600_000_000_000, prices: PRICES, sent: 0 }
    }

    /// The next entry, given what everybody can see.
    pub fn next_entry(&mut self, state: &State) -> Entry {
        self.sent += 1;
        if self.dice.happens(500) {
            self.now += self.dice.magnitude(1_200_000) as u64;
        }
        let command = match self.sent {
            1 => Command::Found { founding: Box::new(world::founding(&mut self.dice, self.now)) },
            2..=11 => self.open(),
            12 => self.tick(1_000),
            13..=32 => self.deposit(),
            _ => self.anything(state),
        };
        let time = if self.dice.happens(2) { self.now.saturating_sub(1) } else { self.now };
        Entry { time: Time::milliseconds(time), command }
    }

    /// Learns what became of its entry: a founding that failed would be the end of the history.
    pub fn learn(&mut self, entry: &Entry, result: Result<(), Rejection>) {
        let founded = !matches!(entry.command, Command::Found { .. }) || self.sent > 1 || result.is_ok();
        assert!(founded, "the world of a history must be sound: {result:?}");
    }

    fn open(&mut self) -> Command {
        let owner = Owner([u8::try_from(self.sent).unwrap_or(0); 20]);
        Command::OpenAccount { owner, sub: u8::try_from(self.dice.below(2)).unwrap_or(0) }
    }

    fn account(&mut self) -> AccountId {
        // Now and then one of the pool's own accounts, or one that does not exist.
        let spread = if self.dice.happens(10) { PEOPLE + 4 } else { PEOPLE };
        let first = if self.dice.happens(10) { 0 } else { 2 };
        AccountId(u32::try_from(first + self.dice.below(spread)).unwrap_or(2))
    }

    fn asset(&mut self) -> AssetId {
        let bound = if self.dice.happens(5) { 6 } else { 4 };
        AssetId(u16::try_from(self.dice.below(bound)).unwrap_or(0))
    }

    fn market(&mut self) -> MarketId {
        let bound = if self.dice.happens(5) { 6 } else { 4 };
        MarketId(u16::try_from(self.dice.below(bound)).unwrap_or(0))
    }

    /// Units worth up to about a hundred thousand dollars, now and then anything.
    fn amount(&mut self, asset: AssetId) -> Amount {
        if self.dice.happens(10) {
            return Amount::new(self.dice.magnitude(u128::MAX));
        }
        let place = asset.position().min(3);
        let unit = 10_u128.pow(u32::from(DECIMALS[place]));
        let most = 100_000_000_000 * unit / self.prices[place].max(1);
        if self.dice.happens(200) {
            return Amount::new(self.dice.magnitude(most));
        }
        Amount::new(most * u128::from(self.dice.between(1, 1_000)) / 1_000)
    }

    fn deposit(&mut self) -> Command {
        let asset = AssetId(u16::try_from(self.dice.below(4)).unwrap_or(0));
        let account = AccountId(u32::try_from(2 + self.dice.below(PEOPLE)).unwrap_or(2));
        Command::Deposit { account, asset, amount: self.amount(asset) }
    }

    fn anything(&mut self, state: &State) -> Command {
        let (account, asset) = (self.account(), self.asset());
        let amount = self.amount(asset);
        match self.dice.below(100) {
            0..=27 => self.tick(600),
            28..=34 => self.deposit(),
            35..=40 => Command::Withdraw { account, asset, amount },
            41..=43 => Command::Transfer { from: account, to: self.account(), asset, amount },
            44..=49 => Command::Lend { account, asset, amount },
            50..=52 => Command::Recall { account, asset, amount },
            53..=58 => Command::Borrow { account, asset, amount },
            59..=61 => Command::Repay { account, asset, amount },
            62..=81 => self.fill(state),
            82..=86 => Command::Settle { account },
            87..=90 => Command::Liquidate { account, liquidator: self.account() },
            91 => Command::AppointBackstop { account },
            92 => Command::ReleaseBackstop { account },
            93 => Command::ChooseStandardMode { account },
            94 => Command::ChoosePortfolioMode { account },
            95 if self.dice.happens(200) => Command::Pause,
            95..=96 => Command::Resume,
            97 => Command::Veto { act_id: ActId(u32::try_from(self.dice.below(4)).unwrap_or(0)) },
            98 => self.act(),
            _ => self.open(),
        }
    }

    fn fill(&mut self, state: &State) -> Command {
        let market = self.market();
        let (mut buyer, mut seller) = (self.account(), self.account());
        let size = self.size(market);
        // Half of the time somebody closes.
        if let Ok(account) = state.account(buyer)
            && let Some(position) = account.position(market)
            && self.dice.happens(500)
        {
            if position.size.is_long() {
                core::mem::swap(&mut buyer, &mut seller);
            }
            let size = Size::new(i64::try_from(position.size.magnitude()).unwrap_or(1));
            return Command::Fill { buyer, seller, market, size, price: self.near(market) };
        }
        Command::Fill { buyer, seller, market, size, price: self.near(market) }
    }

    fn size(&mut self, market: MarketId) -> Size {
        if self.dice.happens(10) {
            return Size::new(self.dice.magnitude(u128::from(u64::MAX)) as i64);
        }
        let dollars = self.dice.magnitude(400_000_000_000);
        let place = (market.position() + 1).min(3);
        let whole = 10_u128.pow(u32::from(SIZE_DECIMALS));
        Size::new(i64::try_from(dollars * whole / self.prices[place].max(1)).unwrap_or(1))
    }

    fn near(&mut self, market: MarketId) -> Price {
        let place = (market.position() + 1).min(3);
        let wide = if self.dice.happens(50) { 200 } else { 20 };
        world::price(self.prices[place] * u128::from(self.dice.between(1_000 - wide, 1_000 + wide)) / 1_000)
    }

    /// Prices walk by up to a few per cent, now and then they crash or jump; sources fall silent or lie.
    fn tick(&mut self, calm: u64) -> Command {
        self.now += self.dice.between(1_000, 60_000);
        let crash = self.dice.happens(1_000 - calm.min(990)) && self.dice.happens(150);
        let mut reports = Vec::new();
        for place in 0..NAMES.len() {
            let width = match (place, crash) {
                (0, _) => 2,
                (_, true) => 240,
                (_, false) => 15,
            };
            let step = self.dice.between(1_000 - width, 1_000 + if crash { 20 } else { width });
            self.prices[place] = (self.prices[place] * u128::from(step) / 1_000).clamp(10, 1_000_000_000_000);
            if place == 0 {
                self.prices[0] = self.prices[0].clamp(850_000, 1_050_000);
            }
            for source in 0..3 {
                if self.dice.happens(980) {
                    reports.push(self.report(place, source));
                }
            }
        }
        Command::Tick { reports }
    }

    fn report(&mut self, place: usize, source: u16) -> PriceReport {
        let honest = self.prices[place] * u128::from(self.dice.between(9_995, 10_005)) / 10_000;
        let said = if self.dice.happens(5) { self.dice.magnitude(honest * 3) } else { honest };
        let price = world::price(said.max(1));
        PriceReport {
            feed: FeedId::at(place).unwrap_or_default(),
            source: SourceId(source),
            price,
            confidence: price.raw() / u128::from(self.dice.between(20, 5_000)),
            published_at: Time::milliseconds(self.now - self.dice.below(3_000)),
        }
    }

    fn act(&mut self) -> Command {
        let asset = self.asset();
        let act = match self.dice.below(4) {
            0 => Act::SetDepositCap { asset, per_account: self.amount(asset), total: self.amount(asset) },
            1 => Act::SetWithdrawalLimit { asset, per_hour: self.amount(asset) },
            2 => Act::SetBorrowCap { asset, cap: self.amount(asset) },
            _ => {
                let place = self.dice.below(4);
                let (least, most) =
                    [(50, 500), (1_000, 2_500), (1_000, 2_500), (3_000, 6_000)][place as usize];
                let range =
                    Fraction::basis_points(u16::try_from(self.dice.between(least, most)).unwrap_or(0));
                let spec = FactorSpec {
                    range_down: range,
                    range_up: range.into(),
                    loading_calm: Fraction::basis_points(2_000),
                    loading_panic: Fraction::basis_points(9_000),
                    impact: None,
                };
                Act::SetFactor { factor: FactorId(u16::try_from(place).unwrap_or(0)), spec }
            }
        };
        Command::Schedule { act }
    }
}
