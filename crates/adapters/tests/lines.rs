//! Lines that fail in every way a line can, and feeds that somebody else wrote.

mod venue_server;

use cistern_adapters::feeds::{FRAME_MAX, Feed, FeedError, Feeds, Heard, LiveParams, Ping, Way, probe};
use cistern_units::{Span, Time};
use tokio::net::TcpListener;
use venue_server::{Gateway, Step, Venue, answer, clock, expect, live, next, say, seed, start};

const TICKER: &str =
    r#"{"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","bid":100.0,"ask":101.0}]}"#;
const QUOTE: &str = "BTC 100.500000000000 USD +-500000000000 @1795392000000";
const HEARTBEAT: &str = r#"{"channel":"heartbeat"}"#;

fn kraken(addresses: &[&str]) -> LiveParams {
    live("kraken", addresses, &[("BTC", "BTC/USD")], "unit = \"USD\"")
}

fn heard() -> Vec<Step> {
    vec![Step::Hear, say(TICKER), Step::Hold]
}

/// An address where nobody listens.
async fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("ws://{}", listener.local_addr().unwrap())
}

#[tokio::test]
async fn a_line_over_which_nothing_comes_is_opened_again() {
    let venue = Venue::start(vec![vec![Step::Hear, say(TICKER), Step::Hold], heard()]).await;
    let mut params = kraken(&[&venue.address]);
    params.line.silence = Span::milliseconds(200);
    let mut feeds = start(&params);
    expect(&mut feeds, &[QUOTE, "kraken said nothing for 0 s; the line is opened again", QUOTE]).await;
}

#[tokio::test]
async fn a_line_that_gives_heartbeats_and_no_price_is_opened_again() {
    let mute = vec![Step::Hear, Step::SayForever(HEARTBEAT.to_owned())];
    let venue = Venue::start(vec![mute, heard()]).await;
    let mut params = kraken(&[&venue.address]);
    params.line.mute = Span::milliseconds(200);
    let mut feeds = start(&params);
    expect(&mut feeds, &["kraken gave no price for", QUOTE]).await;
}

#[tokio::test]
async fn a_venue_that_babbles_is_left_and_tried_again() {
    let babble = vec![Step::Hear, Step::SayForever("babble".to_owned())];
    let venue = Venue::start(vec![babble, heard()]).await;
    let mut feeds = start(&kraken(&[&venue.address]));
    let garbled =
        "kraken sent what is no message of its protocol: not JSON (expected value at line 1 column 1)";
    expect(&mut feeds, &[garbled; 8]).await;
    expect(&mut feeds, &["kraken sent 8 garbled messages in a row", QUOTE]).await;
}

#[tokio::test]
async fn a_farewell_a_broken_frame_and_one_without_end_are_survived() {
    let endless = format!("\"{}\"", "x".repeat(FRAME_MAX + 1));
    // A header of a frame that promises 2^62 bytes.
    let promise = vec![0x81, 0x7f, 0x40, 0, 0, 0, 0, 0, 0, 0];
    let venue = Venue::start(vec![
        vec![Step::Hear, say(TICKER), Step::Close, Step::Hold],
        vec![Step::Hear, say(TICKER), Step::SayRaw(vec![0xff; 64]), Step::Hold],
        vec![Step::Hear, say(TICKER), say(endless), Step::Hold],
        vec![Step::Hear, say(TICKER), Step::SayRaw(promise), Step::Hold],
        heard(),
    ])
    .await;
    let mut feeds = start(&kraken(&[&venue.address]));
    let closed = "kraken closed the line";
    let mut told = Vec::new();
    for _ in 0..4 {
        expect(&mut feeds, &[QUOTE]).await;
        told.push(next(&mut feeds).await);
    }
    expect(&mut feeds, &[QUOTE]).await;
    assert!(told.iter().all(|line| line.starts_with(closed)), "{told:?}");
    assert!(told[2].contains("too long") && told[3].contains("too long"), "{told:?}");
}

#[tokio::test]
async fn where_nobody_listens_or_something_else_does_the_next_address_is_tried() {
    let web = Gateway::start(vec![answer("403 Forbidden", "", b"no")]).await;
    let venue = Venue::start(vec![heard()]).await;
    let (empty, web) = (nowhere().await, web.address.replace("http:", "ws:"));
    let mut feeds = start(&kraken(&[&empty, &web, &venue.address]));
    let first = next(&mut feeds).await;
    assert!(first.starts_with(&format!("kraken cannot be reached at {empty} (")), "{first}");
    assert!(
        first.ends_with("see whether the network lets it through, and that the address is right"),
        "{first}"
    );
    expect(&mut feeds, &[&format!("kraken cannot be reached at {web} (HTTP error: 403 Forbidden)"), QUOTE])
        .await;
}

#[tokio::test]
async fn where_the_far_end_cannot_prove_who_it_is_nothing_is_said() {
    let mut venue = Venue::start(vec![heard(), heard()]).await;
    let plain = venue.address.clone();
    let secret = plain.replace("ws:", "wss:");
    let mut feeds = start(&kraken(&[&secret, &plain]));
    expect(&mut feeds, &[&format!("kraken cannot be reached at {secret} ("), QUOTE]).await;
    assert!(venue.next_told().await.contains("subscribe"));
    let gateway = Gateway::start(vec![answer("200 OK", "", b"{}")]).await;
    let secret = gateway.address.replace("http:", "https:");
    let mut feeds = start(&live("redstone", &[&secret], &[("BTC", "BTC")], "every_milliseconds = 5"));
    expect(&mut feeds, &[&format!("redstone cannot be reached at {secret} (")]).await;
}

#[tokio::test]
async fn a_handshake_that_does_not_end_is_given_up() {
    let deaf = Gateway::start(vec![Vec::new()]).await.address.replace("http:", "ws:");
    let venue = Venue::start(vec![heard()]).await;
    let mut params = kraken(&[&deaf, &venue.address]);
    params.line.patience = Span::milliseconds(300);
    let mut feeds = start(&params);
    expect(&mut feeds, &[&format!("kraken did not answer at {deaf} within 0 s"), QUOTE]).await;
}

#[tokio::test]
async fn a_ping_of_the_venue_is_answered() {
    let mut venue = Venue::start(vec![vec![Step::Hear, Step::Ping, Step::Hold]]).await;
    let _feeds = start(&kraken(&[&venue.address]));
    assert!(venue.next_told().await.contains("subscribe"));
    assert_eq!(venue.next_told().await, "(pong)");
}

#[tokio::test]
async fn every_feed_that_must_ping_does_so_in_the_venues_time() {
    // OKX closes after 30 s without a message, Bybit asks for a ping every 20 s, Kraken answers one at any time.
    for (kind, text, most) in
        [("okx", "ping", 29), ("bybit", r#"{"op":"ping"}"#, 20), ("kraken", r#"{"method":"ping"}"#, 59)]
    {
        let params = live(kind, &["ws://127.0.0.1:1"], &[("BTC", "BTC")], "unit = \"USD\"");
        let way = (params.feeds[0].venue.make)(&params.feeds[0]).way();
        let Way::Socket { ping: Ping::Text(ping, every) } = way else { panic!("{kind}: {way:?}") };
        assert!(ping == text && every <= Span::seconds(most), "{kind}");
    }
}

/// A venue of somebody else: counts what it hears.
struct Echo(u32);

impl Feed for Echo {
    fn name(&self) -> &str {
        "echo"
    }

    fn way(&self) -> Way {
        Way::Socket { ping: Ping::Text("are you there", Span::milliseconds(20)) }
    }

    fn open(&mut self) -> Vec<String> {
        vec!["hello".to_owned(), format!("heard {}", self.0)]
    }

    fn hear(&mut self, _: &[u8], _: Time) -> Result<Vec<Heard>, FeedError> {
        self.0 += 1;
        Ok(Vec::new())
    }
}

#[tokio::test]
async fn somebody_elses_feed_greets_and_pings_as_it_says() {
    let script = vec![say("1"), say("2"), Step::Hear, Step::Hear, Step::Hear, Step::Close];
    let mut venue = Venue::start(vec![script, vec![Step::Hold]]).await;
    let mut feeds = Feeds::none(kraken(&["ws://127.0.0.1:1"]).line, clock(), seed());
    feeds.add(Box::new(Echo(0)), vec![venue.address.clone()], None);
    for expected in ["hello", "heard 0", "are you there", "hello", "heard 2", "are you there"] {
        assert_eq!(venue.next_told().await, expected);
    }
    feeds.stop().await;
}

#[tokio::test]
async fn feeds_that_are_dropped_leave_the_line() {
    let mut venue = Venue::start(vec![vec![Step::Hear, Step::Hold]]).await;
    let feeds = start(&kraken(&[&venue.address]));
    venue.next_told().await;
    drop(feeds);
    // The venue takes one connection after the other: a second one shows that the first has ended.
    let _feeds = start(&kraken(&[&venue.address]));
    assert!(venue.next_told().await.contains("subscribe"));
}

#[tokio::test]
async fn a_roll_call_says_who_was_reached_and_why_the_others_were_not() {
    let venue = Venue::start(vec![heard()]).await;
    let gateway = Gateway::start(vec![answer("401 Unauthorized", "", b"")]).await;
    let empty = nowhere().await;
    let mut params = kraken(&[&venue.address]);
    let id = "e62df6c8b4a85fe1a67db44dc12de5db330f7ac66b72dc658afedf0f4a415b43";
    params.feeds.extend(live("pyth", &[&gateway.address], &[("BTC", id)], "every_milliseconds = 20").feeds);
    params.feeds.extend(live("okx", &[&empty], &[("BTC", "BTC-USDT")], "unit = \"USDT\"").feeds);
    let roll = probe(&params, clock(), seed(), Span::seconds(1)).await;
    assert_eq!((roll.reached(), roll.is_whole()), (1, false));
    let text = roll.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "kraken  reached, quotes 1 of 1");
    assert!(
        lines[1].starts_with(&format!("okx     not reached: it cannot be reached at {empty} (")),
        "{text}"
    );
    let locked = format!("pyth    not reached: it answers 401 at {}: it wants an API key", gateway.address);
    assert!(lines[2].starts_with(&locked), "{text}");
}
