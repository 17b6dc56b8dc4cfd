//! What the name of a file of bars says: symbol, kind and interval.

use std::path::Path;

use crate::market::Kind;

/// Name of an asset, and whether its spot or its perpetual; `LTC/BTC` is litecoin in bitcoin.
pub(super) type Key = (String, Kind);

/// Quotes that are not the dollar of the crisis: `BTCBUSD` is no price of BTCB.
const OTHER_DOLLARS: [&str; 5] = ["FDUSD", "BUSD", "TUSD", "USDC", "USDP"];

/// The last part of a path.
pub(super) fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Symbol and kind in a file name: `binance_spot_BTCUSDT_5m.csv.gz`, or Binance's own `BTCUSDT-5m-2024-08.csv`.
///
/// Binance names the files of its perpetuals like those of its spot market, so these count as spot.
pub(super) fn key_of(path: &Path) -> Option<Key> {
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
    let base_of = |quote: &str| pair.strip_suffix(quote).filter(|symbol| !symbol.is_empty());
    if let Some(symbol) = base_of("USDT") {
        return Some((symbol.to_owned(), kind));
    }
    if OTHER_DOLLARS.iter().any(|quote| base_of(quote).is_some()) {
        return None;
    }
    if let Some(symbol) = base_of("USD") {
        return Some((symbol.to_owned(), kind));
    }
    base_of("BTC").map(|symbol| (format!("{symbol}/BTC"), kind))
}

/// Interval in a file name, in milliseconds: `_5m.`, `-1h-`.
pub(super) fn interval_of(path: &Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?;
    name.split(['_', '-', '.']).find_map(|part| {
        let (number, unit) = part.split_at_checked(part.len().checked_sub(1)?)?;
        let unit = match unit {
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return None,
        };
        number.parse::<u64>().ok()?.checked_mul(unit).filter(|interval| *interval > 0)
    })
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
        assert_eq!(key("binance_spot_BUSDUSDT_1m.csv.gz"), Some(("BUSD".into(), Kind::Spot)));
        assert_eq!(key("kraken_spot_XBTUSD_1h.csv.gz"), Some(("BTC".into(), Kind::Spot)));
        assert_eq!(key("BTCUSDT-1m-2024-08.csv"), Some(("BTC".into(), Kind::Spot)));
        assert_eq!(key("BTCUSDT-5m-2024-08-05.csv"), Some(("BTC".into(), Kind::Spot)));
    }

    #[test]
    fn a_name_that_says_no_dollar_price_says_nothing() {
        for name in ["readme.csv", "binance_spot_BTCBUSD_5m.csv.gz", "binance_usdm_BTCUSDT_mark_1h.csv.gz"] {
            assert_eq!(key(name), None, "{name}");
        }
    }

    #[test]
    fn intervals_are_read_from_names() {
        let interval = |name: &str| interval_of(Path::new(name));
        assert_eq!(interval("binance_spot_BTCUSDT_15m.csv.gz"), Some(900_000));
        assert_eq!(interval("BTCUSDT-1h-2024-08.csv"), Some(3_600_000));
        assert_eq!(interval("BTCUSDT-5m-2024-08-05.csv"), Some(300_000));
        assert_eq!(interval("bars.csv"), None);
        assert_eq!(interval("bars_0m.csv"), None);
    }
}
