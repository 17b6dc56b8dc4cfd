//! A crisis from a folder: the finest bars of each symbol win, coarser ones fill their gaps.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use cistern_units::{Price, wide};

use crate::market::{Bar, Crisis, Kind, MarketError, Origin, Series, read_bars};

/// After this moment the symbol LUNAUSDT is another asset (LUNA 2.0, listed 2022-05-31): 2022-05-28 00:00 UTC.
const LUNA2_FROM_MS: u64 = 1_653_696_000_000;

/// Symbols that a crisis needs and its folder lacks.
const BORROWED: [(&str, &[&str]); 2] = [("2022-05_luna", &["UST", "LUNA"]), ("2022-11_ftx", &["FTT"])];

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

/// Loads `data/crisis/name` with what other folders of `data` add to it.
///
/// # Errors
/// [`MarketError`]: no such crisis, an unreadable file, a malformed row, no BTC or ETH.
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
    let window = loading.window();
    let fallbacks = ["spot_5m", "spot_15m", "spot_1h"];
    for folder in fallbacks {
        loading.fill_from(&data.join(folder), window, &borrowed(name))?;
    }
    loading.convert_from_bitcoin();
    loading.steth_from(&data.join("oracle/chainlink_eth_mainnet_STETHETH_rounds.csv.gz"), window)?;
    loading.finish(name)
}

fn borrowed(name: &str) -> Vec<String> {
    let found = BORROWED.iter().find(|(crisis, _)| *crisis == name);
    found.map_or(Vec::new(), |(_, symbols)| symbols.iter().map(|symbol| (*symbol).to_owned()).collect())
}

type Key = (String, Kind);

#[derive(Default)]
struct Loading {
    series: BTreeMap<Key, (BTreeMap<u64, Bar>, String)>,
    notes: Vec<String>,
}

impl Loading {
    fn read_folder(&mut self, folder: &Path) -> Result<(), MarketError> {
        let mut files: Vec<(u64, Key, PathBuf, Vec<Bar>)> = Vec::new();
        for path in files_of(folder)? {
            let Some(key) = key_of(&path) else {
                self.notes.push(format!("{}: not a name of bars, left out", name_of(&path)));
                continue;
            };
            let read = read_bars(&path)?;
            if read.skipped + read.repeated > 0 {
                let (skipped, repeated) = (read.skipped, read.repeated);
                self.notes
                    .push(format!("{}: {skipped} impossible bars, {repeated} repeated", name_of(&path)));
            }
            let interval = read.bars.first().map_or(0, |bar| bar.interval_ms);
            files.push((interval, key, path, read.bars));
        }
        files.sort_by(|a, b| (a.0, &a.1, &a.2).cmp(&(b.0, &b.1, &b.2)));
        for (_, key, path, bars) in files {
            self.merge(key, bars, &name_of(&path));
        }
        Ok(())
    }

    /// Adds bars where there are none yet: a finer bar that overlaps keeps its place.
    fn merge(&mut self, key: Key, bars: Vec<Bar>, source: &str) {
        let (known, sources) = self.series.entry(key).or_default();
        let mut added = 0;
        for bar in bars {
            let end = bar.open_ms + bar.interval_ms;
            let overlaps = known
                .range(..end)
                .next_back()
                .is_some_and(|(_, last)| last.open_ms + last.interval_ms > bar.open_ms);
            if !overlaps {
                known.insert(bar.open_ms, bar);
                added += 1;
            }
        }
        if added > 0 {
            *sources = if sources.is_empty() { source.into() } else { format!("{sources} + {source}") };
        }
    }

    /// From the first to the last moment of the folder's own bars.
    fn window(&self) -> (u64, u64) {
        let bars = || self.series.values().flat_map(|(bars, _)| bars.values());
        let start = bars().map(|bar| bar.open_ms).min().unwrap_or(0);
        let end = bars().map(|bar| bar.open_ms + bar.interval_ms).max().unwrap_or(0);
        (start, end)
    }

    fn fill_from(
        &mut self,
        folder: &Path,
        (start, end): (u64, u64),
        borrowed: &[String],
    ) -> Result<(), MarketError> {
        let wanted: Vec<String> = self
            .series
            .keys()
            .filter(|(_, kind)| *kind == Kind::Spot)
            .map(|(symbol, _)| symbol.clone())
            .collect();
        for path in files_of(folder).unwrap_or_default() {
            let Some((symbol, Kind::Spot)) = key_of(&path) else { continue };
            let foreign = !name_of(&path).starts_with("binance");
            if foreign || !(wanted.contains(&symbol) || borrowed.contains(&symbol)) {
                continue;
            }
            let bars = read_bars(&path)?.bars.into_iter();
            let bars: Vec<Bar> =
                bars.filter(|bar| bar.open_ms >= start && bar.open_ms + bar.interval_ms <= end).collect();
            if !bars.is_empty() {
                self.merge((symbol, Kind::Spot), bars, &name_of(&path));
            }
        }
        Ok(())
    }

    /// Prices in bitcoin become dollars through the bitcoin bar of the same time: all four at its close.
    fn convert_from_bitcoin(&mut self) {
        let bitcoin = self
            .series
            .get(&("BTC".to_owned(), Kind::Spot))
            .map(|(bars, _)| bars.clone())
            .unwrap_or_default();
        let quoted: Vec<Key> =
            self.series.keys().filter(|(symbol, _)| symbol.ends_with("/BTC")).cloned().collect();
        for key in quoted {
            let Some((bars, source)) = self.series.remove(&key) else { continue };
            let symbol = key.0.trim_end_matches("/BTC").to_owned();
            let converted = bars.values().filter_map(|bar| {
                let (_, rate) = bitcoin.range(..=bar.open_ms).next_back()?;
                let near = bar.open_ms - rate.open_ms < rate.interval_ms;
                near.then(|| Bar {
                    open: times(bar.open, rate.close),
                    high: times(bar.high, rate.close),
                    low: times(bar.low, rate.close),
                    close: times(bar.close, rate.close),
                    ..*bar
                })
            });
            self.notes.push(format!("{symbol}: quoted in BTC, converted at the close of the BTC bar"));
            self.merge((symbol, key.1), converted.collect(), &source);
        }
    }

    /// stETH in dollars: the oracle's rounds of stETH/ETH times ETH.
    fn steth_from(&mut self, path: &Path, (start, end): (u64, u64)) -> Result<(), MarketError> {
        if !path.exists() {
            return Ok(());
        }
        let ether = self
            .series
            .get(&("ETH".to_owned(), Kind::Spot))
            .map(|(bars, _)| bars.clone())
            .unwrap_or_default();
        let rounds = rounds(path)?;
        let covers = rounds.range(start..end).next().is_some() && rounds.range(..=start).next().is_some();
        if !covers {
            return Ok(());
        }
        let steth = ether.values().filter_map(|bar| {
            let (_, ratio) = rounds.range(..=bar.open_ms).next_back()?;
            Some(Bar {
                open: times(bar.open, *ratio),
                high: times(bar.high, *ratio),
                low: times(bar.low, *ratio),
                close: times(bar.close, *ratio),
                ..*bar
            })
        });
        self.notes.push("stETH: ETH times the oracle's rounds of stETH/ETH".into());
        self.merge(("stETH".into(), Kind::Spot), steth.collect(), "chainlink STETHETH");
        Ok(())
    }

    fn finish(mut self, name: &str) -> Result<Crisis, MarketError> {
        self.split_luna();
        for symbol in ["BTC", "ETH"] {
            if !self.series.contains_key(&(symbol.to_owned(), Kind::Spot)) {
                return Err(MarketError::MissingSeries { name: name.into(), symbol });
            }
        }
        let series = self.series.into_iter().filter(|(_, (bars, _))| !bars.is_empty());
        let series = series.map(|((symbol, kind), (bars, source))| Series {
            symbol,
            kind,
            source,
            bars: bars.into_values().collect(),
        });
        Ok(Crisis {
            name: name.into(),
            origin: Origin::Recorded,
            series: series.collect(),
            notes: self.notes,
        })
    }

    fn split_luna(&mut self) {
        let key = ("LUNA".to_owned(), Kind::Spot);
        let Some((bars, source)) = self.series.get_mut(&key) else { return };
        let later = bars.split_off(&LUNA2_FROM_MS);
        let source = source.clone();
        if !later.is_empty() {
            self.notes.push("LUNAUSDT after 2022-05-28 is another asset and is called LUNA2".into());
            self.series.insert(("LUNA2".into(), Kind::Spot), (later, source));
        }
    }
}

fn rounds(path: &Path) -> Result<BTreeMap<u64, Price>, MarketError> {
    // The third column of a round is its price; reading rounds as bars would ask for five.
    let unreadable = |reason: String| MarketError::Unreadable { path: path.to_owned(), reason };
    let file = fs::File::open(path).map_err(|error| unreadable(error.to_string()))?;
    let mut reader = csv::Reader::from_reader(flate2::read::MultiGzDecoder::new(file));
    let mut rounds = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| unreadable(error.to_string()))?;
        let time = record.get(0).and_then(|text| text.parse::<u64>().ok());
        let price = record.get(2).and_then(|text| cistern_units::parse_decimal(text, 18).ok());
        let price = price.and_then(|raw| Price::new(u128::try_from(raw).ok()? / 1_000_000));
        if let Some((time, price)) = time.zip(price) {
            rounds.insert(time, price);
        }
    }
    Ok(rounds)
}

fn times(price: Price, rate: Price) -> Price {
    Price::clamped(wide::multiply_scale_down(price.raw(), rate.raw(), Price::PLACES).unwrap_or(u128::MAX))
}

fn files_of(folder: &Path) -> Result<Vec<PathBuf>, MarketError> {
    let unreadable = |error: std::io::Error| MarketError::Unreadable {
        path: folder.to_owned(),
        reason: error.to_string(),
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = name_of(&path);
        if name.ends_with(".csv") || name.ends_with(".csv.gz") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Symbol and kind in a file name: `binance_spot_BTCUSDT_5m.csv.gz`, or Binance's own `BTCUSDT-5m-2024-08.csv`.
fn key_of(path: &Path) -> Option<Key> {
    let name = name_of(path);
    let parts: Vec<&str> = name.split('_').collect();
    let (pair, kind) = match parts.as_slice() {
        [_, "spot", pair, _] => (*pair, Kind::Spot),
        [_, "usdm", pair, _] => (*pair, Kind::Perp),
        _ => (name.split_once('-')?.0, Kind::Spot),
    };
    if !pair.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
        return None;
    }
    let pair = pair.replace("XBT", "BTC");
    for quote in ["USDT", "USD"] {
        if let Some(symbol) = pair.strip_suffix(quote).filter(|symbol| !symbol.is_empty()) {
            return Some((symbol.to_owned(), kind));
        }
    }
    let symbol = pair.strip_suffix("BTC").filter(|symbol| !symbol.is_empty())?;
    Some((format!("{symbol}/BTC"), kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Option<Key> {
        key_of(Path::new(name))
    }

    #[test]
    fn file_names_say_what_they_are() {
        assert_eq!(key("binance_spot_BTCUSDT_5m.csv.gz"), Some(("BTC".into(), Kind::Spot)));
        assert_eq!(key("binance_usdm_SOLUSDT_5m.csv.gz"), Some(("SOL".into(), Kind::Perp)));
        assert_eq!(key("binance_spot_LTCBTC_5m.csv.gz"), Some(("LTC/BTC".into(), Kind::Spot)));
        assert_eq!(key("BTCUSDT-1m-2024-08.csv"), Some(("BTC".into(), Kind::Spot)));
        assert_eq!(key("readme.csv"), None);
    }

    #[test]
    fn coarser_bars_fill_gaps_only() {
        let price = Price::ONE;
        let bar = |open_ms, interval_ms| Bar {
            open_ms,
            interval_ms,
            open: price,
            high: price,
            low: price,
            close: price,
        };
        let mut loading = Loading::default();
        let key = || ("BTC".to_owned(), Kind::Spot);
        loading.merge(key(), vec![bar(0, 60), bar(60, 60), bar(600, 60)], "fine");
        loading.merge(key(), vec![bar(0, 300), bar(300, 300), bar(600, 300)], "coarse");
        let starts: Vec<(u64, u64)> =
            loading.series[&key()].0.values().map(|bar| (bar.open_ms, bar.interval_ms)).collect();
        assert_eq!(starts, [(0, 60), (60, 60), (300, 300), (600, 60)]);
    }

    #[test]
    fn an_unknown_crisis_names_those_that_exist() {
        let error = load_crisis(Path::new("nowhere"), "1929").unwrap_err().to_string();
        assert!(error.contains("1929") && error.contains("none"), "{error}");
    }
}
