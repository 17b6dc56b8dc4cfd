//! Bridge provenance [A5]: the same coin by another bridge is another risk. It is no charge but a rule of listing.

use alloc::vec::Vec;

use crate::ids::FactorId;

/// Are two lists of factors one risk, in whatever order [A5]? Assets of one risk would offset without end; the second needs
/// a factor of its own, the bridge's, and offsets no further than that.
#[must_use]
pub(crate) fn is_same_risk(one: &[FactorId], other: &[FactorId]) -> bool {
    let sorted = |factors: &[FactorId]| {
        let mut factors: Vec<FactorId> = factors.to_vec();
        factors.sort_unstable();
        factors
    };
    one.len() == other.len() && sorted(one) == sorted(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coin_by_another_bridge_has_a_factor_of_its_own() {
        // [A5] worked numbers: a coin of factor 1, and the same by a bridge of factor 2.
        let [coin, bridge] = [FactorId(1), FactorId(2)];
        assert!(is_same_risk(&[coin], &[coin]) && is_same_risk(&[coin, bridge], &[bridge, coin]));
        assert!(!is_same_risk(&[coin], &[coin, bridge]));
    }
}
