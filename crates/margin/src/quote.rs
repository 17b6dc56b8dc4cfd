//! The price of a risk lot, folded once a tick: a value is then a product and a shift.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "fixed-point steps; each line names the bound that makes it safe"
)]

use cistern_units::{Index, Overflow, Value, wide::U256};

/// What one lot is worth, in 1e-8 dollars: `mantissa x 2^(shift - 64)`, within 2^-53 of it from 2^-11 units a lot on.
///
/// A value is then the upper half of one product. Negative for what a position pays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quote {
    pub(crate) mantissa: i64,
    pub(crate) shift: u32,
}

/// Bits of a mantissa: where the lots moved up have 63, a value has 53.
pub(crate) const MANTISSA_BITS: usize = 54;
/// Most bits that lots are moved up by.
const SHIFT_MAX: usize = 63;

impl Quote {
    /// Of what has no price.
    pub const ZERO: Self = Self { mantissa: 0, shift: 0 };

    /// A price of `raw / 10^places` x 1e-8 dollars a lot, rounded toward negative infinity: for what is owned.
    ///
    /// # Errors
    /// [`Overflow`] from 2^53 x 1e-8 dollars a lot on.
    pub fn down(raw: i128, places: u32) -> Result<Self, Overflow> {
        let (quotient, inexact, shift) = divide(U256::from(raw.unsigned_abs()), U256::from(ten(places)?))?;
        let size = if raw < 0 { quotient + i64::from(inexact) } else { quotient };
        Ok(Self { mantissa: if raw < 0 { -size } else { size }, shift })
    }

    /// The same, rounded toward infinity: for what is owed, whose lots are negative.
    ///
    /// # Errors
    /// As [`Self::down`].
    pub fn up(raw: i128, places: u32) -> Result<Self, Overflow> {
        let Self { mantissa, shift } = Self::down(-raw, places)?; // a price is far from the least number
        Ok(Self { mantissa: -mantissa, shift })
    }

    /// [`Self::down`] for a share of a lending pool that is worth `index` units.
    ///
    /// # Errors
    /// As [`Self::down`]; also beyond 2^256 on the way.
    pub fn lent(raw: u128, places: u32, index: Index) -> Result<Self, Overflow> {
        let (quotient, _, shift) = divide_indexed(raw, places, index)?;
        Ok(Self { mantissa: quotient, shift })
    }

    /// [`Self::up`] for a share of debt that costs `index` units.
    ///
    /// # Errors
    /// As [`Self::lent`].
    pub fn owed(raw: u128, places: u32, index: Index) -> Result<Self, Overflow> {
        let (quotient, inexact, shift) = divide_indexed(raw, places, index)?;
        Ok(Self { mantissa: quotient + i64::from(inexact), shift })
    }

    /// The value of some lots, negative where they are owed, rounded toward negative infinity.
    #[must_use]
    #[inline(always)]
    pub fn value(self, lots: i64) -> Value {
        Value::new(self.product(lots))
    }

    /// Is it more than so many times another? By size, without the sign.
    #[must_use]
    pub fn exceeds(self, other: Self, times: u128) -> bool {
        self.scaled().unsigned_abs() > other.scaled().unsigned_abs().saturating_mul(times)
    }

    /// The price of a lot in 2^-64 x 1e-8 dollars.
    pub(crate) fn scaled(self) -> i128 {
        i128::from(self.mantissa) << self.shift // 54 + 63 bits
    }

    #[inline(always)]
    pub(crate) fn product(self, lots: i64) -> i128 {
        // 64 + 54 bits.
        i128::from(lots).wrapping_mul(i128::from(self.mantissa)) >> (64_u32.wrapping_sub(self.shift) & 127)
    }
}

fn ten(places: u32) -> Result<u128, Overflow> {
    10_u128.checked_pow(places).ok_or(Overflow)
}

fn divide_indexed(raw: u128, places: u32, index: Index) -> Result<(i64, bool, u32), Overflow> {
    let price = U256::from(raw).checked_mul(U256::from(index.raw())).ok_or(Overflow)?;
    let unit = U256::from(ten(places)?).checked_mul(U256::from(Index::ONE.raw())).ok_or(Overflow)?;
    divide(price, unit)
}

/// `numerator / denominator` as a mantissa, whether something is left of it, and its shift.
fn divide(numerator: U256, denominator: U256) -> Result<(i64, bool, u32), Overflow> {
    // The quotient has as many bits as the difference of lengths, or one more; with `places` binary ones the mantissa's.
    let length = (numerator.bit_len() + 64).saturating_sub(denominator.bit_len()) + 1; // of 2^64 times the quotient
    let shift = length.saturating_sub(MANTISSA_BITS);
    let places = 64_usize.checked_sub(shift).filter(|_| shift <= SHIFT_MAX).ok_or(Overflow)?;
    if denominator.is_zero() || numerator.bit_len() + places > 256 {
        return Err(Overflow);
    }
    let (quotient, remainder) = (numerator << places).div_rem(denominator);
    let mantissa = i64::try_from(quotient).map_err(|_| Overflow)?;
    Ok((mantissa, !remainder.is_zero(), shift as u32))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_satoshi_at_a_hundred_thousand_dollars_is_a_tenth_of_a_cent() {
        let quote = Quote::down(100_000_000_000_000_000, 12).unwrap(); // 1e17 / 1e12 = 1e5 x 1e-8 dollars
        assert_eq!(quote.value(100_000_000), Value::dollars(100_000));
        assert_eq!(quote.value(-1), Value::new(-100_000));
        assert_eq!(Quote::ZERO.value(i64::MAX), Value::ZERO);
        assert_eq!(Quote::down(i128::MAX, 0), Err(Overflow));
        assert_eq!(Quote::down(1, 39), Err(Overflow));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn a_value_is_below_the_exact_one_and_near_it(
            raw in 1_i128..=1_000_000_000_000_000_000_000, places in 4_u32..22, lots in any::<i64>(), bits in 0_u32..60,
        ) {
            let lots = lots >> bits;
            let exact = U256::from(raw.unsigned_abs()) * U256::from(lots.unsigned_abs());
            let unit = U256::from(10_u128.pow(places));
            let exact = if lots < 0 { -i128::try_from(exact.div_ceil(unit)).unwrap() } else { i128::try_from(exact / unit).unwrap() };
            let quote = if lots < 0 { Quote::up(raw, places) } else { Quote::down(raw, places) };
            let Ok(quote) = quote else { return Ok(()) };
            let value = quote.value(lots).raw();
            // A lot of less than 1e-8 dollars has fewer places.
            let near = 1 + (exact.abs() >> 51);
            prop_assert!(value <= exact && exact - value <= near + 1, "{value} {exact} {quote:?}");
        }

        #[test]
        fn an_index_of_one_changes_nothing(raw in 1_i128..=1_000_000_000_000_000_000_000, places in 4_u32..22) {
            prop_assert_eq!(Quote::lent(raw.unsigned_abs(), places, Index::ONE), Quote::down(raw, places));
            prop_assert_eq!(Quote::owed(raw.unsigned_abs(), places, Index::ONE), Quote::up(raw, places));
        }
    }
}
