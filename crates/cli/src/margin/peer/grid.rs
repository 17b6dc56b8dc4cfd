//! A grid of moves of one underlying: the worst of them, weighted far out, and charges beside it.

use cistern_units::{Fraction, Value};

use super::{Free, Inexpressible, Named, refuse, require_lent};
use crate::margin::{
    book::Book,
    fault::Fault,
    node::{Field, Object},
    number,
    position::Product,
};

/// The rule of an account on one underlying.
#[derive(Debug)]
pub(super) struct Grid {
    /// Factors that an account may be about, one of them.
    underlyings: Vec<String>,
    /// What is worth a dollar, has no haircut, and may be owed.
    cash: Vec<String>,
    /// Collateral that moves with the underlying, by the names of books.
    family: Vec<String>,
    /// Haircuts beside the scenarios, at initial and maintenance.
    collateral: Named<[Fraction; 2]>,
    moves: Vec<Move>,
    /// What of the worst loss is required, at initial and maintenance.
    loss: [Fraction; 2],
    /// Of the notional of perpetuals, beside the scenarios.
    perp: [Fraction; 2],
    /// The least that is required in place of the worst loss: of what is net, and of what is hedged.
    least: [Fraction; 2],
}

/// A move of the underlying in 1e-9 of its price, and what of its loss counts.
#[derive(Clone, Copy, Debug)]
struct Move {
    size: i64,
    weight: Fraction,
}

impl Grid {
    pub(super) fn take(from: &mut Object<'_>) -> Result<Grid, Fault> {
        let mut moves = Vec::new();
        for item in from.need("moves")?.list()? {
            let pair = item.list()?;
            let [size, weight] = pair.as_slice() else {
                return Err(item.fault("must be a pair: [move, weight]"));
            };
            moves.push(Move { size: number::multiple(size)?, weight: number::fraction(weight)? });
        }
        let collateral = Named::take(from.take("collateral"), tiers)?;
        let perp = from.need("perp")?;
        let least = match from.take("least") {
            None => [Fraction::ZERO; 2],
            Some(field) => {
                let mut from = field.object()?;
                let parts = [number::fraction(&from.need("net")?)?, number::fraction(&from.need("hedged")?)?];
                from.finish()?;
                parts
            }
        };
        Ok(Grid {
            underlyings: super::texts(from.take("underlyings"))?,
            cash: super::texts(from.take("cash"))?,
            family: super::texts(from.take("family"))?,
            collateral,
            moves,
            loss: section(from.need("loss")?)?,
            perp: section(perp)?,
            least,
        })
    }

    pub(super) fn free(&self, book: &Book) -> Result<Free, Inexpressible> {
        let exposure = self.exposure(book)?;
        let mut charges = [Value::ZERO; 2];
        let mut charge = |value: Value, parts: [Fraction; 2]| -> Result<(), Inexpressible> {
            for (sum, part) in charges.iter_mut().zip(parts) {
                *sum = sum.plus(value.times_up(part)?)?;
            }
            Ok(())
        };
        for holding in &book.holdings {
            let name = &book.assets[holding.asset].name;
            match self.collateral.find(name) {
                Some(haircuts) => charge(holding.worth, *haircuts)?,
                None if self.cash.contains(name) => {}
                None => return refuse(format!("no {name} as collateral")),
            }
        }
        for position in &book.positions {
            charge(position.notional.absolute()?, self.perp)?;
        }
        let worst = self.worst(exposure.net)?.max(self.least(exposure)?);
        let equity = super::equity(book)?;
        let [initial, maintenance] = self.loss.map(|part| worst.times_up(part));
        let [more, least] = charges;
        Ok(Free {
            initial: equity.less(initial?)?.less(more)?,
            maintenance: equity.less(maintenance?)?.less(least)?,
            buffer: None,
        })
    }

    /// What moves with the one underlying of a book.
    fn exposure(&self, book: &Book) -> Result<Exposure, Inexpressible> {
        super::require_no_options(book)?;
        require_lent(book, &self.cash)?;
        let mut exposure = Exposure::default();
        let mut underlying: Option<&str> = None;
        for position in &book.positions {
            let name = position.underlying.as_str();
            if position.product != Product::Perp {
                return refuse("no dated futures");
            }
            if !self.underlyings.iter().any(|own| own == name) {
                return refuse(format!("no perpetual on {name}"));
            }
            if underlying.replace(name).is_some_and(|other| other != name) {
                return refuse("one underlying in each account");
            }
            exposure.add(position.notional)?;
        }
        for holding in &book.holdings {
            if self.family.contains(&book.assets[holding.asset].name) {
                exposure.add(holding.worth)?;
            }
        }
        Ok(exposure)
    }

    /// The largest weighted loss, rounded up.
    fn worst(&self, net: Value) -> Result<Value, Inexpressible> {
        let one = u128::from(Fraction::ONE.raw());
        let mut worst = Value::ZERO;
        for Move { size, weight } in &self.moves {
            if net.is_negative() == (*size > 0) {
                let part = u128::from(size.unsigned_abs()).saturating_mul(u128::from(weight.raw()));
                worst = worst.max(net.absolute()?.scaled_up(part, one * one)?);
            }
        }
        Ok(worst)
    }

    /// The least requirement for what is net and for what is hedged, rounded up.
    fn least(&self, Exposure { net, gross }: Exposure) -> Result<Value, Inexpressible> {
        let [of_net, of_hedged] = self.least;
        let net = net.absolute()?;
        let hedged = gross.less(net)?.scaled_up(1, 2)?;
        Ok(net.times_up(of_net)?.plus(hedged.times_up(of_hedged)?)?)
    }
}

/// What moves with an underlying, with offsets and without.
#[derive(Clone, Copy, Debug, Default)]
struct Exposure {
    net: Value,
    gross: Value,
}

impl Exposure {
    fn add(&mut self, value: Value) -> Result<(), Inexpressible> {
        self.net = self.net.plus(value)?;
        self.gross = self.gross.plus(value.absolute()?)?;
        Ok(())
    }
}

/// A part at each tier.
fn tiers(from: &mut Object<'_>) -> Result<[Fraction; 2], Fault> {
    Ok([number::fraction(&from.need("initial")?)?, number::fraction(&from.need("maintenance")?)?])
}

fn section(field: Field<'_>) -> Result<[Fraction; 2], Fault> {
    let mut from = field.object()?;
    let parts = tiers(&mut from)?;
    from.finish()?;
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(moves: Vec<Move>, least: [Fraction; 2]) -> Grid {
        Grid {
            underlyings: Vec::new(),
            cash: Vec::new(),
            family: Vec::new(),
            collateral: Named(Vec::new()),
            moves,
            loss: [Fraction::ONE; 2],
            perp: [Fraction::ZERO; 2],
            least,
        }
    }

    #[test]
    fn a_rise_hurts_who_is_short_alone() {
        let moves = [(-180_000_000, Fraction::ONE), (5_000_000_000, Fraction::basis_points(1_000))];
        let moves = moves.map(|(size, weight)| Move { size, weight });
        let grid = grid(moves.to_vec(), [Fraction::ZERO; 2]);
        assert_eq!(grid.worst(Value::dollars(1_000)), Ok(Value::dollars(180)));
        assert_eq!(grid.worst(Value::dollars(-1_000)), Ok(Value::dollars(500)));
    }

    #[test]
    fn the_least_delta_of_a_hedged_book_is_the_published_one() {
        // Paradex' documentation: long 1 BTC, short 5 calls of delta .3 at $70,000: net .5, hedged 1, $1,400.
        let [net, hedged] = [200, 100].map(Fraction::basis_points);
        let mut exposure = Exposure::default();
        exposure.add(Value::dollars(70_000)).unwrap();
        exposure.add(Value::dollars(-105_000)).unwrap();
        let grid = grid(Vec::new(), [net, hedged]);
        assert_eq!(grid.least(exposure), Ok(Value::dollars(1_400)));
    }
}
