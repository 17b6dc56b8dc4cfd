use super::*;

/// 2020-03-12 00:00 UTC.
const DAY: u64 = 1_583_971_200_000;

fn read(name: &str, text: &str) -> Result<Read, MarketError> {
    parse(Path::new(name), text.as_bytes(), &(0..u64::MAX))
}

/// One row a minute, from the four prices of each.
fn minutes(prices: &[&str]) -> String {
    let row = |(place, prices): (u64, &&str)| format!("{},{prices},9\n", DAY + place * 60_000);
    (0..).zip(prices).map(row).collect()
}

#[test]
fn both_formats_are_read() {
    let ours = format!("timestamp,open,high,low,close,volume\n{DAY},2,4,1,3,9\n");
    let bar = read("binance_spot_BTCUSDT_5m.csv", &ours).unwrap().bars[0];
    assert_eq!((bar.open_ms, bar.interval_ms, bar.high.raw()), (DAY, 300_000, 4 * Price::ONE.raw()));
    let klines = "1735689600000000,2,4,1,3,9,1735689659999999,1,1,1,1,0\n\
                  1735689660000000,3,3,3,3,9,1735689719999999,1,1,1,1,0\n";
    let bars = read("BTCUSDT-2025-01.csv", klines).unwrap().bars;
    assert_eq!((bars[1].open_ms, bars[0].interval_ms), (1_735_689_660_000, 60_000));
    let named = format!("open_time,open,high,low,close,volume,close_time\n{klines}");
    assert_eq!(read("BTCUSDT-2025-01.csv", &named).unwrap().bars, bars);
}

#[test]
fn editors_may_leave_a_mark_carriage_returns_and_blank_lines() {
    let text = format!("\u{feff}timestamp,open,high,low,close,volume\r\n\r\n{DAY}, 2,4,1,3 ,9\r\n");
    assert_eq!(read("x_1m.csv", &text).unwrap().bars.len(), 1);
}

#[test]
fn what_cannot_be_a_price_is_counted_and_not_used() {
    let text = minutes(&["0,4,1,3", "-1,4,1,3", "2,1,4,3", "2,4,1,5", "2,4,1,1e12", "2,4,1,3"]);
    let read = read("x_1m.csv", &text).unwrap();
    assert_eq!((read.bars.len(), read.skipped, read.repeated), (1, 5, 0));
}

#[test]
fn an_extreme_print_is_kept() {
    let read = read("x_1m.csv", &minutes(&["3.0634,3.0765,0.0001,2.4693"])).unwrap();
    assert_eq!(read.bars[0].low.raw(), Price::ONE.raw() / 10_000);
}

#[test]
fn of_a_repeated_time_the_last_row_counts() {
    let text = format!("{DAY},2,4,1,3,9\n{DAY},2,4,1,2,9\n");
    let read = read("x_1m.csv", &text).unwrap();
    assert_eq!((read.bars.len(), read.repeated), (1, 1));
    assert_eq!(read.bars[0].close.raw(), 2 * Price::ONE.raw());
}

#[test]
fn malformed_rows_are_named() {
    let after = minutes(&["2,4,1,3"]);
    let cases = [
        (format!("timestamp,open,high,low,close\n\n{DAY},2,4,one,3\n"), "line 3: field `low` is \"one\""),
        (format!("{DAY},2,4,1\n"), "line 1: field `close` is \"\""),
        (format!("{DAY},NaN,4,1,3\n"), "field `open` is \"NaN\""),
        (format!("{after}soon,2,4,1,3\n"), "line 2: field `timestamp` is \"soon\""),
        ("1583971200,2,4,1,3\n".into(), "give Unix milliseconds"),
        ("1583971200000000000,2,4,1,3\n".into(), "give Unix milliseconds"),
        (format!("{DAY},2,4,1,3\n{},2,4,1,3\n", DAY - 60_000), "put the rows in order of time"),
        (format!("date,close,open,high,low\n{DAY},2,4,1,3\n"), "line 1: field `header`"),
        (format!("{DAY},2,4,1,3\r\n\r\n{DAY},two,4,1,3\r\n"), "line 3: field `open` is \"two\""),
        ("9".repeat(5_000), "line 1: field `row`"),
        ("timestamp,open,high,low,close\n".into(), "no bars"),
        (String::new(), "no bars"),
    ];
    for (text, words) in cases {
        let error = read("x_1m.csv", &text).unwrap_err().to_string();
        assert!(error.contains("x_1m.csv") && error.contains(words), "{error}, not {words}");
    }
}

#[test]
fn a_bar_ends_where_the_next_one_opens() {
    let opens = [0, 1, 2, 2 * 60 + 28, 3 * 60].map(|minutes| DAY + minutes * 60_000);
    let text: String = opens.iter().map(|open| format!("{open},2,4,1,3\n")).collect();
    let bars = read("x_1m.csv", &text).unwrap().bars;
    assert!(bars.iter().all(|bar| bar.interval_ms == 60_000));
    let hours = [0, 60, 120, 148, 180].map(|minutes| DAY + minutes * 60_000);
    let text: String = hours.iter().map(|open| format!("{open},2,4,1,3\n")).collect();
    let minutes = read("x_1h.csv", &text).unwrap().bars.into_iter().map(|bar| bar.interval_ms / 60_000);
    assert_eq!(minutes.collect::<Vec<u64>>(), [60, 60, 28, 32, 60]);
}

#[test]
fn a_file_named_after_another_interval_is_an_error() {
    let error = read("x_5m.csv", &minutes(&["1,1,1,1"; 9])).unwrap_err().to_string();
    assert!(error.contains("x_5m.csv") && error.contains("5 minutes"), "{error}");
}

#[test]
fn only_the_span_is_read() {
    let text = minutes(&["1,1,1,1", "2,2,2,2", "3,3,3,3"]) + "what is behind the span is not looked at";
    let span = DAY + 60_000..DAY + 120_000;
    let read = parse(Path::new("x_1m.csv"), text.as_bytes(), &span).unwrap();
    assert_eq!(read.bars.iter().map(|bar| bar.open_ms).collect::<Vec<u64>>(), [DAY + 60_000]);
}

#[test]
fn prices_are_exact_and_cut_below_the_smallest_price_step() {
    assert_eq!(price("3782.13"), Some(Price::new(3_782_130_000_000_000)));
    assert_eq!(price("0.00004000000000001"), Some(Price::new(40_000_000)));
    assert_eq!(price("4.0000000001234e-05"), Some(Price::new(40_000_000)));
    assert_eq!(price("1e-7"), Some(Price::new(100_000)));
    assert_eq!(price("1e-13"), Some(None));
    assert_eq!(price("1e300"), Some(None));
    assert_eq!(price("x"), None);
}
