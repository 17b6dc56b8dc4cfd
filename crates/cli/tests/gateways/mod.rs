//! Gateways of nobody: a Hermes and a RedStone cache on this machine, whose messages test keys sign at the time they are
//! asked.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{SystemTime, UNIX_EPOCH},
};

use cistern_attest::{keccak256, wormhole::PYTH_BY_ROUTERS};
use data_encoding::{BASE64, HEXLOWER};
use serde_json::json;

use crate::{guardians::Draft, signing::Key};

/// What Pyth calls the price of BTC in dollars.
pub(crate) const BTC: &str = "e62df6c8b4a85fe1a67db44dc12de5db330f7ac66b72dc658afedf0f4a415b43";
/// The family of keys that the routers have.
pub(crate) const ROUTERS: u8 = 2;
/// Who signs for the data service.
pub(crate) const NODES: [u8; 3] = [201, 202, 203];

/// A gateway, and whether it is locked.
pub(crate) struct Gateway {
    pub(crate) address: String,
    pub(crate) is_locked: Arc<AtomicBool>,
}

impl Gateway {
    /// Answers each question with a body made anew, or with 401 while it is locked.
    pub(crate) fn start(body: fn(u64) -> String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let is_locked = Arc::new(AtomicBool::new(false));
        let locked = Arc::clone(&is_locked);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let answer = if locked.load(Ordering::SeqCst) {
                    "HTTP/1.1 401 Unauthorized\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".to_owned()
                } else {
                    let body = body(now());
                    format!(
                        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                        body.len()
                    )
                };
                // Whoever asks may leave before the answer.
                let _ = stream.and_then(|stream| reply(stream, &answer));
            }
        });
        Self { address, is_locked }
    }
}

fn now() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

fn reply(mut stream: TcpStream, answer: &str) -> std::io::Result<()> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? > 0 {
        head.push(byte[0]);
    }
    stream.write_all(answer.as_bytes())
}

/// What a Hermes answers: BTC at 100.40 of now, under three routers of five.
pub(crate) fn hermes(now: u64) -> String {
    let seconds = i64::try_from(now / 1_000).unwrap();
    let mut leaf = vec![0];
    leaf.extend(HEXLOWER.decode(BTC.as_bytes()).unwrap());
    leaf.extend(10_040_000_000_i64.to_be_bytes());
    leaf.extend(1_000_000_u64.to_be_bytes());
    leaf.extend((-8_i32).to_be_bytes());
    leaf.extend(seconds.to_be_bytes());
    leaf.extend((seconds - 1).to_be_bytes());
    leaf.extend(10_040_000_000_i64.to_be_bytes());
    leaf.extend(1_000_000_u64.to_be_bytes());
    let mut payload = b"AUWV\0".to_vec();
    payload.extend(now.to_be_bytes());
    payload.extend([0; 4]);
    // A tree of one leaf: its hash is the root.
    payload.extend(&keccak256(&[&[0], &*leaf].concat())[..20]);
    let mut draft = Draft::of(PYTH_BY_ROUTERS, payload);
    draft.timestamp = u32::try_from(seconds).unwrap();
    let vaa = draft.signed(ROUTERS, [0, 2, 4]);
    let mut update = b"PNAU\x01\0\0\0".to_vec();
    update.extend(u16::try_from(vaa.len()).unwrap().to_be_bytes());
    update.extend(vaa);
    update.push(1);
    update.extend(u16::try_from(leaf.len()).unwrap().to_be_bytes());
    update.extend(leaf);
    update.push(0);
    json!({"binary": {"encoding": "hex", "data": [HEXLOWER.encode(&update)]}}).to_string()
}

/// What a RedStone cache answers: BTC at 101 of now, by three nodes.
pub(crate) fn redstone(now: u64) -> String {
    let mut signed = b"BTC".to_vec();
    signed.resize(48, 0);
    signed.extend((101 * 100_000_000_u128).to_be_bytes());
    signed.extend(&now.to_be_bytes()[2..]);
    signed.extend(32_u32.to_be_bytes());
    signed.extend([0, 0, 1]);
    let digest = keccak256(&signed);
    let package = |node: &u8| {
        json!({
            "dataPoints": [{"dataFeedId": "BTC", "value": 101}],
            "timestampMilliseconds": now,
            "signature": BASE64.encode(&Key::numbered(*node).sign_rsv(&digest)),
        })
    };
    json!({"BTC": NODES.iter().map(package).collect::<Vec<_>>()}).to_string()
}
