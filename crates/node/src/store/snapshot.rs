//! The state at a height, so that a start need not begin at the first entry.

use std::{fs, io, path::Path};

use cistern_engine::{Engine, state::State};

use super::{
    damage::{Damage, Fault},
    files::{self, Kind},
    frame::{Framed, Place, SEAL, SnapshotHeader},
};
use crate::apply::{Core, Mark};

/// Snapshots that are kept: the second is for the day on which the first is damaged.
const KEPT: usize = 2;

/// What a snapshot file says, without its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Summary {
    pub(crate) mark: Mark,
    pub(crate) place: Place,
    /// Digest of the state.
    pub(crate) digest: [u8; 32],
}

/// A state in its canonical bytes, with its place in the log.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) mark: Mark,
    pub(crate) place: Place,
    pub(crate) state: Vec<u8>,
}

impl Taken {
    /// Takes the state of a core whose last entry ends a record at a place.
    pub(crate) fn of(core: &Core, place: Place) -> Self {
        // Writing into memory cannot fail.
        let state = borsh::to_vec(core.engine.state()).unwrap_or_default();
        Self { mark: core.mark, place, state }
    }

    /// Writes it, and removes those before the last two.
    pub(crate) fn write(&self, dir: &Path) -> io::Result<()> {
        let header = SnapshotHeader::new(&self.mark, self.place, &self.state).framed();
        let mut seal = blake3::Hasher::new();
        let seal = seal.update(&header).update(&self.state).finalize();
        let path = Kind::Snapshot.path(dir, self.mark.height);
        files::write_whole(&path, &[&header, &self.state, seal.as_bytes()])?;
        let heights = Kind::Snapshot.heights(dir)?;
        for height in &heights[..heights.len().saturating_sub(KEPT)] {
            fs::remove_file(Kind::Snapshot.path(dir, *height))?;
        }
        Ok(())
    }
}

/// Reads a snapshot.
pub(crate) fn read(dir: &Path, height: u64) -> Result<(Core, Summary), Damage> {
    let path = Kind::Snapshot.path(dir, height);
    let damage = |offset: usize, fault| Damage::new(&path, offset as u64, fault);
    let bytes =
        fs::read(&path).map_err(|reason| damage(0, Fault::Unreadable { reason: reason.to_string() }))?;
    let Some((content, seal)) = bytes.split_last_chunk::<SEAL>() else {
        return Err(damage(bytes.len(), Fault::Short { acknowledged: SnapshotHeader::BYTES as u64 }));
    };
    let header = content.get(..SnapshotHeader::BYTES).and_then(SnapshotHeader::unframed);
    let header = header.ok_or_else(|| damage(0, Fault::Checksum))?;
    let body = &content[SnapshotHeader::BYTES..];
    if body.len() as u64 != header.body || blake3::hash(content).as_bytes() != seal {
        return Err(damage(SnapshotHeader::BYTES, Fault::Checksum));
    }
    if header.height != height {
        return Err(damage(0, Fault::OutOfOrder { expected: height, found: header.height }));
    }
    let foreign = || damage(SnapshotHeader::BYTES, Fault::Foreign);
    let state: State = borsh::from_slice(body).map_err(|_| foreign())?;
    if state.digest() != header.digest {
        return Err(foreign());
    }
    let mut engine = Engine::with_state(state);
    engine.recount().map_err(|violation| {
        damage(SnapshotHeader::BYTES, Fault::Broken { height, violation: violation.to_string() })
    })?;
    let summary = Summary { mark: header.mark(), place: header.place, digest: header.digest };
    Ok((Core::at(engine, header.mark()), summary))
}
