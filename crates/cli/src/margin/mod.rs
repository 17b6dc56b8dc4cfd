//! `cistern margin`: the requirement of one account, from a book that carries its own prices and factors.

mod add_on;
mod answer;
#[cfg(test)]
mod any_text;
mod assess;
mod asset;
mod book;
mod compare;
mod fault;
mod leg;
mod liquidation;
mod node;
mod number;
mod option;
mod params;
mod peer;
mod position;
mod sheet;
mod show;

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use self::{assess::Assessment, book::Book, compare::Comparison, fault::Fault, sheet::Sheet};

/// The exit code of a book that cannot be used.
const UNUSABLE: u8 = 2;

/// Margin requirement of one account, with everything that led to it.
///
/// The book is a JSON file that carries its own prices and factors; docs/books.md has the format, scenarios/books has
/// examples. Values are US dollars, rounded against the account.
#[derive(Debug, clap::Args)]
pub(crate) struct Margin {
    /// The book, a JSON file; - reads it from standard input.
    book: PathBuf,
    /// What the book leaves out, a TOML file: a pool's parameters, such as params/baseline.toml, or tables
    /// [factors.NAME], [assets.NAME] and [settings] with the fields of a book.
    #[arg(long, value_name = "FILE")]
    params: Option<PathBuf>,
    /// The same book under the rules of other systems, as far as they have an answer for it.
    #[arg(long)]
    compare: bool,
    /// One JSON object with decimal text, for programs.
    #[arg(long)]
    json: bool,
}

impl Margin {
    /// Answers on standard output; a book that cannot be used is an explanation on standard error.
    ///
    /// Returns the exit code: 0 when answered, 2 for a book that cannot be used.
    ///
    /// # Errors
    /// Where standard output cannot be written.
    pub(crate) fn run(&self) -> anyhow::Result<u8> {
        let answer = match self.answer() {
            Ok(answer) => answer,
            Err(fault) => {
                eprintln!("error: {fault}");
                return Ok(UNUSABLE);
            }
        };
        match io::stdout().write_all(answer.as_bytes()) {
            // Who stops reading has read enough.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(error).context("writing the answer")
            }
            _ => Ok(0),
        }
    }

    fn answer(&self) -> Result<String, Fault> {
        let defaults = match &self.params {
            Some(path) => params::read(&text(path)?).map_err(|fault| fault.within(path))?,
            None => Sheet::default(),
        };
        let text = text(&self.book)?;
        let book = Book::read(&text, defaults).map_err(|fault| fault.within(&self.book))?;
        let assessment = Assessment::of(&book).map_err(|fault| fault.within(&self.book))?;
        let comparison =
            if self.compare { Some(Comparison::of(&book, &assessment)) } else { None }.transpose()?;
        Ok(if self.json {
            answer::json(&book, &assessment, comparison.as_ref())
        } else {
            let table = comparison.as_ref().map(Comparison::table);
            show::table(&book, &assessment) + &table.unwrap_or_default()
        })
    }
}

/// The text of a file, or of standard input.
fn text(path: &Path) -> Result<String, Fault> {
    let mut text = String::new();
    let read = if path == Path::new("-") {
        io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(path)
    };
    read.map_err(|error| Fault::new("", format!("cannot be read: {error}")).within(path))
}
