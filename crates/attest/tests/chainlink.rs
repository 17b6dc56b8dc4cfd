//! Chainlink Data Streams on reports that its networks signed, and on ones that they would not.

#![cfg(all(feature = "verify", feature = "pure"))]

mod fixtures;
mod reports;
mod signing;

use cistern_attest::{
    Address, Bounds, Claim, Market, Network, Observation, Refusal, Registry, SetId, SignerSet, Threshold,
    Verified, chainlink, judge, keccak256,
};
use cistern_units::{Span, Time};
use reports::{REPORT_AT, frame, report, sign, signed_word, word};
use serde_json::Value;

const EXPLOIT: &str = "v3_2026-01-21_hype_mainnet_00094b_REPLAYED_IN_EXPLOIT";
const CLOSED: &str = "v11_2026-04-11_xau_mainnet_00094b_MARKET_CLOSED";
const TESTNET: &str = "v3_2025-02-10_usdc_testnet_000906_known_signers";
const OWN: [[u8; 32]; 3] = [[9; 32], [0; 32], [1; 32]];

fn fixture(name: &str) -> Option<Vec<u8>> {
    fixtures::hex(&format!("chainlink-data-streams/{name}.hex"))
}

fn seconds(seconds: u64) -> Time {
    Time::milliseconds(seconds * 1_000)
}

/// The sets that are known whole; without those of test networks, where a pool's own are asked for.
fn registry(networks: &[Network]) -> Option<Registry> {
    let sets = fixtures::json("chainlink-data-streams/don_signer_sets.json")?;
    let mut registry = Registry::default();
    for (digest, set) in sets.as_object().unwrap() {
        let Some(faulty) = set["f"].as_u64() else { continue };
        let mainnet = set["network"].as_str().unwrap().starts_with("mainnet");
        let network = if mainnet { Network::Chainlink } else { Network::ChainlinkTest };
        if !networks.contains(&network) {
            continue;
        }
        let address = |key: &Value| Address(fixtures::unhex(key.as_str().unwrap()).try_into().unwrap());
        let set = SignerSet {
            network,
            id: SetId(fixtures::unhex(digest).try_into().unwrap()),
            keys: set["signers"].as_array().unwrap().iter().map(address).collect(),
            threshold: Threshold::Faulty(faulty.try_into().unwrap()),
            valid_from: Time::ZERO,
            expires_at: None,
        };
        registry.admit(set).unwrap();
    }
    Some(registry)
}

fn both() -> Option<Registry> {
    registry(&[Network::Chainlink, Network::ChainlinkTest])
}

fn verify(bytes: &[u8], registry: &Registry, at: Time) -> Result<Verified, Refusal> {
    chainlink::decode(bytes)?.verify(registry, at)
}

fn price(verified: &Verified) -> &Observation {
    match &verified.claims[..] {
        [Claim::Price(observation)] => observation,
        other => panic!("{other:?} is not one price"),
    }
}

/// A set of the keys 1 to 4, of which one may be faulty.
fn own() -> Registry {
    let mut registry = Registry::default();
    let set = SignerSet {
        network: Network::Chainlink,
        id: SetId(OWN[0]),
        keys: (1..=4).map(|number| signing::Key::numbered(number).address()).collect(),
        threshold: Threshold::Faulty(1),
        valid_from: Time::ZERO,
        expires_at: None,
    };
    registry.admit(set).unwrap();
    registry
}

/// A report of a schema that the keys 1 and 2 signed.
fn signed(schema: u16, values: &[[u8; 32]]) -> Vec<u8> {
    let report = report(schema, values);
    frame(&OWN, &report, &sign(&OWN, &report, &[1, 2]))
}

fn verify_own(bytes: &[u8]) -> Result<Verified, Refusal> {
    verify(bytes, &own(), seconds(1_001))
}

/// A crypto report: price, bid and ask.
fn crypto(price: i128, bid: i128, ask: i128) -> Vec<u8> {
    signed(3, &[signed_word(price), signed_word(bid), signed_word(ask)])
}

#[test]
fn every_report_has_the_values_and_the_verdict_of_its_own_time() {
    let Some(expected) = fixtures::json("chainlink-data-streams/expected.json") else { return };
    let registry = both().unwrap();
    for (name, expected) in expected.as_object().unwrap() {
        let bytes = fixture(name).unwrap();
        assert_eq!(u64::try_from(bytes.len()).unwrap(), expected["bytes"].as_u64().unwrap(), "{name}");
        if name.starts_with("TRUNCATED") {
            assert_eq!(chainlink::decode(&bytes), Err(Refusal::Malformed));
            continue;
        }
        let message = chainlink::decode(&bytes).unwrap();
        assert_values(name, &message, expected);
        let at = seconds(expected["observations"].as_u64().unwrap() + 1);
        let verdict = message.verify(&registry, at).and_then(|verified| {
            let price = *price(&verified);
            assert_eq!(verified.signers.len(), message.signatures(), "{name}");
            judge(&price, at, &Bounds::default()).map(|_| ())
        });
        let verdict_expected = match name.as_str() {
            CLOSED => Err(Refusal::MarketClosed),
            _ if name.contains("00094b") || name == TESTNET => Ok(()),
            _ => Err(Refusal::UnknownSet),
        };
        assert_eq!(verdict, verdict_expected, "{name}");
    }
}

fn assert_values(name: &str, message: &chainlink::Message<'_>, expected: &Value) {
    let report = &message.report;
    let digest = fixtures::unhex(expected["config_digest"].as_str().unwrap());
    assert_eq!(message.config_digest.0.as_slice(), digest, "{name}");
    assert_eq!(u64::try_from(message.signatures()).unwrap(), expected["signers"].as_u64().unwrap(), "{name}");
    let number = |key: &str| expected.get(key).map(|value| value.to_string().trim_matches('"').to_owned());
    let same = |key: &str, found: Option<String>| {
        if let Some(stated) = number(key) {
            assert_eq!(found, Some(stated), "{name}: {key}");
        }
    };
    let price = Some(report.price.to_string());
    for key in ["price", "mid", "nav_per_share"] {
        same(key, price.clone());
    }
    same("observations", Some(report.observed_at.to_string()));
    same("valid_from", Some(report.valid_from.to_string()));
    same("expires", Some(report.expires_at.to_string()));
    same("bid", report.book.map(|book| book.0.to_string()));
    same("ask", report.book.map(|book| book.1.to_string()));
    same("market_status", report.market_status.map(|status| status.to_string()));
    same("last_seen_ns", report.last_seen_ns.map(|seen| seen.to_string()));
    same("nav_date_ms", report.fund.map(|fund| fund.0.to_string()));
    same("ripcord", report.fund.map(|fund| fund.2.to_string()));
}

#[test]
fn every_signature_is_by_a_node_that_was_seen_under_its_digest() {
    let Some(sets) = fixtures::json("chainlink-data-streams/don_signer_sets.json") else { return };
    let expected = fixtures::json("chainlink-data-streams/expected.json").unwrap();
    for (name, expected) in expected.as_object().unwrap() {
        let known = &sets[expected["config_digest"].as_str().unwrap()];
        let Some(seen) = known["signers_observed"].as_array() else { continue };
        let Ok(message) = chainlink::decode(&fixture(name).unwrap()).map(|message| message.config_digest)
        else {
            continue;
        };
        // A set made of those alone, for this test: all of them, and any one more than none.
        let keys = seen.iter().map(|key| Address(fixtures::unhex(key.as_str().unwrap()).try_into().unwrap()));
        let set = SignerSet {
            network: Network::ChainlinkTest,
            id: message,
            keys: keys.collect(),
            threshold: Threshold::Fixed(1),
            valid_from: Time::ZERO,
            expires_at: None,
        };
        let mut registry = Registry::default();
        registry.admit(set).unwrap();
        assert!(verify(&fixture(name).unwrap(), &registry, Time::ZERO).is_ok(), "{name}");
    }
}

#[test]
fn a1_a_genuine_report_that_is_replayed_is_stale_then_expired() {
    let Some(bytes) = fixture(EXPLOIT) else { return };
    // Eight months after it was signed, as in the exploit; its own end was after thirty days.
    let replayed = seconds(1_789_700_000);
    let verified = verify(&bytes, &both().unwrap(), replayed).expect("its signatures are genuine for ever");
    let observation = price(&verified);
    let genuine = judge(observation, seconds(1_768_993_247), &Bounds::default()).unwrap();
    assert_eq!(genuine.0.raw(), 20_591_543_077_086);
    let bounds = Bounds::default();
    assert_eq!(judge(observation, replayed, &bounds), Err(Refusal::Stale));
    let ageless = Bounds { age_max: Span::milliseconds(u64::MAX), ..bounds };
    assert_eq!(judge(observation, replayed, &ageless), Err(Refusal::Expired));
    let last = observation.expires_at.unwrap();
    assert!(judge(observation, last, &ageless).is_ok());
}

#[test]
fn a5_a_fresh_report_of_a_closed_market_is_refused() {
    let Some(bytes) = fixture(CLOSED) else { return };
    let at = seconds(1_775_903_229);
    let verified = verify(&bytes, &both().unwrap(), at).unwrap();
    let observation = price(&verified);
    assert_eq!(observation.market, Market::Closed);
    assert_eq!(judge(observation, at, &Bounds::default()), Err(Refusal::MarketClosed));
    let open = Observation { market: Market::Open, ..*observation };
    assert!(judge(&open, at, &Bounds::default()).is_ok(), "nothing else is wrong with it");
}

#[test]
fn a23_a_report_of_a_test_network_is_refused_where_no_test_network_is_registered() {
    let Some(bytes) = fixture(TESTNET) else { return };
    let at = seconds(1_739_223_361);
    assert_eq!(verify(&bytes, &both().unwrap(), at).unwrap().network, Network::ChainlinkTest);
    assert_eq!(verify(&bytes, &registry(&[Network::Chainlink]).unwrap(), at), Err(Refusal::UnknownSet));
    // Under the digest of the production network its signers are strangers.
    let mut moved = bytes;
    let production = fixture(EXPLOIT).unwrap();
    moved[..32].copy_from_slice(&production[..32]);
    assert_eq!(verify(&moved, &both().unwrap(), at), Err(Refusal::Quorum));
}

#[test]
fn a24_offsets_and_lengths_that_lie_are_refused_at_once() {
    let sound = crypto(10, 9, 11);
    assert!(chainlink::decode(&sound).is_ok());
    let length = REPORT_AT - 32;
    let rs = REPORT_AT + 9 * 32;
    for place in [96, 128, 160, length, rs, rs + 3 * 32] {
        for high in 0..32 {
            let mut bytes = sound.clone();
            bytes[place + high] ^= 0x80;
            assert_eq!(chainlink::decode(&bytes), Err(Refusal::Malformed), "bit in byte {high} of {place}");
        }
        let mut bytes = sound.clone();
        bytes[place + 24..place + 32].fill(0xff);
        assert_eq!(chainlink::decode(&bytes), Err(Refusal::Malformed));
        let end = word(sound.len().try_into().unwrap());
        bytes[place..place + 32].copy_from_slice(&end);
        assert_eq!(chainlink::decode(&bytes), Err(Refusal::Malformed));
    }
    for cut in 0..sound.len() {
        assert_eq!(chainlink::decode(&sound[..cut]), Err(Refusal::Malformed), "cut off at {cut}");
    }
    assert_eq!(chainlink::decode(&[&sound[..], &[0; 32]].concat()), Err(Refusal::Malformed));
    assert_eq!(chainlink::decode(&vec![0; chainlink::MAX_BYTES + 1]), Err(Refusal::Oversized));
    assert_eq!(chainlink::decode(&[0; chainlink::MAX_BYTES]), Err(Refusal::Malformed));
}

#[test]
fn a24_more_signatures_than_a_network_has_nodes_are_refused_before_any_is_looked_at() {
    let report = report(3, &[signed_word(10), signed_word(9), signed_word(11)]);
    let many: Vec<u8> = (0..32).collect();
    let bytes = frame(&OWN, &report, &sign(&OWN, &report, &many));
    assert_eq!(chainlink::decode(&bytes), Err(Refusal::Malformed));
    let most = frame(&OWN, &report, &sign(&OWN, &report, &many[..31]));
    assert_eq!(chainlink::decode(&most).unwrap().signatures(), 31);
    assert_eq!(verify_own(&most), Err(Refusal::BadSignerIndex));
}

#[test]
fn a25_what_nobody_signed_has_one_form_and_is_in_no_digest() {
    let Some(bytes) = fixture(EXPLOIT) else { return };
    let at = seconds(1_768_993_247);
    let registry = both().unwrap();
    // The 26 bytes behind the last parity.
    for place in 192 + 6..224 {
        let mut padded = bytes.clone();
        padded[place] = 1;
        assert_eq!(chainlink::decode(&padded), Err(Refusal::Malformed), "byte {place}");
    }
    // The same signatures in another order: other bytes, one digest, one statement.
    let mut turned = bytes.clone();
    turned.swap(192, 193);
    for array in [544 + 32, 768 + 32] {
        let first: Vec<u8> = bytes[array..array + 32].to_vec();
        turned.copy_within(array + 32..array + 64, array);
        turned[array + 32..array + 64].copy_from_slice(&first);
    }
    assert_ne!(keccak256(&turned), keccak256(&bytes));
    let (one, other) = (verify(&bytes, &registry, at).unwrap(), verify(&turned, &registry, at).unwrap());
    assert_eq!(one, other);
    let message = chainlink::decode(&bytes).unwrap();
    assert_eq!(one.digest, message.digest());
}

#[test]
fn a25_a_parity_in_ethereums_form_and_a_high_signature_are_refused() {
    let sound = crypto(10, 9, 11);
    let mut bytes = sound.clone();
    bytes[192] += 27;
    assert_eq!(chainlink::decode(&bytes), Err(Refusal::BadSignature));
    let mut bytes = sound;
    let ss = bytes.len() - 64;
    bytes[ss] |= 0x80;
    assert_eq!(verify_own(&bytes), Err(Refusal::BadSignature));
}

#[test]
fn a_changed_byte_of_report_or_context_breaks_the_signatures() {
    let sound = crypto(10, 9, 11);
    assert!(verify_own(&sound).is_ok());
    for place in [32, 95, REPORT_AT + 5, REPORT_AT + 31, REPORT_AT + 6 * 32 + 31] {
        let mut bytes = sound.clone();
        bytes[place] ^= 1;
        assert_eq!(verify_own(&bytes), Err(Refusal::BadSignature), "byte {place}");
    }
    let mut bytes = sound;
    bytes[0] ^= 1;
    assert_eq!(verify_own(&bytes), Err(Refusal::UnknownSet));
}

#[test]
fn one_more_than_may_be_faulty_must_sign_each_once() {
    let report = report(3, &[signed_word(10), signed_word(9), signed_word(11)]);
    let by = |keys: &[u8]| verify_own(&frame(&OWN, &report, &sign(&OWN, &report, keys)));
    assert_eq!(by(&[]), Err(Refusal::Quorum));
    assert_eq!(by(&[1]), Err(Refusal::Quorum));
    assert_eq!(by(&[1, 1]), Err(Refusal::BadSignerIndex));
    assert_eq!(by(&[1, 5]), Err(Refusal::BadSignature));
    assert_eq!(by(&[1, 2, 5]), Err(Refusal::BadSignature));
    let places = |verified: Verified| verified.signers.iter().map(|signer| signer.0).collect::<Vec<_>>();
    assert_eq!(by(&[4, 2]).map(places), Ok(vec![1, 3]));
    assert_eq!(by(&[4, 3, 2, 1]).map(places), Ok(vec![0, 1, 2, 3]));
}

#[test]
fn a_set_counts_within_its_time_alone() {
    let bytes = crypto(10, 9, 11);
    let mut registry = own();
    registry.retire(Network::Chainlink, SetId(OWN[0]), seconds(5)).unwrap();
    assert_eq!(verify(&bytes, &registry, seconds(5)), Err(Refusal::ExpiredSet));
    assert!(verify(&bytes, &registry, seconds(4)).is_ok());
}

#[test]
fn a_price_lies_between_bid_and_ask_and_keeps_its_sign() {
    assert_eq!(verify_own(&crypto(10, 11, 12)), Err(Refusal::Uncertain));
    assert_eq!(verify_own(&crypto(10, 8, 9)), Err(Refusal::Uncertain));
    // A stream of a price without a book writes zeros: nobody says how sure it is.
    assert_eq!(verify_own(&crypto(10, 0, 0)), Err(Refusal::Uncertain));
    let verified = verify_own(&crypto(-10, -12, -9)).unwrap();
    let observation = price(&verified);
    assert_eq!((observation.mantissa, observation.confidence, observation.exponent), (-10, 2, -18));
    assert_eq!(judge(observation, seconds(1_001), &Bounds::default()), Err(Refusal::NonPositive));
    let mut huge = signed_word(0);
    huge[10] = 1;
    let bytes = signed(3, &[huge, huge, huge]);
    assert_eq!(chainlink::decode(&bytes), Err(Refusal::TooLarge));
    huge[7] = 1;
    assert_eq!(chainlink::decode(&signed(2, &[huge])), Err(Refusal::Malformed));
}

#[test]
fn a_report_that_is_valid_from_after_it_was_observed_is_no_report() {
    let mut report = report(2, &[signed_word(10)]);
    report[32..64].copy_from_slice(&word(1_001));
    let bytes = frame(&OWN, &report, &sign(&OWN, &report, &[1, 2]));
    assert_eq!(chainlink::decode(&bytes), Err(Refusal::Malformed));
    report[32..64].copy_from_slice(&word(999));
    let bytes = frame(&OWN, &report, &sign(&OWN, &report, &[1, 2]));
    assert!(verify_own(&bytes).is_ok());
}

#[test]
fn a_schema_that_is_not_known_and_one_of_another_length_are_refused() {
    for schema in [0, 1, 5, 6, 10, 12, 13, 14, 15, 0x0300, u16::MAX] {
        assert_eq!(
            chainlink::decode(&signed(schema, &[signed_word(10)])),
            Err(Refusal::Unsupported),
            "{schema}"
        );
    }
    for (schema, words) in [(2, 1), (3, 3), (4, 2), (7, 1), (8, 3), (9, 4), (11, 8)] {
        let exact = vec![signed_word(1); words];
        assert!(chainlink::decode(&signed(schema, &exact)).is_ok(), "{schema}");
        assert_eq!(chainlink::decode(&signed(schema, &exact[1..])), Err(Refusal::Malformed), "{schema}");
        let more = [&exact[..], &[word(0)]].concat();
        assert_eq!(chainlink::decode(&signed(schema, &more)), Err(Refusal::Malformed), "{schema}");
    }
}

#[test]
fn closed_markets_standing_prices_and_paused_funds_are_refused_by_the_judge() {
    let at = seconds(1_001);
    let cents = |cents: i128| signed_word(cents * 10_i128.pow(16));
    let ten = cents(1_000);
    let verdict = |bytes: &[u8]| {
        verify_own(bytes).and_then(|verified| judge(price(&verified), at, &Bounds::default()).map(|_| ()))
    };
    let seen = |seconds: u64| word(seconds * 1_000_000_000);
    let closed = Err(Refusal::MarketClosed);
    assert_eq!(verdict(&signed(4, &[ten, word(2)])), Ok(()));
    assert_eq!(verdict(&signed(4, &[ten, word(1)])), closed);
    assert_eq!(verdict(&signed(4, &[ten, word(0)])), closed);
    assert_eq!(verdict(&signed(8, &[seen(1_000), ten, word(2)])), Ok(()));
    assert_eq!(verdict(&signed(8, &[seen(1_000), ten, word(1)])), closed);
    assert_eq!(verdict(&signed(8, &[seen(900), ten, word(2)])), closed);
    assert_eq!(verdict(&signed(9, &[ten, word(7), signed_word(1), word(0)])), Ok(()));
    assert_eq!(verdict(&signed(9, &[ten, word(7), signed_word(1), word(1)])), closed);
    let eleven = |bid, ask, status| {
        let [volume, last] = [signed_word(5), ten];
        let book = [cents(bid), volume, cents(ask), volume, last, word(status)];
        signed(11, &[&[cents(1_000), seen(1_000)], &book[..]].concat())
    };
    assert_eq!(verdict(&eleven(999, 1_002, 2)), Ok(()));
    assert_eq!(verdict(&eleven(999, 1_002, 5)), closed);
    assert_eq!(verdict(&eleven(1_001, 1_002, 2)), Err(Refusal::Uncertain));
    assert_eq!(verdict(&eleven(0, 0, 5)), closed, "a closed market has no book");
}
