//! The file `head`: what was acknowledged at least.
//!
//! Two slots are written in turn after each fdatasync of the log, without one of their own: after a crash of the machine
//! the file may be old, but it never says more than the log has. So a log that was cut at the end of a record is found.

use std::{
    fs::{self, File},
    io::{self, Seek, SeekFrom, Write},
    path::Path,
};

use super::{
    damage::{Damage, Fault},
    files,
    frame::{Acknowledged, Framed, Place},
};

/// Each slot has a page of its own: one that was torn leaves the other whole.
const SLOT: usize = 4_096;

/// The open file.
#[derive(Debug)]
pub(crate) struct HeadFile {
    file: File,
    turn: u64,
}

/// Makes the file, with nothing acknowledged.
pub(crate) fn create(dir: &Path) -> io::Result<()> {
    files::write_whole(&files::head_path(dir), &[&[0; 2 * SLOT]])
}

/// What the file says; none before the first acknowledgement.
pub(crate) fn read(dir: &Path) -> Result<Option<Acknowledged>, Damage> {
    let path = files::head_path(dir);
    let damage = |offset: usize, fault| Damage::new(&path, offset as u64, fault);
    let bytes = fs::read(&path).map_err(|reason| match reason.kind() {
        io::ErrorKind::NotFound => damage(0, Fault::Missing),
        _ => damage(0, Fault::Unreadable { reason: reason.to_string() }),
    })?;
    if bytes.len() < 2 * SLOT {
        return Err(damage(bytes.len(), Fault::Short { acknowledged: 2 * SLOT as u64 }));
    }
    if bytes.len() > 2 * SLOT {
        return Err(damage(2 * SLOT, Fault::Foreign));
    }
    let mut latest: Option<Acknowledged> = None;
    for (place, slot) in bytes.chunks(SLOT).enumerate() {
        if slot.iter().all(|byte| *byte == 0) {
            continue;
        }
        let (said, rest) = slot.split_at(Acknowledged::BYTES);
        let in_turn = |said: &Acknowledged| said.turn % 2 == place as u64;
        let said = Acknowledged::unframed(said).filter(in_turn);
        let said = said.ok_or_else(|| damage(place * SLOT, Fault::Checksum))?;
        if let Some(at) = rest.iter().position(|byte| *byte != 0) {
            return Err(damage(place * SLOT + Acknowledged::BYTES + at, Fault::Checksum));
        }
        latest = latest.filter(|other| other.turn > said.turn).or(Some(said));
    }
    Ok(latest)
}

impl HeadFile {
    pub(crate) fn open(dir: &Path, latest: Option<&Acknowledged>) -> io::Result<Self> {
        let file = File::options().write(true).open(files::head_path(dir))?;
        Ok(Self { file, turn: latest.map_or(0, |said| said.turn) })
    }

    /// Says that everything up to a height is durable, which ends at a place.
    pub(crate) fn acknowledge(&mut self, height: u64, place: Place) -> io::Result<()> {
        self.turn += 1;
        let bytes = Acknowledged::new(self.turn, height, place).framed();
        self.file.seek(SeekFrom::Start((self.turn % 2) * SLOT as u64))?;
        self.file.write_all(&bytes)
    }
}
