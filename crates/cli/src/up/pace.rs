//! How fast a crash is lived through.

use std::time::{Duration, Instant};

const SECOND_MS: f64 = 1_000.0;
/// A machine that cannot keep up falls behind by no more than this much of its own time: the crash runs more slowly.
const BEHIND: Duration = Duration::from_millis(500);

/// Where the crash should be by now. It moves on with the time on the wall, or stands still.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// Unix milliseconds of the crash.
    position_ms: f64,
    /// When it was there.
    since: Instant,
    /// Seconds of the crash in one of ours.
    speed: f64,
    motion: Motion,
}

/// Does it move?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Motion {
    Runs,
    Held,
}

impl Pace {
    pub(super) fn new(position_ms: u64, speed: f64, now: Instant) -> Self {
        Self { position_ms: position_ms as f64, since: now, speed, motion: Motion::Runs }
    }

    pub(super) fn speed(&self) -> f64 {
        self.speed
    }

    pub(super) fn motion(&self) -> Motion {
        self.motion
    }

    /// Moves on to where it should be now.
    fn turn(&mut self, now: Instant) {
        if self.motion == Motion::Runs {
            self.position_ms += self.per_second() * now.saturating_duration_since(self.since).as_secs_f64();
        }
        self.since = now;
    }

    /// Milliseconds of the crash in a second.
    fn per_second(&self) -> f64 {
        self.speed * SECOND_MS
    }

    pub(super) fn set_speed(&mut self, speed: f64, now: Instant) {
        self.turn(now);
        self.speed = speed;
    }

    pub(super) fn set_motion(&mut self, motion: Motion, now: Instant) {
        self.turn(now);
        self.motion = motion;
    }

    /// How long to wait for a moment of the crash; none where it stands still before it.
    pub(super) fn wait(&mut self, for_ms: u64, now: Instant) -> Option<Duration> {
        self.turn(now);
        let missing = for_ms as f64 - self.position_ms;
        match self.motion {
            Motion::Held => None,
            Motion::Runs => Some(
                Duration::try_from_secs_f64(missing.max(0.0) / self.per_second()).unwrap_or(Duration::MAX),
            ),
        }
    }

    /// A moment of the crash has been lived through.
    pub(super) fn arrived(&mut self, at_ms: u64, now: Instant) {
        self.turn(now);
        let at = at_ms as f64;
        self.position_ms = self.position_ms.clamp(at, at + self.per_second() * BEHIND.as_secs_f64());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3_600_000;

    #[test]
    fn a_moment_comes_when_its_hours_have_passed() {
        let now = Instant::now();
        let mut pace = Pace::new(HOUR, 7_200.0, now);
        assert_eq!(pace.wait(3 * HOUR, now), Some(Duration::from_secs(1)));
        let later = now + Duration::from_millis(400);
        assert_eq!(pace.wait(3 * HOUR, later), Some(Duration::from_millis(600)));
        pace.set_speed(3_600.0, later);
        assert_eq!(pace.wait(3 * HOUR, later), Some(Duration::from_millis(1_200)));
        assert_eq!(pace.wait(3 * HOUR, later + Duration::from_secs(5)), Some(Duration::ZERO));
    }

    #[test]
    fn what_is_held_does_not_move() {
        let now = Instant::now();
        let mut pace = Pace::new(0, 3_600.0, now);
        pace.set_motion(Motion::Held, now);
        let later = now + Duration::from_secs(60);
        assert_eq!(pace.wait(HOUR, later), None);
        pace.set_motion(Motion::Runs, later);
        assert_eq!(pace.wait(HOUR, later), Some(Duration::from_secs(1)));
    }

    #[test]
    fn a_slow_machine_does_not_rush_to_catch_up() {
        let now = Instant::now();
        let mut pace = Pace::new(0, 3_600.0, now);
        let later = now + Duration::from_secs(60);
        assert_eq!(pace.wait(HOUR, later), Some(Duration::ZERO));
        pace.arrived(HOUR, later);
        assert_eq!(pace.wait(2 * HOUR, later), Some(Duration::from_millis(500)));
        pace.arrived(50 * HOUR, later);
        assert_eq!(pace.wait(51 * HOUR, later), Some(Duration::from_secs(1)));
    }
}
