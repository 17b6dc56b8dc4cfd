//! Dated futures: marked at the reported price for their expiry, settled in cash at the average of the index [E1].

use cistern_units::{Fraction, Price};

/// Prices at which a trade may happen: near the mark, which the index may be far from.
#[must_use]
pub(crate) fn band(mark: Price, width: Fraction) -> (Price, Price) {
    (mark.lowered_down(width), mark.raised_up(width))
}
