//! A random world: factors, what is listed under them, and everything of it that is folded once for many books.

use cistern_engine::collateral::RealWorld;
use cistern_margin::book::{Book, Instrument, InstrumentIndex, InstrumentSpec};
use cistern_margin::option::Series;
use cistern_margin::{FactorIndex, FactorTable, Leg, Quote, RiskFactor, Settings};
use cistern_units::{Fraction, Index, Overflow, Span, Time};

use super::{
    factors::{self, Depths, Manner, SCALES},
    kind::Kind,
    series,
    slow::{Coefficients, Surfaces},
};
use crate::history::Dice;

/// Books of one world, whose seeds follow each other: folding a world costs more than a book.
pub(super) const BOOKS: u64 = 64;
/// Every so manieth world has options.
const OPTIONS_EVERY: u64 = 4;
/// Most factors.
const FACTORS: u64 = 12;
/// Ids of a collection that count at the most: they count at the lowest of as many bids.
pub(super) const IDS_MAX: u64 = 8;

/// What a leg can be a lot of.
#[derive(Clone, Debug)]
pub(super) struct Listing {
    pub(super) kind: Kind,
    pub(super) leg: Leg,
    /// Place of its factors in [`World::bundles`].
    pub(super) bundle: usize,
    pub(super) now: Instrument,
    pub(super) is_short: bool,
}

/// Factors and listings.
pub(super) struct World {
    /// How far from ordinary its factors are.
    pub(super) manner: Manner,
    pub(super) settings: Settings,
    /// Lists of factors that legs move with; those of assets first.
    pub(super) bundles: Vec<Vec<FactorIndex>>,
    /// How many of them are of assets.
    pub(super) assets: usize,
    pub(super) listings: Vec<Listing>,
    pub(super) series: Vec<Series>,
    /// By tier.
    pub(super) tables: [FactorTable; 3],
    /// The same with one number larger; where markets have no depth.
    pub(super) raised: Option<[FactorTable; 3]>,
    /// Columns without accounts.
    pub(super) columns: [Book; 3],
    /// Factors for the slow model.
    pub(super) slow: [Coefficients; 3],
    /// Series for the slow model, where options are listed.
    pub(super) surfaces: Option<[Surfaces; 3]>,
}

impl World {
    /// The world of this number.
    pub(super) fn new(number: u64) -> Self {
        let dice = &mut Dice::new(!number);
        let manner =
            *dice.pick(&[Manner::Ordinary, Manner::Wild, Manner::Overstretched]).unwrap_or(&Manner::Wild);
        let depths = if dice.happens(500) { Depths::Some } else { Depths::None };
        let factors: Vec<RiskFactor> =
            (0..dice.between(1, FACTORS)).map(|_| factors::factor(dice, manner, depths)).collect();
        let settings = factors::settings(dice);
        let mut market = Market::new(factors.len());
        for _ in 0..dice.between(1, 8) {
            market.list_asset(dice);
        }
        let assets = market.bundles.len();
        for asset in 0..assets {
            market.list_products(dice, asset);
        }
        let Market { bundles, listings, .. } = market;
        let collateral = bundles.get(..assets).unwrap_or(&bundles);
        let mut tables = factors::tables(&factors, collateral, settings);
        let raised = (depths == Depths::None).then(|| {
            let mut factors = factors.clone();
            let place = usize::try_from(dice.below(factors.len() as u64)).unwrap_or(0);
            if let Some(factor) = factors.get_mut(place) {
                *factor = factors::raised(dice, factor);
            }
            factors::tables(&factors, collateral, settings)
        });
        let series = if number % OPTIONS_EVERY == OPTIONS_EVERY - 1 {
            series::list(dice, factors.len())
        } else {
            Vec::new()
        };
        let is_with_options = !series.is_empty();
        let columns = tables.each_ref().map(|table| columns(&listings, &bundles, table));
        for table in &mut tables {
            table.list(&series).expect("series within their limits");
        }
        let slow = SCALES.map(|scale| Coefficients::new(&factors, collateral, settings, scale));
        let surfaces = is_with_options.then(|| SCALES.map(|scale| Surfaces::new(&factors, &series, scale)));
        Self { manner, settings, bundles, assets, listings, series, tables, raised, columns, slow, surfaces }
    }

    /// The factors of a bundle.
    pub(super) fn bundle(&self, place: usize) -> &[FactorIndex] {
        self.bundles.get(place).map_or(&[], Vec::as_slice)
    }
}

/// A book of columns with every instrument at its price.
fn columns(listings: &[Listing], bundles: &[Vec<FactorIndex>], table: &FactorTable) -> Book {
    let spec = |listing: &Listing| InstrumentSpec {
        leg: listing.leg,
        factors: bundles.get(listing.bundle).cloned().unwrap_or_default(),
        is_short: listing.is_short,
    };
    let mut book = Book::new(listings.iter().map(spec).collect(), table.clone());
    for (place, listing) in (0..).zip(listings) {
        book.reprice(InstrumentIndex(place), listing.now);
    }
    book
}

/// What is listed so far.
struct Market {
    factors: usize,
    bundles: Vec<Vec<FactorIndex>>,
    listings: Vec<Listing>,
    /// The price of each asset.
    prices: Vec<Lot>,
}

/// A price of a lot: `raw / 10^places` x 1e-8 dollars.
#[derive(Clone, Copy)]
struct Lot {
    raw: i128,
    places: u32,
}

impl Lot {
    /// Any price that a quote holds; often a whole one, so that hedges are exact.
    fn random(dice: &mut Dice) -> Self {
        if dice.happens(400) {
            return Self { raw: i128::from(dice.between(1, 1_000_000)), places: 0 };
        }
        loop {
            let places = u32::try_from(dice.below(20)).unwrap_or(0);
            let raw = i128::try_from(dice.magnitude(1_000_000_000_000_000_000_000)).unwrap_or(1).max(1);
            let lot = Self { raw, places };
            if Quote::down(raw, places).is_ok() {
                return lot;
            }
        }
    }

    /// A part of it, rounded down.
    fn part(self, part: Fraction) -> Self {
        Self { raw: self.raw * i128::from(part.raw()) / i128::from(Fraction::ONE.raw()), ..self }
    }

    fn owned(self) -> Result<Quote, Overflow> {
        Quote::down(self.raw, self.places)
    }

    fn short(self) -> Result<Quote, Overflow> {
        Quote::up(self.raw, self.places)
    }

    fn indexed(
        self,
        index: Index,
        of: fn(u128, u32, Index) -> Result<Quote, Overflow>,
    ) -> Result<Quote, Overflow> {
        of(self.raw.unsigned_abs(), self.places, index)
    }
}

impl Market {
    fn new(factors: usize) -> Self {
        Self { factors, bundles: Vec::new(), listings: Vec::new(), prices: Vec::new() }
    }

    /// So many factors, as far as there are.
    fn draw(&self, dice: &mut Dice, count: usize) -> Vec<FactorIndex> {
        let mut drawn: Vec<FactorIndex> = (0..count)
            .map(|_| FactorIndex(u16::try_from(dice.below(self.factors as u64)).unwrap_or(0)))
            .collect();
        drawn.sort_unstable();
        drawn.dedup();
        drawn
    }

    fn list(&mut self, kind: Kind, leg: Leg, bundle: usize, quote: Result<Quote, Overflow>) {
        let Ok(quote) = quote else { return }; // an index may have made it too dear for a lot
        let is_short = matches!(kind, Kind::Debt | Kind::ShortPerp | Kind::ShortFuture);
        let now = Instrument { quote, funding: Quote::ZERO };
        self.listings.push(Listing { kind, leg, bundle, now, is_short });
    }

    /// An asset of any kind, in its forms.
    fn list_asset(&mut self, dice: &mut Dice) {
        let (price, bundle) = (Lot::random(dice), self.bundles.len());
        let (kind, factors, credited) = match dice.below(8) {
            0..=2 => (Kind::Token, 1, price),
            3 => (Kind::Bridged, 2, price),
            4 | 5 => (Kind::Rate, 2 + usize::from(dice.happens(200)), price),
            6 => (Kind::Claim, 1 + usize::from(dice.happens(300)), price.part(claim(dice))),
            _ => (Kind::Nft, 1 + usize::from(dice.happens(500)), price.part(lowest_bid(dice))),
        };
        self.bundles.push(self.draw(dice, factors));
        self.prices.push(price);
        self.list(kind, Leg::Holding, bundle, credited.owned());
        // What changes hands among listed holders, and what is one of its kind, is neither lent nor borrowed.
        if !matches!(kind, Kind::Claim | Kind::Nft) {
            let index = Index::new(Index::ONE.raw().saturating_add(u128::from(dice.below(1 << 62))));
            self.list(Kind::Lent, Leg::Holding, bundle, credited.indexed(index, Quote::lent));
            self.list(Kind::Debt, Leg::Debt, bundle, credited.indexed(index, Quote::owed));
        }
    }

    /// What is written on an asset: a perpetual, with a basis of its own now and then, and a future.
    fn list_products(&mut self, dice: &mut Dice, asset: usize) {
        let (Some(factors), Some(price)) =
            (self.bundles.get(asset).cloned(), self.prices.get(asset).copied())
        else {
            return;
        };
        let bundle = if dice.happens(300) { self.with_basis(dice, factors) } else { asset };
        let funding = Lot { raw: i128::from(dice.below(1 << 40)) - (1 << 39), places: price.places };
        self.list(Kind::LongPerp, Leg::Derivative, bundle, price.owned());
        self.fund(funding.owned());
        self.list(Kind::ShortPerp, Leg::Derivative, bundle, price.short());
        self.fund(funding.short());
        // Within the last half hour before its expiry only a part of its price still moves [E1].
        let moving = if dice.happens(500) { Fraction::ONE } else { part(dice) };
        self.list(Kind::LongFuture, Leg::Derivative, bundle, price.part(moving).owned());
        self.list(Kind::ShortFuture, Leg::Derivative, bundle, price.part(moving).short());
    }

    fn with_basis(&mut self, dice: &mut Dice, mut factors: Vec<FactorIndex>) -> usize {
        factors.extend(self.draw(dice, 1));
        factors.sort_unstable();
        factors.dedup();
        self.bundles.push(factors);
        self.bundles.len() - 1
    }

    /// The funding of what was listed last; none where it is too much for a lot.
    fn fund(&mut self, funding: Result<Quote, Overflow>) {
        if let (Some(listing), Ok(funding)) = (self.listings.last_mut(), funding) {
            listing.now.funding = funding;
        }
    }
}

fn part(dice: &mut Dice) -> Fraction {
    let raw = u32::try_from(dice.between(0, u64::from(Fraction::ONE.raw()))).unwrap_or(0);
    Fraction::new(raw).unwrap_or(Fraction::ONE)
}

/// The part of a claim's value that counts: what age, a closed market and the queue leave [K1], and no more than was
/// committed to.
fn claim(dice: &mut Dice) -> Fraction {
    let days = |days: u64| Span::milliseconds(days * Span::DAY.as_milliseconds());
    let rules = RealWorld {
        heartbeat: Span::DAY,
        haircut_a_day: Fraction::basis_points(50),
        haircut_closed: Fraction::basis_points(50),
        haircut_a_year: Fraction::basis_points(1_000),
        notice: Span::DAY,
        closes: days(5),
        opens: days(7),
    };
    let (age, queue, now) =
        (days(dice.below(20)), days(dice.below(90)), Time::milliseconds(dice.below(1 << 41)));
    let kept = rules.extra_haircut_up(age, queue, now).complement();
    if dice.happens(500) { kept } else { kept.min(part(dice)) }
}

/// The lowest of the bids that as many ids as count would meet, as a part of the highest.
fn lowest_bid(dice: &mut Dice) -> Fraction {
    (0..IDS_MAX).map(|_| part(dice)).min().unwrap_or(Fraction::ZERO)
}
