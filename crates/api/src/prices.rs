//! Prices of things that have no feed of their own name.

use cistern_engine::{
    ids::{AssetId, FactorId},
    shock,
    state::State,
};
use cistern_units::{Amount, Price, Signed, Value};

/// The price of a factor after a move, where there is a feed of its name: a basis or a peg has none.
pub(crate) fn of_factor_after(state: &State, factor: FactorId, change: Signed) -> Option<Price> {
    let symbol = state.config.factors.get(factor.position())?.symbol;
    let feed = state.feed(state.feed_named(symbol.as_str())?).ok()?;
    Some(shock::price_after(feed.quote.as_ref()?.price, change))
}

/// Value of an amount at its price; nothing before the first price.
pub(crate) fn value(state: &State, asset: AssetId, amount: Amount) -> Value {
    let priced = || {
        let quote = state.asset_quote(asset)?;
        quote.price.value_down(amount, state.asset(asset).ok()?.spec.decimals).ok()
    };
    priced().unwrap_or(Value::ZERO)
}
