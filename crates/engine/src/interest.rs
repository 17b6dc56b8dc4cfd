//! What lending costs [I1]: a kinked curve over utilisation, and the exchange of units and shares.

use cistern_units::{Amount, Fraction, Overflow, Ratio, Shares, Span, wide};

use crate::{params::Curve, rows::AssetPool};

/// Share of the lent units that is borrowed, rounded up.
#[must_use]
pub(crate) fn utilisation(pool: &AssetPool) -> Fraction {
    let whole = u128::from(Fraction::ONE.raw());
    let raw = wide::multiply_divide_up(pool.owed.units(), whole, pool.lent.units().max(1)).unwrap_or(whole);
    u32::try_from(raw).ok().and_then(Fraction::new).unwrap_or(Fraction::ONE)
}

/// Borrow rate a year at a utilisation [I1], rounded up.
///
/// `base + slope_low * u / kink` up to the kink, then `base + slope_low + slope_high * (u - kink) / (1 - kink)`.
///
/// # Errors
/// [`Overflow`] for a curve that is not sound.
pub(crate) fn borrow_rate(curve: &Curve, used: Fraction) -> Result<Ratio, Overflow> {
    let part = |slope: u64, of: u32, whole: u32| {
        wide::multiply_divide_up(u128::from(slope), u128::from(of), u128::from(whole)).ok_or(Overflow)
    };
    let below = used.min(curve.kink);
    let above = used.raw().saturating_sub(curve.kink.raw());
    let low = part(u64::from(curve.slope_low.raw()), below.raw(), curve.kink.raw())?;
    let high = part(curve.slope_high.raw(), above, curve.kink.complement().raw())?;
    let rate = u128::from(curve.base.raw()).checked_add(low).and_then(|rate| rate.checked_add(high));
    rate.and_then(|rate| u64::try_from(rate).ok()).map(Ratio::new).ok_or(Overflow)
}

/// Interest of all debts for a span, and the insurance fund's shares for its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Accrual {
    pub(crate) interest: Amount,
    pub(crate) reserve: Shares,
}

/// What `elapsed` costs the borrowers of a pool [I1]; nothing below one unit, and then the time is not forgotten.
///
/// Rounded down: charging a whole unit for a millisecond would let anyone who ticks often ruin a borrower. Lenders are
/// credited exactly what borrowers are charged, so the pool pays for no rounding.
///
/// # Errors
/// [`Overflow`] where amounts leave their range.
pub(crate) fn accrue(pool: &AssetPool, curve: &Curve, elapsed: Span) -> Result<Option<Accrual>, Overflow> {
    if pool.owed.is_zero() || elapsed.is_zero() {
        return Ok(None);
    }
    let rate = borrow_rate(curve, utilisation(pool))?;
    let yearly =
        u128::from(Ratio::ONE.raw()).checked_mul(u128::from(Span::YEAR.as_milliseconds())).ok_or(Overflow)?;
    let charge = u128::from(rate.raw()).checked_mul(u128::from(elapsed.as_milliseconds())).ok_or(Overflow)?;
    let interest = pool.owed.scaled_down(charge, yearly)?;
    if interest.is_zero() {
        return Ok(None);
    }
    let fee = interest.scaled_down(u128::from(curve.reserve.raw()), u128::from(Fraction::ONE.raw()))?;
    let lenders = pool.lent.plus(interest)?.minus(fee).ok_or(Overflow)?;
    let reserve = fee.scaled_down(pool.lent_shares.raw(), lenders.units().max(1))?;
    Ok(Some(Accrual { interest, reserve: Shares::new(reserve.units()) }))
}

/// Shares that a lender gets for units, rounded down.
///
/// # Errors
/// [`Overflow`]; also for a pool whose loans are all lost, which takes no new ones.
pub(crate) fn lent_shares_down(pool: &AssetPool, amount: Amount) -> Result<Shares, Overflow> {
    if pool.lent_shares.is_zero() {
        return Ok(Shares::new(amount.units()));
    }
    amount.scaled_down(pool.lent_shares.raw(), pool.lent.units()).map(|shares| Shares::new(shares.units()))
}

/// Shares that a lender gives for units, rounded up.
///
/// # Errors
/// [`Overflow`].
pub(crate) fn lent_shares_up(pool: &AssetPool, amount: Amount) -> Result<Shares, Overflow> {
    amount.scaled_up(pool.lent_shares.raw(), pool.lent.units()).map(|shares| Shares::new(shares.units()))
}

/// Units that a lender's shares are worth, rounded down.
///
/// # Errors
/// [`Overflow`].
pub(crate) fn lent_units(pool: &AssetPool, shares: Shares) -> Result<Amount, Overflow> {
    pool.lent.scaled_down(shares.raw(), pool.lent_shares.raw().max(1))
}

/// Shares of debt for borrowed units, rounded up.
///
/// # Errors
/// [`Overflow`].
pub(crate) fn owed_shares_up(pool: &AssetPool, amount: Amount) -> Result<Shares, Overflow> {
    if pool.owed_shares.is_zero() || pool.owed.is_zero() {
        return Ok(Shares::new(amount.units()));
    }
    amount.scaled_up(pool.owed_shares.raw(), pool.owed.units()).map(|shares| Shares::new(shares.units()))
}

/// Shares of debt that a repayment redeems, rounded down.
///
/// # Errors
/// [`Overflow`].
pub(crate) fn owed_shares_down(pool: &AssetPool, amount: Amount) -> Result<Shares, Overflow> {
    amount
        .scaled_down(pool.owed_shares.raw(), pool.owed.units().max(1))
        .map(|shares| Shares::new(shares.units()))
}

/// Units that shares of debt cost to repay, rounded up, never more than all debts.
///
/// # Errors
/// [`Overflow`].
pub(crate) fn owed_units(pool: &AssetPool, shares: Shares) -> Result<Amount, Overflow> {
    pool.owed.scaled_up(shares.raw(), pool.owed_shares.raw().max(1))
}

#[cfg(test)]
mod tests {
    use cistern_units::Time;

    use super::*;

    #[test]
    fn the_curve_bends_at_its_kink() {
        // [I1] worked numbers: 0 -> 0 %, 40 % -> 2.5 %, 80 % -> 5 %, 90 % -> 52.5 %, 100 % -> 100 % a year.
        let curve = Curve::default();
        let points =
            [(0, 0), (4_000, 25_000_000), (8_000, 50_000_000), (9_000, 525_000_000), (10_000, 1_000_000_000)];
        for (used, rate) in points {
            assert_eq!(borrow_rate(&curve, Fraction::basis_points(used)), Ok(Ratio::new(rate)));
        }
    }

    #[test]
    fn interest_in_two_steps_is_at_most_a_compounding_apart() {
        let pool = AssetPool {
            lent: Amount::new(1_000_000_000),
            lent_shares: Shares::new(1_000_000_000),
            owed: Amount::new(800_000_000),
            owed_shares: Shares::new(800_000_000),
            ..AssetPool::empty(Time::ZERO)
        };
        let curve = Curve::default();
        let year = accrue(&pool, &curve, Span::YEAR).unwrap().unwrap();
        assert_eq!(year.interest, Amount::new(40_000_000));
        // a tenth of the interest, at the price that lenders get after it
        assert_eq!(year.reserve, Shares::new(3_861_003));
        assert_eq!(accrue(&pool, &curve, Span::ZERO).unwrap(), None);
        // Below one unit nothing is charged, and the time is not forgotten.
        assert_eq!(accrue(&pool, &curve, Span::milliseconds(1)).unwrap(), None);
        assert_eq!(accrue(&pool, &curve, Span::SECOND).unwrap().unwrap().interest, Amount::new(1));
    }
}
