//! The answer for people: aligned dollars and cents, the nearest ones, and what decides in words. JSON has every digit.

use std::fmt::Write;

use cistern_margin::{DecidedBy, End, Tier, option::VolMove};
use cistern_units::Value;

use super::{
    answer,
    assess::Assessment,
    book::Book,
    leg::{Legs, Told},
};

/// Columns of the terminal that tables are meant for.
pub(super) const WIDTH: usize = 80;
/// Raw values in one cent.
const CENT: i128 = 1_000_000;

/// The whole table.
pub(super) fn table(book: &Book, assessment: &Assessment) -> String {
    let parts = &assessment.decomposition;
    let [maintenance, target, initial] = assessment.requirements;
    let mut rows = vec![Row::Title("equity"), Row::line("collateral", assessment.collateral)];
    if !assessment.uncredited.is_zero() {
        rows.push(Row::line("(does not count)", assessment.uncredited));
    }
    rows.extend([
        Row::line("unrealised P&L", assessment.profit),
        Row::line("debts", assessment.debts.negated().unwrap_or_default()),
        Row::line("equity", assessment.equity),
        Row::Title("requirement"),
    ]);
    for (end, name) in parts.ends.iter().zip(["loss in calm", "loss in the middle", "loss in panic"]) {
        rows.push(Row::line(name, end.joint));
    }
    rows.push(Row::line("floor under the largest single loss", parts.standalone));
    rows.push(Row::line("floor under derivatives", parts.gross_floor));
    rows.push(Row::line("tails", parts.tails));
    if let Some(standard) = parts.standard {
        rows.push(Row::line("sum of haircuts, no offsets", standard));
    }
    rows.push(Row::line("add-on for size", parts.addon));
    if book.tier == Tier::Initial && !assessment.add_ons.charged.is_empty() {
        rows.push(Row::line("add-ons for new risk, beyond that", assessment.add_ons.sum));
    }
    rows.push(Row::line("requirement", parts.requirement));
    rows.push(Row::Title("tiers"));
    rows.push(Row::line("maintenance", maintenance));
    rows.push(Row::line("liquidation target", target));
    rows.push(Row::line("initial", initial));
    if book.tier != Tier::Initial && !assessment.add_ons.charged.is_empty() {
        rows.push(Row::line("of which add-ons for new risk", assessment.add_ons.sum));
    }
    rows.push(Row::line("free collateral", assessment.free_collateral));
    if !assessment.add_ons.charged.is_empty() {
        rows.push(Row::Title("add-ons for new risk"));
    }
    for add_on in &assessment.add_ons.charged {
        rows.push(Row::line(&add_on.name, add_on.value));
    }
    if !assessment.breaking.is_empty() {
        rows.push(Row::Title("liquidated by a move of one factor alone"));
    }
    let breaking: Vec<_> = assessment.breaking.iter().map(|breaking| breaking.shown(book)).collect();
    rows.extend(breaking.iter().map(|(name, change)| Row::Line(name, change.clone())));
    rows.push(Row::Title("exposures"));
    for (factor, value) in &assessment.exposures {
        if let Some((name, _)) = book.factors.get(usize::from(factor.0)) {
            rows.push(Row::line(name, *value));
        }
    }
    let mut out = format!("Margin at {}, {} mode, in US dollars\n", book.tier_name(), book.mode_name());
    lay_out(&rows, &mut out);
    out.push_str(&legs(&assessment.legs));
    out.push('\n');
    for line in wrapped(&decision(assessment), WIDTH) {
        let _ = writeln!(out, "{line}");
    }
    let _ = writeln!(out, "{}", standing(assessment));
    out
}

/// Words in lines of a width.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

enum Row<'a> {
    Title(&'a str),
    Line(&'a str, String),
}

impl<'a> Row<'a> {
    fn line(name: &'a str, value: Value) -> Row<'a> {
        Row::Line(name, dollars((value.raw() + CENT / 2).div_euclid(CENT)))
    }
}

fn lay_out(rows: &[Row<'_>], out: &mut String) {
    let lines = rows.iter().filter_map(|row| match row {
        Row::Title(_) => None,
        Row::Line(name, value) => Some((name.chars().count(), value.len())),
    });
    let (names, values) = lines.fold((0, 0), |(a, b), (name, value)| (a.max(name), b.max(value)));
    for row in rows {
        let _ = match row {
            Row::Title(title) => writeln!(out, "\n{title}"),
            Row::Line(name, value) => writeln!(out, "  {name:<names$}  {value:>values$}"),
        };
    }
}

/// What each leg needs alone, what it adds, and what one more unit of it would.
fn legs(legs: &Legs) -> String {
    let mut out = String::new();
    if legs.told.is_empty() {
        return out;
    }
    let shown = |value: Value| dollars((value.raw() + CENT / 2).div_euclid(CENT));
    let mut rows = vec![["legs", "alone", "adds", "one more unit"].map(str::to_owned)];
    for Told { name, alone, contribution, one_more } in &legs.told {
        let one_more = one_more.map_or_else(String::new, shown);
        rows.push([format!("  {name}"), shown(*alone), shown(*contribution), one_more]);
    }
    rows.push(["  hedges relieve".to_owned(), shown(legs.relief), String::new(), String::new()]);
    let mut widths = [0; 4];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let [names, alone, adds, more] = widths;
    out.push('\n');
    for [name, first, second, third] in rows {
        let line = format!("{name:<names$}  {first:>alone$}  {second:>adds$}  {third:>more$}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

/// Cents as dollars with separators.
pub(super) fn dollars(cents: i128) -> String {
    let (whole, part) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    format!("{}{}.{part:02}", if cents < 0 { "-" } else { "" }, separated(whole))
}

/// The nearest whole dollars with separators.
pub(super) fn whole_dollars(value: Value) -> String {
    let whole = (value.raw() + 50 * CENT).div_euclid(100 * CENT);
    format!("{}{}", if whole < 0 { "-" } else { "" }, separated(whole.unsigned_abs()))
}

fn separated(whole: u128) -> String {
    let digits = whole.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn decision(assessment: &Assessment) -> String {
    let parts = &assessment.decomposition;
    let decided = match parts.decided_by {
        DecidedBy::Nothing => return "There is nothing to cover.".to_owned(),
        DecidedBy::Joint => "The worst joint scenario decides",
        DecidedBy::Standalone => "The floor under the largest single loss decides",
        DecidedBy::GrossFloor => "The floor under derivatives decides",
        DecidedBy::Tails => "A tail decides",
        DecidedBy::Standard => "The sum of haircuts decides",
    };
    let end = match parts.worst.end {
        End::Calm => "loadings as in calm",
        End::Mid => "loadings between calm and panic",
        End::Panic => "loadings as in panic",
    };
    let level = match parts.worst.level {
        -1 => "everything falls together",
        1 => "everything rises together",
        _ => "the common move costs nothing",
    };
    let vol = match parts.worst.options.map(|scenario| scenario.vol) {
        None | Some(VolMove::Same) => "",
        Some(VolMove::Down) => ", volatilities fall",
        Some(VolMove::Up) => ", volatilities rise",
        Some(VolMove::Front) => ", volatilities of front expiries rise",
        Some(VolMove::Back) => ", volatilities of back expiries rise",
    };
    let addon = if parts.addon.is_zero() { "" } else { ", and the add-on comes on top" };
    format!("{decided}{addon}. Worst scenario: {level}, {end}{vol}, and each factor moves by itself as well.")
}

fn standing(assessment: &Assessment) -> String {
    match assessment.health {
        None => "There is no health without a requirement.".to_owned(),
        Some(health) if assessment.is_liquidatable() => {
            format!("Health {}: below 1, the account is liquidatable.", answer::ratio(health))
        }
        Some(health) => format!("Health {}: the account is healthy.", answer::ratio(health)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_have_separators() {
        let shown = [0, 5, -5, 99_999, 100_000, -123_456_789].map(dollars);
        assert_eq!(shown, ["0.00", "0.05", "-0.05", "999.99", "1,000.00", "-1,234,567.89"]);
    }

    #[test]
    fn cents_are_the_nearest() {
        let of = |raw: i128| match Row::line("", Value::new(raw)) {
            Row::Line(_, value) => value,
            Row::Title(_) => String::new(),
        };
        assert_eq!([1, -1, CENT / 2, CENT - 1].map(of), ["0.00", "0.00", "0.01", "0.01"]);
        // A requirement is rounded up in risk lots: 2,400 dollars are a few millionths more.
        assert_eq!(of(240_000_006_144), "2,400.00");
    }
}
