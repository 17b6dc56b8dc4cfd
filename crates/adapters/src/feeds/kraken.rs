//! Kraken, spot, version 2: the ticker of a market, told at every change of its best bid and ask.
//!
//! Messages are not numbered; the line's order is all there is. Prices are numbers of JSON and are read digit by digit. A
//! heartbeat comes every second while nothing else does; a ping is answered.
//! Source: docs.kraken.com, WebSocket v2, Ticker (Level 1), Ping.

use cistern_units::{Span, Time};
use serde_json::{Value, json};

use super::{
    Feed, FeedError, FeedParams, Heard, Ping, Symbols, Way,
    json::{self, Fields},
    symbols::When,
    timestamp,
};

pub(super) fn make(params: &FeedParams) -> Box<dyn Feed> {
    Box::new(Kraken { symbols: params.symbols() })
}

struct Kraken {
    symbols: Symbols,
}

impl Feed for Kraken {
    fn name(&self) -> &str {
        &self.symbols.feed
    }

    fn way(&self) -> Way {
        Way::Socket { ping: Ping::Text(r#"{"method":"ping"}"#, Span::seconds(30)) }
    }

    fn open(&mut self) -> Vec<String> {
        let names: Vec<&str> = self.symbols.names().collect();
        let params = json!({"channel": "ticker", "symbol": names, "event_trigger": "bbo", "snapshot": true});
        vec![json!({"method": "subscribe", "params": params}).to_string()]
    }

    fn hear(&mut self, frame: &[u8], now: Time) -> Result<Vec<Heard>, FeedError> {
        let message = json::read(frame)?;
        if message.get("method").is_some() {
            let refused = message.get("success").and_then(Value::as_bool) == Some(false);
            let reason = message.text("error").unwrap_or("it does not say why");
            return if refused { Err(FeedError::refused(reason)) } else { Ok(Vec::new()) };
        }
        if message.text("channel")? != "ticker" {
            return Ok(Vec::new());
        }
        let mut heard = Vec::new();
        for ticker in message.list("data")? {
            let top = [ticker.decimal("bid")?, ticker.decimal("ask")?];
            let said = ticker.text("timestamp").ok().and_then(timestamp::rfc3339).unwrap_or(now);
            heard.extend(self.symbols.quote_text(ticker.text("symbol")?, top, When { said, now })?);
        }
        Ok(heard)
    }
}
