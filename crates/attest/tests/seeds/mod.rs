//! The corpus of each fuzz target: messages that test keys signed, and edges of the formats.

use alloy_primitives::U256;
use alloy_trie::nodes::LeafNodeRef;
use cistern_attest::{
    Address, keccak256,
    wormhole::{ChainAddress, GOVERNANCE, PYTH_BY_ROUTERS},
};
use serde_json::{Value, json};

use crate::{
    beacon,
    guardians::{Draft, high},
    reports::{frame, report, sign, signed_word, word},
    signing::Key,
    targets::{BRIDGE, CONFIG, OURS},
    tries::{contract, hex, log, receipt_bytes, receipt_message},
};

/// A file of the corpus: target, name, bytes. What is called good is accepted by its target.
pub(crate) type Seed = (&'static str, &'static str, Vec<u8>);

/// Every file.
pub(crate) fn all() -> Vec<Seed> {
    [vaas(), transfers(), updates(), lazer(), redstone(), chainlink(), ethereum(), light_client(), agents()]
        .concat()
}

fn vaas() -> Vec<Seed> {
    let draft = Draft::of(BRIDGE, *b"hello");
    let good = draft.signed(1, 0..3);
    let routed = Draft::of(PYTH_BY_ROUTERS, *b"AUWV").signed(2, [0, 2, 4]);
    let twice = draft.signed(1, [0, 1, 1]);
    let mut upper = [0, 1, 2].map(|place| draft.signature(1, place));
    upper[1].1 = high(upper[1].1);
    let high = draft.with(&upper);
    vec![
        ("vaa", "good-guardians", good.clone()),
        ("vaa", "good-routers", routed),
        ("vaa", "good-rotation", Draft::of(GOVERNANCE, rotation(2)).signed(1, 0..3)),
        ("vaa", "edge-rotation-skips", Draft::of(GOVERNANCE, rotation(9)).signed(1, 0..3)),
        ("vaa", "edge-signer-twice", twice),
        ("vaa", "edge-signature-high", high),
        ("vaa", "edge-set-0", Draft { set: 0, ..draft.clone() }.signed(1, 0..1)),
        ("vaa", "edge-255-signatures", [&[1, 0, 0, 0, 1, 255][..], &good[6..]].concat()),
        ("vaa", "edge-cut", good[..good.len() / 2].to_vec()),
        ("vaa", "edge-empty", Vec::new()),
    ]
}

/// A set of two guardians that follows.
fn rotation(index: u32) -> Vec<u8> {
    let mut payload = [0; 28].to_vec();
    payload.extend(b"Core");
    payload.extend([2, 0, 0]);
    payload.extend(index.to_be_bytes());
    payload.push(2);
    payload.extend([0x51; 20]);
    payload.extend([0x52; 20]);
    payload
}

fn transfers() -> Vec<Seed> {
    let wide = |number: u128| [[0; 16], number.to_be_bytes()].concat();
    let named = |at: ChainAddress| [&at.address[..], &at.chain.to_be_bytes()].concat();
    let token = ChainAddress { chain: 2, address: [8; 32] };
    let plain = |kind: u8, amount: u128, to: ChainAddress, last: &[u8]| {
        [&[kind][..], &wide(amount), &named(token), &named(to), last].concat()
    };
    let signed = |payload: Vec<u8>| Draft::of(BRIDGE, payload).signed(1, 0..3);
    let attestation = [&[2][..], &named(token), &[18], &[b'S'; 32], &[b'N'; 32]].concat();
    let elsewhere = ChainAddress { chain: 3, ..OURS };
    vec![
        ("token_bridge", "good-transfer", signed(plain(1, 1_000, OURS, &wide(7)))),
        (
            "token_bridge",
            "good-transfer-with-message",
            signed(plain(3, 1_000, OURS, &[&[5; 32][..], b"hi"].concat())),
        ),
        ("token_bridge", "good-attestation", signed(attestation)),
        ("token_bridge", "edge-fee-above-amount", signed(plain(1, 6, OURS, &wide(7)))),
        ("token_bridge", "good-largest", signed(plain(1, u128::MAX, OURS, &wide(u128::MAX)))),
        ("token_bridge", "edge-not-for-us", signed(plain(1, 1_000, elsewhere, &wide(7)))),
        ("token_bridge", "edge-short", signed(plain(1, 1_000, OURS, &[]))),
    ]
}

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

fn updates() -> Vec<Seed> {
    let short = |hash: [u8; 32]| hash[..20].to_vec();
    let leaf = |bytes: &[u8]| short(keccak256(&[&[0], bytes].concat()));
    let update = |leaves: &[Vec<u8>; 2]| {
        let hashes = leaves.each_ref().map(|bytes| leaf(bytes));
        let mut sorted = hashes.clone();
        sorted.sort();
        let root = short(keccak256(&[&[1][..], &sorted.concat()].concat()));
        let payload = [&b"AUWV\0"[..], &77_u64.to_be_bytes(), &0_u32.to_be_bytes(), &root].concat();
        let vaa = Draft::of(PYTH_BY_ROUTERS, payload).signed(2, 0..3);
        let mut bytes = b"PNAU\x01\0\0\0".to_vec();
        bytes.extend(u16::try_from(vaa.len()).unwrap().to_be_bytes());
        bytes.extend(vaa);
        bytes.push(2);
        for (leaf, sibling) in leaves.iter().zip(hashes.iter().rev()) {
            bytes.extend(u16::try_from(leaf.len()).unwrap().to_be_bytes());
            bytes.extend(leaf);
            bytes.push(1);
            bytes.extend(sibling);
        }
        bytes
    };
    let good = update(&[price(1, 100), price(2, 200)]);
    let mut trailing = good.clone();
    trailing.extend([0, 0x55, 0]);
    let mut twap = vec![1];
    twap.extend([3; 32]);
    twap.extend(1_000_i128.to_be_bytes());
    twap.extend(10_u128.to_be_bytes());
    twap.extend(4_u64.to_be_bytes());
    twap.extend((-5_i32).to_be_bytes());
    twap.extend(1_700_000_000_i64.to_be_bytes());
    twap.extend(1_699_999_999_i64.to_be_bytes());
    twap.extend(77_u64.to_be_bytes());
    vec![
        ("pyth", "good-two-prices", good.clone()),
        ("pyth", "good-twap", update(&[twap, price(2, 200)])),
        ("pyth", "good-negative", update(&[price(1, i64::MIN), price(2, 0)])),
        ("pyth", "edge-trailing", trailing),
        ("pyth", "edge-cut", good[..good.len() - 1].to_vec()),
        ("pyth", "edge-magic", b"PNAU".to_vec()),
    ]
}

fn lazer() -> Vec<Seed> {
    let payload = |properties: &[u8], count: u8| {
        let mut payload = 2_479_346_549_u32.to_le_bytes().to_vec();
        payload.extend(1_700_000_000_123_456_u64.to_le_bytes());
        payload.extend([3, 1]);
        payload.extend(7_u32.to_le_bytes());
        payload.push(count);
        payload.extend(properties);
        payload
    };
    let wrapped = |magic: u32, payload: &[u8]| {
        let signature = Key::numbered(200).sign(&keccak256(payload));
        let length = u16::try_from(payload.len()).unwrap();
        let mut bytes = magic.to_le_bytes().to_vec();
        bytes.extend(signature.rs);
        bytes.push(signature.parity);
        bytes.extend(if magic == 2_593_727_018 { length.to_be_bytes() } else { length.to_le_bytes() });
        bytes.extend(payload);
        bytes
    };
    let priced = [&[0][..], &1_000_i64.to_le_bytes(), &[4], &(-2_i16).to_le_bytes()].concat();
    let good = wrapped(1_296_547_300, &payload(&priced, 2));
    let mut solana = 2_182_742_457_u32.to_le_bytes().to_vec();
    solana.extend(&good[4..]);
    vec![
        ("lazer", "good-little-endian", good.clone()),
        ("lazer", "edge-evm", wrapped(2_593_727_018, &payload(&priced, 2))),
        ("lazer", "edge-solana", solana),
        ("lazer", "edge-255-properties", wrapped(1_296_547_300, &payload(&priced, 255))),
        ("lazer", "edge-no-exponent", wrapped(1_296_547_300, &payload(&priced[..9], 1))),
        ("lazer", "edge-cut", good[..70].to_vec()),
    ]
}

fn redstone() -> Vec<Seed> {
    let package = |signer: u8, values: &[(&str, u64)]| {
        let mut signed = Vec::new();
        for (feed, value) in values {
            let mut name = [0; 32];
            name[..feed.len()].copy_from_slice(feed.as_bytes());
            signed.extend(name);
            signed.extend(word(*value));
        }
        signed.extend(&1_700_000_000_000_u64.to_be_bytes()[2..]);
        signed.extend(32_u32.to_be_bytes());
        signed.extend(&u32::try_from(values.len()).unwrap().to_be_bytes()[1..]);
        let signature = Key::numbered(signer).sign_rsv(&keccak256(&signed));
        signed.extend(signature);
        signed
    };
    let close = |packages: &[Vec<u8>], count: u16| {
        let mut bytes = packages.concat();
        bytes.extend(count.to_be_bytes());
        bytes.extend([0, 0, 0, 0, 0, 2, 0xed, 0x57, 1, 0x1e, 0, 0]);
        bytes
    };
    let [one, two] = [200, 201].map(|signer| package(signer, &[("ETH", 100), ("BTC", 200)]));
    vec![
        ("redstone", "good-two-signers", close(&[one.clone(), two.clone()], 2)),
        ("redstone", "edge-one-signer-twice", close(&[one.clone(), one.clone()], 2)),
        ("redstone", "edge-too-many-packages", close(&[one.clone(), two], 65_535)),
        ("redstone", "edge-no-packages", close(&[], 0)),
        ("redstone", "edge-stranger", close(&[one, package(99, &[("ETH", 100), ("BTC", 200)])], 2)),
    ]
}

fn chainlink() -> Vec<Seed> {
    let context = [CONFIG, [0; 32], [1; 32]];
    let longer = report(3, &[word(3), signed_word(100), signed_word(99), signed_word(101)]);
    let longer = frame(&context, &longer, &sign(&context, &longer, &[200, 201]));
    let priced = report(3, &[signed_word(100), signed_word(99), signed_word(101)]);
    let good = frame(&context, &priced, &sign(&context, &priced, &[203, 201]));
    let other = report(3, &[signed_word(-5), signed_word(-6), signed_word(-4)]);
    let negative = frame(&context, &other, &sign(&context, &other, &[200, 202]));
    let mut offset = good.clone();
    offset[96..128].copy_from_slice(&[0xff; 32]);
    let mut length = good.clone();
    length[224..256].copy_from_slice(&[0xff; 32]);
    vec![
        ("chainlink", "edge-longer", longer),
        ("chainlink", "good-price", good.clone()),
        ("chainlink", "good-negative", negative),
        ("chainlink", "edge-offset", offset),
        ("chainlink", "edge-length", length),
        ("chainlink", "edge-signer-twice", frame(&context, &other, &sign(&context, &other, &[200, 200]))),
        ("chainlink", "edge-cut", good[..good.len() - 32].to_vec()),
    ]
}

fn ethereum() -> Vec<Seed> {
    let text = |value: &Value| value.to_string().into_bytes();
    let topic = [4; 32];
    let (receipt, _) = receipt_message(5, &receipt_bytes(true, vec![log(Address([3; 20]), topic)]));
    let (failed, _) = receipt_message(5, &receipt_bytes(false, Vec::new()));
    let mut moved = receipt.clone();
    moved["tx_index"] = 6.into();
    moved["key_rlp"] = "0x06".into();
    let slots: Vec<_> = (1..4_u8).map(|at| ([at; 32], U256::from(at))).collect();
    let (storage, ..) = contract(&slots, [1; 32], U256::ONE);
    let (absent, ..) = contract(&slots, [9; 32], U256::ZERO);
    let mut nested = storage.clone();
    let fields = nested.as_object_mut().unwrap();
    let [nonce, balance, root, code] =
        ["nonce", "balance", "storageHash", "codeHash"].map(|name| fields.shift_remove(name).unwrap());
    fields.insert(
        "account".into(),
        json!({"nonce": nonce, "balance": balance, "storageRoot": root, "codeHash": code}),
    );
    vec![
        ("eth_receipt", "good-receipt", text(&receipt)),
        ("eth_receipt", "good-nodes", nodes()),
        ("eth_receipt", "edge-failed", text(&failed)),
        ("eth_receipt", "edge-other-index", text(&moved)),
        ("eth_receipt", "edge-no-object", b"[]".to_vec()),
        ("eth_receipt", "edge-long-paths", long_paths()),
        ("eth_storage", "good-slot", text(&storage)),
        ("eth_storage", "good-absent-slot", text(&absent)),
        ("eth_storage", "good-nested", text(&nested)),
        ("eth_storage", "edge-no-object", b"[".repeat(200)),
        ("eth_header", "good-header", text(&header("0x5", &["0x7"]))),
        ("eth_header", "good-early", text(&header("0x0", &[]))),
        ("eth_header", "edge-zero-in-front", text(&header("0x05", &["0x7"]))),
    ]
}

/// A header of our own with its hash, and as many of the later fields as there are values.
fn header(number: &str, later: &[&str]) -> Value {
    let mut header = json!({
        "hash": hex(&[0; 32]), "parentHash": hex(&[1; 32]), "sha3Uncles": hex(&[2; 32]), "miner": hex(&[3; 20]),
        "stateRoot": hex(&[4; 32]), "transactionsRoot": hex(&[5; 32]), "receiptsRoot": hex(&[6; 32]),
        "logsBloom": hex(&[0; 256]), "difficulty": "0x0", "number": number, "gasLimit": "0x1c9c380",
        "gasUsed": "0x5208", "timestamp": "0x6553f100", "extraData": "0x", "mixHash": hex(&[7; 32]),
        "nonce": hex(&[0; 8]),
    });
    let mut ours = alloy_consensus::Header {
        parent_hash: [1; 32].into(),
        ommers_hash: [2; 32].into(),
        beneficiary: [3; 20].into(),
        state_root: [4; 32].into(),
        transactions_root: [5; 32].into(),
        receipts_root: [6; 32].into(),
        number: u64::from_str_radix(&number[2..], 16).unwrap(),
        gas_limit: 30_000_000,
        gas_used: 21_000,
        timestamp: 1_700_000_000,
        mix_hash: [7; 32].into(),
        ..alloy_consensus::Header::default()
    };
    if let [fee] = later {
        header["baseFeePerGas"] = (*fee).into();
        ours.base_fee_per_gas = Some(u64::from_str_radix(&fee[2..], 16).unwrap());
    }
    header["hash"] = hex(ours.hash_slow().as_slice()).into();
    header
}

/// Nodes for `walk`: a branch whose child 5 is a leaf with a receipt.
fn nodes() -> Vec<u8> {
    let receipt = receipt_bytes(true, Vec::new());
    // The key of index 5 is one byte: nibbles 0 and 5.
    let mut leaf = Vec::new();
    LeafNodeRef::new(&alloy_trie::Nibbles::from_nibbles([5]), &receipt).rlp(&mut leaf);
    let mut branch = vec![0xf1, 0xa0];
    branch.extend([0xee; 32]);
    branch.extend([0x80; 16]);
    branch[0] = 0xc0 + u8::try_from(branch.len() - 1).unwrap();
    framed(5, &[branch, leaf])
}

/// Two extensions of 64 nibbles.
fn long_paths() -> Vec<u8> {
    let mut node = vec![0xf8, 67, 0xa1, 0x00];
    node.extend([0x11; 32]);
    node.push(0xa0);
    node.extend([0xee; 32]);
    node[1] = u8::try_from(node.len() - 2).unwrap();
    framed(0x11, &[node.clone(), node])
}

fn framed(index: u8, nodes: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = vec![0, index];
    for node in nodes {
        bytes.extend(u16::try_from(node.len()).unwrap().to_be_bytes());
        bytes.extend(node);
    }
    bytes
}

fn light_client() -> Vec<Seed> {
    let finality = beacon::Draft::finality();
    let optimistic = beacon::Draft { finalized: None, ..finality };
    let signed = |draft: &beacon::Draft| draft.signed().into_bytes();
    vec![
        ("lightclient", "good-finality", signed(&finality)),
        ("lightclient", "good-optimistic", signed(&optimistic)),
        ("lightclient", "edge-341-of-512", signed(&beacon::Draft { seats: 341, ..finality })),
        ("lightclient", "edge-other-committee", signed(&beacon::Draft { by: 2, ..optimistic })),
        ("lightclient", "edge-other-version", signed(&beacon::Draft { version: [6, 0, 0, 0], ..optimistic })),
        ("lightclient", "good-none", b"[]".to_vec()),
    ]
}

fn agents() -> Vec<Seed> {
    let item = |number: u8| {
        let key = ed25519_zebra::SigningKey::from(keccak256(&[number]));
        let digest = keccak256(&[number, 1]);
        let public: [u8; 32] = ed25519_zebra::VerificationKeyBytes::from(&key).into();
        [&public[..], &digest, &key.sign(&digest).to_bytes()].concat()
    };
    let good = [vec![1], item(1), item(2), item(3)].concat();
    let mut bad = good.clone();
    bad[200] ^= 1;
    // A point of small order: its owner signs everything at once, and ZIP 215 wants one answer of all.
    let small = [vec![1], [0; 128].to_vec(), item(1)].concat();
    vec![
        ("agent", "good-three", good),
        ("agent", "good-address", [&[0][..], &Key::numbered(200).sign_rsv(&[1; 32])].concat()),
        ("agent", "edge-one-bad", bad),
        ("agent", "good-small-order", small),
        ("agent", "edge-short", [0, 1, 2].to_vec()),
    ]
}
