//! Pyth's tree: keccak cut to 20 bytes, a leaf and a node told apart by the byte before them, pairs in rising order.

use crate::keccak::keccak256_of;

/// Bytes of a node.
pub(super) const NODE: usize = 20;

/// A leaf's or node's hash.
pub type Node = [u8; NODE];

const LEAF_PREFIX: &[u8] = &[0];
const NODE_PREFIX: &[u8] = &[1];

/// Does the path lead from the leaf to the root?
pub(super) fn leads_to(leaf: &[u8], path: &[Node], root: &Node) -> bool {
    let start = hash([LEAF_PREFIX, leaf]);
    path.iter().fold(start, |node, beside| above(&node, beside)) == *root
}

fn above(one: &Node, other: &Node) -> Node {
    hash([NODE_PREFIX, one.min(other), one.max(other)])
}

fn hash<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Node {
    let [node @ .., _, _, _, _, _, _, _, _, _, _, _, _] = keccak256_of(parts);
    node
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leaf_alone_is_its_own_root() {
        let root = hash([LEAF_PREFIX, b"leaf"]);
        assert!(leads_to(b"leaf", &[], &root));
        assert!(!leads_to(b"loaf", &[], &root));
    }

    #[test]
    fn a_path_leads_from_either_side_and_no_further() {
        let (left, right) = (hash([LEAF_PREFIX, b"l"]), hash([LEAF_PREFIX, b"r"]));
        let root = above(&left, &right);
        assert_eq!(root, above(&right, &left));
        assert!(leads_to(b"l", &[right], &root) && leads_to(b"r", &[left], &root));
        assert!(!leads_to(b"l", &[left], &root));
        assert!(!leads_to(b"l", &[right, left], &root));
        assert!(!leads_to(b"l", &[], &root));
    }

    #[test]
    fn a_node_is_no_leaf() {
        let (left, right) = (hash([LEAF_PREFIX, b"l"]), hash([LEAF_PREFIX, b"r"]));
        let root = above(&left, &right);
        let inside = [left.min(right), left.max(right)].concat();
        assert!(!leads_to(&inside, &[], &root));
        assert!(!leads_to(&[NODE_PREFIX, &inside].concat(), &[], &root));
    }
}
