//! What a European option on a forward is worth: [B1].
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "fixed-point steps; each line names the bound that makes it safe"
)]

use cistern_units::{
    Ratio, Span,
    wide::{multiply, reciprocal_root},
};

use super::{
    normal::{density, mills},
    real::{PLACES, Real, UNIT, ln_ratio},
};

/// What an option gives a right to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Style {
    /// What the underlying is worth above the strike.
    Call,
    /// What the underlying is worth below the strike.
    Put,
}

/// A value from below and from above: `low <= value <= high`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bracket {
    /// Not above the value.
    pub low: u128,
    /// Not below the value.
    pub high: u128,
}

/// By how much the value of an option for one dollar of the smaller of forward and strike may be off, in 2^-62: 2^-52.
///
/// Sum of: the logarithm 2^-55; the deviation 2^-53 x 0.4; its quotient 2^-56; two of Mills' ratios, each 2^-59, times a
/// density below 0.4; and the density, 2^-57, times 2.6: below 2^-53.
const DOUBT: u64 = 1 << (PLACES - 52);

/// From this deviation on the option is worth the smaller of forward and strike, but for 2^-63 of it, as long as their
/// ratio is below 2^128.
const DEVIATION_MAX: i64 = 32 << Real::PLACES;

/// [B1] The value of an option in the scale of forward and strike, not discounted: Black 1976.
///
/// `vol` is the implied volatility of a year of 365 days, `left` the time to expiry. The two sides are at most one
/// unit and 2^-51 of the smaller of forward and strike apart. It has an answer for every input: without time or
/// volatility the intrinsic value, exact.
#[must_use]
pub fn black(style: Style, forward: u128, strike: u128, vol: Ratio, left: Span) -> Bracket {
    let (small, large) = (forward.min(strike), forward.max(strike));
    let intrinsic = match style {
        Style::Call => forward.saturating_sub(strike),
        Style::Put => strike.saturating_sub(forward),
    };
    // A call above and a put below the strike are worth their intrinsic value and what the other one is worth: parity.
    let (low, high) = time_value(small, large, deviation(vol, left));
    Bracket {
        low: intrinsic + scaled(small, low), // at most forward or strike
        high: intrinsic + scaled(small, high) + u128::from(has_rest(small, high)),
    }
}

/// `floor(a x part)`, the part in 2^-62 and at most one.
#[inline]
fn scaled(a: u128, part: u64) -> u128 {
    let (low, high) = multiply(a, u128::from(part));
    high << (128 - PLACES) | low >> PLACES
}

#[inline]
fn has_rest(a: u128, part: u64) -> bool {
    a.wrapping_mul(u128::from(part)) & u128::from(UNIT - 1) > 0
}

/// `vol x sqrt(left / year)`, within 2^-58 of it and 2^-55, an even number of units; [`DEVIATION_MAX`] where it is larger.
#[inline]
fn deviation(vol: Ratio, left: Span) -> Real {
    /// 1e18 x the milliseconds of a year.
    const YEAR: u128 = 1_000_000_000_000_000_000 * Span::YEAR.as_milliseconds() as u128; // 3.2e28 < 2^95
    /// `1 / sqrt(YEAR)` as a mantissa of 64 bits, in 2^-111.
    const INVERSE: u64 = ((1_u128 << 127) / ((YEAR << 32).isqrt())) as u64; // the root is in 2^-16, 2^63.3
    let square = u128::from(vol.raw()) * u128::from(vol.raw());
    let Some(variance) = square.checked_mul(u128::from(left.as_milliseconds())) else {
        return Real(DEVIATION_MAX);
    };
    if variance == 0 {
        return Real(0);
    }
    if variance >= YEAR << 10 {
        return Real(DEVIATION_MAX);
    }
    let shift = variance.leading_zeros() & !1; // from 22 on
    let top = ((variance << shift) >> 64) as u64;
    // sqrt(top / 2^64) = top x root / 2^159; the variance is that, squared, times 2^(128 - shift).
    let root = ((u128::from(top) * u128::from(reciprocal_root(top))) >> 64) as u64; // sqrt(top / 2^64) in 2^-63
    let product = u128::from(root) * u128::from(INVERSE); // in 2^-(63 + 111 - 64 + shift/2)
    let places = 63 + 111 - 64 + shift / 2;
    Real(((product >> (places - Real::PLACES)) as i64) & !1)
}

/// What an option that is out of the money is worth for one of the smaller of forward and strike, from below and above,
/// in 2^-62.
///
/// With `x = ln(large / small)`, the deviation `s`, `a = s/2 - x/s` and `b = s/2 + x/s` it is `N(a) - e^x N(-b)`, and
/// because `e^x phi(b) = phi(a)`, it is `phi(a) (R(-a) - R(b))` with Mills' ratio `R`: nothing large is subtracted.
#[inline]
fn time_value(small: u128, large: u128, deviation: Real) -> (u64, u64) {
    let s = deviation.0;
    let Some(Real(x)) = ln_ratio(large, small) else { return (0, 0) };
    if s == 0 {
        return (0, if x == 0 { DOUBT } else { 0 });
    }
    if s >= DEVIATION_MAX {
        return (UNIT - DOUBT, UNIT);
    }
    // With x / s from 32 on a is below -16, and the value below 2^-100.
    if x >= s.saturating_mul(32) {
        return (0, DOUBT);
    }
    let quotient = ((i128::from(x) << Real::PLACES) / i128::from(s)) as i64; // below 32
    let (a, b) = (s / 2 - quotient, s / 2 + quotient); // within ±32, below 48
    let (far, near) = (mills(Real(b)), mills(Real(a.abs())));
    let density = u128::from(density(Real(a)));
    let value = if a < 0 {
        (density * u128::from(near.saturating_sub(far))) >> PLACES
    } else {
        u128::from(UNIT) - ((density * u128::from(near + far)) >> PLACES) // N(-a) + e^x N(-b) <= 1
    } as u64;
    (value.saturating_sub(DOUBT), (value + DOUBT).min(UNIT))
}
