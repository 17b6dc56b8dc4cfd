//! A million accounts as columns: five collaterals and five positions each, with every feature of a standard account.

use anyhow::anyhow;
use cistern_margin::{
    Band, Depth, FactorIndex, FactorTable, Leg, Mode, Portfolio, Quote, Range, RiskFactor, Settings,
    book::{Book, Instrument, InstrumentIndex, InstrumentSpec, Lots, Row},
};
use cistern_units::{Fraction, Index, Ratio, Value};

/// Factors: range and band of loadings in basis points; the last is the whole of an option's premium.
const FACTORS: [(u16, u16, u16); 9] = [
    (200, 0, 0),
    (1_500, 7_500, 9_800),
    (1_800, 7_500, 9_800),
    (2_500, 5_500, 9_200),
    (1_900, 6_600, 9_700),
    (2_500, 4_200, 9_700),
    (500, 0, 5_000),
    (100, 0, 0),
    (10_000, 0, 0),
];
/// Collaterals, their factors and prices: USDC, BTC, ETH, SOL, wstETH.
const ASSETS: [(&[u16], i128); 5] =
    [(&[0], 1), (&[1], 100_000), (&[2], 4_000), (&[3], 200), (&[2, 6], 4_800)];
/// Markets, their factors and prices: perps on BTC, ETH and LINK, a future on SOL with its own basis, and an option or
/// another perp.
const MARKETS: [(&[u16], i128); 5] =
    [(&[1], 100_000), (&[2], 4_000), (&[4], 20), (&[3, 7], 203), (&[8], 150)];
const LINEAR: (&[u16], i128) = (&[5], 30);
/// Prices are moved in billionths of themselves.
const WHOLE: i128 = 1_000_000_000;
/// Decimals of a lot of collateral and of a position.
const ASSET_PLACES: u32 = 9;
const SIZE_PLACES: u32 = 4;
/// Raw 1e-8 dollars in a dollar, as decimals.
const VALUE_PLACES: u32 = 8;

/// What the accounts of a book have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Standard mode: interest, funding, add-on, three perps, a future, an option.
    Standard,
    /// Portfolio mode, linear, without an add-on.
    Linear,
}

/// A book and what moves its prices.
pub(super) struct World {
    pub(super) book: Book,
    shape: Shape,
    /// The price of each asset and then of each market, in billionths of where it began.
    moves: [i128; 10],
    dice: u64,
}

impl World {
    pub(super) fn new(shape: Shape, accounts: usize) -> anyhow::Result<Self> {
        let table =
            FactorTable::fold(&factors(shape)?, Ratio::ONE, Ratio::new(1_250_000_000), Settings::default())?;
        let book = Book::new(specs(shape), table);
        let mut world = Self { book, shape, moves: [WHOLE; 10], dice: 0x9E37_79B9_7F4A_7C15 };
        for place in 0..10 {
            world.quote(place)?;
        }
        let mut portfolio = Portfolio::new();
        for account in 0..accounts {
            world.draw(account, &mut portfolio)?;
        }
        Ok(world)
    }

    /// Xorshift: the same accounts on every machine.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        self.dice % bound
    }

    fn what(&self, place: usize) -> (&'static [u16], i128) {
        match place.checked_sub(ASSETS.len()) {
            None => ASSETS[place],
            Some(4) if self.shape == Shape::Linear => LINEAR,
            Some(market) => MARKETS[market],
        }
    }

    /// Prices all instruments of an asset or a market; their numbers.
    pub(super) fn quote(&mut self, place: usize) -> anyhow::Result<Vec<InstrumentIndex>> {
        // In 1e-9 dollars.
        let raw = self.what(place).1 * self.moves[place];
        let index = Index::new((1 << 64) + (1 << 60));
        let quotes = if place < ASSETS.len() {
            // A lot of 1e-9 in 1e-8 dollars: raw / 1e9 x 1e8 / 1e9.
            let places = 9 + ASSET_PLACES - VALUE_PLACES;
            let magnitude = raw.unsigned_abs();
            vec![
                (Quote::down(raw, places)?, Quote::ZERO),
                (Quote::lent(magnitude, places, index)?, Quote::ZERO),
                (Quote::owed(magnitude, places, index)?, Quote::ZERO),
            ]
        } else {
            let places = 9 + SIZE_PLACES - VALUE_PLACES;
            // Longs have paid a thousandth so far.
            let funding = -raw / 1_000;
            vec![
                (Quote::down(raw, places)?, Quote::down(funding, places)?),
                (Quote::up(raw, places)?, Quote::up(funding, places)?),
            ]
        };
        let first = if place < 5 { place * 3 } else { 15 + (place - 5) * 2 };
        let mut moved = Vec::new();
        for (instrument, (quote, funding)) in (first..).zip(quotes) {
            let instrument = InstrumentIndex(u16::try_from(instrument)?);
            self.book.reprice(instrument, Instrument { quote, funding });
            moved.push(instrument);
        }
        Ok(moved)
    }

    /// Moves a price by basis points times its volatility against Bitcoin's, up or down; the instruments that moved.
    pub(super) fn push(&mut self, place: usize, points: i64) -> anyhow::Result<Vec<InstrumentIndex>> {
        let (factors, _) = self.what(place);
        let (range, ..) = FACTORS[usize::from(factors[0])];
        let (bitcoin, ..) = FACTORS[1];
        let change = i128::from(points) * i128::from(range) * WHOLE / (10_000 * i128::from(bitcoin));
        self.moves[place] += self.moves[place] * change / WHOLE;
        self.quote(place)
    }

    /// Others in the place of accounts that are below their requirement: a pool liquidates those.
    pub(super) fn replace(&mut self, accounts: &[u32]) -> anyhow::Result<()> {
        let mut portfolio = Portfolio::new();
        accounts.iter().try_for_each(|account| self.draw(usize::try_from(*account)?, &mut portfolio))
    }

    /// An account: some 1,000 to 50,000 dollars of each collateral, up to 30,000 in each position, and cash that leaves it
    /// above its requirement by a part of all of that: lognormal, 25 % in the middle, at least a thousandth.
    fn draw(&mut self, account: usize, portfolio: &mut Portfolio) -> anyhow::Result<()> {
        let (mut balances, mut positions) = (Vec::with_capacity(5), Vec::with_capacity(5));
        let mut gross = 0;
        for (place, (_, price)) in ASSETS.iter().enumerate() {
            let form = match (place, self.below(8)) {
                (1.., 0) => 1,
                (1.., 1) => 2,
                _ => 0,
            };
            let dollars = 1_000 + i128::from(self.below(50_000));
            gross += dollars;
            let lots = i64::try_from(dollars * 10_i128.pow(ASSET_PLACES) / price)?;
            let instrument = InstrumentIndex(u16::try_from(place * 3 + form)?);
            balances.push(Lots { instrument, lots: if form == 2 { -lots / 4 } else { lots } });
        }
        for market in 0..5 {
            let (_, price) = self.what(5 + market);
            let is_option = self.shape == Shape::Standard && market == 4;
            let short = !is_option && self.below(2) == 0;
            let dollars = 500 + i128::from(self.below(if is_option { 3_000 } else { 30_000 }));
            gross += dollars;
            let lots = i64::try_from(dollars * 10_i128.pow(SIZE_PLACES) / price)?;
            let instrument = InstrumentIndex(u16::try_from(15 + market * 2 + usize::from(short))?);
            positions.push(Lots { instrument, lots: if short { -lots } else { lots } });
        }
        let mode = if self.shape == Shape::Standard { Mode::Standard } else { Mode::Portfolio };
        let row = |cash: Value| Row { mode, cash, balances: &balances, positions: &positions };
        self.book.set(account, &row(Value::ZERO)).map_err(|error| anyhow!("{error}"))?;
        let (equity, requirement) = self.book.judge(account, portfolio)?;
        // Twelve dice are as good as normal.
        let normal = (0..12).map(|_| self.below(1_000) as f64 / 1_000.0).sum::<f64>() - 6.0;
        let part = (0.25 * (1.2 * normal).exp()).max(0.001);
        let spare = (gross as f64 * part * 1e8) as i128;
        let cash = Value::new(requirement.raw() - equity.raw() + spare);
        self.book.set(account, &row(cash)).map_err(|error| anyhow!("{error}"))
    }
}

fn factors(shape: Shape) -> anyhow::Result<Vec<RiskFactor>> {
    let depth = Depth::new(Value::dollars(50_000_000), Ratio::new(500_000_000))?;
    let depth = (shape == Shape::Standard).then_some(depth);
    let factor = |(range, calm, panic): &(u16, u16, u16)| {
        let [range, calm, panic] = [*range, *calm, *panic].map(Fraction::basis_points);
        Ok(RiskFactor::new(Range::symmetric(range), Band::new(calm, panic)?, depth, Vec::new())?)
    };
    FACTORS.iter().map(factor).collect()
}

fn specs(shape: Shape) -> Vec<InstrumentSpec> {
    let spec = |leg, factors: &[u16], is_short| InstrumentSpec {
        leg,
        factors: factors.iter().map(|factor| FactorIndex(*factor)).collect(),
        is_short,
    };
    let assets = ASSETS.iter().flat_map(|(factors, _)| {
        [(Leg::Holding, false), (Leg::Holding, false), (Leg::Debt, true)]
            .map(|(leg, is_short)| spec(leg, factors, is_short))
    });
    let markets = MARKETS.iter().enumerate().flat_map(|(place, (factors, _))| {
        let factors = if place == 4 && shape == Shape::Linear { LINEAR.0 } else { factors };
        [false, true].map(|is_short| spec(Leg::Derivative, factors, is_short))
    });
    assets.chain(markets).collect()
}
