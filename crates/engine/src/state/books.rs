//! Writes to the books of an asset: custody, loans and debts move together, to the unit.

use cistern_units::{Amount, Index, Overflow, Shares, Span};

use crate::{
    ids::{AccountId, AssetId},
    rejection::Rejection,
    rows::{AssetPool, Form},
    state::{Journal, State},
};

/// Who, and what of.
type Place = (AccountId, AssetId);

fn less(from: Amount, amount: Amount) -> Result<Amount, Rejection> {
    from.minus(amount).ok_or(Rejection::NumberTooLarge)
}

fn fewer(from: Shares, shares: Shares) -> Result<Shares, Rejection> {
    from.minus(shares).ok_or(Rejection::NumberTooLarge)
}

/// What the hourly limit still remembers of earlier withdrawals: it forgets the whole limit within an hour.
#[must_use]
pub(crate) fn remembered(pool: &AssetPool, limit: Amount, since: Span) -> Amount {
    let passed = u128::from(since.min(Span::HOUR).as_milliseconds());
    let forgotten = limit.scaled_down(passed, u128::from(Span::HOUR.as_milliseconds())).unwrap_or(limit);
    pool.withdrawn.minus_or_zero(forgotten)
}

impl State {
    pub(crate) fn pool_mut(
        &mut self,
        journal: &mut Journal,
        id: AssetId,
    ) -> Result<&mut AssetPool, Rejection> {
        let pool = self.pools.get_mut(id.position()).ok_or(Rejection::AssetUnknown)?;
        journal.pools.push((id, *pool));
        Ok(pool)
    }

    pub(crate) fn credit(
        &mut self,
        journal: &mut Journal,
        place: Place,
        amount: Amount,
    ) -> Result<(), Rejection> {
        let pool = self.pool_mut(journal, place.1)?;
        pool.custody = pool.custody.plus(amount)?;
        pool.held = pool.held.plus(amount)?;
        self.shift_held(journal, place, amount, Amount::ZERO)
    }

    pub(crate) fn pay_out(
        &mut self,
        journal: &mut Journal,
        place: Place,
        amount: Amount,
    ) -> Result<(), Rejection> {
        let (now, limit) = (self.totals.time, self.asset(place.1)?.withdrawal_limit);
        let pool = self.pool_mut(journal, place.1)?;
        pool.withdrawn = remembered(pool, limit, now.since(pool.withdrawn_at)).plus(amount)?;
        pool.withdrawn_at = now;
        pool.custody = less(pool.custody, amount)?;
        pool.held = less(pool.held, amount)?;
        self.shift_held(journal, place, Amount::ZERO, amount)
    }

    pub(crate) fn lend(
        &mut self,
        journal: &mut Journal,
        (id, asset): Place,
        amount: Amount,
        shares: Shares,
    ) -> Result<(), Rejection> {
        let pool = self.pool_mut(journal, asset)?;
        pool.held = less(pool.held, amount)?;
        pool.lent = pool.lent.plus(amount)?;
        pool.lent_shares = pool.lent_shares.plus(shares)?;
        pool.refresh_indexes()?;
        self.shift_held(journal, (id, asset), Amount::ZERO, amount)?;
        self.shift_shares(journal, (id, asset, Form::Lent), shares, Shares::ZERO)
    }

    pub(crate) fn recall(
        &mut self,
        journal: &mut Journal,
        (id, asset): Place,
        amount: Amount,
        shares: Shares,
    ) -> Result<(), Rejection> {
        let pool = self.pool_mut(journal, asset)?;
        pool.held = pool.held.plus(amount)?;
        pool.lent = less(pool.lent, amount)?;
        pool.lent_shares = fewer(pool.lent_shares, shares)?;
        pool.refresh_indexes()?;
        self.shift_held(journal, (id, asset), amount, Amount::ZERO)?;
        self.shift_shares(journal, (id, asset, Form::Lent), Shares::ZERO, shares)
    }

    pub(crate) fn borrow(
        &mut self,
        journal: &mut Journal,
        (id, asset): Place,
        amount: Amount,
        shares: Shares,
    ) -> Result<(), Rejection> {
        let now = self.totals.time;
        let pool = self.pool_mut(journal, asset)?;
        if pool.owed.is_zero() {
            pool.accrued_at = now; // nothing was owed, so no interest runs from before
        }
        pool.held = pool.held.plus(amount)?;
        pool.owed = pool.owed.plus(amount)?;
        pool.owed_shares = pool.owed_shares.plus(shares)?;
        pool.refresh_indexes()?;
        self.shift_held(journal, (id, asset), amount, Amount::ZERO)?;
        self.shift_shares(journal, (id, asset, Form::Owed), shares, Shares::ZERO)
    }

    pub(crate) fn repay(
        &mut self,
        journal: &mut Journal,
        (id, asset): Place,
        amount: Amount,
        shares: Shares,
    ) -> Result<(), Rejection> {
        let pool = self.pool_mut(journal, asset)?;
        pool.held = less(pool.held, amount)?;
        pool.owed = less(pool.owed, amount)?;
        pool.owed_shares = fewer(pool.owed_shares, shares)?;
        pool.refresh_indexes()?;
        self.shift_held(journal, (id, asset), Amount::ZERO, amount)?;
        self.shift_shares(journal, (id, asset, Form::Owed), Shares::ZERO, shares)
    }

    /// A debt that nobody will pay disappears, and with it as much of what lenders are owed.
    pub(crate) fn write_off(
        &mut self,
        journal: &mut Journal,
        (id, asset): Place,
        amount: Amount,
        shares: Shares,
    ) -> Result<(), Rejection> {
        let pool = self.pool_mut(journal, asset)?;
        pool.owed = less(pool.owed, amount)?;
        pool.lent = less(pool.lent, amount)?;
        pool.owed_shares = fewer(pool.owed_shares, shares)?;
        pool.refresh_indexes()?;
        self.shift_shares(journal, (id, asset, Form::Owed), Shares::ZERO, shares)
    }

    pub(crate) fn set_impaired(
        &mut self,
        journal: &mut Journal,
        asset: AssetId,
        change: fn(&AssetPool) -> bool,
    ) -> Result<(), Rejection> {
        let pool = self.pool_mut(journal, asset)?;
        pool.impaired = change(pool);
        Ok(())
    }

    pub(crate) fn accrue_interest(
        &mut self,
        journal: &mut Journal,
        asset: AssetId,
        interest: Amount,
        reserve: Shares,
    ) -> Result<(), Rejection> {
        let now = self.totals.time;
        let pool = self.pool_mut(journal, asset)?;
        pool.owed = pool.owed.plus(interest)?;
        pool.lent = pool.lent.plus(interest)?;
        pool.lent_shares = pool.lent_shares.plus(reserve)?;
        pool.accrued_at = now;
        pool.refresh_indexes()?;
        self.shift_shares(journal, (AccountId::INSURANCE_FUND, asset, Form::Lent), reserve, Shares::ZERO)
    }
}

impl AssetPool {
    /// Recomputes both indexes from the totals; a side without shares keeps one unit a share.
    fn refresh_indexes(&mut self) -> Result<(), Overflow> {
        self.lent_index = if self.lent_shares.is_zero() {
            Index::ONE
        } else {
            Index::of_down(self.lent, self.lent_shares)?
        };
        self.owed_index =
            if self.owed_shares.is_zero() { Index::ONE } else { Index::of_up(self.owed, self.owed_shares)? };
        Ok(())
    }
}
