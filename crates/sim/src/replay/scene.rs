use cistern_engine::ids::{AccountId, Symbol};
use cistern_units::{Price, Ratio, Value};

use crate::replay::{Replay, Step, tally::Leg};

/// Bounds of the groups of accounts by health, in a hundredth; the first group is in breach.
const BOUNDS: [u64; 6] = [100, 110, 125, 150, 200, 400];

/// One price of a scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Name of the feed.
    pub symbol: Symbol,
    /// At the beginning.
    pub first: Price,
    /// Now; none before the first tick.
    pub price: Option<Price>,
}

/// A replay at one moment, for those who watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scene {
    /// Unix milliseconds.
    pub now_ms: u64,
    /// Prices, in the order of the feeds.
    pub quotes: Vec<Quote>,
    /// Equity of the crowd's accounts with debts or positions: those who trade with them and serve them are not counted.
    pub equity: Value,
    /// What they must have.
    pub requirement: Value,
    /// The insurance fund.
    pub fund: Value,
    /// These accounts by health: up to which health, in a hundredth, and how many; the last group has no bound.
    pub health: Vec<(Option<u64>, u64)>,
    /// How many they are.
    pub at_risk: u64,
    /// Entries so far.
    pub entries: u64,
    /// Ticks so far.
    pub ticks: u64,
    /// Liquidation steps so far.
    pub steps: u64,
    /// Accounts that were liquidated so far.
    pub liquidated: u64,
    /// Bad debt so far.
    pub bad_debt: Value,
    /// Latest liquidation steps, the newest first: the step, and the name of what was closed most.
    pub feed: Vec<(Step, String)>,
    /// Checks so far: of the running totals, and full recounts.
    pub checks: (u64, u64),
}

pub(super) fn scene(replay: &mut Replay<'_>) -> Scene {
    let mut equity = Value::ZERO;
    let mut requirement = Value::ZERO;
    let mut counts = [0_u64; BOUNDS.len() + 1];
    for person in replay.crowd.people.iter().filter(|person| person.role.is_crowd()) {
        let owing = replay.clerk.state().account(person.account).is_ok_and(|row| row.has_obligations());
        let Some(summary) = replay.clerk.summary(person.account).filter(|_| owing) else { continue };
        let Some(health) = summary.health else { continue };
        equity = equity.plus(summary.equity).unwrap_or(equity);
        requirement = requirement.plus(summary.maintenance_margin).unwrap_or(requirement);
        let group = BOUNDS.iter().position(|bound| health < Ratio::new(bound * 10_000_000));
        counts[group.unwrap_or(BOUNDS.len())] += 1;
    }
    let feeds = &replay.clerk.state().config.feeds;
    let prices = replay.clerk.prices();
    let quotes = feeds.iter().zip(prices).enumerate().filter_map(|(place, (feed, price))| {
        let first = replay.world.first_price(cistern_engine::ids::FeedId::at(place)?)?;
        Some(Quote { symbol: feed.spec.symbol, first, price })
    });
    let quotes = quotes.collect();
    let fund = replay.clerk.summary(AccountId::INSURANCE_FUND).map_or(Value::ZERO, |fund| fund.equity);
    let bounds = BOUNDS.iter().copied().map(Some).chain([None]);
    let tally = &replay.clerk.tally;
    Scene {
        now_ms: replay.now_ms(),
        quotes,
        equity,
        requirement,
        fund,
        health: bounds.zip(counts).collect(),
        at_risk: counts.iter().sum(),
        entries: tally.entries(),
        ticks: tally.ticks,
        steps: tally.steps,
        liquidated: tally.liquidated.len() as u64,
        bad_debt: tally.bad_debt,
        feed: replay.steps.iter().map(|step| (*step, leg_name(replay, step.leg))).collect(),
        checks: (replay.clerk.checks, replay.clerk.recounts),
    }
}

fn leg_name(replay: &Replay<'_>, leg: Option<Leg>) -> String {
    let state = replay.clerk.state();
    let market =
        |id| state.market_config(id).map_or_else(|_| String::new(), |row| row.spec.symbol.to_string());
    let asset = |id| state.asset(id).map_or_else(|_| String::new(), |row| row.spec.symbol.to_string());
    match leg {
        Some(Leg::Long(id)) => format!("long {}", market(id)),
        Some(Leg::Short(id)) => format!("short {}", market(id)),
        Some(Leg::Collateral(id)) => format!("{} sold", asset(id)),
        Some(Leg::Debt(id)) => format!("{} debt", asset(id)),
        None => "settled loss".to_owned(),
    }
}
