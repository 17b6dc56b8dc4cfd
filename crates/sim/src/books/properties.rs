//! What must hold of every book, each up to the rounding that the library states.

use cistern_margin::{
    Leg, Mode, Portfolio,
    book::{Margin, Path, Row},
};
use cistern_units::Value;

use super::{
    account::Account,
    measure::Refused,
    series::worth_down,
    trial::{Asking, Legs, Trial},
};

/// A property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Property {
    /// Never below the slow model, nor above it by more than the stated rounding.
    SlowModel,
    /// Merging two accounts never raises the requirement above the sum; without the add-on.
    Merger,
    /// A hedge never costs more than its two legs; without the add-on.
    Hedge,
    /// A deposit asks for no more than its haircut and, in a thin market, its value: free collateral never falls.
    Deposit,
    /// A higher tier never asks for less.
    Tiers,
    /// A book scaled down never asks for more.
    Scaling,
    /// A long option never costs more than its premium.
    Premium,
    /// One asset of one factor alone asks for its haircut.
    Haircut,
    /// In a book without offsets closing a leg never asks for more.
    Closing,
    /// In a book without offsets a larger range or loading never asks for less; without the add-on.
    LargerRange,
    /// Standard mode is at least as strict.
    StandardMode,
    /// The order of legs does not matter.
    Order,
    /// The columns give the number of the portfolio on every path, to the last bit.
    Columns,
    /// What [M3o] covers of the true worst loss: tried on a sample.
    TrueLoss,
    /// A book within the limits has a requirement.
    Answered,
}

impl Property {
    /// All of them, in the order of every count.
    pub const ALL: [Self; 15] = [
        Self::SlowModel,
        Self::Merger,
        Self::Hedge,
        Self::Deposit,
        Self::Tiers,
        Self::Scaling,
        Self::Premium,
        Self::Haircut,
        Self::Closing,
        Self::LargerRange,
        Self::StandardMode,
        Self::Order,
        Self::Columns,
        Self::TrueLoss,
        Self::Answered,
    ];

    /// The rule in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SlowModel => "never below the slow model, and near it",
            Self::Merger => "a merger is never dearer than its parts",
            Self::Hedge => "a hedge is never dearer than its two legs",
            Self::Deposit => "a deposit never lowers free collateral",
            Self::Tiers => "a higher tier never asks for less",
            Self::Scaling => "a book scaled down never asks for more",
            Self::Premium => "a long option never costs more than its premium",
            Self::Haircut => "an asset alone asks for its haircut",
            Self::Closing => "without offsets closing never asks for more",
            Self::LargerRange => "without offsets a larger range never asks for less",
            Self::StandardMode => "standard mode is at least as strict",
            Self::Order => "the order of legs does not matter",
            Self::Columns => "the columns agree on every path, bit for bit",
            Self::TrueLoss => "[M3o] covers the true worst loss",
            Self::Answered => "a book within the limits has a requirement",
        }
    }

    /// Its place in [`Self::ALL`].
    pub(super) const fn place(self) -> usize {
        self as usize
    }
}

/// A property that does not hold, and by which numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Violation {
    pub(super) property: Property,
    pub(super) numbers: String,
}

impl From<Refused> for Violation {
    fn from(Refused(numbers): Refused) -> Self {
        Self { property: Property::Answered, numbers }
    }
}

/// What was seen of a book on the way.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Seen {
    /// How often each property was tried.
    pub(super) tried: [u64; Property::ALL.len()],
    /// How far above the slow model, in 1e-8 dollars, and of what was allowed: the least and the most.
    pub(super) least: Option<i128>,
    pub(super) most: Option<f64>,
    /// By what part the requirement of a higher tier is below that of a lower one, with options.
    pub(super) inverted: Option<f64>,
    /// Accounts that the columns hold, and those that are too large for them.
    pub(super) narrow: u64,
    pub(super) wide: u64,
}

/// The properties of one trial, or one of them.
pub(super) struct Checks<'a> {
    pub(super) asking: Asking<'a>,
    pub(super) only: Option<Property>,
    pub(super) seen: Seen,
}

const TIERS: usize = 3;
/// A rounding from here on, in 1e-8 dollars, tells how much of it is used.
const DUST: i128 = 1_000;

impl Checks<'_> {
    fn wants(&self, property: Property) -> bool {
        self.only.is_none_or(|only| only == property)
    }

    fn holds(
        &mut self,
        property: Property,
        is_true: bool,
        numbers: impl Fn() -> String,
    ) -> Result<(), Violation> {
        self.seen.tried[property.place()] += 1;
        if is_true { Ok(()) } else { Err(Violation { property, numbers: numbers() }) }
    }

    /// Everything.
    pub(super) fn all(&mut self, trial: &Trial) -> Result<(), Violation> {
        let (account, mode) = (&trial.account, trial.account.mode);
        let legs = Legs::of(account, self.asking.world);
        let mut asked = [0; TIERS];
        for (tier, asked) in asked.iter_mut().enumerate() {
            *asked = self.asking.requirement(tier, mode, &legs)?;
            // The slow model of options costs as much as all the rest: one tier of them.
            if self.wants(Property::SlowModel) && (legs.options.is_empty() || tier == trial.tier) {
                self.slow(tier, mode, &legs, *asked)?;
            }
        }
        for property in Property::ALL {
            if !self.wants(property) {
                continue;
            }
            match property {
                Property::SlowModel | Property::TrueLoss => {}
                Property::Answered => self.holds(property, true, String::new)?,
                Property::Merger => self.merger(trial, &legs)?,
                Property::Hedge => self.hedges(trial, &legs)?,
                Property::Deposit => self.deposit(trial, &legs, asked[trial.tier])?,
                Property::Tiers => self.tiers(mode, &legs, asked)?,
                Property::Scaling => self.scaling(trial, &legs)?,
                Property::Premium => self.premium(trial, &legs)?,
                Property::Haircut => self.haircut(trial)?,
                Property::Closing => self.closing(trial, &legs)?,
                Property::LargerRange => self.larger_range(trial, &legs)?,
                Property::StandardMode => self.standard(trial, &legs)?,
                Property::Order => self.order(trial, &legs, asked[trial.tier])?,
                Property::Columns => self.columns(account, &legs)?,
            }
        }
        Ok(())
    }

    fn slow(&mut self, tier: usize, mode: Mode, legs: &Legs, asked: i128) -> Result<(), Violation> {
        let slow = self.asking.slow(tier, mode, legs);
        let above = asked - slow.least;
        let allowed = slow.most - slow.least;
        self.holds(Property::SlowModel, (slow.least..=slow.most).contains(&asked), || {
            format!("tier {tier}: {asked} is not between {} and {}", slow.least, slow.most)
        })?;
        if legs.options.is_empty() && !legs.lines.is_empty() {
            self.seen.least = Some(self.seen.least.map_or(above, |least| least.min(above)));
        }
        // Of dust the unit that each part is rounded up by is all that is allowed.
        if allowed >= DUST {
            let part = above as f64 / allowed as f64;
            self.seen.most = Some(self.seen.most.map_or(part, |most| most.max(part)));
        }
        Ok(())
    }

    /// Of books whose factors fall by less than the whole at every tier: a fall that is cut off grows no more, while the
    /// gain of a hedge does. And of books without options: their nodes move with the range, so that a loss in the middle of
    /// it can lie on a node of a lower tier and between two of a higher one; what that comes to is counted.
    fn tiers(&mut self, mode: Mode, legs: &Legs, asked: [i128; TIERS]) -> Result<(), Violation> {
        let initial = &self.asking.world.slow[TIERS - 1];
        let factors = legs.lines.iter().flat_map(|line| self.asking.world.bundle(line.bundle));
        if factors.copied().any(|factor| initial.falls(&[factor]) >= NANO) {
            return Ok(());
        }
        for tier in 1..TIERS {
            let (lower, higher) = (asked[tier - 1], asked[tier]);
            let rounding = self.asking.rounding(tier - 1, mode, legs);
            let is_higher = higher + rounding >= lower;
            if legs.options.is_empty() {
                self.holds(Property::Tiers, is_higher, || format!("{asked:?}, rounding {rounding}"))?;
            } else if !is_higher {
                let part = (lower - higher) as f64 / lower as f64;
                self.seen.inverted = Some(self.seen.inverted.map_or(part, |most| most.max(part)));
            }
        }
        Ok(())
    }

    /// Is there an add-on for size? It is evaded by splitting, so that a merger may cost more.
    fn is_deep(&self) -> bool {
        self.asking.world.raised.is_none()
    }

    fn merger(&mut self, trial: &Trial, legs: &Legs) -> Result<(), Violation> {
        if self.is_deep() {
            return Ok(());
        }
        let other = &Legs::of(&trial.other, self.asking.world);
        let (tier, mode) = (trial.tier, trial.account.mode);
        let both = legs.merged(other);
        let together = self.asking.requirement(tier, mode, &both)?;
        let left = self.asking.requirement(tier, mode, legs)?;
        let right = self.asking.requirement(tier, mode, other)?;
        let rounding = self.asking.rounding(tier, mode, &both);
        self.holds(Property::Merger, together <= left + right + rounding, || {
            format!("tier {tier}: together {together}, apart {left} and {right}, rounding {rounding}")
        })
    }

    /// The first leg with each of the next ones, and the last two.
    fn hedges(&mut self, trial: &Trial, legs: &Legs) -> Result<(), Violation> {
        let count = legs.len();
        if self.is_deep() || count < 2 {
            return Ok(());
        }
        let (tier, mode) = (trial.tier, trial.account.mode);
        for (one, two) in [(0, 1), (0, count - 1), (count - 2, count - 1)] {
            let (one, two) = (legs.alone(one), legs.alone(two));
            let both = one.merged(&two);
            let together = self.asking.requirement(tier, mode, &both)?;
            let left = self.asking.requirement(tier, mode, &one)?;
            let right = self.asking.requirement(tier, mode, &two)?;
            let rounding = self.asking.rounding(tier, mode, &both);
            self.holds(Property::Hedge, together <= left + right + rounding, || {
                format!(
                    "tier {tier}: {both:?} together {together}, apart {left} and {right}, rounding {rounding}"
                )
            })?;
        }
        Ok(())
    }

    fn deposit(&mut self, trial: &Trial, legs: &Legs, before: i128) -> Result<(), Violation> {
        let (tier, mode, deposit) = (trial.tier, trial.account.mode, trial.deposit);
        let world = self.asking.world;
        let factors = world.bundle(deposit.bundle);
        let falls = world.slow[tier].falls(factors);
        // No deposit of an asset whose haircuts exceed the whole is free.
        if world.slow[TIERS - 1].falls(factors) > NANO {
            return Ok(());
        }
        let part = falls + world.slow[tier].slopes(factors);
        let most = (deposit.value.unsigned_abs() * u128::from(part)).div_ceil(u128::from(NANO)).cast_signed();
        let mut after = legs.clone();
        after.lines.push(deposit);
        let asked = self.asking.requirement(tier, mode, &after)?;
        let rounding = self.asking.rounding(tier, mode, &after);
        self.holds(Property::Deposit, asked - before <= most.min(deposit.value) + rounding, || {
            format!(
                "tier {tier}: {deposit:?}: from {before} to {asked}, at most {most} more, rounding {rounding}"
            )
        })
    }

    fn scaling(&mut self, trial: &Trial, legs: &Legs) -> Result<(), Violation> {
        let (tier, mode, [small, large]) = (trial.tier, trial.account.mode, trial.times);
        let [less, more] = [small, large].map(|times| legs.resized(|size| size / large.max(1) * times));
        let rounding = self.asking.rounding(tier, mode, &less);
        let less = self.asking.requirement(tier, mode, &less)?;
        let more = self.asking.requirement(tier, mode, &more)?;
        self.holds(Property::Scaling, less <= more + rounding, || {
            format!("tier {tier}: {small} times {less}, {large} times {more}, rounding {rounding}")
        })
    }

    /// The options of a book alone, all long.
    fn premium(&mut self, trial: &Trial, legs: &Legs) -> Result<(), Violation> {
        if legs.options.is_empty() {
            return Ok(());
        }
        let mut long = Legs { lines: Vec::new(), options: legs.options.clone() };
        long.options.iter_mut().for_each(|(_, size)| *size = size.abs());
        let asked = self.asking.requirement(trial.tier, trial.account.mode, &long)?;
        let mut premium = 0;
        for (index, size) in &long.options {
            let series = &self.asking.world.series[usize::from(index.0)];
            premium += worth_down(series, *size);
        }
        self.holds(Property::Premium, asked <= premium, || {
            format!("tier {}: {:?} cost {asked}, the premium is {premium}", trial.tier, long.options)
        })
    }

    /// A deposit of one factor alone: its range, where no tail of it is heavier and no add-on comes to it.
    fn haircut(&mut self, trial: &Trial) -> Result<(), Violation> {
        let (tier, deposit, world) = (trial.tier, trial.deposit, self.asking.world);
        let factors = world.bundle(deposit.bundle);
        if factors.len() != 1 || self.is_deep() {
            return Ok(());
        }
        let range = u128::from(world.slow[tier].falls(factors));
        let exact = (deposit.value.unsigned_abs() * range).div_ceil(u128::from(NANO)).cast_signed();
        let legs = Legs { lines: vec![deposit], options: Vec::new() };
        let asked = self.asking.requirement(tier, Mode::Portfolio, &legs)?;
        let rounding = self.asking.rounding(tier, Mode::Portfolio, &legs);
        self.holds(Property::Haircut, asked >= exact && asked <= exact + rounding, || {
            format!("tier {tier}: {deposit:?}: asked {asked}, the haircut is {exact}, rounding {rounding}")
        })
    }

    fn closing(&mut self, trial: &Trial, legs: &Legs) -> Result<(), Violation> {
        if legs.lines.is_empty() {
            return Ok(());
        }
        let (tier, mode) = (trial.tier, trial.account.mode);
        let all = legs.one_sided(trial.is_short);
        let mut closed = all.clone();
        closed.lines.remove(trial.closed % all.lines.len());
        let before = self.asking.requirement(tier, mode, &all)?;
        let after = self.asking.requirement(tier, mode, &closed)?;
        let rounding = self.asking.rounding(tier, mode, &closed);
        self.holds(Property::Closing, after <= before + rounding, || {
            format!("tier {tier}: {before} before, {after} after, rounding {rounding}")
        })
    }

    fn larger_range(&mut self, trial: &Trial, legs: &Legs) -> Result<(), Violation> {
        let (tier, mode) = (trial.tier, trial.account.mode);
        let all = legs.one_sided(trial.is_short);
        let Some(raised) = self.asking.raised(tier, mode, &all)? else { return Ok(()) };
        let before = self.asking.requirement(tier, mode, &all)?;
        let rounding = self.asking.rounding(tier, mode, &all);
        self.holds(Property::LargerRange, raised + rounding >= before, || {
            format!("tier {tier}: {before} before, {raised} with a larger range, rounding {rounding}")
        })
    }

    /// Where no haircut is cut off at the whole.
    fn standard(&mut self, trial: &Trial, legs: &Legs) -> Result<(), Violation> {
        let (tier, world) = (trial.tier, self.asking.world);
        let is_cut = |line: &super::account::Line| {
            line.leg == Leg::Holding && world.slow[tier].falls(world.bundle(line.bundle)) > NANO
        };
        if legs.lines.iter().any(is_cut) {
            return Ok(());
        }
        let standard = self.asking.requirement(tier, Mode::Standard, legs)?;
        let portfolio = self.asking.requirement(tier, Mode::Portfolio, legs)?;
        let rounding = self.asking.rounding(tier, Mode::Portfolio, legs);
        self.holds(Property::StandardMode, standard + rounding >= portfolio, || {
            format!("tier {tier}: standard {standard}, portfolio {portfolio}, rounding {rounding}")
        })
    }

    fn order(&mut self, trial: &Trial, legs: &Legs, asked: i128) -> Result<(), Violation> {
        let mut reversed = legs.clone();
        reversed.lines.reverse();
        reversed.options.reverse();
        let again = self.asking.requirement(trial.tier, trial.account.mode, &reversed)?;
        self.holds(Property::Order, again == asked, || format!("tier {}: {asked}, then {again}", trial.tier))
    }

    /// The same account at several places of the columns, on every path and at every tier.
    fn columns(&mut self, account: &Account, legs: &Legs) -> Result<(), Violation> {
        if !account.options.is_empty() {
            return Ok(());
        }
        let [balances, positions] = account.rows(self.asking.world);
        let (mode, cash) = (account.mode, Value::new(account.cash));
        let row = Row { mode, cash, balances: &balances, positions: &positions };
        for tier in 0..TIERS {
            let asked = self.asking.requirement(tier, mode, legs)?;
            let mut book = self.asking.world.columns[tier].clone();
            for place in [0, 2] {
                book.set(place, &row).map_err(|error| Refused(error.to_string()))?;
            }
            let judged = book.judge(0, &mut Portfolio::new()).map_err(Refused::from)?;
            for path in Path::all() {
                let mut margins = [Margin::default(); 3];
                book.sweep(path, 0, &mut margins);
                let [margin, empty, again] = margins;
                let is_wide = margin == Margin::WIDE;
                let found = (i128::from(margin.equity), i128::from(margin.requirement));
                let is_same = found == (judged.0.raw(), asked) || is_wide;
                let are_others = empty == Margin::default() && again == margin;
                let is_judged = judged.1.raw() == asked;
                self.holds(Property::Columns, is_same && are_others && is_judged, || {
                    format!("tier {tier}, {}: {margins:?}, alone {judged:?}, asked {asked}", path.name())
                })?;
                if is_wide { self.seen.wide += 1 } else { self.seen.narrow += 1 }
            }
        }
        Ok(())
    }
}

/// One, in 1e-9.
const NANO: u64 = 1_000_000_000;
