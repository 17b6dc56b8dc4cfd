//! Before and after, for people.

use cistern_api::{MarginSummary, Simulated};

use crate::columns::{
    Align::{Left, Right},
    cut, dollars, per_cent, table, word,
};

/// An account as it stands and as it would stand.
pub(super) fn table_of(simulated: &Simulated) -> String {
    let mut out = format!("account {}, at entry {}\n", simulated.account.0, simulated.height);
    let before = column(&simulated.before);
    let after = simulated.after.as_ref().map(column);
    let rows: Vec<Vec<String>> = NAMES
        .iter()
        .zip(before)
        .enumerate()
        .map(|(place, (name, before))| {
            let after = after.as_ref().and_then(|column| column.get(place)).cloned();
            vec![(*name).to_owned(), before, after.unwrap_or_else(|| "-".to_owned())]
        })
        .collect();
    out += &table("in US dollars", &[("", Left), ("before", Right), ("after", Right)], &rows);
    if let Some(refused) = &simulated.refused {
        let number = refused.index + 1;
        out += &format!(
            "\naction {number} would be refused: {} ({})\n",
            refused.error.message,
            refused.error.code.as_str()
        );
    }
    if let Some(error) = &simulated.after_error {
        out += &format!("\nit could not be valued then: {} ({})\n", error.message, error.code.as_str());
    }
    out
}

const NAMES: [&str; 11] = [
    "status",
    "collateral",
    "debts",
    "unsettled P&L",
    "equity",
    "initial margin",
    "maintenance margin",
    "free collateral",
    "withdrawable",
    "health",
    "margin ratio",
];

fn column(margin: &MarginSummary) -> [String; 11] {
    let none = || "-".to_owned();
    [
        word(&margin.status),
        dollars(&margin.collateral_value.0),
        dollars(&margin.debts_value.0),
        dollars(&margin.unsettled_pnl.0),
        dollars(&margin.equity.0),
        dollars(&margin.initial_margin.0),
        dollars(&margin.maintenance_margin.0),
        dollars(&margin.free_collateral.0),
        dollars(&margin.withdrawable.0),
        margin.health.as_ref().map_or_else(none, |ratio| cut(&ratio.0, 2)),
        margin.margin_ratio.as_ref().map_or_else(none, |ratio| per_cent(&ratio.0)),
    ]
}
