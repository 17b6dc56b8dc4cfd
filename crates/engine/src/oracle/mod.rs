//! From what sources say to one price: admission of reports, aggregation [O1], redemption rates [O4], validity [O5].

mod admit;
mod aggregate;
mod observe;
mod redemption;
mod surface;

use alloc::{boxed::Box, vec::Vec};

use cistern_attest::{ChainTrust, HANDOVER, Observation, Refusal, Rotation, SETS_MAX, Statement};

use crate::{
    command::PriceReport,
    draft::Draft,
    event::Event,
    ids::FeedId,
    limits::{REPORTS_MAX, STATEMENTS_MAX},
    rejection::Rejection,
    rows::Validity,
};

pub(crate) use surface::report as report_surface;

/// Records all reports of one instant and recomputes every feed. The order of the reports makes no difference.
pub(crate) fn tick(draft: &mut Draft<'_>, reports: &[PriceReport]) -> Result<(), Rejection> {
    require_at_most(reports.len(), REPORTS_MAX)?;
    open(draft)?;
    let mut reports: Vec<PriceReport> = reports.to_vec();
    reports.sort_unstable_by_key(|report| {
        (report.feed, report.source, report.published_at, report.price, report.confidence)
    });
    let mut reported = Vec::new();
    for report in &reports {
        if admit::by_word(draft, report)? {
            reported.push(report.feed);
        }
    }
    refresh_all(draft, reported)
}

/// Follows what was attested: rotations and consensus in their order, then prices as in a tick, whose order makes no
/// difference. A rotation that does not follow refuses the whole command; a price that does not count is told apart.
///
/// `false` where no price counted: such a command says nothing about any account, whoever sends how many of them.
pub(crate) fn attest(draft: &mut Draft<'_>, statements: &[Statement]) -> Result<bool, Rejection> {
    require_at_most(statements.len(), STATEMENTS_MAX)?;
    open(draft)?;
    let mut observations: Vec<Observation> = Vec::new();
    for statement in statements {
        match statement {
            Statement::Price(observation) => observations.push(*observation),
            Statement::Rotation(rotation) => rotate(draft, rotation)?,
            Statement::Chain(trust) => advance(draft, trust)?,
        }
    }
    observations.sort_unstable_by_key(observe::order);
    let mut reported = Vec::new();
    for observation in &observations {
        observe::observe(draft, observation, &mut reported)?;
    }
    let has_news = !reported.is_empty();
    refresh_all(draft, reported)?;
    Ok(has_news)
}

/// Admits the next signer set of a network; the one before it goes on for a handover.
fn rotate(draft: &mut Draft<'_>, rotation: &Rotation) -> Result<(), Rejection> {
    let now = draft.now();
    let set = rotation.successor(&draft.state.config.registry, now)?;
    if draft.state.config.registry.sets().len() >= SETS_MAX {
        return Err(Rejection::TooMany { limit: u32::try_from(SETS_MAX).unwrap_or(u32::MAX) });
    }
    let at = now.plus(HANDOVER)?;
    draft.emit(Event::SignersRetired { network: rotation.network, set: rotation.signed_by, at })?;
    draft.emit(Event::SignersAdmitted { set })
}

/// Takes in how far Ethereum's consensus went.
fn advance(draft: &mut Draft<'_>, news: &ChainTrust) -> Result<(), Rejection> {
    let known = draft.state.config.chain.as_ref().ok_or(Refusal::UnknownSet)?;
    let trust = known.advanced(news)?;
    draft.emit(Event::ChainAdvanced { trust: Box::new(trust) })
}

/// Opens a tick, unless this instant has one: what comes at one instant in several entries is one tick, so that nobody
/// confirms a breach by asking twice.
fn open(draft: &mut Draft<'_>) -> Result<(), Rejection> {
    let totals = &draft.state.totals;
    if totals.tick > 0 && totals.time <= totals.tick_at {
        return Ok(());
    }
    let tick = totals.tick.saturating_add(1);
    draft.emit(Event::TickOpened { tick })
}

fn refresh_all(draft: &mut Draft<'_>, mut reported: Vec<FeedId>) -> Result<(), Rejection> {
    reported.sort_unstable();
    // What a redemption rate is multiplied with comes first.
    for has_rate in [false, true] {
        for place in 0..draft.state.feeds.len() {
            let feed = FeedId::at(place).ok_or(Rejection::FeedUnknown)?;
            if draft.state.config.rate(feed).is_some() == has_rate {
                refresh(draft, feed, &reported)?;
            }
        }
    }
    Ok(())
}

fn refresh(draft: &mut Draft<'_>, id: FeedId, reported: &[FeedId]) -> Result<(), Rejection> {
    let now = draft.now();
    let Some(config) = draft.state.config.feeds.get(id.position()) else {
        return Err(Rejection::FeedUnknown);
    };
    let (rules, feed) = (config.spec.oracle, draft.state.feed(id)?);
    // Ticks themselves stopped: what was known before the silence is no evidence, and the grace begins anew.
    let silent = feed.quote.is_some_and(|quote| now.since(quote.at) > rules.age_max);
    if silent && feed.validity != Validity::Frozen {
        draft.emit(Event::ValidityChanged { feed: id, validity: Validity::Frozen })?;
    }
    let market = aggregate::aggregate(draft.state.feed(id)?, &draft.state.config, now, &rules);
    for dropped in &market.dropped {
        draft.emit(Event::GroupDropped { feed: id, group: dropped.group, price: dropped.price })?;
    }
    let outcome = match draft.state.config.rate(id).copied() {
        Some(spec) => redemption::compose(draft, id, &spec, &market)?,
        None => market,
    };
    let (validity, quote) = {
        let feed = draft.state.feed(id)?;
        (feed.validity, feed.quote)
    };
    if let Some(middle) = outcome.price {
        let aggregate::Middle { price, uncertainty, spread } = middle;
        let same = quote.is_some_and(|quote| {
            (quote.price, quote.uncertainty, quote.spread) == (price, uncertainty, spread)
        });
        if reported.binary_search(&id).is_ok() || !same {
            draft.emit(Event::PriceUpdated { feed: id, price, uncertainty, spread })?;
        }
    }
    if outcome.validity != validity {
        draft.emit(Event::ValidityChanged { feed: id, validity: outcome.validity })?;
    }
    Ok(())
}

/// Is there enough evidence for new debt in an asset?
pub(crate) fn allows_new_risk(validity: Validity) -> bool {
    validity == Validity::Full
}

fn require_at_most(length: usize, limit: usize) -> Result<(), Rejection> {
    if length <= limit {
        Ok(())
    } else {
        Err(Rejection::TooMany { limit: u32::try_from(limit).unwrap_or(u32::MAX) })
    }
}
