use cistern_engine::command::Founding;
use cistern_units::Span;

use crate::{market::Crisis, replay::world::World};

/// What to replay.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The prices.
    pub crisis: Crisis,
    /// The universe: what the crisis has no prices for is left out.
    pub founding: Founding,
    /// Accounts of the crowd and of those who serve it; at least [`super::ACCOUNTS_MIN`].
    pub accounts: u32,
    /// Seed of the population, of what it does, and of the spreads of the sources.
    pub seed: u64,
    /// Ends so long after the first tick; none is the end of the prices.
    pub until: Option<Span>,
}

/// A crisis and parameters that have nothing in common: a pool of dollars alone lives through no crash.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "crisis {crisis:?} has no prices of a coin with parameters: it has {has}; add bars of one of {wanted}, or give \
     parameters of what it has"
)]
pub struct Unplayable {
    /// Which crisis.
    pub crisis: String,
    /// What it has prices of, and what of it begins too late.
    pub has: String,
    /// What has parameters.
    pub wanted: String,
}

impl Plan {
    /// Is there a coin that has both prices and parameters?
    ///
    /// # Errors
    /// [`Unplayable`]: what there is and what is wanted.
    pub fn check(&self) -> Result<(), Unplayable> {
        let world = World::of(&self.founding, &self.crisis);
        if world.has_coin() {
            return Ok(());
        }
        let series = self.crisis.series.iter().map(|series| series.symbol.as_str());
        let has: Vec<String> = series
            .map(|name| {
                let late = world.notes.iter().any(|note| note.starts_with(&format!("{name}: left out, its")));
                if late { format!("{name} (begins late)") } else { name.to_owned() }
            })
            .collect();
        let wanted: Vec<&str> = self.founding.assets.iter().map(|asset| asset.spec.symbol.as_str()).collect();
        Err(Unplayable {
            crisis: self.crisis.name.clone(),
            has: if has.is_empty() { "none".to_owned() } else { has.join(", ") },
            wanted: wanted.join(", "),
        })
    }
}
