//! What a store holds, brought back into memory.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    damage::{Damage, Fault},
    files::{self, Kind, system},
    frame::{Acknowledged, Place, Tie},
    head::{self, HeadFile},
    reader::{self, LogReader},
    replay::Replayer,
    snapshot::{self, Summary},
    writer::{self, LogWriter},
};
use crate::{
    apply::{Applied, Core, Mark},
    error::NodeError,
    node::Opened,
};

/// A store that this node holds.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) dir: PathBuf,
    acknowledged: Option<Acknowledged>,
    /// Held until the node ends.
    _lock: File,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Recovered {
    pub(crate) core: Core,
    /// Where the log took over from the snapshot.
    pub(crate) start: Mark,
    pub(crate) opened: Opened,
    pub(crate) place: Place,
    pub(crate) last_snapshot: Option<u64>,
}

impl Store {
    /// Takes a directory for this node; an empty one becomes a store.
    pub(crate) fn take(dir: &Path) -> Result<Self, NodeError> {
        let lock = files::lock(dir)?;
        files::tidy(dir)?;
        let has_log = !Kind::Log.heights(dir).map_err(system(dir, "list"))?.is_empty();
        let has_head = files::head_path(dir).exists();
        if !has_log && !has_head {
            head::create(dir).map_err(system(&files::head_path(dir), "write"))?;
        }
        let acknowledged = head::read(dir)?;
        // The head is made before the first segment: one without the other is an interrupted beginning, if nothing was
        // acknowledged and no snapshot tells of more.
        let snapshots = Kind::Snapshot.heights(dir).map_err(system(dir, "list"))?;
        if !has_log && acknowledged.is_none() && snapshots.is_empty() {
            let path = Kind::Log.path(dir, 1);
            writer::create_segment(dir, 1, Tie::default()).map_err(system(&path, "write"))?;
        }
        Ok(Self { dir: dir.to_owned(), acknowledged, _lock: lock })
    }

    /// The state at the end of the log: from the latest snapshot that is sound and not above `most`, and the log after it.
    /// Each entry that is applied is shown to `seen`.
    pub(crate) fn recover(
        &self,
        most: u64,
        seen: &mut dyn FnMut(&Arc<Applied>) -> Result<(), NodeError>,
    ) -> Result<Recovered, NodeError> {
        let mut opened = Opened::default();
        let (core, place, last_snapshot) = self.start(most, &mut opened.notes)?;
        let start = core.mark;
        opened.from_snapshot = start.height;
        let mut replayer = Replayer::new(core);
        if let Some(place) = place {
            self.check_before(place, start.height)?;
        }
        let mut log = match place {
            Some(place) => LogReader::open(&self.dir, self.acknowledged, place, opened.from_snapshot + 1)?,
            None => LogReader::from_beginning(&self.dir, self.acknowledged)?,
        };
        while let Some(group) = replayer.step(&mut log)? {
            opened.replayed += group.len() as u64;
            group.iter().try_for_each(&mut *seen)?;
        }
        if let Some(unfinished) = log.unfinished() {
            opened.notes.push(format!(
                "{}: {} bytes of a write that was interrupted were cut off at byte {}; nobody was told of it",
                unfinished.path.display(),
                unfinished.bytes,
                unfinished.offset
            ));
        }
        Ok(Recovered { core: replayer.core, start, opened, place: log.place(), last_snapshot })
    }

    /// Checks every record that a snapshot stands for, without applying it: a byte that has changed in what nobody reads
    /// any more is found at the next start, not when an auditor comes. Sketch: a gigabyte a second.
    fn check_before(&self, place: Place, height: u64) -> Result<(), NodeError> {
        let mut log = LogReader::from_beginning(&self.dir, self.acknowledged)?;
        while log.next_height() <= height && log.record()?.is_some() {}
        if log.next_height() == height + 1 && log.place().previous == place.previous {
            return Ok(());
        }
        Err(Damage::new(log.path(), log.place().offset, Fault::Unlinked).into())
    }

    /// Opens the log for writing at its end, before entry `next`.
    pub(crate) fn writer(&self, next: u64, place: Place, segment_bytes: u64) -> Result<LogWriter, NodeError> {
        let head_path = files::head_path(&self.dir);
        let head = HeadFile::open(&self.dir, self.acknowledged.as_ref());
        let head = head.map_err(system(&head_path, "open"))?;
        let path = Kind::Log.path(&self.dir, place.segment);
        LogWriter::open(&self.dir, head, place, next, segment_bytes).map_err(system(&path, "open"))
    }

    fn start(
        &self,
        most: u64,
        notes: &mut Vec<String>,
    ) -> Result<(Core, Option<Place>, Option<u64>), NodeError> {
        let heights = Kind::Snapshot.heights(&self.dir).map_err(system(&self.dir, "list"))?;
        let mut last = None;
        for height in heights.into_iter().rev() {
            match snapshot::read(&self.dir, height) {
                // What a snapshot tells of was durable: a log that ends before it is damaged.
                Ok((_, summary)) if !reaches(&self.dir, summary) => {
                    let path = Kind::Log.path(&self.dir, summary.place.segment);
                    let fault = Fault::Short { acknowledged: summary.place.offset };
                    return Err(
                        Damage::new(&path, path.metadata().map_or(0, |data| data.len()), fault).into()
                    );
                }
                Ok((core, summary)) => {
                    last = last.or(Some(height));
                    if height <= most {
                        return Ok((core, Some(summary.place), last));
                    }
                }
                Err(damage) => notes
                    .push(format!("{damage}; an older state was used in its place, the file can be removed")),
            }
        }
        Ok((Core::default(), None, last))
    }
}

fn reaches(dir: &Path, summary: Summary) -> bool {
    let bytes = Kind::Log.path(dir, summary.place.segment).metadata().map_or(0, |data| data.len());
    bytes >= summary.place.offset.max(reader::beginning().offset)
}
