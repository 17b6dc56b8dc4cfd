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
use core::{array, fmt};

use cistern_units::{Overflow, Value, wide::square_root_up};

use super::{
    curve::{Curves, SCALE, Tenor, VOLS, WORST},
    dual::{Lambda, Place, Profile, Search, worst},
    grid::{FULL, INNER, LANES, NODES, PART, SCENARIOS},
    series::SeriesIndex,
};
use crate::{End, FactorIndex};

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

/// How volatilities move in a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VolMove {
    /// All fall.
    Down,
    /// None moves.
    Same,
    /// All rise.
    Up,
    /// Those of front expiries rise.
    Front,
    /// Those of back expiries rise.
    Back,
}

impl VolMove {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Down, Self::Same, Self::Up, Self::Front, Self::Back];

    /// Which volatility front and back expiries have.
    const fn vols(self) -> (usize, usize) {
        match self {
            Self::Down => (0, 0),
            Self::Same => (1, 1),
            Self::Up => (2, 2),
            Self::Front => (2, 1),
            Self::Back => (1, 2),
        }
    }
}

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

/// An underlying on which the account has options: sums of losses at all nodes.
#[derive(Clone, Debug)]
struct Stack {
    factor: usize,
    /// Of linear legs; of front and back expiries by volatility, where it has some. In 2^-30 units, below 2^60.
    line: [i64; NODES],
    front: [[i64; NODES]; VOLS],
    back: [[i64; NODES]; VOLS],
    has_front: bool,
    has_back: bool,
    /// In units, by [`VolMove`].
    losses: [[i32; NODES]; 5],
}

/// One account with options under revaluation. Reuse it for many accounts: it keeps its memory.
#[derive(Clone, Debug, Default)]
pub struct OptionBook {
    stacks: Vec<Box<Stack>>,
    /// How many of the stacks are of this account.
    used: usize,
}

/// The linear legs of an account on factors without options, in units.
#[derive(Default)]
struct Lines {
    /// What is lost where everything falls, and where everything rises, in 2^-30.
    common: [[i64; 3]; 2],
    /// Sum of squares of what each loses by itself, below 2^58.
    own: [i64; 3],
    /// The largest single loss.
    single: i64,
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

impl OptionBook {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The losses of an account, rounded up: never below the formulas on the nodes, above them by less than 2^-26 of
    /// them and 60 units and 20 a leg, a unit being less than 2^-28 of what the legs can lose one by one.
    ///
    /// # Errors
    /// [`LegError::UnknownFactor`], [`LegError::UnknownSeries`]; [`LegError::TooLarge`] from [`LEG_MAX`] or
    /// [`LEGS_MAX`] on.
    pub fn loss(&mut self, curves: &Curves, legs: OptionLegs<'_>) -> Result<OptionLoss, LegError> {
        let unit = unit(curves, legs)?;
        let lines = self.fill(curves, legs, unit);
        let stacks = &mut self.stacks[..self.used];
        // Front and back move apart only where there are both.
        let is_mixed =
            stacks.iter().any(|stack| stack.has_front) && stacks.iter().any(|stack| stack.has_back);
        let vols = if stacks.is_empty() {
            1
        } else if is_mixed {
            5
        } else {
            3
        };
        for stack in stacks.iter_mut() {
            stack.combine(vols);
        }
        let (joint, place) = Joint::new(curves, stacks, &lines, vols).worst();
        let doubt = DOUBT + DOUBT_LEG * (legs.linear.len() + legs.options.len()) as i64;
        let up = |units: i64| unit.value_up(if units > 0 { units + doubt } else { doubt }).min(unit.most);
        let worst = stacks.iter().flat_map(|stack| &stack.losses[..vols]).flat_map(|losses| &losses[FULL..]);
        let single = worst.fold(lines.single, |worst, loss| worst.max(i64::from(*loss)));
        let standalone = (up(single) * u128::from(curves.floor)).div_ceil(NANO); // below 2^86 x 2^30
        let (end, level, _) = LANES[place % SCENARIOS];
        let vol = if stacks.is_empty() { VolMove::Same } else { VolMove::ALL[place / SCENARIOS] };
        Ok(OptionLoss {
            joint: Value::positive(up(joint))?,
            standalone: Value::positive(standalone)?,
            worst: OptionScenario { end: End::ALL[end], level, vol },
        })
    }

    /// Adds up the curves of all legs.
    fn fill(&mut self, curves: &Curves, legs: OptionLegs<'_>, unit: Unit) -> Lines {
        self.used = 0;
        for (index, size) in legs.options {
            let Some(curve) = curves.curve(*index) else { continue }; // `unit` has found it
            let weight = unit.weight(*size, curve.scale) as i32; // below 2^30
            let stack = self.stack(curve.underlying);
            let (sums, is_begun) = match curve.tenor {
                Tenor::Front => (&mut stack.front, &mut stack.has_front),
                Tenor::Back => (&mut stack.back, &mut stack.has_back),
            };
            for (sums, losses) in sums.iter_mut().zip(curve.losses.iter()) {
                if *is_begun { add(sums, weight, losses) } else { begin(sums, weight, losses) }
            }
            *is_begun = true;
        }
        let mut lines = Lines::default();
        for (index, size) in legs.linear {
            let factor = usize::from(index.0);
            let line = &curves.lines[factor];
            let weight = unit.weight(*size, line.scale);
            let stack = self.stacks[..self.used].iter_mut().find(|stack| stack.factor == factor);
            match (stack, &curves.underlyings[factor]) {
                (Some(stack), Some((_, losses))) => add(&mut stack.line, weight as i32, losses),
                _ => lines.add(line, weight),
            }
        }
        lines
    }

    /// The sums of an underlying, empty where it is new.
    fn stack(&mut self, factor: usize) -> &mut Stack {
        let found = self.stacks[..self.used].iter().position(|stack| stack.factor == factor);
        let place = found.unwrap_or_else(|| {
            if self.used == self.stacks.len() {
                self.stacks.push(Box::new(Stack::EMPTY));
            }
            let stack = &mut self.stacks[self.used];
            stack.factor = factor;
            stack.line = [0; NODES];
            (stack.has_front, stack.has_back) = (false, false);
            self.used += 1;
            self.used - 1
        });
        &mut self.stacks[place]
    }
}

/// Finds the unit of an account, and checks its legs.
fn unit(curves: &Curves, legs: OptionLegs<'_>) -> Result<Unit, LegError> {
    if legs.linear.len() + legs.options.len() > LEGS_MAX {
        return Err(LegError::TooLarge);
    }
    let (mut raw, mut most) = (0_u128, 0_u128);
    for (index, size) in legs.linear {
        let line = curves.lines.get(usize::from(index.0)).ok_or(LegError::UnknownFactor(*index))?;
        let hurts = usize::from(*size < 0);
        let size = Some(size.unsigned_abs()).filter(|size| *size < LEG_MAX).ok_or(LegError::TooLarge)?;
        raw += size * u128::from(line.scale); // see LEGS_MAX
        most += (size * u128::from(line.worst[hurts])).div_ceil(1 << SCALE); // below 2^72 x 2^39
    }
    for (index, size) in legs.options {
        let curve = curves.curve(*index).ok_or(LegError::UnknownSeries(*index))?;
        let hurts = usize::from(*size < 0);
        let size = Some(size.unsigned_abs()).filter(|size| *size < LEG_MAX).ok_or(LegError::TooLarge)?;
        raw += size * u128::from(curve.scale);
        let (high, low) = (size >> 36, size & ((1 << 36) - 1)); // worst is below 2^61
        let worst = u128::from(curve.worst[hurts]);
        most += ((high * worst) >> (WORST - 36)) + (low * worst).div_ceil(1 << WORST) + u128::from(high > 0);
    }
    let bits = (128 - raw.leading_zeros()) as i32;
    Ok(Unit { shift: (bits - UNIT_BITS as i32).max(-40), most })
}

/// Adds what a leg loses at all nodes.
#[inline]
fn add(sums: &mut [i64; NODES], weight: i32, losses: &[i32; NODES]) {
    for (sum, loss) in sums.iter_mut().zip(losses) {
        *sum = sum.wrapping_add(i64::from(weight).wrapping_mul(i64::from(*loss))); // below 2^29 x 2^30 in all
    }
}

/// The same as the first leg.
#[inline]
fn begin(sums: &mut [i64; NODES], weight: i32, losses: &[i32; NODES]) {
    for (sum, loss) in sums.iter_mut().zip(losses) {
        *sum = i64::from(weight).wrapping_mul(i64::from(*loss));
    }
}

impl Lines {
    fn add(&mut self, line: &super::curve::Line, weight: i64) {
        let hurts = usize::from(weight < 0);
        let size = weight.abs();
        for end in 0..3 {
            let lost = |side: usize| weight.wrapping_mul(i64::from(line.common[side][end])); // below 2^59 in all
            self.common[0][end] = self.common[0][end].wrapping_add(lost(0));
            self.common[1][end] = self.common[1][end].wrapping_sub(lost(1));
            let own = (size.wrapping_mul(i64::from(line.own[hurts][end])) >> PART).wrapping_add(1);
            self.own[end] = self.own[end].wrapping_add(own.wrapping_mul(own)); // below 2^60 in all
        }
        self.single = self.single.max(((size * i64::from(line.range[hurts])) >> PART) + 1);
    }

    /// The common loss of every scenario, and the root of what own moves add.
    fn scenarios(&self) -> ([i32; SCENARIOS], [i32; SCENARIOS]) {
        let roots = self.own.map(|square| square_root_up(square.unsigned_abs().into()) as i64);
        let (mut common, mut own) = ([0; SCENARIOS], [0; SCENARIOS]);
        for (lane, (end, level, rest)) in LANES.into_iter().enumerate() {
            let lost = self.common[usize::from(level > 0)][end] >> PART;
            // All within 2^29, parts within 2^30.
            common[lane] = ((lost.wrapping_mul(level.abs()) >> PART) as i32).wrapping_add(1);
            own[lane] = (roots[end].wrapping_mul(rest) >> PART) as i32;
        }
        (common, own)
    }
}

impl Stack {
    const EMPTY: Self = Self {
        factor: 0,
        line: [0; NODES],
        front: [[0; NODES]; VOLS],
        back: [[0; NODES]; VOLS],
        has_front: false,
        has_back: false,
        losses: [[0; NODES]; 5],
    };

    /// Losses in units at every node and move of volatilities.
    fn combine(&mut self, vols: usize) {
        for (losses, vol) in self.losses.iter_mut().zip(VolMove::ALL).take(vols) {
            let (front, back) = vol.vols();
            let (front, back) = (&self.front[front], &self.back[back]);
            if self.has_front && self.has_back {
                for (((loss, line), front), back) in losses.iter_mut().zip(&self.line).zip(front).zip(back) {
                    *loss = (line.wrapping_add(*front).wrapping_add(*back) >> PART) as i32; // within 2^29
                }
            } else {
                let one = if self.has_front { front } else { back };
                for ((loss, line), one) in losses.iter_mut().zip(&self.line).zip(one) {
                    *loss = (line.wrapping_add(*one) >> PART) as i32;
                }
            }
        }
    }
}

/// All that decides the dearest scenario. Sums of losses are below 3 x 2^29.
struct Joint<'a> {
    /// Of each stack and move of volatilities.
    profiles: Vec<[Profile<'a>; 5]>,
    /// Losses by the common move.
    base: [[i32; SCENARIOS]; 5],
    /// The root of the squares of what linear legs lose by own moves.
    own: [i32; SCENARIOS],
    /// The most that a scenario can cost: as if every own move had the whole budget.
    most: [[i32; SCENARIOS]; 5],
    vols: usize,
}

impl<'a> Joint<'a> {
    fn new(curves: &'a Curves, stacks: &'a [Box<Stack>], lines: &Lines, vols: usize) -> Self {
        let profiles = stacks.iter().filter_map(|stack| {
            let (underlying, _) = curves.underlyings.get(stack.factor)?.as_ref()?;
            Some(stack.losses.each_ref().map(|losses| Profile { underlying, losses }))
        });
        let (common, own) = lines.scenarios();
        let mut joint =
            Self { profiles: profiles.collect(), base: [common; 5], own, most: [common; 5], vols };
        for vol in 0..vols {
            let (base, most) = (&mut joint.base[vol], &mut joint.most[vol]);
            for (most, own) in most.iter_mut().zip(own) {
                *most = most.wrapping_add(own); // see `Joint`
            }
            for profile in &joint.profiles {
                let mut mosts = [0; INNER];
                profile[vol].most(&mut mosts);
                for lane in 0..SCENARIOS {
                    let at = profile[vol].losses[lane];
                    base[lane] = base[lane].wrapping_add(at);
                    most[lane] = most[lane].wrapping_add(if lane < INNER { mosts[lane] } else { at });
                }
            }
        }
        joint
    }

    /// The scenario of the first lanes that could cost most, and its place.
    fn most(&self, lanes: usize) -> (i32, usize) {
        let mut first = (i32::MIN, 0);
        for (vol, mosts) in self.most.iter().enumerate().take(self.vols) {
            let mosts = &mosts[..lanes];
            let most = mosts.iter().fold(i32::MIN, |most, other| most.max(*other));
            if most > first.0 {
                let lane = mosts.iter().position(|other| *other == most).unwrap_or(0);
                first = (most, vol * SCENARIOS + lane);
            }
        }
        first
    }

    /// The dearest scenario, and its place.
    fn worst(&self) -> (i64, usize) {
        let (most, place) = self.most(SCENARIOS);
        // One underlying alone has the whole budget, as linear legs alone have.
        let root = self.own.iter().fold(0, |root, own| root.max(*own));
        if self.profiles.is_empty() || (self.profiles.len() == 1 && root == 0) {
            return (most.into(), place);
        }
        let (most, place) = self.most(INNER);
        let mut guess = (i64::from(most) - i64::from(self.base[place / SCENARIOS][place % SCENARIOS])) / 2;
        let mut best = (self.value(place, i64::MIN, &mut guess), place);
        // At this price no linear part asks for more than its root.
        let lambda = Lambda::new(guess.max(i64::from(root / 2 + 1)));
        let linear: [i32; INNER] =
            array::from_fn(|lane| (lambda.price() + lambda.linear(self.own[lane])) as i32);
        for vol in 0..self.vols {
            let dearest = self.at_price(vol, lambda, &linear);
            let highest = dearest.iter().fold(i32::MIN, |highest, loss| highest.max(*loss));
            if i64::from(highest) <= best.0 {
                continue;
            }
            for (lane, most) in dearest.into_iter().enumerate() {
                if i64::from(most) > best.0 {
                    let place = vol * SCENARIOS + lane;
                    best = best.max((self.value(place, best.0, &mut guess), place));
                }
            }
        }
        best
    }

    /// The value of all scenarios of a move of volatilities at a price: never below the smallest.
    #[inline(always)]
    fn at_price(&self, vol: usize, lambda: Lambda, linear: &[i32; INNER]) -> [i32; SCENARIOS] {
        let mut sums = [0; INNER];
        for profile in &self.profiles {
            profile[vol].add_best(lambda, &mut sums);
        }
        let mut dearest = self.most[vol];
        for lane in 0..INNER {
            // A price is below 2^30, as a half of a root is; what own moves add is below 2^30.
            let budget = (sums[lane] / 2).wrapping_add(linear[lane] / 2).wrapping_add(1);
            let room = dearest[lane].wrapping_sub(self.base[vol][lane]);
            let value = if budget > room / 2 { room } else { budget.wrapping_mul(2) };
            dearest[lane] = self.base[vol][lane].wrapping_add(value);
        }
        dearest
    }

    /// The value of a scenario, exact where it is above `enough`.
    fn value(&self, place: usize, enough: i64, guess: &mut i64) -> i64 {
        let (vol, lane) = (place / SCENARIOS, place % SCENARIOS);
        let (base, most) = (i64::from(self.base[vol][lane]), i64::from(self.most[vol][lane]));
        if lane >= INNER {
            return most;
        }
        let mut search = Search { guess: *guess, most: most - base, enough: enough.saturating_sub(base) };
        let value = worst(self.own[lane], &self.profiles, Place { vol, lane }, &mut search);
        *guess = search.guess;
        base + value
    }
}
