//! The row of one account, and how it is replaced.

use alloc::vec::Vec;
use core::fmt;

use cistern_units::Value;

use super::{Book, InstrumentIndex};
use crate::{
    FactorIndex, Mode,
    linear::{LANES, PLACES},
};

/// Most factors of an account in the kernels: a row of sums that stays in registers and the first cache.
pub(super) const SLOTS: usize = PLACES - 1;
/// The place of a sum that nobody reads, behind those of factors: [`SLOTS`].
pub(super) const NOBODYS: u8 = 15;
const _: () = assert!(SLOTS == 15, "four bits name every place of a sum, the last of them nobody's");
/// Cash from here on, in 1e-8 dollars, is too large for the kernels.
pub(super) const CASH_MAX: u128 = 1 << 60;

/// Bits of an account that is too large for the kernels at any price.
pub(super) const WIDE: u8 = u8::MAX;

/// Lots of an instrument; negative where they are owed or short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lots {
    /// Of what.
    pub instrument: InstrumentIndex,
    /// How many.
    pub lots: i64,
}

/// What an account has.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// How its margin is computed.
    pub mode: Mode,
    /// What does not move with prices: unsettled P&L less what its positions cost.
    pub cash: Value,
    /// Balances and debts.
    pub balances: &'a [Lots],
    /// Derivative positions.
    pub positions: &'a [Lots],
}

/// Why a row cannot be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowError {
    /// The book has no such instrument.
    UnknownInstrument(InstrumentIndex),
    /// More than 255 legs, or 2^32 in all rows.
    TooManyLegs,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownInstrument(index) => {
                write!(
                    f,
                    "there is no instrument {} in the book; name one of those that it was made with",
                    index.0
                )
            }
            Self::TooManyLegs => {
                f.write_str("an account has 255 legs at the most, and all accounts 2^32; split the account")
            }
        }
    }
}

impl core::error::Error for RowError {}

/// A leg of a row: its lots, its instrument and the places of the sums of its first two factors.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RowLeg {
    /// The lower half of its lots and the upper one: twelve bytes have no gap.
    lots: [u32; 2],
    pub(super) instrument: u16,
    /// Four bits each, the first in the lower ones; the last place for each factor that it has not: that sum is nobody's.
    pub(super) slots: u8,
}

impl RowLeg {
    fn new(lots: Lots, slots: [u8; 2]) -> Self {
        let [a, b, c, d, e, f, g, h] = lots.lots.to_le_bytes();
        let halves = [[a, b, c, d], [e, f, g, h]].map(u32::from_le_bytes);
        let [first, second] = slots;
        Self { lots: halves, instrument: lots.instrument.0, slots: first & 15 | second << 4 }
    }

    /// Its lots, which are read at once.
    #[inline(always)]
    pub(super) fn lots(&self) -> i64 {
        let [low, high] = self.lots;
        (u64::from(high) << 32 | u64::from(low)).cast_signed()
    }
}

/// Where the row of an account is and what it holds: first balances, then positions, then, for every two further factors
/// of either, the same lots once more.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Header {
    /// In 1e-8 dollars; what is too large for the kernels is kept elsewhere.
    pub(super) cash: i64,
    pub(super) start: u32,
    pub(super) first_quad: u32,
    pub(super) balances: u8,
    pub(super) positions: u8,
    pub(super) further: u8,
    pub(super) factors: u8,
    /// Legs and factors by four that there is room for.
    pub(super) room: [u8; 2],
    /// Bits of the largest leg's lots, moved up as far as when they were counted.
    pub(super) bits: u8,
    pub(super) is_standard: bool,
}

impl Header {
    pub(super) fn mode(&self) -> Mode {
        if self.is_standard { Mode::Standard } else { Mode::Portfolio }
    }

    pub(super) fn legs(&self) -> usize {
        usize::from(self.balances).saturating_add(usize::from(self.positions))
    }
}

/// The parts of a row as columns.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    legs: Vec<RowLeg>,
    factors: Vec<u16>,
    /// The same by four, as they are stored.
    quads: Vec<[u16; LANES]>,
}

impl Parts {
    fn slot(&mut self, factor: u16) -> u8 {
        let place = self.factors.iter().position(|known| *known == factor).unwrap_or_else(|| {
            self.factors.push(factor);
            self.factors.len().saturating_sub(1)
        });
        u8::try_from(place).map_or(NOBODYS, |place| place.min(NOBODYS)) // an account with more is too large
    }

    /// Gathers the factors by four, the last ones filled up.
    fn gather(&mut self) {
        self.quads.clear();
        for four in self.factors.chunks(LANES) {
            let mut quad = [0; LANES];
            quad.iter_mut().zip(four).for_each(|(place, factor)| *place = *factor);
            self.quads.push(quad);
        }
    }

    fn push(&mut self, lots: Lots, [first, second]: [Option<FactorIndex>; 2]) {
        let mut slot = |factor: Option<FactorIndex>| factor.map_or(NOBODYS, |factor| self.slot(factor.0));
        let slots = [slot(first), slot(second)];
        self.legs.push(RowLeg::new(lots, slots));
    }
}

impl Book {
    /// Sets what an account has; accounts up to it that the book does not know yet are empty.
    ///
    /// # Errors
    /// [`RowError`]; the account is as it was then.
    pub fn set(&mut self, account: usize, row: &Row<'_>) -> Result<(), RowError> {
        let mut parts = core::mem::take(&mut self.scratch);
        parts.legs.clear();
        parts.factors.clear();
        let set = self.split(row, &mut parts).and_then(|()| self.place(account, row, &parts));
        self.scratch = parts;
        set
    }

    /// Splits a row into legs with places for their sums.
    fn split(&self, row: &Row<'_>, parts: &mut Parts) -> Result<(), RowError> {
        let all = || row.balances.iter().chain(row.positions);
        let spec = |lots: &Lots| {
            let spec = self.specs.get(usize::from(lots.instrument.0));
            spec.ok_or(RowError::UnknownInstrument(lots.instrument))
        };
        for lots in all() {
            let mut factors = spec(lots)?.factors.iter().copied();
            parts.push(*lots, [factors.next(), factors.next()]);
        }
        for lots in all() {
            for two in spec(lots)?.factors.get(2..).unwrap_or_default().chunks(2) {
                let mut factors = two.iter().copied();
                parts.push(*lots, [factors.next(), factors.next()]);
            }
        }
        parts.gather();
        Ok(())
    }

    /// Puts a row where there is room for it.
    fn place(&mut self, account: usize, row: &Row<'_>, parts: &Parts) -> Result<(), RowError> {
        let narrow = |count: usize| u8::try_from(count).map_err(|_| RowError::TooManyLegs);
        let further = parts.legs.len().saturating_sub(row.balances.len()).saturating_sub(row.positions.len());
        let (legs, factors) = (narrow(parts.legs.len())?, narrow(parts.factors.len())?);
        let old = self.headers.get(account).copied().unwrap_or_default();
        let cash = i64::try_from(row.cash.raw()).ok().filter(|_| row.cash.magnitude() < CASH_MAX);
        let mut header = Header {
            cash: cash.unwrap_or(0),
            balances: narrow(row.balances.len())?,
            positions: narrow(row.positions.len())?,
            further: narrow(further)?,
            factors,
            is_standard: row.mode == Mode::Standard,
            bits: if parts.factors.len() > SLOTS || cash.is_none() { WIDE } else { self.bits(&parts.legs) },
            ..old
        };
        let [leg_room, quad_room] = old.room;
        if legs > leg_room {
            header.start = start(self.legs.len())?;
            header.room = [rounded(legs), header.room[1]];
            let end = self.legs.len().saturating_add(usize::from(header.room[0]));
            self.legs.resize(end, RowLeg::default());
        }
        if parts.quads.len() > usize::from(quad_room) {
            header.first_quad = start(self.factors.len())?;
            header.room = [header.room[0], narrow(parts.quads.len())?];
            self.factors.resize(self.factors.len().saturating_add(parts.quads.len()), Default::default());
        }
        if self.headers.len() <= account {
            self.headers.resize(account.saturating_add(1), Header::default());
        }
        match cash {
            None => drop(self.wide_cash.insert(account, row.cash)),
            Some(_) => drop(self.wide_cash.remove(&account)),
        }
        copy(&mut self.legs, header.start, &parts.legs);
        copy(&mut self.factors, header.first_quad, &parts.quads);
        if let Some(place) = self.headers.get_mut(account) {
            *place = header;
        }
        Ok(())
    }

    /// Bits of the largest leg.
    fn bits(&self, legs: &[RowLeg]) -> u8 {
        let bits = |leg: &RowLeg| {
            let counted = self.folded.get(usize::from(leg.instrument)).map_or(0, |folded| folded.counted);
            let lots = u64::BITS.saturating_sub(leg.lots().unsigned_abs().leading_zeros());
            u8::try_from(lots).unwrap_or(WIDE).saturating_add(counted)
        };
        // A leg that is too large now may fit at another price: it is not marked for good.
        legs.iter().map(bits).max().unwrap_or(0).min(WIDE - 1)
    }

    /// Counts the bits of all rows at the prices of now.
    pub(super) fn count_bits(&mut self) {
        for folded in &mut self.folded {
            folded.counted = folded.moves();
        }
        self.drift = 0;
        let mut headers = core::mem::take(&mut self.headers);
        for header in headers.iter_mut().filter(|header| header.bits != WIDE) {
            header.bits = self.bits(self.row(header));
        }
        self.headers = headers;
    }

    /// The legs of an account, each once.
    pub(super) fn row(&self, header: &Header) -> &[RowLeg] {
        let from = usize::try_from(header.start).unwrap_or(usize::MAX);
        self.legs.get(from..from.saturating_add(header.legs())).unwrap_or(&[])
    }
}

/// Rounded up to a multiple of two: an account that opens a position moves every other time.
fn rounded(count: u8) -> u8 {
    count.checked_next_multiple_of(2).unwrap_or(u8::MAX)
}

fn start(len: usize) -> Result<u32, RowError> {
    u32::try_from(len).map_err(|_| RowError::TooManyLegs)
}

fn copy<T: Copy>(column: &mut [T], start: u32, parts: &[T]) {
    let from = usize::try_from(start).unwrap_or(usize::MAX);
    if let Some(place) = column.get_mut(from..from.saturating_add(parts.len())) {
        place.copy_from_slice(parts);
    }
}
