//! Bars from CSV, plain, gzipped or zipped: our own data's format, and Binance's public klines as people download them.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read as _},
    ops::Range,
    path::Path,
};

use cistern_units::{DecimalError, Price, decimal_parts, wide};

use zip::ZipArchive;

use crate::market::{MarketError, file_name::interval_of};

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

impl Bar {
    /// When it ended: its successor may open then.
    #[must_use]
    pub const fn end_ms(&self) -> u64 {
        self.open_ms.saturating_add(self.interval_ms)
    }
}

/// What a file held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// Bars in order of time.
    pub bars: Vec<Bar>,
    /// Rows whose prices cannot exist (zero, negative or absurd), or whose extremes do not hold the others between them.
    /// Extreme prints are no reason: a low of 0.0001 dollars has traded, and is kept.
    pub skipped: usize,
    /// Rows for a time that had a row already; the last one counts.
    pub repeated: usize,
}

/// Lines of a file that are read, blank ones too: 19 years of minutes, and 800 MB of bars. What is packed can be a
/// thousand times as large as its file, so the file's size says nothing.
const ROWS_MAX: u64 = 10_000_000;
/// Bytes of a line that are read; a row has about a hundred.
const LINE_MAX: u64 = 4_096;
/// The span of a whole file.
const ALWAYS: Range<u64> = 0..u64::MAX;
/// Timestamps below this are in seconds, or no time at all: it is the year 1973 in milliseconds.
const MILLISECONDS_FROM: u64 = 100_000_000_000;
/// Time from which a timestamp must be in microseconds: Binance's spot files changed in 2025.
const MICROSECONDS_FROM: u64 = 100_000_000_000_000;
/// Timestamps from here on are finer still.
const NANOSECONDS_FROM: u64 = 100_000_000_000_000_000;
/// The first columns of both formats, where a header names them.
const COLUMNS: [&str; 4] = ["open", "high", "low", "close"];

/// Reads the bars of a file; the interval is the file name's, or else the smallest step between rows.
///
/// # Errors
/// [`MarketError`]: the file cannot be read, or a row is not a bar.
pub fn read_bars(path: &Path) -> Result<Read, MarketError> {
    read_bars_within(path, &ALWAYS)
}

/// Reads the bars that lie within a span of time; rows before it are not looked at, and reading ends behind it.
pub(super) fn read_bars_within(path: &Path, span: &Range<u64>) -> Result<Read, MarketError> {
    let file = BufReader::new(File::open(path).map_err(|error| unreadable(path, &error))?);
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("gz") => parse(path, BufReader::new(flate2::bufread::MultiGzDecoder::new(file)), span),
        Some("zip") => {
            let mut archive = ZipArchive::new(file).map_err(|error| unreadable(path, &error))?;
            let place = only_csv(path, &archive)?;
            let csv = archive.by_index(place).map_err(|error| unreadable(path, &error))?;
            parse(path, BufReader::new(csv), span)
        }
        _ => parse(path, file, span),
    }
}

/// The place of the one CSV in a zip, as Binance packs them; which of several was meant, nobody could say.
fn only_csv(path: &Path, archive: &ZipArchive<BufReader<File>>) -> Result<usize, MarketError> {
    let is_csv = |place: &usize| {
        let name = archive.name_for_index(*place).and_then(Result::ok).unwrap_or_default();
        // A file that begins with a dot is what some systems add to each file that they pack.
        let hidden = name.rsplit('/').next().is_some_and(|name| name.starts_with('.'));
        !hidden && name.ends_with(".csv")
    };
    let found: Vec<usize> = (0..archive.len()).filter(is_csv).collect();
    match found.as_slice() {
        [place] => Ok(*place),
        _ => Err(MarketError::NotOneCsv { path: path.to_owned(), found: found.len() }),
    }
}

fn unreadable(path: &Path, error: &dyn std::error::Error) -> MarketError {
    MarketError::Unreadable { path: path.to_owned(), reason: error.to_string() }
}

fn parse(path: &Path, mut source: impl BufRead, span: &Range<u64>) -> Result<Read, MarketError> {
    let named = interval_of(path);
    let mut result = Read::default();
    let mut rows = 0_usize;
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let read = source.by_ref().take(LINE_MAX).read_until(b'\n', &mut line);
        if read.map_err(|error| unreadable(path, &error))? == 0 {
            break;
        }
        if number > ROWS_MAX {
            return Err(MarketError::TooLong { path: path.to_owned(), rows: ROWS_MAX });
        }
        let row = Row::of(path, number, &line)?;
        if row.is_blank() {
            continue;
        }
        rows += 1;
        if rows == 1 && row.is_header()? {
            continue;
        }
        let open_ms = row.time()?;
        if open_ms.saturating_add(named.unwrap_or(0)) > span.end {
            break;
        }
        if open_ms >= span.start {
            row.add_to(&mut result, open_ms)?;
        }
    }
    let nothing = result.bars.is_empty() && result.skipped == 0;
    if rows == 0 || (nothing && *span == ALWAYS) {
        return Err(MarketError::Empty { path: path.to_owned() });
    }
    let interval = named.unwrap_or_else(|| smallest_step(&result.bars));
    if set_intervals(&mut result.bars, interval) > result.bars.len() / 2 {
        return Err(MarketError::Misnamed { path: path.to_owned(), minutes: interval / 60_000 });
    }
    Ok(result)
}

/// Every bar lasts for the interval, or until the next one opens: after an outage in February 2018 Binance opened bars off
/// the grid. Returns how many were shortened so.
fn set_intervals(bars: &mut [Bar], interval: u64) -> usize {
    let mut shortened = 0;
    let mut following = u64::MAX;
    for bar in bars.iter_mut().rev() {
        bar.interval_ms = interval.min(following - bar.open_ms);
        shortened += usize::from(bar.interval_ms < interval);
        following = bar.open_ms;
    }
    shortened
}

/// A row of a file: neither format quotes or breaks its fields.
struct Row<'a> {
    path: &'a Path,
    line: u64,
    fields: [&'a str; 5],
}

impl<'a> Row<'a> {
    /// The first fields of a line; those that it lacks are empty.
    fn of(path: &'a Path, number: u64, line: &'a [u8]) -> Result<Self, MarketError> {
        let mut row = Self { path, line: number, fields: [""; 5] };
        let long = line.len() as u64 == LINE_MAX;
        let text = str::from_utf8(line).ok().filter(|_| !long);
        let text = text.ok_or_else(|| {
            row.malformed("row", &String::from_utf8_lossy(line), "give a CSV file in UTF-8")
        })?;
        let text = text.trim_start_matches('\u{feff}'); // The mark that some editors leave at the beginning.
        for (slot, field) in row.fields.iter_mut().zip(text.split(',')) {
            *slot = field.trim();
        }
        Ok(row)
    }

    fn malformed(&self, field: &'static str, found: &str, advice: &'static str) -> MarketError {
        let found = found.chars().take(60).collect();
        MarketError::Malformed { path: self.path.to_owned(), line: self.line, field, found, advice }
    }

    fn is_blank(&self) -> bool {
        self.fields.iter().all(|field| field.is_empty())
    }

    /// Whether this names the columns; another order of columns would be read as wrong prices, and is an error.
    fn is_header(&self) -> Result<bool, MarketError> {
        if !self.fields[0].starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            return Ok(false);
        }
        let named = |(place, name): (usize, &&str)| self.fields[place + 1].eq_ignore_ascii_case(name);
        let time = ["timestamp", "open_time"].iter().any(|name| self.fields[0].eq_ignore_ascii_case(name));
        if time && COLUMNS.iter().enumerate().all(named) {
            return Ok(true);
        }
        let found = self.fields.join(",");
        let advice = "name the columns timestamp,open,high,low,close,volume or give Binance's klines";
        Err(self.malformed("header", &found, advice))
    }

    /// When the bar opened, in Unix milliseconds.
    fn time(&self) -> Result<u64, MarketError> {
        let text = self.fields[0];
        let advice = "give Unix milliseconds, or microseconds";
        match text.parse::<u64>() {
            Ok(time) if (MILLISECONDS_FROM..MICROSECONDS_FROM).contains(&time) => Ok(time),
            Ok(time) if (MICROSECONDS_FROM..NANOSECONDS_FROM).contains(&time) => Ok(time / 1_000),
            _ => Err(self.malformed("timestamp", text, advice)),
        }
    }

    /// Adds the bar, unless its prices cannot exist. It may repeat the time of the last one, which it replaces.
    fn add_to(&self, result: &mut Read, open_ms: u64) -> Result<(), MarketError> {
        let mut prices = [None; 4];
        for ((slot, field), place) in prices.iter_mut().zip(COLUMNS).zip(1..) {
            let text = self.fields[place];
            *slot = price(text).ok_or_else(|| self.malformed(field, text, "give a decimal number"))?;
        }
        let last = result.bars.last().map(|bar| bar.open_ms);
        if last.is_some_and(|last| open_ms < last) {
            return Err(self.malformed("timestamp", self.fields[0], "put the rows in order of time"));
        }
        let [Some(open), Some(high), Some(low), Some(close)] = prices else {
            result.skipped += 1;
            return Ok(());
        };
        if low > open.min(close) || high < open.max(close) {
            result.skipped += 1;
            return Ok(());
        }
        if last == Some(open_ms) {
            result.repeated += 1;
            result.bars.pop();
        }
        result.bars.push(Bar { open_ms, interval_ms: 0, open, high, low, close });
        Ok(())
    }
}

/// `Some(None)` for a number that is no price, `None` for what is no number. Digits beyond the twelfth decimal are cut:
/// they are below any tick size.
pub(super) fn price(text: &str) -> Option<Option<Price>> {
    let (negative, mantissa, decimals) = match decimal_parts(text) {
        Ok(parts) => parts,
        Err(DecimalError::Malformed) => return None,
        Err(_) => return Some(None),
    };
    let places = isize::try_from(Price::PLACES).unwrap_or(isize::MAX);
    let shift = places.saturating_sub(decimals);
    let power = wide::power_of_ten(shift.unsigned_abs());
    let raw = if shift >= 0 {
        power.and_then(|power| mantissa.checked_mul(power))
    } else {
        power.map(|power| mantissa / power)
    };
    Some(raw.filter(|_| !negative).and_then(Price::new))
}

fn smallest_step(bars: &[Bar]) -> u64 {
    bars.windows(2).map(|pair| pair[1].open_ms - pair[0].open_ms).min().unwrap_or(60_000)
}

#[cfg(test)]
mod tests;
