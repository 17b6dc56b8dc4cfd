//! Coinbase, Advanced Trade: the ticker of a market, with best bid and ask.
//!
//! `sequence_num` counts every message of a connection, whatever its channel, by one: a number that is skipped is a message
//! that was lost, a lower one came late and is left out. The channel `heartbeats` keeps the connection open in a calm market.
//! Source: docs.cdp.coinbase.com, Advanced Trade API, WebSocket Overview and Channels.

use cistern_units::Time;
use serde_json::{Value, json};

use super::{
    Feed, FeedError, FeedParams, Heard, Ping, Symbols, Way,
    json::{self, Fields},
    symbols::When,
    timestamp,
};

pub(super) fn make(params: &FeedParams) -> Box<dyn Feed> {
    Box::new(Coinbase { symbols: params.symbols(), last: None })
}

struct Coinbase {
    symbols: Symbols,
    /// Number of the last message of the connection.
    last: Option<i64>,
}

impl Feed for Coinbase {
    fn name(&self) -> &str {
        &self.symbols.feed
    }

    fn way(&self) -> Way {
        Way::Socket { ping: Ping::Theirs }
    }

    fn open(&mut self) -> Vec<String> {
        self.last = None;
        let names: Vec<&str> = self.symbols.names().collect();
        vec![
            json!({"type": "subscribe", "product_ids": names, "channel": "ticker"}).to_string(),
            json!({"type": "subscribe", "channel": "heartbeats"}).to_string(),
        ]
    }

    fn hear(&mut self, frame: &[u8], now: Time) -> Result<Vec<Heard>, FeedError> {
        let message = json::read(frame)?;
        if message.get("type").and_then(Value::as_str) == Some("error") {
            return Err(FeedError::refused(message.text("message").unwrap_or("it does not say why")));
        }
        let (channel, number) = (message.text("channel")?, message.whole("sequence_num")?);
        let due = self.last.map(|last| last.saturating_add(1));
        if due.is_some_and(|due| number < due) {
            return Ok(Vec::new());
        }
        self.last = Some(number);
        if let Some(due) = due.filter(|due| number > *due) {
            let symbol = format!("the channel {channel}");
            return Err(FeedError::Gap { symbol, expected: due.to_string(), found: number.to_string() });
        }
        if channel == "ticker" { self.tickers(&message, now) } else { Ok(Vec::new()) }
    }
}

impl Coinbase {
    fn tickers(&self, message: &Value, now: Time) -> Result<Vec<Heard>, FeedError> {
        let said = timestamp::rfc3339(message.text("timestamp")?)
            .ok_or_else(|| FeedError::garbled("the field timestamp is no time of UTC"))?;
        let mut heard = Vec::new();
        for event in message.list("events")? {
            for ticker in event.list("tickers")? {
                let top = [ticker.decimal("best_bid")?, ticker.decimal("best_ask")?];
                let name = ticker.text("product_id")?;
                heard.extend(self.symbols.quote_text(name, top, When { said, now })?);
            }
        }
        Ok(heard)
    }
}
