//! Changes as they happen: states of the pool, conflated, and every event with its number.
//!
//! A message is written once and shared by all who hear it. Nobody has a queue here: a client's reader knows how far it
//! is, and takes what is due whenever its socket has room. So a slow client costs no memory, and only itself.

mod channel;
mod follower;
mod hub;
mod line;
mod publisher;
mod reader;
mod ring;
pub(crate) mod sse;

pub(crate) use channel::Channel;
pub(crate) use follower::follow;
pub(crate) use hub::Hub;
pub(crate) use line::Line;
pub(crate) use publisher::publish;
pub(crate) use reader::Reader;
