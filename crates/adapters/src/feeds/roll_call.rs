use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
    time::Duration,
};

use cistern_units::{Span, Time};
use tokio::time::{Instant, timeout_at};

use super::{Clock, FeedError, Feeds, Heard, LiveParams};

/// Which feeds were reached, which were not, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollCall {
    feeds: BTreeMap<Arc<str>, Standing>,
}

/// How it stands with one feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// How many symbols it is asked for.
    pub wanted: usize,
    /// Assets that it quoted; a feed of evidence names none, its messages do.
    pub quoted: BTreeSet<Arc<str>>,
    /// Signed messages that came.
    pub messages: u64,
    /// When it was last heard.
    pub heard_at: Option<Time>,
    /// What went wrong last, and when.
    pub trouble: Option<(FeedError, Time)>,
}

impl Standing {
    /// Has anything useful come from it?
    #[must_use]
    pub const fn is_reached(&self) -> bool {
        self.heard_at.is_some()
    }

    /// Is it reached, with all that it was asked for?
    fn is_whole(&self) -> bool {
        self.messages > 0 || self.quoted.len() >= self.wanted
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.is_reached(), &self.trouble) {
            (true, _) if self.messages > 0 => write!(f, "reached, {} signed messages", self.messages)?,
            (true, _) => write!(f, "reached, quotes {} of {}", self.quoted.len(), self.wanted)?,
            (false, Some(_)) => f.write_str("not reached")?,
            (false, None) => f.write_str("not reached yet")?,
        }
        match &self.trouble {
            Some((error, _)) if !self.is_reached() || !self.is_whole() => write!(f, ": it {error}"),
            _ => Ok(()),
        }
    }
}

impl RollCall {
    /// Nobody has answered yet.
    #[must_use]
    pub fn of(params: &LiveParams) -> Self {
        let feeds = params.feeds.iter();
        let standing = |wanted| Standing { wanted, ..Standing::default() };
        Self { feeds: feeds.map(|feed| (Arc::clone(&feed.name), standing(feed.symbols.len()))).collect() }
    }

    /// Takes in something that was heard.
    pub fn note(&mut self, heard: &Heard) {
        let Some(standing) = self.feeds.get_mut(heard.feed()) else { return };
        match heard {
            Heard::Quote(quote) => {
                standing.quoted.insert(Arc::clone(&quote.asset));
                standing.heard_at = standing.heard_at.max(Some(quote.at));
            }
            Heard::Evidence(evidence) => {
                standing.messages = standing.messages.saturating_add(1);
                standing.heard_at = standing.heard_at.max(Some(evidence.at));
            }
            Heard::Trouble(trouble) => standing.trouble = Some((trouble.error.clone(), trouble.at)),
        }
    }

    /// The feeds by name.
    pub fn feeds(&self) -> impl Iterator<Item = (&str, &Standing)> {
        self.feeds.iter().map(|(name, standing)| (&**name, standing))
    }

    /// Has every feed given all that it was asked for?
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.feeds.values().all(|standing| standing.is_reached() && standing.is_whole())
    }

    /// How many feeds were reached.
    #[must_use]
    pub fn reached(&self) -> usize {
        self.feeds.values().filter(|standing| standing.is_reached()).count()
    }
}

/// A line for each feed.
impl fmt::Display for RollCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.feeds.keys().map(|name| name.len()).max().unwrap_or(0);
        for (name, standing) in &self.feeds {
            writeln!(f, "{name:width$}  {standing}")?;
        }
        Ok(())
    }
}

/// Listens to all feeds until each has answered or the time is up, and stops them again.
pub async fn probe(params: &LiveParams, clock: Clock, seed: u64, within: Span) -> RollCall {
    let until = Instant::now() + Duration::from_millis(within.as_milliseconds());
    let mut roll = RollCall::of(params);
    let mut feeds = Feeds::start(params, clock, seed);
    while !roll.is_whole() {
        match timeout_at(until, feeds.next()).await {
            Ok(Some(heard)) => roll.note(&heard),
            Ok(None) | Err(_) => break,
        }
    }
    feeds.stop().await;
    roll
}
