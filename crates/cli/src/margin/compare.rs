//! A book beside the rules of other systems.

use std::fmt::Write;

use cistern_units::Value;
use serde_json::{Value as Json, json};

use super::{
    answer,
    assess::Assessment,
    book::Book,
    fault::Fault,
    peer::{self, Figures, Inexpressible, Profile},
    show,
};

/// What a book comes to under each rule.
pub(super) struct Comparison {
    ours: Figures,
    debts: Value,
    rows: Vec<(Profile, Result<Figures, Inexpressible>)>,
}

impl Comparison {
    /// Prices a book under every profile.
    pub(super) fn of(book: &Book, assessment: &Assessment) -> Result<Comparison, Fault> {
        let too_large = |_| Fault::new("", "adds up to an absurd value; use smaller numbers");
        let [maintenance, _, initial] = assessment.requirements;
        let rows = peer::profiles()?.into_iter().map(|profile| {
            let priced = profile.price(book);
            (profile, priced)
        });
        Ok(Comparison {
            ours: Figures { equity: assessment.equity_initial, initial, maintenance, buffer: None },
            debts: peer::debts(book).map_err(too_large)?,
            rows: rows.collect(),
        })
    }

    /// Debts and what could be owed beyond them before new risk is refused.
    fn borrowing_power(&self, figures: &Figures) -> Value {
        let power = figures.equity.less(figures.initial).and_then(|free| free.plus(self.debts));
        power.unwrap_or_default().or_zero()
    }

    /// For programs: ours, and each rule with what it comes to or why it does not.
    pub(super) fn json(&self) -> Json {
        let figures = |figures: &Figures| {
            json!({
                "borrowing_power": answer::text(self.borrowing_power(figures)),
                "initial": answer::text(figures.initial),
                "maintenance": answer::text(figures.maintenance),
                "gap_buffer": figures.buffer.map(buffer),
            })
        };
        let peers = self.rows.iter().map(|(profile, priced)| {
            json!({
                "name": profile.name,
                "as_of": profile.as_of,
                "source": profile.source,
                "note": profile.note,
                "figures": priced.as_ref().ok().map(figures),
                "inexpressible": priced.as_ref().err().map(|why| why.0.as_str()),
            })
        });
        json!({"ours": figures(&self.ours), "peers": peers.collect::<Vec<_>>()})
    }

    /// For people: a table, and below it who has no answer.
    pub(super) fn table(&self) -> String {
        let mut rows = vec![["", "as of", "may owe", "initial", "maintenance", "buffer"].map(str::to_owned)];
        let mut row = |name: &str, as_of: &str, figures: &Figures| {
            rows.push([
                name.to_owned(),
                as_of.to_owned(),
                show::whole_dollars(self.borrowing_power(figures)),
                show::whole_dollars(figures.initial),
                show::whole_dollars(figures.maintenance),
                figures.buffer.map_or_else(String::new, percent),
            ]);
        };
        row("this model", "", &self.ours);
        for (profile, priced) in &self.rows {
            if let Ok(figures) = priced {
                // The day is in the answer for programs.
                row(&profile.name, profile.as_of.get(..7).unwrap_or(&profile.as_of), figures);
            }
        }
        let mut out = String::from("\nBeside the rules of others, in US dollars\n");
        lay_out(&rows, &mut out);
        out.push_str("\nMay owe: debts, and what could be owed beyond them before new risk is refused.\n");
        out.push_str("Buffer: how far all collateral may gap down, 1 - LT (1 + LB).\n");
        let mut silent: Vec<(String, String)> = Vec::new();
        for (profile, priced) in &self.rows {
            let Err(Inexpressible(why)) = priced else { continue };
            match silent.iter_mut().find(|(other, _)| other == why) {
                Some((_, names)) => *names = format!("{names}, {}", profile.name),
                None => silent.push((why.clone(), profile.name.clone())),
            }
        }
        list("Without an answer for this book", &silent, &mut out);
        let notes = self.rows.iter().filter(|(_, priced)| priced.is_ok());
        let notes = notes.filter_map(|(profile, _)| Some((profile.name.clone(), profile.note.clone()?)));
        list("What the figures leave out", &notes.collect::<Vec<_>>(), &mut out);
        out
    }
}

/// Pairs in two columns.
fn list(title: &str, lines: &[(String, String)], out: &mut String) {
    if lines.is_empty() {
        return;
    }
    let left = lines.iter().map(|(left, _)| left.chars().count()).max().unwrap_or(0);
    let _ = writeln!(out, "\n{title}");
    for (name, text) in lines {
        let mut start = format!("  {name:<left$}  ");
        for part in show::wrapped(text, show::WIDTH.saturating_sub(left + 4)) {
            let _ = writeln!(out, "{start}{part}");
            start = " ".repeat(left + 4);
        }
    }
}

fn lay_out(rows: &[[String; 6]], out: &mut String) {
    let mut widths = [0; 6];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    for row in rows {
        let mut line = String::new();
        for (place, (cell, width)) in row.iter().zip(widths).enumerate() {
            let _ =
                if place < 2 { write!(line, "  {cell:<width$}") } else { write!(line, "  {cell:>width$}") };
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

/// A buffer as text with nine decimals.
fn buffer(raw: i64) -> String {
    let sign = if raw < 0 { "-" } else { "" };
    format!("{sign}{}", answer::ratio(u128::from(raw.unsigned_abs())))
}

/// A buffer in per cent, rounded down to a hundredth.
fn percent(raw: i64) -> String {
    let hundredths = raw.div_euclid(100_000);
    let sign = if hundredths < 0 { "-" } else { "" };
    format!("{sign}{}.{:02} %", hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100)
}
