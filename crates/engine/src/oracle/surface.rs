//! The volatility surface of an expiry [E2]: what sources say, one vote an operator group, the middle of it point by point.

use alloc::vec::Vec;

use cistern_units::{Ratio, Time, wide};

use crate::{
    act::Smile,
    command::SurfaceReport,
    draft::Draft,
    event::{Event, ReportFault},
    ids::FeedId,
    limits::{SURFACE_AGE_MAX, SURFACE_AHEAD_MAX, SURFACE_BAND, SURFACE_REPORTS_MAX},
    oracle::require_at_most,
    rejection::Rejection,
    rows::{Config, Expiry, SurfaceWord, Validity},
};

/// Records what sources say of volatilities, or refuses it and says why, and recomputes the surfaces of which anything was
/// said. The order of the reports makes no difference.
pub(crate) fn report(draft: &mut Draft<'_>, reports: &[SurfaceReport]) -> Result<(), Rejection> {
    require_at_most(reports.len(), SURFACE_REPORTS_MAX)?;
    let mut reports: Vec<SurfaceReport> = reports.to_vec();
    reports.sort_unstable_by_key(|report| {
        (report.feed, report.expiry, report.source, report.published_at, report.smile)
    });
    let mut reported: Vec<(FeedId, Time)> = Vec::new();
    for report in &reports {
        let SurfaceReport { feed, expiry, source, smile, published_at } = *report;
        match fault(draft, report) {
            Some(fault) => draft.emit(Event::SurfaceRefused { feed, expiry, source, smile, fault })?,
            None => {
                draft.emit(Event::SurfaceReported { feed, expiry, source, smile, published_at })?;
                reported.push((feed, expiry));
            }
        }
    }
    reported.dedup();
    for (feed, expiry) in reported {
        refresh(draft, (feed, expiry))?;
    }
    Ok(())
}

/// What is wrong with a report.
fn fault(draft: &Draft<'_>, report: &SurfaceReport) -> Option<ReportFault> {
    let (config, now) = (&draft.state.config, draft.now());
    if report.expiry <= now {
        return Some(ReportFault::Expired);
    }
    let row = draft.state.expiry(report.feed, report.expiry);
    let Some(row) = row.filter(|_| report.source.position() < config.sources.len()) else {
        return Some(ReportFault::Unknown);
    };
    if config.is_signed(report.source) {
        return Some(ReportFault::Unsigned);
    }
    if report.smile.unsound().is_some() {
        return Some(ReportFault::Bounds);
    }
    if now.since(report.published_at) > SURFACE_AGE_MAX {
        return Some(ReportFault::Stale);
    }
    if report.published_at.since(now) > SURFACE_AHEAD_MAX {
        return Some(ReportFault::Ahead);
    }
    let last = row.surface.words.iter().find(|word| word.source == report.source);
    last.is_some_and(|last| report.published_at <= last.published_at).then_some(ReportFault::NotNewer)
}

/// One group's word.
#[derive(Clone, Copy)]
struct Vote {
    group: u8,
    smile: Smile,
    published_at: Time,
}

fn refresh(draft: &mut Draft<'_>, (feed, expiry): (FeedId, Time)) -> Result<(), Rejection> {
    let row = draft.state.expiry(feed, expiry).ok_or(Rejection::MarketUnknown)?;
    let votes = votes(row, &draft.state.config, draft.now());
    let validity = match votes.as_slice() {
        [] | [_] => Validity::Frozen,
        [one, other] if !agree(&one.smile, &other.smile) => Validity::Disputed,
        [_, _] => Validity::Reduced,
        _ => Validity::Full,
    };
    // A surface is as old as the oldest word in it; of a single one nothing is taken.
    let oldest = votes.iter().map(|vote| vote.published_at).min();
    let (smile, at) = match (middle(&votes), oldest, row.surface.smile) {
        (Some(smile), Some(oldest), _) if validity > Validity::Frozen => (smile, oldest),
        (_, _, Some(smile)) => (smile, row.surface.at),
        _ => return Ok(()),
    };
    draft.emit(Event::SurfaceUpdated { feed, expiry, smile, at, validity })
}

/// One vote a group: the middle of its live words by the volatility at the money, the lower one where they are even.
fn votes(row: &Expiry, config: &Config, now: Time) -> Vec<Vote> {
    let live = |word: &&SurfaceWord| now.since(word.published_at) <= SURFACE_AGE_MAX;
    let words = row.surface.words.iter().filter(live).filter_map(|word| {
        let group = config.vote_of(word.source)?;
        Some(Vote { group, smile: word.smile, published_at: word.published_at })
    });
    let mut words: Vec<Vote> = words.collect();
    words.sort_unstable_by_key(|vote| (vote.group, vote.smile.money, vote.smile, vote.published_at));
    let groups = words.chunk_by(|a, b| a.group == b.group);
    groups.filter_map(|group| group.get(group.len().checked_sub(1)?.div_euclid(2)).copied()).collect()
}

/// The middle of the votes, point by point; between two it lies halfway, rounded up.
fn middle(votes: &[Vote]) -> Option<Smile> {
    let point = |place: usize| {
        let vol = |vote: &Vote| vote.smile.points().get(place).copied();
        let mut vols: Vec<Ratio> = votes.iter().filter_map(vol).collect();
        vols.sort_unstable();
        let low = vols.get(vols.len().checked_sub(1)?.div_euclid(2))?.raw();
        let high = vols.get(vols.len().div_euclid(2))?.raw();
        Some(Ratio::new(low.saturating_add(high).div_ceil(2)))
    };
    Some(Smile { far_down: point(0)?, down: point(1)?, money: point(2)?, up: point(3)?, far_up: point(4)? })
}

/// Are two smiles near each other at every point?
fn agree(one: &Smile, other: &Smile) -> bool {
    one.points().into_iter().zip(other.points()).all(|(a, b)| {
        let (low, high) = (u128::from(a.min(b).raw()), u128::from(a.max(b).raw()));
        let band = wide::multiply_scale_down(low, u128::from(SURFACE_BAND.raw()), 9);
        high.saturating_sub(low) <= band.unwrap_or(0)
    })
}
