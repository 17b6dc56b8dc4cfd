//! Rows of an account in few bytes, where their numbers have room in them: those of nearly every account have.
//!
//! Numbers are little-endian and as long as they must be; those that do not end at a word are read as a word and cut.

use cistern_units::{Size, Value};

use super::account::{Balance, Form, Position};
use crate::ids::{AssetId, MarketId};

/// Bits of the units of a narrow balance: 3e8 whole tokens of 18 decimals.
const UNITS_BITS: u32 = 88;
/// Bits of an asset's number in the key of a balance, above two for the form.
const ASSET_BITS: u32 = 14;
/// Bits of the numbers of a narrow position, with their signs: 1.4e14 smallest sizes; a cost of 3.6e8 dollars; a funding index
/// of 6e5 dollars a contract.
const SIZE_BITS: u32 = 48;
const COST_BITS: u32 = 56;
const INDEX_BITS: u32 = 80;

/// A balance: two bytes of its asset and form, eleven of its units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NarrowBalance([u8; 13]);

/// A position: two bytes of its market, six of its size, seven of its cost, ten of its funding index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NarrowPosition([u8; 25]);

/// A row that has a narrow form.
pub(crate) trait Row: Copy {
    type Narrow: Copy;

    /// The narrow form, where the row has room in it.
    fn narrow(&self) -> Option<Self::Narrow>;
}

impl Row for Balance {
    type Narrow = NarrowBalance;

    fn narrow(&self) -> Option<NarrowBalance> {
        let raw = self.raw();
        if raw >> UNITS_BITS != 0 || self.asset.0 >> ASSET_BITS != 0 {
            return None;
        }
        let form = match self.form {
            Form::Held => 0,
            Form::Lent => 1,
            Form::Owed => 2,
        };
        let [k, l] = (self.asset.0 << 2 | form).to_le_bytes();
        let [a, b, c, d, e, f, g, h, i, j, m, ..] = raw.to_le_bytes();
        Some(NarrowBalance([k, l, a, b, c, d, e, f, g, h, i, j, m]))
    }
}

impl From<&NarrowBalance> for Balance {
    #[inline(always)]
    fn from(NarrowBalance(row): &NarrowBalance) -> Self {
        let key = u16::from_le_bytes(at::<0, 2>(row));
        let form = match key & 0b11 {
            0 => Form::Held,
            1 => Form::Lent,
            _ => Form::Owed,
        };
        let (low, high) = (u64::from_le_bytes(at::<2, 8>(row)), u64::from_le_bytes(at::<5, 8>(row)) >> 40);
        Self::of(AssetId(key >> 2), form, (low, high))
    }
}

/// Bytes of a row from a place on: one load, as the places are constants within the row.
#[inline(always)]
fn at<const PLACE: usize, const COUNT: usize>(row: &[u8]) -> [u8; COUNT] {
    row.get(PLACE..).and_then(|rest| rest.first_chunk()).copied().unwrap_or([0; COUNT])
}

/// Has a signed number room in so many bits?
fn fits(number: i128, bits: u32) -> bool {
    let unsigned = if number < 0 { !number } else { number };
    unsigned >> bits.saturating_sub(1) == 0
}

impl Row for Position {
    type Narrow = NarrowPosition;

    fn narrow(&self) -> Option<NarrowPosition> {
        let (size, cost) = (self.size.raw(), self.cost.raw());
        let room =
            fits(size.into(), SIZE_BITS) && fits(cost, COST_BITS) && fits(self.funding_index, INDEX_BITS);
        if !room {
            return None;
        }
        let [k, l] = self.market.0.to_le_bytes();
        let [a, b, c, d, e, f, ..] = size.to_le_bytes();
        let [n, o, p, q, r, s, t, ..] = cost.to_le_bytes();
        let [u, v, w, x, y, z, g, h, i, j, ..] = self.funding_index.to_le_bytes();
        Some(NarrowPosition([k, l, a, b, c, d, e, f, n, o, p, q, r, s, t, u, v, w, x, y, z, g, h, i, j]))
    }
}

impl From<&NarrowPosition> for Position {
    #[inline(always)]
    fn from(NarrowPosition(row): &NarrowPosition) -> Self {
        // What is read before a number falls out on the right, and its sign is moved in on the left.
        let size = i64::from_le_bytes(at::<0, 8>(row)) >> 16;
        let cost = i64::from_le_bytes(at::<7, 8>(row)) >> 8;
        let low = i128::from(u64::from_le_bytes(at::<15, 8>(row)));
        Self {
            market: MarketId(u16::from_le_bytes(at::<0, 2>(row))),
            size: Size::new(size),
            cost: Value::new(cost.into()),
            funding_index: i128::from(i16::from_le_bytes(at::<23, 2>(row))) << 64 | low,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_balance_is_narrow_up_to_its_bits_and_nothing_is_lost() {
        for asset in [0, 63, (1 << 14) - 1, 1 << 14, u16::MAX] {
            for form in [Form::Held, Form::Lent, Form::Owed] {
                for raw in [0, 1, u128::from(u64::MAX), 1 << 64, (1 << 88) - 1, 1 << 88, u128::MAX] {
                    let balance = Balance::of(
                        AssetId(asset),
                        form,
                        ((raw & u128::from(u64::MAX)) as u64, (raw >> 64) as u64),
                    );
                    assert_eq!(balance.narrow().is_some(), asset < 1 << 14 && raw < 1 << 88, "{balance:?}");
                    assert!(
                        balance.narrow().is_none_or(|narrow| Balance::from(&narrow) == balance),
                        "{balance:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_position_is_narrow_up_to_its_bits_and_nothing_is_lost() {
        let around = |bits: u32| {
            let end = 1_i128 << (bits - 1);
            [0, 1, -1, 0x0102_0304, end - 1, end, -end, -end - 1]
                .map(|number| (number, (-end..end).contains(&number)))
        };
        for (size, size_fits) in
            around(48).into_iter().chain([(i64::MAX.into(), false), (i64::MIN.into(), false)])
        {
            for (cost, cost_fits) in around(56).into_iter().chain([(i128::MAX, false)]) {
                for (funding_index, index_fits) in around(80).into_iter().chain([(i128::MIN, false)]) {
                    let (size, cost) = (Size::new(size as i64), Value::new(cost));
                    let position = Position { market: MarketId(0xABCD), size, cost, funding_index };
                    let narrow = position.narrow();
                    assert_eq!(narrow.is_some(), size_fits && cost_fits && index_fits, "{position:?}");
                    assert!(narrow.is_none_or(|narrow| Position::from(&narrow) == position), "{position:?}");
                }
            }
        }
        assert_eq!((size_of::<NarrowBalance>(), size_of::<NarrowPosition>()), (13, 25));
    }
}
