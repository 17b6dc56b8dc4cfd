use alloc::vec::Vec;

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::Time;

use crate::{Address, Network, Refusal, SetId};

/// Most members of a set: Wormhole has 19, Chainlink 16 of at most 31.
pub const SIGNERS_MAX: usize = 64;

/// How many members must sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Threshold {
    /// More than two thirds, `2n/3 + 1`: Wormhole.
    TwoThirds,
    /// More than half, `n/2 + 1`: Pyth's routers.
    Majority,
    /// One more than may be faulty, `f + 1`: Chainlink.
    Faulty(u8),
    /// A fixed number: RedStone, Lazer.
    Fixed(u8),
}

impl Threshold {
    /// Signatures that `members` need; never none.
    #[must_use]
    pub fn of(self, members: usize) -> usize {
        let needed = match self {
            Self::TwoThirds => members.saturating_mul(2).div_euclid(3).saturating_add(1),
            Self::Majority => members.div_euclid(2).saturating_add(1),
            Self::Faulty(faulty) => usize::from(faulty).saturating_add(1),
            Self::Fixed(needed) => usize::from(needed),
        };
        needed.max(1)
    }
}

/// Who signs for a network, for a time.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct SignerSet {
    /// Network.
    pub network: Network,
    /// Name within the network.
    pub id: SetId,
    /// Members, in the network's own order.
    pub keys: Vec<Address>,
    /// How many must sign.
    pub threshold: Threshold,
    /// From when on it counts.
    pub valid_from: Time,
    /// From when on it counts no longer; none while it has not been replaced.
    pub expires_at: Option<Time>,
}

impl SignerSet {
    /// Can it sign at all: members, each once, as many as the threshold at least, and no more than we compute with?
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let members = self.keys.len();
        let once = self.keys.iter().enumerate().all(|(place, key)| {
            *key != Address::default() && self.keys.iter().take(place).all(|earlier| earlier != key)
        });
        let lasts = self.expires_at.is_none_or(|end| end > self.valid_from);
        once && lasts && (1..=SIGNERS_MAX).contains(&members) && self.threshold.of(members) <= members
    }

    /// Signatures that it needs.
    #[must_use]
    pub fn quorum(&self) -> usize {
        self.threshold.of(self.keys.len())
    }

    /// Does it count at a time?
    ///
    /// # Errors
    /// [`Refusal::EarlySet`], [`Refusal::ExpiredSet`].
    pub fn require_live(&self, at: Time) -> Result<(), Refusal> {
        if at < self.valid_from {
            return Err(Refusal::EarlySet);
        }
        if self.expires_at.is_some_and(|end| at >= end) { Err(Refusal::ExpiredSet) } else { Ok(()) }
    }
}
