//! Where the account of a book is liquidated: for each factor alone the nearest move to either side, with the whole account
//! revalued [M11].

use cistern_engine::explain::{Way, nearest};
use cistern_margin::{
    FactorIndex, Tier,
    option::{STRIKE_RATIO_MAX, Series, black},
};
use cistern_units::{Fraction, Overflow, Price, Ratio, Signed, Value};

use super::{
    assess,
    book::Book,
    leg,
    number::{self, Toward},
    option::Position,
    show,
};

/// One, in 1e-9.
const ONE: i128 = 1_000_000_000;
/// Books with more factors than this are not searched: each takes some dozens of revaluations.
const FACTORS_TOLD: usize = 32;

/// The move of one factor alone at which the account can be liquidated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Breaking {
    pub(super) factor: FactorIndex,
    pub(super) change: Signed,
    /// The price of the asset that moves with nothing else, there, in 1e-18 dollars.
    price: Option<i128>,
}

impl Breaking {
    /// The price there.
    pub(super) fn price(&self) -> Option<Price> {
        self.price.and_then(|price| u128::try_from(price / PRICE_PART).ok()).map(Price::clamped)
    }

    /// The factor with its price there, and the move, as people read them.
    pub(super) fn shown(&self, book: &Book) -> (String, String) {
        let name = book.factors.get(usize::from(self.factor.0)).map_or("", |(name, _)| name.as_str());
        let cents = self.price.map(|price| price / (PRICE_PART * 10_000_000_000));
        let there = cents.map_or_else(String::new, |cents| format!(", at {}", show::dollars(cents)));
        let hundredths = self.change.raw().unsigned_abs().div_ceil(100_000);
        let sign = if self.change.raw() < 0 { '-' } else { '+' };
        (format!("{name}{there}"), format!("{sign}{}.{:02} %", hundredths / 100, hundredths % 100))
    }
}

/// Raw prices of a book, in 1e-18, in one of the engine's.
const PRICE_PART: i128 = 1_000_000;

/// The nearest moves that break a book, each factor's fall before its rise; none where it is broken already.
pub(super) fn breaking(book: &Book) -> Vec<Breaking> {
    let mut found = Vec::new();
    if book.factors.len() > FACTORS_TOLD || is_broken(book).unwrap_or(true) {
        return found;
    }
    for factor in (0_u16..).map(FactorIndex).take(book.factors.len()) {
        for way in [Way::Down, Way::Up] {
            // What cannot be valued any more tells nothing.
            let mut breaks = |change: Signed| {
                moved(book, factor, change.raw().into())
                    .ok()
                    .and_then(|moved| is_broken(&moved))
                    .unwrap_or(false)
            };
            if let Some(change) = nearest(way, &mut breaks) {
                found.push(Breaking { factor, change, price: price(book, factor, change.raw().into()) });
            }
        }
    }
    found
}

/// Is equity below the requirement at maintenance?
fn is_broken(book: &Book) -> Option<bool> {
    let table = leg::table(book, Tier::Maintenance).ok()?;
    let required = leg::filled(book, &table, Tier::Maintenance).ok()?.requirement(&table).ok()?;
    Some(assess::equity(book, Tier::Maintenance).ok()? < required)
}

/// The book after a move of one factor.
fn moved(book: &Book, factor: FactorIndex, change: i128) -> Result<Book, Overflow> {
    let mut book = book.clone();
    let moves: Vec<bool> = book.assets.iter().map(|asset| asset.factors.contains(&factor)).collect();
    let after = |value: Value| part(value, ONE + change);
    for holding in book.holdings.iter_mut().filter(|holding| moves[holding.asset]) {
        holding.revalue(after)?;
    }
    for debt in book.debts.iter_mut().filter(|debt| moves[debt.asset]) {
        debt.value = after(debt.value)?;
    }
    for position in book.positions.iter_mut().filter(|position| position.factor == factor) {
        let gained = part(position.exposure, change)?;
        position.notional = position.notional.plus(gained)?;
        position.exposure = after(position.exposure)?;
        position.profit = position.profit.plus(gained)?;
    }
    for option in book.options.iter_mut().filter(|option| option.series.underlying == factor) {
        reprice(option, change)?;
    }
    Ok(book)
}

/// A part of a value, in 1e-9, rounded toward negative infinity.
fn part(value: Value, nano: i128) -> Result<Value, Overflow> {
    value.raw().checked_mul(nano).map(|raw| Value::new(raw.div_euclid(ONE))).ok_or(Overflow)
}

/// An option after a move of its underlying: its forward moves as far as it still may, the smile with it.
fn reprice(option: &mut Position, change: i128) -> Result<(), Overflow> {
    let Series { style, strike, left, forward, moving, .. } = option.series;
    let one = i128::from(Fraction::ONE.raw());
    let nano = ONE + change * i128::from(moving.raw()) / one;
    let raw = i128::try_from(forward.raw()).map_err(|_| Overflow)?.checked_mul(nano).ok_or(Overflow)? / ONE;
    let forward = Price::clamped(raw.max(0).unsigned_abs());
    let vol = option.smile.vol_down(strike, forward, left);
    let vol = Ratio::new(vol.raw() * u64::from(moving.raw()) / u64::from(Fraction::ONE.raw()));
    let value = black(style, forward.raw(), strike.raw(), vol, left);
    let mark = if option.size < 0 { value.high } else { value.low }.min(forward.max(strike).raw());
    // As the engine lists it: a strike far beyond what is listed counts as the furthest.
    let (least, most) =
        (forward.raw().div_ceil(STRIKE_RATIO_MAX), forward.raw().saturating_mul(STRIKE_RATIO_MAX));
    let strike = Price::clamped(strike.raw().clamp(least, most));
    option.series = Series { forward, strike, vol, ..option.series }.at_value();
    let worth = number::product(option.size, number::of_exact(mark), Toward::Less).ok_or(Overflow)?;
    option.profit = option.profit.plus(worth.less(option.worth)?)?;
    option.worth = worth;
    option.notional =
        number::product(option.size, number::of_exact(forward.raw()), Toward::Larger).ok_or(Overflow)?;
    Ok(())
}

/// What the asset that moves with this factor alone costs after a move.
fn price(book: &Book, factor: FactorIndex, change: i128) -> Option<i128> {
    let asset = book.assets.iter().find(|asset| asset.factors == [factor])?;
    asset.price?.checked_mul(ONE + change).map(|price| price / ONE)
}
