//! Random factors, assets and books for the tests, as plain data.
#![allow(dead_code, reason = "each test program uses its own part")]

use cistern_margin::{
    Band, Depth, FactorIndex, FactorTable, Leg, Mode, NarrowPortfolio, Portfolio, Range, Requirement,
    RiskFactor, Settings, Tail, book::Path,
};
use cistern_units::{Fraction, NarrowValue, Ratio, Value};
use proptest::{collection::vec, option, prelude::*, sample::select};

/// Scales of maintenance, target and initial margin.
pub(crate) const SCALES: [Ratio; 3] = [Ratio::ONE, Ratio::new(1_100_000_000), INITIAL];
/// Scale of initial margin.
pub(crate) const INITIAL: Ratio = Ratio::new(1_250_000_000);
/// Most factors of a random world.
pub(crate) const FACTORS: usize = 12;

/// A leg of a book.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// What it is to the account.
    pub(crate) leg: Leg,
    /// What it moves with.
    pub(crate) factors: Vec<FactorIndex>,
    /// Its signed value, in 1e-8 dollars.
    pub(crate) value: i128,
}

/// Legs under factors.
#[derive(Clone, Debug)]
pub(crate) struct Book {
    /// All factors.
    pub(crate) factors: Vec<RiskFactor>,
    /// The factors of each asset.
    pub(crate) assets: Vec<Vec<FactorIndex>>,
    /// The floors.
    pub(crate) settings: Settings,
    /// What the account has.
    pub(crate) entries: Vec<Entry>,
}

impl Book {
    /// The table of its factors for a tier, with the slopes of the add-on bounded by its assets.
    pub(crate) fn table(&self, scale: Ratio) -> FactorTable {
        let assets = self.assets.iter().map(Vec::as_slice);
        FactorTable::fold_with_assets(&self.factors, assets, scale, INITIAL, self.settings).unwrap()
    }

    /// Its requirement for a tier, after a check that both forms of the answer agree.
    pub(crate) fn requirement(&self, scale: Ratio, mode: Mode) -> i128 {
        requirement(&self.table(scale), mode, &self.entries)
    }
}

/// What rounding in risk lots may add to a requirement of these legs: see `Portfolio::requirement`.
pub(crate) fn slack(book: &Book, entries: &[Entry]) -> i128 {
    let ranges =
        book.factors.iter().map(|factor| u64::from(factor.range().down.raw()).max(factor.range().up.raw()));
    // At the initial tier, in 1e-9.
    let range = i128::from(ranges.max().unwrap_or(0)) * i128::from(INITIAL.raw()) / 1_000_000_000 + 1;
    let gross: i128 =
        entries.iter().map(|entry| entry.value.abs() * i128::try_from(entry.factors.len()).unwrap()).sum();
    let factors = i128::try_from(book.factors.len()).unwrap();
    let joint = (gross >> 28) * (range * (factors + 4) / 1_000_000_000 + 1);
    let rates = gross >> 30;
    joint + rates + 4 * factors + 8
}

/// Legs under a table.
pub(crate) fn fill(table: &FactorTable, mode: Mode, entries: &[Entry]) -> Portfolio {
    let mut portfolio = Portfolio::new();
    portfolio.clear(mode);
    for entry in entries {
        portfolio.add(table, entry.leg, &entry.factors, Value::new(entry.value)).unwrap();
    }
    portfolio
}

/// The requirement of legs, after a check that both forms of the answer agree.
pub(crate) fn requirement(table: &FactorTable, mode: Mode, entries: &[Entry]) -> i128 {
    let mut portfolio = fill(table, mode, entries);
    let answer = portfolio.requirement(table).unwrap();
    let explained = portfolio.explain(table).unwrap();
    assert_eq!(answer, explained.requirement, "both forms of the answer agree");
    for path in Path::all() {
        if let Some(narrow) = narrow(table, mode, entries, path) {
            assert_eq!(
                (narrow.requirement, narrow.size),
                (answer, explained.addon),
                "the narrow answer agrees"
            );
        }
    }
    answer.raw()
}

/// What legs need by the narrow path, where they have room in it.
pub(crate) fn narrow(table: &FactorTable, mode: Mode, entries: &[Entry], path: Path) -> Option<Requirement> {
    match mode {
        Mode::Portfolio => narrow_in::<false>(table, entries, path),
        Mode::Standard => narrow_in::<true>(table, entries, path),
    }
}

fn narrow_in<const STANDARD: bool>(
    table: &FactorTable,
    entries: &[Entry],
    path: Path,
) -> Option<Requirement> {
    let mut portfolio = NarrowPortfolio::<STANDARD>::new(table);
    for entry in entries {
        let value = NarrowValue::try_from(Value::new(entry.value)).ok()?;
        portfolio.add(entry.leg, entry.factors.iter().copied(), value)?;
    }
    portfolio.requirement(path)
}

/// What a world may contain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct World {
    /// Markets with a depth.
    pub(crate) depths: bool,
    /// The sum of an asset's ranges, times the scale of the initial tier, may exceed one.
    pub(crate) overstretched: bool,
    /// Exposures that only the wide path holds.
    pub(crate) huge: bool,
}

fn fraction(most: u32) -> impl Strategy<Value = Fraction> {
    // Humane numbers half of the time: four decimals.
    prop_oneof![
        (0..=most).prop_map(|raw| Fraction::new(raw).unwrap()),
        (0..=most / 100_000).prop_map(|raw| Fraction::new(raw * 100_000).unwrap()),
        select(vec![0, most]).prop_map(|raw| Fraction::new(raw).unwrap()),
    ]
}

fn factor(world: World) -> impl Strategy<Value = RiskFactor> {
    let (most_down, most_up) = if world.overstretched {
        (1_000_000_000, 3_200_000_000_u64)
    } else {
        (260_000_000, 3_200_000_000_u64)
    };
    let up = prop_oneof![
        4 => Just(None),
        2 => (0..=most_up / 8).prop_map(Some),
        1 => (0..=most_up).prop_map(Some),
    ];
    let depth = (1_u64..1 << 60, 0_u32..50, 0_u64..=3_000_000_000).prop_map(|(depth, bits, lambda)| {
        let depth = i128::from(depth >> bits).max(1);
        Depth::new(Value::new(depth), Ratio::new(lambda)).unwrap()
    });
    let depth = option::weighted(0.6, depth).prop_map(move |depth| depth.filter(|_| world.depths));
    let tail =
        (-30_000_000_000_i64..30_000_000_000, fraction(1_000_000_000)).prop_map(|(multiple, weight)| {
            let bound =
                1_000_000_000_000_000_000_u64.checked_div(multiple.unsigned_abs()).unwrap_or(u64::MAX);
            let weight = u64::from(weight.raw()).min(bound);
            Tail::new(multiple, Fraction::new(u32::try_from(weight).unwrap()).unwrap()).unwrap()
        });
    let tails = option::weighted(0.3, vec(tail, 1..3)).prop_map(Option::unwrap_or_default);
    let loadings = (fraction(1_000_000_000), fraction(1_000_000_000));
    (fraction(most_down), up, loadings, depth, tails).prop_map(|(down, up, (a, b), depth, tails)| {
        let up = up.map_or(Ratio::from(down), Ratio::new);
        let range = Range::new(down, up).unwrap();
        RiskFactor::new(range, Band::new(a.min(b), a.max(b)).unwrap(), depth, tails).unwrap()
    })
}

/// A value of any size, in 1e-8 dollars.
pub(crate) fn size(world: World) -> impl Strategy<Value = i128> {
    let bits = if world.huge { 88 } else { 54 };
    (any::<u128>(), 1_u32..=bits).prop_map(|(raw, bits)| i128::try_from(raw >> (128 - bits)).unwrap())
}

/// A leg that owns, owes or has open some asset.
pub(crate) fn entry(world: World, assets: Vec<Vec<FactorIndex>>) -> impl Strategy<Value = Entry> {
    let leg = select(vec![Leg::Holding, Leg::Debt, Leg::Derivative, Leg::Derivative]);
    (leg, select(assets), size(world), any::<bool>()).prop_map(|(leg, factors, size, short)| {
        let short = leg == Leg::Debt || (leg == Leg::Derivative && short);
        Entry { leg, factors, value: if short { -size } else { size } }
    })
}

/// A book of 1 to 40 legs over 1 to [`FACTORS`] factors; an asset has one to three of them.
pub(crate) fn book(world: World) -> impl Strategy<Value = Book> {
    vec(factor(world), 1..=FACTORS)
        .prop_flat_map(move |factors| {
            let index = 0..u16::try_from(factors.len()).unwrap();
            let asset = vec(index.prop_map(FactorIndex), 1..=3).prop_map(|mut asset| {
                asset.sort();
                asset.dedup();
                asset
            });
            (Just(factors), vec(asset, 1..=8))
        })
        .prop_flat_map(move |(factors, assets)| {
            let settings = (fraction(1_000_000_000), fraction(50_000_000));
            let settings = prop_oneof![
                Just(Settings::default()),
                settings.prop_map(|(floor_factor, gross_floor)| Settings { floor_factor, gross_floor }),
            ];
            let entries = vec(entry(world, assets.clone()), 1..=40);
            (Just(factors), Just(assets), settings, entries)
        })
        .prop_map(|(factors, assets, settings, entries)| Book { factors, assets, settings, entries })
}
