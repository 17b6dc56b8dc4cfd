//! `cistern`: the one binary.

mod account;
mod attest;
mod columns;
mod exit;
mod margin;
mod progress;
mod remote;
mod replay;
mod scenario;
mod sim;
mod simulate;
mod trail;
mod up;
mod verify;
mod watch;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::exit::Exit;

/// One risk-weighted reservoir of collateral under derivative positions on many venues.
///
/// Exit codes of every command: 0 done, 1 refused or failed, 2 unusable input.
#[derive(Debug, Parser)]
#[command(name = "cistern", version, arg_required_else_help = true)]
#[command(after_help = "Begin with:\n  cistern up\n  cistern margin scenarios/books/long-perp.json")]
struct Cistern {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Up(up::Up),
    Account(account::Account),
    Simulate(simulate::Simulate),
    Verify(verify::Verify),
    Attest(attest::Attest),
    Watch(watch::Watch),
    Replay(replay::Replay),
    Margin(margin::Margin),
    Scenario(scenario::Scenario),
    Sim(sim::Sim),
}

fn main() -> ExitCode {
    match Cistern::parse().command {
        Command::Margin(margin) => match margin.run() {
            Ok(code) => ExitCode::from(code),
            Err(error) => {
                eprintln!("error: {error:#}");
                Exit::Refused.into()
            }
        },
        Command::Up(up) => up.run().into(),
        Command::Account(account) => account.run().into(),
        Command::Simulate(simulate) => simulate.run().into(),
        Command::Attest(attest) => attest.run().into(),
        Command::Verify(verify) => verify.run().into(),
        Command::Watch(watch) => watch.run().into(),
        Command::Replay(replay) => replay.run().into(),
        Command::Scenario(scenario) => scenario.run().into(),
        Command::Sim(sim) => sim.run().into(),
    }
}
