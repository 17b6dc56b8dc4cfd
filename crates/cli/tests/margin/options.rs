//! Options: what they are worth and need, and every refusal by its field.

use serde_json::{Value, json};

use crate::run::{answer, changed, refusal, run, seen};

/// A call at the money of thirty days, sold: the worked number of [M3o].
fn short_call() -> Value {
    json!({
        "now": "2026-05-27T08:00:00Z",
        "factors": {"BTC": {"range": "0.15", "loading": ["0.75", "0.98"]}},
        "assets": {"BTC": {"price": "100000", "factors": ["BTC"]}},
        "surfaces": {"BTC-26JUN26": {
            "underlying": "BTC", "expiry": "2026-06-26T08:00:00Z", "forward": "100000", "vol": "0.6",
        }},
        "options": [{
            "surface": "BTC-26JUN26", "style": "call", "strike": "100000", "size": "-1", "entry": "6900",
        }],
    })
}

#[test]
fn a_short_call_needs_its_worked_number() {
    let answer = answer(&short_call());
    // 13,227.474 and less than a cent for rounding.
    assert_eq!(seen(&answer["joint"]), "13227.48");
    assert_eq!(seen(&answer["standalone"]), "10599.61");
    assert_eq!(answer["worst_scenario"]["volatility"], "up");
    // It is worth 6,853.94 at 60 % for thirty days, and was sold for 6,900.
    assert_eq!(seen(&answer["unrealized_pnl"]), "46.06");
}

#[test]
fn a_covered_call_needs_less_than_its_legs() {
    let covered = changed(short_call(), "/holdings", json!({"BTC": "1"}));
    let together = answer(&covered);
    // 11,929.502 and less than a cent for rounding.
    assert_eq!(seen(&together["joint"]), "11929.51");
    assert_eq!(seen(&together["standalone"]), "9559.89");
}

#[test]
fn an_option_that_is_owned_needs_its_premium_at_the_most() {
    let long = changed(short_call(), "/options/0/size", json!("1"));
    for style in ["call", "put"] {
        let answer = answer(&changed(long.clone(), "/options/0/style", json!(style)));
        let needed: f64 = answer["requirement"].as_str().unwrap().parse().unwrap();
        assert!(needed > 0.0 && needed <= 6_853.95, "{style} {needed}");
    }
}

#[test]
fn a_smile_is_read_by_deviations_of_the_strike() {
    // [E2] worked number: forward 100, strike 110, thirty days: the call is worth 3.4986.
    let book = changed(short_call(), "/surfaces/BTC-26JUN26/vol", Value::Null);
    let book = changed(book, "/surfaces/BTC-26JUN26/smile", json!(["0.8", "0.7", "0.6", "0.64", "0.72"]));
    let book = changed(book, "/surfaces/BTC-26JUN26/forward", json!("100"));
    let book = changed(book, "/options/0/strike", json!("110"));
    let book = changed(book, "/options/0/entry", json!("4"));
    let book = changed(book, "/options/0/size", json!("1000"));
    assert!(answer(&book)["unrealized_pnl"].as_str().unwrap().starts_with("-501.3"), "{}", answer(&book));
}

#[test]
fn an_option_fades_in_its_last_half_hour() {
    let before = answer(&changed(short_call(), "/now", json!("2026-06-26T07:29:00Z")));
    let within = answer(&changed(short_call(), "/now", json!("2026-06-26T07:50:00Z")));
    let needed = |answer: &Value| -> f64 { answer["requirement"].as_str().unwrap().parse().unwrap() };
    assert!(needed(&within) < needed(&before) / 2.5, "{} {}", needed(&within), needed(&before));
}

#[test]
fn a_short_call_is_liquidated_by_a_rise_and_a_hedged_one_by_a_fall() {
    let far = |book: Value| {
        let told = answer(&book);
        told["liquidation"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                let change: f64 = one["change"].as_str().unwrap().parse().unwrap();
                (one["factor"].as_str().unwrap().to_owned(), change)
            })
            .collect::<Vec<_>>()
    };
    let mut short = short_call();
    short["assets"] = json!({"USDC": {"price": "1", "factors": ["USDC"]}});
    short["factors"]["USDC"] = json!({"range": "0", "loading": ["0", "0"]});
    short["holdings"] = json!({"USDC": "40000"});
    let moves = far(short.clone());
    let rise = moves.iter().find(|(factor, _)| factor == "BTC").unwrap().1;
    assert!(rise > 0.05 && rise < 0.5, "{moves:?}");
    // One step nearer it is still sound, and there it is not: the move is the nearest.
    short["perps"] = json!([{"underlying": "BTC", "size": "1", "entry": "100000", "mark": "100000"}]);
    let hedged = far(short);
    assert!(hedged.iter().all(|(factor, change)| factor != "BTC" || *change < 0.0), "{hedged:?}");
}

#[test]
fn people_read_what_volatilities_do() {
    let text = String::from_utf8(run(&short_call().to_string(), &[]).stdout).unwrap();
    assert!(text.contains("volatilities rise") && text.contains("loss in panic"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn options_that_cannot_be_are_refused_by_their_field() {
    let (surface, option) = ("/surfaces/BTC-26JUN26", "/options/0");
    for (pointer, value, reason) in [
        (
            format!("{surface}/expiry"),
            json!("2026-05-27T08:00:00Z"),
            "surfaces.BTC-26JUN26.expiry: has passed",
        ),
        (
            format!("{surface}/expiry"),
            json!("2099-01-01T00:00:00Z"),
            "surfaces.BTC-26JUN26.expiry: an expiry may be",
        ),
        (format!("{surface}/expiry"), Value::Null, "surfaces.BTC-26JUN26.expiry: is missing"),
        (format!("{surface}/vol"), json!("-0.6"), "surfaces.BTC-26JUN26.vol: must not be negative"),
        (format!("{surface}/vol"), json!("60"), "surfaces.BTC-26JUN26.vol: must be from 0.01"),
        (format!("{surface}/vol"), json!("0"), "surfaces.BTC-26JUN26.vol: must be from 0.01"),
        (format!("{surface}/vol"), Value::Null, "surfaces.BTC-26JUN26.vol: is missing; add it, or smile"),
        (format!("{surface}/smile"), json!(["0.6"]), "surfaces.BTC-26JUN26.vol: stands beside smile"),
        (format!("{surface}/forward"), json!("0"), "surfaces.BTC-26JUN26.forward: must be above zero"),
        (format!("{surface}/forward"), json!("1e30"), "surfaces.BTC-26JUN26.forward: is absurdly large"),
        (
            format!("{surface}/forward"),
            json!("0.0000000000001"),
            "surfaces.BTC-26JUN26.forward: has more than 12",
        ),
        (
            format!("{surface}/underlying"),
            json!("XAU"),
            "surfaces.BTC-26JUN26.underlying: there is no factor XAU",
        ),
        (format!("{surface}/rate"), json!("0.05"), "surfaces.BTC-26JUN26.rate: is not a field here"),
        (
            format!("{option}/surface"),
            json!("BTC-31JUL26"),
            "options[0].surface: there is no surface BTC-31JUL26",
        ),
        (format!("{option}/style"), json!("straddle"), "options[0].style: must be call or put"),
        (format!("{option}/style"), json!(1), "options[0].style: must be call or put"),
        (format!("{option}/strike"), json!("-1"), "options[0].strike: must be above zero"),
        (format!("{option}/strike"), json!("4000000"), "options[0].strike: a strike lies between"),
        (format!("{option}/size"), json!("1e16"), "options[0].size: is worth more than"),
        (format!("{option}/entry"), Value::Null, "options[0].entry: is missing"),
        (format!("{option}/expiry"), json!("2026-06-26"), "options[0].expiry: is not a field here"),
        ("/now".to_owned(), Value::Null, "now: is missing; say when the book is priced"),
        ("/options".to_owned(), json!({}), "options: must be a list"),
    ] {
        let refusal = refusal(&changed(short_call(), &pointer, value).to_string());
        assert!(refusal.starts_with(reason), "expected {reason:?}, found {refusal:?}");
    }
    let smile = changed(short_call(), &format!("{surface}/vol"), Value::Null);
    for (smiled, reason) in [
        (json!(["0.6"]), "surfaces.BTC-26JUN26.smile: must be five volatilities"),
        (json!(["0.6", "0.6", "-1", "0.6", "0.6"]), "surfaces.BTC-26JUN26.smile[2]: must not be negative"),
    ] {
        let refusal = refusal(&changed(smile.clone(), &format!("{surface}/smile"), smiled).to_string());
        assert!(refusal.starts_with(reason), "expected {reason:?}, found {refusal:?}");
    }
    let many: Vec<Value> = vec![short_call()["options"][0].clone(); 257];
    let refused = refusal(&changed(short_call(), "/options", json!(many)).to_string());
    assert!(refused.starts_with("options: has more than 256"), "{refused}");
    let large = changed(short_call(), "/options/0/size", json!("1e9"));
    assert!(refusal(&large.to_string()).starts_with("adds up to an absurd value"));
}
