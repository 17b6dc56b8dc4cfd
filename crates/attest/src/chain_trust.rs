use alloc::vec::Vec;

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::{Span, Time};

use crate::{Digest, Refusal};

/// Time of a slot of the beacon chain.
pub const SLOT: Span = Span::seconds(12);

/// Slots of an epoch.
pub const SLOTS_PER_EPOCH: u64 = 32;

/// Slots for which one sync committee signs: 256 epochs, 27 hours.
pub const SLOTS_PER_PERIOD: u64 = 8_192;

/// Forks of one schedule: the chain had six by 2026, one or two a year.
pub const FORKS_MAX: usize = 32;

/// Rules of the beacon chain by which a light client reads an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub enum BeaconFork {
    /// Sync committees begin.
    Altair,
    /// The merge.
    Bellatrix,
    /// Withdrawals; light-client headers carry the execution header from here on.
    Capella,
    /// Blobs: two more fields in the execution header.
    Deneb,
    /// A larger state: branches are one node longer.
    Electra,
    /// Columns of blobs; nothing new for a light client.
    Fulu,
}

impl BeaconFork {
    /// All forks, in their order.
    pub const ALL: [Self; 6] =
        [Self::Altair, Self::Bellatrix, Self::Capella, Self::Deneb, Self::Electra, Self::Fulu];

    /// Name in the beacon API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Altair => "altair",
            Self::Bellatrix => "bellatrix",
            Self::Capella => "capella",
            Self::Deneb => "deneb",
            Self::Electra => "electra",
            Self::Fulu => "fulu",
        }
    }

    /// The fork of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fork| fork.name() == name)
    }
}

/// When the rules change, and the version that signatures are bound to from then on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Fork {
    /// The rules.
    pub rules: BeaconFork,
    /// First epoch.
    pub epoch: u64,
    /// Version in the domain of signatures.
    pub version: [u8; 4],
}

/// Which beacon chain: what it began with, and its forks.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct BeaconChain {
    /// Root of the first validators, in the domain of every signature.
    pub genesis_validators_root: Digest,
    /// Time of slot 0.
    pub genesis_time: Time,
    /// Forks by rising epoch.
    pub forks: Vec<Fork>,
}

impl BeaconChain {
    /// Ethereum's, with the forks known in November 2026.
    #[must_use]
    pub fn mainnet() -> Self {
        let fork = |rules, epoch, version| Fork { rules, epoch, version: [version, 0, 0, 0] };
        Self {
            genesis_validators_root: [
                0x4b, 0x36, 0x3d, 0xb9, 0x4e, 0x28, 0x61, 0x20, 0xd7, 0x6e, 0xb9, 0x05, 0x34, 0x0f, 0xdd,
                0x4e, 0x54, 0xbf, 0xe9, 0xf0, 0x6b, 0xf3, 0x3f, 0xf6, 0xcf, 0x5a, 0xd2, 0x7f, 0x51, 0x1b,
                0xfe, 0x95,
            ],
            genesis_time: Time::milliseconds(1_606_824_023_000),
            forks: [
                fork(BeaconFork::Altair, 74_240, 1),
                fork(BeaconFork::Bellatrix, 144_896, 2),
                fork(BeaconFork::Capella, 194_048, 3),
                fork(BeaconFork::Deneb, 269_568, 4),
                fork(BeaconFork::Electra, 364_032, 5),
                fork(BeaconFork::Fulu, 411_392, 6),
            ]
            .into(),
        }
    }

    /// Can it be computed with: forks by rising epoch and rules, at least one, and not too many?
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let rises = self.forks.is_sorted_by(|a, b| a.epoch <= b.epoch && a.rules < b.rules);
        rises && (1..=FORKS_MAX).contains(&self.forks.len())
    }

    /// The fork of a slot.
    ///
    /// # Errors
    /// [`Refusal::Unsupported`] before the first one.
    pub fn fork_at(&self, slot: u64) -> Result<Fork, Refusal> {
        let epoch = slot.div_euclid(SLOTS_PER_EPOCH);
        self.forks.iter().rfind(|fork| fork.epoch <= epoch).copied().ok_or(Refusal::Unsupported)
    }

    /// When a slot begins.
    ///
    /// # Errors
    /// [`Refusal::TooLarge`] beyond the range of a time.
    pub fn time_of(&self, slot: u64) -> Result<Time, Refusal> {
        let since = slot.checked_mul(SLOT.as_milliseconds()).ok_or(Refusal::TooLarge)?;
        self.genesis_time.plus(Span::milliseconds(since)).map_err(|_| Refusal::TooLarge)
    }
}

/// The period of a slot: for each another sync committee signs.
#[must_use]
pub const fn period_of(slot: u64) -> u64 {
    slot.div_euclid(SLOTS_PER_PERIOD)
}

/// What a block of Ethereum commits to, as far as a pool asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct ExecutionHeader {
    /// Hash of the block.
    pub hash: Digest,
    /// Height.
    pub number: u64,
    /// Root of all accounts after the block.
    pub state_root: Digest,
    /// Root of the receipts of its transactions.
    pub receipts_root: Digest,
    /// Time of the block, to the second.
    pub timestamp: Time,
}

/// What a pool remembers of Ethereum's consensus: the last finalised block and who signs next. It is to a light client
/// what the registry is to oracles.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct ChainTrust {
    /// Which chain.
    pub chain: BeaconChain,
    /// Finalised slot.
    pub slot: u64,
    /// Root of the beacon block of that slot.
    pub root: Digest,
    /// Root of the committee of that slot's period.
    pub committee: Digest,
    /// Root of the committee after it, once an update brought it.
    pub next_committee: Option<Digest>,
    /// The finalised block of Ethereum: proofs against its roots count.
    pub execution: ExecutionHeader,
}

impl ChainTrust {
    /// Period of the finalised slot.
    #[must_use]
    pub const fn period(&self) -> u64 {
        period_of(self.slot)
    }

    /// Root of the committee that signs in a period.
    ///
    /// # Errors
    /// [`Refusal::NotNewer`] for a period that is over; [`Refusal::UnknownSet`] while the next committee is not known;
    /// [`Refusal::OutOfOrder`] for a period after the next.
    pub fn committee_of(&self, period: u64) -> Result<Digest, Refusal> {
        match period.checked_sub(self.period()) {
            None => Err(Refusal::NotNewer),
            Some(0) => Ok(self.committee),
            Some(1) => self.next_committee.ok_or(Refusal::UnknownSet),
            Some(_) => Err(Refusal::OutOfOrder),
        }
    }

    /// What is known once `news`, which an update led to from here or from an earlier state, is taken in. A committee
    /// that was known stays known.
    ///
    /// # Errors
    /// [`Refusal::WrongEmitter`] of another chain; [`Refusal::NotNewer`] where `news` says nothing that was not known;
    /// [`Refusal::OutOfOrder`] where it comes from a period that was not reached, or contradicts what is known.
    pub fn advanced(&self, news: &Self) -> Result<Self, Refusal> {
        if self.chain != news.chain {
            return Err(Refusal::WrongEmitter);
        }
        let known = self.committee_of(news.period());
        if known != Ok(news.committee) {
            return Err(known.err().unwrap_or(Refusal::OutOfOrder));
        }
        let mut next = if news.slot > self.slot { news.clone() } else { self.clone() };
        if news.period() == self.period() {
            next.next_committee = match (self.next_committee, news.next_committee) {
                (Some(old), Some(new)) if old != new => return Err(Refusal::OutOfOrder),
                (old, new) => old.or(new),
            };
        }
        if next == *self { Err(Refusal::NotNewer) } else { Ok(next) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trust(slot: u64, committee: u8, next: Option<u8>) -> ChainTrust {
        let execution = ExecutionHeader {
            hash: [9; 32],
            number: slot,
            state_root: [8; 32],
            receipts_root: [7; 32],
            timestamp: Time::ZERO,
        };
        ChainTrust {
            chain: BeaconChain::mainnet(),
            slot,
            root: [1; 32],
            committee: [committee; 32],
            next_committee: next.map(|byte| [byte; 32]),
            execution,
        }
    }

    #[test]
    fn trust_only_grows() {
        let old = trust(100, 1, None);
        assert_eq!(old.advanced(&old), Err(Refusal::NotNewer));
        assert_eq!(old.advanced(&trust(99, 1, None)), Err(Refusal::NotNewer));
        assert_eq!(old.advanced(&trust(101, 1, None)), Ok(trust(101, 1, None)));
        let learnt = trust(100, 1, Some(2));
        assert_eq!(old.advanced(&trust(99, 1, Some(2))), Ok(learnt.clone()));
        assert_eq!(learnt.advanced(&trust(101, 1, None)), Ok(trust(101, 1, Some(2))), "what was known stays");
        assert_eq!(learnt.advanced(&trust(101, 1, Some(3))), Err(Refusal::OutOfOrder));
        assert_eq!(learnt.advanced(&trust(8_200, 2, None)), Ok(trust(8_200, 2, None)));
        assert_eq!(learnt.advanced(&trust(8_200, 3, None)), Err(Refusal::OutOfOrder));
        assert_eq!(old.advanced(&trust(8_200, 2, None)), Err(Refusal::UnknownSet));
        assert_eq!(old.advanced(&trust(16_400, 2, None)), Err(Refusal::OutOfOrder));
        let mut other = trust(101, 1, None);
        other.chain.forks.pop();
        assert_eq!(old.advanced(&other), Err(Refusal::WrongEmitter));
    }

    #[test]
    fn a_slot_has_its_fork_period_and_time() {
        let chain = BeaconChain::mainnet();
        assert!(chain.is_sound());
        assert_eq!(chain.fork_at(194_048 * 32 - 1).map(|fork| fork.rules), Ok(BeaconFork::Bellatrix));
        assert_eq!(chain.fork_at(194_048 * 32).map(|fork| fork.version), Ok([3, 0, 0, 0]));
        assert_eq!(chain.fork_at(u64::MAX).map(|fork| fork.rules), Ok(BeaconFork::Fulu));
        assert_eq!(chain.fork_at(31), Err(Refusal::Unsupported));
        assert_eq!(chain.time_of(7_069_376), Ok(Time::milliseconds(1_691_656_535_000)));
        assert_eq!(chain.time_of(u64::MAX), Err(Refusal::TooLarge));
        assert_eq!((period_of(7_069_376), period_of(7_069_696)), (862, 863));
    }
}
