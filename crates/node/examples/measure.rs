//! What the disk costs: `cargo run --release -p cistern-node --example measure [dir]`.
//!
//! One caller at a time against a bare loop of append and fdatasync; many at once, durable and in memory.
#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on has nothing to say")]

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

#[path = "../tests/world/mod.rs"]
mod world;

use cistern_engine::{
    command::Command,
    ids::{AccountId, AssetId},
};
use cistern_node::{HandClock, Node, Options, Stamped, SubmitError};
use cistern_units::Amount;

const LONE: u64 = 3_000;
const CROWD: u64 = 400_000;
/// Commands that one caller has under way.
const DEPTH: usize = 4_096;

fn main() {
    let dir = std::env::args().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let dir = dir.join(format!("cistern-measure-{}", std::process::id()));
    fs::create_dir_all(&dir).unwrap();
    let floor = floor(&dir);
    report("append and fdatasync", &floor);
    let mut lone = lone(&Options::at(dir.join("lone")));
    report("one caller, durable", &lone);
    report("one caller, in memory", &self::lone(&Options::memory()));
    lone.sort_unstable();
    let mut memory = 0.0;
    for _ in 0..3 {
        memory = crowd(&Options::memory());
        let _ = fs::remove_dir_all(dir.join("crowd"));
        let durable = crowd(&Options::at(dir.join("crowd")));
        println!(
            "{DEPTH} under way: in memory {memory:.0}/s, durable {durable:.0}/s, {:.0} %",
            100.0 * durable / memory
        );
    }
    assert!(memory > 0.0, "something was measured");
    fs::remove_dir_all(&dir).unwrap();
}

fn report(name: &str, times: &[Duration]) {
    let mut times = times.to_vec();
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 1_000].as_micros();
    println!("{name}: p50 {} us, p90 {} us, p99 {} us, p99.9 {} us", at(500), at(900), at(990), at(999));
}

fn floor(dir: &Path) -> Vec<Duration> {
    let mut file = File::create(dir.join("floor")).unwrap();
    let time = |_| {
        let start = Instant::now();
        file.write_all(&[7; 256]).unwrap();
        file.sync_data().unwrap();
        start.elapsed()
    };
    (0..LONE).map(time).collect()
}

fn opened(options: &Options) -> Node {
    let (node, _) = Node::open(options.clone(), Arc::new(HandClock::default())).unwrap();
    world::submit(&node, 1, 1, 100);
    node
}

fn deposit(n: u64) -> Stamped {
    let account = AccountId(2 + u32::try_from(n % world::PEOPLE).unwrap());
    Stamped::now(Command::Deposit { account, asset: AssetId(0), amount: Amount::new(u128::from(n) + 1) })
}

fn lone(options: &Options) -> Vec<Duration> {
    let node = opened(options);
    let time = |n| {
        let start = Instant::now();
        assert!(node.submit(deposit(n)).unwrap().outcome.is_ok());
        start.elapsed()
    };
    (0..LONE).map(time).collect()
}

fn crowd(options: &Options) -> f64 {
    let node = opened(options);
    let (sender, answers) = mpsc::sync_channel(DEPTH);
    let start = Instant::now();
    let mut under_way = 0;
    let settle = |under_way: &mut usize, most: usize| {
        while *under_way > most {
            answers.recv().unwrap();
            *under_way -= 1;
        }
    };
    for n in 0..CROWD {
        loop {
            let sender = sender.clone();
            let told = Box::new(move |answer: Result<_, SubmitError>| sender.send(answer.is_ok()).unwrap());
            match node.submit_then(deposit(n), told) {
                Ok(()) => break,
                Err(error) => assert_eq!(error, SubmitError::Full),
            }
        }
        under_way += 1;
        settle(&mut under_way, DEPTH);
    }
    settle(&mut under_way, 0);
    CROWD as f64 / start.elapsed().as_secs_f64()
}
