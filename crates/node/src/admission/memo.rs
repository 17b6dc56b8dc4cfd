//! Messages that were verified lately: who sends one that others have sent costs a hash.

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use cistern_attest::{Evidence, Statement};

/// Statements of one generation, some 200 bytes each; a message counts as one more. Two generations take 15 MB at most.
const WEIGHT_MAX: usize = 32_768;

/// Content of a message, and the version of the trust that it was held against.
pub(crate) type Key = [u8; 32];
type Known = Arc<[Statement]>;

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<Key, Known>,
    old: HashMap<Key, Known>,
    weight: usize,
}

/// What messages stated. Refusals are not kept: most of them pass with time, and the bytes of a bad message are easily
/// changed.
#[derive(Debug, Default)]
pub(crate) struct Memo(Mutex<Generations>);

impl Memo {
    pub(crate) fn key(evidence: &Evidence, version: u64) -> Key {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&version.to_be_bytes()).update(evidence.kind.name().as_bytes()).update(&[0]);
        *hasher.update(&evidence.bytes).finalize().as_bytes()
    }

    pub(crate) fn recall(&self, key: &Key) -> Option<Known> {
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = generations.young.get(key) {
            return Some(Arc::clone(known));
        }
        let known = generations.old.remove(key)?;
        generations.insert(*key, Arc::clone(&known));
        Some(known)
    }

    pub(crate) fn keep(&self, key: Key, statements: Vec<Statement>) -> Known {
        let known: Known = statements.into();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&known));
        known
    }
}

impl Generations {
    fn insert(&mut self, key: Key, known: Known) {
        let weight = known.len() + 1;
        if self.weight + weight > WEIGHT_MAX {
            self.old = mem::take(&mut self.young);
            self.weight = 0;
        }
        self.weight += weight;
        self.young.insert(key, known);
    }
}

#[cfg(test)]
mod tests {
    use cistern_attest::Kind;

    use super::*;

    fn key(number: u32, version: u64) -> Key {
        Memo::key(&Evidence { kind: Kind::Pyth, bytes: number.to_be_bytes().to_vec() }, version)
    }

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let memo = Memo::default();
        memo.keep(key(0, 0), Vec::new());
        for number in 1..100_000 {
            memo.keep(key(number, 0), Vec::new());
            assert!(memo.recall(&key(0, 0)).is_some(), "{number}");
        }
        assert!(memo.recall(&key(1, 0)).is_none());
        assert!(memo.recall(&key(0, 1)).is_none(), "another trust");
        let generations = memo.0.lock().unwrap();
        assert!(generations.young.len() + generations.old.len() <= 2 * WEIGHT_MAX);
    }
}
