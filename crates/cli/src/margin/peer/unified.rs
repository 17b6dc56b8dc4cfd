//! One account for spot, borrowing and perpetuals: what perpetuals gain and lose is cash, missing cash is borrowed against
//! collateral up to its loan-to-value, and liquidation looks at the threshold half-way from there to the whole.

use cistern_units::{Fraction, Value};

use super::{Free, Inexpressible, Named, refuse, require_lent, sum};
use crate::margin::{
    asset::Holding,
    book::Book,
    fault::Fault,
    node::{Field, Object},
    number::{self, Toward},
    position::{Position, Product},
};

/// The rule of such an account.
#[derive(Debug)]
pub(super) struct Unified {
    /// What perpetuals are settled in, and what is borrowed.
    cash: String,
    collateral: Named<Terms>,
    perps: Named<Vec<Bracket>>,
    /// Most that one account may borrow.
    borrow_cap: Value,
    /// Added to the requirement.
    offset: Value,
    /// Liquidated where the requirement is more than this part of what counts.
    ratio: Fraction,
}

#[derive(Debug)]
struct Terms {
    lent: Fraction,
    /// Units of one account that count, in 1e-18.
    supply_cap: i128,
}

/// From a notional on, the largest leverage.
#[derive(Debug)]
struct Bracket {
    from: Value,
    leverage: u32,
}

impl Unified {
    pub(super) fn take(from: &mut Object<'_>) -> Result<Unified, Fault> {
        let collateral = Named::take(from.take("collateral"), |from| {
            Ok(Terms {
                lent: number::fraction(&from.need("ltv")?)?,
                supply_cap: number::quantity(&from.need("supply_cap")?)?,
            })
        })?;
        let perps = Named::take(from.take("perp"), |from| brackets(&from.need("leverage")?))?;
        Ok(Unified {
            cash: from.need("cash")?.text()?.to_owned(),
            collateral,
            perps,
            borrow_cap: number::value(&from.need("borrow_cap")?)?,
            offset: number::value(&from.need("offset")?)?,
            ratio: number::fraction(&from.need("liquidated_above")?)?,
        })
    }

    pub(super) fn free(&self, book: &Book) -> Result<Free, Inexpressible> {
        super::require_no_options(book)?;
        require_lent(book, std::slice::from_ref(&self.cash))?;
        let mut cash =
            sum(book.positions.iter().map(|position| position.profit))?.less(super::debts(book)?)?;
        let [mut lent, mut threshold] = [Value::ZERO; 2];
        for holding in &book.holdings {
            if book.assets[holding.asset].name == self.cash {
                cash = cash.plus(holding.worth)?;
                continue;
            }
            let (terms, value) = self.lendable(book, holding)?;
            lent = lent.plus(value.times_down(terms.lent)?)?;
            threshold = threshold.plus(value.times_down(half_way(terms.lent))?)?;
        }
        let (lent, threshold) = (lent.min(self.borrow_cap), threshold.min(self.borrow_cap));
        let mut required = [Value::ZERO; 2];
        for position in &book.positions {
            let [initial, maintenance] = required;
            let [more, least] = self.margins(position)?;
            required = [initial.plus(more)?, maintenance.plus(least)?];
        }
        let [initial, maintenance] = required;
        let counts = cash.or_zero().plus(threshold)?;
        let borrowed = cash.negated()?.or_zero();
        let needed = self.offset.plus(maintenance)?.plus(borrowed)?;
        Ok(Free {
            initial: cash.plus(lent)?.less(initial)?,
            maintenance: counts.times_down(self.ratio)?.less(needed)?,
            buffer: None,
        })
    }

    /// What of a holding may be lent against.
    fn lendable(&self, book: &Book, holding: &Holding) -> Result<(&Terms, Value), Inexpressible> {
        let asset = &book.assets[holding.asset];
        let Some(terms) = self.collateral.find(&asset.name) else {
            return refuse(format!("no {} as collateral", asset.name));
        };
        let (quantity, price) = (holding.quantity.min(terms.supply_cap), asset.price.unwrap_or(0));
        let value = number::product(quantity, price, Toward::Less);
        Ok((terms, value.ok_or(cistern_units::Overflow)?))
    }

    /// Margin at the largest leverage of its notional, and half of the margin bracket by bracket.
    fn margins(&self, position: &Position) -> Result<[Value; 2], Inexpressible> {
        let underlying = &position.underlying;
        if position.product != Product::Perp {
            return refuse("no dated futures");
        }
        let Some(brackets) = self.perps.find(underlying) else {
            return refuse(format!("no perpetual on {underlying}"));
        };
        let notional = position.notional.absolute()?;
        let (mut initial, mut maintenance) = (Value::ZERO, Value::ZERO);
        for (place, bracket) in brackets.iter().enumerate() {
            let leverage = u128::from(bracket.leverage);
            let to = brackets.get(place + 1).map_or(notional, |next| next.from.min(notional));
            let part = to.less(bracket.from)?.or_zero();
            maintenance = maintenance.plus(part.scaled_up(1, 2 * leverage)?)?;
            if notional >= bracket.from {
                initial = notional.scaled_up(1, leverage)?;
            }
        }
        Ok([initial, maintenance])
    }
}

/// Half-way from a loan-to-value to the whole, rounded down.
fn half_way(lent: Fraction) -> Fraction {
    let raw = (Fraction::ONE.raw() + lent.raw()) / 2; // below 2^31
    Fraction::new(raw).unwrap_or(Fraction::ONE)
}

/// Pairs of a notional and the leverage from there on, upward from zero.
fn brackets(field: &Field<'_>) -> Result<Vec<Bracket>, Fault> {
    let mut brackets: Vec<Bracket> = Vec::new();
    for item in field.list()? {
        let pair = item.list()?;
        let [from, leverage] = pair.as_slice() else {
            return Err(item.fault("must be a pair: [notional, leverage]"));
        };
        let (from, leverage) = (number::value(from)?, number::count(leverage)?);
        let above = brackets.last().map_or(from.is_zero(), |last| last.from < from);
        if !above || leverage == 0 {
            return Err(item.fault("must go upward from zero, with a leverage above zero"));
        }
        brackets.push(Bracket { from, leverage });
    }
    Ok(brackets)
}
