//! Whole accounts with options: the requirement [M6] around their joint loss.

mod slow_options;

use cistern_margin::option::{Series, SeriesIndex, Style};
use cistern_margin::{
    Band, DecidedBy, Decomposition, FactorIndex, FactorTable, Leg, MarginError, Mode, Portfolio, Range,
    RiskFactor, Settings, Tail,
};
use cistern_units::{Fraction, Price, Ratio, Span, Value};
use proptest::prelude::*;
use slow_options::{Book, Random, book};

const INITIAL: Ratio = Ratio::new(1_250_000_000);
const FORWARD: u128 = 100_000;

fn factor(tails: Vec<Tail>) -> RiskFactor {
    let range = Range::symmetric(Fraction::basis_points(1_500));
    let band = Band::new(Fraction::basis_points(7_500), Fraction::basis_points(9_800)).unwrap();
    RiskFactor::new(range, band, None, tails).unwrap()
}

fn series(style: Style, strike: u128, days: u64) -> Series {
    let price = |dollars: u128| Price::new(dollars * Price::ONE.raw()).unwrap();
    Series {
        underlying: FactorIndex(0),
        style,
        forward: price(FORWARD),
        strike: price(strike),
        left: Span::milliseconds(days * Span::DAY.as_milliseconds()),
        vol: Ratio::new(600_000_000),
        moving: Fraction::ONE,
        mark: 0,
    }
    .at_value()
}

fn table(scale: Ratio, tails: Vec<Tail>, series: &[Series]) -> FactorTable {
    let mut table = FactorTable::fold(&[factor(tails)], scale, INITIAL, Settings::default()).unwrap();
    table.list(series).unwrap();
    table
}

/// The requirement of `linear` dollars of the underlying and one option in `options`, by its sign.
fn told(table: &FactorTable, series: &Series, mode: Mode, (linear, options): (i64, i64)) -> Decomposition {
    let mut portfolio = Portfolio::new();
    portfolio.clear(mode);
    portfolio.add(table, Leg::Holding, &[FactorIndex(0)], Value::dollars(linear)).unwrap();
    if options != 0 {
        let size = i128::from(options) * i128::try_from(FORWARD).unwrap();
        let notional = Value::new(size * Value::ONE.raw());
        let worth = Value::new(i128::try_from(series.mark / 10_000).unwrap() * i128::from(options));
        portfolio.add_option(table, SeriesIndex(0), notional, worth).unwrap();
    }
    let explained = portfolio.explain(table).unwrap();
    assert_eq!(portfolio.requirement(table), Ok(explained.requirement));
    if options != 0 && mode == Mode::Portfolio {
        // The joint loss is that of the worst end, up to the part of a price that a search leaves out.
        let worst = explained.ends.iter().map(|end| end.joint).max().unwrap();
        let near = 200 + worst.raw() / (1 << 24);
        assert!(worst.raw() + near >= explained.joint.raw(), "{explained:?}");
        let end = explained.ends.iter().find(|end| end.end == explained.worst.end).unwrap();
        assert!(end.joint.raw() + near >= worst.raw(), "{explained:?}");
    }
    explained
}

/// Joint loss and floor in thousandths of a dollar, rounded up by less than a cent.
fn costs(told: &Decomposition, joint: i128, standalone: i128) {
    for (told, worked) in [(told.joint, joint), (told.standalone, standalone)] {
        assert!((0..10).contains(&(told.raw() / 100_000 - worked)), "{told} {worked}");
    }
}

fn cents(value: Value) -> i128 {
    (value.raw() + 500_000) / 1_000_000
}

#[test]
fn a_short_call_costs_its_worked_number_and_less_beside_its_underlying() {
    let call = series(Style::Call, FORWARD, 30);
    let table = table(Ratio::ONE, Vec::new(), &[call]);
    // [M3o] [M4] The worked numbers.
    let short = told(&table, &call, Mode::Portfolio, (0, -1));
    costs(&short, 13_227_474, 10_599_612);
    assert_eq!((short.requirement, short.decided_by), (short.joint, DecidedBy::Joint));
    assert_eq!(short.worst.level, 1);
    let covered = told(&table, &call, Mode::Portfolio, (100_000, -1));
    costs(&covered, 11_929_502, 9_559_889);
    // Apart the two cost 15,000 more.
    assert!(covered.requirement < short.requirement);
}

#[test]
fn an_option_that_is_owned_costs_its_premium_at_the_most() {
    for strike in [60_000, 100_000, 150_000, 400_000] {
        for style in [Style::Call, Style::Put] {
            for (days, scale) in [(1, Ratio::ONE), (30, INITIAL), (400, INITIAL)] {
                let option = series(style, strike, days);
                let tails = Vec::from([Tail::new(-4_000_000_000, Fraction::basis_points(2_000)).unwrap()]);
                let table = table(scale, tails, &[option]);
                for mode in [Mode::Portfolio, Mode::Standard] {
                    let worth = Value::new(i128::try_from(option.mark / 10_000).unwrap());
                    let told = told(&table, &option, mode, (0, 1));
                    assert!(told.requirement <= worth, "{style:?} {strike} {days}: {told:?} above {worth}");
                }
            }
        }
    }
}

#[test]
fn a_short_option_worth_nothing_still_needs_the_floor_under_derivatives() {
    // [M4b] one per cent of 100,000.
    let far = series(Style::Call, 400_000, 1);
    let told = told(&table(Ratio::ONE, Vec::new(), &[far]), &far, Mode::Portfolio, (0, -1));
    assert_eq!((cents(told.requirement), told.decided_by), (100_000, DecidedBy::GrossFloor));
}

/// Found by `cistern sim --books`, seed 254923: a tail weighs more at a higher tier, a premium does not.
#[test]
fn an_option_that_is_owned_costs_its_premium_beside_something_else_too() {
    let call = series(Style::Call, FORWARD, 1);
    let fall = Tail::new(-1_000_000_000, Fraction::ONE).unwrap();
    let told = told(&table(INITIAL, Vec::from([fall]), &[call]), &call, Mode::Portfolio, (1, 1));
    let worth = i128::try_from(call.mark / 10_000).unwrap();
    assert!(told.requirement.raw() <= worth + Value::ONE.raw(), "{told:?} {worth}");
}

/// Found by `cistern sim --books`, seeds 719 and 963.
#[test]
fn standard_mode_is_not_milder_where_a_tail_or_the_floor_decides() {
    let far = series(Style::Put, 4_000, 2);
    let rise = Tail::new(25_000_000_000, Fraction::basis_points(400)).unwrap();
    let soon = series(Style::Call, FORWARD, 1);
    for (option, tails, decided_by) in
        [(far, Vec::new(), DecidedBy::GrossFloor), (soon, Vec::from([rise]), DecidedBy::Tails)]
    {
        let table = table(Ratio::ONE, tails, &[option]);
        let [portfolio, standard] =
            [Mode::Portfolio, Mode::Standard].map(|mode| told(&table, &option, mode, (0, -1)));
        assert_eq!(portfolio.decided_by, decided_by);
        assert!(standard.requirement >= portfolio.requirement, "{standard:?} {portfolio:?}");
    }
}

#[test]
fn a_tail_revalues_options_with_the_rest_of_the_account() {
    // [M6] A fall of 60 % at a fifth: a short put of strike 100,000 with a day left loses 60,000 less what it is worth.
    let put = series(Style::Put, FORWARD, 1);
    let tail = Tail::new(-4_000_000_000, Fraction::basis_points(2_000)).unwrap();
    let table = table(Ratio::ONE, Vec::from([tail]), &[put]);
    let worth = i128::try_from(put.mark / 10_000).unwrap();
    let alone = told(&table, &put, Mode::Portfolio, (0, -1));
    let exact = (60_000 * Value::ONE.raw() - worth) / 5;
    assert!(
        (alone.tails.raw() - exact).abs() < 200_000 && cents(alone.tails) == 1_174_943,
        "{} {exact}",
        alone.tails
    );
    // Short the underlying against it, nothing is left of the tail but what the premium has been.
    assert_eq!(told(&table, &put, Mode::Portfolio, (-100_000, -1)).tails, Value::ZERO);
    // A linear account is charged as before: a fifth of 60 %.
    assert_eq!(cents(told(&table, &put, Mode::Portfolio, (100_000, 0)).tails), 1_200_000);
}

#[test]
fn what_has_been_averaged_moves_no_more() {
    let whole = Series { left: Span::milliseconds(900_000), ..series(Style::Call, 101_000, 1) }.at_value();
    let half = Series { moving: Fraction::basis_points(5_000), ..whole };
    let [whole, half] = [whole, half].map(|option| {
        told(&table(Ratio::ONE, Vec::new(), &[option]), &option, Mode::Portfolio, (0, -1)).joint
    });
    // A rise of 15 % lifts the forward by 15,000, of 7.5 % by 7,500; the strike is 1,000 above.
    assert!(
        (cents(whole) - 1_400_000).abs() < 10_000 && (cents(half) - 650_000).abs() < 10_000,
        "{whole} {half}"
    );
}

#[test]
fn a_series_that_is_not_listed_is_refused() {
    let mut portfolio = Portfolio::new();
    let none = table(Ratio::ONE, Vec::new(), &[]);
    let add = |portfolio: &mut Portfolio, table: &FactorTable, notional: i128| {
        portfolio.add_option(table, SeriesIndex(0), Value::new(notional), Value::ZERO)
    };
    assert_eq!(add(&mut portfolio, &none, 1), Err(MarginError::UnknownSeries(SeriesIndex(0))));
    let one = table(Ratio::ONE, Vec::new(), &[series(Style::Put, FORWARD, 9)]);
    portfolio.clear(Mode::Portfolio);
    assert_eq!(add(&mut portfolio, &one, 1), Ok(()));
    assert_eq!(portfolio.requirement(&none), Err(MarginError::UnknownSeries(SeriesIndex(0))));
    for mode in [Mode::Portfolio, Mode::Standard] {
        for absurd in [i128::MAX, i128::MIN, 1 << 90, -1 << 90] {
            portfolio.clear(mode);
            let added = add(&mut portfolio, &one, absurd);
            assert!(added.is_err() || portfolio.requirement(&one).is_err() || mode == Mode::Standard);
        }
    }
}

/// A random book as an account under its own table.
fn requirement(book: &Book, table: &FactorTable, series: &[Series], mode: Mode) -> i128 {
    let mut portfolio = Portfolio::new();
    portfolio.clear(mode);
    let raw = |x: f64| (x * 1e8).round() as i128;
    for (place, x) in book.linear.iter().enumerate().filter(|(_, x)| **x != 0.0) {
        let factor = [FactorIndex(u16::try_from(place).unwrap())];
        portfolio.add(table, Leg::Derivative, &factor, Value::new(raw(*x))).unwrap();
    }
    for (place, (leg, series)) in
        book.legs.iter().zip(series).enumerate().filter(|(_, (leg, _))| leg.size != 0.0)
    {
        // The forward is a dollar in these books.
        let worth = (series.mark as f64 / 1e12 * leg.size.abs() * 1e8).ceil();
        let series = SeriesIndex(u16::try_from(place).unwrap());
        portfolio.add_option(table, series, Value::new(raw(leg.size)), Value::new(worth as i128)).unwrap();
    }
    let requirement = portfolio.requirement(table).unwrap();
    let explained = portfolio.explain(table).unwrap();
    assert_eq!(explained.requirement, requirement);
    if explained.worst.options.is_some() && mode == Mode::Portfolio {
        let worst = explained.ends.iter().map(|end| end.joint).max().unwrap();
        assert!(worst.raw() + 2_000 + worst.raw() / (1 << 22) >= explained.joint.raw(), "{explained:?}");
    }
    requirement.raw()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn merging_never_costs_more_and_standard_mode_never_less(seed in any::<u64>()) {
        let mut random = Random(seed);
        let book = book(&mut random);
        let (_, series) = book.curves(Fraction::basis_points(8_000));
        let mut table = book.table();
        table.list(&series).unwrap();
        let [mut one, mut other] = [book.clone(), book.clone()];
        for (one, other) in one.linear.iter_mut().zip(&mut other.linear) {
            *if random.below(2) == 0 { one } else { other } = 0.0;
        }
        for (one, other) in one.legs.iter_mut().zip(&mut other.legs) {
            (if random.below(2) == 0 { one } else { other }).size = 0.0;
        }
        let told = |book: &Book| requirement(book, &table, &series, Mode::Portfolio);
        let (merged, apart) = (told(&book), told(&one) + told(&other));
        let gross: f64 = book.linear.iter().map(|x| x.abs()).chain(book.legs.iter().map(|leg| leg.size.abs())).sum();
        let slack = 2_000 + (gross * 1e8 / 2_f64.powi(22)) as i128;
        prop_assert!(merged <= apart + slack, "{merged} above {apart}");
        let standard = requirement(&book, &table, &series, Mode::Standard);
        prop_assert!(merged <= standard + slack, "{merged} above {standard} in standard mode");
    }
}
