//! Feeds: what exchanges and oracle networks say of prices, heard over sockets and by asking.
//!
//! A [`Feed`] is the protocol of one venue and does no I/O: frames in, [`Heard`] out. Two runners carry frames to it, one over
//! a WebSocket, one by asking over HTTP. They come back after a loss, with a wait that grows and differs from feed to feed,
//! and say in words what went wrong. A new venue is one file with its `Feed`, and one line in the registry.

mod backoff;
mod binance;
mod book;
mod bybit;
mod coinbase;
mod dollars;
mod error;
mod feed;
mod heard;
mod json;
mod kraken;
mod line;
mod okx;
mod params;
mod poll;
mod pyth;
mod redstone;
mod registry;
mod roll_call;
mod running;
mod socket;
mod symbols;
mod timestamp;
mod tls;

pub use dollars::Dollars;
pub use error::FeedError;
pub use feed::{Feed, Ping, Way};
pub use heard::{Evidence, Heard, Quote, Trouble};
pub use params::{Fault, FeedParams, Key, LineParams, LiveParams, SYMBOLS_MAX};
pub use registry::{Make, Medium, VENUES, Venue, named};
pub use roll_call::{RollCall, Standing, probe};
pub use running::{Clock, Feeds};
pub use socket::FRAME_MAX;
pub use symbols::{Symbol, Symbols};

pub use poll::BODY_MAX;
