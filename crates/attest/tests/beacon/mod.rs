//! Beacon blocks of nobody, and sync committees that sign them. Roots are computed here once more, from the consensus
//! specification, in the plainest way.

#![allow(dead_code, reason = "each test takes of it what it needs")]

use std::{collections::BTreeMap, sync::LazyLock};

use blst::min_pk::{AggregatePublicKey, AggregateSignature, PublicKey, SecretKey, Signature};
use cistern_attest::{
    BeaconChain, BeaconFork, ChainTrust, ExecutionHeader,
    light_client::{Committee, decode_committee},
};
use cistern_units::Time;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

type Chunk = [u8; 32];

const CIPHERSUITE: &[u8] = b"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";
const SEATS: usize = 512;
/// Keys of a committee: each has 64 seats, one in eight.
const KEYS: usize = 8;

/// A finalised slot of Electra, early in its period, which the trust below knows.
pub(crate) const FINALISED: u64 = 1_500 * 8_192 + 64;

fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("0x{digits}")
}

fn pair(left: Chunk, right: Chunk) -> Chunk {
    Sha256::digest([left, right].concat()).into()
}

fn number(number: u64) -> Chunk {
    let mut chunk = [0; 32];
    chunk[..8].copy_from_slice(&number.to_le_bytes());
    chunk
}

fn padded(bytes: &[u8]) -> Chunk {
    let mut chunk = [0; 32];
    chunk[..bytes.len()].copy_from_slice(bytes);
    chunk
}

/// A tree of which only some nodes are known, by their generalized indices; the others are zero.
struct Tree(BTreeMap<u64, Chunk>);

impl Tree {
    fn of(leaves: &[Chunk]) -> Chunk {
        let count = leaves.len().next_power_of_two();
        let filled = leaves.iter().copied().chain([[0; 32]].into_iter().cycle()).take(count);
        Self((count as u64..).zip(filled).collect()).node(1)
    }

    fn node(&self, index: u64) -> Chunk {
        if let Some(chunk) = self.0.get(&index) {
            return *chunk;
        }
        let mut below = self.0.keys().filter(|leaf| **leaf > index);
        let known = below.any(|leaf| (leaf >> (leaf.ilog2() - index.ilog2())) == index);
        if known { pair(self.node(2 * index), self.node(2 * index + 1)) } else { [0; 32] }
    }

    fn branch(&self, mut index: u64) -> Vec<String> {
        let mut branch = Vec::new();
        while index > 1 {
            branch.push(hex(&self.node(index ^ 1)));
            index /= 2;
        }
        branch
    }
}

/// A committee of a family, as the beacon API writes it.
pub(crate) fn committee(family: u8) -> Value {
    let keys: Vec<PublicKey> = secrets(family).iter().map(SecretKey::sk_to_pk).collect();
    let seats: Vec<&PublicKey> = keys.iter().cycle().take(SEATS).collect();
    let sum = AggregatePublicKey::aggregate(&seats, true).unwrap().to_public_key();
    let texts: Vec<String> = seats.iter().map(|key| hex(&key.compress())).collect();
    json!({"pubkeys": texts, "aggregate_pubkey": hex(&sum.compress())})
}

/// The same, ready to verify.
pub(crate) fn ready(family: u8) -> Committee {
    Committee::new(&decode_committee(committee(family).to_string().as_bytes()).unwrap()).unwrap()
}

fn secrets(family: u8) -> Vec<SecretKey> {
    (0..KEYS).map(|at| SecretKey::key_gen(&[family * 16 + at as u8; 32], &[]).unwrap()).collect()
}

fn committee_root(family: u8) -> Chunk {
    decode_committee(committee(family).to_string().as_bytes()).unwrap().root()
}

/// What a pool knows at [`FINALISED`]: family 1 signs, family 2 may be known to be next.
pub(crate) fn trust(next: Option<u8>) -> ChainTrust {
    ChainTrust {
        chain: BeaconChain::mainnet(),
        slot: FINALISED,
        root: [1; 32],
        committee: committee_root(1),
        next_committee: next.map(committee_root),
        execution: ExecutionHeader {
            hash: [2; 32],
            number: 1,
            state_root: [3; 32],
            receipts_root: [4; 32],
            timestamp: Time::ZERO,
        },
    }
}

/// A block of a slot over a state; its block of Ethereum has the slot for its number.
fn header(slot: u64, state_root: Chunk) -> (Value, Chunk) {
    let blobs = BeaconChain::mainnet().fork_at(slot).unwrap().rules >= BeaconFork::Deneb;
    let mut leaves = vec![
        [0x11; 32],
        padded(&[0x12; 20]),
        [0x13; 32],
        [0x14; 32],
        Tree::of(&[[0; 32]; 8]),
        [0x15; 32],
        number(slot),
        number(30_000_000),
        number(1_000_000),
        number(1_700_000_000),
        pair(padded(b"cistern"), number(7)),
        number(7),
        [0x16; 32],
        [0x17; 32],
        [0x18; 32],
    ];
    let mut execution = json!({
        "parent_hash": hex(&leaves[0]), "fee_recipient": hex(&[0x12; 20]), "state_root": hex(&leaves[2]),
        "receipts_root": hex(&leaves[3]), "logs_bloom": hex(&[0; 256]), "prev_randao": hex(&leaves[5]),
        "block_number": slot.to_string(), "gas_limit": "30000000", "gas_used": "1000000", "timestamp": "1700000000",
        "extra_data": hex(b"cistern"), "base_fee_per_gas": "7", "block_hash": hex(&leaves[12]),
        "transactions_root": hex(&leaves[13]), "withdrawals_root": hex(&leaves[14]),
    });
    if blobs {
        leaves.extend([number(131_072), number(5)]);
        execution["blob_gas_used"] = "131072".into();
        execution["excess_blob_gas"] = "5".into();
    }
    let body = Tree([(25, Tree::of(&leaves))].into());
    let block = [number(slot), number(3), [0x19; 32], state_root, body.node(1)];
    let message = json!({
        "beacon": {
            "slot": slot.to_string(), "proposer_index": "3", "parent_root": hex(&block[2]),
            "state_root": hex(&state_root), "body_root": hex(&block[4]),
        },
        "execution": execution,
        "execution_branch": body.branch(25),
    });
    (message, Tree::of(&block))
}

/// An update that is not signed yet.
#[derive(Clone, Copy)]
pub(crate) struct Draft {
    /// Slot of the block that is signed.
    pub(crate) attested: u64,
    /// Slot of the block that is finalised by it.
    pub(crate) finalized: Option<u64>,
    /// Slot of the signature.
    pub(crate) signature_slot: u64,
    /// Family of the committee that signs.
    pub(crate) by: u8,
    /// Seats that sign, from the first.
    pub(crate) seats: usize,
    /// Family of the next committee.
    pub(crate) next: Option<u8>,
    /// Version that the signature is bound to.
    pub(crate) version: [u8; 4],
}

impl Draft {
    /// A finality update, signed by all.
    pub(crate) fn finality() -> Self {
        let attested = FINALISED + 200;
        Self {
            attested,
            finalized: Some(FINALISED + 100),
            signature_slot: attested + 1,
            by: 1,
            seats: SEATS,
            next: None,
            version: [5, 0, 0, 0],
        }
    }

    /// The message.
    pub(crate) fn signed(&self) -> String {
        let chain = BeaconChain::mainnet();
        let rules = chain.fork_at(self.attested).unwrap().rules;
        let (finality, next) = if rules >= BeaconFork::Electra { (169, 87) } else { (105, 55) };
        let finalized = self.finalized.map(|slot| header(slot, [0x21; 32]));
        let mut state = Tree(BTreeMap::new());
        state.0.extend(finalized.iter().map(|(_, root)| (finality, *root)));
        state.0.extend(self.next.map(|family| (next, committee_root(family))));
        let (attested, root) = header(self.attested, state.node(1));
        let mut bits = [0_u8; SEATS / 8];
        (0..self.seats).for_each(|seat| bits[seat / 8] |= 1 << (seat % 8));
        let mut data = json!({
            "attested_header": attested,
            "sync_aggregate": {
                "sync_committee_bits": hex(&bits), "sync_committee_signature": hex(&self.signature(&chain, root)),
            },
            "signature_slot": self.signature_slot.to_string(),
        });
        if let Some((header, _)) = finalized {
            data["finalized_header"] = header;
            data["finality_branch"] = state.branch(finality).into();
        }
        if let Some(family) = self.next {
            data["next_sync_committee"] = committee(family);
            data["next_sync_committee_branch"] = state.branch(next).into();
        }
        json!({"version": rules.name(), "data": data}).to_string()
    }

    fn signature(&self, chain: &BeaconChain, root: Chunk) -> [u8; 96] {
        let fork_data = pair(padded(&self.version), chain.genesis_validators_root);
        let mut domain = [0; 32];
        domain[0] = 7;
        domain[4..].copy_from_slice(&fork_data[..28]);
        let message = pair(root, domain);
        let signatures: Vec<Signature> =
            secrets(self.by).iter().map(|key| key.sign(&message, CIPHERSUITE, &[])).collect();
        let seats: Vec<&Signature> = signatures.iter().cycle().take(self.seats.max(1)).collect();
        AggregateSignature::aggregate(&seats, false).unwrap().to_signature().compress()
    }
}

/// A bootstrap at [`FINALISED`] with family 1.
pub(crate) fn bootstrap() -> String {
    let state = Tree([(86, committee_root(1))].into());
    let (header, _) = header(FINALISED, state.node(1));
    json!({"version": "electra", "data": {
        "header": header, "current_sync_committee": committee(1), "current_sync_committee_branch": state.branch(86),
    }})
    .to_string()
}

/// Family 1, ready, for whoever verifies many times.
pub(crate) static FIRST: LazyLock<Committee> = LazyLock::new(|| ready(1));
