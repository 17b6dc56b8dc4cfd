//! A node under load over real sockets: durable commands, answers, simulations, fan-out, restart, memory.

mod fanout;
mod floor;
mod http;
mod load;
mod restart;
mod serve;

use std::path::PathBuf;

use anyhow::Context;
use serde_json::json;

use serve::Child;
pub(crate) use serve::ServeNode;

use crate::machine;

/// Measures a node over real sockets and prints a table.
///
/// Server and load share the machine, so the figures are those of both together; what is compared is measured in the same
/// run, in turns.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: ./x bench node --json figures.json")]
pub(crate) struct NodeBench {
    /// Writes the figures to this file, as one JSON object by name.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Rounds of throughput and latency, durable and in memory in turns; the median counts.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Entries of the log that a restart begins with.
    #[arg(long, default_value_t = 1_000_000)]
    entries: u32,
}

/// A figure, and what it was designed for.
struct Figure {
    name: &'static str,
    value: f64,
    goal: &'static str,
}

impl NodeBench {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        open_files().context("allowing more open files")?;
        let mut figures = Vec::new();
        self.commands(&mut figures)?;
        figures.extend(restart::measure(self.entries)?);
        figures.extend(fanout::measure()?);
        figures.push(memory()?);
        self.print(&figures)
    }

    /// Throughput at depth, durable against in memory, and the latency of a single caller against its floor.
    fn commands(&self, figures: &mut Vec<Figure>) -> anyhow::Result<()> {
        let dir = tempfile::tempdir()?;
        let durable = Child::start(Some(dir.path()), ACCOUNTS)?;
        let memory = Child::start(None, ACCOUNTS)?;
        let mut rounds: [Vec<f64>; 7] = Default::default();
        for round in 0..self.rounds.max(1) {
            eprintln!("round {} of {}", round + 1, self.rounds.max(1));
            let [disk, loopback] = [floor::append_and_sync(dir.path())?, floor::loopback()?];
            let answer = http::answer(durable.address(), ACCOUNTS)?;
            let measured = [
                load::commands(durable.address(), ACCOUNTS)?,
                load::commands(memory.address(), ACCOUNTS)?,
                answer,
                disk,
                loopback,
                answer / (disk + loopback),
                http::simulations(durable.address(), ACCOUNTS)?,
            ];
            rounds.iter_mut().zip(measured).for_each(|(rounds, value)| rounds.push(value));
        }
        let [durable, memory, answer, disk, loopback, over, simulate] = rounds.map(median);
        let mut add = |name, value, goal| figures.push(Figure { name, value, goal });
        add("durable_commands_per_s", durable, "the disk is not the bound");
        add("memory_commands_per_s", memory, "the same, without a log");
        add("durable_over_memory", durable / memory, ">= 0.70");
        add("answer_p50_us", answer, "one caller, HTTP");
        add("floor_append_fdatasync_us", disk, "");
        add("floor_loopback_us", loopback, "");
        add("answer_p50_over_floor", over, "<= 2");
        add("http_simulate_per_s", simulate, "4 connections");
        Ok(())
    }

    fn print(&self, figures: &[Figure]) -> anyhow::Result<()> {
        let machine = machine::name();
        println!("Machine: {machine}; server and load on it together; median of {} rounds\n", self.rounds);
        println!("{:<34} {:>16}  designed for", "figure", "value");
        let mut json = serde_json::Map::new();
        json.insert("machine".into(), json!(machine));
        for Figure { name, value, goal } in figures {
            let digits = if *value >= 1_000.0 { 0 } else { 3 };
            println!("{name:<34} {value:>16.digits$}  {goal}");
            json.insert((*name).into(), json!(value));
        }
        if let Some(path) = &self.json {
            std::fs::write(path, serde_json::to_string_pretty(&json)? + "\n")?;
        }
        Ok(())
    }
}

/// Accounts of the nodes that take commands.
const ACCOUNTS: u32 = 1_000;

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// What a node with 100,000 accounts of ten legs each takes, its log and its census included.
fn memory() -> anyhow::Result<Figure> {
    let dir = tempfile::tempdir()?;
    eprintln!("a node with 100,000 accounts");
    let child = Child::start(Some(dir.path()), 100_000)?;
    // The census has been over all of them once.
    http::until_ready(child.address())?;
    let value = child.resident_megabytes()?;
    Ok(Figure { name: "rss_mb_100k_accounts", value, goal: "all of the process" })
}

/// A thousand clients and the server's side of them need more files than the usual thousand.
fn open_files() -> rustix::io::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })
}
