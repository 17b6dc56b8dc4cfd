use alloc::vec::Vec;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::{ChainTrust, Kind, Observation, Rotation};

/// A message as it came in: what a log keeps, so that everything can be verified again from nothing.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Evidence {
    /// What it is.
    pub kind: Kind,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What a pool acts on of a message that was verified.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Statement {
    /// A price.
    Price(Observation),
    /// A signer set hands over to the next.
    Rotation(Rotation),
    /// Ethereum's consensus went on.
    Chain(ChainTrust),
}
