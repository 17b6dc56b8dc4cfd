//! The replay that drives the node: paced, and on a thread of its own.

use cistern_sim::replay::{Broken, Halted, Plan, Progress, Replay, Report};

use super::{
    carrier::{ToNode, Way},
    controls::{Next, Phase},
    say,
};
use crate::trail;

/// Parts of the crash after which a line is printed.
const LINES: u64 = 8;

/// What drives a node.
pub(super) struct Driver {
    pub(super) way: Way,
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Whoever waits for the replay hears of a panic too.
        self.way.controls.finish(Phase::Failed { reason: "it ended by a bug".to_owned() });
    }
}

/// How a replay ended.
#[derive(Debug)]
pub(super) enum End {
    /// The crash is over.
    Over(Box<Report>),
    /// Somebody ended it before.
    Ended,
    /// It broke off.
    Broken(Broken),
}

impl Driver {
    /// Lives through the crash.
    pub(super) fn run(&self, plan: &Plan) -> End {
        let end = self.live_from_the_first_entry(plan);
        let end = match end {
            End::Broken(Broken::Halted(Halted::Foreign { .. })) => self.live_from_now(plan),
            End::Broken(Broken::Halted(Halted::Stopped { .. })) if self.way.controls.is_ended() => End::Ended,
            end => end,
        };
        self.way.controls.finish(match &end {
            End::Broken(broken) => Phase::Failed { reason: broken.to_string() },
            End::Over(_) | End::Ended => Phase::Over,
        });
        end
    }

    fn live_from_the_first_entry(&self, plan: &Plan) -> End {
        let carrier = ToNode::from_the_first_entry(self.way.clone());
        let until_ms = self.way.node.head().time.as_milliseconds();
        match Replay::carried(plan, Box::new(carrier)) {
            Ok(replay) => self.live(replay, until_ms),
            Err(broken) => End::Broken(broken),
        }
    }

    /// Somebody else has commanded this pool too: nobody knows what the crowd made of that, so it goes on from what it has.
    fn live_from_now(&self, plan: &Plan) -> End {
        let (carrier, state) = ToNode::from_now(self.way.clone());
        say(
            "the log has commands that are not of the replay: it goes on from the pool as it stands, and its report \
             counts from here",
        );
        self.live(Replay::resumed(plan, state, Box::new(carrier)), 0)
    }

    fn live(&self, mut replay: Replay<'_>, until_ms: u64) -> End {
        let (start_ms, end_ms) = replay.span_ms();
        self.way.controls.ready((start_ms, end_ms), until_ms);
        let every = (end_ms.saturating_sub(start_ms) / LINES).max(1);
        let mut part = until_ms.max(replay.now_ms()).saturating_sub(start_ms) / every;
        while let Some(next_ms) = replay.next_ms() {
            if self.way.controls.wait_for(next_ms) == Next::End {
                return End::Ended;
            }
            let progress = match replay.step() {
                Ok(progress) => progress,
                Err(broken) => return End::Broken(broken),
            };
            if self.way.controls.is_preparing()
                && let Err(broken) = replay.arrive()
            {
                return End::Broken(broken);
            }
            self.way.controls.arrived(replay.now_ms());
            let reached = replay.now_ms().saturating_sub(start_ms) / every;
            if reached > part || (progress == Progress::Done && until_ms < end_ms) {
                part = reached;
                say(&trail::line(&replay.scene(), start_ms));
            }
        }
        match replay.report() {
            Ok(report) => End::Over(Box::new(report)),
            Err(broken) => End::Broken(broken),
        }
    }
}
