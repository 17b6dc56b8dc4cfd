use std::{collections::BTreeMap, fmt};

use cistern_engine::ids::AccountId;
use cistern_units::{Ratio, Span, Time, Value};
use data_encoding::HEXLOWER;
use serde::{Serialize, Serializer};

use crate::{
    market::{Kind, Origin, SOURCES},
    replay::{Replay, people::Role, watch, world},
};

/// What a replay came to. Written as JSON, values and ratios are decimal text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Name of the crisis.
    pub crisis: String,
    /// Where its prices come from.
    pub origin: String,
    /// What stands between the record and the pool, and what was left out.
    pub notes: Vec<String>,
    /// Symbols with a price.
    pub symbols: Vec<String>,
    /// First and last moment, in Unix milliseconds.
    pub span_ms: (u64, u64),
    /// Accounts, the pool's own not counted.
    pub accounts: u64,
    /// Seed of the population.
    pub seed: u64,
    /// Entries that were sent.
    pub entries: u64,
    /// Entries that were applied.
    pub accepted: u64,
    /// Entries that were refused, by the rule that they would have broken.
    pub refused: BTreeMap<String, u64>,
    /// Ticks.
    pub ticks: u64,
    /// Accounts that were in breach at some tick.
    pub accounts_in_breach: u64,
    /// Accounts of which something was taken over.
    pub accounts_liquidated: u64,
    /// The same by what people came for: how many there are, and of how many something was taken over.
    pub people: BTreeMap<&'static str, Group>,
    /// Liquidation steps.
    pub liquidation_steps: u64,
    /// Who took over.
    pub steps_by: Takers,
    /// Value that was closed by liquidations.
    #[serde(serialize_with = "text")]
    pub liquidated_value: Value,
    /// Penalties that went to liquidators and backstops.
    #[serde(serialize_with = "text")]
    pub penalties_to_liquidators: Value,
    /// Penalties that went to the insurance fund.
    #[serde(serialize_with = "text")]
    pub penalties_to_insurance_fund: Value,
    /// What accounts owed beyond everything they had.
    #[serde(serialize_with = "text")]
    pub bad_debt: Value,
    /// Bad debt that the insurance fund paid.
    #[serde(serialize_with = "text")]
    pub insurance_used: Value,
    /// Bad debt that was shared.
    #[serde(serialize_with = "text")]
    pub socialised: Value,
    /// How often nobody could take over.
    pub liquidations_deferred: u64,
    /// Accounts whose first liquidation was followed for an hour.
    pub liquidations_followed: u64,
    /// Of these, those whose largest closed leg stood within the hour where it had stood on the last tick before the breach, or
    /// better: the account would have come through.
    pub wrong_liquidations: u64,
    /// The insurance fund.
    pub insurance_fund: Course,
    /// The pool's own equity: custody at its prices less all positive equities of users.
    pub pool_equity: Course,
    /// When the pool's equity was at its worst, in Unix milliseconds.
    pub pool_equity_worst_at_ms: u64,
    /// Highest leverage of an account above maintenance, of those looked at: notional of its positions, and debts beyond what
    /// it has of the same asset, over its equity.
    #[serde(serialize_with = "text")]
    pub peak_leverage: Ratio,
    /// Checks of the running totals: one after every entry.
    pub running_checks: u64,
    /// Full recounts.
    pub recounts: u64,
    /// Digest over every entry and what came of it.
    pub chain_digest: String,
    /// Digest of the state at the end.
    pub state_digest: String,
}

/// People who came for the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Their accounts.
    pub accounts: u64,
    /// Of these, those of which something was taken over.
    pub liquidated: u64,
}

/// Liquidation steps by who took over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Takers {
    /// Those who asked for it.
    pub liquidators: u64,
    /// Those who stand ready.
    pub backstops: u64,
    /// The insurance fund, the last.
    pub insurance_fund: u64,
}

fn text<T: fmt::Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// How a value went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Course {
    /// After the first tick.
    #[serde(serialize_with = "text")]
    pub first: Value,
    /// At its worst.
    #[serde(serialize_with = "text")]
    pub worst: Value,
    /// At the end.
    #[serde(serialize_with = "text")]
    pub last: Value,
}

pub(super) fn report(replay: &mut Replay<'_>) -> Report {
    let (surplus_least, least_at) = replay.watch.surplus_min.unwrap_or((Value::ZERO, Time::ZERO));
    let surplus = watch::surplus(&mut replay.clerk);
    let fund = replay.clerk.summary(AccountId::INSURANCE_FUND).map_or(Value::ZERO, |fund| fund.equity);
    let fund_min = replay.watch.fund_min.unwrap_or(fund);
    let tally = &replay.clerk.tally;
    let state = replay.clerk.state();
    Report {
        crisis: replay.plan.crisis.name.clone(),
        origin: origin(replay.plan.crisis.origin),
        notes: notes(replay),
        symbols: state.config.feeds.iter().map(|feed| feed.spec.symbol.to_string()).collect(),
        span_ms: (replay.start_ms, state.totals.time.as_milliseconds()),
        accounts: replay.crowd.people.len() as u64,
        seed: replay.plan.seed,
        entries: tally.entries(),
        accepted: tally.accepted,
        refused: tally.refused.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect(),
        ticks: tally.ticks,
        accounts_in_breach: tally.breached.len() as u64,
        accounts_liquidated: tally.liquidated.len() as u64,
        people: people(replay),
        liquidation_steps: tally.steps,
        steps_by: takers(replay),
        liquidated_value: tally.closed,
        penalties_to_liquidators: tally.penalties_to_liquidators(),
        penalties_to_insurance_fund: tally.penalties_to_fund,
        bad_debt: tally.bad_debt,
        insurance_used: tally.insurance_used,
        socialised: tally.socialised,
        liquidations_deferred: tally.deferred,
        liquidations_followed: replay.returns.followed,
        wrong_liquidations: replay.returns.returned,
        insurance_fund: Course {
            first: replay.watch.fund_first.unwrap_or(fund),
            worst: fund_min,
            last: fund,
        },
        pool_equity: Course {
            first: replay.watch.surplus_first.unwrap_or(surplus),
            worst: surplus_least,
            last: surplus,
        },
        pool_equity_worst_at_ms: least_at.as_milliseconds(),
        peak_leverage: replay.watch.leverage_max,
        running_checks: replay.clerk.checks,
        recounts: replay.clerk.recounts,
        chain_digest: HEXLOWER.encode(&replay.clerk.chain_digest()),
        state_digest: HEXLOWER.encode(&state.digest()),
    }
}

fn origin(origin: Origin) -> String {
    match origin {
        Origin::Recorded => "recorded".to_owned(),
        Origin::Reconstructed { seed } => format!("reconstructed from published figures, seed {seed}"),
    }
}

fn notes(replay: &Replay<'_>) -> Vec<String> {
    let crisis = &replay.plan.crisis;
    let mut notes = vec![
        format!("prices are published by {} simulated sources with a seeded spread of .05 %", SOURCES.len()),
        "the population and what it does are drawn from the seed; only prices are of the past".to_owned(),
    ];
    notes.extend(crisis.notes.iter().cloned());
    notes.extend(replay.world.notes.iter().cloned());
    let coarse = crisis.series.iter().filter(|series| series.kind == Kind::Spot);
    let hour = |series: &&crate::market::Series| world::usual_interval(&series.bars) >= Some(3_600_000);
    let coarse = coarse.filter(hour);
    let coarse: Vec<&str> = coarse.map(|series| series.symbol.as_str()).collect();
    if !coarse.is_empty() {
        notes.push(format!("hourly bars in {}: four ticks an hour there", coarse.join(", ")));
    }
    notes
}

fn people(replay: &Replay<'_>) -> BTreeMap<&'static str, Group> {
    let mut people: BTreeMap<&'static str, Group> = BTreeMap::new();
    for person in &replay.crowd.people {
        let group = people.entry(person.role.name()).or_default();
        group.accounts += 1;
        group.liquidated += u64::from(replay.clerk.tally.liquidated.contains(&person.account));
    }
    people
}

fn takers(replay: &Replay<'_>) -> Takers {
    let mut takers = Takers::default();
    for (account, steps) in &replay.clerk.tally.steps_by {
        let person = replay.crowd.people.iter().find(|person| person.account == *account);
        match person.map(|person| person.role) {
            Some(Role::Backstop) => takers.backstops += steps,
            Some(_) => takers.liquidators += steps,
            None => takers.insurance_fund += steps,
        }
    }
    takers
}

impl Report {
    /// Entries that were refused.
    #[must_use]
    pub fn refusals(&self) -> u64 {
        self.refused.values().sum()
    }

    fn sections(&self) -> [(&'static str, Vec<(&'static str, String)>); 4] {
        let (fund, equity) = (self.insurance_fund, self.pool_equity);
        let taken = self.steps_by;
        [
            (
                "what was sent",
                vec![
                    ("accounts", grouped(self.accounts)),
                    ("ticks", grouped(self.ticks)),
                    ("entries", grouped(self.entries)),
                    ("accepted", grouped(self.accepted)),
                    ("refused", grouped(self.refusals())),
                ],
            ),
            (
                "liquidations",
                vec![
                    ("accounts in breach", grouped(self.accounts_in_breach)),
                    ("accounts liquidated", grouped(self.accounts_liquidated)),
                    ("steps", grouped(self.liquidation_steps)),
                    ("by liquidators", grouped(taken.liquidators)),
                    ("by backstops", grouped(taken.backstops)),
                    ("by the insurance fund", grouped(taken.insurance_fund)),
                    ("value closed", dollars(self.liquidated_value)),
                    ("penalties to liquidators", dollars(self.penalties_to_liquidators)),
                    ("penalties to the fund", dollars(self.penalties_to_insurance_fund)),
                    ("deferred", grouped(self.liquidations_deferred)),
                    ("wrong", format!("{} of {}", self.wrong_liquidations, self.liquidations_followed)),
                ],
            ),
            (
                "the pool",
                vec![
                    ("bad debt", dollars(self.bad_debt)),
                    ("paid by the fund", dollars(self.insurance_used)),
                    ("socialised", dollars(self.socialised)),
                    ("fund at first", dollars(fund.first)),
                    ("fund at its worst", dollars(fund.worst)),
                    ("fund at the end", dollars(fund.last)),
                    ("worst pool equity", dollars(equity.worst)),
                    ("pool equity at the end", dollars(equity.last)),
                    ("peak leverage", format!("{}x", tenths(self.peak_leverage))),
                ],
            ),
            (
                "proof",
                vec![
                    ("running checks", format!("{}, none failed", grouped(self.running_checks))),
                    ("full recounts", format!("{}, none failed", grouped(self.recounts))),
                    ("chain digest", self.chain_digest.clone()),
                    ("state digest", self.state_digest.clone()),
                ],
            ),
        ]
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hour = Span::HOUR.as_milliseconds();
        let hours = (self.span_ms.1.saturating_sub(self.span_ms.0) + hour / 2) / hour;
        writeln!(f, "{} ({}), {hours} h, seed {}", self.crisis, self.origin, self.seed)?;
        writeln!(f, "{}", self.symbols.join(" "))?;
        for note in &self.notes {
            writeln!(f, "  - {note}")?;
        }
        for (title, rows) in self.sections() {
            writeln!(f, "\n{title}")?;
            for (label, value) in rows {
                writeln!(f, "  {label:<26}{value:>18}")?;
            }
        }
        writeln!(f, "\naccounts liquidated, by what they came for")?;
        for (name, Group { accounts, liquidated }) in &self.people {
            writeln!(f, "  {name:<26}{:>18}", format!("{} of {}", grouped(*liquidated), grouped(*accounts)))?;
        }
        writeln!(f, "\nrefused, by rule")?;
        for (rule, count) in &self.refused {
            writeln!(f, "  {rule:<26}{:>18}", grouped(*count))?;
        }
        writeln!(
            f,
            "\nwrong: what was closed most stood, within an hour, where it had stood before the breach, or better.\n\
             pool equity: custody at its prices less all positive equities of users; never below nothing in a sound pool.\n\
             peak leverage: positions and net debts over equity, of accounts above maintenance, sampled at every tick."
        )
    }
}

/// Whole dollars, rounded toward nothing.
fn dollars(value: Value) -> String {
    let whole = u64::try_from(value.magnitude() / Value::ONE.magnitude()).unwrap_or(u64::MAX);
    let sign = if value.is_negative() { "-" } else { "" };
    let shown = if whole == 0 && !value.is_zero() { "under 1".to_owned() } else { grouped(whole) };
    format!("{sign}${shown}")
}

fn tenths(ratio: Ratio) -> String {
    let tenths = ratio.raw() / (Ratio::ONE.raw() / 10);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Digits in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_for_people() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(dollars(Value::dollars(-12_345)), "-$12,345");
        assert_eq!(dollars(Value::new(1)), "$under 1");
        assert_eq!(tenths(Ratio::new(7_560_000_000)), "7.5");
    }
}
