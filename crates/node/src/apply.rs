//! Applies what was ordered: the engine, the chain, the numbers of entries and events.

use cistern_engine::{
    Engine,
    chain::{Chain, Link},
    entry::Entry,
    event::Event,
    invariants::Violation,
    rejection::Rejection,
};
use cistern_units::Time;

/// A place in the log, and what everything up to there hashes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Number of the entry, from 1; 0 before the first.
    pub height: u64,
    /// Number of the last event up to there, from 1; 0 before the first.
    pub seq: u64,
    /// The latest time of all entries up to there: the clock's goes on from it.
    pub time: Time,
    /// Chain over all entries up to there, and what came of them.
    pub chain: Link,
}

/// An entry and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Number of the entry, from 1.
    pub height: u64,
    /// Number of its first event; event `i` has `first_seq + i`.
    pub first_seq: u64,
    /// The entry.
    pub entry: Entry,
    /// Its events, or the rule that it would have broken.
    pub outcome: Result<Vec<Event>, Rejection>,
    /// Chain over all entries up to this one, and what came of them.
    pub chain: Link,
}

impl Applied {
    /// Its events; none where it was refused.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        self.outcome.as_deref().unwrap_or_default()
    }

    /// The place after it, with the time of the entry itself.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark { height: self.height, seq: self.last_seq(), time: self.entry.time, chain: self.chain }
    }

    /// Number of the last event up to and with it.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.first_seq.saturating_sub(1).saturating_add(self.events().len() as u64)
    }
}

/// The engine, and where it is.
#[derive(Debug, Default)]
pub(crate) struct Core {
    pub(crate) engine: Engine,
    pub(crate) mark: Mark,
    chain: Chain,
}

impl Core {
    /// An engine at a place.
    pub(crate) fn at(engine: Engine, mark: Mark) -> Self {
        Self { engine, mark, chain: Chain::at(mark.chain) }
    }

    /// Applies the next entry.
    ///
    /// # Errors
    /// [`Violation`]: the entry was applied, and the pool's books do not add up.
    pub(crate) fn apply(&mut self, entry: Entry) -> Result<Applied, Violation> {
        let outcome = self.engine.apply(&entry).map(<[Event]>::to_vec);
        let applied = Applied {
            height: self.mark.height + 1,
            first_seq: self.mark.seq + 1,
            chain: self.chain.append(&entry, outcome.as_deref()),
            entry,
            outcome,
        };
        self.mark = Mark {
            height: applied.height,
            seq: applied.last_seq(),
            time: self.mark.time.max(applied.entry.time),
            chain: applied.chain,
        };
        self.engine.check()?;
        Ok(applied)
    }
}
