//! What holds in every state, whatever happened; each rule is a sentence with its number.

mod collections;
mod recount;
mod running;

pub use recount::recount;
pub use running::check;

use core::fmt;

/// A rule that does not hold: a bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule, as a sentence in snake case.
    pub rule: &'static str,
    /// Its numbers in the list of INCIDENTS that ARCHITECTURE.md explains.
    pub numbers: &'static str,
    /// Row where it was seen: an account, an asset or a market.
    pub row: usize,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} does not hold ({}, row {})", self.rule, self.numbers, self.row)
    }
}

impl core::error::Error for Violation {}

fn require(
    holds: impl Fn() -> bool,
    rule: &'static str,
    numbers: &'static str,
    row: usize,
) -> Result<(), Violation> {
    if holds() { Ok(()) } else { Err(Violation { rule, numbers, row }) }
}
