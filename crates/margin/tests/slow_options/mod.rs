//! Random books with options, the joint loss of them written from its formulas in floating point, and a search of the true
//! worst loss over the ellipsoid.

#![allow(dead_code, reason = "each test program uses its own part")]

use cistern_margin::option::{Curves, OptionBook, OptionLegs, OptionLoss, Series, SeriesIndex, Style};
use cistern_margin::{Band, FactorIndex, FactorTable, Range, RiskFactor, Settings};
use cistern_units::{Fraction, Price, Ratio, Span};

/// Seeded numbers: splitmix64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The normal distribution: its series in the middle, a continued fraction in the tails.
fn normal(x: f64) -> f64 {
    let density = (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    if x.abs() > 4.0 {
        let fraction = (1..60).rev().fold(x.abs(), |below, n| x.abs() + f64::from(n) / below);
        return if x < 0.0 { density / fraction } else { 1.0 - density / fraction };
    }
    let (mut term, mut sum, mut n) = (x, 0.0, 1.0);
    while f64::abs(term) > 1e-18 {
        sum += term;
        n += 2.0;
        term *= x * x / n;
    }
    0.5 + density * sum
}

/// [B1]
fn black(style: Style, forward: f64, strike: f64, deviation: f64) -> f64 {
    let d = if forward > 0.0 && deviation > 0.0 {
        (forward / strike).ln() / deviation + deviation / 2.0
    } else {
        f64::INFINITY.copysign(forward - strike)
    };
    match style {
        Style::Call => forward * normal(d) - strike * normal(d - deviation),
        Style::Put => strike * normal(deviation - d) - forward * normal(-d),
    }
}

/// A leg in options: the size is in forwards, which are dollars here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leg {
    pub(crate) underlying: usize,
    pub(crate) style: Style,
    /// As a part of the forward.
    pub(crate) strike: f64,
    pub(crate) hours: u64,
    pub(crate) vol: f64,
    pub(crate) size: f64,
}

#[derive(Clone, Debug)]
pub(crate) struct Factor {
    pub(crate) range: [f64; 2],
    pub(crate) loading: [f64; 2],
}

/// A book and the world that it is in: all options that are listed are legs, perhaps of size zero.
#[derive(Clone, Debug)]
pub(crate) struct Book {
    pub(crate) factors: Vec<Factor>,
    pub(crate) linear: Vec<f64>,
    pub(crate) legs: Vec<Leg>,
}

const LEVELS: [f64; 5] =
    [0.0, 0.382_683_432_365_089_8, std::f64::consts::FRAC_1_SQRT_2, 0.923_879_532_511_286_7, 1.0];
const STATES: usize = 5;

fn days(leg: &Leg) -> f64 {
    leg.hours as f64 / 24.0
}

/// [B2]
fn shocked(leg: &Leg, state: usize) -> f64 {
    let is_front = days(leg) <= 30.0;
    let weight = (30.0 / days(leg).max(1.0)).powf(if is_front { 0.30 } else { 0.13 });
    let rises = match state {
        0 => return leg.vol * (1.0 - 0.30 * weight),
        1 => false,
        2 => true,
        3 => is_front,
        _ => !is_front,
    };
    if rises { leg.vol * (1.0 + 0.50 * weight) } else { leg.vol }
}

impl Factor {
    fn ends(&self) -> [f64; 3] {
        let [calm, panic] = self.loading;
        [calm, (calm + panic) / 2.0, panic]
    }

    fn side(&self, direction: f64) -> f64 {
        self.range[usize::from(direction > 0.0)]
    }
}

impl Book {
    /// What the account loses in one underlying by a move of its price and of volatilities.
    pub(crate) fn loss(&self, underlying: usize, movement: f64, state: usize) -> f64 {
        let own = self.legs.iter().filter(|leg| leg.underlying == underlying);
        let lost = own.map(|leg| {
            let root = (days(leg) / 365.0).sqrt();
            let after = black(leg.style, (1.0 + movement).max(0.0), leg.strike, shocked(leg, state) * root);
            leg.size * (black(leg.style, 1.0, leg.strike, leg.vol * root) - after)
        });
        lost.sum::<f64>() - self.linear[underlying] * movement
    }

    fn has_options(&self, underlying: usize) -> bool {
        self.legs.iter().any(|leg| leg.underlying == underlying && leg.size != 0.0)
    }

    /// What the legs can lose one by one, roughly: the scale of the rounding.
    pub(crate) fn gross(&self) -> f64 {
        let lines = self
            .linear
            .iter()
            .zip(&self.factors)
            .map(|(x, factor)| x.abs() * factor.range[1].max(factor.range[0]));
        let legs = self.legs.iter().map(|leg| {
            let alone = Book {
                linear: vec![0.0; self.factors.len()],
                legs: vec![Leg { size: 1.0, ..*leg }],
                ..self.clone()
            };
            let [fall, rise] = self.factors[leg.underlying].range;
            let at = |part: i32| {
                if part < 0 { fall * f64::from(part) / 8.0 } else { rise * f64::from(part) / 8.0 }
            };
            let losses = (-8..=8).flat_map(|part| (0..STATES).map(move |state| (part, state)));
            leg.size.abs()
                * losses
                    .map(|(part, state)| alone.loss(leg.underlying, at(part), state).abs())
                    .fold(0.0, f64::max)
        });
        lines.sum::<f64>() + legs.sum::<f64>()
    }

    /// [M3o] from its formulas, every point of the grid.
    pub(crate) fn joint(&self) -> f64 {
        let mut worst = 0.0_f64;
        for state in 0..STATES {
            for end in 0..3 {
                for level in LEVELS.iter().flat_map(|level| [-*level, *level]) {
                    worst = worst.max(self.scenario(state, end, level));
                }
            }
        }
        worst
    }

    fn scenario(&self, state: usize, end: usize, level: f64) -> f64 {
        let (mut common, mut squares, mut profiles) = (0.0, 0.0, Vec::new());
        for (place, factor) in self.factors.iter().enumerate() {
            let loading = factor.ends()[end];
            let base = level * loading * factor.side(level);
            let own = (1.0 - loading * loading).sqrt() * (1.0 - level * level).max(0.0).sqrt();
            let at = self.loss(place, base, state);
            common += at;
            if own == 0.0 {
                continue;
            }
            let added = |g: f64| self.loss(place, base + g * own * factor.side(g), state) - at;
            if !self.has_options(place) {
                squares += added(-1.0).max(added(1.0)).powi(2);
                continue;
            }
            let mut points = Vec::new();
            for leg in self.legs.iter().filter(|leg| leg.underlying == place && leg.hours <= 48) {
                let distance = leg.strike - 1.0 - base;
                let g = distance / (own * factor.side(distance));
                if g.abs() < 1.0 && (-factor.range[0]..=factor.range[1]).contains(&(leg.strike - 1.0)) {
                    points.push((g * g, added(g)));
                }
            }
            profiles.push(([-1.0, 1.0].map(|side| [added(side / 2.0), added(side)]), points));
        }
        // The value is convex in lambda: a search by sections of its logarithm.
        let value = |lambda: f64| {
            let best = profiles.iter().map(|(sides, points)| {
                let lines = sides.iter().map(|[half, whole]| {
                    let on = |from: f64, at: f64, slope: f64| {
                        let g = (slope / (2.0 * lambda)).clamp(from, from + 0.5);
                        at + slope * (g - from) - lambda * g * g
                    };
                    on(0.0, 0.0, 2.0 * half).max(on(0.5, *half, 2.0 * (whole - half)))
                });
                let points = points.iter().map(|(square, added)| added - lambda * square);
                lines.chain(points).fold(0.0, f64::max)
            });
            lambda + squares / (4.0 * lambda) + best.sum::<f64>()
        };
        let (mut low, mut high) = (1e-15_f64.ln(), 1e3_f64.ln());
        for _ in 0..110 {
            let (left, right) = (low + (high - low) * 0.382, low + (high - low) * 0.618);
            if value(left.exp()) < value(right.exp()) { high = right } else { low = left }
        }
        common + value(low.exp()).min(if squares == 0.0 && profiles.is_empty() { 0.0 } else { f64::MAX })
    }

    /// [M4] before its factor.
    pub(crate) fn single(&self) -> f64 {
        let mut worst = 0.0_f64;
        for (place, factor) in self.factors.iter().enumerate() {
            let strikes = self
                .legs
                .iter()
                .filter(|leg| leg.underlying == place && leg.hours <= 48 && self.has_options(place));
            let strikes = strikes
                .map(|leg| leg.strike - 1.0)
                .filter(|m| (-factor.range[0]..=factor.range[1]).contains(m));
            let eighths = (-8..=8).map(|part| factor.side(f64::from(part)) * f64::from(part) / 8.0);
            for node in eighths.chain(strikes) {
                worst = (0..STATES).map(|state| self.loss(place, node, state)).fold(worst, f64::max);
            }
        }
        worst
    }

    /// The worst loss over common and own moves with `f^2 + sum g_j^2 <= 1`, every end and move of volatilities: 65 common
    /// levels, and for each the best way to share 32 parts of what is left, by dynamic programming.
    pub(crate) fn truth(&self) -> f64 {
        (0..STATES).map(|state| self.truth_at(state)).fold(0.0, f64::max)
    }

    fn truth_at(&self, state: usize) -> f64 {
        const CELLS: usize = 800;
        let tables: Vec<Vec<f64>> = self
            .factors
            .iter()
            .enumerate()
            .map(|(place, factor)| {
                let at = |cell: usize| 2.0 * cell as f64 / CELLS as f64 - 1.0;
                (0..=CELLS).map(|cell| self.loss(place, at(cell) * factor.side(at(cell)), state)).collect()
            })
            .collect();
        if let [table] = tables.as_slice() {
            return table.iter().copied().fold(0.0, f64::max); // every move within the range is on the ellipse
        }
        let look = |place: usize, movement: f64| {
            let cell = (movement / self.factors[place].side(movement) + 1.0) / 2.0 * CELLS as f64;
            let whole = (cell.floor().max(0.0) as usize).min(CELLS - 1);
            let rest = cell - whole as f64;
            tables[place][whole] * (1.0 - rest) + tables[place][whole + 1] * rest
        };
        let mut worst = 0.0_f64;
        for end in 0..3 {
            for level in (-32..=32).map(|level| f64::from(level) / 32.0) {
                worst = worst.max(self.share(end, level, &look));
            }
        }
        worst
    }

    fn share(&self, end: usize, level: f64, look: &impl Fn(usize, f64) -> f64) -> f64 {
        const PARTS: usize = 32;
        let mut sum = vec![0.0_f64; PARTS + 1];
        for (place, factor) in self.factors.iter().enumerate() {
            let loading = factor.ends()[end];
            let base = level * loading * factor.side(level);
            let own = ((1.0 - loading * loading) * (1.0 - level * level)).sqrt();
            let mut most = f64::MIN;
            let most: Vec<f64> = (0..=2 * PARTS)
                .map(|part| {
                    let g = own * (part as f64 / (2 * PARTS) as f64).sqrt();
                    most = most
                        .max(look(place, base + g * factor.range[1]))
                        .max(look(place, base - g * factor.range[0]));
                    most
                })
                .collect();
            sum = (0..=PARTS)
                .map(|part| (0..=part).map(|own| sum[part - own] + most[2 * own]).fold(f64::MIN, f64::max))
                .collect();
        }
        sum[PARTS]
    }

    /// The account's losses in dollars as the library tells them: joint and standalone.
    pub(crate) fn told(&self, floor: Fraction) -> (f64, f64) {
        let (curves, series) = self.curves(floor);
        let loss = self.loss_under(&curves, &series);
        (loss.joint.raw() as f64 / UNIT, loss.standalone.raw() as f64 / UNIT)
    }

    pub(crate) fn table(&self) -> FactorTable {
        let fraction = |x: f64| Fraction::new(u32::try_from(nano(x)).unwrap()).unwrap();
        let factor = |factor: &Factor| {
            let range = Range::new(fraction(factor.range[0]), Ratio::new(nano(factor.range[1]))).unwrap();
            let [calm, panic] = factor.loading.map(fraction);
            RiskFactor::new(range, Band::new(calm, panic).unwrap(), None, vec![]).unwrap()
        };
        let factors: Vec<RiskFactor> = self.factors.iter().map(factor).collect();
        FactorTable::fold(&factors, Ratio::ONE, Ratio::new(1_250_000_000), Settings::default()).unwrap()
    }

    pub(crate) fn curves(&self, floor: Fraction) -> (Curves, Vec<Series>) {
        let series: Vec<Series> = self
            .legs
            .iter()
            .map(|leg| {
                Series {
                    underlying: FactorIndex(leg.underlying as u16),
                    style: leg.style,
                    forward: Price::ONE,
                    strike: Price::new((leg.strike * 1e12).round() as u128).unwrap(),
                    left: Span::milliseconds(leg.hours * 3_600_000),
                    vol: Ratio::new(nano(leg.vol)),
                    moving: Fraction::ONE,
                    mark: 0,
                }
                .at_value()
            })
            .collect();
        (Curves::fold(&self.table(), floor, &series).unwrap(), series)
    }

    pub(crate) fn loss_under(&self, curves: &Curves, series: &[Series]) -> OptionLoss {
        self.loss_with(&mut OptionBook::new(), curves, series)
    }

    pub(crate) fn loss_with(&self, told: &mut OptionBook, curves: &Curves, series: &[Series]) -> OptionLoss {
        let raw = |x: f64| (x * UNIT).round() as i128;
        let linear: Vec<(FactorIndex, i128)> =
            self.linear.iter().enumerate().map(|(place, x)| (FactorIndex(place as u16), raw(*x))).collect();
        let options: Vec<(SeriesIndex, i128)> = self
            .legs
            .iter()
            .enumerate()
            .filter(|(_, leg)| leg.size != 0.0)
            .map(|(place, leg)| (SeriesIndex(place as u16), raw(leg.size)))
            .collect();
        assert_eq!(series.len(), self.legs.len());
        told.loss(curves, OptionLegs { linear: &linear, options: &options }).unwrap()
    }
}

fn nano(x: f64) -> u64 {
    (x * 1e9).round() as u64
}

/// 1e-8 dollars in a unit of the books here, which count in 10,000 dollars.
pub(crate) const UNIT: f64 = 1e12;

/// One to three underlyings, one to eight legs, a third of them linear, six hours to ninety days.
pub(crate) fn book(random: &mut Random) -> Book {
    const CLASSES: [(f64, f64, f64); 3] = [(0.15, 0.75, 0.98), (0.18, 0.75, 0.98), (0.25, 0.55, 0.92)];
    let count = 1 + random.below(3) as usize;
    let factors = CLASSES[..count]
        .iter()
        .map(|(range, calm, panic)| {
            let skew = if random.below(3) == 0 { random.between(1.0, 1.6) } else { 1.0 };
            Factor { range: [*range, (range * skew * 1e9).round() / 1e9], loading: [*calm, *panic] }
        })
        .collect();
    let mut book = Book { factors, linear: vec![0.0; count], legs: vec![] };
    for number in 0..=random.below(8) {
        let underlying = random.below(count as u64) as usize;
        if number > 0 && random.below(3) == 0 {
            book.linear[underlying] += random.between(-1.0, 1.0);
        } else {
            let hours = (6.0 * (360.0_f64).powf(random.between(0.0, 1.0))) as u64;
            let vol = (random.between(0.3, 1.2) * 1e6).round() / 1e6;
            let deviation = (vol * (hours as f64 / 8_760.0).sqrt()).max(0.01);
            let strike = (random.between(-2.0, 2.0) * deviation).exp().clamp(0.5, 2.0);
            book.legs.push(Leg {
                underlying,
                style: if random.below(2) == 0 { Style::Call } else { Style::Put },
                strike: (strike * 200.0).round() / 200.0,
                hours,
                vol,
                size: random.between(-1.0, 1.0),
            });
        }
    }
    book
}
