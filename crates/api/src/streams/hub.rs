//! What is told on each channel, and who listens.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use tokio::sync::watch;

use crate::{
    answer::Place,
    errors::{Code, Failure},
    streams::{
        Channel, Line,
        line::Kind,
        ring::{Ring, Told},
    },
};

/// Channels that are told at once: the fixed ones and so many accounts, each some milliseconds of a second's work.
const CHANNELS_MAX: usize = 4_096;

/// The state of a channel, as it was told last.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    /// Counts the states of this channel.
    pub(crate) version: u64,
    pub(crate) place: Place,
    pub(crate) data: Arc<str>,
    pub(crate) line: Line,
}

#[derive(Debug, Default)]
struct Topic {
    listeners: usize,
    latest: Option<Standing>,
}

/// What is told on each channel, and who listens.
#[derive(Debug)]
pub(crate) struct Hub {
    topics: Mutex<HashMap<Channel, Topic>>,
    ring: RwLock<Ring>,
    /// Counts up whenever there is something new to tell.
    changed: watch::Sender<u64>,
}

impl Default for Hub {
    fn default() -> Self {
        Self { topics: Mutex::default(), ring: RwLock::default(), changed: watch::Sender::new(0) }
    }
}

impl Hub {
    fn topics(&self) -> MutexGuard<'_, HashMap<Channel, Topic>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes whoever waits for news.
    pub(crate) fn wake(&self) {
        self.changed.send_modify(|version| *version = version.wrapping_add(1));
    }

    /// Waits for news.
    pub(crate) fn news(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// One more listens.
    ///
    /// # Errors
    /// Too many channels are listened to.
    pub(crate) fn join(&self, channel: Channel) -> Result<(), Failure> {
        let mut topics = self.topics();
        if topics.len() >= CHANNELS_MAX && !topics.contains_key(&channel) {
            let message = "too many accounts are listened to; listen to fewer, or to events";
            return Err(
                Failure::new(Code::QUEUE_FULL, message).retry_after(std::time::Duration::from_secs(1))
            );
        }
        topics.entry(channel).or_default().listeners += 1;
        Ok(())
    }

    /// One listens no more.
    pub(crate) fn leave(&self, channel: Channel) {
        let mut topics = self.topics();
        if let Some(topic) = topics.get_mut(&channel) {
            topic.listeners -= 1;
            if topic.listeners == 0 {
                topics.remove(&channel);
            }
        }
        if channel.is_numbered() && !topics.keys().any(|channel| channel.is_numbered()) {
            drop(topics);
            self.ring.write().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    /// Channels that are listened to, and what was told last.
    pub(crate) fn states(&self) -> Vec<(Channel, Option<Arc<str>>)> {
        let topics = self.topics();
        let states = topics.iter().filter(|(channel, _)| !channel.is_numbered());
        states
            .map(|(channel, topic)| (*channel, topic.latest.as_ref().map(|told| Arc::clone(&told.data))))
            .collect()
    }

    /// Does anybody listen to events?
    pub(crate) fn tells_events(&self) -> bool {
        self.topics().keys().any(|channel| channel.is_numbered())
    }

    /// Tells the state of a channel to all who listen; nothing where nobody does.
    pub(crate) fn tell(&self, channel: Channel, place: Place, data: Arc<str>) -> Option<Standing> {
        let line = Line::new(channel, Kind::Update, place, &data);
        let mut topics = self.topics();
        let topic = topics.get_mut(&channel)?;
        let version = topic.latest.as_ref().map_or(1, |told| told.version + 1);
        let told = Standing { version, place, data, line };
        topic.latest = Some(told.clone());
        Some(told)
    }

    /// What was told last.
    pub(crate) fn latest(&self, channel: Channel) -> Option<Standing> {
        self.topics().get(&channel)?.latest.clone()
    }

    /// Appends events.
    pub(crate) fn append(&self, events: impl IntoIterator<Item = Told>) {
        let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        events.into_iter().for_each(|told| ring.push(told));
    }

    /// Events from a number on; none where they are not kept here.
    pub(crate) fn events_from(&self, seq: u64, limit: usize) -> Option<Vec<Told>> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).from(seq, limit)
    }
}
