use alloc::vec::Vec;

use cistern_units::{Ratio, Value, wide};

use crate::{
    DecidedBy, Decomposition, End, EndLoss, FactorIndex, MarginError, WorstScenario,
    addon::EXPOSURE_MAX,
    book::{
        Path,
        paths::{self, Phase},
    },
    linear::{Lanes, Lots, Row, Scalar, Scale, Sums, root_up},
    option::{Curves, OptionBook, OptionLegs, OptionScenario, SeriesIndex, tails},
    table::{FactorTable, NANO_PLACES, Side, scale_up},
};

/// A tier of margin: how far the ranges are stretched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Below it an account is liquidatable.
    Maintenance,
    /// Where a liquidation brings an account.
    Target,
    /// What new risk needs.
    Initial,
}

/// How an account is margined; its owner chooses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// Under joint scenarios, in which hedges count.
    #[default]
    Portfolio,
    /// By a sum without offsets that can be done by hand.
    Standard,
}

/// What a value is to the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Leg {
    /// Something owned; its value is positive.
    Holding,
    /// Something owed; its value is negative.
    Debt,
    /// A derivative position; its value is its signed notional.
    Derivative,
}

/// Signed value that moves with one factor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exposure {
    pub(crate) factor: FactorIndex,
    /// What the account has of it after offsets, in 1e-8 dollars.
    pub(crate) net: i128,
    /// The same without offsets; kept in standard mode only.
    pub(crate) gross: u128,
}

/// One account under revaluation: its exposures and what else its legs add up to.
///
/// Reuse one for many accounts: [`Self::clear`] keeps the memory.
#[derive(Clone, Debug, Default)]
pub struct Portfolio {
    /// The instructions that it works by; nothing before the first leg asks the machine.
    path: Option<Path>,
    mode: Mode,
    /// The tier that the legs were added under.
    scale: Option<Ratio>,
    exposures: Vec<Exposure>,
    /// For each factor of the table one more than its place in `exposures`, or zero.
    places: Vec<u16>,
    /// Sum of [M4b], in 1e-17 dollars.
    gross_floor: u128,
    /// Sum of the haircuts of standard mode, in 1e-17 dollars.
    standard: u128,
    /// Options: size times forward, in 1e-8 dollars.
    options: Vec<(SeriesIndex, i128)>,
    /// What equity counts of options that are owned, in 1e-8 dollars.
    premium: u128,
    /// Is one of them sold?
    is_short: bool,
    /// The exposures beside options, and memory for their joint loss.
    linear: Vec<(FactorIndex, i128)>,
    option_book: OptionBook,
}

/// What an account with options loses.
#[derive(Clone, Copy, Debug)]
struct OptionParts {
    joint: u128,
    standalone: u128,
    tails: u128,
    worst: OptionScenario,
}

impl Portfolio {
    /// An empty one, in portfolio mode.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty one that works by the instructions of a path: the same answers. Any other takes the widest of the machine.
    #[must_use]
    pub fn on(path: Path) -> Self {
        Self { path: Some(path), option_book: OptionBook::on(path), ..Self::default() }
    }

    /// The instructions that it works by.
    #[inline]
    pub fn path(&mut self) -> Path {
        match self.path {
            Some(path) => path,
            None => self.detect(),
        }
    }

    /// Empties it for the next account.
    #[inline]
    pub fn clear(&mut self, mode: Mode) {
        for exposure in &self.exposures {
            if let Some(place) = self.places.get_mut(usize::from(exposure.factor.0)) {
                *place = 0;
            }
        }
        self.exposures.clear();
        self.mode = mode;
        self.scale = None;
        self.gross_floor = 0;
        self.standard = 0;
        self.options.clear();
        self.premium = 0;
        self.is_short = false;
    }

    /// Adds a leg: `value` moves with each of `factors`. The table of [`Self::requirement`] must be this one.
    ///
    /// # Errors
    /// [`MarginError::UnknownFactor`], [`MarginError::OtherTier`], [`MarginError::Overflow`]; clear the portfolio then.
    #[inline(always)]
    pub fn add(
        &mut self,
        table: &FactorTable,
        leg: Leg,
        factors: &[FactorIndex],
        value: Value,
    ) -> Result<(), MarginError> {
        if self.scale != Some(table.scale) {
            self.begin(table)?;
        }
        let net = value.raw();
        for factor in factors {
            let exposure = self.exposure(*factor)?;
            exposure.net = exposure.net.checked_add(net).ok_or(MarginError::Overflow)?;
        }
        if leg == Leg::Derivative {
            let rate = range(table, factors, net)?.min(table.gross_floor);
            self.gross_floor = added(self.gross_floor, rate, net.unsigned_abs())?;
        }
        if self.mode == Mode::Standard {
            self.add_standard(table, leg, factors, net)?;
        }
        Ok(())
    }

    /// Adds an option of a series that the table lists: `notional` is its size times the forward, `worth` what equity counts
    /// of it where it is owned.
    ///
    /// # Errors
    /// As [`Self::add`], and [`MarginError::UnknownSeries`].
    pub fn add_option(
        &mut self,
        table: &FactorTable,
        series: SeriesIndex,
        notional: Value,
        worth: Value,
    ) -> Result<(), MarginError> {
        if self.scale != Some(table.scale) {
            self.begin(table)?;
        }
        let (unknown, overflow) = (MarginError::UnknownSeries(series), MarginError::Overflow);
        let curve = table.curves.as_ref().and_then(|curves| curves.curve(series)).ok_or(unknown)?;
        let (size, worth) = (notional.raw(), worth.or_zero().magnitude());
        let factor = [FactorIndex(u16::try_from(curve.underlying).map_err(|_| unknown)?)];
        let rate = range(table, &factor, size)?.min(table.gross_floor);
        let floor = added(0, rate, size.unsigned_abs())?;
        let whole = wide::product(worth, NANO).ok_or(overflow)?;
        // Owned, it costs what it is worth at the most; sold, in standard mode all that it can lose in any scenario, and its
        // floor at the least: that mode is never the milder one.
        let (floor, haircut) = if size < 0 {
            let most = curve.most_up(size).and_then(|most| wide::product(most, NANO));
            (floor, most.ok_or(overflow)?.max(floor))
        } else {
            (floor.min(whole), whole)
        };
        self.gross_floor = self.gross_floor.checked_add(floor).ok_or(overflow)?;
        if self.mode == Mode::Standard {
            self.standard = self.standard.checked_add(haircut).ok_or(overflow)?;
        }
        self.premium = self.premium.checked_add(worth).ok_or(overflow)?;
        self.is_short |= size < 0;
        self.options.push((series, size));
        Ok(())
    }

    /// The first leg decides under which table all are added.
    #[inline]
    fn begin(&mut self, table: &FactorTable) -> Result<(), MarginError> {
        if self.scale.is_some() {
            return Err(MarginError::OtherTier);
        }
        self.scale = Some(table.scale);
        if self.path.is_none() {
            self.detect();
        }
        if self.places.len() != table.len() {
            self.places.clear();
            self.places.resize(table.len(), 0);
        }
        Ok(())
    }

    /// Asks the machine for its widest path; once, as that takes its time.
    #[cold]
    fn detect(&mut self) -> Path {
        let path = Path::widest();
        self.path = Some(path);
        self.option_book = OptionBook::on(path);
        path
    }

    /// The exposure to a factor; a new one where no leg has brought it yet.
    #[inline(always)]
    fn exposure(&mut self, factor: FactorIndex) -> Result<&mut Exposure, MarginError> {
        let unknown = MarginError::UnknownFactor(factor);
        let place = self.places.get_mut(usize::from(factor.0)).ok_or(unknown)?;
        if *place == 0 {
            self.exposures.push(Exposure { factor, net: 0, gross: 0 });
            *place = u16::try_from(self.exposures.len()).map_err(|_| unknown)?; // the table has 4,096 at the most
        }
        self.exposures.get_mut(usize::from(place.saturating_sub(1))).ok_or(unknown)
    }

    /// What a leg adds to the sums of standard mode.
    #[inline(never)]
    fn add_standard(
        &mut self,
        table: &FactorTable,
        leg: Leg,
        factors: &[FactorIndex],
        net: i128,
    ) -> Result<(), MarginError> {
        let size = net.unsigned_abs();
        let overflow = MarginError::Overflow;
        for factor in factors {
            let exposure = self.exposure(*factor)?;
            exposure.gross = exposure.gross.checked_add(size).ok_or(overflow)?;
        }
        let range = range(table, factors, net)?;
        let range = if leg == Leg::Holding { range.min(Ratio::ONE.raw()) } else { range };
        self.standard = added(self.standard, range, size)?;
        Ok(())
    }

    /// The signed value that moves with each factor, offsets netted, in the order in which legs brought them.
    pub fn exposures(&self) -> impl Iterator<Item = (FactorIndex, Value)> {
        self.exposures.iter().map(|exposure| (exposure.factor, Value::new(exposure.net)))
    }

    /// The margin requirement, [M6], rounded up. In standard mode the sum of haircuts and the add-on.
    ///
    /// It is never below the true value of the formulas. Sizes are rounded against the account at 2^-29 of the sum of all
    /// exposures, its risk lot, and coefficients at 2^-29 of the largest range of the table: a joint loss is above the true
    /// one by less than `(n + 4) 2^-28` of the sum of exposures times that range, for `n` factors, and one unit. The
    /// add-on of each factor is above the true one by less than 2e-5 of it and one unit. With options the joint loss is
    /// [M3o], see [`OptionBook::loss`]; they are outside of the add-on.
    ///
    /// # Errors
    /// [`MarginError::Overflow`] from 2^95 units an exposure on, [`MarginError::OtherTier`] under another table than
    /// the legs were added under, [`MarginError::UnknownFactor`] under a smaller one.
    pub fn requirement(&mut self, table: &FactorTable) -> Result<Value, MarginError> {
        self.check(table)?;
        let base = match self.mode {
            Mode::Standard => self.standard()?,
            Mode::Portfolio if !self.options.is_empty() => {
                let parts = self.option_parts(table)?;
                let floor = scale_up(self.gross_floor, NANO_PLACES);
                parts.joint.max(parts.standalone).max(parts.tails).max(floor)
            }
            Mode::Portfolio => {
                let scale = self.lots(table)?;
                let (joint, single) = paths::run(self.path.unwrap_or_default(), Losses(self, table, scale))?;
                let (joint, single) = (scale.root(joint), scale.product(single));
                joint.max(single).max(scale_up(self.gross_floor, NANO_PLACES))
            }
        };
        let addon = if table.has_impact { self.addon(table)? } else { 0 };
        Ok(Value::positive(base.checked_add(addon).ok_or(MarginError::Overflow)?)?)
    }

    /// What losses are counted in.
    fn lots(&self, table: &FactorTable) -> Result<Scale, MarginError> {
        let (mut gross, mut bits) = (0_u128, 0);
        for exposure in &self.exposures {
            let size = exposure.net.unsigned_abs();
            // 4,096 of them below 2^95 have room; where one is above, the sum does not count.
            gross = gross.wrapping_add(size);
            bits |= size;
        }
        // A power of two: one of them is beyond it where all their bits together are.
        if bits >= EXPOSURE_MAX {
            return Err(MarginError::Overflow);
        }
        Ok(Scale::of(gross, table.places))
    }

    /// The losses of all exposures.
    #[inline(always)]
    fn sums<L: Lanes>(&self, table: &FactorTable, scale: Scale) -> Result<Sums<L>, MarginError> {
        let mut sums = Sums::new();
        for exposure in &self.exposures {
            sums.add(row(table, exposure)?, Lots::of_wide(exposure.net, scale.lot));
        }
        Ok(sums)
    }

    /// What the account loses with its options.
    fn option_parts(&mut self, table: &FactorTable) -> Result<OptionParts, MarginError> {
        let unknown = || {
            self.options
                .first()
                .map_or(MarginError::Overflow, |(series, _)| MarginError::UnknownSeries(*series))
        };
        let curves: &Curves = table.curves.as_deref().ok_or_else(unknown)?;
        self.linear.clear();
        self.linear.extend(self.exposures.iter().map(|exposure| (exposure.factor, exposure.net)));
        let legs = OptionLegs { linear: &self.linear, options: &self.options };
        let loss = self.option_book.loss(curves, legs)?;
        // Whoever owns options and nothing else loses their worth at the most, to the unit.
        let alone = !self.is_short && self.linear.iter().all(|(_, net)| *net == 0);
        let most = if alone { self.premium } else { u128::MAX };
        Ok(OptionParts {
            joint: loss.joint.magnitude().min(most),
            standalone: loss.standalone.magnitude().min(most),
            tails: tails(curves, legs)?.min(most),
            worst: loss.worst,
        })
    }

    /// The sum of haircuts of standard mode.
    fn standard(&self) -> Result<u128, MarginError> {
        if self.exposures.iter().any(|exposure| exposure.gross >= EXPOSURE_MAX) {
            return Err(MarginError::Overflow);
        }
        Ok(scale_up(self.standard, NANO_PLACES))
    }

    /// The charge for size alone, [M5]: a part of the requirement.
    ///
    /// # Errors
    /// As [`Self::requirement`].
    pub fn charge_for_size(&self, table: &FactorTable) -> Result<Value, MarginError> {
        self.check(table)?;
        Ok(Value::positive(if table.has_impact { self.addon(table)? } else { 0 })?)
    }

    /// [M5]: the charges of all factors, each rounded up.
    fn addon(&self, table: &FactorTable) -> Result<u128, MarginError> {
        let mut sum = 0_u128;
        for exposure in &self.exposures {
            let unknown = MarginError::UnknownFactor(exposure.factor);
            let rest = table.rest.get(usize::from(exposure.factor.0)).ok_or(unknown)?;
            let Some(impact) = &rest.impact else { continue };
            let size = match self.mode {
                Mode::Portfolio => exposure.net.unsigned_abs(),
                Mode::Standard => exposure.gross,
            };
            sum = sum.checked_add(impact.charge(size)?).ok_or(MarginError::Overflow)?;
        }
        Ok(sum)
    }

    /// The largest single losses: [M4], and the heaviest tail of [M6].
    fn singles(&self, table: &FactorTable, scale: Scale) -> Result<[Value; 2], MarginError> {
        let mut largest = [0_u64; 2];
        for exposure in &self.exposures {
            let unknown = MarginError::UnknownFactor(exposure.factor);
            let rest = table.rest.get(usize::from(exposure.factor.0)).ok_or(unknown)?;
            let size = Lots::of_wide(exposure.net, scale.lot).size();
            let hurts = Side::of(exposure.net);
            for (largest, coefficient) in
                largest.iter_mut().zip([hurts.pick(rest.standalone), hurts.pick(rest.tail)])
            {
                *largest = size.saturating_mul(u64::from(coefficient)).max(*largest);
            }
        }
        let [standalone, tails] = largest.map(|single| Value::positive(scale.product(single)));
        Ok([standalone?, tails?])
    }

    fn check(&self, table: &FactorTable) -> Result<(), MarginError> {
        if self.scale.is_some_and(|scale| scale != table.scale) {
            return Err(MarginError::OtherTier);
        }
        Ok(())
    }

    /// The same requirement with everything that led to it.
    ///
    /// # Errors
    /// As [`Self::requirement`].
    pub fn explain(&mut self, table: &FactorTable) -> Result<Decomposition, MarginError> {
        self.check(table)?;
        let scale = self.lots(table)?;
        let sums = self.sums::<Scalar>(table, scale)?;
        let (mut ends, worst) = ends(&sums, scale)?;
        let options = if self.options.is_empty() { None } else { Some(self.option_parts(table)?) };
        let (joint, [standalone, tails]) = match &options {
            None => (worst.joint, self.singles(table, scale)?),
            Some(parts) => (
                Value::positive(parts.joint)?,
                [Value::positive(parts.standalone)?, Value::positive(parts.tails)?],
            ),
        };
        if options.is_some() {
            let curves = table.curves.as_deref().ok_or(MarginError::Overflow)?; // `option_parts` has found them
            let legs = OptionLegs { linear: &self.linear, options: &self.options };
            for (end, lost) in ends.iter_mut().zip(self.option_book.ends(curves, legs)?) {
                end.joint = lost;
            }
        }
        let worst = options
            .map_or(WorstScenario { end: worst.end, level: worst.level, options: None }, |parts| {
                WorstScenario::of_options(parts.worst)
            });
        let gross_floor = Value::positive(scale_up(self.gross_floor, NANO_PLACES))?;
        let standard = match self.mode {
            Mode::Portfolio => None,
            Mode::Standard => Some(Value::positive(self.standard()?)?),
        };
        let addon = Value::positive(self.addon(table)?)?;
        let parts = match standard {
            Some(standard) => [(standard, DecidedBy::Standard); 4],
            None => [
                (joint, DecidedBy::Joint),
                (standalone, DecidedBy::Standalone),
                (gross_floor, DecidedBy::GrossFloor),
                (tails, DecidedBy::Tails),
            ],
        };
        let (mut base, mut decided_by) = (Value::ZERO, DecidedBy::Nothing);
        for (value, part) in parts {
            if value > base {
                (base, decided_by) = (value, part);
            }
        }
        Ok(Decomposition {
            ends,
            joint,
            standalone,
            gross_floor,
            tails,
            addon,
            standard,
            requirement: base.plus(addon)?,
            worst,
            decided_by,
        })
    }
}

/// The joint and the largest single loss of an account without options, in the units of [`Sums`].
struct Losses<'a>(&'a Portfolio, &'a FactorTable, Scale);

impl Phase for Losses<'_> {
    type Out = Result<(u64, u64), MarginError>;

    #[inline(always)]
    fn run<L: Lanes>(self) -> Self::Out {
        let sums = self.0.sums::<L>(self.1, self.2)?;
        Ok((sums.joint(), sums.single()))
    }
}

/// One, in 1e-9.
const NANO: u128 = 1_000_000_000;

/// `sum + rate x value`, with the rate in 1e-9.
#[inline(always)]
fn added(sum: u128, rate: u64, value: u128) -> Result<u128, MarginError> {
    let charge = wide::product(u128::from(rate), value).ok_or(MarginError::Overflow)?;
    sum.checked_add(charge).ok_or(MarginError::Overflow)
}

/// What a table says of an exposure.
#[inline(always)]
fn row<'a>(table: &'a FactorTable, exposure: &Exposure) -> Result<&'a Row, MarginError> {
    let rows = table.rows.get(usize::from(exposure.factor.0));
    let [long, short] = rows.ok_or(MarginError::UnknownFactor(exposure.factor))?;
    Ok(if exposure.net < 0 { short } else { long })
}

/// The losses at each end, each rounded up by itself, and the worst of them; of equal ones the calmer.
fn ends(sums: &Sums<Scalar>, scale: Scale) -> Result<([EndLoss; 3], EndLoss), MarginError> {
    let ([falls, rises], [commons, idios, joints]) = (sums.common(), sums.parts());
    let value = |lanes: &[u64], place: usize| {
        Value::positive(scale.root(root_up(lanes.get(place).copied().unwrap_or(0))))
    };
    let mut worst = (0, None);
    let mut loss = |end: End, place: usize| -> Result<EndLoss, MarginError> {
        let level = match (falls.get(place).copied().unwrap_or(0), rises.get(place).copied().unwrap_or(0)) {
            (..=0, ..=0) => 0,
            (fall, rise) if fall >= rise => -1,
            _ => 1,
        };
        let [common, idio, joint] = [value(&commons, place)?, value(&idios, place)?, value(&joints, place)?];
        let loss = EndLoss { end, common, idio, joint, level };
        let square = joints.get(place).copied().unwrap_or(0);
        if square > worst.0 || worst.1.is_none() {
            worst = (square, Some(loss));
        }
        Ok(loss)
    };
    let ends = [loss(End::Calm, 0)?, loss(End::Mid, 1)?, loss(End::Panic, 2)?];
    let [calm, ..] = ends;
    Ok((ends, worst.1.unwrap_or(calm)))
}

/// The sum of the ranges of some factors on the side that hurts a value, in 1e-9.
#[inline(always)]
fn range(table: &FactorTable, factors: &[FactorIndex], net: i128) -> Result<u64, MarginError> {
    let hurts = Side::of(net);
    let mut range = 0_u64;
    for factor in factors {
        let rest = table.rest.get(usize::from(factor.0)).ok_or(MarginError::UnknownFactor(*factor))?;
        range = range.saturating_add(hurts.pick(rest.range));
    }
    Ok(range)
}
