//! European options, settled in dollars: their value, [B1], in integers that are the same on every machine.

mod black;
mod normal;
mod real;

pub use black::{Bracket, Style, black};
pub use normal::normal;
pub use real::{Real, exp, ln_ratio};
