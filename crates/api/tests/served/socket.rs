//! A client of the WebSocket.

use std::{
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Message, WebSocket, client, protocol::CloseFrame};

/// A message that does not come within this time never comes.
const PATIENCE: Duration = Duration::from_secs(60);

/// An open socket.
pub(crate) struct Socket {
    inner: WebSocket<TcpStream>,
    next: u64,
    /// Notifications that came while an answer was waited for.
    heard: Vec<Value>,
}

impl Socket {
    pub(crate) fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
        let (inner, _) = client(format!("ws://{address}/v1/ws"), stream).expect("the socket opens");
        Self { inner, next: 0, heard: Vec::new() }
    }

    pub(crate) fn stream(&self) -> &TcpStream {
        self.inner.get_ref()
    }

    pub(crate) fn send(&mut self, text: impl Into<String>) {
        self.inner.send(Message::text(text.into())).expect("the socket takes it");
    }

    /// The next message as JSON.
    #[track_caller]
    pub(crate) fn read(&mut self) -> Value {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            match self.inner.read().expect("a message comes") {
                Message::Text(text) => return serde_json::from_str(text.as_str()).expect("JSON"),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("neither text nor ping: {other:?}"),
            }
        }
        panic!("no message came");
    }

    /// Why the server closes; messages before it are passed over.
    pub(crate) fn closed(&mut self) -> Option<CloseFrame> {
        loop {
            match self.inner.read() {
                Ok(Message::Close(frame)) => return frame,
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    }

    /// Calls a method and waits for its answer.
    #[track_caller]
    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.send(json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string());
        loop {
            let message = self.read();
            if message["id"] == json!(id) {
                return message;
            }
            self.heard.push(message);
        }
    }

    /// The result of a method that must have one.
    #[track_caller]
    pub(crate) fn result(&mut self, method: &str, params: Value) -> Value {
        let answer = self.call(method, params);
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].clone()
    }

    /// The next notification that is so; others are passed over.
    #[track_caller]
    pub(crate) fn until(&mut self, so: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = if self.heard.is_empty() { self.read() } else { self.heard.remove(0) };
            assert_eq!(message["method"], "update", "{message}");
            if so(&message["params"]) {
                return message["params"].clone();
            }
        }
    }

    /// The next notification.
    #[track_caller]
    pub(crate) fn hear(&mut self) -> Value {
        self.until(|_| true)
    }
}
