//! The price of a smallest unit, folded once for many values: each is then exact by two products and two shifts.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "fixed-point steps; each line names the bound that makes it safe, and a test compares with the general path"
)]

use crate::{Amount, Decimals, NarrowValue, Price, Size, price::scale_of, wide};

/// Bits of a value that this gives: with its sign it fits a word.
const VALUE_BITS: u32 = 62;

/// What smallest units of something are worth at a price, rounded in one direction; the number is that of
/// [`Price::value_down`] or [`Price::value_up`], to the last unit.
///
/// A value is `units x price / 10^k`, and `10^k` is `2^k x 5^k`. The mantissa is `price x 2^s / 5^k`, a little above it
/// where values are rounded down and a little below where they are rounded up: so little that no multiple of `1 / 5^k` lies
/// between, which is what the values are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnitPrice {
    /// The mantissa, its lower half first.
    low: u64,
    high: u64,
    /// The most units that this is for; none where there is no price.
    most: u64,
    /// Units are moved up by this, so that the mantissa times them has the value in its highest word.
    left: u8,
    /// And that is moved down by this.
    right: u8,
    /// One where values are rounded up.
    up: u8,
}

impl UnitPrice {
    /// For what is owned.
    #[must_use]
    pub fn down(price: Price, decimals: Decimals) -> Self {
        Self::fold(price, decimals, 0)
    }

    /// For what is owed.
    #[must_use]
    pub fn up(price: Price, decimals: Decimals) -> Self {
        Self::fold(price, decimals, 1)
    }

    /// The value of an amount; none where the general path has to say it.
    #[must_use]
    #[inline(always)]
    pub fn value(&self, amount: Amount) -> Option<NarrowValue> {
        let units = amount.units();
        if units >> 64 != 0 {
            return None;
        }
        self.product(units as u64).map(NarrowValue::new)
    }

    /// The signed value of a position; none where the general path has to say it.
    #[must_use]
    #[inline(always)]
    pub fn notional(&self, size: Size) -> Option<NarrowValue> {
        let value = self.product(size.magnitude())?;
        Some(NarrowValue::new(if size.is_short() { value.wrapping_neg() } else { value }))
    }

    #[inline(always)]
    fn product(&self, units: u64) -> Option<i64> {
        // Of no units the value is nothing, not one; they are rare.
        if units.wrapping_sub(1) >= self.most {
            return None;
        }
        let units = u128::from(units << (self.left & 63)); // no bit is lost: see `fold`
        // The product of one word and two has three.
        let below = units.wrapping_mul(u128::from(self.low)) >> 64;
        let above = units.wrapping_mul(u128::from(self.high)).wrapping_add(below) >> 64;
        Some((above as u64 >> (self.right & 63)).wrapping_add(self.up.into()) as i64) // 62 bits, and one unit
    }

    fn fold(price: Price, decimals: Decimals, up: u8) -> Self {
        let k = scale_of(decimals.places());
        let Some((fives, places)) = wide::fives(k).zip(u32::try_from(k).ok()) else { return Self::default() };
        let length = |n: u128| u128::BITS - n.leading_zeros();
        let (price, fives_length) = (price.raw(), length(fives.into()));
        // At the least the bits that 10^k has more than the price has: a value then has so many less than its units.
        let lost = fives_length + places;
        let bits = (VALUE_BITS - 1 + lost - length(price)).min(64); // a price has 70 at the most, and k is four at least
        // Exact are products of units of `bits` with a mantissa of `bits + fives_length` binary places, or more: as many as
        // 128 bits have room for, and as the shifts below can take away.
        let s = (127 + fives_length - length(price)).min(127 + bits - places);
        let bits = bits.min(s - fives_length);
        let (quotient, is_exact) = wide::divide_by_fives(price << (s - fives_length), k);
        let mantissa = quotient + u128::from(!is_exact) - u128::from(up);
        Self {
            low: mantissa as u64,
            high: (mantissa >> 64) as u64,
            most: u64::MAX >> (64 - bits),
            left: (64 - bits) as u8,
            right: (s + places - 64 - bits) as u8,
            up,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Value;

    fn any_price() -> impl Strategy<Value = Price> {
        // Of any length, and round numbers: those are where a value is next to a whole one.
        let any = (1..=Price::MAX.raw(), 0_u32..70).prop_map(|(raw, bits)| raw >> bits);
        let round = (1_u128..10_000, 0_u32..18).prop_map(|(raw, places)| raw * 10_u128.pow(places));
        prop_oneof![any, round].prop_map(Price::clamped)
    }

    fn any_units() -> impl Strategy<Value = u64> {
        let round = (1_u64..1_000, 0_u32..17).prop_map(|(units, places)| units * 10_u64.pow(places));
        prop_oneof![(any::<u64>(), 0_u32..64).prop_map(|(units, bits)| units >> bits), round]
    }

    fn check(price: Price, units: u64, places: u8) -> bool {
        let (decimals, amount) = (Decimals::new(places).unwrap(), Amount::new(units.into()));
        let [down, up] = [UnitPrice::down(price, decimals), UnitPrice::up(price, decimals)];
        let long = Size::new((units >> 1) as i64);
        let short = long.reversed().unwrap();
        let pairs = [
            (down.value(amount), price.value_down(amount, decimals)),
            (up.value(amount), price.value_up(amount, decimals)),
            (down.notional(long), price.notional_down(long, decimals)),
            (up.notional(short), price.notional_down(short, decimals)),
        ];
        pairs.iter().all(|(fast, general)| fast.is_none_or(|fast| Ok(fast.into()) == *general))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200_000))]

        #[test]
        fn a_value_is_that_of_the_price(price in any_price(), units in any_units(), places in 0_u8..=18) {
            prop_assert!(check(price, units, places));
        }

        #[test]
        fn a_value_next_to_a_whole_one_is_that_of_the_price(
            price in any_price(), whole in 0_u64..1 << 62, bits in 0_u32..62, places in 0_u8..=18, off in 0_u64..3,
        ) {
            // The fewest units that are worth a whole number, and those beside it.
            let unit = 10_u128.pow(u32::from(places) + 4);
            let least = wide::multiply_divide_up((whole >> bits).into(), unit, price.raw());
            let units = least.and_then(|least| u64::try_from(least).ok()).unwrap_or(u64::MAX).saturating_add(off).saturating_sub(1);
            prop_assert!(check(price, units, places));
        }

        #[test]
        fn a_value_below_five_billion_dollars_needs_no_other_path(price in any_price(), units in any_units(), places in 0_u8..=18) {
            let (decimals, amount) = (Decimals::new(places).unwrap(), Amount::new(units.into()));
            let value = price.value_down(amount, decimals).unwrap();
            // Above 57 bits not every mantissa has room for the units.
            if units > 0 && units < 1 << 57 && value < Value::dollars(5_000_000_000) {
                prop_assert!(UnitPrice::down(price, decimals).value(amount).is_some());
            }
        }
    }

    #[test]
    fn the_ends_are_those_of_the_price() {
        for places in 0..=18 {
            for raw in [1, 2, 5, 10, Price::ONE.raw(), (1 << 63) + 1, Price::MAX.raw() - 1, Price::MAX.raw()]
            {
                let price = Price::new(raw).unwrap();
                let most = UnitPrice::down(price, Decimals::new(places).unwrap()).most;
                for units in [0, 1, 2, 5, most - 1, most, most.saturating_add(1), u64::MAX] {
                    assert!(check(price, units, places), "{units} at {raw}, {places} places");
                }
            }
        }
        assert_eq!(UnitPrice::default().value(Amount::new(1)), None);
    }
}
