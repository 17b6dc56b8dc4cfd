//! The latest events, each written once; kept only while somebody listens.

use std::collections::VecDeque;

use axum::extract::ws::Utf8Bytes;

use crate::streams::{Channel, Line};

/// Events that are kept: some 10 MB. Who is further behind is served from the node's own memory.
const EVENTS_MAX: usize = 32_768;

/// An event as it is told on its channels.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) seq: u64,
    pub(crate) event: Utf8Bytes,
    /// On the channel of failures, where it belongs there.
    pub(crate) liquidation: Option<Utf8Bytes>,
}

impl Told {
    /// As the channel tells it; none where it does not.
    pub(crate) fn on(&self, channel: Channel) -> Option<Line> {
        let text = if channel == Channel::Liquidations { self.liquidation.as_ref()? } else { &self.event };
        Some(Line { channel, seq: self.seq, text: text.clone() })
    }
}

/// The latest events without a gap.
#[derive(Debug, Default)]
pub(crate) struct Ring(VecDeque<Told>);

impl Ring {
    /// Appends the next event. After a gap the ring begins anew.
    pub(crate) fn push(&mut self, told: Told) {
        if self.0.back().is_some_and(|last| last.seq + 1 != told.seq) {
            self.0.clear();
        }
        self.0.push_back(told);
        if self.0.len() > EVENTS_MAX {
            self.0.pop_front();
        }
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Events from a number on, at most `limit`; none where the ring does not have that one.
    pub(crate) fn from(&self, seq: u64, limit: usize) -> Option<Vec<Told>> {
        let first = self.0.front()?.seq;
        let start = usize::try_from(seq.checked_sub(first)?).ok()?;
        (start < self.0.len()).then(|| self.0.range(start..).take(limit).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(seq: u64) -> Told {
        Told { seq, event: seq.to_string().into(), liquidation: None }
    }

    #[test]
    fn a_ring_has_no_gap() {
        let mut ring = Ring::default();
        [4, 5, 6].into_iter().for_each(|seq| ring.push(told(seq)));
        let seqs = |found: Option<Vec<Told>>| {
            found.map(|found| found.iter().map(|told| told.seq).collect::<Vec<_>>())
        };
        assert_eq!(seqs(ring.from(5, 10)), Some(vec![5, 6]));
        assert_eq!(seqs(ring.from(4, 2)), Some(vec![4, 5]));
        assert_eq!(seqs(ring.from(3, 2)), None);
        assert_eq!(seqs(ring.from(7, 2)), None);
        ring.push(told(9));
        assert_eq!(seqs(ring.from(5, 10)), None);
        assert_eq!(seqs(ring.from(9, 10)), Some(vec![9]));
    }
}
