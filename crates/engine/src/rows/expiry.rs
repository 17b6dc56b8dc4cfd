use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::{Span, Time};

use crate::ids::FeedId;

/// A moment at which what is written on one index is settled, until it has been: the average that it is settled at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
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
}

impl Expiry {
    /// One of which nothing has been seen.
    #[must_use]
    pub const fn new(feed: FeedId, at: Time, forward: FeedId) -> Self {
        let (sum, covered, averaged_at) = (0, Span::ZERO, Time::ZERO);
        Self { feed, at, forward, sum, covered, averaged_at, delayed: false }
    }

    /// Place in the list.
    #[must_use]
    pub const fn key(&self) -> (FeedId, Time) {
        (self.feed, self.at)
    }
}
