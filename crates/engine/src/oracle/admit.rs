//! What one source says about one feed: does it count?

use cistern_units::{Price, Time, wide};

use crate::{
    command::PriceReport,
    draft::Draft,
    event::{Event, ReportFault},
    ids::{FeedId, SourceId},
    rejection::Rejection,
    rows::Validity,
};

/// A price, by whichever way it came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said {
    pub(super) feed: FeedId,
    pub(super) source: SourceId,
    pub(super) price: Price,
    pub(super) confidence: u128,
    pub(super) published_at: Time,
    pub(super) sequence: u64,
    pub(super) expires_at: Option<Time>,
}

/// Records a report that whoever orders vouches for, or refuses it and says why; does it count?
pub(super) fn by_word(draft: &mut Draft<'_>, report: &PriceReport) -> Result<bool, Rejection> {
    let PriceReport { feed, source, price, confidence, published_at } = *report;
    let said = Said { feed, source, price, confidence, published_at, sequence: 0, expires_at: None };
    match word_fault(draft, &said) {
        Some(fault) => refuse(draft, &said, fault),
        None => record(draft, &said),
    }
}

/// Records what is good enough by itself, unless it does not fit what is known of its source; does it count?
pub(super) fn record(draft: &mut Draft<'_>, said: &Said) -> Result<bool, Rejection> {
    if let Some(fault) = history_fault(draft, said) {
        return refuse(draft, said, fault);
    }
    let Said { feed, source, price, confidence, published_at, sequence, expires_at } = *said;
    let age_max = draft.state.config.feeds.get(feed.position()).map(|config| config.spec.oracle.age_max);
    let aged = published_at.plus(age_max.ok_or(Rejection::FeedUnknown)?)?;
    let counts_until = expires_at.map_or(aged, |end| end.min(aged));
    draft.emit(Event::PriceReported {
        feed,
        source,
        price,
        confidence,
        published_at,
        sequence,
        counts_until,
    })?;
    Ok(true)
}

fn refuse(draft: &mut Draft<'_>, said: &Said, fault: ReportFault) -> Result<bool, Rejection> {
    let Said { feed, source, price, .. } = *said;
    draft.emit(Event::ReportRefused { feed, source, price, fault })?;
    Ok(false)
}

/// What is wrong with a report itself.
fn word_fault(draft: &Draft<'_>, said: &Said) -> Option<ReportFault> {
    let config = &draft.state.config;
    let Some(feed) = config.feeds.get(said.feed.position()) else {
        return Some(ReportFault::Unknown);
    };
    if config.sources.len() <= said.source.position() {
        return Some(ReportFault::Unknown);
    }
    if config.is_signed(said.source) {
        return Some(ReportFault::Unsigned);
    }
    let (rules, now) = (feed.spec.oracle, draft.now());
    if now.since(said.published_at) > rules.age_max {
        return Some(ReportFault::Stale);
    }
    if said.published_at.since(now) > rules.ahead_max {
        return Some(ReportFault::Ahead);
    }
    is_wider(said.confidence, said.price, rules.confidence_max.raw()).then_some(ReportFault::Uncertain)
}

/// What does not fit what the source, or before its first word the feed, has said before.
fn history_fault(draft: &Draft<'_>, said: &Said) -> Option<ReportFault> {
    let (Some(config), Ok(feed)) =
        (draft.state.config.feeds.get(said.feed.position()), draft.state.feed(said.feed))
    else {
        return Some(ReportFault::Unknown);
    };
    let rules = config.spec.oracle;
    let Some(last) = feed.reports.iter().find(|known| known.source == said.source) else {
        // A source that was wired to the wrong thing, or in the wrong unit, is far from the others at its first word.
        let bound = draft.state.config.params.governance.continuity;
        let live = feed.quote.filter(|_| feed.validity >= Validity::Reduced);
        let apart =
            live.is_some_and(|quote| is_wider(said.price.distance(quote.price), quote.price, bound.raw()));
        return apart.then_some(ReportFault::Apart);
    };
    if (said.published_at, said.sequence) <= (last.published_at, last.sequence) {
        return Some(ReportFault::NotNewer);
    }
    // After a long silence the last report says nothing about the size of a step.
    let silent = said.published_at.since(last.published_at) > rules.age_max;
    let jumps = |from: Price| is_wider(said.price.distance(from), from, rules.jump_max.raw());
    (!silent && jumps(last.price) && last.unconfirmed.is_none_or(jumps)).then_some(ReportFault::Jump)
}

/// Is `width` more than `limit` (1e-9) of `price`?
pub(super) fn is_wider(width: u128, price: Price, limit: u32) -> bool {
    width > wide::multiply_scale_down(price.raw(), u128::from(limit), 9).unwrap_or(u128::MAX)
}
