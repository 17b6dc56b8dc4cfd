//! Numbers that know what they measure.
//!
//! Every quantity of the pool is a newtype over an integer with one fixed unit; there is no `*` or `/` between
//! quantities, and a method that loses something says in which direction: `_down` or `_up`. What an account owns or
//! receives rounds down, what it owes or must cover rounds up.
#![no_std]
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )
)]

#[cfg(test)]
extern crate std;

mod amount;
mod decimal;
mod fraction;
mod index;
mod narrow;
mod overflow;
mod price;
mod root;
mod size;
mod time;
mod unit_price;
mod value;
pub mod wide;

pub use amount::{Amount, Decimals, Shares};
pub use decimal::{DecimalError, decimal_parts, parse_decimal};
pub use fraction::{Fraction, Ratio, Signed};
pub use index::Index;
pub use narrow::NarrowValue;
pub use overflow::Overflow;
pub use price::Price;
pub use size::Size;
pub use time::{Span, Time};
pub use unit_price::UnitPrice;
pub use value::Value;
