//! A crisis from a folder: the finest bars of each symbol win, coarser ones fill their gaps.

use std::{
    collections::BTreeMap,
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

use crate::market::{
    Bar, Crisis, Kind, MarketError, Origin, Series,
    bars::{read_bars, read_bars_within},
    borrowed::{Staked, borrowed, long_series},
    convert,
    file_name::{Key, interval_of, key_of, name_of},
    merged::Merged,
};

/// After this moment the symbol LUNAUSDT is another asset (LUNA 2.0, listed 2022-05-31): 2022-05-28 00:00 UTC.
const LUNA2_FROM_MS: u64 = 1_653_696_000_000;

/// The oracle's rounds of stETH/ETH in a data folder.
const STAKED_ROUNDS: &str = "oracle/chainlink_eth_mainnet_STETHETH_rounds.csv.gz";

/// Names of the crises in a data folder.
#[must_use]
pub fn crisis_names(data: &Path) -> Vec<String> {
    let entries = fs::read_dir(data.join("crisis")).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

/// Loads `data/crisis/name` with what other folders of `data` add to it, for the time in which both BTC and ETH have bars;
/// where one of them is not there, for the other one's time; where neither is, for that of the longest series.
///
/// Other series may begin later, end earlier, or have gaps: a bar that is missing is not there.
///
/// # Errors
/// [`MarketError`]: no such crisis, an unreadable file, a malformed row, no bars.
pub fn load_crisis(data: &Path, name: &str) -> Result<Crisis, MarketError> {
    let known = crisis_names(data);
    if !known.iter().any(|known| known == name) {
        let known = if known.is_empty() {
            "none (is it the folder above `crisis`?)".into()
        } else {
            known.join(", ")
        };
        return Err(MarketError::UnknownCrisis { name: name.into(), path: data.join("crisis"), known });
    }
    let mut loading = Loading::default();
    loading.read_folder(&data.join("crisis").join(name))?;
    let (symbols, staked) = borrowed(name);
    if let Some(span) = loading.span() {
        loading.fill_gaps(data, &span)?;
        loading.borrow(data, &span, symbols)?;
    }
    loading.convert_from_bitcoin();
    let window = loading.window(name)?;
    if staked == Staked::FromOracle {
        loading.stake(&data.join(STAKED_ROUNDS))?;
    }
    Ok(loading.finish(name, &window))
}

fn spot(symbol: &str) -> Key {
    (symbol.to_owned(), Kind::Spot)
}

/// A crisis that is being put together.
#[derive(Default)]
struct Loading {
    series: BTreeMap<Key, Merged>,
    notes: Vec<String>,
}

impl Loading {
    /// Reads the folder's own files.
    fn read_folder(&mut self, folder: &Path) -> Result<(), MarketError> {
        let mut files: Vec<(u64, Key, PathBuf, Vec<Bar>)> = Vec::new();
        for path in files_of(folder)? {
            let name = name_of(&path);
            let Some(key) = bars_key(&path) else {
                let wanted = "a csv, csv.gz or zip named like binance_spot_BTCUSDT_5m or BTCUSDT-5m-2025-02-03, \
                              quoted in USDT, USD or BTC";
                self.notes.push(format!("{name}: left out, it is not {wanted}"));
                continue;
            };
            let read = read_bars(&path)?;
            if read.skipped + read.repeated > 0 {
                let (skipped, repeated) = (read.skipped, read.repeated);
                self.notes.push(format!("{name}: {skipped} impossible bars, {repeated} repeated"));
            }
            let interval = read.bars.first().map_or(0, |bar| bar.interval_ms);
            files.push((interval, key, path, read.bars));
        }
        files.sort_by(|a, b| (a.0, &a.1, &a.2).cmp(&(b.0, &b.1, &b.2)));
        for (_, key, path, bars) in files {
            self.add(key, bars, &name_of(&path));
        }
        Ok(())
    }

    /// Adds bars to their series; those of LUNAUSDT to the asset that the symbol meant at their time.
    fn add(&mut self, key: Key, mut bars: Vec<Bar>, file: &str) -> usize {
        let mut added = 0;
        if key == spot("LUNA") {
            let later = bars.split_off(bars.partition_point(|bar| bar.open_ms < LUNA2_FROM_MS));
            if !later.is_empty() {
                self.notes.push("LUNAUSDT after 2022-05-28 is another asset and is called LUNA2".into());
                added += self.series.entry(spot("LUNA2")).or_default().add(later, file);
            }
        }
        if !bars.is_empty() {
            added += self.series.entry(key).or_default().add(bars, file);
        }
        added
    }

    /// From the first to the last moment of the folder's own bars.
    fn span(&self) -> Option<Range<u64>> {
        let spans = || self.series.values().filter_map(Merged::span);
        Some(spans().map(|span| span.start).min()?..spans().map(|span| span.end).max()?)
    }

    /// Fills gaps of the folder's own spot series with bars of the long series.
    fn fill_gaps(&mut self, data: &Path, span: &Range<u64>) -> Result<(), MarketError> {
        let own = self.series.keys().filter(|(_, kind)| *kind == Kind::Spot);
        let own: Vec<String> = own.map(|(symbol, _)| symbol.clone()).collect();
        own.iter().try_for_each(|symbol| self.add_long_series(data, symbol, span).map(drop))
    }

    /// Adds the series of the table that the folder lacks.
    fn borrow(&mut self, data: &Path, span: &Range<u64>, symbols: &[&str]) -> Result<(), MarketError> {
        for symbol in
            symbols.iter().filter(|symbol| !self.series.contains_key(&spot(symbol))).collect::<Vec<_>>()
        {
            let added = self.add_long_series(data, symbol, span)?;
            let files = self.series.get(&spot(symbol)).filter(|_| added > 0).map(Merged::files);
            self.notes.extend(files.map(|files| format!("{symbol}: borrowed from {files}")));
        }
        Ok(())
    }

    fn add_long_series(
        &mut self,
        data: &Path,
        symbol: &str,
        span: &Range<u64>,
    ) -> Result<usize, MarketError> {
        let mut added = 0;
        for path in long_series(data, symbol) {
            let interval = interval_of(&path).unwrap_or(0);
            let known = self.series.get(&spot(symbol));
            if known.is_none_or(|known| known.has_gap(span, interval)) {
                let bars = read_bars_within(&path, span)?.bars;
                added += self.add(spot(symbol), bars, &name_of(&path));
            }
        }
        Ok(added)
    }

    /// Prices in bitcoin become dollars.
    fn convert_from_bitcoin(&mut self) {
        let bitcoin = self.series.get(&spot("BTC")).cloned().unwrap_or_default();
        let quoted: Vec<Key> =
            self.series.keys().filter(|(symbol, _)| symbol.ends_with("/BTC")).cloned().collect();
        for key in quoted {
            let Some(bars) = self.series.remove(&key) else { continue };
            let symbol = key.0.trim_end_matches("/BTC").to_owned();
            let dollars = convert::from_bitcoin(&bars, &bitcoin);
            self.notes.push(if dollars.is_empty() {
                format!("{symbol}: left out, it is quoted in BTC and there are no bars of BTC for its time")
            } else {
                format!("{symbol}: quoted in BTC, each tick times the BTC price that stands then")
            });
            self.add((symbol, key.1), dollars, &bars.files());
        }
    }

    /// stETH in dollars: the oracle's rounds of stETH/ETH times ETH.
    fn stake(&mut self, path: &Path) -> Result<(), MarketError> {
        let Some(ether) = self.series.get(&spot("ETH")).filter(|_| path.exists()) else { return Ok(()) };
        let staked = convert::staked_ether(ether, &convert::rounds(path)?);
        if self.add(spot("stETH"), staked, "chainlink STETHETH") > 0 {
            self.notes.push("stETH: ETH times the oracle's rounds of stETH/ETH".into());
        }
        Ok(())
    }

    /// The time of BTC and ETH, or of the longest series where neither has bars.
    fn window(&self, name: &str) -> Result<Range<u64>, MarketError> {
        let of = |symbol| self.series.get(&spot(symbol)).and_then(Merged::span);
        match (of("BTC"), of("ETH")) {
            (Some(bitcoin), Some(ether)) => {
                let window = bitcoin.start.max(ether.start)..bitcoin.end.min(ether.end);
                let none = || MarketError::NoCommonWindow { name: name.into() };
                Some(window).filter(|window| !window.is_empty()).ok_or_else(none)
            }
            (Some(only), None) | (None, Some(only)) => Ok(only),
            (None, None) => self.longest().ok_or_else(|| MarketError::NoBars { name: name.into() }),
        }
    }

    /// The span of the spot series that lasts longest, of those the first by name.
    fn longest(&self) -> Option<Range<u64>> {
        let spot = self.series.iter().filter(|((_, kind), _)| *kind == Kind::Spot);
        // Of equal ones `max_by_key` takes the last.
        spot.rev().filter_map(|(_, merged)| merged.span()).max_by_key(|span| span.end - span.start)
    }

    fn finish(mut self, name: &str, window: &Range<u64>) -> Crisis {
        let series = self.series.into_iter().map(|((symbol, kind), mut merged)| {
            merged.keep_within(window);
            let (bars, source) = merged.into_parts();
            Series { symbol, kind, source, bars }
        });
        let series = series.filter(|series| !series.bars.is_empty()).collect();
        self.notes.dedup();
        Crisis { name: name.into(), origin: Origin::Recorded, series, notes: self.notes }
    }
}

/// The key of a file of bars that can be read.
fn bars_key(path: &Path) -> Option<Key> {
    let name = name_of(path);
    key_of(path).filter(|_| [".csv", ".csv.gz", ".zip"].iter().any(|end| name.ends_with(end)))
}

/// The files of a folder, in order of their names; what begins with a dot is the system's.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>, MarketError> {
    let unreadable = |error: std::io::Error| MarketError::Unreadable {
        path: folder.to_owned(),
        reason: error.to_string(),
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_file() && !name_of(&path).starts_with('.') {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cistern_units::Price;

    fn bars(from_ms: u64, interval_ms: u64, count: u64) -> Vec<Bar> {
        let price = Price::ONE;
        let bar = |place| Bar {
            open_ms: from_ms + place * interval_ms,
            interval_ms,
            open: price,
            high: price,
            low: price,
            close: price,
        };
        (0..count).map(bar).collect()
    }

    #[test]
    fn an_unknown_crisis_names_those_that_exist() {
        let error = load_crisis(Path::new("nowhere"), "1929").unwrap_err().to_string();
        assert!(error.contains("1929") && error.contains("none"), "{error}");
    }

    #[test]
    fn the_symbol_luna_means_two_assets() {
        let mut loading = Loading::default();
        loading.add(spot("LUNA"), bars(LUNA2_FROM_MS - 120_000, 60_000, 4), "LUNAUSDT");
        let spans: Vec<Range<u64>> = loading.series.values().filter_map(Merged::span).collect();
        let end = LUNA2_FROM_MS + 120_000;
        assert_eq!(spans, [LUNA2_FROM_MS - 120_000..LUNA2_FROM_MS, LUNA2_FROM_MS..end]);
    }

    #[test]
    fn the_window_is_where_bitcoin_and_ether_have_bars() {
        let mut loading = Loading::default();
        assert!(matches!(loading.window("x"), Err(MarketError::NoBars { .. })));
        loading.add(("SOL".into(), Kind::Perp), bars(0, 50, 9), "perpetual");
        assert!(matches!(loading.window("x"), Err(MarketError::NoBars { .. })));
        loading.add(spot("DOGE"), bars(30, 10, 5), "d");
        loading.add(spot("SOL"), bars(0, 50, 4), "c");
        assert_eq!(loading.window("x").unwrap(), 0..200);
        loading.add(spot("ETH"), bars(20, 10, 20), "b");
        assert_eq!(loading.window("x").unwrap(), 20..220);
        loading.add(spot("BTC"), bars(0, 10, 10), "a");
        let window = loading.window("x").unwrap();
        assert_eq!(window, 20..100);
        let crisis = loading.finish("x", &window);
        let counts: Vec<(&str, usize)> =
            crisis.series.iter().map(|series| (series.symbol.as_str(), series.bars.len())).collect();
        assert_eq!(counts, [("BTC", 8), ("DOGE", 5), ("ETH", 8), ("SOL", 1), ("SOL", 1)]);
    }

    #[test]
    fn bitcoin_and_ether_at_different_times_are_no_crisis() {
        let mut loading = Loading::default();
        loading.add(spot("BTC"), bars(0, 10, 10), "a");
        loading.add(spot("ETH"), bars(100, 10, 10), "b");
        assert!(matches!(loading.window("x"), Err(MarketError::NoCommonWindow { .. })));
    }
}
