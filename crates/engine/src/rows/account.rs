use alloc::{boxed::Box, vec::Vec};

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_margin::Mode;
use cistern_units::{Amount, Shares, Size, Value};

use super::narrow::{NarrowBalance, NarrowPosition, Row};
use crate::ids::{AssetId, MarketId, Owner};

/// In which form an account has an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub enum Form {
    /// In custody for the account, lent to nobody; in units.
    Held,
    /// In the lending pool; in shares of what lenders are owed.
    Lent,
    /// Borrowed from the lending pool; in shares of what borrowers owe.
    Owed,
}

/// One asset of one account in one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Balance {
    /// Asset.
    pub asset: AssetId,
    /// Form.
    pub form: Form,
    quantity: Quantity,
}

/// 128 bits in two halves, the lower one first: encoded like the whole number, and a row of it has 24 bytes, not 32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
struct Quantity {
    low: u64,
    high: u64,
}

impl From<u128> for Quantity {
    #[inline]
    fn from(whole: u128) -> Self {
        let half = |bits: u128| u64::try_from(bits & u128::from(u64::MAX)).unwrap_or(u64::MAX);
        Self { low: half(whole), high: half(whole >> 64) }
    }
}

impl From<Quantity> for u128 {
    #[inline]
    fn from(quantity: Quantity) -> Self {
        Self::from(quantity.high) << 64 | Self::from(quantity.low)
    }
}

impl Balance {
    /// An amount in custody.
    #[must_use]
    pub fn held(asset: AssetId, amount: Amount) -> Self {
        Self { asset, form: Form::Held, quantity: amount.units().into() }
    }

    /// Shares of the lending pool, on the side that `form` says.
    #[must_use]
    pub fn shares(asset: AssetId, form: Form, shares: Shares) -> Self {
        Self { asset, form, quantity: shares.raw().into() }
    }

    /// Units, where the form counts units; nothing otherwise.
    #[must_use]
    #[inline]
    pub fn amount(&self) -> Amount {
        if self.form == Form::Held { Amount::new(self.quantity.into()) } else { Amount::ZERO }
    }

    /// Shares, where the form counts shares; none otherwise.
    #[must_use]
    #[inline]
    pub fn as_shares(&self) -> Shares {
        if self.form == Form::Held { Shares::ZERO } else { Shares::new(self.quantity.into()) }
    }

    /// A balance of a number in two halves, the lower one first.
    #[inline(always)]
    pub(crate) fn of(asset: AssetId, form: Form, (low, high): (u64, u64)) -> Self {
        Self { asset, form, quantity: Quantity { low, high } }
    }

    /// Its number, whatever it counts.
    pub(crate) fn raw(&self) -> u128 {
        self.quantity.into()
    }

    /// Place in the account's list.
    #[must_use]
    pub fn key(&self) -> (AssetId, Form) {
        (self.asset, self.form)
    }
}

/// One derivative position of one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Position {
    /// Market.
    pub market: MarketId,
    /// Signed size.
    pub size: Size,
    /// Signed value at which it was entered: unrealised P&L is the mark value less this.
    pub cost: Value,
    /// The market's funding index up to which funding was settled.
    pub funding_index: i128,
}

/// An account that stands below its maintenance requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Breach {
    /// Distinct ticks in a row that saw it.
    pub ticks: u8,
    /// Was it said that nobody could take over?
    pub deferred: bool,
}

/// What an account is, without its balances and positions. Packed: there is one for each account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(Rust, packed)]
pub struct Header {
    /// Who commands it.
    pub owner: Owner,
    /// Which of the owner's accounts it is.
    pub sub: u8,
    /// How its margin is computed.
    pub mode: Mode,
    /// Realised P&L that has not been settled in the settlement asset.
    pub pnl: Value,
    /// Is it in breach of maintenance margin?
    pub breach: Option<Breach>,
}

impl BorshSerialize for Header {
    fn serialize<W: borsh::io::Write>(&self, writer: &mut W) -> borsh::io::Result<()> {
        self.owner.serialize(writer)?;
        self.sub.serialize(writer)?;
        (self.mode == Mode::Standard).serialize(writer)?;
        let pnl = self.pnl; // a packed field has no address
        pnl.serialize(writer)?;
        self.breach.serialize(writer)
    }
}

impl BorshDeserialize for Header {
    fn deserialize_reader<R: borsh::io::Read>(reader: &mut R) -> borsh::io::Result<Self> {
        Ok(Self {
            owner: Owner::deserialize_reader(reader)?,
            sub: u8::deserialize_reader(reader)?,
            mode: if bool::deserialize_reader(reader)? { Mode::Standard } else { Mode::Portfolio },
            pnl: Value::deserialize_reader(reader)?,
            breach: Option::deserialize_reader(reader)?,
        })
    }
}

/// One margin account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// What it is.
    pub header: Header,
    lists: Lists,
}

/// The balances of an account, ordered by asset and form, and its positions, ordered by market; no zero entries. Narrow
/// wherever all of them are: equal lists are in one form.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Lists {
    Narrow { balances: Box<[NarrowBalance]>, positions: Box<[NarrowPosition]> },
    Wide(Box<(Vec<Balance>, Vec<Position>)>),
}

impl Lists {
    fn of(balances: Vec<Balance>, positions: Vec<Position>) -> Self {
        match (narrow(&balances), narrow(&positions)) {
            (Some(balances), Some(positions)) => Self::Narrow { balances, positions },
            _ => Self::Wide(Box::new((balances, positions))),
        }
    }
}

/// All rows in their narrow form.
fn narrow<T: Row>(rows: &[T]) -> Option<Box<[T::Narrow]>> {
    let mut narrow = Vec::with_capacity(rows.len());
    for row in rows {
        narrow.push(row.narrow()?);
    }
    Some(narrow.into_boxed_slice())
}

impl BorshSerialize for Account {
    fn serialize<W: borsh::io::Write>(&self, writer: &mut W) -> borsh::io::Result<()> {
        self.header.serialize(writer)?;
        rows_into(self.balances(), writer)?;
        rows_into(self.positions(), writer)
    }
}

/// Rows as a list of them is encoded.
fn rows_into<T: BorshSerialize>(
    rows: impl Iterator<Item = T> + Clone,
    writer: &mut impl borsh::io::Write,
) -> borsh::io::Result<()> {
    let count = u32::try_from(rows.clone().count()).map_err(|_| borsh::io::ErrorKind::InvalidData)?;
    count.serialize(writer)?;
    rows.into_iter().try_for_each(|row| row.serialize(writer))
}

impl BorshDeserialize for Account {
    fn deserialize_reader<R: borsh::io::Read>(reader: &mut R) -> borsh::io::Result<Self> {
        let header = Header::deserialize_reader(reader)?;
        let balances = Vec::deserialize_reader(reader)?;
        Ok(Self { header, lists: Lists::of(balances, Vec::deserialize_reader(reader)?) })
    }
}

impl Account {
    /// An account without anything.
    #[must_use]
    pub fn empty(owner: Owner, sub: u8) -> Self {
        let header = Header { owner, sub, mode: Mode::Portfolio, pnl: Value::ZERO, breach: None };
        Self { header, lists: Lists::of(Vec::new(), Vec::new()) }
    }

    /// Its balances, in order.
    pub fn balances(&self) -> impl DoubleEndedIterator<Item = Balance> + Clone {
        let (narrow, wide) = match &self.lists {
            Lists::Narrow { balances, .. } => (&**balances, &[][..]),
            Lists::Wide(lists) => (&[][..], &*lists.0),
        };
        narrow.iter().map(Balance::from).chain(wide.iter().copied())
    }

    /// Its positions, in order.
    pub fn positions(&self) -> impl DoubleEndedIterator<Item = Position> + Clone {
        let (narrow, wide) = match &self.lists {
            Lists::Narrow { positions, .. } => (&**positions, &[][..]),
            Lists::Wide(lists) => (&[][..], &*lists.1),
        };
        narrow.iter().map(Position::from).chain(wide.iter().copied())
    }

    /// Has it a position?
    #[must_use]
    pub fn has_positions(&self) -> bool {
        self.positions().next().is_some()
    }

    /// Its rows, where all of them are narrow.
    #[inline(always)]
    pub(crate) fn narrow(&self) -> Option<(&[NarrowBalance], &[NarrowPosition])> {
        match &self.lists {
            Lists::Narrow { balances, positions } => Some((balances, positions)),
            Lists::Wide(_) => None,
        }
    }

    /// Changes its lists, in full form for so long. They must stay ordered, and without zero entries.
    pub fn change_lists<T>(&mut self, change: impl FnOnce(&mut Vec<Balance>, &mut Vec<Position>) -> T) -> T {
        let (mut balances, mut positions) = (self.balances().collect(), self.positions().collect());
        let result = change(&mut balances, &mut positions);
        self.lists = Lists::of(balances, positions);
        result
    }

    /// Changes a row of its balances; what takes it back.
    pub(crate) fn change_balance(&mut self, change: RowChange<Balance>) -> Option<RowChange<Balance>> {
        if let (Lists::Narrow { balances, .. }, RowChange::Set(place, row)) = (&mut self.lists, &change)
            && let Some(narrow) = row.narrow()
        {
            let old = core::mem::replace(balances.get_mut(*place)?, narrow);
            return Some(RowChange::Set(*place, (&old).into()));
        }
        self.change_lists(|balances, _| change.make(balances))
    }

    /// Changes a row of its positions; what takes it back.
    pub(crate) fn change_position(&mut self, change: RowChange<Position>) -> Option<RowChange<Position>> {
        if let (Lists::Narrow { positions, .. }, RowChange::Set(place, row)) = (&mut self.lists, &change)
            && let Some(narrow) = row.narrow()
        {
            let old = core::mem::replace(positions.get_mut(*place)?, narrow);
            return Some(RowChange::Set(*place, (&old).into()));
        }
        self.change_lists(|_, positions| change.make(positions))
    }

    /// Its balance of an asset in a form.
    #[must_use]
    pub fn balance(&self, asset: AssetId, form: Form) -> Option<Balance> {
        self.balances().find(|balance| balance.key() == (asset, form))
    }

    /// Units in custody of an asset.
    #[must_use]
    pub fn held(&self, asset: AssetId) -> Amount {
        self.balance(asset, Form::Held).map_or(Amount::ZERO, |balance| balance.amount())
    }

    /// Shares of an asset's lending pool, on one side.
    #[must_use]
    pub fn shares(&self, asset: AssetId, form: Form) -> Shares {
        self.balance(asset, form).map_or(Shares::ZERO, |balance| balance.as_shares())
    }

    /// Its position in a market.
    #[must_use]
    pub fn position(&self, market: MarketId) -> Option<Position> {
        self.positions().find(|position| position.market == market)
    }

    /// Does it owe anything or can it come to owe anything? Without, nothing that it does needs a price.
    #[must_use]
    pub fn has_obligations(&self) -> bool {
        let pnl = self.header.pnl;
        self.has_positions() || pnl.is_negative() || self.balances().any(|balance| balance.form == Form::Owed)
    }
}

/// A change of an ordered list of rows.
#[derive(Debug)]
pub(crate) enum RowChange<T> {
    /// The row becomes another one.
    Set(usize, T),
    /// The row goes.
    Remove(usize),
    /// The row comes.
    Insert(usize, T),
}

impl<T> RowChange<T> {
    /// Makes it; what takes it back, unless there is no such row.
    pub(crate) fn make(self, rows: &mut Vec<T>) -> Option<Self> {
        Some(match self {
            Self::Set(place, row) => Self::Set(place, core::mem::replace(rows.get_mut(place)?, row)),
            Self::Remove(place) if place < rows.len() => Self::Insert(place, rows.remove(place)),
            Self::Insert(place, row) if place <= rows.len() => {
                rows.insert(place, row);
                Self::Remove(place)
            }
            Self::Remove(_) | Self::Insert(..) => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    #[test]
    fn a_balance_is_encoded_like_its_whole_number_and_has_24_bytes() {
        for units in [0, 1, u128::from(u64::MAX), 1 << 64, (7 << 64) | 9, u128::MAX] {
            let balance = Balance::held(AssetId(3), Amount::new(units));
            let whole: Vec<u8> = borsh::to_vec(&(AssetId(3), Form::Held, units)).unwrap();
            assert_eq!(borsh::to_vec(&balance).unwrap(), whole);
            assert_eq!(borsh::from_slice::<Balance>(&whole).unwrap().amount(), Amount::new(units));
        }
        assert_eq!(size_of::<Balance>(), 24);
    }

    #[test]
    fn an_account_is_narrow_while_all_of_its_rows_are() {
        let mut account = Account::empty(Owner([7; 20]), 1);
        let held = |asset, units| Balance::held(AssetId(asset), Amount::new(units));
        let before = account.clone();
        let mut undo = Vec::new();
        for change in [
            RowChange::Insert(0, held(1, 5)),
            RowChange::Insert(1, held(2, 1 << 70)),
            RowChange::Set(0, held(1, 1 << 90)),
            RowChange::Set(1, held(2, 6)),
            RowChange::Set(0, held(1, 7)),
            RowChange::Remove(1),
        ] {
            undo.push(account.change_balance(change).unwrap());
            let units: Vec<u128> = account.balances().map(|balance| balance.amount().units()).collect();
            assert_eq!(account.narrow().is_some(), units.iter().all(|units| *units < 1 << 88), "{units:?}");
            let bytes = borsh::to_vec(&account).unwrap();
            assert_eq!(borsh::from_slice::<Account>(&bytes).unwrap(), account);
        }
        assert_eq!(account.held(AssetId(1)), Amount::new(7));
        assert!(account.change_balance(RowChange::Remove(1)).is_none());
        for change in undo.into_iter().rev() {
            account.change_balance(change).unwrap();
        }
        assert_eq!(account, before);
        assert_eq!((size_of::<Account>(), size_of::<Header>()), (72, 40));
    }
}
