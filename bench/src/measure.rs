//! What is measured, each with its sketch.

use anyhow::anyhow;
use cistern_engine::{
    Engine,
    command::Command,
    ids::{AccountId, AssetId, MarketId},
};
use cistern_margin::Tier;
use cistern_sim::{
    market, params,
    replay::{Plan, Replay},
};
use cistern_units::{Amount, Price, Size};

use crate::{
    machine::thread_ns,
    memory,
    world::{Clock, FIRST, populated, tick},
};

/// One figure.
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) median: u64,
    pub(crate) best: u64,
    pub(crate) goal: &'static str,
}

/// Entries of one round.
const ENTRIES: u32 = 10_000;

/// Nanoseconds of each of `count` operations, in each round.
fn rounds(
    rounds: usize,
    count: u64,
    mut round: impl FnMut() -> anyhow::Result<()>,
) -> anyhow::Result<(f64, f64)> {
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds.max(1) {
        let start = thread_ns();
        round()?;
        times.push((thread_ns() - start) as f64 / count as f64);
    }
    times.sort_by(f64::total_cmp);
    Ok((times[times.len() / 2], times[0]))
}

fn per_second(name: &'static str, (median, best): (f64, f64), goal: &'static str) -> Figure {
    Figure { name, median: (1e9 / median) as u64, best: (1e9 / best) as u64, goal }
}

fn nanoseconds(name: &'static str, (median, best): (f64, f64), goal: &'static str) -> Figure {
    Figure { name, median: median.round() as u64, best: best.round() as u64, goal }
}

/// All figures.
pub(crate) fn all(accounts: u32, count: usize) -> anyhow::Result<Vec<Figure>> {
    let mut clock = Clock(1_700_000_000_000);
    let before = memory::in_use();
    let mut engine = populated(accounts, &mut clock)?;
    let bytes = (memory::in_use() - before) as u64 / u64::from(accounts);
    let memory =
        Figure { name: "bytes_per_account", median: bytes, best: bytes, goal: "no figure set; 512 wanted" };
    Ok(vec![
        per_second("simple_commands_per_s", simple(&mut engine, &mut clock, accounts, count)?, ">= 500,000"),
        per_second(
            "margin_checked_commands_per_s",
            checked(&mut engine, &mut clock, accounts, count)?,
            ">= 150,000",
        ),
        per_second("fills_per_s", fills(&mut engine, &mut clock, accounts, count)?, "two margin checks each"),
        nanoseconds("margin_ns_5_5", margin(&mut engine, accounts, count)?, "<= 200"),
        nanoseconds(
            "tick_ns_per_account",
            ticks(&mut engine, &mut clock, accounts, count)?,
            "one margin each",
        ),
        replayed()?,
        memory,
    ])
}

/// A deposit: a draft, one event of 40 bytes, two rows written. Sketch: two cold accounts' lines at 100 ns, 150 ns of work.
fn simple(engine: &mut Engine, clock: &mut Clock, accounts: u32, count: usize) -> anyhow::Result<(f64, f64)> {
    rounds(count, u64::from(ENTRIES), || {
        for place in 0..ENTRIES {
            let account = AccountId(FIRST + place.wrapping_mul(7_919) % accounts);
            let deposit = Command::Deposit { account, asset: AssetId(0), amount: Amount::new(1) };
            apply(engine, clock, deposit)?;
        }
        Ok(())
    })
}

/// A withdrawal from an account with five positions: one margin check, and the prices of the instant folded anew.
fn checked(
    engine: &mut Engine,
    clock: &mut Clock,
    accounts: u32,
    count: usize,
) -> anyhow::Result<(f64, f64)> {
    rounds(count, u64::from(ENTRIES), || {
        for place in 0..ENTRIES {
            let account = AccountId(FIRST + place.wrapping_mul(7_919) % accounts);
            let withdraw = Command::Withdraw { account, asset: AssetId(0), amount: Amount::new(1) };
            apply(engine, clock, withdraw)?;
        }
        Ok(())
    })
}

/// A trade between two accounts of ten legs each: four margin checks.
fn fills(engine: &mut Engine, clock: &mut Clock, accounts: u32, count: usize) -> anyhow::Result<(f64, f64)> {
    let price = Price::clamped(100_000 * Price::ONE.raw());
    rounds(count, u64::from(ENTRIES), || {
        for place in 0..ENTRIES {
            let buyer = AccountId(FIRST + place.wrapping_mul(7_919) % accounts);
            let seller = AccountId(FIRST + (place.wrapping_mul(7_919) + 1) % accounts);
            let fill = Command::Fill { buyer, seller, market: MarketId(0), size: Size::new(1), price };
            apply(engine, clock, fill)?;
        }
        Ok(())
    })
}

/// One account's maintenance margin from resident state: ten legs valued at 5 ns, seven factors folded at 10 ns, a root.
fn margin(engine: &mut Engine, accounts: u32, count: usize) -> anyhow::Result<(f64, f64)> {
    rounds(count, u64::from(accounts), || {
        for place in 0..accounts {
            let judged = engine.assess(AccountId(FIRST + place), Tier::Maintenance);
            std::hint::black_box(judged.map_err(|rejection| anyhow!("{rejection}"))?);
        }
        Ok(())
    })
}

/// A tick of all prices over all accounts.
fn ticks(engine: &mut Engine, clock: &mut Clock, accounts: u32, count: usize) -> anyhow::Result<(f64, f64)> {
    rounds(count, u64::from(accounts), || {
        let now = cistern_units::Time::milliseconds(clock.0 + 1);
        apply(engine, clock, tick(now))
    })
}

/// The built-in crash with a thousand accounts: ticks over all of them, fills, liquidations, and every check after every
/// entry, as `cistern replay` runs it.
fn replayed() -> anyhow::Result<Figure> {
    let founding = params::baseline().map_err(|fault| anyhow!("{fault}"))?;
    let plan = Plan { crisis: market::reconstructed(1), founding, accounts: 1_000, seed: 1, until: None };
    let mut entries = 0_u64;
    let times = rounds(5, 1, || {
        entries = Replay::new(&plan)?.run()?.entries;
        Ok(())
    })?;
    let each = (times.0 / entries as f64, times.1 / entries as f64);
    Ok(per_second("replay_entries_per_s", each, "every entry checked"))
}

fn apply(engine: &mut Engine, clock: &mut Clock, command: Command) -> anyhow::Result<()> {
    let entry = clock.entry(command);
    engine.apply(&entry).map(|_| ()).map_err(|rejection| anyhow!("{rejection}: {:?}", entry.command))
}
