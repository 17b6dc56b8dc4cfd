//! `cistern watch`: the built-in crash, live in the terminal.

mod panels;
mod view;

use std::{
    io::{self, IsTerminal, Write},
    time::Instant,
};

use cistern_sim::{
    market::reconstructed,
    params,
    replay::{Broken, Plan, Progress, Replay},
};
use clap::Args;

use crate::{
    exit::Exit,
    replay::{Form, Outcome, accounts, broke},
    trail,
};

const HOUR_MS: u64 = 3_600_000;

/// Thousands of accounts live through the built-in crash, live in the terminal; then the report.
///
/// The crash is 12 and 13 March 2020, reconstructed from published figures. In a terminal: prices, equity against
/// requirement, liquidations, the insurance fund, accounts by health. q ends the view, the space bar holds it. Where
/// standard output is no terminal: one line for each hour of the crash.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cistern watch\n  cistern watch --accounts 20000 --seed 7 --speed 4")]
pub(crate) struct Watch {
    /// Accounts.
    #[arg(long, default_value_t = 5_000, value_parser = accounts())]
    accounts: u32,
    /// Seed of the crash, of the population and of what it does.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Hours of the crash in a second of the view.
    #[arg(long, value_name = "HOURS", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    speed: u32,
}

impl Watch {
    pub(crate) fn run(&self) -> Exit {
        let founding = match params::baseline() {
            Ok(founding) => founding,
            Err(fault) => {
                eprintln!("error: {fault}");
                return Exit::Unusable;
            }
        };
        let crisis = reconstructed(self.seed);
        let plan = Plan { crisis, founding, accounts: self.accounts, seed: self.seed, until: None };
        let started = Instant::now();
        let is_paced = io::stdout().is_terminal();
        let report = match self.live(&plan) {
            Ok(replay) => replay.report(),
            Err(End::Broken(broken)) => Err(*broken),
            Err(End::Terminal(error)) => {
                eprintln!("error: the terminal cannot be drawn on: {error}; try cistern replay");
                return Exit::Refused;
            }
        };
        match report {
            Ok(report) => {
                let elapsed = (!is_paced).then(|| started.elapsed());
                Outcome { report, elapsed }.print(Form::Text)
            }
            Err(broken) => broke(&broken, &plan),
        }
    }

    fn live<'a>(&self, plan: &'a Plan) -> Result<Replay<'a>, End> {
        let replay = Replay::new(plan)?;
        if io::stdout().is_terminal() { view::watch(replay, self.speed) } else { lines(replay) }
    }
}

/// Why a view ended before its replay.
#[derive(Debug)]
enum End {
    Broken(Box<Broken>),
    Terminal(io::Error),
}

impl From<Broken> for End {
    fn from(broken: Broken) -> Self {
        Self::Broken(Box::new(broken))
    }
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        Self::Terminal(error)
    }
}

/// One line for each hour of the crash.
fn lines(mut replay: Replay<'_>) -> Result<Replay<'_>, End> {
    let (start, _) = replay.span_ms();
    let mut due = start;
    loop {
        let progress = replay.step()?;
        if replay.now_ms() >= due || progress == Progress::Done {
            let line = trail::line(&replay.scene(), start);
            // Who stops reading still gets the report's exit code.
            let _ = writeln!(io::stdout(), "{line}");
            due = replay.now_ms() - (replay.now_ms() - start) % HOUR_MS + HOUR_MS;
        }
        if progress == Progress::Done {
            return Ok(replay);
        }
    }
}
