//! The runner on small counts, and on margin that is broken on purpose.

use cistern_margin::{Leg, Mode};

use super::{
    measure::{Question, Refused},
    *,
};

/// A library whose answer a test has changed.
struct Broken<F>(F);

impl<F: Fn(i128, &Question<'_>) -> i128 + Sync> Measure for Broken<F> {
    fn requirement(&self, memory: &mut Memory, question: &Question<'_>) -> Result<i128, Refused> {
        Ok((self.0)(Library.requirement(memory, question)?, question))
    }
}

fn tried(measure: &dyn Measure, only: Option<Property>) -> Result<Outcome, Failure> {
    run_with(Plan { seed: 0, books: 2_000, threads: 2 }, &Margin { measure, only }, &|_| ())
}

/// Tries one property of a margin that a test has changed.
#[track_caller]
fn finds(property: Property, change: impl Fn(i128, &Question<'_>) -> i128 + Sync) -> Failure {
    let failure = tried(&Broken(change), Some(property)).expect_err("what is broken is found");
    assert_eq!(failure.property, property);
    assert!(failure.to_string().contains(&format!("cistern sim --books 1 --seed {}", failure.seed)));
    failure
}

#[test]
fn a_requirement_below_the_slow_model_is_found() {
    finds(Property::SlowModel, |asked, _| asked - asked / 1_000_000);
}

#[test]
fn a_requirement_a_millionth_above_the_slow_model_is_found() {
    finds(Property::SlowModel, |asked, _| asked + asked / 1_000_000);
}

#[test]
fn a_requirement_of_options_below_the_slow_model_is_found() {
    let below = |asked: i128, question: &Question<'_>| {
        if question.options.is_empty() { asked } else { asked * 999 / 1_000 }
    };
    let failure = finds(Property::SlowModel, below);
    assert!(failure.book.contains("series"), "{failure}");
}

#[test]
fn a_merger_that_costs_more_than_its_parts_is_found() {
    finds(Property::Merger, |asked, question| asked * (question.lines.len() + 1) as i128);
}

#[test]
fn a_hedge_that_costs_more_than_its_legs_is_found_in_the_smallest_book() {
    let failure = finds(Property::Hedge, |asked, question| match question.lines {
        [one, two] if (one.value > 0) != (two.value > 0) => 3 * asked + 1_000_000_000_000,
        _ => asked,
    });
    assert_eq!(failure.book.lines().count(), 2, "{failure}");
}

#[test]
fn a_deposit_that_costs_more_than_its_haircut_is_found() {
    finds(Property::Deposit, |asked, question| {
        let held = question.lines.iter().filter(|line| line.leg == Leg::Holding);
        asked + held.map(|line| line.value).sum::<i128>()
    });
}

#[test]
fn a_higher_tier_that_asks_for_less_is_found() {
    finds(Property::Tiers, |asked, question| {
        asked * 1_000_000_000 / i128::from(question.table.scale().raw()).pow(2)
    });
}

#[test]
fn a_larger_book_that_asks_for_less_is_found() {
    finds(Property::Scaling, |asked, _| if asked > 100_000_000 { asked / 1_000 } else { asked });
}

#[test]
fn an_option_that_costs_more_than_its_premium_is_found() {
    finds(Property::Premium, |asked, question| {
        asked + question.options.iter().map(|(_, size)| size.abs()).sum::<i128>()
    });
}

#[test]
fn an_asset_that_asks_for_more_than_its_haircut_is_found() {
    finds(Property::Haircut, |asked, _| asked * 11 / 10);
}

#[test]
fn closing_that_asks_for_more_is_found() {
    finds(Property::Closing, |asked, question| asked / question.lines.len().max(1) as i128);
}

#[test]
fn a_larger_range_that_asks_for_less_is_found() {
    finds(Property::LargerRange, |asked, _| -asked);
}

#[test]
fn a_standard_mode_without_haircuts_is_found() {
    finds(Property::StandardMode, |asked, question| if question.mode == Mode::Standard { 0 } else { asked });
}

#[test]
fn an_answer_that_depends_on_the_order_of_legs_is_found() {
    finds(Property::Order, |asked, question| asked + question.lines.first().map_or(0, |line| line.value));
}

#[test]
fn columns_that_are_one_unit_apart_are_found() {
    finds(Property::Columns, |asked, _| asked + 1);
}

#[test]
fn a_book_without_an_answer_is_found() {
    struct Silent;
    impl Measure for Silent {
        fn requirement(&self, memory: &mut Memory, question: &Question<'_>) -> Result<i128, Refused> {
            if question.lines.len() > 12 {
                Err(Refused("no".into()))
            } else {
                Library.requirement(memory, question)
            }
        }
    }
    assert_eq!(tried(&Silent, None).unwrap_err().property, Property::Answered);
}

#[test]
fn one_seed_is_the_same_book_alone_and_among_others() {
    let told = |seed: u64| {
        let world = World::new(seed / WORLD);
        Trial::new(seed, &world).account.tell(&world)
    };
    assert_eq!(told(WORLD * 3 + 5), told(WORLD * 3 + 5));
    assert_ne!(told(WORLD * 3 + 5), told(WORLD * 3 + 6));
    let one = run(Plan { seed: 197, books: 1, threads: 1 }, &|_| ()).unwrap();
    assert_eq!(one.books, 1);
}

#[test]
fn threads_share_the_books_and_come_to_the_same() {
    let [one, two] = [1, 2].map(|threads| run(Plan { seed: 100, books: 600, threads }, &|_| ()).unwrap());
    assert_eq!(one, two);
    assert_eq!(one.books, 600);
}
