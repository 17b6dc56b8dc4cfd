//! The thread that writes the history.

use std::{
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        mpsc::{self, Receiver, RecvTimeoutError, SyncSender},
    },
    thread::JoinHandle,
    time::Duration,
};

use redb::Database;

use super::{
    HistoryPage, HistoryQuery,
    base::{Base, Fate},
    look,
};
use crate::{apply::Applied, error::NodeError};

/// Chunks of entries that may wait: while the history is that far behind, the node applies no more. 256 chunks of 64
/// entries are about as many as the board keeps.
const CHUNKS_MAX: usize = 256;
/// How long events wait for others to share their batch with.
const PATIENCE: Duration = Duration::from_millis(250);

enum Job {
    Applied(Vec<Arc<Applied>>),
    Commit(Fate, SyncSender<()>),
    Close,
}

/// Whoever writes the history.
pub(crate) struct Historian {
    jobs: SyncSender<Job>,
    data: Arc<Database>,
    broken: Arc<OnceLock<String>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Historian {
    pub(crate) fn start(base: Base) -> std::io::Result<Self> {
        let (jobs, inbox) = mpsc::sync_channel(CHUNKS_MAX);
        let data = base.data();
        let broken = Arc::new(OnceLock::new());
        let told = Arc::clone(&broken);
        let thread = std::thread::Builder::new().name("history".into()).spawn(move || {
            let mut pen = Pen { base, broken: told };
            pen.run(&inbox);
        })?;
        Ok(Self { jobs, data, broken, thread: Mutex::new(Some(thread)) })
    }

    /// Takes the next entries. Waits where it is far behind.
    pub(crate) fn tell(&self, applied: Vec<Arc<Applied>>) {
        // The thread ends after the last of them only.
        let _ = self.jobs.send(Job::Applied(applied));
    }

    /// Waits until everything that was told is written.
    ///
    /// # Errors
    /// [`NodeError::History`].
    pub(crate) fn commit(&self, fate: Fate) -> Result<(), NodeError> {
        let (done, answer) = mpsc::sync_channel(1);
        if self.jobs.send(Job::Commit(fate, done)).is_ok() {
            let _ = answer.recv();
        }
        self.check()
    }

    /// Looks events up, everything that was told among them.
    ///
    /// # Errors
    /// [`NodeError::History`].
    pub(crate) fn look(&self, query: &HistoryQuery) -> Result<HistoryPage, NodeError> {
        self.commit(Fate::Seen)?;
        look::page(&self.data, query)
    }

    fn check(&self) -> Result<(), NodeError> {
        match self.broken.get() {
            None => Ok(()),
            Some(reason) => Err(NodeError::History { reason: reason.clone() }),
        }
    }

    /// Why it writes nothing more; none while it does.
    pub(crate) fn broken(&self) -> Option<&str> {
        self.broken.get().map(String::as_str)
    }

    /// Writes what was told, durably, and ends.
    pub(crate) fn close(&self) {
        let _ = self.jobs.send(Job::Close);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

struct Pen {
    base: Base,
    broken: Arc<OnceLock<String>>,
}

impl Pen {
    fn run(&mut self, inbox: &Receiver<Job>) {
        loop {
            let job = if self.base.is_behind() {
                inbox.recv_timeout(PATIENCE)
            } else {
                inbox.recv().map_err(|_| RecvTimeoutError::Disconnected)
            };
            match job {
                Ok(Job::Applied(applied)) => {
                    self.attempt(|base| applied.iter().try_for_each(|applied| base.push(applied)));
                }
                Ok(Job::Commit(fate, done)) => {
                    self.attempt(|base| base.settle(fate));
                    let _ = done.send(());
                }
                Err(RecvTimeoutError::Timeout) => self.attempt(|base| base.settle(Fate::Seen)),
                Ok(Job::Close) | Err(RecvTimeoutError::Disconnected) => {
                    return self.attempt(|base| base.settle(Fate::Durable));
                }
            }
        }
    }

    /// After the first failure nothing more is written: a history with a gap would be worse than none.
    fn attempt(&mut self, work: impl FnOnce(&mut Base) -> Result<(), NodeError>) {
        if self.broken.get().is_none()
            && let Err(error) = work(&mut self.base)
        {
            let reason = match error {
                NodeError::History { reason } => reason,
                other => other.to_string(),
            };
            let _ = self.broken.set(reason);
        }
    }
}
