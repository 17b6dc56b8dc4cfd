//! The node: everything put together.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{self, Receiver},
    },
    thread::JoinHandle,
};

use cistern_engine::Engine;

use crate::{
    apply::{Applied, Core, Mark},
    board::{Board, Gone, Head, Numbered, Status, Subscription},
    clock::Clock,
    error::{NodeError, SubmitError},
    history::{HistoryPage, HistoryQuery},
    local::LocalSequencer,
    options::Options,
    sequencer::{Answer, Group, Ordered, Proposal, Sequencer, Stamped},
};

/// Entries that are applied under one lock: a reader waits for no more than these.
const CHUNK: usize = 64;

/// What was found when a node opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// What somebody should know: an unfinished write that was dropped, a damaged snapshot that was passed over.
    pub notes: Vec<String>,
    /// Height of the snapshot that it started from; 0 without one.
    pub from_snapshot: u64,
    /// Entries of the log that were applied after it.
    pub replayed: u64,
}

/// A running node. Cheap to clone; all clones are the same node.
#[derive(Clone)]
pub struct Node(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    sequencer: Arc<LocalSequencer>,
    applier: Mutex<Option<JoinHandle<()>>>,
}

/// What the threads and the callers share.
struct Shared {
    core: Mutex<Core>,
    board: Arc<Board>,
}

impl Shared {
    fn core(&self) -> MutexGuard<'_, Core> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Node {
    /// Opens a node: reads what its store has, and goes on from there.
    ///
    /// # Errors
    /// [`NodeError`]: the store is in use, damaged or out of reach.
    pub fn open(options: Options, clock: Arc<dyn Clock>) -> Result<(Self, Opened), NodeError> {
        let core = Core::default();
        let mark = core.mark;
        let thread = |reason: std::io::Error| NodeError::System {
            path: options.dir.clone().unwrap_or_default(),
            what: "start a thread",
            reason: reason.to_string(),
        };
        let sequencer = Arc::new(LocalSequencer::start(&options, clock, mark).map_err(thread)?);
        let board = Arc::new(Board::new(mark, options.recent_max));
        let shared = Arc::new(Shared { core: Mutex::new(core), board });
        let groups = sequencer.finalized();
        let applier = Applier { shared: Arc::clone(&shared), sequencer: Arc::clone(&sequencer) };
        let applier = std::thread::Builder::new().name("apply".into()).spawn(move || applier.run(&groups));
        let applier = Mutex::new(Some(applier.map_err(thread)?));
        Ok((Self(Arc::new(Inner { shared, sequencer, applier })), Opened::default()))
    }

    /// Has a command ordered, and waits until it is durable and applied.
    ///
    /// # Errors
    /// [`SubmitError`]. A refusal of the engine is no error: it is in the answer.
    pub fn submit(&self, stamped: Stamped) -> Result<Arc<Applied>, SubmitError> {
        let (sender, answer) = mpsc::sync_channel(1);
        let told = move |outcome| {
            // Nobody listens any more only where the caller's thread is gone.
            let _ = sender.send(outcome);
        };
        self.submit_then(stamped, Box::new(told))?;
        answer.recv().unwrap_or_else(|_| Err(SubmitError::Stopped { reason: "it ended".into() }))
    }

    /// Has a command ordered; the answer is told once it is durable and applied, on the node's own thread: be quick.
    ///
    /// # Errors
    /// [`SubmitError`]: nothing was ordered, and the answer is not told.
    pub fn submit_then(
        &self,
        stamped: Stamped,
        answer: Box<dyn FnOnce(Result<Arc<Applied>, SubmitError>) + Send>,
    ) -> Result<(), SubmitError> {
        self.0.sequencer.submit(Proposal { stamped, answer: Answer::new(answer) })
    }

    /// Looks at the engine at the last entry that was applied. Nothing is applied meanwhile: keep it short.
    pub fn read<R>(&self, look: impl FnOnce(&mut Engine) -> R) -> R {
        self.read_at(|engine, _| look(engine))
    }

    /// As [`Self::read`], with the place in the log that the engine is at.
    pub fn read_at<R>(&self, look: impl FnOnce(&mut Engine, &Mark) -> R) -> R {
        let mut core = self.0.shared.core();
        let mark = core.mark;
        look(&mut core.engine, &mark)
    }

    /// Where the node is.
    #[must_use]
    pub fn head(&self) -> Head {
        self.0.shared.board.head()
    }

    /// Everything that is applied from now on.
    #[must_use]
    pub fn subscribe(&self) -> Subscription {
        Subscription::new(Arc::clone(&self.0.shared.board))
    }

    /// The latest events from a number on, at most `limit`.
    ///
    /// # Errors
    /// [`Gone`]: some of them are no longer in memory.
    pub fn recent(&self, from_seq: u64, limit: usize) -> Result<Vec<Numbered>, Gone> {
        self.0.shared.board.recent(from_seq, limit)
    }

    /// What happened, newest first.
    ///
    /// # Errors
    /// [`NodeError`]: the history cannot be read.
    pub fn history(&self, query: &HistoryQuery) -> Result<HistoryPage, NodeError> {
        let head = self.head();
        let before = query.before.unwrap_or(u64::MAX).min(head.seq + 1);
        let events = match self.recent(1, usize::MAX) {
            Ok(events) => events,
            Err(gone) => self.recent(gone.oldest, usize::MAX).unwrap_or_default(),
        };
        let wanted = |numbered: &Numbered| {
            numbered.seq < before && (query.kinds.is_empty() || query.kinds.contains(&numbered.event.name()))
        };
        let events: Vec<_> = events.into_iter().rev().filter(wanted).take(query.limit).collect();
        let next = events.last().filter(|_| events.len() == query.limit).map(|last| last.seq);
        Ok(HistoryPage { events, next })
    }

    /// Writes a snapshot of the state at the last entry; nothing to do in memory.
    ///
    /// # Errors
    /// [`NodeError`]: it could not be written.
    pub fn snapshot_now(&self) -> Result<(), NodeError> {
        Ok(())
    }

    /// Ends the node: what was handed in is ordered and applied, and nothing after it.
    ///
    /// # Errors
    /// [`NodeError::Stopped`]: it had stopped before.
    pub fn close(self) -> Result<(), NodeError> {
        self.0.end();
        match self.head().status {
            Status::Running => Ok(()),
            Status::Stopped { reason } => Err(NodeError::Stopped { reason }),
        }
    }
}

impl Inner {
    fn end(&self) {
        self.sequencer.close();
        self.sequencer.join();
        let applier = self.applier.lock().unwrap_or_else(PoisonError::into_inner).take();
        // The last clone may be dropped by an answer, on the thread that is to end.
        if let Some(applier) = applier.filter(|applier| applier.thread().id() != std::thread::current().id())
        {
            let _ = applier.join();
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.end();
    }
}

/// The thread that applies.
struct Applier {
    shared: Arc<Shared>,
    sequencer: Arc<LocalSequencer>,
}

impl Applier {
    fn run(&self, groups: &Receiver<Group>) {
        while let Ok(group) = groups.recv() {
            let mut entries = group.entries.into_iter();
            loop {
                let chunk: Vec<Ordered> = entries.by_ref().take(CHUNK).collect();
                if chunk.is_empty() {
                    break;
                }
                if let Err(reason) = self.chunk(chunk) {
                    self.shared.board.stop(&reason);
                    return self.shared.board.close();
                }
            }
        }
        self.shared.board.close();
    }

    fn chunk(&self, chunk: Vec<Ordered>) -> Result<(), Arc<str>> {
        let mut applied = Vec::with_capacity(chunk.len());
        let mut answers = Vec::with_capacity(chunk.len());
        let mut core = self.shared.core();
        for Ordered { entry, answer } in chunk {
            let height = core.mark.height + 1;
            let after = core.apply(entry).map_err(|violation| -> Arc<str> {
                format!("entry {height} broke an invariant ({violation}); report it with the log").into()
            })?;
            applied.push(Arc::new(after));
            answers.push(answer);
        }
        let mark = core.mark;
        drop(core);
        self.sequencer.applied(&mark);
        self.shared.board.publish(&applied);
        for (answer, applied) in answers.into_iter().zip(applied) {
            answer.tell(Ok(applied));
        }
        Ok(())
    }
}
