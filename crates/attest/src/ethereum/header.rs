//! Headers of blocks, in the shape of `eth_getBlockByHash`.

use alloy_consensus::Header;
use alloy_primitives::{B64, B256, Bloom, Bytes};
use cistern_units::Time;
use serde::Deserialize;

use super::hex;
use crate::{Digest, ExecutionHeader, Refusal};

/// Largest message: a block of 3,000 transactions, by hash, takes 200 kB.
pub const MAX_BYTES: usize = 256 * 1_024;

/// Most bytes of a header's extra data, by consensus.
const EXTRA_MAX: usize = 32;

/// A header and the hash that it claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    header: Header,
    hash: Digest,
}

/// Reads a header; other fields of the block are ignored.
///
/// # Errors
/// [`Refusal::Oversized`], [`Refusal::Malformed`].
pub fn decode(bytes: &[u8]) -> Result<Message, Refusal> {
    super::read::<Wire<'_>>(bytes, MAX_BYTES)?.message()
}

impl Message {
    /// The hash that it claims.
    #[must_use]
    pub const fn claimed_hash(&self) -> &Digest {
        &self.hash
    }

    /// What the header commits to, once its hash is what it claims. Whether a block of that hash is on the chain, this
    /// does not say.
    ///
    /// # Errors
    /// [`Refusal::ProofMismatch`]; [`Refusal::TooLarge`] for a time out of range.
    pub fn verify(&self) -> Result<ExecutionHeader, Refusal> {
        if self.header.hash_slow().0 != self.hash {
            return Err(Refusal::ProofMismatch);
        }
        Ok(ExecutionHeader {
            hash: self.hash,
            number: self.header.number,
            state_root: self.header.state_root.0,
            receipts_root: self.header.receipts_root.0,
            timestamp: time(self.header.timestamp)?,
        })
    }
}

/// A time in whole seconds.
pub(crate) fn time(seconds: u64) -> Result<Time, Refusal> {
    seconds.checked_mul(1_000).map(Time::milliseconds).ok_or(Refusal::TooLarge)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    hash: &'a str,
    parent_hash: &'a str,
    #[serde(rename = "sha3Uncles")]
    ommers_hash: &'a str,
    miner: &'a str,
    state_root: &'a str,
    transactions_root: &'a str,
    receipts_root: &'a str,
    logs_bloom: &'a str,
    difficulty: &'a str,
    number: &'a str,
    gas_limit: &'a str,
    gas_used: &'a str,
    timestamp: &'a str,
    extra_data: &'a str,
    mix_hash: &'a str,
    nonce: &'a str,
    // Fields that forks added, one behind the other.
    #[serde(borrow)]
    base_fee_per_gas: Option<&'a str>,
    #[serde(borrow)]
    withdrawals_root: Option<&'a str>,
    #[serde(borrow)]
    blob_gas_used: Option<&'a str>,
    #[serde(borrow)]
    excess_blob_gas: Option<&'a str>,
    #[serde(borrow)]
    parent_beacon_block_root: Option<&'a str>,
    #[serde(borrow)]
    requests_hash: Option<&'a str>,
    #[serde(borrow)]
    block_access_list_hash: Option<&'a str>,
    #[serde(borrow)]
    slot_number: Option<&'a str>,
}

impl Wire<'_> {
    fn message(&self) -> Result<Message, Refusal> {
        self.require_no_gap()?;
        let word = |text: &str| hex::array(text).map(B256::new);
        let maybe_word = |text: Option<&str>| text.map(word).transpose();
        let maybe_number = |text: Option<&str>| text.map(hex::quantity).transpose();
        let header = Header {
            parent_hash: word(self.parent_hash)?,
            ommers_hash: word(self.ommers_hash)?,
            beneficiary: hex::array(self.miner)?.into(),
            state_root: word(self.state_root)?,
            transactions_root: word(self.transactions_root)?,
            receipts_root: word(self.receipts_root)?,
            logs_bloom: Bloom::new(hex::array(self.logs_bloom)?),
            difficulty: hex::wide_quantity(self.difficulty)?,
            number: hex::quantity(self.number)?,
            gas_limit: hex::quantity(self.gas_limit)?,
            gas_used: hex::quantity(self.gas_used)?,
            timestamp: hex::quantity(self.timestamp)?,
            extra_data: Bytes::from(hex::bytes(self.extra_data, EXTRA_MAX)?),
            mix_hash: word(self.mix_hash)?,
            nonce: B64::new(hex::array(self.nonce)?),
            base_fee_per_gas: maybe_number(self.base_fee_per_gas)?,
            withdrawals_root: maybe_word(self.withdrawals_root)?,
            blob_gas_used: maybe_number(self.blob_gas_used)?,
            excess_blob_gas: maybe_number(self.excess_blob_gas)?,
            parent_beacon_block_root: maybe_word(self.parent_beacon_block_root)?,
            requests_hash: maybe_word(self.requests_hash)?,
            block_access_list_hash: maybe_word(self.block_access_list_hash)?,
            slot_number: maybe_number(self.slot_number)?,
        };
        Ok(Message { header, hash: hex::array(self.hash)? })
    }

    /// The hash knows the later fields by their place alone, so none may be left out before another.
    fn require_no_gap(&self) -> Result<(), Refusal> {
        let there = [
            self.base_fee_per_gas.is_some(),
            self.withdrawals_root.is_some(),
            self.blob_gas_used.is_some(),
            self.excess_blob_gas.is_some(),
            self.parent_beacon_block_root.is_some(),
            self.requests_hash.is_some(),
            self.block_access_list_hash.is_some(),
            self.slot_number.is_some(),
        ];
        if there.is_sorted_by(|a, b| a >= b) { Ok(()) } else { Err(Refusal::Malformed) }
    }
}
