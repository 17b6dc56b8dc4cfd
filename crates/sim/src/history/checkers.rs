//! What must hold after every entry, whoever sent it.

use std::fmt;

use cistern_engine::{
    Engine,
    command::Command,
    entry::Entry,
    event::Event,
    ids::{AccountId, AssetId},
    invariants::Violation,
    rejection::Rejection,
    state::State,
    valuation::Summary,
};
use cistern_units::{Amount, Index, Time, Value};

/// A rule that broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// An invariant of the engine.
    Invariant(Violation),
    /// A preview or a refusal left a trace (S12).
    SomethingHappened(&'static str),
    /// The preview said something else than the entry did.
    PreviewDiffers,
    /// Events alone do not rebuild the state (S12).
    EventsDoNotRebuild(Option<Rejection>),
    /// A command left its own account, healthy before, unhealthy (inv-H1).
    OwnCommandHurt(AccountId),
    /// A command changed what another account is worth (inv-C10, inv-H3).
    OtherAccountChanged(AccountId),
    /// A command of an account that was not covered raised its risk (inv-H2).
    RiskRaised(AccountId),
    /// A liquidation left the account less healthy (inv-L2) or in debt for the penalty (inv-L4).
    LiquidationHurt(AccountId),
    /// An index fell without a loss that was shared (inv-R1).
    IndexFell(AssetId),
    /// More left within an hour than may (S10).
    OutflowExceeded(AssetId),
    /// A round trip gained (inv-N19, the rounding rules).
    RoundTripGained(&'static str, AccountId),
    /// An account without obligations could not leave with what it holds (inv-V1).
    CouldNotLeave(AccountId, Rejection),
    /// Depositing lowered free collateral (S4).
    DepositHurt(AccountId),
    /// A tick did not see that an account was below maintenance, or that it was back (L5).
    BreachMissed(AccountId),
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invariant(violation) => write!(f, "{violation}"),
            other => write!(f, "{other:?}"),
        }
    }
}

/// What was seen before an entry.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub(super) summaries: Vec<Option<Summary>>,
    pub(super) indexes: Vec<(Index, Index)>,
}

/// Follows a pool by its events alone, and compares.
#[derive(Debug, Default)]
pub struct Watcher {
    pub(super) shadow: State,
    pub(super) outflow: Vec<(Time, AssetId, Amount)>,
}

impl Watcher {
    /// Looks at the accounts before an entry. Only a command at the time of the last entry, after which neither interest
    /// nor the age of a price can differ, is compared account by account.
    pub fn look(&mut self, engine: &mut Engine, entry: &Entry) -> Seen {
        let indexes = engine.state().pools.iter().map(|pool| (pool.lent_index, pool.owed_index)).collect();
        let still =
            entry.time == engine.state().totals.time && !matches!(entry.command, Command::Tick { .. });
        let summaries = if still { summaries(engine) } else { Vec::new() };
        Seen { summaries, indexes }
    }

    /// Nothing may have happened: the state is what the events made it.
    ///
    /// # Errors
    /// [`Broken::SomethingHappened`].
    pub fn nothing_happened(&self, state: &State, what: &'static str) -> Result<(), Broken> {
        if *state == self.shadow { Ok(()) } else { Err(Broken::SomethingHappened(what)) }
    }

    /// Rebuilds the state from the events and compares everything that must hold.
    ///
    /// # Errors
    /// The first [`Broken`] rule.
    pub fn follow(
        &mut self,
        engine: &mut Engine,
        entry: &Entry,
        events: &[Event],
        seen: &Seen,
    ) -> Result<(), Broken> {
        let rebuilt = self.shadow.replay(entry.time, events);
        if let Err(rejection) = rebuilt {
            return Err(Broken::EventsDoNotRebuild(Some(rejection)));
        }
        if self.shadow != *engine.state() {
            return Err(Broken::EventsDoNotRebuild(None));
        }
        self.indexes_rise(events, seen)?;
        self.outflow_is_limited(entry.time, events)?;
        if seen.summaries.is_empty() {
            return Ok(());
        }
        accounts_are_left_alone(engine, entry, events, seen)
    }

    pub(super) fn indexes_rise(&self, events: &[Event], seen: &Seen) -> Result<(), Broken> {
        for (place, (pool, (lent, owed))) in self.shadow.pools.iter().zip(&seen.indexes).enumerate() {
            let asset = AssetId::at(place).unwrap_or_default();
            let lost = events
                .iter()
                .any(|event| matches!(event, Event::DebtWrittenOff { asset: of, .. } if *of == asset));
            // A side that empties starts again at one unit a share; a few units move an index by rounding when there
            // are only a few shares.
            let emptied = pool.lent_shares.is_zero() || pool.owed_shares.is_zero();
            let fell = |now: Index, was: Index| now < was;
            if !lost && !emptied && (fell(pool.lent_index, *lent) || fell(pool.owed_index, *owed)) {
                let dust = pool.owed_shares.raw() < 1_000_000 || pool.lent_shares.raw() < 1_000_000;
                if !dust && fell(pool.lent_index, *lent) {
                    return Err(Broken::IndexFell(asset));
                }
            }
        }
        Ok(())
    }

    pub(super) fn outflow_is_limited(&mut self, now: Time, events: &[Event]) -> Result<(), Broken> {
        for event in events {
            if let Event::WithdrawalAuthorized { asset, amount, .. } = event {
                self.outflow.push((now, *asset, *amount));
            }
        }
        self.outflow.retain(|(time, ..)| now.since(*time) < cistern_units::Span::HOUR);
        for (place, config) in self.shadow.config.assets.iter().enumerate() {
            let asset = AssetId::at(place).unwrap_or_default();
            let left: u128 = self
                .outflow
                .iter()
                .filter(|(_, of, _)| *of == asset)
                .map(|(.., amount)| amount.units())
                .sum();
            // The bucket refills while it is emptied: twice the limit within any hour. A limit that was lowered
            // since counts from now on.
            let lowered = events.iter().any(|event| matches!(event, Event::WithdrawalLimitSet { .. }));
            if lowered {
                self.outflow.retain(|(_, of, _)| *of != asset);
            } else if left > config.withdrawal_limit.units().saturating_mul(2) {
                return Err(Broken::OutflowExceeded(asset));
            }
        }
        Ok(())
    }
}

fn summaries(engine: &mut Engine) -> Vec<Option<Summary>> {
    let ids: Vec<AccountId> = (0..engine.state().accounts.len()).filter_map(AccountId::at).collect();
    ids.into_iter().map(|id| engine.summary(id).ok()).collect()
}

/// Who a command belongs to: these accounts may change.
fn parties(command: &Command) -> Vec<AccountId> {
    match *command {
        Command::Deposit { account, .. }
        | Command::Withdraw { account, .. }
        | Command::Lend { account, .. }
        | Command::Recall { account, .. }
        | Command::Borrow { account, .. }
        | Command::Repay { account, .. }
        | Command::ChooseStandardMode { account }
        | Command::ChoosePortfolioMode { account } => vec![account],
        Command::Settle { account } => vec![account, AccountId::CLEARING],
        Command::Transfer { from, to, .. } => vec![from, to],
        Command::Fill { buyer, seller, .. } => vec![buyer, seller],
        _ => Vec::new(),
    }
}

fn accounts_are_left_alone(
    engine: &mut Engine,
    entry: &Entry,
    events: &[Event],
    seen: &Seen,
) -> Result<(), Broken> {
    let after = summaries(engine);
    compare(&entry.command, events, seen, &after)?;
    liquidation_helps(events, seen, &after)
}

/// Compares what accounts were worth with what they are worth, at one moment and one price.
pub(super) fn compare(
    command: &Command,
    events: &[Event],
    seen: &Seen,
    after: &[Option<Summary>],
) -> Result<(), Broken> {
    let parties = parties(command);
    let personal = !parties.is_empty();
    let accrued = events
        .iter()
        .any(|event| matches!(event, Event::InterestAccrued { .. } | Event::FundingAccrued { .. }));
    for (place, (before, after)) in seen.summaries.iter().zip(after).enumerate() {
        let (Some(before), Some(after)) = (before, after) else { continue };
        let id = AccountId::at(place).unwrap_or_default();
        let free = |summary: &Summary| summary.equity.raw() - summary.maintenance_margin.raw();
        if personal && parties.contains(&id) {
            if let Command::Deposit { account, .. } = *command
                && account == id
                && after.free_collateral.raw() < before.free_collateral.raw() - lots(after)
            {
                return Err(Broken::DepositHurt(id));
            }
            if free(before) >= 0 && free(after) < -lots(after) {
                return Err(Broken::OwnCommandHurt(id));
            }
        } else if personal && !accrued && after.equity.raw().abs_diff(before.equity.raw()) > 0 {
            let worse = after.equity.raw() - before.equity.raw();
            // Lending and repaying round in favour of the pool, so others may gain a few units, never lose.
            if worse < -TOLERANCE {
                return Err(Broken::OtherAccountChanged(id));
            }
        }
    }
    Ok(())
}

/// Rounding of values that a margin number may carry: 64 units of 1e-8 dollars.
const TOLERANCE: i128 = 64;

/// What rounding in risk lots may take from free collateral: 2^-24 of what the account has, owes and has open, of which at
/// least a hundredth is required.
fn lots(summary: &Summary) -> i128 {
    let open = summary.initial_margin.raw().saturating_mul(100);
    TOLERANCE + ((summary.collateral_value.raw() + summary.debts.raw() + open) >> 24)
}

pub(super) fn liquidation_helps(
    events: &[Event],
    seen: &Seen,
    after: &[Option<Summary>],
) -> Result<(), Broken> {
    for event in events {
        let Event::LiquidationStepped { account, penalty, .. } = event else { continue };
        let place = account.position();
        let (Some(Some(before)), Some(Some(after))) = (seen.summaries.get(place), after.get(place)) else {
            continue;
        };
        let free = |summary: &Summary| summary.equity.raw() - summary.maintenance_margin.raw();
        let paid = before.equity.or_zero() < *penalty;
        if paid || (free(after) < free(before) - lots(before) && after.equity > Value::ZERO) {
            return Err(Broken::LiquidationHurt(*account));
        }
    }
    Ok(())
}
