use alloc::vec::Vec;

use cistern_units::Time;

use super::{
    bootstrap::require_version,
    committee::{Committee, Participants, Roster},
    header::Header,
    ssz::{self, Chunk},
};
use crate::{
    BeaconFork, ChainTrust, Claim, Digest, ExecutionHeader, Network, Refusal, SetId, Verified, period_of,
};

/// Members that must sign: two thirds of 512, rounded up. The specification's own least is 1 and two thirds for
/// finality; a pool has no use for less.
pub const PARTICIPANTS_MIN: u32 = 342;

/// What a signature of the sync committee is for.
const DOMAIN: [u8; 4] = [7, 0, 0, 0];

/// A block that the sync committee signed, and what follows: a finalised block, the next committee, both, or neither.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// The fork that the message names; bound by nothing but the slot.
    pub version: BeaconFork,
    /// The block that was signed.
    pub attested: Header,
    /// The finalised block as of it.
    pub finalized: Option<Header>,
    /// The committee of the period after its own.
    pub next_committee: Option<Roster>,
    /// The slot in which the signature was made.
    pub signature_slot: u64,
    pub(super) finality_branch: Vec<Chunk>,
    pub(super) next_branch: Vec<Chunk>,
    pub(super) participants: Participants,
    pub(super) signature: [u8; 96],
}

/// What an update leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What the pool knows from here on; none where the update finalises nothing.
    pub trust: Option<ChainTrust>,
    /// The block that was signed: newer, and not final.
    pub attested: ExecutionHeader,
    /// Period of the committee that signed.
    pub period: u64,
    /// Members that signed.
    pub participants: u32,
    digest: Digest,
}

impl Update {
    /// Members that signed.
    #[must_use]
    pub fn participants(&self) -> u32 {
        self.participants.count()
    }

    /// Is the message all there, and of its time? Everything that needs no committee; [`verify`](Self::verify) asks it
    /// first.
    ///
    /// # Errors
    /// [`Refusal::OutOfOrder`] for slots out of order; [`Refusal::Unsupported`] for a version other than the slot's;
    /// [`Refusal::Participation`]; [`Refusal::ProofMismatch`].
    pub fn check(&self, chain: &crate::BeaconChain) -> Result<ExecutionHeader, Refusal> {
        let finalized_slot = self.finalized.as_ref().map_or(0, |header| header.slot);
        if self.signature_slot <= self.attested.slot || self.attested.slot < finalized_slot {
            return Err(Refusal::OutOfOrder);
        }
        let rules = require_version(self.version, chain, self.attested.slot)?;
        if self.participants() < PARTICIPANTS_MIN {
            return Err(Refusal::Participation);
        }
        let (finality, next) =
            if rules >= BeaconFork::Electra { ((7, 41), (6, 23)) } else { ((6, 41), (5, 23)) };
        if let Some(header) = &self.finalized {
            ssz::require_branch(&header.root(), &self.finality_branch, finality, &self.attested.state_root)?;
            header.execution(chain)?;
        }
        if let Some(committee) = &self.next_committee {
            ssz::require_branch(&committee.root(), &self.next_branch, next, &self.attested.state_root)?;
        }
        self.attested.execution(chain)
    }

    /// What the update leads to from a trust. `committee` must be the one of its period.
    ///
    /// # Errors
    /// As [`check`](Self::check); [`Refusal::Ahead`] if signed in the future; [`Refusal::NotNewer`] for what is known or
    /// older; [`Refusal::UnknownSet`] if the period's committee is not known or `committee` is another;
    /// [`Refusal::OutOfOrder`] beyond the next period, or against what is known; [`Refusal::BadSignature`].
    pub fn verify(&self, trust: &ChainTrust, committee: &Committee, at: Time) -> Result<Step, Refusal> {
        let attested = self.check(&trust.chain)?;
        if trust.chain.time_of(self.signature_slot)? > at {
            return Err(Refusal::Ahead);
        }
        let period = period_of(self.signature_slot);
        if trust.committee_of(period)? != *committee.root() {
            return Err(Refusal::UnknownSet);
        }
        let next = self.next(trust)?;
        committee.require_signed(&self.participants, &self.signing_root(trust)?, &self.signature)?;
        let digest = self.content();
        Ok(Step { trust: next, attested, period, participants: self.participants(), digest })
    }

    /// What is known once the signature holds.
    fn next(&self, trust: &ChainTrust) -> Result<Option<ChainTrust>, Refusal> {
        let next = self.next_committee.as_ref().map(Roster::root);
        let Some(finalized) = &self.finalized else {
            return if self.attested.slot > trust.slot { Ok(None) } else { Err(Refusal::NotNewer) };
        };
        // A committee counts as the next one only where the state that names it is of the finalised period.
        let learnt = next.filter(|_| period_of(finalized.slot) == period_of(self.attested.slot));
        let news = ChainTrust {
            chain: trust.chain.clone(),
            slot: finalized.slot,
            root: finalized.root(),
            committee: trust.committee_of(period_of(finalized.slot))?,
            next_committee: learnt,
            execution: finalized.execution(&trust.chain)?,
        };
        trust.advanced(&news).map(Some)
    }

    /// What the committee signed: the block, for this chain and fork.
    fn signing_root(&self, trust: &ChainTrust) -> Result<Digest, Refusal> {
        // A signature is made with the version of the slot before its own.
        let fork = trust.chain.fork_at(self.signature_slot.saturating_sub(1))?;
        let fork_data = ssz::pair(&ssz::bytes(&fork.version), &trust.chain.genesis_validators_root);
        let mut domain = [0; 32];
        domain.iter_mut().zip(DOMAIN.iter().chain(&fork_data)).for_each(|(to, from)| *to = *from);
        Ok(ssz::pair(&self.attested.root(), &domain))
    }

    /// Content, the same whichever members signed.
    fn content(&self) -> Digest {
        let finalized = self.finalized.as_ref().map(Header::root).unwrap_or_default();
        let next = self.next_committee.as_ref().map(Roster::root).unwrap_or_default();
        ssz::root([self.attested.root(), finalized, next].into())
    }
}

impl Step {
    /// The step as a message that holds. Its set is the period of the committee; the members are too many to name.
    #[must_use]
    pub fn verified(self) -> Verified {
        Verified {
            network: Network::Ethereum,
            set: SetId::index(u32::try_from(self.period).unwrap_or(u32::MAX)),
            signers: Vec::new(),
            digest: self.digest,
            claims: self.trust.map(Claim::Chain).into_iter().collect(),
        }
    }
}
