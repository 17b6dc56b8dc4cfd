use core::fmt;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::{Amount, Decimals, Fraction, Overflow, Size, Value, decimal::write_decimal, wide};

/// The price of one whole unit of something, in 1e-12 US dollars; never zero, never absurd, by construction.
///
/// The range is 1e-12 to 1e9 dollars (80 bits): below any token's unit price, above any NFT's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize)]
pub struct Price(u128);

impl Price {
    /// Decimals of a price.
    pub const PLACES: usize = 12;
    /// The lowest price that exists.
    pub const MIN: Self = Self(1);
    /// The highest price that exists.
    pub const MAX: Self = Self(1_000_000_000_000_000_000_000);
    /// One dollar.
    pub const ONE: Self = Self(1_000_000_000_000);

    /// A price of raw 1e-12 dollars; `None` for zero and for the absurd.
    #[must_use]
    pub const fn new(raw: u128) -> Option<Self> {
        if raw >= Self::MIN.0 && raw <= Self::MAX.0 { Some(Self(raw)) } else { None }
    }

    /// The raw 1e-12 dollars.
    #[must_use]
    pub const fn raw(self) -> u128 {
        self.0
    }

    /// The nearest price that exists.
    #[must_use]
    pub fn clamped(raw: u128) -> Self {
        Self(raw.clamp(Self::MIN.0, Self::MAX.0))
    }

    /// The distance to another price, in raw 1e-12 dollars.
    #[must_use]
    pub const fn distance(self, other: Self) -> u128 {
        self.0.abs_diff(other.0)
    }

    /// `self * (1 + up)`, rounded up, at most [`Self::MAX`].
    #[must_use]
    pub fn raised_up(self, up: Fraction) -> Self {
        let whole = u128::from(Fraction::ONE.raw()).saturating_add(u128::from(up.raw()));
        Self::clamped(wide::multiply_scale_up(self.0, whole, Fraction::PLACES).unwrap_or(u128::MAX))
    }

    /// `self * (1 - down)`, rounded down, at least [`Self::MIN`].
    #[must_use]
    pub fn lowered_down(self, down: Fraction) -> Self {
        let rest = u128::from(down.complement().raw());
        Self::clamped(wide::multiply_scale_down(self.0, rest, Fraction::PLACES).unwrap_or(0))
    }

    /// Value of an amount at this price, rounded down: what is owned.
    ///
    /// # Errors
    /// [`Overflow`] where the value leaves 127 bits.
    #[inline(always)]
    pub fn value_down(self, amount: Amount, decimals: Decimals) -> Result<Value, Overflow> {
        let scale = scale_of(decimals.places());
        Value::positive(wide::multiply_scale_down(amount.units(), self.0, scale).ok_or(Overflow)?)
    }

    /// Value of an amount at this price, rounded up: what is owed.
    ///
    /// # Errors
    /// [`Overflow`] where the value leaves 127 bits.
    #[inline(always)]
    pub fn value_up(self, amount: Amount, decimals: Decimals) -> Result<Value, Overflow> {
        let scale = scale_of(decimals.places());
        Value::positive(wide::multiply_scale_up(amount.units(), self.0, scale).ok_or(Overflow)?)
    }

    /// Signed value of a position at this price, rounded toward negative infinity.
    ///
    /// # Errors
    /// [`Overflow`] where the value leaves 127 bits.
    #[inline(always)]
    pub fn notional_down(self, size: Size, decimals: Decimals) -> Result<Value, Overflow> {
        let scale = scale_of(decimals.places());
        let magnitude = u128::from(size.magnitude());
        if size.is_short() {
            Value::positive(wide::multiply_scale_up(magnitude, self.0, scale).ok_or(Overflow)?)?.negated()
        } else {
            Value::positive(wide::multiply_scale_down(magnitude, self.0, scale).ok_or(Overflow)?)
        }
    }

    /// The amount that is worth `value`, rounded down: what is paid out for it. Nothing for a negative value.
    ///
    /// # Errors
    /// [`Overflow`] where the amount leaves 128 bits.
    pub fn amount_down(self, value: Value, decimals: Decimals) -> Result<Amount, Overflow> {
        let unit = wide::power_of_ten(scale_of(decimals.places())).ok_or(Overflow)?;
        wide::multiply_divide_down(value.or_zero().magnitude(), unit, self.0).map(Amount::new).ok_or(Overflow)
    }

    /// The amount that covers `value`, rounded up: what is taken for it. Nothing for a negative value.
    ///
    /// # Errors
    /// [`Overflow`] where the amount leaves 128 bits.
    pub fn amount_up(self, value: Value, decimals: Decimals) -> Result<Amount, Overflow> {
        let unit = wide::power_of_ten(scale_of(decimals.places())).ok_or(Overflow)?;
        wide::multiply_divide_up(value.or_zero().magnitude(), unit, self.0).map(Amount::new).ok_or(Overflow)
    }
}

/// Power of ten between (smallest units x 1e-12 dollars) and 1e-8 dollars.
#[inline]
pub(crate) fn scale_of(decimals: usize) -> usize {
    decimals.saturating_add(Price::PLACES.saturating_sub(Value::PLACES))
}

impl BorshDeserialize for Price {
    fn deserialize_reader<R: borsh::io::Read>(reader: &mut R) -> borsh::io::Result<Self> {
        Self::new(u128::deserialize_reader(reader)?).ok_or_else(|| borsh::io::ErrorKind::InvalidData.into())
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, "", self.0, Self::PLACES)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn zero_and_absurd_prices_do_not_exist() {
        assert_eq!(Price::new(0), None);
        assert_eq!(Price::new(Price::MAX.raw() + 1), None);
        assert!(borsh::from_slice::<Price>(&[0; 16]).is_err());
        assert_eq!(Price::MIN.lowered_down(Fraction::ONE), Price::MIN);
        assert_eq!(Price::MAX.raised_up(Fraction::ONE), Price::MAX);
    }

    #[test]
    fn one_bitcoin_at_a_hundred_thousand_is_a_hundred_thousand() {
        let price = Price::new(100_000 * Price::ONE.raw()).unwrap();
        let eight = Decimals::new(8).unwrap();
        assert_eq!(price.value_down(Amount::new(100_000_000), eight), Ok(Value::dollars(100_000)));
        assert_eq!(price.notional_down(Size::new(-100_000_000), eight), Ok(Value::dollars(-100_000)));
    }

    #[test]
    fn a_price_is_the_same_in_any_decimals() {
        for places in 0..=18_u32 {
            let decimals = Decimals::new(u8::try_from(places).unwrap()).unwrap();
            let price = Price::new(1_234_567_890_123_456).unwrap();
            let whole = Amount::new(10_u128.pow(places));
            assert_eq!(price.value_down(whole, decimals), Ok(Value::new(123_456_789_012)));
            assert_eq!(price.value_up(whole, decimals), Ok(Value::new(123_456_789_013)));
        }
    }

    proptest! {
        #[test]
        fn no_round_trip_gains(units in 0_u128..1 << 90, raw in 1_u128..=1_000_000_000_000_000_000_000, places in 0_u8..=18) {
            let (price, decimals) = (Price::new(raw).unwrap(), Decimals::new(places).unwrap());
            if let Ok(value) = price.value_down(Amount::new(units), decimals) {
                prop_assert!(price.amount_down(value, decimals).unwrap() <= Amount::new(units));
            }
            if let Ok(value) = price.value_up(Amount::new(units), decimals) {
                prop_assert!(price.amount_up(value, decimals).unwrap() >= Amount::new(units));
            }
        }
    }
}
