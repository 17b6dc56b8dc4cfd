//! The joint loss of an account with options, [M3o], and its floor, [M4].
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    reason = "sums and products of normalised numbers; each line names the bound that makes it safe"
)]

use alloc::{boxed::Box, vec::Vec};
use core::fmt;

use cistern_units::{Overflow, Signed, Value};

use super::{
    curve::Curves,
    grid::{self, PART, SCENARIOS},
    scenarios::{Joint, Sheets},
    series::SeriesIndex,
    stack::{Part, Stack},
    unit::{Gross, Unit},
    vols::{Held, VolMove},
};
use crate::{
    End, FactorIndex,
    book::{
        Path,
        paths::{self, Phase},
    },
    linear::{Lanes, Scalar, Sums},
};

/// One, in 1e-9: the unit of the floor factor.
const NANO: u64 = 1_000_000_000;

/// A leg of this size or more, in 1e-8 dollars, has no joint loss: 2^72 x 1e-8 is 47 trillion dollars.
pub const LEG_MAX: u128 = 1 << 72;
/// Most legs of an account: 2^8 x 2^72 x 2^42 < 2^127.
pub const LEGS_MAX: usize = 256;

/// Why an account with options has no joint loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegError {
    /// A factor that is not in the table.
    UnknownFactor(FactorIndex),
    /// A series that has no curve.
    UnknownSeries(SeriesIndex),
    /// A leg from [`LEG_MAX`] on, or more legs than [`LEGS_MAX`].
    TooLarge,
}

impl From<Overflow> for LegError {
    fn from(_: Overflow) -> Self {
        Self::TooLarge
    }
}

impl fmt::Display for LegError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownFactor(index) => write!(f, "there is no factor {} in the table", index.0),
            Self::UnknownSeries(index) => {
                write!(f, "there is no curve of series {}: fold it, or drop what has settled", index.0)
            }
            Self::TooLarge => write!(
                f,
                "a leg may be worth 47 trillion dollars at the most, and an account have {LEGS_MAX} legs"
            ),
        }
    }
}

impl core::error::Error for LegError {}

/// The joint scenario that costs an account with options most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionScenario {
    /// The end of the band.
    pub end: End,
    /// The common move in 2^-30 of the range times the loading: negative where everything falls.
    pub level: i64,
    /// How volatilities move.
    pub vol: VolMove,
}

impl OptionScenario {
    /// The common move as a part of the range times the loading.
    #[must_use]
    pub fn common(&self) -> Signed {
        let nano = i128::from(self.level) * 1_000_000_000;
        Signed::new((nano / (1 << PART)) as i64) // within one
    }
}

/// The losses of an account with options, each rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionLoss {
    /// [M3o]
    pub joint: Value,
    /// [M4]
    pub standalone: Value,
    /// The scenario of the joint loss.
    pub worst: OptionScenario,
}

/// One account with options under revaluation. Reuse it for many accounts: it keeps its memory.
#[derive(Clone, Debug)]
pub struct OptionBook {
    path: Path,
    stacks: Vec<Box<Stack>>,
    /// How many of the stacks are of this account.
    used: usize,
    /// Its scenarios, by move of volatilities: there as soon as an account has been here.
    sheets: Option<Box<Sheets>>,
}

/// The legs of an account: signed values of factors, one of each factor, and of series, in 1e-8 dollars: for an option
/// its size times the forward.
#[derive(Clone, Copy, Debug)]
pub struct OptionLegs<'a> {
    /// Exposures to factors, offsets netted.
    pub linear: &'a [(FactorIndex, i128)],
    /// Options: size times forward.
    pub options: &'a [(SeriesIndex, i128)],
}

impl OptionLegs<'_> {
    /// How many there are.
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.linear.len().wrapping_add(self.options.len())
    }
}

impl Default for OptionBook {
    fn default() -> Self {
        Self { path: Path::widest(), stacks: Vec::new(), used: 0, sheets: None }
    }
}

impl OptionBook {
    /// An empty one, on the widest path of the machine.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty one that works by the instructions of a path: the same answers, sooner or later.
    #[must_use]
    pub fn on(path: Path) -> Self {
        Self { path, ..Self::default() }
    }

    /// The losses of an account, rounded up: never below the formulas on the nodes, above them by less than 2^-26 of
    /// them and 60 units and 20 a leg, a unit being less than 2^-28 of what the legs can lose one by one.
    ///
    /// # Errors
    /// [`LegError::UnknownFactor`], [`LegError::UnknownSeries`]; [`LegError::TooLarge`] from [`LEG_MAX`] or
    /// [`LEGS_MAX`] on.
    pub fn loss(&mut self, curves: &Curves, legs: OptionLegs<'_>) -> Result<OptionLoss, LegError> {
        let path = self.path;
        paths::run(path, Account { book: self, curves, legs })
    }

    #[inline(always)]
    fn loss_here<L: Lanes>(&mut self, curves: &Curves, legs: OptionLegs<'_>) -> Result<OptionLoss, LegError> {
        let unit = Unit::of(curves, legs, Gross::of(curves, legs)?);
        let (lines, vols) = self.fill::<L>(curves, legs, &unit);
        let joint = self.joint(curves, &lines, vols);
        let single = ((lines.single() >> PART) as i64 + 1).max(joint.single().into());
        let (joint, place) = joint.worst::<L>();
        let up = |units: i64| unit.joint_up(units);
        let standalone = part_up(up(single), curves.floor);
        let (end, level, _) = grid::LANES[place % SCENARIOS];
        let vol = VolMove::ALL[place / SCENARIOS];
        Ok(OptionLoss {
            joint: Value::positive(up(joint))?,
            standalone: Value::positive(standalone)?,
            worst: OptionScenario { end: End::ALL[end], level, vol },
        })
    }

    /// The joint loss at each end of the band, as [`Self::loss`] rounds it: of these it is the largest.
    ///
    /// # Errors
    /// As [`Self::loss`].
    pub fn ends(&mut self, curves: &Curves, legs: OptionLegs<'_>) -> Result<[Value; 3], LegError> {
        let unit = Unit::of(curves, legs, Gross::of(curves, legs)?);
        let (lines, vols) = self.fill::<Scalar>(curves, legs, &unit);
        let [calm, mid, panic] = self.joint(curves, &lines, vols).ends();
        let up = |units| Value::positive(unit.joint_up(units));
        Ok([up(calm)?, up(mid)?, up(panic)?])
    }

    /// What decides the scenarios of the account that has been filled in.
    #[inline(always)]
    fn joint<'a, L: Lanes>(
        &'a mut self,
        curves: &'a Curves,
        lines: &Sums<L>,
        vols: &'a [VolMove],
    ) -> Joint<'a> {
        let stacks = &mut self.stacks[..self.used];
        for stack in stacks.iter_mut() {
            stack.combine::<L>(curves, vols);
        }
        let sheets = self.sheets.get_or_insert_with(|| Box::new(Sheets::EMPTY));
        Joint::new(curves, stacks, sheets, lines, vols)
    }

    /// Adds up legs by underlying, and says which moves of volatilities can decide.
    #[inline(always)]
    fn fill<L: Lanes>(
        &mut self,
        curves: &Curves,
        legs: OptionLegs<'_>,
        unit: &Unit<'_>,
    ) -> (Sums<L>, &'static [VolMove]) {
        self.used = 0;
        // A bit for each factor with options, in 64: most linear legs are on none of them.
        let (mut held, mut factors) = (Held::default(), 0_u64);
        for (series, size) in legs.options {
            let Some(curve) = curves.curve(*series) else { continue }; // `Unit::of` has found it
            let weight = (unit.weight(*size, curve.scale) << 2) as i32; // below 2^29 x 4
            let bit = 1_u64.wrapping_shl(curve.underlying as u32);
            let place = if factors & bit == 0 { None } else { self.place(curve.underlying) };
            let stack = self.stack(curve.underlying, place);
            stack.parts.push(Part { weight, series: *series, tenor: curve.tenor });
            held.add(curve.tenor, weight);
            factors |= bit;
        }
        let (mut lines, rows) = (Sums::new(), curves.lines.as_slice());
        for (index, size) in legs.linear {
            let factor = usize::from(index.0);
            let Some(line) = rows.get(factor) else { continue }; // as above
            let weight = unit.weight(*size, line.scale);
            if factors & 1_u64.wrapping_shl(factor as u32) != 0
                && let Some(place) = self.place(factor)
            {
                let stack = &mut self.stacks[place];
                stack.weight = stack.weight.wrapping_add(weight);
                continue;
            }
            lines.add_exact(&line.rows[usize::from(weight < 0)], weight as i32); // 30 bits
        }
        (lines, held.deciding())
    }

    /// Where the sums of an underlying are.
    #[inline(always)]
    fn place(&self, factor: usize) -> Option<usize> {
        self.stacks[..self.used].iter().position(|stack| stack.factor == factor)
    }

    /// The sums of an underlying, empty where it has no place yet.
    #[inline(always)]
    fn stack(&mut self, factor: usize, place: Option<usize>) -> &mut Stack {
        if let Some(place) = place {
            return &mut self.stacks[place];
        }
        if self.used == self.stacks.len() {
            grow(&mut self.stacks);
        }
        let stack = &mut self.stacks[self.used];
        self.used = self.used.wrapping_add(1);
        (stack.factor, stack.weight) = (factor, 0);
        stack.parts.clear();
        stack
    }
}

#[cold]
fn grow(stacks: &mut Vec<Box<Stack>>) {
    stacks.push(Box::new(Stack::EMPTY));
}

/// A part of a value below 2^86, in 1e-9, rounded up.
#[inline(always)]
fn part_up(value: u128, part: u64) -> u128 {
    match u64::try_from(value) {
        // No quotient of 128 bits: a part is below 2^30.
        Ok(value) => {
            let (whole, rest) = (value / NANO, value % NANO);
            u128::from(whole) * u128::from(part) + u128::from((rest * part).div_ceil(NANO))
        }
        Err(_) => (value * u128::from(part)).div_ceil(NANO.into()),
    }
}

/// One account, on a path.
struct Account<'a> {
    book: &'a mut OptionBook,
    curves: &'a Curves,
    legs: OptionLegs<'a>,
}

impl Phase for Account<'_> {
    type Out = Result<OptionLoss, LegError>;

    #[inline(always)]
    fn run<L: Lanes>(self) -> Self::Out {
        self.book.loss_here::<L>(self.curves, self.legs)
    }
}

#[cfg(test)]
mod tests {
    use cistern_units::{Fraction, Price, Ratio, Span};

    use super::{super::grid::INNER, *};
    use crate::{
        Band, FactorTable, Range, RiskFactor, Settings,
        option::{Series, Style},
    };

    /// Three underlyings that rise further than they fall, each with two options that expire in a week and two in two months.
    fn curves() -> Curves {
        let factor = |(range, calm, panic)| {
            let [range, calm, panic] = [range, calm, panic].map(Fraction::basis_points);
            let range = Range::new(range, Ratio::new(2 * u64::from(range.raw()))).unwrap();
            RiskFactor::new(range, Band::new(calm, panic).unwrap(), None, Vec::new())
        };
        let factors = [(1_500, 7_500, 9_800), (2_500, 4_200, 9_000), (500, 0, 5_000)].map(factor);
        let factors: Vec<_> = factors.into_iter().collect::<Result<_, _>>().unwrap();
        let settings = Settings::default();
        let table = FactorTable::fold(&factors, Ratio::ONE, Ratio::new(1_250_000_000), settings).unwrap();
        let mut series = Vec::new();
        for underlying in (0..3).map(FactorIndex) {
            for (style, strike, days) in
                [(Style::Put, 90, 7), (Style::Call, 105, 7), (Style::Put, 100, 60), (Style::Call, 130, 60)]
            {
                let strike = Price::clamped(strike * Price::ONE.raw());
                let (forward, vol) = (Price::clamped(100 * Price::ONE.raw()), Ratio::new(600_000_000));
                let left = Span::milliseconds(days * Span::DAY.as_milliseconds());
                let (moving, mark) = (Fraction::ONE, 0);
                let one = Series { underlying, style, forward, strike, left, vol, moving, mark };
                series.push(one.at_value());
            }
        }
        Curves::fold(&table, settings.floor_factor, &series).unwrap()
    }

    #[test]
    fn what_needs_no_search_costs_what_a_search_finds() {
        let (curves, mut book) = (curves(), OptionBook::new());
        let (mut seed, mut short, mut all) = (7_u64, 0, 0);
        let mut size = || {
            seed = seed.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
            i128::from(seed as i64 >> 24)
        };
        for account in 0..2_000_u16 {
            let linear = [0, 1, 2].map(|factor| (FactorIndex(factor), size()));
            let options = [3, 5].map(|step| (SeriesIndex(account * step % 12), size() / 4));
            let legs = OptionLegs { linear: &linear, options: &options[..1 + usize::from(account % 2)] };
            let unit = Unit::of(&curves, legs, Gross::of(&curves, legs).unwrap());
            let (lines, vols) = book.fill::<Scalar>(&curves, legs, &unit);
            let joint = book.joint(&curves, &lines, vols);
            for vol in vols.iter().map(|vol| *vol as usize) {
                for lane in 0..INNER {
                    let [told, searched] = joint.both_ways(vol * SCENARIOS + lane);
                    // A search ends eight units and 2^-26 above at the most, the short way four.
                    let doubt = 8 + (searched.abs() >> 25);
                    assert!(
                        (searched - doubt..=searched + 4).contains(&told),
                        "{account} {vol} {lane}: {told} {searched}"
                    );
                    short += u32::from(told != searched);
                    all += 1;
                }
            }
        }
        assert!(short * 5 > all, "{short} of {all}"); // where both say the same nothing was tested
    }

    /// Each is rounded down: 255 of them are beyond what 32 bits hold, and stop there.
    #[test]
    fn a_factor_that_is_there_many_times_keeps_its_side() {
        const TIMES: usize = LEGS_MAX - 1;
        let (curves, mut book) = (curves(), OptionBook::new());
        // All of them are just below a power of two.
        let size = ((1 << 90) / curves.lines[0].scale as i128) / TIMES as i128 - 1;
        let options = [(SeriesIndex(0), 1)];
        let mut loss = |linear: &[_]| book.loss(&curves, OptionLegs { linear, options: &options }).unwrap();
        let apart = loss(&[(FactorIndex(0), -size); TIMES]).joint.raw();
        let together = loss(&[(FactorIndex(0), -size * TIMES as i128)]).joint.raw();
        assert!((apart - together).abs() < together / 10_000, "{apart} {together}");
    }
}
