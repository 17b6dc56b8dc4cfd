//! Whatever goes wrong has the one error shape.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use cistern_api::{Access, Options, Rate, ServeError};

use crate::{
    http::{get, raw, request},
    world::World,
};

#[test]
fn a_method_that_does_not_work_is_refused_with_those_that_do() {
    let world = World::empty();
    let answer = request(world.server.address(), "DELETE /v1/status", &[], &[]);
    assert!(answer.header("allow").is_some_and(|allowed| allowed.contains("GET")), "{answer:?}");
    answer.error(405, "METHOD_NOT_ALLOWED");
}

#[test]
fn a_query_that_means_nothing_is_refused() {
    let world = World::empty();
    for query in ["digest=maybe", "nothing=1", "digest=true&digest=true"] {
        get(world.server.address(), &format!("/v1/status?{query}")).error(400, "INVALID_REQUEST");
    }
}

#[test]
fn a_clients_own_id_comes_back() {
    let world = World::empty();
    let headers = [("x-request-id", "mine-1")];
    let answer = request(world.server.address(), "GET /v1/nothing", &headers, &[]);
    assert_eq!(answer.error(404, "NOT_FOUND")["request_id"], "mine-1");
}

#[test]
fn who_asks_too_much_is_told_when_to_come_back() {
    let world = World::with(|options| options.limits.rate = Rate { per_second: 1, burst: 2 });
    let address = world.server.address();
    let answers: Vec<_> = (0..3).map(|_| get(address, "/healthz")).collect();
    assert_eq!(answers[0].header("x-ratelimit-limit"), Some("2"));
    assert_eq!(answers[0].header("x-ratelimit-remaining"), Some("1"));
    let refused = answers.into_iter().last().expect("the third");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(refused.error(429, "RATE_LIMITED")["retryable"], true);
}

#[test]
fn a_page_of_another_origin_does_not_reach_a_pool_on_loopback() {
    let world = World::empty();
    let address = world.server.address();
    let headers = [("origin", "https://example.com")];
    request(address, "GET /v1/status", &headers, &[]).error(403, "ORIGIN_FORBIDDEN");
    let host = b"GET /v1/status HTTP/1.1\r\nhost: example.com\r\nconnection: close\r\n\r\n";
    raw(address, host).error(403, "ORIGIN_FORBIDDEN");
    let own = [("origin", "http://127.0.0.1:5173")];
    request(address, "GET /v1/status", &own, &[]).good();
}

#[test]
fn development_and_the_network_do_not_go_together() {
    let world = World::empty();
    let mut options = Options::loopback(0);
    options.address = SocketAddr::from(([0, 0, 0, 0], 0));
    options.access = Access::Development;
    let refused = cistern_api::serve(options, world.node.clone());
    assert!(matches!(refused, Err(ServeError::DevelopmentNeedsLoopback { .. })), "{refused:?}");
}

#[test]
fn headers_that_never_end_close_the_connection() {
    let world = World::with(|options| options.limits.header_timeout = Duration::from_millis(200));
    let mut stream = TcpStream::connect(world.server.address()).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout can be set");
    stream.write_all(b"GET /v1/status HTTP/1.1\r\nhost: loc").expect("the socket takes it");
    let began = Instant::now();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert!(began.elapsed() < Duration::from_secs(20), "the server closed, not our patience");
}

#[test]
fn a_server_that_stops_lets_go_of_its_port() {
    let World { server, node, .. } = World::empty();
    let address = server.address();
    // A connection that is open and idle does not hold the server up.
    let idle = TcpStream::connect(address).expect("the server listens");
    server.stop();
    drop(idle);
    let mut options = Options::loopback(address.port());
    options.access = Access::Development;
    let again = cistern_api::serve(options, node).expect("the port is free again");
    assert_eq!(get(again.address(), "/healthz").status, 200);
}
