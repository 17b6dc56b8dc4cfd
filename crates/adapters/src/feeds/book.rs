use std::collections::BTreeSet;

use cistern_units::{Price, decimal_parts};
use serde_json::Value;

use super::{FeedError, json, symbols};

/// Levels of a side at the most: the deepest book that is asked for has 400, and an update may add before it takes away.
const LEVELS_MAX: usize = 1_000;

/// The prices of one market at which there are orders. How many is not needed for the top.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book {
    bids: BTreeSet<Price>,
    asks: BTreeSet<Price>,
}

impl Book {
    /// Takes over levels, each a list that begins with price and size; a size of zero takes the level away.
    ///
    /// # Errors
    /// [`FeedError::Garbled`] and [`FeedError::NoPrice`] where a level cannot be read, or there are too many.
    pub(crate) fn take(&mut self, symbol: &str, bids: &[Value], asks: &[Value]) -> Result<(), FeedError> {
        side(&mut self.bids, symbol, bids)?;
        side(&mut self.asks, symbol, asks)
    }

    /// Best bid and best ask.
    pub(crate) fn top(&self) -> Option<(Price, Price)> {
        self.bids.last().copied().zip(self.asks.first().copied())
    }
}

fn side(levels: &mut BTreeSet<Price>, symbol: &str, changes: &[Value]) -> Result<(), FeedError> {
    for change in changes {
        let part = |place: usize| change.get(place).and_then(json::digits);
        let (Some(at), Some(size)) = (part(0), part(1)) else {
            return Err(FeedError::garbled("a level of the book should be a list of price and size"));
        };
        let at = symbols::price(symbol, at)?
            .ok_or_else(|| FeedError::garbled("a level of the book has the price zero"))?;
        match decimal_parts(size) {
            Ok((_, 0, _)) => levels.remove(&at),
            Ok((false, ..)) => levels.insert(at),
            _ => return Err(FeedError::garbled("a level of the book has a size that is no number")),
        };
    }
    if levels.len() > LEVELS_MAX {
        return Err(FeedError::garbled("a book has more levels than any that is asked for"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(book: &mut Book, bids: &str, asks: &str) -> Result<(), FeedError> {
        let list = |text: &str| serde_json::from_str::<Vec<Value>>(text).unwrap();
        book.take("X", &list(bids), &list(asks))
    }

    #[test]
    fn the_top_moves_with_what_is_added_and_taken_away() {
        let mut book = Book::default();
        assert_eq!(book.top(), None);
        take(&mut book, r#"[["9","1"],["10","2"]]"#, r#"[["11","1"],["12","1"]]"#).unwrap();
        let dollars = |dollars: u128| Price::new(dollars * Price::ONE.raw()).unwrap();
        assert_eq!(book.top(), Some((dollars(10), dollars(11))));
        take(&mut book, r#"[["10.0","0.00"]]"#, r#"[["11","0"]]"#).unwrap();
        assert_eq!(book.top(), Some((dollars(9), dollars(12))));
        take(&mut book, "[]", r#"[["12","0"]]"#).unwrap();
        assert_eq!(book.top(), None);
    }

    #[test]
    fn a_level_that_is_none_is_refused() {
        for levels in [
            r#"["9"]"#,
            r#"[["9"]]"#,
            r#"[["9","x"]]"#,
            r#"[["9","-1"]]"#,
            r#"[["0","1"]]"#,
            r#"[["-9","1"]]"#,
        ] {
            assert!(take(&mut Book::default(), levels, "[]").is_err(), "{levels}");
        }
        let many: Vec<String> = (1..=LEVELS_MAX + 1).map(|price| format!(r#"["{price}","1"]"#)).collect();
        assert!(take(&mut Book::default(), "[]", &format!("[{}]", many.join(","))).is_err());
    }
}
