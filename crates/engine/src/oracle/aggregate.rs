//! One price from many sources [O1]: one vote an operator group, the median of the votes, outliers without a vote.

use alloc::vec::Vec;

use cistern_units::{Price, Time, wide};

use crate::{
    params::OracleParams,
    rows::{Config, Feed, Validity},
};

/// What one operator group says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Vote {
    pub(super) price: Price,
    pub(super) confidence: u128,
    pub(super) group: u8,
}

/// The middle of the votes, in raw price units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Middle {
    pub(super) price: Price,
    pub(super) uncertainty: u128,
    /// Distance of the two middle votes; zero where there is one.
    pub(super) spread: u128,
}

/// What the groups say together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) price: Option<Middle>,
    pub(super) validity: Validity,
    pub(super) dropped: Vec<Vote>,
}

/// Aggregates the live reports of a feed [O1] [O5].
///
/// Price: the middle vote; where their number is even, what is owned counts at the lower of the two middle ones and what is
/// owed at the upper, and the price lies between. Uncertainty: the larger of the middle vote's confidence and half the spread
/// of the votes around the middle. A single vote moves nothing, so neither do all sources without evidence together.
pub(super) fn aggregate(feed: &Feed, config: &Config, now: Time, rules: &OracleParams) -> Outcome {
    let mut votes = group_votes(feed, config, now);
    let mut dropped = Vec::new();
    if votes.len() >= 3
        && let Some(Middle { price: centre, .. }) = middle(&votes)
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
    let price = match validity {
        Validity::Frozen => None,
        // Of two that disagree neither is believed: the price lies between, and the uncertainty says how far they are.
        Validity::Disputed => middle(&votes).map(|middle| Middle { spread: 0, ..middle }),
        _ => middle(&votes),
    };
    Outcome { price, validity, dropped }
}

/// One vote a group, ordered by price: the middle report of its live sources, the lower one where they are even.
fn group_votes(feed: &Feed, config: &Config, now: Time) -> Vec<Vote> {
    let live = feed.reports.iter().filter(|report| now <= report.counts_until);
    let mut all: Vec<Vote> = live
        .filter_map(|report| {
            let group = config.vote_of(report.source)?;
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

fn middle(votes: &[Vote]) -> Option<Middle> {
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
    let uncertainty = low.confidence.max(high.confidence).max(spread.div_ceil(2));
    Some(Middle { price, uncertainty, spread: high.price.distance(low.price) })
}

#[cfg(test)]
mod tests {
    use cistern_attest::{FeedKey, Network, SetId};
    use cistern_units::Fraction;

    use super::*;
    use crate::{
        act::{Binding, Subject},
        ids::{FeedId, SourceId, Symbol},
        rows::{Quote, Report, SourceConfig},
    };

    fn config(groups: &[u8]) -> Config {
        let symbol = Symbol::new("source").unwrap();
        let sources = groups.iter().map(|group| SourceConfig { symbol, group: *group }).collect();
        Config { sources, ..Config::default() }
    }

    fn feed(prices: &[(u128, u128)]) -> Feed {
        let reports = prices.iter().enumerate().map(|(place, (dollars, confidence))| Report {
            source: SourceId::at(place).unwrap(),
            price: Price::new(dollars * Price::ONE.raw()).unwrap(),
            confidence: confidence * Price::ONE.raw(),
            published_at: Time::ZERO,
            sequence: 0,
            counts_until: Time::ZERO,
            unconfirmed: None,
        });
        Feed { reports: reports.collect(), ..Feed::default() }
    }

    fn outcome(prices: &[(u128, u128)]) -> (Option<(u128, u128)>, Validity, usize) {
        let config = config(&[0, 1, 2, 3]);
        let outcome = aggregate(&feed(prices), &config, Time::ZERO, &OracleParams::default());
        let whole =
            |middle: Middle| (middle.price.raw() / Price::ONE.raw(), middle.uncertainty / Price::ONE.raw());
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
        let feed = feed(&[(1_000, 0), (1_000, 0), (1_000, 0), (1_020, 0), (1_022, 0)]);
        let outcome = aggregate(&feed, &config(&[0, 0, 0, 1, 2]), Time::ZERO, &OracleParams::default());
        assert_eq!(outcome.price.unwrap().price.raw(), 1_020 * Price::ONE.raw());
        assert_eq!(outcome.validity, Validity::Full);
    }

    #[test]
    fn sources_without_evidence_are_one_group_beside_those_with() {
        // Three exchanges, each in a group of its own, against two networks: one vote for the three.
        let feed = feed(&[(1_020, 0), (1_020, 0), (1_020, 0), (1_000, 0), (1_002, 0)]);
        let mut config = config(&[0, 1, 2, 3, 4]);
        let bound = |source| Binding {
            network: Network::PythRouters,
            set: SetId::default(),
            key: FeedKey::index(u32::from(source)),
            source: SourceId(source),
            feed: FeedId(0),
            subject: Subject::Price,
            exponent: -8,
            floor: Price::MIN,
            ceiling: Price::MAX,
        };
        config.bindings = [3, 4].map(bound).to_vec();
        let outcome = aggregate(&feed, &config, Time::ZERO, &OracleParams::default());
        assert_eq!(outcome.price.unwrap().price.raw(), 1_002 * Price::ONE.raw());
        assert_eq!(outcome.validity, Validity::Full);
    }

    #[test]
    fn the_aggregate_lies_within_what_survived() {
        let rules = OracleParams { deviation_band: Fraction::ONE, ..OracleParams::default() };
        let feed = feed(&[(10, 0), (11, 0), (12, 0), (13, 0)]);
        let middle = aggregate(&feed, &config(&[0, 1, 2, 3]), Time::ZERO, &rules).price.unwrap();
        assert_eq!((middle.price.raw(), middle.uncertainty), (11_500_000_000_000, 500_000_000_000));
        let quote = Quote { price: middle.price, uncertainty: 0, spread: middle.spread, at: Time::ZERO };
        assert_eq!(quote.lower_middle().raw(), 11_000_000_000_000);
        assert_eq!(quote.upper_middle().raw(), 12_000_000_000_000);
    }
}
