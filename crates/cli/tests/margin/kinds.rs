//! Kinds of collateral, and products with an end: what they count for, and every refusal by its field.

use serde_json::{Value, json};

use crate::run::{answer, changed as with, refusal, seen};

/// A book with a fund of treasury bills on the Saturday of the worked number of [K1].
fn fund() -> Value {
    json!({
        "now": "2024-01-06T00:00:00Z",
        "factors": {"TBILL": {"range": "0.01", "loading": ["0", "0"]}},
        "assets": {"TBILL": {
            "kind": "real-world", "factors": ["TBILL"],
            "nav": "100", "published": "2024-01-03T00:00:00Z", "queue_seconds": 2_592_000,
            "committed": "5000", "pool": "100",
            "heartbeat_seconds": 86_400, "haircut_a_day": "0.005", "haircut_closed": "0.005",
            "haircut_a_year": "0.1", "closes_seconds": 421_200, "opens_seconds": 594_000,
        }},
        "holdings": {"TBILL": "99"},
    })
}

/// A staked token at its rate beside a short future on its underlying.
fn staked() -> Value {
    json!({
        "now": "2026-06-26T07:00:00Z",
        "factors": {
            "ETH": {"range": "0.18", "loading": ["0.75", "0.98"]},
            "wstETH/ETH": {"range": "0.05", "loading": ["0", "0.5"]},
        },
        "assets": {
            "ETH": {"price": "4000", "factors": ["ETH"]},
            "wstETH": {"kind": "rate", "rate": "1.2", "underlying": "ETH", "basis": "wstETH/ETH"},
        },
        "holdings": {"wstETH": "10"},
        "futures": [{
            "underlying": "ETH", "expiry": "2026-06-26T08:00:00Z", "size": "-12", "entry": "4000", "mark": "4000",
        }],
    })
}

#[test]
fn a_claim_counts_as_in_the_engine() {
    // [K1] worked number: 99 of the pool's 100 units at $100 with $5,000 committed count for $4,950.
    let answer = answer(&fund());
    assert_eq!(seen(&answer["collateral_value"]), "4950.00");
    assert_eq!(seen(&answer["uncredited"]), "4950.00");
    assert_eq!(seen(&answer["requirement"]), "49.50");
    assert_eq!(answer["legs"][0]["one_more"], Value::Null, "others bound what one more would count");
}

#[test]
fn a_claim_that_is_fully_committed_counts_for_what_its_haircuts_leave() {
    // [K1] worked number: three days old, a closed market, thirty days of queue leave 1 - 2.3219179 %.
    let answer = answer(&with(fund(), "/assets/TBILL/committed", json!("10000")));
    assert_eq!(answer["collateral_value"], "9670.13012790");
    let monday = with(fund(), "/now", json!("2024-01-08T00:00:00Z"));
    let monday = with(monday, "/assets/TBILL/published", json!("2024-01-07T12:00:00Z"));
    let monday = with(monday, "/assets/TBILL/queue_seconds", json!(0));
    let monday = with(monday, "/assets/TBILL/committed", json!("10000"));
    assert_eq!(crate::run::answer(&monday)["uncredited"], "0.00000000", "fresh, open, no queue");
}

#[test]
fn a_claim_without_evidence_counts_for_nothing() {
    for missing in ["published", "committed"] {
        let answer = answer(&with(fund(), &format!("/assets/TBILL/{missing}"), Value::Null));
        assert_eq!(answer["collateral_value"], "0.00000000", "{missing}");
        assert_eq!(answer["uncredited"], "9900.00000000", "{missing}");
    }
    let unvalued = with(fund(), "/assets/TBILL/published", Value::Null);
    let answer = answer(&with(unvalued, "/assets/TBILL/nav", Value::Null));
    assert_eq!(
        (&answer["collateral_value"], &answer["uncredited"]),
        (&json!("0.00000000"), &json!("0.00000000"))
    );
}

#[test]
fn a_commitment_that_ends_counts_for_standing_risk_alone() {
    let book = with(fund(), "/assets/TBILL/committed", Value::Null);
    let answer = answer(&with(book, "/assets/TBILL/ending", json!("5000")));
    assert_eq!((seen(&answer["equity"]), seen(&answer["initial_equity"])), (json!("4950.00"), json!("0.00")));
    assert_eq!(seen(&answer["free_collateral"]), "0.00");
}

#[test]
fn a_rate_token_is_its_underlying_and_a_basis() {
    let answer = answer(&staked());
    assert_eq!(answer["collateral_value"], "48000.00000000");
    assert_eq!(answer["exposures"]["ETH"], "0.00000000");
    assert_eq!(seen(&answer["requirement"]), "2400.00", "the basis is left");
    let listed = with(staked(), "/assets/wstETH/basis", Value::Null);
    let listed = with(listed, "/assets/wstETH/factors", json!(["ETH", "wstETH/ETH"]));
    assert_eq!(crate::run::answer(&listed)["requirement"], answer["requirement"]);
}

#[test]
fn a_future_fades_in_its_last_half_hour() {
    // [E1] ten minutes before the expiry a third of the average is left to move.
    let answer = answer(&with(staked(), "/now", json!("2026-06-26T07:50:00Z")));
    assert_eq!(seen(&answer["exposures"]["ETH"]), "32000.00");
    assert_eq!(answer["unrealized_pnl"], "0.00000000");
}

#[test]
fn a_claim_that_cannot_be_is_refused_by_its_field() {
    let at = "assets.TBILL.";
    for (field, value, reason) in [
        ("published", json!("2024-01-06T00:00:01Z"), "published: lies after now"),
        ("published", json!("yesterday"), "published: must be a moment in UTC, like 2026"),
        ("published", json!(1_704_067_200), "published: must be text"),
        ("nav", Value::Null, "nav: is missing beside published"),
        ("nav", json!("-1"), "nav: must be above zero"),
        ("nav", json!("1e30"), "nav: is absurdly large"),
        ("price", json!("1"), "price: stands beside a kind that has a price of its own"),
        ("committed", json!("-1"), "committed: must not be negative"),
        ("ending", json!("-1"), "ending: must not be negative"),
        ("pool", json!("98"), "pool: is less than the account holds"),
        ("queue_seconds", json!("-1"), "queue_seconds: must be seconds"),
        ("queue_seconds", json!("1.5"), "queue_seconds: has more than 0 decimals"),
        ("heartbeat_seconds", json!("0"), "heartbeat_seconds: must be above zero"),
        ("heartbeat_seconds", Value::Null, "heartbeat_seconds: is missing"),
        ("haircut_a_day", json!("1.1"), "haircut_a_day: must be from 0 to 1"),
        ("haircut_a_year", Value::Null, "haircut_a_year: is missing"),
        ("closes_seconds", json!(604_801), "closes_seconds: must be within a week"),
        ("opens_seconds", Value::Null, "opens_seconds: is missing"),
        ("kind", json!("bond"), "kind: must be one of token, rate, real-world, nft"),
        ("rate", json!("1"), "rate: is not a field here"),
        ("factors", Value::Null, "factors: is missing"),
    ] {
        let refusal = refusal(&with(fund(), &format!("/assets/TBILL/{field}"), value).to_string());
        assert!(refusal.starts_with(&format!("{at}{reason}")), "expected {reason:?}, found {refusal:?}");
    }
    for (pointer, value, reason) in [
        ("/now", Value::Null, "now: is missing; say when the book is priced"),
        ("/now", json!("soon"), "now: must be a moment"),
        ("/debts", json!({"TBILL": "1"}), "debts.TBILL: nobody lends TBILL"),
        ("/holdings/TBILL", json!("101"), "assets.TBILL.pool: is less"),
        ("/holdings/TBILL", json!("1e19"), "holdings.TBILL: is worth more than"),
    ] {
        let refusal = refusal(&with(fund(), pointer, value).to_string());
        assert!(refusal.starts_with(reason), "expected {reason:?}, found {refusal:?}");
    }
}

#[test]
fn rate_tokens_and_futures_that_cannot_be_are_refused_by_their_field() {
    for (pointer, value, reason) in [
        ("/assets/wstETH/rate", json!("0"), "assets.wstETH.rate: must be above zero"),
        ("/assets/wstETH/rate", json!("100000000000000000000"), "assets.wstETH.rate: is worth more than"),
        ("/assets/wstETH/underlying", json!("BTC"), "assets.wstETH.underlying: there is no asset BTC"),
        ("/assets/wstETH/underlying", json!("wstETH"), "assets.wstETH.underlying: wstETH must be a token"),
        ("/assets/wstETH/basis", json!("ETH"), "assets.wstETH.basis: is a factor of the underlying already"),
        ("/assets/wstETH/basis", json!("peg"), "assets.wstETH.basis: there is no factor peg"),
        ("/assets/wstETH/basis", Value::Null, "assets.wstETH.factors: is missing"),
        ("/assets/wstETH/factors", json!(["ETH"]), "assets.wstETH.factors: stand beside basis"),
        ("/assets/wstETH/price", json!("1"), "assets.wstETH.price: stands beside a kind"),
        ("/assets/ETH/price", Value::Null, "assets.ETH.price: is missing"),
        ("/futures/0/expiry", json!("2026-06-26T07:00:00Z"), "futures[0].expiry: has passed"),
        ("/futures/0/expiry", json!("26JUN26"), "futures[0].expiry: must be a moment"),
        ("/futures/0/expiry", Value::Null, "futures[0].expiry: is missing"),
        ("/futures/0/mark", json!("0"), "futures[0].mark: must be above zero"),
        ("/futures/0/size", json!("1e17"), "futures[0].size: is worth more than"),
        ("/now", Value::Null, "now: is missing"),
    ] {
        let refusal = refusal(&with(staked(), pointer, value).to_string());
        assert!(refusal.starts_with(reason), "expected {reason:?}, found {refusal:?}");
    }
}

/// Three units of a collection: the worked number of [K2].
fn collection() -> Value {
    json!({
        "factors": {"APES": {"range": "0.4", "loading": ["0.3", "0.9"]}},
        "assets": {"APES": {
            "kind": "nft", "factors": ["APES"], "floor": "10000", "cap": 10,
            "bids": [{"price": "8000", "count": 1}, {"price": "12000", "count": 1}],
        }},
        "holdings": {"APES": "3"},
    })
}

#[test]
fn a_unit_of_a_collection_counts_for_the_bid_that_backs_it() {
    // [K2] worked number: bids of $12,000 and $8,000 for one each, a floor price of $10,000: 10,000 + 8,000 + nothing.
    let counted = answer(&collection());
    assert_eq!(counted["collateral_value"], "18000.00000000");
    assert_eq!(counted["uncredited"], "12000.00000000");
    assert_eq!(seen(&counted["requirement"]), "7200.00");
    for (pointer, value, expected) in [
        ("/assets/APES/cap", json!(1), "10000.00000000"),
        ("/assets/APES/before", json!(1), "8000.00000000"),
        ("/assets/APES/before", json!(2), "0.00000000"),
        ("/assets/APES/bids", Value::Null, "0.00000000"),
        ("/assets/APES/floor", Value::Null, "0.00000000"),
    ] {
        let answer = answer(&with(collection(), pointer, value));
        assert_eq!(answer["collateral_value"], expected, "{pointer}");
    }
}

#[test]
fn collections_that_cannot_be_are_refused_by_their_field() {
    for (pointer, value, reason) in [
        ("/holdings/PUNKS", json!("1"), "holdings.PUNKS: there is no asset PUNKS"),
        ("/holdings/APES", json!("1.5"), "holdings.APES: must be whole units"),
        ("/holdings/APES", json!("10001"), "holdings.APES: must be whole units, 10000 at the most"),
        ("/debts", json!({"APES": "1"}), "debts.APES: nobody lends APES"),
        ("/assets/APES/floor", json!("-1"), "assets.APES.floor: must be above zero"),
        ("/assets/APES/cap", Value::Null, "assets.APES.cap: is missing"),
        ("/assets/APES/cap", json!("-1"), "assets.APES.cap: must be a whole number"),
        ("/assets/APES/before", json!(10_001), "assets.APES.before: must be 10000 at the most"),
        ("/assets/APES/price", json!("1"), "assets.APES.price: stands beside a kind"),
        (
            "/assets/APES/bids/0",
            json!({"price": "0", "count": 1}),
            "assets.APES.bids[0].price: must be above",
        ),
        ("/assets/APES/bids/0", json!({"price": "1"}), "assets.APES.bids[0].count: is missing"),
        (
            "/assets/APES/bids/0",
            json!({"price": "1", "count": 1, "by": 2}),
            "assets.APES.bids[0].by: is not a",
        ),
    ] {
        let refusal = refusal(&with(collection(), pointer, value).to_string());
        assert!(refusal.starts_with(reason), "expected {reason:?}, found {refusal:?}");
    }
}
