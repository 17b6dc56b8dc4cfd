//! The JSON of the beacon API.

use alloc::{boxed::Box, vec::Vec};

use serde::Deserialize;

use super::{
    bootstrap::Bootstrap,
    committee::{MEMBERS, Participants, Roster},
    header::{Execution, Header},
    ssz::Chunk,
    update::Update,
};
use crate::{BeaconFork, Refusal, ethereum::hex};

/// Largest message: one with a committee takes 75 kB, indented.
pub const MAX_BYTES: usize = 256 * 1_024;

/// Updates of one answer, as in the beacon API.
pub const UPDATES_MAX: usize = 128;

/// Nodes of a branch: the longest has seven.
const BRANCH_MAX: usize = 16;

/// A message of the light-client protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Where a light client begins.
    Bootstrap(Box<Bootstrap>),
    /// A step: with the next committee, with finality, or with neither.
    Update(Box<Update>),
}

/// Reads one message.
///
/// # Errors
/// [`Refusal::Oversized`]; [`Refusal::Malformed`]; [`Refusal::Unsupported`] for a fork that is not known.
pub fn decode(bytes: &[u8]) -> Result<Message, Refusal> {
    if bytes.len() > MAX_BYTES {
        return Err(Refusal::Oversized);
    }
    serde_json::from_slice::<Wire<'_>>(bytes).map_err(|_| Refusal::Malformed)?.message()
}

/// Reads one message, or a list of them as the beacon API answers for a range of periods.
///
/// # Errors
/// As [`decode`].
pub fn decode_all(bytes: &[u8]) -> Result<Vec<Message>, Refusal> {
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'[') {
        return decode(bytes).map(|message| [message].into());
    }
    if bytes.len() > MAX_BYTES.saturating_mul(UPDATES_MAX) {
        return Err(Refusal::Oversized);
    }
    let all: Vec<Wire<'_>> = serde_json::from_slice(bytes).map_err(|_| Refusal::Malformed)?;
    if all.len() > UPDATES_MAX {
        return Err(Refusal::Oversized);
    }
    all.iter().map(Wire::message).collect()
}

/// Reads the keys of a committee alone: `pubkeys` and `aggregate_pubkey`.
///
/// # Errors
/// [`Refusal::Oversized`], [`Refusal::Malformed`].
pub fn decode_committee(bytes: &[u8]) -> Result<Roster, Refusal> {
    if bytes.len() > MAX_BYTES {
        return Err(Refusal::Oversized);
    }
    serde_json::from_slice::<WireCommittee<'_>>(bytes).map_err(|_| Refusal::Malformed)?.keys()
}

#[derive(Deserialize)]
struct Wire<'a> {
    version: &'a str,
    #[serde(borrow)]
    data: Data<'a>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    header: Option<WireHeader<'a>>,
    #[serde(borrow)]
    current_sync_committee: Option<WireCommittee<'a>>,
    #[serde(borrow)]
    current_sync_committee_branch: Option<Vec<&'a str>>,
    #[serde(borrow)]
    attested_header: Option<WireHeader<'a>>,
    #[serde(borrow)]
    next_sync_committee: Option<WireCommittee<'a>>,
    #[serde(borrow)]
    next_sync_committee_branch: Option<Vec<&'a str>>,
    #[serde(borrow)]
    finalized_header: Option<WireHeader<'a>>,
    #[serde(borrow)]
    finality_branch: Option<Vec<&'a str>>,
    #[serde(borrow)]
    sync_aggregate: Option<Aggregate<'a>>,
    #[serde(borrow)]
    signature_slot: Option<&'a str>,
}

#[derive(Deserialize)]
struct Aggregate<'a> {
    sync_committee_bits: &'a str,
    sync_committee_signature: &'a str,
}

#[derive(Deserialize)]
struct WireCommittee<'a> {
    #[serde(borrow)]
    pubkeys: Vec<&'a str>,
    aggregate_pubkey: &'a str,
}

#[derive(Deserialize)]
struct WireHeader<'a> {
    #[serde(borrow)]
    beacon: Beacon<'a>,
    #[serde(borrow)]
    execution: WireExecution<'a>,
    #[serde(borrow)]
    execution_branch: Vec<&'a str>,
}

#[derive(Deserialize)]
struct Beacon<'a> {
    slot: &'a str,
    proposer_index: &'a str,
    parent_root: &'a str,
    state_root: &'a str,
    body_root: &'a str,
}

#[derive(Deserialize)]
struct WireExecution<'a> {
    parent_hash: &'a str,
    fee_recipient: &'a str,
    state_root: &'a str,
    receipts_root: &'a str,
    logs_bloom: &'a str,
    prev_randao: &'a str,
    #[serde(rename = "block_number")]
    number: &'a str,
    gas_limit: &'a str,
    gas_used: &'a str,
    timestamp: &'a str,
    extra_data: &'a str,
    base_fee_per_gas: &'a str,
    block_hash: &'a str,
    transactions_root: &'a str,
    withdrawals_root: &'a str,
    #[serde(borrow)]
    blob_gas_used: Option<&'a str>,
    #[serde(borrow)]
    excess_blob_gas: Option<&'a str>,
}

impl Wire<'_> {
    fn message(&self) -> Result<Message, Refusal> {
        let version = BeaconFork::named(self.version).ok_or(Refusal::Unsupported)?;
        match (&self.data.header, &self.data.attested_header) {
            (Some(header), None) => {
                self.data.bootstrap(version, header).map(Box::new).map(Message::Bootstrap)
            }
            (None, Some(attested)) => self.data.update(version, attested).map(Box::new).map(Message::Update),
            _ => Err(Refusal::Malformed),
        }
    }
}

impl Data<'_> {
    fn bootstrap(&self, version: BeaconFork, header: &WireHeader<'_>) -> Result<Bootstrap, Refusal> {
        let committee = self.current_sync_committee.as_ref().ok_or(Refusal::Malformed)?;
        let branch = self.current_sync_committee_branch.as_deref().ok_or(Refusal::Malformed)?;
        Ok(Bootstrap {
            version,
            header: header.header()?,
            committee: committee.keys()?,
            committee_branch: chunks(branch)?,
        })
    }

    fn update(&self, version: BeaconFork, attested: &WireHeader<'_>) -> Result<Update, Refusal> {
        let (finalized, finality_branch) =
            both(self.finalized_header.as_ref(), self.finality_branch.as_deref())?;
        let (next, next_branch) =
            both(self.next_sync_committee.as_ref(), self.next_sync_committee_branch.as_deref())?;
        let aggregate = self.sync_aggregate.as_ref().ok_or(Refusal::Malformed)?;
        Ok(Update {
            version,
            attested: attested.header()?,
            finalized: finalized.map(WireHeader::header).transpose()?,
            next_committee: next.map(WireCommittee::keys).transpose()?,
            signature_slot: hex::decimal(self.signature_slot.ok_or(Refusal::Malformed)?)?,
            finality_branch,
            next_branch,
            participants: Participants(hex::array(aggregate.sync_committee_bits)?),
            signature: hex::array(aggregate.sync_committee_signature)?,
        })
    }
}

/// Something and its branch come together or not at all.
fn both<'a, T>(of: Option<&'a T>, branch: Option<&[&str]>) -> Result<(Option<&'a T>, Vec<Chunk>), Refusal> {
    match (of, branch) {
        (Some(of), Some(branch)) => Ok((Some(of), chunks(branch)?)),
        (None, None) => Ok((None, Vec::new())),
        _ => Err(Refusal::Malformed),
    }
}

fn chunks(branch: &[&str]) -> Result<Vec<Chunk>, Refusal> {
    if branch.len() > BRANCH_MAX {
        return Err(Refusal::Oversized);
    }
    branch.iter().map(|node| hex::array(node)).collect()
}

impl WireCommittee<'_> {
    fn keys(&self) -> Result<Roster, Refusal> {
        if self.pubkeys.len() != MEMBERS {
            return Err(Refusal::Malformed);
        }
        let keys = self.pubkeys.iter().map(|key| hex::array(key)).collect::<Result<_, _>>()?;
        Ok(Roster { keys, aggregate: hex::array(self.aggregate_pubkey)? })
    }
}

impl WireHeader<'_> {
    fn header(&self) -> Result<Header, Refusal> {
        Ok(Header {
            slot: hex::decimal(self.beacon.slot)?,
            proposer: hex::decimal(self.beacon.proposer_index)?,
            parent_root: hex::array(self.beacon.parent_root)?,
            state_root: hex::array(self.beacon.state_root)?,
            body_root: hex::array(self.beacon.body_root)?,
            execution: self.execution.execution()?,
            execution_branch: chunks(&self.execution_branch)?,
        })
    }
}

impl WireExecution<'_> {
    fn execution(&self) -> Result<Execution, Refusal> {
        let blobs = match (self.blob_gas_used, self.excess_blob_gas) {
            (Some(used), Some(excess)) => Some((hex::decimal(used)?, hex::decimal(excess)?)),
            (None, None) => None,
            _ => return Err(Refusal::Malformed),
        };
        Ok(Execution {
            parent_hash: hex::array(self.parent_hash)?,
            fee_recipient: hex::array(self.fee_recipient)?,
            state_root: hex::array(self.state_root)?,
            receipts_root: hex::array(self.receipts_root)?,
            logs_bloom: hex::array(self.logs_bloom)?,
            prev_randao: hex::array(self.prev_randao)?,
            number: hex::decimal(self.number)?,
            gas_limit: hex::decimal(self.gas_limit)?,
            gas_used: hex::decimal(self.gas_used)?,
            timestamp: hex::decimal(self.timestamp)?,
            extra_data: hex::bytes(self.extra_data, 32)?,
            base_fee_per_gas: hex::wide_decimal(self.base_fee_per_gas)?,
            block_hash: hex::array(self.block_hash)?,
            transactions_root: hex::array(self.transactions_root)?,
            withdrawals_root: hex::array(self.withdrawals_root)?,
            blobs,
        })
    }
}
