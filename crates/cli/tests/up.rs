//! `cistern up` as a process: it serves, ends, is killed, and is found again where it was.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
};

use serde_json::{Value, json};

const HOUR_MS: u64 = 3_600_000;
/// The first account after the pool's own two and the 60 of the replay.
const STRANGER: u32 = 62;

fn cistern(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cistern"));
    command.args(arguments).current_dir(env!("CARGO_TARGET_TMPDIR"));
    command
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// An empty folder of one test.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("up").join(name);
    let _ = fs::remove_dir_all(&path);
    path
}

/// A pool that is served.
struct Served {
    child: Child,
    lines: BufReader<ChildStdout>,
    /// Everything that it said.
    said: String,
    address: String,
}

impl Served {
    fn start(dir: &Path, more: &[&str]) -> Self {
        let dir = dir.to_str().unwrap();
        let arguments = [&["up", "--dir", dir, "--accounts", "60", "--port", "0"], more].concat();
        let mut child = cistern(&arguments).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let mut served = Self { child, lines, said: String::new(), address: String::new() };
        let line = served.read_until("http://");
        let address = line.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next());
        served.address = address.unwrap().to_owned();
        served
    }

    /// Reads on until a line that has `wanted` in it; that line.
    #[track_caller]
    fn read_until(&mut self, wanted: &str) -> String {
        loop {
            let mut line = String::new();
            let length = self.lines.read_line(&mut line).unwrap();
            self.said += &line;
            assert!(length > 0, "it ended and did not say {wanted:?}: {}", self.said);
            if line.contains(wanted) {
                return line;
            }
        }
    }

    /// One request; the status and the body.
    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let body = body.map(Value::to_string).unwrap_or_default();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            self.address,
            body.len(),
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.to_owned())
    }

    fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask("GET", path, None);
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    fn replay(&self, change: &Value) -> (u16, Value) {
        let (status, body) = self.ask("POST", "/v1/replay", Some(change));
        (status, serde_json::from_str(&body).unwrap())
    }

    fn position(&self) -> u64 {
        self.get("/v1/replay")["replay"]["position"].as_u64().unwrap()
    }

    /// Jumps and waits until the replay is there.
    fn jump(&self, moment: u64) {
        let (status, answer) = self.replay(&json!({"jump_to": moment}));
        assert_eq!(status, 200, "{answer}");
        while self.position() + 75_000 < moment {}
    }

    fn height(&self) -> u64 {
        self.get("/v1/status")["height"].as_u64().unwrap()
    }

    /// Asks it to end, as a service manager does; what it said after all.
    fn end(mut self) -> String {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.lines.read_to_string(&mut self.said).unwrap();
        let status = self.child.wait().unwrap();
        assert_eq!(status.code(), Some(0), "{}", self.said);
        std::mem::take(&mut self.said)
    }

    /// Kills it where it stands.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // A test that fails leaves no process behind; one that has ended is not there any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The digests in a report.
fn digests(report: &str) -> Vec<String> {
    let lines = report.lines().filter(|line| line.contains("digest"));
    lines.map(|line| line.split_whitespace().last().unwrap().to_owned()).collect()
}

#[test]
fn a_pool_that_was_ended_and_killed_lives_the_same_history() {
    let alone = cistern(&["replay", "--accounts", "60"]).output().unwrap();
    let dir = folder("history");
    let served = Served::start(&dir, &["--speed", "0.001"]);
    assert_eq!(served.ask("GET", "/healthz", None).0, 200);
    let start = served.get("/v1/replay")["replay"]["start"].as_u64().unwrap();
    let (status, held) = served.replay(&json!({"paused": true, "speed": 7200.0}));
    assert_eq!((status, &held["replay"]["paused"]), (200, &json!(true)), "{held}");
    assert_eq!(held["replay"]["speed"], 7_200.0);
    served.jump(start + 9 * HOUR_MS);
    let height = served.height();
    let said = served.end();
    assert!(said.contains("everything is kept"), "{said}");

    let served = Served::start(&dir, &["--speed", "0.001"]);
    assert!(served.height() >= height, "the state is there before the replay has found its place");
    let account = served.get("/v1/accounts/5");
    assert_eq!(account["account"], 5);
    served.jump(start + 20 * HOUR_MS);
    served.kill();

    let mut served = Served::start(&dir, &["--speed", "200"]);
    served.read_until("the crash is over");
    let (status, refused) = served.replay(&json!({"jump_to": start}));
    assert_eq!(status, 400, "{refused}");
    assert!(refused["error"]["message"].as_str().unwrap().contains("forward only"), "{refused}");
    assert_eq!(served.get("/v1/replay")["replay"]["finished"], true);
    let said = served.end();
    assert_eq!(digests(&said), digests(&told(&alone)), "{said}");
    assert_eq!(digests(&said).len(), 2);
}

#[test]
fn a_pool_that_others_command_goes_on_with_what_they_did() {
    let dir = folder("foreign");
    let served = Served::start(&dir, &["--speed", "0.001", "--dev"]);
    let start = served.get("/v1/replay")["replay"]["start"].as_u64().unwrap();
    let send =
        |served: &Served, action: Value| served.ask("POST", "/v1/tx", Some(&json!({"action": action})));
    let owner = format!("0x{}", "ab".repeat(20));
    let (status, answer) = send(&served, json!({"type": "open_account", "owner": owner, "sub": 0}));
    assert_eq!(status, 200, "{answer}");
    let deposit = json!({"type": "deposit", "account": STRANGER, "asset": "USDC", "amount": "1000"});
    let (status, answer) = send(&served, deposit.clone());
    assert_eq!(status, 200, "{answer}");
    let held =
        |served: &Served| served.get(&format!("/v1/accounts/{STRANGER}"))["collateral"][0]["amount"].clone();
    assert_eq!(held(&served), "1000");
    served.jump(start + 4 * HOUR_MS);
    served.end();

    let mut served = Served::start(&dir, &["--speed", "200"]);
    served.read_until("the crash is over");
    assert!(served.said.contains("commands that are not of the replay"), "{}", served.said);
    let (status, answer) = send(&served, deposit);
    assert_eq!(status, 403, "{answer}");
    assert_eq!(held(&served), "1000", "the replay's people leave it alone");
    let said = served.end();

    let sound = cistern(&["verify", dir.to_str().unwrap()]).output().unwrap();
    assert_eq!(sound.status.code(), Some(0), "{}", told(&sound));
    assert_eq!(digests(&told(&sound)).last(), digests(&said).last(), "the report's state is that of the log");
}

#[test]
fn a_node_is_asked_from_the_command_line() {
    let served = Served::start(&folder("asked"), &["--speed", "0.001"]);
    let node = format!("http://{}", served.address);
    let ends = |arguments: &[&str], code: i32, says: &str| {
        let output = cistern(&[arguments, &["--node", &node]].concat()).output().unwrap();
        let told = told(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(says), "{arguments:?} should say {says:?}: {told}");
        told
    };
    let said = ends(&["account", "5"], 0, "maintenance margin");
    assert!(said.starts_with("account 5: "), "{said}");
    let json: Value = serde_json::from_str(&ends(&["account", "5", "--json"], 0, "equity")).unwrap();
    assert_eq!(json, served.get("/v1/accounts/5"), "the same digits as the node's");
    let owner = json["owner"].as_str().unwrap();
    ends(&["account", &format!("{owner}:0")], 0, "account 5: ");
    ends(&["account", "4000000000"], 1, "no such account");
    ends(&["account", "../status"], 2, "write its number");

    ends(&["simulate", "5", "--shock", "ETH=-0.3", "--shock", "BTC=-0.3"], 0, "after");
    let withdraw = r#"{"type":"withdraw","account":5,"asset":"USDC","amount":"900000000"}"#;
    ends(&["simulate", "5", "--action", withdraw], 1, "action 1 would be refused");
    let simulated: Value =
        serde_json::from_str(&ends(&["simulate", "5", "--action", withdraw, "--json"], 1, "refused"))
            .unwrap();
    assert_eq!(simulated["refused"]["index"], 0);
    ends(&["simulate", "5", "--shock", "ETH"], 2, "ETH=-0.2");
    ends(&["simulate", "5", "--shock", "ETH=-0.1", "--shock", "ETH=-0.2"], 2, "twice");
    ends(&["simulate", "5", "--shock", "MOON=0.1"], 2, "no factor is called");
    ends(&["simulate", "5", "--action", r#"{"type":"divine"}"#], 2, "divine");
    ends(&["simulate", "5", "--action", "withdraw"], 2, "write it like");
    served.end();
    ends(&["account", "5"], 1, "cistern up");
}

#[test]
fn a_flipped_byte_is_found() {
    let dir = folder("damage");
    let served = Served::start(&dir, &["--speed", "0.001"]);
    let height = served.height();
    assert!(height > 100);
    served.end();
    let verify = || cistern(&["verify", dir.to_str().unwrap()]).output().unwrap();
    let sound = verify();
    assert_eq!(sound.status.code(), Some(0), "{}", told(&sound));
    assert!(told(&sound).contains("each applied again to the same result"), "{}", told(&sound));

    let files = fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path());
    let log = files.into_iter().find(|path| path.file_name().unwrap().to_str().unwrap().starts_with("log-"));
    let log = log.unwrap();
    let mut bytes = fs::read(&log).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&log, bytes).unwrap();
    let damaged = verify();
    assert_eq!(damaged.status.code(), Some(1), "{}", told(&damaged));
    assert!(told(&damaged).contains("checksum"), "{}", told(&damaged));
}

#[test]
fn what_cannot_be_served_says_why() {
    let dir = folder("refused");
    let served = Served::start(&dir, &["--speed", "0.001"]);
    let ends = |arguments: &[&str], code: i32, says: &str| {
        let output = cistern(arguments).output().unwrap();
        let told = told(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(says), "{arguments:?} should say {says:?}: {told}");
    };
    let port = served.address.split(':').nth(1).unwrap();
    ends(&["up", "--memory", "--accounts", "50", "--port", port], 1, "choose another port");
    let path = dir.to_str().unwrap();
    ends(&["up", "--dir", path, "--port", "0"], 1, "another node uses this store");
    ends(&["up", "--dir", path, "--seed", "9"], 2, "60 accounts, seed 1");
    ends(&["up", "--listen", "0.0.0.0", "--dev"], 2, "--dev");
    ends(&["up", "--speed", "0"], 2, "from 0.001");
    ends(&["up", "--dir", path, "--memory"], 2, "--memory");
    let strangers = folder("strangers");
    fs::create_dir_all(&strangers).unwrap();
    fs::write(strangers.join("letter.txt"), "dear").unwrap();
    ends(&["up", "--dir", strangers.to_str().unwrap(), "--port", "0"], 1, "another --dir");
    ends(&["verify", "nowhere"], 2, "nowhere");
    served.end();
}
