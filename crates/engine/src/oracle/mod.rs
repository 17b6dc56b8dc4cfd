//! From what sources say to one price: admission of reports, aggregation [O1], validity [O5].

mod aggregate;

use alloc::vec::Vec;

use cistern_units::{Price, Time, wide};

use crate::{
    command::PriceReport,
    draft::Draft,
    event::{Event, ReportFault},
    ids::FeedId,
    limits::REPORTS_MAX,
    params::OracleParams,
    rejection::Rejection,
    rows::{Feed, Validity},
};

/// Records all reports of one instant and recomputes every feed. The order of the reports makes no difference.
pub(crate) fn tick(draft: &mut Draft<'_>, reports: &[PriceReport]) -> Result<(), Rejection> {
    if reports.len() > REPORTS_MAX {
        return Err(Rejection::TooMany { limit: u32::try_from(REPORTS_MAX).unwrap_or(u32::MAX) });
    }
    let tick = draft.state.totals.tick.saturating_add(1);
    draft.emit(Event::TickOpened { tick })?;
    let mut reports: Vec<PriceReport> = reports.to_vec();
    reports.sort_unstable_by_key(|report| {
        (report.feed, report.source, report.published_at, report.price, report.confidence)
    });
    let mut reported: Vec<FeedId> = Vec::new();
    for report in &reports {
        if admit(draft, report)? && reported.last() != Some(&report.feed) {
            reported.push(report.feed);
        }
    }
    for place in 0..draft.state.feeds.len() {
        let feed = FeedId::at(place).ok_or(Rejection::FeedUnknown)?;
        refresh(draft, feed, &reported)?;
    }
    Ok(())
}

/// Records a report, or refuses it and says why; does it count?
fn admit(draft: &mut Draft<'_>, report: &PriceReport) -> Result<bool, Rejection> {
    let PriceReport { feed, source, price, confidence, published_at } = *report;
    let fault = fault(draft, report);
    draft.emit(match fault {
        None => Event::PriceReported { feed, source, price, confidence, published_at },
        Some(fault) => Event::ReportRefused { feed, source, price, fault },
    })?;
    Ok(fault.is_none())
}

fn fault(draft: &Draft<'_>, report: &PriceReport) -> Option<ReportFault> {
    let (Some(config), Ok(feed)) =
        (draft.state.config.feeds.get(report.feed.position()), draft.state.feed(report.feed))
    else {
        return Some(ReportFault::Unknown);
    };
    if draft.state.config.sources.len() <= report.source.position() {
        return Some(ReportFault::Unknown);
    }
    let (rules, now) = (config.spec.oracle, draft.now());
    if now.since(report.published_at) > rules.age_max {
        return Some(ReportFault::Stale);
    }
    if report.published_at.since(now) > rules.ahead_max {
        return Some(ReportFault::Ahead);
    }
    if is_wider(report.confidence, report.price, rules.confidence_max.raw()) {
        return Some(ReportFault::Uncertain);
    }
    let last = feed.reports.iter().find(|known| known.source == report.source)?;
    if report.published_at <= last.published_at {
        return Some(ReportFault::NotNewer);
    }
    // After a long silence the last report says nothing about the size of a step.
    let silent = report.published_at.since(last.published_at) > rules.age_max;
    let jumps = |from: Price| is_wider(report.price.distance(from), from, rules.jump_max.raw());
    (!silent && jumps(last.price) && last.unconfirmed.is_none_or(jumps)).then_some(ReportFault::Jump)
}

/// Is `width` more than `limit` (1e-9) of `price`?
fn is_wider(width: u128, price: Price, limit: u32) -> bool {
    width > wide::multiply_scale_down(price.raw(), u128::from(limit), 9).unwrap_or(u128::MAX)
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
    let feed = draft.state.feed(id)?;
    let outcome = aggregate::aggregate(feed, &draft.state.config.sources, now, &rules);
    let (validity, quote) = (feed.validity, feed.quote);
    for dropped in &outcome.dropped {
        draft.emit(Event::GroupDropped { feed: id, group: dropped.group, price: dropped.price })?;
    }
    if let Some((price, uncertainty)) = outcome.price {
        let same = quote.is_some_and(|quote| (quote.price, quote.uncertainty) == (price, uncertainty));
        if reported.binary_search(&id).is_ok() || !same {
            draft.emit(Event::PriceUpdated { feed: id, price, uncertainty })?;
        }
    }
    if outcome.validity != validity {
        draft.emit(Event::ValidityChanged { feed: id, validity: outcome.validity })?;
    }
    Ok(())
}

/// Is the report of a source recent enough to have a vote?
fn is_live(feed_time: Time, now: Time, rules: &OracleParams) -> bool {
    now.since(feed_time) <= rules.age_max
}

/// Is there enough evidence for new debt in an asset?
pub(crate) fn allows_new_risk(validity: Validity) -> bool {
    validity == Validity::Full
}

/// Votes of a feed's groups, for the aggregate.
fn votes(feed: &Feed, now: Time, rules: &OracleParams) -> impl Iterator<Item = crate::rows::Report> {
    let rules = *rules;
    feed.reports.iter().copied().filter(move |report| is_live(report.published_at, now, &rules))
}
