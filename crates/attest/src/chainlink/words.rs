//! Words of Ethereum's ABI: 32 bytes each, and only one way to write a value.

use crate::{Refusal, reader::Reader};

/// Bytes of a word.
pub(super) const WORD: usize = 32;

/// What the words of a report are. The ABI pads each to 32 bytes; padding of another kind is refused, so that a value has
/// one encoding.
pub(super) trait Words {
    /// A word as it stands.
    fn word(&mut self) -> Result<[u8; WORD], Refusal>;

    /// An unsigned number of 64 bits.
    fn unsigned64(&mut self) -> Result<u64, Refusal> {
        let word = self.word()?;
        let (zeros, low) = word.split_last_chunk::<8>().ok_or(Refusal::Malformed)?;
        if zeros.iter().any(|byte| *byte != 0) {
            return Err(Refusal::Malformed);
        }
        Ok(u64::from_be_bytes(*low))
    }

    /// An unsigned number of 32 bits.
    fn unsigned32(&mut self) -> Result<u32, Refusal> {
        u32::try_from(self.unsigned64()?).map_err(|_| Refusal::Malformed)
    }

    /// An offset, or a length.
    fn length(&mut self) -> Result<usize, Refusal> {
        usize::try_from(self.unsigned64()?).map_err(|_| Refusal::Malformed)
    }

    /// Passes over an unsigned number of 192 bits.
    fn skip_unsigned192(&mut self) -> Result<(), Refusal> {
        match self.word()? {
            [0, 0, 0, 0, 0, 0, 0, 0, ..] => Ok(()),
            _ => Err(Refusal::Malformed),
        }
    }

    /// A signed number of 192 bits.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] where the word has more; [`Refusal::TooLarge`] beyond 128 bits.
    fn signed192(&mut self) -> Result<i128, Refusal> {
        let word = self.word()?;
        let (high, low) = word.split_last_chunk::<16>().ok_or(Refusal::Malformed)?;
        let (padding, middle) = high.split_first_chunk::<8>().ok_or(Refusal::Malformed)?;
        let negative = |byte: Option<&u8>| byte.is_some_and(|byte| *byte >= 0x80);
        let filler = |negative: bool| if negative { 0xff } else { 0 };
        let sign = filler(negative(middle.first()));
        if padding.iter().any(|byte| *byte != sign) {
            return Err(Refusal::Malformed);
        }
        if middle.iter().any(|byte| *byte != filler(negative(low.first()))) {
            return Err(Refusal::TooLarge);
        }
        Ok(i128::from_be_bytes(*low))
    }
}

impl Words for Reader<'_> {
    fn word(&mut self) -> Result<[u8; WORD], Refusal> {
        self.array()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(word: [u8; 32]) -> Result<i128, Refusal> {
        Reader::new(&word).signed192()
    }

    #[test]
    fn a_signed_word_keeps_its_sign_and_its_one_form() {
        assert_eq!(signed([0xff; 32]), Ok(-1));
        assert_eq!(signed([0; 32]), Ok(0));
        let mut word = [0; 32];
        word[16] = 0x7f;
        assert_eq!(signed(word), Ok(0x7f << 120));
        word[16] = 0x80;
        assert_eq!(signed(word), Err(Refusal::TooLarge));
        word[15] = 1;
        assert_eq!(signed(word), Err(Refusal::TooLarge));
        word[7] = 1;
        assert_eq!(signed(word), Err(Refusal::Malformed));
        let mut word = [0xff; 32];
        word[16] = 0x7f;
        assert_eq!(signed(word), Err(Refusal::TooLarge));
        word[0] = 0;
        assert_eq!(signed(word), Err(Refusal::Malformed));
    }

    #[test]
    fn an_unsigned_word_has_no_high_bytes() {
        let mut word = [0; 32];
        word[31] = 5;
        assert_eq!(Reader::new(&word).unsigned32(), Ok(5));
        word[27] = 1;
        assert_eq!(Reader::new(&word).unsigned32(), Err(Refusal::Malformed));
        assert_eq!(Reader::new(&word).unsigned64(), Ok(0x0001_0000_0005));
        word[8] = 1;
        assert_eq!(Reader::new(&word).unsigned64(), Err(Refusal::Malformed));
        assert_eq!(Reader::new(&word).skip_unsigned192(), Ok(()));
        word[7] = 1;
        assert_eq!(Reader::new(&word).skip_unsigned192(), Err(Refusal::Malformed));
    }
}
