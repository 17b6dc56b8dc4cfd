use core::fmt;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::{Decimals, Overflow, decimal::write_decimal};

/// Size of a derivative position in the market's smallest size: positive is long, negative is short.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Size(i64);

impl Size {
    /// No position.
    pub const ZERO: Self = Self(0);

    /// A size in the market's smallest size.
    #[must_use]
    pub const fn new(raw: i64) -> Self {
        Self(raw)
    }

    /// The raw number of smallest sizes.
    #[must_use]
    pub const fn raw(self) -> i64 {
        self.0
    }

    /// Is there no position?
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Does it gain when the price falls?
    #[must_use]
    pub const fn is_short(self) -> bool {
        self.0 < 0
    }

    /// Does it gain when the price rises?
    #[must_use]
    pub const fn is_long(self) -> bool {
        self.0 > 0
    }

    /// How large it is, whatever its side.
    #[must_use]
    pub const fn magnitude(self) -> u64 {
        self.0.unsigned_abs()
    }

    /// The size without its side.
    ///
    /// # Errors
    /// [`Overflow`] for the one number without an opposite.
    pub fn absolute(self) -> Result<Self, Overflow> {
        self.0.checked_abs().map(Self).ok_or(Overflow)
    }

    /// The sum.
    ///
    /// # Errors
    /// [`Overflow`] beyond 63 bits.
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_add(other.0).map(Self).ok_or(Overflow)
    }

    /// The same size on the other side.
    ///
    /// # Errors
    /// [`Overflow`] for the one number without an opposite.
    pub fn reversed(self) -> Result<Self, Overflow> {
        self.0.checked_neg().map(Self).ok_or(Overflow)
    }

    /// Decimal text in whole contracts.
    #[must_use]
    pub fn display(self, decimals: Decimals) -> impl fmt::Display {
        Shown(self, decimals.places())
    }
}

struct Shown(Size, usize);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, if self.0.is_short() { "-" } else { "" }, u128::from(self.0.magnitude()), self.1)
    }
}
