//! Random accounts in a world: from nothing to twenty legs, from dust to a whale, and the shapes that a margin model gets
//! wrong first.

use cistern_margin::book::{InstrumentIndex, Lots};
use cistern_margin::option::SeriesIndex;
use cistern_margin::{Leg, Mode};

use super::{
    kind::{Expiring, Kind},
    series::{self, CALLS, FAR, PUTS, STRIP},
    world::{IDS_MAX, Listing, World},
};
use crate::history::Dice;

/// Most legs of a shape.
pub(super) const LEGS: u64 = 20;
/// Bits of the largest leg of an account, in 1e-8 dollars: of most, of some, and of a whale.
const BITS: [u32; 3] = [46, 54, 88];
/// The same beside options.
const OPTION_BITS: [u32; 3] = [46, 54, 66];

/// Lots of a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) listing: usize,
    pub(super) lots: i64,
}

/// What an account has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) mode: Mode,
    pub(super) cash: i128,
    pub(super) held: Vec<Held>,
    /// Options by series: size times forward, in 1e-8 dollars.
    pub(super) options: Vec<(SeriesIndex, i128)>,
}

/// A leg as margin sees it: a value that moves with a bundle of factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) leg: Leg,
    pub(super) bundle: usize,
    pub(super) value: i128,
}

/// Shapes of accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Any legs.
    Any,
    /// A holding and a short against it, equal to the lot or nearly.
    Hedge,
    /// Many legs on one list of factors.
    OneFactor,
    /// A butterfly, a straddle, a calendar, a conversion.
    Structure,
    /// Options and what covers them.
    Covered,
}

impl Account {
    /// A random one.
    pub(super) fn new(dice: &mut Dice, world: &World) -> Self {
        let mut account = Self { mode: Mode::Portfolio, cash: 0, held: Vec::new(), options: Vec::new() };
        account.cash = i128::from(dice.below(1 << 54)) - (1 << 53);
        let [most, some, whale] = if world.series.is_empty() { BITS } else { OPTION_BITS };
        let most = match dice.below(20) {
            0..=14 => most,
            15..=18 => some,
            _ => whale,
        };
        match shape(dice, world) {
            Shape::Any => {
                for _ in 0..dice.between(0, LEGS) {
                    account.hold(dice, world, most);
                }
            }
            Shape::Hedge => account.hedge(dice, world, most),
            Shape::OneFactor => account.crowd(dice, world, most),
            Shape::Structure => account.structure(dice, world, most),
            Shape::Covered => {
                account.structure(dice, world, most);
                for _ in 0..dice.between(1, 6) {
                    account.hold(dice, world, most);
                }
                for _ in 0..dice.between(1, 6) {
                    account.write(dice, world, most);
                }
            }
        }
        if dice.happens(250) {
            account.mode = Mode::Standard;
        }
        account
    }

    /// Lots of any listing.
    fn hold(&mut self, dice: &mut Dice, world: &World, most: u32) {
        let place = usize::try_from(dice.below(world.listings.len() as u64)).unwrap_or(0);
        if let Some(listing) = world.listings.get(place) {
            self.held.push(Held { listing: place, lots: lots(dice, listing, most) });
        }
    }

    /// Something owned, and the same short: the lots are equal, or one apart, or nearly all of them.
    fn hedge(&mut self, dice: &mut Dice, world: &World, most: u32) {
        for _ in 0..dice.between(1, 3) {
            let place = usize::try_from(dice.below(world.listings.len() as u64)).unwrap_or(0);
            let Some(listing) = world.listings.get(place) else { continue };
            let first = Held { listing: place, lots: lots(dice, listing, most) };
            self.held.push(first);
            let against =
                world.listings.iter().enumerate().filter(|(_, other)| {
                    other.bundle == listing.bundle && other.is_short != listing.is_short
                });
            let against: Vec<usize> = against.map(|(place, _)| place).collect();
            let Some(place) = dice.pick(&against).copied() else { continue };
            let lots = match dice.below(4) {
                0 | 1 => -first.lots,
                2 => -first.lots + first.lots.signum(),
                _ => -(first.lots - first.lots / i64::try_from(dice.between(2, 1_000)).unwrap_or(2)),
            };
            self.held.push(Held { listing: place, lots });
        }
    }

    /// Many legs on the factors of one asset.
    fn crowd(&mut self, dice: &mut Dice, world: &World, most: u32) {
        let bundle = usize::try_from(dice.below(world.assets as u64)).unwrap_or(0);
        let own = world.listings.iter().enumerate().filter(|(_, listing)| listing.bundle == bundle);
        let own: Vec<(usize, &Listing)> = own.collect();
        for _ in 0..dice.between(1, LEGS) {
            if let Some((place, listing)) = dice.pick(&own) {
                self.held.push(Held { listing: *place, lots: lots(dice, listing, most) });
            }
        }
    }

    /// An option of any series.
    fn write(&mut self, dice: &mut Dice, world: &World, most: u32) {
        let place = dice.below(world.series.len() as u64);
        let size = size(dice, most);
        self.buy(usize::try_from(place).unwrap_or(0), if dice.happens(500) { size } else { -size });
    }

    fn buy(&mut self, place: usize, size: i128) {
        let index = SeriesIndex(u16::try_from(place).unwrap_or(0));
        match self.options.iter_mut().find(|(known, _)| *known == index) {
            Some((_, has)) => *has += size,
            None => self.options.push((index, size)),
        }
        self.options.retain(|(_, size)| *size != 0);
    }

    /// Legs of a strip whose losses cancel where the nodes are, or nearly.
    fn structure(&mut self, dice: &mut Dice, world: &World, most: u32) {
        let strips = (world.series.len() / STRIP) as u64;
        for _ in 0..dice.between(1, 2) {
            let first = usize::try_from(dice.below(strips)).unwrap_or(0) * STRIP;
            let size = size(dice, most - 2) * if dice.happens(500) { 1 } else { -1 };
            let ([low, middle, high], [put_low, put_middle, _], [far_call, far_put]) = (CALLS, PUTS, FAR);
            let legs: &[(usize, i128)] = match dice.below(8) {
                0 | 1 => &[(low, 1), (middle, -2), (high, 1)],
                2 => &[(middle, 1), (put_middle, 1)],
                3 => &[(middle, 1), (far_call, -1)],
                4 => &[(middle, 4), (far_call, -3)],
                5 => &[(middle, 1), (put_middle, -1)],
                6 => &[(put_low, 1), (high, -1)],
                _ => &[(put_middle, 2), (far_put, -1), (low, -1)],
            };
            for (place, times) in legs {
                self.buy(first + place, times * size);
            }
            // A conversion is covered by its underlying.
            if dice.happens(400) {
                self.cover(dice, world, first, -size);
            }
        }
    }

    /// A derivative on the underlying of a series, worth as much as lots allow.
    fn cover(&mut self, dice: &mut Dice, world: &World, series: usize, value: i128) {
        let Some(series) = world.series.get(series) else { return };
        let fits = |listing: &Listing| {
            world.bundle(listing.bundle) == [series.underlying]
                && listing.leg == Leg::Derivative
                && listing.is_short == (value < 0)
        };
        let fitting = world.listings.iter().enumerate().filter(|(_, listing)| fits(listing));
        let fitting: Vec<(usize, &Listing)> = fitting.collect();
        if let Some((place, listing)) = dice.pick(&fitting) {
            self.held.push(Held { listing: *place, lots: lots_worth(listing, value.abs()) });
        }
    }

    /// Its legs as margin sees them.
    pub(super) fn lines(&self, world: &World) -> Vec<Line> {
        let line = |held: &Held| {
            let listing = world.listings.get(held.listing)?;
            let value = listing.now.quote.value(held.lots).raw();
            Some(Line { leg: listing.leg, bundle: listing.bundle, value })
        };
        self.held.iter().filter_map(line).collect()
    }

    /// Its lots for the columns: balances, then positions.
    pub(super) fn rows(&self, world: &World) -> [Vec<Lots>; 2] {
        let of = |held: &Held| {
            let instrument = InstrumentIndex(u16::try_from(held.listing).unwrap_or(u16::MAX));
            Lots { instrument, lots: held.lots }
        };
        let is_position = |held: &&Held| {
            world.listings.get(held.listing).is_some_and(|listing| listing.leg == Leg::Derivative)
        };
        let (positions, balances): (Vec<&Held>, Vec<&Held>) = self.held.iter().partition(is_position);
        [balances, positions].map(|legs| legs.into_iter().map(of).collect())
    }

    /// How many legs it has.
    pub(super) fn legs(&self) -> usize {
        self.held.len() + self.options.len()
    }

    /// The kind of every leg.
    pub(super) fn kinds(&self, world: &World) -> Vec<Kind> {
        use cistern_margin::option::Style;
        let held = self.held.iter().filter_map(|held| Some(world.listings.get(held.listing)?.kind));
        let options = self.options.iter().filter_map(|(index, size)| {
            let series = world.series.get(usize::from(index.0))?;
            Some(match (series.style, *size > 0) {
                (Style::Call, true) => Kind::LongCall,
                (Style::Call, false) => Kind::ShortCall,
                (Style::Put, true) => Kind::LongPut,
                (Style::Put, false) => Kind::ShortPut,
            })
        });
        held.chain(options).collect()
    }

    /// When each option expires.
    pub(super) fn expiries(&self, world: &World) -> Vec<Expiring> {
        let series = self.options.iter().filter_map(|(index, _)| world.series.get(usize::from(index.0)));
        series.map(series::expiring).collect()
    }

    /// Its legs in words, for a failure.
    pub(super) fn tell(&self, world: &World) -> String {
        let mut lines: Vec<String> = Vec::new();
        for (held, line) in self.held.iter().zip(self.lines(world)) {
            let Some(listing) = world.listings.get(held.listing) else { continue };
            let factors: Vec<u16> = world.bundle(line.bundle).iter().map(|factor| factor.0).collect();
            lines.push(format!(
                "{} lots of {}, {} units on factors {factors:?}",
                held.lots,
                listing.kind.name(),
                line.value
            ));
        }
        for (index, size) in &self.options {
            if let Some(series) = world.series.get(usize::from(index.0)) {
                lines.push(format!("{size} units of series {}: {series:?}", index.0));
            }
        }
        lines.join("\n    ")
    }
}

fn shape(dice: &mut Dice, world: &World) -> Shape {
    if world.series.is_empty() {
        return match dice.below(10) {
            0..=5 => Shape::Any,
            6..=8 => Shape::Hedge,
            _ => Shape::OneFactor,
        };
    }
    if dice.happens(500) { Shape::Structure } else { Shape::Covered }
}

/// A magnitude up to so many bits.
fn size(dice: &mut Dice, bits: u32) -> i128 {
    i128::try_from(dice.magnitude((1 << bits) - 1)).unwrap_or(1).max(1)
}

/// Lots of a value of any size: a few ids of a collection, and on the side that a listing has.
fn lots(dice: &mut Dice, listing: &Listing, bits: u32) -> i64 {
    if listing.kind == Kind::Nft {
        return i64::try_from(dice.between(1, IDS_MAX)).unwrap_or(1);
    }
    lots_worth(listing, size(dice, bits))
}

/// The lots of about this value: one at the least, and as many as a leg holds at the most.
fn lots_worth(listing: &Listing, value: i128) -> i64 {
    let million = listing.now.quote.value(1_000_000).raw().max(1);
    let lots = i64::try_from(value.saturating_mul(1_000_000) / million).unwrap_or(i64::MAX / 4);
    let lots = lots.clamp(1, i64::MAX / 4);
    if listing.is_short { -lots } else { lots }
}
