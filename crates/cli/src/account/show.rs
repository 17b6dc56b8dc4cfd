//! An account for people.

use cistern_api::{AccountSummary, LiquidationPrice, RequirementPart, Side};

use crate::columns::{
    Align::{Left, Right},
    cut, dollars, per_cent, table, word,
};

/// Everything that there is to know of an account.
pub(super) fn table_of(account: &AccountSummary) -> String {
    let owner = format!("{}:{}", account.owner.0, account.sub);
    let mut out = format!(
        "account {}: {}\nowner {owner}, {} margin, at entry {}\n",
        account.account.0,
        word(&account.status),
        word(&account.mode),
        account.height,
    );
    out += &table("margin, in US dollars", &[("", Left), ("", Right)], &margin(account));
    out += &collateral(account);
    out += &debts(account);
    out += &positions(account);
    out += &contributions(account);
    out += &liquidation(account);
    if !account.stale_inputs.is_empty() {
        let feeds: Vec<&str> = account.stale_inputs.iter().map(|feed| feed.0.as_str()).collect();
        out += &format!("\nprices with less than full evidence: {}\n", feeds.join(", "));
    }
    if let Some(breach) = &account.breach {
        let nobody = if breach.deferred { "; nobody could take over" } else { "" };
        out += &format!("\nin breach for {} ticks{nobody}\n", breach.ticks);
    }
    out
}

fn margin(account: &AccountSummary) -> Vec<Vec<String>> {
    let none = || "-".to_owned();
    let ratio = |ratio: Option<&str>| ratio.map_or_else(none, |ratio| cut(ratio, 2));
    [
        ("collateral", dollars(&account.collateral_value.0)),
        ("debts", dollars(&account.debts_value.0)),
        ("unsettled P&L", dollars(&account.unsettled_pnl.0)),
        ("equity", dollars(&account.equity.0)),
        ("initial margin", dollars(&account.initial_margin.0)),
        ("maintenance margin", dollars(&account.maintenance_margin.0)),
        ("free collateral", dollars(&account.free_collateral.0)),
        ("withdrawable", dollars(&account.withdrawable.0)),
        ("health", ratio(account.health.as_ref().map(|ratio| ratio.0.as_str()))),
        ("margin ratio", account.margin_ratio.as_ref().map_or_else(none, |ratio| per_cent(&ratio.0))),
        ("leverage", ratio(account.leverage.as_ref().map(|ratio| ratio.0.as_str()))),
    ]
    .map(|(name, value)| vec![name.to_owned(), value])
    .to_vec()
}

fn collateral(account: &AccountSummary) -> String {
    let rows: Vec<Vec<String>> = account
        .collateral
        .iter()
        .map(|row| {
            vec![
                row.asset.0.clone(),
                word(&row.form),
                row.amount.0.clone(),
                price(row.price.as_ref().map(|price| price.0.as_str())),
                dollars(&row.value.0),
                per_cent(&row.haircut.0),
                dollars(&row.collateral_value.0),
                row.withdrawable.0.clone(),
            ]
        })
        .collect();
    let head = [
        ("asset", Left),
        ("form", Left),
        ("amount", Right),
        ("price", Right),
        ("value", Right),
        ("haircut", Right),
        ("counts", Right),
        ("withdrawable", Right),
    ];
    table("collateral", &head, &rows)
}

fn debts(account: &AccountSummary) -> String {
    let row = |row: &cistern_api::Debt| {
        let price = price(row.price.as_ref().map(|price| price.0.as_str()));
        vec![row.asset.0.clone(), row.amount.0.clone(), price, dollars(&row.value.0)]
    };
    let rows: Vec<Vec<String>> = account.debts.iter().map(row).collect();
    table("debts", &[("asset", Left), ("amount", Right), ("price", Right), ("value", Right)], &rows)
}

fn positions(account: &AccountSummary) -> String {
    let rows: Vec<Vec<String>> = account
        .positions
        .iter()
        .map(|row| {
            vec![
                row.market.0.clone(),
                row.size.0.clone(),
                cut(&row.entry_price.0, 4),
                price(row.mark_price.as_ref().map(|price| price.0.as_str())),
                dollars(&row.notional.0),
                dollars(&row.unrealised_pnl.0),
            ]
        })
        .collect();
    let head = [
        ("market", Left),
        ("size", Right),
        ("entry", Right),
        ("mark", Right),
        ("notional", Right),
        ("unrealised P&L", Right),
    ];
    table("positions", &head, &rows)
}

fn contributions(account: &AccountSummary) -> String {
    let rows: Vec<Vec<String>> = account
        .contributions
        .iter()
        .map(|row| {
            let cells =
                [row.name.clone(), word(&row.kind), dollars(&row.value.0), dollars(&row.contribution.0)];
            cells.to_vec()
        })
        .collect();
    let head = [("", Left), ("", Left), ("value", Right), ("adds", Right)];
    let decided = match account.decided_by {
        RequirementPart::Nothing => "there is nothing to cover".to_owned(),
        RequirementPart::Joint => {
            let scenario = &account.worst_scenario;
            format!(
                "decided by the {} scenario at a common move of {}",
                word(&scenario.end),
                scenario.level.0
            )
        }
        other => format!("decided by {}", word(&other)),
    };
    table(&format!("what the requirement at maintenance is made of ({decided})"), &head, &rows)
}

fn liquidation(account: &AccountSummary) -> String {
    let rows: Vec<Vec<String>> = account.liquidation_prices.iter().filter_map(move_of).collect();
    let head = [("factor", Left), ("", Left), ("by", Right), ("to", Right)];
    table("liquidated where one factor alone", &head, &rows)
}

fn move_of(found: &LiquidationPrice) -> Option<Vec<String>> {
    let change = found.change.as_ref()?;
    let way = if found.side == Side::Down { "falls" } else { "rises" };
    let to = price(found.price.as_ref().map(|price| price.0.as_str()));
    Some(vec![found.factor.0.clone(), way.to_owned(), per_cent(change.0.trim_start_matches('-')), to])
}

fn price(price: Option<&str>) -> String {
    price.map_or_else(|| "-".to_owned(), |price| cut(price, 4))
}
