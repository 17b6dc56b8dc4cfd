//! The measured node, in a process of its own.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command as Process, Stdio},
    sync::{Arc, mpsc},
};

use anyhow::{Context, anyhow};
use cistern_api::{Access, Limits, Options as Api, Rate, serve};
use cistern_engine::command::Command;
use cistern_node::{Node, Options, Stamped, SubmitError, WallClock};
use cistern_units::Time;

use crate::world;

/// Serves a pool until standard input ends; for the measures themselves.
#[derive(Debug, clap::Args)]
pub(crate) struct ServeNode {
    /// Directory of the store; without one, in memory.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Accounts that it is founded with.
    #[arg(long)]
    accounts: u32,
}

impl ServeNode {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let options = self.dir.as_ref().map_or_else(Options::memory, Options::at);
        let (node, _) = Node::open(options, Arc::new(WallClock::default()))?;
        if node.head().height == 0 {
            fill(&node, self.accounts)?;
        }
        let mut api = Api { access: Access::Development, ..Api::loopback(0) };
        // The load is meant: no client is held back.
        api.limits = Limits { rate: Rate { per_second: u32::MAX, burst: u32::MAX }, ..api.limits };
        let server = serve(api, node.clone())?;
        println!("{}", server.address());
        std::io::stdin().read_to_end(&mut Vec::new())?;
        server.stop();
        Ok(())
    }
}

/// Founds and fills a pool, many commands in flight.
pub(crate) fn fill(node: &Node, accounts: u32) -> anyhow::Result<()> {
    let (told, answers) = mpsc::channel();
    world::populate(accounts, |command| send(node, command, &told))?;
    drop(told);
    answers.into_iter().try_for_each(|answer| answer)
}

type Told = mpsc::Sender<anyhow::Result<()>>;

/// Hands a command in, and waits where too many are on their way.
pub(crate) fn send(node: &Node, command: Command, told: &Told) -> anyhow::Result<()> {
    loop {
        let command = match &command {
            // Prices are of the moment at which they are sent.
            Command::Tick { .. } => world::tick(now()),
            command => command.clone(),
        };
        let told = told.clone();
        let answer = move |outcome: Result<Arc<cistern_node::Applied>, SubmitError>| {
            let outcome = outcome.map_err(anyhow::Error::from).and_then(|applied| {
                applied.outcome.as_ref().map(|_| ()).map_err(|rejection| anyhow!("{rejection}"))
            });
            // Nobody listens any more only where the measure has failed already.
            let _ = told.send(outcome);
        };
        match node.submit_then(Stamped::now(command), Box::new(answer)) {
            Err(SubmitError::Full) => std::thread::yield_now(),
            other => return Ok(other?),
        }
    }
}

/// A node in a child process.
pub(crate) struct Child {
    process: std::process::Child,
    address: SocketAddr,
}

impl Child {
    pub(crate) fn start(dir: Option<&Path>, accounts: u32) -> anyhow::Result<Self> {
        let mut command = Process::new(std::env::current_exe()?);
        command.arg("serve").args(["--accounts", &accounts.to_string()]);
        if let Some(dir) = dir {
            command.arg("--dir").arg(dir);
        }
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let output = process.stdout.take().context("the node's output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim().parse().context("the node did not say where it listens")?;
        Ok(Self { process, address })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Resident memory of the process.
    pub(crate) fn resident_megabytes(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kilobytes: f64 = line.split_whitespace().next().context("an empty VmRSS")?.parse()?;
        Ok(kilobytes / 1_024.0)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Its input ends, so it ends; where it does not, it has no business to go on.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// The time that an entry of the measures has.
pub(crate) fn now() -> Time {
    cistern_node::Clock::now(&WallClock::default())
}
