//! The columnar book against the portfolio: the same numbers to the last bit, on every path that the machine has.

mod books;

use books::{Book as Entries, INITIAL, SCALES, World, book};
use cistern_margin::{
    FactorIndex, Leg, Mode, Portfolio, Quote,
    book::{Book, Instrument, InstrumentIndex, InstrumentSpec, Lots, Margin, Path, Row, RowError},
};
use cistern_units::{Ratio, Value};
use proptest::prelude::*;

/// Two instruments for each asset and kind of leg: long and short, or owned and owed.
fn specs(assets: &[Vec<FactorIndex>]) -> Vec<InstrumentSpec> {
    let of = |leg, is_short| {
        move |factors: &Vec<FactorIndex>| InstrumentSpec { leg, factors: factors.clone(), is_short }
    };
    let kinds = [(Leg::Holding, false), (Leg::Debt, true), (Leg::Derivative, false), (Leg::Derivative, true)];
    kinds.into_iter().flat_map(|(leg, is_short)| assets.iter().map(of(leg, is_short))).collect()
}

/// A price of 1e-8 dollars a lot, to begin with; prices of thousands of dollars and of millionths in between.
fn instrument(places: u32, funding: i64, is_short: bool) -> Instrument {
    let price = 987_654_321_987;
    if is_short {
        Instrument {
            quote: Quote::up(price, places).unwrap(),
            funding: Quote::up(i128::from(funding), places).unwrap(),
        }
    } else {
        Instrument {
            quote: Quote::down(price, places).unwrap(),
            funding: Quote::down(i128::from(funding), places).unwrap(),
        }
    }
}

#[derive(Clone, Debug)]
struct Case {
    entries: Entries,
    places: Vec<u32>,
    funding: Vec<i64>,
    cash: i64,
    mode: Mode,
}

fn case() -> impl Strategy<Value = Case> {
    let world = World { depths: true, overstretched: true, huge: false };
    let mode = prop_oneof![Just(Mode::Portfolio), Just(Mode::Standard)];
    (
        book(world),
        prop::collection::vec(0_u32..20, 32),
        prop::collection::vec(-1_000_000_000_i64..1_000_000_000, 32),
        any::<i64>(),
        0_u32..40,
        mode,
    )
        .prop_map(|(entries, places, funding, cash, bits, mode)| Case {
            entries,
            places,
            funding,
            cash: cash >> (bits + 10),
            mode,
        })
}

/// The book of a case with one account, and the same account three times over.
fn columns(case: &Case, scale: Ratio) -> Book {
    let assets = &case.entries.assets;
    let specs = specs(assets);
    let mut book = Book::new(specs.clone(), case.entries.table(scale));
    for (place, spec) in specs.iter().enumerate() {
        let now = instrument(
            case.places[place],
            if spec.leg == Leg::Derivative { case.funding[place] } else { 0 },
            spec.is_short,
        );
        book.reprice(InstrumentIndex(u16::try_from(place).unwrap()), now);
    }
    let (mut balances, mut positions) = (Vec::new(), Vec::new());
    for entry in &case.entries.entries {
        let asset = assets.iter().position(|factors| *factors == entry.factors).unwrap();
        let kind = match entry.leg {
            Leg::Holding => 0,
            Leg::Debt => 1,
            Leg::Derivative => 2 + usize::from(entry.value < 0),
        };
        let instrument = InstrumentIndex(u16::try_from(kind * assets.len() + asset).unwrap());
        let leg = Lots { instrument, lots: i64::try_from(entry.value).unwrap() };
        if entry.leg == Leg::Derivative { positions.push(leg) } else { balances.push(leg) }
    }
    let row = Row {
        mode: case.mode,
        cash: Value::new(i128::from(case.cash)),
        balances: &balances,
        positions: &positions,
    };
    book.set(1, &Row { balances: &[], positions: &[], ..row }).unwrap();
    for account in [0, 1, 3] {
        book.set(account, &row).unwrap();
    }
    book
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_path_gives_the_number_of_the_portfolio(case in case()) {
        for scale in SCALES {
            let book = columns(&case, scale);
            let (equity, requirement) = match book.judge(0, &mut Portfolio::on(Path::SCALAR)) {
                Ok(judged) => judged,
                Err(_) => return Ok(()),
            };
            for path in Path::all() {
                let judged = book.judge(0, &mut Portfolio::on(path));
                prop_assert_eq!(judged, Ok((equity, requirement)), "{}", path.name());
                let mut margins = [Margin::default(); 4];
                book.sweep(path, 0, &mut margins);
                prop_assert_eq!(margins[0], margins[1]);
                prop_assert_eq!(margins[0], margins[3]);
                prop_assert_eq!(margins[2], Margin::default(), "an account that was never set");
                if margins[0] != Margin::WIDE {
                    let Margin { equity: found, requirement: asked } = margins[0];
                    prop_assert_eq!((i128::from(found), i128::from(asked)), (equity.raw(), requirement.raw()), "{}", path.name());
                }
            }
        }
    }
}

fn one(leg: Leg) -> Book {
    use cistern_margin::{Band, FactorTable, Range, RiskFactor, Settings};
    use cistern_units::Fraction;
    let range = Range::symmetric(Fraction::basis_points(1_500));
    let band = Band::new(Fraction::ZERO, Fraction::ONE).unwrap();
    let factors = [RiskFactor::new(range, band, None, Vec::new()).unwrap()];
    let table = FactorTable::fold(&factors, Ratio::ONE, INITIAL, Settings::default()).unwrap();
    let specs = vec![InstrumentSpec { leg, factors: vec![FactorIndex(0)], is_short: leg == Leg::Debt }];
    let mut book = Book::new(specs, table);
    book.reprice(InstrumentIndex(0), instrument(4, 0, leg == Leg::Debt)); // 0.98765432 dollars a lot
    book
}

fn hold(book: &mut Book, lots: i64) -> Margin {
    let balances = [Lots { instrument: InstrumentIndex(0), lots }];
    let row = Row { mode: Mode::Portfolio, cash: Value::ZERO, balances: &balances, positions: &[] };
    book.set(0, &row).unwrap();
    let mut margins = [Margin::default()];
    book.sweep(Path::SCALAR, 0, &mut margins);
    margins[0]
}

#[test]
fn an_ordinary_account_is_not_wide() {
    let mut book = one(Leg::Holding);
    let Margin { equity, requirement } = hold(&mut book, 1_000);
    assert_eq!(equity, 98_765_432_198);
    assert_eq!(requirement / 1_000_000, 14_814);
}

#[test]
fn an_account_that_is_too_large_is_left_to_the_portfolio() {
    let mut book = one(Leg::Holding);
    assert_ne!(hold(&mut book, 1 << 25), Margin::WIDE); // 33 million dollars
    assert_eq!(hold(&mut book, 1 << 40), Margin::WIDE);
    assert!(book.judge(0, &mut Portfolio::new()).is_ok());
    assert_ne!(hold(&mut book, 1), Margin::WIDE, "what was too large once is not so for good");
}

#[test]
fn cash_that_is_too_large_for_the_columns_is_kept_to_the_last_cent() {
    let mut book = one(Leg::Holding);
    for cash in [1 << 60, -(1 << 60), i128::MAX / 2] {
        let row = Row { mode: Mode::Portfolio, cash: Value::new(cash), balances: &[], positions: &[] };
        book.set(0, &row).unwrap();
        let mut margins = [Margin::default()];
        book.sweep(Path::SCALAR, 0, &mut margins);
        assert_eq!(margins[0], Margin::WIDE);
        assert_eq!(book.judge(0, &mut Portfolio::new()), Ok((Value::new(cash), Value::ZERO)));
    }
    assert_ne!(hold(&mut book, 1), Margin::WIDE);
    assert_eq!(book.judge(0, &mut Portfolio::new()).unwrap().0, Value::new(98_765_432));
}

#[test]
fn a_price_that_grows_out_of_its_bits_is_counted_anew() {
    let mut book = one(Leg::Holding);
    let small = hold(&mut book, 1_000_000); // a million dollars, and ten thousand times as many
    for places in (0..4).rev() {
        book.reprice(InstrumentIndex(0), instrument(places, 0, false));
        let mut margins = [Margin::default()];
        book.sweep(Path::SCALAR, 0, &mut margins);
        let (equity, _) = book.judge(0, &mut Portfolio::new()).unwrap();
        let is_same = i128::from(margins[0].equity) == equity.raw();
        assert!(is_same || margins[0] == Margin::WIDE, "{places}: {margins:?}");
        assert_eq!(margins[0] == Margin::WIDE, equity.raw() >= 1 << 50, "{places}");
    }
    book.reprice(InstrumentIndex(0), instrument(4, 0, false));
    assert_eq!(hold(&mut book, 1_000_000), small);
}

#[test]
fn what_a_book_does_not_know_is_refused_and_changes_nothing() {
    let mut book = one(Leg::Debt);
    let before = hold(&mut book, -5);
    let stranger = InstrumentIndex(1);
    let legs = [Lots { instrument: stranger, lots: 1 }];
    let row = Row { mode: Mode::Portfolio, cash: Value::ZERO, balances: &legs, positions: &[] };
    assert_eq!(book.set(0, &row), Err(RowError::UnknownInstrument(stranger)));
    let many = vec![Lots { instrument: InstrumentIndex(0), lots: 1 }; 256];
    assert_eq!(book.set(0, &Row { balances: &many, ..row }), Err(RowError::TooManyLegs));
    let mut margins = [Margin::default()];
    book.sweep(Path::SCALAR, 0, &mut margins);
    assert_eq!(margins[0], before);
}
