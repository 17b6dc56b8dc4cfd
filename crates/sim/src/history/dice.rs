//! Seeded chance, the same on every machine.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Dice of one seed.
#[derive(Clone, Debug)]
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// Dice of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number below `bound`; zero where the bound is.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.0.next_u64() % bound }
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low).saturating_add(1))
    }

    /// Does something with a chance of `chance` in a thousand happen?
    pub fn happens(&mut self, chance: u64) -> bool {
        self.below(1_000) < chance
    }

    /// One of a list.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let place = usize::try_from(self.below(list.len() as u64)).ok()?;
        list.get(place)
    }

    /// A magnitude: small and large numbers are equally likely, up to `max`.
    pub fn magnitude(&mut self, max: u128) -> u128 {
        let bits = u32::try_from(self.between(1, u64::from(128 - max.leading_zeros()).max(1))).unwrap_or(1);
        let raw = (u128::from(self.0.next_u64()) << 64) | u128::from(self.0.next_u64());
        (raw >> (128 - bits)).min(max)
    }
}
