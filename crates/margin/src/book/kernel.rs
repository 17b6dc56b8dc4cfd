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
    Book, Folded, Margin, Path,
    paths::{self, Phase},
    row::{Header, NOBODYS, RowLeg, SLOTS},
};
use crate::{
    addon::ChargeTable,
    linear::{Exposures, LANES, Lanes, Normal, PLACES, Scale, Sums, root_up},
};

/// Bits of lots that a product has room for.
const LOT_BITS: u8 = 63;

/// Accounts that go through the phases together: while one waits for a root, the machine works at the next.
const TOGETHER: usize = 16;

/// One account between the phases. Values are below 2^53, there are 255 at the most, and cash is below 2^60.
#[derive(Clone, Copy, Debug, Default)]
struct Stage {
    exposures: Exposures,
    normal: Normal,
    /// The places of its factors' rows.
    rows: [u64; PLACES],
    equity: i64,
    /// Haircuts, or [M4b], below 255 x 2^53 x 2^30, in 1e-17 dollars.
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
fn expose(Exposures(exposures): &mut Exposures, slots: u8, value: i64) {
    let mut add = |slot: u8| {
        let sum = &mut exposures[usize::from(slot & NOBODYS)];
        *sum = sum.wrapping_add(value);
    };
    add(slots);
    // Most have one: a branch that is seldom taken costs less than a sum.
    if slots < NOBODYS << 4 {
        add(slots >> 4);
    }
}

/// A part of a size, in 1e-17 dollars.
#[inline(always)]
fn charge(size: u64, rate: u64) -> u128 {
    u128::from(size).wrapping_mul(u128::from(rate))
}

/// The upper half of lots, moved up, times a mantissa: [`crate::Quote::value`] where the lots have room.
#[inline(always)]
fn product(lots: i64, mantissa: i64, shift: u8) -> i64 {
    (i128::from(lots << (shift & 63)).wrapping_mul(i128::from(mantissa)) >> 64) as i64
}

/// What the first phase reads of a book.
#[derive(Clone, Copy)]
struct Columns<'a> {
    folded: &'a [Folded],
    legs: &'a [RowLeg],
    /// Accounts whose legs have more bits are too large.
    bits_max: u8,
}

impl<'a> Columns<'a> {
    fn of(book: &'a Book) -> Self {
        Self { folded: &book.folded, legs: &book.legs, bits_max: LOT_BITS.wrapping_sub(book.drift) }
    }

    /// First phase: sums the legs of a row, balances, positions, and once more those with further factors, into what the
    /// account is worth, its exposures, and its haircuts or [M4b]. Nothing where it is too large, or its row is not there.
    #[inline(always)]
    fn sum<const STANDARD: bool>(&self, header: &Header, stage: &mut Stage) -> Option<()> {
        if header.bits > self.bits_max {
            return None;
        }
        stage.exposures = Exposures::default();
        let exposures = &mut stage.exposures;
        let (mut equity, mut charged) = (header.cash, 0_u128);
        let [balances, positions, further] =
            [header.balances, header.positions, header.further].map(usize::from);
        let open = balances + positions;
        let row = self.legs.get(header.start as usize..)?.get(..open + further)?;
        for leg in &row[..balances] {
            let now = &self.folded[usize::from(leg.instrument)];
            let value = product(leg.lots(), now.quote, now.shift);
            equity = equity.wrapping_add(value);
            if STANDARD {
                let size = value.unsigned_abs();
                charged = charged.wrapping_add(charge(size, now.charge));
                expose(exposures, leg.slots, size as i64);
            } else {
                expose(exposures, leg.slots, value);
            }
        }
        for leg in &row[balances..open] {
            let now = &self.folded[usize::from(leg.instrument)];
            let value = product(leg.lots(), now.quote, now.shift);
            let funding = product(leg.lots(), now.funding, now.funding_shift);
            equity = equity.wrapping_add(value).wrapping_add(funding);
            let size = value.unsigned_abs();
            charged = charged.wrapping_add(charge(size, if STANDARD { now.charge } else { now.gross_floor }));
            expose(exposures, leg.slots, if STANDARD { size as i64 } else { value });
        }
        for leg in &row[open..] {
            let now = &self.folded[usize::from(leg.instrument)];
            let value = product(leg.lots(), now.quote, now.shift);
            expose(exposures, leg.slots, if STANDARD { value.unsigned_abs() as i64 } else { value });
        }
        exposures.0[SLOTS] = 0;
        (stage.equity, stage.charged) = (equity, charged);
        Some(())
    }
}

/// The factors of an account by four, by the places of their exposures.
#[inline(always)]
fn factors<'a>(book: &'a Book, header: &Header) -> Option<&'a [[u16; LANES]]> {
    let quads = usize::from(header.factors).div_ceil(LANES);
    book.factors.get(header.first_quad as usize..)?.get(..quads)
}

/// Second phase: the exposures in risk lots.
#[inline(always)]
fn normalise<L: Lanes>(book: &Book, header: &Header, stage: &mut Stage) {
    let Some(quads) = factors(book, header) else { return };
    stage.scale = Scale::of_narrow(L::gross(&stage.exposures, quads.len()), book.table.places);
    L::normalise(&stage.exposures, quads.len(), stage.scale.lot, &mut stage.normal);
    L::rows(&stage.exposures, quads, &mut stage.rows);
}

/// Third phase: the losses of the exposures.
#[inline(always)]
fn lose<L: Lanes>(book: &Book, header: &Header, stage: &mut Stage) {
    let mut sums = Sums::<L>::new();
    let rows = book.table.rows.as_flattened();
    for place in 0..usize::from(header.factors) {
        sums.add(&rows[stage.rows[place & SLOTS] as usize], stage.normal.lots(place));
    }
    stage.square = sums.worst_square();
    stage.single = sums.single();
}

/// Fourth phase: what the losses ask for.
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

/// Fifth phase, [M5]: the charges of all factors.
#[inline(always)]
fn addon<L: Lanes>(
    book: &Book,
    charges: ChargeTable<'_>,
    header: &Header,
    Exposures(exposures): &Exposures,
) -> i64 {
    let Some(quads) = factors(book, header) else { return 0 };
    let (mut sum, mut far) = (L::zero(), 0_u64);
    for (factors, net) in quads.iter().zip(exposures.as_chunks::<LANES>().0) {
        match L::charges(net, factors, charges) {
            Some(four) => sum = L::sum(sum, four),
            None => far = far.wrapping_add(far_charges(book, factors, net)),
        }
    }
    let [a, b, c, d] = L::lanes(sum);
    far.wrapping_add(a).wrapping_add(b).wrapping_add(c.wrapping_add(d)) as i64
}

/// [M5] of exposures of which one is very large.
#[cold]
#[inline(never)]
fn far_charges(book: &Book, factors: &[u16; LANES], net: &[i64; LANES]) -> u64 {
    factors.iter().zip(net).fold(0, |sum: u64, (factor, net)| {
        let rest = book.table.rest.get(usize::from(*factor));
        let charge = rest.and_then(|rest| rest.impact.as_ref());
        sum.wrapping_add(charge.map_or(0, |impact| impact.charge_narrow(net.unsigned_abs())))
    })
}

/// Some accounts of one mode in their first phase.
struct Values<'a, const STANDARD: bool>(Columns<'a>, &'a [Header], &'a mut [Stage]);

impl<const STANDARD: bool> Phase for Values<'_, STANDARD> {
    type Out = ();

    #[inline(always)]
    fn run<L: Lanes>(self) {
        for (header, stage) in self.1.iter().zip(self.2) {
            if header.is_standard == STANDARD {
                let way = if STANDARD { Way::Standard } else { Way::Portfolio };
                stage.way = self.0.sum::<STANDARD>(header, stage).map_or(Way::Wide, |()| way);
            }
        }
    }
}

/// Those of portfolio mode in their second.
struct Normals<'a>(&'a Book, &'a [Header], &'a mut [Stage]);

impl Phase for Normals<'_> {
    type Out = ();

    #[inline(always)]
    fn run<L: Lanes>(self) {
        for (header, stage) in self.1.iter().zip(self.2) {
            if stage.way == Way::Portfolio {
                normalise::<L>(self.0, header, stage);
            }
        }
    }
}

/// The same in their third.
struct Losses<'a>(&'a Book, &'a [Header], &'a mut [Stage]);

impl Phase for Losses<'_> {
    type Out = ();

    #[inline(always)]
    fn run<L: Lanes>(self) {
        for (header, stage) in self.1.iter().zip(self.2) {
            if stage.way == Way::Portfolio {
                lose::<L>(self.0, header, stage);
            }
        }
    }
}

/// All of them in their fourth.
struct Requirements<'a>(&'a mut [Stage], &'a mut [Margin]);

impl Phase for Requirements<'_> {
    type Out = ();

    #[inline(always)]
    fn run<L: Lanes>(self) {
        for (stage, margin) in self.0.iter_mut().zip(self.1) {
            let requirement = match stage.way {
                Way::Portfolio => require(stage),
                // Only ranges of several hundred per cent come so far.
                Way::Standard if stage.charged < CHARGED_MAX => nano_up(stage.charged) as i64,
                _ => {
                    stage.way = Way::Wide;
                    *margin = Margin::WIDE;
                    continue;
                }
            };
            *margin = Margin { equity: stage.equity, requirement };
        }
    }
}

/// The same in their fifth.
struct AddOns<'a>(&'a Book, &'a [Header], &'a [Stage], &'a mut [Margin]);

impl Phase for AddOns<'_> {
    type Out = ();

    #[inline(always)]
    fn run<L: Lanes>(self) {
        let charges = self.0.charges.table();
        for ((header, stage), margin) in self.1.iter().zip(self.2).zip(self.3) {
            if stage.way != Way::Wide {
                let charged = addon::<L>(self.0, charges, header, &stage.exposures);
                margin.requirement = margin.requirement.wrapping_add(charged);
            }
        }
    }
}

/// Asks for the rows behind those of some accounts: as many again, as they mostly lie one after the other.
#[inline(always)]
fn fetch(book: &Book, headers: &[Header]) {
    let (Some(first), Some(last)) = (headers.first(), headers.last()) else { return };
    let [from, to] = [first, last].map(|header| header.start as usize);
    let soon = book.legs.get(to..).and_then(|rest| rest.get(..to.checked_sub(from)?));
    paths::fetch(soon.unwrap_or_default());
}

/// Judges accounts from `first` on.
pub(super) fn sweep(book: &Book, path: Path, first: usize, margins: &mut [Margin]) {
    // One alone needs no room for others.
    if margins.len() == 1 {
        judge::<1>(book, path, first, margins);
    } else {
        judge::<TOGETHER>(book, path, first, margins);
    }
}

/// The same, so many together.
fn judge<const ACCOUNTS: usize>(book: &Book, path: Path, first: usize, margins: &mut [Margin]) {
    let headers = book.headers.get(first..).unwrap_or_default();
    let columns = Columns::of(book);
    let mut stages = [Stage::default(); ACCOUNTS];
    for (margins, headers) in margins.chunks_mut(ACCOUNTS).zip(headers.chunks(ACCOUNTS)) {
        let stages = &mut stages[..headers.len()];
        fetch(book, headers);
        if headers.iter().any(|header| header.is_standard) {
            paths::run(path, Values::<true>(columns, headers, stages));
        }
        if headers.iter().any(|header| !header.is_standard) {
            paths::run(path, Values::<false>(columns, headers, stages));
            paths::run(path, Normals(book, headers, stages));
            paths::run(path, Losses(book, headers, stages));
        }
        paths::run(path, Requirements(stages, margins));
        if !book.charges.is_empty() {
            paths::run(path, AddOns(book, headers, stages, margins));
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
