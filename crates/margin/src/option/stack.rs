//! What an account loses in one underlying on which it has options, at every node.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "sums and products of normalised numbers; each line names the bound that makes it safe"
)]

use alloc::vec::Vec;

use super::{
    curve::{Curves, Tenor},
    dual::Levels,
    grid::{CHUNKS, ENDS, FULL, NODES, WIDTH, chunks, chunks_mut},
    series::SeriesIndex,
    vols::{MOVES, VolMove},
};
use crate::linear::{LANES, Lanes};

/// Options of one series, in units.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) weight: i32,
    pub(super) series: SeriesIndex,
    pub(super) tenor: Tenor,
}

/// Sums of losses at some nodes, the even and the odd ones, in 2^-30 units: below 2^29 x 2^30.
type Sum = [[u64; LANES]; 2];

/// An underlying on which the account has options.
#[derive(Clone, Debug)]
#[repr(C, align(32))]
pub(super) struct Stack {
    /// Losses at all nodes in units, by [`VolMove`]: within 2^29.
    pub(super) losses: [[i32; NODES]; MOVES],
    /// How steep they are, by [`VolMove`] and end: see [`super::dual::Reach`].
    pub(super) steep: [[Levels; ENDS]; MOVES],
    sums: [[Sum; PACE]; CHUNKS / PACE],
    pub(super) factor: usize,
    /// How many nodes it has, by eight.
    used: usize,
    /// Linear legs, in units; and options.
    pub(super) weight: i64,
    pub(super) parts: Vec<Part>,
}

/// Loops over nodes take them by three times eight: as many as there are without strikes are six of these.
const PACE: usize = 3;

/// What a leg has of each unit, and the losses of a unit.
type Legs<'a, L> = (<L as Lanes>::Oct, &'a [[Levels; PACE]]);

impl Stack {
    pub(super) const EMPTY: Self = Self {
        losses: [[0; NODES]; MOVES],
        steep: [[[0; WIDTH]; ENDS]; MOVES],
        sums: [[[[0; LANES]; 2]; PACE]; CHUNKS / PACE],
        factor: 0,
        used: 0,
        weight: 0,
        parts: Vec::new(),
    };

    /// Adds up the losses of all legs at every node under these moves of volatilities.
    #[inline(always)]
    pub(super) fn combine<L: Lanes>(&mut self, curves: &Curves, vols: &[VolMove]) {
        let Some((underlying, flat)) = &curves.underlyings[self.factor] else { return };
        self.used = underlying.used.min(CHUNKS);
        let used = self.used.div_ceil(PACE);
        let line: Legs<'_, L> = (L::every(self.weight as i32), paces(chunks(&flat.0[0]), used));
        for vol in vols {
            let leg = |part: &Part| -> Legs<'_, L> {
                // Whoever put a part here has found its curve.
                let losses = curves.curve(part.series).map(|curve| &curve.losses.0[vol.of(part.tenor)]);
                (L::every(part.weight), paces(losses.map_or(&NOTHING, chunks), used))
            };
            let losses = chunks_mut(&mut self.losses[*vol as usize]).as_chunks_mut::<PACE>().0.iter_mut();
            // One pass over all legs for one or two options, which is what most accounts have.
            match self.parts.as_slice() {
                [one] => {
                    let one = leg(one);
                    for ((losses, line_of), one_of) in losses.zip(line.1).zip(one.1) {
                        for place in 0..PACE {
                            let sum = lost::<L>(line.0, &line_of[place]);
                            losses[place] = units::<L>(add::<L>(sum, one.0, &one_of[place]));
                        }
                    }
                }
                [one, other] => {
                    let (one, other) = (leg(one), leg(other));
                    let legs = line.1.iter().zip(one.1).zip(other.1);
                    for (losses, ((line_of, one_of), other_of)) in losses.zip(legs) {
                        for place in 0..PACE {
                            let sum = lost::<L>(line.0, &line_of[place]);
                            let sum = add::<L>(sum, one.0, &one_of[place]);
                            losses[place] = units::<L>(add::<L>(sum, other.0, &other_of[place]));
                        }
                    }
                }
                parts => {
                    let sums = &mut self.sums[..used];
                    for (sum, line_of) in sums.iter_mut().zip(line.1) {
                        for place in 0..PACE {
                            sum[place] = lost::<L>(line.0, &line_of[place]).map(L::lanes);
                        }
                    }
                    for (weight, lost) in parts.iter().map(leg) {
                        for (sum, lost) in sums.iter_mut().zip(lost) {
                            for place in 0..PACE {
                                let more = add::<L>(quads::<L>(&sum[place]), weight, &lost[place]);
                                sum[place] = more.map(L::lanes);
                            }
                        }
                    }
                    for (losses, sum) in losses.zip(sums) {
                        for place in 0..PACE {
                            losses[place] = units::<L>(quads::<L>(&sum[place]));
                        }
                    }
                }
            }
        }
    }

    /// The most that is lost over the whole range, or where nothing but volatility moves: [M4].
    #[inline(always)]
    pub(super) fn single<L: Lanes>(&self, vols: &[VolMove]) -> i32 {
        let (mut still, mut most) = (i32::MIN, L::every(i32::MIN));
        for vol in vols {
            let losses = &self.losses[*vol as usize];
            still = still.max(losses[0]);
            for losses in &chunks(losses)[FULL / WIDTH..self.used.max(FULL / WIDTH)] {
                most = L::greater(most, L::oct(losses));
            }
        }
        still.max(L::top(most))
    }
}

/// The losses of a leg that is not there.
static NOTHING: [Levels; CHUNKS] = [[0; WIDTH]; CHUNKS];

/// A sum in lanes.
#[inline(always)]
fn quads<L: Lanes>([even, odd]: &Sum) -> [L::Quad; 2] {
    [L::quad(even), L::quad(odd)]
}

/// A sum in units: within 2^29.
#[inline(always)]
fn units<L: Lanes>(sum: [L::Quad; 2]) -> Levels {
    L::octet(L::joined(sum))
}

/// Nodes by the pace of loops.
#[inline(always)]
fn paces(losses: &[Levels; CHUNKS], used: usize) -> &[[Levels; PACE]] {
    const { assert!(CHUNKS.is_multiple_of(PACE)) };
    &losses.as_chunks().0[..used.min(CHUNKS / PACE)]
}

/// What a leg loses at some nodes.
#[inline(always)]
fn lost<L: Lanes>(weight: L::Oct, losses: &Levels) -> [L::Quad; 2] {
    L::products(weight, losses)
}

/// What is lost with one more leg at some nodes.
#[inline(always)]
fn add<L: Lanes>([even, odd]: [L::Quad; 2], weight: L::Oct, losses: &Levels) -> [L::Quad; 2] {
    let [more, most] = lost::<L>(weight, losses);
    [L::sum(even, more), L::sum(odd, most)]
}
