//! How the server is run, and its limits.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use crate::{limits::Rate, replay::ReplayControl};

/// Who may send commands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Nobody without a signature or evidence.
    #[default]
    Signed,
    /// Everybody who reaches the port, and they may name the time: for development, on loopback alone.
    Development,
}

/// How the server is run.
#[derive(Clone)]
pub struct Options {
    /// Where it listens; loopback, on a port that the system chooses, unless told otherwise.
    pub address: SocketAddr,
    /// Who may send commands.
    pub access: Access,
    /// The replay that moves the pool's prices, where one runs.
    pub replay: Option<Arc<dyn ReplayControl>>,
    /// What one client may take.
    pub limits: Limits,
}

impl Options {
    /// A server on loopback that takes signed commands and evidence.
    #[must_use]
    pub fn loopback(port: u16) -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Self { address, access: Access::Signed, replay: None, limits: Limits::at(address) }
    }

    /// Is the server reached from this machine alone?
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.address.ip().is_loopback()
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::loopback(0)
    }
}

/// What one client may take. Everything has a limit, and each says why it is what it is.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one request's body. 256 KiB: a founding of 64 assets takes 60.
    pub body_bytes: usize,
    /// Bytes of one message of a WebSocket. 64 KiB: a batch of some hundred requests.
    pub message_bytes: usize,
    /// A request's headers have arrived within this time. 10 s: slower than any link, faster than a pile of idle sockets.
    pub header_timeout: Duration,
    /// A request is answered within this time, its body read and its command durable.
    pub request_timeout: Duration,
    /// Connections at once. 4,096: four times what the fan-out is measured with; each takes some 20 KiB.
    pub connections: usize,
    /// A socket that takes nothing for this long is closed.
    pub write_timeout: Duration,
    /// A socket is asked whether it still lives this often, and closed where it did not answer until the next time.
    pub ping_every: Duration,
    /// Requests of one client address.
    pub rate: Rate,
}

impl Limits {
    /// Limits for an address: generous on loopback, where the clients are the owner's own.
    #[must_use]
    pub fn at(address: SocketAddr) -> Self {
        Self {
            body_bytes: 256 << 10,
            message_bytes: 64 << 10,
            header_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(30),
            connections: 4_096,
            write_timeout: Duration::from_secs(10),
            ping_every: Duration::from_secs(20),
            rate: if address.ip().is_loopback() { Rate::LOOPBACK } else { Rate::PUBLIC },
        }
    }
}
