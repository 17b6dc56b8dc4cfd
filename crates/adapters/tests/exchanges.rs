//! The exchanges' feeds on a real WebSocket, with the venues' own frames, and with what goes wrong on the way.

#[path = "../../attest/tests/fixtures/mod.rs"]
mod fixtures;
mod venue_server;

use venue_server::{Step, Venue, expect, live, say, start};

const FOLDER: &str = "exchange-ws/nautilus";

/// A captured frame.
fn frame(name: &str) -> Option<String> {
    fixtures::text(&format!("{FOLDER}/{name}.json"))
}

/// What is in between on every connection: not JSON, JSON cut off, bytes, the wrong kind of JSON, a ping.
fn garbage(frame: &str) -> Vec<Step> {
    let cut = frame.get(..frame.len() / 2).unwrap_or_default();
    vec![
        say("<html>502 Bad Gateway</html>"),
        say(cut),
        Step::SayBinary(vec![0xff, 0, 0x9c, 7]),
        Step::Ping,
        say("[1, 2, 3]"),
    ]
}

const GARBAGE: [&str; 4] = ["sent what is no message of its protocol: not JSON"; 4];

fn garbled(feed: &str) -> Vec<String> {
    let mut lines: Vec<String> = GARBAGE.iter().take(3).map(|line| format!("{feed} {line}")).collect();
    lines.push(format!("{feed} sent what is no message of its protocol: the field"));
    lines
}

async fn expect_garbled(feeds: &mut cistern_adapters::feeds::Feeds, feed: &str) {
    for line in garbled(feed) {
        expect(feeds, &[&line]).await;
    }
}

/// Frames, garbage and a lost line; a frame and a gap; a frame on the third line.
async fn venue_with_gap(frames: [Vec<Step>; 3], sample: &str) -> Venue {
    let [first, second, third] = frames;
    let first = [vec![Step::Hear], first, garbage(sample)].concat();
    Venue::start(vec![
        first,
        [vec![Step::Hear], second].concat(),
        [vec![Step::Hear], third, vec![Step::Hold]].concat(),
    ])
    .await
}

#[tokio::test]
async fn binance_is_heard_through_garbage_a_lost_line_and_numbers_that_run_back() {
    let Some(top) = frame("binance__futures__market_data_json__book_ticker_stream") else { return };
    let earlier = top.replace("400900217", "400900216");
    let wrapped = format!("{{\"stream\":\"bnbusdt@bookTicker\",\"data\":{top}}}");
    let other = frame("binance__futures__market_data_json__depth_update_stream").unwrap();
    let steps = [
        vec![say(r#"{"result":null,"id":1}"#), say(other), say(&top), say(&top)],
        vec![say(&top), say(earlier)],
        vec![say(wrapped)],
    ];
    let mut venue = venue_with_gap(steps, &top).await;
    let mut feeds = start(&live("binance", &[&venue.address], &[("BNB", "BNBUSDT")], "unit = \"USDT\""));
    let quote = "BNB 25.358550000000 USDT +-6650000000 @1568014460893";
    expect(&mut feeds, &[quote]).await;
    expect_garbled(&mut feeds, "binance").await;
    let gap = "binance lost messages of BNBUSDT (number 400900216 came in place of one after 400900217)";
    expect(&mut feeds, &["binance closed the line", quote, gap, quote]).await;
    let asked = r#"{"method":"SUBSCRIBE","params":["bnbusdt@bookTicker"],"id":1}"#;
    assert_eq!([venue.next_told().await, venue.next_told().await], [asked, asked]);
    feeds.stop().await;
}

#[tokio::test]
async fn coinbase_is_heard_through_garbage_a_lost_line_and_a_gap() {
    let Some(ticker) = frame("coinbase__ws_ticker") else { return };
    let numbered =
        |number: u32| ticker.replace("\"sequence_num\": 12", &format!("\"sequence_num\": {number}"));
    let trades = frame("coinbase__ws_market_trades").unwrap();
    let steps = [
        // The trades have number 5: the line begins with them, and the ticker is made to follow.
        vec![say(trades), say(numbered(6)), say(numbered(6)), say(numbered(3))],
        vec![say(&ticker), say(numbered(14))],
        vec![say(&ticker), say(numbered(13))],
    ];
    let mut venue = venue_with_gap(steps, &ticker).await;
    let mut feeds = start(&live("coinbase", &[&venue.address], &[("BTC", "BTC-USD")], "unit = \"USD\""));
    let quote = "BTC 68900.500000000000 USD +-500000000000 @1775572203000";
    expect(&mut feeds, &[quote]).await;
    expect_garbled(&mut feeds, "coinbase").await;
    let gap = "coinbase lost messages of the channel ticker (number 14 came in place of 13)";
    expect(&mut feeds, &["coinbase closed the line", quote, gap, quote, quote]).await;
    assert_eq!(
        venue.next_told().await,
        r#"{"type":"subscribe","product_ids":["BTC-USD"],"channel":"ticker"}"#
    );
    feeds.stop().await;
}

#[tokio::test]
async fn kraken_is_heard_through_garbage_and_lost_lines() {
    let Some(ticker) = frame("kraken__ws_ticker_snapshot") else { return };
    let book = frame("kraken__ws_book_snapshot").unwrap();
    let steps = [
        vec![say(r#"{"channel":"heartbeat"}"#), say(book), say(&ticker)],
        vec![say(r#"{"method":"subscribe","success":false,"error":"Currency pair not supported XYZ/USD"}"#)],
        vec![say(&ticker)],
    ];
    let mut venue = venue_with_gap(steps, &ticker).await;
    let mut feeds = start(&live("kraken", &[&venue.address], &[("BTC", "BTC/USD")], "unit = \"USD\""));
    let quote = "BTC 105944.250000000000 USD +-50000000000 @1671960659123";
    expect(&mut feeds, &[quote]).await;
    expect_garbled(&mut feeds, "kraken").await;
    let refused = "kraken refuses what it was asked for (Currency pair not supported XYZ/USD)";
    expect(&mut feeds, &["kraken closed the line", refused, "kraken closed the line", quote]).await;
    let asked = r#"{"method":"subscribe","params":{"channel":"ticker","symbol":["BTC/USD"],"event_trigger":"bbo","snapshot":true}}"#;
    assert_eq!(venue.next_told().await, asked);
    feeds.stop().await;
}

#[tokio::test]
async fn okx_is_heard_through_garbage_a_lost_line_and_a_broken_chain() {
    let Some(whole) = frame("okx__ws_books_snapshot") else { return };
    let update = frame("okx__ws_books_update").unwrap();
    let broken = update.replace("\"prevSeqId\": 123456", "\"prevSeqId\": 123455");
    // The best bid goes: the next is 8475.55.
    let moved = r#"{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"update","data":[{"asks":[],
        "bids":[["8476.97","0","0","0"]],"ts":"1597026383185","prevSeqId":123457,"seqId":123460}]}"#;
    let tickers = frame("okx__ws_tickers").unwrap();
    let steps = [
        vec![say(tickers), say("pong"), say(&whole), say(&update), say(moved)],
        vec![say(&whole), say(broken)],
        vec![say(&whole)],
    ];
    let mut venue = venue_with_gap(steps, &whole).await;
    let mut feeds = start(&live("okx", &[&venue.address], &[("BTC", "BTC-USDT")], "unit = \"USDT\""));
    let quote = "BTC 8476.975000000000 USDT +-5000000000 @1597026383085";
    let after = "BTC 8476.265000000000 USDT +-715000000000 @1597026383185";
    expect(&mut feeds, &[quote, quote, after]).await;
    expect_garbled(&mut feeds, "okx").await;
    let gap =
        "okx lost messages of BTC-USDT (number the one after 123455 came in place of the one after 123456)";
    expect(&mut feeds, &["okx closed the line", quote, gap, quote]).await;
    let asked = r#"{"op":"subscribe","args":[{"channel":"books","instId":"BTC-USDT"}]}"#;
    assert_eq!(venue.next_told().await, asked);
    feeds.stop().await;
}

#[tokio::test]
async fn bybit_is_heard_through_garbage_a_lost_line_and_a_gap() {
    let Some(whole) = frame("bybit__ws_orderbook_snapshot") else { return };
    let delta = frame("bybit__ws_orderbook_delta").unwrap();
    let skipped = delta.replace("123456790", "123456791");
    let restart = whole.replace("123456789", "1");
    let other = frame("bybit__ws_ticker_linear").unwrap();
    let steps = [
        vec![say(r#"{"success":true,"ret_msg":"","op":"subscribe"}"#), say(other), say(&whole), say(&delta)],
        vec![say(&whole), say(restart), say(skipped)],
        vec![say(&whole)],
    ];
    let mut venue = venue_with_gap(steps, &whole).await;
    let mut feeds = start(&live("bybit", &[&venue.address], &[("BTC", "BTCUSDT")], "unit = \"USDT\""));
    let quote = "BTC 27450.500000000000 USDT +-500000000000 @1709891679000";
    let after = "BTC 27450.750000000000 USDT +-750000000000 @1709891679500";
    expect(&mut feeds, &[quote, after]).await;
    expect_garbled(&mut feeds, "bybit").await;
    let gap = "bybit lost messages of BTCUSDT (number 123456791 came in place of 2)";
    expect(&mut feeds, &["bybit closed the line", quote, quote, gap, quote]).await;
    assert_eq!(venue.next_told().await, r#"{"op":"subscribe","args":["orderbook.1.BTCUSDT"]}"#);
    feeds.stop().await;
}

#[tokio::test]
async fn a_whole_capture_gives_its_quotes_and_nothing_else() {
    let captures = [
        ("exchange-ws/cryptofeed/BINANCE.ws.1.0", 84, 26_089_972_910_000_u128),
        ("exchange-ws/cryptofeed/BINANCE_FUTURES.ws.1.0", 613, 2_489_049_240_000_000),
    ];
    for (path, count, sum) in captures {
        let Some(text) = fixtures::text(path) else { return };
        let frames =
            text.lines().filter_map(|line| line.split_once(": ")).filter(|(at, _)| !at.contains('<'));
        // The last line of a capture may be cut off.
        let frames = frames.filter(|(_, frame)| serde_json::from_str::<serde_json::Value>(frame).is_ok());
        let script =
            [vec![Step::Hear], frames.map(|(_, frame)| say(frame)).collect(), vec![Step::Hold]].concat();
        let venue = Venue::start(vec![script]).await;
        let symbols: Vec<(&str, &str)> =
            ["NKNUSDT", "LRCBTC", "BLZETH", "SUSHIUSDT", "CTKUSDT", "AKROUSDT", "KEEPUSDT"]
                .map(|name| (name, name))
                .into();
        let mut feeds = start(&live("binance", &[&venue.address], &symbols, "unit = \"USDT\""));
        let mut total = 0;
        for place in 0..count {
            match venue_server::next_heard(&mut feeds).await {
                cistern_adapters::feeds::Heard::Quote(quote) => total += quote.price.raw(),
                other => panic!("{path}, {place}: {other:?}"),
            }
        }
        assert_eq!(total, sum, "{path}");
        feeds.stop().await;
    }
}
