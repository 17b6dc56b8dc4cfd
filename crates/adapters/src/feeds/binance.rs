//! Binance, spot: the best bid and ask of a market, told whole with every change (`<symbol>@bookTicker`).
//!
//! Each statement carries `u`, the number of the book's last update. Numbers may be skipped, since only changes of the top
//! are told; they never run back. Spot statements carry no time, so the time is that of hearing. The venue pings the socket
//! every 20 seconds and ends each connection after a day.
//! Source: developers.binance.com, Spot, WebSocket Streams.

use std::collections::BTreeMap;

use cistern_units::Time;
use serde_json::{Value, json};

use super::{
    Feed, FeedError, FeedParams, Heard, Ping, Symbols, Way,
    json::{self, Fields},
    symbols::When,
};

pub(super) fn make(params: &FeedParams) -> Box<dyn Feed> {
    Box::new(Binance { symbols: params.symbols(), updates: BTreeMap::new() })
}

struct Binance {
    symbols: Symbols,
    /// Number of the last update, by symbol.
    updates: BTreeMap<String, i64>,
}

impl Feed for Binance {
    fn name(&self) -> &str {
        &self.symbols.feed
    }

    fn way(&self) -> Way {
        Way::Socket { ping: Ping::Theirs }
    }

    fn open(&mut self) -> Vec<String> {
        self.updates.clear();
        let streams: Vec<String> =
            self.symbols.names().map(|name| format!("{}@bookTicker", name.to_lowercase())).collect();
        vec![json!({"method": "SUBSCRIBE", "params": streams, "id": 1}).to_string()]
    }

    fn hear(&mut self, frame: &[u8], now: Time) -> Result<Vec<Heard>, FeedError> {
        let message = json::read(frame)?;
        if let Some(error) = message.get("error") {
            return Err(FeedError::refused(error.text("msg").unwrap_or("it does not say why")));
        }
        if message.get("result").is_some() {
            return Ok(Vec::new());
        }
        // A combined stream wraps what a single one says.
        let said = message.get("data").unwrap_or(&message);
        match said.get("e").and_then(Value::as_str) {
            Some("bookTicker") => self.top(said, now),
            // The spot market's statement does not name its kind.
            None => self.top(said, now),
            Some(_) => Ok(Vec::new()),
        }
    }
}

impl Binance {
    fn top(&mut self, said: &Value, now: Time) -> Result<Vec<Heard>, FeedError> {
        let (name, update) = (said.text("s")?, said.whole("u")?);
        let top = [said.decimal("b")?, said.decimal("a")?];
        if !self.symbols.contains(name) {
            return Ok(Vec::new());
        }
        match self.updates.get(name) {
            Some(last) if update < *last => {
                let expected = format!("one after {last}");
                return Err(FeedError::Gap { symbol: name.to_owned(), expected, found: update.to_string() });
            }
            Some(last) if update == *last => return Ok(Vec::new()),
            _ => {}
        }
        let said_at = said.time("E").unwrap_or(now);
        let heard = self.symbols.quote_text(name, top, When { said: said_at, now })?;
        self.updates.insert(name.to_owned(), update);
        Ok(heard.into_iter().collect())
    }
}
