use alloc::vec::Vec;

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_margin::Mode;
use cistern_units::{Amount, Shares, Size, Value};

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

/// What an account is, without its balances and positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
        self.pnl.serialize(writer)?;
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
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Account {
    /// What it is.
    pub header: Header,
    /// Its assets, ordered by asset and form; no zero entries.
    pub balances: Vec<Balance>,
    /// Its positions, ordered by market; no zero entries.
    pub positions: Vec<Position>,
}

impl Account {
    /// An account without anything.
    #[must_use]
    pub fn empty(owner: Owner, sub: u8) -> Self {
        let header = Header { owner, sub, mode: Mode::Portfolio, pnl: Value::ZERO, breach: None };
        Self { header, balances: Vec::new(), positions: Vec::new() }
    }

    /// Its balance of an asset in a form.
    #[must_use]
    pub fn balance(&self, asset: AssetId, form: Form) -> Option<&Balance> {
        let place = self.balances.binary_search_by_key(&(asset, form), Balance::key).ok()?;
        self.balances.get(place)
    }

    /// Units in custody of an asset.
    #[must_use]
    pub fn held(&self, asset: AssetId) -> Amount {
        self.balance(asset, Form::Held).map_or(Amount::ZERO, Balance::amount)
    }

    /// Shares of an asset's lending pool, on one side.
    #[must_use]
    pub fn shares(&self, asset: AssetId, form: Form) -> Shares {
        self.balance(asset, form).map_or(Shares::ZERO, Balance::as_shares)
    }

    /// Its position in a market.
    #[must_use]
    pub fn position(&self, market: MarketId) -> Option<&Position> {
        let place = self.positions.binary_search_by_key(&market, |position| position.market).ok()?;
        self.positions.get(place)
    }

    /// Does it owe anything or can it come to owe anything? Without, nothing that it does needs a price.
    #[must_use]
    pub fn has_obligations(&self) -> bool {
        !self.positions.is_empty()
            || self.header.pnl.is_negative()
            || self.balances.iter().any(|balance| balance.form == Form::Owed)
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
}
