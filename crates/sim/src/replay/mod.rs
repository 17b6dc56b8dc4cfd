//! Real crashes against a whole pool: a population drawn from a seed lives through the recorded prices, and every rule of
//! the pool is checked after every entry.
//!
//! Prices are recorded, people are not: the report says so. Everything is integer arithmetic and drawn from the seed, so
//! that the same plan gives the same digest on every machine.

mod clerk;
mod crowd;
mod dealers;
mod habits;
mod opening;
mod people;
mod plan;
mod report;
mod returns;
mod scene;
mod synthetic;
mod tally;
mod watch;
mod world;

use std::collections::VecDeque;

use cistern_engine::{command::Command, entry::Entry, invariants::Violation};
use cistern_units::Time;

use crate::{
    history::Dice,
    market::{Instant, Ticks},
};

pub use clerk::RECOUNT_EVERY;
pub use plan::{Plan, Unplayable};
pub use report::{Course, Group, Report, Takers};
pub use scene::{Quote, Scene};
pub use tally::{Leg, Step};

use clerk::Clerk;
use crowd::{Crowd, Shelf};
use dealers::Dealers;
use returns::Returns;
use watch::Watch;
use world::World;

/// Fewest accounts that a replay makes sense with.
pub const ACCOUNTS_MIN: u32 = 50;
/// Liquidation steps that a scene remembers.
const STEPS_SHOWN: usize = 64;

/// Where a replay is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There are more ticks.
    Running,
    /// That was the last one.
    Done,
}

/// A rule of the pool that broke: a bug.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{violation}, after entry {entry}: {command}")]
pub struct Broken {
    /// Number of the entry.
    pub entry: u64,
    /// Which rule.
    pub violation: Violation,
    /// What was asked.
    pub command: String,
}

impl Broken {
    fn new(number: u64, entry: &Entry, violation: Violation) -> Self {
        let mut command = format!("{:?}", entry.command);
        command.truncate(400);
        Self { entry: number, violation, command }
    }

    fn at(number: u64, violation: Violation) -> Self {
        Self { entry: number, violation, command: "a full recount".to_owned() }
    }
}

/// A replay on its way.
#[derive(Debug)]
pub struct Replay<'a> {
    plan: &'a Plan,
    world: World,
    ticks: Ticks<'a>,
    next: Option<Instant>,
    start_ms: u64,
    end_ms: u64,
    clerk: Clerk,
    crowd: Crowd,
    dealers: Dealers,
    returns: Returns,
    watch: Watch,
    settling: usize,
    steps: VecDeque<Step>,
}

impl<'a> Replay<'a> {
    /// Founds the pool of a plan and opens its accounts; nobody has anything yet.
    ///
    /// # Errors
    /// [`Broken`]: an invariant does not hold.
    pub fn new(plan: &'a Plan) -> Result<Self, Broken> {
        let world = World::of(&plan.founding, &plan.crisis);
        let mut ticks = plan.crisis.ticks();
        let next = ticks.next();
        let start_ms = next.as_ref().map_or(0, |instant| instant.time_ms);
        let end_ms =
            plan.until.map_or(ticks.end_ms(), |span| ticks.end_ms().min(start_ms + span.as_milliseconds()));
        let mut dice = Dice::new(plan.seed);
        let people = people::draw(&mut dice, plan.accounts.max(ACCOUNTS_MIN));
        let with = |role| people.iter().filter(move |person| person.role == role);
        let makers = with(people::Role::Maker).map(|person| person.account).collect();
        let crowd = Crowd { people, dice, shelf: Shelf::of(&world.founding), makers };
        let dealers = Dealers::of(&crowd);
        let mut clerk = Clerk::new(Time::milliseconds(start_ms));
        clerk.ask(Command::Found { founding: Box::new(world.founding.clone()) })?;
        crowd.open_accounts(&mut clerk)?;
        Ok(Self {
            plan,
            world,
            ticks,
            next,
            start_ms,
            end_ms,
            clerk,
            crowd,
            dealers,
            returns: Returns::default(),
            watch: Watch::default(),
            settling: 0,
            steps: VecDeque::new(),
        })
    }

    /// First and last moment of the replay, in Unix milliseconds.
    #[must_use]
    pub fn span_ms(&self) -> (u64, u64) {
        (self.start_ms, self.end_ms)
    }

    /// The moment that it has come to, in Unix milliseconds.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.clerk.state().totals.time.as_milliseconds()
    }

    /// One instant: its prices, who is liquidated by them, and what people do until the next.
    ///
    /// # Errors
    /// [`Broken`]: an invariant does not hold.
    pub fn step(&mut self) -> Result<Progress, Broken> {
        let Some(instant) = self.next.take().filter(|instant| instant.time_ms <= self.end_ms) else {
            return Ok(Progress::Done);
        };
        let now = Time::milliseconds(instant.time_ms);
        self.clerk.turn_to(now);
        let reports = self.world.reports(&self.plan.crisis, &instant, self.plan.seed);
        self.returns.remember(&self.clerk);
        self.clerk.ask(Command::Tick { reports })?;
        if self.clerk.tally.ticks == 1 {
            self.crowd.take_places(&mut self.clerk)?;
        }
        self.returns.tick(&self.clerk, now);
        self.after_tick()?;
        self.next = self.ticks.next();
        Ok(match &self.next {
            Some(next) if next.time_ms <= self.end_ms => Progress::Running,
            _ => Progress::Done,
        })
    }

    /// Margin calls are answered, liquidators come, people live on.
    fn after_tick(&mut self) -> Result<(), Broken> {
        let called = self.clerk.tally.news.clone();
        self.crowd.answer(&mut self.clerk, &called)?;
        let before = std::mem::take(&mut self.clerk.tally.news);
        self.dealers.hear(&before);
        self.returns.hear(&self.clerk, &before);
        self.dealers.liquidate(&mut self.clerk)?;
        self.dealers.unwind(&mut self.clerk, &mut self.crowd)?;
        self.crowd.live(&mut self.clerk)?;
        self.crowd.settle(&mut self.clerk, &mut self.settling)?;
        let after = std::mem::take(&mut self.clerk.tally.news);
        self.dealers.hear(&after);
        self.returns.hear(&self.clerk, &after);
        let now = self.clerk.state().totals.time;
        let all = [before, after].concat();
        self.watch.look(&mut self.clerk, now, &all);
        for item in all {
            if let tally::News::Stepped(step) = item {
                self.steps.truncate(STEPS_SHOWN - 1);
                self.steps.push_front(step);
            }
        }
        Ok(())
    }

    /// What there is to see now. Values every account: for a view, not for every step.
    pub fn scene(&mut self) -> Scene {
        scene::scene(self)
    }

    /// Recounts everything a last time and reports.
    ///
    /// # Errors
    /// [`Broken`]: an invariant does not hold.
    pub fn report(mut self) -> Result<Report, Broken> {
        self.clerk.recount()?;
        let now = self.clerk.state().totals.time;
        self.watch.value_pool(&mut self.clerk, now);
        Ok(report::report(&mut self))
    }

    /// Replays to the end.
    ///
    /// # Errors
    /// [`Broken`]: an invariant does not hold.
    pub fn run(mut self) -> Result<Report, Broken> {
        while self.step()? == Progress::Running {}
        self.report()
    }
}
