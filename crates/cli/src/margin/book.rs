//! A book: what one account holds, owes and has open, with its prices and factors, checked as a whole.

use cistern_margin::{Mode, RiskFactor, SCALE_MAX, Settings, Tier};
use cistern_units::{Fraction, Ratio, Value};

use super::{
    add_on,
    asset::{Asset, Holding, Listing},
    fault::Fault,
    node::{Field, Node, Object},
    number::{self, Toward},
    option,
    position::{self, Position},
    sheet::{Floors, Sheet},
};

const TIERS: [(&str, Tier); 3] =
    [("maintenance", Tier::Maintenance), ("target", Tier::Target), ("initial", Tier::Initial)];
const MODES: [(&str, Mode); 2] = [("portfolio", Mode::Portfolio), ("standard", Mode::Standard)];

/// A checked book.
#[derive(Clone, Debug)]
pub(super) struct Book {
    pub(super) tier: Tier,
    pub(super) mode: Mode,
    pub(super) settings: Settings,
    /// Scales of maintenance, target and initial margin.
    pub(super) scales: [Ratio; 3],
    /// Risk factors with their names.
    pub(super) factors: Vec<(String, RiskFactor)>,
    pub(super) assets: Vec<Asset>,
    pub(super) holdings: Vec<Holding>,
    pub(super) debts: Vec<Debt>,
    /// Perpetuals, then futures.
    pub(super) positions: Vec<Position>,
    pub(super) options: Vec<option::Position>,
    pub(super) add_ons: Vec<add_on::Rule>,
}

/// What is owed of one asset.
#[derive(Clone, Copy, Debug)]
pub(super) struct Debt {
    /// The place of its asset.
    pub(super) asset: usize,
    /// Rounded up, not negative.
    pub(super) value: Value,
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
        let now = from.take("now").map(|field| number::moment(&field)).transpose()?;
        let resolve = |asset: &Listing| asset.resolve(&sheet.assets, &sheet.factors, now);
        let assets: Vec<Asset> = sheet.assets.iter().map(resolve).collect::<Result<_, _>>()?;
        let holdings = holdings(from.take("holdings"), &assets)?;
        let debts = debts(from.take("debts"), &assets)?;
        let mut positions = position::perps(from.take("perps"), &sheet.factors)?;
        positions.extend(position::futures(from.take("futures"), &sheet.factors, now)?);
        let options = option::options(&mut from, &sheet.factors, now)?;
        let add_ons = add_on::rules(from.take("add_ons"), &assets, &sheet.factors)?;
        from.finish()?;
        let factors = sheet.factors;
        Ok(Book {
            tier,
            mode,
            settings,
            scales,
            factors,
            assets,
            holdings,
            debts,
            positions,
            options,
            add_ons,
        })
    }

    /// Unrealised profit and loss of each position.
    pub(super) fn profits(&self) -> impl Iterator<Item = Value> {
        let options = self.options.iter().map(|option| option.profit);
        self.positions.iter().map(|position| position.profit).chain(options)
    }

    /// Does it have anything but holdings and debts?
    pub(super) fn has_derivatives(&self) -> bool {
        !self.positions.is_empty() || !self.options.is_empty()
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

/// Quantities by asset, with the place of each.
fn quantities<'a>(
    field: Option<Field<'a>>,
    assets: &[Asset],
) -> Result<Vec<(usize, i128, Field<'a>)>, Fault> {
    let Some(field) = field else { return Ok(Vec::new()) };
    let mut items = Vec::new();
    for (name, field) in field.entries()? {
        let quantity = number::quantity(&field)?;
        let Some(asset) = assets.iter().position(|asset| asset.name == name) else {
            return Err(field.fault(format!("there is no asset {name}; add it to assets, or name another")));
        };
        items.push((asset, quantity, field));
    }
    Ok(items)
}

fn holdings(field: Option<Field<'_>>, assets: &[Asset]) -> Result<Vec<Holding>, Fault> {
    let items = quantities(field, assets)?;
    items.into_iter().map(|(asset, quantity, field)| assets[asset].holding(asset, quantity, &field)).collect()
}

fn debts(field: Option<Field<'_>>, assets: &[Asset]) -> Result<Vec<Debt>, Fault> {
    let debt = |(asset, quantity, field): (usize, i128, Field<'_>)| {
        let owed = &assets[asset];
        if !owed.is_lent() {
            return Err(field.fault(format!("nobody lends {}; remove it", owed.name)));
        }
        Ok(Debt { asset, value: owed.worth(quantity, Toward::More, &field)? })
    };
    quantities(field, assets)?.into_iter().map(debt).collect()
}
