use super::{Feed, FeedParams, binance, bybit, coinbase, kraken, okx, pyth, redstone};

/// How a venue is spoken to, and so what its addresses look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// `wss://`, or `ws://` on a network that is trusted.
    Socket,
    /// `https://`, or `http://` on a network that is trusted.
    Poll,
}

/// Makes the feed of a venue; the parameters were checked.
pub type Make = fn(&FeedParams) -> Box<dyn Feed>;

/// A venue that can be heard.
#[derive(Clone, Copy, Debug)]
pub struct Venue {
    /// Its kind in the parameters.
    pub kind: &'static str,
    /// How it is spoken to.
    pub medium: Medium,
    /// What its symbols must be, in words, and whether one is.
    pub symbol: (&'static str, fn(&str) -> bool),
    /// Its feed.
    pub make: Make,
}

const MARKET: (&str, fn(&str) -> bool) =
    ("the name of a market in letters, digits and the marks - / _ .", is_market);
const FEED_ID: (&str, fn(&str) -> bool) = ("the id of a feed: 64 digits of hex, without 0x", is_feed_id);
const DATA_FEED: (&str, fn(&str) -> bool) =
    ("the name of a data feed, of at most 31 printable characters", is_data_feed);

/// All venues; a new one is its file and its line here.
pub const VENUES: &[Venue] = &[
    Venue { kind: "binance", medium: Medium::Socket, symbol: MARKET, make: binance::make },
    Venue { kind: "coinbase", medium: Medium::Socket, symbol: MARKET, make: coinbase::make },
    Venue { kind: "kraken", medium: Medium::Socket, symbol: MARKET, make: kraken::make },
    Venue { kind: "okx", medium: Medium::Socket, symbol: MARKET, make: okx::make },
    Venue { kind: "bybit", medium: Medium::Socket, symbol: MARKET, make: bybit::make },
    Venue { kind: "pyth", medium: Medium::Poll, symbol: FEED_ID, make: pyth::make },
    Venue { kind: "redstone", medium: Medium::Poll, symbol: DATA_FEED, make: redstone::make },
];

/// The venue of a kind.
#[must_use]
pub fn named(kind: &str) -> Option<&'static Venue> {
    VENUES.iter().find(|venue| venue.kind == kind)
}

fn is_market(symbol: &str) -> bool {
    !symbol.is_empty() && symbol.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-/_.".contains(&byte))
}

fn is_feed_id(symbol: &str) -> bool {
    symbol.len() == 64 && symbol.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_data_feed(symbol: &str) -> bool {
    (1..=redstone::NAME_MAX).contains(&symbol.len()) && symbol.bytes().all(|byte| byte.is_ascii_graphic())
}
