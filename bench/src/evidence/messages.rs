//! Price messages of all networks, signed by test keys, in the sizes in which the real ones come.

use cistern_attest::{
    Digest, Evidence, Kind, Network, Registry, SetId, Signature, SignerSet, Threshold, keccak256,
    wormhole::{ChainAddress, PYTH_BY_GUARDIANS, PYTH_BY_ROUTERS},
};
use cistern_units::Time;

use crate::{
    guardians::{self, Draft},
    reports::{frame, report, sign, signed_word, word},
    signing::Key,
};

/// Seconds at which everything is published.
const SECONDS: u64 = 1_700_000_000;
/// A moment later.
pub(crate) const NOW: Time = Time::milliseconds((SECONDS + 1) * 1_000);

/// Different messages of a sample, so that the processor does not learn one by heart.
const VARIANTS: u64 = 8;
/// Number of the sets of guardians and of routers, behind all that are known.
const INDEX: u32 = 100;
/// Families of their keys.
const GUARDIANS: u8 = 1;
const ROUTERS: u8 = 2;
/// First key of the sets of the other networks.
const NUMBERED: u8 = 200;
/// Config digest of the Chainlink set.
const CONFIG: [u8; 32] = [0xc0; 32];

/// Whose signature of what.
pub(crate) type Signed = (Digest, Signature);

/// Messages of one form.
pub(crate) struct Sample {
    /// What its figures are called after.
    pub(crate) name: &'static str,
    /// Keccaks of 136 bytes that a message takes beside those of the addresses.
    pub(crate) keccaks: usize,
    /// Prices in a message.
    pub(crate) prices: usize,
    /// The messages, each with its signatures.
    pub(crate) messages: Vec<(Evidence, Vec<Signed>)>,
}

impl Sample {
    fn new(
        name: &'static str,
        kind: Kind,
        (prices, keccaks): (usize, usize),
        build: impl Fn(u64) -> (Vec<u8>, Vec<Signed>),
    ) -> Self {
        let built = (0..VARIANTS).map(build);
        let messages = built.map(|(bytes, signed)| (Evidence { kind, bytes }, signed));
        Self { name, keccaks, prices, messages: messages.collect() }
    }

    /// Signatures of a message.
    pub(crate) fn signatures(&self) -> usize {
        self.messages.first().map_or(0, |(_, signed)| signed.len())
    }

    /// The message of a turn.
    pub(crate) fn at(&self, turn: usize) -> &(Evidence, Vec<Signed>) {
        &self.messages[turn % self.messages.len()]
    }
}

/// A sample of each form. Keccaks: a digest of a VAA is two, a leaf or node of Pyth's tree one (of four feeds 20 nodes, since
/// their ways meet), and a report of Chainlink, of nine words, three blocks and its context one.
pub(crate) fn samples() -> Vec<Sample> {
    vec![
        Sample::new("pyth_guardians_1_feed", Kind::Pyth, (1, 15), |n| pyth(n, &GUARDED, 1)),
        Sample::new("pyth_guardians_4_feeds", Kind::Pyth, (4, 26), |n| pyth(n, &GUARDED, 4)),
        Sample::new("pyth_routers_1_feed", Kind::Pyth, (1, 15), |n| pyth(n, &ROUTED, 1)),
        Sample::new("pyth_routers_4_feeds", Kind::Pyth, (4, 26), |n| pyth(n, &ROUTED, 4)),
        Sample::new("redstone_3", Kind::RedStone, (1, 4), |n| redstone(n, 3)),
        Sample::new("redstone_5", Kind::RedStone, (1, 7), |n| redstone(n, 5)),
        Sample::new("chainlink_v3", Kind::Chainlink, (1, 4), chainlink),
        Sample::new("lazer_3_feeds", Kind::Lazer, (3, 1), lazer),
        Sample::new("vaa_13", Kind::Vaa, (0, 5), vaa),
    ]
}

/// A pool's registry: all sets that are known, and those of the test keys. RedStone's comes behind another service, as
/// its primary one does.
pub(crate) fn registry() -> anyhow::Result<Registry> {
    let numbered = |count: u8| (NUMBERED..NUMBERED + count).map(|key| Key::numbered(key).address()).collect();
    let set = |network, id, count, threshold| SignerSet {
        network,
        id,
        keys: numbered(count),
        threshold,
        valid_from: Time::ZERO,
        expires_at: None,
    };
    let service = SetId::named("redstone-bench-prod").unwrap_or_default();
    let mut sets = cistern_attest::known_sets();
    sets.extend([
        guardians::set(Network::Wormhole, INDEX, GUARDIANS, 19),
        guardians::set(Network::PythRouters, INDEX, ROUTERS, 5),
        set(Network::PythLazer, SetId::index(INDEX), 1, Threshold::Fixed(1)),
        set(Network::RedStone, service, 5, Threshold::Fixed(3)),
        set(Network::Chainlink, SetId(CONFIG), 16, Threshold::Faulty(5)),
    ]);
    let mut registry = Registry::default();
    for set in sets {
        registry.admit(set)?;
    }
    Ok(registry)
}

/// Who signs a VAA.
struct Signers {
    emitter: ChainAddress,
    family: u8,
    count: u8,
}

const GUARDED: Signers = Signers { emitter: PYTH_BY_GUARDIANS, family: GUARDIANS, count: 13 };
const ROUTED: Signers = Signers { emitter: PYTH_BY_ROUTERS, family: ROUTERS, count: 3 };

impl Signers {
    fn sign(&self, n: u64, payload: Vec<u8>) -> (Vec<u8>, Vec<Signed>) {
        let draft = Draft { set: INDEX, sequence: n, ..Draft::of(self.emitter, payload) };
        let signatures: Vec<_> = (0..self.count).map(|place| draft.signature(self.family, place)).collect();
        let digest = draft.digest();
        let signed = signatures.iter().map(|(_, signature)| (digest, *signature));
        (draft.with(&signatures), signed.collect())
    }
}

type Node = [u8; 20];

fn node(kind: u8, parts: &[&[u8]]) -> Node {
    let hash = keccak256(&[&[kind][..], &parts.concat()].concat());
    std::array::from_fn(|place| hash[place])
}

fn above(one: Node, other: Node) -> Node {
    node(1, &[&one.min(other), &one.max(other)])
}

/// An update out of a tree of 4,096 feeds. Four of them lie as far from each other as four that are asked for together do: two
/// and two meet at the second level, all at the fourth.
fn pyth(n: u64, signers: &Signers, feeds: usize) -> (Vec<u8>, Vec<Signed>) {
    let leaves: [Vec<u8>; 4] = std::array::from_fn(|feed| leaf(feed as u8, n));
    let beside: [Node; 10] = std::array::from_fn(|level| node(0, &[&[level as u8]]));
    let [low, middle, high @ ..] = beside;
    let first = leaves.each_ref().map(|leaf| above(node(0, &[leaf]), low));
    let third = [[0, 1], [2, 3]].map(|[one, other]| above(above(first[one], first[other]), middle));
    let root = high.iter().fold(above(third[0], third[1]), |node, beside| above(node, *beside));
    let payload = [&b"AUWV\0"[..], &n.to_be_bytes(), &0_u32.to_be_bytes(), &root].concat();
    let (vaa, signed) = signers.sign(n, payload);
    let mut bytes = b"PNAU\x01\0\0\0".to_vec();
    bytes.extend((vaa.len() as u16).to_be_bytes());
    bytes.extend(vaa);
    bytes.push(feeds as u8);
    for (place, leaf) in leaves.iter().enumerate().take(feeds) {
        let path = [&[low, first[place ^ 1], middle, third[(place / 2) ^ 1]], &high[..]].concat();
        bytes.extend((leaf.len() as u16).to_be_bytes());
        bytes.extend(leaf);
        bytes.push(path.len() as u8);
        bytes.extend(path.concat());
    }
    (bytes, signed)
}

/// What a signer of Pyth's says of a feed.
fn leaf(feed: u8, n: u64) -> Vec<u8> {
    let mantissa = 6_000_000_000_000 + n;
    let mut leaf = vec![0];
    leaf.extend([feed + 1; 32]);
    leaf.extend(mantissa.to_be_bytes());
    leaf.extend(1_500_000_000_u64.to_be_bytes());
    leaf.extend((-8_i32).to_be_bytes());
    leaf.extend(SECONDS.to_be_bytes());
    leaf.extend((SECONDS - 1).to_be_bytes());
    leaf.extend(mantissa.to_be_bytes());
    leaf.extend(1_500_000_000_u64.to_be_bytes());
    leaf
}

/// A transfer over a token bridge.
fn vaa(n: u64) -> (Vec<u8>, Vec<Signed>) {
    let emitter = ChainAddress { chain: 2, address: [7; 32] };
    Signers { emitter, ..GUARDED }.sign(n, vec![1; 133])
}

/// A payload of one feed by so many nodes.
fn redstone(n: u64, packages: u8) -> (Vec<u8>, Vec<Signed>) {
    let (mut bytes, mut all) = (Vec::new(), Vec::new());
    for place in 0..packages {
        let mut signed = [0; 32].to_vec();
        signed[..3].copy_from_slice(b"ETH");
        signed.extend(word(300_000_000_000 + n * 8 + u64::from(place)));
        signed.extend(&(SECONDS * 1_000).to_be_bytes()[2..]);
        signed.extend(32_u32.to_be_bytes());
        signed.extend([0, 0, 1]);
        let digest = keccak256(&signed);
        let key = Key::numbered(NUMBERED + place);
        signed.extend(key.sign_rsv(&digest));
        bytes.extend(signed);
        all.push((digest, key.sign(&digest)));
    }
    bytes.extend(u16::from(packages).to_be_bytes());
    // No metadata, and the marker.
    bytes.extend([0, 0, 0, 0, 0, 2, 0xed, 0x57, 1, 0x1e, 0, 0]);
    (bytes, all)
}

/// A report of schema 3 by six of sixteen.
fn chainlink(n: u64) -> (Vec<u8>, Vec<Signed>) {
    let context = [CONFIG, word(n), [1; 32]];
    let price = 3_000_000_000_000_000_000_000 + i128::from(n);
    let report = report(3, &[price, price - 9, price + 9].map(signed_word));
    let keys: Vec<u8> = (0..6).map(|place| NUMBERED + 2 * place).collect();
    let signatures = sign(&context, &report, &keys);
    let digest = keccak256(&[&keccak256(&report)[..], &context.concat()].concat());
    let signed = signatures.iter().map(|signature| (digest, *signature)).collect();
    (frame(&context, &report, &signatures), signed)
}

/// A message of three feeds, each with price, bid, ask, publishers, exponent and confidence.
fn lazer(n: u64) -> (Vec<u8>, Vec<Signed>) {
    let mut payload = 2_479_346_549_u32.to_le_bytes().to_vec();
    payload.extend((SECONDS * 1_000_000 + n).to_le_bytes());
    payload.extend([3, 3]);
    for feed in 1..=3_u32 {
        let price = 6_000_000_000_000_u64 + n;
        payload.extend(feed.to_le_bytes());
        payload.push(6);
        for (property, value) in [(0, price), (1, price - 5), (2, price + 5), (5, 1_500_000_000)] {
            payload.push(property);
            payload.extend(value.to_le_bytes());
        }
        payload.extend([3, 12, 0, 4]);
        payload.extend((-8_i16).to_le_bytes());
    }
    let digest = keccak256(&payload);
    let signature = Key::numbered(NUMBERED).sign(&digest);
    let mut bytes = 1_296_547_300_u32.to_le_bytes().to_vec();
    bytes.extend(signature.rs);
    bytes.push(signature.parity);
    bytes.extend((payload.len() as u16).to_le_bytes());
    bytes.extend(payload);
    (bytes, vec![(digest, signature)])
}
