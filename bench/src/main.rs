//! Measures of the pool, in thread CPU time, with the machine named; figures go to a JSON file by name.

#[path = "../../crates/attest/tests/beacon/mod.rs"]
mod beacon;
mod evidence;
#[path = "../../crates/attest/tests/fixtures/mod.rs"]
mod fixtures;
#[path = "../../crates/attest/tests/guardians/mod.rs"]
mod guardians;
mod machine;
mod margin;
mod measure;
mod memory;
mod node;
#[path = "../../crates/attest/tests/reports/mod.rs"]
mod reports;
#[path = "../../crates/attest/tests/signing/mod.rs"]
mod signing;
#[path = "../../crates/attest/tests/tries/mod.rs"]
mod tries;
mod world;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

/// Measures the pool and prints a table.
#[derive(Debug, Parser)]
#[command(
    name = "bench",
    after_help = "Examples:\n  ./x bench --json figures.json\n  ./x bench node\n  ./x bench evidence\n  ./x bench margin"
)]
#[command(args_conflicts_with_subcommands = true)]
struct Bench {
    #[command(subcommand)]
    what: Option<What>,
    /// Writes the figures to this file, as one JSON object by name.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Accounts with five balances and five positions each.
    #[arg(long, default_value_t = 20_000)]
    accounts: u32,
    /// Rounds of each measure; the median counts.
    #[arg(long, default_value_t = 31)]
    rounds: usize,
}

#[derive(Debug, Subcommand)]
enum What {
    Node(node::NodeBench),
    Evidence(evidence::EvidenceBench),
    Margin(margin::MarginBench),
    #[command(hide = true)]
    Serve(node::ServeNode),
}

fn main() -> anyhow::Result<()> {
    let bench = Bench::parse();
    match bench.what {
        None => engine(&bench),
        Some(What::Node(node)) => node.run(),
        Some(What::Evidence(evidence)) => evidence.run(),
        Some(What::Margin(margin)) => margin.run(),
        Some(What::Serve(serve)) => serve.run(),
    }
}

/// The engine by itself.
fn engine(bench: &Bench) -> anyhow::Result<()> {
    let machine = machine::name();
    let figures = measure::all(bench.accounts, bench.rounds)?;
    println!("Machine: {machine}; thread CPU time, median of {} rounds\n", bench.rounds);
    println!("{:<34} {:>16} {:>16}  designed for", "figure", "median", "best");
    let mut json = serde_json::Map::new();
    json.insert("machine".into(), machine.into());
    for figure in &figures {
        println!("{:<34} {:>16} {:>16}  {}", figure.name, figure.median, figure.best, figure.goal);
        json.insert(figure.name.into(), figure.median.into());
        json.insert(format!("{}_best", figure.name), figure.best.into());
    }
    if let Some(path) = &bench.json {
        std::fs::write(path, serde_json::to_string_pretty(&json)? + "\n")?;
    }
    Ok(())
}
