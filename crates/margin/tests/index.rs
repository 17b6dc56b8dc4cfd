//! The index against a judgement of every account: after every tick it names all that are below their requirement, and
//! nobody else.

use cistern_margin::{
    Band, Depth, FactorIndex, FactorTable, Leg, Mode, Portfolio, Quote, Range, RiskFactor, Settings,
    book::{Book, Index, Instrument, InstrumentIndex, InstrumentSpec, Lots, Path, Row},
};
use cistern_units::{Fraction, Ratio, Value};
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Underlyings of the world; each has four instruments: owned, owed, long and short.
const UNDERLYINGS: usize = 5;
const ACCOUNTS: usize = 300;
/// Prices begin here, in 1e-8 dollars a lot.
const BEGIN: i128 = 1_000_000;

struct World {
    dice: ChaCha8Rng,
    book: Book,
    prices: [i128; UNDERLYINGS],
    funding: [i128; UNDERLYINGS],
}

fn below(dice: &mut ChaCha8Rng, bound: u64) -> u64 {
    dice.next_u64() % bound.max(1)
}

impl World {
    fn new(seed: u64) -> Self {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let factors: Vec<RiskFactor> = (0..=UNDERLYINGS).map(|_| factor(&mut dice)).collect();
        let table = FactorTable::fold(&factors, Ratio::ONE, Ratio::ONE, Settings::default()).unwrap();
        let kinds =
            [(Leg::Holding, false), (Leg::Debt, true), (Leg::Derivative, false), (Leg::Derivative, true)];
        let specs = (0..UNDERLYINGS).flat_map(|underlying| {
            kinds.map(|(leg, is_short)| {
                let own = FactorIndex(u16::try_from(underlying).unwrap());
                // Every second one carries a basis that they share.
                let basis = (underlying % 2 == 1).then_some(FactorIndex(u16::try_from(UNDERLYINGS).unwrap()));
                InstrumentSpec { leg, factors: [Some(own), basis].into_iter().flatten().collect(), is_short }
            })
        });
        let book = Book::new(specs.collect(), table);
        let mut world = Self { dice, book, prices: [BEGIN; UNDERLYINGS], funding: [0; UNDERLYINGS] };
        for underlying in 0..UNDERLYINGS {
            world.quote(underlying);
        }
        for account in 0..ACCOUNTS {
            world.draw(account);
        }
        world
    }

    /// Prices the instruments of an underlying; the numbers of them.
    fn quote(&mut self, underlying: usize) -> Vec<InstrumentIndex> {
        let (price, funding) = (self.prices[underlying], self.funding[underlying]);
        let first = u16::try_from(underlying * 4).unwrap();
        let instruments: Vec<InstrumentIndex> = (first..first + 4).map(InstrumentIndex).collect();
        for (place, instrument) in instruments.iter().enumerate() {
            let of =
                |raw: i128| if place % 2 == 1 { Quote::up(raw, 0) } else { Quote::down(raw, 0) }.unwrap();
            let funding = if place < 2 { Quote::ZERO } else { of(funding) };
            self.book.reprice(*instrument, Instrument { quote: of(price), funding });
        }
        instruments
    }

    /// Gives an account something new: some are far above their requirement, some just above, some below.
    fn draw(&mut self, account: usize) {
        let (mut balances, mut positions) = (Vec::new(), Vec::new());
        for underlying in 0..UNDERLYINGS {
            for kind in 0..4 {
                if below(&mut self.dice, 3) > 0 {
                    continue;
                }
                let bits = below(&mut self.dice, 30);
                let lots = i64::try_from(below(&mut self.dice, 1 << bits) + 1).unwrap();
                let instrument = InstrumentIndex(u16::try_from(underlying * 4 + kind).unwrap());
                let leg = Lots { instrument, lots: if kind % 2 == 1 { -lots } else { lots } };
                if kind < 2 { balances.push(leg) } else { positions.push(leg) }
            }
        }
        let mode = if below(&mut self.dice, 4) == 0 { Mode::Standard } else { Mode::Portfolio };
        let row =
            |cash: i128| Row { mode, cash: Value::new(cash), balances: &balances, positions: &positions };
        self.book.set(account, &row(0)).unwrap();
        let (equity, requirement) = self.book.judge(account, &mut Portfolio::new()).unwrap();
        // Cash that leaves it above its requirement by a part of that.
        let part = i128::from(below(&mut self.dice, 1_000));
        let spare = requirement.raw() * part * part / 1_000_000;
        let spare = if below(&mut self.dice, 50) == 0 { -spare } else { spare };
        let cash = requirement.raw() - equity.raw() + spare;
        self.book.set(account, &row(cash)).unwrap();
    }

    /// Moves some prices, by parts of a per cent or by a crash; the instruments that moved.
    fn tick(&mut self) -> Vec<InstrumentIndex> {
        let all = below(&mut self.dice, 4) == 0;
        let size = [1, 10, 100, 3_000][usize::try_from(below(&mut self.dice, 4)).unwrap()];
        let mut moved = Vec::new();
        for underlying in 0..UNDERLYINGS {
            if !all && below(&mut self.dice, 3) > 0 {
                continue;
            }
            let change = i128::from(below(&mut self.dice, 2 * size + 1)) - i128::from(size);
            self.prices[underlying] =
                (self.prices[underlying] * (10_000 + change) / 10_000).clamp(BEGIN / 100, BEGIN * 100);
            self.funding[underlying] += i128::from(below(&mut self.dice, 21)) - 10;
            moved.extend(self.quote(underlying));
        }
        moved
    }

    /// All accounts below their requirement, judged one by one.
    fn breaches(&self) -> Vec<u32> {
        let mut portfolio = Portfolio::new();
        let mut judge = |account: usize| {
            let (equity, requirement) = self.book.judge(account, &mut portfolio).unwrap();
            equity < requirement
        };
        (0..self.book.len())
            .filter(|account| judge(*account))
            .map(|account| u32::try_from(account).unwrap())
            .collect()
    }
}

fn factor(dice: &mut ChaCha8Rng) -> RiskFactor {
    let mut points = |most| Fraction::basis_points(u16::try_from(below(dice, most)).unwrap());
    let (down, up, calm, more) = (points(4_000), points(6_000), points(9_000), points(1_000));
    let panic = Fraction::new(calm.raw() + more.raw()).unwrap();
    let depth =
        Depth::new(Value::dollars(100 + i64::from(points(9_999).raw()) / 1_000), Ratio::new(500_000_000))
            .unwrap();
    let has_depth = below(dice, 2) == 0;
    let range = Range::new(down, Ratio::from(up)).unwrap();
    RiskFactor::new(range, Band::new(calm, panic).unwrap(), has_depth.then_some(depth), Vec::new()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_tick_names_all_below_their_requirement_and_nobody_else(seed: u64) {
        let mut world = World::new(seed);
        let path = Path::widest();
        let mut index = Index::of(&world.book, path);
        let mut looked_at = 0;
        for tick in 0..60 {
            let moved = world.tick();
            let found = index.tick(&world.book, path, &moved);
            prop_assert_eq!(&found.breaches, &world.breaches(), "seed {} tick {}", seed, tick);
            looked_at += found.judged;
            let account = usize::try_from(below(&mut world.dice, ACCOUNTS as u64 + 5)).unwrap();
            world.draw(account);
            index.refresh(&world.book, path, u32::try_from(account).unwrap());
        }
        prop_assert!(looked_at > 0);
    }
}

#[test]
fn a_small_move_looks_at_few_accounts() {
    let mut world = World::new(7);
    let path = Path::widest();
    let mut index = Index::of(&world.book, path);
    let first = index.tick(&world.book, path, &[]);
    let watched = first.judged;
    let mut judged = 0;
    for step in 0..20 {
        world.prices[0] += if step % 2 == 0 { BEGIN / 100_000 } else { -BEGIN / 100_000 };
        let moved = world.quote(0);
        let found = index.tick(&world.book, path, &moved);
        assert!(!found.swept);
        judged += found.judged - watched.min(found.judged);
    }
    assert!(judged < ACCOUNTS, "{judged} of {}", 20 * ACCOUNTS);
    assert!(index.bytes() > 0);
}

#[test]
fn an_account_that_comes_back_is_let_go() {
    let mut world = World::new(11);
    let path = Path::widest();
    let mut index = Index::of(&world.book, path);
    let before = index.tick(&world.book, path, &[]).breaches;
    assert!(!before.is_empty());
    for account in &before {
        let row = Row { mode: Mode::Portfolio, cash: Value::ZERO, balances: &[], positions: &[] };
        world.book.set(*account as usize, &row).unwrap();
        index.refresh(&world.book, path, *account);
    }
    assert!(index.tick(&world.book, path, &[]).breaches.is_empty());
    assert_eq!(index.tick(&world.book, path, &[]).judged, 0);
}

#[test]
fn thresholds_that_were_replaced_are_thrown_away() {
    let mut world = World::new(13);
    let path = Path::widest();
    let mut index = Index::of(&world.book, path);
    index.tick(&world.book, path, &[]);
    let mut most = 0;
    for round in 0..200 {
        for account in 0..ACCOUNTS {
            index.refresh(&world.book, path, u32::try_from(account).unwrap());
        }
        // One ladder a tick: there are forty.
        for _ in 0..40 {
            index.tick(&world.book, path, &[]);
        }
        if round == 20 {
            most = index.bytes();
        }
    }
    assert!(index.bytes() < 2 * most, "{} of {most}", index.bytes());
    let moved = world.tick();
    assert_eq!(index.tick(&world.book, path, &moved).breaches, world.breaches());
}
