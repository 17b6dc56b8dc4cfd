//! What stands in `params/live.toml`, and what must not.

use cistern_adapters::feeds::{LiveParams, Medium, VENUES};
use cistern_units::Span;

const LIVE: &str = include_str!("../../../params/live.toml");

fn fault(text: &str) -> String {
    LiveParams::parse(text).map(|_| ()).expect_err("a fault").to_string()
}

/// The file with one change.
fn changed(from: &str, to: &str) -> String {
    let text = LIVE.replacen(from, to, 1);
    assert_ne!(text, LIVE, "{from} is there");
    fault(&text)
}

#[test]
fn the_file_listens_to_every_venue_that_is_known() {
    let params = LiveParams::parse(LIVE).unwrap();
    let kinds: Vec<&str> = params.feeds.iter().map(|feed| feed.venue.kind).collect();
    assert_eq!(kinds, VENUES.iter().map(|venue| venue.kind).collect::<Vec<_>>());
    for feed in &params.feeds {
        let assets: Vec<&str> = feed.symbols.iter().map(|symbol| &*symbol.asset).collect();
        assert!(["BTC", "ETH", "SOL"].iter().all(|asset| assets.contains(asset)), "{}", feed.name);
        // Nothing goes over an open network in plain words.
        let scheme = if feed.venue.medium == Medium::Socket { "wss://" } else { "https://" };
        assert!(feed.addresses.iter().all(|address| address.starts_with(scheme)), "{}", feed.name);
        // A price in a coin can be turned into dollars by what others say of that coin.
        let known = params.feeds.iter().filter(|other| &*other.unit == "USD");
        let quotes =
            known.filter(|other| other.symbols.iter().any(|symbol| symbol.asset == feed.unit)).count();
        assert!(["USD", ""].contains(&&*feed.unit) || quotes >= 2, "{}", feed.name);
    }
    assert_eq!(params.line.silence, Span::seconds(30));
}

#[test]
fn a_fault_names_its_field_and_says_what_to_do() {
    let cases = [
        ("silence_seconds = 30", "silence = 30", "unknown field `silence`"),
        ("silence_seconds = 30", "", "missing field `silence_seconds`"),
        ("silence_seconds = 30", "silence_seconds = \"30\"", "expected u32"),
        ("silence_seconds = 30", "silence_seconds = 0", "line.silence_seconds must lie between"),
        ("mute_seconds = 120", "mute_seconds = 3_601", "line.mute_seconds must lie between"),
        (
            "backoff_first_milliseconds = 500",
            "backoff_first_milliseconds = 60_001",
            "line.backoff_first_milliseconds must not",
        ),
        (
            "kind = \"okx\"",
            "kind = \"okcoin\"",
            "feed.okx.kind is okcoin, and no such venue is known; known are binance,",
        ),
        ("name = \"okx\"", "name = \"kraken\"", "feed.kraken.name is the name of another feed too"),
        ("name = \"okx\"", "name = \"\"", "feed[3].name must be 1 to 32 printable characters"),
        ("unit = \"USDT\"", "", "feed.binance.unit is missing"),
        ("[\"wss://ws.kraken.com/v2\"]", "[]", "feed.kraken.addresses must have one address"),
        (
            "wss://ws.kraken.com/v2",
            "https://ws.kraken.com/v2",
            "feed.kraken.addresses has https://ws.kraken.com/v2, which",
        ),
        ("wss://ws.kraken.com/v2", "ws.kraken.com", "feed.kraken.addresses has ws.kraken.com, which"),
        (
            "\"https://hermes.pyth.network\"",
            "\"http://hermes.pyth.network\"",
            "feed.pyth.addresses has http://hermes.pyth.network, where everybody could read the key",
        ),
        ("every_milliseconds = 2_000", "", "feed.pyth.every_milliseconds must lie"),
        (
            "unit = \"USD\"",
            "unit = \"USD\"\nevery_milliseconds = 5",
            "feed.coinbase.every_milliseconds means nothing here",
        ),
        (
            "BTC = \"BTC/USD\"",
            "BTC = \"BTC USD\"",
            "feed.kraken.symbols.BTC is BTC USD, and should be the name of a market",
        ),
        (
            "ETH = \"ETH/USD\"",
            "ETH = \"BTC/USD\"",
            "feed.kraken.symbols.ETH is BTC/USD, which is the symbol of another asset too",
        ),
        ("BTC = \"e62d", "BTC = \"0xe62d", "feed.pyth.symbols.BTC is 0xe62d"),
        ("variable = \"CISTERN_PYTH_KEY\"", "variable = \"\"", "feed.pyth.key variable is missing"),
        ("header = \"Authorization\"", "header = \"a b\"", "feed.pyth.key header is no name"),
    ];
    for (from, to, expected) in cases {
        let fault = changed(from, to);
        assert!(fault.contains(expected), "{from} -> {to}: {fault}");
    }
}

#[test]
fn what_is_no_list_of_feeds_is_refused() {
    let head = LIVE.split("[[feed]]").next().unwrap();
    assert!(fault(head).starts_with("feed must be a list of 1 to 32 tables"));
    assert!(
        fault("[[[")
            .starts_with("the live parameters cannot be read; compare them with params/live.toml: TOML")
    );
    let symbols: Vec<String> = (0..65).map(|place| format!("A{place} = \"A{place}\"")).collect();
    let many = format!(
        "{head}[[feed]]\nname=\"x\"\nkind=\"okx\"\naddresses=[\"wss://x\"]\nunit=\"USD\"\n[feed.symbols]\n{}",
        symbols.join("\n")
    );
    assert!(fault(&many).starts_with("feed.x.symbols must name 1 to 64 assets"));
}
