//! The arithmetic of one account over the columns; compiled once for each width of vector.
//!
//! Sketch: a leg costs a product of 64 by 64 bits, two shifts and two sums; a factor what [`crate::linear`] says.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    reason = "sums of bounded products; each line names the bound that makes it safe, and the general path checks all of it"
)]

use cistern_units::Ratio;

use super::{
    Book, Margin,
    row::{Header, RowLeg, SLOTS},
};
use crate::{
    linear::{Exposures, Lanes, Lots, Scale, Sums, root_up},
    table::{NANO_PLACES, scale_up},
};

/// Bits of lots that a product has room for.
const LOT_BITS: u8 = 63;

/// Accounts that go through the phases together: while one waits for a root, the machine works at the next.
const TOGETHER: usize = 16;

/// How the kernels judge an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Way {
    /// Not at all: it is too large.
    #[default]
    Wide,
    Portfolio,
    Standard,
}

/// One account between the phases. Values are below 2^53, there are 255 at the most, and cash is below 2^60.
#[derive(Clone, Copy, Debug, Default)]
struct Stage {
    exposures: Exposures,
    /// [M4b] or the haircuts of standard mode, in 1e-17 dollars; below 255 x 2^53 x 2^34.
    charged: u128,
    equity: i64,
    /// The square of the joint loss: [M3].
    square: u64,
    /// The largest single loss: [M4], [M6].
    single: u64,
    scale: Scale,
    way: Way,
}

impl Stage {
    #[inline(always)]
    fn expose<const STANDARD: bool>(&mut self, leg: &RowLeg, value: i64) {
        let sum = &mut self.exposures.0[usize::from(leg.slot & 15)];
        // What moves with nothing is gathered in the last place, which has no coefficients.
        *sum = sum.wrapping_add(if STANDARD { value.wrapping_abs() } else { value });
    }

    #[inline(always)]
    fn charge(&mut self, value: i64, rate: u64) {
        let charge = u128::from(value.unsigned_abs()).wrapping_mul(u128::from(rate));
        self.charged = self.charged.wrapping_add(charge);
    }
}

/// The upper half of lots, moved up, times a mantissa: [`crate::Quote::value`] where the lots have room.
#[inline(always)]
fn product(lots: i64, mantissa: i64, shift: u8) -> i64 {
    (i128::from(lots << (shift & 63)).wrapping_mul(i128::from(mantissa)) >> 64) as i64
}

/// First phase: values and exposures of an account.
#[inline(always)]
fn value(book: &Book, header: &Header) -> Stage {
    if header.bits > LOT_BITS.wrapping_sub(book.drift) {
        return Stage::default();
    }
    if header.is_standard { legs::<true>(book, header) } else { legs::<false>(book, header) }
}

/// Sums the legs of a row: balances, positions, and once more those with further factors.
#[inline(always)]
fn legs<const STANDARD: bool>(book: &Book, header: &Header) -> Stage {
    let from = header.start as usize;
    let (balances, positions) = (usize::from(header.balances), usize::from(header.positions));
    let all = balances.wrapping_add(positions);
    let Some(row) = book.legs.get(from..from.wrapping_add(all).wrapping_add(usize::from(header.further)))
    else {
        return Stage::default();
    };
    let (held, row) = row.split_at(balances);
    let (open, further) = row.split_at(positions);
    let folded = book.folded.as_slice();
    let way = if STANDARD { Way::Standard } else { Way::Portfolio };
    let mut stage = Stage { equity: header.cash as i64, way, ..Stage::default() };
    for leg in held {
        let now = &folded[usize::from(leg.instrument)];
        let value = product(leg.lots, now.quote, now.shift);
        stage.equity = stage.equity.wrapping_add(value);
        stage.expose::<STANDARD>(leg, value);
        if STANDARD {
            stage.charge(value, book.haircuts[usize::from(leg.instrument)]);
        }
    }
    for leg in open {
        let now = &folded[usize::from(leg.instrument)];
        let value = product(leg.lots, now.quote, now.shift);
        let funding = product(leg.lots, now.funding, now.funding_shift);
        stage.equity = stage.equity.wrapping_add(value).wrapping_add(funding);
        stage.expose::<STANDARD>(leg, value);
        let rate = if STANDARD { book.haircuts[usize::from(leg.instrument)] } else { now.gross_floor };
        stage.charge(value, rate);
    }
    for leg in further {
        let now = &folded[usize::from(leg.instrument)];
        stage.expose::<STANDARD>(leg, product(leg.lots, now.quote, now.shift));
    }
    stage
}

/// The factors of an account, by the places of their exposures.
#[inline(always)]
fn factors<'a>(book: &'a Book, header: &Header) -> &'a [u16] {
    let (first, count) = (header.first_factor as usize, usize::from(header.factors).min(SLOTS));
    book.factors.get(first..first.wrapping_add(count)).unwrap_or_default()
}

/// Second phase: the losses of the exposures.
#[inline(always)]
fn lose<L: Lanes>(book: &Book, header: &Header, stage: &mut Stage) {
    if stage.way != Way::Portfolio {
        return;
    }
    stage.scale = Scale::of(u128::from(L::gross(&stage.exposures)), book.table.places);
    let mut sums = Sums::<L>::new();
    for (factor, net) in factors(book, header).iter().zip(&stage.exposures.0) {
        let rows = &book.table.rows[usize::from(*factor)];
        sums.add(&rows[usize::from(*net < 0)], Lots::of(*net, stage.scale.lot));
    }
    stage.square = sums.worst_square();
    stage.single = sums.single;
}

/// Third phase: the number.
#[inline(always)]
fn finish(book: &Book, header: &Header, stage: &Stage) -> Margin {
    if stage.way == Way::Wide {
        return Margin::WIDE;
    }
    let joint = stage.scale.root_narrow(root_up(stage.square));
    let mut base = joint.max(stage.scale.product_narrow(stage.single));
    // Where a joint loss is the largest, nothing needs a division.
    if stage.charged > u128::from(base).wrapping_mul(u128::from(Ratio::ONE.raw())) {
        base = scale_up(stage.charged, NANO_PLACES) as u64; // below 2^95 / 2^29
    }
    let addon = if book.table.has_impact { addon(book, factors(book, header), &stage.exposures) } else { 0 };
    Margin { equity: stage.equity, requirement: base.wrapping_add(addon) as i64 } // below the exposures, 2^62
}

/// [M5]: the charges of all factors.
#[inline(always)]
fn addon(book: &Book, factors: &[u16], exposures: &Exposures) -> u64 {
    let mut sum = 0_u64;
    for (factor, net) in factors.iter().zip(&exposures.0) {
        if let Some(impact) = &book.table.rest[usize::from(*factor)].impact {
            sum = sum.wrapping_add(impact.charge_narrow(net.unsigned_abs()));
        }
    }
    sum
}

/// Judges accounts one after the other.
#[inline(always)]
pub(super) fn sweep<L: Lanes>(book: &Book, first: usize, margins: &mut [Margin]) {
    let headers = book.headers.get(first..).unwrap_or(&[]);
    let mut stages = [Stage::default(); TOGETHER];
    for (margins, headers) in margins.chunks_mut(TOGETHER).zip(headers.chunks(TOGETHER)) {
        for (stage, header) in stages.iter_mut().zip(headers) {
            *stage = value(book, header);
        }
        for (stage, header) in stages.iter_mut().zip(headers) {
            lose::<L>(book, header, stage);
        }
        for ((margin, stage), header) in margins.iter_mut().zip(&stages).zip(headers) {
            *margin = finish(book, header, stage);
        }
    }
}
