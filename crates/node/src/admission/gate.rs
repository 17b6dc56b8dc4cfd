//! Commands leave the checks in the order in which they came.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use cistern_engine::command::Command;

use super::accepted::{Accepted, Seen};
use crate::{
    Answer, Applied, SubmitError,
    local::LocalSequencer,
    sequencer::{Proposal, Sequencer},
};

/// A place in the order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket(u64);

#[derive(Debug)]
enum Slot {
    /// It is being checked.
    Checked,
    /// It waits for those before it.
    Ready(Box<Proposal>),
    /// It was refused.
    Gone,
}

#[derive(Debug, Default)]
struct Line {
    /// Ticket of the first slot.
    first: u64,
    slots: VecDeque<Slot>,
}

/// An answer that is known, to be told once the line is free: whoever hears it may come back at once.
type Telling = (Answer, Result<Arc<Applied>, SubmitError>);

/// The gate.
pub(crate) struct Gate {
    sequencer: Arc<LocalSequencer>,
    accepted: Arc<Accepted>,
    most: usize,
    line: Mutex<Line>,
    /// Slots of the line: where there is none, a command goes straight through and takes no lock.
    waiting: AtomicUsize,
}

impl Gate {
    /// A gate in front of a sequencer, where at most so many wait.
    pub(crate) fn new(sequencer: Arc<LocalSequencer>, accepted: Arc<Accepted>, most: usize) -> Self {
        Self { sequencer, accepted, most, line: Mutex::default(), waiting: AtomicUsize::new(0) }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a command that is to be checked.
    ///
    /// # Errors
    /// [`SubmitError::Full`].
    pub(crate) fn enter(&self) -> Result<Ticket, SubmitError> {
        let mut line = self.line();
        if line.slots.len() >= self.most {
            return Err(SubmitError::Full);
        }
        let ticket = line.first + line.slots.len() as u64;
        line.slots.push_back(Slot::Checked);
        self.waiting.fetch_add(1, Ordering::SeqCst);
        Ok(Ticket(ticket))
    }

    /// A command that needs no check: behind those that came before it, at once where there are none.
    ///
    /// # Errors
    /// Of the sequencer.
    pub(crate) fn straight(&self, mut proposal: Proposal) -> Result<(), SubmitError> {
        if self.waiting.load(Ordering::SeqCst) > 0 {
            let mut line = self.line();
            if line.slots.len() >= self.most {
                proposal.answer.forget();
                return Err(SubmitError::Full);
            }
            if !line.slots.is_empty() {
                line.slots.push_back(Slot::Ready(Box::new(proposal)));
                self.waiting.fetch_add(1, Ordering::SeqCst);
                return Ok(());
            }
        }
        self.sequencer.submit(proposal)
    }

    /// The command of a place was checked: what is free to go is ordered.
    pub(crate) fn pass(&self, ticket: Ticket, checked: Option<Proposal>) {
        let mut tellings: Vec<Telling> = Vec::new();
        let mut line = self.line();
        let place = usize::try_from(ticket.0 - line.first).unwrap_or(usize::MAX);
        if let Some(slot) = line.slots.get_mut(place) {
            *slot = checked.map_or(Slot::Gone, |proposal| Slot::Ready(Box::new(proposal)));
        }
        while let Some(slot) = line.slots.pop_front() {
            match slot {
                Slot::Checked => {
                    line.slots.push_front(slot);
                    break;
                }
                Slot::Ready(proposal) => tellings.extend(self.order(*proposal)),
                Slot::Gone => {}
            }
            line.first += 1;
            // After it was ordered: until then others go behind it.
            self.waiting.fetch_sub(1, Ordering::SeqCst);
        }
        drop(line);
        for (answer, outcome) in tellings {
            answer.tell(outcome);
        }
    }

    /// Orders a command, unless it is known.
    fn order(&self, proposal: Proposal) -> Option<Telling> {
        let Proposal { stamped, answer } = proposal;
        let answer = match &stamped.command {
            Command::Signed { authorisation, .. } => match self.accepted.see(authorisation.id, answer) {
                Seen::New(answer) => answer,
                Seen::Known(telling) => return telling,
            },
            _ => answer,
        };
        let refused = self.sequencer.offer(Proposal { stamped, answer }).err()?;
        Some((refused.proposal.answer, Err(refused.error)))
    }
}
