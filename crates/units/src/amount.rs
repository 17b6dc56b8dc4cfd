use core::fmt;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::{Overflow, decimal::write_decimal, wide};

/// How many decimals the smallest unit of an asset stands for: 6 for USDC, 18 for ETH; 18 at the most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, BorshSerialize)]
pub struct Decimals(u8);

impl Decimals {
    /// Most decimals that an asset may have: above, no price product would be exact.
    pub const MAX: u8 = 18;

    /// Decimals of an asset; `None` above [`Self::MAX`].
    #[must_use]
    pub const fn new(decimals: u8) -> Option<Self> {
        if decimals <= Self::MAX { Some(Self(decimals)) } else { None }
    }

    /// The number of decimals, as a power of ten.
    #[must_use]
    #[inline]
    pub fn places(self) -> usize {
        usize::from(self.0)
    }
}

impl BorshDeserialize for Decimals {
    fn deserialize_reader<R: borsh::io::Read>(reader: &mut R) -> borsh::io::Result<Self> {
        Self::new(u8::deserialize_reader(reader)?).ok_or_else(|| borsh::io::ErrorKind::InvalidData.into())
    }
}

/// An amount of one asset, in its smallest unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Amount(u128);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount of smallest units.
    #[must_use]
    pub const fn new(units: u128) -> Self {
        Self(units)
    }

    /// The number of smallest units.
    #[must_use]
    pub const fn units(self) -> u128 {
        self.0
    }

    /// Is it nothing?
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum.
    ///
    /// # Errors
    /// [`Overflow`] above 128 bits.
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_add(other.0).map(Self).ok_or(Overflow)
    }

    /// What is left after `other` is taken away; `None` where that is more than there is.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// What is left, or nothing.
    #[must_use]
    pub fn minus_or_zero(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Decimal text in whole units of the asset.
    #[must_use]
    pub fn display(self, decimals: Decimals) -> impl fmt::Display {
        Shown(self.0, decimals.places())
    }

    /// `self * numerator / denominator`, rounded down.
    ///
    /// # Errors
    /// [`Overflow`] where the denominator is zero or the result leaves 128 bits.
    pub fn scaled_down(self, numerator: u128, denominator: u128) -> Result<Self, Overflow> {
        wide::multiply_divide_down(self.0, numerator, denominator).map(Self).ok_or(Overflow)
    }

    /// `self * numerator / denominator`, rounded up.
    ///
    /// # Errors
    /// [`Overflow`] where the denominator is zero or the result leaves 128 bits.
    pub fn scaled_up(self, numerator: u128, denominator: u128) -> Result<Self, Overflow> {
        wide::multiply_divide_up(self.0, numerator, denominator).map(Self).ok_or(Overflow)
    }
}

struct Shown(u128, usize);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, "", self.0, self.1)
    }
}

/// A part of a lending pool's deposits or debts: what it is worth in units grows with interest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Shares(u128);

impl Shares {
    /// No shares.
    pub const ZERO: Self = Self(0);

    /// A raw number of shares.
    #[must_use]
    pub const fn new(raw: u128) -> Self {
        Self(raw)
    }

    /// The raw number of shares.
    #[must_use]
    pub const fn raw(self) -> u128 {
        self.0
    }

    /// Are there none?
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum.
    ///
    /// # Errors
    /// [`Overflow`] above 128 bits.
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_add(other.0).map(Self).ok_or(Overflow)
    }

    /// What is left; `None` where more is taken than there is.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn decimals_above_eighteen_do_not_exist() {
        assert!(Decimals::new(18).is_some());
        assert_eq!(Decimals::new(19), None);
        assert!(borsh::from_slice::<Decimals>(&[19]).is_err());
    }

    #[test]
    fn an_amount_is_shown_in_whole_units() {
        let six = Decimals::new(6).unwrap();
        assert_eq!(Amount::new(1_500_000).display(six).to_string(), "1.500000");
        assert_eq!(Amount::new(7).display(Decimals::new(0).unwrap()).to_string(), "7");
    }

    #[test]
    fn nothing_wraps_around() {
        assert_eq!(Amount::new(u128::MAX).plus(Amount::new(1)), Err(Overflow));
        assert_eq!(Amount::new(1).minus(Amount::new(2)), None);
        assert_eq!(Amount::new(1).minus_or_zero(Amount::new(2)), Amount::ZERO);
        assert_eq!(Shares::new(1).minus(Shares::new(2)), None);
    }
}
