//! Server-sent events.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    http::get,
    world::{ALICE, USDC, World},
};

/// One message of a stream.
#[derive(Debug, Default)]
struct Told {
    event: String,
    id: Option<String>,
    data: Value,
}

struct Stream(BufReader<TcpStream>);

impl Stream {
    fn open(address: SocketAddr, path: &str, last: Option<u64>) -> Self {
        let mut stream = TcpStream::connect(address).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout can be set");
        let last = last.map(|last| format!("last-event-id: {last}\r\n")).unwrap_or_default();
        let text = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{last}\r\n");
        stream.write_all(text.as_bytes()).expect("the socket takes it");
        let mut stream = Self(BufReader::new(stream));
        assert!(stream.line().starts_with("HTTP/1.1 200"));
        let mut kind = String::new();
        loop {
            let line = stream.line();
            if line.is_empty() {
                break;
            }
            if let Some(found) = line.strip_prefix("content-type: ") {
                kind = found.to_owned();
            }
        }
        assert_eq!(kind, "text/event-stream");
        stream
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).expect("a line comes");
        line.trim_end().to_owned()
    }

    fn hear(&mut self) -> Told {
        let mut told = Told::default();
        loop {
            let line = self.line();
            if line.is_empty() && !told.event.is_empty() {
                return told;
            }
            if let Some(event) = line.strip_prefix("event: ") {
                told.event = event.to_owned();
            } else if let Some(id) = line.strip_prefix("id: ") {
                told.id = Some(id.to_owned());
            } else if let Some(data) = line.strip_prefix("data: ") {
                told.data = serde_json::from_str(data).expect("JSON");
            }
        }
    }
}

#[test]
fn a_stream_tells_what_a_socket_tells() {
    let world = World::populated();
    let begin = world.node.head().seq;
    let mut stream = Stream::open(world.server.address(), "/v1/events?channels=prices,events", None);
    let prices = stream.hear();
    assert_eq!(
        (prices.event.as_str(), prices.id, &prices.data["kind"]),
        ("prices", None, &json!("snapshot"))
    );
    let events = stream.hear();
    assert_eq!((events.event.as_str(), &events.data["kind"]), ("events", &json!("snapshot")));
    world.deposit(ALICE, USDC, 1_000_000);
    let told = loop {
        let told = stream.hear();
        if told.event == "events" {
            break told;
        }
    };
    assert_eq!(told.id.as_deref(), Some((begin + 1).to_string().as_str()));
    assert_eq!(told.data["data"]["type"], "collateral_credited");
}

#[test]
fn a_stream_goes_on_after_the_last_event_that_was_seen() {
    let world = World::populated();
    let begin = world.node.head().seq;
    for _ in 0..10 {
        world.deposit(ALICE, USDC, 1_000_000);
    }
    let address = world.server.address();
    let mut stream = Stream::open(address, "/v1/events?channels=events", Some(begin + 4));
    for seq in begin + 5..=begin + 10 {
        assert_eq!(stream.hear().data["seq"], seq);
    }
    let mut stream = Stream::open(address, &format!("/v1/events?channels=events&from_seq={begin}"), None);
    assert_eq!(stream.hear().data["seq"], begin);
}

#[test]
fn what_cannot_be_listened_to_is_refused() {
    let world = World::populated();
    let address = world.server.address();
    get(address, "/v1/events").error(400, "INVALID_REQUEST");
    get(address, "/v1/events?channels=weather").error(400, "INVALID_REQUEST");
    get(address, "/v1/events?channels=").error(400, "INVALID_REQUEST");
    get(address, "/v1/events?channels=replay").error(404, "NO_REPLAY");
    get(address, "/v1/events?channels=account.99").error(404, "ACCOUNT_NOT_FOUND");
    get(address, "/v1/events?channels=events&from_seq=99999999").error(400, "INVALID_REQUEST");
}
