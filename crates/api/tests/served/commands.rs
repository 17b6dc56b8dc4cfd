//! What changes the pool, and what would.

use cistern_api::Access;
use cistern_units::Time;
use serde_json::{Value, json};

use crate::{
    http::{get, post, raw, request},
    world::{ALICE, BOB, World, founding},
};

fn tx(world: &World, body: Value) -> crate::http::Answer {
    post(world.server.address(), "/v1/tx", &body)
}

#[test]
fn a_pool_is_founded_and_used_by_its_api_alone() {
    let world = World::empty();
    let founding = serde_json::to_value(cistern_api::wire::Founding::encode(&founding())).expect("JSON");
    let at = crate::world::BEGIN + 5_000;
    let founded = tx(&world, json!({"action": {"type": "found", "founding": founding}, "at": at})).good();
    assert_eq!(
        (&founded["status"], &founded["height"], &founded["time"]),
        (&json!("accepted"), &json!(1), &json!(at))
    );
    assert_eq!(founded["events"][0]["type"], "pool_founded");
    assert!(founded["tx_id"].as_str().is_some_and(|id| id.len() == 66 && id.starts_with("0x")));
    let owner = format!("0x{:040x}", 7);
    let opened = tx(&world, json!({"action": {"type": "open_account", "owner": owner, "sub": 0}})).good();
    assert_eq!(
        opened["events"][0],
        json!({"type": "account_opened", "account": 2, "owner": owner, "sub": 0})
    );
    let credited =
        tx(&world, json!({"action": {"type": "deposit", "account": 2, "asset": "USDC", "amount": "12.5"}}))
            .good();
    assert_eq!(credited["events"][0]["amount"], "12.5");
    assert_eq!(world.node.head().time, Time::milliseconds(at));
}

#[test]
fn a_command_that_breaks_a_rule_says_which_with_the_numbers() {
    let world = World::populated();
    let action = json!({"type": "withdraw", "account": ALICE, "asset": "ETH", "amount": "11"});
    let before = world.node.head().height;
    let error = tx(&world, json!({"action": action})).error(422, "BALANCE_TOO_SMALL");
    assert_eq!(
        (&error["details"]["available"], &error["details"]["height"]),
        (&json!("10"), &json!(before + 1))
    );
    assert_eq!(error["retryable"], false);
    let action = json!({"type": "withdraw", "account": 77, "asset": "ETH", "amount": "11"});
    tx(&world, json!({"action": action})).error(422, "ACCOUNT_UNKNOWN");
}

#[test]
fn what_cannot_be_understood_is_refused_where_it_is() {
    let world = World::populated();
    let address = world.server.address();
    let action = |amount: Value| json!({"action": {"type": "withdraw", "account": 2, "asset": "ETH", "amount": amount}});
    let error = tx(&world, action(json!(11))).error(400, "INVALID_REQUEST");
    assert_eq!(error["details"]["field"], "action.amount");
    tx(&world, action(json!("1e3"))).error(400, "INVALID_REQUEST");
    tx(&world, json!({"action": {"type": "dance"}})).error(400, "INVALID_REQUEST");
    tx(&world, json!({"action": {"type": "pause"}, "speed": 1})).error(400, "INVALID_REQUEST");
    tx(&world, json!({"action": {"type": "pause"}, "client_id": ""})).error(400, "INVALID_REQUEST");
    tx(&world, json!({"action": {"type": "pause"}, "client_id": "a b"})).error(400, "INVALID_REQUEST");
    tx(&world, json!([])).error(400, "INVALID_REQUEST");
    let json_kind = [("content-type", "application/json")];
    for body in ["{", "{\"action\":", "\u{0}", "[1,", "{\"action\":{\"type\":\"pause\"}}x"] {
        request(address, "POST /v1/tx", &json_kind, body.as_bytes()).error(400, "MALFORMED_JSON");
    }
    request(address, "POST /v1/tx", &json_kind, &[0xff, 0xfe]).error(400, "MALFORMED_JSON");
    request(address, "POST /v1/tx", &[], b"{}").error(415, "MEDIA_TYPE_UNSUPPORTED");
    request(address, "POST /v1/tx", &[("content-type", "text/plain")], b"{}")
        .error(415, "MEDIA_TYPE_UNSUPPORTED");
    request(address, "GET /v1/tx", &[], b"").error(405, "METHOD_NOT_ALLOWED");
    let deep = "[".repeat(100_000);
    request(address, "POST /v1/tx", &json_kind, deep.as_bytes()).error(400, "MALFORMED_JSON");
}

#[test]
fn a_huge_body_is_refused_however_it_is_sent() {
    let world = World::empty();
    let address = world.server.address();
    let head =
        "POST /v1/tx HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n";
    let declared = format!("{head}content-length: 100000000\r\n\r\n{{");
    raw(address, declared.as_bytes()).error(413, "BODY_TOO_LARGE");
    let mut chunked = format!("{head}transfer-encoding: chunked\r\n\r\n").into_bytes();
    for _ in 0..40 {
        chunked.extend_from_slice(b"2000\r\n");
        chunked.extend_from_slice(&[b' '; 0x2000]);
        chunked.extend_from_slice(b"\r\n");
    }
    raw(address, &chunked).error(413, "BODY_TOO_LARGE");
}

#[test]
fn a_body_that_never_comes_is_not_waited_for() {
    let world = World::with(|options| {
        options.access = Access::Development;
        options.limits.request_timeout = std::time::Duration::from_millis(200);
    });
    let text = "POST /v1/tx HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{";
    raw(world.server.address(), text.as_bytes()).error(408, "TIMED_OUT");
}

#[test]
fn a_command_that_is_sent_again_is_not_done_again() {
    let world = World::populated();
    let body = json!({"action": {"type": "deposit", "account": ALICE, "asset": "USDC", "amount": "5"}, "client_id": "d-1"});
    let first = tx(&world, body.clone()).good();
    let height = world.node.head().height;
    let again = tx(&world, body).good();
    assert_eq!(first, again);
    assert_eq!(world.node.head().height, height);
    let other = json!({"action": {"type": "deposit", "account": ALICE, "asset": "USDC", "amount": "6"}, "client_id": "d-1"});
    tx(&world, other).error(409, "CLIENT_ID_REUSED");
    // A refusal is remembered too.
    let refused = json!({"action": {"type": "settle", "account": BOB}, "client_id": "s-1"});
    let first = tx(&world, refused.clone()).error(422, "NOTHING_TO_SETTLE");
    let again = tx(&world, refused).error(422, "NOTHING_TO_SETTLE");
    assert_eq!(first["details"], again["details"]);
}

#[test]
fn one_id_sent_many_times_at_once_is_done_once() {
    let world = World::populated();
    let address = world.server.address();
    let before = world.node.head().height;
    let body = json!({"action": {"type": "deposit", "account": ALICE, "asset": "USDC", "amount": "5"}, "client_id": "d-1"});
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let asks: Vec<_> = (0..16).map(|_| scope.spawn(|| post(address, "/v1/tx", &body).good())).collect();
        asks.into_iter().map(|ask| ask.join().expect("an answer")).collect()
    });
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(world.node.head().height, before + 1);
}

#[test]
fn a_batch_is_done_in_order_and_each_by_itself() {
    let world = World::populated();
    let deposit = |amount: &str| json!({"action": {"type": "deposit", "account": ALICE, "asset": "USDC", "amount": amount}});
    let body =
        json!({"transactions": [deposit("1"), deposit("0"), {"action": {"type": "what"}}, deposit("2")]});
    let answer = post(world.server.address(), "/v1/tx/batch", &body).good();
    let states: Vec<&str> =
        answer["items"].as_array().expect("a list").iter().filter_map(|one| one["status"].as_str()).collect();
    assert_eq!(states, ["accepted", "refused", "refused", "accepted"]);
    let heights: Vec<Option<u64>> = (0..4).map(|place| answer["items"][place]["height"].as_u64()).collect();
    let first = heights[0].expect("it has a height");
    assert_eq!(heights, [Some(first), Some(first + 1), None, Some(first + 2)]);
    assert_eq!(answer["items"][1]["error"]["code"], "AMOUNT_MUST_NOT_BE_ZERO");
    post(world.server.address(), "/v1/tx/batch", &json!({"transactions": []})).error(400, "INVALID_REQUEST");
}

#[test]
fn without_development_commands_need_signatures() {
    let world = World::with(|options| options.access = Access::Signed);
    let body = json!({"action": {"type": "pause"}});
    tx(&world, body.clone()).error(403, "SIGNATURES_REQUIRED");
    let batch = json!({"transactions": [body]});
    let answer = post(world.server.address(), "/v1/tx/batch", &batch).good();
    assert_eq!(answer["items"][0]["error"]["code"], "SIGNATURES_REQUIRED");
    tx(&world, json!({"action": {"type": "pause"}, "at": 1})).error(400, "INVALID_REQUEST");
    assert_eq!(world.node.head().height, 0);
}

#[test]
fn a_node_that_has_stopped_takes_no_commands() {
    let world = World::populated();
    world.node.clone().close().expect("it ends");
    tx(&world, json!({"action": {"type": "pause"}})).error(503, "NODE_STOPPED");
    get(world.server.address(), "/v1/accounts/2").good();
}

#[test]
fn a_simulation_says_what_would_become_of_an_account() {
    let world = World::populated();
    let address = world.server.address();
    let digest = world.node.read(|engine| engine.state().digest());
    let ask = |body: Value| post(address, "/v1/simulate", &body);
    let plain = ask(json!({"account": ALICE})).good();
    assert_eq!((&plain["before"], &plain["refused"]), (&plain["after"], &Value::Null));
    let fallen = ask(json!({"account": ALICE, "price_shocks": {"ETH": "-0.2"}})).good();
    // Ten ETH and five contracts at $2,000, a fifth less.
    let equity = |side: &str| {
        fallen[side]["equity"].as_str().and_then(|text| text.parse::<f64>().ok()).expect("a number")
    };
    assert!((equity("before") - equity("after") - 6_000.0).abs() < 1.0, "{fallen}");
    let actions = json!([
        {"type": "deposit", "account": ALICE, "asset": "USDC", "amount": "100"},
        {"type": "withdraw", "account": ALICE, "asset": "ETH", "amount": "500"}
    ]);
    let refused = ask(json!({"account": format!("0x{ALICE:040x}"), "actions": actions})).good();
    assert_eq!(
        (&refused["refused"]["index"], &refused["refused"]["error"]["code"]),
        (&json!(1), &json!("BALANCE_TOO_SMALL"))
    );
    assert_eq!(refused["events"][0]["type"], "collateral_credited");
    assert_ne!(refused["after"]["equity"], refused["before"]["equity"]);
    ask(json!({"account": 99})).error(404, "ACCOUNT_NOT_FOUND");
    ask(json!({"account": ALICE, "price_shocks": {"GOLD": "-0.2"}})).error(400, "INVALID_REQUEST");
    ask(json!({"account": ALICE, "price_shocks": {"ETH": "-1"}})).error(400, "INVALID_REQUEST");
    ask(json!({"account": ALICE, "actions": [{"type": "tick", "reports": []}]}))
        .error(400, "INVALID_REQUEST");
    assert_eq!(world.node.read(|engine| engine.state().digest()), digest, "nothing happened");
}
