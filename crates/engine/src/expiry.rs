//! Expiries: what is written on an index for a moment is settled in cash once that has come [E1].

use alloc::vec::Vec;

use cistern_units::{Decimals, Overflow, Price, Size, Value, wide};

use crate::{
    draft::Draft,
    event::Event,
    ids::{AccountId, MarketId},
    product::{payoff, settlement},
    rejection::Rejection,
    rows::{Expiry, Position},
};

/// A market that is being settled: how far its positions have been gone through.
struct Closing {
    market: MarketId,
    /// What a whole contract is worth, in raw price units.
    worth: u128,
    decimals: Decimals,
    /// Sum of the sizes so far.
    size: Size,
}

impl Closing {
    /// What the next position is worth. The worth of the running sum of sizes is rounded, not that of each position: so the
    /// values of a market, whose sizes sum to zero, sum to zero too, and each is off by less than a unit.
    fn value_of(&mut self, size: Size) -> Result<Value, Overflow> {
        let before = self.value()?;
        self.size = self.size.plus(size)?;
        self.value()?.less(before)
    }

    fn value(&self) -> Result<Value, Overflow> {
        let scale = self.decimals.places().saturating_add(Price::PLACES).saturating_sub(Value::PLACES);
        let magnitude = u128::from(self.size.magnitude());
        if self.size.is_short() {
            Value::positive(wide::multiply_scale_up(magnitude, self.worth, scale).ok_or(Overflow)?)?.negated()
        } else {
            Value::positive(wide::multiply_scale_down(magnitude, self.worth, scale).ok_or(Overflow)?)
        }
    }
}

/// Settles what has expired, in the order of accounts; says so where too little of an index was seen for that.
pub(crate) fn due(draft: &mut Draft<'_>) -> Result<(), Rejection> {
    let now = draft.now();
    let past: Vec<Expiry> = draft.state.expiries.iter().filter(|row| row.at <= now).cloned().collect();
    let mut closing = Vec::new();
    for row in past {
        let (feed, expiry) = row.key();
        match settlement::price(&row, now) {
            Some(price) => {
                draft.emit(Event::ExpirySettled { feed, expiry, price })?;
                settle_markets(draft, &row, price, &mut closing)?;
            }
            None if row.delayed => {}
            None => draft.emit(Event::SettlementDelayed { feed, expiry })?,
        }
    }
    if closing.is_empty() { Ok(()) } else { close(draft, &mut closing) }
}

fn settle_markets(
    draft: &mut Draft<'_>,
    row: &Expiry,
    price: Price,
    closing: &mut Vec<Closing>,
) -> Result<(), Rejection> {
    for place in 0..draft.state.markets.len() {
        let market = MarketId::at(place).ok_or(Rejection::MarketUnknown)?;
        let spec = &draft.state.market_config(market)?.spec;
        if spec.feed == row.feed && spec.product.expiry() == Some(row.at) {
            let (worth, decimals) = (payoff(&spec.product, price), spec.decimals);
            draft.emit(Event::MarketSettled { market, price })?;
            closing.push(Closing { market, worth, decimals, size: Size::ZERO });
        }
    }
    Ok(())
}

/// Closes every position of these markets, in one walk over the accounts.
fn close(draft: &mut Draft<'_>, closing: &mut [Closing]) -> Result<(), Rejection> {
    for account in draft.account_ids() {
        let positions: Vec<Position> = open_in(draft, account, closing)?;
        for Position { market, size, cost, .. } in positions {
            let Some(row) = closing.iter_mut().find(|row| row.market == market) else { continue };
            let realised = row.value_of(size)?.less(cost)?;
            let (size, cost) = (Size::ZERO, Value::ZERO);
            draft.emit(Event::PositionChanged { account, market, size, cost, realised })?;
        }
    }
    Ok(())
}

/// The positions of an account that are to be closed.
fn open_in(draft: &Draft<'_>, account: AccountId, closing: &[Closing]) -> Result<Vec<Position>, Rejection> {
    let open = draft.state.account(account)?.positions();
    Ok(open.filter(|open| closing.iter().any(|row| row.market == open.market)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_a_market_sum_to_zero_to_the_unit() {
        // A third of a unit a piece: every rounding of a single position would show.
        let decimals = Decimals::new(0).unwrap();
        let mut row = Closing { market: MarketId(0), worth: 3_333, decimals, size: Size::ZERO };
        let sizes = [1, 1, 1, -2, 7, -1, -5, -2];
        let values = sizes.map(|size| row.value_of(Size::new(size)).unwrap().raw());
        assert_eq!(values.iter().sum::<i128>(), 0);
        for (size, value) in sizes.into_iter().zip(values) {
            assert!((i128::from(size) * 3_333 - value * 10_000).abs() < 10_000, "{size} is worth {value}");
        }
    }
}
