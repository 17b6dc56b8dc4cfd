//! Clients that read slowly cost memory to nobody.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{
    http::get,
    socket::Socket,
    world::{ALICE, USDC, World},
};

#[test]
fn a_client_that_does_not_read_is_let_go_and_the_others_are_served() {
    let world = World::with(|options| {
        options.access = cistern_api::Access::Development;
        options.limits.write_timeout = Duration::from_millis(300);
    });
    world.populate();
    let address = world.server.address();
    let mut idle = Socket::open(address);
    idle.result("subscribe", json!({"channels": ["events"]}));
    let mut reader = Socket::open(address);
    reader.result("subscribe", json!({"channels": ["events"]}));
    assert_eq!(reader.hear()["kind"], "snapshot");
    let first = world.node.head().seq + 1;
    let (mut sent, patience) = (0, Instant::now() + Duration::from_secs(100));
    let dropped = || {
        let text = String::from_utf8(get(address, "/metrics").body).expect("text");
        text.contains("cistern_slow_clients_total 1\n")
    };
    // Until the buffers of the system between the two are full, and the server's patience is over.
    while !dropped() {
        assert!(Instant::now() < patience, "it was never let go");
        for _ in 0..500 {
            world.deposit(ALICE, USDC, 1);
            assert_eq!(reader.hear()["seq"], first + sent);
            sent += 1;
        }
    }
    assert!(idle.stream().peer_addr().is_ok());
}
