//! Perpetuals: mark price [F1] and funding [F2].

use cistern_units::{Decimals, Fraction, NarrowValue, Overflow, Price, Signed, Size, Span, Value, wide};

use crate::{
    params::FundingParams,
    rows::{MarketState, Position},
};

/// Decimals that the funding index has below a price: 1e-18 dollars a contract.
const INDEX_PLACES: usize = 18;
/// Raw price units (1e-12) to raw index units (1e-18).
const INDEX_SCALE: i128 = 1_000_000;
const WHOLE: i128 = 1_000_000_000;
/// Hours that a funding rate is quoted for.
const FUNDING_HOURS: i64 = 8;

/// The mark price [F1]: the index moved by the time-weighted premium.
#[must_use]
pub(crate) fn mark(index: Price, premium: Signed) -> Price {
    let size =
        u32::try_from(premium.raw().unsigned_abs()).ok().and_then(Fraction::new).unwrap_or(Fraction::ONE);
    if premium.raw() < 0 { index.lowered_down(size) } else { index.raised_up(size) }
}

/// Prices at which a trade may happen: near the index.
#[must_use]
pub(crate) fn band(index: Price, width: Fraction) -> (Price, Price) {
    (index.lowered_down(width), index.raised_up(width))
}

/// Premium of a trade over the index, within the widest that counts.
#[must_use]
pub(crate) fn premium(price: Price, index: Price, params: &FundingParams) -> Signed {
    let distance = wide::multiply_divide_down(price.distance(index), 1_000_000_000, index.raw());
    let size = distance.and_then(|size| i64::try_from(size).ok()).unwrap_or(i64::MAX);
    let signed = if price < index { size.saturating_neg() } else { size };
    Signed::new(signed).clamped(params.premium_max)
}

/// A fill counts fully from this part of the open interest on: 1 / 64. Below, it counts by its size, so that dust between
/// two accounts of one owner moves no mark.
const FULL_WEIGHT_PART: u64 = 64;

/// The premium of a fill, weighted by its size against what was open before it; toward zero.
#[must_use]
pub(crate) fn weighted(premium: Signed, size: Size, open: Size) -> Signed {
    let (part, whole) =
        (i128::from(size.magnitude().saturating_mul(FULL_WEIGHT_PART)), i128::from(open.magnitude()));
    if part >= whole {
        return premium;
    }
    let raw = i128::from(premium.raw()).saturating_mul(part).checked_div(whole).unwrap_or(0);
    Signed::new(i64::try_from(raw).unwrap_or(0))
}

/// Premium and funding index of a market after `elapsed`, at an index price [F1] [F2].
///
/// The premium moves toward the last fill's with the window's weight, toward zero once that fill is older than the
/// window. The rate of eight hours is `premium + clamp(interest - premium)`, of which each hour pays an eighth, capped; the
/// index grows by `rate x index price x hours / 8`.
///
/// # Errors
/// [`Overflow`] where the funding index leaves 127 bits.
pub(crate) fn accrue(
    market: &MarketState,
    price: Price,
    elapsed: Span,
    params: &FundingParams,
) -> Result<(Signed, i128), Overflow> {
    let window = params.premium_window.as_milliseconds().max(1);
    let weight = i128::from(elapsed.as_milliseconds().min(window));
    let target = if market.accrued_at.since(market.premium_at) < params.premium_window {
        market.premium_last.raw()
    } else {
        0
    };
    let gap = i128::from(target).saturating_sub(i128::from(market.premium.raw()));
    let step =
        gap.checked_mul(weight).and_then(|step| step.checked_div(i128::from(window))).ok_or(Overflow)?;
    let premium = i128::from(market.premium.raw()).saturating_add(step);
    let premium = Signed::new(i64::try_from(premium).map_err(|_| Overflow)?).clamped(params.premium_max);
    let difference =
        Signed::new(params.interest.raw().saturating_sub(premium.raw())).clamped(params.interest_clamp);
    let rate = premium.raw().saturating_add(difference.raw());
    let rate = Signed::new(rate.checked_div(FUNDING_HOURS).unwrap_or(0)).clamped(params.rate_max);
    let elapsed = i128::from(elapsed.as_milliseconds());
    let hour = i128::from(Span::HOUR.as_milliseconds());
    let price = i128::try_from(price.raw()).map_err(|_| Overflow)?;
    let growth = price
        .checked_mul(i128::from(rate.raw()))
        .and_then(|growth| growth.checked_mul(elapsed))
        .and_then(|growth| growth.checked_div(hour))
        .and_then(|growth| growth.checked_mul(INDEX_SCALE))
        .and_then(|growth| growth.checked_div(WHOLE))
        .ok_or(Overflow)?;
    let index = market.funding_index.checked_add(growth).ok_or(Overflow)?;
    Ok((premium, index))
}

/// Decimals that a size times a funding index has more than a value.
pub(crate) fn funding_places(decimals: Decimals) -> usize {
    decimals.places().saturating_add(INDEX_PLACES).saturating_sub(Value::PLACES)
}

/// Funding that a position has not settled: received where positive, paid where negative; rounded against the account.
///
/// # Errors
/// [`Overflow`] where the payment leaves 127 bits.
#[inline(always)]
pub(crate) fn funding_due(position: &Position, index: i128, decimals: Decimals) -> Result<Value, Overflow> {
    let change = index.checked_sub(position.funding_index).ok_or(Overflow)?;
    if change == 0 {
        return Ok(Value::ZERO);
    }
    let places = funding_places(decimals);
    let (size, change_size) = (u128::from(position.size.magnitude()), change.unsigned_abs());
    let pays = position.size.is_long() == (change > 0);
    if pays {
        Value::positive(wide::multiply_scale_up(size, change_size, places).ok_or(Overflow)?)?.negated()
    } else {
        Value::positive(wide::multiply_scale_down(size, change_size, places).ok_or(Overflow)?)
    }
}

/// The same where it fits a word: the floor of what is received, whatever its sign.
#[inline(always)]
pub(crate) fn narrow_funding_due(
    position: &Position,
    index: i128,
    decimals: Decimals,
) -> Option<NarrowValue> {
    let received = position.funding_index.checked_sub(index)?;
    let size = position.size.raw();
    // 47 bits and a sign times 79 and a sign have room in 127 and a sign.
    let has_room = received.wrapping_add(1 << 79).cast_unsigned() >> 80 == 0
        && size.wrapping_add(1 << 47).cast_unsigned() >> 48 == 0;
    if !has_room {
        return None;
    }
    let whole = received.wrapping_mul(size.into());
    wide::scale_signed_down(whole, funding_places(decimals)).map(NarrowValue::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::MarketId;

    #[test]
    fn the_funding_of_an_even_market_is_the_interest() {
        // [F2] worked number: without premium an hour costs 0.00125 % of the index: 1.25 dollars a contract at 100,000.
        let price = Price::new(100_000 * Price::ONE.raw()).unwrap();
        let (premium, index) =
            accrue(&MarketState::default(), price, Span::HOUR, &FundingParams::default()).unwrap();
        assert_eq!(premium, Signed::ZERO);
        assert_eq!(index, 1_250_000_000_000_000_000);
        let position = Position {
            market: MarketId(0),
            size: Size::new(100_000_000),
            cost: Value::ZERO,
            funding_index: 0,
        };
        let eight = Decimals::new(8).unwrap();
        assert_eq!(funding_due(&position, index, eight), Ok(Value::new(-125_000_000)));
        let short = Position { size: Size::new(-100_000_000), ..position };
        assert_eq!(funding_due(&short, index, eight), Ok(Value::new(125_000_000)));
    }

    #[test]
    fn the_mark_follows_fills_with_the_window() {
        // [F1] worked number: half the window after a fill 0.4 % above the index the mark is 0.2 % above it.
        let params = FundingParams::default();
        let index = Price::new(100 * Price::ONE.raw()).unwrap();
        let fill = Price::new(100_400_000_000_000).unwrap();
        let market = MarketState { premium_last: premium(fill, index, &params), ..MarketState::default() };
        let (premium, _) = accrue(&market, index, Span::seconds(240), &params).unwrap();
        assert_eq!(mark(index, premium), Price::new(100_200_000_000_000).unwrap());
        assert_eq!(super::premium(Price::MAX, index, &params), Signed::new(5_000_000));
    }

    #[test]
    fn narrow_funding_is_the_same_where_it_is_there() {
        let indexes =
            [0, 1, -7, 1_250_000_000_000_000_003, -(1 << 70), (1 << 79) - 1, 1 << 80, i128::MAX, i128::MIN];
        let sizes = [0, 1, -1, 500, -123_456_789, (1 << 47) - 1, -(1 << 47), i64::MAX, i64::MIN];
        let mut answers = 0;
        for (begun, index, size) in indexes
            .iter()
            .flat_map(|begun| indexes.iter().flat_map(move |index| sizes.map(|size| (*begun, *index, size))))
        {
            for places in 0..=18 {
                let decimals = Decimals::new(places).unwrap();
                let position = Position {
                    market: MarketId(0),
                    size: Size::new(size),
                    cost: Value::ZERO,
                    funding_index: begun,
                };
                if let Some(narrow) = narrow_funding_due(&position, index, decimals) {
                    assert_eq!(
                        Ok(narrow.into()),
                        funding_due(&position, index, decimals),
                        "{position:?} {index}"
                    );
                    answers += 1;
                }
            }
        }
        assert!(answers > 2_500, "{answers}");
    }
}
