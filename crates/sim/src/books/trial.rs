//! One seed: an account, and what else its properties are tried with.

use cistern_margin::{FactorTable, Leg, Mode, option::SeriesIndex};

use super::{
    account::{Account, LEGS, Line},
    measure::{Measure, Memory, Question, Refused},
    slow::{self, Answer},
    world::World,
};
use crate::history::Dice;

/// What one seed tries.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Trial {
    pub(super) account: Account,
    /// Another account, to merge with.
    pub(super) other: Account,
    /// A value of one asset, to deposit.
    pub(super) deposit: Line,
    /// How often a book is taken, the smaller first.
    pub(super) times: [i128; 2],
    /// Which leg is closed in a book without offsets.
    pub(super) closed: usize,
    /// Is a book without offsets short?
    pub(super) is_short: bool,
    /// The tier at which what costs most is tried.
    pub(super) tier: usize,
}

impl Trial {
    /// The trial of a seed.
    pub(super) fn new(seed: u64, world: &World) -> Self {
        let dice = &mut Dice::new(seed);
        let account = Account::new(dice, world);
        let mut other = Account::new(dice, world);
        // Two accounts merge under one mode.
        other.mode = account.mode;
        let bundle = usize::try_from(dice.below(world.assets as u64)).unwrap_or(0);
        let value = i128::try_from(dice.magnitude(1 << 54)).unwrap_or(0);
        let small = i128::from(dice.below(50));
        Self {
            account,
            other,
            deposit: Line { leg: Leg::Holding, bundle, value },
            times: [small, small + i128::from(dice.below(50))],
            closed: usize::try_from(dice.below(LEGS)).unwrap_or(0),
            is_short: dice.happens(500),
            tier: usize::try_from(dice.below(3)).unwrap_or(0),
        }
    }

    /// How many legs it has.
    pub(super) fn legs(&self) -> usize {
        self.account.legs() + self.other.legs()
    }

    /// The same trial without one of its legs.
    pub(super) fn without(&self, place: usize) -> Self {
        let mut trial = self.clone();
        let first = self.account.legs();
        let (account, place) =
            if place < first { (&mut trial.account, place) } else { (&mut trial.other, place - first) };
        if place < account.held.len() {
            account.held.remove(place);
        } else {
            account.options.remove(place - account.held.len());
        }
        trial
    }
}

/// Legs of any account, or of several.
#[derive(Clone, Debug, Default)]
pub(super) struct Legs {
    pub(super) lines: Vec<Line>,
    pub(super) options: Vec<(SeriesIndex, i128)>,
}

impl Legs {
    /// Those of an account.
    pub(super) fn of(account: &Account, world: &World) -> Self {
        Self { lines: account.lines(world), options: account.options.clone() }
    }

    /// Both together; what is long of a series and what is short of it is one size.
    pub(super) fn merged(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.lines.extend(&other.lines);
        for (index, size) in &other.options {
            match both.options.iter_mut().find(|(known, _)| known == index) {
                Some((_, has)) => *has += size,
                None => both.options.push((*index, *size)),
            }
        }
        both.options.retain(|(_, size)| *size != 0);
        both
    }

    /// The same legs in another size.
    pub(super) fn resized(&self, size: impl Fn(i128) -> i128) -> Self {
        let lines = self.lines.iter().map(|line| Line { value: size(line.value), ..*line }).collect();
        let options = self.options.iter().map(|(index, has)| (*index, size(*has)));
        Self { lines, options: options.filter(|(_, size)| *size != 0).collect() }
    }

    /// The linear legs, all long or all short.
    pub(super) fn one_sided(&self, is_short: bool) -> Self {
        let side = |line: &Line| {
            let size = line.value.abs();
            let leg = match line.leg {
                Leg::Derivative => Leg::Derivative,
                _ if is_short => Leg::Debt,
                _ => Leg::Holding,
            };
            Line { leg, value: if is_short { -size } else { size }, ..*line }
        };
        Self { lines: self.lines.iter().map(side).collect(), options: Vec::new() }
    }

    /// One leg of them alone, the linear ones first.
    pub(super) fn alone(&self, place: usize) -> Self {
        if let Some(line) = self.lines.get(place) {
            return Self { lines: vec![*line], options: Vec::new() };
        }
        let options = self.options.get(place - self.lines.len()).copied();
        Self { lines: Vec::new(), options: options.into_iter().collect() }
    }

    /// How many legs.
    pub(super) fn len(&self) -> usize {
        self.lines.len() + self.options.len()
    }
}

/// Who asks: the world, what answers, and its memory.
pub(super) struct Asking<'a> {
    pub(super) world: &'a World,
    pub(super) measure: &'a dyn Measure,
    pub(super) memory: &'a mut Memory,
}

impl Asking<'_> {
    /// The requirement of some legs at a tier.
    pub(super) fn requirement(&mut self, tier: usize, mode: Mode, legs: &Legs) -> Result<i128, Refused> {
        let world = self.world;
        let [maintenance, target, initial] = &world.tables;
        self.under([maintenance, target, initial][tier], mode, legs)
    }

    /// The same under the table of the world with one number larger, where there is one.
    pub(super) fn raised(&mut self, tier: usize, mode: Mode, legs: &Legs) -> Result<Option<i128>, Refused> {
        let world = self.world;
        let Some(table) = world.raised.as_ref().and_then(|tables| tables.get(tier)) else { return Ok(None) };
        self.under(table, mode, legs).map(Some)
    }

    fn under(&mut self, table: &FactorTable, mode: Mode, legs: &Legs) -> Result<i128, Refused> {
        let question = Question {
            table,
            series: &self.world.series,
            bundles: &self.world.bundles,
            mode,
            lines: &legs.lines,
            options: &legs.options,
        };
        self.measure.requirement(self.memory, &question)
    }

    /// The slow requirement of some legs.
    pub(super) fn slow(&self, tier: usize, mode: Mode, legs: &Legs) -> Answer {
        slow::answer(self.world, tier, mode, &legs.lines, &legs.options)
    }

    /// What rounding may add to a requirement of these legs.
    pub(super) fn rounding(&self, tier: usize, mode: Mode, legs: &Legs) -> i128 {
        slow::rounding(self.world, tier, mode, &legs.lines, &legs.options)
    }
}
