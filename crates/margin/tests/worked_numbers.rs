//! The worked numbers of the model, each in both forms of the answer.
//!
//! Formulas were broken on purpose to see them fail: without the panic end the third account, without the calm end the
//! pair trade, with the two sides of a range exchanged in [M1] or [M2] the last but one of this group, and so on for
//! each test below.

use cistern_margin::{
    Band, DecidedBy, Decomposition, Depth, End, FactorIndex, FactorTable, Leg, MarginError, Mode, Portfolio,
    Range, RiskFactor, Settings, Tail, WorstScenario,
};
use cistern_units::{Fraction, Ratio, Value, parse_decimal};

const BTC: &[FactorIndex] = &[FactorIndex(0)];
const ETH: &[FactorIndex] = &[FactorIndex(1)];
const SOL: &[FactorIndex] = &[FactorIndex(2)];
const USDC: &[FactorIndex] = &[FactorIndex(3)];
const WSTETH: &[FactorIndex] = &[FactorIndex(1), FactorIndex(4)];
const MEME: &[FactorIndex] = &[FactorIndex(5)];

const MAINTENANCE: Ratio = Ratio::ONE;
const INITIAL: Ratio = Ratio::new(1_250_000_000);

fn fraction(text: &str) -> Fraction {
    Fraction::new(u32::try_from(parse_decimal(text, 9).unwrap()).unwrap()).unwrap()
}

fn factor(range: &str, calm: &str, panic: &str) -> RiskFactor {
    let band = Band::new(fraction(calm), fraction(panic)).unwrap();
    RiskFactor::new(Range::symmetric(fraction(range)), band, None, Vec::new()).unwrap()
}

/// The factors of the model's table; the last falls by a quarter and rises by two fifths.
fn factors() -> Vec<RiskFactor> {
    let up = Ratio::new(400_000_000);
    let meme = Range::new(fraction("0.25"), up).unwrap();
    let band = Band::new(fraction("0.5"), fraction("0.9")).unwrap();
    Vec::from([
        factor("0.15", "0.75", "0.98"),
        factor("0.18", "0.75", "0.98"),
        factor("0.25", "0.55", "0.92"),
        factor("0.02", "0", "0"),
        factor("0.05", "0", "0.5"),
        RiskFactor::new(meme, band, None, Vec::new()).unwrap(),
    ])
}

fn table_of(factors: &[RiskFactor], scale: Ratio) -> FactorTable {
    FactorTable::fold(factors, scale, INITIAL, Settings::default()).unwrap()
}

type Legs<'a> = &'a [(Leg, &'a [FactorIndex], i64)];

fn fill(table: &FactorTable, mode: Mode, legs: Legs<'_>) -> Portfolio {
    let mut portfolio = Portfolio::new();
    portfolio.clear(mode);
    for (leg, factors, dollars) in legs {
        portfolio.add(table, *leg, factors, Value::dollars(*dollars)).unwrap();
    }
    portfolio
}

/// The answer, after a check that both of its forms agree.
fn explained(table: &FactorTable, mode: Mode, legs: Legs<'_>) -> Decomposition {
    let mut portfolio = fill(table, mode, legs);
    let explained = portfolio.explain(table).unwrap();
    assert_eq!(portfolio.requirement(table), Ok(explained.requirement));
    explained
}

fn at_maintenance(legs: Legs<'_>) -> Decomposition {
    explained(&table_of(&factors(), MAINTENANCE), Mode::Portfolio, legs)
}

fn cents(value: Value) -> i128 {
    (value.raw() + 500_000).div_euclid(1_000_000)
}

const BASKET: Legs<'_> = &[
    (Leg::Holding, BTC, 100_000),
    (Leg::Holding, ETH, 100_000),
    (Leg::Holding, SOL, 100_000),
    (Leg::Debt, USDC, -150_000),
];

#[test]
fn stable_collateral_under_a_long_perp() {
    let answer = at_maintenance(&[(Leg::Holding, USDC, 100_000), (Leg::Derivative, BTC, 100_000)]);
    assert_eq!(cents(answer.requirement), 1_513_275);
    assert_eq!(cents(answer.ends[0].joint), cents(answer.ends[2].joint));
    assert_eq!(answer.decided_by, DecidedBy::Joint);
    assert_eq!(cents(answer.ends[0].common), 1_125_000);
    assert_eq!(answer.worst.level, -1);
}

#[test]
fn a_staked_token_hedges_and_leaves_its_basis() {
    let answer = at_maintenance(&[(Leg::Holding, WSTETH, 48_000), (Leg::Derivative, ETH, -48_000)]);
    assert_eq!(cents(answer.requirement), 240_000);
    assert_eq!(cents(answer.standalone), 192_000);
    assert_eq!(cents(answer.gross_floor), 48_000);
}

#[test]
fn a_leveraged_basket_is_decided_in_panic() {
    let answer = at_maintenance(BASKET);
    assert_eq!(cents(answer.requirement), 5_647_350);
    assert_eq!(answer.worst, WorstScenario { end: End::Panic, level: -1, options: None });
}

#[test]
fn a_pair_trade_is_decided_in_calm() {
    let answer = at_maintenance(&[
        (Leg::Holding, USDC, 50_000),
        (Leg::Derivative, ETH, 100_000),
        (Leg::Derivative, BTC, -100_000),
    ]);
    assert_eq!(cents(answer.requirement), 1_569_235);
    assert_eq!(answer.worst, WorstScenario { end: End::Calm, level: -1, options: None });
}

#[test]
fn a_single_asset_asks_for_its_haircut() {
    let answer = at_maintenance(&[(Leg::Holding, BTC, 100_000)]);
    assert_eq!(cents(answer.requirement), 1_500_000);
    assert_eq!(cents(answer.standalone), 1_200_000);
    let table = table_of(&factors(), MAINTENANCE);
    assert_eq!(table.haircut(BTC), fraction("0.15"));
    assert_eq!(table.haircut(WSTETH), fraction("0.23"));
}

#[test]
fn a_hedge_across_the_basket_lowers_the_requirement() {
    let mut legs = Vec::from(BASKET);
    legs.push((Leg::Derivative, BTC, -200_000));
    let answer = at_maintenance(&legs);
    assert_eq!(cents(answer.requirement), 3_067_776);
}

#[test]
fn the_side_that_hurts_decides() {
    // [M1], [M2]: a fall of 25 % for the long, a rise of 40 % for the short.
    let long = at_maintenance(&[(Leg::Derivative, MEME, 100_000)]);
    assert_eq!((cents(long.requirement), long.worst.level), (2_500_000, -1));
    let short = at_maintenance(&[(Leg::Derivative, MEME, -100_000)]);
    assert_eq!((cents(short.requirement), short.worst.level), (4_000_000, 1));
}

#[test]
fn a_tier_stretches_the_ranges() {
    let table = table_of(&factors(), INITIAL);
    let answer = explained(&table, Mode::Portfolio, &[(Leg::Holding, BTC, 100_000)]);
    assert_eq!(cents(answer.requirement), 1_875_000);
    let mut portfolio = fill(&table, Mode::Portfolio, BASKET);
    let maintenance = table_of(&factors(), MAINTENANCE);
    assert_eq!(portfolio.requirement(&maintenance), Err(MarginError::OtherTier));
    assert_eq!(portfolio.explain(&maintenance), Err(MarginError::OtherTier));
    let refused = portfolio.add(&maintenance, Leg::Holding, BTC, Value::ONE);
    assert_eq!(refused, Err(MarginError::OtherTier));
}

#[test]
fn a_perfect_hedge_is_not_free() {
    // [M4b]: 1 % of both notionals; a stable below 1 % asks for its own range instead.
    let answer = at_maintenance(&[(Leg::Derivative, BTC, 100_000), (Leg::Derivative, BTC, -100_000)]);
    assert_eq!((cents(answer.requirement), answer.decided_by), (200_000, DecidedBy::GrossFloor));
    let calm = [factor("0.004", "0", "0")];
    let answer = explained(
        &table_of(&calm, MAINTENANCE),
        Mode::Portfolio,
        &[(Leg::Derivative, BTC, 100_000), (Leg::Derivative, BTC, -100_000)],
    );
    assert_eq!(cents(answer.gross_floor), 80_000);
}

#[test]
fn the_largest_single_loss_keeps_a_floor() {
    // [M4]: 80 % of 18 % of 100,000 stays, although the common factor is hedged almost away.
    let twins = [factor("0.18", "1", "1"), factor("0.18", "1", "1")];
    let legs: Legs<'_> = &[(Leg::Holding, BTC, 100_000), (Leg::Derivative, ETH, -100_000)];
    let answer = explained(&table_of(&twins, MAINTENANCE), Mode::Portfolio, legs);
    assert_eq!((cents(answer.requirement), answer.decided_by), (1_440_000, DecidedBy::Standalone));
    // What does not cancel is one risk lot.
    assert_eq!(cents(answer.joint), 0);
}

#[test]
fn a_tail_is_scaled_by_its_weight() {
    // [M6]: a fall of 4 x 20 % weighted .25 asks for 20 %, a rise of 25 x 20 % weighted .04 the same; 1.25 times that
    // at the initial tier. A fall of 6 x 20 % is a fall of 100 %.
    let tails = |list: &[(i64, &str)]| {
        let tails = list
            .iter()
            .map(|(multiple, weight)| Tail::new(multiple * 1_000_000_000, fraction(weight)).unwrap());
        let band = Band::new(Fraction::ZERO, Fraction::ZERO).unwrap();
        RiskFactor::new(Range::symmetric(fraction("0.2")), band, None, tails.collect()).unwrap()
    };
    let of = |factor: &RiskFactor, scale, dollars| {
        let table = table_of(core::slice::from_ref(factor), scale);
        cents(explained(&table, Mode::Portfolio, &[(Leg::Derivative, BTC, dollars)]).tails)
    };
    let factor = tails(&[(-4, "0.25"), (25, "0.04"), (-2, "0.1")]);
    assert_eq!(of(&factor, MAINTENANCE, 1_000), 20_000);
    assert_eq!(of(&factor, MAINTENANCE, -1_000), 20_000);
    assert_eq!(of(&factor, INITIAL, -1_000), 25_000);
    assert_eq!(of(&tails(&[(-6, "0.15")]), MAINTENANCE, 1_000), 15_000);
    assert_eq!(of(&tails(&[(-6, "0.15")]), MAINTENANCE, -1_000), 0);
}

#[test]
fn a_position_that_is_large_against_its_market_pays_more() {
    // [M5]: 0.5 x 10,000 x sqrt(10,000 / 1,000,000) = 500, at every tier.
    let depth = Depth::new(Value::dollars(1_000_000), Ratio::new(500_000_000)).unwrap();
    let band = Band::new(Fraction::ZERO, Fraction::ZERO).unwrap();
    let deep = RiskFactor::new(Range::symmetric(fraction("0.2")), band, Some(depth), Vec::new()).unwrap();
    for scale in [MAINTENANCE, INITIAL] {
        let table = table_of(core::slice::from_ref(&deep), scale);
        let answer = explained(&table, Mode::Portfolio, &[(Leg::Holding, BTC, 10_000)]);
        assert_eq!(cents(answer.addon), 50_000);
        assert_eq!(answer.requirement, answer.joint.plus(answer.addon).unwrap());
    }
}

#[test]
fn the_slope_of_the_addon_leaves_room_for_every_haircut_of_an_asset() {
    // Two factors of one asset, 20 % and 8 % at the initial tier: 1 - .20 - .08 = .72, shared by two depths.
    let depth = Depth::new(Value::dollars(1), Ratio::ONE).unwrap();
    let band = Band::new(Fraction::ZERO, Fraction::ZERO).unwrap();
    let deep = |h| RiskFactor::new(Range::symmetric(fraction(h)), band, Some(depth), Vec::new()).unwrap();
    let factors = [deep("0.16"), deep("0.064")];
    let assets: [&[FactorIndex]; 1] = [&[FactorIndex(0), FactorIndex(1)]];
    let table =
        FactorTable::fold_with_assets(&factors, assets, MAINTENANCE, INITIAL, Settings::default()).unwrap();
    let addon = |dollars| explained(&table, Mode::Portfolio, &[(Leg::Holding, BTC, dollars)]).addon.raw();
    assert_eq!(addon(2_000) - addon(1_000), Value::dollars(360).raw());
}

#[test]
fn standard_mode_adds_up_without_offsets() {
    let table = table_of(&factors(), MAINTENANCE);
    let answer = explained(
        &table,
        Mode::Standard,
        &[
            (Leg::Holding, WSTETH, 48_000),  // 23 %
            (Leg::Derivative, ETH, -48_000), // 18 %
            (Leg::Debt, USDC, -10_000),      // 2 %
        ],
    );
    assert_eq!(cents(answer.requirement), 1_104_000 + 864_000 + 20_000);
    assert_eq!(answer.standard, Some(answer.requirement));
    assert_eq!(answer.decided_by, DecidedBy::Standard);
}

#[test]
fn an_empty_account_needs_nothing() {
    let answer = at_maintenance(&[]);
    assert_eq!((answer.requirement, answer.decided_by), (Value::ZERO, DecidedBy::Nothing));
    let zeros = at_maintenance(&[(Leg::Holding, BTC, 0), (Leg::Derivative, ETH, 0)]);
    assert_eq!(zeros.requirement, Value::ZERO);
}

#[test]
fn what_the_table_does_not_know_is_refused() {
    let table = table_of(&factors(), MAINTENANCE);
    let stranger = FactorIndex(6);
    let mut portfolio = Portfolio::new();
    let refused = Err(MarginError::UnknownFactor(stranger));
    assert_eq!(portfolio.add(&table, Leg::Holding, &[stranger], Value::ONE), refused);
    assert_eq!(table.haircut(&[stranger]), Fraction::ONE);
    let small = table_of(&factors()[..1], MAINTENANCE);
    let eth = MarginError::UnknownFactor(FactorIndex(1));
    let mut filled = fill(&table, Mode::Portfolio, &[(Leg::Holding, ETH, 1)]);
    assert_eq!(filled.requirement(&small), Err(eth));
    assert_eq!(filled.explain(&small), Err(eth));
}

#[test]
fn an_absurd_value_is_refused() {
    let table = table_of(&factors(), MAINTENANCE);
    for mode in [Mode::Portfolio, Mode::Standard] {
        let mut portfolio = Portfolio::new();
        portfolio.clear(mode);
        portfolio.add(&table, Leg::Holding, BTC, Value::new((1 << 95) - 1)).unwrap();
        let large = portfolio.requirement(&table).unwrap();
        assert_eq!(portfolio.explain(&table).unwrap().requirement, large);
        portfolio.add(&table, Leg::Holding, BTC, Value::new(1)).unwrap();
        assert_eq!(portfolio.requirement(&table), Err(MarginError::Overflow));
        assert_eq!(portfolio.explain(&table), Err(MarginError::Overflow));
    }
    let most = Value::new(i128::MIN);
    assert_eq!(Portfolio::new().add(&table, Leg::Derivative, BTC, most), Err(MarginError::Overflow));
}

#[test]
fn a_cleared_portfolio_is_a_new_one() {
    let table = table_of(&factors(), MAINTENANCE);
    let mut portfolio = fill(&table, Mode::Standard, BASKET);
    portfolio.clear(Mode::Portfolio);
    assert_eq!(portfolio.requirement(&table), Ok(Value::ZERO));
    portfolio.add(&table, Leg::Holding, BTC, Value::dollars(100_000)).unwrap();
    portfolio.add(&table, Leg::Holding, BTC, Value::dollars(-40_000)).unwrap();
    assert_eq!(portfolio.requirement(&table).map(cents), Ok(900_000));
    let exposures: Vec<_> = portfolio.exposures().collect();
    assert_eq!(exposures, [(FactorIndex(0), Value::dollars(60_000))]);
}
