//! Callers over HTTP, each with one connection that it keeps.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::median;
use crate::world::FIRST;

/// Commands of the caller whose answers are timed.
const ANSWERS: u32 = 1_000;
/// Callers that simulate at once.
const CALLERS: u32 = 4;
/// How long they do.
const SIMULATING: Duration = Duration::from_secs(2);

/// A connection that is kept.
struct Caller(BufReader<TcpStream>);

impl Caller {
    fn new(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Asks, and reads the whole answer; its status and body.
    fn ask(&mut self, method: &str, path: &str, body: &str) -> anyhow::Result<(u16, Vec<u8>)> {
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        );
        self.0.get_mut().write_all((head + body).as_bytes())?;
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        let status = line.split(' ').nth(1).context("no status")?.parse()?;
        let mut length = 0;
        loop {
            line.clear();
            self.0.read_line(&mut line)?;
            let header = line.trim_end().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        Ok((status, body))
    }

    fn ask_well(&mut self, method: &str, path: &str, body: &str) -> anyhow::Result<Value> {
        let (status, body) = self.ask(method, path, body)?;
        if status != 200 {
            bail!("{method} {path} was answered with {status}: {}", String::from_utf8_lossy(&body));
        }
        Ok(serde_json::from_slice(&body)?)
    }
}

/// Microseconds from a deposit to its answer, one at a time: the median.
pub(crate) fn answer(address: SocketAddr, accounts: u32) -> anyhow::Result<f64> {
    let mut caller = Caller::new(address)?;
    let mut samples = Vec::new();
    for place in 0..ANSWERS {
        let account = FIRST + place.wrapping_mul(7_919) % accounts;
        let action = json!({"type": "deposit", "account": account, "asset": "USDC", "amount": "1"});
        let body = json!({ "action": action }).to_string();
        let began = Instant::now();
        caller.ask_well("POST", "/v1/tx", &body)?;
        samples.push(began.elapsed().as_secs_f64() * 1e6);
    }
    Ok(median(samples))
}

/// Simulations a second: a withdrawal and two moved prices, by callers that each wait for their answer.
pub(crate) fn simulations(address: SocketAddr, accounts: u32) -> anyhow::Result<f64> {
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| std::thread::spawn(move || simulate(address, FIRST + caller % accounts)))
        .collect();
    let mut rate = 0.0;
    for caller in callers {
        rate += caller.join().map_err(|_| anyhow::anyhow!("a caller failed"))??;
    }
    Ok(rate)
}

fn simulate(address: SocketAddr, account: u32) -> anyhow::Result<f64> {
    let mut caller = Caller::new(address)?;
    let action = json!({"type": "withdraw", "account": account, "asset": "USDC", "amount": "10"});
    let body =
        json!({"account": account, "actions": [action], "price_shocks": {"ETH": "-0.2", "BTC": "-0.1"}});
    let body = body.to_string();
    let (began, mut count) = (Instant::now(), 0_u32);
    while began.elapsed() < SIMULATING {
        caller.ask_well("POST", "/v1/simulate", &body)?;
        count += 1;
    }
    Ok(f64::from(count) / began.elapsed().as_secs_f64())
}

/// Waits until the node has counted its accounts once.
pub(crate) fn until_ready(address: SocketAddr) -> anyhow::Result<()> {
    let mut caller = Caller::new(address)?;
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(60) {
        let (status, _) = caller.ask("GET", "/readyz", "")?;
        if status == 200 && caller.ask("GET", "/v1/risk/pool", "")?.0 == 200 {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    bail!("the node did not become ready within a minute")
}
