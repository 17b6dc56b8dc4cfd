//! The pool over HTTP, WebSocket and server-sent events: reads, one way in, simulations, and changes as they happen.
//!
//! A request passes the layers (id, price, time limit, one shape of errors), is read by our own extractors, and looks at
//! the engine under its lock or hands a command to the node. Wire types live here and nowhere else.

mod answer;
mod errors;
mod extract;
mod failures;
mod layers;
mod limits;
mod metrics;
mod openapi;
mod options;
mod pages;
mod replay;
mod routes;
mod serve;
mod shared;
mod status;
pub mod wire;

pub use answer::Page;
pub use errors::{Code, ErrorBody, ErrorDetail, Failure};
pub use limits::Rate;
pub use openapi::document;
pub use options::{Access, Limits, Options};
pub use replay::{ReplayChange, ReplayControl, ReplayState, ReplayStatus};
pub use serve::{ServeError, Server, serve};
pub use status::{NodeState, NodeStatus};
