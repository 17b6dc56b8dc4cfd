use core::fmt;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::{Fraction, Overflow, Ratio, decimal::write_decimal, wide};

/// Value in the unit of account, signed, in 1e-8 US dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Value(i128);

impl Value {
    /// Decimals of the unit of account.
    pub const PLACES: usize = 8;
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// One dollar.
    pub const ONE: Self = Self(100_000_000);

    /// A value of raw 1e-8 dollars.
    #[must_use]
    pub const fn new(raw: i128) -> Self {
        Self(raw)
    }

    /// A whole number of dollars.
    #[must_use]
    pub const fn dollars(dollars: i64) -> Self {
        #[allow(clippy::as_conversions, clippy::arithmetic_side_effects, reason = "64 bits x 1e8 fit 127")]
        Self(dollars as i128 * Self::ONE.0)
    }

    /// The raw 1e-8 dollars.
    #[must_use]
    pub const fn raw(self) -> i128 {
        self.0
    }

    /// Is it nothing?
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Is it below nothing?
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Is it above nothing?
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// The sum.
    ///
    /// # Errors
    /// [`Overflow`] beyond 127 bits.
    #[inline]
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_add(other.0).map(Self).ok_or(Overflow)
    }

    /// The difference, of either sign.
    ///
    /// # Errors
    /// [`Overflow`] beyond 127 bits.
    #[inline]
    pub fn less(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_sub(other.0).map(Self).ok_or(Overflow)
    }

    /// The same value of the other sign.
    ///
    /// # Errors
    /// [`Overflow`] for the one number without an opposite.
    #[inline]
    pub fn negated(self) -> Result<Self, Overflow> {
        self.0.checked_neg().map(Self).ok_or(Overflow)
    }

    /// How much it is, whatever its sign.
    #[must_use]
    pub const fn magnitude(self) -> u128 {
        self.0.unsigned_abs()
    }

    /// The value without its sign.
    ///
    /// # Errors
    /// [`Overflow`] for the one number without an opposite.
    #[inline]
    pub fn absolute(self) -> Result<Self, Overflow> {
        self.0.checked_abs().map(Self).ok_or(Overflow)
    }

    /// The value, or nothing where it is negative.
    #[must_use]
    #[inline]
    pub fn or_zero(self) -> Self {
        Self(self.0.max(0))
    }

    /// From a magnitude.
    ///
    /// # Errors
    /// [`Overflow`] beyond 127 bits.
    #[inline]
    pub fn positive(magnitude: u128) -> Result<Self, Overflow> {
        i128::try_from(magnitude).map(Self).map_err(|_| Overflow)
    }

    /// `self * fraction`, rounded toward negative infinity: what an account receives.
    ///
    /// # Errors
    /// [`Overflow`] never for magnitudes below 2^97.
    pub fn times_down(self, fraction: Fraction) -> Result<Self, Overflow> {
        self.scaled_down(u128::from(fraction.raw()), u128::from(Fraction::ONE.raw()))
    }

    /// `self * fraction`, rounded toward positive infinity: what an account must cover.
    ///
    /// # Errors
    /// [`Overflow`] never for magnitudes below 2^97.
    pub fn times_up(self, fraction: Fraction) -> Result<Self, Overflow> {
        self.negated()?.times_down(fraction)?.negated()
    }

    /// `self * numerator / denominator`, rounded toward negative infinity.
    ///
    /// # Errors
    /// [`Overflow`] where the denominator is zero or the result leaves 127 bits.
    pub fn scaled_down(self, numerator: u128, denominator: u128) -> Result<Self, Overflow> {
        let scaled = if self.0 < 0 {
            wide::multiply_divide_up(self.magnitude(), numerator, denominator)
        } else {
            wide::multiply_divide_down(self.magnitude(), numerator, denominator)
        };
        let scaled = Self::positive(scaled.ok_or(Overflow)?)?;
        if self.0 < 0 { scaled.negated() } else { Ok(scaled) }
    }

    /// `self * numerator / denominator`, rounded toward positive infinity.
    ///
    /// # Errors
    /// [`Overflow`] where the denominator is zero or the result leaves 127 bits.
    pub fn scaled_up(self, numerator: u128, denominator: u128) -> Result<Self, Overflow> {
        self.negated()?.scaled_down(numerator, denominator)?.negated()
    }

    /// How many times `whole` this is, rounded down; `None` where `whole` is not positive, zero where `self` is not.
    #[must_use]
    pub fn ratio_down(self, whole: Self) -> Option<Ratio> {
        if whole.0 <= 0 {
            return None;
        }
        let part = self.or_zero().magnitude();
        let raw = wide::multiply_divide_down(part, u128::from(Ratio::ONE.raw()), whole.magnitude());
        Some(raw.and_then(|raw| u64::try_from(raw).ok()).map_or(Ratio::MAX, Ratio::new))
    }

    /// How many times `whole` this is, rounded up; `None` where `whole` is not positive, zero where `self` is not.
    #[must_use]
    pub fn ratio_up(self, whole: Self) -> Option<Ratio> {
        if whole.0 <= 0 {
            return None;
        }
        let part = self.or_zero().magnitude();
        let raw = wide::multiply_divide_up(part, u128::from(Ratio::ONE.raw()), whole.magnitude());
        Some(raw.and_then(|raw| u64::try_from(raw).ok()).map_or(Ratio::MAX, Ratio::new))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs(), Self::PLACES)
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use num_bigint::BigInt;
    use num_traits::ToPrimitive;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_value_shows_its_eight_decimals() {
        assert_eq!(Value::new(1_513_275_000_000).to_string(), "15132.75000000");
        assert_eq!(Value::new(-1).to_string(), "-0.00000001");
        assert_eq!(Value::ZERO.to_string(), "0.00000000");
    }

    #[test]
    fn rounding_keeps_its_direction_below_zero() {
        let half = Fraction::new(500_000_000).unwrap();
        assert_eq!(Value::new(-3).times_down(half), Ok(Value::new(-2)));
        assert_eq!(Value::new(-3).times_up(half), Ok(Value::new(-1)));
        assert_eq!(Value::new(3).times_down(half), Ok(Value::new(1)));
        assert_eq!(Value::new(3).times_up(half), Ok(Value::new(2)));
    }

    #[test]
    fn a_ratio_of_nothing_is_none() {
        assert_eq!(Value::ONE.ratio_down(Value::ZERO), None);
        assert_eq!(Value::new(-5).ratio_down(Value::ONE), Some(Ratio::new(0)));
        assert_eq!(Value::dollars(3).ratio_down(Value::dollars(2)), Some(Ratio::new(1_500_000_000)));
    }

    proptest! {
        #[test]
        fn scaling_agrees_with_big_integers(v in -(1_i128 << 90)..(1_i128 << 90), n in 0_u128..1 << 40, d in 1_u128..1 << 40) {
            let exact = BigInt::from(v) * BigInt::from(n);
            let d_big = BigInt::from(d);
            let floor = num_traits::Euclid::div_euclid(&exact, &d_big);
            prop_assert_eq!(Value::new(v).scaled_down(n, d).unwrap().raw(), floor.to_i128().unwrap());
            let ceil = -num_traits::Euclid::div_euclid(&-exact, &d_big);
            prop_assert_eq!(Value::new(v).scaled_up(n, d).unwrap().raw(), ceil.to_i128().unwrap());
        }
    }
}
