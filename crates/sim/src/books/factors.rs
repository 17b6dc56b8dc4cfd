//! Random risk factors: of ordinary markets, and of markets that nobody would list.

use cistern_margin::{Band, DEPTH_MAX, Depth, FactorTable, LAMBDA_MAX, Range, RiskFactor, Settings, Tail};
use cistern_units::{Fraction, Ratio, Value};

use crate::history::Dice;

/// Scales of maintenance, target and initial margin.
pub(super) const SCALES: [Ratio; 3] = [Ratio::ONE, Ratio::new(1_100_000_000), INITIAL];
/// The scale of initial margin.
pub(super) const INITIAL: Ratio = Ratio::new(1_250_000_000);
/// Largest rise at maintenance that the initial tier can still stretch.
const RISE_MAX: u64 = 3_200_000_000;
/// One, in 1e-9.
const ONE: u64 = 1_000_000_000;

/// How far from ordinary a world is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// Ranges and loadings as they are measured.
    Ordinary,
    /// Anything that an asset of three factors can still have.
    Wild,
    /// Anything that the model takes: the haircuts of an asset may exceed the whole.
    Overstretched,
}

/// Fall, rise, loadings in calm and panic, in basis points: coins, a peg, a basis, a fund, a collection.
const MEASURED: [[u16; 4]; 8] = [
    [1_500, 1_500, 7_500, 9_800],
    [1_800, 1_900, 7_500, 9_800],
    [2_500, 3_000, 5_500, 9_200],
    [2_600, 4_100, 5_000, 9_500],
    [200, 200, 0, 0],
    [500, 500, 0, 5_000],
    [100, 50, 0, 1_000],
    [4_000, 6_000, 3_000, 8_000],
];

/// A number up to `most`, in 1e-9: any one, one of four decimals, or an end.
fn fraction(dice: &mut Dice, most: u64) -> Fraction {
    let raw = match dice.below(5) {
        0 | 1 => dice.between(0, most),
        2 | 3 => dice.between(0, most / 100_000) * 100_000,
        _ => dice.below(2) * most,
    };
    u32::try_from(raw).ok().and_then(Fraction::new).unwrap_or(Fraction::ONE)
}

/// Floors as they are, or any.
pub(super) fn settings(dice: &mut Dice) -> Settings {
    if dice.happens(500) {
        return Settings::default();
    }
    Settings { floor_factor: fraction(dice, ONE), gross_floor: fraction(dice, ONE / 20) }
}

/// A factor; with a depth where markets have one.
pub(super) fn factor(dice: &mut Dice, manner: Manner, is_deep: Depths) -> RiskFactor {
    let (range, band) = match manner {
        Manner::Ordinary => measured(dice),
        Manner::Wild => any(dice, 260_000_000),
        Manner::Overstretched => any(dice, ONE),
    };
    let depth = (is_deep == Depths::Some && dice.happens(600)).then(|| depth(dice));
    let tails =
        if dice.happens(300) { (0..dice.between(1, 3)).map(|_| tail(dice)).collect() } else { Vec::new() };
    RiskFactor::new(range, band, depth, tails).expect("each part was made within its limits")
}

/// Do markets of a world have a depth? Without one, there is no add-on for size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depths {
    /// Some markets.
    Some,
    /// No market.
    None,
}

fn measured(dice: &mut Dice) -> (Range, Band) {
    let [down, up, calm, panic] = *dice.pick(&MEASURED).expect("the list has entries");
    let range = Range::new(Fraction::basis_points(down), Ratio::from(Fraction::basis_points(up)));
    let band = Band::new(Fraction::basis_points(calm), Fraction::basis_points(panic));
    (range.expect("measured rises are small"), band.expect("measured bands rise"))
}

fn any(dice: &mut Dice, most_down: u64) -> (Range, Band) {
    let down = fraction(dice, most_down);
    let up = match dice.below(7) {
        0..=3 => Ratio::from(down),
        4 | 5 => Ratio::new(dice.between(0, RISE_MAX / 8)),
        _ => Ratio::new(dice.between(0, RISE_MAX)),
    };
    let (a, b) = (fraction(dice, ONE), fraction(dice, ONE));
    let range = Range::new(down, up).expect("a rise below the limit");
    (range, Band::new(a.min(b), a.max(b)).expect("the lower comes first"))
}

fn depth(dice: &mut Dice) -> Depth {
    let most = DEPTH_MAX.magnitude();
    let value = i128::try_from(dice.magnitude(most).max(1)).unwrap_or(1);
    let lambda = if dice.happens(100) { LAMBDA_MAX.raw() } else { 3 * ONE };
    Depth::new(Value::new(value), Ratio::new(dice.between(0, lambda))).expect("a depth within its limits")
}

fn tail(dice: &mut Dice) -> Tail {
    let size = dice.between(0, 30 * ONE);
    let most = (u128::from(ONE) * u128::from(ONE)).checked_div(u128::from(size)).unwrap_or(u128::MAX);
    let weight = u128::from(fraction(dice, ONE).raw()).min(most);
    let weight = u32::try_from(weight).ok().and_then(Fraction::new).unwrap_or(Fraction::ZERO);
    let multiple = i64::try_from(size).unwrap_or(i64::MAX);
    Tail::new(if dice.happens(500) { -multiple } else { multiple }, weight)
        .expect("a weight within its limits")
}

/// The same factor with one number larger: a side of its range, or an end of its band.
pub(super) fn raised(dice: &mut Dice, factor: &RiskFactor) -> RiskFactor {
    let (mut range, mut band) = (factor.range(), factor.loading());
    let by = dice.between(0, ONE / 10);
    let more = |fraction: Fraction| {
        let raw = u64::from(fraction.raw()).saturating_add(by).min(ONE);
        u32::try_from(raw).ok().and_then(Fraction::new).unwrap_or(Fraction::ONE)
    };
    match dice.below(4) {
        0 => range.down = more(range.down),
        1 => range.up = Ratio::new((range.up.raw() + by).min(RISE_MAX).max(range.up.raw())),
        2 => band.calm = more(band.calm).min(band.panic),
        _ => band.panic = more(band.panic),
    }
    RiskFactor::new(range, band, factor.depth(), factor.tails().to_vec())
        .expect("larger, and within its limits")
}

/// Tables of all tiers.
pub(super) fn tables(
    factors: &[RiskFactor],
    assets: &[Vec<cistern_margin::FactorIndex>],
    settings: Settings,
) -> [FactorTable; 3] {
    SCALES.map(|scale| {
        let assets = assets.iter().map(Vec::as_slice);
        FactorTable::fold_with_assets(factors, assets, scale, INITIAL, settings)
            .expect("factors within the limits of the initial tier")
    })
}
