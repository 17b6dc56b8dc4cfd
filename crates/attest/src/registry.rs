use alloc::vec::Vec;
use core::fmt;

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::{Span, Time};

use crate::{Network, Refusal, SetId, SignerSet};

/// Sets of one registry: a lookup stays a short search, and a snapshot a few kilobytes.
pub const SETS_MAX: usize = 256;

/// How long a set that was replaced goes on: 24 h, as on Wormhole's own contracts.
pub const HANDOVER: Span = Span::DAY;

/// Why a set cannot enter a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistryError {
    /// Without members, with one twice, or with a threshold that they cannot reach.
    Unsound,
    /// A set of that name is there already.
    Taken,
    /// No room for another.
    Full,
}

impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unsound => "a signer set needs members, each once, and a threshold that they can reach",
            Self::Taken => "the network has a signer set of that name already",
            Self::Full => "the registry is full",
        })
    }
}

impl core::error::Error for RegistryError {}

/// Who may sign: all sets of all networks, by network and name. Indices of different networks never meet.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Registry {
    sets: Vec<SignerSet>,
}

impl Registry {
    /// All sets, by network and name.
    #[must_use]
    pub fn sets(&self) -> &[SignerSet] {
        &self.sets
    }

    /// The set of a name, alive or not.
    ///
    /// # Errors
    /// [`Refusal::UnknownSet`].
    pub fn set(&self, network: Network, id: SetId) -> Result<&SignerSet, Refusal> {
        let place = self.place(network, id).map_err(|_| Refusal::UnknownSet)?;
        self.sets.get(place).ok_or(Refusal::UnknownSet)
    }

    /// The set of a name, which must count at a time.
    ///
    /// # Errors
    /// [`Refusal::UnknownSet`], [`Refusal::EarlySet`], [`Refusal::ExpiredSet`].
    pub fn live(&self, network: Network, id: SetId, at: Time) -> Result<&SignerSet, Refusal> {
        let set = self.set(network, id)?;
        set.require_live(at)?;
        Ok(set)
    }

    /// The numbered set of a network that came last.
    #[must_use]
    pub fn latest(&self, network: Network) -> Option<&SignerSet> {
        self.sets.iter().rfind(|set| set.network == network && set.id.as_index().is_some())
    }

    /// The same sets without their times: for whoever looks at old messages and is told elsewhere which of them counted.
    #[must_use]
    pub fn without_times(&self) -> Self {
        let timeless =
            |set: &SignerSet| SignerSet { valid_from: Time::ZERO, expires_at: None, ..set.clone() };
        Self { sets: self.sets.iter().map(timeless).collect() }
    }

    /// Takes a set in.
    ///
    /// # Errors
    /// [`RegistryError`].
    pub fn admit(&mut self, set: SignerSet) -> Result<(), RegistryError> {
        let place = self.place_for(&set)?;
        self.sets.insert(place, set);
        Ok(())
    }

    /// Where a set that is not there yet would stand.
    ///
    /// # Errors
    /// [`RegistryError`]: it cannot enter.
    pub fn place_for(&self, set: &SignerSet) -> Result<usize, RegistryError> {
        if !set.is_sound() {
            return Err(RegistryError::Unsound);
        }
        match self.place(set.network, set.id) {
            Ok(_) => Err(RegistryError::Taken),
            Err(_) if self.sets.len() >= SETS_MAX => Err(RegistryError::Full),
            Err(place) => Ok(place),
        }
    }

    /// Ends a set at a time, unless it ends earlier.
    ///
    /// # Errors
    /// [`Refusal::UnknownSet`].
    pub fn retire(&mut self, network: Network, id: SetId, at: Time) -> Result<(), Refusal> {
        let place = self.place(network, id).map_err(|_| Refusal::UnknownSet)?;
        let set = self.sets.get_mut(place).ok_or(Refusal::UnknownSet)?;
        set.expires_at = Some(set.expires_at.map_or(at, |end| end.min(at)));
        Ok(())
    }

    /// May a numbered set follow? It must be the next of its network, and the message be by the one before it, which must
    /// be alive.
    ///
    /// # Errors
    /// [`Refusal::UnknownSet`], [`Refusal::ExpiredSet`], [`Refusal::OutOfOrder`].
    pub fn require_next(
        &self,
        network: Network,
        next: u32,
        signed_by: SetId,
        at: Time,
    ) -> Result<(), Refusal> {
        let latest = self.latest(network).ok_or(Refusal::UnknownSet)?;
        latest.require_live(at)?;
        let follows = latest.id.as_index().and_then(|index| index.checked_add(1)) == Some(next);
        if follows && latest.id == signed_by { Ok(()) } else { Err(Refusal::OutOfOrder) }
    }

    fn place(&self, network: Network, id: SetId) -> Result<usize, usize> {
        self.sets.binary_search_by_key(&(network, id), |set| (set.network, set.id))
    }
}
