//! The model once more, slowly, from its formulas: linear parts in big integers, options in floating point.

mod black;
mod linear;
mod options;
mod truth;

use cistern_margin::Mode;
use cistern_margin::option::SeriesIndex;
use num_bigint::BigInt;
use num_traits::ToPrimitive;

pub(super) use linear::Coefficients;
pub(super) use options::Surfaces;

use super::{account::Line, world::World};
use linear::Exposures;
use options::{Bounds, Linear};

/// A requirement, and how far from it an answer may be. All in 1e-8 dollars.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    /// An answer is not below this.
    pub(super) least: i128,
    /// An answer is not above this.
    pub(super) most: i128,
}

/// The slow requirement of some legs at a tier, as the range that an answer must lie in.
pub(super) fn answer(
    world: &World,
    tier: usize,
    mode: Mode,
    lines: &[Line],
    options: &[(SeriesIndex, i128)],
) -> Answer {
    let Some(coefficients) = world.slow.get(tier) else { return Answer { least: 0, most: i128::MAX } };
    let exposures = Exposures::new(coefficients, &world.bundles, lines);
    let allowance = exposures.allowance(mode);
    let addon = exposures.addon(mode);
    let surfaces = world.surfaces.as_ref().and_then(|surfaces| surfaces.get(tier));
    let Some(surfaces) = surfaces.filter(|_| !options.is_empty()) else {
        let base = match mode {
            Mode::Standard => exposures.standard(),
            Mode::Portfolio => {
                let parts =
                    [exposures.joint(), exposures.standalone(), exposures.gross_floor(), exposures.tails()];
                parts.into_iter().max().unwrap_or_default()
            }
        };
        let exact = base + addon;
        return Answer {
            least: linear::whole_up(&exact),
            most: linear::whole_down(&(exact + linear::real(allowance))),
        };
    };
    let base = match mode {
        Mode::Standard => surfaces.standard(float(&exposures.standard()), coefficients, options),
        Mode::Portfolio => {
            let gross = float(&(exposures.gross_floor() + surfaces.gross_floor(coefficients, options)));
            let single = f64::from(world.settings.floor_factor.raw()) * 1e-9;
            // Who owns options and nothing else loses their worth at the most.
            let is_alone =
                exposures.net().iter().all(|x| *x == 0) && options.iter().all(|(_, size)| *size > 0);
            let most = if is_alone { surfaces.worth(options) } else { f64::INFINITY };
            surfaces.portfolio(beside(&exposures), options, Bounds { single, gross, most })
        }
    };
    let exact = base.asked + float(&addon);
    Answer {
        least: (exact - base.doubt - exact * FLOAT).ceil() as i128,
        most: (exact + base.allowance + allowance as f64 + exact * FLOAT).ceil() as i128,
    }
}

/// Exposures beside options.
fn beside<'a>(exposures: &'a Exposures<'_>) -> Linear<'a> {
    Linear { net: exposures.net(), factors: exposures.touched() }
}

/// What rounding may add to a requirement of some legs, whatever it is.
pub(super) fn rounding(
    world: &World,
    tier: usize,
    mode: Mode,
    lines: &[Line],
    options: &[(SeriesIndex, i128)],
) -> i128 {
    let Some(coefficients) = world.slow.get(tier) else { return 0 };
    let exposures = Exposures::new(coefficients, &world.bundles, lines);
    let surfaces = world.surfaces.as_ref().and_then(|surfaces| surfaces.get(tier));
    let surfaces = surfaces.filter(|_| !options.is_empty());
    let of_options = surfaces.map_or(0.0, |surfaces| surfaces.rounding(mode, beside(&exposures), options));
    exposures.allowance(mode) + of_options.ceil() as i128
}

/// What the formulas of [M3o] ask of an account with options, over its true worst loss: a slow search. Nothing where its
/// legs cancel to less than a hundredth of what they can lose, and has no ratio to speak of.
pub(super) fn cover(
    world: &World,
    tier: usize,
    lines: &[Line],
    options: &[(SeriesIndex, i128)],
) -> Option<f64> {
    let (coefficients, surfaces) = (world.slow.get(tier)?, world.surfaces.as_ref()?.get(tier)?);
    let exposures = Exposures::new(coefficients, &world.bundles, lines);
    let truth = surfaces.truth(exposures.net(), options);
    let gross = surfaces.gross(beside(&exposures), options).losses;
    (truth > 0.01 * gross).then(|| surfaces.joint(beside(&exposures), options) / truth)
}

/// What sums of a few numbers of 53 bits may be wrong by, as a part of them.
const FLOAT: f64 = 1e-14;

/// A real in floating point.
fn float(real: &BigInt) -> f64 {
    real.to_f64().unwrap_or(f64::INFINITY) / 1e24
}
