//! What everybody may look at: where the node is, and what happened lately.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use cistern_engine::event::Event;
use cistern_units::Time;

use crate::apply::{Applied, Mark};

/// Events in the memory of the latest entries: one tick of many prices has hundreds, so entries alone are no bound.
const EVENTS_MAX: usize = 262_144;

const HOUR: Duration = Duration::from_secs(3_600);

/// Does the node order commands?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Yes.
    Running,
    /// No more. What was applied can be read.
    Stopped {
        /// Why.
        reason: Arc<str>,
    },
}

/// Where a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of the last entry that was applied.
    pub height: u64,
    /// Number of the last event.
    pub seq: u64,
    /// The latest time of all entries.
    pub time: Time,
    /// Chain over all entries and what came of them.
    pub chain: [u8; 32],
    /// Bytes of the whole log; none in memory.
    pub log_bytes: u64,
    /// Height of the latest snapshot.
    pub last_snapshot: Option<u64>,
    /// Does it order commands?
    pub status: Status,
    /// What does not stop it, but should be looked at: a snapshot or the history could not be written.
    pub warning: Option<Arc<str>>,
}

/// An event with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbered {
    /// Number of the event, from 1.
    pub seq: u64,
    /// Number of its entry.
    pub height: u64,
    /// Time of its entry.
    pub time: Time,
    /// The event.
    pub event: Event,
}

/// Events from there on are no longer in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("events before {oldest} are no longer in memory; read the state anew and go on from {oldest}")]
pub struct Gone {
    /// The oldest event that is, or will be.
    pub oldest: u64,
}

/// Why a subscription has nothing to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubscriptionError {
    /// Entries went by unread; the next call goes on with the oldest that is still there.
    #[error("{missed} entries went by unread; read the state anew and go on")]
    Lagged {
        /// How many.
        missed: u64,
    },
    /// The node was closed and everything was read.
    #[error("the node was closed")]
    Closed,
}

#[derive(Debug)]
struct Lines {
    head: Head,
    /// The latest entries, without a gap, up to the head.
    ring: VecDeque<Arc<Applied>>,
    events: usize,
    /// Subscribers that sleep.
    waiting: usize,
    closed: bool,
}

impl Lines {
    fn trim(&mut self, recent_max: usize) {
        while self.ring.len() > recent_max || self.events > EVENTS_MAX {
            let Some(oldest) = self.ring.pop_front() else { break };
            self.events -= oldest.events().len();
        }
    }
}

/// The board.
#[derive(Debug)]
pub(crate) struct Board {
    lines: Mutex<Lines>,
    news: Condvar,
    recent_max: usize,
}

impl Board {
    /// A board at a place, with the entries before it.
    pub(crate) fn new(mark: Mark, ring: VecDeque<Arc<Applied>>, recent_max: usize) -> Self {
        let head = Head {
            height: mark.height,
            seq: mark.seq,
            time: mark.time,
            chain: mark.chain,
            log_bytes: 0,
            last_snapshot: None,
            status: Status::Running,
            warning: None,
        };
        let events = ring.iter().map(|applied| applied.events().len()).sum();
        let recent_max = recent_max.max(1);
        let mut lines = Lines { head, ring, events, waiting: 0, closed: false };
        lines.trim(recent_max);
        Self { lines: Mutex::new(lines), news: Condvar::new(), recent_max }
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        // Whoever panicked held lines that are whole after each statement.
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn head(&self) -> Head {
        self.lines().head.clone()
    }

    /// Puts up the next entries.
    pub(crate) fn publish(&self, news: &[Arc<Applied>], mark: &Mark) {
        let mut lines = self.lines();
        for applied in news {
            lines.events += applied.events().len();
            lines.ring.push_back(Arc::clone(applied));
        }
        lines.trim(self.recent_max);
        let head = &mut lines.head;
        (head.height, head.seq, head.time, head.chain) = (mark.height, mark.seq, mark.time, mark.chain);
        if lines.waiting > 0 {
            self.news.notify_all();
        }
    }

    /// Says that nothing more is ordered; the first reason stands.
    pub(crate) fn stop(&self, reason: &Arc<str>) {
        let mut lines = self.lines();
        if lines.head.status == Status::Running {
            lines.head.status = Status::Stopped { reason: Arc::clone(reason) };
        }
    }

    /// Says that there is a snapshot.
    pub(crate) fn snapshot(&self, height: u64) {
        self.lines().head.last_snapshot = Some(height);
    }

    /// Says what should be looked at.
    pub(crate) fn warn(&self, warning: Option<Arc<str>>) {
        self.lines().head.warning = warning;
    }

    /// Says that nothing more will be put up.
    pub(crate) fn close(&self) {
        self.lines().closed = true;
        self.news.notify_all();
    }

    /// Events from a number on, at most `limit`.
    pub(crate) fn recent(&self, from_seq: u64, limit: usize) -> Result<Vec<Numbered>, Gone> {
        let lines = self.lines();
        let oldest = lines.ring.front().map_or(lines.head.seq + 1, |applied| applied.first_seq);
        if from_seq < oldest {
            return Err(Gone { oldest });
        }
        let start = lines.ring.partition_point(|applied| applied.last_seq() < from_seq);
        let events = lines.ring.range(start..).flat_map(|applied| {
            let numbers = applied.first_seq..;
            numbers.zip(applied.events()).map(|(seq, event)| Numbered {
                seq,
                height: applied.height,
                time: applied.entry.time,
                event: event.clone(),
            })
        });
        Ok(events.skip_while(|numbered| numbered.seq < from_seq).take(limit).collect())
    }
}

/// Everything that is applied from some moment on, in order. It keeps nothing of its own: who reads too slowly for the
/// node's memory of the latest entries is told so.
#[derive(Debug)]
pub struct Subscription {
    board: Arc<Board>,
    next: u64,
}

impl Subscription {
    pub(crate) fn new(board: Arc<Board>) -> Self {
        let next = board.lines().head.height + 1;
        Self { board, next }
    }

    /// The height of the entry that comes next.
    #[must_use]
    pub fn next_height(&self) -> u64 {
        self.next
    }

    /// The next entry; waits for it.
    ///
    /// # Errors
    /// [`SubscriptionError`].
    pub fn recv(&mut self) -> Result<Arc<Applied>, SubscriptionError> {
        loop {
            if let Some(applied) = self.recv_timeout(HOUR)? {
                return Ok(applied);
            }
        }
    }

    /// The next entry, if it is there.
    ///
    /// # Errors
    /// [`SubscriptionError`].
    pub fn try_recv(&mut self) -> Result<Option<Arc<Applied>>, SubscriptionError> {
        self.recv_timeout(Duration::ZERO)
    }

    /// The next entry; waits for it, but not longer than `patience`.
    ///
    /// # Errors
    /// [`SubscriptionError`].
    pub fn recv_timeout(&mut self, patience: Duration) -> Result<Option<Arc<Applied>>, SubscriptionError> {
        Ok(self.recv_many(1, patience)?.pop())
    }

    /// The next entries, at most `limit`; waits for the first of them, but not longer than `patience`.
    ///
    /// # Errors
    /// [`SubscriptionError`].
    pub fn recv_many(
        &mut self,
        limit: usize,
        patience: Duration,
    ) -> Result<Vec<Arc<Applied>>, SubscriptionError> {
        // A patience beyond what the system can count is one without end.
        let until = Instant::now().checked_add(patience);
        let mut lines = self.board.lines();
        while lines.head.height < self.next {
            let left = until.map_or(HOUR, |until| until.saturating_duration_since(Instant::now()));
            if lines.closed {
                return Err(SubscriptionError::Closed);
            }
            if left.is_zero() {
                return Ok(Vec::new());
            }
            lines.waiting += 1;
            lines = self.board.news.wait_timeout(lines, left).unwrap_or_else(PoisonError::into_inner).0;
            lines.waiting -= 1;
        }
        let oldest = lines.ring.front().map_or(lines.head.height + 1, |applied| applied.height);
        if self.next < oldest {
            let missed = oldest - self.next;
            self.next = oldest;
            return Err(SubscriptionError::Lagged { missed });
        }
        let start = usize::try_from(self.next - oldest).unwrap_or(usize::MAX).min(lines.ring.len());
        let found: Vec<_> = lines.ring.range(start..).take(limit).map(Arc::clone).collect();
        self.next += found.len() as u64;
        Ok(found)
    }
}
