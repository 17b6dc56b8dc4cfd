//! Bars from CSV, plain or gzipped: our own data's format, and Binance's public klines as people download them.

use std::{
    fs::File,
    io::{BufReader, Read as _},
    path::Path,
};

use cistern_units::{Price, parse_decimal};

use crate::market::MarketError;

/// Open, high, low and close of a price over an interval, each in 1e-12 dollars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// When it opened, in Unix milliseconds.
    pub open_ms: u64,
    /// How long it lasted.
    pub interval_ms: u64,
    /// First price.
    pub open: Price,
    /// Highest price.
    pub high: Price,
    /// Lowest price.
    pub low: Price,
    /// Last price.
    pub close: Price,
}

/// What a file held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// Bars in order of time.
    pub bars: Vec<Bar>,
    /// Rows whose prices cannot exist (zero, negative or absurd), or whose high is below the low.
    pub skipped: usize,
    /// Rows for a time that had a row already; the last one counts.
    pub repeated: usize,
}

/// Time from which a timestamp must be in microseconds: Binance's spot files changed in 2025.
const MICROSECONDS_FROM: u64 = 100_000_000_000_000;

/// Reads the bars of a file; the interval is the file name's, or else the smallest step between rows.
///
/// # Errors
/// [`MarketError`]: the file cannot be read, or a row is not a bar.
pub fn read_bars(path: &Path) -> Result<Read, MarketError> {
    let unreadable = |reason: String| MarketError::Unreadable { path: path.to_owned(), reason };
    let file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
    let mut text = String::new();
    let zipped = path.extension().is_some_and(|extension| extension == "gz");
    let read = if zipped {
        flate2::read::MultiGzDecoder::new(BufReader::new(file)).read_to_string(&mut text)
    } else {
        BufReader::new(file).read_to_string(&mut text)
    };
    read.map_err(|error| unreadable(error.to_string()))?;
    parse(path, &text)
}

fn parse(path: &Path, text: &str) -> Result<Read, MarketError> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut result = Read::default();
    let mut record = csv::StringRecord::new();
    let mut line = 0;
    loop {
        line += 1;
        let malformed = |field, found: &str, advice| MarketError::Malformed {
            path: path.to_owned(),
            line,
            field,
            found: found.chars().take(40).collect(),
            advice,
        };
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) => return Err(malformed("row", &error.to_string(), "give a CSV file")),
        }
        let first = record.get(0).unwrap_or("").trim();
        if line == 1 && first.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            continue;
        }
        let open_ms =
            first.parse::<u64>().map_err(|_| malformed("timestamp", first, "give Unix milliseconds"))?;
        let open_ms = if open_ms >= MICROSECONDS_FROM { open_ms / 1_000 } else { open_ms };
        let mut prices = [None; 4];
        for (slot, (place, field)) in
            prices.iter_mut().zip([(1, "open"), (2, "high"), (3, "low"), (4, "close")])
        {
            let text = record.get(place).unwrap_or("").trim();
            *slot = price(text).ok_or_else(|| malformed(field, text, "give a decimal number"))?;
        }
        push(&mut result, open_ms, prices);
    }
    if result.bars.is_empty() {
        return Err(MarketError::Empty { path: path.to_owned() });
    }
    let interval = interval_named(path).unwrap_or_else(|| smallest_step(&result.bars));
    result.bars.iter_mut().for_each(|bar| bar.interval_ms = interval);
    Ok(result)
}

fn push(result: &mut Read, open_ms: u64, prices: [Option<Price>; 4]) {
    let [Some(open), Some(high), Some(low), Some(close)] = prices else {
        result.skipped += 1;
        return;
    };
    if high < low || open > high || open < low || close > high || close < low {
        result.skipped += 1;
        return;
    }
    let bar = Bar { open_ms, interval_ms: 0, open, high, low, close };
    match result.bars.binary_search_by_key(&open_ms, |known| known.open_ms) {
        Ok(place) => {
            result.repeated += 1;
            result.bars[place] = bar;
        }
        Err(place) => result.bars.insert(place, bar),
    }
}

/// `Some(None)` for a number that is no price, `None` for what is no number.
fn price(text: &str) -> Option<Option<Price>> {
    // Digits beyond the twelfth decimal are below any tick size; exponents have none to cut.
    let kept = match text.split_once('.') {
        Some((whole, decimals))
            if decimals.len() > Price::PLACES && decimals.bytes().all(|b| b.is_ascii_digit()) =>
        {
            &text[..whole.len() + 1 + Price::PLACES]
        }
        _ => text,
    };
    match parse_decimal(kept, Price::PLACES) {
        Ok(raw) => Some(u128::try_from(raw).ok().and_then(Price::new)),
        Err(cistern_units::DecimalError::Malformed) => None,
        Err(_) => Some(None),
    }
}

/// Interval in a file name: `_5m.`, `-1h-`.
fn interval_named(path: &Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?;
    name.split(['_', '-', '.']).find_map(|part| {
        let (number, unit) = part.split_at_checked(part.len().checked_sub(1)?)?;
        let unit = match unit {
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return None,
        };
        number.parse::<u64>().ok().filter(|number| *number > 0).map(|number| number * unit)
    })
}

fn smallest_step(bars: &[Bar]) -> u64 {
    bars.windows(2).map(|pair| pair[1].open_ms - pair[0].open_ms).min().unwrap_or(60_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Result<Read, MarketError> {
        parse(Path::new(name), text)
    }

    #[test]
    fn both_formats_are_read() {
        let ours =
            read("binance_spot_BTCUSDT_5m.csv", "timestamp,open,high,low,close,volume\n300000,2,4,1,3,9\n");
        let bar = ours.unwrap().bars[0];
        assert_eq!((bar.open_ms, bar.interval_ms, bar.high.raw()), (300_000, 300_000, 4 * Price::ONE.raw()));
        let klines =
            "1735689600000000,2,4,1,3,9,1735689659999999,1,1,1,1,0\n1735689660000000,3,3,3,3,9,1,1,1,1,1,0\n";
        let read = read("BTCUSDT-2025-01.csv", klines).unwrap();
        assert_eq!((read.bars[1].open_ms, read.bars[0].interval_ms), (1_735_689_660_000, 60_000));
    }

    #[test]
    fn what_cannot_be_a_price_is_counted_and_not_used() {
        let text = "1000,0,4,1,3,9\n2000,-1,4,1,3,9\n3000,2,1,4,3,9\n4000,2,4,1,3,9\n4000,2,4,1,2,9\n";
        let read = read("x_1m.csv", text).unwrap();
        assert_eq!((read.bars.len(), read.skipped, read.repeated), (1, 3, 1));
        assert_eq!(read.bars[0].close.raw(), 2 * Price::ONE.raw());
    }

    #[test]
    fn malformed_rows_are_named() {
        let error =
            read("x_1m.csv", "timestamp,open,high,low,close\n1000,2,4,one,3\n").unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("`low`") && error.contains("\"one\""), "{error}");
        assert!(matches!(
            read("x_1m.csv", "soon,2,4,1,3\n2,2,4,1,3\nnever,1,1,1,1"),
            Err(MarketError::Malformed { .. })
        ));
        assert!(matches!(read("x_1m.csv", "timestamp,open\n"), Err(MarketError::Empty { .. })));
    }

    #[test]
    fn many_digits_are_cut_below_the_smallest_price_step() {
        assert_eq!(price("0.00004000000000001"), Some(Price::new(40_000_000)));
        assert_eq!(price("1e-7"), Some(Price::new(100_000)));
        assert_eq!(price("x"), None);
    }
}
