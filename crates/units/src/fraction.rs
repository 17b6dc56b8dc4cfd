use core::fmt;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::{Overflow, decimal::write_decimal, wide};

/// A part of a whole, from 0 to 1, in 1e-9: a haircut, a loading, a utilisation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, BorshSerialize)]
pub struct Fraction(u32);

impl Fraction {
    /// Decimals of a fraction.
    pub const PLACES: usize = 9;
    /// None of it.
    pub const ZERO: Self = Self(0);
    /// The whole.
    pub const ONE: Self = Self(1_000_000_000);

    /// A fraction of raw 1e-9; `None` above one.
    #[must_use]
    pub const fn new(raw: u32) -> Option<Self> {
        if raw <= Self::ONE.0 { Some(Self(raw)) } else { None }
    }

    /// A fraction in basis points; at most the whole.
    #[must_use]
    pub const fn basis_points(points: u16) -> Self {
        #[allow(
            clippy::as_conversions,
            clippy::arithmetic_side_effects,
            reason = "10,000 x 100,000 fit 32 bits"
        )]
        if points >= 10_000 { Self::ONE } else { Self(points as u32 * 100_000) }
    }

    /// The raw 1e-9.
    #[must_use]
    pub const fn raw(self) -> u32 {
        self.0
    }

    /// The rest of the whole.
    #[must_use]
    pub const fn complement(self) -> Self {
        Self(Self::ONE.0.saturating_sub(self.0))
    }

    /// The middle between two fractions, rounded up.
    #[must_use]
    pub fn middle_up(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0).div_ceil(2))
    }
}

impl BorshDeserialize for Fraction {
    fn deserialize_reader<R: borsh::io::Read>(reader: &mut R) -> borsh::io::Result<Self> {
        Self::new(u32::deserialize_reader(reader)?).ok_or_else(|| borsh::io::ErrorKind::InvalidData.into())
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, "", u128::from(self.0), Self::PLACES)
    }
}

/// A multiple, from 0 to about eighteen billion, in 1e-9: a health, a leverage, a scale of a tier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Ratio(u64);

impl Ratio {
    /// Decimals of a ratio.
    pub const PLACES: usize = 9;
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// Once.
    pub const ONE: Self = Self(1_000_000_000);
    /// The largest ratio; a larger one is shown as this.
    pub const MAX: Self = Self(u64::MAX);

    /// A ratio of raw 1e-9.
    #[must_use]
    pub const fn new(raw: u64) -> Self {
        Self(raw)
    }

    /// The raw 1e-9.
    #[must_use]
    pub const fn raw(self) -> u64 {
        self.0
    }

    /// The product of two ratios, rounded up.
    ///
    /// # Errors
    /// [`Overflow`] above 64 bits.
    pub fn times_up(self, other: Self) -> Result<Self, Overflow> {
        let raw = wide::multiply_divide_up(u128::from(self.0), u128::from(other.0), u128::from(Self::ONE.0));
        raw.and_then(|raw| u64::try_from(raw).ok()).map(Self).ok_or(Overflow)
    }
}

impl From<Fraction> for Ratio {
    fn from(fraction: Fraction) -> Self {
        Self(u64::from(fraction.0))
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, "", u128::from(self.0), Self::PLACES)
    }
}

/// A signed part of a whole, in 1e-9: a premium of mark over index, a funding rate, an interest rate a year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Signed(i64);

impl Signed {
    /// Decimals of a signed fraction.
    pub const PLACES: usize = 9;
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// One, the whole.
    pub const ONE: Self = Self(1_000_000_000);

    /// A signed fraction of raw 1e-9.
    #[must_use]
    pub const fn new(raw: i64) -> Self {
        Self(raw)
    }

    /// The raw 1e-9.
    #[must_use]
    pub const fn raw(self) -> i64 {
        self.0
    }

    /// The nearest number within `[-bound, bound]`.
    #[must_use]
    pub fn clamped(self, bound: Fraction) -> Self {
        let bound = i64::from(bound.raw());
        Self(self.0.clamp(bound.saturating_neg(), bound))
    }
}

impl fmt::Display for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, if self.0 < 0 { "-" } else { "" }, u128::from(self.0.unsigned_abs()), Self::PLACES)
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn a_fraction_above_one_does_not_exist() {
        assert_eq!(Fraction::new(1_000_000_001), None);
        assert!(borsh::from_slice::<Fraction>(&1_000_000_001_u32.to_le_bytes()).is_err());
        assert_eq!(Fraction::basis_points(10_001), Fraction::ONE);
    }

    #[test]
    fn the_middle_of_an_odd_band_rounds_up() {
        let (low, high) = (Fraction::new(1).unwrap(), Fraction::new(2).unwrap());
        assert_eq!(low.middle_up(high), high);
    }

    #[test]
    fn numbers_show_their_decimals() {
        assert_eq!(Fraction::basis_points(1_500).to_string(), "0.150000000");
        assert_eq!(Signed::new(-5).to_string(), "-0.000000005");
        assert_eq!(Ratio::new(1_250_000_000).times_up(Ratio::new(1)).unwrap(), Ratio::new(2));
    }
}
