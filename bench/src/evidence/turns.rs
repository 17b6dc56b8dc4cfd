//! Measuring things in turns: what is compared shares the moments in which a machine is fast or slow.

use crate::machine::thread_ns;

/// Something to be measured.
pub(crate) struct Work<'a> {
    /// How often in one round.
    count: usize,
    /// Does it once; it is told how often it was done before in this round.
    once: Box<dyn FnMut(usize) -> anyhow::Result<()> + 'a>,
}

impl<'a> Work<'a> {
    pub(crate) fn new(count: usize, once: impl FnMut(usize) -> anyhow::Result<()> + 'a) -> Self {
        Self { count: count.max(1), once: Box::new(once) }
    }
}

/// Nanoseconds of CPU time of one go, in each round.
pub(crate) struct Times(Vec<f64>);

impl Times {
    pub(crate) fn median(&self) -> f64 {
        median(self.0.clone())
    }

    pub(crate) fn best(&self) -> f64 {
        self.0.iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// How many times the other fits in, round by round: the median, and that of the best times.
    pub(crate) fn over(&self, other: &Self) -> (f64, f64) {
        let rounds = self.0.iter().zip(&other.0).map(|(one, other)| one / other);
        (median(rounds.collect()), self.best() / other.best())
    }
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// Does each in every round, one behind the other; once before, unmeasured.
pub(crate) fn in_turns<const N: usize>(
    rounds: usize,
    mut works: [Work<'_>; N],
) -> anyhow::Result<[Times; N]> {
    let mut times = [const { Vec::new() }; N];
    for round in 0..=rounds.max(1) {
        for (work, times) in works.iter_mut().zip(&mut times) {
            let start = thread_ns();
            for time in 0..work.count {
                (work.once)(time)?;
            }
            if round > 0 {
                times.push((thread_ns() - start) as f64 / work.count as f64);
            }
        }
    }
    Ok(times.map(Times))
}
