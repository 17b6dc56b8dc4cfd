//! Who signed a digest: recovery of ECDSA signatures over secp256k1.
//!
//! One policy for all networks and libraries: a signature has one form, the low one. `s` in the upper half of the group,
//! `r` or `s` of zero or beyond the order, and a recovery id other than 0 or 1 are refused; libraries disagree about them,
//! and replicas must not. None of the networks' messages has them.

use crate::{Address, Digest, Refusal, keccak256};

/// Half of the order of the group, rounded down: the largest `s` of a low signature.
const HALF_ORDER: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x5d,
    0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
];

/// A recoverable signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// `r` and `s`, big-endian.
    pub rs: [u8; 64],
    /// Which of the two points: 0 or 1.
    pub parity: u8,
}

impl Signature {
    /// From 65 bytes `r s v`, where `v` is 0 or 1, or 27 or 28 as Ethereum writes it.
    ///
    /// # Errors
    /// [`Refusal::BadSignature`] for another `v`.
    pub fn from_rsv(bytes: &[u8; 65]) -> Result<Self, Refusal> {
        let (rs, v) = bytes.split_first_chunk::<64>().ok_or(Refusal::BadSignature)?;
        let parity = match v {
            [0 | 27] => 0,
            [1 | 28] => 1,
            _ => return Err(Refusal::BadSignature),
        };
        Ok(Self { rs: *rs, parity })
    }
}

/// Address of whoever signed a digest.
///
/// # Errors
/// [`Refusal::BadSignature`] where nobody can have, or the signature is not in its low form.
pub fn recover(digest: &Digest, signature: &Signature) -> Result<Address, Refusal> {
    address(digest, signature, library::public_key)
}

/// The same by the library in Rust alone, whichever [`recover`] takes: to compare the two.
///
/// # Errors
/// As [`recover`].
#[cfg(feature = "pure")]
pub fn recover_pure(digest: &Digest, signature: &Signature) -> Result<Address, Refusal> {
    address(digest, signature, pure::public_key)
}

/// The policy, around a library's uncompressed point.
fn address(
    digest: &Digest,
    signature: &Signature,
    public_key: impl Fn(&Digest, &Signature) -> Option<[u8; 65]>,
) -> Result<Address, Refusal> {
    let (_, s) = signature.rs.split_last_chunk::<32>().ok_or(Refusal::BadSignature)?;
    if *s > HALF_ORDER || signature.parity > 1 {
        return Err(Refusal::BadSignature);
    }
    let point = public_key(digest, signature).ok_or(Refusal::BadSignature)?;
    let (_, coordinates) = point.split_first_chunk::<1>().ok_or(Refusal::BadSignature)?;
    let hash = keccak256(coordinates);
    let (_, address) = hash.split_last_chunk::<20>().ok_or(Refusal::BadSignature)?;
    Ok(Address(*address))
}

#[cfg(feature = "native")]
use native as library;
#[cfg(not(feature = "native"))]
use pure as library;

#[cfg(feature = "native")]
mod native {
    use secp256k1::{
        Message,
        ecdsa::{RecoverableSignature, RecoveryId},
    };

    use super::Signature;
    use crate::Digest;

    /// The uncompressed point.
    pub(super) fn public_key(digest: &Digest, signature: &Signature) -> Option<[u8; 65]> {
        let parity = if signature.parity == 0 { RecoveryId::Zero } else { RecoveryId::One };
        let signature = RecoverableSignature::from_compact(&signature.rs, parity).ok()?;
        let key = signature.recover_ecdsa(Message::from_digest(*digest)).ok()?;
        Some(key.serialize_uncompressed())
    }
}

#[cfg(feature = "pure")]
mod pure {
    use k256::ecdsa::{RecoveryId, Signature as Ecdsa, VerifyingKey};

    use super::Signature;
    use crate::Digest;

    /// The uncompressed point.
    pub(super) fn public_key(digest: &Digest, signature: &Signature) -> Option<[u8; 65]> {
        let parity = RecoveryId::from_byte(signature.parity)?;
        let signature = Ecdsa::from_slice(&signature.rs).ok()?;
        let key = VerifyingKey::recover_from_prehash(digest, &signature, parity).ok()?;
        key.to_sec1_point(false).as_bytes().try_into().ok()
    }
}

#[cfg(all(test, feature = "native", feature = "pure"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn both_libraries_recover_the_same_key(digest: [u8; 32], rs in prop::collection::vec(any::<u8>(), 64), parity in 0_u8..2) {
            let mut signature = Signature { rs: rs.try_into().unwrap(), parity };
            // Half of all `s` are low; make the others so, for cases that get past the policy.
            signature.rs[32] &= 0x7f;
            prop_assert_eq!(native::public_key(&digest, &signature), pure::public_key(&digest, &signature));
        }
    }
}
