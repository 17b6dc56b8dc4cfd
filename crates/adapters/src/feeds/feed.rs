use cistern_units::{Span, Time};

use super::{FeedError, Heard};

/// How a venue wants to be spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// Over a WebSocket that stays open.
    Socket {
        /// What keeps it open.
        ping: Ping,
    },
    /// By asking again and again over HTTP.
    Poll {
        /// What is asked in each round, behind the address; the answers are heard one by one.
        paths: Vec<String>,
        /// From one round to the next.
        every: Span,
    },
}

/// What keeps a line open from our side. A ping of the venue is answered by the WebSocket itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ping {
    /// Nothing: the venue pings, or has a channel of heartbeats.
    Theirs,
    /// A text, so often.
    Text(&'static str, Span),
}

/// The protocol of one venue: what to say, and what the answers mean. No I/O and no clock.
pub trait Feed: Send + Sync {
    /// Its name in the parameters and in all that is heard from it.
    fn name(&self) -> &str;

    /// How it is reached.
    fn way(&self) -> Way;

    /// A line is open: forgets what an earlier one had said, and returns what to say first.
    fn open(&mut self) -> Vec<String>;

    /// What a frame or the body of an answer means; nothing, where it is of no interest.
    ///
    /// # Errors
    /// [`FeedError`] where it is no message of this protocol, or shows that the line cannot be trusted any longer:
    /// see [`FeedError::ends_line`].
    fn hear(&mut self, frame: &[u8], now: Time) -> Result<Vec<Heard>, FeedError>;
}
