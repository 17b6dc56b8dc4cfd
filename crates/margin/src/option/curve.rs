//! What one dollar of each series loses at every node: worked out once for each tick, shared by all accounts.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "fixed-point steps; each line names the bound that makes it safe"
)]

use alloc::{boxed::Box, vec, vec::Vec};

use cistern_units::{Fraction, Ratio};
use once_cell::race::OnceBox;

use super::{
    black::black,
    grid::{MOVE, Moves, NODES, PART, ROW, Underlying},
    series::{SHORT_MAX, Series, SeriesError, SeriesIndex, shocked},
};
use crate::{FactorTable, fold::TailMove, linear::Row};

/// Volatilities of a series: fallen, as they are, risen.
pub(crate) const VOLS: usize = 3;
/// Binary places of the scale of a curve.
pub(crate) const SCALE: u32 = 36;
/// Binary places of the worst losses of a curve.
pub(crate) const WORST: u32 = 54;

/// Binary places of [`Curves::narrow`].
pub(crate) const NARROW: u32 = 16;

/// Losses at all nodes, some times, where vectors find them in one cache line.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(crate) struct Nodes<const TIMES: usize>(pub(crate) [[i32; ROW]; TIMES]);

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
    pub(crate) losses: Box<Nodes<VOLS>>,
    /// What a long and a short can lose at the most, tails among it, in 2^-54, rounded up: a long its mark.
    pub(crate) worst: [u64; 2],
    /// What a long and a short lose by each tail of the underlying, in 2^-28, rounded up.
    pub(crate) tails: Vec<[i64; 2]>,
}

impl Curve {
    /// What a leg of this size, in 1e-8 dollars, can lose at the most, rounded up; none for one from 2^90 on.
    pub(crate) fn most_up(&self, size: i128) -> Option<u128> {
        let worst = self.worst[usize::from(size < 0)];
        let (whole, part) = (worst >> SCALE, (worst & ((1 << SCALE) - 1)) + 1); // below 2^25, and 2^36
        let size = Some(size.unsigned_abs()).filter(|size| *size < 1 << 90)?;
        let places = WORST - SCALE;
        Some(
            (size * u128::from(whole)).div_ceil(1 << places) + (size * u128::from(part)).div_ceil(1 << WORST),
        )
    }
}

/// A series, and its curve as soon as somebody has asked for it.
#[derive(Debug)]
pub(crate) struct Listed {
    series: Series,
    curve: OnceBox<Curve>,
}

impl Clone for Listed {
    fn clone(&self) -> Self {
        let curve =
            self.curve.get().map_or_else(OnceBox::new, |curve| OnceBox::with_value(Box::new(curve.clone())));
        Self { series: self.series, curve }
    }
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

/// All series and factors, folded for one tier; a series when an account has it.
#[derive(Clone, Debug)]
pub struct Curves {
    pub(crate) lines: Vec<Line>,
    /// The narrowest side of all factors as part of the wider one, in 2^-16, rounded down.
    pub(crate) narrow: u64,
    /// By factor: its nodes, and the loss of a dollar of it there, where a series is written on it.
    pub(crate) underlyings: Vec<Option<(Underlying, Box<Nodes<1>>)>>,
    series: Vec<Listed>,
    /// By factor, of those with tails: [M6].
    pub(crate) tails: Vec<Vec<TailMove>>,
    /// Of [M4], in 1e-9.
    pub(crate) floor: u64,
}

impl Curves {
    /// Lists series under the factors of a tier. The first account with a series pays for 528 option prices: nodes times
    /// volatilities; what nobody has costs nothing.
    ///
    /// # Errors
    /// The limit that a series exceeds, with its place.
    pub fn fold(
        table: &FactorTable,
        floor_factor: Fraction,
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
                strikes.extend(strike(series));
            }
        }
        let underlying = |(moves, strikes): (&Moves, &mut Option<Vec<i64>>)| {
            let underlying = Underlying::new(*moves, strikes.as_mut()?);
            let line = flat(&underlying);
            Some((underlying, line))
        };
        let underlyings: Vec<_> = moves.iter().zip(&mut strikes).map(underlying).collect();
        Ok(Self {
            series: series.iter().map(|series| Listed { series: *series, curve: OnceBox::new() }).collect(),
            tails: table.rest.iter().map(|rest| rest.tails.clone()).collect(),
            lines: moves.iter().map(line).collect(),
            narrow: moves.iter().map(narrow).min().unwrap_or(0),
            underlyings,
            floor: u64::from(floor_factor.raw()),
        })
    }

    /// Takes over the curves of an older listing under the same factors, where series and nodes are what they were.
    pub(crate) fn keep(mut self, old: Self) -> Self {
        for (listed, old_listed) in self.series.iter_mut().zip(old.series) {
            let factor = usize::from(listed.series.underlying.0);
            let nodes = [&self.underlyings, &old.underlyings]
                .map(|all| all.get(factor).and_then(Option::as_ref).map(|(underlying, _)| &underlying.nodes));
            if listed.series == old_listed.series && nodes[0] == nodes[1] {
                *listed = old_listed;
            }
        }
        self
    }

    /// Does it list just these series?
    pub(crate) fn lists(&self, series: &[Series]) -> bool {
        self.series.len() == series.len()
            && self.series.iter().zip(series).all(|(listed, series)| listed.series == *series)
    }

    /// The curve of a series, worked out where nobody has asked for it before.
    #[inline]
    pub(crate) fn curve(&self, index: SeriesIndex) -> Option<&Curve> {
        let listed = self.series.get(usize::from(index.0))?;
        let Some(curve) = listed.curve.get() else { return self.work_out(listed) };
        Some(curve)
    }

    #[cold]
    fn work_out<'a>(&self, listed: &'a Listed) -> Option<&'a Curve> {
        let factor = usize::from(listed.series.underlying.0);
        let (underlying, _) = self.underlyings.get(factor)?.as_ref()?;
        let curve =
            || Box::new(curve(&listed.series, underlying, self.tails.get(factor).map_or(&[], Vec::as_slice)));
        Some(listed.curve.get_or_init(curve))
    }
}

/// The move of the underlying that takes the forward to the strike, in 2^-28, where one of its range may.
fn strike(series: &Series) -> Option<i64> {
    let (forward, strike) = (series.forward.raw() as i128, series.strike.raw() as i128); // below 2^70
    let moving = i128::from(series.moving.raw());
    let of_forward = ((strike - forward) << MOVE) / forward; // within 32
    i64::try_from((of_forward * i128::from(Fraction::ONE.raw())).checked_div(moving)?).ok()
}

/// A part of the largest move, in 2^-30.
fn part(of: i64, largest: i64) -> i32 {
    ((of << PART) / largest.max(1)) as i32 // below 2^31 x 2^30, and at most one
}

/// The narrower side of a range as part of the wider one.
fn narrow(moves: &Moves) -> u64 {
    let [fall, rise] = moves.range.map(|of| of as u64);
    (fall.min(rise) << NARROW).checked_div(moves.largest() as u64).unwrap_or(1 << NARROW)
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
fn flat(underlying: &Underlying) -> Box<Nodes<1>> {
    let largest = underlying.moves.largest();
    let mut parts = Box::new(Nodes([[0; ROW]]));
    for (lost, node) in parts.0.as_flattened_mut().iter_mut().zip(underlying.nodes) {
        *lost = part((-node).clamp(-largest, largest), largest);
    }
    parts
}

/// Prices a series at every node and volatility.
fn curve(series: &Series, underlying: &Underlying, tails: &[TailMove]) -> Curve {
    let even = Even::of(series);
    let [fallen, risen] = shocked(series.vol, series.left);
    let vols = [fallen, series.vol, risen];
    let (mut losses, mut worst) = (vec![[0_i64; NODES]; VOLS], [0_i64; 2]);
    for (losses, vol) in losses.iter_mut().zip(vols) {
        for (loss_at, node) in losses.iter_mut().zip(underlying.nodes) {
            let [most, least] = even.losses(node, vol);
            worst = [worst[0].max(most + 1), worst[1].max(1 - least)];
            *loss_at = most.midpoint(least);
        }
    }
    let largest = (worst[0].max(worst[1]) as u64).max(1 << (WORST - 20));
    let scale = (largest >> (WORST - SCALE)) + 1;
    let part = |loss: i64| ((i128::from(loss) << PART) / i128::from(scale << (WORST - SCALE))) as i32; // within one
    let mut parts = Box::new(Nodes([[0; ROW]; VOLS]));
    for (parts, losses) in parts.0.iter_mut().zip(losses) {
        parts.iter_mut().zip(losses).for_each(|(of, loss)| *of = part(loss));
    }
    // Nodes stand on a grid of 2^-28, so that a true one may cost a little more than all of these; a mark is a mark.
    let short = worst[1].max(0) as u64 + (1 << (WORST - 24));
    // In standard mode a tail counts too: it costs what is sold more than the range does where a value bends upward.
    let short = tails.iter().map(|tail| even.weighted_tail(tail)).fold(short, u64::max);
    let mark = ((even.mark << WORST) / even.forward) as u64 + 1; // below 2^65 x 2^54
    Curve {
        underlying: usize::from(series.underlying.0),
        tenor: if series.is_front() { Tenor::Front } else { Tenor::Back },
        scale,
        losses: parts,
        worst: [mark, short],
        tails: tails.iter().map(|tail| even.tail(tail)).collect(),
    }
}

/// A series whose prices are moved until the forward has 60 bits: strike and mark then have 65 at the most.
struct Even<'a> {
    series: &'a Series,
    forward: u128,
    strike: u128,
    mark: u128,
}

impl<'a> Even<'a> {
    fn of(series: &'a Series) -> Self {
        let bits = 128 - series.forward.raw().leading_zeros();
        let even = |price: u128| if bits <= 60 { price << (60 - bits) } else { price >> (bits - 60) };
        Self {
            series,
            forward: even(series.forward.raw()),
            strike: even(series.strike.raw()),
            mark: even(series.mark),
        }
    }

    /// The most and the least that a dollar of forward, held long, loses where its underlying moves by so much, below 2^8, in
    /// 2^-54.
    fn losses(&self, moved: i64, vol: Ratio) -> [i64; 2] {
        // Where an average has begun, only a part of the forward moves.
        let moved = match self.series.moving {
            Fraction::ONE => moved,
            part => (i128::from(moved) * i128::from(part.raw()) / i128::from(Fraction::ONE.raw())) as i64,
        };
        let price = self.forward * ((1 << MOVE) + moved).max(0) as u128; // prices end at zero
        let value = black(self.series.style, price, self.strike << MOVE, vol, self.series.left);
        // Below 2^98 x 2^26 / 2^59.
        let loss = |value: u128| {
            (((self.mark << MOVE) as i128 - value as i128) << (WORST - MOVE)) / self.forward as i128
        };
        [loss(value.low) as i64, loss(value.high) as i64]
    }

    /// What of it must be covered where a dollar of forward is sold, in 2^-54, rounded up: at most a scaled range, below 2^3.
    fn weighted_tail(&self, tail: &TailMove) -> u64 {
        let [_, short] = self.tail(tail);
        let weighted = u128::from(short.max(0).unsigned_abs()) * u128::from(tail.weight); // below 2^48 x 2^64
        (weighted.div_ceil(1_000_000_000) << (WORST - MOVE)) as u64
    }

    /// What a dollar of forward, held long and sold, loses by a tail, in 2^-28, rounded up.
    fn tail(&self, tail: &TailMove) -> [i64; 2] {
        /// Beyond, a call is taken to gain all that its forward does, a put to lose nothing more.
        const FAR: i64 = 128 << MOVE;
        let near = tail.moved.min(FAR);
        let [most, least] = self.losses(near, self.series.vol);
        let up = |loss: i64| (loss + ((1 << (WORST - MOVE)) - 1)) >> (WORST - MOVE);
        [up(most) + 1, up(-least) + 1 + (tail.moved - near)]
    }
}
