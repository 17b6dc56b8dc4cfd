//! Bars of one price from several files: the finest win, coarser ones fill their gaps.

use std::{collections::BTreeMap, ops::Range};

use cistern_units::Price;

use crate::market::Bar;

/// Bars that do not overlap, by the time at which they open, and the files that gave them.
#[derive(Clone, Debug, Default)]
pub(super) struct Merged {
    bars: BTreeMap<u64, Bar>,
    files: Vec<String>,
}

impl Merged {
    /// Adds bars where there are none yet; call it with the finest first. A bar that overlaps another one is left out
    /// whole: half of it would be invented.
    pub(super) fn add(&mut self, bars: impl IntoIterator<Item = Bar>, file: &str) -> usize {
        let before = self.bars.len();
        for bar in bars {
            let last = self.bars.range(..bar.end_ms()).next_back();
            if last.is_none_or(|(_, last)| last.end_ms() <= bar.open_ms) {
                self.bars.insert(bar.open_ms, bar);
            }
        }
        let added = self.bars.len() - before;
        if added > 0 && !self.files.iter().any(|known| known == file) {
            self.files.push(file.to_owned());
        }
        added
    }

    /// Whether a bar of this interval fits somewhere in the span.
    pub(super) fn has_gap(&self, span: &Range<u64>, interval_ms: u64) -> bool {
        let mut end = span.start;
        for bar in self.bars.range(span.clone()).map(|(_, bar)| bar) {
            if bar.open_ms.saturating_sub(end) >= interval_ms {
                return true;
            }
            end = bar.end_ms();
        }
        span.end.saturating_sub(end) >= interval_ms
    }

    /// From the first opening to the last end.
    pub(super) fn span(&self) -> Option<Range<u64>> {
        let (first, last) = (self.bars.first_key_value()?, self.bars.last_key_value()?);
        Some(*first.0..last.1.end_ms())
    }

    /// Keeps the bars that lie whole within a span.
    pub(super) fn keep_within(&mut self, span: &Range<u64>) {
        self.bars.retain(|open, bar| *open >= span.start && bar.end_ms() <= span.end);
    }

    /// The price that stands at a moment, as the ticks tell it; none where no bar covers it.
    pub(super) fn standing_at(&self, time_ms: u64) -> Option<Price> {
        let (_, bar) = self.bars.range(..=time_ms).next_back()?;
        bar.standing_at(time_ms)
    }

    pub(super) fn bars(&self) -> impl Iterator<Item = &Bar> {
        self.bars.values()
    }

    /// The bars in order of time, and the names of their files.
    pub(super) fn into_parts(self) -> (Vec<Bar>, String) {
        (self.bars.into_values().collect(), self.files.join(" + "))
    }

    pub(super) fn files(&self) -> String {
        self.files.join(" + ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(open_ms: u64, interval_ms: u64) -> Bar {
        let price = Price::ONE;
        Bar { open_ms, interval_ms, open: price, high: price, low: price, close: price }
    }

    #[test]
    fn coarser_bars_fill_gaps_only() {
        let mut merged = Merged::default();
        merged.add([bar(0, 60), bar(60, 60), bar(600, 60)], "fine");
        merged.add([bar(0, 300), bar(300, 300), bar(600, 300)], "coarse");
        merged.add([bar(300, 300)], "again");
        assert_eq!(merged.span(), Some(0..660));
        let (bars, files) = merged.into_parts();
        let starts: Vec<(u64, u64)> = bars.iter().map(|bar| (bar.open_ms, bar.interval_ms)).collect();
        assert_eq!(starts, [(0, 60), (60, 60), (300, 300), (600, 60)]);
        assert_eq!(files, "fine + coarse");
    }

    #[test]
    fn a_gap_is_where_a_whole_bar_fits() {
        let mut merged = Merged::default();
        assert!(merged.has_gap(&(0..60), 60));
        merged.add([bar(0, 60), bar(120, 60)], "fine");
        assert!(merged.has_gap(&(0..180), 60));
        assert!(!merged.has_gap(&(0..180), 61));
        assert!(!merged.has_gap(&(120..180), 60));
        assert!(merged.has_gap(&(0..240), 60));
    }

    #[test]
    fn only_whole_bars_are_kept() {
        let mut merged = Merged::default();
        merged.add([bar(0, 60), bar(60, 60), bar(120, 60)], "fine");
        merged.keep_within(&(30..179));
        assert_eq!(merged.span(), Some(60..120));
    }
}
