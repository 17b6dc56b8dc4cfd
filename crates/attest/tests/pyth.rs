//! Pyth's updates: those that guardians and routers signed, and those that they would not have.

#![cfg(feature = "verify")]

mod fixtures;
mod guardians;
mod signing;

use std::sync::LazyLock;

use cistern_attest::{
    Bounds, Claim, FeedKey, Market, Network, Observation, Refusal, Registry, SetId, Verified, judge,
    keccak256,
    pyth::{self, Content},
    wormhole::{self, ChainAddress, PYTH_BY_GUARDIANS, PYTH_BY_ROUTERS},
};
use cistern_units::Time;
use guardians::{Draft, at, high, known, registry, set};
use proptest::prelude::*;
use serde_json::Value;

const NOW: Time = at(1_700_000_001);

fn routers() -> &'static Registry {
    static REGISTRY: LazyLock<Registry> = LazyLock::new(|| registry([set(Network::PythRouters, 1, 2, 5)]));
    &REGISTRY
}

/// The name of an update's file, its bytes, and what is expected of it.
fn genuine(folder: &str) -> Vec<(String, Vec<u8>, Value)> {
    let Some(expected) = fixtures::json(&format!("{folder}/expected.json")) else { return Vec::new() };
    let files = expected.as_object().unwrap().iter().filter(|(name, _)| name.starts_with("pnau"));
    let read = |(name, value): (&String, &Value)| {
        (name.clone(), fixtures::hex(&format!("{folder}/{name}")).unwrap(), value.clone())
    };
    files.map(read).collect()
}

/// An update at its own time and a second.
fn own_time(expected: &Value) -> Time {
    at(expected["vaa_timestamp"].as_u64().unwrap() + 1)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

fn assert_values(message: &pyth::Message<'_>, verified: &Verified, expected: &Value) {
    assert_eq!(
        verified.set,
        SetId::index(u32::try_from(expected["guardian_set"].as_u64().unwrap()).unwrap())
    );
    let places: Vec<u64> = verified.signers.iter().map(|(place, _)| u64::from(*place)).collect();
    let named: Vec<u64> =
        expected["signer_indices"].as_array().unwrap().iter().map(|place| place.as_u64().unwrap()).collect();
    assert_eq!(places, named);
    assert_eq!(message.signatures(), named.len());
    for (value, key) in
        [(message.vaa.sequence, "sequence"), (message.slot, "slot"), (message.ring.into(), "ring_size")]
    {
        assert_eq!(value, expected[key].as_u64().unwrap(), "{key}");
    }
    assert_eq!(message.root.as_slice(), fixtures::unhex(&text(&expected["merkle_root"])));
    let messages = expected["messages"].as_array().unwrap();
    assert_eq!((verified.claims.len(), message.updates.len()), (messages.len(), messages.len()));
    for ((claim, update), expected) in verified.claims.iter().zip(&message.updates).zip(messages) {
        assert_eq!(update.depth(), usize::try_from(expected["proof_len"].as_u64().unwrap()).unwrap());
        match (claim, update.content) {
            (Claim::Price(observation), Content::Price(price)) => {
                assert_price(observation, price, expected);
                assert_eq!((observation.sequence, observation.digest), (message.slot, message.vaa.digest()));
            }
            (Claim::Twap(claimed), Content::Twap(twap)) => {
                assert_eq!(claimed.twap, twap);
                assert_eq!(claimed.feed.0.as_slice(), fixtures::unhex(&text(&expected["feed_id"])));
                assert_eq!(twap.cumulative.to_string(), text(&expected["cumulative_price"]));
                assert_eq!(twap.cumulative_confidence.to_string(), text(&expected["cumulative_conf"]));
                assert_eq!(twap.slots_down.to_string(), text(&expected["num_down_slots"]));
                assert_eq!(twap.slot.to_string(), text(&expected["publish_slot"]));
                assert_eq!(twap.exponent.to_string(), text(&expected["expo"]));
                assert_eq!(claimed.published_at, at(expected["publish_time"].as_u64().unwrap()));
                assert_eq!(twap.published_before.to_string(), text(&expected["prev_publish_time"]));
            }
            other => panic!("{other:?}"),
        }
    }
}

fn assert_price(observation: &Observation, price: pyth::Price, expected: &Value) {
    assert_eq!(observation.feed.0.as_slice(), fixtures::unhex(&text(&expected["feed_id"])));
    assert_eq!(observation.mantissa.to_string(), text(&expected["price"]));
    assert_eq!(observation.confidence.to_string(), text(&expected["conf"]));
    assert_eq!(observation.exponent.to_string(), text(&expected["expo"]));
    assert_eq!(observation.published_at, at(expected["publish_time"].as_u64().unwrap()));
    assert_eq!(price.published_before.to_string(), text(&expected["prev_publish_time"]));
    assert_eq!(price.mean.to_string(), text(&expected["ema_price"]));
    assert_eq!(price.mean_confidence.to_string(), text(&expected["ema_conf"]));
    assert_eq!((observation.market, observation.expires_at), (Market::Unstated, None));
}

#[test]
fn every_genuine_update_of_the_guardians_has_its_verdict_and_values() {
    let updates = genuine("pyth-wormhole");
    let mut accepted = 0;
    for (name, bytes, expected) in &updates {
        let (message, rest) = pyth::decode_prefix(bytes).unwrap();
        let verdict = message.verify(&known(), own_time(expected));
        assert_eq!(verdict.is_ok(), expected["expect"] == "ACCEPT", "{name}");
        assert_eq!(rest.len(), usize::try_from(expected["trailing_bytes"].as_u64().unwrap()).unwrap());
        let Ok(verified) = verdict else { continue };
        accepted += 1;
        assert_eq!((verified.network, message.vaa.emitter), (Network::Wormhole, PYTH_BY_GUARDIANS));
        assert_values(&message, &verified, expected);
    }
    assert!(updates.is_empty() || (updates.len(), accepted) == (19, 17));
}

#[test]
fn every_genuine_update_of_the_routers_has_its_values() {
    let guardians =
        registry(cistern_attest::known_sets().into_iter().filter(|set| set.network == Network::Wormhole));
    for (name, bytes, expected) in genuine("pyth-routers") {
        let message = pyth::decode(&bytes).unwrap();
        let verified = message.verify(&known(), own_time(&expected)).unwrap();
        assert_eq!((verified.network, message.vaa.emitter), (Network::PythRouters, PYTH_BY_ROUTERS));
        assert_values(&message, &verified, &expected);
        assert_eq!(message.verify(&guardians, own_time(&expected)), Err(Refusal::UnknownSet), "{name}");
    }
}

#[test]
fn a17_a_genuine_message_of_the_routers_is_none_of_the_guardians_set_0() {
    let Some(bytes) = fixtures::hex("pyth-routers/vaa_router_akt_2026-07-09_set0.hex") else { return };
    let vaa = wormhole::decode(&bytes).unwrap();
    let now = at(u64::from(vaa.timestamp) + 1);
    let verified = vaa.verify(Network::PythRouters, &known(), now).unwrap();
    assert!(verified.signers.iter().map(|(place, _)| *place).eq([1, 3, 4]));
    assert_eq!((vaa.timestamp, vaa.sequence), (1_783_572_461, 35_671_449_220));
    assert_eq!(vaa.verify(Network::Wormhole, &known(), now), Err(Refusal::WrongEmitter));
}

#[test]
fn a16_the_guardians_updates_end_with_their_sets() {
    for (name, bytes, expected) in genuine("pyth-wormhole") {
        let (message, _) = pyth::decode_prefix(&bytes).unwrap();
        let ends = known().set(Network::Wormhole, SetId::index(message.vaa.set)).unwrap().expires_at;
        let Some(end) = ends else { continue };
        assert!(own_time(&expected) < end || expected["expect"] == "REJECT");
        assert_eq!(message.verify(&known(), end), Err(Refusal::ExpiredSet), "{name}");
    }
}

#[test]
fn a23_an_update_of_wormholes_test_guardian_is_refused() {
    let Some(bytes) = fixtures::hex("pyth-wormhole/pnau_2023-11-07_btc_TESTNET_GUARDIAN.hex") else { return };
    let message = pyth::decode(&bytes).unwrap();
    assert_eq!(message.verify(&known(), at(1_699_375_230)), Err(Refusal::ExpiredSet));
    // Where set 0 is still alive, its one key did not sign it.
    let mut first = cistern_attest::known_sets().swap_remove(0);
    first.expires_at = None;
    assert_eq!(message.verify(&registry([first]), at(1_699_375_230)), Err(Refusal::BadSignature));
}

#[test]
fn a20_an_update_with_the_path_of_another_is_refused_whole() {
    let path = "pyth-wormhole/pnau_2024-03-18_eth_usdc_set3_TAMPERED_PROOF.hex";
    let Some(bytes) = fixtures::hex(path) else { return };
    let message = pyth::decode(&bytes).unwrap();
    assert_eq!(message.verify(&known(), at(1_710_723_232)), Err(Refusal::ProofMismatch));
}

#[test]
fn a21_a_node_is_strict_about_what_follows_an_update_and_who_looks_is_told() {
    let Some(bytes) = fixtures::hex("pyth-wormhole/pnau_2025-08-04_11feeds_stale_equities.hex") else {
        return;
    };
    assert_eq!(pyth::decode(&bytes), Err(Refusal::Malformed));
    let (message, rest) = pyth::decode_prefix(&bytes).unwrap();
    assert_eq!((message.updates.len(), rest), (11, &[0, 0x55, 0][..]));
    assert_eq!(pyth::decode(&bytes[..bytes.len() - 3]), Ok(message));
}

#[test]
fn a4_a_fresh_message_does_not_make_an_old_price_fresh() {
    let Some(bytes) = fixtures::hex("pyth-wormhole/pnau_2025-08-04_11feeds_stale_equities.hex") else {
        return;
    };
    let now = at(1_754_339_205);
    let (message, _) = pyth::decode_prefix(&bytes).unwrap();
    let verdicts = message.verify(&known(), now).unwrap().claims.into_iter().map(|claim| match claim {
        Claim::Price(observation) => judge(&observation, now, &Bounds::default()).map(|_| ()),
        other => panic!("{other:?}"),
    });
    let verdicts: Vec<_> = verdicts.collect();
    assert_eq!(verdicts[0], Ok(()));
    assert!(verdicts.contains(&Err(Refusal::Stale)), "{verdicts:?}");
}

#[test]
fn a3_of_two_prices_of_one_second_the_later_slot_is_the_newer() {
    let read = |name: &str| {
        let bytes = fixtures::hex(&format!("pyth-wormhole/{name}"))?;
        let verified = pyth::decode(&bytes).unwrap().verify(&known(), at(1_724_826_311)).unwrap();
        let Claim::Price(observation) = verified.claims[0] else { panic!() };
        Some(observation)
    };
    let Some(later) = read("pnau_2024-08-28_btc_eth_slotA.hex") else { return };
    let earlier = read("pnau_2024-08-28_btc_eth_slotA_minus1.hex").unwrap();
    assert_eq!((later.published_at, later.mantissa), (earlier.published_at, earlier.mantissa));
    assert_eq!(later.sequence, earlier.sequence + 1);
    assert_ne!(later.confidence, earlier.confidence);
}

/// What a signer of a price says.
fn price(feed: u8, mantissa: i64) -> Vec<u8> {
    let mut leaf = vec![0];
    leaf.extend([feed; 32]);
    leaf.extend(mantissa.to_be_bytes());
    leaf.extend(5_u64.to_be_bytes());
    leaf.extend((-8_i32).to_be_bytes());
    leaf.extend(1_700_000_000_i64.to_be_bytes());
    leaf.extend(1_699_999_999_i64.to_be_bytes());
    leaf.extend(mantissa.to_be_bytes());
    leaf.extend(6_u64.to_be_bytes());
    leaf
}

type Node = [u8; 20];

fn leaf(bytes: &[u8]) -> Node {
    keccak256(&[&[0], bytes].concat())[..20].try_into().unwrap()
}

fn node(one: Node, other: Node) -> Node {
    keccak256(&[&[1][..], &one.min(other), &one.max(other)].concat())[..20].try_into().unwrap()
}

/// An update to be signed: a root, and leaves with their paths.
#[derive(Clone)]
struct Update {
    root: Node,
    leaves: Vec<(Vec<u8>, Vec<Node>)>,
    emitter: ChainAddress,
}

impl Update {
    /// A tree of two leaves, both of which come along.
    fn of(left: Vec<u8>, right: Vec<u8>) -> Self {
        let (one, other) = (leaf(&left), leaf(&right));
        let leaves = vec![(left, vec![other]), (right, vec![one])];
        Self { root: node(one, other), leaves, emitter: PYTH_BY_ROUTERS }
    }

    /// A tree of one leaf.
    fn alone(bytes: Vec<u8>) -> Self {
        Self { root: leaf(&bytes), leaves: vec![(bytes, Vec::new())], emitter: PYTH_BY_ROUTERS }
    }

    fn draft(&self) -> Draft {
        let payload = [&b"AUWV\0"[..], &77_u64.to_be_bytes(), &0_u32.to_be_bytes(), &self.root].concat();
        Draft::of(self.emitter, payload)
    }

    fn signed(&self) -> Vec<u8> {
        self.around(&self.draft().signed(2, 0..3))
    }

    fn around(&self, vaa: &[u8]) -> Vec<u8> {
        let mut bytes = b"PNAU\x01\0\0\0".to_vec();
        bytes.extend(u16::try_from(vaa.len()).unwrap().to_be_bytes());
        bytes.extend(vaa);
        bytes.push(u8::try_from(self.leaves.len()).unwrap());
        for (leaf, path) in &self.leaves {
            bytes.extend(u16::try_from(leaf.len()).unwrap().to_be_bytes());
            bytes.extend(leaf);
            bytes.push(u8::try_from(path.len()).unwrap());
            path.iter().for_each(|node| bytes.extend(node));
        }
        bytes
    }
}

fn both() -> Update {
    Update::of(price(1, 100), price(2, 200))
}

fn verdict(bytes: &[u8]) -> Result<Verified, Refusal> {
    pyth::decode(bytes)?.verify(routers(), NOW)
}

#[test]
fn an_update_states_the_price_of_each_of_its_feeds() {
    let update = both();
    let verified = verdict(&update.signed()).unwrap();
    let [Claim::Price(first), Claim::Price(second)] = verified.claims[..] else { panic!("{verified:?}") };
    assert_eq!((first.feed, first.mantissa), (FeedKey([1; 32]), 100));
    assert_eq!((second.feed, second.mantissa), (FeedKey([2; 32]), 200));
    let expected = Observation {
        network: Network::PythRouters,
        set: SetId::index(1),
        feed: FeedKey([1; 32]),
        mantissa: 100,
        exponent: -8,
        confidence: 5,
        published_at: at(1_700_000_000),
        sequence: 77,
        expires_at: None,
        market: Market::Unstated,
        digest: update.draft().digest(),
    };
    assert_eq!(first, expected);
}

#[test]
fn a20_every_path_is_checked_and_one_that_fails_refuses_all() {
    let mut swapped = both();
    let (first, second) = (swapped.leaves[0].1.clone(), swapped.leaves[1].1.clone());
    (swapped.leaves[0].1, swapped.leaves[1].1) = (second, first);
    assert_eq!(verdict(&swapped.signed()), Err(Refusal::ProofMismatch));
    for (place, what) in [(0, "first"), (1, "second")] {
        let mut dearer = both();
        dearer.leaves[place].0 = price(u8::try_from(place).unwrap() + 1, 999);
        assert_eq!(verdict(&dearer.signed()), Err(Refusal::ProofMismatch), "{what}");
        let mut longer = both();
        longer.leaves[place].1.push([3; 20]);
        assert_eq!(verdict(&longer.signed()), Err(Refusal::ProofMismatch), "{what}");
        let mut shorter = both();
        shorter.leaves[place].1.clear();
        assert_eq!(verdict(&shorter.signed()), Err(Refusal::ProofMismatch), "{what}");
    }
}

#[test]
fn a21_a_node_of_the_tree_is_no_leaf() {
    // What a node hashes has the byte 1 before it, so as a leaf it is another kind of message and another hash.
    let update = both();
    let (one, other) = (leaf(&update.leaves[0].0), leaf(&update.leaves[1].0));
    for inside in [[&one.min(other)[..], &one.max(other)].concat(), [&[1][..], &one, &other].concat()] {
        let forged = Update { leaves: vec![(inside, Vec::new())], ..update.clone() };
        assert!(matches!(verdict(&forged.signed()), Err(Refusal::Malformed | Refusal::Unsupported)));
    }
    // A root over bytes without the prefixes leads nowhere.
    let bare: Node = keccak256(&price(1, 100))[..20].try_into().unwrap();
    let forged = Update { root: bare, ..Update::alone(price(1, 100)) };
    assert_eq!(verdict(&forged.signed()), Err(Refusal::ProofMismatch));
    assert!(verdict(&Update::alone(price(1, 100)).signed()).is_ok());
}

#[test]
fn the_emitter_says_who_must_have_signed() {
    let families = registry([set(Network::PythRouters, 1, 2, 5), set(Network::Wormhole, 1, 2, 3)]);
    let by = |emitter| {
        let bytes = Update { emitter, ..both() }.signed();
        let message = pyth::decode(&bytes).unwrap();
        message.verify(&families, NOW).map(|verified| verified.network)
    };
    assert_eq!(by(PYTH_BY_ROUTERS), Ok(Network::PythRouters));
    assert_eq!(by(PYTH_BY_GUARDIANS), Ok(Network::Wormhole));
    for emitter in [
        ChainAddress { chain: 1, ..PYTH_BY_ROUTERS },
        ChainAddress { chain: 1, ..PYTH_BY_GUARDIANS },
        ChainAddress { address: [7; 32], ..PYTH_BY_ROUTERS },
        wormhole::GOVERNANCE,
    ] {
        assert_eq!(by(emitter), Err(Refusal::WrongEmitter), "{emitter:?}");
    }
}

#[test]
fn three_of_five_routers_each_once_and_by_their_own_keys() {
    let update = both();
    let by = |family, places: &[u8]| {
        verdict(&update.around(&update.draft().signed(family, places.iter().copied())))
    };
    assert!(by(2, &[0, 2, 4]).is_ok());
    assert!(by(2, &[0, 1, 2, 3, 4]).is_ok());
    assert_eq!(by(2, &[0, 4]), Err(Refusal::Quorum));
    assert_eq!(by(2, &[0, 4, 4]), Err(Refusal::BadSignerIndex));
    assert_eq!(by(2, &[0, 1, 5]), Err(Refusal::BadSignerIndex));
    assert_eq!(by(3, &[0, 1, 2]), Err(Refusal::BadSignature));
}

#[test]
fn a25_the_other_form_of_a_signature_is_refused() {
    let update = both();
    let mut signatures: Vec<_> = (0..3).map(|place| update.draft().signature(2, place)).collect();
    assert!(verdict(&update.around(&update.draft().with(&signatures))).is_ok());
    signatures[2].1 = high(signatures[2].1);
    assert_eq!(verdict(&update.around(&update.draft().with(&signatures))), Err(Refusal::BadSignature));
}

#[test]
fn a_path_is_checked_before_any_signature_is_recovered() {
    let mut update = both();
    update.leaves[0].1.clear();
    let mut signatures: Vec<_> = (0..3).map(|place| update.draft().signature(2, place)).collect();
    signatures.iter_mut().for_each(|(_, signature)| signature.rs = [0; 64]);
    assert_eq!(verdict(&update.around(&update.draft().with(&signatures))), Err(Refusal::ProofMismatch));
}

#[test]
fn a_price_of_before_1970_or_after_the_end_of_time_is_no_price() {
    for (seconds, refusal) in [(-1_i64, Refusal::Malformed), (i64::MAX, Refusal::TooLarge)] {
        let mut leaf = price(1, 100);
        leaf[53..61].copy_from_slice(&seconds.to_be_bytes());
        assert_eq!(verdict(&Update::alone(leaf).signed()), Err(refusal));
    }
}

#[test]
fn messages_of_another_length_or_kind_are_refused() {
    let sound = price(1, 100);
    let mut longer = sound.clone();
    longer.push(0);
    let mut caps = sound.clone();
    caps[0] = 2;
    let mut short_sum = sound.clone();
    short_sum[0] = 1;
    for (leaf, refusal) in [
        (longer, Refusal::Malformed),
        (sound[..84].to_vec(), Refusal::Malformed),
        (Vec::new(), Refusal::Malformed),
        (short_sum, Refusal::Malformed),
        (caps, Refusal::Unsupported),
    ] {
        assert_eq!(verdict(&Update::alone(leaf).signed()), Err(refusal));
    }
}

#[test]
fn a24_bytes_that_are_no_update_are_refused_at_once() {
    let bytes = both().signed();
    for length in 0..bytes.len() {
        assert_eq!(pyth::decode(&bytes[..length]), Err(Refusal::Malformed), "{length}");
        assert!(pyth::decode_prefix(&bytes[..length]).is_err(), "{length}");
    }
    assert_eq!(pyth::decode(&[&bytes[..], &[0]].concat()), Err(Refusal::Malformed));
    assert_eq!(pyth::decode(&vec![0; pyth::MAX_BYTES + 1]), Err(Refusal::Oversized));
    for (place, refusal) in [
        (0, Refusal::Malformed),
        (4, Refusal::Unsupported),
        (5, Refusal::Unsupported),
        (6, Refusal::Unsupported),
        (7, Refusal::Unsupported),
    ] {
        let mut changed = bytes.clone();
        changed[place] ^= 0x80;
        assert_eq!(pyth::decode(&changed), Err(refusal), "{place}");
    }
}

#[test]
fn a24_counts_that_promise_more_than_there_is_are_refused() {
    let update = both();
    let bytes = update.signed();
    let count = bytes.len() - 2 * (2 + 85 + 1 + 20) - 1;
    assert_eq!(bytes[count], 2);
    for number in [0, 3, 255] {
        let mut changed = bytes.clone();
        changed[count] = number;
        assert_eq!(pyth::decode(&changed), Err(Refusal::Malformed), "{number} feeds");
    }
    let nothing = Update { leaves: Vec::new(), ..update.clone() };
    assert_eq!(pyth::decode(&nothing.signed()), Err(Refusal::Malformed));
    let mut path = bytes.clone();
    path[count + 2 + 85 + 1] = 255;
    assert_eq!(pyth::decode(&path), Err(Refusal::Malformed));
    let mut length = bytes;
    length[count + 1] = 255;
    assert_eq!(pyth::decode(&length), Err(Refusal::Malformed));
    // A path as long as can be, all of it there, is walked and leads nowhere.
    let mut long = update.clone();
    long.leaves[0].1 = vec![[1; 20]; 255];
    assert_eq!(verdict(&long.signed()), Err(Refusal::ProofMismatch));
    let mut many = update;
    many.leaves = vec![(price(1, 100), many.leaves[0].1.clone()); 255];
    assert_eq!(verdict(&many.signed()).unwrap().claims.len(), 255);
}

#[test]
fn the_root_is_signed_in_exactly_one_form() {
    let update = both();
    let payload = update.draft().payload;
    let with = |payload: Vec<u8>| {
        pyth::decode(&update.around(&Draft::of(PYTH_BY_ROUTERS, payload).signed(2, 0..3))).map(|_| ())
    };
    assert_eq!(with(payload.clone()), Ok(()));
    assert_eq!(with([&payload[..], &[0]].concat()), Err(Refusal::Malformed));
    assert_eq!(with(payload[..36].to_vec()), Err(Refusal::Malformed));
    assert_eq!(with([b"P2WH", &payload[4..]].concat()), Err(Refusal::Malformed));
    assert_eq!(with([b"AUWV\x01", &payload[5..]].concat()), Err(Refusal::Unsupported));
}

proptest! {
    #[test]
    fn a_changed_byte_changes_no_claim_that_is_still_accepted(place in 0_usize..700, byte: u8) {
        static BYTES: LazyLock<(Vec<u8>, Verified)> = LazyLock::new(|| {
            let bytes = both().signed();
            let verified = verdict(&bytes).unwrap();
            (bytes, verified)
        });
        let (bytes, sound) = &*BYTES;
        let mut changed = bytes.clone();
        let place = place % changed.len();
        changed[place] = byte;
        if let Ok(verified) = verdict(&changed) {
            prop_assert_eq!(&verified.claims, &sound.claims);
            prop_assert_eq!(verified.digest, sound.digest);
        }
    }
}
