//! Pyth Pro: messages that its signer signed, and those that it would not have.

#![cfg(feature = "verify")]

mod fixtures;
mod guardians;
mod signing;

use cistern_attest::{
    Address, Bounds, Claim, FeedKey, Market, Network, Observation, Refusal, Registry, SetId, Signature,
    SignerSet, Threshold, judge, keccak256,
    lazer::{self, Envelope, Feed, Session},
};
use cistern_units::Time;
use guardians::{high, known, registry};
use proptest::prelude::*;
use signing::Key;

const MICROS: u64 = 1_700_000_000_123_456;
const NOW: Time = Time::milliseconds(1_700_000_000_200);
const LE: u32 = 1_296_547_300;
const EVM: u32 = 2_593_727_018;
const SOLANA: u32 = 2_182_742_457;

fn trusting(index: u32, keys: &[Address]) -> SignerSet {
    SignerSet {
        network: Network::PythLazer,
        id: SetId::index(index),
        keys: keys.to_vec(),
        threshold: Threshold::Fixed(1),
        valid_from: Time::ZERO,
        expires_at: None,
    }
}

fn signer() -> Key {
    Key::numbered(40)
}

fn ours() -> Registry {
    registry([trusting(0, &[signer().address()])])
}

/// Properties of a feed, in one byte order.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn bytes<const N: usize>(self, little: [u8; N]) -> Vec<u8> {
        let mut bytes = little.to_vec();
        if self == Self::Big {
            bytes.reverse();
        }
        bytes
    }

    fn payload(self, feeds: &[(u32, Vec<u8>)]) -> Vec<u8> {
        let mut payload = self.bytes(2_479_346_549_u32.to_le_bytes());
        payload.extend(self.bytes(MICROS.to_le_bytes()));
        payload.push(3);
        payload.push(u8::try_from(feeds.len()).unwrap());
        for (id, properties) in feeds {
            payload.extend(self.bytes(id.to_le_bytes()));
            payload.extend(properties);
        }
        payload
    }

    fn long(self, property: u8, value: i64) -> Vec<u8> {
        [&[property][..], &self.bytes(value.to_le_bytes())].concat()
    }

    fn short(self, property: u8, value: i16) -> Vec<u8> {
        [&[property][..], &self.bytes(value.to_le_bytes())].concat()
    }
}

fn properties(list: &[Vec<u8>]) -> Vec<u8> {
    [&[u8::try_from(list.len()).unwrap()][..], &list.concat()].concat()
}

fn wrapped(magic: u32, seal: &[u8], payload: &[u8]) -> Vec<u8> {
    let order = if magic == EVM { Order::Big } else { Order::Little };
    let length = order.bytes(u16::try_from(payload.len()).unwrap().to_le_bytes());
    [&magic.to_le_bytes()[..], seal, &length, payload].concat()
}

fn sealed(signature: Signature) -> Vec<u8> {
    [&signature.rs[..], &[signature.parity]].concat()
}

fn signed(payload: &[u8]) -> Vec<u8> {
    wrapped(LE, &sealed(signer().sign(&keccak256(payload))), payload)
}

/// A message with one feed of these properties.
fn with(list: &[Vec<u8>]) -> Vec<u8> {
    signed(&Order::Little.payload(&[(1, properties(list))]))
}

fn verdict(bytes: &[u8]) -> Result<(), Refusal> {
    lazer::decode(bytes)?.verify(&ours(), NOW).map(|_| ())
}

fn observations(bytes: &[u8], registry: &Registry) -> Result<Vec<Observation>, Refusal> {
    let claims = lazer::decode(bytes)?.verify(registry, NOW)?.claims;
    Ok(claims
        .into_iter()
        .map(|claim| match claim {
            Claim::Price(observation) => observation,
            other => panic!("{other:?}"),
        })
        .collect())
}

fn observation(list: &[Vec<u8>]) -> Observation {
    let [observation] = observations(&with(list), &ours()).unwrap()[..] else { panic!() };
    observation
}

const L: Order = Order::Little;

/// Price and exponent, which every price has, and more.
fn priced(more: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut list = vec![L.long(0, 1_000), L.short(4, -2)];
    list.extend_from_slice(more);
    list
}

/// The genuine messages with what is expected of them: the lines of one message, its head first.
fn genuine() -> Vec<(Vec<u8>, Vec<String>)> {
    let Some(list) = fixtures::json("pyth-pro-lazer/messages.json") else { return Vec::new() };
    let text = fixtures::text("pyth-pro-lazer/expected_decode.txt").unwrap();
    let mut expected: Vec<Vec<String>> = Vec::new();
    for line in text.lines() {
        if line.contains(" signer ") {
            expected.push(Vec::new());
        }
        let described =
            ["EVM", "LE-ECDSA", "magic", "feed "].iter().any(|start| line.trim_start().starts_with(start));
        if let Some(lines) = expected.last_mut().filter(|_| described) {
            lines.push(line.trim().to_owned());
        }
    }
    let bytes = list.as_array().unwrap().iter().map(|entry| fixtures::unhex(entry["hex"].as_str().unwrap()));
    let messages: Vec<_> = bytes.zip(expected).collect();
    assert_eq!(messages.len(), 5);
    messages
}

/// A feed as the fixtures describe it.
fn described(feed: &Feed) -> Vec<(&'static str, String)> {
    let mut words = Vec::new();
    let mut say = |name, value: Option<String>| words.extend(value.map(|value| (name, value)));
    let none = || Some("none".to_owned());
    say("price", feed.price.map(|value| value.to_string()));
    say("bid", feed.bid.map(|value| value.to_string()));
    say("ask", feed.ask.map(|value| value.to_string()));
    say("conf", feed.confidence.map(|value| value.to_string()));
    say("expo", feed.exponent.map(|value| value.to_string()));
    say("publishers", feed.publishers.map(|value| value.to_string()));
    say("funding_rate", feed.funding_rate.map(|value| value.to_string()).or_else(none));
    say("funding_ts", feed.funding_at_us.map(|value| value.to_string()).or_else(none));
    say("funding_int", feed.funding_interval_us.map(|value| value.to_string()).or_else(none));
    say(
        "session",
        feed.session.map(|session| if session == Session::Regular { "0" } else { "?" }.to_owned()),
    );
    say("ema", feed.mean.map(|value| value.to_string()));
    say("ema_conf", feed.mean_confidence.map(|value| value.to_string()));
    say("feed_ts", feed.updated_at_us.map(|value| value.unwrap().to_string()));
    words
}

#[test]
fn every_genuine_message_has_its_values() {
    for (bytes, lines) in genuine() {
        let message = lazer::decode(&bytes).unwrap();
        let head: Vec<&str> = lines[0].split_whitespace().chain(lines[1].split_whitespace()).collect();
        assert_eq!(message.envelope, if head[0] == "EVM" { Envelope::Evm } else { Envelope::LittleEndian });
        assert_eq!(
            message.timestamp_us.to_string(),
            head[head.iter().position(|word| *word == "ts_us").unwrap() + 1]
        );
        assert_eq!(message.channel.to_string(), *head.last().unwrap());
        assert_eq!(message.feeds.len(), lines.len() - 2);
        for (feed, line) in message.feeds.iter().zip(&lines[2..]) {
            let (id, rest) = line.strip_prefix("feed ").unwrap().split_once(": ").unwrap();
            assert_eq!(feed.id.to_string(), id);
            let described = described(feed);
            for word in rest.split_whitespace().take_while(|word| *word != "rest") {
                let (name, value) = word.split_once('=').unwrap();
                assert!(described.contains(&(name, value.to_owned())), "{id} {word}");
            }
        }
    }
}

#[test]
fn every_genuine_message_is_by_its_signer_and_counts_if_that_is_the_one_in_production() {
    let mut in_production = 0;
    for (bytes, lines) in genuine() {
        let words: Vec<&str> = lines[0].split_whitespace().collect();
        let signer = words[words.iter().position(|word| *word == "signer").unwrap() + 1];
        let message = lazer::decode(&bytes).unwrap();
        let now = Time::milliseconds(message.timestamp_us / 1_000 + 1_000);
        let own = trusting(9, &[Address(fixtures::unhex(signer).try_into().unwrap())]);
        let verified = message.verify(&registry([own]), now).unwrap();
        assert_eq!((verified.set, verified.signers[0].1.to_string().as_str()), (SetId::index(9), signer));
        let known = message.verify(&known(), now);
        if signer.starts_with("0x26fb61a8") {
            in_production += 1;
            assert_eq!(known.unwrap().claims.len(), message.feeds.len());
        } else {
            assert_eq!(known, Err(Refusal::BadSignature));
        }
    }
    assert!(matches!(in_production, 0 | 3));
}

#[test]
fn a_genuine_bitcoin_price_is_judged_good_at_its_own_time() {
    let Some((bytes, _)) = genuine().into_iter().nth(1) else { return };
    let now = Time::milliseconds(1_778_594_101_000);
    let verified = lazer::decode(&bytes).unwrap().verify(&known(), now).unwrap();
    let Claim::Price(bitcoin) = verified.claims[0] else { panic!() };
    assert_eq!(
        (bitcoin.feed, bitcoin.mantissa, bitcoin.exponent),
        (FeedKey::index(1), 8_063_953_748_222, -8)
    );
    assert_eq!((bitcoin.confidence, bitcoin.market), (1_783_407_191, Market::Open));
    assert!(judge(&bitcoin, now, &Bounds::default()).is_ok());
}

/// From the tests of Pyth's own library: a message in Solana's envelope, by a key of production.
const FOR_SOLANA: &str = "b9011a82c7887f3aaa5845b20d6bf5ca6609953b57650fa4579a4b4d34a4980ba608a9f76a825a446f3d6c1fd9daca1c5e3fc46980f14ef89c1a886c6e9e5c510872d30f80efc1f480c5615af3fb673d42287e993da9fbc3506b6e41dfa32950820c2e6c620075d3c7934077d115064b06000301010000000d009032fc171b060000014e3a0cff1a06000002bcda8a211b06000003120004f8ff05fc0b7159000000000600070008000900000aa06616362e0600000b804f93312e0600000c014077d115064b0600";

#[test]
fn a_message_in_solanas_envelope_is_by_the_key_that_it_names() {
    let mut bytes = fixtures::unhex(FOR_SOLANA);
    let hash = keccak256(&bytes[68..100]);
    let trusted = registry([trusting(0, &[Address(hash[12..].try_into().unwrap())])]);
    let [bitcoin] = observations(&bytes, &trusted).unwrap()[..] else { panic!() };
    assert_eq!(
        (bitcoin.mantissa, bitcoin.exponent, bitcoin.confidence),
        (6_713_436_287_632, -8, 1_500_580_860)
    );
    assert_eq!(observations(&bytes, &ours()), Err(Refusal::BadSignature));
    *bytes.last_mut().unwrap() ^= 1;
    assert_eq!(observations(&bytes, &trusted), Err(Refusal::BadSignature));
}

#[test]
fn an_envelope_has_its_own_byte_order_inside_and_out() {
    for (magic, order) in [(LE, Order::Little), (EVM, Order::Big)] {
        let list = [order.long(0, 1_000), order.short(4, -2), order.short(3, 7)];
        let payload = order.payload(&[(258, properties(&list))]);
        let bytes = wrapped(magic, &sealed(signer().sign(&keccak256(&payload))), &payload);
        let [observation] = observations(&bytes, &ours()).unwrap()[..] else { panic!() };
        assert_eq!((observation.feed, observation.mantissa), (FeedKey::index(258), 1_000));
        assert_eq!((observation.exponent, observation.sequence), (-2, MICROS));
        assert_eq!(observation.digest, keccak256(&payload));
        assert_eq!(lazer::decode(&bytes).unwrap().feeds[0].publishers, Some(7));
        let other = if magic == LE { Order::Big } else { Order::Little };
        let payload = other.payload(&[(258, properties(&[]))]);
        let bytes = wrapped(magic, &sealed(signer().sign(&keccak256(&payload))), &payload);
        assert_eq!(verdict(&bytes), Err(Refusal::Unsupported));
    }
}

#[test]
fn an_unsigned_envelope_is_not_one_of_ours() {
    let payload = L.payload(&[(1, properties(&priced(&[])))]);
    for magic in [1_499_680_012_u32, 3_302_625_434, 0] {
        assert_eq!(verdict(&wrapped(magic, &[0; 65], &payload)), Err(Refusal::Unsupported));
    }
    assert_eq!(verdict(&wrapped(SOLANA, &[0; 96], &payload)), Err(Refusal::BadSignature));
}

#[test]
fn the_signer_must_be_in_a_set_that_is_alive_and_needs_no_other() {
    let bytes = with(&priced(&[]));
    let message = lazer::decode(&bytes).unwrap();
    let (us, them) = (signer().address(), Key::numbered(41).address());
    let by = |sets: Vec<SignerSet>| {
        message.verify(&registry(sets), NOW).map(|verified| (verified.set, verified.signers))
    };
    let ended = SignerSet { expires_at: Some(NOW), ..trusting(0, &[us]) };
    let early =
        SignerSet { valid_from: NOW.plus(cistern_units::Span::SECOND).unwrap(), ..trusting(0, &[us]) };
    let pair = SignerSet { threshold: Threshold::Fixed(2), ..trusting(0, &[us, them]) };
    let elsewhere = SignerSet { network: Network::RedStone, ..trusting(0, &[us]) };
    assert_eq!(by(vec![]), Err(Refusal::UnknownSet));
    assert_eq!(by(vec![elsewhere.clone()]), Err(Refusal::UnknownSet));
    assert_eq!(by(vec![elsewhere, trusting(1, &[them])]), Err(Refusal::BadSignature));
    assert_eq!(by(vec![ended.clone()]), Err(Refusal::ExpiredSet));
    assert_eq!(by(vec![ended.clone(), trusting(1, &[them])]), Err(Refusal::ExpiredSet));
    assert_eq!(by(vec![early]), Err(Refusal::EarlySet));
    assert_eq!(by(vec![pair]), Err(Refusal::Quorum));
    let live = trusting(1, &[them, us]);
    assert_eq!(by(vec![ended, live]), Ok((SetId::index(1), vec![(1, us)])));
}

#[test]
fn a25_a_signature_has_one_form() {
    let payload = L.payload(&[(1, properties(&priced(&[])))]);
    let good = signer().sign(&keccak256(&payload));
    assert_eq!(verdict(&wrapped(LE, &sealed(good), &payload)), Ok(()));
    assert_eq!(verdict(&wrapped(LE, &sealed(high(good)), &payload)), Err(Refusal::BadSignature));
    let of_ethereum = Signature { parity: good.parity + 27, ..good };
    assert_eq!(verdict(&wrapped(LE, &sealed(of_ethereum), &payload)), Err(Refusal::BadSignature));
}

#[test]
fn a_price_that_is_carried_forward_is_as_old_as_itself() {
    let own_time = |micros: u64| [&[12, 1][..], &micros.to_le_bytes()].concat();
    let carried = observation(&priced(&[own_time(MICROS - 90_000_000)]));
    assert_eq!(carried.published_at, Time::milliseconds(1_699_999_910_123));
    assert_eq!(carried.sequence, MICROS - 90_000_000);
    assert_eq!(judge(&carried, NOW, &Bounds::default()), Err(Refusal::Stale));
    let fresh = observation(&priced(&[own_time(MICROS)]));
    assert_eq!((fresh.published_at, fresh.sequence), (Time::milliseconds(1_700_000_000_123), MICROS));
    assert_eq!(observation(&priced(&[])).sequence, MICROS);
    let never = observation(&priced(&[vec![12, 0]]));
    assert_eq!(judge(&never, NOW, &Bounds::default()), Err(Refusal::Stale));
}

#[test]
fn a5_a_closed_market_is_closed_and_every_other_session_trades() {
    let session = |number| observation(&priced(&[L.short(9, number)])).market;
    assert_eq!([0, 1, 2, 3].map(session), [Market::Open; 4]);
    assert_eq!(session(4), Market::Closed);
    assert_eq!(observation(&priced(&[])).market, Market::Unstated);
    for number in [5, -1] {
        assert_eq!(verdict(&with(&priced(&[L.short(9, number)]))), Err(Refusal::Unsupported));
    }
}

#[test]
fn a9_a_price_of_zero_is_none_and_a_feed_without_the_property_claims_nothing() {
    let none = observation(&[L.long(0, 0), L.short(4, -2)]);
    assert_eq!(judge(&none, NOW, &Bounds::default()), Err(Refusal::NonPositive));
    let negative = observation(&[L.long(0, -5), L.short(4, -2)]);
    assert_eq!(judge(&negative, NOW, &Bounds::default()), Err(Refusal::NonPositive));
    assert_eq!(observations(&with(&[L.short(4, -2)]), &ours()), Ok(vec![]));
    assert_eq!(verdict(&with(&[L.long(0, 1_000)])), Err(Refusal::WrongUnit));
}

#[test]
fn the_uncertainty_is_what_is_stated_or_the_further_of_bid_and_ask() {
    let confidence = |more: &[Vec<u8>]| observation(&priced(more)).confidence;
    let (bid, ask) = (L.long(1, 990), L.long(2, 1_003));
    assert_eq!(confidence(&[bid.clone(), ask.clone(), L.long(5, 4)]), 4);
    assert_eq!(confidence(&[bid.clone(), ask.clone()]), 10);
    assert_eq!(confidence(&[bid.clone(), ask.clone(), L.long(5, 0)]), 10);
    assert_eq!(confidence(&[L.long(1, 0), ask.clone()]), 3);
    assert_eq!(confidence(&[bid, L.long(2, 0)]), 10);
    assert_eq!(confidence(&[L.long(1, 0), L.long(2, 0)]), 0);
    assert_eq!(confidence(&[]), 0);
    assert_eq!(confidence(&[L.long(1, i64::MIN), ask]), 9_223_372_036_854_776_808);
    assert_eq!(verdict(&with(&priced(&[L.long(5, -1)]))), Err(Refusal::Malformed));
}

#[test]
fn a24_bytes_that_are_no_message_are_refused_at_once() {
    let bytes = with(&priced(&[vec![7, 0], L.short(9, 0)]));
    for length in 0..bytes.len() {
        assert_eq!(lazer::decode(&bytes[..length]), Err(Refusal::Malformed), "{length}");
    }
    assert_eq!(verdict(&[&bytes[..], &[0]].concat()), Err(Refusal::Malformed));
    assert_eq!(lazer::decode(&vec![0; lazer::MAX_BYTES + 1]), Err(Refusal::Oversized));
    let payload = L.payload(&[(1, properties(&priced(&[])))]);
    assert_eq!(verdict(&signed(&[&payload[..], &[0]].concat())), Err(Refusal::Malformed));
    let mut many = payload.clone();
    many[13] = 255;
    assert_eq!(verdict(&signed(&many)), Err(Refusal::Malformed));
    let mut long = payload;
    long[18] = 255;
    assert_eq!(verdict(&signed(&long)), Err(Refusal::Malformed));
}

#[test]
fn a_property_is_known_and_there_once() {
    assert_eq!(verdict(&with(&priced(&[L.long(0, 7)]))), Err(Refusal::Malformed));
    assert_eq!(verdict(&with(&priced(&[vec![8, 2]]))), Err(Refusal::Malformed));
    for unknown in [13, 16, 255] {
        assert_eq!(verdict(&with(&priced(&[L.long(unknown, 7)]))), Err(Refusal::Unsupported), "{unknown}");
    }
}

proptest! {
    #[test]
    fn whatever_the_bytes_an_answer_comes_back(bytes in prop::collection::vec(any::<u8>(), 0..200), which in 0_usize..4) {
        let mut bytes = bytes;
        if let (Some(magic), Some(place)) = ([LE, EVM, SOLANA].get(which), bytes.get_mut(..4)) {
            place.copy_from_slice(&magic.to_le_bytes());
        }
        prop_assert!(verdict(&bytes).is_err());
        prop_assert!(verdict(&signed(&bytes)).is_err());
    }
}
