//! How long a node takes to come back with a long log behind it.

use std::{
    path::Path,
    sync::{Arc, mpsc},
    time::Instant,
};

use cistern_engine::{
    command::Command,
    ids::{AccountId, AssetId},
};
use cistern_node::{Node, Options, WallClock};
use cistern_units::Amount;

use super::{Figure, serve};
use crate::world::FIRST;

/// Accounts of the pool.
const ACCOUNTS: u32 = 1_000;

/// Writes a log, and opens it again: from the latest snapshot, and from the first entry.
pub(crate) fn measure(entries: u32) -> anyhow::Result<Vec<Figure>> {
    eprintln!("a log of {entries} entries");
    let dir = tempfile::tempdir()?;
    let (node, _) = Node::open(Options::at(dir.path()), Arc::new(WallClock::default()))?;
    serve::fill(&node, ACCOUNTS)?;
    let (told, answers) = mpsc::channel();
    let began = Instant::now();
    let first = u32::try_from(node.head().height)?;
    for place in first..entries {
        let account = AccountId(FIRST + place.wrapping_mul(7_919) % ACCOUNTS);
        let deposit = Command::Deposit { account, asset: AssetId(0), amount: Amount::new(1) };
        serve::send(&node, deposit, &told)?;
        while let Ok(answer) = answers.try_recv() {
            answer?;
        }
    }
    drop(told);
    answers.into_iter().try_for_each(|answer| answer)?;
    let rate = f64::from(entries - first) / began.elapsed().as_secs_f64();
    // As after a sudden end: no snapshot of the last entry.
    drop(node);
    let with = opened(dir.path())?;
    for file in std::fs::read_dir(dir.path())? {
        let path = file?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("snapshot-")) {
            std::fs::remove_file(path)?;
        }
    }
    let without = opened(dir.path())?;
    Ok(vec![
        Figure { name: "log_entries_per_s", value: rate, goal: "one process, no sockets" },
        Figure { name: "restart_s_1m_entries", value: with, goal: "from the latest snapshot" },
        Figure { name: "replay_s_1m_entries", value: without, goal: "from the first entry" },
    ])
}

fn opened(dir: &Path) -> anyhow::Result<f64> {
    let began = Instant::now();
    let (node, _) = Node::open(Options::at(dir), Arc::new(WallClock::default()))?;
    let seconds = began.elapsed().as_secs_f64();
    drop(node);
    Ok(seconds)
}
