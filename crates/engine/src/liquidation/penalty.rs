//! What a liquidation costs the account [L2].

use cistern_units::{Fraction, Ratio, wide};

use crate::params::LiquidationParams;

/// Penalty rate at a health [L2]: linear from the least at health 1 to the most at and below the health for the most.
#[must_use]
pub(super) fn rate(params: &LiquidationParams, health: Ratio) -> Fraction {
    let missing = Ratio::ONE.raw().saturating_sub(health.raw());
    let span = u64::from(params.health_for_penalty_max.complement().raw()).max(1);
    let rise = u64::from(params.penalty_max.raw()).saturating_sub(u64::from(params.penalty_min.raw()));
    let part = wide::multiply_divide_down(u128::from(rise), u128::from(missing.min(span)), u128::from(span));
    let raw = part.and_then(|part| u32::try_from(part).ok()).unwrap_or(u32::MAX);
    Fraction::new(params.penalty_min.raw().saturating_add(raw)).unwrap_or(params.penalty_max)
}

/// Penalty rate of closing legs of these haircuts: at most half of what their closing frees, so that a step always helps.
#[must_use]
pub(super) fn bounded(rate: Fraction, haircuts: u64) -> Fraction {
    let half = haircuts.div_euclid(2).min(u64::from(Fraction::ONE.raw()));
    u32::try_from(half).ok().and_then(Fraction::new).unwrap_or(Fraction::ONE).min(rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_penalty_rises_as_health_falls() {
        // [L2] worked numbers: 0.5 % at health 1, 2.75 % at .9, 5 % at .8 and below.
        let params = LiquidationParams::default();
        for (health, points) in [(1_000, 50), (900, 275), (800, 500), (300, 500), (0, 500)] {
            assert_eq!(rate(&params, Ratio::new(health * 1_000_000)), Fraction::basis_points(points));
        }
    }

    #[test]
    fn a_step_never_costs_more_than_half_of_what_it_frees() {
        let five = Fraction::basis_points(500);
        assert_eq!(bounded(five, 20_000_000), Fraction::basis_points(100));
        assert_eq!(bounded(five, 360_000_000), five);
    }
}
