//! Seeded random histories: a small pool, a crowd that does anything at any moment, and checkers after every entry.

mod breaches;
#[cfg(test)]
mod broken;
mod checkers;
mod crowd;
mod dice;
mod round_trips;
mod world;

use cistern_engine::{Engine, entry::Entry, rejection::Rejection};

pub use checkers::{Broken, Watcher};
pub use crowd::Crowd;
pub use dice::Dice;

/// How often a full recount runs: every so many entries, and at the end.
const RECOUNT_EVERY: usize = 50;
/// How often round trips are tried.
const ROUND_TRIPS_EVERY: usize = 20;

/// What a history came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Entries that were applied.
    pub accepted: usize,
    /// Entries that were refused.
    pub refused: usize,
    /// Events of all entries.
    pub events: usize,
    /// Checks of the running totals.
    pub checks: usize,
    /// Full recounts.
    pub recounts: usize,
    /// Round trips that were tried.
    pub round_trips: usize,
    /// Liquidation steps.
    pub liquidations: usize,
    /// Accounts whose equity was used up.
    pub bankruptcies: usize,
    /// State at the end.
    pub digest: [u8; 32],
}

impl Outcome {
    /// Adds up what another history came to; the digest stays.
    pub fn add(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.events += other.events;
        self.checks += other.checks;
        self.recounts += other.recounts;
        self.round_trips += other.round_trips;
        self.liquidations += other.liquidations;
        self.bankruptcies += other.bankruptcies;
    }
}

/// A rule that broke, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Seed of the history.
    pub seed: u64,
    /// Which entry.
    pub entry: usize,
    /// Which rule.
    pub broken: Broken,
    /// What was asked.
    pub command: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{} at entry {}: {}", self.broken, self.entry, self.command)?;
        write!(f, "SEED={seed}; repeat it with: cistern sim --seeds 1 --seed {seed}", seed = self.seed)
    }
}

impl std::error::Error for Failure {}

/// Lives through one history of `entries` random entries.
///
/// # Errors
/// The first [`Failure`].
pub fn run(seed: u64, entries: usize) -> Result<Outcome, Box<Failure>> {
    let mut engine = Engine::new();
    let mut crowd = Crowd::new(seed);
    let mut watcher = Watcher::default();
    let mut outcome = Outcome::default();
    for place in 0..entries {
        let entry = crowd.next_entry(engine.state());
        let fail = |broken| {
            Box::new(Failure { seed, entry: place, broken, command: format!("{:?}", entry.command) })
        };
        let result = step(&mut engine, &mut watcher, &entry, &mut outcome).map_err(fail)?;
        crowd.learn(&entry, result);
        if place % RECOUNT_EVERY == 0 || place + 1 == entries {
            engine.recount().map_err(Broken::Invariant).map_err(fail)?;
            outcome.recounts += 1;
        }
        if place % ROUND_TRIPS_EVERY == 0 {
            outcome.round_trips += round_trips::try_all(engine.state()).map_err(fail)?;
        }
    }
    outcome.digest = engine.state().digest();
    Ok(outcome)
}

fn step(
    engine: &mut Engine,
    watcher: &mut Watcher,
    entry: &Entry,
    outcome: &mut Outcome,
) -> Result<Result<(), Rejection>, Broken> {
    let before = watcher.look(engine, entry);
    let preview = engine.preview(entry);
    watcher.nothing_happened(engine.state(), "preview")?;
    let result = engine.apply(entry).map(<[_]>::to_vec);
    if preview != result {
        return Err(Broken::PreviewDiffers);
    }
    match &result {
        Ok(events) => {
            outcome.accepted += 1;
            outcome.events += events.len();
            for event in events {
                outcome.liquidations += usize::from(event.name() == "LiquidationStepped");
                outcome.bankruptcies += usize::from(event.name() == "BadDebtRecorded");
            }
            watcher.follow(engine, entry, events, &before)?;
            breaches::are_seen(engine, entry, events)?;
        }
        Err(_) => {
            outcome.refused += 1;
            watcher.nothing_happened(engine.state(), "refusal")?;
        }
    }
    engine.check().map_err(Broken::Invariant)?;
    outcome.checks += 1;
    Ok(result.map(|_| ()))
}
