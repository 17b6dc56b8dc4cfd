//! Wormhole's messages: those that its guardians signed since 2021, and those that they would not have.

#![cfg(feature = "verify")]

mod fixtures;
mod guardians;
mod signing;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use cistern_attest::{
    Address, Claim, HANDOVER, Network, Refusal, Registry, Rotation, SetId, known_sets,
    wormhole::{self, ChainAddress, GOVERNANCE, Notice, PYTH_BY_GUARDIANS, PYTH_BY_ROUTERS, Vaa},
};
use cistern_units::{Span, Time};
use guardians::{Draft, at, high, key, known, registry, set};
use proptest::prelude::*;

const SOMEBODY: ChainAddress = ChainAddress { chain: 2, address: [7; 32] };
const NOW: Time = at(1_700_000_100);
/// Set 1 of nineteen test keys, of which thirteen must sign.
const FAMILY: u8 = 1;

fn nineteen() -> &'static Registry {
    static REGISTRY: LazyLock<Registry> = LazyLock::new(|| registry([set(Network::Wormhole, 1, FAMILY, 19)]));
    &REGISTRY
}

fn verdict(bytes: &[u8], registry: &Registry) -> Result<(), Refusal> {
    wormhole::decode(bytes)?.verify(Network::Wormhole, registry, NOW).map(|_| ())
}

fn notice(claims: &[Claim]) -> Notice {
    let Some(Claim::Message(notice)) = claims.first() else { panic!("no message: {claims:?}") };
    *notice
}

/// A line of the list of genuine messages.
struct Expected {
    signatures: usize,
    timestamp: u64,
    emitter: ChainAddress,
    sequence: u64,
}

/// The list, by digest and set.
fn expected() -> Option<BTreeMap<(String, u32), Expected>> {
    let text = fixtures::text("wormhole/vaas_valid_mainnet_decoded.txt")?;
    let lines: Vec<&str> =
        text.lines().filter(|line| line.starts_with("OK") || line.contains("digest")).collect();
    let pairs = lines.chunks_exact(2).map(|pair| {
        let words: Vec<&str> = pair[0].split_whitespace().collect();
        let address = fixtures::unhex(words[9]).try_into().unwrap();
        let expected = Expected {
            signatures: words[3].split('/').next().unwrap().parse().unwrap(),
            timestamp: words[5].parse().unwrap(),
            emitter: ChainAddress { chain: words[7].parse().unwrap(), address },
            sequence: words[11].parse().unwrap(),
        };
        let digest = pair[1].split_whitespace().nth(1).unwrap().to_owned();
        ((digest, words[2].parse().unwrap()), expected)
    });
    Some(pairs.collect())
}

/// The bytes of all 73.
fn genuine() -> Option<Vec<Vec<u8>>> {
    let list = fixtures::json("wormhole/vaas_valid_mainnet.json")?;
    let bytes = list.as_array().unwrap().iter().map(|vaa| fixtures::unhex(vaa["hex"].as_str().unwrap()));
    Some(bytes.collect())
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_genuine_message_verifies_at_its_own_time_with_its_values() {
    let (Some(list), Some(expected)) = (genuine(), expected()) else { return };
    assert_eq!(list.len(), 73);
    for bytes in list {
        let vaa = wormhole::decode(&bytes).unwrap();
        let named = &expected[&(digits(&vaa.digest()), vaa.set)];
        let verified = vaa.verify(Network::Wormhole, &known(), at(named.timestamp + 1)).unwrap();
        assert_eq!(verified.set, SetId::index(vaa.set));
        assert_eq!((verified.signers.len(), vaa.signatures()), (named.signatures, named.signatures));
        let notice = notice(&verified.claims);
        assert_eq!((notice.emitter, notice.sequence), (named.emitter, named.sequence));
        assert_eq!(notice.emitted_at, at(named.timestamp));
        assert_eq!(notice.payload_length, vaa.payload.len());
    }
}

#[test]
fn a25_a_message_that_two_sets_signed_is_one_message() {
    let (Some(list), Some(expected)) = (genuine(), expected()) else { return };
    let listed =
        expected.keys().filter(|(digest, set)| *set == 2 && expected.contains_key(&(digest.clone(), 3)));
    assert_eq!(listed.count(), 17);
    let mut by_digest: BTreeMap<[u8; 32], BTreeSet<(u32, Vec<u8>)>> = BTreeMap::new();
    for bytes in list {
        let vaa = wormhole::decode(&bytes).unwrap();
        by_digest.entry(vaa.digest()).or_default().insert((vaa.set, bytes.clone()));
    }
    let pairs: Vec<_> = by_digest.values().filter(|signed| signed.len() == 2).collect();
    // Of the others the fixtures keep one version only.
    assert_eq!(pairs.len(), 9);
    assert!(pairs.iter().all(|pair| pair.iter().map(|(set, _)| *set).eq([2, 3])));
}

/// The rotations gs1 to gs7.
fn rotations() -> Option<Vec<Vec<u8>>> {
    let text = fixtures::text("wormhole/guardianSetVAAs.csv")?;
    Some(text.lines().map(|line| fixtures::unhex(line.split(',').nth(1).unwrap())).collect())
}

fn rotation(vaa: &Vaa<'_>, registry: &Registry) -> Result<Rotation, Refusal> {
    let verified = vaa.verify(Network::Wormhole, registry, own_time(vaa))?;
    match &verified.claims[..] {
        [Claim::Message(_), Claim::Rotation(rotation)] => Ok(rotation.clone()),
        other => panic!("no rotation: {other:?}"),
    }
}

fn own_time(vaa: &Vaa<'_>) -> Time {
    at(u64::from(vaa.timestamp) + 1)
}

/// As an engine does it.
fn rotate(registry: &mut Registry, rotation: &Rotation, now: Time) -> Result<(), Refusal> {
    let next = rotation.successor(registry, now)?;
    registry.admit(next).unwrap();
    registry.retire(rotation.network, rotation.signed_by, now.plus(HANDOVER).unwrap())
}

/// The registry after some of the rotations, from the first key on.
fn after(rotations: &[Vec<u8>]) -> Registry {
    let mut first = known_sets().swap_remove(0);
    first.expires_at = None;
    let mut registry = registry([first]);
    for bytes in rotations {
        let vaa = wormhole::decode(bytes).unwrap();
        let next = rotation(&vaa, &registry).unwrap();
        rotate(&mut registry, &next, own_time(&vaa)).unwrap();
    }
    registry
}

#[test]
fn guardians_hand_over_from_the_first_set_to_the_seventh() {
    let Some(rotations) = rotations() else { return };
    let registry = after(&rotations);
    let json = fixtures::json("wormhole/guardian_sets_mainnet_0_to_7.json").unwrap();
    assert_eq!(registry.sets().len(), 8);
    for (set, known) in registry.sets().iter().zip(known_sets()) {
        assert_eq!((set.id, &set.keys, set.threshold), (known.id, &known.keys, known.threshold));
        let listed = json[set.id.as_index().unwrap().to_string()].as_array().unwrap().clone();
        assert!(set.keys.iter().map(ToString::to_string).eq(listed.iter().map(|key| key.as_str().unwrap())));
    }
}

#[test]
fn known_ends_are_no_earlier_than_the_messages_of_rotation_say() {
    let Some(rotations) = rotations() else { return };
    for (ended, known) in after(&rotations).sets().iter().zip(known_sets()) {
        assert!(known.expires_at.is_none() == ended.expires_at.is_none());
        assert!(known.expires_at >= ended.expires_at, "{known:?}");
    }
}

#[test]
fn a18_a_rotation_is_applied_in_its_place_and_once() {
    let Some(rotations) = rotations() else { return };
    let sixth = wormhole::decode(&rotations[5]).unwrap();
    assert_eq!(rotation(&sixth, &after(&rotations[..4])), Err(Refusal::UnknownSet));
    // With set 5 there, but as a stranger, the sixth must not follow the fourth either.
    let mut skipping = after(&rotations[..4]);
    let fifth = known_sets().swap_remove(5);
    let skipped = rotation(&sixth, &registry([fifth])).unwrap();
    assert_eq!(rotate(&mut skipping, &skipped, own_time(&sixth)), Err(Refusal::OutOfOrder));
    let seventh = wormhole::decode(&rotations[6]).unwrap();
    let mut done = after(&rotations);
    let again = rotation(&seventh, &done).unwrap();
    assert_eq!(rotate(&mut done, &again, own_time(&seventh)), Err(Refusal::OutOfOrder));
}

#[test]
fn a18_the_routers_rotation_is_none_of_the_guardians() {
    let Some(bytes) = fixtures::hex("pyth-routers/vaa_router_governance_set0_to_set1.hex") else { return };
    let vaa = wormhole::decode(&bytes).unwrap();
    assert_eq!(vaa.verify(Network::Wormhole, &known(), at(1)), Err(Refusal::BadSignerIndex));
    let verified = vaa.verify(Network::PythRouters, &known(), at(1)).unwrap();
    assert_eq!(verified.signers.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [0, 1, 2, 3]);
    let first = known_sets().swap_remove(8);
    let [_, Claim::Rotation(rotation)] = &verified.claims[..] else { panic!("{verified:?}") };
    let next = rotation.successor(&registry([first]), at(1)).unwrap();
    assert_eq!((next.network, next.keys), (Network::PythRouters, known_sets().swap_remove(9).keys));
}

#[test]
fn a17_the_same_number_in_another_network_is_another_set() {
    let families = registry([set(Network::Wormhole, 1, 1, 5), set(Network::PythRouters, 1, 2, 5)]);
    let order = Draft::of(GOVERNANCE, order(b"Core", 2, 0, &next_set(2, 3)));
    for (family, signed, other) in
        [(1, Network::Wormhole, Network::PythRouters), (2, Network::PythRouters, Network::Wormhole)]
    {
        let bytes = order.signed(family, 0..4);
        let vaa = wormhole::decode(&bytes).unwrap();
        let verified = vaa.verify(signed, &families, NOW).unwrap();
        assert!(matches!(&verified.claims[1], Claim::Rotation(rotation) if rotation.network == signed));
        assert_eq!(vaa.verify(other, &families, NOW), Err(Refusal::BadSignature));
    }
}

#[test]
fn a17_a_network_signs_only_for_its_own_emitters() {
    let families = registry([set(Network::Wormhole, 1, 1, 5), set(Network::PythRouters, 1, 1, 5)]);
    for (emitter, network) in [
        (PYTH_BY_ROUTERS, Network::Wormhole),
        (PYTH_BY_GUARDIANS, Network::PythRouters),
        (SOMEBODY, Network::PythRouters),
        (GOVERNANCE, Network::PythLazer),
    ] {
        let bytes = Draft::of(emitter, [1, 2, 3]).signed(1, 0..5);
        let vaa = wormhole::decode(&bytes).unwrap();
        assert_eq!(vaa.verify(network, &families, NOW), Err(Refusal::WrongEmitter), "{network}");
    }
}

#[test]
fn a16_a_set_that_was_replaced_signs_for_a_day_and_no_longer() {
    let mut old = set(Network::Wormhole, 1, FAMILY, 19);
    old.expires_at = Some(NOW);
    let registry = registry([old]);
    let bytes = Draft::of(SOMEBODY, [1]).signed(FAMILY, 0..13);
    let vaa = wormhole::decode(&bytes).unwrap();
    let before = Time::milliseconds(NOW.as_milliseconds() - 1);
    assert!(vaa.verify(Network::Wormhole, &registry, before).is_ok());
    assert_eq!(vaa.verify(Network::Wormhole, &registry, NOW), Err(Refusal::ExpiredSet));
    let Some(rotations) = rotations() else { return };
    // The single key of 2021 has signed nothing since.
    let first = wormhole::decode(&rotations[0]).unwrap();
    assert!(first.verify(Network::Wormhole, &known(), own_time(&first)).is_ok());
    let today = at(1_795_000_000);
    assert_eq!(first.verify(Network::Wormhole, &known(), today), Err(Refusal::ExpiredSet));
}

#[test]
fn a_set_that_is_not_there_is_told_before_anything_else() {
    let mut draft = Draft::of(SOMEBODY, [1]);
    draft.set = 2;
    assert_eq!(verdict(&draft.with(&[]), nineteen()), Err(Refusal::UnknownSet));
    draft.set = 1 << 24;
    assert_eq!(verdict(&draft.signed(FAMILY, 0..13), nineteen()), Err(Refusal::UnknownSet));
}

#[test]
fn a19_thirteen_of_nineteen_in_rising_order_once_each_within_the_set() {
    let draft = Draft::of(SOMEBODY, [1, 2, 3]);
    let by = |places: &[u8]| verdict(&draft.signed(FAMILY, places.iter().copied()), nineteen());
    let thirteen: Vec<u8> = (3..16).collect();
    assert_eq!(by(&thirteen), Ok(()));
    assert_eq!(by(&(0..19).collect::<Vec<_>>()), Ok(()));
    assert_eq!(by(&thirteen[1..]), Err(Refusal::Quorum));
    assert_eq!(by(&[3; 13]), Err(Refusal::BadSignerIndex));
    assert_eq!(by(&[&thirteen[..12], &[14]].concat()), Err(Refusal::BadSignerIndex));
    assert_eq!(by(&[&[4, 3], &thirteen[2..]].concat()), Err(Refusal::BadSignerIndex));
    assert_eq!(by(&[&thirteen[..12], &[19]].concat()), Err(Refusal::BadSignerIndex));
    assert_eq!(by(&[&thirteen[..12], &[255]].concat()), Err(Refusal::BadSignerIndex));
}

#[test]
fn a_signature_must_be_by_the_member_that_it_names() {
    let draft = Draft::of(SOMEBODY, [1, 2, 3]);
    let mut signatures: Vec<_> = (0..13).map(|place| draft.signature(FAMILY, place)).collect();
    signatures[12].0 = 13;
    assert_eq!(verdict(&draft.with(&signatures), nineteen()), Err(Refusal::BadSignature));
    signatures[12] = (12, key(2, 12).sign(&draft.digest()));
    assert_eq!(verdict(&draft.with(&signatures), nineteen()), Err(Refusal::BadSignature));
}

#[test]
fn a_signature_above_the_threshold_must_be_good_too() {
    let draft = Draft::of(SOMEBODY, [1, 2, 3]);
    let mut signatures: Vec<_> = (0..14).map(|place| draft.signature(FAMILY, place)).collect();
    signatures[13].1.rs[40] ^= 1;
    assert_eq!(verdict(&draft.with(&signatures), nineteen()), Err(Refusal::BadSignature));
}

#[test]
fn too_few_signatures_are_told_before_any_is_recovered() {
    let draft = Draft::of(SOMEBODY, [1, 2, 3]);
    let mut signatures: Vec<_> = (0..12).map(|place| draft.signature(FAMILY, place)).collect();
    signatures.iter_mut().for_each(|(_, signature)| signature.rs = [0; 64]);
    assert_eq!(verdict(&draft.with(&signatures), nineteen()), Err(Refusal::Quorum));
}

#[test]
fn a25_a_signature_has_one_form() {
    let draft = Draft::of(SOMEBODY, [1, 2, 3]);
    let good: Vec<_> = (0..13).map(|place| draft.signature(FAMILY, place)).collect();
    assert_eq!(verdict(&draft.with(&good), nineteen()), Ok(()));
    let mut other = good.clone();
    other[5].1 = high(other[5].1);
    assert_eq!(verdict(&draft.with(&other), nineteen()), Err(Refusal::BadSignature));
    assert_eq!(high(other[5].1), good[5].1);
    let mut of_ethereum = good;
    of_ethereum[5].1.parity += 27;
    assert_eq!(verdict(&draft.with(&of_ethereum), nineteen()), Err(Refusal::BadSignature));
}

#[test]
fn a_changed_bit_anywhere_in_what_was_signed_is_found() {
    let draft = Draft::of(SOMEBODY, [1, 2, 3]);
    let registry = registry([set(Network::Wormhole, 1, FAMILY, 1)]);
    let bytes = draft.signed(FAMILY, [0]);
    assert_eq!(verdict(&bytes, &registry), Ok(()));
    for bit in (bytes.len() - draft.body().len()) * 8..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let refusal = verdict(&changed, &registry).unwrap_err();
        assert_eq!(refusal, Refusal::BadSignature, "bit {bit}");
    }
}

#[test]
fn a24_bytes_that_are_no_message_are_refused_at_once() {
    let bytes = Draft::of(SOMEBODY, []).signed(FAMILY, 0..13);
    for length in 0..bytes.len() {
        assert_eq!(wormhole::decode(&bytes[..length]), Err(Refusal::Malformed), "{length}");
    }
    let mut many = bytes.clone();
    many[5] = 255;
    assert_eq!(wormhole::decode(&many), Err(Refusal::BadSignerIndex));
    many.resize(6 + 255 * 66 + 51, 0);
    assert_eq!(wormhole::decode(&many), Err(Refusal::BadSignerIndex));
    assert_eq!(wormhole::decode(&vec![1; wormhole::MAX_BYTES + 1]), Err(Refusal::Oversized));
    let mut later = bytes;
    later[0] = 2;
    assert_eq!(wormhole::decode(&later), Err(Refusal::Unsupported));
}

/// An order of governance.
fn order(module: &[u8], action: u8, chain: u16, rest: &[u8]) -> Vec<u8> {
    let mut payload = vec![0; 32 - module.len()];
    payload.extend(module);
    payload.push(action);
    payload.extend(chain.to_be_bytes());
    payload.extend(rest);
    payload
}

/// What a rotation says behind its head: a number, and keys of a third family.
fn next_set(index: u32, members: u8) -> Vec<u8> {
    let mut rest = index.to_be_bytes().to_vec();
    rest.push(members);
    (0..members).for_each(|place| rest.extend(key(3, place).address().0));
    rest
}

#[test]
fn a18_a_rotation_to_any_but_the_next_set_is_out_of_order() {
    let registry = nineteen();
    let rotation = |index| {
        let bytes = Draft::of(GOVERNANCE, order(b"Core", 2, 0, &next_set(index, 5))).signed(FAMILY, 0..13);
        let vaa = wormhole::decode(&bytes).unwrap();
        let verified = vaa.verify(Network::Wormhole, registry, NOW).unwrap();
        let [_, Claim::Rotation(rotation)] = &verified.claims[..] else { panic!("{verified:?}") };
        rotation.successor(registry, NOW)
    };
    assert_eq!(rotation(2).unwrap().keys.len(), 5);
    for index in [0, 1, 3, u32::MAX] {
        assert_eq!(rotation(index), Err(Refusal::OutOfOrder), "{index}");
    }
}

#[test]
fn a18_a_set_whose_time_is_over_names_no_successor() {
    let mut ended = set(Network::Wormhole, 1, FAMILY, 19);
    ended.expires_at = Some(NOW);
    let bytes = Draft::of(GOVERNANCE, order(b"Core", 2, 0, &next_set(2, 5))).signed(FAMILY, 0..13);
    let rotation = wormhole::decode(&bytes).unwrap().rotation(Network::Wormhole).unwrap();
    assert_eq!(rotation.successor(&registry([ended]), NOW), Err(Refusal::ExpiredSet));
}

#[test]
fn a_set_that_could_not_sign_succeeds_nobody() {
    let rotation = |keys| Rotation { network: Network::Wormhole, index: 2, keys, signed_by: SetId::index(1) };
    let (one, other) = (key(3, 0).address(), key(3, 1).address());
    assert!(rotation(vec![one, other]).successor(nineteen(), NOW).is_ok());
    for keys in [vec![], vec![one, one], vec![one, Address::default()]] {
        assert_eq!(rotation(keys).successor(nineteen(), NOW), Err(Refusal::Malformed));
    }
}

#[test]
fn a_rotation_has_exactly_the_keys_that_it_counts_each_once() {
    let registry = nineteen();
    let sound = next_set(2, 5);
    let mut changes = vec![(sound[..sound.len() - 1].to_vec(), "cut"), ([&sound[..], &[0]].concat(), "long")];
    changes.push((sound[..3].to_vec(), "no count"));
    changes.push((next_set(2, 0), "nobody"));
    let mut one_more = sound.clone();
    one_more[4] = 6;
    changes.push((one_more, "one more"));
    let mut twice = sound.clone();
    twice.copy_within(5..25, 25);
    changes.push((twice, "twice"));
    let mut zero = sound.clone();
    zero[5..25].fill(0);
    changes.push((zero, "zero"));
    changes.push(([&[0, 0, 0, 2, 65], &[1; 65 * 20][..]].concat(), "more than a set can have"));
    for (rest, what) in changes {
        let bytes = Draft::of(GOVERNANCE, order(b"Core", 2, 0, &rest)).signed(FAMILY, 0..13);
        assert_eq!(verdict(&bytes, registry), Err(Refusal::Malformed), "{what}");
    }
    let bytes = Draft::of(GOVERNANCE, order(b"Core", 2, 0, &sound)).signed(FAMILY, 0..13);
    assert_eq!(verdict(&bytes, registry), Ok(()));
}

#[test]
fn only_governance_rotates_and_registers() {
    let registry = nineteen();
    let orders = [
        (SOMEBODY, order(b"Core", 2, 0, &next_set(2, 5)), Refusal::WrongEmitter),
        (
            ChainAddress { chain: 2, ..GOVERNANCE },
            order(b"Core", 2, 0, &next_set(2, 5)),
            Refusal::WrongEmitter,
        ),
        (GOVERNANCE, order(b"Core", 2, 2, &next_set(2, 5)), Refusal::NotForUs),
        (GOVERNANCE, order(b"Core", 1, 0, &next_set(2, 5)), Refusal::Unsupported),
        (GOVERNANCE, order(b"NFTBridge", 1, 0, &[0; 34]), Refusal::Unsupported),
        (GOVERNANCE, vec![1], Refusal::Malformed),
    ];
    for (emitter, payload, refusal) in orders {
        let bytes = Draft::of(emitter, payload).signed(FAMILY, 0..13);
        let vaa = wormhole::decode(&bytes).unwrap();
        assert_eq!(vaa.rotation(Network::Wormhole), Err(refusal));
        let verified = vaa.verify(Network::Wormhole, registry, NOW).unwrap();
        assert!(matches!(verified.claims[..], [Claim::Message(_)]), "{verified:?}");
    }
}

#[test]
fn a_registration_names_the_bridge_of_a_chain() {
    let registered = |network, families: &Registry, rest: &[u8], family| {
        let bytes = Draft::of(GOVERNANCE, order(b"TokenBridge", 1, 0, rest)).signed(family, 0..13);
        let verified = wormhole::decode(&bytes).unwrap().verify(network, families, NOW);
        verified.map(|verified| verified.claims.get(1).cloned())
    };
    let rest = [&[0, 2][..], &[7; 32]].concat();
    let guardians = nineteen();
    assert_eq!(registered(Network::Wormhole, guardians, &rest, FAMILY), Ok(Some(Claim::Bridge(SOMEBODY))));
    let longer = [&rest[..], &[0]].concat();
    assert_eq!(registered(Network::Wormhole, guardians, &longer, FAMILY), Err(Refusal::Malformed));
    let routers = registry([set(Network::PythRouters, 1, FAMILY, 19)]);
    assert_eq!(registered(Network::PythRouters, &routers, &rest, FAMILY), Ok(None));
}

#[test]
fn a_message_keeps_its_digest_whoever_of_the_set_signed() {
    let draft = Draft::of(SOMEBODY, [1, 2, 3]);
    let verified = |places| {
        let bytes = draft.signed(FAMILY, places);
        wormhole::decode(&bytes).unwrap().verify(Network::Wormhole, nineteen(), NOW).unwrap()
    };
    let (early, late) = (verified(0..13), verified(6..19));
    assert_eq!((early.digest, &early.claims), (late.digest, &late.claims));
    assert_ne!(early.signers, late.signers);
    assert_eq!(notice(&early.claims).emitted_at.since(Time::ZERO), Span::milliseconds(1_700_000_000_000));
}

proptest! {
    #[test]
    fn whatever_the_bytes_an_answer_comes_back(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let mut bytes = bytes;
        for leading in [false, true] {
            if leading && bytes.len() > 5 {
                bytes[..6].copy_from_slice(&[1, 0, 0, 0, 1, 1]);
            }
            if let Ok(vaa) = wormhole::decode(&bytes) {
                prop_assert!(vaa.verify(Network::Wormhole, nineteen(), NOW).is_err());
            }
        }
    }
}
