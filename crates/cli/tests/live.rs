//! `cistern up --live` as a process, on venues and gateways of this machine.

mod gateways;
#[path = "../../attest/tests/guardians/mod.rs"]
mod guardians;
#[path = "../../attest/tests/signing/mod.rs"]
mod signing;
#[path = "../../adapters/tests/venue_server/mod.rs"]
mod venue_server;

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{atomic::Ordering, mpsc},
    thread,
    time::{Duration, Instant},
};

use cistern_attest::{Network, SignerSet};
use gateways::{BTC, Gateway, NODES, ROUTERS};
use serde_json::Value;
use signing::Key;
use venue_server::{Step, Venue, say};

/// No test waits longer for what must come.
const PATIENCE: Duration = Duration::from_secs(120);
const KEY: &str = "CISTERN_TEST_KEY";
/// The middle is 100.50.
const TICKER: &str =
    r#"{"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","bid":100.49,"ask":100.51}]}"#;

/// A folder of one test, empty.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("live").join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

fn written(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn cistern(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cistern"));
    command.args(arguments).current_dir(env!("CARGO_TARGET_TMPDIR")).env_remove(KEY);
    command
}

fn ends(arguments: &[&str], code: i32, says: &str) {
    let Output { status, stdout, stderr } = cistern(arguments).output().unwrap();
    let told = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert_eq!(status.code(), Some(code), "{arguments:?}: {told}");
    assert!(told.contains(says), "{arguments:?} should say {says:?}: {told}");
}

/// An address where nobody listens.
fn nowhere() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// The parameters of feeds: kraken and okx, Pyth behind a key, and RedStone.
fn feeds([kraken, okx, pyth, redstone]: [&str; 4]) -> String {
    format!(
        "[line]\nsilence_seconds = 300\nmute_seconds = 300\npatience_seconds = 10\nbackoff_first_milliseconds = 50\n\
         backoff_max_seconds = 1\n\
         [[feed]]\nname = 'kraken'\nkind = 'kraken'\naddresses = ['{kraken}']\nunit = 'USD'\nsymbols.BTC = 'BTC/USD'\n\
         [[feed]]\nname = 'okx'\nkind = 'okx'\naddresses = ['{okx}']\nunit = 'USD'\nsymbols.BTC = 'BTC-USD'\n\
         [[feed]]\nname = 'pyth'\nkind = 'pyth'\naddresses = ['{pyth}']\nevery_milliseconds = 100\n\
         symbols.BTC = '{BTC}'\nkey = {{ header = 'Authorization', variable = '{KEY}' }}\n\
         [[feed]]\nname = 'redstone'\nkind = 'redstone'\naddresses = ['{redstone}']\nevery_milliseconds = 100\n\
         symbols.BTC = 'BTC'\n"
    )
}

/// The default pool with BTC alone, and with the networks' test keys.
fn pool() -> String {
    let mut pool: toml::Table = cistern_sim::params::BASELINE.parse().unwrap();
    for (list, kept) in [("factor", "BTC USDC"), ("asset", "BTC USDC"), ("market", "BTC-PERP")] {
        let items = pool[list].as_array_mut().unwrap();
        items.retain(|item| kept.split(' ').any(|name| item["name"].as_str() == Some(name)));
    }
    // Add-ons of what is not there go with it.
    for list in ["source", "pool_share", "open_interest", "wrong_way"] {
        pool.remove(list);
    }
    let keys = |keys: &[String]| keys.join("\", \"");
    let routers = guardians::set(Network::PythRouters, 1, ROUTERS, 5);
    let SignerSet { keys: routers, .. } = routers;
    let routers: Vec<String> = routers.iter().map(ToString::to_string).collect();
    let nodes = NODES.map(|node| Key::numbered(node).address().to_string());
    let sources: Vec<String> = ["kraken", "okx", "pyth", "redstone"]
        .iter()
        .enumerate()
        .map(|(group, name)| format!("[[source]]\nname = \"{name}\"\ngroup = {group}\n"))
        .collect();
    format!(
        "{pool}\n{sources}\n\
         [[signers]]\nname = \"routers\"\nnetwork = \"pyth-routers\"\nset = \"1\"\nthreshold = \"majority\"\n\
         keys = [\"{routers}\"]\n\
         [[signers]]\nname = \"nodes\"\nnetwork = \"redstone\"\nset = \"nodes\"\nthreshold = \"fixed 3\"\n\
         keys = [\"{nodes}\"]\n\
         [[binding]]\nnetwork = \"pyth-routers\"\nkey = \"0x{BTC}\"\nsource = \"pyth\"\nfeed = \"BTC\"\n\
         subject = \"price\"\nexponent = -8\n\
         [[binding]]\nnetwork = \"redstone\"\nset = \"nodes\"\nkey = \"BTC\"\nsource = \"redstone\"\nfeed = \"BTC\"\n\
         subject = \"price\"\nexponent = -8\n",
        sources = sources.concat(),
        routers = keys(&routers),
        nodes = keys(&nodes),
    )
}

/// A pool that is served.
struct Served {
    child: Child,
    lines: mpsc::Receiver<String>,
    /// Everything that it said.
    said: String,
    address: String,
}

impl Served {
    fn start(arguments: &[&str]) -> Self {
        let arguments = [&["up", "--live", "--port", "0"], arguments].concat();
        let mut child = cistern(&arguments).stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (tell, lines) = mpsc::channel();
        thread::spawn(move || stdout.lines().map_while(Result::ok).all(|line| tell.send(line).is_ok()));
        let mut served = Self { child, lines, said: String::new(), address: String::new() };
        let line = served.read_until("http://");
        let address = line.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next());
        served.address = address.unwrap().to_owned();
        served
    }

    /// Reads on until a line that has `wanted` in it; that line.
    #[track_caller]
    fn read_until(&mut self, wanted: &str) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            let line = self.lines.recv_timeout(until.saturating_duration_since(Instant::now()));
            let line = line.unwrap_or_else(|_| panic!("it did not say {wanted:?}: {}", self.said));
            self.said = format!("{}{line}\n", self.said);
            if line.contains(wanted) {
                return line;
            }
        }
    }

    fn get(&self, path: &str) -> Value {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{path}: {answer}");
        serde_json::from_str(body).unwrap()
    }

    /// The price of BTC.
    fn price(&self) -> Value {
        let prices = self.get("/v1/oracle/prices");
        let items = prices["items"].as_array().unwrap();
        items.iter().find(|item| item["feed"] == "BTC").unwrap().clone()
    }

    fn height(&self) -> u64 {
        self.get("/v1/status")["height"].as_u64().unwrap()
    }

    /// Asks again and again until it is so.
    #[track_caller]
    fn wait_until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let until = Instant::now() + PATIENCE;
        while !is_so(self) {
            assert!(Instant::now() < until, "{what}: {} {}", self.price(), self.said);
        }
    }

    /// Asks it to end, as Ctrl-C does; what it said after all.
    fn end(mut self) -> String {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.said = format!("{}{line}\n", self.said);
        }
        let status = self.child.wait().unwrap();
        assert_eq!(status.code(), Some(0), "{}", self.said);
        std::mem::take(&mut self.said)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // A test that fails leaves no process behind; one that has ended is not there any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_full(served: &Served) -> bool {
    served.price()["validity"] == "full"
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_lives_on_an_exchange_and_two_networks_while_a_feed_is_down_and_another_comes_and_goes() {
    let dir = folder("pool");
    let script = || vec![Step::Hear, say(TICKER), Step::Hold];
    let venue = Venue::start(vec![script(), script()]).await;
    let (pyth, redstone) = (Gateway::start(gateways::hermes), Gateway::start(gateways::redstone));
    let down = format!("ws://{}", nowhere());
    let files = folder("pool-files");
    let feeds =
        written(&files, "feeds.toml", &feeds([&venue.address, &down, &pyth.address, &redstone.address]));
    let params = written(&files, "pool.toml", &pool());
    let state = dir.to_str().unwrap();

    let mut served = Served::start(&["--dir", state, "--params", &params, "--feeds", &feeds]);
    assert!(served.said.contains("a new pool: 2 assets, 4 sources of prices"), "{}", served.said);
    served.read_until(&format!("okx       not reached: it cannot be reached at {down}"));
    served.read_until("3 of 4 feeds were reached");
    served.wait_until("three groups give a full price", is_full);
    let price = served.price();
    let text = price["price"].as_str().unwrap();
    assert!(text.starts_with("100.5"), "the median of 100.40, 100.50 and 101: {price}");
    let sources: Vec<&str> =
        price["sources"].as_array().unwrap().iter().map(|s| s["source"].as_str().unwrap()).collect();
    assert_eq!(sources, ["kraken", "pyth", "redstone"]);

    pyth.is_locked.store(true, Ordering::SeqCst);
    let line = served.read_until("pyth answers 401");
    assert!(line.ends_with(&format!("Put yours into the variable {KEY} and start again")), "{line}");
    let height = served.height();
    served.wait_until("the pool goes on", |served| served.height() > height + 2);
    pyth.is_locked.store(false, Ordering::SeqCst);
    served.read_until("pyth is heard again");
    let height = served.height();
    let said = served.end();
    assert!(said.contains("everything is kept"), "{said}");
    assert_eq!(said.matches("okx").count(), 1, "a feed that stays down is told once: {said}");
    let told = fs::read_to_string(dir.join("live.log")).unwrap();
    assert!(told.contains("Z  pyth answers 401") && told.contains("Z  pyth is heard again"), "{told}");

    let served = Served::start(&["--dir", state, "--feeds", &feeds]);
    assert!(served.height() >= height && !served.said.contains("a new pool"), "{}", served.said);
    served.wait_until("the pool goes on with full prices", is_full);
    served.end();
    ends(&["verify", "--evidence", state], 0, "redstone ");
    let other = written(&files, "other.toml", &pool().replace("group = 3", "group = 4"));
    ends(&["up", "--live", "--dir", state, "--params", &other], 2, "founded with other parameters");
    ends(&["up", "--dir", state, "--port", "0"], 1, "another --dir");
}

#[test]
fn where_nothing_can_be_reached_it_says_so_and_serves_on() {
    let files = folder("nowhere");
    let (socket, gateway) = (format!("ws://{}", nowhere()), format!("http://{}", nowhere()));
    let feeds = written(&files, "feeds.toml", &feeds([&socket, &socket, &gateway, &gateway]));
    let params = written(&files, "pool.toml", &pool());
    let mut served = Served::start(&["--memory", "--params", &params, "--feeds", &feeds]);
    for feed in ["kraken", "okx", "pyth", "redstone"] {
        let line = served.read_until(feed);
        assert!(line.contains("not reached: it cannot be reached at"), "{line}");
        assert_eq!(line.contains(KEY), feed == "pyth", "{line}");
    }
    served.read_until("nothing was reached: see whether this machine has a network");
    served.read_until("frozen    BTC, USDC");
    served.read_until("no group speaks; a full price needs three");
    assert_eq!(
        (&served.price()["validity"], &served.price()["price"]),
        (&Value::from("frozen"), &Value::Null)
    );
    let height = served.height();
    served.wait_until("time goes on", |served| served.height() > height + 1);
    let said = served.end();
    assert_eq!(said.matches("cannot be reached").count(), 4, "nothing is told twice: {said}");
}

#[test]
fn what_cannot_be_run_live_says_why() {
    let files = folder("refused");
    let nonsense = written(&files, "nonsense.toml", "[line]\n");
    ends(&["up", "--live", "--speed", "1"], 2, "--speed");
    ends(&["up", "--live", "--accounts", "5"], 2, "--accounts");
    ends(&["up", "--params", &nonsense], 2, "--live");
    ends(
        &["up", "--live", "--memory", "--feeds", &nonsense],
        2,
        "nonsense.toml: the live parameters cannot be read",
    );
    ends(&["up", "--live", "--memory", "--params", &nonsense], 2, "nonsense.toml");
    ends(&["up", "--live", "--memory", "--feeds", "nowhere.toml"], 2, "nowhere.toml cannot be read");
    ends(&["up", "--live", "--dev", "--listen", "0.0.0.0"], 2, "--dev");
    // Files that are no pool's stand in the folder of this test.
    ends(&["up", "--live", "--dir", files.to_str().unwrap(), "--port", "0"], 1, "no live pool");
}
