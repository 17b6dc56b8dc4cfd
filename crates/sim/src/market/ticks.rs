//! A bar becomes four ticks: its open, the nearer extreme, the other extreme, its close.

use std::{cmp::Reverse, collections::BinaryHeap};

use cistern_units::Price;

use crate::market::{Bar, Series};

impl Bar {
    /// The four prices of a bar, in the order in which they are told.
    ///
    /// Which extreme came first is not recorded; the nearer one to the open is taken, the low where both are as near.
    #[must_use]
    pub fn path(&self) -> [Price; 4] {
        let low_first = self.open.distance(self.low) <= self.open.distance(self.high);
        let (first, second) = if low_first { (self.low, self.high) } else { (self.high, self.low) };
        [self.open, first, second, self.close]
    }

    /// When the tick of a quarter (0 to 3) is told: the four lie evenly in the interval, the first at its beginning.
    #[must_use]
    pub const fn quarter_ms(&self, quarter: u64) -> u64 {
        self.open_ms.saturating_add(self.interval_ms.saturating_mul(quarter) / 4)
    }

    /// The tick that stands at a moment; none outside of the interval.
    pub(super) fn standing_at(&self, time_ms: u64) -> Option<Price> {
        if time_ms < self.open_ms || time_ms >= self.end_ms() {
            return None;
        }
        let told =
            self.path().into_iter().zip(0..).take_while(|(_, quarter)| self.quarter_ms(*quarter) <= time_ms);
        told.last().map(|(price, _)| price)
    }
}

/// All prices that change at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instant {
    /// When, in Unix milliseconds.
    pub time_ms: u64,
    /// Which series, and its price; in order of the series.
    pub prices: Vec<(usize, Price)>,
}

/// Ticks of many series, in order of time.
///
/// Every series ticks at the quarters of its own bars, and a bar that is missing is no tick. Quarters of all intervals lie
/// on the grid of the finest one's, so series meet in common instants.
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

    /// When the last bar ends, in Unix milliseconds: where a progress bar is full.
    #[must_use]
    pub fn end_ms(&self) -> u64 {
        self.series.iter().filter_map(|series| series.bars.last()).map(Bar::end_ms).max().unwrap_or(0)
    }

    /// What a series tells after a quarter of one of its bars.
    fn following(bars: &[Bar], bar: usize, quarter: u64) -> Option<(u64, usize, u64)> {
        let (bar, quarter) = if quarter < 3 { (bar, quarter + 1) } else { (bar + 1, 0) };
        bars.get(bar).map(|next| (next.quarter_ms(quarter), bar, quarter))
    }
}

impl Iterator for Ticks<'_> {
    type Item = Instant;

    fn next(&mut self) -> Option<Instant> {
        let Reverse((time_ms, ..)) = *self.next.peek()?;
        let mut prices = Vec::with_capacity(self.series.len());
        while let Some(Reverse((_, place, bar, quarter))) =
            self.next.peek().copied().filter(|next| next.0.0 == time_ms)
        {
            self.next.pop();
            let bars = &self.series[place].bars;
            let path = bars[bar].path();
            prices.extend(path.get(usize::try_from(quarter).unwrap_or(0)).map(|price| (place, *price)));
            if let Some((time, bar, quarter)) = Self::following(bars, bar, quarter) {
                assert!(time > time_ms, "bars of {} are in order of time", self.series[place].symbol);
                self.next.push(Reverse((time, place, bar, quarter)));
            }
        }
        Some(Instant { time_ms, prices })
    }
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
        let bars = bars.iter().map(bar).collect();
        Series { symbol: "X".into(), kind: Kind::Spot, source: String::new(), bars }
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
        assert_eq!(Ticks::new(&all).end_ms(), 100);
    }

    #[test]
    fn a_missing_bar_is_no_tick() {
        let all = [series(&[(0, 4, [1, 1, 1, 1]), (8, 4, [1, 1, 1, 1])])];
        let times: Vec<u64> = Ticks::new(&all).map(|instant| instant.time_ms).collect();
        assert_eq!(times, [0, 1, 2, 3, 8, 9, 10, 11]);
    }

    #[test]
    fn a_tick_stands_until_the_next() {
        let bar = series(&[(100, 40, [10, 20, 9, 15])]).bars[0];
        let standing = |time| bar.standing_at(time).map(|price| price.raw() / Price::ONE.raw());
        assert_eq!(
            [99, 100, 109, 110, 120, 139, 140].map(standing),
            [None, Some(10), Some(10), Some(9), Some(20), Some(15), None]
        );
    }
}
