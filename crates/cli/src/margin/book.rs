//! A book: what one account holds, owes and has open, with its prices and factors, checked as a whole.

use cistern_margin::{FactorIndex, Mode, RiskFactor, SCALE_MAX, Settings, Tier};
use cistern_units::{Fraction, Ratio, Value};

use super::{
    fault::Fault,
    node::{Field, Node, Object},
    number::{self, Toward},
    sheet::{Floors, Listing, Sheet},
};

const TIERS: [(&str, Tier); 3] =
    [("maintenance", Tier::Maintenance), ("target", Tier::Target), ("initial", Tier::Initial)];
const MODES: [(&str, Mode); 2] = [("portfolio", Mode::Portfolio), ("standard", Mode::Standard)];

/// A checked book.
#[derive(Debug)]
pub(super) struct Book {
    pub(super) tier: Tier,
    pub(super) mode: Mode,
    pub(super) settings: Settings,
    /// Scales of maintenance, target and initial margin.
    pub(super) scales: [Ratio; 3],
    /// Risk factors with their names.
    pub(super) factors: Vec<(String, RiskFactor)>,
    /// The factors of each asset.
    pub(super) assets: Vec<Vec<FactorIndex>>,
    /// What is owned; values rounded down.
    pub(super) holdings: Vec<Item>,
    /// What is owed; values rounded up, not negative.
    pub(super) debts: Vec<Item>,
    pub(super) perps: Vec<Perp>,
}

/// What is owned or owed of one asset.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) value: Value,
    /// The place of its asset.
    pub(super) asset: usize,
}

/// A perpetual position.
#[derive(Debug)]
pub(super) struct Perp {
    pub(super) factor: FactorIndex,
    /// Signed, as large as it may be.
    pub(super) notional: Value,
    /// Unrealised profit and loss, rounded down.
    pub(super) profit: Value,
}

impl Book {
    /// Reads a book; `defaults` supply what it leaves out.
    pub(super) fn read(text: &str, defaults: Sheet) -> Result<Book, Fault> {
        let node = Node::of_json(text)?;
        let mut from = Field::root(&node).object()?;
        let tier = choice(from.take("tier"), &TIERS)?.unwrap_or(Tier::Maintenance);
        let mode = choice(from.take("mode"), &MODES)?.unwrap_or(Mode::Portfolio);
        let mut sheet = Sheet::take(&mut from)?;
        sheet.settings = floors(&mut from)?;
        if let Some(tiers) = from.take("tiers") {
            let mut tiers = tiers.object()?;
            scales(&mut tiers, &mut sheet.settings)?;
            tiers.finish()?;
        }
        let sheet = sheet.or(defaults);
        let scales = in_order(&sheet.settings)?;
        let floors = Settings::default();
        let settings = Settings {
            floor_factor: sheet.settings.standalone_floor.unwrap_or(floors.floor_factor),
            gross_floor: sheet.settings.gross_floor.unwrap_or(floors.gross_floor),
        };
        let assets =
            sheet.assets.iter().map(|asset| indices(asset, &sheet.factors)).collect::<Result<_, _>>()?;
        let holdings = items(from.take("holdings"), &sheet.assets, Toward::Less)?;
        let debts = items(from.take("debts"), &sheet.assets, Toward::More)?;
        let perps = match from.take("perps") {
            None => Vec::new(),
            Some(list) => {
                list.list()?.into_iter().map(|field| perp(field, &sheet.factors)).collect::<Result<_, _>>()?
            }
        };
        from.finish()?;
        Ok(Book { tier, mode, settings, scales, factors: sheet.factors, assets, holdings, debts, perps })
    }

    /// The word for its tier.
    pub(super) fn tier_name(&self) -> &'static str {
        TIERS.iter().find(|(_, tier)| *tier == self.tier).map_or("", |(name, _)| name)
    }

    /// The word for its mode.
    pub(super) fn mode_name(&self) -> &'static str {
        MODES.iter().find(|(_, mode)| *mode == self.mode).map_or("", |(name, _)| name)
    }
}

/// Takes the floors of [M4] and [M4b].
pub(super) fn floors(from: &mut Object<'_>) -> Result<Floors, Fault> {
    let fraction = |field: Option<Field<'_>>| -> Result<Option<Fraction>, Fault> {
        field.map(|field| number::fraction(&field)).transpose()
    };
    Ok(Floors {
        standalone_floor: fraction(from.take("standalone_floor"))?,
        gross_floor: fraction(from.take("gross_floor"))?,
        ..Floors::default()
    })
}

/// Takes the scales of the tiers above maintenance.
pub(super) fn scales(from: &mut Object<'_>, into: &mut Floors) -> Result<(), Fault> {
    for (name, scale) in [("target", &mut into.target), ("initial", &mut into.initial)] {
        if let Some(field) = from.take(name) {
            let ratio = number::ratio(&field)?;
            if ratio < Ratio::ONE || ratio > SCALE_MAX {
                return Err(field.fault(format!("must be from 1 to {}", SCALE_MAX)));
            }
            *scale = Some(ratio);
        }
    }
    Ok(())
}

/// Maintenance, target and initial; the model's 1.10 and 1.25 where no file says otherwise.
fn in_order(settings: &Floors) -> Result<[Ratio; 3], Fault> {
    let target = settings.target.unwrap_or(Ratio::new(1_100_000_000));
    let initial = settings.initial.unwrap_or(Ratio::new(1_250_000_000));
    if target > initial {
        return Err(Fault::new(
            "tiers.target",
            format!("is above tiers.initial, {initial}; it lies between 1 and that"),
        ));
    }
    Ok([Ratio::ONE, target, initial])
}

fn choice<T: Copy>(field: Option<Field<'_>>, words: &[(&str, T)]) -> Result<Option<T>, Fault> {
    let Some(field) = field else { return Ok(None) };
    let word = field.text()?;
    let found = words.iter().find(|(name, _)| *name == word);
    let known: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
    let unknown = || field.fault(format!("must be one of {}, and is {word}", known.join(", ")));
    found.map(|(_, value)| Some(*value)).ok_or_else(unknown)
}

fn indices(asset: &Listing, factors: &[(String, RiskFactor)]) -> Result<Vec<FactorIndex>, Fault> {
    let Some(names) = &asset.factors else {
        return Err(Fault::new(
            format!("assets.{}.factors", asset.name),
            "is missing; name what the price moves with",
        ));
    };
    names.iter().map(|(name, path)| index(name, path, factors)).collect()
}

fn index(name: &str, path: &str, factors: &[(String, RiskFactor)]) -> Result<FactorIndex, Fault> {
    let place = factors.iter().position(|(other, _)| other == name);
    let index = place.and_then(|place| u16::try_from(place).ok()).map(FactorIndex);
    index.ok_or_else(|| {
        Fault::new(path, format!("there is no factor {name}; add it to factors, or name another"))
    })
}

/// Quantities by asset.
fn items(field: Option<Field<'_>>, assets: &[Listing], toward: Toward) -> Result<Vec<Item>, Fault> {
    let Some(field) = field else { return Ok(Vec::new()) };
    let mut items = Vec::new();
    for (name, field) in field.entries()? {
        let quantity = number::quantity(&field)?;
        let Some(asset) = assets.iter().position(|asset| asset.name == name) else {
            return Err(field.fault(format!("there is no asset {name}; add it to assets, or name another")));
        };
        let Some(price) = assets[asset].price else {
            return Err(Fault::new(format!("assets.{name}.price"), "is missing; add it"));
        };
        let value = number::product(quantity, price, toward).ok_or_else(|| field.fault(number::TOO_LARGE))?;
        items.push(Item { value, asset });
    }
    Ok(items)
}

fn perp(field: Field<'_>, factors: &[(String, RiskFactor)]) -> Result<Perp, Fault> {
    let mut from = field.object()?;
    let underlying = from.need("underlying")?;
    let factor = index(underlying.text()?, &underlying.path, factors)?;
    let size_field = from.need("size")?;
    let size = number::signed(&size_field)?;
    let (entry, mark) = (number::price(&from.need("entry")?)?, number::price(&from.need("mark")?)?);
    from.finish()?;
    let too_large = || size_field.fault(number::TOO_LARGE);
    let notional = number::product(size, mark, Toward::Larger).ok_or_else(too_large)?;
    // Both prices are above zero: their difference fits.
    let profit = number::product(size, mark - entry, Toward::Less).ok_or_else(too_large)?;
    Ok(Perp { factor, notional, profit })
}
