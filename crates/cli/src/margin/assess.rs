//! What a book comes to.

use cistern_margin::{Decomposition, FactorError, FactorIndex, MarginError, RISE_MAX, RiskFactor, Tier};
use cistern_units::{Overflow, Ratio, Value, wide};

use super::{
    add_on::AddOns,
    book::Book,
    fault::Fault,
    leg::{self, Legs},
    liquidation::{self, Breaking},
};

/// Decimals of a health and a margin ratio.
pub(super) const RATIO_PLACES: usize = 9;

/// The numbers of one account.
#[derive(Debug)]
pub(super) struct Assessment {
    pub(super) collateral: Value,
    /// Collateral that does not count: what is not proved, and what nobody has committed to buy.
    pub(super) uncredited: Value,
    pub(super) profit: Value,
    pub(super) debts: Value,
    /// [M7] at maintenance; the prices of a book are taken as given at every tier.
    pub(super) equity: Value,
    /// The same for new risk, for which less of a claim counts.
    pub(super) equity_initial: Value,
    /// At the tier of the book.
    pub(super) decomposition: Decomposition,
    /// At maintenance, target and initial: [M6].
    pub(super) requirements: [Value; 3],
    /// [M8]
    pub(super) free_collateral: Value,
    /// [M9], in 1e-9, rounded down; none without a requirement.
    pub(super) health: Option<u128>,
    /// [M9], in 1e-9, rounded up; none without equity.
    pub(super) margin_ratio: Option<u128>,
    /// What new risk needs beyond [M6].
    pub(super) add_ons: AddOns,
    /// What each leg does.
    pub(super) legs: Legs,
    /// Moves of single factors that have it liquidated.
    pub(super) breaking: Vec<Breaking>,
    /// What moves with each factor, in the order of the legs.
    pub(super) exposures: Vec<(FactorIndex, Value)>,
}

impl Assessment {
    /// Assesses a book at its tier, and at all three for what needs them.
    pub(super) fn of(book: &Book) -> Result<Assessment, Fault> {
        let too_large = |error: Overflow| too_large(error.into());
        let collateral = collateral(book, Tier::Maintenance).map_err(too_large)?;
        let worth = sum(book.holdings.iter().map(|holding| holding.worth)).map_err(too_large)?;
        let debts = sum(book.debts.iter().map(|item| item.value)).map_err(too_large)?;
        let profit = sum(book.profits()).map_err(too_large)?;
        let equity = |tier| self::equity(book, tier).map_err(too_large);
        let (equity, equity_initial) = (equity(Tier::Maintenance)?, equity(Tier::Initial)?);
        let [maintenance, target, initial] =
            [Tier::Maintenance, Tier::Target, Tier::Initial].map(|tier| explain(book, tier));
        let ((maintenance, exposures), (target, _), (mut initial, _)) = (maintenance?, target?, initial?);
        let add_ons = AddOns::of(book, initial.addon)?;
        initial.requirement = initial.requirement.plus(add_ons.sum).map_err(too_large)?;
        let requirements = [maintenance, target, initial].map(|tier| tier.requirement);
        let [required, _, required_initially] = requirements;
        Ok(Assessment {
            collateral,
            uncredited: worth.less(collateral).map_err(too_large)?,
            profit,
            debts,
            equity,
            equity_initial,
            decomposition: match book.tier {
                Tier::Maintenance => maintenance,
                Tier::Target => target,
                Tier::Initial => initial,
            },
            requirements,
            free_collateral: equity_initial.less(required_initially).map_err(too_large)?,
            health: health(equity, required),
            margin_ratio: margin_ratio(equity, required),
            add_ons,
            breaking: liquidation::breaking(book),
            legs: Legs::of(book, &leg::table(book, book.tier)?).map_err(self::too_large)?,
            exposures,
        })
    }

    /// Is the account to be liquidated? [M8]
    pub(super) fn is_liquidatable(&self) -> bool {
        let [maintenance, ..] = self.requirements;
        self.equity < maintenance
    }
}

fn collateral(book: &Book, tier: Tier) -> Result<Value, Overflow> {
    sum(book.holdings.iter().map(|holding| holding.counted(tier)))
}

/// Equity of a book at a tier: [M7].
pub(super) fn equity(book: &Book, tier: Tier) -> Result<Value, Overflow> {
    let debts = sum(book.debts.iter().map(|item| item.value))?;
    collateral(book, tier)?.plus(sum(book.profits())?)?.less(debts)
}

fn sum(mut values: impl Iterator<Item = Value>) -> Result<Value, Overflow> {
    values.try_fold(Value::ZERO, Value::plus)
}

type Explained = (Decomposition, Vec<(FactorIndex, Value)>);

fn explain(book: &Book, tier: Tier) -> Result<Explained, Fault> {
    let table = leg::table(book, tier)?;
    let explained = || -> Result<Explained, MarginError> {
        let mut portfolio = leg::filled(book, &table, tier)?;
        let explained = portfolio.explain(&table)?;
        Ok((explained, portfolio.exposures().collect()))
    };
    explained().map_err(too_large)
}

fn too_large(_: MarginError) -> Fault {
    Fault::new("", "adds up to an absurd value; use smaller numbers")
}

/// Names the factor that has no coefficients at a scale.
pub(super) fn unfoldable(book: &Book, scale: Ratio, error: FactorError) -> Fault {
    let folds = |factor: &RiskFactor| factor.range().up.times_up(scale).is_ok_and(|up| up <= RISE_MAX);
    let field = match book.factors.iter().find(|(_, factor)| !folds(factor)) {
        Some((name, _)) => format!("factors.{name}"),
        None => "factors".to_owned(),
    };
    Fault::new(field, error.to_string())
}

/// [M9]: equity / requirement; 0 without equity, none without a requirement.
fn health(equity: Value, requirement: Value) -> Option<u128> {
    let one = wide::power_of_ten(RATIO_PLACES)?;
    if requirement.is_zero() {
        return None;
    }
    let parts = wide::multiply_divide_down(equity.or_zero().magnitude(), one, requirement.magnitude());
    Some(parts.unwrap_or(u128::MAX))
}

/// [M9] upside down: requirement / equity; none without equity.
fn margin_ratio(equity: Value, requirement: Value) -> Option<u128> {
    let one = wide::power_of_ten(RATIO_PLACES)?;
    if !equity.is_positive() {
        return None;
    }
    wide::multiply_divide_up(requirement.magnitude(), one, equity.magnitude())
}
