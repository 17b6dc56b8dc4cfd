use alloc::vec::Vec;

use alloy_primitives::U256;

use super::ssz::{self, Chunk};
use crate::{BeaconChain, BeaconFork, Digest, ExecutionHeader, Refusal, ethereum::header::time};

/// Where the execution header hangs in the body of a beacon block: depth, and index among the nodes of that depth.
const EXECUTION: (usize, u64) = (4, 9);

/// A block of the beacon chain with the header of the block of Ethereum within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Slot.
    pub slot: u64,
    pub(super) proposer: u64,
    pub(super) parent_root: Digest,
    pub(super) state_root: Digest,
    pub(super) body_root: Digest,
    pub(super) execution: Execution,
    pub(super) execution_branch: Vec<Chunk>,
}

/// The header within, with the fields that hash into its root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Execution {
    pub(super) parent_hash: Digest,
    pub(super) fee_recipient: [u8; 20],
    pub(super) state_root: Digest,
    pub(super) receipts_root: Digest,
    pub(super) logs_bloom: [u8; 256],
    pub(super) prev_randao: Digest,
    pub(super) number: u64,
    pub(super) gas_limit: u64,
    pub(super) gas_used: u64,
    pub(super) timestamp: u64,
    pub(super) extra_data: Vec<u8>,
    pub(super) base_fee_per_gas: U256,
    pub(super) block_hash: Digest,
    pub(super) transactions_root: Digest,
    pub(super) withdrawals_root: Digest,
    /// Blob gas used and in excess, since Deneb.
    pub(super) blobs: Option<(u64, u64)>,
}

impl Header {
    /// Root of the beacon block.
    #[must_use]
    pub fn root(&self) -> Digest {
        ssz::root(
            [
                ssz::number(self.slot),
                ssz::number(self.proposer),
                self.parent_root,
                self.state_root,
                self.body_root,
            ]
            .into(),
        )
    }

    /// The block of Ethereum within, which must be the one that the beacon block commits to.
    ///
    /// # Errors
    /// [`Refusal::ProofMismatch`]; [`Refusal::Unsupported`] before Capella; [`Refusal::Malformed`] with fields of
    /// another fork; [`Refusal::TooLarge`] for a time out of range.
    pub fn execution(&self, chain: &BeaconChain) -> Result<ExecutionHeader, Refusal> {
        let rules = chain.fork_at(self.slot)?.rules;
        let root = self.execution.root(rules)?;
        ssz::require_branch(&root, &self.execution_branch, EXECUTION, &self.body_root)?;
        Ok(ExecutionHeader {
            hash: self.execution.block_hash,
            number: self.execution.number,
            state_root: self.execution.state_root,
            receipts_root: self.execution.receipts_root,
            timestamp: time(self.execution.timestamp)?,
        })
    }
}

impl Execution {
    fn root(&self, rules: BeaconFork) -> Result<Chunk, Refusal> {
        let mut leaves: Vec<Chunk> = [
            self.parent_hash,
            ssz::bytes(&self.fee_recipient),
            self.state_root,
            self.receipts_root,
            ssz::bytes(&self.logs_bloom),
            self.prev_randao,
            ssz::number(self.number),
            ssz::number(self.gas_limit),
            ssz::number(self.gas_used),
            ssz::number(self.timestamp),
            ssz::short_list(&self.extra_data)?,
            self.base_fee_per_gas.to_le_bytes(),
            self.block_hash,
            self.transactions_root,
            self.withdrawals_root,
        ]
        .into();
        match (rules, self.blobs) {
            (BeaconFork::Altair | BeaconFork::Bellatrix, _) => return Err(Refusal::Unsupported),
            // A header that was carried over a fork has the new fields, empty.
            (BeaconFork::Capella, None | Some((0, 0))) => {}
            (BeaconFork::Deneb | BeaconFork::Electra | BeaconFork::Fulu, Some((used, excess))) => {
                leaves.extend([ssz::number(used), ssz::number(excess)]);
            }
            _ => return Err(Refusal::Malformed),
        }
        Ok(ssz::root(leaves))
    }
}
