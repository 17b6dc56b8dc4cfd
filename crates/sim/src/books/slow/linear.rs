//! [M1] to [M6] of linear legs in big integers.

use cistern_margin::{FactorIndex, Leg, Mode, RiskFactor, Settings};
use cistern_units::Ratio;
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

use super::super::{account::Line, factors::INITIAL};

/// Reals are kept in 1e-24 of 1e-8 dollars, rounded down: products exactly, roots to the last place.
const PLACES: u32 = 24;
/// One of a number in 1e-9.
const NANO: u64 = 1_000_000_000;

fn ten(k: u32) -> BigInt {
    BigInt::from(10).pow(k)
}

/// A whole number as a real.
pub(super) fn real(n: i128) -> BigInt {
    BigInt::from(n) * ten(PLACES)
}

/// A number of so many decimals, fewer than a real's, as a real.
fn of_places(n: BigInt, places: u32) -> BigInt {
    n * ten(PLACES - places)
}

/// The largest whole number that is not above a real which is not negative.
pub(super) fn whole_down(real: &BigInt) -> i128 {
    (real / ten(PLACES)).to_i128().unwrap_or(i128::MAX)
}

/// The smallest whole number that is not below it.
pub(super) fn whole_up(real: &BigInt) -> i128 {
    whole_down(&(real + ten(PLACES) - 1))
}

/// What a tier makes of a factor.
struct Coefficient {
    /// `h` of the fall and of the rise, in 1e-9, rounded up; a fall is the whole at the most.
    range: [u64; 2],
    /// Loadings of calm, middle and panic, in 1e-9; an odd middle is rounded up.
    loading: [u64; 3],
    /// The heaviest tail of each side, in 1e-36.
    tail: [BigInt; 2],
    /// Depth in 1e-8 dollars, lambda in 1e-9, and the bound of the slope in 1e-9: [M5].
    depth: Option<(BigInt, u64, u64)>,
}

/// All factors at a tier.
pub(in super::super) struct Coefficients {
    factors: Vec<Coefficient>,
    settings: Settings,
    /// The largest range, in 1e-9.
    largest: u64,
}

/// `h` of both sides at a tier.
fn range(factor: &RiskFactor, scale: Ratio) -> [u64; 2] {
    let at = |h: u64| {
        let product = u128::from(h) * u128::from(scale.raw());
        u64::try_from(product.div_ceil(u128::from(NANO))).unwrap_or(u64::MAX)
    };
    [at(u64::from(factor.range().down.raw())).min(NANO), at(factor.range().up.raw())]
}

impl Coefficients {
    /// Reads factors as their formulas do.
    pub(in super::super) fn new(
        factors: &[RiskFactor],
        assets: &[Vec<FactorIndex>],
        settings: Settings,
        scale: Ratio,
    ) -> Self {
        let coefficient = |(place, factor): (usize, &RiskFactor)| {
            let band = factor.loading();
            let (calm, panic) = (u64::from(band.calm.raw()), u64::from(band.panic.raw()));
            Coefficient {
                range: range(factor, scale),
                loading: [calm, (calm + panic).div_ceil(2), panic],
                tail: tails(factor, scale),
                depth: factor.depth().filter(|depth| depth.lambda.raw() > 0).map(|depth| {
                    (BigInt::from(depth.depth.raw()), depth.lambda.raw(), slope(factors, assets, place))
                }),
            }
        };
        let factors: Vec<Coefficient> = factors.iter().enumerate().map(coefficient).collect();
        let largest = factors.iter().flat_map(|factor| factor.range).max().unwrap_or(0);
        Self { factors, settings, largest }
    }

    /// [M4b] of one option in 1e-24 of 1e-8 dollars: no more than an owned one is worth.
    pub(super) fn floor_of_option(&self, factor: usize, size: i128, worth: i128) -> BigInt {
        let Some(known) = self.factors.get(factor) else { return BigInt::zero() };
        let rate = known.range[usize::from(size < 0)].min(u64::from(self.settings.gross_floor.raw()));
        let floor = of_places(BigInt::from(size.abs()) * rate, 9);
        if size < 0 { floor } else { floor.min(real(worth)) }
    }

    /// The slopes of the add-on of some factors together, in 1e-9.
    pub(in super::super) fn slopes(&self, factors: &[FactorIndex]) -> u64 {
        let known = factors.iter().filter_map(|factor| self.factors.get(usize::from(factor.0)));
        known.filter_map(|factor| factor.depth.as_ref()).map(|(_, _, slope)| *slope).sum()
    }

    /// The falls of some factors together, in 1e-9.
    pub(in super::super) fn falls(&self, factors: &[FactorIndex]) -> u64 {
        let known = factors.iter().filter_map(|factor| self.factors.get(usize::from(factor.0)));
        known.map(|factor| factor.range[0]).sum()
    }
}

/// The bound of the slope of [M5]: what the haircuts of every asset leave at the initial tier, shared by those of its factors
/// that have a depth.
fn slope(factors: &[RiskFactor], assets: &[Vec<FactorIndex>], place: usize) -> u64 {
    let fall = |place: usize| factors.get(place).map_or(0, |factor| range(factor, INITIAL)[0]);
    let is_deep = |place: usize| factors.get(place).is_some_and(|factor| factor.depth().is_some());
    let mut slope = NANO - fall(place);
    for asset in assets.iter().filter(|asset| asset.iter().any(|factor| usize::from(factor.0) == place)) {
        let haircut: u64 = asset.iter().map(|factor| fall(usize::from(factor.0))).sum();
        let deep = asset.iter().filter(|factor| is_deep(usize::from(factor.0))).count() as u64;
        slope = slope.min(NANO.saturating_sub(haircut) / deep);
    }
    slope
}

/// Tails of [M6]: a fall takes the whole at the most, before its weight and after the tier's scale.
fn tails(factor: &RiskFactor, scale: Ratio) -> [BigInt; 2] {
    let mut heaviest = [BigInt::zero(), BigInt::zero()];
    for tail in factor.tails() {
        let multiple = BigInt::from(tail.multiple).abs();
        let (weight, scale) = (tail.weight.raw(), scale.raw());
        if tail.multiple < 0 {
            let movement = (multiple * factor.range().down.raw()).min(ten(18));
            heaviest[0] = (movement * weight * scale).min(ten(36)).max(heaviest[0].clone());
        } else {
            heaviest[1] = (multiple * factor.range().up.raw() * weight * scale).max(heaviest[1].clone());
        }
    }
    heaviest
}

/// The exposures of an account.
pub(super) struct Exposures<'a> {
    of: &'a Coefficients,
    /// By factor.
    net: Vec<i128>,
    gross: Vec<i128>,
    /// How many factors legs move with, whatever is left of them.
    touched: usize,
    bundles: &'a [Vec<FactorIndex>],
    lines: &'a [Line],
}

impl<'a> Exposures<'a> {
    pub(super) fn new(of: &'a Coefficients, bundles: &'a [Vec<FactorIndex>], lines: &'a [Line]) -> Self {
        let none = vec![0; of.factors.len()];
        let mut exposures = Self { of, net: none.clone(), gross: none, touched: 0, bundles, lines };
        let mut touched = vec![false; of.factors.len()];
        for line in lines {
            for factor in exposures.bundle(line) {
                exposures.net[usize::from(factor.0)] += line.value;
                exposures.gross[usize::from(factor.0)] += line.value.abs();
                touched[usize::from(factor.0)] = true;
            }
        }
        exposures.touched = touched.into_iter().filter(|touched| *touched).count();
        exposures
    }

    fn bundle(&self, line: &Line) -> &'a [FactorIndex] {
        self.bundles.get(line.bundle).map_or(&[], Vec::as_slice)
    }

    /// By factor.
    pub(super) fn net(&self) -> &[i128] {
        &self.net
    }

    /// How many factors its legs move with.
    pub(super) const fn touched(&self) -> usize {
        self.touched
    }

    fn each(&self) -> impl Iterator<Item = (&'a Coefficient, i128)> {
        self.of.factors.iter().zip(self.net.iter().copied()).filter(|(_, x)| *x != 0)
    }

    /// [M1], [M2] at one end of the band, the square of both together in 1e-36.
    fn square(&self, end: usize) -> BigInt {
        let (mut fall, mut rise, mut own) = (BigInt::zero(), BigInt::zero(), BigInt::zero());
        for (factor, x) in self.each() {
            let ([down, up], load) = (factor.range, factor.loading[end]);
            let x = BigInt::from(x);
            fall += &x * (u128::from(down) * u128::from(load));
            rise -= &x * (u128::from(up) * u128::from(load));
            let h = u128::from(if x.is_negative() { up } else { down });
            let free = u128::from(NANO).pow(2) - u128::from(load).pow(2);
            own += &x * &x * (h * h) * free;
        }
        let common = fall.max(rise).max(BigInt::zero());
        &common * &common + own
    }

    /// [M3]
    pub(super) fn joint(&self) -> BigInt {
        let square = (0..3).map(|end| self.square(end)).max().unwrap_or_default();
        (square * ten(2 * PLACES - 36)).sqrt()
    }

    /// [M4]
    pub(super) fn standalone(&self) -> BigInt {
        let floor = self.of.settings.floor_factor.raw();
        let losses = self.each().map(|(factor, x)| {
            let h = factor.range[usize::from(x < 0)];
            BigInt::from(x.abs()) * h * floor
        });
        of_places(losses.max().unwrap_or_default(), 18)
    }

    /// The range of all factors of a leg on the side that hurts, in 1e-9.
    fn range(&self, line: &Line) -> u64 {
        let side = usize::from(line.value < 0);
        self.bundle(line).iter().map(|factor| self.of.factors[usize::from(factor.0)].range[side]).sum()
    }

    /// [M4b]
    pub(super) fn gross_floor(&self) -> BigInt {
        let c = u64::from(self.of.settings.gross_floor.raw());
        let legs = self.lines.iter().filter(|line| line.leg == Leg::Derivative);
        of_places(legs.map(|line| BigInt::from(line.value.abs()) * self.range(line).min(c)).sum(), 9)
    }

    /// Tails of [M6].
    pub(super) fn tails(&self) -> BigInt {
        let losses = self.each().map(|(factor, x)| &factor.tail[usize::from(x < 0)] * x.abs());
        losses.max().unwrap_or_default() / ten(36 - PLACES)
    }

    /// Standard mode of [M6]: the haircut of every leg.
    pub(super) fn standard(&self) -> BigInt {
        let charge = |line: &Line| {
            let range = self.range(line);
            BigInt::from(line.value.abs()) * if line.leg == Leg::Holding { range.min(NANO) } else { range }
        };
        of_places(self.lines.iter().map(charge).sum(), 9)
    }

    /// Sizes that [M5] charges.
    fn charged(&self, mode: Mode) -> impl Iterator<Item = (&'a (BigInt, u64, u64), i128)> {
        let sizes = if mode == Mode::Standard { &self.gross } else { &self.net };
        let charged = self.of.factors.iter().zip(sizes).filter(|(_, x)| **x != 0);
        charged.filter_map(|(factor, x)| Some((factor.depth.as_ref()?, x.abs())))
    }

    /// [M5]
    pub(super) fn addon(&self, mode: Mode) -> BigInt {
        self.charged(mode).map(|((depth, lambda, slope), x)| charge(depth, *lambda, *slope, x)).sum()
    }

    /// By how much an answer may exceed the formulas: `(n + 4) 2^-28` of the sum of exposures times the largest range for
    /// the joint loss, and as many units times that range where a risk lot is a unit; rounding each part up; and 1/30,000 and
    /// 300 units for every charge.
    pub(super) fn allowance(&self, mode: Mode) -> i128 {
        let gross: i128 = self.net.iter().map(|x| x.abs()).sum();
        let factors = self.net.iter().filter(|x| **x != 0).count() as u128 + 4;
        let parts = BigInt::from(gross.max(1 << 28)) * self.of.largest * factors;
        let joint = (parts / (BigInt::from(NANO) << 28_u32)).to_i128().unwrap_or(i128::MAX);
        let charges = i128::try_from(self.charged(mode).count()).unwrap_or(0);
        let base = if mode == Mode::Standard { 1 } else { joint + 2 };
        base + whole_up(&(self.addon(mode) / 30_000)) + 300 * charges
    }
}

/// [M5] of one size.
fn charge(depth: &BigInt, lambda: u64, slope: u64, x: i128) -> BigInt {
    let (x, lambda, slope) = (BigInt::from(x), BigInt::from(lambda), BigInt::from(slope));
    let squared = &lambda * &lambda;
    // 1.5 lambda sqrt(x / d) >= slope, squared.
    if BigInt::from(9) * &squared * &x >= BigInt::from(4) * &slope * &slope * depth {
        // slope (x - x' / 3) with x' = d (slope / 1.5 lambda)^2.
        let third =
            of_places(&slope * BigInt::from(4) * depth * &slope * &slope, 9) / (BigInt::from(27) * squared);
        return of_places(&slope * x, 9) - third;
    }
    // lambda x sqrt(x / d): lambda^2 is in 1e-18.
    (squared * &x * &x * &x * ten(2 * PLACES - 18) / depth).sqrt()
}

#[cfg(test)]
mod tests {
    use cistern_margin::{Band, Depth, Range};
    use cistern_units::{Fraction, Value};

    use super::*;

    fn factor(points: u16, band: [u16; 2], depth: Option<Depth>) -> RiskFactor {
        let [calm, panic] = band.map(Fraction::basis_points);
        let range = Range::symmetric(Fraction::basis_points(points));
        RiskFactor::new(range, Band::new(calm, panic).unwrap(), depth, vec![]).unwrap()
    }

    #[test]
    fn the_worked_account_costs_its_worked_number() {
        // [M3] 100,000 USDC and a long of 1 BTC at 100,000: 15,132.75; [M4] 12,000; [M4b] 1,000; [M6] standard 17,000.
        let factors = [factor(200, [0, 0], None), factor(1_500, [7_500, 9_800], None)];
        let bundles = vec![vec![FactorIndex(0)], vec![FactorIndex(1)]];
        let of = Coefficients::new(&factors, &bundles, Settings::default(), Ratio::ONE);
        let value = 100_000 * 100_000_000;
        let lines =
            [Line { leg: Leg::Holding, bundle: 0, value }, Line { leg: Leg::Derivative, bundle: 1, value }];
        let exposures = Exposures::new(&of, &bundles, &lines);
        assert_eq!(whole_up(&exposures.joint()) / 1_000_000, 1_513_274);
        assert_eq!(whole_up(&exposures.standalone()), 12_000 * 100_000_000);
        assert_eq!(whole_up(&exposures.gross_floor()), 1_000 * 100_000_000);
        assert_eq!(whole_up(&exposures.standard()), 17_000 * 100_000_000);
    }

    #[test]
    fn a_charge_for_size_is_that_of_the_formula_on_both_sides_of_its_bound() {
        // [M5] depth 1,000,000, lambda .1: 3,162.28 for 100,000; at lambda 10 the slope .8 is reached at 2,844.44,
        // and 100,000 cost .8 x (100,000 - 2,844.44 / 3).
        let depth = BigInt::from(1_000_000 * 100_000_000_i64);
        let x = 100_000 * 100_000_000;
        assert_eq!(whole_up(&charge(&depth, 100_000_000, 800_000_000, x)) / 1_000_000, 316_227);
        assert_eq!(whole_up(&charge(&depth, 10_000_000_000, 800_000_000, x)) / 1_000_000, 7_924_148);
        let deep = Depth::new(Value::dollars(1), Ratio::ONE).unwrap();
        let factors = [factor(1_000, [0, 0], Some(deep)), factor(2_000, [0, 0], None)];
        let asset = vec![FactorIndex(0), FactorIndex(1)];
        assert_eq!(slope(&factors, &[asset], 0), 625_000_000, "what both haircuts leave at the initial tier");
    }
}
