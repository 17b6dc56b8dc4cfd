use cistern_units::Span;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How long to wait before the next attempt: twice as long each time, up to a limit, and less by chance, so that the
/// feeds of many nodes do not come back in the same instant.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    first: Span,
    max: Span,
    attempts: u32,
    dice: ChaCha8Rng,
}

impl Backoff {
    pub(crate) fn new(first: Span, max: Span, seed: u64) -> Self {
        Self { first, max, attempts: 0, dice: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// The next wait: between half of what is due and all of it.
    pub(crate) fn wait(&mut self) -> Span {
        let factor = 1_u64.checked_shl(self.attempts).unwrap_or(u64::MAX);
        let due = self.first.as_milliseconds().saturating_mul(factor).min(self.max.as_milliseconds());
        self.attempts = self.attempts.saturating_add(1).min(u64::BITS);
        let least = due / 2;
        let chance = self.dice.next_u64() % (due - least + 1);
        Span::milliseconds(least + chance)
    }

    /// It worked: the next wait is the first again.
    pub(crate) fn reset(&mut self) {
        self.attempts = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backoff(seed: u64) -> Backoff {
        Backoff::new(Span::milliseconds(500), Span::seconds(60), seed)
    }

    #[test]
    fn a_wait_doubles_to_its_limit_and_is_never_less_than_half() {
        for seed in 0..50 {
            let mut backoff = backoff(seed);
            for due in [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000] {
                let wait = backoff.wait().as_milliseconds();
                assert!(wait >= due / 2 && wait <= due, "seed {seed}: {wait} of {due}");
            }
            (0..200).for_each(|_| assert!(backoff.wait() <= Span::seconds(60)));
            backoff.reset();
            assert!(backoff.wait() <= Span::milliseconds(500));
        }
    }

    #[test]
    fn the_same_seed_waits_alike_and_another_differently() {
        let waits = |seed| {
            let mut backoff = backoff(seed);
            (0..9).map(|_| backoff.wait()).collect::<Vec<_>>()
        };
        assert_eq!(waits(7), waits(7));
        assert_ne!(waits(7), waits(8));
    }

    #[test]
    fn a_limit_of_nothing_is_no_wait() {
        let mut backoff = Backoff::new(Span::ZERO, Span::ZERO, 1);
        assert_eq!(backoff.wait(), Span::ZERO);
    }
}
