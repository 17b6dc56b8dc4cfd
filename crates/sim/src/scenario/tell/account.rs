use cistern_engine::{
    ids::AccountId,
    rows::{Account, Form},
    valuation::Summary,
};
use cistern_margin::Mode;

use super::event;
use crate::scenario::{
    names::Names,
    number::{self, dollars},
};

/// Topics of an account, in the order in which they are shown.
pub(crate) const TOPICS: &[&str] = &[
    "equity",
    "collateral-value",
    "debts",
    "unsettled",
    "maintenance-margin",
    "initial-margin",
    "health",
    "free-collateral",
    "withdrawable",
    "mode",
    "balances",
    "items",
    "bids",
    "positions",
    "pnl",
];

/// What is left out of an account unless it is asked for: zero, or the default.
const QUIET: &[&str] = &["collateral-value", "debts", "unsettled", "mode", "pnl"];

/// An account: a line for each topic that was asked for, or for each that says something.
pub(crate) fn account(id: AccountId, summary: &Summary, topics: &[&str], names: &Names<'_>) -> Vec<String> {
    let Ok(row) = names.state.account(id) else {
        return Vec::new();
    };
    let asked = |topic: &&&str| topics.is_empty() || topics.contains(*topic);
    let mut lines = Vec::new();
    for topic in TOPICS.iter().filter(asked) {
        let told = match *topic {
            "balances" => balances(row, names),
            "items" => items(id, names),
            "bids" => bids(id, names),
            "positions" => positions(row, names),
            topic => number_of(topic, row, summary).into_iter().collect(),
        };
        if topics.is_empty() && QUIET.contains(topic) && is_default(topic, row, summary) {
            continue;
        }
        lines.extend(told);
    }
    lines
}

fn number_of(topic: &str, row: &Account, summary: &Summary) -> Option<String> {
    let (name, value) = match topic {
        "equity" => ("equity", dollars(summary.equity)),
        "collateral-value" => ("collateral value", dollars(summary.collateral_value)),
        "debts" => ("debts", dollars(summary.debts)),
        "unsettled" => ("unsettled P&L", dollars(summary.unsettled)),
        "maintenance-margin" => ("maintenance margin", dollars(summary.maintenance_margin)),
        "initial-margin" => ("initial margin", dollars(summary.initial_margin)),
        "health" => {
            ("health", summary.health.map_or("without a requirement".to_owned(), |h| number::ratio(h.raw())))
        }
        "free-collateral" => ("free collateral", dollars(summary.free_collateral)),
        "withdrawable" => ("withdrawable", dollars(summary.withdrawable)),
        "mode" => {
            ("mode", if row.header.mode == Mode::Standard { "standard" } else { "portfolio" }.to_owned())
        }
        "pnl" => ("realised P&L to settle", dollars(row.header.pnl)),
        _ => return None,
    };
    Some(format!("{name} {value}"))
}

fn is_default(topic: &str, row: &Account, summary: &Summary) -> bool {
    match topic {
        "collateral-value" => summary.collateral_value == summary.equity,
        "debts" => summary.debts.is_zero(),
        "unsettled" => summary.unsettled.is_zero(),
        "mode" => row.header.mode == Mode::Portfolio,
        "pnl" => row.header.pnl.is_zero(),
        _ => false,
    }
}

/// What an account holds, lends and owes.
pub(crate) fn balances(row: &Account, names: &Names<'_>) -> Vec<String> {
    let told = row.balances().map(|balance| match balance.form {
        Form::Held => format!("holds {}", names.units(balance.asset, balance.amount())),
        Form::Lent => format!("lends {}", event::lent(balance.asset, balance.as_shares(), names)),
        Form::Owed => format!("owes {}", event::owed(balance.asset, balance.as_shares(), names)),
    });
    told.collect()
}

/// Units of collections that an account has, the oldest first.
fn items(id: AccountId, names: &Names<'_>) -> Vec<String> {
    let own = names.state.items.iter().filter(|(_, item)| item.account == id);
    let mut own: Vec<_> = own.map(|((asset, unit), item)| (item.number, *asset, *unit)).collect();
    own.sort_unstable();
    own.into_iter().map(|(_, asset, item)| format!("has {}", names.item(asset, item))).collect()
}

/// What an account bids for units of collections.
fn bids(id: AccountId, names: &Names<'_>) -> Vec<String> {
    let own = names.state.bids_by(id);
    own.map(|(bid, row)| format!("bid {}: {}", bid.0, event::bid(&row, names))).collect()
}

/// What an account has open.
pub(crate) fn positions(row: &Account, names: &Names<'_>) -> Vec<String> {
    let told = row.positions();
    told.map(|position| event::position(position.market, position.size, position.cost, names)).collect()
}
