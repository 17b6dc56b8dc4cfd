//! Applies the log again, and holds it to the links of the chain that it carries.

use std::{collections::VecDeque, sync::Arc};

use cistern_engine::chain::Link;

use super::{
    damage::{Damage, Fault},
    frame::Tie,
    reader::{Found, LogReader},
};
use crate::apply::{Applied, Core};

/// A core that follows the log.
#[derive(Debug)]
pub(crate) struct Replayer {
    pub(crate) core: Core,
    /// Where it began.
    start: u64,
    /// Chain at the latest entries: as many as the sequencer was ahead of the engine.
    links: VecDeque<(u64, Link)>,
}

impl Replayer {
    pub(crate) fn new(core: Core) -> Self {
        let (start, chain) = (core.mark.height, core.mark.chain);
        Self { core, start, links: VecDeque::from([(start, chain)]) }
    }

    /// Applies the next record; nothing at the end of the log.
    pub(crate) fn step(&mut self, reader: &mut LogReader) -> Result<Option<Vec<Arc<Applied>>>, Damage> {
        let Some(found) = reader.record()? else { return Ok(None) };
        let offset = found.offset;
        self.apply(found).map(Some).map_err(|fault| Damage::new(reader.path(), offset, fault))
    }

    fn apply(&mut self, found: Found) -> Result<Vec<Arc<Applied>>, Fault> {
        self.check(&found.tie)?;
        let mut all = Vec::with_capacity(found.entries.len());
        for entry in found.entries {
            let height = self.core.mark.height + 1;
            let applied = self.core.apply(entry);
            let applied =
                applied.map_err(|violation| Fault::Broken { height, violation: violation.to_string() })?;
            self.links.push_back((applied.height, applied.chain));
            all.push(Arc::new(applied));
        }
        Ok(all)
    }

    /// The chain that was known when the record was written must be ours.
    fn check(&mut self, tie: &Tie) -> Result<(), Fault> {
        if tie.applied < self.start {
            return Ok(());
        }
        while self.links.front().is_some_and(|(height, _)| *height < tie.applied) {
            self.links.pop_front();
        }
        match self.links.front() {
            Some((height, chain)) if *height == tie.applied && *chain == tie.chain => Ok(()),
            Some((height, _)) if *height == tie.applied => Err(Fault::Diverged { height: tie.applied }),
            _ => Err(Fault::Unlinked),
        }
    }
}
