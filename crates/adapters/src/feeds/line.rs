use std::{sync::Arc, time::Duration};

use cistern_units::{Span, Time};
use tokio::{sync::mpsc, time};

use super::{Clock, Feed, FeedError, Heard, LineParams, Trouble, backoff::Backoff};

/// Messages that are no messages, in a row, until a line is given up.
const GARBLED_MAX: u32 = 8;

/// What both runners need: a feed, where it is, with how much patience, and where to tell what is heard.
pub(crate) struct Line {
    pub(crate) feed: Box<dyn Feed>,
    pub(crate) addresses: Vec<String>,
    pub(crate) params: LineParams,
    pub(crate) backoff: Backoff,
    pub(crate) clock: Clock,
    pub(crate) out: mpsc::Sender<Heard>,
    pub(crate) attempts: usize,
    pub(crate) garbled: u32,
}

/// Why a runner stops doing what it does.
pub(crate) enum End {
    /// Nobody listens any longer.
    Unheard,
    /// The line is lost, or the round.
    Lost(FeedError),
}

impl Line {
    /// Where to try next: one address after the other.
    pub(crate) fn address(&self) -> String {
        let place = self.attempts.checked_rem(self.addresses.len()).unwrap_or(0);
        self.addresses.get(place).cloned().unwrap_or_default()
    }

    /// Tells that something went wrong, and waits before the next attempt: as long as the other side asked for, or as
    /// long as is due.
    pub(crate) async fn lose(&mut self, error: FeedError) -> Result<(), End> {
        self.attempts = self.attempts.wrapping_add(1);
        let wait = match error {
            FeedError::Busy { again, .. } => again,
            _ => self.backoff.wait(),
        };
        self.trouble(error).await?;
        time::sleep(duration(wait)).await;
        Ok(())
    }

    pub(crate) async fn trouble(&self, error: FeedError) -> Result<(), End> {
        self.tell(Heard::Trouble(Trouble { feed: Arc::from(self.feed.name()), error, at: self.now() })).await
    }

    async fn tell(&self, heard: Heard) -> Result<(), End> {
        self.out.send(heard).await.map_err(|_| End::Unheard)
    }

    /// Hears a frame, tells what it means, and how much there was to tell beside troubles.
    pub(crate) async fn hear(&mut self, frame: &[u8]) -> Result<usize, End> {
        match self.feed.hear(frame, self.now()) {
            Ok(all) => {
                self.garbled = 0;
                let told = all.iter().filter(|heard| !matches!(heard, Heard::Trouble(_))).count();
                if told > 0 {
                    // Not the connection but a price shows that it works: a server that only accepts is not hurried.
                    self.backoff.reset();
                }
                for heard in all {
                    self.tell(heard).await?;
                }
                Ok(told)
            }
            Err(error) if error.ends_line() => Err(End::Lost(error)),
            Err(error) => {
                self.garbled = self.garbled.saturating_add(1);
                self.trouble(error).await?;
                if self.garbled < GARBLED_MAX {
                    return Ok(0);
                }
                let count = std::mem::take(&mut self.garbled);
                Err(End::Lost(FeedError::Babble { count }))
            }
        }
    }

    fn now(&self) -> Time {
        (self.clock)()
    }
}

pub(crate) const fn duration(span: Span) -> Duration {
    Duration::from_millis(span.as_milliseconds())
}
