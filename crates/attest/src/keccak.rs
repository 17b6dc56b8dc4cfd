use sha3::{Digest as _, Keccak256};

use crate::Digest;

/// Keccak-256, Ethereum's hash.
#[must_use]
pub fn keccak256(bytes: &[u8]) -> Digest {
    Keccak256::digest(bytes).into()
}

/// Keccak-256 of parts, one behind the other.
pub(crate) fn keccak256_of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Digest {
    let mut hash = Keccak256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}
