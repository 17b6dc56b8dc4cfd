//! Weighted accounts: collateral counts by a weight below one, a debt by one above, and each perpetual takes a part of its
//! notional; nothing offsets anything.

use cistern_units::{Fraction, Ratio, Value, wide::square_root_up};

use super::{Free, Inexpressible, Named, refuse, times_up};
use crate::margin::{
    asset::Holding,
    book::Book,
    fault::Fault,
    node::Object,
    number,
    position::{Position, Product},
};

/// Weights at initial and maintenance, in this order.
#[derive(Debug)]
pub(super) struct Weights {
    collateral: Named<Terms>,
    debts: Named<[Ratio; 2]>,
    /// Parts of the notional.
    perps: Named<[Fraction; 2]>,
    /// What of a perpetual counts that has gained more than it takes.
    gain: Fraction,
}

#[derive(Debug)]
struct Terms {
    weights: [Fraction; 2],
    /// The factor of `1.1 / (1 + factor x root of units)`, which bounds the initial weight.
    size: Option<Ratio>,
}

impl Weights {
    pub(super) fn take(from: &mut Object<'_>) -> Result<Weights, Fault> {
        let fractions = |from: &mut Object<'_>| -> Result<[Fraction; 2], Fault> {
            Ok([number::fraction(&from.need("initial")?)?, number::fraction(&from.need("maintenance")?)?])
        };
        let collateral = Named::take(from.take("collateral"), |from| {
            let size = from.take("size_factor").map(|field| number::ratio(&field)).transpose()?;
            Ok(Terms { weights: fractions(from)?, size })
        })?;
        let debts = Named::take(from.take("debt"), |from| {
            Ok([number::ratio(&from.need("initial")?)?, number::ratio(&from.need("maintenance")?)?])
        })?;
        let perps = Named::take(from.take("perp"), fractions)?;
        let gain = from.take("gain").map_or(Ok(Fraction::ONE), |field| number::fraction(&field))?;
        Ok(Weights { collateral, debts, perps, gain })
    }

    pub(super) fn free(&self, book: &Book) -> Result<Free, Inexpressible> {
        super::require_no_options(book)?;
        let mut free = [Value::ZERO; 2];
        let mut add = |parts: [Value; 2]| -> Result<(), Inexpressible> {
            for (free, part) in free.iter_mut().zip(parts) {
                *free = free.plus(part)?;
            }
            Ok(())
        };
        for holding in &book.holdings {
            add(self.counted(book, holding)?)?;
        }
        for debt in &book.debts {
            let name = &book.assets[debt.asset].name;
            let Some([initial, maintenance]) = self.debts.find(name) else {
                return refuse(format!("no debts in {name}"));
            };
            let owed = |weight| times_up(debt.value, weight).and_then(Value::negated);
            add([owed(*initial)?, owed(*maintenance)?])?;
        }
        for position in &book.positions {
            add(self.carried(position)?)?;
        }
        let [initial, maintenance] = free;
        Ok(Free { initial, maintenance, buffer: None })
    }

    /// What a holding counts for.
    fn counted(&self, book: &Book, holding: &Holding) -> Result<[Value; 2], Inexpressible> {
        let name = &book.assets[holding.asset].name;
        let Some(terms) = self.collateral.find(name) else {
            return refuse(format!("no {name} as collateral"));
        };
        let [initial, maintenance] = terms.weights;
        let initial = terms.size.map_or(initial, |factor| initial.min(bound(factor, holding.quantity)));
        Ok([holding.worth.times_down(initial)?, holding.worth.times_down(maintenance)?])
    }

    /// What a position adds: its profit less the part of its notional, and where that is a gain, what of it counts.
    fn carried(&self, position: &Position) -> Result<[Value; 2], Inexpressible> {
        let Position { product, underlying, notional, profit, .. } = position;
        if *product != Product::Perp || self.perps.is_empty() {
            return refuse(match product {
                Product::Perp => "no perpetuals",
                Product::Future => "no dated futures",
            });
        }
        let Some([initial, maintenance]) = self.perps.find(underlying) else {
            return refuse(format!("no perpetual on {underlying}"));
        };
        let carried = |part| -> Result<Value, Inexpressible> {
            let carried = profit.less(notional.absolute()?.times_up(part)?)?;
            Ok(if carried.is_positive() { carried.times_down(self.gain)? } else { carried })
        };
        Ok([carried(*initial)?, carried(*maintenance)?])
    }
}

/// `1.1 / (1 + factor x root of units)`, rounded down; the whole at the most.
fn bound(factor: Ratio, quantity: i128) -> Fraction {
    // A root of units in 1e-18 is in 1e-9.
    let root = square_root_up(quantity.unsigned_abs());
    let one = u128::from(Fraction::ONE.raw());
    let grown = u128::from(factor.raw()).saturating_mul(root).div_ceil(one).saturating_add(one);
    let bound = (one * one / 10 * 11) / grown;
    u32::try_from(bound).ok().and_then(Fraction::new).unwrap_or(Fraction::ONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_deposit_counts_for_less() {
        // Drift's documentation: 2,000 SOL at a factor of .003 are bound by 1.1 / (1 + .003 x root of 2,000) = .96987.
        let units = |whole: i128| whole * 1_000_000_000_000_000_000;
        let factor = Ratio::new(3_000_000);
        assert_eq!(bound(factor, units(2_000)).raw() / 10_000, 96_987);
        assert_eq!(bound(factor, units(100_000)).raw() / 1_000_000, 564);
        assert_eq!(bound(factor, units(1_000_000)).raw() / 1_000_000, 275);
        assert_eq!(bound(factor, 0), Fraction::ONE);
    }
}
