//! The text forms of numbers and bytes in Ethereum's JSON: one text for each value, and no other.

use alloc::vec::Vec;

use alloy_primitives::U256;

use crate::Refusal;

/// Bytes of a length known when this was written.
pub(crate) fn array<const N: usize>(text: &str) -> Result<[u8; N], Refusal> {
    let (pairs, rest) = digits(text)?.as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return Err(Refusal::Malformed);
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(pairs) {
        *byte = pair_value(*pair)?;
    }
    Ok(bytes)
}

/// Bytes of any length up to a most.
///
/// # Errors
/// [`Refusal::Oversized`] beyond it.
pub(crate) fn bytes(text: &str, most: usize) -> Result<Vec<u8>, Refusal> {
    let (pairs, rest) = digits(text)?.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Refusal::Malformed);
    }
    if pairs.len() > most {
        return Err(Refusal::Oversized);
    }
    pairs.iter().map(|pair| pair_value(*pair)).collect()
}

/// A number in hexadecimal without leading zeros, as the execution layer writes it.
pub(crate) fn quantity(text: &str) -> Result<u64, Refusal> {
    u64::try_from(wide_quantity(text)?).map_err(|_| Refusal::Malformed)
}

/// The same of up to 256 bits.
pub(crate) fn wide_quantity(text: &str) -> Result<U256, Refusal> {
    let digits = digits(text)?;
    if digits.is_empty() || digits.len() > 64 || (digits.len() > 1 && digits.first() == Some(&b'0')) {
        return Err(Refusal::Malformed);
    }
    let mut bytes = [0; 32];
    for (place, digit) in digits.iter().rev().enumerate() {
        let byte = bytes.iter_mut().rev().nth(place.div_euclid(2)).ok_or(Refusal::Malformed)?;
        let value = digit_value(*digit)?;
        *byte |= if place.is_multiple_of(2) { value } else { value.wrapping_shl(4) };
    }
    Ok(U256::from_be_bytes(bytes))
}

/// A number in decimal without leading zeros, as the beacon API writes it.
#[cfg(feature = "light-client")]
pub(crate) fn decimal(text: &str) -> Result<u64, Refusal> {
    require_decimal(text, 20)?;
    text.parse().map_err(|_| Refusal::Malformed)
}

/// The same of up to 256 bits.
#[cfg(feature = "light-client")]
pub(crate) fn wide_decimal(text: &str) -> Result<U256, Refusal> {
    require_decimal(text, 78)?;
    U256::from_str_radix(text, 10).map_err(|_| Refusal::Malformed)
}

#[cfg(feature = "light-client")]
fn require_decimal(text: &str, longest: usize) -> Result<(), Refusal> {
    let canonical = text == "0" || !text.starts_with('0');
    let digits = (1..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if canonical && digits { Ok(()) } else { Err(Refusal::Malformed) }
}

fn digits(text: &str) -> Result<&[u8], Refusal> {
    text.strip_prefix("0x").map(str::as_bytes).ok_or(Refusal::Malformed)
}

fn pair_value([high, low]: [u8; 2]) -> Result<u8, Refusal> {
    Ok(digit_value(high)?.wrapping_shl(4) | digit_value(low)?)
}

fn digit_value(digit: u8) -> Result<u8, Refusal> {
    match digit {
        b'0'..=b'9' => Ok(digit.wrapping_sub(b'0')),
        b'a'..=b'f' => Ok(digit.wrapping_sub(b'a').wrapping_add(10)),
        b'A'..=b'F' => Ok(digit.wrapping_sub(b'A').wrapping_add(10)),
        _ => Err(Refusal::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_one_text() {
        assert_eq!(array("0x01fF"), Ok([1, 255]));
        for text in ["", "01ff", "0X01ff", "0x01f", "0x01fff", "0x01f ", "0x01ff00", "0x0é1"] {
            assert_eq!(array::<2>(text), Err(Refusal::Malformed), "{text}");
        }
        assert_eq!(bytes("0x", 0), Ok(Vec::new()));
        assert_eq!(bytes("0x0102", 2), Ok([1, 2].into()));
        assert_eq!(bytes("0x0102", 1), Err(Refusal::Oversized));
        assert_eq!(quantity("0x0"), Ok(0));
        assert_eq!(quantity("0x14e8d38"), Ok(21_925_176));
        assert_eq!(quantity("0xffffffffffffffff"), Ok(u64::MAX));
        for text in ["0x", "0x00", "0x01", "0x10000000000000000", "0xg", "12", "-0x1", "0x+1", "0x_1"] {
            assert_eq!(quantity(text), Err(Refusal::Malformed), "{text}");
        }
        let most = std::format!("0x{}", "f".repeat(64));
        assert_eq!(wide_quantity(&most), Ok(U256::MAX));
        assert_eq!(wide_quantity(&std::format!("0x1{}", "0".repeat(64))), Err(Refusal::Malformed));
    }

    #[cfg(feature = "light-client")]
    #[test]
    fn a_decimal_has_one_text() {
        assert_eq!(decimal("0"), Ok(0));
        assert_eq!(decimal("18446744073709551615"), Ok(u64::MAX));
        for text in ["", "00", "01", "+1", "-1", "1_0", "18446744073709551616", "1.0", "0x1", " 1"] {
            assert_eq!(decimal(text), Err(Refusal::Malformed), "{text}");
        }
        let most = std::format!("{}", U256::MAX);
        assert_eq!(wide_decimal(&most), Ok(U256::MAX));
        assert_eq!(wide_decimal(&"9".repeat(78)), Err(Refusal::Malformed));
        assert_eq!(wide_decimal("1_0"), Err(Refusal::Malformed));
    }
}
