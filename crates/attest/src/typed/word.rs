use crate::{Address, keccak256};

/// A field of typed data as the standard encodes it: 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word([u8; 32]);

impl Word {
    /// `uint8` to `uint128`.
    #[must_use]
    pub const fn unsigned(value: u128) -> Self {
        Self::padded(value.to_be_bytes(), 0)
    }

    /// `int8` to `int128`: two's complement, so that a negative number begins with ones.
    #[must_use]
    pub const fn signed(value: i128) -> Self {
        Self::padded(value.to_be_bytes(), if value < 0 { 0xff } else { 0 })
    }

    /// `uint256` and `int256`, big-endian, and `bytes32`.
    #[must_use]
    pub const fn bytes32(value: [u8; 32]) -> Self {
        Self(value)
    }

    /// `bool`.
    #[must_use]
    pub fn truth(value: impl Into<bool>) -> Self {
        Self::unsigned(u128::from(value.into()))
    }

    /// `address`.
    #[must_use]
    pub const fn address(address: Address) -> Self {
        let mut word = [0; 32];
        if let Some(place) = word.last_chunk_mut() {
            *place = address.0;
        }
        Self(word)
    }

    /// `string`: its hash.
    #[must_use]
    pub fn string(value: &str) -> Self {
        Self::bytes(value.as_bytes())
    }

    /// `bytes`: their hash.
    #[must_use]
    pub fn bytes(value: &[u8]) -> Self {
        Self(keccak256(value))
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_slice(&self) -> &[u8] {
        &self.0
    }

    const fn padded(low: [u8; 16], filler: u8) -> Self {
        let mut word = [filler; 32];
        if let Some(place) = word.last_chunk_mut() {
            *place = low;
        }
        Self(word)
    }
}
