//! The more is open in a market, the more a new position in it needs [A3]; never what stands at maintenance.

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::{Overflow, Value};

use super::{AddOn, Facts, Rule, Subject};
use crate::ids::MarketId;

/// Initial margin that rises to the whole notional between two sizes of a market. Source: dYdX.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct OpenInterest {
    /// Market.
    pub market: MarketId,
    /// Open interest up to which nothing is added.
    pub lower: Value,
    /// Open interest from which a position needs its whole notional.
    pub upper: Value,
}

impl Rule for OpenInterest {
    fn subject(&self) -> Subject {
        Subject::Market(self.market)
    }

    fn is_sound(&self) -> bool {
        !self.lower.is_negative() && self.lower < self.upper
    }

    fn is_stricter(&self, old: &AddOn) -> bool {
        matches!(old, AddOn::OpenInterest(old) if self.lower <= old.lower && self.upper <= old.upper)
    }

    /// `notional x (1 - base) x min(1, (open - lower) / (upper - lower))` [A3].
    fn extra_up(&self, notional: Value, facts: &Facts) -> Result<Value, Overflow> {
        let beyond = facts.whole.less(self.lower)?.or_zero();
        let width = self.upper.less(self.lower)?;
        let rest = notional.absolute()?.times_up(facts.base.complement())?;
        rest.scaled_up(beyond.min(width).magnitude(), width.magnitude().max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cistern_units::Fraction;

    #[test]
    fn a_position_needs_more_in_a_market_that_is_full() {
        // [A3] worked number: $37.5m open between $25m and $50m, base 5 %: 52.5 % in all, $47,500 more of $100,000.
        let (lower, upper) = (Value::dollars(25_000_000), Value::dollars(50_000_000));
        let rule = OpenInterest { market: MarketId(0), lower, upper };
        let extra = |whole| {
            let facts =
                Facts { whole: Value::dollars(whole), base: Fraction::basis_points(500), ..Facts::default() };
            rule.extra_up(Value::dollars(-100_000), &facts).unwrap()
        };
        assert_eq!(extra(37_500_000), Value::dollars(47_500));
        assert_eq!(extra(25_000_000), Value::ZERO);
        assert_eq!(extra(90_000_000), Value::dollars(95_000));
        assert!(rule.is_sound() && !OpenInterest { upper: lower, ..rule }.is_sound());
    }
}
