//! A pool that takes signed commands and evidence, over HTTP alone.

use alloy_dyn_abi::TypedData;
use cistern_api::Access;
use cistern_attest::Evidence;
use cistern_engine::command::Command;
use cistern_node::Clock;
use cistern_units::{Span, Time};
use serde_json::{Value, json};

use crate::{
    http::{Answer, get, post},
    signing::{Agent, Key, governor, listening, prices},
    world::{World, founding},
};

/// The account that the owner opens.
const ACCOUNT: u32 = 2;

/// A pool that was founded, and listens to nobody without a signature.
fn strict() -> World {
    begun_after(Span::ZERO)
}

/// The same, begun later: another pool.
fn begun_after(wait: Span) -> World {
    let world = World::with(|options| options.access = Access::Signed);
    world.clock.turn_to(world.clock.now().plus(wait).expect("a time"));
    let founding = Box::new(listening(founding()));
    world.apply(Command::Found { founding });
    world
}

/// The next moment of the pool's clock.
fn next(world: &World) -> u64 {
    let now = world.clock.now().as_milliseconds() + 1;
    world.clock.turn_to(Time::milliseconds(now));
    now
}

fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("0x{digits}")
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.strip_prefix("0x").expect("0x");
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).expect("hex")).collect()
}

/// Whoever signs, as the API writes it.
trait Signs {
    fn name(&self) -> String;
    fn sign(&self, digest: &[u8; 32]) -> Vec<u8>;
}

impl Signs for Key {
    fn name(&self) -> String {
        self.address().to_string()
    }

    fn sign(&self, digest: &[u8; 32]) -> Vec<u8> {
        Key::sign(self, digest)
    }
}

impl Signs for Agent {
    fn name(&self) -> String {
        self.signer().to_string()
    }

    fn sign(&self, digest: &[u8; 32]) -> Vec<u8> {
        Agent::sign(self, digest)
    }
}

/// What a wallet hashes, of what the pool hands it.
fn wallet(data: &Value) -> [u8; 32] {
    let data: TypedData = serde_json::from_value(data.clone()).expect("typed data");
    data.eip712_signing_hash().expect("a hash").0
}

/// A signed command as a client builds it: the pool's typed data, hashed by the wallet.
fn signed(world: &World, key: &dyn Signs, action: &Value) -> Value {
    let nonce = next(world);
    signed_at(world, key, action, (nonce, nonce + 60_000))
}

fn signed_at(world: &World, key: &dyn Signs, action: &Value, (nonce, deadline): (u64, u64)) -> Value {
    let request = json!({"action": action, "nonce": nonce, "deadline": deadline});
    let to_sign = post(world.server.address(), "/v1/signing", &request).good();
    let digest = wallet(&to_sign["typed_data"]);
    assert_eq!(to_sign["digest"], hex(&digest));
    let authorisation = json!({
        "signer": key.name(),
        "nonce": nonce,
        "deadline": deadline,
        "id": to_sign["digest"],
        "signature": hex(&key.sign(&digest)),
    });
    json!({"action": {"type": "signed", "authorisation": authorisation, "command": action}})
}

fn send(world: &World, body: &Value) -> Answer {
    post(world.server.address(), "/v1/tx", body)
}

fn told(world: &World, evidence: &[Evidence]) -> Answer {
    let messages: Vec<Value> =
        evidence.iter().map(|one| json!({"kind": one.kind.name(), "bytes": hex(&one.bytes)})).collect();
    post(world.server.address(), "/v1/evidence", &json!({"evidence": messages}))
}

/// Prices of all feeds, of now.
fn news(world: &World, eth: i64) -> Vec<Evidence> {
    world.clock.turn_to(world.clock.now().plus(Span::seconds(1)).expect("a time"));
    let now = world.clock.now();
    [(0, 1), (1, eth), (2, eth * 6 / 5)].map(|(feed, dollars)| prices(feed, dollars, now)).concat()
}

fn lend(amount: &str) -> Value {
    json!({"type": "lend", "account": ACCOUNT, "asset": "USDC", "amount": amount})
}

/// An account with 500 dollars and an agent, made over HTTP.
fn populated() -> (World, Key, Agent) {
    let world = strict();
    let (owner, agent) = (Key::numbered(1), Agent::numbered(2));
    told(&world, &news(&world, 2_000)).good();
    let open = json!({"type": "open_account", "owner": owner.name(), "sub": 0});
    send(&world, &signed(&world, &owner, &open)).good();
    let deposit = json!({"type": "deposit", "account": ACCOUNT, "asset": "USDC", "amount": "500"});
    send(&world, &signed(&world, &governor(), &deposit)).good();
    let expires_at = world.clock.now().as_milliseconds() + 3_600_000;
    let approve = json!({"type": "approve_agent", "owner": owner.name(), "signer": agent.name(),
        "scope": "treasury", "expires_at": expires_at});
    send(&world, &signed(&world, &owner, &approve)).good();
    (world, owner, agent)
}

#[test]
fn a_wallet_and_an_agent_use_a_pool_by_its_api_alone() {
    let (world, owner, agent) = populated();
    let body = signed(&world, &agent, &lend("1.5"));
    let done = send(&world, &body).good();
    assert_eq!(done["tx_id"], body["action"]["authorisation"]["id"]);
    assert_eq!(done["events"][0]["type"], "command_signed");
    let withdraw = json!({"type": "withdraw", "account": ACCOUNT, "asset": "USDC", "amount": "2"});
    send(&world, &signed(&world, &agent, &withdraw)).error(422, "SIGNER_MUST_BE_ALLOWED");
    send(&world, &signed(&world, &owner, &withdraw)).good();
    let agents = get(world.server.address(), &format!("/v1/accounts/{ACCOUNT}/agents")).good();
    assert_eq!(
        (&agents["items"][0]["signer"], &agents["items"][0]["scope"]),
        (&json!(agent.name()), &json!("treasury"))
    );
    let revoke = json!({"type": "revoke_agent", "owner": owner.name(), "signer": agent.name()});
    send(&world, &signed(&world, &owner, &revoke)).good();
    send(&world, &signed(&world, &agent, &lend("1"))).error(422, "SIGNER_MUST_BE_ALLOWED");
    let path = format!("/v1/accounts/{}/agents", owner.name());
    assert_eq!(get(world.server.address(), &path).good()["items"], json!([]));
}

#[test]
fn a_signature_of_another_key_pool_or_time_is_refused() {
    let (world, owner, _) = populated();
    let before = world.node.head().height;
    let mut body = signed(&world, &Key::numbered(9), &lend("1"));
    body["action"]["authorisation"]["signer"] = json!(owner.name());
    let error = send(&world, &body).error(403, "SIGNATURE_INVALID");
    assert_eq!(error["details"]["digest"], body["action"]["authorisation"]["id"]);
    let mut changed = signed(&world, &owner, &lend("1"));
    changed["action"]["command"]["amount"] = json!("2");
    send(&world, &changed).error(403, "SIGNATURE_INVALID");
    changed["action"]["authorisation"]["id"] = json!(format!("0x{:064x}", 0));
    send(&world, &changed).error(403, "SIGNATURE_INVALID");
    let other = begun_after(Span::seconds(5));
    told(&other, &news(&other, 2_000)).good();
    let foreign = signed(&other, &owner, &lend("1"));
    send(&world, &foreign).error(403, "SIGNATURE_INVALID");
    let mut broken = signed(&world, &owner, &lend("1"));
    broken["action"]["authorisation"]["signature"] = json!("0x00");
    send(&world, &broken).error(403, "SIGNATURE_INVALID");
    broken["action"]["authorisation"]["signature"] = json!("0xzz");
    send(&world, &broken).error(400, "INVALID_REQUEST");
    assert_eq!(world.node.head().height, before, "nothing was ordered");
    let now = next(&world);
    let late = signed_at(&world, &owner, &lend("1"), (now, now - 1));
    send(&world, &late).error(422, "SIGNATURE_EXPIRED");
    let old = signed_at(&world, &owner, &lend("1"), (now - 2 * 86_400_000, now + 60_000));
    send(&world, &old).error(422, "NONCE_OUTSIDE_WINDOW");
    send(&world, &signed(&world, &Key::numbered(9), &lend("1"))).error(422, "SIGNER_MUST_BE_ALLOWED");
}

#[test]
fn a_nonce_counts_once_and_a_command_that_is_sent_again_is_answered_again() {
    let (world, owner, _) = populated();
    let now = next(&world);
    let body = signed_at(&world, &owner, &lend("1"), (now, now + 60_000));
    let first = send(&world, &body).good();
    let height = world.node.head().height;
    assert_eq!(send(&world, &body).good(), first);
    assert_eq!(world.node.head().height, height);
    let other = signed_at(&world, &owner, &lend("2"), (now, now + 60_000));
    send(&world, &other).error(422, "NONCE_IS_USED");
    // The client's own id only comes back: a stranger's does not stand in the way.
    let mut named = signed(&world, &owner, &lend("3"));
    named["client_id"] = json!("mine");
    assert_eq!(send(&world, &named).good()["client_id"], "mine");
    let mut again = signed(&world, &owner, &lend("4"));
    again["client_id"] = json!("mine");
    send(&world, &again).good();
}

#[test]
fn what_is_to_be_signed_is_described() {
    let world = strict();
    let signing = get(world.server.address(), "/v1/signing").good();
    let pool = world.node.read(|engine| engine.state().config.pool_id);
    assert_eq!(
        signing["domain"],
        json!({"name": "Cistern", "version": "1", "chainId": 1, "salt": hex(&pool)})
    );
    assert_eq!(signing["types"]["Pause"][0], json!({"name": "nonce", "type": "uint64"}));
    let address = world.server.address();
    let ask =
        |action: Value| post(address, "/v1/signing", &json!({"action": action, "nonce": 1, "deadline": 2}));
    ask(json!({"type": "tick", "reports": []})).error(400, "INVALID_REQUEST");
    ask(json!({"type": "dance"})).error(400, "INVALID_REQUEST");
    let pause = json!({"type": "pause"});
    let within = json!({"type": "signed", "command": pause, "authorisation": {"signer": governor().name(),
        "nonce": 1, "deadline": 2, "id": format!("0x{:064x}", 0), "signature": "0x"}});
    ask(within).error(400, "INVALID_REQUEST");
}

#[test]
fn messages_of_a_network_move_a_price_and_nothing_else_does() {
    let world = strict();
    let price = |world: &World| get(world.server.address(), "/v1/assets").good()["items"][1]["price"].clone();
    told(&world, &news(&world, 2_000)).good();
    assert_eq!(price(&world), "2000");
    let done = told(&world, &news(&world, 2_050)).good();
    assert_eq!(price(&world), "2050");
    assert!(done["events"].as_array().is_some_and(|events| !events.is_empty()));
    let before = world.node.head().height;
    let mut bad = news(&world, 2_100);
    *bad[4].bytes.last_mut().expect("bytes") ^= 1;
    let error = told(&world, &bad).error(422, "MESSAGE_REFUSED");
    assert_eq!(error["details"]["message"], 4);
    let address = world.server.address();
    let garbage = json!({"evidence": [{"kind": "vaa", "bytes": "0x0badcafe"}]});
    post(address, "/v1/evidence", &garbage).error(422, "MESSAGE_REFUSED");
    let unreadable = json!({"evidence": [{"kind": "vaa", "bytes": "0x0"}]});
    post(address, "/v1/evidence", &unreadable).error(400, "INVALID_REQUEST");
    post(address, "/v1/evidence", &json!({"evidence": []})).error(400, "INVALID_REQUEST");
    post(address, "/v1/evidence", &json!({"evidence": [{"kind": "gossip", "bytes": "0x"}]}))
        .error(400, "INVALID_REQUEST");
    let large = json!({"evidence": [{"kind": "pyth", "bytes": hex(&vec![0; 200 << 10])}]});
    post(address, "/v1/evidence", &large).error(413, "BODY_TOO_LARGE");
    let many = vec![json!({"kind": "pyth", "bytes": "0x00"}); 65];
    post(address, "/v1/evidence", &json!({"evidence": many})).error(413, "BODY_TOO_LARGE");
    let report = json!({"type": "tick", "reports": []});
    send(&world, &json!({"action": report})).error(403, "SIGNATURES_REQUIRED");
    assert_eq!(world.node.head().height, before, "nothing was ordered");
    // Whatever is written beside the messages is ignored.
    let lie = news(&world, 2_100);
    let action = json!({"type": "attest", "statements": [],
        "evidence": lie.iter().map(|one| json!({"kind": "pyth", "bytes": hex(&one.bytes)})).collect::<Vec<_>>()});
    send(&world, &json!({"action": action})).good();
    assert_eq!(price(&world), "2100");
}

#[test]
fn a_batch_of_signed_commands_is_done_in_order() {
    let (world, owner, agent) = populated();
    let mut bad = signed(&world, &agent, &lend("2"));
    bad["action"]["command"]["amount"] = json!("3");
    let batch = json!({"transactions": [
        signed(&world, &owner, &lend("1")), bad, signed(&world, &agent, &lend("4")), {"action": lend("5")}]});
    let items = post(world.server.address(), "/v1/tx/batch", &batch).good()["items"].clone();
    let heights: Vec<Option<u64>> = (0..4).map(|place| items[place]["height"].as_u64()).collect();
    let first = heights[0].expect("a height");
    assert_eq!(heights, [Some(first), None, Some(first + 1), None]);
    assert_eq!(items[1]["error"]["code"], "SIGNATURE_INVALID");
    assert_eq!(items[3]["error"]["code"], "SIGNATURES_REQUIRED");
}

/// The worked example of the documentation.
const GUIDE: &str = include_str!("../../../../docs/signing.md");

#[test]
fn the_worked_example_of_the_guide_is_right() {
    let example =
        GUIDE.split("```json\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let data: Value = serde_json::from_str(example).expect("JSON");
    let digest = wallet(&data);
    assert!(GUIDE.contains(&hex(&digest)), "the guide does not name the digest {}", hex(&digest));
    let signature = Key::numbered(1).sign(&digest);
    assert!(GUIDE.contains(&hex(&signature)), "the guide does not name the signature {}", hex(&signature));
    assert!(GUIDE.contains(&Key::numbered(1).name()), "nor the signer {}", Key::numbered(1).name());
    // Ours, from the command itself.
    let salt = unhex(data["domain"]["salt"].as_str().expect("a salt"));
    let domain = cistern_node::typed::domain(1, salt.try_into().expect("32 bytes"));
    let command = Command::Withdraw {
        account: cistern_engine::ids::AccountId(17),
        asset: cistern_engine::ids::AssetId(0),
        amount: cistern_units::Amount::new(100_000_000),
    };
    let number =
        |name: &str| data["message"][name].as_str().and_then(|text| text.parse().ok()).expect("a number");
    let (nonce, deadline) = (Time::milliseconds(number("nonce")), Time::milliseconds(number("deadline")));
    let form = cistern_node::typed::Form::of(&command, nonce, deadline).expect("it can be signed");
    assert_eq!(form.digest(&domain.separator()), digest);
}
