//! Worlds for the engine.

pub mod history;
pub mod scenario;
