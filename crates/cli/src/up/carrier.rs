//! A replay's entries on their way to the node.

use std::{
    fmt,
    sync::{
        Arc,
        mpsc::{self, Receiver, Sender},
    },
};

use cistern_engine::{
    chain::{Chain, Link},
    entry::Entry,
    event::Event,
    rejection::Rejection,
    state::State,
};
use cistern_node::{HandClock, Node, Stamped, SubmitError};
use cistern_sim::replay::{Carrier, Halted};

use super::controls::Controls;

/// Most entries on their way: two groups of the log, so that one is written while the other is applied, and whoever else
/// commands the pool waits for no more than these.
const ON_THE_WAY: usize = 2_048;

/// What a replay on a node needs: where its entries go, whose time it tells, and who may end it.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) node: Node,
    pub(super) clock: Arc<HandClock>,
    pub(super) controls: Arc<Controls>,
}

/// Entries of a node's log that it had when it was opened, and the chain over them.
#[derive(Clone, Copy, Debug)]
struct Past {
    height: u64,
    link: Link,
}

/// Carries entries to a node, and tells it the time.
///
/// What the node's log has already is not sent a second time: the replay lives through it again from its seed, and at the
/// last entry of the log the chains are compared.
pub(super) struct ToNode {
    way: Way,
    chain: Chain,
    height: u64,
    past: Option<Past>,
    told: Sender<Result<(), SubmitError>>,
    answers: Receiver<Result<(), SubmitError>>,
    on_the_way: usize,
}

impl fmt::Debug for ToNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToNode")
            .field("height", &self.height)
            .field("past", &self.past)
            .finish_non_exhaustive()
    }
}

impl ToNode {
    fn at(way: Way, (height, link): (u64, Link)) -> Self {
        let (told, answers) = mpsc::channel();
        Self { way, chain: Chain::at(link), height, past: None, told, answers, on_the_way: 0 }
    }

    /// For a replay that begins with its first entry.
    pub(super) fn from_the_first_entry(way: Way) -> Self {
        let head = way.node.head();
        let past = (head.height > 0).then_some(Past { height: head.height, link: head.chain });
        Self { past, ..Self::at(way, (0, cistern_engine::chain::BEGINNING)) }
    }

    /// For a replay that goes on from the node's state, which comes with it.
    pub(super) fn from_now(way: Way) -> (Self, State) {
        let (state, mark) = way.node.read_at(|engine, mark| (engine.state().clone(), *mark));
        (Self::at(way, (mark.height, mark.chain)), state)
    }

    fn send(&mut self, entry: &Entry) -> Result<(), Halted> {
        self.way.clock.turn_to(entry.time);
        while self.on_the_way >= ON_THE_WAY {
            self.hear()?;
        }
        loop {
            let told = self.told.clone();
            let answer = move |outcome: Result<_, SubmitError>| {
                // The replay may have ended meanwhile.
                let _ = told.send(outcome.map(|_| ()));
            };
            let stamped = Stamped::at(entry.command.clone(), entry.time);
            match self.way.node.submit_then(stamped, Box::new(answer)) {
                Ok(()) => break,
                Err(SubmitError::Full) if self.on_the_way > 0 => self.hear()?,
                // Others fill the queue; the node works it off without us.
                Err(SubmitError::Full) => std::thread::yield_now(),
                Err(error) => return Err(stopped(&error)),
            }
        }
        self.on_the_way += 1;
        Ok(())
    }

    /// Waits for one answer.
    fn hear(&mut self) -> Result<(), Halted> {
        // We hold a sender ourselves, so there is always one; an answer is told even where the node ends.
        let answer = self.answers.recv().unwrap_or(Ok(()));
        self.on_the_way -= 1;
        answer.map_err(|error| stopped(&error))
    }
}

fn stopped(error: &SubmitError) -> Halted {
    Halted::Stopped { reason: error.to_string() }
}

impl Carrier for ToNode {
    fn carry(&mut self, entry: &Entry, outcome: Result<&[Event], &Rejection>) -> Result<(), Halted> {
        if self.way.controls.is_ended() {
            return Err(Halted::Stopped { reason: "it was ended".to_owned() });
        }
        let link = self.chain.append(entry, outcome);
        self.height += 1;
        match self.past {
            None => self.send(entry),
            Some(past) if self.height < past.height => Ok(()),
            Some(past) if link == past.link => {
                self.past = None;
                Ok(())
            }
            Some(past) => Err(Halted::Foreign { height: past.height }),
        }
    }

    fn arrive(&mut self) -> Result<Option<Box<State>>, Halted> {
        while self.on_the_way > 0 {
            self.hear()?;
        }
        if self.past.is_some() {
            return Ok(None);
        }
        let (chain, height) = (self.chain.last(), self.height);
        let theirs = self.way.node.read_at(|engine, mark| {
            ((mark.height, mark.chain) != (height, chain)).then(|| (Box::new(engine.state().clone()), *mark))
        });
        Ok(theirs.map(|(state, mark)| {
            (self.chain, self.height) = (Chain::at(mark.chain), mark.height);
            state
        }))
    }
}
