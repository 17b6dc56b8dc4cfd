//! A bar becomes four ticks: its open, the nearer extreme, the other extreme, its close.

use std::{cmp::Reverse, collections::BinaryHeap};

use cistern_units::Price;

use crate::market::{Bar, Series};

/// All prices that change at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instant {
    /// When, in Unix milliseconds.
    pub time_ms: u64,
    /// Which series, and its price; in order of the series.
    pub prices: Vec<(usize, Price)>,
}

/// Ticks of many series, in order of time.
#[derive(Debug)]
pub struct Ticks<'a> {
    series: &'a [Series],
    /// Next tick of each series: time, series, bar, quarter.
    next: BinaryHeap<Reverse<(u64, usize, usize, u64)>>,
}

impl<'a> Ticks<'a> {
    pub(super) fn new(series: &'a [Series]) -> Self {
        let starts = series
            .iter()
            .enumerate()
            .filter_map(|(place, series)| series.bars.first().map(|bar| Reverse((bar.open_ms, place, 0, 0))));
        Self { series, next: starts.collect() }
    }

    /// Ticks that are left, for a progress bar: an upper bound on the instants.
    #[must_use]
    pub fn end_ms(&self) -> u64 {
        self.series
            .iter()
            .filter_map(|series| series.bars.last())
            .map(|bar| bar.open_ms + bar.interval_ms)
            .max()
            .unwrap_or(0)
    }
}

impl Iterator for Ticks<'_> {
    type Item = Instant;

    fn next(&mut self) -> Option<Instant> {
        let Reverse((time_ms, ..)) = *self.next.peek()?;
        let mut prices = Vec::new();
        while let Some(Reverse((time, place, bar, quarter))) = self.next.peek().copied()
            && time == time_ms
        {
            self.next.pop();
            let bars = &self.series[place].bars;
            prices.push((place, quarters(&bars[bar])[usize::try_from(quarter).unwrap_or(0)]));
            let following = if quarter < 3 { Some((bar, quarter + 1)) } else { Some((bar + 1, 0)) };
            if let Some((bar, quarter)) = following.filter(|(bar, _)| *bar < bars.len()) {
                let time = bars[bar].open_ms + bars[bar].interval_ms * quarter / 4;
                self.next.push(Reverse((time, place, bar, quarter)));
            }
        }
        Some(Instant { time_ms, prices })
    }
}

/// The four prices of a bar, in the order in which they are told.
fn quarters(bar: &Bar) -> [Price; 4] {
    let low_first = bar.open.distance(bar.low) <= bar.open.distance(bar.high);
    let (first, second) = if low_first { (bar.low, bar.high) } else { (bar.high, bar.low) };
    [bar.open, first, second, bar.close]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::Kind;

    fn price(dollars: u128) -> Price {
        Price::clamped(dollars * Price::ONE.raw())
    }

    fn series(bars: &[(u64, u64, [u128; 4])]) -> Series {
        let bar = |(open_ms, interval_ms, [open, high, low, close]): &(u64, u64, [u128; 4])| Bar {
            open_ms: *open_ms,
            interval_ms: *interval_ms,
            open: price(*open),
            high: price(*high),
            low: price(*low),
            close: price(*close),
        };
        Series {
            symbol: "X".into(),
            kind: Kind::Spot,
            source: String::new(),
            bars: bars.iter().map(bar).collect(),
        }
    }

    #[test]
    fn the_nearer_extreme_comes_first() {
        let all = [
            series(&[(0, 40, [10, 20, 9, 15]), (40, 40, [15, 16, 3, 4])]),
            series(&[(20, 80, [1, 2, 1, 2])]),
        ];
        let ticks: Vec<(u64, Vec<(usize, u128)>)> = Ticks::new(&all)
            .map(|instant| {
                let prices =
                    instant.prices.iter().map(|(place, price)| (*place, price.raw() / Price::ONE.raw()));
                (instant.time_ms, prices.collect())
            })
            .collect();
        let expected: Vec<(u64, Vec<(usize, u128)>)> = vec![
            (0, vec![(0, 10)]),
            (10, vec![(0, 9)]),
            (20, vec![(0, 20), (1, 1)]),
            (30, vec![(0, 15)]),
            (40, vec![(0, 15), (1, 1)]),
            (50, vec![(0, 16)]),
            (60, vec![(0, 3), (1, 2)]),
            (70, vec![(0, 4)]),
            (80, vec![(1, 2)]),
        ];
        assert_eq!(ticks, expected);
    }
}
