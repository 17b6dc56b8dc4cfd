//! The node: everything put together.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::{JoinHandle, ThreadId},
};

use cistern_attest::typed::Domain;
use cistern_engine::Engine;

use crate::{
    admission::{Accepted, Desk, Gate, Keys, Trusted, Unsigned, Verifiers},
    applier::{Applier, Hearers, Shared},
    apply::{Applied, Core, Mark},
    board::{Board, Gone, Head, Numbered, Status, Subscription},
    clock::Clock,
    error::{NodeError, SubmitError},
    history::{Base, Fate, Historian, HistoryPage, HistoryQuery, Reached},
    local::LocalSequencer,
    options::Options,
    sequencer::{Answer, Proposal, Sequencer, Stamped},
    snapshots::Snapshots,
    store::{
        files::{history_path, system},
        recover::{Recovered, Store},
    },
};

/// What was found when a node opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// What somebody should know: an unfinished write that was cut off, a damaged snapshot that was passed over, a history
    /// that was made anew.
    pub notes: Vec<String>,
    /// Height of the snapshot that it started from; 0 without one.
    pub from_snapshot: u64,
    /// Entries of the log that were applied after it.
    pub replayed: u64,
}

/// A running node. Cheap to clone; all clones are the same node. The last that is dropped ends it, as [`Self::close`]
/// does but without a snapshot.
#[derive(Clone)]
pub struct Node(Arc<Inner>);

struct Inner(Arc<Parts>);

struct Parts {
    shared: Arc<Shared>,
    sequencer: Arc<LocalSequencer>,
    verifiers: Verifiers,
    applier: Mutex<Option<JoinHandle<()>>>,
    applier_id: ThreadId,
    store: Mutex<Option<Store>>,
}

/// What a node starts with.
struct Beginning {
    core: Core,
    recent: VecDeque<Arc<Applied>>,
    keys: Keys,
    base: Base,
    opened: Opened,
    store: Option<(Store, Recovered)>,
}

impl Node {
    /// Opens a node: reads what its store has, and goes on from there.
    ///
    /// # Errors
    /// [`NodeError`]: the store is in use, damaged or out of reach.
    pub fn open(options: Options, clock: Arc<dyn Clock>) -> Result<(Self, Opened), NodeError> {
        let place = options.dir.clone().unwrap_or_default();
        let thread = system(&place, "start a thread");
        let Beginning { core, recent, keys, base, opened, store } = Beginning::of(&options)?;
        let trusted = Arc::new(Trusted::new(&core.engine.state().config, options.chain_id, keys));
        let accepted = Arc::new(Accepted::default());
        recent.iter().for_each(|applied| accepted.follow(applied));
        let mark = core.mark;
        let log = match &store {
            Some((store, recovered)) => {
                Some(store.writer(mark.height + 1, recovered.place, options.segment_bytes)?)
            }
            None => None,
        };
        let last_snapshot = store.as_ref().and_then(|(_, recovered)| recovered.last_snapshot);
        let sequencer = LocalSequencer::start(&options, Arc::clone(&clock), mark, log).map_err(&thread)?;
        let sequencer = Arc::new(sequencer);
        let board = Arc::new(Board::new(mark, recent, options.recent_max));
        if let Some(height) = last_snapshot {
            board.snapshot(height);
        }
        let historian = Arc::new(Historian::start(base).map_err(&thread)?);
        let snapshots = match &options.dir {
            Some(dir) => Some(
                Snapshots::start(dir.clone(), Arc::clone(&board), Arc::clone(&historian)).map_err(&thread)?,
            ),
            None => None,
        };
        let end = store.as_ref().map(|(_, recovered)| recovered.place);
        let hearers = Hearers { board, historian, snapshots, trusted: Arc::clone(&trusted) };
        let shared = Arc::new(Shared::new(core, end, hearers));
        let gate = Gate::new(Arc::clone(&sequencer), accepted, options.checks_max.max(1));
        let desk = Desk::new(gate, trusted, clock);
        let verifiers = Verifiers::start(desk, options.verifiers).map_err(&thread)?;
        let groups = sequencer.finalized();
        let applier = Applier {
            shared: Arc::clone(&shared),
            sequencer: Arc::<LocalSequencer>::clone(&sequencer),
            snapshot_every: options.snapshot_every,
            last_snapshot: last_snapshot.unwrap_or(0),
        };
        let applier = std::thread::Builder::new().name("apply".into()).spawn(move || applier.run(&groups));
        let applier = applier.map_err(&thread)?;
        let parts = Parts {
            shared,
            sequencer,
            verifiers,
            applier_id: applier.thread().id(),
            applier: Mutex::new(Some(applier)),
            store: Mutex::new(store.map(|(store, _)| store)),
        };
        Ok((Self(Arc::new(Inner(Arc::new(parts)))), opened))
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
        self.parts().sequencer.submit(Proposal { stamped, answer: Answer::new(answer) })
    }

    /// Has a command from outside checked and ordered, and waits until it is durable and applied.
    ///
    /// # Errors
    /// [`SubmitError`]. A refusal of the engine is no error: it is in the answer.
    pub fn admit(&self, stamped: Stamped, unsigned: Unsigned) -> Result<Arc<Applied>, SubmitError> {
        let (sender, answer) = mpsc::sync_channel(1);
        let told = move |outcome| {
            // Nobody listens any more only where the caller's thread is gone.
            let _ = sender.send(outcome);
        };
        self.admit_then(stamped, unsigned, Box::new(told))?;
        answer.recv().unwrap_or_else(|_| Err(SubmitError::Stopped { reason: "it ended".into() }))
    }

    /// Has a command from outside checked and ordered: its signature, or its messages, and nothing that nobody signed unless
    /// that is accepted. Commands are ordered as they came in, whatever their check takes. A signed command that was accepted
    /// before is answered as it was then.
    ///
    /// # Errors
    /// [`SubmitError`]: nothing was ordered, and the answer is not told. What the check finds is told, on another thread.
    pub fn admit_then(
        &self,
        stamped: Stamped,
        unsigned: Unsigned,
        answer: Box<dyn FnOnce(Result<Arc<Applied>, SubmitError>) + Send>,
    ) -> Result<(), SubmitError> {
        self.parts().verifiers.admit(stamped, unsigned, Answer::new(answer))
    }

    /// What signatures of this pool's commands are bound to.
    #[must_use]
    pub fn domain(&self) -> Domain<'static> {
        self.parts().shared.trusted.domain()
    }

    /// Looks at the engine at the last entry that was applied. Nothing is applied meanwhile: keep it short.
    pub fn read<R>(&self, look: impl FnOnce(&mut Engine) -> R) -> R {
        self.read_at(|engine, _| look(engine))
    }

    /// As [`Self::read`], with the place in the log that the engine is at.
    pub fn read_at<R>(&self, look: impl FnOnce(&mut Engine, &Mark) -> R) -> R {
        let mut core = self.parts().shared.core();
        let mark = core.mark;
        look(&mut core.engine, &mark)
    }

    /// Where the node is.
    #[must_use]
    pub fn head(&self) -> Head {
        let Parts { shared, sequencer, .. } = self.parts();
        let mut head = shared.board.head();
        head.log_bytes = sequencer.log_bytes();
        if let (Status::Running, Some(reason)) = (&head.status, sequencer.stopped()) {
            head.status = Status::Stopped { reason };
        }
        head.warning = head.warning.or_else(|| shared.historian.broken().map(Arc::from));
        head
    }

    /// Everything that is applied from now on.
    #[must_use]
    pub fn subscribe(&self) -> Subscription {
        Subscription::new(Arc::clone(&self.parts().shared.board))
    }

    /// The latest events from a number on, at most `limit`.
    ///
    /// # Errors
    /// [`Gone`]: some of them are no longer in memory.
    pub fn recent(&self, from_seq: u64, limit: usize) -> Result<Vec<Numbered>, Gone> {
        self.parts().shared.board.recent(from_seq, limit)
    }

    /// What happened, newest first; everything that was answered before is there.
    ///
    /// # Errors
    /// [`NodeError::History`].
    pub fn history(&self, query: &HistoryQuery) -> Result<HistoryPage, NodeError> {
        self.parts().shared.historian.look(query)
    }

    /// Writes a snapshot of the state at the last entry, and waits for it; nothing to do in memory.
    ///
    /// # Errors
    /// [`NodeError`]: it could not be written.
    pub fn snapshot_now(&self) -> Result<(), NodeError> {
        self.parts().snapshot()
    }

    /// Ends the node: what was handed in is ordered and applied, and nothing after it; then a snapshot is written, and the
    /// directory is free for another.
    ///
    /// # Errors
    /// [`NodeError`]: it had stopped before, or the snapshot could not be written. It has ended all the same.
    pub fn close(self) -> Result<(), NodeError> {
        let written = self.parts().end(Ending::Closed);
        match self.head().status {
            Status::Running => written,
            Status::Stopped { reason } => Err(NodeError::Stopped { reason }),
        }
    }

    fn parts(&self) -> &Parts {
        &self.0.0
    }
}

/// How a node ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Closed,
    Dropped,
}

impl Parts {
    fn snapshot(&self) -> Result<(), NodeError> {
        let Some(snapshots) = &self.shared.snapshots else { return Ok(()) };
        let head = self.shared.board.head();
        if head.height == head.last_snapshot.unwrap_or(0) {
            return Ok(());
        }
        let answer = snapshots.want();
        self.shared.serve();
        let written = answer.recv().unwrap_or_else(|_| Err("the node has ended".into()));
        written.map_err(|reason| snapshots.error(reason))
    }

    fn end(&self, ending: Ending) -> Result<(), NodeError> {
        self.verifiers.close();
        self.sequencer.close();
        self.sequencer.join();
        let applier = self.applier.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(applier) = applier {
            // A panic of the engine was caught there.
            let _ = applier.join();
        }
        let written = if ending == Ending::Closed { self.snapshot() } else { Ok(()) };
        if let Some(snapshots) = &self.shared.snapshots {
            snapshots.close();
        }
        self.shared.historian.close();
        drop(self.store.lock().unwrap_or_else(PoisonError::into_inner).take());
        written
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let parts = Arc::clone(&self.0);
        let end = move || {
            // Nobody is left to hear it, and the log has everything.
            let _ = parts.end(Ending::Dropped);
        };
        // An answer may drop the last clone, on the thread that is to end: it cannot wait for itself.
        let here = std::thread::current().id();
        if here == self.0.applier_id || self.0.verifiers.is_one(here) {
            std::thread::spawn(end);
        } else {
            end();
        }
    }
}

impl Beginning {
    fn of(options: &Options) -> Result<Self, NodeError> {
        let Some(dir) = &options.dir else {
            let (core, base) = (Core::default(), Base::memory()?);
            let (recent, keys, opened) = (VecDeque::new(), Keys::default(), Opened::default());
            return Ok(Self { core, recent, keys, base, opened, store: None });
        };
        let store = Store::take(dir)?;
        let path = history_path(dir);
        let anew = || {
            Base::discard(&path).map_err(system(&path, "remove"))?;
            Base::open(&path)
        };
        let mut notes = Vec::new();
        let was_there = path.exists();
        let mut base = match Base::open(&path) {
            Ok(base) => base,
            Err(error) => {
                notes.push(format!("{}: made anew ({error})", path.display()));
                anew()?
            }
        };
        let mut revived = revive(&store, &mut base, options.recent_max);
        if let Err(NodeError::History { reason }) = &revived {
            notes.push(format!("{}: made anew ({reason})", path.display()));
            drop(base);
            base = anew()?;
            revived = revive(&store, &mut base, options.recent_max);
        }
        let Revived { mut recovered, recent, keys } = revived?;
        let core = std::mem::take(&mut recovered.core);
        if !was_there && core.mark.height > 0 {
            notes.push(format!("{}: made anew (it was missing)", path.display()));
        }
        notes.append(&mut recovered.opened.notes);
        let opened = Opened { notes, ..recovered.opened };
        Ok(Self { core, recent, keys, base, opened, store: Some((store, recovered)) })
    }
}

/// What was brought back.
struct Revived {
    recovered: Recovered,
    recent: VecDeque<Arc<Applied>>,
    keys: Keys,
}

/// Brings the state back, and what the history lacks.
fn revive(store: &Store, base: &mut Base, recent_max: usize) -> Result<Revived, NodeError> {
    let had = base.reached();
    let foreign = || NodeError::History { reason: "it is of another log".into() };
    let (mut recent, mut keys) = (VecDeque::new(), Keys::default());
    let recovered = store.recover(had.height, &mut |applied| {
        if applied.height == had.height && (applied.last_seq(), applied.chain) != (had.seq, had.chain) {
            return Err(foreign());
        }
        if applied.height > had.height {
            base.push(applied)?;
        }
        if applied.outcome.is_ok() {
            keys.follow(&applied.entry.command);
        }
        if recent.len() >= recent_max.max(1) {
            recent.pop_front();
        }
        recent.push_back(Arc::clone(applied));
        Ok(())
    })?;
    let Mark { height, seq, chain, .. } = recovered.start;
    let elsewhere = height == had.height && Reached { height, seq, chain } != had;
    if recovered.core.mark.height < had.height || elsewhere {
        return Err(foreign());
    }
    base.commit(Fate::Durable)?;
    Ok(Revived { recovered, recent, keys })
}
