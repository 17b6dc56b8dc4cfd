use cistern_engine::event::Event;

use crate::scenario::{
    names::Names,
    number::{self, dollars},
};

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
        _ => return claims(event, names),
    };
    Some(told)
}

/// Claims for listed holders.
fn claims(event: &Event, names: &Names<'_>) -> Option<String> {
    let told = match event {
        Event::HolderAllowed { asset, owner } => {
            format!("{} may hold {}", names.owner_name(*owner), names.asset_name(*asset))
        }
        Event::HolderRemoved { asset, owner } => {
            format!("{} may take no more {}", names.owner_name(*owner), names.asset_name(*asset))
        }
        Event::Committed { account, asset, commitment } => {
            let (account, asset) = (names.account_name(*account), names.asset_name(*asset));
            let lasting = dollars(commitment.lasting);
            if commitment.ending > commitment.lasting {
                let (ending, end) = (dollars(commitment.ending), number::moment(commitment.ends_at));
                format!("{account} stands ready to buy {lasting} of {asset}, and {ending} until {end}")
            } else {
                format!("{account} stands ready to buy {lasting} of {asset}")
            }
        }
        Event::QueueReported { asset, wait } => {
            format!("redemptions of {} wait for {}", names.asset_name(*asset), number::span(*wait))
        }
        _ => return None,
    };
    Some(told)
}
