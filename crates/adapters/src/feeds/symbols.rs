use std::sync::Arc;

use cistern_units::{DecimalError, Price, Time, parse_decimal};

use super::{FeedError, Heard, Quote, Trouble, error::excerpt};

/// Something that a feed is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// What is priced, as the pool calls it.
    pub asset: Arc<str>,
    /// The same as the venue calls it.
    pub symbol: Arc<str>,
}

/// What one exchange is asked for, and what it counts in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbols {
    /// The feed.
    pub feed: Arc<str>,
    /// What its prices are in.
    pub unit: Arc<str>,
    /// The markets.
    pub symbols: Vec<Symbol>,
}

impl Symbols {
    /// The markets, as the venue calls them.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.symbols.iter().map(|symbol| &*symbol.symbol)
    }

    /// Was this asked for? What was not is not heard, whatever a venue sends.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.named(name).is_some()
    }

    fn named(&self, name: &str) -> Option<&Symbol> {
        self.symbols.iter().find(|symbol| &*symbol.symbol == name)
    }

    /// What a best bid and a best ask say of a market, as the venue writes them. A market that has none is a trouble of
    /// that market alone.
    ///
    /// # Errors
    /// [`FeedError::Crossed`].
    pub(crate) fn quote_text(
        &self,
        name: &str,
        top: [&str; 2],
        when: When,
    ) -> Result<Option<Heard>, FeedError> {
        if !self.contains(name) {
            return Ok(None);
        }
        let [bid, ask] = top.map(|text| price(name, text));
        match (bid, ask) {
            (Ok(bid), Ok(ask)) => self.quote(name, bid.zip(ask), when),
            (Err(error), _) | (_, Err(error)) => Ok(Some(self.trouble(error, when))),
        }
    }

    /// The same of prices.
    ///
    /// # Errors
    /// [`FeedError::Crossed`].
    pub(crate) fn quote(
        &self,
        name: &str,
        top: Option<(Price, Price)>,
        when: When,
    ) -> Result<Option<Heard>, FeedError> {
        let Some(symbol) = self.named(name) else { return Ok(None) };
        let Some((bid, ask)) = top else {
            return Ok(Some(self.trouble(FeedError::OneSided { symbol: name.to_owned() }, when)));
        };
        if bid > ask {
            return Err(FeedError::Crossed { symbol: name.to_owned() });
        }
        let spread = ask.distance(bid);
        Ok(Some(Heard::Quote(Quote {
            feed: Arc::clone(&self.feed),
            asset: Arc::clone(&symbol.asset),
            symbol: Arc::clone(&symbol.symbol),
            unit: Arc::clone(&self.unit),
            price: Price::clamped(bid.raw() + spread / 2),
            confidence: spread.div_ceil(2),
            at: when.said.min(when.now),
        })))
    }

    fn trouble(&self, error: FeedError, when: When) -> Heard {
        Heard::Trouble(Trouble { feed: Arc::clone(&self.feed), error, at: when.now })
    }
}

/// When something was said, by the venue's clock, and when it was heard, by ours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct When {
    pub(crate) said: Time,
    pub(crate) now: Time,
}

/// The price in a decimal text; none where it is empty or zero, as venues write a side without orders.
///
/// # Errors
/// [`FeedError::NoPrice`].
pub(crate) fn price(symbol: &str, text: &str) -> Result<Option<Price>, FeedError> {
    let no_price = |reason| FeedError::NoPrice { symbol: symbol.to_owned(), text: excerpt(text), reason };
    if text.is_empty() {
        return Ok(None);
    }
    match parse_decimal(text, Price::PLACES).map_err(no_price)? {
        0 => Ok(None),
        raw => {
            let raw = u128::try_from(raw).map_err(|_| no_price(DecimalError::Malformed))?;
            Price::new(raw).map(Some).ok_or_else(|| no_price(DecimalError::TooLarge))
        }
    }
}
