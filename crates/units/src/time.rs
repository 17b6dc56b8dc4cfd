use core::fmt;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::Overflow;

/// A moment, in milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Time(u64);

impl Time {
    /// The beginning.
    pub const ZERO: Self = Self(0);

    /// A moment of Unix milliseconds.
    #[must_use]
    pub const fn milliseconds(ms: u64) -> Self {
        Self(ms)
    }

    /// Unix milliseconds.
    #[must_use]
    pub const fn as_milliseconds(self) -> u64 {
        self.0
    }

    /// The moment a span later.
    ///
    /// # Errors
    /// [`Overflow`] at the end of time.
    pub fn plus(self, span: Span) -> Result<Self, Overflow> {
        self.0.checked_add(span.0).map(Self).ok_or(Overflow)
    }

    /// Time that passed since `earlier`; nothing where that lies ahead.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

/// A length of time, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Span(u64);

impl Span {
    /// No time.
    pub const ZERO: Self = Self(0);
    /// One second.
    pub const SECOND: Self = Self(1_000);
    /// One hour.
    pub const HOUR: Self = Self(3_600_000);
    /// One day.
    pub const DAY: Self = Self(86_400_000);
    /// One year of 365 days.
    pub const YEAR: Self = Self(31_536_000_000);

    /// A span of milliseconds.
    #[must_use]
    pub const fn milliseconds(ms: u64) -> Self {
        Self(ms)
    }

    /// A span of seconds.
    #[must_use]
    pub const fn seconds(seconds: u32) -> Self {
        #[allow(clippy::as_conversions, clippy::arithmetic_side_effects, reason = "32 bits x 1,000 fit 64")]
        Self(seconds as u64 * 1_000)
    }

    /// Its milliseconds.
    #[must_use]
    pub const fn as_milliseconds(self) -> u64 {
        self.0
    }

    /// Its whole seconds.
    #[must_use]
    pub const fn as_seconds(self) -> u64 {
        self.0.div_euclid(1_000)
    }

    /// Has any time passed?
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.as_seconds();
        let parts = [(86_400, "d"), (3_600, "h"), (60, "min")];
        for (length, name) in parts {
            if seconds >= length && seconds.checked_rem(length) == Some(0) {
                return write!(f, "{} {name}", seconds.checked_div(length).unwrap_or(0));
            }
        }
        write!(f, "{seconds} s")
    }
}
