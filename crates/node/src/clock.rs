//! What time it is: the only clock of the pool.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use cistern_units::Time;

/// Tells the time; never runs back.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Time;
}

/// The time on the wall of this machine. Where that is set back, it stands still until the wall has caught up.
#[derive(Debug, Default)]
pub struct WallClock {
    latest: AtomicU64,
}

impl Clock for WallClock {
    fn now(&self) -> Time {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let wall = u64::try_from(wall).unwrap_or(u64::MAX);
        Time::milliseconds(self.latest.fetch_max(wall, Ordering::Relaxed).max(wall))
    }
}

/// A clock that stands where it was set last: by a replay, or by a test.
#[derive(Debug, Default)]
pub struct HandClock {
    now: AtomicU64,
}

impl HandClock {
    /// A clock that stands at a moment.
    #[must_use]
    pub fn new(now: Time) -> Self {
        Self { now: AtomicU64::new(now.as_milliseconds()) }
    }

    /// Turns it forward to a moment; an earlier one than it shows changes nothing.
    pub fn turn_to(&self, now: Time) {
        self.now.fetch_max(now.as_milliseconds(), Ordering::Relaxed);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Time {
        Time::milliseconds(self.now.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hand_clock_never_runs_back() {
        let clock = HandClock::new(Time::milliseconds(7));
        clock.turn_to(Time::milliseconds(5));
        assert_eq!(clock.now(), Time::milliseconds(7));
        clock.turn_to(Time::milliseconds(9));
        assert_eq!(clock.now(), Time::milliseconds(9));
    }

    #[test]
    fn a_wall_clock_stands_still_where_the_wall_is_set_back() {
        let ahead = u64::MAX / 2;
        let clock = WallClock { latest: AtomicU64::new(ahead) };
        assert_eq!(clock.now(), Time::milliseconds(ahead));
        assert!(WallClock::default().now() > Time::milliseconds(1_700_000_000_000));
    }
}
