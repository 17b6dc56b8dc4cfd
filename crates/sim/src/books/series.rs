//! Random option series: of each underlying a strip that butterflies, straddles, calendars and conversions are made of.

use cistern_margin::{
    FactorIndex,
    option::{FRONT_MAX, LEFT_MAX, SHORT_MAX, STRIKE_RATIO_MAX, Series, Style, VOL_MAX},
};
use cistern_units::{Fraction, Price, Ratio, Span};
use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::kind::Expiring;
use crate::history::Dice;

/// Series of a strip: three calls and three puts at one expiry, and a call and a put at the middle strike of another.
pub(super) const STRIP: usize = 8;
/// Places in a strip: the near calls, the near puts, then the far call and the far put.
pub(super) const CALLS: [usize; 3] = [0, 1, 2];
pub(super) const PUTS: [usize; 3] = [3, 4, 5];
pub(super) const FAR: [usize; 2] = [6, 7];

/// In which the settlement price is averaged, and a part of an option's forward moves no more [E1].
const HALF_HOUR: Span = Span::milliseconds(1_800_000);

/// One or two strips.
pub(super) fn list(dice: &mut Dice, factors: usize) -> Vec<Series> {
    let first = dice.below(factors as u64);
    let mut underlyings = vec![first];
    if factors > 1 && dice.happens(400) {
        underlyings.push((first + 1) % factors as u64);
    }
    let mut series = Vec::new();
    for underlying in underlyings {
        let factor = FactorIndex(u16::try_from(underlying).unwrap_or(0));
        series.extend(strip(dice, factor));
    }
    series
}

fn strip(dice: &mut Dice, underlying: FactorIndex) -> Vec<Series> {
    let forward = dice.between(1, 200_000) * 1_000_000 + dice.below(1_000_000); // in millionths of a dollar
    let (near, far) = (left(dice), left(dice));
    let (near, far) = (near.min(far), near.max(far));
    let vol = vol(dice);
    // Strikes as far apart as the price moves until then, or anywhere.
    let years = near.as_milliseconds() as f64 / Span::YEAR.as_milliseconds() as f64;
    let deviation = (vol.raw() as f64 * 1e-9 * years.sqrt()).clamp(0.002, 0.6);
    let ratio = |dice: &mut Dice| {
        let most = 1_000_000.0;
        if dice.happens(50) {
            let end = (STRIKE_RATIO_MAX as f64).ln() * 0.99;
            return (end * (dice.below(2_000_001) as f64 / most - 1.0)).exp();
        }
        (2.0 * deviation * (dice.below(2_000_001) as f64 / most - 1.0)).exp()
    };
    let mut strikes = [(); 3].map(|()| ratio(dice));
    strikes.sort_unstable_by(f64::total_cmp);
    let moving = if dice.happens(500) { Fraction::ONE } else { part(dice) };
    let price = |millionths: u64| Price::new(u128::from(millionths.max(1)) * 1_000_000).unwrap_or(Price::ONE);
    let series = |style: Style, ratio: f64, left: Span, vol: Ratio| Series {
        underlying,
        style,
        forward: price(forward),
        strike: price((forward as f64 * ratio).round() as u64),
        left,
        vol,
        moving: if left <= HALF_HOUR { moving } else { Fraction::ONE },
        mark: 0,
    };
    let calls = strikes.map(|strike| series(Style::Call, strike, near, vol));
    let puts = strikes.map(|strike| series(Style::Put, strike, near, vol));
    let later = Ratio::new(vol.raw() / 10 * dice.between(7, 10));
    let far = [Style::Call, Style::Put].map(|style| series(style, strikes[1], far, later));
    calls.into_iter().chain(puts).chain(far).map(Series::at_value).collect()
}

/// A time to an expiry: hours, days, months, and the ends of what is taken.
fn left(dice: &mut Dice) -> Span {
    let hour = Span::DAY.as_milliseconds() / 24;
    Span::milliseconds(match dice.below(11) {
        10 => dice.between(1, HALF_HOUR.as_milliseconds()),
        0..=2 => dice.between(1, 48) * hour,
        3..=5 => dice.between(48, 30 * 24) * hour,
        6..=8 => dice.between(30 * 24, 2 * 365 * 24) * hour,
        _ => *dice
            .pick(&[
                0,
                1,
                SHORT_MAX.as_milliseconds(),
                FRONT_MAX.as_milliseconds(),
                FRONT_MAX.as_milliseconds() + 1,
                LEFT_MAX.as_milliseconds(),
            ])
            .unwrap_or(&0),
    })
}

/// An implied volatility: of coins mostly, and the ends of what is taken.
fn vol(dice: &mut Dice) -> Ratio {
    Ratio::new(match dice.below(20) {
        0 => 0,
        1 => VOL_MAX.raw(),
        2 => dice.between(1, 10_000_000),
        _ => dice.between(200_000_000, 1_500_000_000),
    })
}

/// Some part, perhaps nothing.
fn part(dice: &mut Dice) -> Fraction {
    let raw = u32::try_from(dice.between(0, u64::from(Fraction::ONE.raw()))).unwrap_or(0);
    Fraction::new(raw).unwrap_or(Fraction::ONE)
}

/// What equity counts of an option: its size, in forwards, times its mark; nothing where it is owed, which is a debt.
pub(super) fn worth_down(series: &Series, size: i128) -> i128 {
    let worth = BigInt::from(size.max(0)) * series.mark / series.forward.raw();
    worth.to_i128().unwrap_or(i128::MAX)
}

/// When a series expires.
pub(super) fn expiring(series: &Series) -> Expiring {
    if series.left <= SHORT_MAX {
        Expiring::Soon
    } else if series.is_front() {
        Expiring::Front
    } else {
        Expiring::Back
    }
}
