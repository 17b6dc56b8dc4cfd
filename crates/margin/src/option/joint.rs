//! The joint loss of an account with options, [M3o], and its floor, [M4].
//!
//! An account is measured in units of its own: all that its legs can lose, one by one, is below 2^29 of them. Sums of
//! losses at all nodes then fit 32 bits, and a root or a product 64.
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
    curve::{Curves, SCALE, WORST},
    grid::{self, PART, SCENARIOS},
    scenarios::{Joint, Sheet},
    series::SeriesIndex,
    stack::{Part, Stack},
    vols::{Held, MOVES, VolMove},
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
const NANO: u128 = 1_000_000_000;

/// What all legs of an account can lose, one by one, in its units: below 2^29.
const UNIT_BITS: u32 = 29;
/// A leg of this size or more, in 1e-8 dollars, has no joint loss: 2^72 x 1e-8 is 47 trillion dollars.
pub const LEG_MAX: u128 = 1 << 72;
/// Most legs of an account: 2^8 x 2^72 x 2^42 < 2^127.
pub const LEGS_MAX: usize = 256;
/// What rounding may have hidden, in units: of each leg, its weight and its curve count one each at most at the base and
/// at two nodes, a line of four at the most; and of the sums.
const DOUBT_LEG: i64 = 20;
const DOUBT: i64 = 24;

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
    sheets: Option<Box<[Sheet; MOVES]>>,
}

/// Legs in the account's unit.
#[derive(Clone, Copy)]
struct Unit {
    /// A raw weight, in 2^-36 x 1e-8 dollars, moved down by this is in units.
    shift: i32,
    /// The sum of what each leg can lose at the most, in 1e-8 dollars, rounded up.
    most: u128,
}

impl Unit {
    fn weight(self, size: i128, scale: u64) -> i64 {
        let raw = size * i128::from(scale); // below 2^72 x 2^42
        (if self.shift >= 0 { raw >> self.shift } else { raw << -self.shift }) as i64
    }

    /// A loss of the account with what rounding may have hidden, in 1e-8 dollars, rounded up.
    fn joint_up(self, units: i64, legs: OptionLegs<'_>) -> u128 {
        let doubt = DOUBT + DOUBT_LEG * (legs.linear.len() + legs.options.len()) as i64;
        self.value_up(units.max(0) + doubt).min(self.most)
    }

    /// Units in 1e-8 dollars, rounded up.
    fn value_up(self, units: i64) -> u128 {
        let places = SCALE as i32 - self.shift;
        let units = units.max(0) as u128;
        if places >= 0 { units.div_ceil(1 << places.min(127)) } else { units << -places }
    }
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
        let unit = unit(curves, legs)?;
        let (lines, vols) = self.fill::<L>(curves, legs, unit);
        let mut single = (lines.single() >> PART) as i64 + 1;
        let mut joint = self.joint(curves, &lines, vols);
        for stack in joint.stacks() {
            single = single.max(stack.single::<L>(vols).into());
        }
        let (joint, place) = joint.worst::<L>();
        let up = |units: i64| unit.joint_up(units, legs);
        let standalone = (up(single).wrapping_mul(u128::from(curves.floor))).div_ceil(NANO); // below 2^86 x 2^30
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
        let unit = unit(curves, legs)?;
        let (lines, vols) = self.fill::<Scalar>(curves, legs, unit);
        let [calm, mid, panic] = self.joint(curves, &lines, vols).ends();
        let up = |units| Value::positive(unit.joint_up(units, legs));
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
        let sheets = self.sheets.get_or_insert_with(|| Box::new([Sheet::EMPTY; MOVES]));
        Joint::new(curves, stacks, sheets, lines, vols)
    }

    /// Adds up legs by underlying, and says which moves of volatilities can decide.
    #[inline(always)]
    fn fill<L: Lanes>(
        &mut self,
        curves: &Curves,
        legs: OptionLegs<'_>,
        unit: Unit,
    ) -> (Sums<L>, &'static [VolMove]) {
        self.used = 0;
        let mut held = Held::default();
        for (series, size) in legs.options {
            let Some(curve) = curves.curve(*series) else { continue }; // `unit` has found it
            let weight = unit.weight(*size, curve.scale) as i32; // below 2^30
            let stack = self.stack(curve.underlying);
            stack.parts.push(Part { weight, series: *series, tenor: curve.tenor });
            held.add(curve.tenor, *size);
        }
        let mut lines = Sums::new();
        for (index, size) in legs.linear {
            let factor = usize::from(index.0);
            let line = &curves.lines[factor];
            let weight = unit.weight(*size, line.scale);
            match self.stacks[..self.used].iter_mut().find(|stack| stack.factor == factor) {
                Some(stack) => stack.weight = stack.weight.wrapping_add(weight),
                None => lines.add(&line.rows[usize::from(weight < 0)], Lots::exact(weight as i32)), // 30 bits
            }
        }
        (lines, held.deciding())
    }

    /// The sums of an underlying, empty where it is new.
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

/// Finds the unit of an account, and checks its legs.
#[inline(always)]
fn unit(curves: &Curves, legs: OptionLegs<'_>) -> Result<Unit, LegError> {
    if legs.linear.len() + legs.options.len() > LEGS_MAX {
        return Err(LegError::TooLarge);
    }
    let (mut raw, mut most) = (0_u128, 0_u128);
    for (index, size) in legs.linear {
        let line = curves.lines.get(usize::from(index.0)).ok_or(LegError::UnknownFactor(*index))?;
        let hurts = usize::from(*size < 0);
        let size = Some(size.unsigned_abs()).filter(|size| *size < LEG_MAX).ok_or(LegError::TooLarge)?;
        raw = raw.wrapping_add(size.wrapping_mul(u128::from(line.scale))); // see LEGS_MAX
        most = most.wrapping_add(size.wrapping_mul(u128::from(line.worst[hurts]))); // below 2^72 x 2^39
    }
    most = most.div_ceil(1 << SCALE);
    for (index, size) in legs.options {
        let curve = curves.curve(*index).ok_or(LegError::UnknownSeries(*index))?;
        let hurts = usize::from(*size < 0);
        let size = Some(size.unsigned_abs()).filter(|size| *size < LEG_MAX).ok_or(LegError::TooLarge)?;
        raw = raw.wrapping_add(size.wrapping_mul(u128::from(curve.scale)));
        let (high, low) = (size >> 36, size & ((1 << 36) - 1)); // worst is below 2^61
        let worst = u128::from(curve.worst[hurts]);
        let high = (high.wrapping_mul(worst) >> (WORST - 36)).wrapping_add(u128::from(high > 0)); // 36 and 61 bits
        most = most.wrapping_add(high).wrapping_add(low.wrapping_mul(worst).div_ceil(1 << WORST));
    }
    let bits = (128 - raw.leading_zeros()) as i32;
    Ok(Unit { shift: (bits - UNIT_BITS as i32).max(-40), most })
}
