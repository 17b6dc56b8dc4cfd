//! A replay's entries on their way to the node.

use std::{
    collections::VecDeque,
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
use cistern_node::{Applied, HandClock, Node, Stamped, SubmitError};
use cistern_sim::replay::{Carrier, Halted};

use super::controls::Controls;

/// Most entries on their way: two groups of the log, so that one is written while the other is applied, and whoever else
/// commands the pool waits for no more than these.
const ON_THE_WAY: usize = 2_048;
/// Most of them when an instant begins: a command of somebody else is noticed no later than these.
const AT_AN_INSTANT: usize = 512;

/// What the node answers: where the entry stands in its log, and the chain after it.
type Answered = Result<(u64, Link), SubmitError>;

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
    told: Sender<Answered>,
    answers: Receiver<Answered>,
    /// What the entries on the way come to here, in their order.
    on_the_way: VecDeque<(u64, Link)>,
    /// Have the node and the replay come to something else?
    differs: bool,
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
        let on_the_way = VecDeque::new();
        Self { way, chain: Chain::at(link), height, past: None, told, answers, on_the_way, differs: false }
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
        self.hear_down_to(ON_THE_WAY - 1)?;
        loop {
            let told = self.told.clone();
            let answer = move |outcome: Result<Arc<Applied>, SubmitError>| {
                // The replay may have ended meanwhile.
                let _ = told.send(outcome.map(|applied| (applied.height, applied.chain)));
            };
            let stamped = Stamped::at(entry.command.clone(), entry.time);
            match self.way.node.submit_then(stamped, Box::new(answer)) {
                Ok(()) => break,
                // Others fill the queue too; the node works it off.
                Err(SubmitError::Full) if self.on_the_way.is_empty() => std::thread::yield_now(),
                Err(SubmitError::Full) => self.hear()?,
                Err(error) => return Err(stopped(&error)),
            }
        }
        self.on_the_way.push_back((self.height, self.chain.last()));
        Ok(())
    }

    /// Waits for answers until so many entries are on the way at the most.
    fn hear_down_to(&mut self, most: usize) -> Result<(), Halted> {
        while self.on_the_way.len() > most {
            self.hear()?;
        }
        Ok(())
    }

    /// Waits for one answer; the node answers in the order of its log, which is ours.
    fn hear(&mut self) -> Result<(), Halted> {
        // We hold a sender ourselves, so that there is always one, and the node answers even where it ends.
        let Ok(answer) = self.answers.recv() else { return Ok(()) };
        self.compare(answer)
    }

    fn compare(&mut self, answer: Answered) -> Result<(), Halted> {
        let theirs = answer.map_err(|error| stopped(&error))?;
        self.differs |= self.on_the_way.pop_front() != Some(theirs);
        Ok(())
    }

    /// The node's state, where it is another than ours. Nothing is on the way.
    fn theirs(&mut self) -> Option<Box<State>> {
        let ours = (self.height, self.chain.last());
        self.differs = false;
        let theirs = self.way.node.read_at(|engine, mark| {
            ((mark.height, mark.chain) != ours).then(|| (Box::new(engine.state().clone()), *mark))
        });
        theirs.map(|(state, mark)| {
            (self.chain, self.height) = (Chain::at(mark.chain), mark.height);
            state
        })
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

    fn keep_up(&mut self) -> Result<Option<Box<State>>, Halted> {
        while let Ok(answer) = self.answers.try_recv() {
            self.compare(answer)?;
        }
        self.hear_down_to(AT_AN_INSTANT)?;
        if self.differs || self.on_the_way.is_empty() { self.arrive() } else { Ok(None) }
    }

    fn arrive(&mut self) -> Result<Option<Box<State>>, Halted> {
        self.hear_down_to(0)?;
        Ok(if self.past.is_some() { None } else { self.theirs() })
    }
}
