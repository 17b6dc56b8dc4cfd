use std::{collections::BTreeMap, sync::Arc};

use cistern_units::{Price, Span, Time, wide};

use super::Quote;

/// What needs no conversion.
const DOLLAR: &str = "USD";

/// Turns prices in a coin into prices in dollars, by what others say the coin is worth in dollars.
///
/// A coin like USDT is not a dollar, least of all on the day when it matters. Its worth is the middle of what the feeds
/// that count in dollars quote for it; where there is no fresh quote, a price in the coin is none in dollars.
#[derive(Clone, Debug)]
pub struct Dollars {
    age_max: Span,
    /// What each feed last said of each coin.
    quotes: BTreeMap<(Arc<str>, Arc<str>), Quote>,
}

impl Dollars {
    /// Nothing known yet. A quote of a coin counts until it is older than `age_max`.
    #[must_use]
    pub const fn new(age_max: Span) -> Self {
        Self { age_max, quotes: BTreeMap::new() }
    }

    /// The quote in dollars, rounded down; its confidence covers the coin's too, rounded up. Remembers what it says of a
    /// coin. `None` where the worth of the coin is not known now, or the product is no price.
    pub fn of(&mut self, quote: &Quote, now: Time) -> Option<Quote> {
        if &*quote.unit == DOLLAR {
            self.quotes.insert((Arc::clone(&quote.asset), Arc::clone(&quote.feed)), quote.clone());
            return Some(quote.clone());
        }
        let (worth, doubt) = self.worth(&quote.unit, now)?;
        let price = wide::multiply_scale_down(quote.price.raw(), worth, Price::PLACES)?;
        let highest = quote.price.raw().checked_add(quote.confidence)?;
        let highest = wide::multiply_scale_up(highest, worth.checked_add(doubt)?, Price::PLACES)?;
        Some(Quote {
            price: Price::new(price)?,
            confidence: highest.checked_sub(price)?,
            unit: Arc::from(DOLLAR),
            ..quote.clone()
        })
    }

    /// Middle of the fresh quotes of a coin, with the widest confidence and half of what the middle ones differ by.
    fn worth(&self, coin: &str, now: Time) -> Option<(u128, u128)> {
        let fresh =
            self.quotes.values().filter(|quote| &*quote.asset == coin && now.since(quote.at) <= self.age_max);
        let mut fresh: Vec<(u128, u128)> = fresh.map(|quote| (quote.price.raw(), quote.confidence)).collect();
        fresh.sort_unstable();
        let (low, high) = (fresh.get(fresh.len().checked_sub(1)? / 2)?.0, fresh.get(fresh.len() / 2)?.0);
        let widest = fresh.iter().map(|(_, confidence)| *confidence).max()?;
        Some((low + (high - low) / 2, widest.checked_add((high - low).div_ceil(2))?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::milliseconds(1_000_000);

    fn quote(feed: &str, asset: &str, unit: &str, cents: [u128; 2]) -> Quote {
        let [price, confidence] = cents.map(|cents| cents * Price::ONE.raw() / 100);
        Quote {
            feed: Arc::from(feed),
            asset: Arc::from(asset),
            symbol: Arc::from(asset),
            unit: Arc::from(unit),
            price: Price::new(price).unwrap(),
            confidence,
            at: NOW,
        }
    }

    #[test]
    fn a_price_in_a_coin_is_worth_what_the_coin_is() {
        let mut dollars = Dollars::new(Span::seconds(60));
        let bitcoin = quote("okx", "BTC", "USDT", [10_000_000, 100]);
        assert_eq!(dollars.of(&bitcoin, NOW), None);
        let coin = quote("kraken", "USDT", "USD", [98, 1]);
        assert_eq!(dollars.of(&coin, NOW), Some(coin));
        // 100,000 x 0.98, and at the most 100,001 x 0.99 = 99,000.99.
        let expected = Quote { unit: Arc::from("USD"), ..quote("okx", "BTC", "USDT", [9_800_000, 100_099]) };
        assert_eq!(dollars.of(&bitcoin, NOW), Some(expected));
        // A second opinion of 1.00: the middle is 0.99, give or take the confidence and half the difference, 0.02.
        dollars.of(&quote("coinbase", "USDT", "USD", [100, 0]), NOW);
        let expected = Quote { unit: Arc::from("USD"), ..quote("okx", "BTC", "USDT", [9_900_000, 200_101]) };
        assert_eq!(dollars.of(&bitcoin, NOW), Some(expected));
    }

    #[test]
    fn one_feed_of_three_does_not_move_a_coin() {
        let mut dollars = Dollars::new(Span::seconds(60));
        for (feed, cents) in [("kraken", 100), ("coinbase", 100), ("other", 10)] {
            dollars.of(&quote(feed, "USDT", "USD", [cents, 0]), NOW);
        }
        assert_eq!(dollars.worth("USDT", NOW), Some((Price::ONE.raw(), 0)));
    }

    #[test]
    fn an_old_quote_of_a_coin_does_not_count() {
        let mut dollars = Dollars::new(Span::seconds(60));
        dollars.of(&quote("kraken", "USDT", "USD", [100, 0]), NOW);
        let bitcoin = quote("okx", "BTC", "USDT", [10_000_000, 100]);
        assert!(dollars.of(&bitcoin, NOW.plus(Span::seconds(60)).unwrap()).is_some());
        assert_eq!(dollars.of(&bitcoin, NOW.plus(Span::milliseconds(60_001)).unwrap()), None);
    }
}
