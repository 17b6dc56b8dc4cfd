//! Scenarios: readable text that asks a pool and writes down what it answers.
//!
//! A line that stands flush left is asked; the indented lines below it are the answer. The same files are the
//! documentation and the tests: `docs/scenarios.md` describes the language.

mod acts;
mod attest;
mod commands;
mod compare;
mod names;
mod networks;
mod number;
mod prices;
mod read;
mod run;
mod settings;
mod signed;
mod target;
mod tell;
mod worlds;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use thiserror::Error;

pub use acts::ACTS;
pub use compare::Mismatch;
pub(crate) use number::days_of;
pub use read::{Detail, Fault, FaultKind, Question, Script, Step, Verb, parse, rewrite};
pub use run::{Report, Stop, answers};
pub use target::Target;
pub use worlds::worlds;

/// Why a scenario did not run to its end as it is written.
#[derive(Debug, Error)]
pub enum ScenarioError {
    /// The file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// File.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line cannot be used, or the books do not balance.
    #[error("{}:{source}", path.display())]
    Stopped {
        /// File.
        path: PathBuf,
        /// Why, and where.
        source: Stop,
    },
    /// The pool answered something else than what is written.
    #[error("{}", compare::told(path, mismatches))]
    Mismatched {
        /// File.
        path: PathBuf,
        /// Each answer that differs.
        mismatches: Vec<Mismatch>,
    },
}

impl ScenarioError {
    /// Is the file sound, and only the answers differ?
    #[must_use]
    pub fn is_mismatch(&self) -> bool {
        matches!(self, Self::Mismatched { .. })
    }
}

/// Runs a file on a fresh target and compares every answer with what is written.
///
/// # Errors
/// [`ScenarioError`]: a file that cannot be used, or all answers that differ.
pub fn run_file(path: &Path, target: &mut dyn Target) -> Result<Report, ScenarioError> {
    let (_, script) = read_file(path)?;
    let (told, report) = run(path, &script, target)?;
    let mismatches = compare::mismatches(&script, &told);
    if mismatches.is_empty() {
        Ok(report)
    } else {
        Err(ScenarioError::Mismatched { path: path.to_owned(), mismatches })
    }
}

/// Runs a file on a fresh target and writes the answers into it, for somebody to read before they are kept.
///
/// # Errors
/// [`ScenarioError`]: a file that cannot be used.
pub fn write_file(path: &Path, target: &mut dyn Target) -> Result<Report, ScenarioError> {
    let (text, script) = read_file(path)?;
    let (told, report) = run(path, &script, target)?;
    let written = rewrite(&text, &told);
    if written != text {
        fs::write(path, written)
            .map_err(|source| ScenarioError::Unreadable { path: path.to_owned(), source })?;
    }
    Ok(report)
}

fn read_file(path: &Path) -> Result<(String, Script), ScenarioError> {
    let unreadable = |source| ScenarioError::Unreadable { path: path.to_owned(), source };
    let text = fs::read_to_string(path).map_err(unreadable)?;
    let stopped = |fault: Fault| ScenarioError::Stopped { path: path.to_owned(), source: fault.into() };
    let script = parse(&text).map_err(stopped)?;
    Ok((text, script))
}

fn run(
    path: &Path,
    script: &Script,
    target: &mut dyn Target,
) -> Result<(Vec<Vec<String>>, Report), ScenarioError> {
    answers(script, target).map_err(|source| ScenarioError::Stopped { path: path.to_owned(), source })
}
