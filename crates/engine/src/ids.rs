//! Names of things: dense indices given out by counters, and the short texts that people read.

use core::fmt;

use borsh::{BorshDeserialize, BorshSerialize};
use cistern_attest::Address;

macro_rules! index {
    ($(#[$doc:meta])* $name:ident, $raw:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
        pub struct $name(pub $raw);

        impl $name {
            /// Position in its table.
            #[must_use]
            pub fn position(self) -> usize {
                usize::try_from(self.0).unwrap_or(usize::MAX)
            }

            /// The index of a position; `None` beyond the range of the index.
            #[must_use]
            pub fn at(position: usize) -> Option<Self> {
                <$raw>::try_from(position).ok().map(Self)
            }
        }
    };
}

index!(
    /// One margin account: collateral, debts and positions that are judged together.
    AccountId,
    u32
);
index!(
    /// One collateral asset.
    AssetId,
    u16
);
index!(
    /// One derivative market.
    MarketId,
    u16
);
index!(
    /// One risk factor: something whose price can move.
    FactorId,
    u16
);
index!(
    /// One price that sources report.
    FeedId,
    u16
);
index!(
    /// One reporter of prices.
    SourceId,
    u16
);
index!(
    /// One scheduled act of governance.
    ActId,
    u32
);
index!(
    /// One bid for units of a collection.
    BidId,
    u32
);

/// One unit of a collection, by the number that its contract gave it: 256 bits as ERC-721 has them, the highest byte first.
/// Contracts number by counters, and by hashes too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct ItemId(pub [u8; 32]);

impl ItemId {
    /// The unit of a number that fits 64 bits, as most do.
    #[must_use]
    pub fn of(number: u64) -> Self {
        let mut bytes = [0; 32];
        if let Some(low) = bytes.last_chunk_mut::<8>() {
            *low = number.to_be_bytes();
        }
        Self(bytes)
    }

    /// Its number, where that fits 64 bits.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        let (high, low) = self.0.split_last_chunk::<8>()?;
        high.iter().all(|byte| *byte == 0).then(|| u64::from_be_bytes(*low))
    }
}

impl AccountId {
    /// The pool's insurance fund: penalties and interest margins come in, bad debt goes out.
    pub const INSURANCE_FUND: Self = Self(0);
    /// The pool's clearing account: realised losses wait here until realised profits are paid from them.
    pub const CLEARING: Self = Self(1);

    /// Does the account belong to the pool itself?
    #[must_use]
    pub fn is_reserved(self) -> bool {
        self <= Self::CLEARING
    }
}

/// Who may command an account: a 20-byte address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Owner(pub [u8; 20]);

impl Owner {
    /// The address that signs for it.
    #[must_use]
    pub const fn address(self) -> Address {
        Address(self.0)
    }
}

/// A short name that people read: at most 16 printable ASCII characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, BorshSerialize)]
pub struct Symbol([u8; 16]);

impl Symbol {
    /// A name; `None` where it is empty, longer than 16 characters or holds anything but printable ASCII.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let mut bytes = [0_u8; 16];
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Self(bytes))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap_or(self.0.len());
        self.0.get(..end).and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or("")
    }
}

impl BorshDeserialize for Symbol {
    fn deserialize_reader<R: borsh::io::Read>(reader: &mut R) -> borsh::io::Result<Self> {
        let symbol = Self(<[u8; 16]>::deserialize_reader(reader)?);
        match Self::new(symbol.as_str()) {
            Some(canonical) if canonical == symbol => Ok(symbol),
            _ => Err(borsh::io::ErrorKind::InvalidData.into()),
        }
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_has_a_number_of_256_bits() {
        assert_eq!(ItemId::of(258).0[30..], [1, 2]);
        assert_eq!(ItemId::of(u64::MAX).number(), Some(u64::MAX));
        let mut hash = ItemId::of(1);
        hash.0[0] = 1;
        assert_eq!(hash.number(), None);
    }

    #[test]
    fn a_symbol_is_short_and_printable() {
        assert_eq!(Symbol::new("wstETH/ETH").unwrap().as_str(), "wstETH/ETH");
        for text in ["", "has space", "seventeen-letters", "\u{e9}t\u{e9}"] {
            assert_eq!(Symbol::new(text), None, "{text:?}");
        }
        assert!(borsh::from_slice::<Symbol>(&[255; 16]).is_err());
    }
}
