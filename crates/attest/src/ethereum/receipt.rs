//! Receipts of transactions, with the proof that a block holds them.

use alloc::vec::Vec;

use alloy_consensus::{Eip658Value, Receipt as Body, ReceiptWithBloom};
use serde::Deserialize;

use super::{hex, trie};
use crate::{Address, Digest, Refusal};

/// Largest message. The receipt is in it twice and every byte is two characters, so that 250 kB of receipt fit: ten
/// times the largest that a bridge or a token writes.
pub const MAX_BYTES: usize = 1_024 * 1_024;

/// Largest receipt, and so the largest node: the last one holds the receipt.
const RECEIPT_MAX: usize = MAX_BYTES.div_euclid(4);

/// A receipt and its proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Place of the transaction in its block.
    pub index: u64,
    /// Root of the receipts that the message claims.
    pub receipts_root: Digest,
    /// Hash of the block that it claims.
    pub block_hash: Digest,
    /// Number of the block that it claims.
    pub number: u64,
    receipt: Vec<u8>,
    proof: Vec<Vec<u8>>,
}

/// A receipt that is proven, of a transaction that succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Place of the transaction in its block.
    pub index: u64,
    /// Logs in their order.
    pub logs: Vec<Log>,
}

/// What a contract wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// The contract.
    pub emitter: Address,
    /// Topics; the first names the event.
    pub topics: Vec<Digest>,
    /// The rest.
    pub data: Vec<u8>,
}

/// Reads a receipt with its proof.
///
/// # Errors
/// [`Refusal::Oversized`]; [`Refusal::Malformed`], also where the key is not that of the index.
pub fn decode(bytes: &[u8]) -> Result<Message, Refusal> {
    let wire: Wire<'_> = super::read(bytes, MAX_BYTES)?;
    if hex::bytes(wire.key_rlp, 9)? != alloy_rlp::encode(wire.tx_index) {
        return Err(Refusal::Malformed);
    }
    Ok(Message {
        index: wire.tx_index,
        receipts_root: hex::array(wire.receipts_root)?,
        block_hash: hex::array(wire.block_hash)?,
        number: wire.number,
        receipt: hex::bytes(wire.receipt_2718, RECEIPT_MAX)?,
        proof: trie::nodes(&wire.proof, RECEIPT_MAX)?,
    })
}

impl Message {
    /// The same receipt and proof, said to be of another transaction.
    #[must_use]
    pub fn at(self, index: u64) -> Self {
        Self { index, ..self }
    }

    /// The receipt, which must be the one at its place under a root, of a transaction that succeeded.
    ///
    /// # Errors
    /// [`Refusal::ProofMismatch`], [`Refusal::Malformed`], [`Refusal::Unsupported`] for a type of transaction that is
    /// not known or one from before 2017, [`Refusal::FailedTransaction`].
    pub fn verify(&self, receipts_root: &Digest) -> Result<Receipt, Refusal> {
        let found = trie::lookup(receipts_root, &alloy_rlp::encode(self.index), &self.proof)?;
        if found.as_ref() != Some(&self.receipt) {
            return Err(Refusal::ProofMismatch);
        }
        let receipt = body(&self.receipt)?;
        match receipt.status {
            Eip658Value::Eip658(true) => {}
            Eip658Value::Eip658(false) => return Err(Refusal::FailedTransaction),
            Eip658Value::PostState(_) => return Err(Refusal::Unsupported),
        }
        let logs = receipt.logs.iter().map(|log| Log {
            emitter: Address(log.address.0.0),
            topics: log.topics().iter().map(|topic| topic.0).collect(),
            data: log.data.data.to_vec(),
        });
        Ok(Receipt { index: self.index, logs: logs.collect() })
    }
}

impl Receipt {
    /// The first log of an event by a contract. Several may be there: each is in `logs`.
    ///
    /// # Errors
    /// [`Refusal::WrongEmitter`] where only another contract wrote such an event; [`Refusal::Unsupported`] where none
    /// did.
    pub fn find_log(&self, contract: Address, topic0: &Digest) -> Result<&Log, Refusal> {
        let mut named = self.logs.iter().filter(|log| log.topics.first() == Some(topic0)).peekable();
        let other = if named.peek().is_some() { Refusal::WrongEmitter } else { Refusal::Unsupported };
        named.find(|log| log.emitter == contract).ok_or(other)
    }
}

/// A receipt after EIP-2718: one byte of type before it, or none.
fn body(bytes: &[u8]) -> Result<Body, Refusal> {
    let list = match bytes.split_first() {
        Some((0xc0.., _)) => bytes,
        Some((1..=4, list)) => list,
        Some(_) => return Err(Refusal::Unsupported),
        None => return Err(Refusal::Malformed),
    };
    let with_bloom: ReceiptWithBloom<Body> = alloy_rlp::decode_exact(list).map_err(|_| Refusal::Malformed)?;
    Ok(with_bloom.receipt)
}

#[derive(Deserialize)]
struct Wire<'a> {
    block_hash: &'a str,
    #[serde(rename = "block_number")]
    number: u64,
    key_rlp: &'a str,
    #[serde(borrow)]
    proof: Vec<&'a str>,
    receipt_2718: &'a str,
    receipts_root: &'a str,
    tx_index: u64,
}
