use cistern_engine::{
    event::Event,
    ids::{AccountId, AssetId},
};
use cistern_units::{Amount, Shares};

use crate::scenario::names::Names;

/// Loans and debts.
pub(super) fn lending(event: &Event, names: &Names<'_>) -> Option<String> {
    let does = |account: &AccountId, verb: &str, asset: &AssetId, amount: &Amount| {
        let (account, units) = (names.account_name(*account), names.units(*asset, *amount));
        format!("{account} {verb} {units}")
    };
    let name = |account: &AccountId| names.account_name(*account);
    let told = match event {
        Event::Lent { account, asset, amount, .. } => does(account, "lends", asset, amount),
        Event::Recalled { account, asset, amount, .. } => does(account, "recalls", asset, amount),
        Event::Borrowed { account, asset, amount, .. } => does(account, "borrows", asset, amount),
        Event::Repaid { account, asset, amount, .. } => does(account, "repays", asset, amount),
        Event::InterestAccrued { asset, interest, .. } => {
            format!("interest on {} is {}", names.asset_name(*asset), names.units(*asset, *interest))
        }
        Event::LendingHalted { asset } => {
            format!("lending of {} halts: somebody who owes it can no longer pay", names.asset_name(*asset))
        }
        Event::LendingResumed { asset } => format!("lending of {} goes on", names.asset_name(*asset)),
        Event::DebtMoved { from, to, asset, shares } => {
            format!("{} takes over {}'s debt of {}", name(to), name(from), owed(*asset, *shares, names))
        }
        Event::LoanMoved { from, to, asset, shares } => {
            format!("{} takes over {}'s loan of {}", name(to), name(from), lent(*asset, *shares, names))
        }
        _ => return None,
    };
    Some(told)
}

/// What so many shares of debt cost now.
pub(crate) fn owed(asset: AssetId, shares: Shares, names: &Names<'_>) -> String {
    let amount = names.state.pool(asset).ok().and_then(|pool| pool.owed_index.worth_up(shares).ok());
    names.units(asset, amount.unwrap_or(Amount::ZERO))
}

/// What so many shares of the lending pool are worth now.
pub(crate) fn lent(asset: AssetId, shares: Shares, names: &Names<'_>) -> String {
    let amount = names.state.pool(asset).ok().and_then(|pool| pool.lent_index.worth_down(shares).ok());
    names.units(asset, amount.unwrap_or(Amount::ZERO))
}
