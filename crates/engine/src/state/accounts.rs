//! Writes to accounts: their lists stay ordered and hold no zero entries.

use core::cmp::Ordering;

use cistern_units::{Amount, Overflow, Shares, Value};

use crate::{
    ids::{AccountId, AssetId, Owner},
    rejection::Rejection,
    rows::{Account, Balance, Form, Header, Position, RowChange},
    state::{Journal, State},
};

/// Accounts that a table grows by at least.
const ACCOUNTS_MIN: usize = 64;

impl State {
    /// A header about to change.
    pub(crate) fn header_mut(
        &mut self,
        journal: &mut Journal,
        id: AccountId,
    ) -> Result<&mut Header, Rejection> {
        let account = self.accounts.get_mut(id.position()).ok_or(Rejection::AccountUnknown)?;
        journal.headers.push((id, account.header));
        Ok(&mut account.header)
    }

    /// Opens the next account.
    pub(crate) fn open(&mut self, journal: &mut Journal, owner: Owner, sub: u8) -> Result<(), Rejection> {
        let id = AccountId::at(self.accounts.len()).ok_or(Rejection::NumberTooLarge)?;
        if self.accounts.len() == self.accounts.capacity() {
            // By an eighth, not by the whole: a table of a million accounts would hold half of its memory empty.
            self.accounts.reserve_exact((self.accounts.len() >> 3).max(ACCOUNTS_MIN));
        }
        self.accounts.push(Account::empty(owner, sub));
        self.owners.insert(&self.accounts, id);
        journal.opened.push((owner, sub));
        Ok(())
    }

    /// Sets units in custody for an account.
    pub(crate) fn set_held(
        &mut self,
        journal: &mut Journal,
        id: AccountId,
        asset: AssetId,
        amount: Amount,
    ) -> Result<(), Rejection> {
        let zero = if amount.is_zero() { Zero::Nothing } else { Zero::Something };
        self.set_balance(journal, id, Balance::held(asset, amount), zero)
    }

    /// Sets an account's shares of a lending pool, on one side.
    pub(crate) fn set_shares(
        &mut self,
        journal: &mut Journal,
        id: AccountId,
        (asset, form): (AssetId, Form),
        shares: Shares,
    ) -> Result<(), Rejection> {
        let zero = if shares.is_zero() { Zero::Nothing } else { Zero::Something };
        self.set_balance(journal, id, Balance::shares(asset, form, shares), zero)
    }

    fn set_balance(
        &mut self,
        journal: &mut Journal,
        id: AccountId,
        row: Balance,
        zero: Zero,
    ) -> Result<(), Rejection> {
        let account = self.accounts.get_mut(id.position()).ok_or(Rejection::AccountUnknown)?;
        let place = place_of(account.balances(), |other| other.key().cmp(&row.key()));
        if let Some(undo) = change_of(place, row, zero).and_then(|change| account.change_balance(change)) {
            journal.balances.push((id, undo));
        }
        Ok(())
    }

    /// Sets an account's position; none where the size is zero.
    pub(crate) fn set_position(
        &mut self,
        journal: &mut Journal,
        id: AccountId,
        row: Position,
    ) -> Result<(), Rejection> {
        let account = self.accounts.get_mut(id.position()).ok_or(Rejection::AccountUnknown)?;
        let place = place_of(account.positions(), |other| other.market.cmp(&row.market));
        let zero = if row.size.is_zero() { Zero::Nothing } else { Zero::Something };
        if let Some(undo) = change_of(place, row, zero).and_then(|change| account.change_position(change)) {
            journal.positions.push((id, undo));
        }
        Ok(())
    }

    /// Changes an account's realised P&L by `change`.
    pub(crate) fn add_pnl(
        &mut self,
        journal: &mut Journal,
        id: AccountId,
        change: Value,
    ) -> Result<(), Rejection> {
        let header = self.header_mut(journal, id)?;
        header.pnl = header.pnl.plus(change)?;
        self.totals.pnl = self.totals.pnl.plus(change)?;
        Ok(())
    }

    /// Changes units in custody for an account by what comes in and what goes out.
    pub(crate) fn shift_held(
        &mut self,
        journal: &mut Journal,
        (id, asset): (AccountId, AssetId),
        income: Amount,
        outgo: Amount,
    ) -> Result<(), Rejection> {
        let held = self.account(id)?.held(asset).plus(income)?.minus(outgo).ok_or(Overflow)?;
        self.set_held(journal, id, asset, held)
    }

    /// Changes an account's shares by what comes in and what goes out.
    pub(crate) fn shift_shares(
        &mut self,
        journal: &mut Journal,
        (id, asset, form): (AccountId, AssetId, Form),
        income: Shares,
        outgo: Shares,
    ) -> Result<(), Rejection> {
        let shares = self.account(id)?.shares(asset, form).plus(income)?.minus(outgo).ok_or(Overflow)?;
        self.set_shares(journal, id, (asset, form), shares)
    }
}

/// Is a row nothing, so that it has no place in its list?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Zero {
    Nothing,
    Something,
}

/// Where in an ordered list a row is, or would be.
fn place_of<T>(mut rows: impl Iterator<Item = T>, compare: impl Fn(T) -> Ordering) -> Result<usize, usize> {
    let mut place = 0_usize;
    rows.find_map(|row| match compare(row) {
        Ordering::Less => {
            place = place.saturating_add(1);
            None
        }
        Ordering::Equal => Some(Ok(place)),
        Ordering::Greater => Some(Err(place)),
    })
    .unwrap_or(Err(place))
}

fn change_of<T>(place: Result<usize, usize>, row: T, zero: Zero) -> Option<RowChange<T>> {
    match (place, zero) {
        (Ok(place), Zero::Nothing) => Some(RowChange::Remove(place)),
        (Ok(place), Zero::Something) => Some(RowChange::Set(place, row)),
        (Err(_), Zero::Nothing) => None,
        (Err(place), Zero::Something) => Some(RowChange::Insert(place, row)),
    }
}
