//! Guardians and routers of nobody, and VAAs that they sign.

#![allow(dead_code, reason = "each test takes of it what it needs")]

use cistern_attest::{
    Network, Registry, SetId, Signature, SignerSet, Threshold, keccak256, known_sets, wormhole::ChainAddress,
};
use cistern_units::Time;

use crate::signing::Key;

/// Order of the group.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xba,
    0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
];

/// A moment, in Unix seconds.
pub(crate) const fn at(seconds: u64) -> Time {
    Time::milliseconds(seconds * 1_000)
}

/// The key at a place of the sets of a family; families have no keys in common within 32 places.
pub(crate) fn key(family: u8, place: u8) -> Key {
    Key::numbered((family * 32).wrapping_add(place))
}

/// A set of test keys.
pub(crate) fn set(network: Network, index: u32, family: u8, members: u8) -> SignerSet {
    SignerSet {
        network,
        id: SetId::index(index),
        keys: (0..members).map(|place| key(family, place).address()).collect(),
        threshold: if network == Network::PythRouters { Threshold::Majority } else { Threshold::TwoThirds },
        valid_from: Time::ZERO,
        expires_at: None,
    }
}

/// A registry of sets.
pub(crate) fn registry(sets: impl IntoIterator<Item = SignerSet>) -> Registry {
    let mut registry = Registry::default();
    for set in sets {
        registry.admit(set).unwrap();
    }
    registry
}

/// The registry of all sets that are known.
pub(crate) fn known() -> Registry {
    registry(known_sets())
}

/// A message that is not signed yet.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) set: u32,
    pub(crate) timestamp: u32,
    pub(crate) emitter: ChainAddress,
    pub(crate) sequence: u64,
    pub(crate) consistency: u8,
    pub(crate) payload: Vec<u8>,
}

impl Draft {
    /// A message of an emitter.
    pub(crate) fn of(emitter: ChainAddress, payload: impl Into<Vec<u8>>) -> Self {
        Self {
            set: 1,
            timestamp: 1_700_000_000,
            emitter,
            sequence: 7,
            consistency: 1,
            payload: payload.into(),
        }
    }

    pub(crate) fn body(&self) -> Vec<u8> {
        let mut body = self.timestamp.to_be_bytes().to_vec();
        body.extend([0, 0, 0, 9]);
        body.extend(self.emitter.chain.to_be_bytes());
        body.extend(self.emitter.address);
        body.extend(self.sequence.to_be_bytes());
        body.push(self.consistency);
        body.extend(&self.payload);
        body
    }

    pub(crate) fn digest(&self) -> [u8; 32] {
        keccak256(&keccak256(&self.body()))
    }

    /// The signature of a place.
    pub(crate) fn signature(&self, family: u8, place: u8) -> (u8, Signature) {
        (place, key(family, place).sign(&self.digest()))
    }

    /// Signed by places of a family, in the order given.
    pub(crate) fn signed(&self, family: u8, places: impl IntoIterator<Item = u8>) -> Vec<u8> {
        let signatures: Vec<_> = places.into_iter().map(|place| self.signature(family, place)).collect();
        self.with(&signatures)
    }

    /// With signatures as they are.
    pub(crate) fn with(&self, signatures: &[(u8, Signature)]) -> Vec<u8> {
        let mut bytes = vec![1];
        bytes.extend(self.set.to_be_bytes());
        bytes.push(u8::try_from(signatures.len()).unwrap());
        for (place, signature) in signatures {
            bytes.push(*place);
            bytes.extend(signature.rs);
            bytes.push(signature.parity);
        }
        bytes.extend(self.body());
        bytes
    }
}

/// The other form of a signature, by the same key of the same digest: `s` becomes `n - s`, and the parity turns.
pub(crate) fn high(signature: Signature) -> Signature {
    let mut rs = signature.rs;
    let mut borrow = 0;
    for place in (0..32).rev() {
        let difference = i16::from(ORDER[place]) - i16::from(signature.rs[32 + place]) - borrow;
        borrow = i16::from(difference < 0);
        rs[32 + place] = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    Signature { rs, parity: signature.parity ^ 1 }
}
