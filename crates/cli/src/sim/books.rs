//! `cistern sim --books`: random books, each against a second model and every property.

use std::time::{Duration, Instant};

use cistern_sim::books::{self, Expiring, Kind, Outcome, Plan, Property};

use crate::{
    columns::{Align, table},
    exit::Exit,
    progress,
};

/// Tries `books` books from a seed on, on all cores.
pub(super) fn run(seed: u64, books: u64) -> Exit {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    println!("SEED={seed}: {books} books, {threads} threads");
    let bar = progress::rated(books, "books");
    let started = Instant::now();
    let tried = books::run(Plan { seed, books, threads }, &|more| bar.inc(more));
    match tried {
        Ok(outcome) => {
            bar.finish_and_clear();
            println!("{}", told(&outcome, seed, started.elapsed()));
            Exit::Done
        }
        Err(failure) => {
            bar.abandon();
            eprintln!("{failure}");
            Exit::Refused
        }
    }
}

/// What a run came to, in tables.
fn told(outcome: &Outcome, seed: u64, took: Duration) -> String {
    let last = seed.saturating_add(outcome.books).saturating_sub(1);
    let mut text = format!("{} books, seeds {seed} to {last}: no property broken\n", outcome.books);
    let head = [("", Align::Left), ("", Align::Right)];
    let row = |name: &str, count: u64| vec![name.to_owned(), count.to_string()];
    let whole = [
        row("legs", outcome.legs),
        row("books with options", outcome.with_options),
        row("books in standard mode", outcome.standard),
        row("linear legs below a cent", outcome.sizes[0]),
        row("below a thousand dollars", outcome.sizes[1]),
        row("below a million", outcome.sizes[2]),
        row("a million and more", outcome.sizes[3]),
        row("answers of the columns", outcome.columns[0]),
        row("left to the portfolio", outcome.columns[1]),
    ];
    text += &table("books", &head, &whole);
    let kinds = Kind::ALL.iter().zip(outcome.kinds).map(|(kind, count)| row(kind.name(), count));
    let expiries =
        Expiring::ALL.iter().zip(outcome.expiries).map(|(expiry, count)| row(expiry.name(), count));
    text += &table("legs by kind", &head, &kinds.chain(expiries).collect::<Vec<_>>());
    let tried = Property::ALL.iter().zip(outcome.tried).map(|(property, count)| row(property.name(), count));
    text += &table("checks by property", &head, &tried.collect::<Vec<_>>());
    text += &table("against the slow model", &head, &slow(outcome));
    let seconds = took.as_secs_f64();
    text + &format!("\n{seconds:.1} s, {:.0} books a second", outcome.books as f64 / seconds.max(1e-9))
}

fn slow(outcome: &Outcome) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    if let Some((above, seed)) = outcome.nearest {
        rows.push(vec![format!("nearest above it, in 1e-8 dollars (seed {seed})"), above.to_string()]);
    }
    if let Some((part, seed)) = outcome.farthest {
        rows.push(vec![
            format!("most that was used of the rounding allowed (seed {seed})"),
            format!("{:.1} %", part * 100.0),
        ]);
    }
    let inverted = ["at all", "by a hundredth of it", "by a tenth"].into_iter().zip(outcome.inverted);
    for (how, books) in inverted {
        rows.push(vec![
            format!("books with options that a higher tier asks less of, {how}"),
            books.to_string(),
        ]);
    }
    if let Some((part, seed)) = outcome.inversion {
        let most = format!("by this much at the most (seed {seed})");
        rows.push(vec![most, format!("{:.2} %", part * 100.0)]);
    }
    let covers = [("lowest", 0), ("5 % quantile", 50), ("median", 500), ("highest", 1_000)];
    for (name, thousandths) in covers {
        if let Some(cover) = outcome.cover(thousandths) {
            let books = outcome.covers.len();
            rows.push(vec![
                format!("[M3o] over the true worst loss, {books} books, {name}"),
                format!("{cover:.3}"),
            ]);
        }
    }
    rows
}
