//! One price from many sources [O1]: one vote an operator group, the median of the votes, outliers without a vote.

use alloc::vec::Vec;

use cistern_units::{Price, Time, wide};

use crate::{
    params::OracleParams,
    rows::{Feed, SourceConfig, Validity},
};

/// What one operator group says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Vote {
    pub(super) price: Price,
    pub(super) confidence: u128,
    pub(super) group: u8,
}

/// What the groups say together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) price: Option<(Price, u128)>,
    pub(super) validity: Validity,
    pub(super) dropped: Vec<Vote>,
}

/// Aggregates the live reports of a feed [O1] [O5].
///
/// Price: the middle vote, the mean of the two middle ones where their number is even. Uncertainty: the larger of the
/// middle vote's confidence and half the spread of the votes around the middle. A single vote moves nothing.
pub(super) fn aggregate(feed: &Feed, sources: &[SourceConfig], now: Time, rules: &OracleParams) -> Outcome {
    let mut votes = group_votes(feed, sources, now, rules);
    let mut dropped = Vec::new();
    if votes.len() >= 3
        && let Some((centre, _)) = middle(&votes)
    {
        let strays = |vote: &Vote| {
            let band = wide::multiply_scale_up(centre.raw(), u128::from(rules.deviation_band.raw()), 9);
            vote.price.distance(centre) > band.unwrap_or(u128::MAX).saturating_add(vote.confidence)
        };
        dropped = votes.iter().copied().filter(strays).collect();
        votes.retain(|vote| !strays(vote));
    }
    let validity = match votes.as_slice() {
        [] | [_] => Validity::Frozen,
        [low, high] => {
            let band = wide::multiply_scale_up(low.price.raw(), u128::from(rules.deviation_band.raw()), 9);
            let agree = high.price.distance(low.price) <= band.unwrap_or(0);
            if agree { Validity::Reduced } else { Validity::Disputed }
        }
        _ => Validity::Full,
    };
    let price = if validity == Validity::Frozen { None } else { middle(&votes) };
    Outcome { price, validity, dropped }
}

/// One vote a group, ordered by price: the middle report of its live sources, the lower one where they are even.
fn group_votes(feed: &Feed, sources: &[SourceConfig], now: Time, rules: &OracleParams) -> Vec<Vote> {
    let mut all: Vec<Vote> = super::votes(feed, now, rules)
        .filter_map(|report| {
            let group = sources.get(report.source.position())?.group;
            Some(Vote { price: report.price, confidence: report.confidence, group })
        })
        .collect();
    all.sort_unstable_by_key(|vote| (vote.group, vote.price, vote.confidence));
    let mut votes: Vec<Vote> =
        all.chunk_by(|a, b| a.group == b.group).filter_map(|group| lower_middle(group).copied()).collect();
    votes.sort_unstable_by_key(|vote| (vote.price, vote.group));
    votes
}

fn lower_middle(votes: &[Vote]) -> Option<&Vote> {
    votes.get(votes.len().checked_sub(1)?.div_euclid(2))
}

/// Median price and its uncertainty.
fn middle(votes: &[Vote]) -> Option<(Price, u128)> {
    let low = lower_middle(votes)?;
    let high = votes.get(votes.len().div_euclid(2))?;
    let price = Price::clamped(low.price.raw().midpoint(high.price.raw()));
    let spread = if votes.len().is_multiple_of(2) {
        high.price.distance(low.price)
    } else {
        // Around a single middle vote the middle spread is that of its two neighbours.
        let below = votes.len().div_euclid(2).checked_sub(1).and_then(|place| votes.get(place));
        let above = votes.get(votes.len().div_euclid(2).saturating_add(1));
        below.zip(above).map_or(0, |(below, above)| above.price.distance(below.price))
    };
    Some((price, low.confidence.max(high.confidence).max(spread.div_ceil(2))))
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use cistern_units::Fraction;

    use super::*;
    use crate::{
        ids::{SourceId, Symbol},
        rows::Report,
    };

    fn feed(prices: &[(u128, u128)]) -> (Feed, Vec<SourceConfig>) {
        let reports = prices.iter().enumerate().map(|(place, (dollars, confidence))| Report {
            source: SourceId::at(place).unwrap(),
            price: Price::new(dollars * Price::ONE.raw()).unwrap(),
            confidence: confidence * Price::ONE.raw(),
            published_at: Time::ZERO,
            unconfirmed: None,
        });
        let sources = (0..prices.len()).map(|group| SourceConfig {
            symbol: Symbol::new("source").unwrap(),
            group: u8::try_from(group).unwrap(),
        });
        (Feed { reports: reports.collect(), ..Feed::default() }, sources.collect())
    }

    fn outcome(prices: &[(u128, u128)]) -> (Option<(u128, u128)>, Validity, usize) {
        let (feed, sources) = feed(prices);
        let outcome = aggregate(&feed, &sources, Time::ZERO, &OracleParams::default());
        let whole = |(price, uncertainty): (Price, u128)| {
            (price.raw() / Price::ONE.raw(), uncertainty / Price::ONE.raw())
        };
        (outcome.price.map(whole), outcome.validity, outcome.dropped.len())
    }

    #[test]
    fn three_groups_give_their_median() {
        // [O1] worked number: 1,000, 1,004, 1,010 with confidence 2: price 1,004, uncertainty half of 10.
        assert_eq!(outcome(&[(1_010, 2), (1_000, 2), (1_004, 2)]), (Some((1_004, 5)), Validity::Full, 0));
    }

    #[test]
    fn a_group_far_from_the_others_has_no_vote() {
        assert_eq!(outcome(&[(1_000, 0), (1_300, 0), (1_002, 0)]), (Some((1_001, 1)), Validity::Reduced, 1));
        assert_eq!(outcome(&[(1_000, 0), (1_300, 0), (1_002, 0), (1_004, 0)]).1, Validity::Full);
    }

    #[test]
    fn two_groups_must_agree_and_one_is_not_enough() {
        assert_eq!(outcome(&[(1_000, 0), (1_010, 0)]), (Some((1_005, 5)), Validity::Reduced, 0));
        assert_eq!(outcome(&[(1_000, 0), (1_100, 0)]), (Some((1_050, 50)), Validity::Disputed, 0));
        assert_eq!(outcome(&[(1_000, 0)]), (None, Validity::Frozen, 0));
        assert_eq!(outcome(&[]), (None, Validity::Frozen, 0));
    }

    #[test]
    fn an_operator_with_many_sources_has_one_vote() {
        let (feed, _) = feed(&[(1_000, 0), (1_000, 0), (1_000, 0), (1_020, 0), (1_022, 0)]);
        let symbol = Symbol::new("source").unwrap();
        let sources: Vec<SourceConfig> = [0, 0, 0, 1, 2].map(|group| SourceConfig { symbol, group }).to_vec();
        let outcome = aggregate(&feed, &sources, Time::ZERO, &OracleParams::default());
        assert_eq!(outcome.price.unwrap().0.raw(), 1_020 * Price::ONE.raw());
        assert_eq!(vec![outcome.validity], vec![Validity::Full]);
    }

    #[test]
    fn the_aggregate_lies_within_what_survived() {
        let rules = OracleParams { deviation_band: Fraction::ONE, ..OracleParams::default() };
        let (feed, sources) = feed(&[(10, 0), (11, 0), (12, 0), (13, 0)]);
        let (price, uncertainty) = aggregate(&feed, &sources, Time::ZERO, &rules).price.unwrap();
        assert_eq!((price.raw(), uncertainty), (11_500_000_000_000, 500_000_000_000));
    }
}
