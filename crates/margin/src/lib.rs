//! The risk model of the pool as a library: plain data in, numbers out.
//!
//! A [`RiskFactor`] says how far something can move in the margin period and how strongly it moves with everything
//! else. A [`FactorTable`] holds what the formulas need of all factors, folded once for one tier. A [`Portfolio`] is
//! filled with what one account holds, owes and has open, and answers with its margin requirement, [M6], or with the
//! whole [`Decomposition`] that led to it.
//!
//! Nothing here knows accounts, time or where prices come from.
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

extern crate alloc;
#[cfg(test)]
extern crate std;

mod addon;
pub mod book;
mod decomposition;
mod error;
mod factor;
mod fold;
mod linear;
mod narrow;
pub mod option;
mod portfolio;
mod quote;
mod table;

pub use decomposition::{DecidedBy, Decomposition, End, EndLoss, WorstScenario};
pub use error::{FactorError, MarginError};
pub use factor::{
    Band, DEPTH_MAX, Depth, FACTORS_MAX, FactorIndex, LAMBDA_MAX, RISE_MAX, Range, RiskFactor, SCALE_MAX,
    TAILS_MAX, Tail,
};
pub use narrow::{NarrowPortfolio, Requirement};
pub use portfolio::{Leg, Mode, Portfolio, Tier};
pub use quote::Quote;
pub use table::{FactorTable, Settings};
