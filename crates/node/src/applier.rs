//! The thread that applies, and what it shares with whoever looks.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, TryLockError,
        mpsc::{Receiver, RecvError, TryRecvError},
    },
    time::{Duration, Instant},
};

use crate::{
    admission::{self, Trusted},
    apply::{Applied, Core},
    board::Board,
    history::Historian,
    sequencer::{Group, Ordered, Sequencer},
    snapshots::Snapshots,
    store::{frame::Place, snapshot::Taken},
};

/// Entries that are applied under one lock: a reader waits for no more than these.
const CHUNK: usize = 64;

/// What the threads and the callers share.
pub(crate) struct Shared {
    pub(crate) core: Mutex<Core>,
    /// Held while a group is applied; where the log ends after it.
    turn: Mutex<Option<Place>>,
    pub(crate) board: Arc<Board>,
    pub(crate) historian: Arc<Historian>,
    pub(crate) snapshots: Option<Snapshots>,
    pub(crate) trusted: Arc<Trusted>,
}

/// What hears of every entry.
pub(crate) struct Hearers {
    pub(crate) board: Arc<Board>,
    pub(crate) historian: Arc<Historian>,
    pub(crate) snapshots: Option<Snapshots>,
    pub(crate) trusted: Arc<Trusted>,
}

impl Shared {
    pub(crate) fn new(core: Core, place: Option<Place>, hearers: Hearers) -> Self {
        let Hearers { board, historian, snapshots, trusted } = hearers;
        Self { core: Mutex::new(core), turn: Mutex::new(place), board, historian, snapshots, trusted }
    }

    pub(crate) fn core(&self) -> MutexGuard<'_, Core> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the snapshots that somebody waits for, unless a group is being applied: then its end does.
    pub(crate) fn serve(&self) {
        let Some(snapshots) = &self.snapshots else { return };
        let turn = match self.turn.try_lock() {
            Ok(turn) => turn,
            Err(TryLockError::Poisoned(turn)) => turn.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        let waiting = snapshots.wanted();
        if waiting.is_empty() {
            return;
        }
        match *turn {
            Some(place) => snapshots.write(Taken::of(&self.core(), place), waiting),
            None => waiting.into_iter().for_each(|waiting| {
                let _ = waiting.send(Err("the node stopped in the middle of a group".into()));
            }),
        }
    }
}

/// The thread.
pub(crate) struct Applier {
    pub(crate) shared: Arc<Shared>,
    pub(crate) sequencer: Arc<dyn Sequencer>,
    /// Entries from one snapshot to the next.
    pub(crate) snapshot_every: u64,
    /// Height of the last snapshot.
    pub(crate) last_snapshot: u64,
}

/// How long a group that was announced is waited for awake: an fdatasync of a busy disk. To sleep and to be woken costs a
/// caller who is alone a quarter of that on a small machine.
const AWAKE: Duration = Duration::from_millis(1);

/// The next group that has entries.
fn next(groups: &Receiver<Group>) -> Result<Group, RecvError> {
    loop {
        let group = groups.recv()?;
        if !group.entries.is_empty() {
            return Ok(group);
        }
        let began = Instant::now();
        while began.elapsed() < AWAKE {
            match groups.try_recv() {
                Ok(group) if !group.entries.is_empty() => return Ok(group),
                Ok(_) | Err(TryRecvError::Empty) => std::thread::yield_now(),
                Err(TryRecvError::Disconnected) => return Err(RecvError),
            }
        }
    }
}

impl Applier {
    pub(crate) fn run(mut self, groups: &Receiver<Group>) {
        while let Ok(group) = next(groups) {
            let applied = catch_unwind(AssertUnwindSafe(|| self.group(group)));
            let applied =
                applied.unwrap_or_else(|_| Err("the engine panicked; report it with the log".into()));
            if let Err(reason) = applied {
                self.shared.board.stop(&reason);
                break;
            }
            self.shared.serve();
        }
        self.shared.board.close();
    }

    fn group(&mut self, group: Group) -> Result<(), Arc<str>> {
        let shared = Arc::clone(&self.shared);
        let mut turn = shared.turn.lock().unwrap_or_else(PoisonError::into_inner);
        *turn = None;
        let mut entries = VecDeque::from(group.entries);
        while !entries.is_empty() {
            let chunk = entries.drain(..entries.len().min(CHUNK));
            self.chunk(chunk)?;
        }
        *turn = group.end;
        if let (Some(snapshots), Some(place)) = (&shared.snapshots, group.end) {
            let core = shared.core();
            let height = core.mark.height;
            let due = height.saturating_sub(self.last_snapshot) >= self.snapshot_every.max(1);
            if due && snapshots.is_idle() && snapshots.offer(Taken::of(&core, place)) {
                self.last_snapshot = height;
            }
        }
        Ok(())
    }

    fn chunk(&self, chunk: impl ExactSizeIterator<Item = Ordered>) -> Result<(), Arc<str>> {
        let mut applied: Vec<Arc<Applied>> = Vec::with_capacity(chunk.len());
        let mut answers = Vec::with_capacity(chunk.len());
        let mut core = self.shared.core();
        for Ordered { entry, answer } in chunk {
            let height = core.mark.height + 1;
            let after = core.apply(entry).map_err(|violation| -> Arc<str> {
                format!("entry {height} broke an invariant ({violation}); report it with the log").into()
            })?;
            if after.events().iter().any(admission::changes) {
                self.shared.trusted.publish(&core.engine.state().config);
            }
            applied.push(Arc::new(after));
            answers.push(answer);
        }
        let mark = core.mark;
        drop(core);
        self.sequencer.applied(&mark);
        self.shared.board.publish(&applied, &mark);
        self.shared.historian.tell(&applied);
        // Last: whoever was answered finds it everywhere.
        for (answer, applied) in answers.into_iter().zip(applied) {
            answer.tell(Ok(applied));
        }
        Ok(())
    }
}
