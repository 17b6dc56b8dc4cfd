//! Numbers as a view shows them: floats and cut digits, for eyes only.

use cistern_sim::replay::{Quote, Scene};
use cistern_units::{Price, Value};

/// Dollars, for a curve.
pub(crate) fn dollars(value: Value) -> f64 {
    value.raw() as f64 / 1e8
}

/// A price in dollars.
pub(crate) fn price(price: Price) -> f64 {
    price.raw() as f64 / 1e12
}

/// Change since the beginning, in per cent; nothing before the first tick.
pub(crate) fn change(quote: &Quote) -> f64 {
    quote.price.map_or(0.0, |now| (price(now) / price(quote.first) - 1.0) * 100.0)
}

/// A price with as many digits as fit its size.
pub(crate) fn shown_price(now: Option<Price>) -> String {
    match now.map(price) {
        None => "-".to_owned(),
        Some(price) if price >= 1_000.0 => format!("{price:.0}"),
        Some(price) if price >= 10.0 => format!("{price:.2}"),
        Some(price) => format!("{price:.4}"),
    }
}

/// Dollars with a letter for thousands and millions.
pub(crate) fn shown(value: Value) -> String {
    let dollars = dollars(value);
    let sign = if dollars < 0.0 { "-" } else { "" };
    match dollars.abs() {
        size if size >= 1e8 => format!("{sign}${:.0}M", size / 1e6),
        size if size >= 1e6 => format!("{sign}${:.2}M", size / 1e6),
        size if size >= 1e3 => format!("{sign}${:.0}k", size / 1e3),
        size if size >= 10.0 => format!("{sign}${size:.0}"),
        size => format!("{sign}${size:.2}"),
    }
}

/// Hours and minutes since the beginning.
pub(crate) fn clock(now_ms: u64, start_ms: u64) -> String {
    let minutes = now_ms.saturating_sub(start_ms) / 60_000;
    format!("{:>3}:{:02} h", minutes / 60, minutes % 60)
}

/// A moment of the replay on one line.
pub(crate) fn line(scene: &Scene, start_ms: u64) -> String {
    let prices = scene.quotes.iter().skip(1).take(3);
    let prices: Vec<String> = prices
        .map(|quote| format!("{} {} {:+.1} %", quote.symbol, shown_price(quote.price), change(quote)))
        .collect();
    format!(
        "{}  {}  equity {} of {} required  liquidated {} in {} steps  fund {}  bad debt {}",
        clock(scene.now_ms, start_ms),
        prices.join("  "),
        shown(scene.equity),
        shown(scene.requirement),
        scene.liquidated,
        scene.steps,
        shown(scene.fund),
        shown(scene.bad_debt),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_cut_for_eyes() {
        assert_eq!(shown(Value::dollars(1_234_567)), "$1.23M");
        assert_eq!(shown(Value::dollars(-12_345)), "-$12k");
        assert_eq!(shown(Value::new(12_345_678)), "$0.12");
        assert_eq!(shown_price(Some(Price::ONE)), "1.0000");
        assert_eq!(clock(3_660_000, 0), "  1:01 h");
    }
}
