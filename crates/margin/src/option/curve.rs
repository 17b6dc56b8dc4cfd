//! What one dollar of each series loses at every node: worked out once for each tick, shared by all accounts.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "fixed-point steps; each line names the bound that makes it safe"
)]

use alloc::{boxed::Box, vec, vec::Vec};

use super::{
    black::black,
    grid::{MOVE, Moves, NODES, PART, Underlying},
    series::{SHORT_MAX, Series, SeriesError, shocked},
};
use crate::{FactorTable, linear::Row};

/// Volatilities of a series: fallen, as they are, risen.
pub(crate) const VOLS: usize = 3;
/// Binary places of the scale of a curve.
pub(crate) const SCALE: u32 = 36;
/// Binary places of the worst losses of a curve.
pub(crate) const WORST: u32 = 54;

/// When a series expires: near expiries and far ones also move apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tenor {
    Front,
    Back,
}

/// The losses of a dollar of forward, held long, at every node and volatility, as parts of the largest of them.
#[derive(Clone, Debug)]
pub(crate) struct Curve {
    /// The factor of its underlying.
    pub(crate) underlying: usize,
    pub(crate) tenor: Tenor,
    /// The largest loss or gain, in 2^-36; at least 2^-20, below 2^6.
    pub(crate) scale: u64,
    /// Loss over scale, in 2^-30.
    pub(crate) losses: Box<[[i32; NODES]; VOLS]>,
    /// What a long and a short can lose at the most, in 2^-54, rounded up: a long its mark.
    pub(crate) worst: [u64; 2],
}

/// A factor to an account without options on it: everything as part of its largest move, in 2^-30.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Line {
    /// The largest move, in 2^-36.
    pub(crate) scale: u64,
    /// The range of each side, in 2^-36.
    pub(crate) worst: [u64; 2],
    /// What a long and a short exposure lose; the single one is the whole range: [M4].
    pub(crate) rows: [Row; 2],
}

/// All series and factors, folded for one tier.
#[derive(Clone, Debug)]
pub struct Curves {
    pub(crate) lines: Vec<Line>,
    /// By factor: its nodes, and the loss of a dollar of it there, where a series is written on it.
    pub(crate) underlyings: Vec<Option<(Underlying, Box<[i32; NODES]>)>>,
    pub(crate) series: Vec<Curve>,
    /// Of [M4], in 1e-9.
    pub(crate) floor: u64,
}

impl Curves {
    /// Folds series under the factors of a tier. A series costs 528 option prices: nodes times volatilities.
    ///
    /// # Errors
    /// The limit that a series exceeds, with its place.
    pub fn fold(
        table: &FactorTable,
        floor_factor: cistern_units::Fraction,
        series: &[Series],
    ) -> Result<Self, (usize, SeriesError)> {
        if series.len() > usize::from(u16::MAX) {
            return Err((series.len(), SeriesError::TooManySeries));
        }
        let factors = table.rows.iter().zip(&table.rest);
        let moves: Vec<Moves> =
            factors.map(|(rows, rest)| Moves::new(rows, rest.range, table.places)).collect();
        let mut strikes: Vec<Option<Vec<i64>>> = vec![None; moves.len()];
        for (place, series) in series.iter().enumerate() {
            series.check().map_err(|error| (place, error))?;
            let unknown = (place, SeriesError::UnknownFactor(series.underlying));
            let strikes = strikes.get_mut(usize::from(series.underlying.0)).ok_or(unknown)?;
            let strikes = strikes.get_or_insert_default();
            if series.left <= SHORT_MAX {
                let (forward, strike) = (series.forward.raw() as i128, series.strike.raw() as i128); // below 2^70
                strikes.push((((strike - forward) << MOVE) / forward) as i64); // within 32
            }
        }
        let underlying = |(moves, strikes): (&Moves, &mut Option<Vec<i64>>)| {
            let underlying = Underlying::new(*moves, strikes.as_mut()?);
            let line = flat(&underlying);
            Some((underlying, line))
        };
        let underlyings: Vec<_> = moves.iter().zip(&mut strikes).map(underlying).collect();
        let curve = |series: &Series| {
            Some(curve(series, &underlyings.get(usize::from(series.underlying.0))?.as_ref()?.0))
        };
        Ok(Self {
            series: series.iter().filter_map(curve).collect(),
            lines: moves.iter().map(line).collect(),
            underlyings,
            floor: u64::from(floor_factor.raw()),
        })
    }
}

/// A part of the largest move, in 2^-30.
fn part(of: i64, largest: i64) -> i32 {
    ((of << PART) / largest.max(1)) as i32 // below 2^31 x 2^30, and at most one
}

fn line(moves: &Moves) -> Line {
    let largest = moves.largest();
    // What rounding up has put beyond the range is cut off.
    let parts = |side: [i64; 3], last: i64| {
        let [calm, mid, panic] = side.map(|of| part(of.min(largest), largest));
        [calm, mid, panic, part(last, largest)].map(|part| part.unsigned_abs().into())
    };
    let [fall, rise] = moves.common.map(|side| parts(side, 0));
    let row = |side: usize| Row { fall, rise, own: parts(moves.own[side], moves.range[side]) };
    Line {
        scale: (largest as u64) << (SCALE - MOVE),
        worst: moves.range.map(|of| (of as u64) << (SCALE - MOVE)),
        rows: [row(0), row(1)],
    }
}

/// The loss of a dollar of the underlying itself at every node.
fn flat(underlying: &Underlying) -> Box<[i32; NODES]> {
    let largest = underlying.moves.largest();
    Box::new(underlying.nodes.map(|node| part((-node).clamp(-largest, largest), largest)))
}

/// Prices a series at every node and volatility.
fn curve(series: &Series, underlying: &Underlying) -> Curve {
    // Prices are moved until the forward has 60 bits: strike and mark then have 65 at the most.
    let bits = 128 - series.forward.raw().leading_zeros();
    let even = |price: u128| if bits <= 60 { price << (60 - bits) } else { price >> (bits - 60) };
    let (forward, strike, mark) = (even(series.forward.raw()), even(series.strike.raw()), even(series.mark));
    let [fallen, risen] = shocked(series.vol, series.left);
    let vols = [fallen, series.vol, risen];
    // Losses of a dollar, in 2^-54, from the lowest value and from the highest: below 2^93 x 2^26 / 2^59.
    let loss = |value: u128| (((mark << MOVE) as i128 - value as i128) << (WORST - MOVE)) / forward as i128;
    let (mut losses, mut worst) = (vec![[0_i64; NODES]; VOLS], [0_i64; 2]);
    for (losses, vol) in losses.iter_mut().zip(vols) {
        for (loss_at, node) in losses.iter_mut().zip(underlying.nodes) {
            let price = forward * ((1 << MOVE) + node).max(0) as u128; // prices end at zero
            let value = black(series.style, price, strike << MOVE, vol, series.left);
            let (most, least) = (loss(value.low) as i64, loss(value.high) as i64);
            worst = [worst[0].max(most + 1), worst[1].max(1 - least)];
            *loss_at = most.midpoint(least);
        }
    }
    let largest = (worst[0].max(worst[1]) as u64).max(1 << (WORST - 20));
    let scale = (largest >> (WORST - SCALE)) + 1;
    let part = |loss: i64| ((i128::from(loss) << PART) / i128::from(scale << (WORST - SCALE))) as i32; // within one
    let mut parts = Box::new([[0; NODES]; VOLS]);
    for (parts, losses) in parts.iter_mut().zip(losses) {
        *parts = core::array::from_fn(|node| part(losses[node]));
    }
    // Nodes stand on a grid of 2^-28, so that a true one may cost a little more than all of these; a mark is a mark.
    let short = worst[1].max(0) as u64 + (1 << (WORST - 24));
    let mark = ((mark << WORST) / forward) as u64 + 1; // below 2^65 x 2^54
    Curve {
        underlying: usize::from(series.underlying.0),
        tenor: if series.is_front() { Tenor::Front } else { Tenor::Back },
        scale,
        losses: parts,
        worst: [mark, short],
    }
}
