//! Tries of our own making, with receipts, accounts and slots, and messages about them.

#![allow(dead_code, reason = "each test takes of it what it needs")]

use std::collections::BTreeMap;

use alloy_consensus::{Eip658Value, Receipt as Body, ReceiptWithBloom};
use alloy_primitives::{Address as AlloyAddress, B256, Bytes, Log as AlloyLog, U256};
use alloy_trie::{
    HashBuilder, Nibbles, TrieAccount,
    proof::{ProofNodes, ProofRetainer},
};
use cistern_attest::{Address, Digest, ExecutionHeader, keccak256};
use cistern_units::Time;
use serde_json::{Value, json};

/// Bytes as Ethereum writes them.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("0x{digits}")
}

/// Root of a trie of our own, and the nodes that prove some of its keys.
pub(crate) fn tree(leaves: &BTreeMap<Vec<u8>, Vec<u8>>, targets: &[Vec<u8>]) -> (Digest, ProofNodes) {
    let targets = targets.iter().map(Nibbles::unpack).collect();
    let mut builder = HashBuilder::default().with_proof_retainer(ProofRetainer::new(targets));
    let mut sorted: Vec<_> = leaves.iter().map(|(key, value)| (Nibbles::unpack(key), value)).collect();
    sorted.sort();
    for (key, value) in sorted {
        builder.add_leaf(key, value);
    }
    (builder.root().0, builder.take_proof_nodes())
}

pub(crate) fn proof_of(nodes: &ProofNodes, key: &[u8]) -> Vec<Bytes> {
    nodes.matching_nodes_sorted(&Nibbles::unpack(key)).into_iter().map(|(_, node)| node).collect()
}

/// The same for one key.
pub(crate) fn trie(leaves: &BTreeMap<Vec<u8>, Vec<u8>>, target: &[u8]) -> (Digest, Vec<Bytes>) {
    let (root, nodes) = tree(leaves, &[target.to_vec()]);
    (root, proof_of(&nodes, target))
}

pub(crate) fn receipt_bytes(success: bool, logs: Vec<AlloyLog>) -> Vec<u8> {
    let body = Body { status: Eip658Value::Eip658(success), cumulative_gas_used: 21_000, logs };
    let mut bytes = vec![2];
    bytes.extend(alloy_rlp::encode(ReceiptWithBloom::from(body)));
    bytes
}

pub(crate) fn log(emitter: Address, topic: Digest) -> AlloyLog {
    AlloyLog::new_unchecked(
        AlloyAddress::from(emitter.0),
        vec![B256::from(topic)],
        Bytes::from(vec![1, 2, 3]),
    )
}

/// The message of a receipt in a block of twenty, and the block's root.
pub(crate) fn receipt_message(index: u64, receipt: &[u8]) -> (Value, Digest) {
    let other = receipt_bytes(true, vec![log(Address([9; 20]), [9; 32])]);
    let mut leaves: BTreeMap<_, _> = (0..20_u64).map(|at| (alloy_rlp::encode(at), other.clone())).collect();
    leaves.insert(alloy_rlp::encode(index), receipt.to_vec());
    let (root, proof) = trie(&leaves, &alloy_rlp::encode(index));
    let message = json!({
        "block_hash": hex(&[7; 32]), "block_number": 1, "key_rlp": hex(&alloy_rlp::encode(index)),
        "proof": proof.iter().map(|node| hex(node)).collect::<Vec<_>>(),
        "receipt_2718": hex(receipt), "receipts_root": hex(&root), "tx_index": index,
    });
    (message, root)
}

/// A contract of our own with some slots, as `eth_getProof` answers for one of them, and its block.
pub(crate) fn contract(
    slots: &[(Digest, U256)],
    asked: Digest,
    claimed: U256,
) -> (Value, Address, ExecutionHeader) {
    let address = Address([0xaa; 20]);
    let leaves =
        slots.iter().map(|(key, value)| (keccak256(key).to_vec(), alloy_rlp::encode(value))).collect();
    let (storage_root, storage) = trie(&leaves, &keccak256(&asked));
    let account = TrieAccount::new(1, U256::from(5), storage_root.into(), [6; 32].into());
    let mut accounts: BTreeMap<_, _> = (0..40_u8)
        .map(|at| (keccak256(&[at; 20]).to_vec(), alloy_rlp::encode(TrieAccount::default())))
        .collect();
    accounts.insert(keccak256(&address.0).to_vec(), alloy_rlp::encode(account));
    let (state_root, proof) = trie(&accounts, &keccak256(&address.0));
    let texts = |nodes: &[Bytes]| nodes.iter().map(|node| hex(node)).collect::<Vec<_>>();
    let message = json!({
        "address": hex(&address.0), "nonce": "0x1", "balance": "0x5", "codeHash": hex(&[6; 32]),
        "storageHash": hex(&storage_root), "accountProof": texts(&proof),
        "storageProof": [{"key": hex(&asked), "value": format!("0x{claimed:x}"), "proof": texts(&storage)}],
    });
    let timestamp = Time::milliseconds(1_700_000_000_000);
    let block = ExecutionHeader { hash: [1; 32], number: 77, state_root, receipts_root: [2; 32], timestamp };
    (message, address, block)
}
