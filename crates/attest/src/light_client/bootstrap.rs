use alloc::vec::Vec;

use cistern_units::{Span, Time};

use super::{
    committee::Roster,
    header::Header,
    ssz::{self, Chunk},
};
use crate::{BeaconChain, BeaconFork, ChainTrust, Digest, Refusal};

/// A finalised block that somebody vouches for, and how long that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which chain.
    pub chain: BeaconChain,
    /// Root of the beacon block.
    pub root: Digest,
    /// The weak subjectivity period: validators who have left since can sign another history for nothing, so that an
    /// older checkpoint is worth nothing.
    pub age_max: Span,
}

/// A beacon block with its committee: where a light client begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bootstrap {
    /// The fork that the message names; bound by nothing but the slot.
    pub version: BeaconFork,
    /// The block.
    pub header: Header,
    /// The committee of its period.
    pub committee: Roster,
    pub(super) committee_branch: Vec<Chunk>,
}

impl Bootstrap {
    /// What a pool knows from a checkpoint.
    ///
    /// # Errors
    /// [`Refusal::UnknownSet`] for another block than the checkpoint's; [`Refusal::Ahead`] and [`Refusal::Stale`] for
    /// its age; [`Refusal::Unsupported`] for a version other than its slot's; [`Refusal::ProofMismatch`].
    pub fn verify(&self, checkpoint: &Checkpoint, at: Time) -> Result<ChainTrust, Refusal> {
        let chain = &checkpoint.chain;
        let root = self.header.root();
        if root != checkpoint.root {
            return Err(Refusal::UnknownSet);
        }
        let since = chain.time_of(self.header.slot)?;
        if since > at {
            return Err(Refusal::Ahead);
        }
        if at.since(since) > checkpoint.age_max {
            return Err(Refusal::Stale);
        }
        let rules = require_version(self.version, chain, self.header.slot)?;
        let place = if rules >= BeaconFork::Electra { (6, 22) } else { (5, 22) };
        let committee = self.committee.root();
        ssz::require_branch(&committee, &self.committee_branch, place, &self.header.state_root)?;
        let execution = self.header.execution(chain)?;
        let chain = chain.clone();
        Ok(ChainTrust { chain, slot: self.header.slot, root, committee, next_committee: None, execution })
    }
}

/// The rules of a slot, which a message must have named.
pub(super) fn require_version(
    named: BeaconFork,
    chain: &BeaconChain,
    slot: u64,
) -> Result<BeaconFork, Refusal> {
    let rules = chain.fork_at(slot)?.rules;
    if named == rules { Ok(rules) } else { Err(Refusal::Unsupported) }
}
