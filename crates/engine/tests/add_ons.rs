//! Add-ons in a pool: a deposit never lowers free collateral, whatever is charged; each charge is told.

mod world;

use cistern_engine::{
    act::{Act, FactorSpec, Impact},
    addon::{AddOn, Depeg, PoolShare, WrongWay},
    command::Command,
    ids::{AccountId, FactorId},
};
use cistern_margin::Tier;
use cistern_units::{Fraction, Price, Ratio, Value};
use world::{ETH, Pool, USDC};

/// Whole units of ETH that are deposited one after the other, from nothing to far more than any depth.
const DEPOSITS: [u128; 9] = [1, 1, 8, 40, 150, 800, 1_000, 3_000, 5_000];

fn schedule(pool: &mut Pool, act: Act) {
    pool.apply(Command::Schedule { act }).unwrap();
}

fn pool_share(start: i64) -> Act {
    Act::SetAddOn(AddOn::PoolShare(PoolShare { asset: ETH, start: Value::dollars(start) }))
}

fn wrong_way(share: u16) -> Act {
    let share = Fraction::basis_points(share);
    Act::SetAddOn(AddOn::WrongWay(WrongWay { asset: ETH, factor: FactorId(1), share }))
}

/// ETH counts in part, as if it had a peg at 3,000.
fn depeg() -> Act {
    let price = |dollars: u128| Price::clamped(dollars * Price::ONE.raw());
    Act::SetAddOn(AddOn::Depeg(Depeg {
        asset: ETH,
        start: price(3_000),
        full: price(2_500),
        factor: Ratio::new(400_000),
        most: Fraction::basis_points(4_000),
    }))
}

/// A market of ETH that takes little.
fn depth(pool: &Pool) -> Act {
    let spec: FactorSpec = pool.engine.state().config.factors[1].spec;
    let impact = Some(Impact { depth: Value::dollars(1_000_000), lambda: Ratio::new(500_000_000) });
    Act::SetFactor { factor: FactorId(1), spec: FactorSpec { impact, ..spec } }
}

fn free(pool: &mut Pool, account: AccountId) -> Value {
    pool.engine.assess(account, Tier::Initial).unwrap().free().unwrap()
}

/// Alice holds ETH beside a long of ETH, and deposits more and more of it.
fn deposits_help(acts: impl Fn(&Pool) -> Vec<Act>) {
    let mut pool = Pool::founded();
    let (alice, bob) = (pool.open(), pool.open());
    pool.price(2_000, 0);
    pool.deposit(alice, USDC, 100_000);
    pool.deposit(bob, USDC, 100_000);
    pool.deposit(bob, ETH, 500);
    pool.fill(alice, bob, 10, 2_000).unwrap();
    for act in acts(&pool) {
        schedule(&mut pool, act);
    }
    let mut before = free(&mut pool, alice);
    for amount in DEPOSITS {
        pool.deposit(alice, ETH, amount);
        let after = free(&mut pool, alice);
        // A charge is rounded up, and a requirement in risk lots: by less than a cent here.
        assert!(
            after.plus(Value::new(1_000_000)).unwrap() >= before,
            "{amount} more: {after} after {before}"
        );
        before = after;
    }
}

#[test]
fn a_deposit_never_lowers_free_collateral_under_any_add_on() {
    deposits_help(|_| vec![pool_share(1_000_000)]);
    deposits_help(|_| vec![wrong_way(10_000)]);
    deposits_help(|_| vec![depeg()]);
    deposits_help(|pool| vec![depth(pool)]);
    deposits_help(|pool| vec![depth(pool), pool_share(1_000_000)]);
    deposits_help(|pool| vec![depth(pool), pool_share(100), wrong_way(10_000), depeg()]);
}

#[test]
fn each_charge_is_told_and_none_counts_at_maintenance() {
    let mut pool = Pool::founded();
    let (alice, bob) = (pool.open(), pool.open());
    pool.price(2_000, 0);
    pool.deposit(alice, ETH, 1_000);
    pool.deposit(bob, USDC, 100_000);
    pool.fill(alice, bob, 10, 2_000).unwrap();
    let before = pool.engine.explain(alice).unwrap();
    schedule(&mut pool, pool_share(1_000_000));
    schedule(&mut pool, wrong_way(10_000));
    let told = pool.engine.explain(alice).unwrap();
    assert_eq!(told.summary.maintenance_margin, before.summary.maintenance_margin);
    assert_eq!(told.add_ons.len(), 2);
    let sum = told.add_ons.iter().fold(Value::ZERO, |sum, charge| sum.plus(charge.value).unwrap());
    assert_eq!(told.summary.initial_margin, before.summary.initial_margin.plus(sum).unwrap());
}
