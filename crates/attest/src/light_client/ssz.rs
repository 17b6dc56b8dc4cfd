//! Roots of the beacon chain's containers, and branches that lead to them.

use alloc::vec::Vec;

use sha2::{Digest as _, Sha256};

use crate::{Digest, Refusal};

/// A leaf or node of a tree.
pub(super) type Chunk = Digest;

/// Hash of two nodes.
pub(super) fn pair(left: &Chunk, right: &Chunk) -> Chunk {
    let mut hash = Sha256::new();
    hash.update(left);
    hash.update(right);
    hash.finalize().into()
}

/// Root over leaves, filled up with zeros to a power of two.
pub(super) fn root(mut nodes: Vec<Chunk>) -> Chunk {
    nodes.resize(nodes.len().max(1).next_power_of_two(), [0; 32]);
    while nodes.len() > 1 {
        nodes = nodes.as_chunks::<2>().0.iter().map(|[left, right]| pair(left, right)).collect();
    }
    nodes.first().copied().unwrap_or_default()
}

/// The leaf of a number.
pub(super) fn number(number: u64) -> Chunk {
    bytes(&number.to_le_bytes())
}

/// Root of bytes of a fixed length: leaves of 32, the last filled up with zeros.
pub(super) fn bytes(bytes: &[u8]) -> Chunk {
    let leaves = bytes.chunks(32).map(|part| {
        let mut leaf = [0; 32];
        leaf.iter_mut().zip(part).for_each(|(to, from)| *to = *from);
        leaf
    });
    root(leaves.collect())
}

/// Root of a list of at most 32 bytes: its length is hashed in.
pub(super) fn short_list(list: &[u8]) -> Result<Chunk, Refusal> {
    let length = u64::try_from(list.len()).ok().filter(|length| *length <= 32).ok_or(Refusal::Malformed)?;
    Ok(pair(&bytes(list), &number(length)))
}

/// Does a branch lead from a leaf to a root? `index` counts the leaves of the branch's depth from the left.
///
/// # Errors
/// [`Refusal::ProofMismatch`], also for a branch of another length than `depth`.
pub(super) fn require_branch(
    leaf: &Chunk,
    branch: &[Chunk],
    (depth, index): (usize, u64),
    root: &Chunk,
) -> Result<(), Refusal> {
    let mut place = index;
    let mut node = *leaf;
    for sibling in branch {
        node = if place.is_multiple_of(2) { pair(&node, sibling) } else { pair(sibling, &node) };
        place = place.wrapping_shr(1);
    }
    if branch.len() == depth && node == *root { Ok(()) } else { Err(Refusal::ProofMismatch) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_are_filled_up_with_zeros() {
        let zero = [0; 32];
        let (one, two, three) = (number(1), number(2), number(3));
        assert_eq!(root([].into()), zero);
        assert_eq!(root([one].into()), one);
        let all = pair(&pair(&one, &two), &pair(&three, &zero));
        assert_eq!(root([one, two, three].into()), all);
        assert_eq!(bytes(&[1]), one);
        assert_eq!(short_list(&[]), Ok(pair(&zero, &zero)));
        assert_eq!(short_list(&[0; 33]), Err(Refusal::Malformed));
        assert_eq!(require_branch(&two, &[one, pair(&three, &zero)], (2, 1), &all), Ok(()));
        assert_eq!(
            require_branch(&two, &[one, pair(&three, &zero)], (2, 0), &all),
            Err(Refusal::ProofMismatch)
        );
        assert_eq!(require_branch(&all, &[], (2, 0), &all), Err(Refusal::ProofMismatch));
    }
}
