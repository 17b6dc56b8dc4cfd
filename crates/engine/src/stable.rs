//! The stable price [O2]: a price that follows the market slowly, so that a pump is not collateral (after Mango v4).

use cistern_units::{Price, Span, Time, wide};

use crate::rows::StableState;

/// Delay prices are hourly.
const HOUR: Span = Span::HOUR;
/// Delay prices kept: the oldest is a day behind.
const HOURS: u8 = 24;
/// Largest change of a delay price within its hour, in 1e-9: 6 %.
const DELAY_GROWTH: u128 = 60_000_000;
/// Largest change of the stable price in a millisecond, in 1e-9, before the damping: 0.0003 a second.
const STABLE_GROWTH: u128 = 300;
/// Longest time that one update counts for: after a pause the price catches up slowly.
const STEP_MAX: Span = Span::seconds(600);
const WHOLE: u128 = 1_000_000_000;

/// The stable price of a feed at its first price.
#[must_use]
pub fn first(price: Price, now: Time) -> StableState {
    StableState {
        price,
        delay: [price; 24],
        delay_place: 0,
        hour_began: now,
        hour_sum: 0,
        hour_covered: 0,
        updated_at: now,
    }
}

/// The stable price after `price` held since the last update [O2].
///
/// Reference vector, updated every 10 s: from 0.038 to 0.91 geometrically within 1,200 s it rises to 0.0498.
#[must_use]
pub fn next(mut state: StableState, price: Price, now: Time) -> StableState {
    let elapsed = now.since(state.updated_at);
    if elapsed.is_zero() {
        return state;
    }
    accumulate(&mut state, price, elapsed);
    turn_hours(&mut state, now);
    let delay = state.delay.get(usize::from(state.delay_place)).copied().unwrap_or(state.price);
    let step = elapsed.min(STEP_MAX);
    let damping = closeness(state.price, delay);
    let growth = STABLE_GROWTH
        .saturating_mul(u128::from(step.as_milliseconds()))
        .saturating_mul(damping)
        .div_euclid(WHOLE)
        .saturating_mul(damping)
        .div_euclid(WHOLE);
    state.price = clamped(price, state.price, growth);
    state.updated_at = now;
    state
}

/// Adds the price of the last interval to the average of the hour.
fn accumulate(state: &mut StableState, price: Price, elapsed: Span) {
    // An interval longer than the hour counts as an hour: sum and cover grow by the same time.
    let counted = elapsed.min(HOUR).as_milliseconds();
    state.hour_sum = state.hour_sum.saturating_add(price.raw().saturating_mul(u128::from(counted)));
    state.hour_covered = state.hour_covered.saturating_add(counted);
}

/// Stores the delay price of each hour that has ended.
fn turn_hours(state: &mut StableState, now: Time) {
    let mut turns = 0_u8;
    while now.since(state.hour_began) >= HOUR {
        let average =
            state.hour_sum.checked_div(u128::from(state.hour_covered)).map_or(state.price, Price::clamped);
        let newest = state.delay_place.saturating_add(HOURS).saturating_sub(1).rem_euclid(HOURS);
        let previous = state.delay.get(usize::from(newest)).copied().unwrap_or(average);
        if let Some(oldest) = state.delay.get_mut(usize::from(state.delay_place)) {
            *oldest = clamped(average, previous, DELAY_GROWTH);
        }
        state.delay_place = state.delay_place.saturating_add(1).rem_euclid(HOURS);
        turns = turns.saturating_add(1);
        // After a day without updates every delay price has been replaced; the hours before that are skipped.
        let skipped = turns >= HOURS;
        state.hour_began = if skipped { now } else { state.hour_began.plus(HOUR).unwrap_or(now) };
        if now.since(state.hour_began) < HOUR {
            state.hour_sum = 0;
            state.hour_covered = 0;
        }
    }
}

/// The smaller of two prices over the larger, in 1e-9, rounded down.
fn closeness(a: Price, b: Price) -> u128 {
    wide::multiply_divide_down(a.min(b).raw(), WHOLE, a.max(b).raw()).unwrap_or(0)
}

/// `price`, not further from `from` than `growth` (in 1e-9) of it.
fn clamped(price: Price, from: Price, growth: u128) -> Price {
    let step = wide::multiply_divide_down(from.raw(), growth, WHOLE).unwrap_or(0);
    let low = from.raw().saturating_sub(step);
    let high = from.raw().saturating_add(step);
    Price::clamped(price.raw().clamp(low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(millionths: u128) -> Price {
        Price::new(millionths * 1_000_000).unwrap()
    }

    /// Drives the stable price every 10 s through `path(seconds)` in millionths of a dollar.
    fn drive(start: u128, until: u64, path: impl Fn(u64) -> u128) -> f64 {
        let mut state = first(price(start), Time::ZERO);
        for second in (10..=until).step_by(10) {
            state = next(state, price(path(second)), Time::milliseconds(second * 1_000));
        }
        state.price.raw() as f64 / 1e12
    }

    fn mango(second: u64) -> u128 {
        let share = (second as f64 / 1_200.0).min(1.0);
        (38_000.0 * (0.91_f64 / 0.038).powf(share)) as u128
    }

    #[test]
    fn the_mango_pump_is_believed_by_a_third_after_twenty_minutes() {
        assert_eq!((drive(38_000, 1_200, mango) * 1e4).round(), 498.0);
        assert_eq!((drive(38_000, 2_400, mango) * 1e4).round(), 594.0);
    }

    #[test]
    fn a_wick_of_a_minute_is_forgotten_within_five() {
        let wick = |second| if second <= 60 { 670_000 } else { 1_000_000 };
        assert_eq!((drive(1_000_000, 60, wick) * 1e3).round(), 982.0);
        assert_eq!((drive(1_000_000, 300, wick) * 1e3).round(), 1_000.0);
    }

    #[test]
    fn a_fall_that_stays_for_forty_minutes_is_believed() {
        assert_eq!((drive(1_000_000, 2_400, |_| 650_000) * 1e3).round(), 650.0);
    }

    #[test]
    fn twenty_per_cent_take_twelve_minutes() {
        // peers section 6.4: +20 % reached in 740 s, +5 % in 180 s
        assert!(drive(1_000_000, 740, |_| 1_200_000) >= 1.199);
        assert!(drive(1_000_000, 700, |_| 1_200_000) < 1.2);
        assert_eq!((drive(1_000_000, 180, |_| 1_050_000) * 1e3).round(), 1_050.0);
    }

    #[test]
    fn a_long_pause_neither_loops_nor_jumps() {
        let state = first(price(1_000_000), Time::ZERO);
        let later = next(state, price(2_000_000), Time::milliseconds(1_000 * 86_400 * 365));
        assert!(later.price <= price(1_180_000));
        assert_eq!(next(later, price(5), later.updated_at), later);
    }
}
