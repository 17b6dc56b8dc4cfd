//! `cistern`: the one binary.

mod exit;
mod progress;
mod sim;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// One risk-weighted reservoir of collateral under derivative positions on many venues.
#[derive(Debug, Parser)]
#[command(name = "cistern", version, arg_required_else_help = true)]
struct Cistern {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Sim(sim::Sim),
}

fn main() -> ExitCode {
    let exit = match Cistern::parse().command {
        Command::Sim(sim) => sim.run(),
    };
    exit.into()
}
