//! What somebody may do with a running replay: hold it, change its speed, jump ahead, end it.

use std::{
    fmt,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use super::pace::{Motion, Pace};

/// Where a replay is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Position {
    /// First moment of the crash, in Unix milliseconds.
    pub(super) start_ms: u64,
    /// Last moment.
    pub(super) end_ms: u64,
    /// The moment that was lived through last.
    pub(super) now_ms: u64,
    /// Seconds of the crash in one of ours.
    pub(super) speed: f64,
    pub(super) motion: Motion,
    pub(super) phase: Phase,
}

/// How far a replay is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The pool is founded and its accounts are opened; or, after a restart, what the log has is lived through again.
    Preparing,
    /// Prices come in.
    Running,
    /// The crash is over.
    Over,
    /// It broke off.
    Failed {
        /// Why.
        reason: String,
    },
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Step,
    End,
}

/// Why a jump is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoJump {
    /// What has been ordered stays ordered.
    Backward {
        /// Where it is.
        now_ms: u64,
    },
    /// There are no prices.
    BehindTheEnd {
        /// Where they end.
        end_ms: u64,
    },
}

impl fmt::Display for NoJump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Backward { now_ms } => write!(
                f,
                "a replay runs forward only and is at {now_ms} already; for an earlier moment start one in another --dir"
            ),
            Self::BehindTheEnd { end_ms } => write!(f, "the prices end at {end_ms}; jump to that at most"),
        }
    }
}

#[derive(Debug)]
struct Desk {
    pace: Pace,
    jump_to_ms: Option<u64>,
    ended: bool,
    span_ms: (u64, u64),
    now_ms: u64,
    phase: Phase,
}

/// The controls of one replay, for everybody who has a hand on them.
#[derive(Debug)]
pub(super) struct Controls {
    desk: Mutex<Desk>,
    news: Condvar,
}

impl Controls {
    pub(super) fn new(speed: f64) -> Self {
        let desk = Desk {
            pace: Pace::new(0, speed, Instant::now()),
            jump_to_ms: None,
            ended: false,
            span_ms: (0, 0),
            now_ms: 0,
            phase: Phase::Preparing,
        };
        Self { desk: Mutex::new(desk), news: Condvar::new() }
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        // Every statement leaves the desk whole.
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn position(&self) -> Position {
        let desk = self.desk();
        Position {
            start_ms: desk.span_ms.0,
            end_ms: desk.span_ms.1,
            now_ms: desk.now_ms,
            speed: desk.pace.speed(),
            motion: desk.pace.motion(),
            phase: desk.phase.clone(),
        }
    }

    pub(super) fn hold(&self) {
        self.desk().pace.set_motion(Motion::Held, Instant::now());
        self.news.notify_all();
    }

    pub(super) fn go_on(&self) {
        self.desk().pace.set_motion(Motion::Runs, Instant::now());
        self.news.notify_all();
    }

    pub(super) fn set_speed(&self, speed: f64) {
        self.desk().pace.set_speed(speed, Instant::now());
        self.news.notify_all();
    }

    /// Lives through everything up to a moment without waiting.
    ///
    /// # Errors
    /// [`NoJump`].
    pub(super) fn jump_to(&self, moment_ms: u64) -> Result<(), NoJump> {
        let mut desk = self.desk();
        if moment_ms < desk.now_ms {
            return Err(NoJump::Backward { now_ms: desk.now_ms });
        }
        if moment_ms > desk.span_ms.1 {
            return Err(NoJump::BehindTheEnd { end_ms: desk.span_ms.1 });
        }
        desk.jump_to_ms = Some(moment_ms);
        self.news.notify_all();
        Ok(())
    }

    /// Ends the replay before its next step.
    pub(super) fn end(&self) {
        self.desk().ended = true;
        self.news.notify_all();
    }

    pub(super) fn is_ended(&self) -> bool {
        self.desk().ended
    }

    /// The replay is ready, from a moment on; what lies before `until_ms` has been lived through once and is not waited for.
    pub(super) fn ready(&self, span_ms: (u64, u64), until_ms: u64) {
        let mut desk = self.desk();
        desk.span_ms = span_ms;
        desk.now_ms = desk.now_ms.max(span_ms.0);
        desk.pace.arrived(span_ms.0, Instant::now());
        desk.jump_to_ms = (until_ms > span_ms.0).then_some(until_ms);
    }

    /// Waits until the next instant is due.
    pub(super) fn wait_for(&self, next_ms: u64) -> Next {
        let mut desk = self.desk();
        loop {
            if desk.ended {
                return Next::End;
            }
            match desk.jump_to_ms {
                Some(moment) if next_ms <= moment => return Next::Step,
                Some(_) => desk.jump_to_ms = None,
                None => {}
            }
            desk = match desk.pace.wait(next_ms, Instant::now()) {
                Some(rest) if rest.is_zero() => return Next::Step,
                Some(rest) => {
                    let woken = self.news.wait_timeout(desk, rest);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.news.wait(desk).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// An instant has been lived through.
    pub(super) fn arrived(&self, now_ms: u64) {
        let mut desk = self.desk();
        desk.now_ms = now_ms;
        desk.pace.arrived(now_ms, Instant::now());
        let is_again = desk.phase == Phase::Preparing && desk.jump_to_ms.is_some_and(|until| now_ms < until);
        if !is_again {
            desk.phase = Phase::Running;
        }
        self.news.notify_all();
    }

    pub(super) fn is_preparing(&self) -> bool {
        self.desk().phase == Phase::Preparing
    }

    /// The replay has come to its end; the first end stands.
    pub(super) fn finish(&self, phase: Phase) {
        let mut desk = self.desk();
        if matches!(desk.phase, Phase::Preparing | Phase::Running) {
            desk.phase = phase;
        }
        desk.jump_to_ms = None;
        self.news.notify_all();
    }

    /// Waits until the pool is open: its accounts have taken their places, or it has broken off.
    pub(super) fn wait_until_open(&self) {
        let mut desk = self.desk();
        while desk.phase == Phase::Preparing && !desk.ended {
            desk = self.news.wait(desk).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, thread};

    use super::*;

    const HOUR: u64 = 3_600_000;

    /// Controls of a replay of ten hours that nobody would live to see at its own speed.
    fn slow() -> Controls {
        let controls = Controls::new(1e-9);
        controls.ready((HOUR, 10 * HOUR), 0);
        controls.arrived(HOUR);
        controls
    }

    #[test]
    fn a_jump_runs_up_to_its_moment_and_no_further() {
        let controls = slow();
        controls.jump_to(3 * HOUR).unwrap();
        for hour in 2..=3 {
            assert_eq!(controls.wait_for(hour * HOUR), Next::Step);
            controls.arrived(hour * HOUR);
        }
        controls.end();
        assert_eq!(controls.wait_for(4 * HOUR), Next::End);
        assert_eq!(controls.position().now_ms, 3 * HOUR);
    }

    #[test]
    fn a_jump_goes_forward_and_to_where_there_are_prices() {
        let controls = slow();
        assert_eq!(controls.jump_to(HOUR - 1), Err(NoJump::Backward { now_ms: HOUR }));
        assert_eq!(controls.jump_to(11 * HOUR), Err(NoJump::BehindTheEnd { end_ms: 10 * HOUR }));
    }

    #[test]
    fn a_replay_that_is_held_goes_on_when_it_is_told_to() {
        let controls = Arc::new(slow());
        controls.hold();
        controls.set_speed(1e9);
        let waiting = thread::spawn({
            let controls = Arc::clone(&controls);
            move || controls.wait_for(2 * HOUR)
        });
        assert_eq!(controls.position().motion, Motion::Held);
        controls.go_on();
        assert_eq!(waiting.join().unwrap(), Next::Step);
    }

    #[test]
    fn what_was_lived_through_before_is_not_waited_for() {
        let controls = Controls::new(1e-9);
        controls.ready((HOUR, 10 * HOUR), 2 * HOUR);
        assert_eq!(controls.wait_for(HOUR), Next::Step);
        controls.arrived(HOUR);
        assert_eq!(controls.position().phase, Phase::Preparing);
        assert_eq!(controls.wait_for(2 * HOUR), Next::Step);
        controls.arrived(2 * HOUR);
        assert_eq!(controls.position().phase, Phase::Running);
    }
}
