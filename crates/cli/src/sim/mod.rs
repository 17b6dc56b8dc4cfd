//! `cistern sim`: seeded random histories, with checkers after every entry; and random books, with a second model.

mod books;

use std::time::Instant;

use cistern_sim::history;
use clap::Args;

use crate::{exit::Exit, progress};

/// Lives through random histories and checks every rule after every entry.
///
/// A small pool, ten people who do anything at any moment, prices that walk, crash and lie. After every entry: events
/// alone rebuild the state, the preview said the same, a refusal changed nothing, nobody else was touched, nobody gained
/// from a round trip, and every invariant holds. A failure prints its seed and the command that repeats it.
///
/// With --books it tries the margin model instead: random books of every kind of leg, each held against a second, slow
/// model in other arithmetic and against every property that the model claims. A seed is a book.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cistern sim --seeds 1000\n  cistern sim --seeds 1 --seed 42 --entries 5000\n  cistern sim --books 2000000"
)]
pub(crate) struct Sim {
    /// How many histories.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
    seeds: u64,
    /// How many random books to try in place of histories.
    #[arg(long, conflicts_with_all = ["seeds", "entries"], value_parser = clap::value_parser!(u64).range(1..))]
    books: Option<u64>,
    /// Seed of the first one.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Entries of each.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..))]
    entries: u32,
}

impl Sim {
    pub(crate) fn run(&self) -> Exit {
        self.books.map_or_else(|| self.histories(), |books| books::run(self.seed, books))
    }

    fn histories(&self) -> Exit {
        let bar = progress::bar(self.seeds, "histories");
        let started = Instant::now();
        let mut total = history::Outcome::default();
        let entries = usize::try_from(self.entries).unwrap_or(usize::MAX);
        for seed in (self.seed..).take(usize::try_from(self.seeds).unwrap_or(usize::MAX)) {
            match history::run(seed, entries) {
                Ok(outcome) => total.add(&outcome),
                Err(failure) => {
                    bar.abandon();
                    eprintln!("{failure}");
                    return Exit::Refused;
                }
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        let seconds = started.elapsed().as_secs_f64();
        println!(
            "{} histories of {} entries, seeds {} and up: no rule broken",
            self.seeds, self.entries, self.seed
        );
        println!("  entries accepted     {:>12}", total.accepted);
        println!("  entries refused      {:>12}", total.refused);
        println!("  events               {:>12}", total.events);
        println!("  running checks       {:>12}", total.checks);
        println!("  full recounts        {:>12}", total.recounts);
        println!("  round trips tried    {:>12}", total.round_trips);
        println!("  liquidation steps    {:>12}", total.liquidations);
        println!("  bankruptcies         {:>12}", total.bankruptcies);
        println!("  seconds              {seconds:>12.1}");
        Exit::Done
    }
}
