//! Lending pools: each collateral counts by its loan-to-value for new debt and by its threshold until liquidation; nothing
//! offsets anything.

use cistern_units::{Fraction, Ratio, Value};

use super::{Free, Inexpressible, Named, refuse, require_lent, sum, texts, times_up};
use crate::margin::{book::Book, fault::Fault, node::Object, number};

/// The collateral of one market, and what may be owed against it.
#[derive(Debug)]
pub(super) struct Lending {
    collateral: Named<Terms>,
    debts: Vec<String>,
}

#[derive(Debug)]
struct Terms {
    lent: Fraction,
    threshold: Fraction,
    /// What a liquidator gets beyond the debt; none where it is an auction.
    bonus: Option<Fraction>,
}

impl Lending {
    pub(super) fn take(from: &mut Object<'_>) -> Result<Lending, Fault> {
        let collateral = Named::take(from.take("collateral"), |from| {
            Ok(Terms {
                lent: number::fraction(&from.need("ltv")?)?,
                threshold: number::fraction(&from.need("threshold")?)?,
                bonus: from.take("bonus").map(|field| number::fraction(&field)).transpose()?,
            })
        })?;
        Ok(Lending { collateral, debts: texts(from.take("debts"))? })
    }

    pub(super) fn free(&self, book: &Book) -> Result<Free, Inexpressible> {
        if book.has_derivatives() {
            return refuse("no derivatives");
        }
        require_lent(book, &self.debts)?;
        let mut legs = Vec::new();
        for holding in &book.holdings {
            let name = &book.assets[holding.asset].name;
            match self.collateral.find(name) {
                Some(terms) => legs.push((holding.worth, terms)),
                None => return refuse(format!("no {name} as collateral")),
            }
        }
        let debts = super::debts(book)?;
        let mut credit = [Value::ZERO; 2];
        for (worth, terms) in &legs {
            let [initial, maintenance] = credit;
            credit = [
                initial.plus(worth.times_down(terms.lent)?)?,
                maintenance.plus(worth.times_down(terms.threshold)?)?,
            ];
        }
        let [initial, maintenance] = credit;
        Ok(Free {
            initial: initial.less(debts)?,
            maintenance: maintenance.less(debts)?,
            buffer: buffer(&legs)?,
        })
    }
}

/// `1 - LT (1 + LB)` of all collateral by its value, rounded down; none where a bonus is not fixed, or nothing is lent on it.
fn buffer(legs: &[(Value, &Terms)]) -> Result<Option<i64>, Inexpressible> {
    let whole = sum(legs.iter().map(|(worth, _)| *worth))?;
    let mut taken = Value::ZERO;
    for (worth, terms) in legs {
        let Some(bonus) = terms.bonus.filter(|_| terms.threshold > Fraction::ZERO) else { return Ok(None) };
        let grown = Ratio::new(Ratio::ONE.raw() + u64::from(bonus.raw()));
        taken = taken.plus(times_up(worth.times_up(terms.threshold)?, grown)?)?;
    }
    let ratio = taken.ratio_up(whole).and_then(|ratio| i64::try_from(ratio.raw()).ok());
    Ok(ratio.map(|ratio| i64::from(Fraction::ONE.raw()) - ratio))
}
