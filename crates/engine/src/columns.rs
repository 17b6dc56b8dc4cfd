//! All accounts as columns: which of them a tick could have put below maintenance. Derived: never stored, never trusted.
//!
//! The columns answer from lots and folded prices, on the safe side of the exact numbers; whoever they name is judged
//! exactly. So what they say decides how long a tick takes and never what happens, and two nodes may hold different ones. An
//! account with something that is no product of lots and a price (an option, a claim with limited credit, a future that is
//! being averaged) is named on every tick, and so is one in breach.

use alloc::vec::Vec;

use cistern_margin::{
    FactorIndex, Leg, Mode, Quote, Tier,
    book::{Book, Index, Instrument, InstrumentIndex, InstrumentSpec, Lots, Path, Row},
};
use cistern_units::{Decimals, Fraction, Price, Value};

use crate::{
    collateral::Credit,
    ids::{AccountId, AssetId, MarketId},
    limits::ASSETS_MAX,
    product::perp,
    rejection::Rejection,
    rows::{Account, Form, Position},
    state::{Journal, State},
    view::{AssetView, MarketView, View},
};

/// Instruments of an asset: held, lent, owed; and of a market: long, short.
const FORMS: usize = 3;
const SIDES: usize = 2;
/// A lot of an asset is about 2^-30 of a whole token: four billion tokens fit an account, a lot of bitcoin is a hundredth of
/// a cent.
const LOT_BITS: u32 = 30;
/// A price may grow so much before allowances are worked out anew.
const GROWTH_MAX: u128 = 4;
/// Rows that may be set again for each account before all are: rows that move leave holes.
const SETS_MAX: usize = 8;
/// Accounts that are judged in vain on every tick, to see that none was missed.
const SAMPLE: u64 = 16;

/// What is known of an instrument at an instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Known {
    now: Instrument,
    /// Is a value of it a product of lots and a price?
    is_linear: bool,
}

/// The columns, and whom they do not hold.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    book: Option<Book>,
    /// Thresholds, while the coefficients are those that they were made under.
    index: Option<Index>,
    path: Path,
    /// Of the coefficients.
    version: u64,
    known: Vec<Known>,
    /// The lowest price of each instrument since allowances were worked out, in lots.
    lowest: Vec<Quote>,
    /// Accounts that changed since they were set.
    changed: Vec<AccountId>,
    /// Accounts that are named on every tick.
    always: Vec<bool>,
    sets: usize,
    balances: Vec<Lots>,
    positions: Vec<Lots>,
    /// An account below maintenance that was not named: a bug.
    missed: Option<AccountId>,
}

impl Columns {
    /// Notes whom a draft has touched, whether it stays or not.
    pub(crate) fn note(&mut self, journal: &Journal) {
        if self.book.is_some() {
            self.changed.extend(journal.touched());
        }
    }

    /// Notes an account below maintenance that was not named.
    pub(crate) fn note_missed(&mut self, account: AccountId) {
        self.missed = self.missed.or(Some(account));
    }

    /// An account that was missed since the columns were made.
    pub(crate) fn missed(&self) -> Option<AccountId> {
        self.missed
    }

    /// Accounts that no tick should name, to be judged all the same.
    pub(crate) fn sample(state: &State) -> impl Iterator<Item = AccountId> + use<> {
        let count = u64::try_from(state.accounts.len()).unwrap_or(0);
        let first = state.totals.tick.wrapping_mul(SAMPLE);
        let place = move |place: u64| first.wrapping_add(place).checked_rem(count);
        (0..SAMPLE.min(count)).filter_map(move |step| AccountId::at(usize::try_from(place(step)?).ok()?))
    }

    /// Who may be below maintenance, in order; the view must be fresh.
    pub(crate) fn named(&mut self, state: &State, view: &View) -> Result<Vec<AccountId>, Rejection> {
        let known = instruments(state, view)?;
        let is_new = self.version != view.version();
        if self.is_outgrown(&known) || self.known.len() != known.len() {
            self.make(state, view, known)?;
        } else {
            if is_new {
                self.recoefficient(view)?;
            }
            // At the prices of the last tick, which are those that thresholds are counted from.
            self.set_changed(state)?;
            let moved = self.reprice(known);
            if let (Some(book), Some(index)) = (&self.book, &mut self.index) {
                let below = index.tick(book, self.path, &moved).breaches;
                return Ok(self.with_always(below));
            }
        }
        let below = self.sweep();
        // Coefficients that change from tick to tick would have thresholds made for nothing.
        if !is_new && let Some(book) = &self.book {
            self.index = Some(Index::of(book, self.path));
        }
        Ok(self.with_always(below))
    }

    /// Have prices grown beyond what allowances are for, or has something ceased to be linear?
    fn is_outgrown(&self, known: &[Known]) -> bool {
        let most = SETS_MAX.saturating_mul(self.always.len().saturating_add(1_024));
        let differs = |((old, new), lowest): ((&Known, &Known), &Quote)| {
            old.is_linear != new.is_linear || new.now.quote.exceeds(*lowest, GROWTH_MAX)
        };
        self.book.is_none() || self.sets > most || self.known.iter().zip(known).zip(&self.lowest).any(differs)
    }

    /// Makes the columns anew.
    fn make(&mut self, state: &State, view: &View, known: Vec<Known>) -> Result<(), Rejection> {
        let mut book = Book::new(specs(view), view.table(Tier::Maintenance)?.without_series());
        for (place, known) in known.iter().enumerate() {
            book.reprice(index(place)?, known.now);
        }
        self.lowest = known.iter().map(|known| known.now.quote).collect();
        (self.book, self.index, self.known) = (Some(book), None, known);
        (self.version, self.path, self.sets) = (view.version(), Path::widest(), 0);
        self.changed.clear();
        self.always = alloc::vec![false; state.accounts.len()];
        for place in 0..state.accounts.len() {
            self.set(state, AccountId::at(place).ok_or(Rejection::AccountUnknown)?)?;
        }
        Ok(())
    }

    /// Puts other coefficients in place: thresholds were made under the old ones.
    fn recoefficient(&mut self, view: &View) -> Result<(), Rejection> {
        if let Some(book) = &mut self.book {
            book.set_table(view.table(Tier::Maintenance)?.without_series());
        }
        (self.index, self.version) = (None, view.version());
        Ok(())
    }

    /// Prices the instruments; which have moved?
    fn reprice(&mut self, known: Vec<Known>) -> Vec<InstrumentIndex> {
        let mut moved = Vec::new();
        for ((place, (old, new)), lowest) in
            (0_u16..).zip(self.known.iter().zip(&known)).zip(&mut self.lowest)
        {
            if old.now == new.now {
                continue;
            }
            if lowest.exceeds(new.now.quote, 1) {
                *lowest = new.now.quote;
            }
            if let Some(book) = &mut self.book {
                book.reprice(InstrumentIndex(place), new.now);
            }
            moved.push(InstrumentIndex(place));
        }
        self.known = known;
        moved
    }

    fn set_changed(&mut self, state: &State) -> Result<(), Rejection> {
        let mut changed = core::mem::take(&mut self.changed);
        changed.sort_unstable();
        changed.dedup();
        self.always.resize(state.accounts.len(), false);
        for id in changed.drain(..) {
            // An account that was opened by a draft that was dropped.
            if id.position() >= state.accounts.len() {
                continue;
            }
            self.set(state, id)?;
            if let (Some(book), Some(index)) = (&self.book, &mut self.index) {
                index.refresh(book, self.path, id.0);
            }
        }
        self.changed = changed;
        Ok(())
    }

    /// Sets the row of an account: empty where no price can hurt it, or where it is named anyway.
    fn set(&mut self, state: &State, id: AccountId) -> Result<(), Rejection> {
        let account = state.account(id)?;
        self.balances.clear();
        self.positions.clear();
        let matters = !id.is_reserved() && account.has_obligations();
        let cash = if matters { self.lots_of(state, account) } else { Some(Value::ZERO) };
        let mut row = Row { mode: account.header.mode, cash: Value::ZERO, balances: &[], positions: &[] };
        let mut fits = cash.is_some();
        if let (Some(cash), Some(book)) = (cash, &mut self.book) {
            row = Row { cash, balances: &self.balances, positions: &self.positions, ..row };
            let allowance =
                book.allowance(&row).ok().and_then(|allowance| allowance.scaled_up(GROWTH_MAX, 1).ok());
            let left = allowance.and_then(|allowance| cash.less(allowance).ok()).filter(|_| matters);
            row.cash = left.unwrap_or(cash);
            fits = (left.is_some() || !matters) && book.set(id.position(), &row).is_ok();
        }
        if !fits && let Some(book) = &mut self.book {
            let empty = Row { mode: Mode::Portfolio, cash: Value::ZERO, balances: &[], positions: &[] };
            book.set(id.position(), &empty).map_err(|_| Rejection::NumberTooLarge)?;
        }
        self.sets = self.sets.saturating_add(1);
        if let Some(always) = self.always.get_mut(id.position()) {
            *always = !fits || account.header.breach.is_some();
        }
        Ok(())
    }

    /// The lots of an account and what does not move with prices; none where something of it is not linear.
    fn lots_of(&mut self, state: &State, account: &Account) -> Option<Value> {
        let is_linear = |place: usize| self.known.get(place).is_some_and(|known| known.is_linear);
        let mut cash = account.header.pnl;
        for balance in account.balances() {
            let place = of_asset(balance.asset, balance.form);
            if !is_linear(place) {
                return None;
            }
            let cut = cut(state.asset(balance.asset).ok()?.spec.decimals);
            let raw =
                if balance.form == Form::Held { balance.amount().units() } else { balance.as_shares().raw() };
            let lots = match balance.form {
                Form::Held | Form::Lent => i64::try_from(raw >> cut).ok()?,
                Form::Owed => i64::try_from(raw.div_ceil(1 << cut)).ok()?.checked_neg()?,
            };
            if balance.form != Form::Held {
                // Shares are worth whole units: a unit less than the columns say, or more of a debt.
                let lot = self
                    .known
                    .get(of_asset(balance.asset, Form::Held))?
                    .now
                    .quote
                    .value(2)
                    .plus(Value::new(1));
                cash = cash.less(lot.and_then(|lot| lot.scaled_up(GROWTH_MAX, 1)).ok()?).ok()?;
            }
            self.balances.push(Lots { instrument: index(place).ok()?, lots });
        }
        for position in account.positions() {
            let place = of_market(&position);
            if !is_linear(place) {
                return None;
            }
            let decimals = state.market_config(position.market).ok()?.spec.decimals;
            // As if the index began at nothing: what the instrument is owed since then comes on top.
            let begun = perp::funding_due(&position, 0, decimals).ok()?;
            cash = cash.less(position.cost).and_then(|cash| cash.plus(begun)).ok()?;
            self.positions.push(Lots { instrument: index(place).ok()?, lots: position.size.raw() });
        }
        Some(cash)
    }

    /// Judges all accounts.
    fn sweep(&self) -> Vec<u32> {
        let Some(book) = &self.book else { return Vec::new() };
        let mut margins = alloc::vec![cistern_margin::book::Margin::default(); BLOCK];
        let mut below = Vec::new();
        for first in (0..book.len()).step_by(BLOCK) {
            let block = margins.get_mut(..BLOCK.min(book.len().saturating_sub(first))).unwrap_or_default();
            book.sweep(self.path, first, block);
            let places = (first..).zip(block.iter());
            // Whoever is too large for the columns looks as if below, and is judged exactly.
            let found = places.filter(|(_, margin)| margin.equity < margin.requirement);
            below.extend(found.filter_map(|(place, _)| u32::try_from(place).ok()));
        }
        below
    }

    /// These and those that are named on every tick, in order.
    fn with_always(&self, below: Vec<u32>) -> Vec<AccountId> {
        let always = self.always.iter().enumerate().filter(|(_, always)| **always);
        let mut named: Vec<AccountId> = always.filter_map(|(place, _)| AccountId::at(place)).collect();
        named.extend(below.into_iter().map(AccountId));
        named.sort_unstable();
        named.dedup();
        named
    }
}

/// Accounts that are judged at a time.
const BLOCK: usize = 1_024;

fn index(place: usize) -> Result<InstrumentIndex, Rejection> {
    u16::try_from(place).map(InstrumentIndex).map_err(|_| Rejection::NumberTooLarge)
}

fn of_asset(asset: AssetId, form: Form) -> usize {
    let form = match form {
        Form::Held => 0,
        Form::Lent => 1,
        Form::Owed => 2,
    };
    asset.position().saturating_mul(FORMS).saturating_add(form)
}

fn of_market(position: &Position) -> usize {
    let side = usize::from(position.size.is_short());
    let before = ASSETS_MAX.saturating_mul(FORMS);
    position.market.position().saturating_mul(SIDES).saturating_add(side).saturating_add(before)
}

/// Binary digits of a unit that a lot leaves out.
fn cut(decimals: Decimals) -> u32 {
    let whole = 10_u128.saturating_pow(places(decimals));
    u128::BITS.saturating_sub(whole.leading_zeros()).saturating_sub(LOT_BITS)
}

/// What each instrument is to an account.
fn specs(view: &View) -> Vec<InstrumentSpec> {
    let spec = |leg: Leg, factors: &[FactorIndex]| InstrumentSpec {
        leg,
        factors: factors.to_vec(),
        is_short: leg == Leg::Debt,
    };
    let mut specs = Vec::new();
    for place in 0..ASSETS_MAX {
        let factors = view.assets.get(place).map_or(&[][..], |asset| asset.factors.as_slice());
        specs.extend([Leg::Holding, Leg::Holding, Leg::Debt].map(|leg| spec(leg, factors)));
    }
    for market in &view.markets {
        let long = spec(Leg::Derivative, market.factors.as_slice());
        specs.extend([long.clone(), InstrumentSpec { is_short: true, ..long }]);
    }
    specs
}

/// Prices of all instruments at this instant.
fn instruments(state: &State, view: &View) -> Result<Vec<Known>, Rejection> {
    let mut known = Vec::new();
    for place in 0..ASSETS_MAX {
        match view.assets.get(place) {
            Some(asset) => known.extend(of_forms(state, place, asset)?),
            None => known.extend([Known::default(); FORMS]),
        }
    }
    for (place, market) in view.markets.iter().enumerate() {
        let id = MarketId::at(place).ok_or(Rejection::MarketUnknown)?;
        known.extend(of_sides(market, state.market(id)?.funding_index));
    }
    Ok(known)
}

/// An asset: one that nobody has is not priced.
fn of_forms(state: &State, place: usize, asset: &AssetView) -> Result<[Known; FORMS], Rejection> {
    let pool = state.pool(AssetId::at(place).ok_or(Rejection::AssetUnknown)?)?;
    let places = places(asset.decimals()).saturating_add(PRICE_PLACES);
    let raw = |price: Option<Price>| price.map_or(0, Price::raw) << cut(asset.decimals());
    let (owned, owing) =
        (raw(asset.prices().owned(Tier::Maintenance)), raw(asset.prices().owing(Tier::Maintenance)));
    let quotes = [
        i128::try_from(owned).ok().and_then(|owned| Quote::down(owned, places).ok()),
        Quote::lent(owned, places, pool.lent_index).ok(),
        Quote::owed(owing, places, pool.owed_index).ok(),
    ];
    let is_whole = asset.credit == Credit::Whole;
    let instrument = |quote: Quote| Instrument { quote, funding: Quote::ZERO };
    Ok(quotes.map(|quote| known(quote.filter(|_| is_whole).map(instrument))))
}

/// A market.
fn of_sides(market: &MarketView, funding_index: i128) -> [Known; SIDES] {
    let is_plain = market.option.is_none() && market.moving == Fraction::ONE;
    let (Some(owned), Some(owing)) = (
        market.prices().owned(Tier::Maintenance).and_then(|price| i128::try_from(price.raw()).ok()),
        market.prices().owing(Tier::Maintenance).and_then(|price| i128::try_from(price.raw()).ok()),
    ) else {
        return [Known::default(); SIDES];
    };
    let places = places(market.decimals()).saturating_add(PRICE_PLACES);
    let paid = u32::try_from(perp::funding_places(market.decimals())).unwrap_or(u32::MAX);
    // A long has paid what the index has grown since the market began, a short has received it.
    let owed = funding_index.checked_neg();
    let instrument =
        |quote: Option<Quote>, funding: Option<Quote>| Some(Instrument { quote: quote?, funding: funding? });
    [
        instrument(Quote::down(owned, places).ok(), owed.and_then(|raw| Quote::down(raw, paid).ok())),
        instrument(Quote::up(owing, places).ok(), owed.and_then(|raw| Quote::up(raw, paid).ok())),
    ]
    .map(|instrument| known(instrument.filter(|_| is_plain)))
}

/// What is known of an instrument, where a value of it is a product.
fn known(instrument: Option<Instrument>) -> Known {
    Known { now: instrument.unwrap_or_default(), is_linear: instrument.is_some() }
}

fn places(decimals: Decimals) -> u32 {
    u32::try_from(decimals.places()).unwrap_or(u32::MAX)
}

/// A price has twelve decimals and a value eight: those that a product has too many.
const PRICE_PLACES: u32 = 4;
