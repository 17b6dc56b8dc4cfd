//! Every rule is broken on purpose, once, and must be seen: a checker that cannot fail proves nothing.

use cistern_engine::{
    Engine,
    act::Product,
    command::Command,
    entry::Entry,
    event::Event,
    ids::{AccountId, AssetId, FeedId, Owner},
    invariants::{self, Violation},
    rows::{Account, Balance, Breach, Expiry, Form},
    state::State,
    valuation::Summary,
};
use cistern_units::{Amount, Fraction, Index, Price, Ratio, Shares, Size, Time, Value};

use crate::history::{
    Broken, Crowd, Watcher, breaches,
    checkers::{Seen, compare, liquidation_helps},
    round_trips,
};

/// Is it a user's account that holds bitcoin and owes nothing?
fn is_at_rest(account: &Account) -> bool {
    let is_user = account.header.owner != Owner::default();
    is_user && !account.has_obligations() && !account.held(AssetId(1)).is_zero()
}

/// A pool in the middle of a history that has debts, positions and prices.
fn lived() -> State {
    let mut engine = Engine::new();
    let mut crowd = Crowd::new(11);
    for _ in 0..4_000 {
        let entry = crowd.next_entry(engine.state());
        let result = engine.apply(&entry).map(|_| ());
        crowd.learn(&entry, result);
        let state = engine.state();
        let traded = state.accounts.iter().any(|account| account.positions().count() > 1);
        let owes = state.pools.iter().any(|pool| pool.owed_shares.raw() > 1_000_000);
        let rests = state.accounts.iter().any(is_at_rest);
        if traded && owes && rests && state.feeds.iter().all(|feed| feed.quote.is_some()) {
            return state.clone();
        }
    }
    panic!("the crowd of seed 11 neither trades nor borrows");
}

fn running(change: impl Fn(&mut State)) -> Result<(), Violation> {
    let mut state = lived();
    invariants::check(&state).unwrap();
    change(&mut state);
    invariants::check(&state)
}

fn recounted(change: impl Fn(&mut State)) -> Result<(), Violation> {
    let mut state = lived();
    invariants::recount(&state).unwrap();
    change(&mut state);
    invariants::recount(&state)
}

fn assert_seen(result: Result<(), Violation>, rule: &str, family: &str) {
    let violation = result.expect_err(rule);
    assert_eq!(violation.rule, rule);
    assert!(violation.numbers.contains(family), "{violation}");
}

fn one() -> Amount {
    Amount::new(1)
}

#[test]
fn a_unit_that_comes_from_nowhere_is_seen() {
    let more = |state: &mut State| state.pools[0].custody = state.pools[0].custody.plus(one()).unwrap();
    assert_seen(running(more), "custody_is_what_is_held_and_lent_less_what_is_owed", "S1");
    let held = |state: &mut State| {
        state.pools[0].custody = state.pools[0].custody.plus(one()).unwrap();
        state.pools[0].held = state.pools[0].held.plus(one()).unwrap();
    };
    running(held).unwrap();
    assert_seen(recounted(held), "held_is_the_sum_of_the_accounts", "inv-C1");
    let shares = |form| {
        move |state: &mut State| {
            let pool = state.pools.iter_mut().find(|pool| !pool.owed.is_zero()).unwrap();
            let side = if form == Form::Lent { &mut pool.lent_shares } else { &mut pool.owed_shares };
            *side = side.plus(Shares::new(1)).unwrap();
        }
    };
    assert_seen(recounted(shares(Form::Lent)), "lent_shares_are_the_sum_of_the_accounts", "inv-C2");
    assert_seen(recounted(shares(Form::Owed)), "owed_shares_are_the_sum_of_the_accounts", "inv-C2");
}

#[test]
fn an_open_size_without_its_other_side_is_seen() {
    let net = |state: &mut State| state.markets[0].net = Size::new(1);
    assert_seen(running(net), "open_sizes_of_a_market_sum_to_zero", "S1");
    let short = |state: &mut State| state.markets[0].open_interest = Size::new(-1);
    assert_seen(running(short), "open_interest_is_not_negative", "S2");
    let size = |state: &mut State| {
        let account = state.accounts.iter_mut().find(|account| account.has_positions()).unwrap();
        account.change_lists(|_, positions| {
            positions[0].size = positions[0].size.plus(positions[0].size).unwrap();
        });
    };
    assert_seen(recounted(size), "open_sizes_of_a_market_sum_to_zero", "S1");
}

#[test]
fn an_expiry_that_is_not_one_is_seen() {
    let open = |state: &mut State| {
        let place = state.markets.iter().position(|market| !market.open_interest.is_zero()).unwrap();
        state.markets[place].settled = Some(Price::ONE);
    };
    assert_seen(recounted(open), "nothing_is_open_in_a_market_that_is_settled", "S1");
    let twice = |state: &mut State| {
        let row = Expiry::new(FeedId(1), Time::ZERO, FeedId(1));
        state.expiries.splice(0..0, [row.clone(), row]);
    };
    assert_seen(recounted(twice), "expiries_are_ordered_and_unique", "S12");
    let forgotten = |state: &mut State| {
        let product = Product::Future { expiry: Time::ZERO, forward: FeedId(1) };
        state.config.markets[0].spec.product = product;
    };
    assert_seen(recounted(forgotten), "a_market_is_settled_or_waits_for_its_expiry", "S12");
    let absurd = |state: &mut State| {
        state.expiries.insert(0, Expiry { sum: 1, ..Expiry::new(FeedId(0), Time::ZERO, FeedId(0)) });
    };
    assert_seen(recounted(absurd), "an_average_lies_within_what_can_be_a_price", "S8");
}

#[test]
fn profit_that_nobody_lost_is_seen() {
    let profit = |state: &mut State| state.totals.pnl = state.totals.pnl.plus(Value::new(1)).unwrap();
    let rule = "unsettled_profit_is_what_was_settled_in_less_what_was_settled_out";
    assert_seen(running(profit), rule, "S11");
    let header = |state: &mut State| state.accounts[4].header.pnl = Value::dollars(1_000_000);
    assert_seen(recounted(header), "unsettled_profit_is_the_sum_of_the_accounts", "S1");
    let covered = |state: &mut State| state.totals.insured = Value::dollars(1);
    assert_seen(running(covered), "no_more_is_covered_than_was_lost", "S6");
    let funding = |state: &mut State| {
        let market = state.accounts.iter().flat_map(Account::positions).next().unwrap().market;
        for account in &mut state.accounts {
            account.change_lists(|_, positions| {
                for long in positions.iter_mut().filter(|row| row.market == market && row.size.is_long()) {
                    long.funding_index += 1_000_000_000_000_000_000_000;
                }
            });
        }
    };
    assert_seen(recounted(funding), "funding_never_pays_more_than_it_takes", "S3");
    let kept = |state: &mut State| {
        // Somebody's bitcoin ends in the clearing account.
        let is_bitcoin = |balance: Balance| balance.key() == (AssetId(1), Form::Held);
        let from = state.accounts.iter_mut().skip(2).find(|account| account.balances().any(is_bitcoin));
        let row = from.unwrap().change_lists(|balances, _| {
            let place = balances.iter().copied().position(is_bitcoin).unwrap();
            balances.remove(place)
        });
        state.accounts[1].change_lists(|balances, _| balances.push(row));
    };
    assert_seen(recounted(kept), "the_clearing_account_holds_settled_losses_and_nothing_else", "S11");
}

#[test]
fn a_promise_beyond_the_pool_is_seen() {
    let promised = |state: &mut State| {
        let pool = state.pools.iter_mut().find(|pool| !pool.owed.is_zero()).unwrap();
        pool.lent_index = Index::new(pool.lent_index.raw() * 2);
    };
    assert_seen(recounted(promised), "lenders_are_promised_no_more_than_there_is", "S3");
    let forgiven = |state: &mut State| {
        let pool = state.pools.iter_mut().find(|pool| !pool.owed.is_zero()).unwrap();
        pool.owed_index = Index::new(pool.owed_index.raw() / 2);
    };
    assert_seen(recounted(forgiven), "borrowers_owe_no_less_than_was_lent", "inv-R2");
}

#[test]
fn rows_out_of_order_and_lost_accounts_are_seen() {
    let order = |state: &mut State| {
        let account = state.accounts.iter_mut().find(|account| account.balances().count() > 1).unwrap();
        account.change_lists(|balances, _| balances.reverse());
    };
    assert_seen(recounted(order), "rows_of_an_account_are_ordered_and_unique", "S12");
    let empty = |state: &mut State| {
        let account = state.accounts.iter_mut().find(|account| account.balances().count() == 0).unwrap();
        account.change_lists(|balances, _| balances.push(Balance::held(AssetId(0), Amount::ZERO)));
    };
    assert_seen(recounted(empty), "no_row_of_an_account_is_empty", "inv-H8");
    let lost = |state: &mut State| {
        state.accounts[4].header.owner = Owner([9; 20]);
    };
    assert_seen(recounted(lost), "every_account_has_one_owner", "S12");
}

#[test]
fn parameters_and_prices_out_of_bounds_are_seen() {
    let haircut = |state: &mut State| {
        state.config.factors[1].spec.range_down = Fraction::basis_points(9_000);
    };
    assert_seen(recounted(haircut), "a_haircut_is_within_the_bounds_of_its_class", "inv-P6");
    let tiers = |state: &mut State| state.config.params.margin.initial = Ratio::new(900_000_000);
    assert_seen(recounted(tiers), "initial_margin_is_not_below_maintenance_margin", "inv-H9");
    let ramp = |state: &mut State| state.config.factors[1].ramp_from.range_down = Fraction::ONE;
    assert_seen(recounted(ramp), "a_factor_ramps_up_to_what_new_risk_needs", "inv-P7");
    let oracle = |state: &mut State| state.config.assets[1].feed = None;
    assert_seen(recounted(oracle), "an_asset_without_an_oracle_takes_no_deposits", "inv-P9");
    let price = |state: &mut State| {
        let feed = state.feeds.iter_mut().find(|feed| feed.validity > cistern_engine::rows::Validity::Frozen);
        feed.unwrap().quote.as_mut().unwrap().price = Price::MAX;
    };
    assert_seen(recounted(price), "a_price_lies_within_what_was_said", "inv-O1");
}

fn worth(equity: i64, maintenance: i64, free: i64) -> Option<Summary> {
    Some(Summary {
        equity: Value::dollars(equity),
        maintenance_margin: Value::dollars(maintenance),
        free_collateral: Value::dollars(free),
        ..Summary::default()
    })
}

fn seen(summaries: Vec<Option<Summary>>) -> Seen {
    Seen { summaries, indexes: Vec::new() }
}

#[test]
fn a_command_that_hurts_its_account_or_another_is_seen() {
    let (own, other) = (AccountId(0), AccountId(1));
    let withdraw = Command::Withdraw { account: own, asset: AssetId(0), amount: one() };
    let before = seen(vec![worth(100, 50, 40), worth(100, 50, 40)]);
    compare(&withdraw, &[], &before, &[worth(60, 50, 1), worth(100, 50, 40)]).unwrap();
    let hurt = compare(&withdraw, &[], &before, &[worth(40, 50, -20), worth(100, 50, 40)]);
    assert_eq!(hurt, Err(Broken::OwnCommandHurt(own)));
    let touched = compare(&withdraw, &[], &before, &[worth(60, 50, 1), worth(99, 50, 40)]);
    assert_eq!(touched, Err(Broken::OtherAccountChanged(other)));
    let deposit = Command::Deposit { account: own, asset: AssetId(0), amount: one() };
    let lowered = compare(&deposit, &[], &before, &[worth(101, 60, 39), worth(100, 50, 40)]);
    assert_eq!(lowered, Err(Broken::DepositHurt(own)));
}

#[test]
fn a_liquidation_that_hurts_is_seen() {
    let account = AccountId(0);
    let step = |penalty| Event::LiquidationStepped {
        account,
        liquidator: AccountId(1),
        closed: Value::dollars(10),
        penalty: Value::dollars(penalty),
    };
    let before = seen(vec![worth(40, 50, -20)]);
    liquidation_helps(&[step(1)], &before, &[worth(39, 40, -10)]).unwrap();
    let worse = liquidation_helps(&[step(1)], &before, &[worth(39, 55, -30)]);
    assert_eq!(worse, Err(Broken::LiquidationHurt(account)));
    let beyond = liquidation_helps(&[step(41)], &before, &[worth(-1, 0, -1)]);
    assert_eq!(beyond, Err(Broken::LiquidationHurt(account)));
}

#[test]
fn an_index_that_falls_and_an_outflow_beyond_the_limit_are_seen() {
    let state = lived();
    let place = state.pools.iter().position(|pool| pool.owed_shares.raw() > 1_000_000).unwrap();
    let asset = AssetId::at(place).unwrap();
    let mut watcher = Watcher::default();
    let indexes = state.pools.iter().map(|pool| (pool.lent_index, pool.owed_index)).collect();
    watcher.shadow = state;
    let before = Seen { summaries: Vec::new(), indexes };
    watcher.indexes_rise(&[], &before).unwrap();
    let pool = &mut watcher.shadow.pools[place];
    pool.lent_index = Index::new(pool.lent_index.raw() - 1);
    assert_eq!(watcher.indexes_rise(&[], &before), Err(Broken::IndexFell(asset)));
    let limit = watcher.shadow.config.assets[place].withdrawal_limit;
    let leaves = |amount| Event::WithdrawalAuthorized { account: AccountId(2), asset, amount };
    let now = Time::milliseconds(1);
    watcher.outflow_is_limited(now, &[leaves(limit), leaves(limit)]).unwrap();
    assert_eq!(watcher.outflow_is_limited(now, &[leaves(one())]), Err(Broken::OutflowExceeded(asset)));
}

#[test]
fn a_breach_that_no_tick_saw_and_one_that_is_over_are_seen() {
    let mut state = lived();
    let place = state.accounts.iter().skip(2).position(Account::has_obligations).unwrap() + 2;
    let header = &mut state.accounts[place].header;
    header.breach = if header.breach.is_none() { Some(Breach { ticks: 1, deferred: false }) } else { None };
    let tick = Entry { time: state.totals.time, command: Command::Tick { reports: Vec::new() } };
    let mut engine = Engine::with_state(state);
    let result = breaches::are_seen(&mut engine, &tick, &[]);
    assert_eq!(result, Err(Broken::BreachMissed(AccountId::at(place).unwrap())));
}

#[test]
fn a_pool_that_cannot_pay_out_and_a_gain_from_nothing_are_seen() {
    let mut state = lived();
    let place = state.accounts.iter().position(is_at_rest);
    let account = AccountId::at(place.unwrap()).unwrap();
    round_trips::leaves(&state, account).unwrap();
    state.pools[1].custody = Amount::ZERO;
    assert!(matches!(round_trips::leaves(&state, account), Err(Broken::CouldNotLeave(..))));
    // A deposit is no round trip: it must look like a gain.
    let deposit = Command::Deposit { account, asset: AssetId(0), amount: Amount::new(1_000_000) };
    let gained = round_trips::gained(&lived(), ("deposit", account), &[deposit]);
    assert_eq!(gained, Err(Broken::RoundTripGained("deposit", account)));
}

#[test]
fn a_trace_of_a_refusal_and_events_that_do_not_rebuild_are_seen() {
    let mut watcher = Watcher { shadow: lived(), ..Watcher::default() };
    let mut engine = Engine::with_state(lived());
    watcher.nothing_happened(engine.state(), "refusal").unwrap();
    watcher.shadow.totals.tick += 1;
    assert_eq!(
        watcher.nothing_happened(engine.state(), "refusal"),
        Err(Broken::SomethingHappened("refusal"))
    );
    let entry = Entry { time: engine.state().totals.time, command: Command::Pause };
    let result = watcher.follow(&mut engine, &entry, &[], &Seen::default());
    assert_eq!(result, Err(Broken::EventsDoNotRebuild(None)));
}
