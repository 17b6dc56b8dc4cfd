//! Tables for people: aligned columns, and decimal text cut to what an eye takes in. Programs take --json.

use std::fmt::Write;

use cistern_units::parse_decimal;
use serde::Serialize;

/// Where a column's text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Rows below a title and a head; nothing without rows.
pub(crate) fn table(title: &str, head: &[(&str, Align)], rows: &[Vec<String>]) -> String {
    let mut out = String::new();
    if rows.is_empty() {
        return out;
    }
    let widths: Vec<usize> = head
        .iter()
        .enumerate()
        .map(|(place, (name, _))| {
            let cells = rows.iter().filter_map(|row| row.get(place)).map(|cell| cell.chars().count());
            cells.chain([name.chars().count()]).max().unwrap_or(0)
        })
        .collect();
    let _ = writeln!(out, "\n{title}");
    let names: Vec<String> = head.iter().map(|(name, _)| (*name).to_owned()).collect();
    let is_headed = names.iter().any(|name| !name.is_empty());
    for row in is_headed.then_some(&names).into_iter().chain(rows) {
        let cells = row.iter().zip(&widths).zip(head).map(|((cell, width), (_, align))| match align {
            Align::Left => format!("{cell:<width$}"),
            Align::Right => format!("{cell:>width$}"),
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        let _ = writeln!(out, "  {}", line.trim_end());
    }
    out
}

/// Dollars and the nearest cents of decimal text, in groups of three.
pub(crate) fn dollars(text: &str) -> String {
    // Cents and one place more; what is longer is cut before that.
    let tenths = text.split_once('.').map_or_else(
        || text.to_owned(),
        |(whole, part)| format!("{whole}.{}", part.chars().take(3).collect::<String>()),
    );
    let Ok(tenths) = parse_decimal(&tenths, 3) else { return cut(text, 2) };
    let cents = (tenths.unsigned_abs() + 5) / 10;
    let sign = if tenths < 0 { "-" } else { "" };
    cut(&format!("{sign}{}.{:02}", cents / 100, cents % 100), 2)
}

/// Decimal text with so many places at the most, in groups of three; cut, not rounded.
pub(crate) fn cut(text: &str, places: usize) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part: String = part.chars().chain(std::iter::repeat('0')).take(places).collect();
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let is_zero = whole.chars().chain(part.chars()).all(|digit| digit == '0');
    let sign = if is_zero { "" } else { sign };
    if places == 0 { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{part}") }
}

/// A part of one, as per cent with one place.
pub(crate) fn per_cent(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part: String = part.chars().chain(std::iter::repeat('0')).take(3).collect();
    // Two places of the part of one belong before the point of per cent.
    let (before, after) = part.split_at(2);
    let whole = format!("{whole}{before}");
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    format!("{sign}{whole}.{after} %")
}

/// A word of the API: how it is written on the wire, with spaces.
pub(crate) fn word(word: &impl Serialize) -> String {
    let text = serde_json::to_value(word).ok().and_then(|value| value.as_str().map(str::to_owned));
    text.unwrap_or_default().replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_text_is_cut_for_eyes() {
        assert_eq!(dollars("1234567.899"), "1,234,567.90");
        assert_eq!(dollars("-1234.5649999"), "-1,234.56");
        assert_eq!(dollars("-12"), "-12.00");
        assert_eq!(dollars("-0.001"), "0.00");
        assert_eq!(cut("1800.123456", 4), "1,800.1234");
        assert_eq!(cut("7", 0), "7");
        assert_eq!(per_cent("0.2345"), "23.4 %");
        assert_eq!(per_cent("-1.5"), "-150.0 %");
        assert_eq!(per_cent("0.001"), "0.1 %");
    }

    #[test]
    fn columns_are_aligned() {
        let head = [("asset", Align::Left), ("amount", Align::Right)];
        let rows =
            vec![vec!["ETH".to_owned(), "12".to_owned()], vec!["USDC".to_owned(), "1,000,000".to_owned()]];
        assert_eq!(
            table("what there is", &head, &rows),
            "\nwhat there is\n  asset     amount\n  ETH           12\n  USDC   1,000,000\n"
        );
        assert_eq!(table("nothing", &head, &[]), "");
    }
}
