//! Rules of other systems, dated and with their sources: what one book would be under each of them.
//!
//! A profile says only what its system publishes. Where its rule has no answer for a book it says why.

mod grid;
mod lending;
mod unified;
mod weights;

use cistern_units::{Overflow, Ratio, Value};

use self::{grid::Grid, lending::Lending, unified::Unified, weights::Weights};
use super::{
    book::Book,
    fault::Fault,
    node::{Field, Node, Object},
};

/// The profiles, in the order in which they are shown.
const TEXTS: &[&str] = &[
    include_str!("../../../../../params/peers/aave-v3.toml"),
    include_str!("../../../../../params/peers/aave-v3-emode-wsteth.toml"),
    include_str!("../../../../../params/peers/aave-v3-emode-weeth.toml"),
    include_str!("../../../../../params/peers/sparklend.toml"),
    include_str!("../../../../../params/peers/compound-iii-usdc.toml"),
    include_str!("../../../../../params/peers/compound-iii-weth.toml"),
    include_str!("../../../../../params/peers/euler-prime-usdc.toml"),
    include_str!("../../../../../params/peers/euler-prime-weth.toml"),
    include_str!("../../../../../params/peers/derive-standard.toml"),
    include_str!("../../../../../params/peers/derive-portfolio-btc.toml"),
    include_str!("../../../../../params/peers/derive-portfolio-eth.toml"),
    include_str!("../../../../../params/peers/paradex-portfolio.toml"),
    include_str!("../../../../../params/peers/hyperliquid-portfolio.toml"),
    include_str!("../../../../../params/peers/drift.toml"),
    include_str!("../../../../../params/peers/mango.toml"),
];

/// The rules of one system on one day.
#[derive(Debug)]
pub(super) struct Profile {
    pub(super) name: String,
    pub(super) as_of: String,
    pub(super) source: String,
    /// What the figures leave out.
    pub(super) note: Option<String>,
    rule: Rule,
}

/// Kinds of rules, one file each.
#[derive(Debug)]
enum Rule {
    /// Loan-to-value and liquidation threshold of each collateral.
    Lending(Lending),
    /// Weights of collateral and debts, a part of the notional of each perpetual.
    Weights(Weights),
    /// Collateral lent against inside one account with its perpetuals.
    Unified(Unified),
    /// The worst of a grid of moves of one underlying, and charges beside it.
    Grid(Grid),
}

/// What a book comes to under a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Figures {
    /// Everything sold at its price and every debt paid.
    pub(super) equity: Value,
    /// Equity that new risk needs.
    pub(super) initial: Value,
    /// Equity below which it is liquidated.
    pub(super) maintenance: Value,
    /// How far all collateral may gap down from where it is liquidated, `1 - LT (1 + LB)`, in 1e-9.
    pub(super) buffer: Option<i64>,
}

/// Why a rule has no answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Inexpressible(pub(super) String);

impl From<Overflow> for Inexpressible {
    fn from(_: Overflow) -> Self {
        Self("adds up to an absurd value".to_owned())
    }
}

/// What is free under a rule, at each tier: what would be left for new risk, and until liquidation.
#[derive(Clone, Copy, Debug)]
struct Free {
    initial: Value,
    maintenance: Value,
    buffer: Option<i64>,
}

/// All profiles.
pub(super) fn profiles() -> Result<Vec<Profile>, Fault> {
    TEXTS.iter().map(|text| Profile::read(text)).collect()
}

impl Profile {
    /// Reads a profile.
    fn read(text: &str) -> Result<Profile, Fault> {
        let syntax =
            |error: toml::de::Error| Fault::new("", format!("not TOML; correct this first: {error}"));
        let node = Node::of_toml(toml::Value::Table(text.parse().map_err(syntax)?));
        let mut from = Field::root(&node).object()?;
        let text = |field: Field<'_>| field.text().map(str::to_owned);
        let (name, as_of) = (text(from.need("name")?)?, text(from.need("as_of")?)?);
        let source = text(from.need("source")?)?;
        let note = from.take("note").map(text).transpose()?;
        let kind = from.need("rule")?;
        let rule = match kind.text()? {
            "lending" => Rule::Lending(Lending::take(&mut from)?),
            "weights" => Rule::Weights(Weights::take(&mut from)?),
            "unified" => Rule::Unified(Unified::take(&mut from)?),
            "grid" => Rule::Grid(Grid::take(&mut from)?),
            _ => return Err(kind.fault("must be one of lending, weights, unified, grid")),
        };
        from.finish()?;
        Ok(Profile { name, as_of, source, note, rule })
    }

    /// What a book comes to under it.
    pub(super) fn price(&self, book: &Book) -> Result<Figures, Inexpressible> {
        let free = match &self.rule {
            Rule::Lending(rule) => rule.free(book),
            Rule::Weights(rule) => rule.free(book),
            Rule::Unified(rule) => rule.free(book),
            Rule::Grid(rule) => rule.free(book),
        }?;
        let equity = equity(book)?;
        Ok(Figures {
            equity,
            initial: equity.less(free.initial)?,
            maintenance: equity.less(free.maintenance)?,
            buffer: free.buffer,
        })
    }
}

/// Everything sold at its price and every debt paid: claims count as a whole here.
fn equity(book: &Book) -> Result<Value, Overflow> {
    let owned = sum(book.holdings.iter().map(|holding| holding.worth))?;
    let profit = sum(book.profits())?;
    owned.plus(profit)?.less(debts(book)?)
}

/// All debts.
pub(super) fn debts(book: &Book) -> Result<Value, Overflow> {
    sum(book.debts.iter().map(|debt| debt.value))
}

fn sum(mut values: impl Iterator<Item = Value>) -> Result<Value, Overflow> {
    values.try_fold(Value::ZERO, Value::plus)
}

/// Entries of a table by the names that books use: its own, and what `also` lists.
#[derive(Debug)]
struct Named<T>(Vec<(Vec<String>, T)>);

impl<T> Named<T> {
    /// Takes a table of entries.
    fn take(
        field: Option<Field<'_>>,
        entry: impl Fn(&mut Object<'_>) -> Result<T, Fault>,
    ) -> Result<Named<T>, Fault> {
        let Some(field) = field else { return Ok(Named(Vec::new())) };
        let mut all = Vec::new();
        for (name, field) in field.entries()? {
            let mut from = field.object()?;
            let mut names = texts(from.take("also"))?;
            names.push(name.to_owned());
            let item = entry(&mut from)?;
            from.finish()?;
            all.push((names, item));
        }
        Ok(Named(all))
    }

    /// The entry for a name.
    fn find(&self, name: &str) -> Option<&T> {
        let entry = self.0.iter().find(|(names, _)| names.iter().any(|own| own == name));
        entry.map(|(_, item)| item)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A list of texts.
fn texts(field: Option<Field<'_>>) -> Result<Vec<String>, Fault> {
    let Some(field) = field else { return Ok(Vec::new()) };
    field.list()?.iter().map(|item| item.text().map(str::to_owned)).collect()
}

fn refuse<T>(why: impl Into<String>) -> Result<T, Inexpressible> {
    Err(Inexpressible(why.into()))
}

/// Debts that may be owed under a rule.
fn require_lent(book: &Book, lent: &[String]) -> Result<(), Inexpressible> {
    for debt in &book.debts {
        let name = &book.assets[debt.asset].name;
        if !lent.contains(name) {
            return refuse(format!("no debts in {name}"));
        }
    }
    Ok(())
}

/// No options, which a rule has no answer for here.
fn require_no_options(book: &Book) -> Result<(), Inexpressible> {
    if book.options.is_empty() { Ok(()) } else { refuse("no options") }
}

/// `value x ratio`, rounded up.
fn times_up(value: Value, ratio: Ratio) -> Result<Value, Overflow> {
    value.scaled_up(u128::from(ratio.raw()), u128::from(Ratio::ONE.raw()))
}
