//! What a network attested: bound to a feed, in its unit, by signers that count now, good enough, newer.

use alloc::vec::Vec;

use cistern_attest::{Bounds, Network, Observation, Refusal, judge};
use cistern_units::{Price, Time};

use crate::{
    act::{Binding, RateSpec, Subject},
    draft::Draft,
    event::{Event, ReportFault},
    ids::FeedId,
    oracle::admit::{self, Said},
    rate,
    rejection::Rejection,
    rows::Rate,
};

/// By which observations of one command are ordered, so that the order of arrival makes no difference.
pub(super) fn order(observation: &Observation) -> impl Ord + use<> {
    let Observation { network, feed, published_at, sequence, mantissa, exponent, confidence, digest, .. } =
        *observation;
    (network, feed, published_at, sequence, (mantissa, exponent, confidence), digest)
}

/// Records an observation for each feed that it is bound to, or refuses it and says why.
pub(super) fn observe(
    draft: &mut Draft<'_>,
    observation: &Observation,
    reported: &mut Vec<FeedId>,
) -> Result<(), Rejection> {
    let bindings: Vec<Binding> =
        draft.state.config.bindings_of(observation.network, observation.feed).copied().collect();
    if bindings.is_empty() {
        return refuse(draft, observation, Refusal::WrongFeed);
    }
    for binding in &bindings {
        match judged(draft, observation, binding) {
            Err(refusal) => refuse(draft, observation, refusal)?,
            Ok((price, confidence)) => {
                let counts = match binding.subject {
                    Subject::Price => admit::record(draft, &said(observation, binding, (price, confidence)))?,
                    Subject::Rate => heard(draft, observation, binding, price)?,
                };
                if counts {
                    reported.push(binding.feed);
                }
            }
        }
    }
    Ok(())
}

fn refuse(draft: &mut Draft<'_>, observation: &Observation, refusal: Refusal) -> Result<(), Rejection> {
    let Observation { network, feed, .. } = *observation;
    draft.emit(Event::ObservationRefused { network, key: feed, refusal })
}

fn said(observation: &Observation, binding: &Binding, (price, confidence): (Price, u128)) -> Said {
    Said {
        feed: binding.feed,
        source: binding.source,
        price,
        confidence,
        published_at: observation.published_at,
        sequence: observation.sequence,
        expires_at: observation.expires_at,
    }
}

/// Is an observation good enough by itself?
fn judged(draft: &Draft<'_>, observation: &Observation, binding: &Binding) -> Result<(Price, u128), Refusal> {
    let (config, now) = (&draft.state.config, draft.now());
    if observation.network.has_services() && observation.set != binding.set {
        return Err(Refusal::UnknownSet);
    }
    // A set may have ended between the verification of a message and its turn.
    if observation.network == Network::Ethereum {
        config.chain.as_ref().ok_or(Refusal::UnknownSet)?;
    } else {
        config.registry.live(observation.network, observation.set, now)?;
    }
    let mut observation = *observation;
    if !observation.network.carries_exponent() {
        observation.exponent = binding.exponent;
    } else if observation.exponent != binding.exponent {
        return Err(Refusal::WrongUnit);
    }
    let oracle = config.feeds.get(binding.feed.position()).ok_or(Refusal::WrongFeed)?.spec.oracle;
    let age_max = match binding.subject {
        Subject::Price => oracle.age_max,
        Subject::Rate => config.rate(binding.feed).ok_or(Refusal::WrongFeed)?.age_max,
    };
    let bounds = Bounds { age_max, ahead_max: oracle.ahead_max, confidence_max: oracle.confidence_max };
    let (price, confidence) = judge(&observation, now, &bounds)?;
    let clamped = price <= binding.floor || price >= binding.ceiling;
    if clamped { Err(Refusal::Clamped) } else { Ok((price, confidence)) }
}

/// Records a redemption rate [O4]: newer, and a deep fall only once it has been said for long enough.
fn heard(
    draft: &mut Draft<'_>,
    observation: &Observation,
    binding: &Binding,
    ratio: Price,
) -> Result<bool, Rejection> {
    let (id, now) = (binding.feed, draft.now());
    let rate = Rate { ratio, at: observation.published_at, sequence: observation.sequence };
    let Some(spec) = draft.state.config.rate(id).copied() else {
        return refuse(draft, observation, Refusal::WrongFeed).map(|()| false);
    };
    let Some(known) = draft.state.feed(id)?.rate else {
        if !begins_near(draft, id, &spec, ratio) {
            let (source, fault) = (binding.source, ReportFault::Apart);
            draft.emit(Event::ReportRefused { feed: id, source, price: ratio, fault })?;
            return Ok(false);
        }
        draft.emit(Event::RateReported { feed: id, rate })?;
        return Ok(true);
    };
    if (rate.at, rate.sequence) <= (known.heard.at, known.heard.sequence) {
        return refuse(draft, observation, Refusal::NotNewer).map(|()| false);
    }
    let fell = ratio < known.anchor.ratio.lowered_down(spec.fall_max);
    let lasted = |since: Time| now.since(since) >= spec.patience;
    if fell && !known.fallen_since.is_some_and(lasted) {
        draft.emit(Event::RateFell { feed: id, rate })?;
    } else {
        draft.emit(Event::RateReported { feed: id, rate })?;
    }
    Ok(true)
}

/// Is a first rate, times its underlying, near what the market pays? A rate without its underlying's price, or in the wrong
/// unit, is not.
fn begins_near(draft: &Draft<'_>, id: FeedId, spec: &RateSpec, ratio: Price) -> bool {
    let state = &draft.state;
    let quote = |feed| state.feed(feed).ok().and_then(|feed| feed.quote);
    let (Some(market), Some(underlying)) = (quote(id), quote(spec.underlying)) else {
        return true;
    };
    let redeemed = rate::redemption(ratio, underlying.price);
    let bound = state.config.params.governance.continuity;
    !admit::is_wider(redeemed.distance(market.price), market.price, bound.raw())
}
