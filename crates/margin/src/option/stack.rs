//! What an account loses in one underlying on which it has options, at every node.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    reason = "sums and products of normalised numbers; each line names the bound that makes it safe"
)]

use alloc::vec::Vec;

use super::{
    curve::{Curve, Curves, Tenor, VOLS},
    dual::Levels,
    grid::{ENDS, FULL, NODES, ROW, STRIKES, Strike, WIDTH, chunks, chunks_mut},
    series::SeriesIndex,
    vols::{MOVES, VolMove},
};
use crate::linear::{LANES, Lanes, OCT};

/// Options of one series, in quarters of units.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) weight: i32,
    pub(super) series: SeriesIndex,
    pub(super) tenor: Tenor,
}

/// Sums of losses at some nodes, the even and the odd ones, in 2^-32 units: below 2^29 x 2^32.
type Sum = [[u64; LANES]; 2];

/// An underlying on which the account has options.
#[derive(Clone, Debug)]
#[repr(C, align(32))]
pub(super) struct Stack {
    /// Losses at all nodes in units, by [`VolMove`]: within 2^29.
    pub(super) losses: [[i32; NODES]; MOVES],
    /// How steep they are, by [`VolMove`] and end: see [`super::dual::Reach`].
    pub(super) steep: [[Levels; ENDS]; MOVES],
    sums: [[Sum; PACE]; PACES],
    pub(super) factor: usize,
    /// Are strikes among its nodes?
    pub(super) has_strikes: bool,
    /// Linear legs, in units; and options.
    pub(super) weight: i64,
    pub(super) parts: Vec<Part>,
}

/// Loops over nodes take them by three times eight.
const PACE: usize = 3;
/// How many of these there are, without strikes and with them.
const PLAIN: usize = STRIKES / (PACE * WIDTH);
const PACES: usize = NODES / (PACE * WIDTH);

/// What a leg has of each unit, in quarters of units, and the losses of a unit.
type Leg<'a, L> = (<L as Lanes>::Oct, &'a [i32; ROW]);
/// The same with losses at all volatilities.
type All<'a, L> = (<L as Lanes>::Oct, &'a [[i32; ROW]; VOLS]);

impl Stack {
    pub(super) const EMPTY: Self = Self {
        losses: [[0; NODES]; MOVES],
        steep: [[[0; WIDTH]; ENDS]; MOVES],
        sums: [[[[0; LANES]; 2]; PACE]; PACES],
        factor: 0,
        has_strikes: false,
        weight: 0,
        parts: Vec::new(),
    };

    /// Adds up the losses of all legs at every node under these moves of volatilities.
    #[inline(always)]
    pub(super) fn combine<L: Lanes>(&mut self, curves: &Curves, vols: &[VolMove]) {
        let Some(Some((underlying, flat))) = curves.underlyings.get(self.factor) else { return };
        self.has_strikes = !underlying.strikes.is_empty();
        let paces = if self.has_strikes { PACES } else { PLAIN };
        let line: Leg<'_, L> = (L::every(quarters(self.weight)), &flat.0[0]);
        let curve = |part: &Part| curves.curve(part.series);
        // One pass over all legs for one or two options, which is what most accounts have.
        match self.parts.as_slice() {
            [one] => {
                let Some(curve) = curve(one) else { return };
                if vols == VolMove::TOGETHER {
                    return sum_all::<L, 1>(&mut self.losses, line, [all::<L>(curve, one)], paces);
                }
                for vol in vols {
                    let legs = [line, leg::<L>(curve, one, *vol)];
                    sum::<L, 2>(&mut self.losses[*vol as usize], &legs, paces);
                }
            }
            [one, other] => {
                let (Some(curve), Some(other_curve)) = (curve(one), curve(other)) else { return };
                if vols == VolMove::TOGETHER {
                    let legs = [all::<L>(curve, one), all::<L>(other_curve, other)];
                    return sum_all::<L, 2>(&mut self.losses, line, legs, paces);
                }
                for vol in vols {
                    let legs = [line, leg::<L>(curve, one, *vol), leg::<L>(other_curve, other, *vol)];
                    sum::<L, 3>(&mut self.losses[*vol as usize], &legs, paces);
                }
            }
            parts => {
                let sums = &mut self.sums[..paces];
                for vol in vols {
                    let legs = parts.iter().filter_map(|part| Some(leg::<L>(curve(part)?, part, *vol)));
                    sum_many::<L>(&mut self.losses[*vol as usize], line, legs, sums);
                }
            }
        }
    }

    /// The most that is lost over the whole range, or where nothing but volatility moves, lane by lane: [M4].
    #[inline(always)]
    pub(super) fn single<L: Lanes>(&self, vol: usize) -> L::Oct {
        let chunks = chunks(&self.losses[vol]);
        let mut most = L::every(chunks[0][0]);
        for chunk in &chunks[FULL / WIDTH..STRIKES / WIDTH] {
            most = L::greater(most, L::oct(chunk));
        }
        if self.has_strikes {
            for chunk in &chunks[STRIKES / WIDTH..] {
                most = L::greater(most, L::oct(chunk));
            }
        }
        most
    }

    /// The strikes among its nodes.
    #[inline(always)]
    pub(super) fn strikes<'a>(&self, curves: &'a Curves) -> &'a [Strike] {
        if !self.has_strikes {
            return &[];
        }
        let found = curves.underlyings.get(self.factor).and_then(Option::as_ref);
        found.map_or(&[], |(underlying, _)| underlying.strikes.as_slice())
    }
}

/// Linear legs in quarters of units, for which 32 bits have just room: each is rounded down, so that a factor that is there
/// many times may be below.
#[inline(always)]
fn quarters(units: i64) -> i32 {
    const MOST: i64 = 1 << 29; // see `super::unit`
    (units.max(-MOST) << 2) as i32
}

/// What some options lose under a move of volatilities.
#[inline(always)]
fn leg<'a, L: Lanes>(curve: &'a Curve, part: &Part, vol: VolMove) -> Leg<'a, L> {
    (L::every(part.weight), &curve.losses.0[vol.of(part.tenor)])
}

/// The same at all volatilities.
#[inline(always)]
fn all<'a, L: Lanes>(curve: &'a Curve, part: &Part) -> All<'a, L> {
    (L::every(part.weight), &curve.losses.0)
}

/// Adds up the losses of a few legs at every node.
#[inline(always)]
fn sum<L: Lanes, const LEGS: usize>(losses: &mut [i32; NODES], legs: &[Leg<'_, L>; LEGS], paces: usize) {
    let (paced, _) = chunks_mut(losses).as_chunks_mut::<PACE>();
    for (pace, losses) in paced.iter_mut().enumerate().take(paces) {
        for place in 0..PACE {
            let at = |leg: &Leg<'_, L>| lost::<L>(leg, pace * PACE + place);
            let mut sum = at(&legs[0]);
            for leg in &legs[1..] {
                sum = more::<L>(sum, at(leg));
            }
            losses[place] = L::octet(L::upper(sum));
        }
    }
}

/// The same where all volatilities move together: fallen, the same and risen, as curves have them; what linear legs lose is
/// worked out once.
#[inline(always)]
fn sum_all<L: Lanes, const LEGS: usize>(
    losses: &mut [[i32; NODES]; MOVES],
    line: Leg<'_, L>,
    legs: [All<'_, L>; LEGS],
    paces: usize,
) {
    for at in 0..paces * PACE {
        let begun = lost::<L>(&line, at);
        for vol in [VolMove::Down, VolMove::Same, VolMove::Up].map(|vol| vol as usize) {
            let mut sum = begun;
            for (weight, at_vols) in &legs {
                sum = more::<L>(sum, lost::<L>(&(*weight, &at_vols[vol]), at));
            }
            if let Some(losses) = chunks_mut(&mut losses[vol]).get_mut(at) {
                *losses = L::octet(L::upper(sum));
            }
        }
    }
}

/// Adds up the losses of any number of legs at every node.
#[inline(always)]
fn sum_many<'a, L: Lanes>(
    losses: &mut [i32; NODES],
    line: Leg<'a, L>,
    legs: impl Iterator<Item = Leg<'a, L>>,
    sums: &mut [[Sum; PACE]],
) {
    for (pace, sums) in sums.iter_mut().enumerate() {
        for place in 0..PACE {
            sums[place] = lost::<L>(&line, pace * PACE + place).map(L::lanes);
        }
    }
    for leg in legs {
        for (pace, sums) in sums.iter_mut().enumerate() {
            for place in 0..PACE {
                let lost = lost::<L>(&leg, pace * PACE + place);
                sums[place] = more::<L>(quads::<L>(&sums[place]), lost).map(L::lanes);
            }
        }
    }
    let (paced, _) = chunks_mut(losses).as_chunks_mut::<PACE>();
    for (losses, sums) in paced.iter_mut().zip(sums) {
        for place in 0..PACE {
            losses[place] = L::octet(L::upper(quads::<L>(&sums[place])));
        }
    }
}

/// A sum in lanes.
#[inline(always)]
fn quads<L: Lanes>([even, odd]: &Sum) -> [L::Quad; 2] {
    [L::quad(even), L::quad(odd)]
}

/// What a leg loses at eight nodes, the even and the odd ones.
#[inline(always)]
fn lost<L: Lanes>((weight, losses): &Leg<'_, L>, place: usize) -> [L::Quad; 2] {
    const { assert!(ROW > NODES && WIDTH == OCT) };
    let from = losses.get(place * WIDTH..).and_then(|losses| losses.first_chunk());
    L::row_products(*weight, from.unwrap_or(&[0; OCT + 1]))
}

/// What is lost with one more leg.
#[inline(always)]
fn more<L: Lanes>([even, odd]: [L::Quad; 2], [also_even, also_odd]: [L::Quad; 2]) -> [L::Quad; 2] {
    [L::sum(even, also_even), L::sum(odd, also_odd)]
}
