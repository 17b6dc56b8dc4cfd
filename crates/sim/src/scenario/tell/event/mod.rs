//! Each kind of event as a sentence.

mod collections;
mod custody;
mod evidence;
mod failures;
mod governance;
mod lending;
mod prices;
mod trades;

use cistern_engine::event::Event;
use cistern_units::Value;

use super::News;
use crate::scenario::{names::Names, number::dollars};

pub(crate) use collections::bid;
pub(crate) use lending::{lent, owed};
pub(crate) use prices::{cause, class};
pub(crate) use trades::{funding, position};

/// An event, or what many came to, as a sentence.
pub(crate) fn news(news: &News, names: &Names<'_>) -> String {
    match news {
        News::Event(told) => event(told, names),
        News::Steps(steps) => {
            let [account, liquidator] = [steps.account, steps.liquidator].map(|id| names.account_name(id));
            let [closed, penalty] = [steps.closed, steps.penalty].map(dollars);
            let count =
                if steps.count == 1 { "one step".to_owned() } else { format!("{} steps", steps.count) };
            format!("{liquidator} takes over {closed} of {account} in {count} for a penalty of {penalty}")
        }
    }
}

/// One event as a sentence.
pub(crate) fn event(event: &Event, names: &Names<'_>) -> String {
    let told = governance::founding(event, names)
        .or_else(|| governance::governance(event, names))
        .or_else(|| custody::custody(event, names))
        .or_else(|| collections::collections(event, names))
        .or_else(|| lending::lending(event, names))
        .or_else(|| prices::prices(event, names))
        .or_else(|| trades::trades(event, names))
        .or_else(|| trades::expiries(event, names))
        .or_else(|| trades::settlements(event, names))
        .or_else(|| failures::liquidations(event, names))
        .or_else(|| failures::losses(event, names))
        .or_else(|| evidence::evidence(event, names))
        .or_else(|| evidence::access(event, names));
    told.unwrap_or_else(|| format!("{event:?}"))
}

fn magnitude(value: Value) -> Value {
    value.absolute().unwrap_or(value)
}
