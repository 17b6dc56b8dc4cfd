//! Wormhole, Pyth and Pyth Pro beside decoders by others: on genuine messages, and on the same cut and changed. Ours is
//! the stricter; what it takes, the others take too and read alike.

#![cfg(feature = "verify")]

mod fixtures;
mod guardians;
mod signing;

use std::sync::LazyLock;

use byteorder::BE;
use cistern_attest::{
    Claim, Network, Refusal,
    lazer::{self, Envelope, Feed, Session},
    pyth::{self, Content},
    wormhole::{self, ChainAddress, Receiver, Vaa},
};
use guardians::{at, known};
use proptest::prelude::*;
use pyth_lazer_protocol::{
    api::MarketSession,
    message::Message as TheirLazer,
    payload::{PayloadData, PayloadFeedData, PayloadPropertyValue as Property},
};
use pythnet_sdk::{
    accumulators::merkle::MerkleRoot,
    hashers::keccak256_160::Keccak160,
    messages::Message as TheirMessage,
    wire::{
        from_slice,
        v1::{AccumulatorUpdateData, Proof, WormholeMessage, WormholePayload},
    },
};
use wormhole_raw_vaas::{
    Vaa as TheirVaa,
    core::CoreBridgeGovPayload,
    token_bridge::{TokenBridgeGovPayload, TokenBridgeMessage, TokenBridgePayload},
};

/// Genuine updates, guardians' and routers'.
static UPDATES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let folders = ["pyth-wormhole", "pyth-routers"].into_iter().filter_map(|folder| {
        let expected = fixtures::json(&format!("{folder}/expected.json"))?;
        let names: Vec<String> =
            expected.as_object()?.keys().filter(|name| name.starts_with("pnau")).cloned().collect();
        Some(names.into_iter().map(move |name| fixtures::hex(&format!("{folder}/{name}")).unwrap()))
    });
    folders.flatten().collect()
});

static VAAS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| listed("wormhole/vaas_valid_mainnet.json"));

static LAZER: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| listed("pyth-pro-lazer/messages.json"));

fn listed(path: &str) -> Vec<Vec<u8>> {
    let Some(list) = fixtures::json(path) else { return Vec::new() };
    list.as_array().unwrap().iter().map(|entry| fixtures::unhex(entry["hex"].as_str().unwrap())).collect()
}

fn assert_same_vaa(ours: &Vaa<'_>, bytes: &[u8]) {
    let theirs = TheirVaa::parse(bytes).unwrap();
    let body = theirs.body();
    assert_eq!((theirs.version(), ours.set), (1, theirs.guardian_set_index()));
    assert_eq!(ours.signatures(), usize::from(theirs.signature_count()));
    assert!(ours.places().eq(theirs.signatures().map(|signature| signature.guardian_index())));
    assert_eq!((ours.timestamp, ours.nonce), (body.timestamp(), body.nonce()));
    let emitter = ChainAddress { chain: body.emitter_chain(), address: body.emitter_address() };
    assert_eq!((ours.emitter, ours.sequence), (emitter, body.sequence()));
    assert_eq!((ours.consistency, ours.payload), (body.consistency_level(), body.payload().as_ref()));
    assert_eq!(ours.digest(), cistern_attest::keccak256(&cistern_attest::keccak256(body.as_ref())));
}

/// The VAA and the feeds of an update, as Pyth's library reads them.
fn theirs(bytes: &[u8]) -> (Vec<u8>, Vec<pythnet_sdk::wire::v1::MerklePriceUpdate>) {
    let Proof::WormholeMerkle { vaa, updates } = AccumulatorUpdateData::try_from_slice(bytes).unwrap().proof;
    (vaa.into(), updates)
}

/// Both read the same, and whether by their reckoning all paths lead to the root.
fn assert_same_update(ours: &pyth::Message<'_>, bytes: &[u8]) -> bool {
    let (vaa, updates) = theirs(bytes);
    assert_same_vaa(&ours.vaa, &vaa);
    let WormholePayload::Merkle(signed) = WormholeMessage::try_from_bytes(ours.vaa.payload).unwrap().payload;
    assert_eq!((ours.slot, ours.ring, ours.root), (signed.slot, signed.ring_size, signed.root));
    assert_eq!(ours.updates.len(), updates.len());
    let root = MerkleRoot::<Keccak160>::new(signed.root);
    let mut proven = true;
    for (update, theirs) in ours.updates.iter().zip(updates) {
        let message: Vec<u8> = theirs.message.into();
        assert_eq!(update.depth(), theirs.proof.to_vec().len());
        proven &= root.check(theirs.proof, &message);
        assert_same_message(update.feed.0, update.content, from_slice::<BE, TheirMessage>(&message).unwrap());
    }
    proven
}

fn assert_same_message(feed: [u8; 32], ours: Content, theirs: TheirMessage) {
    assert_eq!(feed, theirs.feed_id());
    match (ours, theirs) {
        (Content::Price(ours), TheirMessage::PriceFeedMessage(theirs)) => {
            assert_eq!((ours.mantissa, ours.confidence), (theirs.price, theirs.conf));
            assert_eq!((ours.exponent, ours.published_at), (theirs.exponent, theirs.publish_time));
            assert_eq!(ours.published_before, theirs.prev_publish_time);
            assert_eq!((ours.mean, ours.mean_confidence), (theirs.ema_price, theirs.ema_conf));
        }
        (Content::Twap(ours), TheirMessage::TwapMessage(theirs)) => {
            assert_eq!(
                (ours.cumulative, ours.cumulative_confidence),
                (theirs.cumulative_price, theirs.cumulative_conf)
            );
            assert_eq!((ours.slots_down, ours.exponent), (theirs.num_down_slots, theirs.exponent));
            assert_eq!(
                (ours.published_at, ours.published_before),
                (theirs.publish_time, theirs.prev_publish_time)
            );
            assert_eq!(ours.slot, theirs.publish_slot);
        }
        (ours, theirs) => panic!("{ours:?} {theirs:?}"),
    }
}

#[test]
fn genuine_updates_read_alike_and_the_same_paths_hold() {
    for bytes in &*UPDATES {
        let (ours, _) = pyth::decode_prefix(bytes).unwrap();
        let proven = assert_same_update(&ours, bytes);
        let at_own_time = ours.verify(&known(), at(u64::from(ours.vaa.timestamp) + 1));
        assert_eq!(at_own_time == Err(Refusal::ProofMismatch), !proven);
    }
}

#[test]
fn genuine_messages_of_wormhole_read_alike_whatever_they_order() {
    let (mut rotations, mut bridges) = (0, 0);
    for bytes in &*VAAS {
        let ours = wormhole::decode(bytes).unwrap();
        assert_same_vaa(&ours, bytes);
        let verified = ours.verify(Network::Wormhole, &known(), at(u64::from(ours.timestamp) + 1)).unwrap();
        match verified.claims.get(1) {
            Some(Claim::Rotation(rotation)) => {
                rotations += 1;
                let decree = CoreBridgeGovPayload::parse(ours.payload).unwrap().decree();
                let theirs = decree.guardian_set_update().unwrap();
                assert_eq!(rotation.index, theirs.new_index());
                assert_eq!(rotation.keys.len(), usize::from(theirs.num_guardians()));
                let keys = (0..rotation.keys.len()).map(|place| theirs.guardian_at(place));
                assert!(rotation.keys.iter().map(|key| key.0).eq(keys));
            }
            Some(Claim::Bridge(bridge)) => {
                bridges += 1;
                let decree = TokenBridgeGovPayload::parse(ours.payload).unwrap().decree();
                let theirs = decree.register_chain().unwrap();
                assert_eq!(
                    (bridge.chain, bridge.address),
                    (theirs.foreign_chain(), theirs.foreign_emitter())
                );
            }
            other => assert_eq!(other, None),
        }
    }
    assert!(VAAS.is_empty() || (rotations > 0 && bridges > 30), "{rotations} {bridges}");
}

/// The lower half of a word.
fn number(word: [u8; 32]) -> u128 {
    assert_eq!(word[..16], [0; 16]);
    u128::from_be_bytes(word[16..].try_into().unwrap())
}

#[test]
fn genuine_transfers_read_alike() {
    for bytes in listed("wormhole/token_bridge_transfers_and_attestations.json") {
        let vaa = wormhole::decode(&bytes).unwrap();
        let message = TokenBridgePayload::parse(vaa.payload).unwrap().message();
        let ours = match &message {
            TokenBridgeMessage::Transfer(transfer) => {
                ChainAddress { chain: transfer.recipient_chain(), address: transfer.recipient() }
            }
            _ => vaa.emitter,
        };
        let receiver = Receiver { bridges: &[vaa.emitter], ours };
        let verified = receiver.verify(&vaa, &known(), at(u64::from(vaa.timestamp) + 1)).unwrap();
        match (&verified.claims[1], message) {
            (Claim::Transfer(ours), TokenBridgeMessage::Transfer(theirs)) => {
                assert_eq!((ours.amount, ours.fee), (number(theirs.amount()), number(theirs.relayer_fee())));
                assert_eq!(
                    (ours.token.chain, ours.token.address),
                    (theirs.token_chain(), theirs.token_address())
                );
            }
            (Claim::Token(ours), TokenBridgeMessage::Attestation(theirs)) => {
                assert_eq!(
                    (ours.token.chain, ours.token.address),
                    (theirs.token_chain(), theirs.token_address())
                );
                assert_eq!(ours.decimals, theirs.decimals());
                let ours = String::from_utf8(ours.symbol.to_vec()).unwrap();
                assert_eq!(ours.trim_end_matches('\0'), theirs.symbol().trim_end_matches('\0'));
            }
            (ours, theirs) => panic!("{ours:?} {theirs:?}"),
        }
    }
}

fn assert_same_lazer(ours: &lazer::Message<'_>, bytes: &[u8]) {
    let (envelope, payload, big) = match TheirLazer::deserialize_slice(bytes).unwrap() {
        TheirLazer::Evm(theirs) => (Envelope::Evm, theirs.payload, true),
        TheirLazer::LeEcdsa(theirs) => (Envelope::LittleEndian, theirs.payload, false),
        TheirLazer::Solana(theirs) => (Envelope::Solana, theirs.payload, false),
        other => panic!("{other:?}"),
    };
    let read = if big { PayloadData::deserialize_slice_be } else { PayloadData::deserialize_slice_le };
    let theirs = read(&payload).unwrap();
    assert_eq!((ours.envelope, ours.digest()), (envelope, cistern_attest::keccak256(&payload)));
    assert_eq!((ours.timestamp_us, ours.channel), (theirs.timestamp_us.as_micros(), theirs.channel_id.0));
    assert_eq!(ours.feeds, theirs.feeds.iter().map(as_ours).collect::<Vec<_>>());
}

/// Their feed in our words. Where they have nothing we have the zero that was signed.
fn as_ours(theirs: &PayloadFeedData) -> Feed {
    let mut feed = Feed { id: theirs.feed_id.0, ..Feed::default() };
    for property in &theirs.properties {
        let mantissa =
            |price: &Option<pyth_lazer_protocol::Price>| Some(price.map_or(0, |price| price.mantissa_i64()));
        match property {
            Property::Price(price) => feed.price = mantissa(price),
            Property::BestBidPrice(price) => feed.bid = mantissa(price),
            Property::BestAskPrice(price) => feed.ask = mantissa(price),
            Property::PublisherCount(count) => feed.publishers = Some(*count),
            Property::Exponent(exponent) => feed.exponent = Some(*exponent),
            Property::Confidence(price) => feed.confidence = mantissa(price),
            Property::FundingRate(rate) => feed.funding_rate = rate.map(|rate| rate.mantissa()),
            Property::FundingTimestamp(time) => feed.funding_at_us = time.map(|time| time.as_micros()),
            Property::FundingRateInterval(span) => {
                feed.funding_interval_us = span.map(|span| span.as_micros())
            }
            Property::MarketSession(session) => feed.session = Some(as_session(*session)),
            Property::EmaPrice(price) => feed.mean = mantissa(price),
            Property::EmaConfidence(price) => feed.mean_confidence = mantissa(price),
            Property::FeedUpdateTimestamp(time) => {
                feed.updated_at_us = Some(time.map(|time| time.as_micros()))
            }
        }
    }
    feed
}

const fn as_session(session: MarketSession) -> Session {
    match session {
        MarketSession::Regular => Session::Regular,
        MarketSession::PreMarket => Session::PreMarket,
        MarketSession::PostMarket => Session::PostMarket,
        MarketSession::OverNight => Session::Overnight,
        MarketSession::Closed => Session::Closed,
    }
}

#[test]
fn genuine_messages_of_pyth_pro_read_alike() {
    for bytes in &*LAZER {
        assert_same_lazer(&lazer::decode(bytes).unwrap(), bytes);
    }
}

/// What happens to a genuine message on its way.
#[derive(Clone, Debug)]
enum Damage {
    Cut(usize),
    Change(usize, u8),
    Insert(usize, u8),
    Remove(usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        any::<usize>().prop_map(Damage::Cut),
        (any::<usize>(), any::<u8>()).prop_map(|(place, byte)| Damage::Change(place, byte)),
        (any::<usize>(), any::<u8>()).prop_map(|(place, byte)| Damage::Insert(place, byte)),
        any::<usize>().prop_map(Damage::Remove),
    ]
}

/// One of the messages after what happened to it; none without fixtures.
fn damaged(messages: &[Vec<u8>], which: usize, damages: &[Damage]) -> Option<Vec<u8>> {
    let mut bytes = messages.get(which.checked_rem(messages.len())?)?.clone();
    for damage in damages {
        match *damage {
            Damage::Cut(place) => bytes.truncate(place % (bytes.len() + 1)),
            Damage::Change(place, byte) if !bytes.is_empty() => {
                let place = place % bytes.len();
                bytes[place] = byte;
            }
            Damage::Insert(place, byte) => bytes.insert(place % (bytes.len() + 1), byte),
            Damage::Remove(place) if !bytes.is_empty() => {
                bytes.remove(place % bytes.len());
            }
            Damage::Change(..) | Damage::Remove(..) => {}
        }
    }
    Some(bytes)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn an_update_that_ours_takes_reads_alike(which: usize, damages in prop::collection::vec(damage(), 1..3)) {
        let Some(bytes) = damaged(&UPDATES, which, &damages) else { return Ok(()) };
        if let Ok((ours, rest)) = pyth::decode_prefix(&bytes) {
            assert_same_update(&ours, &bytes);
            prop_assert_eq!(pyth::decode(&bytes).is_ok(), rest.is_empty());
        } else {
            prop_assert!(pyth::decode(&bytes).is_err());
        }
    }

    #[test]
    fn a_message_of_wormhole_that_ours_takes_reads_alike(which: usize, damages in prop::collection::vec(damage(), 1..3)) {
        let Some(bytes) = damaged(&VAAS, which, &damages) else { return Ok(()) };
        if let Ok(ours) = wormhole::decode(&bytes) {
            assert_same_vaa(&ours, &bytes);
        }
    }

    #[test]
    fn a_message_of_pyth_pro_that_ours_takes_reads_alike(which: usize, damages in prop::collection::vec(damage(), 1..3)) {
        let Some(bytes) = damaged(&LAZER, which, &damages) else { return Ok(()) };
        if let Ok(ours) = lazer::decode(&bytes) {
            assert_same_lazer(&ours, &bytes);
        }
    }
}
