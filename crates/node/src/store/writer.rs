//! Appends to the log.

use std::{
    fs::File,
    io::{self, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use borsh::BorshSerialize;
use cistern_engine::{chain::Link, entry::Entry};

use super::{
    files::{self, Kind},
    frame::{ENTRY_BYTES_MAX, FRAME, Framed, GROUP_BYTES, Place, RecordHeader, SegmentHeader, Tie},
    head::HeadFile,
};

/// A record that is being filled; its memory goes from one to the next.
#[derive(Debug, Default)]
pub(crate) struct Record {
    bytes: Vec<u8>,
    count: u32,
}

impl Record {
    /// Begins anew.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.resize(FRAME, 0);
        self.count = 0;
    }

    /// Adds an entry; its size where it is too large.
    pub(crate) fn push(&mut self, entry: &Entry) -> Result<(), usize> {
        let before = self.bytes.len();
        // Writing into memory cannot fail.
        let _ = entry.serialize(&mut self.bytes);
        let bytes = self.bytes.len() - before;
        if bytes > ENTRY_BYTES_MAX {
            self.bytes.truncate(before);
            return Err(bytes);
        }
        self.count += 1;
        Ok(())
    }

    /// Is there room for another entry?
    pub(crate) fn has_room(&self) -> bool {
        self.bytes.len() < GROUP_BYTES
    }

    /// The whole record, and its checksum.
    fn seal(&mut self, first_height: u64, tie: Tie) -> (&[u8], [u8; 32]) {
        let body = u32::try_from(self.bytes.len() - FRAME).unwrap_or(u32::MAX);
        let header = RecordHeader::new(body, self.count, first_height, tie).framed();
        self.bytes[..FRAME].copy_from_slice(&header);
        let seal = *blake3::hash(&self.bytes).as_bytes();
        self.bytes.extend_from_slice(&seal);
        (&self.bytes, seal)
    }
}

/// The end of the log.
#[derive(Debug)]
pub(crate) struct LogWriter {
    dir: PathBuf,
    file: File,
    head: HeadFile,
    place: Place,
    next: u64,
    segment_bytes: u64,
    /// Bytes of the segments before this one.
    earlier: u64,
}

/// Makes the first segment, or the next.
pub(crate) fn create_segment(dir: &Path, first_height: u64, tie: Tie) -> io::Result<()> {
    files::write_whole(&Kind::Log.path(dir, first_height), &[&SegmentHeader::new(first_height, tie).framed()])
}

impl LogWriter {
    /// Goes on at a place, before entry `next`; whatever the segment has beyond it is cut off. What was there already is
    /// made durable and acknowledged, because from now on it is visible.
    pub(crate) fn open(
        dir: &Path,
        head: HeadFile,
        place: Place,
        next: u64,
        segment_bytes: u64,
    ) -> io::Result<Self> {
        let file = open_segment(dir, place)?;
        let mut earlier = 0;
        for height in Kind::Log.heights(dir)?.into_iter().filter(|height| *height < place.segment) {
            earlier += Kind::Log.path(dir, height).metadata()?.len();
        }
        let mut writer = Self { dir: dir.to_owned(), file, head, place, next, segment_bytes, earlier };
        if next > 1 {
            writer.head.acknowledge(next - 1, place)?;
        }
        Ok(writer)
    }

    /// Bytes of the whole log.
    pub(crate) fn bytes(&self) -> u64 {
        self.earlier + self.place.offset
    }

    /// Makes a record durable and acknowledges it. Where that fails the log is as it was, if the disk lets us.
    pub(crate) fn append(&mut self, record: &mut Record, applied: (u64, Link)) -> io::Result<Place> {
        let tie = Tie { previous: self.place.previous, applied: applied.0, chain: applied.1 };
        if self.place.offset >= self.segment_bytes {
            self.roll(tie)?;
        }
        let next = self.next + u64::from(record.count);
        let (bytes, seal) = record.seal(self.next, tie);
        let place = Place { offset: self.place.offset + bytes.len() as u64, previous: seal, ..self.place };
        let written = self
            .file
            .write_all(bytes)
            .and_then(|()| self.file.sync_data())
            .and_then(|()| self.head.acknowledge(next - 1, place));
        if let Err(reason) = written {
            // Nobody was told of it; a start finds it whole, in part or not at all, and knows what to do with each.
            let _ = self.file.set_len(self.place.offset).and_then(|()| self.file.sync_data());
            return Err(reason);
        }
        (self.place, self.next) = (place, next);
        Ok(place)
    }

    /// Begins the next segment.
    fn roll(&mut self, tie: Tie) -> io::Result<()> {
        create_segment(&self.dir, self.next, tie)?;
        let place = Place { segment: self.next, offset: FRAME as u64, ..self.place };
        self.file = open_segment(&self.dir, place)?;
        self.earlier += self.place.offset;
        self.place = place;
        Ok(())
    }
}

fn open_segment(dir: &Path, place: Place) -> io::Result<File> {
    let mut file = File::options().write(true).open(Kind::Log.path(dir, place.segment))?;
    if file.metadata()?.len() > place.offset {
        file.set_len(place.offset)?;
    }
    file.sync_data()?;
    file.seek(SeekFrom::Start(place.offset))?;
    Ok(file)
}
