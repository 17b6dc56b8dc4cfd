//! Random books by the million: what must hold of every requirement, tried on every kind of leg.
//!
//! A seed is a book. Seeds that follow each other share a world of factors and listings, [`WORLD`] to a world, because a
//! world costs more to fold than a book to judge; a quarter of the worlds has options. Of every book its requirement is
//! held against a second, slow model, written from the formulas in other arithmetic, and against the properties that the
//! model claims, each up to the rounding that the library states.
//!
//! The claims have their exceptions, and they are not tried: where markets have a depth, the add-on for size is evaded by
//! splitting, so that no merger is compared there; an asset whose haircuts exceed the whole is not deposited; a larger range
//! and closing are compared in books without offsets and options alone; tiers where no fall is cut off at the whole, and in
//! books without options, whose nodes move with the range (how much a higher tier then asks less is told).

mod account;
mod factors;
mod kind;
mod measure;
mod properties;
mod series;
mod slow;
mod tally;
#[cfg(test)]
mod tests;
mod trial;
mod world;

use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering},
};

use factors::Manner;
use measure::{Library, Measure, Memory};
use properties::{Checks, Seen, Violation};
use trial::{Asking, Trial};
use world::World;

pub use kind::{Expiring, Kind};
pub use properties::Property;
pub use tally::Outcome;

/// Books of one world.
pub const WORLD: u64 = world::BOOKS;
/// Of the books with options in ordinary worlds every so manieth is held against its true worst loss, which is a slow search.
const TRUTH_EVERY: u64 = 251;
/// How much of it [M3o] may cover: the least that a butterfly and a calendar must be covered, and the most of any book.
const COVER: std::ops::RangeInclusive<f64> = 0.8..=1.15;
/// Most trials of a search for a smaller book that breaks the same rule.
const SHRINKS: usize = 2_000;

/// Which books.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Seed of the first one.
    pub seed: u64,
    /// How many.
    pub books: u64,
    /// How many threads share them.
    pub threads: usize,
}

/// A rule that does not hold of a book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Seed of the book.
    pub seed: u64,
    /// Which rule.
    pub property: Property,
    /// By which numbers, in the smallest book of this seed that was found.
    pub numbers: String,
    /// The legs of that book.
    pub book: String,
    /// How many legs it had before.
    pub legs: usize,
}

impl Failure {
    fn new(world: &World, seed: u64, trial: &Trial, violation: Violation) -> Self {
        let mut book = trial.account.tell(world);
        if trial.other.legs() > 0 && violation.property == Property::Merger {
            book = format!("{book}\n  and:\n    {}", trial.other.tell(world));
        }
        let Violation { property, numbers } = violation;
        Self { seed, property, numbers, book, legs: trial.legs() }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "broken: {}", self.property.name())?;
        writeln!(f, "  {}", self.numbers)?;
        writeln!(f, "  the smallest of its books, of {} legs:\n    {}", self.legs, self.book)?;
        write!(f, "SEED={seed}; repeat it with: cistern sim --books 1 --seed {seed}", seed = self.seed)
    }
}

impl std::error::Error for Failure {}

/// Tries all books of a plan, and tells `progress` how many more are done.
///
/// # Errors
/// The [`Failure`] of the lowest seed that was found; the other threads stop at the end of their world.
pub fn run(plan: Plan, progress: &(dyn Fn(u64) + Sync)) -> Result<Outcome, Failure> {
    run_with(plan, &Margin { measure: &Library, only: None }, progress)
}

/// What is tried: a margin, on all properties or on one.
struct Margin<'a> {
    measure: &'a dyn Measure,
    only: Option<Property>,
}

fn run_with(plan: Plan, margin: &Margin<'_>, progress: &(dyn Fn(u64) + Sync)) -> Result<Outcome, Failure> {
    let end = plan.seed.saturating_add(plan.books);
    let next = AtomicU64::new(plan.seed / WORLD);
    let failures = Mutex::new(Vec::new());
    let mut total = Outcome::default();
    std::thread::scope(|scope| {
        let work = || {
            let mut outcome = Outcome::default();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let first = number.saturating_mul(WORLD);
                if first >= end {
                    return outcome;
                }
                let seeds = first.max(plan.seed)..first.saturating_add(WORLD).min(end);
                let count = seeds.end - seeds.start;
                match try_world(number, seeds, margin, &mut outcome) {
                    Ok(()) => progress(count),
                    Err(failure) => {
                        next.store(u64::MAX / WORLD, Ordering::Relaxed);
                        failures.lock().expect("no thread panics with it").push(failure);
                        return outcome;
                    }
                }
            }
        };
        let threads: Vec<_> = (0..plan.threads.max(1)).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            total.add(thread.join().expect("a panic of a check is a bug, and has said where"));
        }
    });
    let failures = failures.into_inner().expect("no thread panics with it");
    match failures.into_iter().min_by_key(|failure| failure.seed) {
        Some(failure) => Err(failure),
        None => Ok(total),
    }
}

/// Tries books of one world.
fn try_world(
    number: u64,
    seeds: std::ops::Range<u64>,
    margin: &Margin<'_>,
    outcome: &mut Outcome,
) -> Result<(), Failure> {
    let world = World::new(number);
    let mut memory = Memory::default();
    for seed in seeds {
        let trial = Trial::new(seed, &world);
        let seen = check(&world, margin, &mut memory, &trial)
            .map_err(|violation| shrunk(&world, margin.measure, (seed, trial.clone()), violation))?;
        outcome.count(seed, &trial.account, &world, &seen);
        let is_ordinary = world.manner == Manner::Ordinary && !trial.account.options.is_empty();
        if is_ordinary && seed.is_multiple_of(TRUTH_EVERY) {
            let lines = trial.account.lines(&world);
            let Some(cover) = slow::cover(&world, trial.tier, &lines, &trial.account.options) else {
                continue;
            };
            if !COVER.contains(&cover) {
                let numbers = format!("tier {}: {cover:.3} of it", trial.tier);
                let violation = Violation { property: Property::TrueLoss, numbers };
                return Err(Failure::new(&world, seed, &trial, violation));
            }
            outcome.covers.push(cover);
        }
    }
    Ok(())
}

fn check(world: &World, margin: &Margin<'_>, memory: &mut Memory, trial: &Trial) -> Result<Seen, Violation> {
    let asking = Asking { world, measure: margin.measure, memory };
    let mut checks = Checks { asking, only: margin.only, seen: Seen::default() };
    checks.all(trial)?;
    Ok(checks.seen)
}

/// The smallest book that breaks the same rule: legs go one by one as long as it stays broken.
fn shrunk(
    world: &World,
    measure: &dyn Measure,
    (seed, trial): (u64, Trial),
    violation: Violation,
) -> Failure {
    let margin = Margin { measure, only: Some(violation.property) };
    let legs = trial.legs();
    let (mut smallest, mut broken) = (trial, violation);
    let mut memory = Memory::default();
    let mut left = SHRINKS;
    'search: loop {
        for place in 0..smallest.legs() {
            let smaller = smallest.without(place);
            let Some(fewer) = left.checked_sub(1) else { break 'search };
            left = fewer;
            if let Err(violation) = check(world, &margin, &mut memory, &smaller)
                && violation.property == broken.property
            {
                broken = violation;
                smallest = smaller;
                continue 'search;
            }
        }
        break;
    }
    Failure { legs, ..Failure::new(world, seed, &smallest, broken) }
}
