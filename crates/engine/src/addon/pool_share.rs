//! The more of an asset the pool has, the less counts of each unit [A2]: a pool that is full of one asset could not sell it.

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::{Overflow, Value};

use super::{AddOn, Facts, Rule, Subject};
use crate::ids::AssetId;

/// A weight that falls with what the pool has. Sources: Drift and Mango, `weight x start / deposits`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct PoolShare {
    /// Asset.
    pub asset: AssetId,
    /// Value in the pool up to which all of it counts.
    pub start: Value,
}

impl Rule for PoolShare {
    fn subject(&self) -> Subject {
        Subject::Asset(self.asset)
    }

    fn is_sound(&self) -> bool {
        self.start.is_positive()
    }

    fn is_stricter(&self, old: &AddOn) -> bool {
        matches!(old, AddOn::PoolShare(old) if self.start <= old.start)
    }

    /// `credit x start / whole` [A2] above the start. In `v` of `v + others` it rises without end, toward the start.
    fn left_down(&self, credit: Value, facts: &Facts) -> Result<Value, Overflow> {
        if facts.whole <= self.start {
            return Ok(credit);
        }
        credit.scaled_down(self.start.magnitude(), facts.whole.magnitude())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_counts_by_what_the_pool_has_of_it() {
        // [A2] worked number: $1m of $20m, with a start of $5m: $250,000 counts.
        let rule = PoolShare { asset: AssetId(1), start: Value::dollars(5_000_000) };
        let left = |credit, whole| {
            let facts = Facts { whole: Value::dollars(whole), ..Facts::default() };
            rule.left_down(Value::dollars(credit), &facts).unwrap()
        };
        assert_eq!(left(1_000_000, 20_000_000), Value::dollars(250_000));
        assert_eq!(left(1_000_000, 5_000_000), Value::dollars(1_000_000));
    }

    #[test]
    fn a_deposit_never_lowers_what_counts() {
        let rule = PoolShare { asset: AssetId(1), start: Value::new(1_000_003) };
        for others in [0, 999, 1_000_003, 77_777_777] {
            let mut before = Value::ZERO;
            for own in (0..5_000_000).step_by(7_919) {
                let facts = Facts { whole: Value::new(own + others), ..Facts::default() };
                let left = rule.left_down(Value::new(own), &facts).unwrap();
                assert!(left >= before, "{own} of {others} more");
                before = left;
            }
        }
    }
}
