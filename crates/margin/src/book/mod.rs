//! Many accounts as columns, kept current by events and judged at memory speed.
//!
//! A [`Book`] holds of each account the lots that it has, each with the number of its [`Instrument`], and what does not move
//! with prices. Prices, interest, funding and haircuts are folded into the instruments once a tick. Judging an account is
//! then a product for each leg and a row of coefficients for each factor: the same arithmetic as
//! [`crate::Portfolio::requirement`], to the last bit, in whatever width of vector the machine has.
//!
//! It is derived data: made from the state, checked against it, never stored. A row that outgrows its place moves to the end
//! and leaves a hole; whoever keeps a book for long makes it anew now and then.

mod allowance;
mod index;
mod kernel;
pub(crate) mod paths;
mod row;

use alloc::{collections::BTreeMap, vec::Vec};

use cistern_units::{Ratio, Value};

pub use index::{Found, Index};
pub use paths::Path;
pub use row::{Lots, Row, RowError};

use crate::{
    FactorIndex, FactorTable, Leg, MarginError, Portfolio, Quote,
    addon::Charges,
    book::row::{Header, Parts, RowLeg},
    linear::LANES,
    table::Side,
};

/// One side of a market, or one form of an asset, at one instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Instrument {
    /// What a lot is worth.
    pub quote: Quote,
    /// What a lot is owed of funding since the market began; zero for a balance.
    pub funding: Quote,
}

/// What does not change about an instrument from tick to tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstrumentSpec {
    /// What a lot of it is to an account.
    pub leg: Leg,
    /// What it moves with.
    pub factors: Vec<FactorIndex>,
    /// Is it the short side of a market, or a debt?
    pub is_short: bool,
}

impl InstrumentSpec {
    /// The move that hurts whoever has it.
    const fn side(&self) -> Side {
        if self.is_short { Side::Rise } else { Side::Fall }
    }
}

/// What an account is worth and what it must have, in 1e-8 dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Margin {
    /// What is left of all that it has.
    pub equity: i64,
    /// What it must have.
    pub requirement: i64,
}

impl Margin {
    /// Of an account that is too large for the columns: [`Book::judge`] it.
    pub const WIDE: Self = Self { equity: i64::MIN, requirement: i64::MAX };
}

/// Number of an instrument in a book.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstrumentIndex(pub u16);

/// What the kernels read of an instrument, folded from its [`Instrument`], its spec and the table.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
struct Folded {
    quote: i64,
    funding: i64,
    /// `min(c, h)` of a derivative, in 1e-9: [M4b].
    gross_floor: u64,
    /// The haircut in standard mode, in 1e-9.
    charge: u64,
    /// Bits that lots are moved up by for each product.
    shift: u8,
    funding_shift: u8,
    /// The larger of both when the bits of the rows were counted.
    counted: u8,
}

impl Folded {
    fn reprice(&mut self, now: Instrument) {
        let narrow = |shift: u32| u8::try_from(shift).unwrap_or(u8::MAX); // 63 at the most
        (self.quote, self.shift) = (now.quote.mantissa, narrow(now.quote.shift));
        (self.funding, self.funding_shift) = (now.funding.mantissa, narrow(now.funding.shift));
    }

    fn moves(&self) -> u8 {
        self.shift.max(self.funding_shift)
    }
}

/// Bits that a price may move by before the bits of all rows are counted anew: a factor of 16.
const DRIFT_MAX: u8 = 4;

/// The add-ons of all factors, as the kernels read them.
fn charges(table: &FactorTable) -> Charges {
    Charges::of(table.rest.iter().map(|rest| rest.impact.as_ref()))
}

/// Accounts as columns.
#[derive(Clone, Debug)]
pub struct Book {
    specs: Vec<InstrumentSpec>,
    instruments: Vec<Instrument>,
    folded: Vec<Folded>,
    /// By how many bits some price has grown at the most since the bits of the rows were counted.
    drift: u8,
    table: FactorTable,
    /// The add-ons of its factors.
    charges: Charges,
    headers: Vec<Header>,
    /// What of accounts does not move with prices and is too large for a header.
    wide_cash: BTreeMap<usize, Value>,
    legs: Vec<RowLeg>,
    /// The factors of all accounts by four, in the order of their exposures.
    factors: Vec<[u16; LANES]>,
    scratch: Parts,
}

impl Book {
    /// A book without accounts.
    #[must_use]
    pub fn new(specs: Vec<InstrumentSpec>, table: FactorTable) -> Self {
        let mut book = Self {
            folded: alloc::vec![Folded::default(); specs.len()],
            instruments: alloc::vec![Instrument::default(); specs.len()],
            drift: 0,
            specs,
            charges: charges(&table),
            table,
            headers: Vec::new(),
            wide_cash: BTreeMap::new(),
            legs: Vec::new(),
            factors: Vec::new(),
            scratch: Parts::default(),
        };
        book.fold();
        book
    }

    /// Puts the coefficients of another instant in place.
    pub fn set_table(&mut self, table: FactorTable) {
        self.charges = charges(&table);
        self.table = table;
        self.fold();
    }

    /// Prices an instrument.
    pub fn reprice(&mut self, index: InstrumentIndex, now: Instrument) {
        let place = usize::from(index.0);
        if let (Some(instrument), Some(folded)) =
            (self.instruments.get_mut(place), self.folded.get_mut(place))
        {
            *instrument = now;
            folded.reprice(now);
            let (moves, counted) = (folded.moves(), folded.counted);
            self.drift = self.drift.max(moves.saturating_sub(counted));
            if moves.abs_diff(counted) > DRIFT_MAX {
                self.count_bits();
            }
        }
    }

    /// The coefficients.
    #[must_use]
    pub const fn table(&self) -> &FactorTable {
        &self.table
    }

    /// Accounts, empty ones among them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.headers.len()
    }

    /// Has it no accounts?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.headers.is_empty()
    }

    /// Bytes of memory that it occupies.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let columns = self.headers.capacity().saturating_mul(size_of::<Header>());
        let legs = self.legs.capacity().saturating_mul(size_of::<RowLeg>());
        let factors = self.factors.capacity().saturating_mul(size_of::<[u16; LANES]>());
        columns.saturating_add(legs).saturating_add(factors).saturating_add(self.charges.bytes())
    }

    /// What the requirement of each instrument's leg depends on besides its price.
    fn fold(&mut self) {
        for (spec, folded) in self.specs.iter().zip(&mut self.folded) {
            let range = self.table.range_of(&spec.factors, spec.side());
            folded.charge = if spec.leg == Leg::Holding { range.min(Ratio::ONE.raw()) } else { range };
            folded.gross_floor =
                if spec.leg == Leg::Derivative { range.min(self.table.gross_floor) } else { 0 };
        }
    }

    /// Judges accounts from `first` on into `margins`, with the kernel of `path`.
    pub fn sweep(&self, path: Path, first: usize, margins: &mut [Margin]) {
        kernel::sweep(self, path, first, margins);
    }

    /// Judges one account, of any size.
    ///
    /// # Errors
    /// [`MarginError::Overflow`].
    pub fn judge(&self, account: usize, portfolio: &mut Portfolio) -> Result<(Value, Value), MarginError> {
        let Some(header) = self.headers.get(account) else { return Ok((Value::ZERO, Value::ZERO)) };
        portfolio.clear(header.mode());
        let wide = self.wide_cash.get(&account).copied();
        let mut equity = wide.unwrap_or(Value::new(header.cash.into()));
        for leg in self.row(header) {
            let place = usize::from(leg.instrument);
            let (Some(spec), Some(now)) = (self.specs.get(place), self.instruments.get(place)) else {
                continue;
            };
            let value = now.quote.value(leg.lots());
            equity = equity.plus(value)?.plus(now.funding.value(leg.lots()))?;
            portfolio.add(&self.table, spec.leg, &spec.factors, value)?;
        }
        Ok((equity, portfolio.requirement(&self.table)?))
    }
}
