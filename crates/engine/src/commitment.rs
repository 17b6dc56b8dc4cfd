//! Claims for listed holders: what these stand ready to buy, and how long the issuer lets redemptions wait.

use cistern_units::{Span, Time, Value};

use crate::{
    collateral::{Dealing, Kind},
    draft::Draft,
    event::Event,
    ids::{AccountId, AssetId},
    limits::{AMOUNT_MAX, COMMITMENTS_MAX},
    rejection::Rejection,
    rows::Commitment,
    valuation::Backing,
};

/// Sets what an account stands ready to buy of a claim: more counts at once, less when the notice has passed.
pub(crate) fn commit(
    draft: &mut Draft<'_>,
    account: AccountId,
    asset: AssetId,
    value: Value,
) -> Result<(), Rejection> {
    draft.require_user(account)?;
    let Kind::RealWorld(claim) = draft.state.asset(asset)?.spec.kind else {
        return Err(Rejection::KindMustAllow { asset });
    };
    draft.require_holder(account, asset)?;
    if value.is_negative() || value.magnitude() > AMOUNT_MAX {
        return Err(Rejection::NumberTooLarge);
    }
    let now = draft.now();
    let known = draft.state.commitments.get(&(asset, account)).copied();
    let taken = draft.state.commitments_of(asset).count();
    if known.is_none() && taken >= COMMITMENTS_MAX {
        return Err(Rejection::TooMany { limit: u32::try_from(COMMITMENTS_MAX).unwrap_or(u32::MAX) });
    }
    let none = Commitment { lasting: Value::ZERO, ending: Value::ZERO, ends_at: Time::ZERO };
    let old = known.unwrap_or(none);
    let standing = old.standing(now);
    let ends_at = if value < old.lasting { now.plus(claim.notice)? } else { old.ends_at };
    let commitment = Commitment { lasting: value, ending: standing, ends_at };
    draft.emit(Event::Committed { account, asset, commitment })?;
    draft.require_initial(account, Backing::Settled)
}

/// Notes how long the issuer of a claim lets redemptions wait.
pub(crate) fn report_queue(draft: &mut Draft<'_>, asset: AssetId, wait: Span) -> Result<(), Rejection> {
    if draft.state.asset(asset)?.spec.kind.rules().allows(Dealing::Anybody) {
        return Err(Rejection::KindMustAllow { asset });
    }
    draft.emit(Event::QueueReported { asset, wait })
}
