//! Messages from outside: prices, bridge messages, chain proofs and signed commands, decoded and verified.
//!
//! Two stages. *Decode* is cheap and bounded: it reads a message without believing a length, and allocates nothing that
//! the message's own bytes do not pay for. *Verify* checks signatures and proofs against a [`Registry`] of signers.
//! Both are pure: bytes, a registry and a time in, [`Observation`]s or a [`Refusal`] out; no clock, no I/O, no float.
//!
//! Without the feature `verify` the crate holds only what a pool remembers and decides by: who may sign, what was
//! observed, and when an observation is good enough. The engine takes it so and never meets a signature.
#![no_std]
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )
)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod chain_trust;
mod evidence;
mod judge;
mod kind;
mod known;
mod network;
mod observation;
mod refusal;
mod registry;
mod rotation;
mod signer;
mod signer_set;

pub use chain_trust::{
    BeaconChain, BeaconFork, ChainTrust, ExecutionHeader, FORKS_MAX, Fork, SLOT, SLOTS_PER_EPOCH,
    SLOTS_PER_PERIOD, period_of,
};
pub use evidence::{Evidence, Statement};
pub use judge::{Bounds, judge};
pub use kind::Kind;
pub use known::known_sets;
pub use network::{Address, Digest, FeedKey, Network, SetId};
pub use observation::{Market, Observation};
pub use refusal::Refusal;
pub use registry::{HANDOVER, Registry, RegistryError, SETS_MAX};
pub use rotation::Rotation;
pub use signer::Signer;
pub use signer_set::{SIGNERS_MAX, SignerSet, Threshold};

#[cfg(all(feature = "verify", not(any(feature = "native", feature = "pure"))))]
compile_error!("the feature verify needs a library for ECDSA: choose native or pure");

#[cfg(feature = "verify")]
pub mod agent;
#[cfg(feature = "light-client")]
mod attested;
#[cfg(feature = "verify")]
pub mod chainlink;
#[cfg(feature = "verify")]
pub mod ethereum;
#[cfg(feature = "verify")]
mod keccak;
#[cfg(feature = "verify")]
pub mod lazer;
#[cfg(feature = "light-client")]
pub mod light_client;
#[cfg(feature = "verify")]
pub mod pyth;
#[cfg(feature = "verify")]
mod reader;
#[cfg(feature = "verify")]
mod recover;
#[cfg(feature = "verify")]
pub mod redstone;
#[cfg(feature = "verify")]
pub mod typed;
#[cfg(feature = "verify")]
mod verified;
#[cfg(feature = "verify")]
pub mod wormhole;

#[cfg(feature = "light-client")]
pub use crate::attested::{
    Committees, Context, EVIDENCE_BYTES_MAX, attest, by_some_network, by_some_service,
};
#[cfg(feature = "pure")]
pub use crate::recover::recover_pure;
#[cfg(feature = "verify")]
pub use crate::{
    keccak::keccak256,
    recover::{Signature, recover},
    verified::{Claim, Verified},
};
