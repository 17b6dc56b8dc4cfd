//! Markets of the past: recorded bars, or a crash rebuilt from a few published figures, as ticks in order of time.

mod bars;
mod borrowed;
mod convert;
mod crash;
mod error;
mod file_name;
mod folder;
mod merged;
mod sources;
mod ticks;

pub use bars::{Bar, Read, read_bars};
pub use crash::{HOURS, reconstructed};
pub use error::MarketError;
pub use folder::{crisis_names, load_crisis};
pub use sources::{SOURCES, quote, quotes};
pub use ticks::{Instant, Ticks};

/// Where prices come from; every report says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Recorded by a venue.
    Recorded,
    /// Generated with a seed from a few published figures.
    Reconstructed {
        /// The seed.
        seed: u64,
    },
}

/// What a series is a price of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The asset itself.
    Spot,
    /// A perpetual on it.
    Perp,
}

/// One price through time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Name of the asset.
    pub symbol: String,
    /// Spot or perpetual.
    pub kind: Kind,
    /// Where it comes from, for the report.
    pub source: String,
    /// Bars in order of time; a bar that is missing is not there.
    pub bars: Vec<Bar>,
}

/// A crisis: many prices through the same days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crisis {
    /// Name.
    pub name: String,
    /// Recorded or reconstructed.
    pub origin: Origin,
    /// The prices, ordered by symbol and kind.
    pub series: Vec<Series>,
    /// Remarks for the report: what was borrowed, converted, skipped.
    pub notes: Vec<String>,
}

impl Crisis {
    /// Longest interval of any bar, in milliseconds.
    #[must_use]
    pub fn coarsest_ms(&self) -> u64 {
        let bars = self.series.iter().flat_map(|series| &series.bars);
        bars.map(|bar| bar.interval_ms).max().unwrap_or(60_000)
    }

    /// All ticks in order of time.
    #[must_use]
    pub fn ticks(&self) -> Ticks<'_> {
        Ticks::new(&self.series)
    }
}
