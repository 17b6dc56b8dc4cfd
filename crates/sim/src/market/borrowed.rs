//! What a folder of a crisis lacks and the other folders have.

use std::path::{Path, PathBuf};

/// What the crises of a month borrow.
struct Borrowed {
    /// How their names begin.
    month: &'static str,
    /// Symbols that come from the folders of long series.
    symbols: &'static [&'static str],
    /// Whether staked ether comes from the oracle.
    staked: Staked,
}

/// Where the price of staked ether comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Staked {
    /// From the oracle's rounds of stETH/ETH.
    FromOracle,
    /// From nowhere.
    Absent,
}

/// The borrowed series. UST and LUNA ended in May 2022, FTT fell in November and its venue's trouble began in June; the
/// oracle's rounds of stETH/ETH run from January 2022 to January 2024.
const BORROWED: [Borrowed; 5] = [
    Borrowed { month: "2022-05", symbols: &["LUNA", "UST"], staked: Staked::FromOracle },
    Borrowed { month: "2022-06", symbols: &["FTT"], staked: Staked::FromOracle },
    Borrowed { month: "2022-11", symbols: &["FTT"], staked: Staked::FromOracle },
    Borrowed { month: "2023-03", symbols: &[], staked: Staked::FromOracle },
    Borrowed { month: "2023-08", symbols: &[], staked: Staked::FromOracle },
];

/// Folders of long series and the interval in the names of their files, the finest first.
const LONG_SERIES: [(&str, &str); 3] = [("spot_5m", "5m"), ("spot_15m", "15m"), ("spot_1h", "1h")];

/// The symbols that a crisis borrows, and whether staked ether.
pub(super) fn borrowed(crisis: &str) -> (&'static [&'static str], Staked) {
    let found = BORROWED.iter().find(|borrowed| crisis.starts_with(borrowed.month));
    found.map_or((&[], Staked::Absent), |borrowed| (borrowed.symbols, borrowed.staked))
}

/// The files of long series of a symbol that exist, the finest first.
pub(super) fn long_series(data: &Path, symbol: &str) -> Vec<PathBuf> {
    let paths = LONG_SERIES.iter().flat_map(|(folder, interval)| {
        ["csv.gz", "csv"].map(|extension| {
            data.join(folder).join(format!("binance_spot_{symbol}USDT_{interval}.{extension}"))
        })
    });
    paths.filter(|path| path.exists()).collect()
}
