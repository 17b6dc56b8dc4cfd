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
    linear::{Exposures, Lanes, Lots, Scale, Sums},
    table::{NANO_PLACES, scale_up},
};

/// Bits of lots that a product has room for.
const LOT_BITS: u8 = 63;

/// Sums over the legs of an account: values are below 2^53, there are 255 at the most, and cash is below 2^60.
struct Legs {
    equity: i64,
    /// Exposures by place; the last is nobody's.
    exposures: Exposures,
    /// [M4b] or the haircuts of standard mode, in 1e-17 dollars; below 255 x 2^53 x 2^34.
    charged: u128,
}

impl Legs {
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

/// Judges an account.
#[inline(always)]
pub(super) fn judge<L: Lanes>(book: &Book, header: &Header) -> Margin {
    if header.bits > LOT_BITS.wrapping_sub(book.drift) {
        return Margin::WIDE;
    }
    if header.is_standard { legs::<L, true>(book, header) } else { legs::<L, false>(book, header) }
}

/// Sums the legs of a row: balances, positions, and once more those with further factors.
#[inline(always)]
fn legs<L: Lanes, const STANDARD: bool>(book: &Book, header: &Header) -> Margin {
    let from = header.start as usize;
    let (balances, positions) = (usize::from(header.balances), usize::from(header.positions));
    let all = balances.wrapping_add(positions);
    let Some(row) = book.legs.get(from..from.wrapping_add(all).wrapping_add(usize::from(header.further)))
    else {
        return Margin::WIDE;
    };
    let (held, row) = row.split_at(balances);
    let (open, further) = row.split_at(positions);
    let folded = book.folded.as_slice();
    let mut sums = Legs { equity: header.cash as i64, exposures: Exposures::default(), charged: 0 };
    for leg in held {
        let now = &folded[usize::from(leg.instrument)];
        let value = product(leg.lots, now.quote, now.shift);
        sums.equity = sums.equity.wrapping_add(value);
        sums.expose::<STANDARD>(leg, value);
        if STANDARD {
            sums.charge(value, book.haircuts[usize::from(leg.instrument)]);
        }
    }
    for leg in open {
        let now = &folded[usize::from(leg.instrument)];
        let value = product(leg.lots, now.quote, now.shift);
        let funding = product(leg.lots, now.funding, now.funding_shift);
        sums.equity = sums.equity.wrapping_add(value).wrapping_add(funding);
        sums.expose::<STANDARD>(leg, value);
        let rate = if STANDARD { book.haircuts[usize::from(leg.instrument)] } else { now.gross_floor };
        sums.charge(value, rate);
    }
    for leg in further {
        let now = &folded[usize::from(leg.instrument)];
        sums.expose::<STANDARD>(leg, product(leg.lots, now.quote, now.shift));
    }
    let count = usize::from(header.factors).min(SLOTS);
    let first = header.first_factor as usize;
    let Some(factors) = book.factors.get(first..first.wrapping_add(count)) else { return Margin::WIDE };
    let mut base = if STANDARD { 0 } else { joint::<L>(book, factors, &sums.exposures) };
    // Where a joint loss is the largest, nothing needs a division.
    if STANDARD || sums.charged > u128::from(base).wrapping_mul(u128::from(Ratio::ONE.raw())) {
        base = scale_up(sums.charged, NANO_PLACES) as u64; // below 2^95 / 2^29
    }
    let addon = if book.table.has_impact { addon(book, factors, &sums.exposures) } else { 0 };
    Margin { equity: sums.equity, requirement: base.wrapping_add(addon) as i64 } // below the exposures, 2^62
}

/// The larger of [M3], [M4] and the tails.
#[inline(always)]
fn joint<L: Lanes>(book: &Book, factors: &[u16], exposures: &Exposures) -> u64 {
    let scale = Scale::of(u128::from(L::gross(exposures)), book.table.places);
    let mut sums = Sums::<L>::new();
    for (factor, net) in factors.iter().zip(&exposures.0) {
        let rows = &book.table.rows[usize::from(*factor)];
        sums.add(&rows[usize::from(*net < 0)], Lots::of(*net, scale.lot));
    }
    scale.root(sums.joint()).max(scale.product(sums.single)) as u64 // below the exposures
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
    for (margin, header) in margins.iter_mut().zip(headers) {
        *margin = judge::<L>(book, header);
    }
}
