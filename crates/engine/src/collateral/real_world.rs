//! A claim on something outside: a fund of treasury bills, a note. Its issuer values it now and then, takes it back from a
//! queue, and lets only listed holders have it; whoever buys it in a liquidation must be one, and must have said how much.

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::{Fraction, Overflow, Span, Time, Value};

use super::{Credit, Dealing, Rules, Seen};

/// A week, in which its market opens and closes.
const WEEK: u64 = 604_800_000;
/// From the first Monday, 00:00 UTC, to the beginning of time, which was a Thursday.
const MONDAY: u64 = 259_200_000;

/// How the haircut of a claim grows with what is not known of it. Sources: Horizon and Maple, by what their issuers ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct RealWorld {
    /// Its issuer values it at least so often.
    pub heartbeat: Span,
    /// Haircut for each day that its value is older than that.
    pub haircut_a_day: Fraction,
    /// Haircut while its market is closed.
    pub haircut_closed: Fraction,
    /// Haircut for a year of waiting in the redemption queue: carry and the issuer's credit.
    pub haircut_a_year: Fraction,
    /// A commitment to buy it counts for this long after it was lowered.
    pub notice: Span,
    /// When its market closes, from Monday 00:00 UTC; the same as `opens`: never.
    pub closes: Span,
    /// When its market opens again; before `closes`: in the next week.
    pub opens: Span,
}

impl RealWorld {
    /// Is its market closed?
    #[must_use]
    pub fn is_closed(&self, now: Time) -> bool {
        let at = now.as_milliseconds().saturating_add(MONDAY).checked_rem(WEEK).unwrap_or(0);
        let (closes, opens) = (self.closes.as_milliseconds(), self.opens.as_milliseconds());
        if closes <= opens { (closes..opens).contains(&at) } else { at >= closes || at < opens }
    }

    /// The haircut beyond that of its factors [K1], rounded up: for the age of its value beyond the heartbeat, for a closed
    /// market, for the redemption queue; never more than the whole.
    #[must_use]
    pub fn extra_haircut_up(&self, age: Span, queue: Span, now: Time) -> Fraction {
        let late = age.as_milliseconds().saturating_sub(self.heartbeat.as_milliseconds());
        let part = |rate: Fraction, span: u64, of: Span| {
            u128::from(rate.raw())
                .saturating_mul(u128::from(span))
                .div_ceil(u128::from(of.as_milliseconds()).max(1))
        };
        let closed = if self.is_closed(now) { self.haircut_closed } else { Fraction::ZERO };
        let sum = part(self.haircut_a_day, late, Span::DAY)
            .saturating_add(part(self.haircut_a_year, queue.as_milliseconds(), Span::YEAR))
            .saturating_add(u128::from(closed.raw()));
        u32::try_from(sum).ok().and_then(Fraction::new).unwrap_or(Fraction::ONE)
    }
}

/// What counts of a worth [K1], rounded down: what the extra haircut leaves of it, and where others have committed to buy
/// less than the pool has of the claim, its part of that.
///
/// # Errors
/// [`Overflow`] where a value leaves its range.
pub fn counted_down(worth: Value, kept: Fraction, whole: Value, committed: Value) -> Result<Value, Overflow> {
    let (own, whole) = (worth.times_down(kept)?, whole.times_up(kept)?);
    if whole <= committed {
        return Ok(own);
    }
    own.scaled_down(committed.magnitude(), whole.magnitude())
}

impl Rules for RealWorld {
    fn is_sound(&self, _listing: super::Listing) -> bool {
        let week = Span::milliseconds(WEEK);
        !self.heartbeat.is_zero() && !self.notice.is_zero() && self.closes <= week && self.opens <= week
    }

    /// It changes hands among listed holders alone, so it is neither lent nor borrowed.
    fn allows(&self, dealing: Dealing) -> bool {
        !matches!(dealing, Dealing::Lend | Dealing::Anybody)
    }

    /// Nothing without a value from its issuer.
    fn credit(&self, seen: &Seen) -> Credit {
        let kept = seen.said_at.map_or(Fraction::ZERO, |said_at| {
            self.extra_haircut_up(seen.now.since(said_at), seen.queue, seen.now).complement()
        });
        Credit::Committed { kept, standing: seen.standing, lasting: seen.lasting }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collateral::{Kind, Listing};

    fn bills() -> RealWorld {
        RealWorld {
            heartbeat: Span::DAY,
            haircut_a_day: Fraction::basis_points(50),
            haircut_closed: Fraction::basis_points(50),
            haircut_a_year: Fraction::basis_points(1_000),
            notice: Span::DAY,
            closes: Span::milliseconds(4 * Span::DAY.as_milliseconds() + 75_600_000),
            opens: Span::milliseconds(6 * Span::DAY.as_milliseconds() + 75_600_000),
        }
    }

    fn days(days: u64) -> Span {
        Span::milliseconds(days * Span::DAY.as_milliseconds())
    }

    /// 2024-01-01 00:00, a Monday.
    const MONDAY_2024: u64 = 1_704_067_200_000;

    fn day(days: u64) -> Time {
        Time::milliseconds(MONDAY_2024 + days * Span::DAY.as_milliseconds())
    }

    #[test]
    fn a_haircut_grows_with_age_closed_market_and_queue() {
        // [K1] worked number: a value three days old, of which one is the heartbeat, on a Saturday, thirty days of queue:
        // 1 % + 0.5 % + 0.82191781 %.
        let open = bills().extra_haircut_up(days(3), days(30), day(1));
        assert_eq!(open.raw(), 10_000_000 + 8_219_179);
        let closed = bills().extra_haircut_up(days(3), days(30), day(5));
        assert_eq!(closed.raw(), 10_000_000 + 8_219_179 + 5_000_000);
        assert_eq!(bills().extra_haircut_up(days(1), days(0), day(1)), Fraction::ZERO);
    }

    #[test]
    fn an_old_value_counts_for_nothing_and_never_for_less() {
        assert_eq!(bills().extra_haircut_up(days(10_000), days(0), day(1)), Fraction::ONE);
        assert_eq!(
            bills().extra_haircut_up(Span::milliseconds(u64::MAX), Span::milliseconds(u64::MAX), day(1)),
            Fraction::ONE
        );
        let seen = Seen { said_at: None, ..Seen::default() };
        let Credit::Committed { kept, .. } = bills().credit(&seen) else { panic!("a claim is committed to") };
        assert_eq!(kept, Fraction::ZERO);
    }

    #[test]
    fn a_claim_counts_for_its_part_of_what_is_committed() {
        // [K1] worked number: 99 units at $100, $5,000 committed, of 100 units: $4,950.
        let [own, whole] = [9_900, 10_000].map(Value::dollars);
        let part = counted_down(own, Fraction::ONE, whole, Value::dollars(5_000));
        assert_eq!(part, Ok(Value::dollars(4_950)));
        let kept = Fraction::basis_points(9_000);
        assert_eq!(counted_down(own, kept, whole, Value::dollars(9_000)), Ok(Value::dollars(8_910)));
        assert_eq!(counted_down(own, kept, whole, Value::ZERO), Ok(Value::ZERO));
        assert_eq!(counted_down(Value::ZERO, kept, Value::ZERO, Value::ZERO), Ok(Value::ZERO));
    }

    #[test]
    fn a_market_closes_for_the_weekend() {
        let closed: std::vec::Vec<bool> = (0..7).map(|place| bills().is_closed(day(place))).collect();
        assert_eq!(closed, [false, false, false, false, false, true, true]);
        let over_night = RealWorld { closes: days(6), opens: days(1), ..bills() };
        assert!(
            over_night.is_closed(day(6)) && over_night.is_closed(day(0)) && !over_night.is_closed(day(1))
        );
        let never = RealWorld { closes: days(2), opens: days(2), ..bills() };
        assert!((0..7).all(|place| !never.is_closed(day(place))));
    }

    #[test]
    fn a_claim_is_sound_within_a_week_and_for_listed_holders_alone() {
        let listing = Listing { factors: 1, ..Listing::default() };
        assert!(bills().is_sound(listing));
        assert!(!RealWorld { heartbeat: Span::ZERO, ..bills() }.is_sound(listing));
        assert!(!RealWorld { closes: days(8), ..bills() }.is_sound(listing));
        let kind = Kind::RealWorld(bills());
        assert!(!kind.rules().allows(Dealing::Lend) && !kind.rules().allows(Dealing::Anybody));
    }
}
