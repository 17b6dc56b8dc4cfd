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
    unit::Unit,
    vols::{Held, VolMove},
};
use crate::{
    End, FactorIndex,
    book::{
        Path,
        paths::{self, Phase},
    },
    linear::{Lanes, Lots, Scalar, Sums},
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
        let unit = Unit::of(curves, legs)?;
        let (lines, vols) = self.fill::<L>(curves, legs, unit);
        let mut single = (lines.single() >> PART) as i64 + 1;
        let mut joint = self.joint(curves, &lines, vols);
        for stack in joint.stacks() {
            single = single.max(stack.single::<L>(vols).into());
        }
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
        let unit = Unit::of(curves, legs)?;
        let (lines, vols) = self.fill::<Scalar>(curves, legs, unit);
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
        unit: Unit<'_>,
    ) -> (Sums<L>, &'static [VolMove]) {
        self.used = 0;
        // A bit for each factor with options, in 64: most linear legs are on none of them.
        let (mut held, mut factors) = (Held::default(), 0_u64);
        for (series, size) in legs.options {
            let Some(curve) = curves.curve(*series) else { continue }; // `Unit::of` has found it
            let weight = unit.weight(*size, curve.scale) as i32; // below 2^30
            self.stack(curve.underlying).parts.push(Part { weight, series: *series, tenor: curve.tenor });
            held.add(curve.tenor, *size);
            factors |= 1_u64.wrapping_shl(curve.underlying as u32);
        }
        let mut lines = Sums::new();
        for (index, size) in legs.linear {
            let factor = usize::from(index.0);
            let Some(line) = curves.lines.get(factor) else { continue }; // as above
            let weight = unit.weight(*size, line.scale);
            if factors & 1_u64.wrapping_shl(factor as u32) != 0 {
                let mut stacks = self.stacks[..self.used].iter_mut();
                if let Some(stack) = stacks.find(|stack| stack.factor == factor) {
                    stack.weight = stack.weight.wrapping_add(weight);
                    continue;
                }
            }
            lines.add(&line.rows[usize::from(weight < 0)], Lots::exact(weight as i32)); // 30 bits
        }
        (lines, held.deciding())
    }

    /// The sums of an underlying, empty where it is new.
    #[inline(always)]
    fn stack(&mut self, factor: usize) -> &mut Stack {
        let found = self.stacks[..self.used].iter().position(|stack| stack.factor == factor);
        let place = found.unwrap_or_else(|| {
            if self.used == self.stacks.len() {
                self.stacks.push(Box::new(Stack::EMPTY));
            }
            let stack = &mut self.stacks[self.used];
            (stack.factor, stack.weight) = (factor, 0);
            stack.parts.clear();
            self.used += 1;
            self.used - 1
        });
        &mut self.stacks[place]
    }
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
