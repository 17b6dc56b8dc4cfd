//! The way of a replay's entries to a pool that others see: a node, whose log and clock they then share.

use std::fmt;

use cistern_engine::{entry::Entry, event::Event, rejection::Rejection, state::State};

/// Carries each entry of a replay to a pool elsewhere.
///
/// A replay decides every entry on an engine of its own, so that nobody waits for a disk between two of them and nobody
/// who reads the other pool waits for the replay. Before each instant the two are compared, as far as the other one is:
/// where somebody else's command came in between, the replay goes on from the state of the other pool.
pub trait Carrier: fmt::Debug {
    /// Hands on an entry, and what the replay's own engine made of it. Need not wait for it.
    ///
    /// # Errors
    /// [`Halted`]: the other pool takes no more.
    fn carry(&mut self, entry: &Entry, outcome: Result<&[Event], &Rejection>) -> Result<(), Halted>;

    /// Before an instant: the state of the other pool, where it is known by now not to be the replay's own. Need not wait.
    ///
    /// # Errors
    /// [`Halted`]: the other pool takes no more.
    fn keep_up(&mut self) -> Result<Option<Box<State>>, Halted>;

    /// Waits until everything that was carried is decided; the state of the other pool, where it is not the replay's own.
    ///
    /// # Errors
    /// [`Halted`]: the other pool takes no more.
    fn arrive(&mut self) -> Result<Option<Box<State>>, Halted>;
}

/// Why entries cannot be carried any further.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Halted {
    /// The other pool takes no more entries.
    #[error("the pool takes no more entries: {reason}")]
    Stopped {
        /// In its own words.
        reason: String,
    },
    /// The other pool has a past that this replay has not.
    #[error("the pool has lived something else than this replay up to its entry {height}")]
    Foreign {
        /// Number of the entry at which they were compared.
        height: u64,
    },
}
