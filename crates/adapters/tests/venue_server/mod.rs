//! Venues on this machine: servers that play what a test wrote down, connection by connection.

#![allow(dead_code, reason = "each test takes of it what it needs")]

use std::sync::{Arc, Mutex};

use cistern_adapters::feeds::{Clock, Feeds, Heard, LineParams, LiveParams};
use cistern_units::{Span, Time};
use futures_util::{SinkExt, StreamExt};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};
use tokio_tungstenite::{WebSocketStream, accept_async, tungstenite::Message};

/// When the tests happen: 2026-11-23 00:00 UTC.
pub(crate) const NOW: Time = Time::milliseconds(1_795_392_000_000);
/// No test waits longer for what must come.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// What a venue does on a connection.
#[derive(Clone)]
pub(crate) enum Step {
    /// Waits for a text from the feed.
    Hear,
    Say(String),
    SayBinary(Vec<u8>),
    /// Bytes that are no WebSocket.
    SayRaw(Vec<u8>),
    Ping,
    /// The same until nobody is there.
    SayForever(String),
    /// A farewell in good order.
    Close,
    /// Silence until the other side leaves. A script that ends without it drops the connection.
    Hold,
}

pub(crate) fn say(text: impl Into<String>) -> Step {
    Step::Say(text.into())
}

/// A venue, its address, and what it was told.
pub(crate) struct Venue {
    pub(crate) address: String,
    pub(crate) told: mpsc::UnboundedReceiver<String>,
}

impl Venue {
    /// Plays one script for each connection; afterwards it holds every further one in silence.
    pub(crate) async fn start(scripts: Vec<Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("ws://{}/stream", listener.local_addr().unwrap());
        let (tell, told) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut scripts = scripts.into_iter();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let script = scripts.next().unwrap_or_else(|| vec![Step::Hold]);
                // One after the other: a feed has one connection at a time.
                if let Ok(socket) = accept_async(stream).await {
                    play(socket, script, &tell).await;
                }
            }
        });
        Self { address, told }
    }

    pub(crate) async fn next_told(&mut self) -> String {
        timeout(PATIENCE, self.told.recv()).await.expect("told in time").expect("the venue is there")
    }
}

async fn play(
    mut socket: WebSocketStream<TcpStream>,
    script: Vec<Step>,
    tell: &mpsc::UnboundedSender<String>,
) {
    for step in script {
        let sent = match step {
            Step::Hear => hear(&mut socket, tell).await,
            Step::Say(text) => socket.send(Message::text(text)).await.is_ok(),
            Step::SayBinary(bytes) => socket.send(Message::binary(bytes)).await.is_ok(),
            Step::SayRaw(bytes) => socket.get_mut().write_all(&bytes).await.is_ok(),
            Step::Ping => socket.send(Message::Ping(vec![1].into())).await.is_ok(),
            Step::SayForever(text) => {
                while socket.send(Message::text(text.clone())).await.is_ok() {}
                false
            }
            Step::Close => socket.close(None).await.is_ok(),
            Step::Hold => {
                while hear(&mut socket, tell).await {}
                false
            }
        };
        if !sent {
            return;
        }
    }
}

/// The next text, passed on; whether there was one.
async fn hear(socket: &mut WebSocketStream<TcpStream>, tell: &mpsc::UnboundedSender<String>) -> bool {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => return tell.send(text.to_string()).is_ok(),
            Some(Ok(Message::Close(_)) | Err(_)) | None => return false,
            Some(Ok(Message::Pong(_))) => return tell.send("(pong)".to_owned()).is_ok(),
            Some(Ok(_)) => {}
        }
    }
}

/// A gateway: answers each question with the next of its answers, as bytes, and the last one again and again.
pub(crate) struct Gateway {
    pub(crate) address: String,
    /// The heads of the questions.
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
}

impl Gateway {
    pub(crate) async fn start(answers: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heads = Arc::clone(&asked);
        tokio::spawn(async move {
            for place in 0.. {
                let (mut stream, _) = listener.accept().await.unwrap();
                let head = head(&mut stream).await;
                heads.lock().unwrap().push(head);
                let answer = answers.get(place).or(answers.last()).cloned().unwrap_or_default();
                // No answer at all is one that never comes.
                if answer.is_empty() {
                    let mut rest = Vec::new();
                    let _ = stream.read_to_end(&mut rest).await;
                }
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
            }
        });
        Self { address, asked }
    }
}

async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            // A handshake of TLS begins so, and has no end that this server knows.
            Ok(0x16) => break,
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(head).unwrap()
}

/// An answer of HTTP that ends with the connection.
pub(crate) fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status}\r\nconnection: close\r\n{headers}\r\n").into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// Parameters of one feed, with little patience.
pub(crate) fn live(kind: &str, addresses: &[&str], symbols: &[(&str, &str)], more: &str) -> LiveParams {
    let symbols: Vec<String> =
        symbols.iter().map(|(asset, symbol)| format!("{asset:?} = {symbol:?}")).collect();
    let text = format!(
        "[line]\nsilence_seconds = 30\nmute_seconds = 30\npatience_seconds = 10\nbackoff_first_milliseconds = 2\n\
         backoff_max_seconds = 1\n[[feed]]\nname = \"{kind}\"\nkind = \"{kind}\"\naddresses = {addresses:?}\n{more}\n\
         [feed.symbols]\n{}\n",
        symbols.join("\n")
    );
    let mut params = LiveParams::parse(&text).unwrap();
    params.line = LineParams { backoff_max: Span::milliseconds(20), ..params.line };
    params
}

/// A clock that stands.
pub(crate) fn clock() -> Clock {
    Arc::new(|| NOW)
}

/// The seed of the feeds' waits, printed so that a failure can be repeated.
pub(crate) fn seed() -> u64 {
    let seed = std::env::var("SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_261_123);
    println!("SEED={seed}");
    seed
}

pub(crate) fn start(params: &LiveParams) -> Feeds {
    Feeds::start(params, clock(), seed())
}

/// The next thing heard, in a line: `BTC 68900.500000000000 +-500000000000 @1775572203000`, or a trouble in its words.
pub(crate) async fn next(feeds: &mut Feeds) -> String {
    line(&next_heard(feeds).await)
}

pub(crate) async fn next_heard(feeds: &mut Feeds) -> Heard {
    timeout(PATIENCE, feeds.next()).await.expect("heard in time").expect("the feeds run")
}

pub(crate) fn line(heard: &Heard) -> String {
    match heard {
        Heard::Quote(quote) => {
            let at = quote.at.as_milliseconds();
            format!("{} {} {} +-{} @{at}", quote.asset, quote.price, quote.unit, quote.confidence)
        }
        Heard::Evidence(evidence) => format!("{} {} bytes", evidence.kind, evidence.bytes.len()),
        Heard::Trouble(trouble) => trouble.to_string(),
    }
}

/// Hears, one after the other, exactly what is expected; of a trouble the beginning.
pub(crate) async fn expect(feeds: &mut Feeds, expected: &[&str]) {
    for expected in expected {
        let heard = next(feeds).await;
        assert!(heard.starts_with(expected), "heard   {heard}\nwanted  {expected}");
    }
}
