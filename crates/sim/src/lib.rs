//! Worlds for the engine.

pub mod books;
pub mod history;
pub mod market;
pub mod params;
pub mod replay;
pub mod scenario;
