//! The hash chain over entries and what came of them: two logs with the same last link have told the same history.

use alloc::vec::Vec;

use borsh::BorshSerialize;
use cistern_units::Time;

use crate::{command::Founding, entry::Entry, event::Event, rejection::Rejection};

/// A link: blake3 of the link before it, the entry, and its outcome, each in its canonical bytes.
pub type Link = [u8; 32];

/// The link before the first entry.
pub const BEGINNING: Link = [0; 32];

/// The outcome of an entry begins with one of these, so that no refusal reads like a list of events.
const ACCEPTED: [u8; 1] = [1];
const REFUSED: [u8; 1] = [0];

/// Appends entries and outcomes to a chain; keeps its memory from one to the next.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    last: Link,
    bytes: Vec<u8>,
}

impl Chain {
    /// A chain whose last link is this one.
    #[must_use]
    pub fn at(last: Link) -> Self {
        Self { last, bytes: Vec::new() }
    }

    /// The last link.
    #[must_use]
    pub fn last(&self) -> Link {
        self.last
    }

    /// Appends an entry and what came of it; the new last link.
    pub fn append(&mut self, entry: &Entry, outcome: Result<&[Event], &Rejection>) -> Link {
        self.bytes.clear();
        // Writing into memory cannot fail.
        let _ = entry.serialize(&mut self.bytes);
        let tag = if outcome.is_ok() { ACCEPTED } else { REFUSED };
        self.bytes.extend_from_slice(&tag);
        let _ = match outcome {
            Ok(events) => events.serialize(&mut self.bytes),
            Err(rejection) => rejection.serialize(&mut self.bytes),
        };
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.last).update(&self.bytes);
        self.last = *hasher.finalize().as_bytes();
        self.last
    }
}

/// What tells a pool from every other: a hash of when it was founded and with what. Signatures are bound to it.
#[must_use]
pub fn founding_hash(founding: &Founding, time: Time) -> Link {
    let mut bytes = Vec::new();
    // Writing into memory cannot fail.
    let _ = (time, founding).serialize(&mut bytes);
    *blake3::hash(&bytes).as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{command::Command, ids::AccountId};

    fn entry(ms: u64) -> Entry {
        Entry { time: Time::milliseconds(ms), command: Command::Pause }
    }

    #[test]
    fn every_part_of_an_entry_and_its_outcome_changes_the_link() {
        let links = [
            Chain::default().append(&entry(1), Ok(&[Event::PoolPaused])),
            Chain::default().append(&entry(2), Ok(&[Event::PoolPaused])),
            Chain::default().append(&entry(1), Ok(&[])),
            Chain::default().append(&entry(1), Err(&Rejection::PoolIsPaused)),
            Chain::at([1; 32]).append(&entry(1), Ok(&[Event::PoolPaused])),
            Chain::default()
                .append(&Entry { command: Command::Settle { account: AccountId(2) }, ..entry(1) }, Ok(&[])),
        ];
        for (place, link) in links.iter().enumerate() {
            assert!(!links[..place].contains(link), "link {place} is another one's");
        }
    }

    #[test]
    fn a_chain_goes_on_from_its_last_link() {
        let mut whole = Chain::default();
        let first = whole.append(&entry(1), Ok(&[]));
        let second = whole.append(&entry(2), Ok(&[]));
        assert_eq!(Chain::at(first).append(&entry(2), Ok(&[])), second);
        assert_eq!(whole.last(), second);
    }
}
