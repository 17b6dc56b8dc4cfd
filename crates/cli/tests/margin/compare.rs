//! A book beside the rules of others: every profile reproduces a figure that its system, or who quotes it, has published.

use std::path::Path;

use serde_json::{Value, json};

use crate::run::{answer_with, books, run, seen, sound};

/// What a profile says of a book.
#[track_caller]
fn peer(book: &Value, name: &str) -> Value {
    let answer = answer_with(&book.to_string(), &["--compare"]);
    let peers = answer["comparison"]["peers"].as_array().unwrap();
    peers.iter().find(|peer| peer["name"] == name).unwrap_or_else(|| panic!("no {name}")).clone()
}

/// Borrowing power, initial and maintenance of a profile, to the cent.
#[track_caller]
fn figures(book: &Value, name: &str) -> [String; 3] {
    let peer = peer(book, name);
    assert_eq!(peer["inexpressible"], Value::Null, "{peer}");
    ["borrowing_power", "initial", "maintenance"]
        .map(|field| seen(&peer["figures"][field]).as_str().unwrap().to_owned())
}

/// A book of assets with a price, a quantity that is owned, and perhaps debts and perpetuals; one factor will do.
fn book(holdings: &[(&str, &str, &str)]) -> Value {
    let mut book = json!({
        "factors": {"BTC": {"range": "0.1", "loading": ["0", "0"]}, "ETH": {"range": "0.1", "loading": ["0", "0"]}},
        "assets": {"USDC": {"price": "1", "factors": ["BTC"]}, "WETH": {"price": "4000", "factors": ["ETH"]}},
        "holdings": {},
    });
    for (name, quantity, price) in holdings {
        book["assets"][name] = json!({"price": price, "factors": ["BTC"]});
        book["holdings"][name] = json!(quantity);
    }
    book
}

#[test]
fn buffers_of_lending_pools_are_the_published_ones() {
    // Quoted beside the parameters: 1 - LT (1 + LB), in per cent to a tenth.
    for (profile, asset, expected) in [
        ("Aave v3 Core", "USDC", "0.185"),
        ("Aave v3 Core", "WETH", "0.129"),
        ("Aave v3 Core", "wstETH", "0.141"),
        ("Aave v3 Core", "weETH", "0.144"),
        ("Aave v3 Core", "WBTC", "0.181"),
        ("Aave v3 Core", "cbBTC", "0.162"),
        ("Aave v3 Core", "AAVE", "0.183"),
        ("Aave v3 e-mode wstETH", "wstETH", "0.030"),
        ("Aave v3 e-mode weETH", "weETH", "0.041"),
        ("SparkLend", "WETH", "0.097"),
        ("SparkLend", "wstETH", "0.101"),
        ("SparkLend", "weETH", "0.120"),
        ("SparkLend", "cbBTC", "0.114"),
        ("SparkLend", "sUSDS", "0.160"),
    ] {
        let peer = peer(&book(&[(asset, "10", "1000")]), profile);
        let buffer: f64 = peer["figures"]["gap_buffer"].as_str().unwrap().parse().unwrap();
        let expected: f64 = expected.parse().unwrap();
        assert!((buffer - expected).abs() < 0.000_501, "{profile} {asset}: {buffer}, published {expected}");
    }
}

#[test]
fn a_loan_reaches_as_far_as_the_published_factors() {
    // Compound III: 82.5 / 89.5 for WETH in its USDC market; Euler Prime: 84 / 86, and 94 / 96 for wstETH against WETH.
    for (profile, asset, expected) in [
        ("Aave v3 Core", "WETH", ["32200.00", "7800.00", "6800.00"]),
        ("Compound III USDC", "WETH", ["33000.00", "7000.00", "4200.00"]),
        ("Compound III WETH", "wstETH", ["36000.00", "4000.00", "2800.00"]),
        ("Euler Prime USDC", "WETH", ["33600.00", "6400.00", "5600.00"]),
        ("Euler Prime WETH", "wstETH", ["37600.00", "2400.00", "1600.00"]),
    ] {
        assert_eq!(figures(&book(&[(asset, "10", "4000")]), profile), expected, "{profile}");
    }
    let unfixed = peer(&book(&[("WETH", "10", "4000")]), "Compound III USDC");
    assert_eq!(unfixed["figures"]["gap_buffer"], Value::Null, "it has no bonus");
}

#[test]
fn a_debt_takes_from_what_is_free() {
    let mut book = book(&[("WETH", "10", "4000")]);
    book["debts"] = json!({"USDC": "10000"});
    // The requirement is the haircut of the collateral; what may be owed in all stays.
    assert_eq!(figures(&book, "Aave v3 Core"), ["32200.00", "7800.00", "6800.00"]);
    let answer = answer_with(&book.to_string(), &["--compare"]);
    assert_eq!(answer["comparison"]["ours"]["initial"], answer["requirements"]["initial"]);
}

/// 100 wstETH worth $400,000 beside a short of 100 ETH at $4,000.
fn staked() -> Value {
    let mut book = book(&[("wstETH", "100", "4000")]);
    book["perps"] = json!([{"underlying": "ETH", "size": "-100", "entry": "4000", "mark": "4000"}]);
    book
}

#[test]
fn a_hedged_staked_token_under_derives_rules_is_worth_what_was_quoted() {
    // $261.6k usable for new risk under standard margin (.72 less 6.6 %), $344.0k under portfolio margin (14 %), $353.6k at
    // maintenance.
    assert_eq!(figures(&staked(), "Derive standard")[0], "261600.00");
    let portfolio = figures(&staked(), "Derive portfolio ETH");
    assert_eq!((portfolio[0].as_str(), portfolio[2].as_str()), ("344000.00", "46400.00"));
    let mut depegged = staked();
    depegged["assets"]["wstETH"]["price"] = json!("3600");
    // A discount of 10 %: 8.6 % of 360,000, 3 % of 400,000, and four fifths of 18 % of the 40,000 that is hedged no more. Quoted
    // were $317.0k until liquidation, which leaves out the last part.
    assert_eq!(figures(&depegged, "Derive portfolio ETH")[2], "48720.00");
    assert_eq!(360_000.0 - 30_960.0 - 12_000.0, 317_040.0);
}

#[test]
fn an_account_on_bitcoin_under_derives_portfolio_margin_needs_its_grid() {
    // 18 % of the worst move, 3 % + 1 % of contingency; four fifths of the loss at maintenance.
    assert_eq!(figures(&sound(), "Derive portfolio BTC"), ["78000.00", "22000.00", "17400.00"]);
    let mut naked = sound();
    naked["perps"][0]["size"] = json!("-1");
    assert_eq!(figures(&naked, "Derive portfolio BTC")[1], "22000.00");
}

#[test]
fn paradex_scans_and_asks_for_a_least_delta() {
    assert_eq!(figures(&sound(), "Paradex portfolio"), ["84000.00", "16000.00", "8000.00"]);
    // Hedged by itself nothing is lost in any scenario: 1 % of one hedged contract is left.
    let mut hedged = sound();
    hedged["perps"] = json!([
        {"underlying": "BTC", "size": "1", "entry": "100000", "mark": "100000"},
        {"underlying": "BTC", "size": "-1", "entry": "100000", "mark": "100000"},
    ]);
    assert_eq!(figures(&hedged, "Paradex portfolio"), ["99000.00", "1000.00", "500.00"]);
}

/// 1 BTC and a short of one perpetual from 100,000, at a price.
fn carry(price: &str) -> Value {
    let mut book = book(&[("BTC", "1", price)]);
    book["perps"] = json!([{"underlying": "BTC", "size": "-1", "entry": "100000", "mark": price}]);
    book
}

#[test]
fn a_carry_trade_at_hyperliquid_ends_where_its_documentation_says() {
    // At 150,000 it borrows 50,000 and goes on; at 200,000 the borrowed 100,000 are all that half of a bitcoin lends, and
    // the trader must reduce: nothing is left for the margin of the perpetual, a fortieth.
    let free = |price: &str| {
        let peer = peer(&carry(price), "Hyperliquid portfolio");
        let initial: f64 = peer["figures"]["initial"].as_str().unwrap().parse().unwrap();
        100_000.0 - initial // equity is one bitcoin at the price of the entry
    };
    assert_eq!(free("150000"), 150_000.0 * 0.5 - 50_000.0 - 150_000.0 / 40.0);
    assert_eq!(free("200000"), -200_000.0 / 40.0);
    // Liquidation: requirement over 95 % of three quarters of a bitcoin.
    let peer = peer(&carry("200000"), "Hyperliquid portfolio");
    let maintenance = 100_000.0 - (150_000.0 * 0.95 - 20.0 - 200_000.0 / 80.0 - 100_000.0);
    assert_eq!(seen(&peer["figures"]["maintenance"]), format!("{maintenance:.2}"));
}

#[test]
fn a_large_perpetual_at_hyperliquid_has_less_leverage() {
    let mut book = book(&[("USDC", "20000000", "1")]);
    book["perps"] = json!([{"underlying": "BTC", "size": "2000", "entry": "100000", "mark": "100000"}]);
    // $200m: 20x in all; at maintenance a half of 40x up to $150m and of 20x beyond.
    let [power, initial, _] = figures(&book, "Hyperliquid portfolio");
    assert_eq!((power.as_str(), initial.as_str()), ("10000000.00", "10000000.00"));
    let peer = peer(&book, "Hyperliquid portfolio");
    let free = 20_000_000.0 * 0.95 - 20.0 - 1_875_000.0 - 1_250_000.0;
    assert_eq!(seen(&peer["figures"]["maintenance"]), format!("{:.2}", 20_000_000.0 - free));
}

#[test]
fn drift_counts_sol_as_its_documentation_says() {
    // 2,000 SOL at .80: the size does not bound them; 100,000 are bound to .564, a million to .275.
    let free = |quantity: &str| figures(&book(&[("SOL", quantity, "100")]), "Drift v2");
    assert_eq!(free("2000"), ["160000.00", "40000.00", "20000.00"]);
    assert!(free("100000")[0].starts_with("5644"), "{:?}", free("100000"));
    assert!(free("1000000")[0].starts_with("2750"), "{:?}", free("1000000"));
}

/// 10,000 USDC, and long 10 BTC from 10,000.
fn mango(mark: &str) -> Value {
    let mut book = book(&[("USDC", "10000", "1")]);
    book["perps"] = json!([{"underlying": "BTC", "size": "10", "entry": "10000", "mark": mark}]);
    book
}

#[test]
fn mangos_example_has_its_health() {
    // Its documentation: initial health 0 and maintenance health 5,000; -700 when the mark is 9,400.
    let health = |mark: &str, equity: f64| {
        let peer = peer(&mango(mark), "Mango");
        ["initial", "maintenance"].map(|tier| {
            let needed: f64 = peer["figures"][tier].as_str().unwrap().parse().unwrap();
            equity - needed
        })
    };
    assert_eq!(health("10000", 10_000.0), [0.0, 5_000.0]);
    assert_eq!(health("9400", 4_000.0)[1], -700.0);
    // What a perpetual has gained beyond its margin counts for nothing.
    assert_eq!(health("20000", 110_000.0), [10_000.0, 10_000.0]);
}

#[test]
fn a_rule_without_an_answer_says_why() {
    let mut traded = sound();
    traded["perps"][0]["underlying"] = json!("USDC");
    let mut owing = book(&[("WETH", "10", "4000")]);
    owing["debts"] = json!({"WETH": "1"});
    let mut two = staked();
    two["perps"] = json!([
        {"underlying": "BTC", "size": "1", "entry": "1", "mark": "1"},
        {"underlying": "ETH", "size": "1", "entry": "1", "mark": "1"},
    ]);
    two["holdings"] = json!({});
    let mut dated = sound();
    dated["now"] = json!("2026-01-01T00:00:00Z");
    dated["futures"] = json!([
        {"underlying": "BTC", "expiry": "2026-02-01T00:00:00Z", "size": "1", "entry": "1", "mark": "1"},
    ]);
    for (book, profile, why) in [
        (&sound(), "Aave v3 Core", "no derivatives"),
        (&book(&[("DOGE", "1", "1")]), "Aave v3 Core", "no DOGE as collateral"),
        (&owing, "Compound III USDC", "no debts in WETH"),
        (&traded, "Derive standard", "no perpetual on USDC"),
        (&dated, "Derive standard", "no dated futures"),
        (&owing, "Derive standard", "no debts in WETH"),
        (&sound(), "Drift v2", "no perpetuals"),
        (&two, "Paradex portfolio", "one underlying in each account"),
        (&staked(), "Paradex portfolio", "no wstETH as collateral"),
        (&dated, "Paradex portfolio", "no dated futures"),
        (&traded, "Derive portfolio BTC", "no perpetual on USDC"),
        (&dated, "Hyperliquid portfolio", "no dated futures"),
        (&traded, "Hyperliquid portfolio", "no perpetual on USDC"),
        (&staked(), "Hyperliquid portfolio", "no wstETH as collateral"),
    ] {
        let peer = peer(book, profile);
        assert_eq!((&peer["inexpressible"], &peer["figures"]), (&json!(why), &Value::Null), "{profile}");
    }
}

#[test]
fn every_profile_is_shown_with_its_day_and_its_source() {
    let answer = answer_with(&sound().to_string(), &["--compare"]);
    let peers = answer["comparison"]["peers"].as_array().unwrap();
    let files = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../params/peers")).unwrap();
    assert_eq!(peers.len(), files.count(), "every file of params/peers");
    for peer in peers {
        assert!(peer["as_of"].as_str().unwrap().starts_with("20"), "{peer}");
        assert!(peer["source"].as_str().unwrap().len() > 20, "{peer}");
        assert_ne!(peer["figures"].is_null(), peer["inexpressible"].is_null(), "{peer}");
    }
}

#[test]
fn people_read_a_comparison_in_eighty_columns() {
    for entry in std::fs::read_dir(books()).unwrap() {
        let path = entry.unwrap().path();
        let output = run(&std::fs::read_to_string(&path).unwrap(), &["--compare"]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("\n  this model "), "{text}");
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{}: {line}", path.display());
        }
    }
    let text = String::from_utf8(run(&sound().to_string(), &["--compare"]).stdout).unwrap();
    assert!(text.contains("\n  Mango                  2022      90,000   10,000        5,000\n"), "{text}");
    assert!(text.contains("\n  no derivatives       Aave v3 Core, Aave v3 e-mode wstETH,"), "{text}");
}

#[test]
fn paradexs_margin_ratio_is_that_of_standard_mode() {
    // Its documentation: 1 % of each position, 54.8 + 34 = 88.8 for an account value of 80: a ratio of 111 %, liquidated.
    let book = json!({
        "mode": "standard",
        "factors": {
            "BTC": {"range": "0.01", "loading": ["0", "0"]},
            "ETH": {"range": "0.01", "loading": ["0", "0"]},
            "USDC": {"range": "0", "loading": ["0", "0"]},
        },
        "assets": {"USDC": {"price": "1", "factors": ["USDC"]}},
        "holdings": {"USDC": "1000"},
        "perps": [
            {"underlying": "BTC", "size": "0.1", "entry": "60000", "mark": "54800"},
            {"underlying": "ETH", "size": "-1", "entry": "3000", "mark": "3400"},
        ],
    });
    let answer = answer_with(&book.to_string(), &[]);
    assert_eq!((seen(&answer["requirement"]), seen(&answer["equity"])), (json!("88.80"), json!("80.00")));
    assert_eq!((seen(&answer["margin_ratio"]), &answer["liquidatable"]), (json!("1.110000"), &json!(true)));
}
