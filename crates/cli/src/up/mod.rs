//! `cistern up`: a pool that lives through a crash, or on live feeds, served.

mod carrier;
mod controls;
mod driver;
mod live;
mod pace;
mod place;
mod remote;
mod serving;
mod signals;

use std::{
    fs,
    io::{self, Write},
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{self, Receiver},
    },
    thread,
};

use anyhow::{Context, bail};
use cistern_api::{Access, Limits, ReplayControl};
use cistern_node::{Clock, HandClock, Node, Options};
use cistern_sim::{
    market::{load_crisis, reconstructed},
    params,
    replay::Plan,
};
use clap::Args;

use crate::{
    exit::Exit,
    replay::{Form, Outcome, accounts, broke},
};
use carrier::Way;
use controls::Controls;
use driver::{Driver, End};
use place::Record;
use remote::Remote;

const HOUR_S: f64 = 3_600.0;
const ACCOUNTS: u32 = 5_000;
const SEED: u64 = 1;

/// Serves a pool whose accounts live through a crash, or one on live prices: API and dashboard, until Ctrl-C.
///
/// The crash is recorded (--data, --crisis) or the built-in one, 12 and 13 March 2020, reconstructed from published figures.
/// The dashboard can hold it, change its speed and jump ahead. When it is over its report is printed and the pool is served
/// on.
///
/// The pool's log lies in --dir: started again with it, the pool is where it was and the crash goes on, from the last
/// durable entry. Where others have sent commands (--dev), the people of the replay go on from what they have then.
///
/// With --live there is no crash and no crowd: the prices are those of exchanges and oracle networks, now, as far as the
/// network allows; what cannot be reached is said. See docs/live.md.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  cistern up
  cistern up --accounts 20000 --speed 1 --port 8080
  cistern up --data ../shared/data --crisis 2021-05_may19
  cistern up --dir cistern-state/built-in-5000-1 --dev
  cistern up --live")]
pub(crate) struct Up {
    /// Folder of recorded bars: it has a folder `crisis` with one folder for each.
    #[arg(long, value_name = "DIR", requires = "crisis")]
    data: Option<PathBuf>,
    /// Name of the crisis; a wrong one lists those that exist.
    #[arg(long, value_name = "NAME", requires = "data")]
    crisis: Option<String>,
    /// Accounts [default: 5000, or what --dir has].
    #[arg(long, value_parser = accounts())]
    accounts: Option<u32>,
    /// Seed of the population and of what it does [default: 1, or what --dir has].
    #[arg(long)]
    seed: Option<u64>,
    /// Hours of the crash in a second.
    #[arg(long, value_name = "HOURS", default_value_t = 0.2, value_parser = speed)]
    speed: f64,
    /// Lives on the feeds of exchanges and oracle networks.
    #[arg(long, conflicts_with_all = ["data", "crisis", "accounts", "seed", "speed"])]
    live: bool,
    /// With --live: parameters of a new pool [default: params/mainnet.toml, built in].
    #[arg(long, value_name = "FILE", requires = "live")]
    params: Option<PathBuf>,
    /// With --live: what is listened to [default: params/live.toml, built in].
    #[arg(long, value_name = "FILE", requires = "live")]
    feeds: Option<PathBuf>,
    /// Folder of the pool's log [default: cistern-state/CRISIS-ACCOUNTS-SEED, or cistern-state/live].
    #[arg(long, value_name = "STATE", conflicts_with = "memory")]
    dir: Option<PathBuf>,
    /// Keeps nothing: the pool is gone when it ends.
    #[arg(long)]
    memory: bool,
    /// Port; one that is taken is refused [default: 7070, or the next that is free].
    #[arg(long, value_name = "P")]
    port: Option<u16>,
    /// Address to listen on; others than this machine can reach any but loopback.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    listen: IpAddr,
    /// Takes commands without signatures, on loopback only: for development.
    #[arg(long)]
    dev: bool,
}

/// Hours in a second, as far as a machine and patience go.
fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| "write a number, like 0.2".to_owned())?;
    if (0.001..=200.0).contains(&speed) {
        Ok(speed)
    } else {
        Err("write a number from 0.001 to 200".to_owned())
    }
}

/// Says something to whoever watches the process.
fn say(line: &str) {
    // Who stops reading still has a server.
    let _ = writeln!(io::stdout(), "{line}");
}

/// Where a pool lies and what drives it.
struct Prepared {
    record: Record,
    folder: Option<PathBuf>,
    plan: Plan,
}

impl Up {
    pub(crate) fn run(&self) -> Exit {
        let served = if self.live {
            self.prepare_live().map(|prepared| self.serve_live(&prepared))
        } else {
            self.prepare().map(|prepared| self.serve(prepared))
        };
        let say = |fault: anyhow::Error| eprintln!("error: {fault:#}");
        match served {
            Ok(Ok(exit)) => exit,
            Ok(Err(fault)) => {
                say(fault);
                Exit::Refused
            }
            Err(fault) => {
                say(fault);
                Exit::Unusable
            }
        }
    }

    /// Whoever takes commands without signatures is reached from this machine alone.
    fn must_be_private(&self) -> anyhow::Result<()> {
        if self.dev && !self.listen.is_loopback() {
            bail!("--dev takes commands from everybody who reaches the port: leave out --listen, or --dev");
        }
        Ok(())
    }

    fn prepare(&self) -> anyhow::Result<Prepared> {
        self.must_be_private()?;
        let asked = Record {
            crisis: self.crisis.clone(),
            accounts: self.accounts.unwrap_or(ACCOUNTS),
            seed: self.seed.unwrap_or(SEED),
        };
        let folder = (!self.memory).then(|| self.dir.clone().unwrap_or_else(|| asked.default_folder()));
        let kept = folder.as_deref().map(Record::of).transpose()?.flatten();
        if let (Some(kept), Some(folder)) = (&kept, &folder) {
            self.must_mean(kept).with_context(|| format!("{} is the pool of {kept}", folder.display()))?;
        }
        let record = kept.unwrap_or(asked);
        let crisis = match (&self.data, &record.crisis) {
            (Some(data), Some(name)) => load_crisis(data, name)?,
            _ => reconstructed(record.seed),
        };
        let founding = params::baseline()?;
        let plan = Plan { crisis, founding, accounts: record.accounts, seed: record.seed, until: None };
        plan.check()?;
        Ok(Prepared { record, folder, plan })
    }

    /// What is asked for must be what the folder has.
    fn must_mean(&self, kept: &Record) -> anyhow::Result<()> {
        let crisis = self.crisis.is_some() && self.crisis != kept.crisis;
        let accounts = self.accounts.is_some_and(|accounts| accounts != kept.accounts);
        let seed = self.seed.is_some_and(|seed| seed != kept.seed);
        if crisis || accounts || seed {
            bail!("leave out --crisis, --accounts and --seed, or give another --dir");
        }
        if let (Some(name), None) = (&kept.crisis, &self.data) {
            bail!("its prices are needed: give --data DIR --crisis {name}");
        }
        Ok(())
    }

    fn serve(&self, prepared: Prepared) -> anyhow::Result<Exit> {
        let Prepared { record, folder, plan } = prepared;
        let controls = Arc::new(Controls::new(self.speed * HOUR_S));
        let (ending, ended) = mpsc::channel();
        let listening = Arc::clone(&controls);
        signals::listen(move || {
            listening.end();
            // The process may be ending already.
            let _ = ending.send(());
        })
        .context("listening for Ctrl-C")?;
        let clock = Arc::new(HandClock::default());
        let node = open(folder.as_deref(), &record, &clock)?;
        let is_new = node.head().height == 0;
        say(&format!("{record}{}", if is_new { ": opening the pool" } else { "" }));
        let name = plan.crisis.name.clone();
        let is_reconstructed = record.crisis.is_none();
        let driver = Driver { way: Way { node: node.clone(), clock, controls: Arc::clone(&controls) } };
        let driving = thread::Builder::new().name("replay".into()).spawn(move || drive(&driver, &plan))?;
        if is_new {
            controls.wait_until_open();
        }
        let remote = Remote { controls: Arc::clone(&controls), name, is_reconstructed };
        let served =
            if controls.is_ended() { Ok(()) } else { self.served(&node, Some(Arc::new(remote)), &ended) };
        controls.end();
        let exit = driving.join().unwrap_or(Exit::Refused);
        served.and_then(|()| Ok(node.close()?))?;
        say(if folder.is_some() { "ended; everything is kept" } else { "ended" });
        Ok(exit)
    }
}

impl Up {
    /// Serves until somebody asks for the end.
    fn served(
        &self,
        node: &Node,
        replay: Option<Arc<dyn ReplayControl>>,
        ended: &Receiver<()>,
    ) -> anyhow::Result<()> {
        let address = SocketAddr::new(self.listen, 0);
        let options = cistern_api::Options {
            address,
            access: if self.dev { Access::Development } else { Access::Signed },
            replay,
            limits: Limits::at(address),
        };
        let server = serving::start(node, &options, self.port)?;
        if self.port.is_none() && !serving::is_expected(&server) {
            say("port 7070 is taken, so another one was chosen");
        }
        say(&format!("dashboard and API: {}   (Ctrl-C ends it)", serving::url(&server)));
        // The sender lives as long as the process.
        let _ = ended.recv();
        server.stop();
        Ok(())
    }
}

/// Opens the node of a folder, or one that keeps nothing.
fn open(folder: Option<&Path>, record: &Record, clock: &Arc<HandClock>) -> anyhow::Result<Node> {
    let Some(folder) = folder else { return opened(None, Arc::clone(clock) as _) };
    let is_known = Record::of(folder)?.is_some();
    let is_empty = fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
    if !is_known && !is_empty {
        bail!("{} has files but no pool of cistern up; give another --dir", folder.display());
    }
    record.keep(folder)?;
    let node = opened(Some(folder), Arc::clone(clock) as _)?;
    clock.turn_to(node.head().time);
    Ok(node)
}

/// Opens the node and says what was found.
fn opened(folder: Option<&Path>, clock: Arc<dyn Clock>) -> anyhow::Result<Node> {
    let (node, opened) = Node::open(folder.map_or_else(Options::memory, Options::at), clock)?;
    for note in &opened.notes {
        say(&format!("note: {note}"));
    }
    if let Some(folder) = folder {
        say(&format!("state: {}, {} entries", folder.display(), node.head().height));
    }
    Ok(node)
}

/// The thread of the replay: lives through the crash and says what came of it.
fn drive(driver: &Driver, plan: &Plan) -> Exit {
    match driver.run(plan) {
        End::Over(report) => {
            let exit = Outcome { report: *report, elapsed: None }.print(Form::Text);
            say("the crash is over; the pool is served on, Ctrl-C ends it");
            exit
        }
        End::Ended => Exit::Done,
        End::Broken(broken) => broke(&broken, plan),
    }
}
