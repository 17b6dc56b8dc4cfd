//! Real crashes against a whole pool: a population drawn from a seed lives through the recorded prices, and every rule of
//! the pool is checked after every entry.
//!
//! Prices are recorded, people are not: the report says so. Everything is integer arithmetic and drawn from the seed, so
//! that the same plan gives the same digest on every machine.

mod add_ons;
mod carrier;
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

use cistern_engine::{command::Command, entry::Entry, invariants::Violation, state::State};
use cistern_units::Time;

use crate::{
    history::Dice,
    market::{Instant, Ticks},
};

pub use carrier::{Carrier, Halted};
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

/// Why a replay broke off.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A rule of the pool does not hold: a bug.
    #[error("{violation}, after entry {entry}: {command}")]
    Rule {
        /// Number of the entry.
        entry: u64,
        /// Which rule.
        violation: Violation,
        /// What was asked.
        command: String,
    },
    /// Its entries cannot be carried on.
    #[error(transparent)]
    Halted(#[from] Halted),
}

impl Broken {
    fn new(number: u64, entry: &Entry, violation: Violation) -> Self {
        let mut command = format!("{:?}", entry.command);
        command.truncate(400);
        Self::Rule { entry: number, violation, command }
    }

    fn at(number: u64, violation: Violation) -> Self {
        Self::Rule { entry: number, violation, command: "a full recount".to_owned() }
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
    places: Places,
}

/// Has everybody taken on what they came for?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Places {
    Waiting,
    Taken,
}

impl<'a> Replay<'a> {
    /// Founds the pool of a plan and opens its accounts; nobody has anything yet.
    ///
    /// # Errors
    /// [`Broken`]: an invariant does not hold.
    pub fn new(plan: &'a Plan) -> Result<Self, Broken> {
        let mut replay = Self::prepared(plan);
        replay.found()?;
        Ok(replay)
    }

    /// The same, with every entry carried on to another pool.
    ///
    /// # Errors
    /// [`Broken`]: an invariant does not hold, or the other pool takes no more.
    pub fn carried(plan: &'a Plan, carrier: Box<dyn Carrier>) -> Result<Self, Broken> {
        let mut replay = Self::prepared(plan);
        replay.clerk.carry_by(Some(carrier));
        replay.found()?;
        Ok(replay)
    }

    /// Goes on in a pool that this plan once founded, and that others have changed since: the prices after its time, and the
    /// same people with what they now have. What the report counts begins here.
    pub fn resumed(plan: &'a Plan, state: State, carrier: Box<dyn Carrier>) -> Self {
        let mut replay = Self::prepared(plan);
        // Dice of its own: those of the plan have been thrown already, nobody knows how often.
        replay.crowd.dice = Dice::new(plan.seed ^ state.totals.time.as_milliseconds());
        replay.dealers.know(&state);
        while replay.next_ms().is_some_and(|next| next <= state.totals.time.as_milliseconds()) {
            replay.next = replay.ticks.next();
        }
        replay.clerk = Clerk::taking_over(state);
        replay.clerk.carry_by(Some(carrier));
        replay.places = Places::Taken;
        replay
    }

    /// Everything that a plan decides, before the first entry.
    fn prepared(plan: &'a Plan) -> Self {
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
        Self {
            plan,
            world,
            ticks,
            next,
            start_ms,
            end_ms,
            clerk: Clerk::new(Time::milliseconds(start_ms)),
            crowd,
            dealers,
            returns: Returns::default(),
            watch: Watch::default(),
            settling: 0,
            steps: VecDeque::new(),
            places: Places::Waiting,
        }
    }

    fn found(&mut self) -> Result<(), Broken> {
        self.clerk.ask(Command::Found { founding: Box::new(self.world.founding.clone()) })?;
        self.crowd.open_accounts(&mut self.clerk)
    }

    /// The moment of the next instant, in Unix milliseconds; none after the last.
    #[must_use]
    pub fn next_ms(&self) -> Option<u64> {
        self.next.as_ref().map(|instant| instant.time_ms).filter(|next| *next <= self.end_ms)
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
    /// [`Broken`]: an invariant does not hold, or its entries cannot be carried on.
    pub fn step(&mut self) -> Result<Progress, Broken> {
        let Some(instant) = self.next.take().filter(|instant| instant.time_ms <= self.end_ms) else {
            return Ok(Progress::Done);
        };
        let now = Time::milliseconds(instant.time_ms);
        self.clerk.keep_up()?;
        self.clerk.turn_to(now);
        let reports = self.world.reports(&self.plan.crisis, &instant, self.plan.seed);
        self.returns.remember(&self.clerk);
        self.clerk.ask(Command::Tick { reports })?;
        if self.places == Places::Waiting {
            self.crowd.take_places(&mut self.clerk)?;
            self.places = Places::Taken;
        }
        self.returns.tick(&self.clerk, now);
        self.after_tick()?;
        self.next = self.ticks.next();
        Ok(if self.next_ms().is_some() { Progress::Running } else { Progress::Done })
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

    /// Waits until everything that was carried to another pool is decided there.
    ///
    /// # Errors
    /// [`Broken`]: the other pool takes no more.
    pub fn arrive(&mut self) -> Result<(), Broken> {
        self.clerk.arrive()
    }

    /// What there is to see now. Values every account: for a view, not for every step.
    pub fn scene(&mut self) -> Scene {
        scene::scene(self)
    }

    /// Recounts everything a last time and reports.
    ///
    /// # Errors
    /// [`Broken`]: an invariant does not hold, or entries cannot be carried on.
    pub fn report(mut self) -> Result<Report, Broken> {
        self.clerk.arrive()?;
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
