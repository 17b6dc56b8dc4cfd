//! A place in bytes that only moves forward. No length is believed: every step is checked against what is left.

use crate::Refusal;

/// What is left of a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

macro_rules! numbers {
    ($($name:ident, $little:ident: $type:ty),* $(,)?) => {$(
        /// A big-endian number.
        #[allow(dead_code, reason = "one list of widths for all formats; which of them a format has is its own affair")]
        pub(crate) fn $name(&mut self) -> Result<$type, Refusal> {
            self.array().map(<$type>::from_be_bytes)
        }

        /// A little-endian number.
        #[allow(dead_code, reason = "one list of widths for all formats; which of them a format has is its own affair")]
        pub(crate) fn $little(&mut self) -> Result<$type, Refusal> {
            self.array().map(<$type>::from_le_bytes)
        }
    )*};
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next bytes.
    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], Refusal> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Refusal::Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    /// The next bytes, of a length known when this was written.
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Refusal> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(Refusal::Malformed)?;
        self.rest = rest;
        Ok(*taken)
    }

    numbers! { u8, u8_le: u8, u16, u16_le: u16, u32, u32_le: u32, u64, u64_le: u64, u128, u128_le: u128, i16, i16_le: i16, i32, i32_le: i32, i64, i64_le: i64, i128, i128_le: i128 }

    /// Nothing may be left.
    pub(crate) const fn end(self) -> Result<(), Refusal> {
        if self.rest.is_empty() { Ok(()) } else { Err(Refusal::Malformed) }
    }
}
