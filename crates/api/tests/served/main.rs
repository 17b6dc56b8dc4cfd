//! The server over real sockets: each endpoint, each kind of failure, each stream.

mod document;
mod failures;
mod http;
mod status;
mod world;
