//! A stablecoin below its peg [A6]: before it is believed to be worth what it trades at, less and less of it counts.

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::{Fraction, Overflow, Price, Ratio, Value, wide};

use super::{AddOn, Facts, Rule, Subject};
use crate::ids::AssetId;

/// A haircut that sets in below a price. Sources: Derive PM2 (factor 4, initial margin only), OKX MR9 (40 % at most).
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Depeg {
    /// Asset.
    pub asset: AssetId,
    /// Price below which it begins.
    pub start: Price,
    /// Price from which the whole factor holds; below the start.
    pub full: Price,
    /// Haircut for each dollar below the start.
    pub factor: Ratio,
    /// Largest haircut.
    pub most: Fraction,
}

impl Depeg {
    /// `min(most, w x factor x (start - price))` with `w = min(1, (start - price) / (start - full))` [A6], rounded up; all
    /// that may be where there is no price.
    #[must_use]
    pub fn haircut_up(&self, price: Option<Price>) -> Fraction {
        let below = price.map_or(self.start.raw(), |price| self.start.raw().saturating_sub(price.raw()));
        let width = self.start.raw().saturating_sub(self.full.raw()).max(1);
        let weighted = wide::multiply_divide_up(below, below.min(width), width).unwrap_or(u128::MAX);
        // A price has 12 decimals, a factor 9, a fraction 9.
        let raw = wide::multiply_scale_up(weighted, u128::from(self.factor.raw()), 12).unwrap_or(u128::MAX);
        u32::try_from(raw).ok().and_then(Fraction::new).map_or(self.most, |haircut| haircut.min(self.most))
    }
}

impl Rule for Depeg {
    fn subject(&self) -> Subject {
        Subject::Asset(self.asset)
    }

    fn is_sound(&self) -> bool {
        self.full < self.start && self.most != Fraction::ZERO && self.factor > Ratio::new(0)
    }

    fn is_stricter(&self, old: &AddOn) -> bool {
        matches!(old, AddOn::Depeg(old) if self.start >= old.start
            && self.full >= old.full
            && self.factor >= old.factor
            && self.most >= old.most)
    }

    fn left_down(&self, credit: Value, facts: &Facts) -> Result<Value, Overflow> {
        credit.times_down(self.haircut_up(facts.mark).complement())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(ten_thousandths: u128) -> Price {
        Price::clamped(ten_thousandths * Price::ONE.raw() / 10_000)
    }

    #[test]
    fn a_stablecoin_below_its_peg_counts_for_less_and_less() {
        // [A6] worked numbers: 0.995 and 0.99, factor 4, at most 40 %: 0.5 % at 0.9925, 2 % at 0.99, 18 % at 0.95.
        let rule = Depeg {
            asset: AssetId(0),
            start: price(9_950),
            full: price(9_900),
            factor: Ratio::new(4_000_000_000),
            most: Fraction::basis_points(4_000),
        };
        let points = |at| rule.haircut_up(Some(price(at))).raw() / 100_000;
        assert_eq!([10_000, 9_950, 9_925, 9_900, 9_500, 8_000].map(points), [0, 0, 50, 200, 1_800, 4_000]);
        assert_eq!(rule.haircut_up(None), rule.most);
        let left =
            rule.left_down(Value::dollars(100), &Facts { mark: Some(price(9_900)), ..Facts::default() });
        assert_eq!(left, Ok(Value::dollars(98)));
        assert!(rule.is_sound() && !Depeg { full: rule.start, ..rule }.is_sound());
    }
}
