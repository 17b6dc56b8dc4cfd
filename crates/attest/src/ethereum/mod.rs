//! Proofs about Ethereum: a block's header, a receipt under its root, an account and its storage under another.
//!
//! The messages are the JSON that nodes serve. What they prove counts against a root that somebody vouches for: the
//! finalised block of a [`ChainTrust`](crate::ChainTrust), or a header whose hash is known.

pub mod header;
pub(crate) mod hex;
pub mod receipt;
pub mod storage;
mod trie;

use serde::Deserialize;

use crate::Refusal;

/// Reads JSON no larger than a most; texts are borrowed from it.
fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8], most: usize) -> Result<T, Refusal> {
    if bytes.len() > most {
        return Err(Refusal::Oversized);
    }
    serde_json::from_slice(bytes).map_err(|_| Refusal::Malformed)
}
