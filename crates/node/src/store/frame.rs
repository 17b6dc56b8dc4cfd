//! The forms on the disk. All of them begin with eight letters, end with a blake3 of what is before, and have a fixed
//! length or one that their own checksum covers: no length is believed before it was checked.

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_engine::{chain::Link, command::PriceReport, limits::REPORTS_MAX};
use cistern_units::Time;

/// A blake3.
pub(crate) type Checksum = [u8; 32];

/// Bytes of a checksum.
pub(crate) const SEAL: usize = 32;
/// Bytes of the header of a segment and of a record.
pub(crate) const FRAME: usize = 128;
/// Largest entry. The largest that can be accepted is a tick of every source of every feed, about 100 KB.
pub const ENTRY_BYTES_MAX: usize = 1 << 20;
const _: () = assert!(ENTRY_BYTES_MAX > REPORTS_MAX * size_of::<PriceReport>());
/// A group is closed once it has this many bytes: a tenth of a second of a slow disk.
pub(crate) const GROUP_BYTES: usize = 4 << 20;
/// Largest body of a record: a group that was just short of closing, and the largest entry.
pub(crate) const BODY_MAX: u64 = (GROUP_BYTES + ENTRY_BYTES_MAX) as u64;

/// What holds a record to everything before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Tie {
    /// Checksum of the record before it; zero for the first.
    pub(crate) previous: Checksum,
    /// An entry before it: the last that had been applied when this was written.
    pub(crate) applied: u64,
    /// Chain up to that entry.
    pub(crate) chain: Link,
}

/// The first bytes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct RecordHeader {
    magic: [u8; 8],
    pub(crate) body: u32,
    pub(crate) count: u32,
    pub(crate) first_height: u64,
    pub(crate) tie: Tie,
}

/// The first bytes of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct SegmentHeader {
    magic: [u8; 8],
    version: u64,
    pub(crate) first_height: u64,
    pub(crate) tie: Tie,
}

/// Where the log ends for whoever was answered: one slot of the file `head`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Acknowledged {
    magic: [u8; 8],
    /// Counts the writes; the slots take turns.
    pub(crate) turn: u64,
    pub(crate) height: u64,
    pub(crate) place: Place,
}

/// The end of a record, where the next one begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Place {
    /// First height of the segment.
    pub(crate) segment: u64,
    /// Bytes of the segment up to there.
    pub(crate) offset: u64,
    /// Checksum of the record that ends there; zero at the very beginning.
    pub(crate) previous: Checksum,
}

impl Place {
    /// Is this other place the same point of the log, before entry `next`? The end of a segment and the beginning of the
    /// one that follows it are: which of them a node stands at depends on whether it was killed between the two.
    pub(crate) fn is_same_point(self, other: Self, next: u64) -> bool {
        let begins = |place: Self| place.segment == next && place.offset == FRAME as u64;
        self == other || (self.previous == other.previous && (begins(self) || begins(other)))
    }
}

/// The first bytes of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct SnapshotHeader {
    magic: [u8; 8],
    version: u64,
    pub(crate) height: u64,
    pub(crate) seq: u64,
    pub(crate) time: Time,
    pub(crate) chain: Link,
    /// Digest of the state: blake3 of the body.
    pub(crate) digest: Checksum,
    pub(crate) place: Place,
    /// Bytes of the state.
    pub(crate) body: u64,
}

/// A header of a fixed length, by which it is known again.
pub(crate) trait Framed: BorshSerialize + BorshDeserialize {
    /// Length with its checksum.
    const BYTES: usize;
    /// Is it of this kind and version?
    fn is_ours(&self) -> bool;

    /// Bytes, the checksum among them.
    fn framed(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::BYTES);
        // Writing into memory cannot fail.
        let _ = self.serialize(&mut bytes);
        let seal = blake3::hash(&bytes);
        bytes.extend_from_slice(seal.as_bytes());
        bytes
    }

    /// The header of exactly these bytes; none where they are no such header.
    fn unframed(bytes: &[u8]) -> Option<Self> {
        let (bytes, seal) = bytes.split_at_checked(Self::BYTES - SEAL)?;
        let matches = blake3::hash(bytes).as_bytes().as_slice() == seal;
        matches.then(|| borsh::from_slice(bytes).ok()).flatten().filter(Self::is_ours)
    }
}

/// First letters of a record.
pub(crate) const RECORD_MAGIC: [u8; 8] = *b"CISTREC1";
const SEGMENT_MAGIC: [u8; 8] = *b"CISTLOG1";
const HEAD_MAGIC: [u8; 8] = *b"CISTHED1";
const SNAPSHOT_MAGIC: [u8; 8] = *b"CISTSNP1";
const VERSION: u64 = 1;

impl Framed for RecordHeader {
    const BYTES: usize = FRAME;

    fn is_ours(&self) -> bool {
        self.magic == RECORD_MAGIC
    }
}

impl Framed for SegmentHeader {
    const BYTES: usize = FRAME;

    fn is_ours(&self) -> bool {
        self.magic == SEGMENT_MAGIC && self.version == VERSION
    }
}

impl Framed for Acknowledged {
    const BYTES: usize = 104;

    fn is_ours(&self) -> bool {
        self.magic == HEAD_MAGIC
    }
}

impl Framed for SnapshotHeader {
    const BYTES: usize = 192;

    fn is_ours(&self) -> bool {
        self.magic == SNAPSHOT_MAGIC && self.version == VERSION
    }
}

impl RecordHeader {
    pub(crate) fn new(body: u32, count: u32, first_height: u64, tie: Tie) -> Self {
        Self { magic: RECORD_MAGIC, body, count, first_height, tie }
    }
}

impl SegmentHeader {
    pub(crate) fn new(first_height: u64, tie: Tie) -> Self {
        Self { magic: SEGMENT_MAGIC, version: VERSION, first_height, tie }
    }
}

impl Acknowledged {
    pub(crate) fn new(turn: u64, height: u64, place: Place) -> Self {
        Self { magic: HEAD_MAGIC, turn, height, place }
    }
}

impl SnapshotHeader {
    pub(crate) fn new(mark: &crate::apply::Mark, place: Place, body: &[u8]) -> Self {
        Self {
            magic: SNAPSHOT_MAGIC,
            version: VERSION,
            height: mark.height,
            seq: mark.seq,
            time: mark.time,
            chain: mark.chain,
            digest: *blake3::hash(body).as_bytes(),
            place,
            body: body.len() as u64,
        }
    }

    pub(crate) fn mark(&self) -> crate::apply::Mark {
        crate::apply::Mark { height: self.height, seq: self.seq, time: self.time, chain: self.chain }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_header_has_its_length_and_comes_back_from_its_bytes() {
        fn check<T: Framed + PartialEq + std::fmt::Debug>(header: &T) {
            let bytes = header.framed();
            assert_eq!(bytes.len(), T::BYTES);
            assert_eq!(T::unframed(&bytes).as_ref(), Some(header));
            for place in 0..bytes.len() {
                let mut flipped = bytes.clone();
                flipped[place] ^= 1;
                assert_eq!(T::unframed(&flipped), None, "byte {place}");
            }
            assert_eq!(T::unframed(&bytes[1..]), None);
        }
        let tie = Tie { previous: [1; 32], applied: 7, chain: [2; 32] };
        let place = Place { segment: 1, offset: 500, previous: [3; 32] };
        check(&RecordHeader::new(100, 1, 8, tie));
        check(&SegmentHeader::new(8, tie));
        check(&Acknowledged::new(1, 8, place));
        check(&SnapshotHeader::new(&crate::apply::Mark::default(), place, b"state"));
    }
}
