//! The thread that writes the history.

use std::{
    sync::{
        Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError,
        mpsc::{self, SyncSender},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use redb::Database;

use super::{
    HistoryPage, HistoryQuery,
    base::{Base, Fate},
    look,
};
use crate::{apply::Applied, error::NodeError};

/// Entries that may wait: while the history is that far behind, the node applies no more. As many as the board keeps.
const ENTRIES_MAX: usize = 16_384;
/// Entries that are worth waking the thread for.
const ENTRIES_ENOUGH: usize = 1_024;
/// How long fewer of them wait for others to share their batch with.
const PATIENCE: Duration = Duration::from_millis(250);

/// What waits for the thread.
#[derive(Debug, Default)]
struct Inbox {
    entries: Vec<Arc<Applied>>,
    commits: Vec<(Fate, SyncSender<()>)>,
    closed: bool,
    /// The thread sleeps until it is woken.
    asleep: bool,
}

#[derive(Debug, Default)]
struct Desk {
    inbox: Mutex<Inbox>,
    news: Condvar,
    room: Condvar,
    broken: OnceLock<String>,
}

impl Desk {
    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for enough to do.
    fn wait(&self) -> Inbox {
        let mut inbox = self.inbox();
        let mut until = None;
        while !inbox.closed && inbox.commits.is_empty() && inbox.entries.len() < ENTRIES_ENOUGH {
            if inbox.entries.is_empty() {
                inbox.asleep = true;
                inbox = self.news.wait(inbox).unwrap_or_else(PoisonError::into_inner);
                inbox.asleep = false;
                continue;
            }
            let until = *until.get_or_insert_with(|| Instant::now() + PATIENCE);
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            inbox = self.news.wait_timeout(inbox, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        let closed = inbox.closed;
        let taken = std::mem::replace(&mut *inbox, Inbox { closed, ..Inbox::default() });
        drop(inbox);
        if taken.entries.len() >= ENTRIES_MAX {
            self.room.notify_all();
        }
        taken
    }
}

/// Whoever writes the history.
pub(crate) struct Historian {
    desk: Arc<Desk>,
    /// None once it was closed: the file is free for the next node then.
    data: Mutex<Option<Arc<Database>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Historian {
    pub(crate) fn start(base: Base) -> std::io::Result<Self> {
        let data = Mutex::new(Some(base.data()));
        let desk = Arc::new(Desk::default());
        let mut pen = Pen { base, desk: Arc::clone(&desk) };
        let thread = std::thread::Builder::new().name("history".into()).spawn(move || pen.run())?;
        Ok(Self { desk, data, thread: Mutex::new(Some(thread)) })
    }

    /// Takes the next entries. Waits where it is far behind.
    pub(crate) fn tell(&self, applied: &[Arc<Applied>]) {
        let mut inbox = self.desk.inbox();
        while inbox.entries.len() >= ENTRIES_MAX {
            inbox = self.desk.room.wait(inbox).unwrap_or_else(PoisonError::into_inner);
        }
        inbox.entries.extend(applied.iter().map(Arc::clone));
        // Waking a thread costs more than all the rest: not for every entry.
        if inbox.asleep || inbox.entries.len() >= ENTRIES_ENOUGH {
            inbox.asleep = false;
            self.desk.news.notify_one();
        }
    }

    /// Waits until everything that was told is written.
    ///
    /// # Errors
    /// [`NodeError::History`].
    pub(crate) fn commit(&self, fate: Fate) -> Result<(), NodeError> {
        let (done, answer) = mpsc::sync_channel(1);
        let mut inbox = self.desk.inbox();
        // A closed history has everything already.
        if !inbox.closed {
            inbox.commits.push((fate, done));
            self.desk.news.notify_one();
            drop(inbox);
            let _ = answer.recv();
        }
        match self.broken() {
            None => Ok(()),
            Some(reason) => Err(NodeError::History { reason: reason.to_owned() }),
        }
    }

    /// Looks events up, everything that was told among them.
    ///
    /// # Errors
    /// [`NodeError::History`].
    pub(crate) fn look(&self, query: &HistoryQuery) -> Result<HistoryPage, NodeError> {
        self.commit(Fate::Seen)?;
        let data = self.data.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let closed = || NodeError::Stopped { reason: "it was closed".into() };
        look::page(&*data.ok_or_else(closed)?, query)
    }

    /// Why it writes nothing more; none while it does.
    pub(crate) fn broken(&self) -> Option<&str> {
        self.desk.broken.get().map(String::as_str)
    }

    /// Writes what was told, durably, and ends.
    pub(crate) fn close(&self) {
        self.desk.inbox().closed = true;
        self.desk.news.notify_one();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
        drop(self.data.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

struct Pen {
    base: Base,
    desk: Arc<Desk>,
}

impl Pen {
    fn run(&mut self) {
        loop {
            let Inbox { entries, commits, closed, .. } = self.desk.wait();
            let fate = commits.iter().map(|(fate, _)| *fate).max().unwrap_or(Fate::Seen);
            let fate = if closed { Fate::Durable } else { fate };
            self.attempt(|base| {
                entries.iter().try_for_each(|applied| base.push(applied))?;
                base.settle(fate)
            });
            for (_, done) in commits {
                // Whoever no longer waits need not hear it.
                let _ = done.send(());
            }
            if closed {
                return;
            }
        }
    }

    /// After the first failure nothing more is written: a history with a gap would be worse than none.
    fn attempt(&mut self, work: impl FnOnce(&mut Base) -> Result<(), NodeError>) {
        if self.desk.broken.get().is_none()
            && let Err(error) = work(&mut self.base)
        {
            let reason = match error {
                NodeError::History { reason } => reason,
                other => other.to_string(),
            };
            let _ = self.desk.broken.set(reason);
        }
    }
}
