use cistern_engine::{
    event::{Event, LossBearer},
    ids::AccountId,
};

use super::magnitude;
use crate::scenario::{names::Names, number::dollars};

/// Breaches and what is taken over.
pub(super) fn liquidations(event: &Event, names: &Names<'_>) -> Option<String> {
    let name = |account: &AccountId| names.account_name(*account);
    let told = match event {
        Event::ProfitMoved { from, to, value } if value.is_negative() => {
            format!("{} takes over {}'s loss of {}", name(to), name(from), dollars(magnitude(*value)))
        }
        Event::ProfitMoved { from, to, value } => {
            format!("{} gives {} of its realised P&L to {}", name(from), dollars(*value), name(to))
        }
        Event::MarginBreached { account, equity, requirement, ticks } => {
            let [equity, requirement] = [equity, requirement].map(|value| dollars(*value));
            let seen = if *ticks == 1 { "1 tick".to_owned() } else { format!("{ticks} ticks") };
            format!("{} is in breach for {seen}: equity {equity}, requirement {requirement}", name(account))
        }
        Event::MarginRestored { account } => format!("{} is out of breach", name(account)),
        Event::LiquidationStepped { account, liquidator, closed, penalty } => {
            let [closed, penalty] = [closed, penalty].map(|value| dollars(*value));
            format!(
                "{} takes over {closed} of {} for a penalty of {penalty}",
                name(liquidator),
                name(account)
            )
        }
        Event::LiquidationDeferred { account } => format!("nobody can take over {} yet", name(account)),
        _ => return None,
    };
    Some(told)
}

/// Losses that the account cannot bear.
pub(super) fn losses(event: &Event, names: &Names<'_>) -> Option<String> {
    let name = |account: &AccountId| names.account_name(*account);
    let told = match event {
        Event::BadDebtRecorded { account, deficit } => {
            format!("{} has nothing left: {} is bad debt", name(account), dollars(*deficit))
        }
        Event::InsurancePaid { account, value } => {
            format!("the insurance fund pays {} for {}", dollars(*value), name(account))
        }
        Event::LossSocialised { account, bearer: LossBearer::Lenders { asset, amount }, value } => {
            let (asset, amount, value) =
                (names.asset_name(*asset), names.units(*asset, *amount), dollars(*value));
            format!("lenders of {asset} bear {value} of {}'s loss: {amount}", name(account))
        }
        Event::LossSocialised { account, bearer: LossBearer::Profit { account: bearer }, value } => {
            format!("{}'s profit bears {} of {}'s loss", name(bearer), dollars(*value), name(account))
        }
        Event::DebtWrittenOff { account, asset, amount, .. } => {
            format!("{}'s debt of {} is written off", name(account), names.units(*asset, *amount))
        }
        _ => return None,
    };
    Some(told)
}
