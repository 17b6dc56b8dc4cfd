//! Crises of the past against the default pool, on real bars, and the built-in crash.

mod support;

use cistern_sim::{
    market::{Crisis, load_crisis, reconstructed},
    params,
    replay::{Plan, RECOUNT_EVERY, Replay, Report},
};
use cistern_units::Span;

fn plan(crisis: Crisis, accounts: u32, seed: u64) -> Plan {
    Plan { crisis, founding: params::baseline().unwrap(), accounts, seed, until: None }
}

fn replayed(plan: &Plan) -> Report {
    let report = Replay::new(plan).and_then(Replay::run).unwrap_or_else(|broken| {
        panic!("SEED={}: {broken}", plan.seed);
    });
    println!("{report}");
    report
}

/// What must hold of every replay.
fn assert_sound(report: &Report) {
    assert_eq!(report.running_checks, report.entries);
    assert_eq!(report.recounts, report.entries / RECOUNT_EVERY + 1);
    assert_eq!(report.accepted + report.refusals(), report.entries);
    assert!(report.accepted * 2 > report.entries, "most of what people ask is accepted: {report}");
    assert!(!report.pool_equity.worst.is_negative(), "the pool has all that it promises, always: {report}");
    assert!(report.insurance_used <= report.bad_debt, "{report}");
}

fn crisis(name: &str) {
    let Some(data) = support::data_folder() else { return };
    let report = replayed(&plan(load_crisis(&data, name).unwrap(), 200, 1));
    assert_sound(&report);
    assert!(report.accounts_liquidated > 0 && report.accounts_liquidated < 150, "{report}");
}

#[test]
fn march_2020_is_survived() {
    crisis("2020-03_covid");
}

#[test]
fn may_2021_is_survived() {
    crisis("2021-05_may19");
}

#[test]
fn luna_is_survived() {
    crisis("2022-05_luna");
}

#[test]
fn three_arrows_are_survived() {
    crisis("2022-06_steth_3ac");
}

#[test]
fn ftx_is_survived() {
    crisis("2022-11_ftx");
}

#[test]
fn the_dollar_below_its_peg_is_survived() {
    crisis("2023-03_usdc_svb");
}

#[test]
fn august_2023_is_survived() {
    crisis("2023-08_crv_aug17");
}

#[test]
fn august_2024_is_survived() {
    crisis("2024-08_carry");
}

#[test]
fn the_built_in_crash_is_survived() {
    let report = replayed(&plan(reconstructed(1), 5_000, 1));
    assert_sound(&report);
    assert!(report.accounts_liquidated > 100 && report.accounts_liquidated < 3_000, "{report}");
}

#[test]
fn the_same_seed_lives_the_same_history() {
    let Some(data) = support::data_folder() else { return };
    let crisis = load_crisis(&data, "2024-08_carry").unwrap();
    let digests = |seed| {
        let until = Some(Span::milliseconds(36 * 3_600_000));
        let report = replayed(&Plan { until, ..plan(crisis.clone(), 100, seed) });
        (report.chain_digest, report.state_digest)
    };
    assert_eq!(digests(1), digests(1));
    assert_ne!(digests(1), digests(2));
}
