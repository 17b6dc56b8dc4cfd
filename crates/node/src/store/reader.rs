//! Reads the log, and believes nothing of it that does not match its checksum and follow what is before it.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use borsh::BorshDeserialize;
use cistern_engine::entry::Entry;

use super::{
    damage::{Damage, Fault},
    files::Kind,
    frame::{
        Acknowledged, BODY_MAX, Checksum, FRAME, Framed, Place, RECORD_MAGIC, RecordHeader, SEAL,
        SegmentHeader, Tie,
    },
};

/// One group of entries, as it was written.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) first_height: u64,
    pub(crate) tie: Tie,
    pub(crate) entries: Vec<Entry>,
    /// Where it begins.
    pub(crate) offset: u64,
}

/// A segment in the directory.
#[derive(Clone, Debug)]
struct Segment {
    first: u64,
    path: PathBuf,
    bytes: u64,
}

/// What follows the last whole record: an unfinished write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unfinished {
    pub(crate) path: PathBuf,
    pub(crate) offset: u64,
    pub(crate) bytes: u64,
}

/// Reads records in order.
#[derive(Debug)]
pub(crate) struct LogReader {
    segments: Vec<Segment>,
    current: usize,
    input: BufReader<File>,
    place: Place,
    next: u64,
    acknowledged: Option<Acknowledged>,
    unfinished: Option<Unfinished>,
}

/// Why a record cannot be read, and whether an interrupted write explains it.
struct Flaw {
    fault: Fault,
    cause: Cause,
}

#[derive(PartialEq, Eq)]
enum Cause {
    PerhapsUnfinished,
    Damage,
}

impl Flaw {
    fn damage(fault: Fault) -> Self {
        Self { fault, cause: Cause::Damage }
    }

    /// An unfinished write where `told`.
    fn unfinished_if(told: impl FnOnce() -> bool, fault: Fault) -> Self {
        Self { fault, cause: if told() { Cause::PerhapsUnfinished } else { Cause::Damage } }
    }
}

fn unreadable(reason: &io::Error) -> Fault {
    match reason.kind() {
        io::ErrorKind::NotFound => Fault::Missing,
        _ => Fault::Unreadable { reason: reason.to_string() },
    }
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

impl LogReader {
    /// Reads from a place on, before entry `next`.
    pub(crate) fn open(
        dir: &Path,
        acknowledged: Option<Acknowledged>,
        place: Place,
        next: u64,
    ) -> Result<Self, Damage> {
        let segments = segments(dir)?;
        let missing = |first: u64| Damage::new(&Kind::Log.path(dir, first), 0, Fault::Missing);
        if segments.first().is_none_or(|first| first.first != 1) {
            return Err(missing(1));
        }
        let bounds = acknowledged.map(|said| said.place).into_iter().chain([place]);
        for least in bounds {
            let segment = segments.iter().find(|segment| segment.first == least.segment);
            let segment = segment.ok_or_else(|| missing(least.segment))?;
            if segment.bytes < least.offset {
                let fault = Fault::Short { acknowledged: least.offset };
                return Err(Damage::new(&segment.path, segment.bytes, fault));
            }
        }
        let current = segments.iter().position(|segment| segment.first == place.segment).unwrap_or(0);
        let (input, _) = open_segment(&segments[current])?;
        let mut reader = Self { segments, current, input, place, next, acknowledged, unfinished: None };
        reader.input.seek(SeekFrom::Start(place.offset)).map_err(|reason| {
            Damage::new(&reader.segments[reader.current].path, place.offset, unreadable(&reason))
        })?;
        Ok(reader)
    }

    /// Reads from the first entry on.
    pub(crate) fn from_beginning(dir: &Path, acknowledged: Option<Acknowledged>) -> Result<Self, Damage> {
        let reader = Self::open(dir, acknowledged, beginning(), 1)?;
        let (_, header) = open_segment(&reader.segments[0])?;
        if header.tie == Tie::default() {
            return Ok(reader);
        }
        Err(Damage::new(&reader.segments[0].path, 0, Fault::Unlinked))
    }

    /// Where the last record that was read ends.
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// The number of the entry that comes next.
    pub(crate) fn next_height(&self) -> u64 {
        self.next
    }

    /// The segment that is being read.
    pub(crate) fn path(&self) -> &Path {
        &self.segments[self.current].path
    }

    /// Segments of the log.
    pub(crate) fn segments(&self) -> usize {
        self.segments.len()
    }

    /// The unfinished write at the end, once the end was reached.
    pub(crate) fn unfinished(&self) -> Option<&Unfinished> {
        self.unfinished.as_ref()
    }

    /// The next record; none at the end.
    pub(crate) fn record(&mut self) -> Result<Option<Found>, Damage> {
        if self.unfinished.is_some() {
            return Ok(None);
        }
        while self.left() == 0 {
            if self.current + 1 == self.segments.len() {
                return Ok(None);
            }
            self.enter_next()?;
        }
        let offset = self.place.offset;
        match self.read(self.left()) {
            Ok((found, place)) => {
                self.check_acknowledged(&found, place)?;
                self.next += found.entries.len() as u64;
                self.place = place;
                Ok(Some(found))
            }
            Err(flaw) if flaw.cause == Cause::PerhapsUnfinished && !self.is_acknowledged() => {
                let path = self.path().to_owned();
                self.unfinished = Some(Unfinished { path, offset, bytes: self.left() });
                Ok(None)
            }
            Err(flaw) => Err(Damage::new(self.path(), offset, flaw.fault)),
        }
    }

    fn left(&self) -> u64 {
        self.segments[self.current].bytes.saturating_sub(self.place.offset)
    }

    /// Was what comes next acknowledged? All of a segment that has a successor was.
    fn is_acknowledged(&self) -> bool {
        let before = |said: &Acknowledged| {
            let end = (said.place.segment, said.place.offset);
            (self.place.segment, self.place.offset) < end
        };
        self.current + 1 < self.segments.len() || self.acknowledged.as_ref().is_some_and(before)
    }

    fn read(&mut self, left: u64) -> Result<(Found, Place), Flaw> {
        let io = |reason: io::Error| Flaw::damage(unreadable(&reason));
        let mut bytes = vec![0; usize::try_from(left).unwrap_or(usize::MAX).min(FRAME)];
        self.input.read_exact(&mut bytes).map_err(io)?;
        let short = Fault::Short { acknowledged: self.place.offset + left.max(FRAME as u64) };
        if bytes.len() < FRAME {
            let letters = bytes.len().min(RECORD_MAGIC.len());
            let begins = bytes[..letters] == RECORD_MAGIC[..letters];
            return Err(Flaw::unfinished_if(|| begins || is_zero(&bytes), short));
        }
        let Some(header) = RecordHeader::unframed(&bytes) else {
            let empty = is_zero(&bytes) && self.rest_is_zero(left - FRAME as u64).map_err(io)?;
            return Err(Flaw::unfinished_if(|| empty, Fault::Checksum));
        };
        let body = u64::from(header.body);
        let whole = body + (FRAME + SEAL) as u64;
        if body > BODY_MAX {
            return Err(Flaw::damage(Fault::Foreign));
        }
        if left < whole {
            let acknowledged = self.place.offset + whole;
            return Err(Flaw::unfinished_if(|| true, Fault::Short { acknowledged }));
        }
        bytes.resize(usize::try_from(whole).unwrap_or(usize::MAX), 0);
        self.input.read_exact(&mut bytes[FRAME..]).map_err(io)?;
        let (content, seal) = bytes.split_at(bytes.len() - SEAL);
        if blake3::hash(content).as_bytes().as_slice() != seal {
            // Room that the system gave to the file before it had the bytes.
            return Err(Flaw::unfinished_if(|| left == whole && is_zero(seal), Fault::Checksum));
        }
        let mut previous: Checksum = [0; SEAL];
        previous.copy_from_slice(seal);
        let entries = self.entries(&header, &content[FRAME..])?;
        let offset = self.place.offset;
        let place = Place { offset: offset + whole, previous, ..self.place };
        Ok((Found { first_height: header.first_height, tie: header.tie, entries, offset }, place))
    }

    fn entries(&self, header: &RecordHeader, mut body: &[u8]) -> Result<Vec<Entry>, Flaw> {
        if header.first_height != self.next {
            let fault = Fault::OutOfOrder { expected: self.next, found: header.first_height };
            return Err(Flaw::damage(fault));
        }
        if header.tie.previous != self.place.previous {
            return Err(Flaw::damage(Fault::Unlinked));
        }
        let mut entries = Vec::new();
        while !body.is_empty() {
            entries.push(Entry::deserialize(&mut body).map_err(|_| Flaw::damage(Fault::Foreign))?);
        }
        if entries.is_empty() || entries.len() as u64 != u64::from(header.count) {
            return Err(Flaw::damage(Fault::Foreign));
        }
        Ok(entries)
    }

    fn rest_is_zero(&mut self, mut left: u64) -> io::Result<bool> {
        let mut chunk = [0; 4_096];
        while left > 0 {
            let part = usize::try_from(left).unwrap_or(usize::MAX).min(chunk.len());
            self.input.read_exact(&mut chunk[..part])?;
            if !is_zero(&chunk[..part]) {
                return Ok(false);
            }
            left -= part as u64;
        }
        Ok(true)
    }

    /// The record that was acknowledged must be the one that ends there.
    fn check_acknowledged(&self, found: &Found, place: Place) -> Result<(), Damage> {
        let Some(said) = self.acknowledged.filter(|said| said.place.segment == place.segment) else {
            return Ok(());
        };
        if found.offset >= said.place.offset || place.offset < said.place.offset {
            return Ok(());
        }
        let last = found.first_height + found.entries.len() as u64 - 1;
        if said.place == place && said.height == last {
            return Ok(());
        }
        Err(Damage::new(self.path(), found.offset, Fault::Unlinked))
    }

    fn enter_next(&mut self) -> Result<(), Damage> {
        let segment = &self.segments[self.current + 1];
        let damage = |fault| Damage::new(&segment.path, 0, fault);
        if segment.first != self.next {
            // What lies behind it is whole: it is this one that ends too early, or a file between them that is missing.
            let fault = Fault::OutOfOrder { expected: self.next, found: segment.first };
            return Err(Damage::new(self.path(), self.place.offset, fault));
        }
        let (input, header) = open_segment(segment)?;
        if header.tie.previous != self.place.previous {
            return Err(damage(Fault::Unlinked));
        }
        self.input = input;
        self.place = Place { segment: segment.first, offset: FRAME as u64, ..self.place };
        self.current += 1;
        Ok(())
    }
}

/// Where the first record begins.
pub(crate) fn beginning() -> Place {
    Place { segment: 1, offset: FRAME as u64, previous: [0; SEAL] }
}

/// All segments, each with a sound header.
fn segments(dir: &Path) -> Result<Vec<Segment>, Damage> {
    let heights = Kind::Log.heights(dir).map_err(|reason| Damage::new(dir, 0, unreadable(&reason)))?;
    let mut segments = Vec::with_capacity(heights.len());
    for first in heights {
        let path = Kind::Log.path(dir, first);
        let bytes = path.metadata().map_err(|reason| Damage::new(&path, 0, unreadable(&reason)))?.len();
        let segment = Segment { first, path, bytes };
        open_segment(&segment)?;
        segments.push(segment);
    }
    Ok(segments)
}

/// A segment behind its header.
fn open_segment(segment: &Segment) -> Result<(BufReader<File>, SegmentHeader), Damage> {
    let damage = |offset: u64, fault| Damage::new(&segment.path, offset, fault);
    if segment.bytes < FRAME as u64 {
        return Err(damage(segment.bytes, Fault::Short { acknowledged: FRAME as u64 }));
    }
    let mut bytes = [0; FRAME];
    let file = File::open(&segment.path).map_err(|reason| damage(0, unreadable(&reason)))?;
    let mut input = BufReader::with_capacity(1 << 20, file);
    input.read_exact(&mut bytes).map_err(|reason| damage(0, unreadable(&reason)))?;
    let header = SegmentHeader::unframed(&bytes).ok_or_else(|| damage(0, Fault::Checksum))?;
    if header.first_height != segment.first {
        return Err(damage(0, Fault::OutOfOrder { expected: segment.first, found: header.first_height }));
    }
    Ok((input, header))
}
