//! Bybit, version 5, spot: the first level of a market's book (`orderbook.1.<symbol>`).
//!
//! `u` numbers the states of a book by one; a whole book may come at any time and replaces what was known (with `u` = 1 after
//! a restart of the service). A venue's ping is a message, every 20 seconds, and is answered.
//! Source: bybit-exchange.github.io/docs/v5, WebSocket Stream, Connect and Orderbook.

use std::collections::BTreeMap;

use cistern_units::{Span, Time};
use serde_json::{Value, json};

use super::{
    Feed, FeedError, FeedParams, Heard, Ping, Symbols, Way,
    book::Book,
    json::{self, Fields},
    symbols::When,
};

/// Topics in one request, by the venue's own rule for spot.
const TOPICS_MAX: usize = 10;
const TOPIC: &str = "orderbook.1.";

pub(super) fn make(params: &FeedParams) -> Box<dyn Feed> {
    Box::new(Bybit { symbols: params.symbols(), books: BTreeMap::new() })
}

struct Bybit {
    symbols: Symbols,
    /// The books, each with the number of its last state.
    books: BTreeMap<String, (i64, Book)>,
}

impl Feed for Bybit {
    fn name(&self) -> &str {
        &self.symbols.feed
    }

    fn way(&self) -> Way {
        Way::Socket { ping: Ping::Text(r#"{"op":"ping"}"#, Span::seconds(20)) }
    }

    fn open(&mut self) -> Vec<String> {
        self.books.clear();
        let topics: Vec<String> = self.symbols.names().map(|name| format!("{TOPIC}{name}")).collect();
        topics.chunks(TOPICS_MAX).map(|args| json!({"op": "subscribe", "args": args}).to_string()).collect()
    }

    fn hear(&mut self, frame: &[u8], now: Time) -> Result<Vec<Heard>, FeedError> {
        let message = json::read(frame)?;
        if message.get("op").is_some() {
            let refused = message.get("success").and_then(Value::as_bool) == Some(false);
            let reason = message.text("ret_msg").unwrap_or("it does not say why");
            return if refused { Err(FeedError::refused(reason)) } else { Ok(Vec::new()) };
        }
        let Some(name) = message.text("topic")?.strip_prefix(TOPIC) else { return Ok(Vec::new()) };
        if !self.symbols.contains(name) {
            return Ok(Vec::new());
        }
        // A book that could not be followed is not believed: it is put back only when all went well.
        let before = self.books.remove(name);
        let data = message.get("data").unwrap_or(&Value::Null);
        let (number, book) = follow(before, name, message.text("type")?, data)?;
        let when = When { said: message.time("ts")?, now };
        let heard = self.symbols.quote(name, book.top(), when)?;
        self.books.insert(name.to_owned(), (number, book));
        Ok(heard.into_iter().collect())
    }
}

/// The book after a message, with the message's number.
fn follow(
    before: Option<(i64, Book)>,
    name: &str,
    kind: &str,
    data: &Value,
) -> Result<(i64, Book), FeedError> {
    let number = data.whole("u")?;
    let mut book = match (kind, before) {
        ("snapshot", _) => Book::default(),
        ("delta", Some((last, book))) if last.checked_add(1) == Some(number) => book,
        ("delta", before) => {
            let due = |(last, _): (i64, Book)| last.saturating_add(1).to_string();
            let expected = before.map_or("a whole book".to_owned(), due);
            return Err(FeedError::Gap { symbol: name.to_owned(), expected, found: number.to_string() });
        }
        _ => return Err(FeedError::garbled("the type of a book is neither snapshot nor delta")),
    };
    book.take(name, data.list("b")?, data.list("a")?)?;
    Ok((number, book))
}
