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
    curve::{Curves, Tenor},
    grid::{NODES, WIDTH},
    joint::VolMove,
    series::SeriesIndex,
};
use crate::linear::{LANES, Lanes};

/// Options of one series, in units.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) weight: i32,
    pub(super) series: SeriesIndex,
    pub(super) tenor: Tenor,
}

/// Sums at some nodes: at the even and at the odd ones.
type Sum = [[u64; LANES]; 2];

/// An underlying on which the account has options.
#[derive(Clone, Debug)]
pub(super) struct Stack {
    pub(super) factor: usize,
    /// How many nodes it has, by eight.
    pub(super) used: usize,
    /// Linear legs, in units; and options.
    pub(super) weight: i64,
    pub(super) parts: Vec<Part>,
    /// What linear legs lose at all nodes, and they and all options but the last, in 2^-30 units.
    pub(super) line: [Sum; NODES / WIDTH],
    pub(super) sums: [Sum; NODES / WIDTH],
    /// Losses at all nodes in units, by [`VolMove`]: within 2^29.
    pub(super) losses: [[i32; NODES]; MOVES],
}

/// Moves of volatilities.
pub(super) const MOVES: usize = VolMove::ALL.len();

impl Stack {
    pub(super) const EMPTY: Self = Self {
        factor: 0,
        used: 0,
        weight: 0,
        parts: Vec::new(),
        line: [[[0; LANES]; 2]; NODES / WIDTH],
        sums: [[[0; LANES]; 2]; NODES / WIDTH],
        losses: [[0; NODES]; MOVES],
    };

    /// Adds up the losses of all legs at every node and move of volatilities.
    #[inline(always)]
    pub(super) fn combine<L: Lanes>(&mut self, curves: &Curves, vols: usize) {
        let Some((underlying, flat)) = &curves.underlyings[self.factor] else { return };
        let Some((last, parts)) = self.parts.split_last() else { return };
        self.used = underlying.used;
        let (flat, weight) = (chunks(flat), self.weight as i32);
        for (line, flat) in self.line.iter_mut().zip(flat).take(self.used) {
            *line = L::products(weight, flat).map(L::lanes);
        }
        for (losses, vol) in self.losses.iter_mut().zip(VolMove::ALL).take(vols) {
            // Whoever put a part here has found its curve.
            let losses_of = |part: &Part| {
                let curve = curves.curve(part.series);
                curve.map_or(&[][..], |curve| chunks(&curve.losses[vol.of(part.tenor)]))
            };
            let mut sums = &self.line;
            if let Some((first, parts)) = parts.split_first() {
                let first = self
                    .line
                    .iter()
                    .zip(losses_of(first))
                    .map(|(line, lost)| add::<L>(line, first.weight, lost));
                for (sum, first) in self.sums.iter_mut().zip(first).take(self.used) {
                    *sum = first.map(L::lanes);
                }
                for part in parts {
                    for (sum, lost) in self.sums.iter_mut().zip(losses_of(part)).take(self.used) {
                        *sum = add::<L>(sum, part.weight, lost).map(L::lanes);
                    }
                }
                sums = &self.sums;
            }
            let (to, _) = losses.as_chunks_mut();
            for ((to, sum), lost) in to.iter_mut().zip(sums).zip(losses_of(last)).take(self.used) {
                *to = L::joined(add::<L>(sum, last.weight, lost)); // within 2^29
            }
        }
    }
}

/// Nodes by as many as lanes have.
#[inline(always)]
fn chunks(nodes: &[i32; NODES]) -> &[[i32; WIDTH]] {
    nodes.as_chunks().0
}

/// What is lost with one more leg, at some nodes, the even and the odd ones, in 2^-30 units: below 2^29 x 2^30 in all.
#[inline(always)]
fn add<L: Lanes>([even, odd]: &Sum, weight: i32, losses: &[i32; WIDTH]) -> [L::Quad; 2] {
    let [more, most] = L::products(weight, losses);
    [L::sum(L::quad(even), more), L::sum(L::quad(odd), most)]
}
