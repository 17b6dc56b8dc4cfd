//! The server over real sockets: each endpoint, each kind of failure, each stream.

mod client;
mod commands;
mod document;
mod failures;
mod http;
mod reads;
mod replays;
mod signed;
#[path = "../../../node/tests/signing/mod.rs"]
mod signing;
mod slow;
mod socket;
mod sockets;
mod status;
mod streams;
mod world;
