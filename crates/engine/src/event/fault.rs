use borsh::{BorshDeserialize, BorshSerialize};

/// Why a price report does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum ReportFault {
    /// No such feed or source.
    Unknown,
    /// Older than a report may be.
    Stale,
    /// Further ahead of the pool's clock than a report may be.
    Ahead,
    /// Not newer than the source's last report.
    NotNewer,
    /// Its confidence interval is too wide.
    Uncertain,
    /// Too far from the source's last report; counts when the next report confirms it.
    Jump,
    /// The source reports by evidence alone, and there was none.
    Unsigned,
    /// The first word of a source, too far from what the feed is worth: wired to something else, or in another unit.
    Apart,
    /// A volatility that cannot be one: none, or an absurd one.
    Bounds,
    /// What it speaks of has expired.
    Expired,
}
