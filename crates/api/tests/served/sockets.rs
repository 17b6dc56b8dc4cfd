//! JSON-RPC over a WebSocket.

use std::{io::Write, net::TcpStream, time::Duration};

use cistern_api::{Access, Rate};
use cistern_units::Time;
use serde_json::{Value, json};

use crate::{
    http::{get, request},
    replays::obedient,
    socket::Socket,
    world::{ALICE, BOB, USDC, World},
};

#[test]
fn every_operation_is_a_method_with_the_same_answer() {
    let world = World::populated();
    let address = world.server.address();
    let mut socket = Socket::open(address);
    let height = world.node.head().height;
    world.until("/v1/risk/pool", |pool| pool["census_height"].as_u64() == Some(height));
    for (method, params, path) in [
        ("assets", json!({}), "/v1/assets"),
        ("markets", json!({}), "/v1/markets"),
        ("prices", json!({}), "/v1/oracle/prices"),
        ("pool", json!({}), "/v1/risk/pool"),
        ("params", json!({}), "/v1/risk/params"),
        ("accounts", json!({"sort": "health", "limit": 1}), "/v1/accounts?sort=health&limit=1"),
        ("account", json!({"account": ALICE}), "/v1/accounts/2"),
        ("account_history", json!({"account": BOB, "kind": "lent"}), "/v1/accounts/3/history?kind=lent"),
        ("history", json!({"limit": 3}), "/v1/history?limit=3"),
        ("liquidations", json!({}), "/v1/liquidations/history"),
        ("candidates", json!({"max_health": "9"}), "/v1/liquidations/candidates?max_health=9"),
    ] {
        assert_eq!(socket.result(method, params), get(address, path).good(), "{method}");
    }
    assert!(socket.result("pool_history", json!({}))["items"].is_array());
    assert_eq!(socket.result("status", json!({"digest": true}))["founded"], true);
    assert_eq!(socket.result("ping", json!({}))["height"], height);
    let action = json!({"type": "deposit", "account": ALICE, "asset": "USDC", "amount": "1"});
    assert_eq!(
        socket.result("simulate", json!({"account": ALICE, "actions": [action]}))["refused"],
        Value::Null
    );
    assert_eq!(socket.result("tx", json!({"action": action}))["height"], height + 1);
    let batch = json!({"transactions": [{"action": action}, {"action": action}]});
    assert_eq!(socket.result("tx_batch", batch)["items"][1]["height"], height + 3);
}

#[test]
fn commands_of_one_socket_keep_their_order() {
    let world = World::populated();
    let mut socket = Socket::open(world.server.address());
    let first = world.node.head().height + 1;
    for id in 0..200 {
        let action = json!({"type": "deposit", "account": ALICE, "asset": "USDC", "amount": "1"});
        socket.send(
            json!({"jsonrpc": "2.0", "id": id, "method": "tx", "params": {"action": action}}).to_string(),
        );
    }
    for _ in 0..200 {
        let answer = socket.read();
        let id = answer["id"].as_u64().expect("an id");
        assert_eq!(answer["result"]["height"], first + id, "{answer}");
    }
}

#[test]
fn what_is_wrong_with_a_call_has_its_code() {
    let world = World::populated();
    let mut socket = Socket::open(world.server.address());
    let code = |answer: &Value| answer["error"]["code"].as_i64();
    socket.send("{");
    let answer = socket.read();
    assert_eq!((code(&answer), &answer["id"]), (Some(-32_700), &Value::Null));
    for text in ["1", "[]", r#"{"id":1,"method":"status"}"#, r#"{"jsonrpc":"2.0","id":1}"#] {
        socket.send(text);
        assert_eq!(code(&socket.read()), Some(-32_600), "{text}");
    }
    assert_eq!(code(&socket.call("dance", json!({}))), Some(-32_601));
    assert_eq!(code(&socket.call("status", json!({"nothing": 1}))), Some(-32_602));
    assert_eq!(code(&socket.call("assets", json!({"nothing": 1}))), Some(-32_602));
    assert_eq!(code(&socket.call("account", json!({}))), Some(-32_602));
    assert_eq!(code(&socket.call("account_history", json!({"account": 2, "nothing": 1}))), Some(-32_602));
    assert_eq!(code(&socket.call("subscribe", json!({"channels": ["weather"]}))), Some(-32_602));
    assert_eq!(
        code(&socket.call("subscribe", json!({"channels": ["prices"], "from_seq": 1}))),
        Some(-32_602)
    );
    let absent = socket.call("account", json!({"account": 99}));
    assert_eq!(
        (code(&absent), &absent["error"]["data"]["code"]),
        (Some(-32_000), &json!("ACCOUNT_NOT_FOUND"))
    );
    let action = json!({"type": "withdraw", "account": ALICE, "asset": "ETH", "amount": "11"});
    let refused = socket.call("tx", json!({"action": action}));
    assert_eq!(code(&refused), Some(-32_000));
    assert_eq!(refused["error"]["data"]["code"], "BALANCE_TOO_SMALL");
    assert_eq!(refused["error"]["data"]["details"]["available"], "10");
}

#[test]
fn a_batch_of_calls_is_answered_together_and_notifications_are_not() {
    let world = World::populated();
    let mut socket = Socket::open(world.server.address());
    socket.send(
        json!([
            {"jsonrpc": "2.0", "id": "a", "method": "ping"},
            {"jsonrpc": "2.0", "method": "ping"},
            {"jsonrpc": "2.0", "id": "b", "method": "dance"},
            7
        ])
        .to_string(),
    );
    let answers = socket.read();
    let ids: Vec<&Value> = answers.as_array().expect("a list").iter().map(|answer| &answer["id"]).collect();
    assert_eq!(ids, [&json!("a"), &json!("b"), &Value::Null]);
    // A notification is done and not answered: the next answer is of the next call.
    socket.send(json!({"jsonrpc": "2.0", "method": "status"}).to_string());
    assert!(socket.result("ping", json!({})).is_object());
}

#[test]
fn a_state_is_told_at_once_and_when_it_changes() {
    let world = World::populated();
    let address = world.server.address();
    let mut socket = Socket::open(address);
    let account = format!("account.{ALICE}");
    let channels = json!({"channels": ["prices", account, "pool", "status"]});
    assert_eq!(socket.result("subscribe", channels.clone())["channels"], channels["channels"]);
    for channel in ["prices", account.as_str(), "pool", "status"] {
        let told = socket.hear();
        assert_eq!((&told["channel"], &told["kind"]), (&json!(channel), &json!("snapshot")), "{told}");
        assert_eq!(told["height"], told["data"]["height"]);
    }
    world.prices(2_100);
    let head = world.node.head();
    let price = socket.until(|told| told["channel"] == "prices" && told["height"] == head.height);
    assert_eq!((&price["kind"], &price["seq"]), (&json!("update"), &json!(head.seq)));
    assert_eq!(price["data"], get(address, "/v1/oracle/prices").good());
    let now = get(address, &format!("/v1/accounts/{ALICE}")).good();
    let told = socket.until(|told| told["channel"] == account.as_str() && told["height"] == head.height);
    assert_eq!(told["data"], now);
    socket.until(|told| told["channel"] == "pool" && told["data"]["census_height"] == head.height);
    // What is ignored is told no more.
    socket.result("unsubscribe", json!({"channels": ["prices", account, "status"]}));
    world.prices(2_200);
    let head = world.node.head();
    let next = socket.until(|told| told["height"] == head.height);
    assert_eq!(next["channel"], "pool");
}

#[test]
fn every_event_is_told_once_and_in_order_also_after_a_break() {
    let world = World::populated();
    let address = world.server.address();
    let begin = world.node.head().seq;
    let mut socket = Socket::open(address);
    socket.result("subscribe", json!({"channels": ["events"]}));
    let first = socket.hear();
    assert_eq!((&first["kind"], &first["seq"]), (&json!("snapshot"), &json!(begin)));
    for _ in 0..50 {
        world.deposit(ALICE, USDC, 1_000_000);
    }
    for seq in begin + 1..=begin + 30 {
        let told = socket.hear();
        assert_eq!((&told["seq"], &told["data"]["seq"]), (&json!(seq), &json!(seq)));
        assert_eq!(
            (&told["data"]["type"], &told["data"]["amount"]),
            (&json!("collateral_credited"), &json!("1"))
        );
    }
    drop(socket);
    let mut socket = Socket::open(address);
    socket.result("subscribe", json!({"channels": ["events"], "from_seq": begin + 31}));
    world.deposit(ALICE, USDC, 1_000_000);
    for seq in begin + 31..=begin + 51 {
        assert_eq!(socket.hear()["seq"], seq);
    }
    // From the very first.
    socket.result("subscribe", json!({"channels": ["events"], "from_seq": 1}));
    for seq in 1..=begin + 51 {
        assert_eq!(socket.hear()["seq"], seq);
    }
    let beyond = socket.call("subscribe", json!({"channels": ["events"], "from_seq": begin + 53}));
    assert_eq!(beyond["error"]["code"], -32_602);
}

#[test]
fn failures_have_a_channel_of_their_own() {
    let world = World::populated();
    world.fill(450_000);
    let mut socket = Socket::open(world.server.address());
    socket.result("subscribe", json!({"channels": ["liquidations"]}));
    assert_eq!(socket.hear()["kind"], "snapshot");
    world.prices(1_500);
    let told = socket.hear();
    assert_eq!((&told["data"]["type"], &told["data"]["account"]), (&json!("margin_breached"), &json!(ALICE)));
    // And once more from the beginning, over many events that are none.
    socket.result("subscribe", json!({"channels": ["liquidations"], "from_seq": 1}));
    assert_eq!(socket.hear()["seq"], told["seq"]);
}

#[test]
fn who_missed_events_is_told_where_to_go_on() {
    let world = World::remembering(8, |options| options.access = Access::Development);
    world.populate();
    for _ in 0..50 {
        world.deposit(ALICE, USDC, 1_000_000);
    }
    let mut socket = Socket::open(world.server.address());
    socket.result("subscribe", json!({"channels": ["events"], "from_seq": 1}));
    let told = socket.hear();
    assert_eq!(told["kind"], "resync");
    let next = told["seq"].as_u64().expect("a number") + 1;
    let head = world.node.head().seq;
    assert_eq!(next, head - 7);
    for seq in next..=head {
        assert_eq!(socket.hear()["seq"], seq);
    }
}

#[test]
fn a_replay_is_told_while_the_pool_stands_still() {
    let world = World::with(|options| options.replay = Some(obedient()));
    let mut socket = Socket::open(world.server.address());
    socket.result("subscribe", json!({"channels": ["replay"]}));
    assert_eq!(socket.hear()["data"]["replay"]["paused"], false);
    socket.result("change_replay", json!({"paused": true}));
    assert_eq!(socket.hear()["data"]["replay"]["paused"], true);
}

#[test]
fn a_message_that_is_too_large_ends_the_socket_with_a_reason() {
    let world = World::empty();
    let mut socket = Socket::open(world.server.address());
    let text = format!("\"{}\"", "x".repeat(200_000));
    socket.send(text);
    let closed = socket.closed().expect("a reason");
    assert!(closed.reason.as_str().contains("too large"), "{closed:?}");
    assert_eq!(get(world.server.address(), "/healthz").status, 200);
}

#[test]
fn a_path_that_speaks_websocket_says_so() {
    let world = World::empty();
    let address = world.server.address();
    get(address, "/v1/ws").error(426, "UPGRADE_REQUIRED");
    let half = [("upgrade", "websocket"), ("connection", "upgrade")];
    request(address, "GET /v1/ws", &half, &[]).error(400, "INVALID_REQUEST");
    let foreign = [("upgrade", "websocket"), ("origin", "https://example.com")];
    request(address, "GET /v1/ws", &foreign, &[]).error(403, "ORIGIN_FORBIDDEN");
}

#[test]
fn calls_have_their_price() {
    let world = World::with(|options| options.limits.rate = Rate { per_second: 1, burst: 3 });
    let mut socket = Socket::open(world.server.address());
    let codes: Vec<Value> =
        (0..4).map(|_| socket.call("ping", json!({}))["error"]["data"]["code"].clone()).collect();
    assert_eq!(codes[0], Value::Null);
    assert_eq!(codes[3], "RATE_LIMITED");
}

#[test]
fn a_socket_whose_client_is_gone_is_closed() {
    let world = World::with(|options| options.limits.ping_every = Duration::from_millis(50));
    let address = world.server.address();
    // A client that opens a socket and answers no ping: its program hangs, or its cable is cut.
    let mut silent = TcpStream::connect(address).expect("the server listens");
    let text = "GET /v1/ws HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    silent.write_all(text.as_bytes()).expect("the socket takes it");
    let sockets = |count: u64| {
        let text = String::from_utf8(get(address, "/metrics").body).expect("text");
        text.contains(&format!("cistern_ws_clients {count}\n"))
    };
    let patience = std::time::Instant::now() + Duration::from_secs(60);
    while !sockets(1) && std::time::Instant::now() < patience {
        std::thread::yield_now();
    }
    while !sockets(0) {
        assert!(std::time::Instant::now() < patience, "it was never closed");
        std::thread::yield_now();
    }
}

#[test]
fn a_server_that_stops_says_so_to_its_sockets() {
    let World { server, node, .. } = World::populated();
    let mut socket = Socket::open(server.address());
    socket.result("subscribe", json!({"channels": ["status"]}));
    server.stop();
    assert!(socket.closed().expect("a reason").reason.as_str().contains("ends"));
    assert!(node.head().time > Time::milliseconds(0));
}
