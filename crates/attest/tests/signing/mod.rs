//! Keys of nobody, for messages that no network would sign.

#![allow(dead_code, reason = "each test takes of it what it needs")]

use cistern_attest::{Address, Signature, keccak256};
use k256::ecdsa::SigningKey;

/// A key.
pub(crate) struct Key(SigningKey);

impl Key {
    /// The key of a number.
    pub(crate) fn numbered(number: u8) -> Self {
        Self(SigningKey::from_slice(&keccak256(&[number])).expect("a scalar"))
    }

    /// Its address.
    pub(crate) fn address(&self) -> Address {
        let point = self.0.verifying_key().to_sec1_point(false);
        Address(keccak256(&point.as_bytes()[1..])[12..].try_into().expect("20 bytes"))
    }

    /// Its signature of a digest.
    pub(crate) fn sign(&self, digest: &[u8; 32]) -> Signature {
        let (signature, parity) = self.0.sign_prehash_recoverable(digest);
        Signature { rs: signature.to_bytes().into(), parity: parity.to_byte() }
    }

    /// Its signature as 65 bytes, with `v` of 27 or 28.
    pub(crate) fn sign_rsv(&self, digest: &[u8; 32]) -> [u8; 65] {
        let Signature { rs, parity } = self.sign(digest);
        let mut bytes = [parity + 27; 65];
        bytes[..64].copy_from_slice(&rs);
        bytes
    }
}
