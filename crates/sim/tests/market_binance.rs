//! A crisis of one's own: a folder with files as Binance publishes them.

use std::{env, fs, io::Cursor, io::Write as _, path::PathBuf, process};

use cistern_sim::{
    market::{MarketError, load_crisis},
    params,
    replay::{Plan, Replay, Report},
};
use zip::{ZipWriter, write::SimpleFileOptions};

/// 2025-02-03 00:00 UTC, in milliseconds.
const START: u64 = 1_738_540_800_000;

/// A data folder in the temporary folder with one crisis, removed when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn with<T: AsRef<[u8]>>(name: &str, files: &[(&str, T)]) -> Self {
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
            ("ETHUSDT-5m-2025-02-03.zip.CHECKSUM", "0123  ETHUSDT-5m-2025-02-03.zip".into()),
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
    assert!(crisis.notes.len() == 1 && crisis.notes[0].contains("zip.CHECKSUM"), "{:?}", crisis.notes);
}

/// A zip of files, deflated.
fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn zips_are_read_as_they_are_downloaded() {
    let (first, second) = (klines(0, 288, 1_000), klines(288, 288, 1_000));
    let macs =
        [("BTCUSDT-5m-2025-02-04.csv", second.as_str()), ("__MACOSX/._BTCUSDT-5m-2025-02-04.csv", "x")];
    let files = [
        ("BTCUSDT-5m-2025-02-03.zip", zipped(&[("BTCUSDT-5m-2025-02-03.csv", &first)])),
        ("BTCUSDT-5m-2025-02-04.zip", zipped(&macs)),
        ("ETHUSDT-5m-2025-02.csv", klines(0, 576, 1).into_bytes()),
    ];
    let crisis = load_crisis(&Folder::with("zips", &files).0, "mine").unwrap();
    assert_eq!(crisis.series.iter().map(|series| series.bars.len()).collect::<Vec<_>>(), [576, 576]);
    assert_eq!(crisis.series[0].bars, crisis.series[1].bars);
    assert!(crisis.notes.is_empty(), "{:?}", crisis.notes);
}

#[test]
fn a_zip_that_does_not_hold_one_csv_is_an_error() {
    let text = klines(0, 9, 1);
    let cases = [
        ("none", zipped(&[("readme.txt", "bars")]), "holds 0 CSV files"),
        ("several", zipped(&[("a.csv", &text), ("folder/b.csv", &text)]), "holds 2 CSV files"),
        ("broken", b"PK, but no zip".to_vec(), "cannot be read"),
        ("lines", zipped(&[("a.csv", &"\n".repeat(10_000_001))]), "more than 10000000 lines"),
    ];
    for (name, bytes, words) in cases {
        let folder = Folder::with(name, &[("BTCUSDT-5m-2025-02-03.zip", bytes)]);
        let error = load_crisis(&folder.0, "mine").unwrap_err().to_string();
        assert!(error.contains("BTCUSDT-5m-2025-02-03.zip") && error.contains(words), "{error}, not {words}");
    }
}

#[test]
fn a_crisis_without_bars_says_what_to_add() {
    let folder = Folder::with("poor", &[("readme.txt", "nothing")]);
    let error = load_crisis(&folder.0, "mine").unwrap_err();
    assert!(matches!(error, MarketError::NoBars { .. }), "{error}");
    assert!(error.to_string().contains("BTCUSDT-5m-2025-02-03.zip"), "{error}");
    let error = load_crisis(&folder.0, "other").unwrap_err().to_string();
    assert!(error.contains("mine"), "{error}");
}

/// Five hours of a price that falls by a third, as a file of a day.
fn fall(pair: &str, dollars: u64) -> (String, String) {
    let row = |place: u64| {
        let price = |place: u64| dollars * (200 - place.min(70)) / 200;
        let (open, close) = (price(place), price(place + 1));
        let time = START + place * 300_000;
        format!("{time},{open},{open},{close},{close},3.5,{},350,12,1.5,150,0\n", time + 299_999)
    };
    (format!("{pair}-5m-2025-02-03.csv"), (0..60).map(row).collect())
}

/// A replay of a crisis of these pairs, and its plan's check.
fn replayed(name: &str, pairs: &[(&str, u64)]) -> Result<Report, String> {
    let files: Vec<(String, String)> = pairs.iter().map(|(pair, dollars)| fall(pair, *dollars)).collect();
    let files: Vec<(&str, &String)> = files.iter().map(|(name, text)| (name.as_str(), text)).collect();
    let crisis = load_crisis(&Folder::with(name, &files).0, "mine").map_err(|error| error.to_string())?;
    let plan = Plan { crisis, founding: params::baseline().unwrap(), accounts: 100, seed: 1, until: None };
    plan.check().map_err(|error| error.to_string())?;
    Replay::new(&plan).and_then(Replay::run).map_err(|broken| broken.to_string())
}

/// A name, pairs with their first prices, and the symbols that come of them.
type Case = (&'static str, &'static [(&'static str, u64)], &'static [&'static str]);

#[test]
fn a_crisis_without_bitcoin_or_ether_is_replayed() {
    let cases: [Case; 5] = [
        ("both", &[("BTCUSDT", 100_000), ("ETHUSDT", 3_000)], &["USDC", "BTC", "ETH", "wstETH"]),
        ("bitcoin", &[("BTCUSDT", 100_000), ("XRPUSDT", 3_000)], &["USDC", "BTC", "XRP"]),
        ("ether", &[("ETHUSDT", 3_000), ("LTCBTC", 2)], &["USDC", "ETH", "wstETH"]),
        ("others", &[("SOLUSDT", 200), ("XRPUSDT", 3_000), ("NOBODYUSDT", 900)], &["USDC", "SOL", "XRP"]),
        ("no-market", &[("USTUSDT", 900)], &["USDC", "UST"]),
    ];
    for (name, pairs, symbols) in cases {
        let report = replayed(name, pairs).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut found = report.symbols.clone();
        found.sort();
        let mut wanted = symbols.to_vec();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{name}");
        assert_eq!(report.running_checks, report.entries, "{name}");
        assert!(report.accepted * 2 > report.entries && report.ticks == 240, "{name}: {report}");
        assert!(name == "no-market" || report.accounts_liquidated > 0, "{name}: {report}");
    }
}

#[test]
fn a_crisis_of_strangers_says_what_has_parameters() {
    for (name, pair) in [("strangers", "NOBODYUSDT"), ("dollars", "USDCUSDT")] {
        let error = replayed(name, &[(pair, 900)]).unwrap_err();
        let has = pair.trim_end_matches("USDT");
        assert!(error.contains(&format!("it has {has};")) && error.contains("BTC, ETH"), "{error}");
    }
}

#[test]
fn a_broken_file_is_named_with_its_line() {
    let text = klines(0, 2, 1) + "1738541400000,100.5,101,ninety,100,3.5\n";
    let folder = Folder::with("broken", &[("BTCUSDT-5m-2025-02.csv", text)]);
    let error = load_crisis(&folder.0, "mine").unwrap_err().to_string();
    assert!(error.contains("BTCUSDT-5m-2025-02.csv line 3: field `low` is \"ninety\""), "{error}");
}
