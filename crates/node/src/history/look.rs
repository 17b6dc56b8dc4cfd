//! Looks events up.

use redb::{Database, ReadOnlyTable};

use super::{
    HistoryPage, HistoryQuery, PAGE_MAX,
    base::{BLOCKS, LISTS, begin_read, block, fault, guarded},
    topics,
};
use crate::{board::Numbered, error::NodeError};

/// Events that are looked at for one page: whoever asks for what hardly ever happened gets a short page and where to go
/// on, and nobody waits for him.
const LOOKED_AT_MAX: usize = 20_000;

type Blocks = ReadOnlyTable<u64, &'static [u8]>;
type Lists = ReadOnlyTable<(u64, u64), &'static [u8]>;

/// One page.
pub(super) fn page(data: &Database, query: &HistoryQuery) -> Result<HistoryPage, NodeError> {
    guarded(|| {
        let read = begin_read(data)?;
        let mut events = Events::new(read.open_table(BLOCKS).map_err(fault)?);
        let mut numbers = Numbers {
            lists: read.open_table(LISTS).map_err(fault)?,
            topics: match query.account {
                Some(account) => vec![Listed::of(topics::account_topic(account))],
                None => {
                    query.kinds.iter().filter_map(|kind| topics::kind_topic(kind)).map(Listed::of).collect()
                }
            },
        };
        let by_topic = query.account.is_some() || !query.kinds.is_empty();
        let limit = query.limit.clamp(1, PAGE_MAX);
        let mut page = HistoryPage::default();
        let mut before = query.before.unwrap_or(u64::MAX);
        for _ in 0..LOOKED_AT_MAX {
            let found = if by_topic {
                match numbers.last_before(before)? {
                    Some(seq) => events.last_before(seq + 1)?,
                    None => None,
                }
            } else {
                events.last_before(before)?
            };
            let Some(found) = found else { return Ok(page) };
            before = found.seq;
            if query.kinds.is_empty() || query.kinds.contains(&found.event.name()) {
                page.events.push(found);
            }
            if page.events.len() == limit {
                break;
            }
        }
        page.next = Some(before);
        Ok(page)
    })
}

/// Events by number; the block that was read last is kept.
struct Events {
    blocks: Blocks,
    latest: Vec<Numbered>,
}

impl Events {
    fn new(blocks: Blocks) -> Self {
        Self { blocks, latest: Vec::new() }
    }

    /// The last event before a number.
    fn last_before(&mut self, before: u64) -> Result<Option<Numbered>, NodeError> {
        let inside = self.latest.first().is_some_and(|first| first.seq < before)
            && self.latest.last().is_some_and(|last| last.seq + 1 >= before);
        if !inside {
            let mut range = self.blocks.range(..before).map_err(fault)?;
            let Some(row) = range.next_back() else { return Ok(None) };
            self.latest = block(row.map_err(fault)?.1.value())?;
        }
        Ok(self.latest.iter().rfind(|event| event.seq < before).cloned())
    }
}

/// The list of a topic that was read last, ascending.
struct Listed {
    topic: u64,
    numbers: Vec<u64>,
    /// No event of the topic is before the list.
    exhausted: bool,
}

impl Listed {
    fn of(topic: u64) -> Self {
        Self { topic, numbers: Vec::new(), exhausted: false }
    }

    fn last_before(&mut self, lists: &Lists, before: u64) -> Result<Option<u64>, NodeError> {
        loop {
            while self.numbers.last().is_some_and(|seq| *seq >= before) {
                self.numbers.pop();
            }
            if let Some(seq) = self.numbers.last() {
                return Ok(Some(*seq));
            }
            if self.exhausted {
                return Ok(None);
            }
            let mut range = lists.range((self.topic, 0)..(self.topic, before)).map_err(fault)?;
            match range.next_back() {
                None => self.exhausted = true,
                Some(row) => {
                    let (_, bytes) = row.map_err(fault)?;
                    let (numbers, _) = bytes.value().as_chunks::<8>();
                    self.numbers = numbers.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect();
                }
            }
        }
    }
}

/// Numbers of events of several topics.
struct Numbers {
    lists: Lists,
    topics: Vec<Listed>,
}

impl Numbers {
    /// The last number before another.
    fn last_before(&mut self, before: u64) -> Result<Option<u64>, NodeError> {
        let mut last = None;
        for listed in &mut self.topics {
            last = last.max(listed.last_before(&self.lists, before)?);
        }
        Ok(last)
    }
}
