//! Positions of a book: perpetuals and dated futures.

use cistern_engine::limits::SETTLEMENT_WINDOW;
use cistern_margin::{FactorIndex, RiskFactor};
use cistern_units::{Fraction, Span, Time, Value, wide};

use super::{
    fault::Fault,
    node::{Field, Object},
    number::{self, Toward},
    sheet::{Name, index},
};

/// One contract, in 1e-18.
const ONE: i128 = 1_000_000_000_000_000_000;

/// A position that gains what its price gains.
#[derive(Clone, Debug)]
pub(super) struct Position {
    pub(super) product: Product,
    /// The factor that it moves with.
    pub(super) factor: FactorIndex,
    pub(super) underlying: String,
    /// Signed, as large as it may be.
    pub(super) notional: Value,
    /// The part of it that moves with the factor.
    pub(super) exposure: Value,
    /// The same of one contract.
    pub(super) unit: Value,
    /// Unrealised profit and loss, rounded down.
    pub(super) profit: Value,
}

/// What a position is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Product {
    Perp,
    Future,
}

/// Perpetuals of a book.
pub(super) fn perps(
    field: Option<Field<'_>>,
    factors: &[(String, RiskFactor)],
) -> Result<Vec<Position>, Fault> {
    let Some(list) = field else { return Ok(Vec::new()) };
    let perp = |field: Field<'_>| {
        let mut from = field.object()?;
        let position = position(&mut from, factors)?;
        from.finish()?;
        Ok(position)
    };
    list.list()?.into_iter().map(perp).collect()
}

/// Dated futures of a book: in the last half hour only what is left of the average still moves [E1].
pub(super) fn futures(
    field: Option<Field<'_>>,
    factors: &[(String, RiskFactor)],
    now: Option<Time>,
) -> Result<Vec<Position>, Fault> {
    let Some(list) = field else { return Ok(Vec::new()) };
    let future = |field: Field<'_>| {
        let mut from = field.object()?;
        let left = left(&from.need("expiry")?, now)?.as_milliseconds();
        let position = position(&mut from, factors)?;
        from.finish()?;
        let (exposure, unit) = (moving(position.notional, left), moving(position.unit, left));
        Ok(Position { product: Product::Future, exposure, unit, ..position })
    };
    list.list()?.into_iter().map(future).collect()
}

/// Time to an expiry, which must be to come.
pub(super) fn left(expiry: &Field<'_>, now: Option<Time>) -> Result<Span, Fault> {
    let at = number::moment(expiry)?;
    let now = now.ok_or_else(|| Fault::new("now", "is missing; say when the book is priced"))?;
    if at <= now {
        return Err(expiry.fault("has passed; remove what has settled, or correct now"));
    }
    Ok(at.since(now))
}

/// The part of the settlement price that still moves so many milliseconds before it, rounded up [E1].
pub(super) fn moving_part(left: u64) -> Fraction {
    let window = SETTLEMENT_WINDOW.as_milliseconds();
    let one = u128::from(Fraction::ONE.raw());
    let part = wide::multiply_divide_up(u128::from(left.min(window)), one, u128::from(window));
    part.and_then(|part| u32::try_from(part).ok()).and_then(Fraction::new).unwrap_or(Fraction::ONE)
}

/// The part of a value that the average leaves to move, away from nothing.
fn moving(value: Value, left: u64) -> Value {
    let part = moving_part(left);
    let moving = if value.is_negative() { value.times_down(part) } else { value.times_up(part) };
    moving.unwrap_or(value) // no part of a value leaves its range
}

fn position(from: &mut Object<'_>, factors: &[(String, RiskFactor)]) -> Result<Position, Fault> {
    let underlying = Name::of(&from.need("underlying")?)?;
    let factor = index(&underlying, factors)?;
    let size_field = from.need("size")?;
    let size = number::signed(&size_field)?;
    let (entry, mark) = (number::price(&from.need("entry")?)?, number::price(&from.need("mark")?)?);
    let too_large = || size_field.fault(number::TOO_LARGE);
    let notional = number::product(size, mark, Toward::Larger).ok_or_else(too_large)?;
    // Both prices are above zero: their difference fits.
    let profit = number::product(size, mark - entry, Toward::Less).ok_or_else(too_large)?;
    Ok(Position {
        product: Product::Perp,
        factor,
        underlying: underlying.text,
        notional,
        exposure: notional,
        unit: number::product(if size < 0 { -ONE } else { ONE }, mark, Toward::Larger)
            .ok_or_else(too_large)?,
        profit,
    })
}
