//! The embedded sequencer: one thread, whose order is the order in which commands came in.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver, SyncSender, TrySendError},
    },
    thread::JoinHandle,
};

use cistern_engine::entry::Entry;
use cistern_units::Time;

use crate::{
    apply::Mark,
    clock::Clock,
    error::SubmitError,
    options::Options,
    sequencer::{Group, Ordered, Proposal, Sequencer},
};

/// Groups that may wait to be applied: enough to keep the disk busy while the engine works, and no more, because
/// whoever waits for an answer waits for all of them.
const GROUPS_MAX: usize = 4;

enum Message {
    Order(Box<Proposal>),
    Close,
}

/// A sequencer of one node.
pub struct LocalSequencer {
    queue: SyncSender<Message>,
    finalized: Mutex<Option<Receiver<Group>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl LocalSequencer {
    pub(crate) fn start(options: &Options, clock: Arc<dyn Clock>, mark: Mark) -> std::io::Result<Self> {
        let (queue, proposals) = mpsc::sync_channel(options.queue_max.max(1));
        let (groups, finalized) = mpsc::sync_channel(GROUPS_MAX);
        let scribe = Scribe {
            proposals,
            groups,
            clock,
            group_max: options.group_max.max(1),
            next: mark.height + 1,
            last: mark.time,
        };
        let thread = std::thread::Builder::new().name("sequencer".into()).spawn(move || scribe.run())?;
        Ok(Self { queue, finalized: Mutex::new(Some(finalized)), thread: Mutex::new(Some(thread)) })
    }

    /// Waits until everything that was handed in is ordered.
    pub(crate) fn join(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic of that thread has been told by whoever waited for an answer.
            let _ = thread.join();
        }
    }
}

fn closed() -> SubmitError {
    SubmitError::Stopped { reason: "it was closed".into() }
}

impl Sequencer for LocalSequencer {
    fn submit(&self, proposal: Proposal) -> Result<(), SubmitError> {
        let (message, error) = match self.queue.try_send(Message::Order(Box::new(proposal))) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Full(message)) => (message, SubmitError::Full),
            Err(TrySendError::Disconnected(message)) => (message, closed()),
        };
        if let Message::Order(mut proposal) = message {
            proposal.answer.forget();
        }
        Err(error)
    }

    fn finalized(&self) -> Receiver<Group> {
        let first = self.finalized.lock().unwrap_or_else(PoisonError::into_inner).take();
        first.unwrap_or_else(|| mpsc::channel().1)
    }

    fn applied(&self, _mark: &Mark) {}

    fn close(&self) {
        // Where the thread has ended already there is nothing to close.
        let _ = self.queue.send(Message::Close);
    }
}

/// What the thread has.
struct Scribe {
    proposals: Receiver<Message>,
    groups: SyncSender<Group>,
    clock: Arc<dyn Clock>,
    group_max: usize,
    next: u64,
    last: Time,
}

impl Scribe {
    fn run(mut self) {
        while let Ok(Message::Order(first)) = self.proposals.recv() {
            let mut entries = vec![self.stamp(*first)];
            let mut open = true;
            while entries.len() < self.group_max {
                match self.proposals.try_recv() {
                    Ok(Message::Order(proposal)) => entries.push(self.stamp(*proposal)),
                    Ok(Message::Close) => {
                        open = false;
                        break;
                    }
                    Err(_) => break,
                }
            }
            let group = Group { first_height: self.next, entries };
            self.next += group.entries.len() as u64;
            if self.groups.send(group).is_err() || !open {
                return;
            }
        }
    }

    fn stamp(&mut self, proposal: Proposal) -> Ordered {
        let Proposal { stamped, answer } = proposal;
        self.last = stamped.at.unwrap_or_else(|| self.clock.now()).max(self.last);
        Ordered { entry: Entry { time: self.last, command: stamped.command }, answer }
    }
}
