//! `cistern scenario`: stories that ask a pool, with the answers that it must give.

use std::path::PathBuf;

use cistern_engine::Engine;
use cistern_sim::scenario::{self, Report};
use clap::Args;

use crate::exit::Exit;

/// Runs scenario files: every answer of the pool is compared with what is written.
///
/// A line that stands flush left is asked, the indented lines below it are the answer; docs/scenarios.md has the
/// language. Exit code 0: all answered as written; 1: an answer differs; 2: a file cannot be used.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cistern scenario scenarios/liquidation/*.txt\n  cistern scenario --write mine.txt"
)]
pub(crate) struct Scenario {
    /// The files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Writes the pool's answers into the files instead of comparing: read them before you keep them.
    #[arg(long)]
    write: bool,
}

impl Scenario {
    pub(crate) fn run(&self) -> Exit {
        let mut exit = Exit::Done;
        let mut total = Report::default();
        for file in &self.files {
            let mut engine = Engine::new();
            let outcome = if self.write {
                scenario::write_file(file, &mut engine)
            } else {
                scenario::run_file(file, &mut engine)
            };
            match outcome {
                Ok(report) => total.merge(report),
                Err(error) => {
                    eprintln!("{error}");
                    let worse = if error.is_mismatch() { Exit::Refused } else { Exit::Unusable };
                    exit = exit.worse(worse);
                }
            }
        }
        if exit == Exit::Done {
            let (files, questions) = (self.files.len(), total.questions);
            println!(
                "{files} scenarios, {questions} questions, {} entries: all answered as written",
                total.entries
            );
        }
        exit
    }
}
