//! Wrong-way risk [A4]: collateral whose venue or issuer fails with the position that it backs. Scenarios would let the two
//! differ; a declared pair does not.

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::{Fraction, Overflow, Value};

use super::{AddOn, Facts, Rule, Subject};
use crate::ids::{AssetId, FactorId};

/// An asset and a factor that fail together. Source: the field's wrong-way rules of clearing houses; the share is a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct WrongWay {
    /// The collateral.
    pub asset: AssetId,
    /// What positions move with that fail with it: long ones.
    pub factor: FactorId,
    /// How much of the collateral does not count, of each dollar that is open the wrong way.
    pub share: Fraction,
}

impl Rule for WrongWay {
    fn subject(&self) -> Subject {
        Subject::Pair(self.asset, self.factor)
    }

    fn is_sound(&self) -> bool {
        self.share != Fraction::ZERO
    }

    fn is_stricter(&self, old: &AddOn) -> bool {
        matches!(old, AddOn::WrongWay(old) if self.share >= old.share)
    }

    /// `credit - share x min(credit, against)` [A4]: the slope in the credit is at least one less the share.
    fn left_down(&self, credit: Value, facts: &Facts) -> Result<Value, Overflow> {
        credit.less(facts.against.or_zero().min(credit).times_up(self.share)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collateral_does_not_back_what_fails_with_it() {
        // [A4] worked number: $100,000 of a venue's coin, long $60,000 on it, half: $70,000 counts.
        let rule = WrongWay { asset: AssetId(1), factor: FactorId(2), share: Fraction::basis_points(5_000) };
        let left = |against| {
            let facts = Facts { against: Value::dollars(against), ..Facts::default() };
            rule.left_down(Value::dollars(100_000), &facts).unwrap()
        };
        assert_eq!(left(60_000), Value::dollars(70_000));
        assert_eq!(left(-60_000), Value::dollars(100_000));
        assert_eq!(left(900_000), Value::dollars(50_000));
        assert!(!WrongWay { share: Fraction::ZERO, ..rule }.is_sound());
    }
}
