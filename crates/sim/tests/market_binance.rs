//! A crisis of one's own: a folder with files as Binance publishes them.

use std::{env, fs, path::PathBuf, process};

use cistern_sim::market::{MarketError, load_crisis};

/// 2025-02-03 00:00 UTC, in milliseconds.
const START: u64 = 1_738_540_800_000;

/// A data folder in the temporary folder with one crisis, removed when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn with(name: &str, files: &[(&str, String)]) -> Self {
        let folder = Self(env::temp_dir().join(format!("cistern-market-{}-{name}", process::id())));
        let crisis = folder.0.join("crisis/mine");
        fs::create_dir_all(&crisis).unwrap();
        files.iter().for_each(|(name, text)| fs::write(crisis.join(name), text).unwrap());
        folder
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0)); // What stays in the temporary folder does no harm.
    }
}

/// Klines of five minutes from a place on; the unit is what a millisecond has of the timestamp's.
fn klines(from: u64, count: u64, unit: u64) -> String {
    let row = |place| {
        let open = (START + place * 300_000) * unit;
        let close = (START + place * 300_000 + 299_999) * unit;
        format!("{open},100.5,101,99.25,100,3.5,{close},350,12,1.5,150,0\n")
    };
    (from..from + count).map(row).collect()
}

#[test]
fn files_of_binance_are_a_crisis() {
    let folder = Folder::with(
        "sound",
        &[
            ("BTCUSDT-5m-2025-02-03.csv", klines(0, 10, 1_000)),
            ("BTCUSDT-5m-2025-02-04.csv", klines(10, 10, 1_000)),
            ("ETHUSDT-5m-2025-02.csv", klines(4, 20, 1)),
            ("ETHBTC-5m-2025-03.zip", "not unpacked".into()),
        ],
    );
    let crisis = load_crisis(&folder.0, "mine").unwrap();
    let series: Vec<(&str, usize, u64)> = crisis
        .series
        .iter()
        .map(|series| (series.symbol.as_str(), series.bars.len(), series.bars[0].open_ms))
        .collect();
    let first = START + 4 * 300_000;
    assert_eq!(series, [("BTC", 16, first), ("ETH", 16, first)]);
    assert_eq!(crisis.ticks().count(), 64);
    assert!(
        crisis.notes.len() == 1 && crisis.notes[0].contains("ETHBTC-5m-2025-03.zip"),
        "{:?}",
        crisis.notes
    );
}

#[test]
fn a_crisis_needs_bitcoin_and_ether() {
    let folder = Folder::with("poor", &[("BTCUSDT-5m-2025-02.csv", klines(0, 10, 1))]);
    let error = load_crisis(&folder.0, "mine").unwrap_err();
    assert!(matches!(error, MarketError::MissingSeries { symbol: "ETH", .. }), "{error}");
    let error = load_crisis(&folder.0, "other").unwrap_err().to_string();
    assert!(error.contains("mine"), "{error}");
}

#[test]
fn a_broken_file_is_named_with_its_line() {
    let text = klines(0, 2, 1) + "1738541400000,100.5,101,ninety,100,3.5\n";
    let folder = Folder::with("broken", &[("BTCUSDT-5m-2025-02.csv", text)]);
    let error = load_crisis(&folder.0, "mine").unwrap_err().to_string();
    assert!(error.contains("BTCUSDT-5m-2025-02.csv line 3: field `low` is \"ninety\""), "{error}");
}
