//! The worked numbers of docs/model.md that need a pool: [O3], [W1], [W2], [L1], [L4], [L5].

mod world;

use cistern_engine::{
    Engine,
    command::Command,
    event::{Event, LossBearer},
    explain::{LegKind, Way},
    ids::{AccountId, FactorId},
    rejection::Rejection,
    rows::Form,
    shock::Shock,
    state::State,
    what_if::Question,
};
use cistern_margin::Tier;
use cistern_units::{Price, Ratio, Signed, Value};
use world::{ETH, ETH_PERP, Pool, USDC};

fn dollars(text: &str) -> Value {
    Value::new(cistern_units::parse_decimal(text, Value::PLACES).unwrap())
}

/// The nearest cents: a requirement is rounded up in risk lots.
fn cents(value: Value) -> i128 {
    (value.raw() + 500_000).div_euclid(1_000_000)
}

#[test]
fn conservative_prices_count_the_worse_of_market_and_stable() {
    // [O3]: price 2,000, uncertainty 10, stable 1,950: 10 ETH owned are 19,500, 10 ETH owed are 20,100.
    let mut pool = Pool::founded();
    let (owner, debtor) = (pool.open(), pool.open());
    pool.price(2_000, 10);
    pool.deposit(owner, ETH, 20);
    pool.apply(Command::Lend { account: owner, asset: ETH, amount: pool.units(ETH, 10) }).unwrap();
    pool.deposit(debtor, USDC, 100_000);
    pool.apply(Command::Borrow { account: debtor, asset: ETH, amount: pool.units(ETH, 10) }).unwrap();
    pool.apply(Command::Withdraw { account: debtor, asset: ETH, amount: pool.units(ETH, 10) }).unwrap();
    pool.apply(Command::Withdraw { account: owner, asset: ETH, amount: pool.units(ETH, 10) }).unwrap();
    let mut state = pool.engine.state().clone();
    for feed in state.feeds.iter_mut().filter_map(|feed| feed.stable.as_mut()) {
        feed.price = feed.price.min(Price::clamped(1_950 * Price::ONE.raw()));
    }
    let mut engine = Engine::with_state(state);
    assert_eq!(engine.assess(owner, Tier::Initial).unwrap().collateral, dollars("19500"));
    assert_eq!(engine.assess(owner, Tier::Maintenance).unwrap().collateral, dollars("20000"));
    assert_eq!(engine.assess(debtor, Tier::Initial).unwrap().debts, dollars("20100"));
}

#[test]
fn profit_is_paid_from_settled_loss_alone() {
    // [W1]: alice gains 500, bob loses 500 and settles 300: alice can be paid 300, the rest waits.
    let mut pool = Pool::founded();
    let (alice, bob) = (pool.open(), pool.open());
    pool.price(2_000, 0);
    pool.deposit(alice, USDC, 10_000);
    pool.deposit(bob, ETH, 10);
    pool.deposit(bob, USDC, 300);
    pool.fill(alice, bob, 5, 2_000).unwrap();
    pool.price(2_100, 0);
    pool.fill(bob, alice, 5, 2_100).unwrap();
    let pnl = |pool: &Pool, id: AccountId| pool.engine.state().account(id).unwrap().header.pnl;
    assert_eq!((pnl(&pool, alice), pnl(&pool, bob)), (dollars("500"), dollars("-500")));
    assert_eq!(pool.apply(Command::Settle { account: alice }), Err(Rejection::NothingToSettle));
    pool.apply(Command::Settle { account: bob }).unwrap();
    pool.apply(Command::Settle { account: alice }).unwrap();
    assert_eq!((pnl(&pool, alice), pnl(&pool, bob)), (dollars("200"), dollars("-200")));
    assert_eq!(pool.held(alice, USDC), pool.units(USDC, 10_300));
    assert_eq!(pool.apply(Command::Settle { account: alice }), Err(Rejection::NothingToSettle));
}

#[test]
fn unsettled_profit_margins_positions_but_does_not_leave() {
    // [W2]: 1,000 USDC, a long with +400 unrealised, requirement R: free is 1,400 - R, withdrawable 1,000 - R.
    let mut pool = Pool::founded();
    let (alice, bob) = (pool.open(), pool.open());
    pool.price(2_000, 0);
    pool.deposit(alice, USDC, 1_000);
    pool.deposit(bob, USDC, 10_000);
    pool.fill(alice, bob, 2, 2_000).unwrap();
    for _ in 0..200 {
        pool.wait(10_000);
        pool.price(2_200, 0); // the stable price needs its time to believe it
    }
    let summary = pool.engine.summary(alice).unwrap();
    assert_eq!(summary.unsettled, dollars("400"));
    assert_eq!(cents(summary.initial_margin), 82_500); // 1.25 x 15 % of 4,400
    assert_eq!(cents(summary.free_collateral), 57_500);
    assert_eq!(cents(summary.withdrawable), 17_500);
    let more = pool.units(USDC, 500);
    let refused = pool.apply(Command::Withdraw { account: alice, asset: USDC, amount: more }).unwrap_err();
    assert!(matches!(refused, Rejection::ProfitMustBeSettled { .. }), "{refused}");
}

/// An account of 10,000 USDC that is long 20 ETH from 2,000 and stands below maintenance at `price`.
fn breached(pool: &mut Pool, price: u64) -> (AccountId, AccountId) {
    let (alice, bob) = (pool.open(), pool.open());
    pool.price(2_000, 0);
    pool.deposit(alice, USDC, 10_000);
    pool.deposit(bob, USDC, 1_000_000);
    pool.fill(alice, bob, 20, 2_000).unwrap();
    for _ in 0..2 {
        pool.wait(10_000);
        pool.price(price, 0);
    }
    (alice, bob)
}

#[test]
fn a_step_closes_as_little_as_the_target_needs() {
    // [L1]: 10,000 USDC, long 20 ETH from 2,000, range 15 %. At 1,750 equity is 5,000 and maintenance needs 5,250. Health
    // is .952, so the penalty is 1.57 %; the target tier needs 16.5 %: closing n ETH must leave 5,000 - .0157 x 1,750 n >=
    // .165 x 1,750 (20 - n), so n is 2.967; in 1,024 parts of 20 that is 2.969, and 17.031 ETH stay.
    let mut pool = Pool::founded();
    let (alice, bob) = breached(&mut pool, 1_750);
    let before = pool.engine.assess(alice, Tier::Maintenance).unwrap();
    assert!(before.equity < before.requirement);
    pool.apply(Command::Liquidate { account: alice, liquidator: bob }).unwrap();
    let left = pool.engine.state().account(alice).unwrap().position(ETH_PERP).unwrap().size.raw();
    assert_eq!(left, 170_312);
    let after = pool.engine.assess(alice, Tier::Target).unwrap();
    assert!(!after.free().unwrap().is_negative());
    // One part in 1,024 less would not have been enough.
    assert!(after.free().unwrap() < dollars("12"), "{:?}", after.free());
    assert_eq!(
        pool.apply(Command::Liquidate { account: alice, liquidator: bob }),
        Err(Rejection::AccountIsHealthy)
    );
}

#[test]
fn the_fund_pays_before_profit_does_and_the_parts_sum_to_the_unit() {
    // [L4]: deficit 99, fund 29, unsettled profits of 300 and 100: they bear 52.50 and 17.50.
    let mut pool = Pool::founded();
    let (loser, first, second, taker) = (pool.open(), pool.open(), pool.open(), pool.open());
    pool.price(2_000, 0);
    pool.deposit(loser, USDC, 301);
    pool.deposit(first, USDC, 10_000);
    pool.deposit(second, USDC, 10_000);
    pool.deposit(taker, USDC, 1_000_029);
    let fund = AccountId::INSURANCE_FUND;
    pool.apply(Command::Transfer { from: taker, to: fund, asset: USDC, amount: pool.units(USDC, 29) })
        .unwrap();
    pool.apply_fill(loser, first, 6_000, 2_000).unwrap();
    pool.apply_fill(loser, second, 2_000, 2_000).unwrap();
    // Price falls by 500: the loser has lost 400 of its 301 dollars, the others gained 300 and 100.
    for _ in 0..2 {
        pool.wait(1);
        pool.price(1_500, 0);
    }
    let events = pool.apply(Command::Liquidate { account: loser, liquidator: taker }).unwrap();
    let borne: Vec<Value> = events
        .iter()
        .filter_map(|event| match event {
            Event::LossSocialised { bearer: LossBearer::Profit { .. }, value, .. } => Some(*value),
            _ => None,
        })
        .collect();
    assert_eq!(borne, [dollars("52.5"), dollars("17.5")], "{events:?}");
    assert!(events.contains(&Event::BadDebtRecorded { account: loser, deficit: dollars("99") }));
    assert!(events.contains(&Event::InsurancePaid { account: loser, value: dollars("29") }));
    pool.engine.check().unwrap();
    pool.engine.recount().unwrap();
}

#[test]
fn the_least_healthy_account_is_taken_first() {
    // [L5]: two accounts in breach, the later one less healthy: the backstop takes the later one first.
    let mut pool = Pool::founded();
    let (strong, weak, maker) = (pool.open(), pool.open(), pool.open());
    pool.price(2_000, 0);
    pool.deposit(strong, USDC, 10_000);
    pool.deposit(weak, USDC, 9_000);
    pool.deposit(maker, USDC, 1_000_000);
    pool.fill(strong, maker, 20, 2_000).unwrap();
    pool.fill(weak, maker, 20, 2_000).unwrap();
    pool.apply(Command::AppointBackstop { account: maker }).unwrap();
    let mut taken = Vec::new();
    for _ in 0..3 {
        pool.wait(10_000);
        for event in pool.price(1_740, 0) {
            if let Event::LiquidationStepped { account, .. } = event {
                taken.push(account);
            }
        }
    }
    assert_eq!(taken, [weak, strong]);
}

#[test]
fn a_liquidation_price_is_where_equity_meets_the_requirement() {
    // [M10] [M11]: 10,000 USDC, long 20 ETH from 2,000, range 15 %: leverage 4; broken at 30,000 / 17.
    let mut pool = Pool::founded();
    let (alice, bob) = (pool.open(), pool.open());
    pool.price(2_000, 0);
    pool.deposit(alice, USDC, 10_000);
    pool.deposit(bob, USDC, 100_000);
    pool.fill(alice, bob, 20, 2_000).unwrap();
    let explained = pool.engine.explain(alice).unwrap();
    assert_eq!(explained.leverage, Some(Ratio::new(4_000_000_000)));
    assert!((600_000_000..600_000_010).contains(&explained.margin_ratio.unwrap().raw()));
    let down = |change: Option<Signed>| change.unwrap().raw();
    let moves: Vec<_> =
        explained.liquidation_moves.iter().filter(|found| found.factor == FactorId(1)).collect();
    let fall = down(moves[0].change);
    let exact = -(1_000_000_000 * 2 / 17); // 1 - 15 / 17
    assert!((exact - 10_000..=exact).contains(&fall), "{fall}");
    assert_eq!((moves[0].way, moves[1].way, moves[1].change), (Way::Down, Way::Up, None));
    // The engine agrees: just above nobody can liquidate, at the price it breaches.
    let at = |fall: i64| [Shock { factor: FactorId(1), change: Signed::new(fall) }];
    let now = pool.engine.state().totals.time;
    let health = |engine: &mut Engine, shocks: &[Shock]| {
        let question = Question { account: alice, commands: &[], shocks };
        engine.simulate(now, &question).unwrap().after.unwrap().health.unwrap()
    };
    assert!(health(&mut pool.engine, &at(fall)) < Ratio::ONE);
    assert!(health(&mut pool.engine, &at(fall + 20_000)) >= Ratio::ONE);
}

#[test]
fn a_hedge_contributes_less_than_nothing() {
    // [M12]: 1 ETH at 2,000 held, 1 short: requirement 20 (gross floor 1 %); without the short 300.
    let mut pool = Pool::founded();
    let (alice, bob) = (pool.open(), pool.open());
    pool.price(2_000, 0);
    pool.deposit(alice, ETH, 1);
    pool.deposit(bob, USDC, 100_000);
    pool.fill(bob, alice, 1, 2_000).unwrap();
    let explained = pool.engine.explain(alice).unwrap();
    let parts: Vec<_> =
        explained.legs.iter().map(|leg| (leg.kind, leg.value, cents(leg.contribution))).collect();
    assert_eq!(
        parts,
        [
            (LegKind::Balance(ETH, Form::Held), dollars("2000"), -28_000),
            (LegKind::Position(ETH_PERP), dollars("-2000"), -28_000),
        ]
    );
    assert_eq!(cents(explained.maintenance.requirement), 2_000);
}

#[test]
fn a_simulation_decides_as_the_engine_would_and_leaves_nothing() {
    let mut pool = Pool::founded();
    let alice = pool.open();
    pool.price(2_000, 0);
    pool.deposit(alice, USDC, 1_000);
    let before = pool.engine.state().digest();
    let withdraw = |pool: &Pool, whole| Command::Withdraw {
        account: alice,
        asset: USDC,
        amount: pool.units(USDC, whole),
    };
    let commands = [withdraw(&pool, 400), withdraw(&pool, 700), withdraw(&pool, 1)];
    let now = pool.engine.state().totals.time;
    let question = Question { account: alice, commands: &commands, shocks: &[] };
    let simulated = pool.engine.simulate(now, &question).unwrap();
    assert_eq!(simulated.before.equity, dollars("1000"));
    assert_eq!(simulated.after.unwrap().equity, dollars("600"));
    assert_eq!(simulated.refused, Some((1, Rejection::BalanceTooSmall { available: pool.units(USDC, 600) })));
    assert_eq!(simulated.events.len(), 1);
    assert_eq!(pool.engine.state().digest(), before);
}

#[test]
fn a_state_comes_back_from_its_bytes() {
    let mut pool = Pool::founded();
    let (alice, bob) = (pool.open(), pool.open());
    pool.price(2_000, 0);
    pool.deposit(alice, USDC, 10_000);
    pool.deposit(bob, USDC, 100_000);
    pool.fill(alice, bob, 20, 2_000).unwrap();
    pool.apply(Command::ChooseStandardMode { account: bob }).unwrap();
    pool.price(1_700, 0);
    let state = pool.engine.state();
    let back: State = borsh::from_slice(&borsh::to_vec(state).unwrap()).unwrap();
    assert_eq!(&back, state);
    assert_eq!(back.digest(), state.digest());
    Engine::with_state(back).recount().unwrap();
}
