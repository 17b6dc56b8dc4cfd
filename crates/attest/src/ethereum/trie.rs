//! A way down a Merkle-Patricia trie, by the nodes of a proof.
//!
//! The nodes are decoded by `alloy-trie`. The walk is our own: `verify_proof` of 0.9.9 joins the paths of the nodes before
//! it compares them, and panics where they are longer than 64 nibbles together, as nodes under an invented root can be.

use alloc::vec::Vec;

use alloy_rlp::Decodable as _;
use alloy_trie::{
    EMPTY_ROOT_HASH,
    nodes::{BranchNode, RlpNode, TrieNode},
};

use super::hex;
use crate::{Digest, Refusal, keccak::keccak256};

/// Nodes of one proof: a key of 32 bytes has 64 nibbles, a branch for each, and a leaf.
pub(crate) const NODES_MAX: usize = 65;

/// Reads the nodes of a proof.
///
/// # Errors
/// [`Refusal::Oversized`] with more nodes than [`NODES_MAX`] or a larger one than `node_most`; [`Refusal::Malformed`].
pub(crate) fn nodes(texts: &[&str], node_most: usize) -> Result<Vec<Vec<u8>>, Refusal> {
    if texts.len() > NODES_MAX {
        return Err(Refusal::Oversized);
    }
    texts.iter().map(|text| hex::bytes(text, node_most)).collect()
}

/// The value of a key under a root, or none where the nodes show that there is none. All nodes must be used.
///
/// # Errors
/// [`Refusal::ProofMismatch`]; [`Refusal::Malformed`] where a node with the right hash is no node.
pub(crate) fn lookup(root: &Digest, key: &[u8], proof: &[Vec<u8>]) -> Result<Option<Vec<u8>>, Refusal> {
    if *root == EMPTY_ROOT_HASH.0 {
        let says_so =
            matches!(proof, []) || matches!(proof, [node] if node == &[alloy_rlp::EMPTY_STRING_CODE]);
        return if says_so { Ok(None) } else { Err(Refusal::ProofMismatch) };
    }
    let mut path = Path { key, walked: 0 };
    let mut nodes = proof.iter();
    let mut expected = *root;
    // Each round takes a node, of which there are few.
    loop {
        let node = nodes.next().ok_or(Refusal::ProofMismatch)?;
        if keccak256(node) != expected {
            return Err(Refusal::ProofMismatch);
        }
        match descend(node, &mut path)? {
            Step::Down(hash) => expected = hash,
            Step::End(_) if nodes.next().is_some() => return Err(Refusal::ProofMismatch),
            Step::End(value) => return Ok(value),
        }
    }
}

enum Step {
    /// The next node has this hash.
    Down(Digest),
    /// The path ends here, with a value or without.
    End(Option<Vec<u8>>),
}

/// From a node through the small nodes that it holds within itself.
fn descend(node: &[u8], path: &mut Path<'_>) -> Result<Step, Refusal> {
    let mut node = decode(node)?;
    // A node within a node is shorter than it, so this ends.
    loop {
        let child = match node {
            TrieNode::EmptyRoot => return Err(Refusal::ProofMismatch),
            TrieNode::Leaf(leaf) => {
                let here = path.takes(leaf.key.iter()) && path.nibble().is_none();
                return Ok(Step::End(here.then_some(leaf.value)));
            }
            TrieNode::Extension(extension) if extension.key.is_empty() => return Err(Refusal::Malformed),
            TrieNode::Extension(extension) => {
                if !path.takes(extension.key.iter()) {
                    return Ok(Step::End(None));
                }
                extension.child
            }
            TrieNode::Branch(branch) => {
                // No key of ours is the beginning of another one, so none ends at a branch.
                let nibble = path.nibble().ok_or(Refusal::ProofMismatch)?;
                path.step();
                let Some(child) = child_of(branch, nibble) else { return Ok(Step::End(None)) };
                child
            }
        };
        if let Some(hash) = child.as_hash() {
            return Ok(Step::Down(hash.0));
        }
        node = decode(&child)?;
    }
}

fn decode(mut bytes: &[u8]) -> Result<TrieNode, Refusal> {
    let node = TrieNode::decode(&mut bytes).map_err(|_| Refusal::Malformed)?;
    if bytes.is_empty() { Ok(node) } else { Err(Refusal::Malformed) }
}

fn child_of(branch: BranchNode, nibble: u8) -> Option<RlpNode> {
    let place = (0..nibble).filter(|place| branch.state_mask.is_bit_set(*place)).count();
    let there = branch.state_mask.is_bit_set(nibble);
    there.then(|| branch.stack.into_iter().nth(place)).flatten()
}

/// The nibbles of a key, and how many are walked.
struct Path<'a> {
    key: &'a [u8],
    walked: usize,
}

impl Path<'_> {
    fn nibble(&self) -> Option<u8> {
        let byte = self.key.get(self.walked.div_euclid(2))?;
        Some(if self.walked.is_multiple_of(2) { byte.wrapping_shr(4) } else { byte & 0x0f })
    }

    fn step(&mut self) {
        self.walked = self.walked.saturating_add(1);
    }

    fn takes(&mut self, nibbles: impl IntoIterator<Item = u8>) -> bool {
        nibbles.into_iter().all(|nibble| {
            let same = self.nibble() == Some(nibble);
            self.step();
            same
        })
    }
}
