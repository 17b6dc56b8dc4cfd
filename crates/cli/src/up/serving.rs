//! The server of `cistern up`, and the port that it finds.

use std::{io::ErrorKind, net::SocketAddr};

use cistern_api::{Options, ServeError, Server};
use cistern_node::Node;

/// The port where nobody names one.
const PORT: u16 = 7070;
/// Ports that are tried after it: as many pools as one machine serves at once.
const PORTS: u16 = 30;

/// Serves a node on the port of its options, or where none was named on the first that is free.
///
/// # Errors
/// [`ServeError`]: the port is taken, or the address is not this machine's.
pub(super) fn start(node: &Node, options: &Options, port: Option<u16>) -> Result<Server, ServeError> {
    let at = |port| {
        let address = SocketAddr::new(options.address.ip(), port);
        cistern_api::serve(Options { address, ..options.clone() }, node.clone())
    };
    let Some(port) = port else {
        return (PORT..PORT + PORTS)
            .map(at)
            .find(|served| !matches!(served, Err(ServeError::Address { reason, .. }) if reason.kind() == ErrorKind::AddrInUse))
            .unwrap_or_else(|| at(0));
    };
    at(port)
}

/// The address of a server, for a browser on this machine.
pub(super) fn url(server: &Server) -> String {
    let mut address = server.address();
    if address.ip().is_unspecified() {
        let loopback: std::net::IpAddr = match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        };
        address.set_ip(loopback);
    }
    format!("http://{address}")
}

/// Was this the port that somebody expects where none was named?
pub(super) fn is_expected(server: &Server) -> bool {
    server.address().port() == PORT
}
