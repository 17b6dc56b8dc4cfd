//! OKX, version 5: the book of a market (`books`), first whole, then what changes, at most every 100 milliseconds.
//!
//! Each message names itself (`seqId`) and the one before it (`prevSeqId`): it follows what was heard, or something was lost.
//! After maintenance numbers may start again lower, and the chain still holds. A text `ping` is answered by a text `pong`;
//! without either the venue closes after 30 seconds.
//! Source: okx.com/docs-v5, WebSocket, Public Channel, Order book.

use std::collections::BTreeMap;

use cistern_units::{Span, Time};
use serde_json::{Value, json};

use super::{
    Feed, FeedError, FeedParams, Heard, Ping, Symbols, Way,
    book::Book,
    json::{self, Fields},
    symbols::When,
};

pub(super) fn make(params: &FeedParams) -> Box<dyn Feed> {
    Box::new(Okx { symbols: params.symbols(), books: BTreeMap::new() })
}

struct Okx {
    symbols: Symbols,
    /// The books, each with the number of its last message.
    books: BTreeMap<String, (i64, Book)>,
}

impl Feed for Okx {
    fn name(&self) -> &str {
        &self.symbols.feed
    }

    fn way(&self) -> Way {
        Way::Socket { ping: Ping::Text("ping", Span::seconds(20)) }
    }

    fn open(&mut self) -> Vec<String> {
        self.books.clear();
        let books: Vec<Value> =
            self.symbols.names().map(|name| json!({"channel": "books", "instId": name})).collect();
        vec![json!({"op": "subscribe", "args": books}).to_string()]
    }

    fn hear(&mut self, frame: &[u8], now: Time) -> Result<Vec<Heard>, FeedError> {
        if frame == b"pong" {
            return Ok(Vec::new());
        }
        let message = json::read(frame)?;
        match message.get("event").and_then(Value::as_str) {
            Some("error") => {
                return Err(FeedError::refused(message.text("msg").unwrap_or("it does not say why")));
            }
            Some(_) => return Ok(Vec::new()),
            None => {}
        }
        let about = message.get("arg").unwrap_or(&Value::Null);
        let name = about.text("instId")?;
        if about.text("channel")? != "books" || !self.symbols.contains(name) {
            return Ok(Vec::new());
        }
        let mut heard = Vec::new();
        for change in message.list("data")? {
            // A book that could not be followed is not believed: it is put back only when all went well.
            let before = self.books.remove(name);
            let (number, book) = follow(before, name, message.text("action")?, change)?;
            let when = When { said: change.time("ts")?, now };
            heard.extend(self.symbols.quote(name, book.top(), when)?);
            self.books.insert(name.to_owned(), (number, book));
        }
        Ok(heard)
    }
}

/// The book after a message, with the message's number.
fn follow(
    before: Option<(i64, Book)>,
    name: &str,
    action: &str,
    change: &Value,
) -> Result<(i64, Book), FeedError> {
    let number = change.whole("seqId")?;
    let mut book = match (action, before) {
        ("snapshot", _) => Book::default(),
        ("update", before) => {
            let follows = change.whole("prevSeqId")?;
            match before {
                Some((last, book)) if last == follows => book,
                before => {
                    let due = |(last, _): (i64, Book)| format!("the one after {last}");
                    let expected = before.map_or("a whole book".to_owned(), due);
                    let found = format!("the one after {follows}");
                    return Err(FeedError::Gap { symbol: name.to_owned(), expected, found });
                }
            }
        }
        _ => return Err(FeedError::garbled("the action on a book is neither snapshot nor update")),
    };
    book.take(name, change.list("bids")?, change.list("asks")?)?;
    Ok((number, book))
}
