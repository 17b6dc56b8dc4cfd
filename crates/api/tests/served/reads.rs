//! What can be read about the pool.

use cistern_engine::ids::AccountId;
use serde_json::{Value, json};

use crate::{
    http::{get, post},
    world::{ALICE, BOB, World},
};

/// A census of everything that was applied has been taken.
fn counted(world: &World) -> Value {
    let height = world.node.head().height;
    world.until("/v1/risk/pool", |pool| pool["census_height"].as_u64() == Some(height))
}

#[test]
fn a_pool_that_is_not_founded_can_be_read() {
    let world = World::empty();
    let address = world.server.address();
    for path in ["assets", "markets", "oracle/prices", "accounts", "liquidations/candidates", "history"] {
        let list = get(address, &format!("/v1/{path}")).good();
        assert_eq!((&list["items"], &list["next_cursor"]), (&json!([]), &Value::Null), "{path}");
    }
    for path in ["risk/pool", "risk/params"] {
        get(address, &format!("/v1/{path}")).good();
    }
    get(address, "/v1/accounts/2").error(404, "ACCOUNT_NOT_FOUND");
}

#[test]
fn assets_markets_and_prices_are_listed() {
    let world = World::populated();
    let address = world.server.address();
    let assets = get(address, "/v1/assets").good();
    let eth = &assets["items"][1];
    assert_eq!(
        (&eth["asset"], &eth["price"], &eth["custody"]),
        (&json!("ETH"), &json!("2000"), &json!("20"))
    );
    assert_eq!((&eth["collateral_factor"], &eth["class"]), (&json!("0.82"), &json!("blue_chip")));
    assert_eq!(assets["items"][0]["utilisation"], "0.2");
    let market = &get(address, "/v1/markets").good()["items"][0];
    assert_eq!((&market["market"], &market["open_interest"]), (&json!("ETH-PERP"), &json!("5")));
    assert_eq!((&market["mark_price"], &market["open_interest_value"]), (&json!("2000"), &json!("10000")));
    let price = &get(address, "/v1/oracle/prices").good()["items"][1];
    assert_eq!(
        (&price["feed"], &price["price"], &price["validity"]),
        (&json!("ETH"), &json!("2000"), &json!("full"))
    );
    assert_eq!(
        price["sources"][2],
        json!({"source": "gamma", "group": 2, "price": "2000", "confidence": "0",
        "published_at": crate::world::BEGIN + 1_000})
    );
}

#[test]
fn an_account_has_a_reason_for_each_number() {
    let world = World::populated();
    let address = world.server.address();
    let account = get(address, &format!("/v1/accounts/{ALICE}")).good();
    let summary = world.node.read(|engine| engine.summary(AccountId(ALICE)).expect("she is there"));
    let dollars = |value: cistern_units::Value| cistern_api::wire::number::value(value);
    assert_eq!(account["equity"], dollars(summary.equity));
    assert_eq!(account["maintenance_margin"], dollars(summary.maintenance_margin));
    assert_eq!(account["free_collateral"], dollars(summary.free_collateral));
    assert_eq!(
        (&account["status"], &account["mode"], &account["breach"]),
        (&json!("healthy"), &json!("portfolio"), &Value::Null)
    );
    assert_eq!(account["debts"], json!([{"asset": "USDC", "amount": "1000", "price": "1", "value": "1000"}]));
    let position = &account["positions"][0];
    assert_eq!(
        (&position["size"], &position["entry_price"], &position["notional"]),
        (&json!("5"), &json!("2000"), &json!("10000"))
    );
    let kinds: Vec<&str> = account["contributions"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|part| part["kind"].as_str())
        .collect();
    assert_eq!(kinds, ["held", "owed", "held", "position"]);
    world.until(&format!("/v1/accounts/{ALICE}"), |account| account["params_version"] == 1);
}

#[test]
fn an_account_with_much_open_knows_at_which_price_it_fails() {
    let world = World::populated();
    world.fill(400_000);
    let account = get(world.server.address(), &format!("/v1/accounts/{ALICE}")).good();
    let moves = account["liquidation_prices"].as_array().expect("a list");
    let fall =
        moves.iter().find(|found| found["factor"] == "ETH" && found["side"] == "down").expect("one for ETH");
    let (price, change) = (number(&fall["price"]), number(&fall["change"]));
    assert!((price - 2_000.0 * (1.0 + change)).abs() < 0.01 && (1_000.0..1_900.0).contains(&price), "{fall}");
    let shocks = |change: f64| {
        let body = json!({"account": ALICE, "price_shocks": {"ETH": format!("{change:.6}")}});
        post(world.server.address(), "/v1/simulate", &body).good()["after"]["status"].clone()
    };
    assert_eq!(shocks(change - 0.001), "liquidatable");
    assert_ne!(shocks(change + 0.001), "liquidatable");
}

#[test]
fn what_may_be_withdrawn_is_what_the_engine_lets_go() {
    use cistern_engine::{command::Command, entry::Entry};
    use cistern_units::Amount;

    let world = World::populated();
    // So large a position that not everything may leave.
    world.fill(400_000);
    let account = get(world.server.address(), &format!("/v1/accounts/{ALICE}")).good();
    let held = &account["collateral"][0];
    let (all, leaves): (f64, f64) = (number(&held["amount"]), number(&held["withdrawable"]));
    assert!(leaves > 0.0 && leaves < all, "{held}");
    let takes = |dollars: f64| {
        let amount = Amount::new((dollars * 1e6) as u128);
        let command = Command::Withdraw { account: AccountId(ALICE), asset: crate::world::USDC, amount };
        world.node.read(|engine| {
            let time = engine.state().totals.time;
            engine.preview(&Entry { time, command }).is_ok()
        })
    };
    assert!(takes(leaves) && !takes(leaves + all / 10_000.0), "{held}");
}

fn number(text: &Value) -> f64 {
    text.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("no number: {text}"))
}

#[test]
fn an_account_is_found_by_its_owner_too() {
    let world = World::populated();
    let address = world.server.address();
    let owner = format!("0x{:040x}", BOB);
    assert_eq!(get(address, &format!("/v1/accounts/{owner}")).good()["account"], BOB);
    assert_eq!(get(address, &format!("/v1/accounts/{owner}:0")).good()["account"], BOB);
    get(address, &format!("/v1/accounts/{owner}:1")).error(404, "ACCOUNT_NOT_FOUND");
    get(address, "/v1/accounts/99").error(404, "ACCOUNT_NOT_FOUND");
    get(address, "/v1/accounts/9999999999").error(404, "ACCOUNT_NOT_FOUND");
    get(address, "/v1/accounts/bob").error(400, "INVALID_REQUEST");
    let listed = get(address, &format!("/v1/accounts?owner={owner}")).good();
    assert_eq!((&listed["items"][0]["account"], &listed["next_cursor"]), (&json!(BOB), &Value::Null));
}

#[test]
fn accounts_are_listed_in_pages_without_gaps() {
    let world = World::populated();
    let address = world.server.address();
    counted(&world);
    for sort in ["account", "health"] {
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = get(address, &format!("/v1/accounts?sort={sort}&limit=1{cursor}")).good();
            seen.extend(page["items"].as_array().expect("a list").iter().map(|line| line["account"].clone()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen.len(), 2, "{sort}: {seen:?}");
        assert_ne!(seen[0], seen[1]);
    }
    get(address, "/v1/accounts?limit=0").error(400, "INVALID_REQUEST");
    get(address, "/v1/accounts?limit=1001").error(400, "INVALID_REQUEST");
    get(address, "/v1/accounts?cursor=what").error(400, "INVALID_REQUEST");
    get(address, "/v1/accounts?sort=name").error(400, "INVALID_REQUEST");
}

#[test]
fn the_pool_counts_its_accounts_and_remembers_itself() {
    let world = World::populated();
    let pool = counted(&world);
    assert_eq!((&pool["accounts"], &pool["at_risk"]), (&json!(2), &json!(0)));
    let equity: f64 = [ALICE, BOB]
        .iter()
        .map(|id| number(&get(world.server.address(), &format!("/v1/accounts/{id}")).good()["equity"]))
        .sum();
    assert!((number(&pool["equity"]) - equity).abs() < 1e-6, "{pool}");
    assert_eq!(pool["custody_value"], "80000");
    let shares: f64 =
        pool["assets"].as_array().expect("a list").iter().map(|asset| number(&asset["share"])).sum();
    assert!((shares - 1.0).abs() < 1e-6, "{pool}");
    let counts: u64 = pool["health_bands"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|band| band["accounts"].as_u64())
        .sum();
    assert_eq!(counts, 2);
    let moments = get(world.server.address(), "/v1/risk/pool/history").good();
    let last = moments["items"].as_array().and_then(|items| items.last()).expect("a moment");
    assert_eq!(last["equity"], pool["equity"]);
}

#[test]
fn the_rules_are_listed_with_what_governance_has_scheduled() {
    use cistern_engine::{act::Act, command::Command};
    use cistern_units::Amount;

    let world = World::populated();
    let cap = Amount::new((1 << 99) + 1);
    world.apply(Command::Schedule {
        act: Act::SetDepositCap { asset: crate::world::ETH, per_account: cap, total: cap },
    });
    let rules = get(world.server.address(), "/v1/risk/params").good();
    assert_eq!(rules["tiers"], json!({"maintenance": "1", "target": "1.1", "initial": "1.25"}));
    let factor = &rules["factors"][1];
    assert_eq!(
        (&factor["factor"], &factor["range_down"], &factor["ramp_ends"]),
        (&json!("ETH"), &json!("0.18"), &Value::Null)
    );
    assert_eq!(rules["pending_acts"][0]["act"]["type"], "set_deposit_cap");
    assert_eq!(rules["markets"][0]["open_interest"], "5");
}

#[test]
fn accounts_that_fail_are_candidates_and_in_the_history() {
    let world = World::populated();
    world.fill(450_000);
    world.prices(1_500);
    world.prices(1_500);
    let address = world.server.address();
    counted(&world);
    let found = get(address, "/v1/liquidations/candidates").good();
    let alice = &found["items"][0];
    assert_eq!(alice["account"], ALICE, "{found}");
    assert!(["liquidatable", "bankrupt"].contains(&alice["status"].as_str().expect("text")), "{alice}");
    assert_eq!(alice["breach"]["ticks"], 2);
    assert_eq!(get(address, "/v1/liquidations/candidates?max_health=0").good()["items"], json!([]));
    get(address, "/v1/liquidations/candidates?max_health=-1").error(400, "INVALID_REQUEST");
    let history = get(address, "/v1/liquidations/history").good();
    assert_eq!(
        (&history["items"][0]["type"], &history["items"][0]["account"]),
        (&json!("margin_breached"), &json!(ALICE))
    );
    let own = get(address, &format!("/v1/accounts/{BOB}/history?kind=lent")).good();
    assert_eq!(
        (own["items"].as_array().map(Vec::len), &own["items"][0]["amount"]),
        (Some(1), &json!("5000"))
    );
    let mut pages = 0;
    let mut cursor = String::new();
    let mut last = u64::MAX;
    loop {
        let page = get(address, &format!("/v1/history?limit=7{cursor}")).good();
        for event in page["items"].as_array().expect("a list") {
            let seq = event["seq"].as_u64().expect("a number");
            assert!(seq < last, "newest first, none twice");
            last = seq;
        }
        pages += 1;
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert!(pages > 2 && last == 1, "{pages} pages down to {last}");
    get(address, "/v1/history?kind=nothing").error(400, "INVALID_REQUEST");
}
