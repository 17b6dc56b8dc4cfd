//! Add-ons of a book: what new risk needs beyond the scenarios, by the engine's own rules.

use cistern_engine::{
    addon::{AddOn, Depeg, Facts, OpenInterest, PoolShare, WrongWay},
    ids::{AssetId, FactorId, MarketId},
};
use cistern_margin::{FactorIndex, RiskFactor, Tier};
use cistern_units::{Overflow, Price, Value};

use super::{
    asset::Asset,
    book::Book,
    fault::Fault,
    leg,
    node::Field,
    number,
    sheet::{Name, index},
};

/// Raw prices of a book, in 1e-18, in one of the engine's.
const PRICE_PART: i128 = 1_000_000;

/// An add-on and what it must know of the pool.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    add_on: AddOn,
    about: About,
    /// Value of all of the asset that the pool has, or of all that is open in the market.
    whole: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    /// The place of an asset.
    Asset(usize),
    /// Collateral beside positions that move with a factor.
    Pair(usize, FactorIndex),
    /// Positions that move with a factor.
    Positions(FactorIndex),
}

/// What one add-on asks, at the initial tier.
#[derive(Clone, Debug)]
pub(super) struct Charged {
    pub(super) name: String,
    pub(super) value: Value,
}

/// What all add-ons ask.
#[derive(Clone, Debug, Default)]
pub(super) struct AddOns {
    pub(super) charged: Vec<Charged>,
    /// What the requirement at the initial tier grows by: of what collateral loses and the charge for size, which it has
    /// already, the larger counts.
    pub(super) sum: Value,
}

/// Reads the add-ons of a book.
pub(super) fn rules(
    field: Option<Field<'_>>,
    assets: &[Asset],
    factors: &[(String, RiskFactor)],
) -> Result<Vec<Rule>, Fault> {
    let Some(list) = field else { return Ok(Vec::new()) };
    list.list()?.into_iter().map(|field| rule(field, assets, factors)).collect()
}

fn rule(field: Field<'_>, assets: &[Asset], factors: &[(String, RiskFactor)]) -> Result<Rule, Fault> {
    let mut from = field.object()?;
    let word = from.need("type")?;
    let factor = |field: &Field<'_>| index(&Name::of(field)?, factors);
    let rule = match word.text()? {
        "pool_share" => {
            let (place, asset) = named(&from.need("asset")?, assets)?;
            let start = positive(&from.need("start")?)?;
            let whole = positive(&from.need("pool")?)?;
            Rule { add_on: AddOn::PoolShare(PoolShare { asset, start }), about: About::Asset(place), whole }
        }
        "open_interest" => {
            let about = factor(&from.need("underlying")?)?;
            let (lower, upper) = (number::value(&from.need("lower")?)?, from.need("upper")?);
            let most = number::value(&upper)?;
            if lower.is_negative() || most <= lower {
                return Err(upper.fault("must be above lower, and lower not negative"));
            }
            let whole = positive(&from.need("open")?)?;
            let rule = OpenInterest { market: MarketId(0), lower, upper: most };
            Rule { add_on: AddOn::OpenInterest(rule), about: About::Positions(about), whole }
        }
        "wrong_way" => {
            let (place, asset) = named(&from.need("asset")?, assets)?;
            let against = factor(&from.need("factor")?)?;
            let share = number::fraction(&from.need("share")?)?;
            let rule = WrongWay { asset, factor: FactorId(against.0), share };
            Rule { add_on: AddOn::WrongWay(rule), about: About::Pair(place, against), whole: Value::ZERO }
        }
        "depeg" => {
            let name = from.need("asset")?;
            let (place, asset) = named(&name, assets)?;
            if assets.get(place).is_none_or(|asset| asset.price.is_none()) {
                return Err(name.fault("has no price that could leave its peg; name a token"));
            }
            let (start, full) = (number::exact_price(&from.need("start")?)?, from.need("full")?);
            let lowest = number::exact_price(&full)?;
            if lowest >= start {
                return Err(full.fault("must be below start"));
            }
            let factor = number::ratio(&from.need("factor")?)?;
            let most = number::fraction(&from.need("most")?)?;
            let rule = Depeg { asset, start, full: lowest, factor, most };
            Rule { add_on: AddOn::Depeg(rule), about: About::Asset(place), whole: Value::ZERO }
        }
        other => {
            let known = "pool_share, open_interest, wrong_way, depeg";
            return Err(word.fault(format!("must be one of {known}, and is {other}")));
        }
    };
    from.finish()?;
    Ok(rule)
}

fn named(field: &Field<'_>, assets: &[Asset]) -> Result<(usize, AssetId), Fault> {
    let name = field.text()?;
    let place = assets.iter().position(|asset| asset.name == name);
    let found = place.and_then(|place| Some((place, AssetId::at(place)?)));
    found.ok_or_else(|| field.fault(format!("there is no asset {name}; add it to assets, or name another")))
}

fn positive(field: &Field<'_>) -> Result<Value, Fault> {
    match number::value(field)? {
        value if value.is_positive() => Ok(value),
        _ => Err(field.fault("must be above zero")),
    }
}

impl AddOns {
    /// What the add-ons of a book ask, beside `size`, the charge for size at the initial tier.
    pub(super) fn of(book: &Book, size: Value) -> Result<AddOns, Fault> {
        let table = leg::table(book, Tier::Initial)?;
        let charge = || -> Result<AddOns, Overflow> {
            let (mut told, mut of_assets, mut of_positions) = (Vec::new(), Value::ZERO, Value::ZERO);
            for (place, asset) in book.assets.iter().enumerate() {
                let mut left = credit(book, place)?;
                let rest = table.haircut(&asset.factors).complement();
                for rule in &book.add_ons {
                    let Some(facts) = rule.facts_of(book, place)? else { continue };
                    let after = rule.add_on.left_down(left, &facts)?;
                    let value = left.less(after)?.times_up(rest)?;
                    told.push(Charged { name: format!("{} of {}", rule.word(), asset.name), value });
                    of_assets = of_assets.plus(value)?;
                    left = after;
                }
            }
            for rule in &book.add_ons {
                let About::Positions(factor) = rule.about else { continue };
                let base = table.haircut(&[factor]);
                for position in book.positions.iter().filter(|position| position.factor == factor) {
                    let facts = Facts { whole: rule.whole, base, ..Facts::default() };
                    let value = rule.add_on.extra_up(position.notional, &facts)?;
                    told.push(Charged { name: format!("{} of {}", rule.word(), position.underlying), value });
                    of_positions = of_positions.plus(value)?;
                }
            }
            let sum = of_assets.max(size).less(size)?.plus(of_positions)?;
            Ok(AddOns { charged: told, sum })
        };
        charge().map_err(|_| Fault::new("add_ons", "add up to an absurd value; use smaller numbers"))
    }
}

impl Rule {
    fn word(&self) -> &'static str {
        match self.add_on {
            AddOn::PoolShare(_) => "pool share",
            AddOn::OpenInterest(_) => "open interest",
            AddOn::WrongWay(_) => "wrong way",
            AddOn::Depeg(_) => "depeg",
        }
    }

    /// What the rule must know of an asset; none where it is about something else.
    fn facts_of(&self, book: &Book, place: usize) -> Result<Option<Facts>, Overflow> {
        let against = match self.about {
            About::Asset(about) if about == place => Value::ZERO,
            About::Pair(about, factor) if about == place => {
                let with = book.positions.iter().filter(|position| position.factor == factor);
                with.map(|position| position.notional).try_fold(Value::ZERO, Value::plus)?
            }
            _ => return Ok(None),
        };
        let price = book.assets.get(place).and_then(|asset| asset.price);
        let mark = price.and_then(|price| u128::try_from(price / PRICE_PART).ok()).map(Price::clamped);
        Ok(Some(Facts { mark, whole: self.whole, against, ..Facts::default() }))
    }
}

/// What of an asset counts for new risk.
fn credit(book: &Book, place: usize) -> Result<Value, Overflow> {
    let own = book.holdings.iter().filter(|holding| holding.asset == place);
    own.map(|holding| holding.counted(Tier::Initial)).try_fold(Value::ZERO, Value::plus)
}
