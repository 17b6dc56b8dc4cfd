use core::fmt;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::{Amount, Overflow, Shares, decimal::write_decimal, wide};

/// What one share of a lending pool is worth in units, as a binary fixed-point number with 64 fractional bits.
///
/// Binary, because a million accounts are revalued through it at each tick: a product and a shift, no division.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Index(u128);

impl Index {
    /// One unit a share.
    pub const ONE: Self = Self(1 << 64);

    /// An index of raw 2^-64.
    #[must_use]
    pub const fn new(raw: u128) -> Self {
        Self(raw)
    }

    /// The raw 2^-64.
    #[must_use]
    pub const fn raw(self) -> u128 {
        self.0
    }

    /// `total / shares`, rounded down: what a share is worth to its owner.
    ///
    /// # Errors
    /// [`Overflow`] without shares, or where the index leaves 128 bits.
    pub fn of_down(total: Amount, shares: Shares) -> Result<Self, Overflow> {
        wide::multiply_divide_down(total.units(), Self::ONE.0, shares.raw()).map(Self).ok_or(Overflow)
    }

    /// `total / shares`, rounded up: what a share of debt costs to repay.
    ///
    /// # Errors
    /// [`Overflow`] without shares, or where the index leaves 128 bits.
    pub fn of_up(total: Amount, shares: Shares) -> Result<Self, Overflow> {
        wide::multiply_divide_up(total.units(), Self::ONE.0, shares.raw()).map(Self).ok_or(Overflow)
    }

    /// What `shares` are worth, rounded down.
    ///
    /// # Errors
    /// [`Overflow`] above 128 bits.
    #[inline]
    pub fn worth_down(self, shares: Shares) -> Result<Amount, Overflow> {
        let (low, high) = wide::multiply(shares.raw(), self.0);
        join(low, high).map(Amount::new)
    }

    /// What `shares` are worth, rounded up.
    ///
    /// # Errors
    /// [`Overflow`] above 128 bits.
    #[inline]
    pub fn worth_up(self, shares: Shares) -> Result<Amount, Overflow> {
        let (low, high) = wide::multiply(shares.raw(), self.0);
        let exact = low << 64 == 0;
        join(low, high)?.checked_add(u128::from(!exact)).map(Amount::new).ok_or(Overflow)
    }
}

/// The middle 128 bits of a 256-bit product.
fn join(low: u128, high: u128) -> Result<u128, Overflow> {
    if high >> 64 != 0 {
        return Err(Overflow);
    }
    Ok((high << 64) | (low >> 64))
}

impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals =
            wide::multiply_divide_down(self.0, 1_000_000_000_000, Self::ONE.0).unwrap_or(u128::MAX);
        write_decimal(f, "", decimals, 12)
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_index_never_promises_more_than_the_pool_has(total in 1_u128..1 << 100, shares in 1_u128..1 << 100) {
            let (total, shares) = (Amount::new(total), Shares::new(shares));
            if let Ok(index) = Index::of_down(total, shares) {
                prop_assert!(index.worth_down(shares).unwrap() <= total);
            }
            if let Ok(index) = Index::of_up(total, shares) {
                prop_assert!(index.worth_up(shares).unwrap_or(total) >= total);
            }
        }
    }

    #[test]
    fn the_index_is_shown_as_a_decimal() {
        assert_eq!(Index::of_down(Amount::new(3), Shares::new(2)).unwrap().to_string(), "1.500000000000");
        assert_eq!(Index::of_down(Amount::new(3), Shares::ZERO), Err(Overflow));
    }
}
