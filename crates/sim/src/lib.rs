//! Worlds for the engine.

pub mod history;
pub mod market;
pub mod params;
pub mod scenario;
