//! The joint loss of books with options, [M3o]: against its formulas in floating point, against the true worst loss, and
//! what must hold of every book.
//!
//! Books are drawn from seeds, which a failure prints. `CISTERN_BOOKS` sets how many (1,000 without).
#![allow(clippy::cast_precision_loss, clippy::as_conversions, reason = "the reference is in floating point")]

mod slow_options;

use cistern_margin::book::Path;
use cistern_margin::option::Style;
use cistern_margin::option::{
    Curves, LEG_MAX, LegError, OptionBook, OptionLegs, Series, SeriesError, SeriesIndex,
};
use cistern_margin::{FactorIndex, Leg as Line, Mode, Portfolio};
use cistern_units::Fraction;
use cistern_units::Value;
use slow_options::{Book, Factor, Leg, Random, UNIT, book};

const FLOOR: Fraction = Fraction::basis_points(8_000);

fn count() -> u64 {
    std::env::var("CISTERN_BOOKS")
        .ok()
        .map_or(1_000, |count| count.parse().expect("CISTERN_BOOKS is a number"))
}

fn random_books() -> impl Iterator<Item = (u64, Book)> {
    (0..count()).map(|seed| (seed, book(&mut Random(seed))))
}

/// What an answer may be above the formulas, see [`cistern_margin::option::OptionBook::loss`]; floating point included.
fn slack(book: &Book, joint: f64) -> f64 {
    let legs = (book.legs.len() + book.linear.len()) as f64;
    joint * 1.5e-8 + book.gross() * (20.0 * legs + 60.0) / f64::from(1 << 28) + 1e-12
}

#[test]
fn the_slow_formulas_agree_and_are_never_above() {
    for (seed, book) in random_books() {
        let (joint, standalone) = book.told(FLOOR);
        let (slow, slow_single) = (book.joint(), 0.8 * book.single());
        let slack = slack(&book, slow);
        assert!(joint >= slow - 1e-12 && joint <= slow + slack, "SEED={seed}: {joint} {slow} {slack}");
        assert!(standalone >= slow_single - 1e-12, "SEED={seed}: {standalone} {slow_single}");
        assert!(standalone <= slow_single + slack, "SEED={seed}: {standalone} {slow_single} {slack}");
    }
}

/// The dual of the own moves takes back what one root leaves out, and the grid of nodes what the ends leave out.
#[test]
fn the_true_worst_loss_is_covered() {
    let mut ratios = Vec::new();
    for (seed, book) in random_books() {
        let truth = book.truth();
        // A book whose legs cancel to a hundredth of what they can lose has no ratio to speak of: the floors hold there.
        if truth > 0.01 * book.gross() {
            let (joint, _) = book.told(FLOOR);
            let ratio = joint / truth;
            assert!((0.85..1.15).contains(&ratio), "SEED={seed}: {joint} {truth} {ratio}");
            ratios.push(ratio);
        }
    }
    ratios.sort_by(f64::total_cmp);
    let at = |part: usize| ratios[ratios.len() * part / 1_000];
    println!(
        "{} books: min {:.3}, 0.1 % {:.3}, 1 % {:.3}, 5 % {:.3}, median {:.3}, 99 % {:.3}, max {:.3}",
        ratios.len(),
        ratios[0],
        at(1),
        at(10),
        at(50),
        at(500),
        at(990),
        ratios[ratios.len() - 1]
    );
    assert!(at(50) >= 0.93, "5 % quantile {}", at(50));
}

fn one_underlying(legs: Vec<Leg>) -> Book {
    let factors = vec![Factor { range: [0.15, 0.15], loading: [0.75, 0.98] }];
    Book { factors, linear: vec![0.0], legs }
}

fn leg(style: Style, strike: f64, hours: u64, size: f64) -> Leg {
    Leg { underlying: 0, style, strike, hours, vol: 0.6, size }
}

#[test]
fn a_short_fly_between_the_nodes_is_covered() {
    // It costs most at its own middle, 1.4 % above the forward.
    let fly = |size: f64| {
        let wings = [1.002, 1.026].map(|strike| leg(Style::Call, strike, 6, -size));
        one_underlying([&wings[..], &[leg(Style::Call, 1.014, 6, 2.0 * size)]].concat())
    };
    for book in [fly(1.0), fly(-1.0)] {
        let ((joint, _), truth) = (book.told(FLOOR), book.truth());
        assert!(joint >= 0.8 * truth && joint <= 1.15 * truth, "{joint} {truth}");
    }
}

#[test]
fn a_short_calendar_is_covered() {
    for (near, far) in [(1.0, -0.75), (-1.0, 0.75)] {
        let book =
            one_underlying(vec![leg(Style::Call, 1.0, 7 * 24, near), leg(Style::Call, 1.0, 40 * 24, far)]);
        let ((joint, _), truth) = (book.told(FLOOR), book.truth());
        assert!(joint >= 0.8 * truth && joint <= 1.15 * truth, "{joint} {truth}");
        let book =
            one_underlying(vec![leg(Style::Call, 1.0, 7 * 24, near), leg(Style::Call, 1.0, 30 * 24, far)]);
        let ((joint, _), truth) = (book.told(FLOOR), book.truth());
        assert!(joint >= 0.8 * truth && joint <= 1.15 * truth, "{joint} {truth}");
    }
}

/// The same options, held in other sizes.
fn resized(book: &Book, random: &mut Random) -> Book {
    let mut other = book.clone();
    other.linear.iter_mut().for_each(|x| *x = random.between(-1.0, 1.0));
    other.legs.iter_mut().for_each(|leg| leg.size = random.between(-1.0, 1.0));
    other
}

fn merged(left: &Book, right: &Book) -> Book {
    let mut both = left.clone();
    both.linear.iter_mut().zip(&right.linear).for_each(|(x, y)| *x += y);
    both.legs.iter_mut().zip(&right.legs).for_each(|(x, y)| x.size += y.size);
    both
}

#[test]
fn a_merger_is_never_dearer_than_its_parts() {
    for seed in 0..4 * count() {
        let random = &mut Random(seed);
        let left = book(random);
        let right = resized(&left, random);
        let (curves, series) = left.curves(FLOOR);
        let [left_loss, right_loss, both] =
            [&left, &right, &merged(&left, &right)].map(|book| book.loss_under(&curves, &series));
        let slack = (slack(&left, 1.0) + slack(&right, 1.0)) * UNIT;
        let apart = left_loss.joint.raw() + right_loss.joint.raw();
        assert!(both.joint.raw() as f64 <= apart as f64 + slack, "SEED={seed}");
        let apart = left_loss.standalone.raw() + right_loss.standalone.raw();
        assert!(both.standalone.raw() as f64 <= apart as f64 + slack, "SEED={seed}");
    }
}

#[test]
fn a_hedge_is_never_dearer_than_its_two_legs() {
    for seed in 0..4 * count() {
        let random = &mut Random(seed);
        let book = book(random);
        let (curves, series) = book.curves(FLOOR);
        let with = |linear: f64, size: f64| {
            let mut part = book.clone();
            part.linear = vec![0.0; part.linear.len()];
            part.legs.iter_mut().for_each(|leg| leg.size = 0.0);
            let last = part.legs.len() - 1;
            part.linear[part.legs[last].underlying] = linear;
            part.legs[last].size = size;
            part.loss_under(&curves, &series).joint.raw() as f64
        };
        let (linear, size) = (random.between(-1.0, 1.0), random.between(-1.0, 1.0));
        let slack = slack(&book, 1.0) * UNIT * 8.0;
        assert!(with(linear, size) <= with(linear, 0.0) + with(0.0, size) + slack, "SEED={seed}");
    }
}

/// Whatever else a rounding adds, a long option costs its premium at the most, and a book of them theirs.
#[test]
fn a_long_option_never_costs_more_than_its_premium() {
    for (seed, mut book) in random_books() {
        book.linear.iter_mut().for_each(|x| *x = 0.0);
        book.legs.iter_mut().for_each(|leg| leg.size = leg.size.abs());
        let (curves, series) = book.curves(FLOOR);
        let loss = book.loss_under(&curves, &series);
        let premium = |(leg, series): (&Leg, &Series)| {
            // Size times mark in dollars, rounded up; a mark is in 1e-12 dollars, and so are the books.
            ((leg.size * UNIT).round() as u128 * series.mark).div_ceil(1_000_000_000_000)
        };
        let premium: u128 = book.legs.iter().zip(&series).map(premium).sum();
        let premium = premium + book.legs.len() as u128; // each is rounded up
        assert!(loss.joint.magnitude() <= premium, "SEED={seed}: {loss:?} {premium}");
        assert!(loss.standalone.magnitude() <= premium, "SEED={seed}: {loss:?} {premium}");
    }
}

/// Without options [M3o] is [M3] on nine common levels.
#[test]
fn a_linear_book_is_within_two_percent_under_its_closed_form() {
    for (seed, mut book) in random_books() {
        book.legs.clear();
        let random = &mut Random(seed);
        book.linear.iter_mut().for_each(|x| *x = random.between(-1.0, 1.0));
        let (table, curves) = (book.table(), book.curves(FLOOR).0);
        let mut portfolio = Portfolio::new();
        portfolio.clear(Mode::Portfolio);
        for (place, x) in book.linear.iter().enumerate() {
            let value = Value::new((x * UNIT).round() as i128);
            portfolio.add(&table, Line::Derivative, &[FactorIndex(place as u16)], value).unwrap();
        }
        let exact = portfolio.explain(&table).unwrap();
        let loss = book.loss_under(&curves, &[]);
        let ratio = loss.joint.raw() as f64 / exact.joint.raw() as f64;
        assert!((0.98..1.000_001).contains(&ratio), "SEED={seed}: {ratio}");
        let ratio = loss.standalone.raw() as f64 / exact.standalone.raw() as f64;
        assert!((0.999_999..1.000_001).contains(&ratio), "SEED={seed}: {ratio}");
    }
}

#[test]
fn the_worked_books_cost_their_worked_numbers() {
    // The forward is a dollar in these books; here 100,000. Rounding up adds less than a cent.
    let costs = |book: &Book, joint: f64, standalone: f64| {
        let (told_joint, told_standalone) = book.told(FLOOR);
        for (told, worked) in [(told_joint, joint), (told_standalone, standalone)] {
            assert!(told * 1e5 >= worked && told * 1e5 < worked + 0.01, "{} {worked}", told * 1e5);
        }
    };
    // [M3o] A short call at the money, 30 days, 60 %: it costs most where the price rises by 14.98 %, at 67.5 degrees
    // between own and common move, and volatility by half. [M4] .8 x 13,249.515 at 15 %.
    let short = one_underlying(vec![leg(Style::Call, 1.0, 30 * 24, -1.0)]);
    costs(&short, 13_227.474, 10_599.612);
    // Covered by its underlying, it loses where that falls.
    let covered = Book { linear: vec![1.0], ..short.clone() };
    costs(&covered, 11_929.502, 9_559.889);
}

#[test]
fn a_leg_that_has_no_joint_loss_is_refused() {
    let book = one_underlying(vec![leg(Style::Call, 1.0, 24, 1.0)]);
    let (curves, _) = book.curves(FLOOR);
    let mut told = OptionBook::new();
    let mut loss = |linear: &[(FactorIndex, i128)], options: &[(SeriesIndex, i128)]| {
        told.loss(&curves, OptionLegs { linear, options }).map(|loss| loss.joint)
    };
    let (factor, series) = (FactorIndex(1), SeriesIndex(1));
    assert_eq!(loss(&[(factor, 1)], &[]), Err(LegError::UnknownFactor(factor)));
    assert_eq!(loss(&[], &[(series, 1)]), Err(LegError::UnknownSeries(series)));
    let huge = LEG_MAX.cast_signed();
    for size in [huge, -huge, i128::MIN, i128::MAX] {
        assert_eq!(loss(&[(FactorIndex(0), size)], &[]), Err(LegError::TooLarge));
        assert_eq!(loss(&[], &[(SeriesIndex(0), size)]), Err(LegError::TooLarge));
    }
    assert_eq!(loss(&[(FactorIndex(0), 1); 257], &[]), Err(LegError::TooLarge));
    assert_eq!(loss(&[], &[]), Ok(Value::ZERO));
    // The largest that is taken, and the smallest.
    for size in [huge - 1, 1 - huge, 1, -1, 0] {
        assert!(loss(&[(FactorIndex(0), size)], &[(SeriesIndex(0), size), (SeriesIndex(0), -size)]).is_ok());
    }
}

#[test]
fn a_series_that_cannot_be_folded_is_named() {
    let book = one_underlying(vec![leg(Style::Call, 1.0, 24, 1.0), leg(Style::Put, 1.1, 24, 1.0)]);
    let (_, mut series) = book.curves(FLOOR);
    series[1].underlying = FactorIndex(7);
    let refused = Curves::fold(&book.table(), FLOOR, &series).err();
    assert_eq!(refused, Some((1, SeriesError::UnknownFactor(FactorIndex(7)))));
    series[1].vol = cistern_units::Ratio::MAX;
    assert_eq!(Curves::fold(&book.table(), FLOOR, &series).err(), Some((1, SeriesError::VolTooHigh)));
}

/// The instructions of a machine change how soon an answer comes, and nothing else.
#[test]
fn every_path_gives_the_same_losses() {
    let mut books = Path::all().into_iter().map(OptionBook::on).collect::<Vec<_>>();
    for (seed, book) in random_books() {
        let (curves, series) = book.curves(FLOOR);
        let mut told = books.iter_mut().map(|told| book.loss_with(told, &curves, &series));
        let first = told.next();
        told.for_each(|other| assert_eq!(Some(other), first, "SEED={seed}"));
    }
}

/// One account is not told differently after another.
#[test]
fn an_answer_depends_on_the_account_alone() {
    let books: Vec<Book> = random_books().take(50).map(|(_, book)| book).collect();
    let mut reused = OptionBook::new();
    for book in &books {
        let (curves, series) = book.curves(FLOOR);
        assert_eq!(book.loss_with(&mut reused, &curves, &series), book.loss_under(&curves, &series));
    }
}
