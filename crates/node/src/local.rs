//! The embedded sequencer: one thread, whose order is the order in which commands came in.

use std::{
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{self, Receiver, SyncSender, TrySendError},
    },
    thread::JoinHandle,
};

use cistern_engine::{chain::Link, entry::Entry};
use cistern_units::Time;

use crate::{
    apply::Mark,
    clock::Clock,
    error::SubmitError,
    options::Options,
    sequencer::{Group, Ordered, Proposal, Sequencer},
    store::{
        frame::ENTRY_BYTES_MAX,
        writer::{LogWriter, Record},
    },
};

/// Groups that may wait to be applied: enough to keep the disk busy while the engine works, and no more, because
/// whoever waits for an answer waits for all of them.
const GROUPS_MAX: usize = 4;

enum Message {
    Order(Box<Proposal>),
    Close,
}

/// What the callers and the thread share.
#[derive(Debug, Default)]
struct Shared {
    /// The last entry that was applied.
    applied: Mutex<(u64, Link)>,
    /// Why nothing more is ordered.
    stopped: OnceLock<Arc<str>>,
    /// Bytes of the log.
    log_bytes: AtomicU64,
}

/// A sequencer of one node.
pub struct LocalSequencer {
    queue: SyncSender<Message>,
    finalized: Mutex<Option<Receiver<Group>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    shared: Arc<Shared>,
}

impl LocalSequencer {
    /// Starts behind the last entry; the log is that of a store, or none in memory.
    pub(crate) fn start(
        options: &Options,
        clock: Arc<dyn Clock>,
        mark: Mark,
        log: Option<LogWriter>,
    ) -> std::io::Result<Self> {
        let (queue, proposals) = mpsc::sync_channel(options.queue_max.max(1));
        let (groups, finalized) = mpsc::sync_channel(GROUPS_MAX);
        let shared = Arc::new(Shared {
            applied: Mutex::new((mark.height, mark.chain)),
            log_bytes: AtomicU64::new(log.as_ref().map_or(0, LogWriter::bytes)),
            ..Shared::default()
        });
        let scribe = Scribe {
            proposals,
            groups,
            clock,
            shared: Arc::clone(&shared),
            group_max: options.group_max.max(1),
            next: mark.height + 1,
            last: mark.time,
            log,
            record: Record::default(),
        };
        let thread = std::thread::Builder::new().name("sequencer".into()).spawn(move || scribe.run())?;
        Ok(Self { queue, finalized: Mutex::new(Some(finalized)), thread: Mutex::new(Some(thread)), shared })
    }

    /// Bytes of the log.
    pub(crate) fn log_bytes(&self) -> u64 {
        self.shared.log_bytes.load(Ordering::Relaxed)
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

/// A command that was not taken, and why.
pub(crate) struct Refused {
    pub(crate) error: SubmitError,
    pub(crate) proposal: Box<Proposal>,
}

impl LocalSequencer {
    /// As [`Sequencer::submit`], but whoever waits for the answer is given back where this fails.
    pub(crate) fn offer(&self, proposal: Proposal) -> Result<(), Refused> {
        let proposal = Box::new(proposal);
        if let Some(reason) = self.stopped() {
            return Err(Refused { error: SubmitError::Stopped { reason }, proposal });
        }
        let (message, error) = match self.queue.try_send(Message::Order(proposal)) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Full(message)) => (message, SubmitError::Full),
            Err(TrySendError::Disconnected(message)) => {
                (message, SubmitError::Stopped { reason: "it was closed".into() })
            }
        };
        match message {
            Message::Order(proposal) => Err(Refused { error, proposal }),
            Message::Close => Ok(()),
        }
    }
}

impl Sequencer for LocalSequencer {
    fn submit(&self, proposal: Proposal) -> Result<(), SubmitError> {
        self.offer(proposal).map_err(|Refused { error, mut proposal }| {
            proposal.answer.forget();
            error
        })
    }

    fn finalized(&self) -> Receiver<Group> {
        let first = self.finalized.lock().unwrap_or_else(PoisonError::into_inner).take();
        first.unwrap_or_else(|| mpsc::channel().1)
    }

    fn applied(&self, mark: &Mark) {
        *self.shared.applied.lock().unwrap_or_else(PoisonError::into_inner) = (mark.height, mark.chain);
    }

    fn stopped(&self) -> Option<Arc<str>> {
        self.shared.stopped.get().cloned()
    }

    fn close(&self) {
        // Where the thread has ended already there is nothing to close.
        let _ = self.queue.send(Message::Close);
    }
}

/// A group that is announced: of many, the work hides the hand-over.
const FEW: usize = 16;

/// What the thread has.
struct Scribe {
    proposals: Receiver<Message>,
    groups: SyncSender<Group>,
    clock: Arc<dyn Clock>,
    shared: Arc<Shared>,
    group_max: usize,
    next: u64,
    last: Time,
    log: Option<LogWriter>,
    record: Record,
}

/// Goes on, or not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    GoOn,
    End,
}

impl Scribe {
    fn run(mut self) {
        while let Ok(Message::Order(first)) = self.proposals.recv() {
            let (entries, then) = self.gather(*first);
            if let Err(reason) = self.finalize(entries) {
                let reason = self.shared.stopped.get_or_init(|| reason).clone();
                if then == Then::GoOn {
                    self.refuse(&reason);
                }
                return;
            }
            if then == Then::End {
                return;
            }
        }
    }

    /// A group: the first command, and what else is waiting.
    fn gather(&mut self, first: Proposal) -> (Vec<Ordered>, Then) {
        let mut entries = Vec::new();
        self.record.clear();
        entries.extend(self.stamp(first));
        while entries.len() < self.group_max && self.record.has_room() {
            match self.proposals.try_recv() {
                Ok(Message::Order(proposal)) => entries.extend(self.stamp(*proposal)),
                Ok(Message::Close) => return (entries, Then::End),
                Err(_) => break,
            }
        }
        (entries, Then::GoOn)
    }

    /// An entry with its time; none where it is too large.
    fn stamp(&mut self, proposal: Proposal) -> Option<Ordered> {
        let Proposal { stamped, answer } = proposal;
        let time = stamped.at.unwrap_or_else(|| self.clock.now().max(self.last));
        let entry = Entry { time, command: stamped.command };
        // In memory nothing is written, but what a log would not take is refused all the same.
        match self.record.push(&entry) {
            Ok(()) => {
                self.last = self.last.max(time);
                Some(Ordered { entry, answer })
            }
            Err(bytes) => {
                answer.tell(Err(SubmitError::TooLarge { bytes, most: ENTRY_BYTES_MAX }));
                None
            }
        }
    }

    /// Makes a group durable and hands it on.
    fn finalize(&mut self, entries: Vec<Ordered>) -> Result<(), Arc<str>> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut end = None;
        if let Some(log) = &mut self.log {
            if entries.len() <= FEW {
                // Where there is no room somebody is awake already.
                let _ = self.groups.try_send(Group::announced(self.next));
            }
            let applied = *self.shared.applied.lock().unwrap_or_else(PoisonError::into_inner);
            match log.append(&mut self.record, applied) {
                Ok(place) => end = Some(place),
                Err(error) => {
                    let reason: Arc<str> = format!("the log cannot be written ({error})").into();
                    for ordered in entries {
                        ordered.answer.tell(Err(SubmitError::Stopped { reason: Arc::clone(&reason) }));
                    }
                    return Err(reason);
                }
            }
            self.shared.log_bytes.store(log.bytes(), Ordering::Relaxed);
        }
        let group = Group { first_height: self.next, entries, end };
        self.next += group.entries.len() as u64;
        self.groups.send(group).map_err(|_| "nothing more is applied".into())
    }

    /// Tells everybody that nothing more is ordered, until it is closed.
    fn refuse(&self, reason: &Arc<str>) {
        while let Ok(Message::Order(proposal)) = self.proposals.recv() {
            proposal.answer.tell(Err(SubmitError::Stopped { reason: Arc::clone(reason) }));
        }
    }
}
