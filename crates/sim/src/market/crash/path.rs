//! The way of an asset through the crash: bridges between the points of its shape, and bars around them.

use cistern_units::Price;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::{
    BARS, INTERVAL_MS, START_MS,
    figures::{Figures, SHAPE, TROUGH},
};
use crate::market::Bar;

/// Widest sway of a walk, in thousandths of the way from start to low.
const SWAY_MAX: i64 = 90;

/// A walk of small steps around zero, in thousandths of the way from start to low.
pub(super) fn noise(dice: &mut ChaCha8Rng) -> Vec<i64> {
    let mut level = 0_i64;
    let steps = (0..=BARS).map(|_| {
        let step = i64::try_from(dice.next_u64() % 41).unwrap_or(20) - 20;
        level = (level * 9 / 10 + step).clamp(-SWAY_MAX, SWAY_MAX);
        level
    });
    steps.collect()
}

/// Price at the beginning of each bar and at the end of the last, in 1e-6 dollars; always above the low.
///
/// All assets share the common noise, and each has half as much of its own. Between two points of the shape the noise
/// rises from nothing and vanishes again, so that the points are met.
pub(super) fn levels(figures: &Figures, common: &[i64], own: &[i64]) -> Vec<i64> {
    let [start, low, close] = signed(figures);
    let fall = (start - low).max(1);
    let end = (start - close) * 1_000 / fall;
    let mut levels = vec![start; BARS + 1];
    for pair in SHAPE.windows(2) {
        let [(from, begins), (to, ends)] = pair else { continue };
        let (begins, ends) = (begins.unwrap_or(end), ends.unwrap_or(end));
        let length = i64::try_from(to - from).unwrap_or(1).max(1);
        let sways = common.iter().zip(own).skip(*from);
        let leg = levels.iter_mut().skip(*from).take(to - from + 1);
        for ((level, (common, own)), place) in leg.zip(sways).zip(0_i64..) {
            let bridge = (place * (length - place) * 4 * 1_000 / (length * length)).min(1_000);
            let sway = (common + own / 2) * bridge;
            let gone = begins * 1_000 + (ends - begins) * 1_000 * place / length + sway;
            *level = (start - fall * gone / 1_000_000).max(low + 1);
        }
    }
    levels[0] = start;
    levels[BARS] = close;
    levels
}

/// Bars from level to level, with seeded wicks as long as their bodies and a thousandth more; the trough's reaches the low.
pub(super) fn bars(figures: &Figures, levels: &[i64], dice: &mut ChaCha8Rng) -> Vec<Bar> {
    let [_, low, _] = signed(figures);
    let mut bars = Vec::with_capacity(BARS);
    for (pair, place) in levels.windows(2).zip(0_usize..) {
        let (open, close) = (pair[0], pair[1]);
        let mut wick = || {
            let thousandths = i64::try_from(dice.next_u64() % 1_001).unwrap_or(0);
            (open.abs_diff(close).cast_signed() + open / 1_000) * thousandths / 1_000
        };
        let (above, below) = (wick(), wick());
        let lowest = if place == TROUGH { low } else { (open.min(close) - below).max(low + 1) };
        bars.push(Bar {
            open_ms: START_MS + INTERVAL_MS * place as u64,
            interval_ms: INTERVAL_MS,
            open: price(open),
            high: price(open.max(close) + above),
            low: price(lowest),
            close: price(close),
        });
    }
    bars
}

fn signed(figures: &Figures) -> [i64; 3] {
    [figures.start, figures.low, figures.close].map(|price| i64::try_from(price).unwrap_or(i64::MAX))
}

/// From 1e-6 dollars.
fn price(millionths: i64) -> Price {
    Price::clamped(u128::try_from(millionths).unwrap_or(0) * 1_000_000)
}
