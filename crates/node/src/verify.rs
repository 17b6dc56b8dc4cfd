//! Checks a whole store again, from the first entry.

use std::path::Path;

use cistern_engine::chain::Link;

use crate::{
    apply::{Core, Mark},
    store::{
        damage::{Damage, Fault},
        files::Kind,
        head,
        reader::LogReader,
        replay::Replayer,
        snapshot::{self, Summary},
    },
};

/// What a sound store holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Entries of the log.
    pub height: u64,
    /// Events that they had.
    pub seq: u64,
    /// Chain over all of them.
    pub chain: Link,
    /// Digest of the state after them.
    pub digest: [u8; 32],
    /// Files of the log.
    pub segments: usize,
    /// Heights of the snapshots, whose chain and digest agree with the log.
    pub snapshots: Vec<u64>,
    /// Bytes of an unfinished write at the end, of which nobody was told.
    pub unfinished: u64,
}

/// Reads every file of a store, applies every entry from the first on, and compares all that was written about it: the
/// checksums, the order, the chain, the state at each snapshot. Changes nothing; `progress` hears the height now and then.
/// For a store that no node uses: one that does removes old snapshots meanwhile. The history is not checked here: it is
/// derived, and a start checks it.
///
/// # Errors
/// The first [`Damage`].
pub fn verify(dir: &Path, progress: &mut dyn FnMut(u64)) -> Result<Verified, Damage> {
    // Before the log: what it says can only fall behind.
    let acknowledged = head::read(dir)?;
    let unreadable =
        |reason: std::io::Error| Damage::new(dir, 0, Fault::Unreadable { reason: reason.to_string() });
    let mut due = Vec::new();
    for height in Kind::Snapshot.heights(dir).map_err(unreadable)? {
        due.push(snapshot::read(dir, height)?.1);
    }
    let mut log = LogReader::from_beginning(dir, acknowledged)?;
    let mut replayer = Replayer::new(Core::default());
    let mut snapshots = Vec::new();
    loop {
        let place = log.place();
        let mark = replayer.core.mark;
        for summary in due.extract_if(.., |summary| summary.mark.height == mark.height) {
            let same = summary.mark == mark
                && summary.place.is_same_point(place, log.next_height())
                && summary.digest == replayer.core.engine.state().digest();
            if !same {
                return Err(diverged(dir, &summary));
            }
            snapshots.push(mark.height);
        }
        if replayer.step(&mut log)?.is_none() {
            break;
        }
        progress(replayer.core.mark.height);
    }
    if let Some(summary) = due.first() {
        return Err(diverged(dir, summary));
    }
    let Mark { height, seq, chain, .. } = replayer.core.mark;
    let engine = &mut replayer.core.engine;
    engine.recount().map_err(|violation| {
        Damage::new(
            log.path(),
            log.place().offset,
            Fault::Broken { height, violation: violation.to_string() },
        )
    })?;
    Ok(Verified {
        height,
        seq,
        chain,
        digest: engine.state().digest(),
        segments: log.segments(),
        snapshots,
        unfinished: log.unfinished().map_or(0, |unfinished| unfinished.bytes),
    })
}

fn diverged(dir: &Path, summary: &Summary) -> Damage {
    let height = summary.mark.height;
    Damage::new(&Kind::Snapshot.path(dir, height), 0, Fault::Diverged { height })
}
