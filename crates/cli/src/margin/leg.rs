//! The legs of a book: what each needs alone, what it adds, and what one more unit of it would.

use cistern_margin::{
    FactorIndex, FactorTable, Leg, MarginError, Mode, Portfolio, Tier,
    option::{Series, SeriesIndex},
};
use cistern_units::{Overflow, Value};

use super::{
    assess,
    book::Book,
    fault::Fault,
    number::{self, Toward},
    position::Product,
};

/// Most legs that are told apart: a portfolio is margined anew for each, three times.
const LEGS_TOLD: usize = 64;
/// One unit, in 1e-18.
const ONE: i128 = 1_000_000_000_000_000_000;

/// What a leg does to the requirement at the book's tier.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) name: String,
    /// Its requirement by itself.
    pub(super) alone: Value,
    /// The requirement less what it would be without the leg: [M12].
    pub(super) contribution: Value,
    /// What one more unit of it adds, in the same direction; none where others bound its credit.
    pub(super) one_more: Option<Value>,
}

/// All legs told apart.
#[derive(Debug, Default)]
pub(super) struct Legs {
    pub(super) told: Vec<Told>,
    /// What they need alone, together, less what the book needs.
    pub(super) relief: Value,
}

/// A leg as the model takes it.
#[derive(Clone, Debug)]
enum Part {
    Linear(Leg, Vec<FactorIndex>, Value),
    Option(SeriesIndex, [Value; 2]),
}

struct Named {
    name: String,
    part: Part,
    unit: Option<Part>,
}

/// The table of a book at a tier, with its series.
pub(super) fn table(book: &Book, tier: Tier) -> Result<FactorTable, Fault> {
    let [maintenance, target, initial] = book.scales;
    let scale = match tier {
        Tier::Maintenance => maintenance,
        Tier::Target => target,
        Tier::Initial => initial,
    };
    let factors = book.factors.iter().map(|(_, factor)| factor);
    let assets = book.assets.iter().map(|asset| asset.factors.as_slice());
    let mut table = FactorTable::fold_with_assets(factors, assets, scale, initial, book.settings)
        .map_err(|error| assess::unfoldable(book, scale.max(initial), error))?;
    let series: Vec<Series> = book.options.iter().map(|option| option.series).collect();
    // Each was checked where it was read.
    let listed = table.list(&series);
    listed.map_err(|(place, error)| Fault::new(format!("options[{place}]"), error.to_string()))?;
    Ok(table)
}

/// A portfolio with every leg of a book.
pub(super) fn filled(book: &Book, table: &FactorTable, tier: Tier) -> Result<Portfolio, MarginError> {
    let parts = parts(book, tier)?;
    portfolio(book.mode, table, parts.iter().map(|named| &named.part))
}

fn portfolio<'a>(
    mode: Mode,
    table: &FactorTable,
    parts: impl Iterator<Item = &'a Part>,
) -> Result<Portfolio, MarginError> {
    let mut portfolio = Portfolio::new();
    portfolio.clear(mode);
    for part in parts {
        match part {
            Part::Linear(leg, factors, value) => portfolio.add(table, *leg, factors, *value)?,
            Part::Option(series, [notional, worth]) => {
                portfolio.add_option(table, *series, *notional, *worth)?;
            }
        }
    }
    Ok(portfolio)
}

impl Legs {
    /// Tells the legs of a book apart; none of more than [`LEGS_TOLD`].
    pub(super) fn of(book: &Book, table: &FactorTable) -> Result<Legs, MarginError> {
        let parts = parts(book, book.tier)?;
        if parts.len() > LEGS_TOLD {
            return Ok(Legs::default());
        }
        let needed = |parts: &mut dyn Iterator<Item = &Part>| -> Result<Value, MarginError> {
            portfolio(book.mode, table, parts)?.requirement(table)
        };
        let all = || parts.iter().map(|named| &named.part);
        let whole = needed(&mut all())?;
        let (mut told, mut sum) = (Vec::new(), Value::ZERO);
        for (place, Named { name, part, unit }) in parts.iter().enumerate() {
            let alone = needed(&mut std::iter::once(part))?;
            let mut others = all().enumerate().filter(|(other, _)| *other != place).map(|(_, part)| part);
            let contribution = whole.less(needed(&mut others)?)?;
            let one_more = match unit {
                Some(unit) => Some(needed(&mut all().chain(std::iter::once(unit)))?.less(whole)?),
                None => None,
            };
            sum = sum.plus(alone)?;
            told.push(Told { name: name.clone(), alone, contribution, one_more });
        }
        Ok(Legs { told, relief: sum.less(whole)? })
    }
}

/// The legs of a book at a tier.
fn parts(book: &Book, tier: Tier) -> Result<Vec<Named>, Overflow> {
    let mut parts = Vec::new();
    for holding in &book.holdings {
        let asset = &book.assets[holding.asset];
        let part = |value| Part::Linear(Leg::Holding, asset.factors.clone(), value);
        let unit = asset.unit(Toward::Less).filter(|_| asset.is_lent());
        let (name, unit) = (asset.name.clone(), unit.map(part));
        parts.push(Named { name, part: part(holding.counted(tier)), unit });
    }
    for debt in &book.debts {
        let asset = &book.assets[debt.asset];
        let part = |value: Value| -> Result<Part, Overflow> {
            Ok(Part::Linear(Leg::Debt, asset.factors.clone(), value.negated()?))
        };
        let unit = asset.unit(Toward::More).map(part).transpose()?;
        parts.push(Named { name: format!("{} owed", asset.name), part: part(debt.value)?, unit });
    }
    for position in &book.positions {
        let part = |value| Part::Linear(Leg::Derivative, vec![position.factor], value);
        let product = match position.product {
            Product::Perp => "perp",
            Product::Future => "future",
        };
        let name = format!("{} {product}", position.underlying);
        parts.push(Named { name, part: part(position.exposure), unit: Some(part(position.unit)) });
    }
    for (place, option) in (0_u16..).zip(&book.options) {
        let series = SeriesIndex(place);
        let sign = if option.notional.is_negative() { -ONE } else { ONE };
        let unit =
            |price: u128, toward| number::product(sign, number::of_exact(price), toward).ok_or(Overflow);
        let of_one =
            [unit(option.series.forward.raw(), Toward::Larger)?, unit(option.series.mark, Toward::Less)?];
        parts.push(Named {
            name: option.name.clone(),
            part: Part::Option(series, [option.notional, option.worth]),
            unit: Some(Part::Option(series, of_one)),
        });
    }
    Ok(parts)
}
