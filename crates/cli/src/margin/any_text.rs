//! No text of a book, and no file of parameters, stops the program.

use proptest::{prelude::*, sample::select};
use serde_json::{Value as Json, json};

use super::{Comparison, answer, assess::Assessment, book::Book, params, sheet::Sheet, show};

/// A book with everything in it.
fn whole() -> Json {
    json!({
        "tier": "initial",
        "mode": "portfolio",
        "now": "2026-05-27T08:00:00Z",
        "factors": {
            "BTC": {"range": "0.15", "loading": ["0.75", "0.98"], "depth": "1000000", "lambda": "0.1"},
            "ETH": {"range_down": "0.18", "range_up": "0.2", "loading": ["0.75", "0.98"], "tails": [["-4", "0.2"]]},
            "basis": {"range": "0.05", "loading": ["0", "0.5"]},
            "APES": {"range": "0.4", "loading": ["0.3", "0.9"]},
        },
        "assets": {
            "USDC": {"price": "1", "factors": ["basis"]},
            "ETH": {"price": "4000", "factors": ["ETH"]},
            "wstETH": {"kind": "rate", "rate": "1.2", "underlying": "ETH", "basis": "basis"},
            "TBILL": {
                "kind": "real-world", "factors": ["basis"], "nav": "100", "published": "2026-05-26T00:00:00Z",
                "queue_seconds": 86_400, "committed": "5000", "ending": "10", "pool": "100",
                "heartbeat_seconds": 86_400, "haircut_a_day": "0.005", "haircut_closed": "0.005",
                "haircut_a_year": "0.1", "closes_seconds": 421_200, "opens_seconds": 594_000,
            },
            "APES": {
                "kind": "nft", "factors": ["APES"], "floor": "10000", "cap": 10, "before": 1,
                "bids": [{"price": "8000", "count": 1}, {"price": "12000", "count": 3}],
            },
        },
        "holdings": {"USDC": "1000", "wstETH": "10", "TBILL": "99", "APES": "2"},
        "debts": {"ETH": "1"},
        "perps": [{"underlying": "BTC", "size": "1", "entry": "100000", "mark": "90000"}],
        "futures": [
            {"underlying": "ETH", "expiry": "2026-05-27T08:10:00Z", "size": "-2", "entry": "4000", "mark": "4100"},
        ],
        "surfaces": {
            "BTC-JUN": {"underlying": "BTC", "expiry": "2026-06-26T08:00:00Z", "forward": "100000", "vol": "0.6"},
            "ETH-MAY": {
                "underlying": "ETH", "expiry": "2026-05-27T08:20:00Z", "forward": "4000",
                "smile": ["0.8", "0.7", "0.6", "0.64", "0.72"],
            },
        },
        "options": [
            {"surface": "BTC-JUN", "style": "call", "strike": "110000", "size": "-1", "entry": "3000"},
            {"surface": "ETH-MAY", "style": "put", "strike": "3900", "size": "5", "entry": "30"},
        ],
    })
}

/// Everything that the command does with a text; the number of books that were answered.
fn answered(text: &str) -> usize {
    drop(params::read(text));
    let Ok(book) = Book::read(text, Sheet::default()) else { return 0 };
    let Ok(assessment) = Assessment::of(&book) else { return 0 };
    let Ok(comparison) = Comparison::of(&book, &assessment) else { return 0 };
    let (table, other) = (show::table(&book, &assessment), comparison.table());
    assert!(table.len() + other.len() + answer::json(&book, &assessment, Some(&comparison)).len() > 1_000);
    1
}

/// Ways to every value of a tree.
fn places(node: &Json, at: String, into: &mut Vec<String>) {
    match node {
        Json::Object(fields) => fields.iter().for_each(|(name, node)| {
            places(node, format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), into);
        }),
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(place, node)| places(node, format!("{at}/{place}"), into));
        }
        _ => {}
    }
    into.push(at);
}

/// Values that some field does not expect.
fn odd() -> impl Strategy<Value = Json> {
    let texts = [
        "",
        "0",
        "-0",
        "1",
        "-1",
        "1e18",
        "-1e18",
        "1e37",
        "-1e37",
        "1e-18",
        "0.000000000000000001",
        "1e400",
        "NaN",
        "inf",
        "170141183460469231731687303715884105727",
        "-170141183460469231731687303715884105728",
        "340282366920938463463",
        "390000000000000000000",
        "18446744073709551615",
        "4294967295",
        "4294967296",
        "0.999999999",
        "4.999999999",
        "1970-01-01T00:00:00Z",
        "2026-05-27T08:00:00.001Z",
        "9999-12-31T23:59:59Z",
        "2026-02-30T00:00:00Z",
        "BTC",
        "ETH",
        "call",
        "put",
        "real-world",
        "nft",
        "rate",
        "token",
        "standard",
        "é\u{0}\u{202e}",
    ];
    prop_oneof![
        8 => select(texts.to_vec()).prop_map(|text| json!(text)),
        2 => any::<i64>().prop_map(|number| json!(number)),
        2 => any::<i128>().prop_map(|number| json!(number.to_string())),
        1 => select(vec![json!(null), json!(true), json!([]), json!({}), json!([[]]), json!({"x": 1})]),
    ]
}

#[test]
fn the_book_of_everything_has_an_answer() {
    assert_eq!(answered(&whole().to_string()), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn a_book_with_odd_values_is_answered_or_refused(changes in prop::collection::vec((any::<prop::sample::Index>(), odd()), 1..4)) {
        let mut book = whole();
        for (place, value) in changes {
            let mut all = Vec::new();
            places(&book, String::new(), &mut all);
            if let Some(field) = book.pointer_mut(&all[place.index(all.len())]) {
                *field = value;
            }
        }
        answered(&book.to_string());
    }

    #[test]
    fn a_text_with_other_bytes_is_answered_or_refused(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), length in any::<prop::sample::Index>(),
    ) {
        let mut bytes = whole().to_string().into_bytes();
        for (place, byte) in cuts {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let end = length.index(bytes.len() * 4).min(bytes.len());
        answered(&String::from_utf8_lossy(&bytes[..end]));
    }

    #[test]
    fn any_text_is_refused(text in "\\PC{0,200}|[\\[\\]{}:,\"0-9a-z=. \\n-]{0,200}") {
        answered(&text);
    }
}
