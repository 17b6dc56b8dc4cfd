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
    Book, Margin, Path,
    paths::{self, Phase},
    row::{Header, NOBODYS, RowLeg, SLOTS},
};
use crate::linear::{Exposures, LANES, Lanes, Normal, Scale, Sums, root_up};

/// Bits of lots that a product has room for.
const LOT_BITS: u8 = 63;

/// Accounts that go through the phases together: while one waits for a root, the machine works at the next.
const TOGETHER: usize = 16;

/// One account between the phases. Values are below 2^53, there are 255 at the most, and cash is below 2^60.
#[derive(Clone, Copy, Debug, Default)]
struct Stage {
    exposures: Exposures,
    /// [M4b], below 255 x 2^53 x 2^30, in 1e-17 dollars.
    charged: u128,
    /// The square of the joint loss: [M3].
    square: u64,
    /// The largest single loss: [M4], [M6].
    single: u64,
    scale: Scale,
    way: Way,
}

/// How the kernels judge an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Way {
    /// Not at all: it is too large.
    #[default]
    Wide,
    Portfolio,
    Standard,
}

/// Adds a value to the exposures to its leg's factors: in standard mode its size. What moves with nothing is gathered in the
/// last place.
#[inline(always)]
fn expose<const STANDARD: bool>(Exposures(exposures): &mut Exposures, leg: &RowLeg, value: i64) {
    let value = if STANDARD { value.wrapping_abs() } else { value };
    let [first, second] = leg.slots;
    let mut add = |slot: u8| {
        let sum = &mut exposures[usize::from(slot & 15)];
        *sum = sum.wrapping_add(value);
    };
    add(first);
    // Most have one: a branch that is seldom taken costs less than a sum.
    if second != NOBODYS {
        add(second);
    }
}

/// A part of the size of a value, in 1e-17 dollars.
#[inline(always)]
fn charge(value: i64, rate: u64) -> u128 {
    u128::from(value.unsigned_abs()).wrapping_mul(u128::from(rate))
}

/// The upper half of lots, moved up, times a mantissa: [`crate::Quote::value`] where the lots have room.
#[inline(always)]
fn product(lots: i64, mantissa: i64, shift: u8) -> i64 {
    (i128::from(lots << (shift & 63)).wrapping_mul(i128::from(mantissa)) >> 64) as i64
}

/// Sums the legs of a row: balances, positions, and once more those with further factors. What the account is worth, and its
/// haircuts, or [M4b]; nothing where its row is not there.
#[inline(always)]
fn legs<const STANDARD: bool>(
    book: &Book,
    header: &Header,
    exposures: &mut Exposures,
) -> Option<(i64, u128)> {
    let (mut equity, mut charged) = (header.cash, 0_u128);
    let [balances, positions, further] = [header.balances, header.positions, header.further].map(usize::from);
    let all = balances.wrapping_add(positions).wrapping_add(further);
    let row = book.legs.get(header.start as usize..)?.get(..all)?;
    let (held, row) = row.split_at(balances);
    let (open, further) = row.split_at(positions);
    let folded = book.folded.as_slice();
    for leg in held {
        let now = &folded[usize::from(leg.instrument)];
        let value = product(leg.lots(), now.quote, now.shift);
        equity = equity.wrapping_add(value);
        expose::<STANDARD>(exposures, leg, value);
        if STANDARD {
            charged = charged.wrapping_add(charge(value, now.charge));
        }
    }
    for leg in open {
        let now = &folded[usize::from(leg.instrument)];
        let value = product(leg.lots(), now.quote, now.shift);
        let funding = product(leg.lots(), now.funding, now.funding_shift);
        equity = equity.wrapping_add(value).wrapping_add(funding);
        expose::<STANDARD>(exposures, leg, value);
        charged = charged.wrapping_add(charge(value, if STANDARD { now.charge } else { now.gross_floor }));
    }
    for leg in further {
        let now = &folded[usize::from(leg.instrument)];
        expose::<STANDARD>(exposures, leg, product(leg.lots(), now.quote, now.shift));
    }
    Some((equity, charged))
}

/// The factors of an account by four, by the places of their exposures.
#[inline(always)]
fn factors<'a>(book: &'a Book, header: &Header) -> &'a [[u16; LANES]] {
    let quads = usize::from(header.factors).min(SLOTS).div_ceil(LANES);
    book.factors.get(header.first_quad as usize..).and_then(|rest| rest.get(..quads)).unwrap_or_default()
}

/// First phase: values and exposures of an account; in standard mode what its haircuts ask for, too.
#[inline(always)]
fn value(book: &Book, header: &Header, stage: &mut Stage) -> Margin {
    stage.way = Way::Wide;
    if header.bits > LOT_BITS.wrapping_sub(book.drift) {
        return Margin::WIDE;
    }
    stage.exposures = Exposures::default();
    let exposures = &mut stage.exposures;
    let margin = if header.is_standard {
        let Some((equity, charged)) = legs::<true>(book, header, exposures) else { return Margin::WIDE };
        // Only ranges of several hundred per cent come so far.
        if charged >= CHARGED_MAX {
            return Margin::WIDE;
        }
        stage.way = Way::Standard;
        Margin { equity, requirement: nano_up(charged) as i64 }
    } else {
        let Some((equity, charged)) = legs::<false>(book, header, exposures) else { return Margin::WIDE };
        (stage.way, stage.charged) = (Way::Portfolio, charged);
        Margin { equity, requirement: 0 }
    };
    stage.exposures.0[SLOTS] = 0;
    margin
}

/// Second phase: the losses of the exposures.
#[inline(always)]
fn lose<L: Lanes>(book: &Book, header: &Header, stage: &mut Stage, normal: &mut Normal) {
    let quads = factors(book, header);
    stage.scale = Scale::of_narrow(L::gross(&stage.exposures, quads.len()), book.table.places);
    L::normalise(&stage.exposures, quads.len(), stage.scale.lot, normal);
    let mut sums = Sums::<L>::new();
    let factors = quads.as_flattened();
    for place in 0..usize::from(header.factors).min(factors.len()) {
        let rows = &book.table.rows[usize::from(factors[place])];
        sums.add(&rows[usize::from(stage.exposures.0[place & 15] < 0)], normal.lots(place));
    }
    stage.square = sums.worst_square();
    stage.single = sums.single();
}

/// Third phase: what the losses ask for.
#[inline(always)]
fn require(stage: &Stage) -> i64 {
    let base = stage.scale.larger_narrow(root_up(stage.square), stage.single);
    // Where a joint loss is the largest, nothing needs a division.
    let is_less = u128::from(base).wrapping_mul(u128::from(Ratio::ONE.raw())) < stage.charged;
    let base = if is_less { nano_up(stage.charged) } else { base };
    base as i64 // below the exposures, 2^62
}

/// Charges from here on, in 1e-17 dollars, are too large for the kernels.
const CHARGED_MAX: u128 = 1 << 92;

/// `ceil(n / 10^9)` of a number below 2^93.
#[inline(always)]
fn nano_up(n: u128) -> u64 {
    const NANO: u64 = 1_000_000_000;
    /// 2^31 / 10^9 in 2^-62, rounded down.
    const PART: u64 = ((1_u128 << 93) / NANO as u128) as u64;
    // What is cut off takes less than 2.2 of the quotient, and the part less than two.
    let near = (((n >> 31) as u64 as u128).wrapping_mul(u128::from(PART)) >> 62) as u64;
    let rest = (n as u64).wrapping_sub(near.wrapping_mul(NANO)); // below 6 x 10^9
    near.wrapping_add(rest.wrapping_add(NANO - 1) / NANO)
}

/// Fourth phase, [M5]: the charges of all factors.
#[inline(always)]
fn addon(book: &Book, header: &Header, Exposures(exposures): &Exposures) -> u64 {
    let charges = book.table.charges.as_slice();
    let factors = factors(book, header).as_flattened().iter().take(header.factors.into());
    let mut sum = 0_u64;
    // Not a fold: a closure may be compiled outside of the path.
    for (factor, net) in factors.zip(exposures) {
        let size = net.unsigned_abs();
        let charge = match charges[usize::from(*factor)].charge(size) {
            Some(charge) => charge,
            None => far_charge(book, *factor, size),
        };
        sum = sum.wrapping_add(charge);
    }
    sum
}

/// [M5] of an exposure that is small, or beyond the bound of the slope.
#[cold]
#[inline(never)]
fn far_charge(book: &Book, factor: u16, size: u64) -> u64 {
    let rest = book.table.rest.get(usize::from(factor));
    rest.and_then(|rest| rest.impact.as_ref()).map_or(0, |impact| impact.charge_narrow(size))
}

/// Some accounts in their first phase.
struct Values<'a>(&'a Book, &'a [Header], &'a mut [Stage; TOGETHER], &'a mut [Margin]);

impl Phase for Values<'_> {
    type Out = ();

    #[inline(always)]
    fn run<L: Lanes>(self) {
        for ((header, stage), margin) in self.1.iter().zip(self.2).zip(self.3) {
            *margin = value(self.0, header, stage);
        }
    }
}

/// The same in their second.
struct Losses<'a>(&'a Book, &'a [Header], &'a mut [Stage; TOGETHER]);

impl Phase for Losses<'_> {
    type Out = ();

    #[inline(always)]
    fn run<L: Lanes>(self) {
        let mut normal = Normal::EMPTY;
        for (header, stage) in self.1.iter().zip(self.2) {
            if stage.way == Way::Portfolio {
                lose::<L>(self.0, header, stage, &mut normal);
            }
        }
    }
}

/// The same in their third.
struct Requirements<'a>(&'a [Stage; TOGETHER], &'a mut [Margin]);

impl Phase for Requirements<'_> {
    type Out = ();

    #[inline(always)]
    fn run<L: Lanes>(self) {
        for (stage, margin) in self.0.iter().zip(self.1) {
            if stage.way == Way::Portfolio {
                margin.requirement = require(stage);
            }
        }
    }
}

/// The same in their fourth.
struct AddOns<'a>(&'a Book, &'a [Header], &'a [Stage; TOGETHER], &'a mut [Margin]);

impl Phase for AddOns<'_> {
    type Out = ();

    #[inline(always)]
    fn run<L: Lanes>(self) {
        for ((header, stage), margin) in self.1.iter().zip(self.2).zip(self.3) {
            if stage.way != Way::Wide {
                margin.requirement =
                    margin.requirement.wrapping_add(addon(self.0, header, &stage.exposures) as i64);
            }
        }
    }
}

/// Judges accounts from `first` on.
pub(super) fn sweep(book: &Book, path: Path, first: usize, margins: &mut [Margin]) {
    let headers = book.headers.get(first..).unwrap_or(&[]);
    let mut stages = [Stage::default(); TOGETHER];
    for (margins, headers) in margins.chunks_mut(TOGETHER).zip(headers.chunks(TOGETHER)) {
        paths::run(path, Values(book, headers, &mut stages, margins));
        if headers.iter().any(|header| !header.is_standard) {
            paths::run(path, Losses(book, headers, &mut stages));
            paths::run(path, Requirements(&stages, margins));
        }
        if book.table.has_impact {
            paths::run(path, AddOns(book, headers, &stages, margins));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100_000))]

        #[test]
        fn a_charge_in_billionths_is_rounded_up(n in 0_u128..1 << 93, bits in 0_u32..93, near in 0_u128..1 << 63) {
            for n in [n >> bits, near * 1_000_000_000, near * 1_000_000_000 + 1] {
                prop_assert_eq!(u128::from(nano_up(n)), n.div_ceil(1_000_000_000));
            }
        }
    }
}
