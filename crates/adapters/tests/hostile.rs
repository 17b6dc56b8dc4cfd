//! What a venue must never be able to do: stop a feed with its bytes, or be believed where it was not asked.

#[path = "../../attest/tests/fixtures/mod.rs"]
mod fixtures;
mod venue_server;

use std::fs;

use cistern_adapters::feeds::{Feed, Heard, VENUES};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use venue_server::{NOW, live, seed};

/// Every feed, with symbols as the frames have them.
fn feeds() -> Vec<Box<dyn Feed>> {
    let feed = |kind: &str, symbol: &str, more: &str| {
        let address =
            if more.starts_with("unit") { "wss://venue.example" } else { "https://gateway.example" };
        let params = live(kind, &[address], &[("X", symbol)], more);
        (params.feeds[0].venue.make)(&params.feeds[0])
    };
    let unit = "unit = \"USD\"";
    let every = "every_milliseconds = 1";
    let feeds = vec![
        feed("binance", "BNBUSDT", unit),
        feed("coinbase", "BTC-USD", unit),
        feed("kraken", "BTC/USD", unit),
        feed("okx", "BTC-USDT", unit),
        feed("bybit", "BTCUSDT", unit),
        feed("pyth", &"e6".repeat(32), every),
        feed("redstone", "BTC", every),
    ];
    assert_eq!(feeds.len(), VENUES.len());
    feeds
}

/// All captured frames: whole files, and lines of captures.
fn frames() -> Option<Vec<Vec<u8>>> {
    let folder = fixtures::folder()?.join("exchange-ws");
    let files = |name: &str| {
        let entries = fs::read_dir(folder.join(name)).unwrap();
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.into_iter().map(|path| fs::read(path).unwrap()).collect::<Vec<_>>()
    };
    let captures = files("cryptofeed").into_iter().flat_map(|capture| {
        let lines = capture.split(|byte| *byte == b'\n').map(|line| {
            let start = line.windows(2).position(|pair| pair == b": ").map_or(0, |place| place + 2);
            line[start..].to_vec()
        });
        lines.collect::<Vec<_>>()
    });
    Some(files("nautilus").into_iter().chain(captures).collect())
}

#[test]
fn no_frame_of_any_venue_whole_cut_or_changed_stops_a_feed() {
    let Some(frames) = frames() else { return };
    let mut dice = ChaCha8Rng::seed_from_u64(seed());
    let mut below = |bound: usize| usize::try_from(dice.next_u64() % bound.max(1) as u64).unwrap();
    let mut feeds = feeds();
    assert!(frames.len() > 2_500, "{} frames", frames.len());
    for frame in &frames {
        let cut = &frame[..below(frame.len())];
        let mut changed = frame.clone();
        for _ in 0..3 {
            let place = below(frame.len());
            if let Some(byte) = changed.get_mut(place) {
                *byte = b"0123456789-.eE\"{}[],:ax\xff\0"[below(25)];
            }
        }
        for feed in &mut feeds {
            for frame in [&frame[..], cut, &changed] {
                for heard in feed.hear(frame, NOW).unwrap_or_default() {
                    let sound = match heard {
                        Heard::Quote(quote) => quote.at <= NOW && &*quote.asset == "X",
                        Heard::Evidence(_) | Heard::Trouble(_) => true,
                    };
                    assert!(sound, "{}", String::from_utf8_lossy(frame));
                }
            }
        }
    }
}

/// What a feed makes of frames, in words.
fn told(kind: &str, symbol: &str, frames: &[&str]) -> Vec<String> {
    let params = live(kind, &["wss://venue.example"], &[("X", symbol)], "unit = \"USD\"");
    let mut feed = (params.feeds[0].venue.make)(&params.feeds[0]);
    let hear = |frame: &&str| match feed.hear(frame.as_bytes(), NOW) {
        Ok(heard) => heard.iter().map(venue_server::line).collect(),
        Err(error) => vec![format!("! {error}")],
    };
    frames.iter().flat_map(hear).collect()
}

fn ticker(bid: &str, ask: &str) -> String {
    format!(r#"{{"channel":"ticker","data":[{{"symbol":"BTC/USD","bid":{bid},"ask":{ask}}}]}}"#)
}

#[test]
fn what_is_no_price_gives_none() {
    let cases = [
        ("0", "1", "kraken has no bid or no ask for BTC/USD"),
        ("\"\"", "1", "kraken has no bid or no ask for BTC/USD"),
        ("-1", "1", "kraken quotes BTC/USD at -1, which is no price: not a decimal number"),
        ("1", "1e-13", "kraken quotes BTC/USD at 1e-13, which is no price: too fine"),
        ("1", "\"1e30\"", "kraken quotes BTC/USD at 1e30, which is no price: absurdly large"),
        ("1", "\"NaN\"", "kraken quotes BTC/USD at NaN, which is no price: not a decimal number"),
        ("2", "1", "! has a bid above the ask of BTC/USD"),
        ("1", "null", "! sent what is no message of its protocol: the field ask"),
    ];
    for (bid, ask, expected) in cases {
        let told = told("kraken", "BTC/USD", &[&ticker(bid, ask)]);
        assert!(told.len() == 1 && told[0].starts_with(expected), "{bid} {ask}: {told:?}");
    }
}

#[test]
fn the_middle_is_rounded_down_and_half_the_spread_up() {
    let told = told("kraken", "BTC/USD", &[&ticker("1.000000000001", "1.000000000002"), &ticker("5", "5.0")]);
    assert_eq!(told, ["X 1.000000000001 USD +-1 @1795392000000", "X 5.000000000000 USD +-0 @1795392000000"]);
}

#[test]
fn a_market_that_was_not_asked_for_is_not_heard() {
    assert!(told("kraken", "ETH/USD", &[&ticker("1", "2")]).is_empty());
    assert!(told("kraken", "btc/usd", &[&ticker("1", "2")]).is_empty());
}

#[test]
fn a_time_that_lies_ahead_is_the_time_of_hearing() {
    let ahead = ticker("1", "2").replace("\"ask\"", "\"timestamp\":\"2099-01-01T00:00:00Z\",\"ask\"");
    assert_eq!(told("kraken", "BTC/USD", &[&ahead]), ["X 1.500000000000 USD +-500000000000 @1795392000000"]);
}

#[test]
fn a_change_of_a_book_that_is_not_known_is_a_gap() {
    let delta = r#"{"topic":"orderbook.1.X","type":"delta","ts":1,"data":{"b":[],"a":[],"u":2}}"#;
    let expected = "! lost messages of X (number 2 came in place of a whole book); the line is opened again";
    assert_eq!(told("bybit", "X", &[delta]), [expected]);
    let update = r#"{"arg":{"channel":"books","instId":"X"},"action":"update","data":[{"bids":[],"asks":[],"ts":"1","seqId":2,"prevSeqId":1}]}"#;
    let expected = "! lost messages of X (number the one after 1 came in place of a whole book); the line is opened again";
    assert_eq!(told("okx", "X", &[update]), [expected]);
}

#[test]
fn a_book_that_could_not_be_followed_is_not_believed_afterwards() {
    let book = |kind: &str, number: u32, bids: &str| {
        format!(
            r#"{{"topic":"orderbook.1.X","type":"{kind}","ts":1,"data":{{"b":{bids},"a":[["3","1"]],"u":{number}}}}}"#
        )
    };
    let frames = [
        book("snapshot", 1, r#"[["1","1"]]"#),
        book("delta", 2, r#"[["2","1"],["nonsense","1"]]"#),
        book("delta", 3, "[]"),
    ];
    let frames: Vec<&str> = frames.iter().map(String::as_str).collect();
    let told = told("bybit", "X", &frames);
    assert_eq!(told[0], "X 2.000000000000 USD +-1000000000000 @1");
    assert!(told[1].starts_with("! quotes X at nonsense, which is no price"), "{told:?}");
    assert!(told[2].starts_with("! lost messages of X (number 3 came in place of a whole book)"), "{told:?}");
}

#[test]
fn what_a_venue_refuses_is_told_in_its_words() {
    let cases = [
        ("binance", r#"{"error":{"code":2,"msg":"Invalid request"},"id":1}"#, "Invalid request"),
        ("coinbase", r#"{"type":"error","message":"BTC-XYZ is not a valid product"}"#, "BTC-XYZ is not"),
        (
            "kraken",
            r#"{"method":"subscribe","success":false,"error":"Event(s) not found"}"#,
            "Event(s) not found",
        ),
        ("okx", r#"{"event":"error","code":"60018","msg":"Wrong URL or channel"}"#, "Wrong URL or channel"),
        ("bybit", r#"{"success":false,"ret_msg":"handler not found","op":"subscribe"}"#, "handler not found"),
    ];
    for (kind, frame, words) in cases {
        let told = told(kind, "X", &[frame]);
        assert!(
            told[0].starts_with(&format!("! refuses what it was asked for ({words}")),
            "{kind}: {told:?}"
        );
    }
}
