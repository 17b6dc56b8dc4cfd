use alloc::vec::Vec;

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::{Price, Time};

use crate::ids::SourceId;

/// What one source last said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Report {
    /// Who.
    pub source: SourceId,
    /// Price.
    pub price: Price,
    /// Half width of the source's own confidence interval, in raw price units.
    pub confidence: u128,
    /// When it was published.
    pub published_at: Time,
    /// Orders reports of the same time.
    pub sequence: u64,
    /// Last moment at which it counts.
    pub counts_until: Time,
    /// A jump that waits for the next report to confirm it.
    pub unconfirmed: Option<Price>,
}

/// How much evidence stands behind a price [O5].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub enum Validity {
    /// One live group or none: reduce only, the asset is frozen.
    #[default]
    Frozen,
    /// Two groups that disagree: marks go on; no new debt, no liquidation.
    Disputed,
    /// Two groups that agree: marks go on and liquidations too; no new debt.
    Reduced,
    /// Three groups or more: everything.
    Full,
}

/// The price of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Quote {
    /// Median over operator groups [O1].
    pub price: Price,
    /// The larger of the median's confidence and half the middle spread [O1], in raw price units.
    pub uncertainty: u128,
    /// Distance of the two middle votes where their number is even, in raw price units: what is owned counts at the lower
    /// of them, what is owed at the upper; `price` lies between.
    pub spread: u128,
    /// When it was computed.
    pub at: Time,
}

impl Quote {
    /// The lower of the two middle votes.
    #[must_use]
    pub fn lower_middle(&self) -> Price {
        Price::clamped(self.price.raw().saturating_sub(self.spread.div_euclid(2)))
    }

    /// The upper of the two middle votes.
    #[must_use]
    pub fn upper_middle(&self) -> Price {
        Price::clamped(self.price.raw().saturating_add(self.spread.div_ceil(2)))
    }
}

/// A redemption rate and its time: they change together or not at all [O4].
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Rate {
    /// Units of the underlying for one unit of the asset.
    pub ratio: Price,
    /// When it held.
    pub at: Time,
    /// Orders rates of the same time.
    pub sequence: u64,
}

/// What a feed knows of its redemption rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct RateState {
    /// What counts, and from where growth is measured.
    pub anchor: Rate,
    /// The last that was heard, which may have grown faster than it may.
    pub heard: Rate,
    /// Since when a fall too deep to believe at once has been reported.
    pub fallen_since: Option<Time>,
}

/// Memory of the stable price [O2].
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct StableState {
    /// The stable price.
    pub price: Price,
    /// Hourly delay prices, one a place; `delay_place` is the oldest.
    pub delay: [Price; 24],
    /// Which delay price is the oldest.
    pub delay_place: u8,
    /// When the current hour began.
    pub hour_began: Time,
    /// Sum of price x milliseconds within the current hour, in raw price units.
    pub hour_sum: u128,
    /// Milliseconds that the sum covers.
    pub hour_covered: u64,
    /// Last update.
    pub updated_at: Time,
}

/// What changes about a feed while the pool runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Feed {
    /// Last report of each source that has ever reported, ordered by source.
    pub reports: Vec<Report>,
    /// The price, once there was a first one.
    pub quote: Option<Quote>,
    /// The stable price, once there was a first price.
    pub stable: Option<StableState>,
    /// How much evidence stands behind the price.
    pub validity: Validity,
    /// Since when the feed has been more than frozen; liquidations wait for a grace after it.
    pub live_since: Time,
    /// The redemption rate, once there was a first one.
    pub rate: Option<RateState>,
    /// Since when the market has stood below redemption.
    pub discount_since: Option<Time>,
}
