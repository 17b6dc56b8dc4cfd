use std::path::PathBuf;

/// Why market data cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MarketError {
    /// The file cannot be read.
    #[error("{path}: cannot be read ({reason}); check the path and the permissions")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A row is not a bar.
    #[error("{path} line {line}: field `{field}` is {found:?}; {advice}")]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: u64,
        /// Which field.
        field: &'static str,
        /// What is there.
        found: String,
        /// What should be.
        advice: &'static str,
    },
    /// The file has no bars.
    #[error("{path}: no bars; expected rows of timestamp,open,high,low,close,volume or Binance's klines")]
    Empty {
        /// Which file.
        path: PathBuf,
    },
    /// The rows are not those of the interval that the name says.
    #[error(
        "{path}: most rows are nearer to each other than {minutes} minutes; put their interval into the name"
    )]
    Misnamed {
        /// Which file.
        path: PathBuf,
        /// The interval in its name.
        minutes: u64,
    },
    /// The file has more lines than are read.
    #[error("{path}: more than {rows} lines; split the file by year")]
    TooLong {
        /// Which file.
        path: PathBuf,
        /// The limit.
        rows: u64,
    },
    /// The zip does not hold one CSV.
    #[error("{path}: holds {found} CSV files; give a zip with one, as Binance packs them, or unpack it")]
    NotOneCsv {
        /// Which file.
        path: PathBuf,
        /// How many there are.
        found: usize,
    },
    /// No such crisis.
    #[error("no crisis {name:?} in {path}; there are: {known}")]
    UnknownCrisis {
        /// What was asked for.
        name: String,
        /// Where it was looked for.
        path: PathBuf,
        /// What there is.
        known: String,
    },
    /// Nothing has a spot price.
    #[error(
        "crisis {name:?} has no bars of a spot market; add files named like BTCUSDT-5m-2025-02-03.zip or \
         binance_spot_BTCUSDT_5m.csv.gz"
    )]
    NoBars {
        /// Which crisis.
        name: String,
    },
    /// The bars of BTC and of ETH have no moment in common.
    #[error(
        "crisis {name:?}: the bars of BTC and of ETH have no moment in common; add files for the same days"
    )]
    NoCommonWindow {
        /// Which crisis.
        name: String,
    },
}
