//! The database.

use std::{
    collections::BTreeMap,
    fs, io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::Arc,
};

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_engine::{chain::Link, event::Event};
use cistern_units::Time;
use redb::{
    Builder, Database, Durability, ReadableDatabase, ReadableTable, TableDefinition,
    backends::InMemoryBackend,
};

use super::topics;
use crate::{apply::Applied, board::Numbered, error::NodeError};

/// Events by the number of the first of their block.
pub(super) const BLOCKS: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("blocks");
/// Numbers of events by topic and the first of them.
pub(super) const LISTS: TableDefinition<'static, (u64, u64), &[u8]> = TableDefinition::new("lists");
/// How far it goes.
const MARK: TableDefinition<'static, u8, &[u8]> = TableDefinition::new("mark");

/// Bytes of memory that the database may use for pages.
const CACHE: usize = 64 << 20;
/// Bytes of a block: about a page.
const BLOCK_BYTES: usize = 4_096;
/// Numbers in one list: a page.
const LIST_MAX: usize = 500;
/// Events of one batch.
const BATCH_MAX: usize = 8_192;

/// What a write is to outlive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    /// This process.
    Seen,
    /// The machine.
    Durable,
}

/// How far a history goes, and along which log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Reached {
    pub(crate) height: u64,
    pub(crate) seq: u64,
    pub(crate) chain: Link,
}

/// How far the database goes, and which program wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
struct Written {
    form: [u8; 32],
    reached: Reached,
}

/// The forms of the rows: kinds are stored by their place among all.
fn form() -> [u8; 32] {
    *blake3::hash(format!("1 {:?}", Event::NAMES).as_bytes()).as_bytes()
}

/// Events that are not in the database yet.
#[derive(Debug, Default)]
struct Batch {
    blocks: Vec<(u64, Vec<u8>)>,
    lists: BTreeMap<u64, Vec<u64>>,
    events: usize,
}

/// The database and what is about to go into it.
#[derive(Debug)]
pub(crate) struct Base {
    data: Arc<Database>,
    batch: Batch,
    /// How far it goes, the batch counted.
    reached: Reached,
    /// How far it goes without it.
    committed: u64,
    /// What the last commit is to outlive.
    fate: Fate,
}

pub(super) fn fault(reason: impl Into<redb::Error>) -> NodeError {
    NodeError::History { reason: reason.into().to_string() }
}

/// A damaged file may take the database further than its own errors.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, NodeError>) -> Result<T, NodeError> {
    let panicked = |_| Err(NodeError::History { reason: "the database is damaged".into() });
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(panicked)
}

impl Base {
    /// A database that ends with the process.
    pub(crate) fn memory() -> Result<Self, NodeError> {
        guarded(|| {
            let backend = InMemoryBackend::new();
            let data = Builder::new().set_cache_size(CACHE).create_with_backend(backend).map_err(fault)?;
            Self::with(data)
        })
    }

    /// The database of a file; a missing file becomes an empty one. Every page is checked.
    pub(crate) fn open(path: &Path) -> Result<Self, NodeError> {
        guarded(|| {
            let mut builder = Builder::new();
            builder.set_cache_size(CACHE).set_check_integrity_on_open(true);
            Self::with(builder.create(path).map_err(fault)?)
        })
    }

    /// Throws the file of a database away.
    pub(crate) fn discard(path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(reason) if reason.kind() != io::ErrorKind::NotFound => Err(reason),
            _ => Ok(()),
        }
    }

    fn with(data: Database) -> Result<Self, NodeError> {
        let write = data.begin_write().map_err(fault)?;
        let written = {
            write.open_table(BLOCKS).map_err(fault)?;
            write.open_table(LISTS).map_err(fault)?;
            let mark = write.open_table(MARK).map_err(fault)?;
            mark.get(0).map_err(fault)?.map(|bytes| bytes.value().to_vec())
        };
        write.commit().map_err(fault)?;
        let reached = match written.map(|bytes| borsh::from_slice::<Written>(&bytes)) {
            None => Reached::default(),
            Some(Ok(written)) if written.form == form() => written.reached,
            Some(_) => {
                return Err(NodeError::History { reason: "another version wrote it".into() });
            }
        };
        let committed = reached.height;
        Ok(Self { data: Arc::new(data), batch: Batch::default(), reached, committed, fate: Fate::Durable })
    }

    /// The database, to look into.
    pub(super) fn data(&self) -> Arc<Database> {
        Arc::clone(&self.data)
    }

    /// The last entry whose events it has.
    pub(crate) fn reached(&self) -> Reached {
        self.reached
    }

    /// Is something waiting to go in?
    pub(super) fn is_behind(&self) -> bool {
        self.committed < self.reached.height
    }

    /// Adds an entry's events; a full batch goes in.
    pub(crate) fn push(&mut self, applied: &Applied) -> Result<(), NodeError> {
        for (seq, event) in (applied.first_seq..).zip(applied.events()) {
            if topics::is_kept(event) {
                self.batch.push(seq, applied, event);
            }
        }
        self.reached = Reached { height: applied.height, seq: applied.last_seq(), chain: applied.chain };
        if self.batch.events >= BATCH_MAX { self.commit(Fate::Seen) } else { Ok(()) }
    }

    /// Puts everything in that was added, if there is anything to do.
    pub(super) fn settle(&mut self, fate: Fate) -> Result<(), NodeError> {
        if self.is_behind() || fate > self.fate { self.commit(fate) } else { Ok(()) }
    }

    /// Puts everything in that was added.
    pub(crate) fn commit(&mut self, fate: Fate) -> Result<(), NodeError> {
        guarded(|| {
            let mut write = self.data.begin_write().map_err(fault)?;
            let durability = if fate == Fate::Durable { Durability::Immediate } else { Durability::None };
            write
                .set_durability(durability)
                .map_err(|reason| NodeError::History { reason: reason.to_string() })?;
            {
                let mut blocks = write.open_table(BLOCKS).map_err(fault)?;
                for (first, bytes) in &self.batch.blocks {
                    blocks.insert(first, bytes.as_slice()).map_err(fault)?;
                }
                let mut lists = write.open_table(LISTS).map_err(fault)?;
                for (topic, numbers) in &self.batch.lists {
                    for numbers in numbers.chunks(LIST_MAX) {
                        let Some(first) = numbers.first() else { continue };
                        let bytes: Vec<u8> = numbers.iter().flat_map(|seq| seq.to_le_bytes()).collect();
                        lists.insert((*topic, *first), bytes.as_slice()).map_err(fault)?;
                    }
                }
                let written = Written { form: form(), reached: self.reached };
                let bytes = borsh::to_vec(&written).unwrap_or_default();
                write.open_table(MARK).map_err(fault)?.insert(0, bytes.as_slice()).map_err(fault)?;
            }
            write.commit().map_err(fault)
        })?;
        self.batch = Batch::default();
        self.committed = self.reached.height;
        self.fate = fate;
        Ok(())
    }
}

impl Batch {
    fn push(&mut self, seq: u64, applied: &Applied, event: &Event) {
        let full = self.blocks.last().is_none_or(|(_, bytes)| bytes.len() >= BLOCK_BYTES);
        if full {
            self.blocks.push((seq, Vec::with_capacity(BLOCK_BYTES + 512)));
        }
        if let Some((_, bytes)) = self.blocks.last_mut() {
            // Writing into memory cannot fail.
            let _ = (seq, applied.height, applied.entry.time, event).serialize(bytes);
        }
        for topic in topics::topics(event) {
            self.lists.entry(topic).or_default().push(seq);
        }
        self.events += 1;
    }
}

/// The events of a block, oldest first.
pub(super) fn block(mut bytes: &[u8]) -> Result<Vec<Numbered>, NodeError> {
    let mut events = Vec::new();
    while !bytes.is_empty() {
        let row = <(u64, u64, Time, Event)>::deserialize(&mut bytes);
        let row = row.map_err(|reason| NodeError::History { reason: reason.to_string() })?;
        let (seq, height, time, event) = row;
        events.push(Numbered { seq, height, time, event });
    }
    Ok(events)
}

/// A database for reading.
pub(super) fn begin_read(data: &Database) -> Result<redb::ReadTransaction, NodeError> {
    data.begin_read().map_err(fault)
}
