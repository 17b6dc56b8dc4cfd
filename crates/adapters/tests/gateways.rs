//! Pyth and RedStone over HTTP, with the answers of real gateways, and with what else a server may answer.

#[path = "../../attest/tests/fixtures/mod.rs"]
mod fixtures;
mod venue_server;

use cistern_adapters::feeds::{BODY_MAX, Heard, LiveParams};
use cistern_attest::{Kind, Signature, keccak256, recover};
use cistern_units::Span;
use serde_json::{Value, json};
use venue_server::{Gateway, NOW, answer, expect, live, next_heard, start};

const BTC: &str = "e62df6c8b4a85fe1a67db44dc12de5db330f7ac66b72dc658afedf0f4a415b43";
const ETH: &str = "ff61491a931112ddf1bd8147cd1b641375f79f5825126d665480874634fd0ace";
const FAST: &str = "every_milliseconds = 5";
const SERVICE: &str = "/data-packages/latest/redstone-primary-prod";

/// What a Hermes answers.
fn hermes(update: &str) -> Vec<u8> {
    let parsed = json!([{"id": BTC, "price": {"price": "1", "conf": "1", "expo": -8, "publish_time": 1}}]);
    let body = json!({"binary": {"encoding": "hex", "data": [update]}, "parsed": parsed}).to_string();
    answer("200 OK", "content-type: application/json\r\n", body.as_bytes())
}

fn pyth(address: &str) -> LiveParams {
    live("pyth", &[address], &[("BTC", BTC), ("ETH", ETH)], FAST)
}

fn update(name: &str) -> Option<String> {
    fixtures::text(&format!("pyth-routers/{name}.hex")).map(|text| text.trim().to_owned())
}

#[tokio::test]
async fn a_hermes_gives_its_updates_byte_by_byte_and_each_once() {
    let Some(first) = update("pnau_router_2026-08-21_btc_eth_set0") else { return };
    let second = update("pnau_router_2026-09-12_btc_eth_sol_bnb_set1").unwrap();
    let answers = [&first, &first, &second, &second].map(|update| hermes(update));
    let gateway = Gateway::start(answers.into()).await;
    let mut feeds = start(&pyth(&gateway.address));
    for expected in [first, second] {
        let Heard::Evidence(evidence) = next_heard(&mut feeds).await else { panic!("no evidence") };
        assert_eq!((&*evidence.feed, evidence.kind, evidence.at), ("pyth", Kind::Pyth, NOW));
        assert_eq!(evidence.bytes, fixtures::unhex(&expected));
    }
    let asked = gateway.asked.lock().unwrap().first().unwrap().clone();
    let question = format!(
        "GET /v2/updates/price/latest?ids[]={BTC}&ids[]={ETH}&encoding=hex&parsed=false HTTP/1.1\r\n"
    );
    assert!(asked.starts_with(&question), "{asked}");
    assert!(!asked.to_lowercase().contains("authorization"));
}

#[tokio::test]
async fn a_key_is_sent_in_its_header_and_shown_to_nobody() {
    let Some(update) = update("pnau_router_2026-08-21_btc_eth_set0") else { return };
    let gateway = Gateway::start(vec![answer("401 Unauthorized", "", b""), hermes(&update)]).await;
    let key =
        format!("{FAST}\nkey = {{ header = \"Authorization\", prefix = \"Bearer \", variable = \"PYTH\" }}");
    let params = live("pyth", &[&gateway.address], &[("BTC", BTC)], &key);
    let params = params.unlocked(|variable| (variable == "PYTH").then(|| "s3cret".to_owned()));
    assert!(!format!("{params:?}").contains("s3cret"));
    let mut feeds = start(&params);
    expect(&mut feeds, &["pyth answers 401 at", "pyth 959 bytes"]).await;
    assert!(
        gateway.asked.lock().unwrap().iter().all(|head| head.contains("authorization: Bearer s3cret\r\n"))
    );
}

#[tokio::test]
async fn whatever_else_a_gateway_answers_is_told_and_asked_again() {
    let Some(update) = update("pnau_router_2026-08-21_btc_eth_set0") else { return };
    let body = |text: &str| answer("200 OK", "", text.as_bytes());
    let mut endless = body("");
    endless.resize(BODY_MAX + 1_000, b' ');
    let promise = format!("content-length: {}\r\n", BODY_MAX + 1);
    let answers = vec![
        answer("500 Internal Server Error", "", b"oh"),
        answer("429 Too Many Requests", "retry-after: 1\r\n", b""),
        answer("503 Service Unavailable", "retry-after: Fri, 31 Dec 2027 23:59:59 GMT\r\n", b""),
        answer("301 Moved Permanently", "location: http://127.0.0.1:1/\r\n", b""),
        b"this is not HTTP\r\n\r\n".to_vec(),
        answer("200 OK", "content-length: 100\r\n", b"{\"binary\""),
        body("<html>"),
        body("{\"binary\": {\"encoding\": \"base64\", \"data\": [\"UE5BVQ==\"]}}"),
        body("{\"binary\": {\"encoding\": \"hex\", \"data\": [\"504e41zz\"]}}"),
        body("{\"binary\": {\"encoding\": \"hex\", \"data\": [\"00\"]}}"),
        body("{\"binary\": {\"encoding\": \"hex\", \"data\": []}}"),
        body("[]"),
        endless,
        answer("200 OK", &promise, b"{"),
        hermes(&update),
    ];
    let gateway = Gateway::start(answers).await;
    let mut feeds = start(&pyth(&gateway.address));
    let garbled = "pyth sent what is no message of its protocol: ";
    let garbled_by = |reason: &str| format!("{garbled}{reason}");
    let too_large = format!("pyth answers with more than {BODY_MAX} bytes");
    let expected = [
        format!("pyth answers 500 at {}: see whether the address", gateway.address),
        "pyth is asked too often or is busy (429); it is asked again in 1 s".to_owned(),
        "pyth is asked too often or is busy (503); it is asked again in 0 s".to_owned(),
        "pyth answers 301 at".to_owned(),
        format!("pyth cannot be reached at {} (", gateway.address),
        "pyth closed the line (".to_owned(),
        garbled_by("not JSON"),
        garbled_by("the updates are not in hex"),
        garbled_by("an update is not hex"),
        garbled_by("an update does not begin with PNAU"),
        garbled_by("0 updates in place of 1 to 16"),
        garbled_by("the field encoding"),
        too_large.clone(),
        too_large,
        "pyth 959 bytes".to_owned(),
    ];
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    expect(&mut feeds, &expected).await;
}

#[tokio::test]
async fn a_gateway_that_never_answers_is_given_up_and_the_next_is_asked() {
    let Some(update) = update("pnau_router_2026-08-21_btc_eth_set0") else { return };
    let (deaf, gateway) =
        (Gateway::start(vec![Vec::new()]).await, Gateway::start(vec![hermes(&update)]).await);
    let mut params = live("pyth", &[&deaf.address, &gateway.address], &[("BTC", BTC)], FAST);
    params.line.patience = Span::milliseconds(300);
    let mut feeds = start(&params);
    expect(&mut feeds, &[&format!("pyth did not answer at {}", deaf.address), "pyth 959 bytes"]).await;
}

#[tokio::test]
async fn redstones_cache_gives_payloads_and_says_what_it_lacks() {
    let Some(text) = fixtures::text("redstone/primary-prod-data-packages.json") else { return };
    let mut all: Value = serde_json::from_str(&text).unwrap();
    // An older package beside the others, one that cannot be read, and a feed that is not there.
    all["BTC"][0]["timestampMilliseconds"] = json!(1_719_856_890_000_u64);
    all["SOL"][0]["dataPoints"][0]["value"] = json!("150.1");
    let body = |all: &Value| answer("200 OK", "", all.to_string().as_bytes());
    let gateway = Gateway::start(vec![body(&all), answer("200 OK", "", b"[]"), body(&all)]).await;
    let address = format!("{}{SERVICE}", gateway.address);
    let symbols = [("BTC", "BTC"), ("ETH", "ETH"), ("NOPE", "NOPE"), ("SOL", "SOL")];
    let mut feeds = start(&live("redstone", &[&address], &symbols, FAST));
    // 14 bytes, and 142 for each package of one point: four of BTC, five of ETH. What was told is not told again.
    let lacks = "redstone refuses what it was asked for (it has no packages of NOPE)";
    let garbled = "redstone sent what is no message of its protocol: ";
    let value = format!("{garbled}a value should be a number");
    let object = format!("{garbled}the answer should be an object");
    expect(&mut feeds, &["redstone 582 bytes", "redstone 724 bytes", lacks, &value, &object, lacks, &value])
        .await;
    assert!(gateway.asked.lock().unwrap()[0].starts_with(&format!("GET {SERVICE} HTTP/1.1\r\n")));
}

/// The signers of a payload, in its order: read backwards from its end, as it is made to be read.
fn signers(payload: &[u8]) -> Vec<String> {
    let (mut rest, end) = payload.split_at(payload.len() - 14);
    assert_eq!(end.get(2..), Some(&[0, 0, 0, 0, 0, 2, 0xed, 0x57, 1, 0x1e, 0, 0][..]));
    let mut signers = Vec::new();
    for _ in 0..u16::from_be_bytes([end[0], end[1]]) {
        let (signed, signature) = rest.split_at(rest.len() - 65);
        let points = usize::from(signed[signed.len() - 1]);
        let (before, signed) = signed.split_at(signed.len() - 13 - 64 * points);
        let signature = Signature::from_rsv(signature.try_into().unwrap()).unwrap();
        signers.push(recover(&keccak256(signed), &signature).unwrap().to_string());
        rest = before;
    }
    assert!(rest.is_empty());
    signers.reverse();
    signers
}

#[test]
fn each_of_645_real_packages_is_encoded_as_it_was_signed() {
    let Some(text) = fixtures::text("redstone/primary-prod-data-packages.json") else { return };
    let all: Value = serde_json::from_str(&text).unwrap();
    let names: Vec<&str> = all.as_object().unwrap().keys().map(String::as_str).collect();
    let (mut recovered, mut feeds) = (0, 0);
    for names in names.chunks(cistern_adapters::feeds::SYMBOLS_MAX) {
        let symbols: Vec<(&str, &str)> = names.iter().map(|name| (*name, *name)).collect();
        let params = live("redstone", &["http://127.0.0.1:1"], &symbols, FAST);
        let mut feed = (params.feeds[0].venue.make)(&params.feeds[0]);
        let heard = feed.hear(text.as_bytes(), NOW).unwrap();
        let told: Vec<&[u8]> = heard
            .iter()
            .map(|heard| match heard {
                Heard::Evidence(evidence) if evidence.kind == Kind::RedStone => &*evidence.bytes,
                other => panic!("{other:?}"),
            })
            .collect();
        // The parameters put names in order.
        let mut names = names.to_vec();
        names.sort_unstable();
        for (name, payload) in names.iter().zip(told) {
            let stated = all[name].as_array().unwrap().iter();
            let stated: Vec<String> =
                stated.map(|package| package["signerAddress"].as_str().unwrap().to_lowercase()).collect();
            assert_eq!(signers(payload), stated, "{name}");
            recovered += stated.len();
            feeds += 1;
        }
    }
    assert_eq!((recovered, feeds), (645, 129));
}
