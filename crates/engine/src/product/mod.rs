//! Derivative products; one file each, and the settlement price that those with an end share.

pub(crate) mod future;
pub(crate) mod option;
pub(crate) mod perp;
pub(crate) mod settlement;

use cistern_units::{Overflow, Price, Size, Value};

use crate::{act::Product, params::FundingParams};

/// Lowest and highest price at which a trade may happen.
#[must_use]
pub(crate) fn band(
    product: &Product,
    [index, forward, mark]: [Price; 3],
    params: &FundingParams,
) -> (Price, Price) {
    match product {
        Product::Perp => perp::band(index, params.price_band),
        Product::Future { .. } => future::band(mark, params.price_band),
        Product::Option { .. } => option::band(mark, forward, params.price_band),
    }
}

/// Does time charge the one side for the other?
#[must_use]
pub(crate) const fn has_funding(product: &Product) -> bool {
    match product {
        Product::Perp => true,
        Product::Future { .. } | Product::Option { .. } => false,
    }
}

/// What one whole contract is worth when the index has settled, in raw price units; nothing for what never settles.
#[must_use]
pub(crate) const fn payoff(product: &Product, price: Price) -> u128 {
    match product {
        Product::Perp => 0,
        Product::Future { .. } => price.raw(),
        Product::Option { strike, style, .. } => option::payoff(*style, *strike, price),
    }
}

/// A position after a trade, and what the trade realised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Traded {
    /// Size after it.
    pub(crate) size: Size,
    /// Cost after it.
    pub(crate) cost: Value,
    /// Realised P&L.
    pub(crate) realised: Value,
}

/// What a trade of `change` at a signed value of `notional` does to a position.
///
/// Opening adds to the cost; closing takes the closed part of the cost out and realises the difference. In every case
/// `cost - realised` moves by exactly `notional`, so that two sides of a trade are worth zero together.
///
/// # Errors
/// [`Overflow`] where a number leaves its range.
pub(crate) fn trade(size: Size, cost: Value, change: Size, notional: Value) -> Result<Traded, Overflow> {
    let after = size.plus(change)?;
    let total = cost.plus(notional)?;
    let opens = size.is_zero() || size.is_long() == change.is_long();
    let kept = if opens {
        total
    } else if after.is_zero() {
        Value::ZERO
    } else if after.is_long() == size.is_long() {
        // A part stays: it keeps its part of the cost, rounded up, so that the realised part rounds down.
        cost.scaled_up(u128::from(after.magnitude()), u128::from(size.magnitude()))?
    } else {
        // Through zero: what is open now was opened by this trade, at its price.
        notional.scaled_up(u128::from(after.magnitude()), u128::from(change.magnitude()))?
    };
    Ok(Traded { size: after, cost: kept, realised: kept.less(total)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dollars(value: i64) -> Value {
        Value::dollars(value)
    }

    #[test]
    fn closing_half_realises_half() {
        let traded = trade(Size::new(10), dollars(1_000), Size::new(-5), dollars(-600)).unwrap();
        assert_eq!(traded, Traded { size: Size::new(5), cost: dollars(500), realised: dollars(100) });
    }

    #[test]
    fn a_trade_through_zero_opens_at_its_price() {
        let traded = trade(Size::new(10), dollars(1_000), Size::new(-15), dollars(-1_800)).unwrap();
        assert_eq!(traded, Traded { size: Size::new(-5), cost: dollars(-600), realised: dollars(200) });
    }

    #[test]
    fn both_sides_of_a_trade_are_worth_nothing_together() {
        for (size, cost, change, notional) in
            [(7, 1_001, -3, -500), (-7, -999, 3, 500), (3, 100, -10, -321), (0, 0, 4, 77), (-4, -100, 4, 91)]
        {
            let traded =
                trade(Size::new(size), Value::new(cost), Size::new(change), Value::new(notional)).unwrap();
            assert_eq!(traded.cost.raw() - traded.realised.raw(), cost + notional);
        }
    }
}
