//! Signed commands that are on their way or were accepted lately: one that is sent again gets the first one's answer.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use cistern_attest::Digest;
use cistern_engine::command::Command;

use crate::{Answer, Applied, SubmitError};

/// Commands that are remembered: at about a kilobyte each 16 MB. After that the pool itself says that the nonce is used.
const ACCEPTED_MAX: usize = 16_384;
/// Who may wait for one command.
const WAITING_MAX: usize = 64;

#[derive(Debug)]
enum Known {
    OnItsWay(Vec<Answer>),
    Accepted(Arc<Applied>),
}

#[derive(Debug, Default)]
struct Ids {
    known: HashMap<Digest, Known>,
    order: VecDeque<Digest>,
}

/// The commands, by the id of the transaction.
#[derive(Debug, Default)]
pub(crate) struct Accepted(Mutex<Ids>);

/// What is to be done with a command.
#[derive(Debug)]
pub(crate) enum Seen {
    /// It is new: order it, and answer so.
    New(Answer),
    /// Its answer is known, or will be told.
    Known(Option<(Answer, Result<Arc<Applied>, SubmitError>)>),
}

impl Accepted {
    fn ids(&self) -> MutexGuard<'_, Ids> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers what was accepted before the node started.
    pub(crate) fn follow(&self, applied: &Arc<Applied>) {
        if let (Command::Signed { authorisation, .. }, Ok(_)) = (&applied.entry.command, &applied.outcome) {
            self.ids().accept(authorisation.id, applied);
        }
    }

    /// Looks whether a command is known, and remembers it from now on.
    pub(crate) fn see(self: &Arc<Self>, id: Digest, answer: Answer) -> Seen {
        let mut ids = self.ids();
        match ids.known.get_mut(&id) {
            Some(Known::Accepted(applied)) => Seen::Known(Some((answer, Ok(Arc::clone(applied))))),
            Some(Known::OnItsWay(waiting)) if waiting.len() < WAITING_MAX => {
                waiting.push(answer);
                Seen::Known(None)
            }
            Some(Known::OnItsWay(_)) => Seen::Known(Some((answer, Err(SubmitError::Full)))),
            None => {
                ids.known.insert(id, Known::OnItsWay(Vec::new()));
                let all = Arc::clone(self);
                Seen::New(Answer::new(Box::new(move |outcome| {
                    for waiting in all.settle(id, &outcome) {
                        waiting.tell(outcome.clone());
                    }
                    answer.tell(outcome);
                })))
            }
        }
    }

    /// Notes what came of a command. One that was refused may be sent again: nothing of it happened.
    fn settle(&self, id: Digest, outcome: &Result<Arc<Applied>, SubmitError>) -> Vec<Answer> {
        let mut ids = self.ids();
        let known = ids.known.remove(&id);
        if let Ok(applied) = outcome
            && applied.outcome.is_ok()
        {
            ids.accept(id, applied);
        }
        match known {
            Some(Known::OnItsWay(waiting)) => waiting,
            _ => Vec::new(),
        }
    }
}

impl Ids {
    fn accept(&mut self, id: Digest, applied: &Arc<Applied>) {
        self.known.insert(id, Known::Accepted(Arc::clone(applied)));
        self.order.push_back(id);
        if self.order.len() > ACCEPTED_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}
