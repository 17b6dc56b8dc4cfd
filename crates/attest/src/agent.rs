//! Agents' keys: ed25519 over the digest of a command, one by one or in a batch.
//!
//! By ZIP 215: the equation with the cofactor, keys and `R` in any encoding of a point, `s` below the order. Under these rules a
//! signature gets the same answer alone and in a batch, on every machine; under others it may not, and replicas that batch
//! differently would part. A key of small order signs for everybody: who registers one gives it away, and nobody else loses.

use alloc::vec::Vec;
use core::convert::Infallible;

use ed25519_zebra::{
    Signature, VerificationKey, VerificationKeyBytes,
    batch::{Item, Verifier},
};
use rand_core::{TryCryptoRng, TryRng};

use crate::{
    Digest, Refusal,
    keccak::{keccak256, keccak256_of},
};

/// A digest, signed by an agent's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Key, as it is written.
    pub key: [u8; 32],
    /// What was signed.
    pub digest: Digest,
    /// `R` and `s`.
    pub signature: [u8; 64],
}

/// Checks one signature.
///
/// # Errors
/// [`Refusal::BadSignature`].
pub fn verify_one(signed: &Signed) -> Result<(), Refusal> {
    let key = VerificationKey::try_from(signed.key).map_err(|_| Refusal::BadSignature)?;
    key.verify(&Signature::from_bytes(&signed.signature), &signed.digest).map_err(|_| Refusal::BadSignature)
}

/// Signatures that are checked together, for some six tenths of what they cost one by one: reading the points, two of each
/// signature, cannot be shared.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    items: Vec<Item>,
    /// Hash chain over all that was queued.
    seed: Digest,
}

impl Batch {
    /// Signatures queued.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Is nothing queued?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Queues a signature; its place is the number queued before it.
    pub fn queue(&mut self, signed: &Signed) {
        self.seed =
            keccak256_of([self.seed.as_slice(), &signed.key, &signed.digest, signed.signature.as_slice()]);
        let key = VerificationKeyBytes::from(signed.key);
        let signature = Signature::from_bytes(&signed.signature);
        self.items.push(Item::from((key, signature, &signed.digest)));
    }

    /// Places of the signatures that are bad, in rising order; none where all are good. If the batch as a whole fails, each is
    /// checked by itself: one bad signature makes a batch about three times as dear, never wrong.
    ///
    /// A batch sums the equations with random weights, and a bad signature passes if the weights happen to cancel its error. The
    /// weights here are drawn from a hash of everything in the batch, as in a proof after Fiat and Shamir: they are fixed only
    /// once the signatures are, so that whoever tries to fit signatures to weights has one chance in 2^128 for each batch that he
    /// hashes, as with true chance. So the answer is a function of the input and no randomness is asked of the host.
    #[must_use]
    pub fn bad(self) -> Vec<usize> {
        let mut verifier = Verifier::new();
        for item in &self.items {
            verifier.queue(item.clone());
        }
        if verifier.verify(Weights::new(self.seed)).is_ok() {
            return Vec::new();
        }
        let singly = self.items.into_iter().enumerate();
        singly.filter_map(|(place, item)| item.verify_single().is_err().then_some(place)).collect()
    }
}

/// Keccak of a seed and a counter, 32 bytes at a time.
struct Weights {
    seed: Digest,
    counter: u64,
    block: Digest,
    used: usize,
}

impl Weights {
    const fn new(seed: Digest) -> Self {
        Self { seed, counter: 0, block: [0; 32], used: 32 }
    }

    fn byte(&mut self) -> u8 {
        if let Some(byte) = self.block.get(self.used) {
            self.used = self.used.saturating_add(1);
            return *byte;
        }
        let mut input = [0; 40];
        let (seed, counter) = input.split_at_mut(32);
        seed.copy_from_slice(&self.seed);
        counter.copy_from_slice(&self.counter.to_be_bytes());
        self.block = keccak256(&input);
        self.counter = self.counter.wrapping_add(1);
        self.used = 1;
        self.block.first().copied().unwrap_or(0)
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        core::array::from_fn(|_| self.byte())
    }
}

impl TryRng for Weights {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.array()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.array()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.iter_mut().for_each(|byte| *byte = self.byte());
        Ok(())
    }
}

// Weights need not be secret, only chosen after the signatures; see `Batch::bad`.
impl TryCryptoRng for Weights {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_a_function_of_their_seed_and_do_not_repeat() {
        let drawn = |seed: u8| {
            let mut bytes = [0; 96];
            let _ = Weights::new([seed; 32]).try_fill_bytes(&mut bytes);
            bytes
        };
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
        let bytes = drawn(3);
        assert!(bytes[..32] != bytes[32..64] && bytes[32..64] != bytes[64..]);
    }
}
