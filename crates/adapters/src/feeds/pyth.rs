//! Pyth, from a Hermes or a gateway that answers like one: signed accumulator updates (PNAU), as they are.
//!
//! Since August 2026 every Hermes wants an API key (`Authorization: Bearer ...`). Prices in the answer's `parsed` part are not
//! signed and are not read.
//! Source: docs.pyth.network, Price Feeds, Core, Fetch Price Updates.

use std::sync::Arc;

use cistern_attest::Kind;
use cistern_units::{Span, Time};
use data_encoding::HEXLOWER_PERMISSIVE;
use serde_json::Value;

use super::{
    Evidence, Feed, FeedError, FeedParams, Heard, Symbols, Way,
    json::{self, Fields},
};

/// Updates in one answer at the most; a Hermes answers any question with one or two.
const UPDATES_MAX: usize = 16;
/// What an accumulator update begins with.
const MAGIC: &[u8] = b"PNAU";

pub(super) fn make(params: &FeedParams) -> Box<dyn Feed> {
    Box::new(Pyth { symbols: params.symbols(), every: params.every, last: Vec::new() })
}

struct Pyth {
    symbols: Symbols,
    every: Span,
    /// What was heard last: the same is not told twice.
    last: Vec<Vec<u8>>,
}

impl Feed for Pyth {
    fn name(&self) -> &str {
        &self.symbols.feed
    }

    fn way(&self) -> Way {
        let ids: Vec<String> = self.symbols.names().map(|id| format!("ids[]={id}")).collect();
        let path = format!("/v2/updates/price/latest?{}&encoding=hex&parsed=false", ids.join("&"));
        Way::Poll { paths: vec![path], every: self.every }
    }

    fn open(&mut self) -> Vec<String> {
        self.last.clear();
        Vec::new()
    }

    fn hear(&mut self, frame: &[u8], now: Time) -> Result<Vec<Heard>, FeedError> {
        let answer = json::read(frame)?;
        let binary = answer.get("binary").unwrap_or(&Value::Null);
        if binary.text("encoding")? != "hex" {
            return Err(FeedError::garbled("the updates are not in hex, as they were asked for"));
        }
        let data = binary.list("data")?;
        if data.is_empty() || data.len() > UPDATES_MAX {
            return Err(FeedError::garbled(&format!(
                "{} updates in place of 1 to {UPDATES_MAX}",
                data.len()
            )));
        }
        let updates = data.iter().map(update).collect::<Result<Vec<_>, _>>()?;
        let news: Vec<Heard> = updates
            .iter()
            .filter(|bytes| !self.last.contains(bytes))
            .map(|bytes| {
                let feed = Arc::clone(&self.symbols.feed);
                Heard::Evidence(Evidence { feed, kind: Kind::Pyth, bytes: bytes.clone(), at: now })
            })
            .collect();
        self.last = updates;
        Ok(news)
    }
}

fn update(value: &Value) -> Result<Vec<u8>, FeedError> {
    let text = value.as_str().unwrap_or_default();
    let bytes = HEXLOWER_PERMISSIVE
        .decode(text.as_bytes())
        .map_err(|error| FeedError::garbled(&format!("an update is not hex ({error})")))?;
    if bytes.starts_with(MAGIC) {
        Ok(bytes)
    } else {
        Err(FeedError::garbled("an update does not begin with PNAU: is this a Hermes?"))
    }
}
