//! [B1] and [B2] in floating point.

use cistern_margin::option::{FRONT_MAX, Series, Style};
use cistern_units::Span;

/// The normal distribution: its series in the middle, a continued fraction in the tails.
pub(super) fn normal(x: f64) -> f64 {
    if x.abs() > 38.0 {
        return if x < 0.0 { 0.0 } else { 1.0 };
    }
    let density = (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    if x.abs() > 4.0 {
        let fraction = (1..40).rev().fold(x.abs(), |below, n| x.abs() + f64::from(n) / below);
        return if x < 0.0 { density / fraction } else { 1.0 - density / fraction };
    }
    let (mut term, mut sum, mut n) = (x, 0.0, 1.0);
    while f64::abs(term) > 1e-17 {
        sum += term;
        n += 2.0;
        term *= x * x / n;
    }
    0.5 + density * sum
}

/// [B1] of a forward and a strike, by the deviation until the expiry.
pub(super) fn black(style: Style, forward: f64, strike: f64, deviation: f64) -> f64 {
    let d = if forward > 0.0 && deviation > 0.0 {
        (forward / strike).ln() / deviation + deviation / 2.0
    } else {
        f64::INFINITY.copysign(forward - strike)
    };
    match style {
        Style::Call => forward * normal(d) - strike * normal(d - deviation),
        Style::Put => strike * normal(deviation - d) - forward * normal(-d),
    }
}

/// [B2] Volatility after its fall, as it is, and after its rise.
pub(super) fn shocked(series: &Series) -> [f64; 3] {
    let vol = series.vol.raw() as f64 * 1e-9;
    let days = series.left.as_milliseconds() as f64 / Span::DAY.as_milliseconds() as f64;
    let power = if series.left <= FRONT_MAX { 0.30 } else { 0.13 };
    let weight = (30.0 / days.max(1.0)).powf(power);
    [vol * (1.0 - 0.30 * weight), vol, vol * (1.0 + 0.50 * weight)]
}

/// The root of the time to an expiry, in years.
pub(super) fn root_of_years(series: &Series) -> f64 {
    (series.left.as_milliseconds() as f64 / Span::YEAR.as_milliseconds() as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_at_the_money_is_worth_its_worked_number() {
        // [B1] forward and strike 100,000, 30 % a year, 30 days: 3,430.14, call and put alike.
        let deviation = 0.3 * (30.0_f64 / 365.0).sqrt();
        for style in [Style::Call, Style::Put] {
            assert!((black(style, 1e5, 1e5, deviation) - 3_430.14).abs() < 0.005);
        }
        assert_eq!(black(Style::Call, 110.0, 100.0, 0.0), 10.0);
        assert_eq!(black(Style::Put, 0.0, 100.0, 0.5), 100.0);
    }
}
