//! Proofs about Ethereum: tries as deep as the real ones, and updates of a sync committee of nobody.

use std::{collections::BTreeMap, hint::black_box};

use alloy_primitives::{B256, U256};
use alloy_trie::TrieAccount;
use anyhow::{anyhow, ensure};
use cistern_attest::{
    Address, Committees, Context, Digest, Evidence, Kind, Registry, attest,
    ethereum::receipt,
    keccak256,
    light_client::{Committee, decode_committee},
};
use serde_json::json;

use super::{
    figures::Figures,
    turns::{Work, in_turns},
};
use crate::{
    beacon,
    tries::{hex, log, receipt_bytes, trie},
};

/// Levels of full branches above an account, as in the state of mainnet, and above a slot of a large contract.
const ACCOUNT_LEVELS: usize = 8;
const SLOT_LEVELS: usize = 5;
/// Receipts of a block.
const RECEIPTS: u64 = 200;

/// Measures proofs and updates.
pub(crate) fn measure(rounds: usize, figures: &mut Figures) -> anyhow::Result<()> {
    let (storage, state_root) = storage();
    let mut trust = beacon::trust(None);
    trust.execution.state_root = state_root;
    let mut committees = Committees::default();
    ensure!(committees.learn(beacon::bootstrap().as_bytes(), &trust)?, "the committee was not learnt");
    let update = Evidence { kind: Kind::LightClient, bytes: beacon::Draft::finality().signed().into_bytes() };
    let at = trust.chain.time_of(beacon::FINALISED + 1_000)?;
    let registry = Registry::default();
    let context = Context { registry: &registry, chain: Some(&trust), committees: &committees, at };
    let (receipt, receipts_root) = receipt_of_block();
    let keys = decode_committee(beacon::committee(1).to_string().as_bytes())?;

    let [storages, receipts, updates, made] = in_turns(
        rounds,
        [
            Work::new(50, |_| stated(&storage, &context)),
            Work::new(50, |_| {
                black_box(receipt::decode(&receipt)?.verify(&receipts_root)?);
                Ok(())
            }),
            Work::new(4, |_| stated(&update, &context)),
            Work::new(1, |_| {
                ensure!(*Committee::new(&keys)?.root() == trust.committee, "another committee");
                Ok(())
            }),
        ],
    )?;
    // 13 branches of 532 bytes are four keccaks each, the leaves one: 60 keccaks; 15 kB of hex digits at 1 ns.
    figures.per_second("eth_storage_per_s", (&storages, 1), "60 keccaks, 15 kB of hex digits: 25,000");
    // Two branches, and a receipt of 700 bytes in hex digits, hashed and read.
    figures.per_second("eth_receipt_per_s", (&receipts, 1), "20 keccaks, 6 kB of hex digits: 60,000");
    // 512 points added at 0.6 us, a point of the signature checked, two pairings.
    figures.milliseconds("light_client_update_ms", &updates, "512 additions, two pairings: 1.5");
    // A root and a check of the group for each key, 25 us both.
    figures.milliseconds("light_client_committee_ms", &made, "512 points at 50 us: 26; once a day");
    Ok(())
}

fn stated(evidence: &Evidence, context: &Context<'_>) -> anyhow::Result<()> {
    let statements =
        attest(evidence, context).map_err(|refusal| anyhow!("{}: {refusal}", evidence.kind.name()))?;
    ensure!(statements.len() == 1, "{} statements", statements.len());
    black_box(statements);
    Ok(())
}

/// Leaves that put a key below so many full branches.
fn bushy(key: Digest, levels: usize, (value, others): (Vec<u8>, Vec<u8>)) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut leaves = BTreeMap::from([(key.to_vec(), value)]);
    for level in 0..levels {
        let shift = if level % 2 == 0 { 4 } else { 0 };
        for turn in 1..16_u8 {
            // The same way down to this level, there another one, and anything after it.
            let mut other = keccak256(&[level as u8, turn]);
            other[..level / 2].copy_from_slice(&key[..level / 2]);
            let kept = if level % 2 == 0 { 0 } else { key[level / 2] & 0xf0 };
            let below = if level % 2 == 0 { other[level / 2] & 0x0f } else { 0 };
            let nibble = ((key[level / 2] >> shift) ^ turn) & 0x0f;
            other[level / 2] = kept | (nibble << shift) | below;
            leaves.insert(other.to_vec(), others.clone());
        }
    }
    leaves
}

/// A slot of a contract as `eth_getProof` answers, and the root of the state.
fn storage() -> (Evidence, Digest) {
    let (contract, slot) = (Address([0xaa; 20]), [5; 32]);
    let rate = U256::from(1_150_000_000_000_000_000_u64);
    let word = |number: U256| alloy_rlp::encode(number);
    let leaves = bushy(keccak256(&slot), SLOT_LEVELS, (word(rate), word(U256::MAX)));
    let (storage_root, slot_proof) = trie(&leaves, &keccak256(&slot));
    let account = TrieAccount::new(1, U256::from(5), B256::from(storage_root), B256::from([6; 32]));
    let key = keccak256(&contract.0);
    let values = (alloy_rlp::encode(account), alloy_rlp::encode(TrieAccount::default()));
    let (state_root, proof) = trie(&bushy(key, ACCOUNT_LEVELS, values), &key);
    let texts = |nodes: &[alloy_primitives::Bytes]| nodes.iter().map(|node| hex(node)).collect::<Vec<_>>();
    let message = json!({
        "address": hex(&contract.0), "nonce": "0x1", "balance": "0x5", "codeHash": hex(&[6; 32]),
        "storageHash": hex(&storage_root), "accountProof": texts(&proof),
        "storageProof": [{"key": hex(&slot), "value": format!("0x{rate:x}"), "proof": texts(&slot_proof)}],
    });
    (Evidence { kind: Kind::EthStorage, bytes: message.to_string().into_bytes() }, state_root)
}

/// A receipt in the middle of a block, with three logs, and the root of the block's receipts.
fn receipt_of_block() -> (Vec<u8>, Digest) {
    let logs = || (1..4).map(|number| log(Address([number; 20]), [number; 32])).collect();
    let bytes = receipt_bytes(true, logs());
    let leaves = (0..RECEIPTS).map(|index| (alloy_rlp::encode(index), bytes.clone())).collect();
    let index = RECEIPTS / 2;
    let (root, proof) = trie(&leaves, &alloy_rlp::encode(index));
    let message = json!({
        "block_hash": hex(&[7; 32]), "block_number": 1, "key_rlp": hex(&alloy_rlp::encode(index)),
        "proof": proof.iter().map(|node| hex(node)).collect::<Vec<_>>(),
        "receipt_2718": hex(&bytes), "receipts_root": hex(&root), "tx_index": index,
    });
    (message.to_string().into_bytes(), root)
}
