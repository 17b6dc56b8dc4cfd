//! `cistern verify`: a pool's log, checked again from its first entry.

use std::path::PathBuf;

use cistern_node::{Reverified, ReverifyError, Verified, typed::CHAIN_ID};
use clap::Args;
use data_encoding::HEXLOWER;

use crate::{exit::Exit, progress};

/// Checks a pool's log again, from its first entry: every byte, every result, every snapshot.
///
/// Reads all files, applies every entry anew, and compares what was written about it: checksums, order, the chain over
/// entries and events, the digest of the state at each snapshot; at the end everything is recounted. With --evidence every
/// message and every signature is verified again too, from the bytes that the log keeps. Changes nothing. Exit code 1:
/// something does not hold, and where; 2: there is no log.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cistern verify cistern-state/built-in-5000-1\n  cistern verify --evidence cistern-state/built-in-5000-1"
)]
pub(crate) struct Verify {
    /// Folder of the log.
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Verifies all messages and signatures of the log again too.
    #[arg(long)]
    evidence: bool,
    /// Chain id that the pool's signatures name.
    #[arg(long, value_name = "ID", default_value_t = CHAIN_ID, requires = "evidence")]
    chain_id: u64,
}

impl Verify {
    pub(crate) fn run(&self) -> Exit {
        let bar = progress::count("entries");
        let outcome = cistern_node::verify(&self.dir, &mut |height| bar.set_position(height));
        bar.finish_and_clear();
        match outcome {
            Ok(verified) if verified.segments == 0 => self.nothing("has no log of a pool"),
            Ok(verified) => {
                self.tell(&verified);
                if self.evidence { self.again() } else { Exit::Done }
            }
            Err(_) if !self.dir.is_dir() => self.nothing("is no folder"),
            Err(damage) => {
                eprintln!("error: {damage}");
                Exit::Refused
            }
        }
    }

    /// Messages and signatures.
    fn again(&self) -> Exit {
        let bar = progress::count("entries");
        let outcome =
            cistern_node::verify_evidence(&self.dir, self.chain_id, &mut |height| bar.set_position(height));
        bar.finish_and_clear();
        match outcome {
            Ok(found) => {
                tell_evidence(&found);
                Exit::Done
            }
            Err(error) => {
                eprintln!("error: {error}");
                if let ReverifyError::NotHeld { .. } = error {
                    eprintln!("note: a pool that ran with another chain id is verified with --chain-id");
                }
                Exit::Refused
            }
        }
    }

    fn nothing(&self, what: &str) -> Exit {
        eprintln!("error: {} {what}; give the --dir of cistern up", self.dir.display());
        Exit::Unusable
    }

    fn tell(&self, verified: &Verified) {
        let Verified { height, seq, chain, digest, segments, snapshots, unfinished } = verified;
        println!("{}: sound", self.dir.display());
        println!("  entries          {height}, each applied again to the same result");
        println!("  events           {seq}");
        println!("  files of the log {segments}, every byte under a checksum");
        let heights: Vec<String> = snapshots.iter().map(u64::to_string).collect();
        let heights =
            if heights.is_empty() { "none".to_owned() } else { format!("at {}", heights.join(", ")) };
        println!("  snapshots        {heights}");
        println!("  chain            {}", HEXLOWER.encode(chain));
        println!("  state digest     {}", HEXLOWER.encode(digest));
        if *unfinished > 0 {
            println!(
                "  note: an unfinished write of {unfinished} bytes at the end; nobody was told that it was kept"
            );
        }
    }
}

fn tell_evidence(found: &Reverified) {
    let Reverified { messages, statements, by_address, by_agent, ticks, without_evidence, unsigned, .. } =
        found;
    let all: u64 = messages.values().sum();
    println!("  messages         {all}, each verified again; they make {statements} statements");
    for (kind, count) in messages {
        println!("    {:<14} {count}", kind.name());
    }
    println!("  signatures       {}, each verified again", by_address + by_agent);
    println!("    of accounts    {by_address}");
    println!("    of agents      {by_agent}");
    println!("  on trust in whoever ran the node:");
    println!("    ticks          {ticks}");
    println!("    statements     {without_evidence}");
    println!("    other commands {unsigned}");
}
