use core::fmt;

/// A number left the range of its quantity.
///
/// Ranges are chosen so that honest use never meets this (see each type); who does meet it asked for an absurd number
/// and is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow;

impl fmt::Display for Overflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the number is too large for its quantity; use a smaller one")
    }
}

impl core::error::Error for Overflow {}
