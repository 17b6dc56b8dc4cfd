//! A light client of the beacon chain: what its sync committee signs leads from one finalised block to the next.
//!
//! From a checkpoint that somebody vouches for a [`Bootstrap`] makes the first [`ChainTrust`](crate::ChainTrust); each
//! [`Update`] after it must be signed by two thirds of the committee that the trust before it knows. Rules and indices
//! are those of the consensus specification, `specs/altair/light-client/sync-protocol.md` and its amendments up to Fulu.

mod bootstrap;
mod committee;
mod header;
mod ssz;
mod update;
mod wire;

pub use bootstrap::{Bootstrap, Checkpoint};
pub use committee::{Committee, MEMBERS, Roster};
pub use header::Header;
pub use update::{PARTICIPANTS_MIN, Step, Update};
pub use wire::{MAX_BYTES, Message, UPDATES_MAX, decode, decode_all, decode_committee};
