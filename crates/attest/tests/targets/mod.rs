//! What is fuzzed: a target for each decoder, with its verification against a registry of test keys. `fuzz/` runs them on
//! bytes without end, and `tests/corpus.rs` on the small corpus beside it.

#![allow(dead_code, reason = "a fuzz target takes one of them")]

use std::sync::LazyLock;

use cistern_attest::{
    BeaconChain, Bounds, Claim, Network, Refusal, Registry, SetId, SignerSet, Threshold, Verified, agent,
    chainlink,
    ethereum::{header, receipt, storage},
    judge, keccak256, lazer,
    light_client::{self, Checkpoint, Message},
    pyth, redstone,
    typed::Authorisation,
    wormhole::{self, ChainAddress, PYTH_BY_GUARDIANS, Receiver},
};
use cistern_units::{Span, Time};

use crate::{beacon, guardians::key, signing::Key};

/// What becomes of bytes.
pub(crate) type Verdict = Result<(), Refusal>;

/// A target by name.
pub(crate) type Target = (&'static str, fn(&[u8]) -> Verdict);

/// All targets.
pub(crate) const ALL: [Target; 11] = [
    ("agent", agent),
    ("chainlink", chainlink),
    ("eth_header", eth_header),
    ("eth_receipt", eth_receipt),
    ("eth_storage", eth_storage),
    ("lazer", lazer),
    ("lightclient", lightclient),
    ("pyth", pyth),
    ("redstone", redstone),
    ("token_bridge", token_bridge),
    ("vaa", vaa),
];

/// The time at which everything is judged.
pub(crate) const NOW: Time = Time::milliseconds(1_700_000_001_000);
/// A token bridge of another chain.
pub(crate) const BRIDGE: ChainAddress = ChainAddress { chain: 2, address: [7; 32] };
/// The recipient that is us.
pub(crate) const OURS: ChainAddress = ChainAddress { chain: 30, address: [9; 32] };
/// Config digest of the Chainlink set.
pub(crate) const CONFIG: [u8; 32] = [0xc0; 32];
/// RedStone's data service.
pub(crate) const SERVICE: &str = "own";

/// Families of keys, as in `guardians`: 1 are guardians, 2 routers; the others are numbered from 200.
pub(crate) static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    let set = |network, id, keys: Vec<Key>, threshold| SignerSet {
        network,
        id,
        keys: keys.iter().map(Key::address).collect(),
        threshold,
        valid_from: Time::ZERO,
        expires_at: None,
    };
    let family = |family: u8, members: u8| (0..members).map(|place| key(family, place)).collect();
    let numbered = |members: u8| (200..200 + members).map(Key::numbered).collect();
    let index = SetId::index(1);
    let mut registry = Registry::default();
    for set in [
        set(Network::Wormhole, index, family(1, 3), Threshold::TwoThirds),
        set(Network::PythRouters, index, family(2, 5), Threshold::Majority),
        set(Network::PythLazer, index, numbered(1), Threshold::Fixed(1)),
        set(Network::RedStone, SetId::named(SERVICE).expect("short"), numbered(3), Threshold::Fixed(2)),
        set(Network::Chainlink, SetId(CONFIG), numbered(4), Threshold::Faulty(1)),
    ] {
        registry.admit(set).expect("a sound set");
    }
    registry
});

/// Whatever was verified, its prices can be judged.
fn judged(verified: &Verified) {
    for claim in &verified.claims {
        if let Claim::Price(observation) = claim {
            let _ = judge(observation, NOW, &Bounds::default());
        }
    }
}

fn vaa(bytes: &[u8]) -> Verdict {
    let vaa = wormhole::decode(bytes)?;
    assert_eq!(vaa.signatures(), vaa.places().len());
    let verified = vaa.verify(Network::Wormhole, &REGISTRY, NOW);
    let routed = vaa.verify(Network::PythRouters, &REGISTRY, NOW);
    assert!(verified.is_err() || routed.is_err(), "one message of two networks");
    let verified = verified.or(routed)?;
    assert_eq!(verified.digest, vaa.digest());
    for claim in &verified.claims {
        if let Claim::Rotation(rotation) = claim {
            rotation.successor(&REGISTRY, NOW)?;
        }
    }
    Ok(())
}

fn token_bridge(bytes: &[u8]) -> Verdict {
    let vaa = wormhole::decode(bytes)?;
    let receiver = Receiver { bridges: &[BRIDGE, PYTH_BY_GUARDIANS], ours: OURS };
    let verified = receiver.verify(&vaa, &REGISTRY, NOW)?;
    for claim in &verified.claims {
        if let Claim::Transfer(transfer) = claim {
            assert!(transfer.fee <= transfer.amount);
            for decimals in [0, 6, 8, 18, 60, 255] {
                let _ = transfer.credit(decimals);
            }
        }
    }
    Ok(())
}

fn pyth(bytes: &[u8]) -> Verdict {
    let prefix = pyth::decode_prefix(bytes).map(|(_, rest)| rest.len());
    let whole = pyth::decode(bytes);
    assert_eq!(prefix == Ok(0), whole.is_ok());
    let verified = whole?.verify(&REGISTRY, NOW)?;
    judged(&verified);
    Ok(())
}

fn lazer(bytes: &[u8]) -> Verdict {
    judged(&lazer::decode(bytes)?.verify(&REGISTRY, NOW)?);
    Ok(())
}

fn redstone(bytes: &[u8]) -> Verdict {
    let message = redstone::decode(bytes)?;
    judged(&message.verify(SetId::named(SERVICE).expect("short"), &REGISTRY, NOW)?);
    Ok(())
}

fn chainlink(bytes: &[u8]) -> Verdict {
    judged(&chainlink::decode(bytes)?.verify(&REGISTRY, NOW)?);
    Ok(())
}

fn eth_header(bytes: &[u8]) -> Verdict {
    let message = header::decode(bytes)?;
    let header = message.verify()?;
    assert_eq!(&header.hash, message.claimed_hash());
    Ok(())
}

/// A message under the root that it claims; or nodes alone, after a first byte of 0, which are walked.
fn eth_receipt(bytes: &[u8]) -> Verdict {
    if let Some((0, nodes)) = bytes.split_first() {
        return walk(nodes);
    }
    let message = receipt::decode(bytes)?;
    let root = message.receipts_root;
    let receipt = message.verify(&root)?;
    let other = message.at(receipt.index.wrapping_add(1)).verify(&root);
    assert!(other.is_err(), "a proof counts at one place only");
    Ok(())
}

/// A proof of nodes: the index, then length and bytes of each. Where a node has 32 bytes of 0xee in a row, it gets the hash
/// of the node after it, so that the walk goes down further than a changed node lets it.
fn walk(bytes: &[u8]) -> Verdict {
    let (index, mut rest) = bytes.split_first().ok_or(Refusal::Malformed)?;
    let mut nodes: Vec<Vec<u8>> = Vec::new();
    while let Some(([high, low], after)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(after.len());
        let (node, after) = after.split_at(length);
        nodes.push(node.to_vec());
        rest = after;
    }
    let mut below = [0; 32];
    for node in nodes.iter_mut().rev() {
        if let Some(at) = node.windows(32).position(|window| window == [0xee; 32]) {
            node[at..at + 32].copy_from_slice(&below);
        }
        below = keccak256(node);
    }
    let texts: Vec<String> = nodes.iter().map(|node| format!("\"{}\"", hex(node))).collect();
    let value =
        nodes.last().and_then(|node| node.get(node.len().saturating_sub(tail(node))..)).unwrap_or_default();
    let (root, key) = (hex(&below), hex(&alloy_rlp::encode(*index)));
    let message = format!(
        r#"{{"block_hash":"{root}","block_number":1,"key_rlp":"{key}","proof":[{}],"receipt_2718":"{}","receipts_root":"{root}","tx_index":{index}}}"#,
        texts.join(","),
        hex(value),
    );
    eth_receipt(message.as_bytes())
}

/// Bytes of the receipt at the end of a leaf that holds it behind a long header of two bytes of length.
fn tail(leaf: &[u8]) -> usize {
    let at = leaf.windows(3).position(|window| window[0] == 0xb9);
    at.map_or(0, |at| usize::from(u16::from_be_bytes([leaf[at + 1], leaf[at + 2]])))
}

fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("0x{digits}")
}

/// A message under the hash of its first node, whatever that is.
fn eth_storage(bytes: &[u8]) -> Verdict {
    let message = storage::decode(bytes)?;
    let root = first_node(bytes).map_or([0; 32], |node| keccak256(&node));
    let account = message.verify(message.address.unwrap_or_default(), &root)?;
    assert!(account.slots.iter().eq(message.slots()));
    Ok(())
}

fn first_node(bytes: &[u8]) -> Option<Vec<u8>> {
    let message: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    let digits = message["accountProof"][0].as_str()?.strip_prefix("0x")?;
    digits.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()).collect()
}

fn lightclient(bytes: &[u8]) -> Verdict {
    static TRUST: LazyLock<cistern_attest::ChainTrust> = LazyLock::new(|| beacon::trust(Some(2)));
    let _ = light_client::decode_committee(bytes);
    let mainnet = BeaconChain::mainnet();
    let now = mainnet.time_of(beacon::FINALISED + 1_000)?;
    for message in light_client::decode_all(bytes)? {
        match message {
            Message::Bootstrap(bootstrap) => {
                let root = bootstrap.header.root();
                bootstrap.verify(&Checkpoint { chain: mainnet.clone(), root, age_max: Span::YEAR }, now)?;
            }
            Message::Update(update) => {
                let step = update.verify(&TRUST, &beacon::FIRST, now)?;
                assert!(step.trust.is_none_or(|news| TRUST.advanced(&news).as_ref() == Ok(&news)));
            }
        }
    }
    Ok(())
}

/// Signatures one by one and in a batch: both say the same. Behind a first byte of 0 an address's signature.
fn agent(bytes: &[u8]) -> Verdict {
    let (first, rest) = bytes.split_first().ok_or(Refusal::Malformed)?;
    if *first == 0 {
        let signer = cistern_attest::Signer::Address(Key::numbered(200).address());
        return Authorisation { signer, signature: rest }.verify(&[1; 32]).map(|_| ());
    }
    let mut batch = agent::Batch::default();
    let mut bad = Vec::new();
    // Whole items alone: a curve costs a thousand times what a change of length is worth.
    let (items, []) = rest.as_chunks::<128>() else { return Err(Refusal::Malformed) };
    for (place, item) in items.iter().take(3).enumerate() {
        let ([key, digest, ..], _) = item.as_chunks::<32>() else { return Err(Refusal::Malformed) };
        let mut signature = [0; 64];
        signature.copy_from_slice(&item[64..]);
        let signed = agent::Signed { key: *key, digest: *digest, signature };
        if agent::verify_one(&signed).is_err() {
            bad.push(place);
        }
        batch.queue(&signed);
    }
    assert_eq!(batch.bad(), bad, "a batch says what each alone says");
    if bad.is_empty() { Ok(()) } else { Err(Refusal::BadSignature) }
}
