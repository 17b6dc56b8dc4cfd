use alloc::vec::Vec;

use blst::{
    BLST_ERROR,
    min_pk::{PublicKey, Signature},
};

use super::ssz;
use crate::{Digest, Refusal};

/// Members of a sync committee. A validator may sit in it more than once.
pub const MEMBERS: usize = 512;

/// Ciphersuite of Ethereum: keys come with a proof of possession, so they may be added up.
const CIPHERSUITE: &[u8] = b"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

/// The keys of a sync committee as they came, known by their root and not looked at yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    pub(super) keys: Vec<[u8; 48]>,
    pub(super) aggregate: [u8; 48],
}

impl Roster {
    /// The root by which a pool remembers the committee.
    #[must_use]
    pub fn root(&self) -> Digest {
        let keys = self.keys.iter().map(|key| ssz::bytes(key));
        ssz::pair(&ssz::root(keys.collect()), &ssz::bytes(&self.aggregate))
    }
}

/// A sync committee whose keys are points that can sign. Making one costs tens of milliseconds, as much as verifying some
/// thirty updates; a node makes it once a period.
#[derive(Clone, Debug)]
pub struct Committee {
    root: Digest,
    keys: Vec<PublicKey>,
}

impl Committee {
    /// Looks at every key: it must be on the curve, in the group, and not the point at infinity.
    ///
    /// # Errors
    /// [`Refusal::BadSignature`] for a key that cannot sign; [`Refusal::Malformed`] unless there are [`MEMBERS`].
    pub fn new(committee: &Roster) -> Result<Self, Refusal> {
        if committee.keys.len() != MEMBERS {
            return Err(Refusal::Malformed);
        }
        let keys = committee.keys.iter().map(|key| {
            let point = PublicKey::uncompress(key).map_err(|_| Refusal::BadSignature)?;
            point.validate().map_err(|_| Refusal::BadSignature)?;
            Ok(point)
        });
        Ok(Self { root: committee.root(), keys: keys.collect::<Result<_, _>>()? })
    }

    /// The root by which a pool remembers the committee.
    #[must_use]
    pub const fn root(&self) -> &Digest {
        &self.root
    }

    /// Did those members sign?
    ///
    /// # Errors
    /// [`Refusal::BadSignature`].
    pub(super) fn require_signed(
        &self,
        signers: &Participants,
        message: &Digest,
        signature: &[u8; 96],
    ) -> Result<(), Refusal> {
        let signature = Signature::uncompress(signature).map_err(|_| Refusal::BadSignature)?;
        signature.validate(true).map_err(|_| Refusal::BadSignature)?;
        let keys: Vec<_> = self
            .keys
            .iter()
            .enumerate()
            .filter(|(place, _)| signers.has(*place))
            .map(|(_, key)| key)
            .collect();
        // The group of the signature was checked above.
        match signature.fast_aggregate_verify(false, message, CIPHERSUITE, &keys) {
            BLST_ERROR::BLST_SUCCESS => Ok(()),
            _ => Err(Refusal::BadSignature),
        }
    }
}

/// Which members signed: a bit for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Participants(pub(super) [u8; MEMBERS.div_euclid(8)]);

impl Participants {
    pub(super) fn count(&self) -> u32 {
        self.0.iter().map(|byte| byte.count_ones()).sum()
    }

    fn has(&self, place: usize) -> bool {
        let bit = u32::try_from(place.rem_euclid(8)).unwrap_or(0);
        self.0.get(place.div_euclid(8)).is_some_and(|byte| byte.wrapping_shr(bit) & 1 == 1)
    }
}
