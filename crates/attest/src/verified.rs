use alloc::vec::Vec;

use crate::{
    Address, ChainTrust, Digest, Network, Observation, Rotation, SetId,
    pyth::TwapUpdate,
    wormhole::{ChainAddress, Notice, TokenAttestation, Transfer},
};

/// What a message states, once its signatures or proofs hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// A price.
    Price(Observation),
    /// What is known of Ethereum's consensus, ahead of what was known.
    Chain(ChainTrust),
    /// A sum of prices over all slots, of Pyth.
    Twap(TwapUpdate),
    /// A message of Wormhole as such.
    Message(Notice),
    /// The next set of signers.
    Rotation(Rotation),
    /// The token bridge of a chain.
    Bridge(ChainAddress),
    /// Tokens over a token bridge.
    Transfer(Transfer),
    /// A token of another chain.
    Token(TokenAttestation),
}

/// A message whose signatures or proofs hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Who vouches for it.
    pub network: Network,
    /// The set that signed.
    pub set: SetId,
    /// Who signed, by place in the set; in rising order.
    pub signers: Vec<(u8, Address)>,
    /// Content: the same whoever signed, and in whatever order.
    pub digest: Digest,
    /// What it states, in the message's order.
    pub claims: Vec<Claim>,
}
