//! Writes snapshots beside everything else.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver, SyncSender},
    },
    thread::JoinHandle,
};

use crate::{
    board::Board,
    error::NodeError,
    history::{Fate, Historian},
    store::snapshot::Taken,
};

/// Whoever waits for a snapshot.
pub(crate) type Waiting = SyncSender<Result<(), String>>;

enum Job {
    Write(Taken, Vec<Waiting>),
    Close,
}

/// The thread that writes snapshots, one at a time.
pub(crate) struct Snapshots {
    dir: PathBuf,
    jobs: SyncSender<Job>,
    wanted: Mutex<Vec<Waiting>>,
    busy: Arc<AtomicBool>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Snapshots {
    pub(crate) fn start(dir: PathBuf, board: Arc<Board>, historian: Arc<Historian>) -> std::io::Result<Self> {
        // One waits while another is written: more would only be older than the next.
        let (jobs, inbox) = mpsc::sync_channel(1);
        let busy = Arc::new(AtomicBool::new(false));
        let pen = Pen { dir: dir.clone(), board, historian, busy: Arc::clone(&busy) };
        let thread = std::thread::Builder::new().name("snapshots".into()).spawn(move || pen.run(&inbox))?;
        Ok(Self { dir, jobs, wanted: Mutex::default(), busy, thread: Mutex::new(Some(thread)) })
    }

    /// Asks for a snapshot at the end of the group that is being applied.
    pub(crate) fn want(&self) -> Receiver<Result<(), String>> {
        let (waiting, answer) = mpsc::sync_channel(1);
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).push(waiting);
        answer
    }

    /// Those who wait, each once.
    pub(crate) fn wanted(&self) -> Vec<Waiting> {
        std::mem::take(&mut *self.wanted.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Is none being written? A state is taken only then: taking one costs.
    pub(crate) fn is_idle(&self) -> bool {
        !self.busy.load(Ordering::Acquire)
    }

    /// Hands a state over to be written; refused while others wait to be.
    pub(crate) fn offer(&self, taken: Taken) -> bool {
        self.jobs.try_send(Job::Write(taken, Vec::new())).is_ok()
    }

    /// Hands a state over for those who wait.
    pub(crate) fn write(&self, taken: Taken, waiting: Vec<Waiting>) {
        // Where the thread is gone those who wait hear it from their channel.
        let _ = self.jobs.send(Job::Write(taken, waiting));
    }

    pub(crate) fn error(&self, reason: String) -> NodeError {
        NodeError::System { path: self.dir.clone(), what: "write a snapshot", reason }
    }

    /// Ends after what was handed over.
    pub(crate) fn close(&self) {
        let _ = self.jobs.send(Job::Close);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

struct Pen {
    dir: PathBuf,
    board: Arc<Board>,
    historian: Arc<Historian>,
    busy: Arc<AtomicBool>,
}

impl Pen {
    fn run(&self, inbox: &Receiver<Job>) {
        while let Ok(Job::Write(taken, waiting)) = inbox.recv() {
            self.busy.store(true, Ordering::Release);
            let written = self.write(&taken);
            self.busy.store(false, Ordering::Release);
            let warning =
                written.as_ref().err().map(|reason| format!("no snapshot could be written: {reason}"));
            self.board.warn(warning.map(Arc::from));
            for waiting in waiting {
                // Whoever no longer waits need not hear it.
                let _ = waiting.send(written.clone());
            }
        }
    }

    fn write(&self, taken: &Taken) -> Result<(), String> {
        // The history first: a start takes the latest snapshot that the history reaches. One that is broken is made anew at
        // the next start, whatever snapshots there are, and the head tells of it.
        let _ = self.historian.commit(Fate::Durable);
        taken.write(&self.dir).map_err(|reason| reason.to_string())?;
        self.board.snapshot(taken.mark.height);
        Ok(())
    }
}
