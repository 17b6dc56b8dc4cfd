use core::fmt;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::Address;

/// Whose key signs commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub enum Signer {
    /// An account of Ethereum: ECDSA over secp256k1, the key recovered from the signature.
    Address(Address),
    /// An agent's ed25519 key: cheaper, and cheaper still in batches.
    Ed25519([u8; 32]),
}

impl Signer {
    /// The first of all in their order.
    pub const FIRST: Self = Self::Address(Address([0; 20]));
}

impl fmt::Display for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Ed25519(key) => {
                f.write_str("ed25519:")?;
                key.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    }
}
