use cistern_engine::event::Event;

use crate::scenario::names::Names;

/// Accounts, and units that come, go and move.
pub(super) fn custody(event: &Event, names: &Names<'_>) -> Option<String> {
    let does = |account, verb, asset, amount| {
        let (account, units) = (names.account_name(account), names.units(asset, amount));
        format!("{account} {verb} {units}")
    };
    let told = match event {
        Event::AccountOpened { account, .. } => format!("{} is open", names.account_name(*account)),
        Event::StandardModeChosen { account } => {
            format!("{} is margined without offsets", names.account_name(*account))
        }
        Event::PortfolioModeChosen { account } => {
            format!("{} is margined under joint scenarios", names.account_name(*account))
        }
        Event::CollateralCredited { account, asset, amount } => {
            does(*account, "has", *asset, *amount) + " more"
        }
        Event::WithdrawalAuthorized { account, asset, amount } => {
            does(*account, "takes out", *asset, *amount)
        }
        Event::CollateralMoved { from, to, asset, amount } => {
            format!("{} to {}", does(*from, "gives", *asset, *amount), names.account_name(*to))
        }
        _ => return None,
    };
    Some(told)
}
