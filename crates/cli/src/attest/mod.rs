//! `cistern attest`: one message from outside, decoded, verified and judged.

mod ethereum;
mod input;
mod judged;
mod light_client;
mod oracles;
mod registry;
mod show;

use std::path::PathBuf;

use cistern_attest::{Address, Kind, Refusal, Registry};
use cistern_units::Time;
use clap::Args;

use crate::exit::Exit;
use judged::Judged;

/// Decodes a message, verifies its signatures or proofs, and judges it.
///
/// Prints network, signer set, signers, every price, and the verdict. Reads hexadecimal text or raw bytes; what nodes of
/// Ethereum answer is read as their JSON. A price that is too old now may be judged at its own time with --at.
///
/// Exit codes: 0 accepted, 1 refused, 2 unusable input.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    cistern attest pyth update.hex\n  \
    cistern attest chainlink report.hex --at 1752882371 --json\n  \
    cistern attest lightclient updates.json --index 3")]
pub(crate) struct Attest {
    /// pyth, lazer, redstone, chainlink, vaa, eth-receipt, eth-storage or lightclient.
    #[arg(value_parser = kind)]
    kind: Kind,
    /// The message.
    file: PathBuf,
    /// Now, for the judgement: Unix seconds, Unix milliseconds, or 2025-07-18T23:46:11Z. Otherwise the clock.
    #[arg(long, value_name = "TIME", value_parser = input::moment)]
    at: Option<Time>,
    /// Which message of a list, from 0; of a receipt, its place in the block.
    #[arg(long, value_name = "N")]
    index: Option<u64>,
    /// Signer sets to go by, as [[signers]] of a parameter file; otherwise those of the public networks.
    #[arg(long, value_name = "FILE")]
    registry: Option<PathBuf>,
    /// The contract whose storage is proven, where the file does not name it.
    #[arg(long, value_name = "ADDRESS", value_parser = input::address)]
    address: Option<Address>,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

fn kind(text: &str) -> Result<Kind, String> {
    let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    Kind::named(text).ok_or_else(|| format!("write one of {}", names.join(", ")))
}

/// By what a message is judged.
struct Terms<'a> {
    registry: &'a Registry,
    at: Time,
    index: Option<u64>,
    address: Option<Address>,
    file: &'a std::path::Path,
}

impl Attest {
    pub(crate) fn run(&self) -> Exit {
        match self.judged() {
            Ok(judged) => {
                if self.json {
                    println!("{}", show::json(&judged));
                } else {
                    print!("{}", show::text(&judged));
                }
                if judged.refusal.is_some() { Exit::Refused } else { Exit::Done }
            }
            Err(fault) => {
                eprintln!("error: {fault}");
                Exit::Unusable
            }
        }
    }

    fn judged(&self) -> Result<Judged, String> {
        let registry = registry::load(self.registry.as_deref())?;
        let bytes = input::read(&self.file)?;
        let at = self.at.unwrap_or_else(input::now);
        let terms =
            Terms { registry: &registry, at, index: self.index, address: self.address, file: &self.file };
        let judged = match self.kind {
            Kind::EthReceipt => ethereum::receipt(&bytes, &terms),
            Kind::EthStorage => ethereum::storage(&bytes, &terms),
            Kind::LightClient => light_client::update(&bytes, &terms),
            Kind::Lazer => {
                let Some(message) = input::of_list(&bytes, self.index)? else {
                    return Ok(oracles::message(self.kind, &input::unhex(bytes), &terms));
                };
                Ok(oracles::message(self.kind, &message, &terms))
            }
            _ => Ok(oracles::message(self.kind, &input::unhex(bytes), &terms)),
        };
        Ok(judged.unwrap_or_else(|refusal: Refusal| Judged::refused(self.kind, refusal)))
    }
}
