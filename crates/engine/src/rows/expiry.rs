use alloc::vec::Vec;

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::{Span, Time};

use crate::{
    act::Smile,
    ids::{FeedId, SourceId},
    rows::Validity,
};

/// What one source last said of an expiry's volatilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct SurfaceWord {
    /// Who.
    pub source: SourceId,
    /// What.
    pub smile: Smile,
    /// When it was published.
    pub published_at: Time,
}

/// Volatilities of an expiry [E2].
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Surface {
    /// Last word of each source that has ever reported, ordered by source.
    pub words: Vec<SurfaceWord>,
    /// The middle over operator groups, once there were two.
    pub smile: Option<Smile>,
    /// How old it is: the oldest word in it.
    pub at: Time,
    /// How much evidence stands behind it.
    pub validity: Validity,
}

/// A moment at which what is written on one index is settled, until it has been: the average that it is settled at.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Expiry {
    /// Feed of the index.
    pub feed: FeedId,
    /// When.
    pub at: Time,
    /// Feed of the price for that moment.
    pub forward: FeedId,
    /// Sum of index price x milliseconds that the average covers so far, in raw price units [E1].
    pub sum: u128,
    /// Time that the sum covers.
    pub covered: Span,
    /// Up to when the average has been computed.
    pub averaged_at: Time,
    /// Was it said that too little of the index was seen to settle?
    pub delayed: bool,
    /// Volatilities until then.
    pub surface: Surface,
}

impl Expiry {
    /// One of which nothing has been seen.
    #[must_use]
    pub const fn new(feed: FeedId, at: Time, forward: FeedId) -> Self {
        let (sum, covered, averaged_at) = (0, Span::ZERO, Time::ZERO);
        let surface = Surface { words: Vec::new(), smile: None, at: Time::ZERO, validity: Validity::Frozen };
        Self { feed, at, forward, sum, covered, averaged_at, delayed: false, surface }
    }

    /// Place in the list.
    #[must_use]
    pub const fn key(&self) -> (FeedId, Time) {
        (self.feed, self.at)
    }
}
