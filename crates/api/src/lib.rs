//! The pool over HTTP and WebSocket.

pub mod wire;
