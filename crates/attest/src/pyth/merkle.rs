//! Pyth's tree: keccak cut to 20 bytes, a leaf and a node told apart by the byte before them, pairs in rising order.

use alloc::vec::Vec;

use crate::keccak::keccak256_of;

/// Bytes of a node.
pub(super) const NODE: usize = 20;

/// A leaf's or node's hash.
pub type Node = [u8; NODE];

const LEAF_PREFIX: &[u8] = &[0];
const NODE_PREFIX: &[u8] = &[1];

/// The ways of several leaves to one root. Feeds that are asked for together often lie side by side: where a way meets the
/// one before it, the rest has been walked.
pub(super) struct Ways<'a> {
    root: &'a Node,
    /// The nodes beside the last way that led there.
    path: &'a [Node],
    /// The nodes on that way, the root first: by how much of the path is left.
    nodes: Vec<Node>,
}

impl<'a> Ways<'a> {
    pub(super) const fn to(root: &'a Node) -> Self {
        Self { root, path: &[], nodes: Vec::new() }
    }

    /// Does the path lead from the leaf to the root?
    pub(super) fn lead_from(&mut self, leaf: &[u8], path: &'a [Node]) -> bool {
        let mut node = hash([LEAF_PREFIX, leaf]);
        let (mut rest, mut walked) = (path, Vec::new());
        while !self.meets(&node, rest) {
            walked.push(node);
            let Some((beside, next)) = rest.split_first() else { break };
            node = above(&node, beside);
            rest = next;
        }
        let met = self.meets(&node, rest);
        if !met && node != *self.root {
            return false;
        }
        self.path = path;
        self.nodes.truncate(if met { rest.len().saturating_add(1) } else { 0 });
        self.nodes.extend(walked.into_iter().rev());
        true
    }

    /// Is that node on the last way, with the same way before it?
    fn meets(&self, node: &Node, rest: &[Node]) -> bool {
        self.nodes.get(rest.len()) == Some(node) && self.path.ends_with(rest)
    }
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

    fn leads_to(leaf: &[u8], path: &[Node], root: &Node) -> bool {
        Ways::to(root).lead_from(leaf, path)
    }

    #[test]
    fn a_way_that_meets_another_is_a_way_and_no_other_is() {
        let leaves: [[u8; 1]; 8] = core::array::from_fn(|place| [place.to_le_bytes()[0]]);
        let mut levels = std::vec![leaves.map(|leaf| hash([LEAF_PREFIX, &leaf[..]])).to_vec()];
        while levels.last().unwrap().len() > 1 {
            let pairs = levels.last().unwrap().as_chunks().0;
            levels.push(pairs.iter().map(|[one, other]| above(one, other)).collect());
        }
        let path =
            |place: usize| -> [Node; 3] { core::array::from_fn(|level| levels[level][(place >> level) ^ 1]) };
        let (paths, root) = (core::array::from_fn::<_, 8, _>(path), levels[3][0]);
        for first in 0..8 {
            for second in 0..8 {
                let mut ways = Ways::to(&root);
                assert!(ways.lead_from(&leaves[first], &paths[first]));
                // Another's way leads nowhere, and spoils nothing.
                assert_eq!(ways.lead_from(&leaves[second], &paths[first]), first == second);
                assert!(!ways.lead_from(&leaves[second], &paths[second][..2]));
                let mut bent = paths[second];
                bent[2][0] ^= 1;
                assert!(!ways.lead_from(&leaves[second], &bent));
                assert!(ways.lead_from(&leaves[second], &paths[second]));
                assert!(ways.lead_from(&leaves[first], &paths[first]));
            }
        }
        // A node of the way as the end of a path of another length.
        let inner = [leaves[0].as_slice(), leaves[1].as_slice()].concat();
        let mut ways = Ways::to(&root);
        assert!(ways.lead_from(&leaves[0], &paths[0]));
        assert!(!ways.lead_from(&inner, &paths[0][1..]));
    }

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
