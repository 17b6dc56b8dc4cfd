use std::{fmt, sync::Arc};

use cistern_attest::Kind;
use cistern_units::{Price, Time};

use super::FeedError;

/// What came from a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A price that nobody signed.
    Quote(Quote),
    /// A signed message, as its network made it.
    Evidence(Evidence),
    /// Why nothing comes.
    Trouble(Trouble),
}

/// The middle of an exchange's market.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The feed.
    pub feed: Arc<str>,
    /// What is priced, as the parameters call it.
    pub asset: Arc<str>,
    /// The same as the venue calls it.
    pub symbol: Arc<str>,
    /// What one dollar of the price is in truth: `USD`, or the coin that the venue counts in, like `USDT`.
    pub unit: Arc<str>,
    /// Middle of best bid and best ask, rounded down.
    pub price: Price,
    /// Half their distance in raw price units, rounded up.
    pub confidence: u128,
    /// When the venue said it, by its own clock where it tells; never after it was heard.
    pub at: Time,
}

/// A signed message. It is not verified here.
#[derive(Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The feed.
    pub feed: Arc<str>,
    /// What to decode it as.
    pub kind: Kind,
    /// The message.
    pub bytes: Vec<u8>,
    /// When it was heard; when it was signed is inside.
    pub at: Time,
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Evidence({}, {}, {} bytes at {:?})", self.feed, self.kind, self.bytes.len(), self.at)
    }
}

/// Something that a feed could not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The feed.
    pub feed: Arc<str>,
    /// What and why.
    pub error: FeedError,
    /// When it was noticed.
    pub at: Time,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.feed, self.error)
    }
}

impl Heard {
    /// The feed that it is from.
    #[must_use]
    pub fn feed(&self) -> &str {
        match self {
            Self::Quote(quote) => &quote.feed,
            Self::Evidence(evidence) => &evidence.feed,
            Self::Trouble(trouble) => &trouble.feed,
        }
    }
}
