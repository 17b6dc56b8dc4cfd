//! Proofs about Ethereum: block 21925176 of its main network, and tries of our own making.
#![cfg(feature = "verify")]

mod fixtures;
mod tries;

use std::collections::BTreeMap;

use alloy_consensus::{Eip658Value, Receipt as Body, ReceiptWithBloom};
use alloy_primitives::{Address as AlloyAddress, B256, Bytes, Log as AlloyLog, U256};
use alloy_trie::{Nibbles, nodes::LeafNodeRef, proof::verify_proof};
use cistern_attest::{
    Address, Claim, Digest, ExecutionHeader, Network, Refusal,
    ethereum::{header, receipt, storage},
    keccak256,
};
use cistern_units::Time;
use proptest::prelude::*;
use serde_json::{Value, json};
use tries::{contract, hex, log, proof_of, receipt_bytes, receipt_message, tree};

const BLOCK: &str = "ethereum/mainnet-block-21925176/";
const DEPOSIT_CONTRACT: Address = Address([
    0x00, 0x00, 0x00, 0x00, 0x21, 0x9a, 0xb5, 0x40, 0x35, 0x6c, 0xbb, 0x83, 0x9c, 0xbe, 0x05, 0x30, 0x3d,
    0x77, 0x05, 0xfa,
]);
const DEPOSIT_EVENT: &str = "649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c5";

fn text(name: &str) -> Option<String> {
    fixtures::text(&format!("{BLOCK}{name}"))
}

fn block() -> Option<ExecutionHeader> {
    Some(header::decode(text("block.json")?.as_bytes()).unwrap().verify().unwrap())
}

fn word(hex: &str) -> Digest {
    fixtures::unhex(hex).try_into().unwrap()
}

fn decode_receipt(message: &Value) -> Result<receipt::Message, Refusal> {
    receipt::decode(message.to_string().as_bytes())
}

#[test]
fn a_header_is_what_its_hash_says() {
    let Some(json) = text("block.json") else { return };
    let header = header::decode(json.as_bytes()).unwrap().verify().unwrap();
    assert_eq!(header.number, 21_925_176);
    assert_eq!(header.hash, word("92dabfa3f61ff1c349d12f5fd0dd4c99760a0a41b77dee8f0a80f83efdcb307a"));
    assert_eq!(
        header.receipts_root,
        word("f883e1a2fb8df9d1d988dec80f13c8aca724590ac357e45e30e0d48b1fbd64ee")
    );
    assert_eq!(header.timestamp, Time::milliseconds(0x67be_0db3 * 1_000));
    let fields: Value = serde_json::from_str(&json).unwrap();
    for (field, value) in [
        ("hash", hex(&[0; 32])),
        ("number", "0x14e8d39".into()),
        ("stateRoot", hex(&[0; 32])),
        ("timestamp", "0x67be0db4".into()),
        ("extraData", "0x".into()),
    ] {
        let mut changed = fields.clone();
        changed[field] = value.into();
        let message = header::decode(changed.to_string().as_bytes()).unwrap();
        assert_eq!(message.verify(), Err(Refusal::ProofMismatch), "{field}");
    }
    let mut gap = fields.clone();
    gap.as_object_mut().unwrap().remove("blobGasUsed");
    assert_eq!(header::decode(gap.to_string().as_bytes()), Err(Refusal::Malformed));
    let mut short = fields;
    short.as_object_mut().unwrap().remove("parentBeaconBlockRoot");
    assert_eq!(header::decode(short.to_string().as_bytes()).unwrap().verify(), Err(Refusal::ProofMismatch));
}

#[test]
fn a26_a_receipt_counts_at_its_place_only() {
    let (Some(json), Some(block)) = (text("receipt_inclusion_proof_tx39.json"), block()) else { return };
    let message = receipt::decode(json.as_bytes()).unwrap();
    assert_eq!((message.index, message.number), (39, block.number));
    assert_eq!((message.receipts_root, message.block_hash), (block.receipts_root, block.hash));
    let receipt = message.verify(&block.receipts_root).unwrap();
    let log = receipt.find_log(DEPOSIT_CONTRACT, &word(DEPOSIT_EVENT)).unwrap();
    assert_eq!((receipt.logs.len(), log.topics.len(), log.data.len()), (1, 1, 576));
    // Another place, another block, another contract.
    for index in [0, 38, 40, 127, 128, 201, 202, u64::MAX] {
        assert_eq!(
            message.clone().at(index).verify(&block.receipts_root),
            Err(Refusal::ProofMismatch),
            "{index}"
        );
    }
    assert_eq!(message.verify(&block.state_root), Err(Refusal::ProofMismatch));
    assert_eq!(receipt.find_log(Address([1; 20]), &word(DEPOSIT_EVENT)), Err(Refusal::WrongEmitter));
    assert_eq!(receipt.find_log(DEPOSIT_CONTRACT, &[1; 32]), Err(Refusal::Unsupported));
    let mut key = serde_json::from_str::<Value>(&json).unwrap();
    key["key_rlp"] = "0x28".into();
    assert_eq!(decode_receipt(&key), Err(Refusal::Malformed));
}

#[test]
fn a26_a_receipt_of_a_failed_transaction_or_with_a_log_of_another_contract_is_refused() {
    let (bridge, topic) = (Address([3; 20]), [4; 32]);
    let (message, root) = receipt_message(5, &receipt_bytes(false, vec![log(bridge, topic)]));
    assert_eq!(decode_receipt(&message).unwrap().verify(&root), Err(Refusal::FailedTransaction));
    let (message, root) = receipt_message(5, &receipt_bytes(true, vec![log(Address([5; 20]), topic)]));
    let receipt = decode_receipt(&message).unwrap().verify(&root).unwrap();
    assert_eq!(receipt.find_log(bridge, &topic), Err(Refusal::WrongEmitter));
    let logs = vec![log(Address([5; 20]), topic), log(bridge, topic)];
    let (message, root) = receipt_message(0, &receipt_bytes(true, logs));
    let receipt = decode_receipt(&message).unwrap().verify(&root).unwrap();
    assert_eq!(receipt.find_log(bridge, &topic).unwrap().emitter, bridge);
    let mut unknown = receipt_bytes(true, Vec::new());
    unknown[0] = 5;
    let (message, root) = receipt_message(5, &unknown);
    assert_eq!(decode_receipt(&message).unwrap().verify(&root), Err(Refusal::Unsupported));
    let mut longer = receipt_bytes(true, Vec::new());
    longer.push(0);
    let (message, root) = receipt_message(5, &longer);
    assert_eq!(decode_receipt(&message).unwrap().verify(&root), Err(Refusal::Malformed));
}

#[test]
fn all_receipts_of_a_block_have_the_root_of_its_header_and_each_its_proof() {
    let (Some(json), Some(block)) = (text("receipts.json"), block()) else { return };
    let receipts: Vec<Value> = serde_json::from_str(&json).unwrap();
    let leaves: BTreeMap<_, _> = receipts
        .iter()
        .enumerate()
        .map(|(at, receipt)| (alloy_rlp::encode(at as u64), encoded(receipt)))
        .collect();
    assert_eq!(leaves.len(), 202);
    let keys: Vec<_> = leaves.keys().cloned().collect();
    let (root, nodes) = tree(&leaves, &keys);
    assert_eq!(root, block.receipts_root);
    let mut succeeded = 0;
    for index in 0..202_u64 {
        let key = alloy_rlp::encode(index);
        let proof = proof_of(&nodes, &key);
        let mut message = json!({
            "block_hash": hex(&block.hash), "block_number": block.number, "key_rlp": hex(&key),
            "proof": proof.iter().map(|node| hex(node)).collect::<Vec<_>>(),
            "receipt_2718": hex(&leaves[&key]), "receipts_root": hex(&root), "tx_index": index,
        });
        let verdict = decode_receipt(&message).unwrap().verify(&root);
        match receipts[index as usize]["status"].as_str().unwrap() {
            "0x1" => succeeded += verdict.map(|_| 1).unwrap(),
            _ => assert_eq!(verdict, Err(Refusal::FailedTransaction)),
        }
        message["receipt_2718"] = hex(&leaves[&alloy_rlp::encode((index + 1) % 202)]).into();
        assert_eq!(decode_receipt(&message).unwrap().verify(&root), Err(Refusal::ProofMismatch));
    }
    assert!(succeeded > 190, "{succeeded}");
}

/// A receipt of `eth_getBlockReceipts` as the trie holds it.
fn encoded(receipt: &Value) -> Vec<u8> {
    let field = |value: &Value| fixtures::unhex(value.as_str().unwrap());
    let number = |value: &Value| u64::from_str_radix(&value.as_str().unwrap()[2..], 16).unwrap();
    let logs = receipt["logs"].as_array().unwrap().iter().map(|log| {
        let topics = log["topics"].as_array().unwrap().iter().map(|topic| B256::from_slice(&field(topic)));
        let emitter = AlloyAddress::from_slice(&field(&log["address"]));
        AlloyLog::new_unchecked(emitter, topics.collect(), field(&log["data"]).into())
    });
    let body = Body {
        status: Eip658Value::Eip658(number(&receipt["status"]) == 1),
        cumulative_gas_used: number(&receipt["cumulativeGasUsed"]),
        logs: logs.collect(),
    };
    let mut bytes: Vec<u8> =
        Some(number(&receipt["type"]) as u8).filter(|kind| *kind != 0).into_iter().collect();
    bytes.extend(alloy_rlp::encode(ReceiptWithBloom::from(body)));
    bytes
}

#[test]
fn an_account_and_its_slots_count_under_the_state_root_of_their_block() {
    let (Some(json), Some(block)) = (text("proof.json"), block()) else { return };
    let message = storage::decode(json.as_bytes()).unwrap();
    assert_eq!(message.address, Some(DEPOSIT_CONTRACT));
    let account = message.verify(DEPOSIT_CONTRACT, &block.state_root).unwrap();
    let value = U256::from_str_radix(
        "16094014837687602615517136699531350652996750438945252531923192985066080263519",
        10,
    );
    assert_eq!(account.slots[0].value, value.unwrap().to_be_bytes::<32>());
    assert_eq!(account.code_hash, word("6c029a231254fadb724d63be769f75eedd66362df034a3e663252b49d062a666"));
    assert_eq!(account.nonce, 1);
    assert_eq!(message.verify(Address([1; 20]), &block.state_root), Err(Refusal::WrongEmitter));
    assert_eq!(message.verify(DEPOSIT_CONTRACT, &block.receipts_root), Err(Refusal::ProofMismatch));
    assert_eq!(message.observe(DEPOSIT_CONTRACT, &block), Err(Refusal::TooLarge), "a hash is no rate");
    let fields: Value = serde_json::from_str(&json).unwrap();
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut changed = fields.clone();
        change(&mut changed);
        storage::decode(changed.to_string().as_bytes())
            .and_then(|message| message.verify(DEPOSIT_CONTRACT, &block.state_root))
            .unwrap_err()
    };
    assert_eq!(refused(&|it| it["nonce"] = "0x2".into()), Refusal::ProofMismatch);
    assert_eq!(refused(&|it| it["storageHash"] = hex(&[1; 32]).into()), Refusal::ProofMismatch);
    assert_eq!(refused(&|it| it["storageProof"][0]["value"] = "0x1".into()), Refusal::ProofMismatch);
    assert_eq!(refused(&|it| it["storageProof"][0]["value"] = "0x0".into()), Refusal::ProofMismatch);
    assert_eq!(refused(&|it| it["storageProof"][0]["key"] = hex(&[0; 32]).into()), Refusal::ProofMismatch);
    assert_eq!(refused(&|it| it["storageProof"][0]["proof"] = json!([])), Refusal::ProofMismatch);
    assert_eq!(refused(&|it| it["accountProof"] = json!([])), Refusal::ProofMismatch);
    assert_eq!(refused(&|it| it["code"] = "0x00".into()), Refusal::ProofMismatch);
    assert_eq!(refused(&|it| it["account"] = json!({})), Refusal::Malformed);
}

#[test]
fn an_account_beside_its_code_counts_too() {
    let Some(block) = block() else { return };
    let miner = Address(
        word("0000000000000000000000004838b106fce9647bdf1e7877bf73ce8b0bad5f97")[12..].try_into().unwrap(),
    );
    for (name, address, slots) in [
        ("account.json", DEPOSIT_CONTRACT, 1),
        ("block_miner_account.json", miner, 0),
        ("block_miner_proof.json", miner, 0),
    ] {
        let message = storage::decode(text(name).unwrap().as_bytes()).unwrap();
        assert_eq!(message.verify(address, &block.state_root).unwrap().slots.len(), slots, "{name}");
        let wrong = message.verify(Address([1; 20]), &block.state_root).unwrap_err();
        assert!(matches!(wrong, Refusal::ProofMismatch | Refusal::WrongEmitter), "{name}");
    }
}

#[test]
fn a_slot_is_a_rate_at_the_time_of_its_block() {
    let rate = U256::from(1_174_900_000_000_000_000_u64);
    let slots = [([1; 32], rate), ([2; 32], U256::from(3)), ([3; 32], U256::MAX)];
    let (message, address, block) = contract(&slots, [1; 32], rate);
    let message = storage::decode(message.to_string().as_bytes()).unwrap();
    let verified = message.observe(address, &block).unwrap();
    assert_eq!(verified.network, Network::Ethereum);
    let [Claim::Price(rate)] = verified.claims.as_slice() else { panic!("one price") };
    assert_eq!((rate.mantissa, rate.exponent), (1_174_900_000_000_000_000, -18));
    assert_eq!((rate.published_at, rate.sequence), (block.timestamp, 77));
    assert_eq!(rate.feed.0, keccak256(&[&address.0[..], &[1; 32]].concat()));
    assert_eq!(rate.digest, keccak256(&[block.hash, rate.feed.0].concat()));
    let (message, address, block) = contract(&slots, [3; 32], U256::MAX);
    let message = storage::decode(message.to_string().as_bytes()).unwrap();
    assert_eq!(message.observe(address, &block), Err(Refusal::TooLarge));
}

#[test]
fn a_slot_that_was_never_written_is_zero_and_a_written_one_is_not() {
    for count in [0_u8, 1, 2, 30] {
        let slots: Vec<_> = (0..count).map(|at| ([at; 32], U256::from(at) + U256::ONE)).collect();
        let absent = [0xee; 32];
        let (message, address, block) = contract(&slots, absent, U256::ZERO);
        let message = storage::decode(message.to_string().as_bytes()).unwrap();
        assert_eq!(
            message.verify(address, &block.state_root).unwrap().slots[0].value,
            [0; 32],
            "{count} slots"
        );
        let (claimed, address, block) = contract(&slots, absent, U256::ONE);
        let claimed = storage::decode(claimed.to_string().as_bytes()).unwrap();
        assert_eq!(claimed.verify(address, &block.state_root), Err(Refusal::ProofMismatch));
        if count > 0 {
            let (denied, address, block) = contract(&slots, [0; 32], U256::ZERO);
            let denied = storage::decode(denied.to_string().as_bytes()).unwrap();
            assert_eq!(denied.verify(address, &block.state_root), Err(Refusal::ProofMismatch));
        }
    }
}

#[test]
fn a_proof_whose_paths_are_longer_than_any_key_is_refused() {
    // `verify_proof` of alloy-trie 0.9.9 panics on it: an extension of 64 nibbles, and another one under it.
    let extension = |child: &[u8]| {
        let mut payload = vec![0xa1, 0x00];
        payload.extend([0x11; 32]);
        payload.extend(child);
        let mut node = vec![0xf8, payload.len() as u8];
        node.extend(payload);
        node
    };
    let child = |node: &[u8]| [&[0xa0][..], &keccak256(node)].concat();
    let last = extension(&child(&[1; 40]));
    let first = extension(&child(&last));
    let (mut message, _) = receipt_message(5, &receipt_bytes(true, Vec::new()));
    message["proof"] = json!([hex(&first), hex(&last)]);
    assert_eq!(decode_receipt(&message).unwrap().verify(&keccak256(&first)), Err(Refusal::ProofMismatch));
    let (mut message, address, _) = contract(&[], [1; 32], U256::ZERO);
    message["accountProof"] = json!([hex(&first), hex(&last)]);
    let message = storage::decode(message.to_string().as_bytes()).unwrap();
    assert_eq!(message.verify(address, &keccak256(&first)), Err(Refusal::ProofMismatch));
}

#[test]
fn every_node_is_needed_and_the_way_goes_to_the_end_of_the_key() {
    let receipt = receipt_bytes(true, Vec::new());
    let (message, root) = receipt_message(5, &receipt);
    let with = |nodes: &[&[u8]]| {
        let mut changed = message.clone();
        let mut all = message["proof"].as_array().unwrap().clone();
        all.extend(nodes.iter().map(|node| Value::from(hex(node))));
        changed["proof"] = all.into();
        decode_receipt(&changed).unwrap().verify(&root)
    };
    assert!(with(&[]).is_ok());
    assert_eq!(with(&[&[0x80]]), Err(Refusal::ProofMismatch), "a node too many");
    // The key of index 5 has the nibbles 0 and 5. A leaf after the first of them is not at its place.
    for (path, verdict) in [(vec![0, 5], true), (vec![0], false), (vec![0, 5, 0], false), (vec![], false)] {
        let mut leaf = Vec::new();
        LeafNodeRef::new(&Nibbles::from_nibbles(path), &receipt).rlp(&mut leaf);
        let mut alone = message.clone();
        alone["proof"] = json!([hex(&leaf)]);
        let found = decode_receipt(&alone).unwrap().verify(&keccak256(&leaf));
        assert_eq!(found.map(|_| ()), if verdict { Ok(()) } else { Err(Refusal::ProofMismatch) });
    }
}

#[test]
fn a_bomb_of_a_proof_is_refused_before_it_is_read() {
    let (message, _) = receipt_message(5, &receipt_bytes(true, Vec::new()));
    let mut many = message.clone();
    many["proof"] = json!(vec!["0x80"; 66]);
    assert_eq!(decode_receipt(&many), Err(Refusal::Oversized));
    let mut large = message.clone();
    large["proof"] = json!([format!("0x{}", "00".repeat(receipt::MAX_BYTES / 4 + 1))]);
    assert_eq!(decode_receipt(&large), Err(Refusal::Oversized));
    let mut padded = message.to_string();
    padded.extend(std::iter::repeat_n(' ', receipt::MAX_BYTES));
    assert_eq!(receipt::decode(padded.as_bytes()), Err(Refusal::Oversized));
    assert_eq!(header::decode(&vec![b' '; header::MAX_BYTES + 1]), Err(Refusal::Oversized));
    assert_eq!(storage::decode(&vec![b' '; storage::MAX_BYTES + 1]), Err(Refusal::Oversized));
    let (message, ..) = contract(&[], [1; 32], U256::ZERO);
    let mut slots = message.clone();
    slots["storageProof"] = json!(vec![message["storageProof"][0].clone(); 17]);
    assert_eq!(storage::decode(slots.to_string().as_bytes()), Err(Refusal::Oversized));
    let mut node = message.clone();
    node["accountProof"] = json!([format!("0x{}", "00".repeat(533))]);
    assert_eq!(storage::decode(node.to_string().as_bytes()), Err(Refusal::Oversized));
}

#[test]
fn what_is_no_message_is_malformed() {
    let (receipt, _) = receipt_message(5, &receipt_bytes(true, Vec::new()));
    let (storage, ..) = contract(&[], [1; 32], U256::ZERO);
    for message in [receipt.to_string(), storage.to_string()] {
        for end in 0..message.len() {
            assert_eq!(receipt::decode(&message.as_bytes()[..end]), Err(Refusal::Malformed), "{end}");
            assert_eq!(storage::decode(&message.as_bytes()[..end]), Err(Refusal::Malformed), "{end}");
        }
        let twice = message.replacen('{', r#"{"tx_index":5,"address":null,"#, 1);
        assert_eq!(receipt::decode(twice.as_bytes()), Err(Refusal::Malformed), "a field twice");
        assert_eq!(storage::decode(twice.as_bytes()), Err(Refusal::Malformed), "a field twice");
    }
    for garbage in ["", "null", "[]", "{}", "0", "\u{0}", "{\"proof\":", &"[".repeat(100_000)] {
        assert_eq!(receipt::decode(garbage.as_bytes()), Err(Refusal::Malformed));
        assert_eq!(storage::decode(garbage.as_bytes()), Err(Refusal::Malformed));
        assert_eq!(header::decode(garbage.as_bytes()), Err(Refusal::Malformed));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Of whatever is changed in a message, nothing counts that did not count before.
    #[test]
    fn a_changed_receipt_counts_for_nothing_else(at: prop::sample::Index, with in any::<u8>()) {
        let (message, root) = receipt_message(5, &receipt_bytes(true, vec![log(Address([3; 20]), [4; 32])]));
        let truth = decode_receipt(&message).unwrap().verify(&root).unwrap();
        let mut bytes = message.to_string().into_bytes();
        *at.get_mut(&mut bytes) = with;
        if let Ok(receipt) = receipt::decode(&bytes).and_then(|message| message.verify(&root)) {
            prop_assert_eq!(receipt, truth);
        }
    }

    #[test]
    fn a_changed_slot_counts_for_nothing_else(at: prop::sample::Index, with in any::<u8>()) {
        let slots = [([1; 32], U256::from(1_000)), ([2; 32], U256::from(3))];
        let (message, address, block) = contract(&slots, [1; 32], U256::from(1_000));
        let truth = storage::decode(message.to_string().as_bytes()).unwrap().verify(address, &block.state_root).unwrap();
        let mut bytes = message.to_string().into_bytes();
        *at.get_mut(&mut bytes) = with;
        let changed = storage::decode(&bytes).and_then(|message| message.verify(address, &block.state_root));
        if let Ok(account) = changed {
            // A message may ask for nothing, or for another slot only with that slot's proof.
            prop_assert_eq!(account, truth);
        }
    }

    /// Our walk and that of alloy-trie agree on tries of any shape, for what is there and what is not.
    #[test]
    fn the_walk_agrees_with_that_of_alloy_trie(
        keys in prop::collection::btree_set(any::<[u8; 2]>(), 1..60),
        asked in any::<[u8; 2]>(),
    ) {
        let spread = |key: [u8; 2]| { let mut long = [0; 32]; long[..2].copy_from_slice(&key); long[31] = key[0]; U256::from_be_bytes(long) };
        let slots: Vec<_> = keys.iter().map(|key| (spread(*key).to_be_bytes(), U256::from(7))).collect();
        let asked_key = spread(asked).to_be_bytes::<32>();
        let held = keys.contains(&asked);
        for claimed in [U256::ZERO, U256::from(7), U256::from(8)] {
            let (message, address, block) = contract(&slots, asked_key, claimed);
            let verdict = storage::decode(message.to_string().as_bytes()).unwrap().verify(address, &block.state_root);
            let proof: Vec<Bytes> = message["storageProof"][0]["proof"].as_array().unwrap().iter()
                .map(|node| fixtures::unhex(node.as_str().unwrap()).into()).collect();
            let root = B256::from_slice(&fixtures::unhex(message["storageHash"].as_str().unwrap()));
            let expected = (!claimed.is_zero()).then(|| alloy_rlp::encode(claimed));
            let theirs = verify_proof(root, Nibbles::unpack(keccak256(&asked_key)), expected, &proof);
            prop_assert_eq!(verdict.is_ok(), theirs.is_ok());
            prop_assert_eq!(verdict.is_ok(), claimed == if held { U256::from(7) } else { U256::ZERO });
        }
    }
}
