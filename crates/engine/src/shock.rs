//! What if prices were others: moves of single factors, applied to the prices of one instant. Never part of the state.

use alloc::vec::Vec;

use cistern_units::{Fraction, Price, Signed, wide};

use crate::{
    ids::FactorId,
    rejection::Rejection,
    view::{FactorList, Prices, View},
};

/// A move of one factor, in 1e-9 of its price: -200,000,000 is a fall of 20 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shock {
    /// Factor.
    pub factor: FactorId,
    /// By how much its price changes; a price never falls below the smallest one.
    pub change: Signed,
}

/// Prices of an instant as they were, to try shocks on and to put back.
pub(crate) struct Unshocked {
    assets: Vec<Prices>,
    /// Of an option, those of its forward.
    markets: Vec<Prices>,
}

impl Unshocked {
    /// Keeps the prices of a fresh view.
    pub(crate) fn of(view: &View) -> Self {
        Self {
            assets: view.assets.iter().map(|asset| *asset.prices()).collect(),
            markets: view
                .markets
                .iter()
                .map(|market| market.option.map_or(*market.prices(), |option| option.forward))
                .collect(),
        }
    }

    /// Sets the view's prices to these, moved by shocks.
    ///
    /// # Errors
    /// As the view's own fold.
    pub(crate) fn shock(&self, view: &mut View, shocks: &[Shock]) -> Result<(), Rejection> {
        for (asset, prices) in view.assets.iter_mut().zip(&self.assets) {
            asset.set_prices(moved(*prices, (&asset.factors, Fraction::ONE), shocks));
        }
        for (market, prices) in view.markets.iter_mut().zip(&self.markets) {
            let prices = moved(*prices, (&market.factors, market.moving), shocks);
            let prices = match &mut market.option {
                None => prices,
                Some(option) => {
                    option.forward = prices;
                    option.prices()
                }
            };
            market.set_prices(prices);
        }
        view.list_options()
    }
}

/// Prices after shocks of their factors, of which only a part may still move them.
fn moved(prices: Prices, (factors, moving): (&FactorList, Fraction), shocks: &[Shock]) -> Prices {
    let of = |price: Option<Price>| {
        price.map(|price| {
            shocks
                .iter()
                .filter(|shock| factors.as_slice().iter().any(|factor| factor.0 == shock.factor.0))
                .fold(price, |price, shock| price_after(price, part_of(shock.change, moving)))
        })
    };
    Prices {
        mark: of(prices.mark),
        mark_low: of(prices.mark_low),
        mark_high: of(prices.mark_high),
        low: of(prices.low),
        high: of(prices.high),
        ..prices
    }
}

/// A part of a move, rounded toward none.
fn part_of(change: Signed, moving: Fraction) -> Signed {
    let raw = i128::from(change.raw()).saturating_mul(i128::from(moving.raw()));
    let part = raw.checked_div(i128::from(Fraction::ONE.raw())).and_then(|part| i64::try_from(part).ok());
    part.map_or(change, Signed::new)
}

/// A price after a move, rounded down and within what can be a price.
#[must_use]
pub fn price_after(price: Price, change: Signed) -> Price {
    let left = Signed::ONE.raw().saturating_add(change.raw()).max(0).unsigned_abs();
    let raw = wide::multiply_scale_down(price.raw(), u128::from(left), Signed::PLACES);
    Price::clamped(raw.unwrap_or(u128::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_moves_and_stays_a_price() {
        let price = Price::clamped(2_000 * Price::ONE.raw());
        let moved = |change| price_after(price, Signed::new(change)).raw();
        assert_eq!(moved(-200_000_000), 1_600 * Price::ONE.raw());
        assert_eq!(moved(500_000_000), 3_000 * Price::ONE.raw());
        assert_eq!(moved(-1_000_000_000), Price::MIN.raw());
        assert_eq!(moved(i64::MIN), Price::MIN.raw());
        assert_eq!(moved(i64::MAX), Price::MAX.raw());
    }
}
