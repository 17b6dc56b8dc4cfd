//! Add-ons of a book: the engine's rules with the worked numbers of docs/model.md, and every refusal by its field.

use serde_json::{Value, json};

use crate::run::{answer, changed as with, refusal, run};

/// A million dollars of a coin that the pool has much of, of a venue that fails with its own perpetual; a dollar off its peg.
fn charged() -> Value {
    json!({
        "tier": "initial",
        "tiers": {"target": "1", "initial": "1"},
        "factors": {
            "COIN": {"range": "0.2", "loading": ["0.5", "0.9"]},
            "BTC": {"range": "0.05", "loading": ["0.5", "0.9"]},
            "USDX": {"range": "0", "loading": ["0", "0"]},
        },
        "assets": {
            "COIN": {"price": "10", "factors": ["COIN"]},
            "USDX": {"price": "0.95", "factors": ["USDX"]},
        },
        "holdings": {"COIN": "100000", "USDX": "100000"},
        "perps": [{"underlying": "BTC", "size": "1", "entry": "100000", "mark": "100000"}],
        "add_ons": [
            {"type": "pool_share", "asset": "COIN", "start": "5000000", "pool": "20000000"},
            {"type": "open_interest", "underlying": "BTC", "lower": "25000000", "upper": "50000000", "open": "37500000"},
            {"type": "wrong_way", "asset": "COIN", "factor": "BTC", "share": "0.5"},
            {"type": "depeg", "asset": "USDX", "start": "0.995", "full": "0.99", "factor": "4", "most": "0.4"},
        ],
    })
}

#[test]
fn each_add_on_is_a_term_of_its_own() {
    let told = answer(&charged());
    // [A2] 250,000 of a million are left; [A4] half of the 100,000 that are long comes off; each times 1 - 0.2. [A6] 18 % of
    // 95,000. [A3] 47.5 % of 100,000.
    let expected = json!([
        {"name": "pool share of COIN", "value": "600000.00000000"},
        {"name": "wrong way of COIN", "value": "40000.00000000"},
        {"name": "depeg of USDX", "value": "17100.00000000"},
        {"name": "open interest of BTC", "value": "47500.00000000"},
    ]);
    assert_eq!(told["add_ons"], expected);
    let mut without = charged();
    without.as_object_mut().unwrap().remove("add_ons");
    let number = |answer: &Value, name: &str| -> f64 { answer[name].as_str().unwrap().parse().unwrap() };
    let more = number(&told, "requirement") - number(&answer(&without), "requirement");
    assert!((more - 704_600.0).abs() < 0.01, "{more}");
    // Of what collateral loses and the charge for size the larger counts; maintenance knows none of it.
    let deep = with(
        charged(),
        "/factors/COIN",
        json!({"range": "0.2", "loading": ["0.5", "0.9"], "depth": "1", "lambda": "0.5"}),
    );
    let size = number(&answer(&deep), "addon");
    let sum = number(&answer(&deep), "requirement")
        - number(&answer(&with(deep.clone(), "/add_ons", json!([]))), "requirement");
    assert!(size > 657_100.0 && (sum - 47_500.0).abs() < 0.01, "{size} {sum}");
    let standing = with(charged(), "/tier", json!("maintenance"));
    assert_eq!(
        answer(&standing)["requirement"],
        answer(&with(standing.clone(), "/add_ons", json!([])))["requirement"]
    );
}

#[test]
fn an_add_on_that_cannot_be_is_refused_by_its_field() {
    let refused = |place: &str, value: Value, what: &str| {
        let told = refusal(&with(charged(), &format!("/add_ons/{place}"), value).to_string());
        assert!(told.contains(what), "{place}: {told}");
    };
    refused("0/type", json!("tax"), "add_ons[0].type: must be one of pool_share");
    refused("0/asset", json!("GOLD"), "add_ons[0].asset: there is no asset GOLD");
    refused("0/pool", json!("0"), "add_ons[0].pool: must be above zero");
    refused("1/underlying", json!("GOLD"), "there is no factor GOLD");
    refused("1/upper", json!("25000000"), "add_ons[1].upper: must be above lower");
    refused("2/share", json!("1.5"), "add_ons[2].share");
    refused("3/full", json!("0.995"), "add_ons[3].full: must be below start");
    refused("3/price", json!("1"), "add_ons[3].price");
}

#[test]
fn people_see_the_terms_in_the_table() {
    let table = String::from_utf8(run(&charged().to_string(), &[]).stdout).unwrap();
    for line in ["add-ons for new risk", "pool share of COIN", "add-ons for new risk, beyond that"] {
        assert!(table.contains(line), "{table}");
    }
}
