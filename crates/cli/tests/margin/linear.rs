//! Books of tokens and perpetuals: the worked accounts to the cent, and every refusal by its field.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::run::{answer, answer_with, books, file, refusal, run, seen, sound, with};

#[test]
fn the_worked_accounts_come_out_to_the_cent() {
    let expected = [
        ("long-perp", "15132.75"),
        ("staked-token-hedged", "2400.00"),
        ("leveraged-basket", "56473.50"),
        ("pair-trade", "15692.35"),
        ("single-asset", "15000.00"),
        ("basket-with-hedge", "30677.76"),
        ("staked-token-at-its-rate", "10044.45"),
        ("calendar-of-futures", "2006.00"),
        ("covered-call", "11929.51"),
        ("treasury-fund", "14408.68"),
        ("collection", "7200.69"),
        ("ether-on-a-loan", "29667.49"),
    ];
    for (name, cents) in expected {
        let text = std::fs::read_to_string(books().join(format!("{name}.json"))).unwrap();
        let answer = answer_with(&text, &[]);
        let requirement = answer["requirement"].as_str().unwrap();
        assert_eq!(requirement.split_once('.').unwrap().1.len(), 8, "{name}: eight decimals");
        let nearest: i64 =
            requirement.replace('.', "").parse::<i64>().map(|raw| (raw + 500_000) / 1_000_000).unwrap();
        assert_eq!(nearest.to_string(), cents.replace('.', ""), "{name}: {requirement}");
        assert!(run(&text, &[]).status.success(), "{name} for people");
    }
    assert_eq!(std::fs::read_dir(books()).unwrap().count(), expected.len(), "every example is checked");
}

#[test]
fn the_answer_has_every_number_and_what_led_to_it() {
    let answer = answer(&sound());
    let expected = json!({
        "tier": "maintenance",
        "mode": "portfolio",
        "equity": "100000.00",
        "requirement": "15132.75",
        "joint": "15132.75",
        "standalone": "12000.00",
        "gross_floor": "1000.00",
        "tails": "0.00",
        "addon": "0.00",
        "add_ons": [],
        "liquidation": [
            {"factor": "BTC", "change": "-0.979771", "price": null},
            {"factor": "USDC", "change": "-0.849970", "price": "0.150029947000"},
        ],
        "standard": null,
        "decided_by": "joint",
        "worst_scenario": {"end": "mid", "level": "-1", "volatility": null},
        "ends": {
            "calm": {"common": "11250.00", "idio": "10121.14", "joint": "15132.75", "level": "-1"},
            "mid": {"common": "12975.00", "idio": "7787.77", "joint": "15132.75", "level": "-1"},
            "panic": {"common": "14700.00", "idio": "3593.05", "joint": "15132.75", "level": "-1"},
        },
        "health": "6.608185",
        "margin_ratio": "0.151327",
        "liquidatable": false,
        "free_collateral": "81084.07",
        "requirements": {"maintenance": "15132.75", "target": "16646.02", "initial": "18915.93"},
        "initial_equity": "100000.00",
        "collateral_value": "100000.00",
        "uncredited": "0.00",
        "unrealized_pnl": "0.00",
        "debts": "0.00",
        "legs": [
            {"name": "USDC", "alone": "2000.00", "contribution": "132.75", "one_more": "0.00"},
            {"name": "BTC perp", "alone": "15000.00", "contribution": "13132.75", "one_more": "14933.85"},
        ],
        "hedge_relief": "1867.25",
        "exposures": {"USDC": "100000.00", "BTC": "100000.00"},
    });
    // All ends are equal here, and rounding in risk lots picks one.
    assert_eq!(seen(&answer), expected);
}

#[test]
fn equity_is_collateral_and_profit_without_debts() {
    let mut book = with("/debts", json!({"USDC": "0.000000001"}));
    book["perps"][0]["mark"] = json!("90000.000000001");
    book["holdings"]["USDC"] = json!("0.000000019");
    let answer = answer(&book);
    assert_eq!(answer["collateral_value"], "0.00000001", "rounded down");
    assert_eq!(answer["debts"], "0.00000001", "rounded up");
    assert_eq!(answer["unrealized_pnl"], "-10000.00000000", "rounded down");
    assert_eq!(answer["equity"], "-10000.00000000");
    assert_eq!((&answer["health"], &answer["margin_ratio"]), (&json!("0.000000000"), &Value::Null));
    assert_eq!(answer["liquidatable"], true);
}

#[test]
fn a_short_gains_when_its_mark_falls() {
    let mut book = sound();
    book["perps"][0] = json!({"underlying": "BTC", "size": -2, "entry": 100_000, "mark": 99_000.5});
    let answer = answer(&book);
    assert_eq!(answer["unrealized_pnl"], "1999.00000000");
    assert_eq!(answer["exposures"]["BTC"], "-198001.00000000");
    assert_eq!(answer["worst_scenario"]["level"], "1");
}

#[test]
fn an_empty_book_has_no_health() {
    let answer = answer(&json!({}));
    assert_eq!((&answer["requirement"], &answer["health"]), (&json!("0.00000000"), &Value::Null));
    assert_eq!(answer["decided_by"], "nothing");
}

#[test]
fn legs_tell_what_a_hedge_relieves() {
    // [M12] worked number: 1 ETH at 2,000 and a short of it, range 15 %, gross floor 1 %: 20 together, 300 each alone, so that
    // the short contributes -280.
    let book = json!({
        "factors": {"ETH": {"range": "0.15", "loading": ["0.75", "0.98"]}},
        "assets": {"ETH": {"price": "2000", "factors": ["ETH"]}},
        "holdings": {"ETH": "1"},
        "perps": [{"underlying": "ETH", "size": "-1", "entry": "2000", "mark": "2000"}],
    });
    let told = answer(&book);
    assert_eq!((seen(&told["requirement"]), seen(&told["hedge_relief"])), (json!("20.00"), json!("580.00")));
    let expected = json!([
        {"name": "ETH", "alone": "300.00", "contribution": "-280.00", "one_more": "280.00"},
        {"name": "ETH perp", "alone": "300.00", "contribution": "-280.00", "one_more": "280.00"},
    ]);
    assert_eq!(seen(&told["legs"]), expected);
    let text = String::from_utf8(run(&book.to_string(), &[]).stdout).unwrap();
    assert!(text.contains("\n  hedges relieve  580.00\n"), "{text}");
    let mut owing = book.clone();
    owing["debts"] = json!({"ETH": "1"});
    assert_eq!(answer(&owing)["legs"][1]["name"], "ETH owed");
    let mut many = book;
    many["perps"] = json!(vec![many["perps"][0].clone(); 64]);
    assert_eq!(answer(&many)["legs"], json!([]), "65 legs are not told apart");
}

#[test]
fn health_is_at_maintenance_whatever_the_tier() {
    let initial = answer(&with("/tier", json!("initial")));
    assert_eq!(seen(&initial["requirement"]), "18915.93");
    assert_eq!(seen(&initial["health"]), "6.608185");
    let stretched = answer(&with("/tiers", json!({"initial": "2", "target": "1.5"})));
    assert_eq!(seen(&stretched["requirements"]["initial"]), "30265.49");
}

#[test]
fn standard_mode_adds_up() {
    let answer = answer(&with("/mode", json!("standard")));
    assert_eq!(
        (&answer["requirement"], &answer["standard"]),
        (&json!("17000.00000000"), &json!("17000.00000000"))
    );
}

#[test]
fn depth_tails_and_sides_count() {
    let mut book = with(
        "/factors/BTC",
        json!({
            "range_down": "0.15", "range_up": "0.4", "loading": ["0", "0"],
            "depth": "1000000", "lambda": "0.5", "tails": [["-4", "0.2"], {"multiple": "25", "weight": "0.04"}],
        }),
    );
    book["holdings"] = json!({});
    let long = answer(&book);
    assert_eq!((seen(&long["tails"]), seen(&long["joint"])), (json!("12000.00"), json!("15000.00")));
    assert_eq!(seen(&long["addon"]), "15811.39");
    book["perps"][0]["size"] = json!("-1");
    let short = answer(&book);
    assert_eq!((seen(&short["tails"]), seen(&short["joint"])), (json!("40000.00"), json!("40000.00")));
}

#[test]
fn a_malformed_book_is_refused_by_its_field() {
    let cases = [
        ("/tier", json!("final"), "tier: must be one of maintenance, target, initial"),
        ("/mode", json!(1), "mode: must be text"),
        ("/colour", json!(1), "colour: is not a field here"),
        ("/factors/BTC/range", json!("1.5"), "factors.BTC.range: must be from 0 to 1"),
        ("/factors/BTC/range", json!("-0.1"), "factors.BTC.range: must be from 0 to 1"),
        ("/factors/BTC/range", json!("0.0000000001"), "factors.BTC.range: has more than 9 decimals"),
        ("/factors/BTC/range", json!("abc"), "factors.BTC.range: is not a decimal number"),
        ("/factors/BTC/range", json!(null), "factors.BTC.range: must be a decimal number"),
        ("/factors/BTC/range_up", json!("0.2"), "factors.BTC.range: stands beside"),
        ("/factors/BTC", json!({"loading": ["0", "1"]}), "factors.BTC.range: is missing"),
        (
            "/factors/BTC",
            json!({"range_up": "1", "loading": ["0", "1"]}),
            "factors.BTC.range_down: is missing",
        ),
        (
            "/factors/BTC",
            json!({"range_down": "1", "loading": ["0", "1"]}),
            "factors.BTC.range_up: is missing",
        ),
        (
            "/factors/BTC",
            json!({"range_down": "1", "range_up": "4.1", "loading": ["0", "1"]}),
            "factors.BTC.range_up: a rise may be 4",
        ),
        (
            "/factors/BTC",
            json!({"range_down": "1", "range_up": "3.9", "loading": ["0", "1"]}),
            "factors.BTC: a rise may be 4",
        ),
        ("/factors/BTC/loading", json!(["0.9", "0.8"]), "factors.BTC.loading: the loading in calm exceeds"),
        ("/factors/BTC/loading", json!(["0.9"]), "factors.BTC.loading: must be two fractions"),
        ("/factors/BTC/loading/1", json!("1.1"), "factors.BTC.loading[1]: must be from 0 to 1"),
        ("/factors/BTC", json!({"range": "0.1"}), "factors.BTC.loading: is missing"),
        ("/factors/BTC/depth", json!("5"), "factors.BTC.lambda: is missing"),
        ("/factors/BTC/lambda", json!("5"), "factors.BTC.depth: is missing"),
        ("/factors/BTC/tails", json!([["5", "0.3"]]), "factors.BTC.tails[0]: weight x |multiple|"),
        ("/factors/BTC/tails", json!([["5"]]), "factors.BTC.tails[0]: must be a pair"),
        ("/factors/BTC/tails", json!([{"multiple": "5"}]), "factors.BTC.tails[0].weight: is missing"),
        ("/factors/BTC/beta", json!("1"), "factors.BTC.beta: is not a field here"),
        ("/assets/USDC/price", json!("-1"), "assets.USDC.price: must be above zero"),
        ("/assets/USDC/price", json!("0"), "assets.USDC.price: must be above zero"),
        ("/assets/USDC/price", json!("1e400"), "assets.USDC.price: is absurdly large"),
        ("/assets/USDC", json!({"factors": ["USDC"]}), "assets.USDC.price: is missing"),
        ("/assets/USDC", json!({"price": "1"}), "assets.USDC.factors: is missing"),
        ("/assets/USDC/factors", json!(["USDC", "USDT"]), "assets.USDC.factors[1]: there is no factor USDT"),
        ("/assets/USDC/factors", json!([]), "assets.USDC.factors: is empty"),
        ("/assets/USDC/factors", json!(["USDC", "USDC"]), "assets.USDC.factors[1]: USDC occurs twice"),
        ("/holdings/DOGE", json!("1"), "holdings.DOGE: there is no asset DOGE"),
        ("/holdings/USDC", json!("-1"), "holdings.USDC: is negative"),
        ("/holdings/USDC", json!(true), "holdings.USDC: must be a decimal number"),
        ("/holdings", json!([]), "holdings: must be an object, and is a list"),
        ("/debts", json!({"USDC": "-1"}), "debts.USDC: is negative"),
        ("/perps/0/mark", json!("0"), "perps[0].mark: must be above zero"),
        ("/perps/0/mark", json!("-5"), "perps[0].mark: must be above zero"),
        ("/perps/0/entry", json!(""), "perps[0].entry: is not a decimal number"),
        ("/perps/0/underlying", json!("XAU"), "perps[0].underlying: there is no factor XAU"),
        ("/perps/0/size", json!("100000000000000000000"), "perps[0].size: is worth more than"),
        ("/perps/0", json!({"underlying": "BTC"}), "perps[0].size: is missing"),
        ("/perps/0/leverage", json!("3"), "perps[0].leverage: is not a field here"),
        ("/standalone_floor", json!("2"), "standalone_floor: must be from 0 to 1"),
        ("/tiers", json!({"initial": "0.9"}), "tiers.initial: must be from 1 to"),
        ("/tiers", json!({"initial": "1.05"}), "tiers.target: is above tiers.initial"),
    ];
    for (pointer, value, reason) in cases {
        let refusal = refusal(&with(pointer, value).to_string());
        assert!(refusal.starts_with(reason), "expected {reason:?}, found {refusal:?}");
    }
}

#[test]
fn what_is_no_book_is_refused() {
    for text in ["", "{", "[1", "{} {}", "\u{0}", &"[".repeat(100_000)] {
        assert!(refusal(text).starts_with("not JSON"), "{text:.9}");
    }
    assert!(refusal("[]").starts_with("must be an object, and is a list"));
    assert!(refusal(r#"{"holdings": {}, "holdings": {}}"#).starts_with("holdings: occurs twice"));
    let twice = sound().to_string().replace(r#""size":"1""#, r#""size":"1","size":"2""#);
    assert!(refusal(&twice).starts_with("perps[0].size: occurs twice"));
    let missing =
        Command::new(env!("CARGO_BIN_EXE_cistern")).args(["margin", "no-such.json"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8(missing.stderr).unwrap().starts_with("error: no-such.json: cannot be read"));
}

#[test]
fn sums_beyond_all_bounds_are_refused() {
    let many: Vec<Value> = (0..40)
        .map(|_| json!({"underlying": "BTC", "size": "1", "entry": "1", "mark": "100000000000000000000"}))
        .collect();
    assert!(refusal(&with("/perps", json!(many)).to_string()).starts_with("adds up to an absurd value"));
}

#[test]
fn parameters_supply_what_the_book_leaves_out() {
    let params = file(
        "parts.toml",
        r#"
        [factors.BTC]
        range_down = "0.15"
        range_up = "0.15"
        loading = ["0.75", "0.98"]
        [factors.USDC]
        range = "0.5"
        loading = ["0", "0"]
        [assets.USDC]
        factors = ["USDC"]
        [settings]
        gross_floor = "0.02"
        initial = "1.5"
    "#,
    );
    let mut book = sound();
    book["factors"].as_object_mut().unwrap().remove("BTC");
    book["assets"]["USDC"] = json!({"price": "1"});
    let answer = answer_with(&book.to_string(), &["--params", &params]);
    assert_eq!(seen(&answer["requirement"]), "15132.75", "the book's own USDC");
    assert_eq!(answer["gross_floor"], "2000.00000000");
    assert_eq!(seen(&answer["requirements"]["initial"]), "22699.12");
}

#[test]
fn the_parameters_of_a_pool_will_do() {
    let pool = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../params/baseline.toml");
    let book = json!({"assets": {"USDC": {"price": "1"}}, "holdings": {"USDC": "1000"}});
    let answer = answer_with(&book.to_string(), &["--params", pool.to_str().unwrap()]);
    assert_eq!((seen(&answer["requirement"]), seen(&answer["health"])), (json!("20.00"), json!("49.999999")));
}

#[test]
fn unusable_parameters_are_refused_by_their_file() {
    for (text, reason) in [
        ("x", "not TOML"),
        ("[factors.BTC]\nrange = 0.15\n", "factors.BTC.range: must be a decimal number in quotes"),
        ("[settings]\nspeed = 1\n", "settings.speed: is not a field here"),
        ("[[factor]]\nname = \"BTC\"\n", "margin is missing"),
    ] {
        let path = file("unusable.toml", text);
        let output = run("{}", &["--params", &path]);
        let found = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{found}");
        assert!(found.starts_with(&format!("error: {path}: {reason}")), "{found}");
    }
}

#[test]
fn people_read_aligned_dollars_and_what_decides() {
    let output = run(&sound().to_string(), &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("Margin at maintenance, portfolio mode, in US dollars\n"), "{text}");
    assert!(text.contains("\n  collateral                           100,000.00\n"), "{text}");
    assert!(text.contains("\n  requirement                           15,132.75\n"), "{text}");
    assert!(
        text.contains("The worst joint scenario decides. Worst scenario: everything falls together"),
        "{text}"
    );
    assert!(text.contains("\nHealth 6.608185") && text.ends_with(": the account is healthy.\n"), "{text}");
}
