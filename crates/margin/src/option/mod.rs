//! European options, settled in dollars: their value, [B1], in integers that are the same on every machine, and what an
//! account with options can lose, [M3o].

mod black;
mod curve;
mod dual;
mod grid;
mod joint;
mod normal;
mod real;
mod scenarios;
mod series;
mod stack;
mod tails;
mod unit;
mod vols;

pub use black::{Bracket, Style, black};
pub use curve::Curves;
pub(crate) use grid::MOVE;
pub use grid::STRIKES_MAX;
pub use joint::{LEG_MAX, LEGS_MAX, LegError, OptionBook, OptionLegs, OptionLoss, OptionScenario};
pub use normal::normal;
pub use real::{Real, exp, ln_ratio};
pub use series::{
    FRONT_MAX, LEFT_MAX, SHORT_MAX, STRIKE_RATIO_MAX, Series, SeriesError, SeriesIndex, VOL_MAX, shocked,
};
pub(crate) use tails::tails;
pub use vols::VolMove;
