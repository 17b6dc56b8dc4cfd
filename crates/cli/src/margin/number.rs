//! Decimal text to exact quantities, each with the field that it came from.

use std::time::UNIX_EPOCH;

use cistern_units::{DecimalError, Fraction, Price, Ratio, Span, Time, Value, parse_decimal, wide};

use super::{fault::Fault, node::Field};

/// Decimals of quantities and prices in a book.
const PLACES: usize = 18;
/// Decimals of a price that the model works with.
const PRICE_PLACES: usize = 12;
/// Decimals between a product of two of them and a value.
const EXCESS: usize = PLACES + PLACES - Value::PLACES;
/// Values from here on have no requirement.
const VALUE_MAX: u128 = 1 << 95;

fn decimal(field: &Field<'_>, places: usize) -> Result<i128, Fault> {
    parse_decimal(field.number()?, places).map_err(|error| match error {
        DecimalError::TooFine(places) => field.fault(format!("has more than {places} decimals; round it")),
        error => field.fault(format!("is {error}")),
    })
}

/// A number of 18 decimals, of either sign.
pub(super) fn signed(field: &Field<'_>) -> Result<i128, Fault> {
    decimal(field, PLACES)
}

/// A number of 18 decimals that is not negative.
pub(super) fn quantity(field: &Field<'_>) -> Result<i128, Fault> {
    match signed(field)? {
        number if number < 0 => {
            Err(field.fault("is negative; what is owed belongs in debts, what is owned in holdings"))
        }
        number => Ok(number),
    }
}

/// A price of 18 decimals, above zero.
pub(super) fn price(field: &Field<'_>) -> Result<i128, Fault> {
    match signed(field)? {
        number if number <= 0 => Err(field.fault("must be above zero")),
        number => Ok(number),
    }
}

/// A price of the 12 decimals that exist, above zero.
pub(super) fn exact_price(field: &Field<'_>) -> Result<Price, Fault> {
    let raw = decimal(field, PRICE_PLACES)?;
    if raw <= 0 {
        return Err(field.fault("must be above zero"));
    }
    u128::try_from(raw)
        .ok()
        .and_then(Price::new)
        .ok_or_else(|| field.fault("is absurdly large; use a smaller number"))
}

/// A price of 12 decimals in those of a book.
pub(super) fn of_exact(raw: u128) -> i128 {
    // A price is below 2^70, and so is a sum of two.
    i128::try_from(raw.saturating_mul(1_000_000)).unwrap_or(i128::MAX)
}

/// A fraction of the whole.
pub(super) fn fraction(field: &Field<'_>) -> Result<Fraction, Fault> {
    let raw = decimal(field, Fraction::PLACES)?;
    let fraction = u32::try_from(raw).ok().and_then(Fraction::new);
    fraction.ok_or_else(|| field.fault("must be from 0 to 1; 0.15 is 15 %"))
}

/// A multiple that is not negative.
pub(super) fn ratio(field: &Field<'_>) -> Result<Ratio, Fault> {
    let raw = decimal(field, Ratio::PLACES)?;
    if raw < 0 {
        return Err(field.fault("must not be negative"));
    }
    u64::try_from(raw).map(Ratio::new).map_err(|_| field.fault("is absurdly large; use a smaller number"))
}

/// A multiple of either sign, in 1e-9.
pub(super) fn multiple(field: &Field<'_>) -> Result<i64, Fault> {
    let raw = decimal(field, Ratio::PLACES)?;
    i64::try_from(raw).map_err(|_| field.fault("is absurdly large; use a smaller number"))
}

/// A whole number that is not negative.
pub(super) fn count(field: &Field<'_>) -> Result<u32, Fault> {
    u32::try_from(decimal(field, 0)?).map_err(|_| field.fault("must be a whole number from 0 to 4294967295"))
}

/// A whole number of seconds, of a century at the most.
pub(super) fn span(field: &Field<'_>) -> Result<Span, Fault> {
    let seconds = decimal(field, 0)?;
    let seconds = u32::try_from(seconds).map_err(|_| field.fault("must be seconds, from 0 to 4294967295"))?;
    Ok(Span::seconds(seconds))
}

/// A moment, like 2026-06-26T08:00:00Z.
pub(super) fn moment(field: &Field<'_>) -> Result<Time, Fault> {
    let text = field.text()?;
    let time = humantime::parse_rfc3339_weak(text).ok();
    let since = time.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let milliseconds = since.and_then(|since| u64::try_from(since.as_millis()).ok());
    let wanted = || field.fault("must be a moment in UTC, like 2026-06-26T08:00:00Z");
    milliseconds.map(Time::milliseconds).ok_or_else(wanted)
}

/// A value in dollars.
pub(super) fn value(field: &Field<'_>) -> Result<Value, Fault> {
    decimal(field, Value::PLACES).map(Value::new)
}

/// Where a product of two numbers of 18 decimals is rounded to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Toward {
    /// What is owned, and profit and loss.
    Less,
    /// What is owed.
    More,
    /// What moves with a factor: a position as large as it may be.
    Larger,
}

/// The value of a quantity at a price, or of a size over a difference of prices.
pub(super) fn product(quantity: i128, price: i128, toward: Toward) -> Option<Value> {
    let negative = (quantity < 0) != (price < 0);
    let up = match toward {
        Toward::Less => negative,
        Toward::More => !negative,
        Toward::Larger => true,
    };
    let (left, right) = (quantity.unsigned_abs(), price.unsigned_abs());
    let magnitude = if up {
        wide::multiply_scale_up(left, right, EXCESS)
    } else {
        wide::multiply_scale_down(left, right, EXCESS)
    }
    .filter(|magnitude| *magnitude < VALUE_MAX)?;
    let magnitude = i128::try_from(magnitude).ok()?;
    Some(Value::new(if negative { -magnitude } else { magnitude }))
}

/// Why a product is no value.
pub(super) const TOO_LARGE: &str =
    "is worth more than 390,000,000,000,000,000,000 dollars; use a smaller number";

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: i128 = 1_000_000_000_000_000_000;

    #[test]
    fn a_product_is_rounded_where_it_is_told() {
        let third = ONE / 3;
        let of = |quantity, toward| product(quantity, third, toward).unwrap().raw();
        assert_eq!(
            [of(ONE, Toward::Less), of(ONE, Toward::More), of(ONE, Toward::Larger)],
            [33_333_333, 33_333_334, 33_333_334]
        );
        assert_eq!(
            [of(-ONE, Toward::Less), of(-ONE, Toward::More), of(-ONE, Toward::Larger)],
            [-33_333_334, -33_333_333, -33_333_334]
        );
        assert_eq!(product(3 * ONE, 5 * ONE, Toward::Larger), Some(Value::dollars(15)));
    }

    #[test]
    fn an_absurd_product_is_no_value() {
        assert_eq!(product(i128::MAX, ONE, Toward::Less).map(Value::raw), Some(i128::MAX / 10_000_000_000));
        assert_eq!(product(i128::MAX, 10 * ONE, Toward::Less), None);
        assert_eq!(product(i128::MIN, i128::MIN, Toward::More), None);
    }
}
