use alloc::vec::Vec;

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::Time;

use crate::{Address, Network, Refusal, Registry, SetId, SignerSet};

/// A set hands over to the next one: what a verified message of its network says.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Rotation {
    /// Whose set it is.
    pub network: Network,
    /// Number of the new set.
    pub index: u32,
    /// Its members, in the network's own order.
    pub keys: Vec<Address>,
    /// The set that says so.
    pub signed_by: SetId,
}

impl Rotation {
    /// The set to admit: by the threshold rule of the one before it, from now on. Whoever admits it retires the one before
    /// it a [`HANDOVER`](crate::HANDOVER) later.
    ///
    /// # Errors
    /// Of [`Registry::require_next`]; [`Refusal::Malformed`] where the new set could not sign.
    pub fn successor(&self, registry: &Registry, at: Time) -> Result<SignerSet, Refusal> {
        registry.require_next(self.network, self.index, self.signed_by, at)?;
        let before = registry.set(self.network, self.signed_by)?;
        let set = SignerSet {
            network: self.network,
            id: SetId::index(self.index),
            keys: self.keys.clone(),
            threshold: before.threshold,
            valid_from: at,
            expires_at: None,
        };
        if set.is_sound() { Ok(set) } else { Err(Refusal::Malformed) }
    }
}
