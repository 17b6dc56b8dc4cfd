//! Acts about add-ons: they hold for new risk alone, so that a new one takes effect at once.

use crate::{
    act::Act,
    addon::{AddOn, Subject},
    draft::Draft,
    event::Event,
    limits::ADD_ONS_MAX,
    rejection::Rejection,
};

use super::{Direction, require_below};

/// Would the act be sound now?
pub(super) fn check(draft: &Draft<'_>, act: &Act) -> Result<(), Rejection> {
    let config = &draft.state.config;
    match act {
        Act::SetAddOn(add_on) => {
            match add_on.rule().subject() {
                Subject::Asset(asset) => draft.require_asset(asset)?,
                Subject::Market(market) => draft.state.market(market).map(|_| ())?,
                Subject::Pair(asset, factor) => {
                    draft.require_asset(asset)?;
                    config.factors.get(factor.position()).ok_or(Rejection::FactorUnknown)?;
                }
            }
            require_below(config.add_ons.len(), ADD_ONS_MAX)?;
            if add_on.rule().is_sound() { Ok(()) } else { Err(Rejection::ParameterOutOfBounds) }
        }
        Act::RemoveAddOn(add_on) => known(draft, add_on).map(|_| ()).ok_or(Rejection::ParameterOutOfBounds),
        _ => Ok(()),
    }
}

/// A new one, or one that charges nobody less, tightens.
pub(super) fn direction(draft: &Draft<'_>, act: &Act) -> Direction {
    let tightens = match act {
        Act::SetAddOn(add_on) => known(draft, add_on).is_none_or(|old| add_on.rule().is_stricter(old)),
        _ => false,
    };
    if tightens { Direction::Tightens } else { Direction::Loosens }
}

/// The event of an act about add-ons.
pub(super) fn event(draft: &Draft<'_>, act: &Act) -> Result<Event, Rejection> {
    match act {
        Act::SetAddOn(add_on) => Ok(Event::AddOnSet { add_on: *add_on }),
        Act::RemoveAddOn(add_on) => {
            let add_on = *known(draft, add_on).ok_or(Rejection::ParameterOutOfBounds)?;
            Ok(Event::AddOnRemoved { add_on })
        }
        _ => Err(Rejection::ParameterOutOfBounds),
    }
}

fn known<'a>(draft: &'a Draft<'_>, add_on: &AddOn) -> Option<&'a AddOn> {
    draft.state.config.add_ons.iter().find(|other| other.is_like(add_on))
}
