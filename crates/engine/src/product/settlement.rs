//! The price at which what is written on an index is settled at its expiry [E1].

use cistern_units::{Fraction, Price, Span, Time, wide};

use crate::{limits::SETTLEMENT_WINDOW, rows::Expiry};

/// Of that, so much must have been seen. One half: an average of less is somebody's choice of the moment.
const SEEN_MIN: Span = Span::seconds(900);

/// What the average is after an index price has held from one time to another.
///
/// Only the window counts; where too little of it was seen, what comes after the expiry counts until it is enough.
#[must_use]
pub(crate) fn averaged(row: &Expiry, index: Price, (since, until): (Time, Time)) -> (u128, Span) {
    let since = since.max(beginning(row)).max(row.averaged_at);
    let within = until.min(row.at).since(since);
    let covered = row.covered.as_milliseconds().saturating_add(within.as_milliseconds());
    let missing = SEEN_MIN.as_milliseconds().saturating_sub(covered);
    let after = until.since(since.max(row.at)).as_milliseconds().min(missing);
    let counted = within.as_milliseconds().saturating_add(after);
    // A price is below 2^70 and the window below 2^21 milliseconds.
    let sum = row.sum.saturating_add(index.raw().saturating_mul(u128::from(counted)));
    (sum, Span::milliseconds(row.covered.as_milliseconds().saturating_add(counted)))
}

/// When the window begins.
#[must_use]
pub(crate) fn beginning(row: &Expiry) -> Time {
    Time::milliseconds(row.at.as_milliseconds().saturating_sub(SETTLEMENT_WINDOW.as_milliseconds()))
}

/// The settlement price [E1], rounded down; none before the expiry, and none while too little of the index was seen.
#[must_use]
pub(crate) fn price(row: &Expiry, now: Time) -> Option<Price> {
    if now < row.at || row.covered < SEEN_MIN {
        return None;
    }
    let covered = u128::from(row.covered.as_milliseconds());
    row.sum.checked_div(covered).map(Price::clamped)
}

/// What is expected of the settlement price while the price for it is `forward`: what was seen of the average, and the
/// forward for what is left of it.
#[must_use]
pub(crate) fn expected(row: &Expiry, forward: Price) -> Price {
    let (seen, left) = parts(row);
    let sum = row.sum.saturating_add(forward.raw().saturating_mul(u128::from(left)));
    sum.checked_div(u128::from(seen.saturating_add(left))).map_or(forward, Price::clamped)
}

/// How much of the settlement price still moves: the part of the average that is left, rounded up.
#[must_use]
pub(crate) fn moving(row: &Expiry) -> Fraction {
    let (seen, left) = parts(row);
    let whole = u128::from(seen.saturating_add(left));
    let part = wide::multiply_divide_up(u128::from(left), u128::from(Fraction::ONE.raw()), whole);
    part.and_then(|part| u32::try_from(part).ok()).and_then(Fraction::new).unwrap_or(Fraction::ONE)
}

/// Milliseconds of the average that were seen, and that are left.
fn parts(row: &Expiry) -> (u64, u64) {
    let seen = row.covered.as_milliseconds();
    let ahead = row.at.since(row.averaged_at.max(beginning(row))).as_milliseconds();
    (seen, ahead.max(SEEN_MIN.as_milliseconds().saturating_sub(seen)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::FeedId;

    const AT: Time = Time::milliseconds(1_000_000_000);

    fn dollars(whole: u128) -> Price {
        Price::clamped(whole * Price::ONE.raw())
    }

    fn minutes(before: u64) -> Time {
        Time::milliseconds(AT.as_milliseconds() - before * 60_000)
    }

    fn after(row: Expiry, index: Price, held: (Time, Time)) -> Expiry {
        let (sum, covered) = averaged(&row, index, held);
        Expiry { sum, covered, averaged_at: held.1, ..row }
    }

    #[test]
    fn the_settlement_price_is_the_average_of_the_last_half_hour() {
        // [E1] worked number: 2,000 for 20 minutes and 2,060 for 10 settle at 2,020; what was before does not count.
        let row = Expiry::new(FeedId(0), AT, FeedId(0));
        let row = after(row, dollars(1_000), (minutes(90), minutes(30)));
        assert_eq!((row.sum, price(&row, AT)), (0, None));
        let row = after(row, dollars(2_000), (minutes(30), minutes(10)));
        assert_eq!(price(&row, minutes(10)), None);
        // Two thirds are seen: at a forward of 2,060 the price that is expected is 2,020, of which a third still moves.
        assert_eq!(expected(&row, dollars(2_060)), dollars(2_020));
        assert_eq!(moving(&row).raw(), 333_333_334);
        let late = Time::milliseconds(AT.as_milliseconds() + 5_000);
        let row = after(row, dollars(2_060), (minutes(10), late));
        assert_eq!(price(&row, late), Some(dollars(2_020)));
        assert_eq!((moving(&row), expected(&row, dollars(9))), (Fraction::ZERO, dollars(2_020)));
    }

    #[test]
    fn too_little_of_the_index_waits_for_more_of_it() {
        let row = Expiry::new(FeedId(0), AT, FeedId(0));
        let row = after(row, dollars(2_000), (minutes(30), minutes(20)));
        // Nothing was seen from there to a minute after the expiry.
        let gap = Time::milliseconds(AT.as_milliseconds() + 60_000);
        let row = Expiry { averaged_at: gap, ..row };
        assert_eq!(price(&row, gap), None);
        assert_eq!(moving(&row).raw(), 333_333_334);
        let later = Time::milliseconds(AT.as_milliseconds() + 10 * 60_000);
        let row = after(row, dollars(2_300), (gap, later));
        assert_eq!(row.covered, SEEN_MIN);
        assert_eq!(price(&row, later), Some(dollars(2_100)));
    }
}
