//! Accounts that stand ready to take over what nobody else does, asked in order.

use crate::{draft::Draft, event::Event, ids::AccountId, limits::BACKSTOPS_MAX, rejection::Rejection};

pub(crate) fn appoint(draft: &mut Draft<'_>, account: AccountId) -> Result<(), Rejection> {
    draft.require_user(account)?;
    let backstops = &draft.state.config.backstops;
    if backstops.contains(&account) {
        return Err(Rejection::AccountExists);
    }
    if backstops.len() >= BACKSTOPS_MAX {
        return Err(Rejection::TooMany { limit: u32::try_from(BACKSTOPS_MAX).unwrap_or(u32::MAX) });
    }
    draft.emit(Event::BackstopAppointed { account })
}

pub(crate) fn release(draft: &mut Draft<'_>, account: AccountId) -> Result<(), Rejection> {
    if !draft.state.config.backstops.contains(&account) {
        return Err(Rejection::AccountUnknown);
    }
    draft.emit(Event::BackstopReleased { account })
}
