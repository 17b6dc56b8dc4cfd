//! After a tick exactly those accounts are in breach that are below maintenance: a full scan against what the tick looked at.

use cistern_engine::{Engine, command::Command, entry::Entry, event::Event, ids::AccountId};
use cistern_margin::Tier;

use super::Broken;

/// Compares the breaches of the state with an exact look at every account. Where a tick also liquidated, others may have
/// changed after it looked.
///
/// # Errors
/// [`Broken::BreachMissed`].
pub(super) fn are_seen(engine: &mut Engine, entry: &Entry, events: &[Event]) -> Result<(), Broken> {
    let changed = |event: &Event| {
        matches!(
            event,
            Event::LiquidationStepped { .. } | Event::BadDebtRecorded { .. } | Event::LossSocialised { .. }
        )
    };
    if !matches!(entry.command, Command::Tick { .. }) || events.iter().any(changed) {
        return Ok(());
    }
    for place in 0..engine.state().accounts.len() {
        let id = AccountId::at(place).unwrap_or_default();
        let Ok(account) = engine.state().account(id) else { continue };
        if id.is_reserved() || !account.has_obligations() {
            continue;
        }
        let is_seen = account.header.breach.is_some();
        let Ok(judged) = engine.assess(id, Tier::Maintenance) else { continue };
        if judged.free().is_ok_and(|free| free.is_negative()) != is_seen {
            return Err(Broken::BreachMissed(id));
        }
    }
    Ok(())
}
