//! Acts about evidence: who may sign, which feed of a network is whose price, which rate makes a price.

use alloc::boxed::Box;

use cistern_units::Price;

use crate::{
    act::{Act, Binding, RateSpec, Subject},
    chain,
    command::Founding,
    draft::Draft,
    event::Event,
    ids::FeedId,
    limits::BINDINGS_MAX,
    rejection::Rejection,
    rows::UNSIGNED,
};

use super::{Direction, require_below};

/// Would the act be sound now?
pub(super) fn check(draft: &Draft<'_>, act: &Act) -> Result<(), Rejection> {
    let config = &draft.state.config;
    match act {
        Act::AdmitSigners(set) => {
            config.registry.place_for(set).map(|_| ()).map_err(|_| Rejection::ParameterOutOfBounds)
        }
        Act::RetireSigners { network, set } => Ok(config.registry.set(*network, *set).map(|_| ())?),
        Act::BindFeed(binding) => check_binding(draft, binding),
        Act::UnbindFeed { network, key, feed } => {
            let known = config.bindings_of(*network, *key).any(|bound| bound.feed == *feed);
            if known { Ok(()) } else { Err(Rejection::FeedUnknown) }
        }
        Act::SetRate { feed, spec } => check_rate(draft, *feed, spec),
        _ => Ok(()),
    }
}

/// Ending a set or a binding takes evidence away; everything else lets somebody new speak. So does taking the last binding
/// of a source: from then on its word would count.
pub(super) fn direction(draft: &Draft<'_>, act: &Act) -> Direction {
    let bindings = &draft.state.config.bindings;
    match act {
        Act::RetireSigners { .. } => Direction::Tightens,
        Act::UnbindFeed { network, key, feed } => {
            let ends = |bound: &&Binding| (bound.network, bound.key, bound.feed) == (*network, *key, *feed);
            let mut sources = bindings.iter().filter(ends).map(|bound| bound.source);
            let goes_on = |source| bindings.iter().any(|bound| bound.source == source && !ends(&bound));
            if sources.all(goes_on) { Direction::Tightens } else { Direction::Loosens }
        }
        _ => Direction::Loosens,
    }
}

/// The event of an act about evidence.
pub(super) fn event(draft: &Draft<'_>, act: &Act) -> Result<Event, Rejection> {
    Ok(match act {
        Act::AdmitSigners(set) => Event::SignersAdmitted { set: set.clone() },
        Act::RetireSigners { network, set } => {
            Event::SignersRetired { network: *network, set: *set, at: draft.now() }
        }
        Act::BindFeed(binding) => Event::FeedBound { binding: *binding },
        Act::UnbindFeed { network, key, feed } => {
            let bound = draft.state.config.bindings_of(*network, *key).find(|bound| bound.feed == *feed);
            Event::FeedUnbound { binding: *bound.ok_or(Rejection::FeedUnknown)? }
        }
        Act::SetRate { feed, spec } => Event::RateSet { feed: *feed, spec: *spec },
        _ => return Err(Rejection::ParameterOutOfBounds),
    })
}

/// Begins a pool with its name, governor, signers, bindings and rates.
pub(super) fn found(draft: &mut Draft<'_>, founding: &Founding) -> Result<(), Rejection> {
    let pool_id = chain::founding_hash(founding, draft.now());
    draft.emit(Event::PoolNamed { pool_id, governor: founding.governor })?;
    if let Some(trust) = &founding.chain {
        if !trust.chain.is_sound() {
            return Err(Rejection::ParameterOutOfBounds);
        }
        draft.emit(Event::ChainAdvanced { trust: Box::new(trust.clone()) })?;
    }
    let acts = founding.signers.iter().map(|set| Act::AdmitSigners(set.clone()));
    let acts =
        acts.chain(founding.rates.iter().map(|(feed, spec)| Act::SetRate { feed: *feed, spec: *spec }));
    for act in acts.chain(founding.bindings.iter().map(|binding| Act::BindFeed(*binding))) {
        super::carry_out(draft, &act)?;
    }
    Ok(())
}

/// Source, feed and rate exist, the exponent is one of a price, and between floor and ceiling there is room.
fn check_binding(draft: &Draft<'_>, binding: &Binding) -> Result<(), Rejection> {
    let config = &draft.state.config;
    require_below(config.bindings.len(), BINDINGS_MAX)?;
    draft.state.feed(binding.feed)?;
    let source = config.sources.get(binding.source.position()).ok_or(Rejection::ParameterOutOfBounds)?;
    let has_rate = config.rate(binding.feed).is_some();
    // Prices and exponents beyond these are no market's; within them a scaled price fits.
    let exponent = (-30..=12).contains(&binding.exponent);
    let sound = source.group != UNSIGNED
        && binding.floor < binding.ceiling
        && exponent
        && (binding.subject == Subject::Price || has_rate);
    if sound { Ok(()) } else { Err(Rejection::ParameterOutOfBounds) }
}

/// The underlying is another feed, without a rate of its own; and where both markets have a price, a rate that is known
/// leads from one to the other.
fn check_rate(draft: &Draft<'_>, feed: FeedId, spec: &RateSpec) -> Result<(), Rejection> {
    let state = &draft.state;
    state.feed(feed)?;
    state.feed(spec.underlying)?;
    let config = &state.config;
    let stands_alone = config.rate(spec.underlying).is_none()
        && config.rates.iter().all(|(_, other)| other.underlying != feed)
        && spec.underlying != feed;
    if !stands_alone || !spec.is_sound() || !moves_little(draft, feed, spec) {
        return Err(Rejection::ParameterOutOfBounds);
    }
    Ok(())
}

/// Would new rules leave the price where it is? Simulated against the live price before they take effect: rules that were
/// meant to protect have liquidated people before.
fn moves_little(draft: &Draft<'_>, feed: FeedId, spec: &RateSpec) -> bool {
    let state = &draft.state;
    let quote = |feed| state.feed(feed).ok().and_then(|feed| feed.quote);
    let rate = state.feed(feed).ok().and_then(|feed| feed.rate);
    let (Some(now), Some(underlying), Some(rate)) = (quote(feed), quote(spec.underlying), rate) else {
        return true;
    };
    let ratio = crate::rate::effective(&rate, spec.growth_max);
    let then: Price = crate::rate::redemption(ratio, underlying.price);
    let bound = state.config.params.governance.rate_step;
    then >= now.price.lowered_down(bound) && then <= now.price.raised_up(bound)
}
