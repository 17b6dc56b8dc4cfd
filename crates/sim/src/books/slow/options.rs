//! [M3o] and [M4] of books with options, from their formulas on every node, in floating point.
//!
//! What a dollar of each series loses at every node is worked out once for a world and a tier. Errors of floating point are
//! a part of 1e-12 of what all legs can lose; an answer is allowed a thousand times as much, and says so.

use cistern_margin::option::{FRONT_MAX, SHORT_MAX, STRIKES_MAX, Series, SeriesIndex};
use cistern_margin::{Mode, RiskFactor};
use cistern_units::Ratio;

use num_bigint::BigInt;

use super::{
    super::series::worth_down,
    black::{black, root_of_years, shocked},
    float,
    linear::Coefficients,
};

/// Common levels: sines of multiples of 22.5 degrees.
const LEVELS: [f64; 9] = [
    0.0,
    -0.382_683_432_365_089_8,
    0.382_683_432_365_089_8,
    -std::f64::consts::FRAC_1_SQRT_2,
    std::f64::consts::FRAC_1_SQRT_2,
    -0.923_879_532_511_286_7,
    0.923_879_532_511_286_7,
    -1.0,
    1.0,
];
/// Own moves: half and whole down, half and whole up.
const OWN: [f64; 4] = [-0.5, -1.0, 0.5, 1.0];
/// Scenarios of one move of volatilities: ends times levels.
const SCENARIOS: usize = 3 * LEVELS.len();
/// Moves of volatilities, each as the volatility of front and of back expiries: fallen, as it is, risen.
const STATES: [[usize; 2]; 5] = [[0, 0], [1, 1], [2, 2], [2, 1], [1, 2]];
/// First of the nodes to which own moves lead, of the eighths of the range, and of the strikes.
const OWNS: usize = SCENARIOS;
const FULL: usize = OWNS + SCENARIOS * OWN.len();
const STRIKES: usize = FULL + 17;

/// A factor at a tier.
pub(super) struct Market {
    /// The fall, the rise.
    pub(super) range: [f64; 2],
    pub(super) loading: [f64; 3],
    /// Moves of the price at the nodes, where options are written on it; strikes last.
    nodes: Vec<f64>,
    /// Tails: the move, and the part of its loss that must be covered.
    tails: Vec<[f64; 2]>,
}

impl Market {
    fn new(factor: &RiskFactor, scale: Ratio, strikes: Option<Vec<f64>>) -> Self {
        // As the tables: rounded up at 1e-9, a fall is the whole at the most.
        let at = |h: u64| (u128::from(h) * u128::from(scale.raw())).div_ceil(1_000_000_000) as f64 * 1e-9;
        let range = factor.range();
        let band = factor.loading();
        let (calm, panic) = (u64::from(band.calm.raw()), u64::from(band.panic.raw()));
        let loading = [calm, (calm + panic).div_ceil(2), panic].map(|load| load as f64 * 1e-9);
        let range = [at(u64::from(range.down.raw())).min(1.0), at(range.up.raw())];
        let tails = factor.tails().iter().map(|tail| {
            let side = if tail.multiple < 0 {
                u64::from(factor.range().down.raw())
            } else {
                factor.range().up.raw()
            };
            let moved = (tail.multiple as f64 * side as f64 * 1e-18).max(-1.0);
            let weight = f64::from(tail.weight.raw()) * scale.raw() as f64 * 1e-18;
            // Of a fall the whole must be covered at the most, and of what is owned its worth.
            [moved, if moved < 0.0 { weight.min(-1.0 / moved) } else { weight }.min(1.0)]
        });
        let mut market = Self { range, loading, nodes: Vec::new(), tails: tails.collect() };
        let Some(mut strikes) = strikes else { return market };
        let mut nodes = vec![0.0; STRIKES];
        for scenario in 0..SCENARIOS {
            let base = market.common(scenario);
            nodes[scenario] = base;
            for (place, own) in OWN.into_iter().enumerate() {
                nodes[OWNS + scenario * OWN.len() + place] =
                    base + own * market.own(scenario) * market.side(own);
            }
        }
        for (place, eighth) in (-8..=8).enumerate() {
            let part = f64::from(eighth) / 8.0;
            nodes[FULL + place] = part * market.side(part);
        }
        strikes.retain(|strike| (-market.range[0]..=market.range[1]).contains(strike));
        strikes.sort_by(|a, b| a.abs().total_cmp(&b.abs()).then(a.total_cmp(b)));
        strikes.dedup();
        strikes.truncate(STRIKES_MAX);
        nodes.extend(strikes);
        market.nodes = nodes;
        market
    }

    /// The side of the range that a direction has.
    pub(super) fn side(&self, direction: f64) -> f64 {
        self.range[usize::from(direction > 0.0)]
    }

    /// Where the common move of a scenario leads.
    fn common(&self, scenario: usize) -> f64 {
        let level = LEVELS[scenario % LEVELS.len()];
        level * self.loading[scenario / LEVELS.len()] * self.side(level)
    }

    /// The part of a range that own moves have in a scenario.
    fn own(&self, scenario: usize) -> f64 {
        let (level, loading) = (LEVELS[scenario % LEVELS.len()], self.loading[scenario / LEVELS.len()]);
        ((1.0 - loading * loading).max(0.0) * (1.0 - level * level).max(0.0)).sqrt()
    }
}

/// What a dollar of a series loses, by volatility and node of its underlying.
pub(super) struct Surface {
    pub(super) series: Series,
    pub(super) underlying: usize,
    is_back: bool,
    losses: [Vec<f64>; 3],
    /// By tail of its underlying.
    tails: Vec<f64>,
    /// What a dollar can lose or gain at the most.
    scale: f64,
    /// What a dollar that is owed can lose at the most.
    short: f64,
}

impl Surface {
    /// The loss of a dollar after a move of its underlying, of which a part moves the forward, by the volatility.
    pub(super) fn loss(series: &Series, vol: f64, movement: f64) -> f64 {
        let forward = series.forward.raw() as f64;
        let (strike, mark) = (series.strike.raw() as f64 / forward, series.mark as f64 / forward);
        let price = (1.0 + movement * f64::from(series.moving.raw()) * 1e-9).max(0.0);
        mark - black(series.style, price, strike, vol * root_of_years(series))
    }

    fn new(series: &Series, market: &Market) -> Self {
        let vols = shocked(series);
        let losses = vols.map(|vol| market.nodes.iter().map(|node| Self::loss(series, vol, *node)).collect());
        let tails: Vec<f64> =
            market.tails.iter().map(|[moved, _]| Self::loss(series, vols[1], *moved)).collect();
        let tail = tails
            .iter()
            .zip(&market.tails)
            .fold(0.0_f64, |most, (loss, [_, weight])| most.max(-loss * weight));
        let all = || losses.iter().flat_map(|losses: &Vec<f64>| losses);
        let scale = all().fold(2.0_f64.powi(-20), |scale, loss| scale.max(loss.abs()));
        Self {
            series: *series,
            underlying: usize::from(series.underlying.0),
            is_back: series.left > FRONT_MAX,
            tails,
            short: all().fold(tail, |short, loss| short.max(-loss)),
            losses,
            scale,
        }
    }

    /// Which volatility it has in a state.
    pub(super) fn vol(&self, state: usize) -> usize {
        STATES[state][usize::from(self.is_back)]
    }
}

/// All series and factors of a world at a tier.
pub(in super::super) struct Surfaces {
    pub(super) markets: Vec<Market>,
    pub(super) series: Vec<Surface>,
}

/// What an account with options needs before its add-on, in 1e-8 dollars.
#[derive(Clone, Copy, Debug)]
pub(super) struct Base {
    /// How much.
    pub(super) asked: f64,
    /// How far below that an answer may be, for nodes on a grid.
    pub(super) doubt: f64,
    /// How far above.
    pub(super) allowance: f64,
}

/// What the legs of an account come to, whatever cancels.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gross {
    /// What all can lose one by one.
    pub(super) losses: f64,
    /// Sizes of options, of those that are owed, and of linear legs.
    options: f64,
    owed: f64,
    linear: f64,
    /// How many legs.
    legs: f64,
}

/// A step of the grid of prices, 2^-28.
const STEP: f64 = 1.0 / (1 << 28) as f64;
/// How far a node may be from its own place: its common and its own move, their levels and the range are each rounded, of a
/// rise of up to four times the price.
const GRID: f64 = 8.0 * STEP;

impl Gross {
    /// What rounding adds to a joint loss at the most: it is below what all legs can lose.
    fn rounding(&self, joint: f64) -> f64 {
        // Tails stand on the grid too, with weights up to 1.25.
        let tails = 1.25 * GRID * (self.options + self.linear);
        joint * 4.0 * STEP + self.losses * STEP * (60.0 + 20.0 * self.legs) + tails + 2.0 * self.legs + 2.0
    }

    /// The same in standard mode: what an option that is owed can lose is known to 2^-24 of its forward.
    fn standard_rounding(&self) -> f64 {
        self.owed * (16.0 * STEP + GRID) + 2.0 * self.legs + 2.0
    }

    /// By how much floating point and the grid of nodes may be wrong.
    fn doubt(&self) -> f64 {
        GRID * self.options + (self.losses + self.linear) * 1e-12 + 1.0
    }
}

/// The exposures of an account beside its options: by factor, and how many factors its linear legs move with.
#[derive(Clone, Copy)]
pub(super) struct Linear<'a> {
    pub(super) net: &'a [i128],
    pub(super) factors: usize,
}

/// What a requirement is at least: of the largest single loss a part, of derivatives an amount; and what all losses are at
/// the most.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) single: f64,
    pub(super) gross: f64,
    pub(super) most: f64,
}

/// An underlying with options: losses of the account by state and node.
struct Stack<'a> {
    market: &'a Market,
    losses: [Vec<f64>; 5],
}

/// What an account has in one scenario: the common loss, the square of the own losses of linear legs, and how much of each
/// underlying with options own moves add at its nodes.
struct Scenario {
    common: f64,
    squares: f64,
    profiles: Vec<Profile>,
    /// The answer is not above this.
    bound: f64,
}

/// What own moves add: at half and whole of each side; at strikes, with the square of the move.
struct Profile {
    sides: [[f64; 2]; 2],
    strikes: Vec<[f64; 2]>,
}

impl Surfaces {
    pub(in super::super) fn new(factors: &[RiskFactor], series: &[Series], scale: Ratio) -> Self {
        let market = |(place, factor): (usize, &RiskFactor)| {
            let own = series.iter().filter(|series| usize::from(series.underlying.0) == place);
            let own: Vec<&Series> = own.collect();
            let soon = own.iter().filter(|series| series.left <= SHORT_MAX);
            let soon = soon.filter(|series| series.moving.raw() > 0);
            let strikes = soon.map(|series| {
                let of_forward = series.strike.raw() as f64 / series.forward.raw() as f64 - 1.0;
                of_forward / (f64::from(series.moving.raw()) * 1e-9)
            });
            Market::new(factor, scale, (!own.is_empty()).then(|| strikes.collect()))
        };
        let markets: Vec<Market> = factors.iter().enumerate().map(market).collect();
        let surface = |series: &Series| Surface::new(series, &markets[usize::from(series.underlying.0)]);
        Self { series: series.iter().map(surface).collect(), markets }
    }

    /// [M3o], [M4] and the tails of [M6] of an account, by its exposures to all factors and its options, beside its floor.
    pub(super) fn portfolio(
        &self,
        linear: Linear<'_>,
        options: &[(SeriesIndex, i128)],
        bounds: Bounds,
    ) -> Base {
        let (lines, stacks) = self.split(linear, options);
        let joint = joint(&lines, &stacks);
        let single = lines.iter().map(|(market, x)| x.abs() * market.side(-x));
        let full = stacks.iter().flat_map(|stack| stack.losses.iter().flat_map(|losses| &losses[FULL..]));
        let single = full.copied().chain(single).fold(0.0, f64::max);
        let gross = self.gross(linear, options);
        let losses = joint.max(single * bounds.single).max(self.tails(linear, options));
        let asked = losses.min(bounds.most).max(bounds.gross);
        Base { asked, doubt: gross.doubt(), allowance: gross.rounding(joint) }
    }

    /// [M3o]
    pub(super) fn joint(&self, linear: Linear<'_>, options: &[(SeriesIndex, i128)]) -> f64 {
        let (lines, stacks) = self.split(linear, options);
        joint(&lines, &stacks)
    }

    /// Standard mode of [M6]: beside the haircuts of linear legs what each option can lose, its floor at the least; an owned
    /// one its worth.
    pub(super) fn standard(&self, haircuts: f64, of: &Coefficients, options: &[(SeriesIndex, i128)]) -> Base {
        let owed = options.iter().filter(|(_, size)| *size < 0).map(|(index, size)| {
            let surface = self.of(*index);
            let floor = float(&of.floor_of_option(surface.underlying, *size, 0));
            floor.max(-*size as f64 * surface.short)
        });
        let gross = self.gross(Linear { net: &[], factors: 0 }, options);
        let asked = haircuts + owed.sum::<f64>() + self.worth(options);
        Base { asked, doubt: gross.doubt(), allowance: gross.standard_rounding() }
    }

    /// What equity counts of all options that are owned.
    pub(super) fn worth(&self, options: &[(SeriesIndex, i128)]) -> f64 {
        options.iter().map(|(index, size)| worth_down(&self.of(*index).series, *size) as f64).sum()
    }

    /// [M4b] of all options.
    pub(super) fn gross_floor(&self, of: &Coefficients, options: &[(SeriesIndex, i128)]) -> BigInt {
        let floor = |(index, size): &(SeriesIndex, i128)| {
            let surface = self.of(*index);
            of.floor_of_option(surface.underlying, *size, worth_down(&surface.series, *size))
        };
        options.iter().map(floor).sum()
    }

    /// The heaviest tail of [M6]: all that moves with one factor, everything else where it is.
    fn tails(&self, linear: Linear<'_>, options: &[(SeriesIndex, i128)]) -> f64 {
        let mut heaviest = 0.0_f64;
        for ((place, market), x) in self.markets.iter().enumerate().zip(linear.net) {
            for (tail, [moved, weight]) in market.tails.iter().enumerate() {
                let own = options.iter().filter(|(index, _)| self.of(*index).underlying == place);
                let lost: f64 = own.map(|(index, size)| *size as f64 * self.of(*index).tails[tail]).sum();
                heaviest = heaviest.max((lost - *x as f64 * moved) * weight);
            }
        }
        heaviest
    }

    fn of(&self, index: SeriesIndex) -> &Surface {
        &self.series[usize::from(index.0)]
    }

    /// What rounding may add to a requirement, whatever it is.
    pub(super) fn rounding(&self, mode: Mode, linear: Linear<'_>, options: &[(SeriesIndex, i128)]) -> f64 {
        let gross = self.gross(linear, options);
        match mode {
            Mode::Standard => gross.standard_rounding(),
            Mode::Portfolio => gross.rounding(gross.losses),
        }
    }

    /// What the legs come to.
    pub(super) fn gross(&self, linear: Linear<'_>, options: &[(SeriesIndex, i128)]) -> Gross {
        let mut gross = Gross::default();
        for (market, x) in self.markets.iter().zip(linear.net).filter(|(_, x)| **x != 0) {
            gross.linear += x.unsigned_abs() as f64;
            gross.losses += x.unsigned_abs() as f64 * market.range[0].max(market.range[1]);
        }
        gross.legs = (linear.factors + options.len()) as f64;
        for (index, size) in options {
            let size = *size as f64;
            gross.options += size.abs();
            gross.owed += (-size).max(0.0);
            gross.losses += size.abs() * self.of(*index).scale;
        }
        gross
    }

    /// Linear legs on factors without options of the account, and the others.
    fn split(
        &self,
        linear: Linear<'_>,
        options: &[(SeriesIndex, i128)],
    ) -> (Vec<(&Market, f64)>, Vec<Stack<'_>>) {
        let stacks = self.stacks(linear, options);
        let lines = self.markets.iter().zip(linear.net).enumerate();
        let lines = lines
            .filter(|(place, (_, x))| **x != 0 && !stacks.iter().any(|(underlying, _)| underlying == place))
            .map(|(_, (market, x))| (market, *x as f64));
        (lines.collect(), stacks.into_iter().map(|(_, stack)| stack).collect())
    }

    fn stacks(&self, linear: Linear<'_>, options: &[(SeriesIndex, i128)]) -> Vec<(usize, Stack<'_>)> {
        let mut stacks: Vec<(usize, Stack<'_>)> = Vec::new();
        for (index, size) in options {
            let surface = self.of(*index);
            let place = stacks.iter().position(|(underlying, _)| *underlying == surface.underlying);
            let place = place.unwrap_or_else(|| {
                let market = &self.markets[surface.underlying];
                let x = linear.net[surface.underlying] as f64;
                let line: Vec<f64> = market.nodes.iter().map(|node| -x * node).collect();
                stacks.push((surface.underlying, Stack { market, losses: [(); 5].map(|()| line.clone()) }));
                stacks.len() - 1
            });
            for (state, sums) in stacks[place].1.losses.iter_mut().enumerate() {
                for (sum, loss) in sums.iter_mut().zip(&surface.losses[surface.vol(state)]) {
                    *sum += *size as f64 * loss;
                }
            }
        }
        stacks
    }
}

/// [M3o]: the dearest scenario of all. Those that could be dearest are worked out first, and the others not at all.
fn joint(lines: &[(&Market, f64)], stacks: &[Stack<'_>]) -> f64 {
    let mut scenarios = Vec::with_capacity(SCENARIOS * STATES.len());
    for state in 0..STATES.len() {
        scenarios.extend((0..SCENARIOS).map(|scenario| Scenario::new(lines, stacks, state, scenario)));
    }
    scenarios.sort_by(|a, b| b.bound.total_cmp(&a.bound));
    let mut worst = 0.0_f64;
    for scenario in &scenarios {
        if scenario.bound <= worst {
            break;
        }
        worst = worst.max(scenario.loss(worst));
    }
    worst
}

impl Scenario {
    fn new(lines: &[(&Market, f64)], stacks: &[Stack<'_>], state: usize, scenario: usize) -> Self {
        let (mut common, mut squares) = (0.0, 0.0);
        for (market, x) in lines {
            common -= x * market.common(scenario);
            squares += (x.abs() * market.own(scenario) * market.side(-x)).powi(2);
        }
        let mut profiles = Vec::with_capacity(stacks.len());
        for stack in stacks {
            let losses = &stack.losses[state];
            let at = losses[scenario];
            common += at;
            profiles.push(Profile::new(stack.market, losses, scenario));
        }
        let most: f64 = profiles.iter().map(Profile::most).sum();
        Self { bound: common + f64::sqrt(squares) + most, common, squares, profiles }
    }

    /// The value of own moves at a price of their budget: never below their answer.
    fn value(&self, price: f64) -> f64 {
        let linear = if self.squares > 0.0 { self.squares / (4.0 * price) } else { 0.0 };
        price + linear + self.profiles.iter().map(|profile| profile.best(price)).sum::<f64>()
    }

    /// Its loss, or something between it and `enough`.
    fn loss(&self, enough: f64) -> f64 {
        // No price above the value without a budget is the best, nor one below what linear legs want.
        let (mut low, mut high) = (self.squares.sqrt() / 2.0, self.bound - self.common);
        if high <= 0.0 {
            return self.common;
        }
        low = low.max(high * 1e-12);
        // A section of the interval in which a value that falls and then rises is least.
        const GOLDEN: f64 = 0.618_033_988_749_894_9;
        let (mut left, mut right) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
        let (mut at_left, mut at_right) = (self.value(left), self.value(right));
        let mut least = at_left.min(at_right).min(self.value(low)).min(high);
        for _ in 0..64 {
            if self.common + least <= enough {
                break;
            }
            if at_left < at_right {
                (high, right, at_right) = (right, left, at_left);
                left = high - GOLDEN * (high - low);
                at_left = self.value(left);
            } else {
                (low, left, at_left) = (left, right, at_right);
                right = low + GOLDEN * (high - low);
                at_right = self.value(right);
            }
            least = least.min(at_left).min(at_right);
        }
        self.common + least
    }
}

impl Profile {
    fn new(market: &Market, losses: &[f64], scenario: usize) -> Self {
        let (at, own) = (losses[scenario], market.own(scenario));
        let added = |place: usize| losses[OWNS + scenario * OWN.len() + place] - at;
        let mut strikes = Vec::new();
        for (strike, loss) in market.nodes[STRIKES..].iter().zip(&losses[STRIKES..]) {
            let distance = strike - market.common(scenario);
            let g = distance / (own * market.side(distance));
            if g.abs() < 1.0 {
                strikes.push([g * g, loss - at]);
            }
        }
        Self { sides: [[added(0), added(1)], [added(2), added(3)]], strikes }
    }

    /// The most that an own move adds.
    fn most(&self) -> f64 {
        let nodes = self.sides.as_flattened().iter().copied();
        nodes.chain(self.strikes.iter().map(|[_, added]| *added)).fold(0.0, f64::max)
    }

    /// The most that an own move adds beyond its price; the loss is a straight line between nodes.
    fn best(&self, price: f64) -> f64 {
        let mut best = 0.0_f64;
        for [half, whole] in self.sides {
            let on = |from: f64, at: f64, slope: f64| {
                let g = (slope / (2.0 * price)).clamp(from, from + 0.5);
                at + slope * (g - from) - price * g * g
            };
            best = best.max(on(0.0, 0.0, 2.0 * half)).max(on(0.5, half, 2.0 * (whole - half)));
        }
        self.strikes.iter().fold(best, |best, [square, added]| best.max(added - price * square))
    }
}

/// A state's volatilities, and how many there are: for the search of the true worst loss.
pub(super) const fn states() -> usize {
    STATES.len()
}
