//! `cistern replay`: a crash of the past, or the built-in one, against a whole pool.

mod outcome;

use std::{fs, path::PathBuf, time::Instant};

use cistern_engine::command::Founding;
use cistern_sim::{
    market::{Crisis, load_crisis, reconstructed},
    params,
    replay::{self, ACCOUNTS_MIN, Plan, Progress},
};
use cistern_units::Span;
use clap::Args;

pub(crate) use outcome::{Form, Outcome};

use crate::{exit::Exit, progress};

/// Most accounts of a replay: what fits the memory of a laptop.
const ACCOUNTS_MAX: i64 = 1_000_000;
const MINUTE_MS: u64 = 60_000;

/// Replays a crash against the default pool and reports what became of it.
///
/// Prices are recorded (--data, --crisis) or reconstructed from published figures (without them). A recorded crisis is a
/// folder DIR/crisis/NAME of bars: csv, csv.gz or Binance's zips as they are downloaded, named like
/// BTCUSDT-5m-2025-02-03.zip or binance_spot_BTCUSDT_5m.csv.gz, against USDT, USD or BTC. It is replayed for the time of its
/// bars of BTC and ETH; without one of them, for the other one's; without both, for that of its longest series.
///
/// Prices are published by three simulated sources with a seeded spread; the population and what it does are drawn from the seed. The running
/// totals are checked after every entry, everything is recounted every 1,000 entries and at the end. The same seed gives
/// the same digests. Exit code 1: an invariant does not hold.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  cistern replay
  cistern replay --accounts 20000 --seed 7
  cistern replay --data ../shared/data --crisis 2021-05_may19
  cistern replay --data ../shared/data --crisis 2024-08_carry --json > report.json")]
pub(crate) struct Replay {
    /// Folder of recorded bars: it has a folder `crisis` with one folder for each.
    #[arg(long, value_name = "DIR", requires = "crisis")]
    data: Option<PathBuf>,
    /// Name of the crisis; a wrong one lists those that exist.
    #[arg(long, value_name = "NAME", requires = "data")]
    crisis: Option<String>,
    /// Accounts.
    #[arg(long, default_value_t = 5_000, value_parser = accounts())]
    accounts: u32,
    /// Seed of the population, of what it does and of the spreads.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Ends so many hours after the first bar.
    #[arg(long, value_name = "N")]
    hours: Option<u32>,
    /// Parameters of the pool, a TOML file like params/baseline.toml.
    #[arg(long, value_name = "FILE")]
    params: Option<PathBuf>,
    /// One JSON object with decimal text, for programs.
    #[arg(long)]
    json: bool,
}

/// How many accounts a command takes.
pub(crate) fn accounts() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(i64::from(ACCOUNTS_MIN)..=ACCOUNTS_MAX)
}

impl Replay {
    pub(crate) fn run(&self) -> Exit {
        let plan = match self.plan() {
            Ok(plan) => plan,
            Err(fault) => {
                eprintln!("error: {fault:#}");
                return Exit::Unusable;
            }
        };
        let started = Instant::now();
        match replayed(&plan) {
            Ok(report) => Outcome { report, elapsed: Some(started.elapsed()) }.print(Form::of(self.json)),
            Err(broken) => broke(&broken, &plan),
        }
    }

    fn plan(&self) -> anyhow::Result<Plan> {
        let founding = match &self.params {
            Some(path) => founding(path)?,
            None => params::baseline()?,
        };
        let until = self.hours.map(|hours| Span::milliseconds(u64::from(hours) * 60 * MINUTE_MS));
        let plan = Plan { crisis: self.crisis()?, founding, accounts: self.accounts, seed: self.seed, until };
        plan.check()?;
        Ok(plan)
    }

    fn crisis(&self) -> anyhow::Result<Crisis> {
        match (&self.data, &self.crisis) {
            (Some(data), Some(name)) => Ok(load_crisis(data, name)?),
            _ => Ok(reconstructed(self.seed)),
        }
    }
}

fn founding(path: &PathBuf) -> anyhow::Result<Founding> {
    let text = fs::read_to_string(path).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
    params::load(&text).map_err(|fault| anyhow::anyhow!("{}: {fault}", path.display()))
}

fn replayed(plan: &Plan) -> Result<replay::Report, replay::Broken> {
    let mut replay = replay::Replay::new(plan)?;
    let (start, end) = replay.span_ms();
    let bar = progress::bar(end.saturating_sub(start) / MINUTE_MS, "minutes of the crash");
    while replay.step()? == Progress::Running {
        bar.set_position(replay.now_ms().saturating_sub(start) / MINUTE_MS);
    }
    bar.finish_and_clear();
    replay.report()
}

/// A replay broke off: says why and, where an invariant does not hold, how to see it again.
pub(crate) fn broke(broken: &replay::Broken, plan: &Plan) -> Exit {
    eprintln!("error: {broken}");
    if let replay::Broken::Rule { .. } = broken {
        let Plan { seed, accounts, crisis, .. } = plan;
        eprintln!("SEED={seed}, {accounts} accounts, {}: report this, it is a bug", crisis.name);
    }
    Exit::Refused
}
