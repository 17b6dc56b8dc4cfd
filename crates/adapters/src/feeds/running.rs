use std::sync::Arc;

use cistern_units::Time;
use rustls::ClientConfig;
use tokio::{sync::mpsc, task::JoinSet};

use super::{
    Feed, Heard, Key, LineParams, LiveParams, Way,
    backoff::Backoff,
    line::Line,
    poll::{self, Questions},
    socket, tls,
};

/// Tells the time; the node hands in its own.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// What may wait to be heard: then the feeds wait too, and venues that are not listened to close their lines.
const WAITING_MAX: usize = 1_024;

/// Feeds that run, each in a task of its own. Dropped, they stop.
pub struct Feeds {
    tasks: JoinSet<()>,
    heard: mpsc::Receiver<Heard>,
    out: mpsc::Sender<Heard>,
    tls: Arc<ClientConfig>,
    line: LineParams,
    clock: Clock,
    seed: u64,
}

impl Feeds {
    /// Starts every feed of the parameters. `seed` is the chance in their waits. To be called within a tokio runtime.
    #[must_use]
    pub fn start(params: &LiveParams, clock: Clock, seed: u64) -> Self {
        let mut feeds = Self::none(params.line, clock, seed);
        for feed in &params.feeds {
            feeds.add((feed.venue.make)(feed), feed.addresses.clone(), feed.key.clone());
        }
        feeds
    }

    /// No feed yet.
    #[must_use]
    pub fn none(line: LineParams, clock: Clock, seed: u64) -> Self {
        let (out, heard) = mpsc::channel(WAITING_MAX);
        Self { tasks: JoinSet::new(), heard, out, tls: tls::configuration(), line, clock, seed }
    }

    /// Starts one more, of any kind: the registry's, or somebody's own.
    pub fn add(&mut self, feed: Box<dyn Feed>, addresses: Vec<String>, key: Option<Key>) {
        let way = feed.way();
        let place = u64::try_from(self.tasks.len()).unwrap_or_default();
        let seed = self.seed.wrapping_add(place);
        let line = Line {
            feed,
            addresses,
            params: self.line,
            backoff: Backoff::new(self.line.backoff_first, self.line.backoff_max, seed),
            clock: Arc::clone(&self.clock),
            out: self.out.clone(),
            attempts: 0,
            garbled: 0,
        };
        let tls = Arc::clone(&self.tls);
        match way {
            Way::Socket { ping } => self.tasks.spawn(socket::run(line, ping, tls)),
            Way::Poll { paths, every } => {
                self.tasks.spawn(poll::run(line, Questions { paths, every, key }, tls))
            }
        };
    }

    /// The next thing heard, in the order of hearing; waits for it. Safe to cancel.
    pub async fn next(&mut self) -> Option<Heard> {
        self.heard.recv().await
    }

    /// Stops all feeds and waits until they have.
    pub async fn stop(mut self) {
        self.heard.close();
        self.tasks.shutdown().await;
    }
}
