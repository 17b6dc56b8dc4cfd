//! A node that is killed at any moment comes back with everything that it acknowledged, and with nothing else.

mod world;

use std::{
    env,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use cistern_node::{Options, SubmitError, verify};
use world::{Dice, Dir, Undisturbed, command, digest, open, small, submit};

const SEED: u64 = 11;
const KILLS: u32 = 200;
/// Names of what a child is told.
const CHILD_DIR: &str = "CISTERN_CHILD_DIR";
const CHILD_GROUP: &str = "CISTERN_CHILD_GROUP";

/// Not a test of its own: what the other tests run as a child, and kill. Without a directory there is nothing to do.
#[test]
fn a_child_submits_until_it_is_killed() {
    let Ok(dir) = env::var(CHILD_DIR) else { return };
    let group_max = env::var(CHILD_GROUP).unwrap().parse().unwrap();
    let options = if group_max == 0 {
        // For the full disk: nothing but the log grows large.
        Options { queue_max: 4_096, snapshot_every: 20_000, ..Options::at(dir) }
    } else {
        Options { group_max, queue_max: 64, ..small(Path::new(&dir)) }
    };
    let (node, _) = open(options).unwrap();
    let head = node.head();
    say(&format!("open {} {}", head.height, hex(&head.chain)));
    for n in head.height + 1.. {
        loop {
            let told = |answer: Result<Arc<cistern_node::Applied>, SubmitError>| {
                if let Ok(applied) = answer {
                    say(&format!("ack {}", applied.height));
                }
            };
            match node.submit_then(command(SEED, n), Box::new(told)) {
                Ok(()) => break,
                Err(SubmitError::Full) => std::thread::yield_now(),
                Err(error) => {
                    assert!(node.read(|engine| engine.state().is_founded()), "reads go on");
                    let same = node.clone();
                    let closed = node.close().unwrap_err();
                    let head = same.head();
                    say(&format!("height {}", head.height));
                    return say(&format!("stopped {error} / {:?} / {closed}", head.status));
                }
            }
        }
    }
}

fn say(line: &str) {
    writeln!(std::io::stdout().lock(), "{line}").unwrap();
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A child, and what it has said.
struct Running {
    child: Child,
    acknowledged: Arc<AtomicU64>,
    opened: Arc<Mutex<Option<(u64, String)>>>,
    said: JoinHandle<Vec<String>>,
}

impl Running {
    fn start(mut program: Command, dir: &Path, group: u64) -> Self {
        let program = program.env(CHILD_DIR, dir).env(CHILD_GROUP, group.to_string());
        let mut child = program.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let acknowledged = Arc::new(AtomicU64::new(0));
        let opened = Arc::new(Mutex::new(None));
        let (latest, first) = (Arc::clone(&acknowledged), Arc::clone(&opened));
        let said = std::thread::spawn(move || {
            let mut said = Vec::new();
            for line in output.lines().map_while(Result::ok) {
                let mut words = line.split(' ');
                match (words.next(), words.next(), words.next()) {
                    (Some("ack"), Some(height), None) => {
                        latest.store(height.parse().unwrap(), Ordering::Release);
                    }
                    (Some("open"), Some(height), Some(chain)) => {
                        *first.lock().unwrap() = Some((height.parse().unwrap(), chain.to_owned()));
                    }
                    _ => said.push(line),
                }
            }
            said
        });
        Self { child, acknowledged, opened, said }
    }

    /// Waits until something holds, or the child has ended.
    fn wait_until(&mut self, mut holds: impl FnMut(&Self) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !holds(self) && self.child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "the child does nothing");
            std::thread::yield_now();
        }
    }

    fn opened(&self) -> Option<(u64, String)> {
        self.opened.lock().unwrap().clone()
    }

    /// Kills it; the last height that it acknowledged, and what it said.
    fn kill(mut self) -> (u64, Option<(u64, String)>, Vec<String>) {
        // SIGKILL: nothing of the child runs after it.
        let _ = self.child.kill();
        self.child.wait().unwrap();
        let said = self.said.join().unwrap();
        (self.acknowledged.load(Ordering::Acquire), self.opened.lock().unwrap().clone(), said)
    }
}

/// This program, told to be the child.
fn child() -> Command {
    let mut program = Command::new(env::current_exe().unwrap());
    program.args(["--exact", "a_child_submits_until_it_is_killed", "--nocapture"]);
    program
}

fn is_writing_a_file(dir: &Path) -> bool {
    std::fs::read_dir(dir).unwrap().flatten().any(|file| file.path().to_string_lossy().ends_with(".new"))
}

#[test]
fn a_node_that_is_killed_has_what_it_acknowledged_and_nothing_else() {
    let seed = env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_micros() as u64
    });
    println!("SEED={seed}");
    let mut dice = Dice::new(seed);
    let dir = Dir::new("kill");
    let mut undisturbed = Undisturbed::new(SEED);
    let (mut acknowledged, mut in_a_write) = (0, 0);
    for kill in 0..KILLS {
        let mut running = Running::start(child(), dir.path(), 1 + dice.below(24));
        match dice.below(10) {
            // At any moment, the opening among them.
            0 => std::thread::sleep(Duration::from_micros(dice.below(30_000))),
            // While a snapshot or a segment is written.
            1 | 2 => {
                running.wait_until(|running| running.opened().is_some());
                running.wait_until(|_| is_writing_a_file(dir.path()));
            }
            _ => {
                let more = dice.below(300);
                running.wait_until(|running| running.opened().is_some());
                let from = running.opened().map_or(0, |(height, _)| height);
                running.wait_until(|running| running.acknowledged.load(Ordering::Acquire) >= from + more);
            }
        }
        let (latest, opened, said) = running.kill();
        if let Some((height, chain)) = opened {
            assert!(height >= acknowledged, "kill {kill}: {height} came back of {acknowledged} acknowledged");
            assert_eq!(chain, hex(&undisturbed.chain(height)), "kill {kill}: height {height}, {said:?}");
        }
        acknowledged = acknowledged.max(latest);
        in_a_write += u32::from(is_writing_a_file(dir.path()));
    }
    println!(
        "{KILLS} kills, {acknowledged} acknowledged, {in_a_write} times in the middle of a snapshot or a new segment"
    );
    assert!(in_a_write > 0, "no kill met the writing of a file");
    let (node, opened) = open(small(dir.path())).unwrap();
    let height = node.head().height;
    assert!(height >= acknowledged && opened.from_snapshot > 0, "{opened:?}");
    assert_eq!(digest(&node), undisturbed.digest(height));
    node.close().unwrap();
    let verified = verify(dir.path(), &mut |_| ()).unwrap();
    assert_eq!((verified.height, verified.chain), (height, undisturbed.chain(height)));
    assert!(verified.segments > 10, "{verified:?}");
}

#[test]
fn a_file_that_cannot_grow_stops_the_node_and_room_lets_it_go_on() {
    let dir = Dir::new("limit");
    // 12 MB for each file: the shell counts in blocks of 512 or 1,024 bytes, and a write beyond fails as on a full disk.
    let mut limited = Command::new("sh");
    limited
        .args(["-c", "trap '' XFSZ; ulimit -f 12000 && exec \"$0\" \"$@\""])
        .arg(env::current_exe().unwrap());
    limited.args(["--exact", "a_child_submits_until_it_is_killed", "--nocapture"]);
    let mut running = Running::start(limited, dir.path(), 0);
    running.wait_until(|_| false);
    let (acknowledged, _, said) = running.kill();
    let told = said.iter().find(|line| line.starts_with("stopped")).unwrap_or_else(|| panic!("{said:?}"));
    assert!(told.contains("the log cannot be written (File too large"), "{told}");
    assert!(told.contains("start it again once that is mended"), "{told}");
    assert!(said.contains(&format!("height {acknowledged}")), "{said:?}");
    goes_on(dir.path(), acknowledged);
}

/// The node comes back with exactly what was acknowledged, and orders more.
fn goes_on(dir: &Path, acknowledged: u64) {
    let (node, opened) = open(Options::at(dir)).unwrap();
    assert_eq!(node.head().height, acknowledged, "{opened:?}");
    let mut undisturbed = Undisturbed::new(SEED);
    assert_eq!(node.head().chain, undisturbed.chain(acknowledged));
    submit(&node, SEED, acknowledged + 1, acknowledged + 50);
    assert_eq!(digest(&node), undisturbed.digest(acknowledged + 50));
    node.close().unwrap();
    assert_eq!(verify(dir, &mut |_| ()).unwrap().height, acknowledged + 50);
}

/// A file system of a few megabytes, where we may mount one.
struct Small(PathBuf);

impl Small {
    fn mount(dir: &Path) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=10m", "tmpfs"])
            .arg(dir)
            .stderr(Stdio::null())
            .status();
        mounted.is_ok_and(|status| status.success()).then(|| Self(dir.to_owned()))
    }

    fn grow(&self) {
        let grown = Command::new("mount").args(["-o", "remount,size=100m"]).arg(&self.0).status().unwrap();
        assert!(grown.success());
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_stops_the_node_and_room_lets_it_go_on() {
    let dir = Dir::new("full");
    let Some(disk) = Small::mount(dir.path()) else {
        return println!("not run: only root may mount a small file system");
    };
    let mut running = Running::start(child(), dir.path(), 0);
    running.wait_until(|_| false);
    let (acknowledged, _, said) = running.kill();
    let told = said.iter().find(|line| line.starts_with("stopped")).unwrap_or_else(|| panic!("{said:?}"));
    assert!(told.contains("the log cannot be written (No space left on device"), "{told}");
    assert!(acknowledged > 0 && said.contains(&format!("height {acknowledged}")), "{said:?}");
    disk.grow();
    goes_on(dir.path(), acknowledged);
}
