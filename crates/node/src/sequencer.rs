//! Who decides on the order: embedded now, replicated later.

use std::sync::{Arc, mpsc::Receiver};

use cistern_engine::{command::Command, entry::Entry};
use cistern_units::Time;

use crate::{
    apply::{Applied, Mark},
    error::SubmitError,
    store::frame::Place,
};

/// A command, and the time that it is to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamped {
    /// What is asked.
    pub command: Command,
    /// When; only a replay or a test says so. The engine refuses a time before that of the last entry.
    pub at: Option<Time>,
}

impl Stamped {
    /// A command that gets its time from the clock.
    #[must_use]
    pub fn now(command: Command) -> Self {
        Self { command, at: None }
    }

    /// A command with a time.
    #[must_use]
    pub fn at(command: Command, at: Time) -> Self {
        Self { command, at: Some(at) }
    }
}

type Told = Box<dyn FnOnce(Result<Arc<Applied>, SubmitError>) + Send>;

/// Whoever waits for what came of a command: told exactly once, even where everything else fails.
pub struct Answer(Option<Told>);

impl Answer {
    /// Somebody who waits.
    #[must_use]
    pub fn new(told: Told) -> Self {
        Self(Some(told))
    }

    /// Nobody.
    #[must_use]
    pub fn nobody() -> Self {
        Self(None)
    }

    /// Tells what came of it.
    pub fn tell(mut self, outcome: Result<Arc<Applied>, SubmitError>) {
        if let Some(told) = self.0.take() {
            told(outcome);
        }
    }

    /// Forgets whoever waits: the caller hears it otherwise.
    pub(crate) fn forget(&mut self) {
        self.0 = None;
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if let Some(told) = self.0.take() {
            told(Err(SubmitError::Stopped { reason: "the command was dropped".into() }));
        }
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Answer(somebody)" } else { "Answer(nobody)" })
    }
}

/// A command that is to be ordered.
#[derive(Debug)]
pub struct Proposal {
    /// What and when.
    pub stamped: Stamped,
    /// Who waits for it.
    pub answer: Answer,
}

/// An entry whose place in the order is final and durable.
#[derive(Debug)]
pub struct Ordered {
    /// The entry.
    pub entry: Entry,
    /// Who waits for it, on this node.
    pub answer: Answer,
}

/// Entries that became durable together. One without entries says that the next is being written: whoever applies it can
/// be awake when it comes.
#[derive(Debug)]
pub struct Group {
    /// Number of the first entry.
    pub first_height: u64,
    /// The entries, in order.
    pub entries: Vec<Ordered>,
    /// Where they end in the log; none in memory.
    pub end: Option<Place>,
}

impl Group {
    /// Says that a group that begins at a height is being written.
    #[must_use]
    pub fn announced(first_height: u64) -> Self {
        Self { first_height, entries: Vec::new(), end: None }
    }
}

/// Gives commands their order and makes it durable.
pub trait Sequencer: Send + Sync {
    /// Hands a command in. The answer is not told where this fails.
    ///
    /// # Errors
    /// [`SubmitError::Full`], [`SubmitError::Stopped`].
    fn submit(&self, proposal: Proposal) -> Result<(), SubmitError>;

    /// The groups, durable and in order, each once: whoever asks first has them all. Ends when nothing more will come.
    fn finalized(&self) -> Receiver<Group>;

    /// Hears up to where entries were applied, so that the log can hold the pool to it.
    fn applied(&self, mark: &Mark);

    /// Why it orders nothing more; none while it does.
    fn stopped(&self) -> Option<Arc<str>>;

    /// Orders what was handed in until now, and nothing after it.
    fn close(&self);
}
