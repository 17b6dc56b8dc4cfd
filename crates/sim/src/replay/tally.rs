//! Counts what came of entries.

use std::collections::{BTreeMap, BTreeSet};

use cistern_engine::{
    event::Event,
    ids::{AccountId, AssetId, MarketId},
    rejection::Rejection,
    state::State,
};
use cistern_units::{Fraction, Size, Time, Value};

/// What agents hear about: it is read and forgotten after every tick.
#[derive(Clone, Copy, Debug)]
pub(super) enum News {
    /// An account was seen in breach, on so many ticks in a row.
    Breached { account: AccountId, ticks: u8, missing: Value },
    /// An account is out of breach.
    Restored { account: AccountId },
    /// A step was taken over.
    Stepped(Step),
}

/// One liquidation step, with its largest leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub time: Time,
    /// Whose.
    pub account: AccountId,
    /// Who took over.
    pub liquidator: AccountId,
    /// Value that was closed.
    pub closed: Value,
    /// Penalty that the account paid.
    pub penalty: Value,
    /// What was closed most.
    pub leg: Option<Leg>,
}

/// What a liquidation took off an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leg {
    /// A long position.
    Long(MarketId),
    /// A short position.
    Short(MarketId),
    /// Collateral, for a debt or a loss.
    Collateral(AssetId),
    /// A debt, for collateral in the settlement asset.
    Debt(AssetId),
}

/// Sums of a replay.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) accepted: u64,
    pub(super) refused: BTreeMap<&'static str, u64>,
    pub(super) ticks: u64,
    pub(super) steps: u64,
    pub(super) steps_by: BTreeMap<AccountId, u64>,
    pub(super) liquidated: BTreeSet<AccountId>,
    pub(super) breached: BTreeSet<AccountId>,
    pub(super) closed: Value,
    pub(super) penalties: Value,
    pub(super) penalties_to_fund: Value,
    pub(super) bad_debt: Value,
    pub(super) insurance_used: Value,
    pub(super) socialised: Value,
    pub(super) deferred: u64,
    pub(super) news: Vec<News>,
    /// Share of a penalty that goes to the insurance fund.
    fund_share: Fraction,
    /// Size and cost of each position, as events told them.
    positions: BTreeMap<(AccountId, MarketId), (Size, Value)>,
    /// Cost of the largest position that the step at hand closed.
    largest: u128,
    settlement: AssetId,
}

impl Tally {
    /// Nothing counted yet, of a pool that has a past.
    pub(super) fn of(state: &State) -> Self {
        let accounts = state.accounts.iter().enumerate();
        let positions = accounts.filter_map(|(place, account)| Some((AccountId::at(place)?, account)));
        let positions = positions.flat_map(|(id, account)| {
            account.positions().map(move |row| ((id, row.market), (row.size, row.cost)))
        });
        Self {
            fund_share: state.config.params.liquidation.liquidator_share.complement(),
            settlement: state.settlement(),
            positions: positions.collect(),
            ..Self::default()
        }
    }

    pub(super) fn entries(&self) -> u64 {
        self.accepted + self.refused.values().sum::<u64>()
    }

    pub(super) fn refused(&mut self, rejection: Rejection) {
        *self.refused.entry(rejection.name()).or_default() += 1;
    }

    /// Reads the events of an entry.
    pub(super) fn accepted(&mut self, events: &[Event], time: Time) {
        self.accepted += 1;
        let mut open: Option<Step> = None;
        for event in events {
            if let Some(step) = &mut open {
                self.look_for_leg(step, event);
            }
            match event {
                Event::LiquidationStepped { account, liquidator, closed, penalty } => {
                    self.finish(open.take());
                    self.largest = 0;
                    let (account, liquidator, closed, penalty) = (*account, *liquidator, *closed, *penalty);
                    open = Some(Step { time, account, liquidator, closed, penalty, leg: None });
                }
                Event::PositionChanged { account, market, size, cost, .. } => {
                    self.positions.insert((*account, *market), (*size, *cost));
                }
                other => self.count(other),
            }
        }
        self.finish(open);
    }

    fn count(&mut self, event: &Event) {
        match event {
            Event::PoolFounded { params, settlement } => {
                self.fund_share = params.liquidation.liquidator_share.complement();
                self.settlement = *settlement;
            }
            Event::TickOpened { .. } => self.ticks += 1,
            Event::BadDebtRecorded { deficit, .. } => self.bad_debt = sum(self.bad_debt, *deficit),
            Event::InsurancePaid { value, .. } => self.insurance_used = sum(self.insurance_used, *value),
            Event::LossSocialised { value, .. } => self.socialised = sum(self.socialised, *value),
            Event::LiquidationDeferred { .. } => self.deferred += 1,
            Event::MarginBreached { account, equity, requirement, ticks } => {
                self.breached.insert(*account);
                let missing = requirement.less(*equity).unwrap_or(Value::ZERO);
                self.news.push(News::Breached { account: *account, ticks: *ticks, missing });
            }
            Event::MarginRestored { account } => self.news.push(News::Restored { account: *account }),
            _ => {}
        }
    }

    fn finish(&mut self, step: Option<Step>) {
        let Some(step) = step else { return };
        self.steps += 1;
        *self.steps_by.entry(step.liquidator).or_default() += 1;
        self.liquidated.insert(step.account);
        self.closed = sum(self.closed, step.closed);
        self.penalties = sum(self.penalties, step.penalty);
        let whole = step.liquidator == AccountId::INSURANCE_FUND;
        let fund = if whole { Ok(step.penalty) } else { step.penalty.times_up(self.fund_share) };
        self.penalties_to_fund = sum(self.penalties_to_fund, fund.unwrap_or(Value::ZERO));
        self.news.push(News::Stepped(step));
    }

    /// The position that most was closed of, by its cost. Of a swap it is the collateral, or the debt where the collateral
    /// is the settlement asset.
    fn look_for_leg(&mut self, step: &mut Step, event: &Event) {
        match event {
            Event::PositionChanged { account, market, cost, .. } if *account == step.account => {
                let before = self.positions.get(&(*account, *market)).copied().unwrap_or_default();
                let closed = before.1.magnitude().abs_diff(cost.magnitude());
                if closed >= self.largest {
                    self.largest = closed;
                    step.leg =
                        Some(if before.0.is_short() { Leg::Short(*market) } else { Leg::Long(*market) });
                }
            }
            Event::DebtMoved { from, asset, .. } if *from == step.account && step.leg.is_none() => {
                step.leg = Some(Leg::Debt(*asset));
            }
            Event::CollateralMoved { from, asset, .. } | Event::LoanMoved { from, asset, .. }
                if *from == step.account && *asset != self.settlement && !is_position(step.leg) =>
            {
                step.leg = Some(Leg::Collateral(*asset));
            }
            _ => {}
        }
    }

    /// Penalties that liquidators and backstops got.
    pub(super) fn penalties_to_liquidators(&self) -> Value {
        self.penalties.less(self.penalties_to_fund).unwrap_or(Value::ZERO)
    }
}

fn is_position(leg: Option<Leg>) -> bool {
    matches!(leg, Some(Leg::Long(_) | Leg::Short(_)))
}

fn sum(a: Value, b: Value) -> Value {
    // Sums of dollars of one pool stay far below 127 bits.
    a.plus(b).unwrap_or(a)
}
