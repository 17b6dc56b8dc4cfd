//! Wormhole: messages of chains that its guardians saw and signed, called VAAs; and, in the same form, those of Pyth's
//! routers.
//!
//! The bytes of a VAA are no identity: the same message appears signed by other guardians, and by the next set too. Its
//! digest is. Nor does the first byte of a payload say what it is: that depends on who emitted it.

mod rotation;
mod token_bridge;
mod vaa;

use cistern_units::Time;

use crate::{Digest, Network};

pub use token_bridge::{Credit, DECIMALS_ON_THE_WIRE, Receiver, TokenAttestation, Transfer, to_the_wire};
pub(crate) use vaa::seconds;
pub use vaa::{MAX_BYTES, Vaa, decode};

/// Somebody on a chain, as Wormhole names both: an emitter, a token, a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChainAddress {
    /// Wormhole's number of the chain.
    pub chain: u16,
    /// Address; shorter ones are padded with zeros in front.
    pub address: [u8; 32],
}

/// Speaks for the guardians as a whole, and for the routers as a whole: by the signatures it is told which.
pub const GOVERNANCE: ChainAddress = ChainAddress {
    chain: 1,
    address: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4],
};

/// Pyth's prices while guardians signed them, until 2026-08-26.
pub const PYTH_BY_GUARDIANS: ChainAddress = ChainAddress {
    chain: 26,
    address: [
        0xe1, 0x01, 0xfa, 0xed, 0xac, 0x58, 0x51, 0xe3, 0x2b, 0x9b, 0x23, 0xb5, 0xf9, 0x41, 0x1a, 0x8c, 0x2b,
        0xac, 0x4a, 0xae, 0x3e, 0xd4, 0xdd, 0x7b, 0x81, 0x1d, 0xd1, 0xa7, 0x2e, 0xa4, 0xaa, 0x71,
    ],
};

/// Pyth's prices since routers sign them.
pub const PYTH_BY_ROUTERS: ChainAddress =
    ChainAddress { chain: 26, address: *b"PythnetPythnetPythnetPythnetPyth" };

impl ChainAddress {
    /// The networks that may sign a message of this emitter.
    #[must_use]
    pub fn networks(&self) -> &'static [Network] {
        if *self == GOVERNANCE {
            &[Network::Wormhole, Network::PythRouters]
        } else if *self == PYTH_BY_ROUTERS {
            &[Network::PythRouters]
        } else {
            &[Network::Wormhole]
        }
    }
}

/// A message as it was emitted, without its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Who emitted it.
    pub emitter: ChainAddress,
    /// The emitter's own count: emitter and sequence name a message once.
    pub sequence: u64,
    /// Time of the block that it was emitted in, in whole seconds. Acts of governance have none: zero.
    pub emitted_at: Time,
    /// Chosen by the emitter.
    pub nonce: u32,
    /// How final the block was, in the chain's own scale; 200 and 201 are not final.
    pub consistency: u8,
    /// Bytes of the payload.
    pub payload_length: usize,
    /// Keccak of the payload.
    pub payload_digest: Digest,
}
