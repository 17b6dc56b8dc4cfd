//! Exact decimal text: one way to write each number, without exponents, without trailing zeros.

use cistern_units::{Fraction, Price, Ratio, Signed, Value, wide::power_of_ten};

use super::fault::Fault;

/// Longest number that is read: 39 digits, a point, a sign, and room for zeros.
const LENGTH_MAX: usize = 64;

/// A magnitude of raw units as a decimal of at most `places` decimals: 1500000 at 6 places is `1.5`.
#[must_use]
pub fn unsigned(raw: u128, places: usize) -> String {
    let unit = power_of_ten(places).unwrap_or(1);
    let (whole, decimals) = (raw / unit, raw % unit);
    if decimals == 0 {
        return whole.to_string();
    }
    let text = format!("{whole}.{decimals:0places$}");
    text.trim_end_matches('0').to_owned()
}

/// A signed number of raw units as a decimal: -150 at 2 places is `-1.5`.
#[must_use]
pub fn signed(raw: i128, places: usize) -> String {
    let sign = if raw < 0 { "-" } else { "" };
    format!("{sign}{}", unsigned(raw.unsigned_abs(), places))
}

/// Dollars.
#[must_use]
pub fn value(value: Value) -> String {
    signed(value.raw(), Value::PLACES)
}

/// Dollars for one whole unit.
#[must_use]
pub fn price(price: Price) -> String {
    unsigned(price.raw(), Price::PLACES)
}

/// A part of a whole.
#[must_use]
pub fn fraction(fraction: Fraction) -> String {
    unsigned(u128::from(fraction.raw()), Fraction::PLACES)
}

/// A multiple.
#[must_use]
pub fn ratio(ratio: Ratio) -> String {
    unsigned(u128::from(ratio.raw()), Ratio::PLACES)
}

/// A signed part of a whole.
#[must_use]
pub fn signed_fraction(part: Signed) -> String {
    signed(i128::from(part.raw()), Signed::PLACES)
}

/// The raw units of a decimal that is not negative.
///
/// # Errors
/// [`Fault`]: not a decimal, negative, more than `places` decimals, beyond 128 bits.
pub fn read_unsigned(text: &str, places: usize) -> Result<u128, Fault> {
    if text.starts_with('-') {
        return Err(Fault::new("must not be negative: write 0 or more"));
    }
    magnitude(text, places)
}

/// The raw units of a decimal of either sign.
///
/// # Errors
/// [`Fault`]: not a decimal, more than `places` decimals, beyond 127 bits and a sign.
pub fn read_signed(text: &str, places: usize) -> Result<i128, Fault> {
    match text.strip_prefix('-') {
        Some(rest) => {
            let magnitude = magnitude(rest, places)?;
            0_i128.checked_sub_unsigned(magnitude).ok_or_else(|| too_large(i128::MAX.unsigned_abs(), places))
        }
        None => {
            i128::try_from(magnitude(text, places)?).map_err(|_| too_large(i128::MAX.unsigned_abs(), places))
        }
    }
}

/// A number beyond its range; `most` is the largest one, in raw units.
pub(crate) fn too_large(most: u128, places: usize) -> Fault {
    Fault::new(format!("too large: write {} at the most", unsigned(most, places)))
}

fn magnitude(text: &str, places: usize) -> Result<u128, Fault> {
    if text.len() > LENGTH_MAX {
        return Err(Fault::new(format!("too long: a number has at most {LENGTH_MAX} characters")));
    }
    let (whole, decimals) = match text.split_once('.') {
        Some((_, "")) => return Err(malformed()),
        Some(parts) => parts,
        None => (text, ""),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(decimals) {
        return Err(malformed());
    }
    let decimals = decimals.trim_end_matches('0');
    if decimals.len() > places {
        return Err(Fault::new(match places {
            0 => "too many decimals: write a whole number".to_owned(),
            _ => format!("too many decimals: {places} at the most"),
        }));
    }
    let zeros = power_of_ten(places - decimals.len());
    let mut raw = Some(0_u128);
    for byte in whole.bytes().chain(decimals.bytes()) {
        raw = raw.and_then(|raw| raw.checked_mul(10)?.checked_add(u128::from(byte - b'0')));
    }
    let raw = raw.zip(zeros).and_then(|(raw, zeros)| raw.checked_mul(zeros));
    raw.ok_or_else(|| too_large(u128::MAX, places))
}

fn malformed() -> Fault {
    Fault::new("not a decimal number: write it like \"1234.56\", without exponent or separators")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_written_in_one_way() {
        assert_eq!(unsigned(0, 6), "0");
        assert_eq!(unsigned(1_500_000, 6), "1.5");
        assert_eq!(unsigned(1, 18), "0.000000000000000001");
        assert_eq!(signed(-200_000_000, 8), "-2");
        assert_eq!(signed(i128::MIN, 0), "-170141183460469231731687303715884105728");
    }

    #[test]
    fn what_is_not_a_plain_decimal_is_refused() {
        for text in [
            "", "-", ".", ".5", "1.", "1e3", "1_000", "1,000", "+1", " 1", "1 ", "0x10", "NaN", "--1",
            "1.2.3", "\u{661}",
        ] {
            assert!(read_signed(text, 8).is_err(), "{text:?}");
            assert!(read_unsigned(text, 8).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_number_out_of_range_says_what_the_range_is() {
        let message = |fault: Result<u128, Fault>| fault.unwrap_err().message().to_owned();
        assert_eq!(message(read_unsigned("1.0000001", 6)), "too many decimals: 6 at the most");
        assert_eq!(message(read_unsigned("-1", 6)), "must not be negative: write 0 or more");
        assert!(message(read_unsigned(&"9".repeat(50), 6)).starts_with("too large: write 3402823"));
        assert!(message(read_unsigned(&"9".repeat(65), 6)).starts_with("too long"));
        assert_eq!(read_unsigned("007.500", 1), Ok(75));
    }

    proptest! {
        #[test]
        fn every_number_comes_back(raw in any::<u128>(), other in any::<i128>(), places in 0_usize..=18) {
            prop_assert_eq!(read_unsigned(&unsigned(raw, places), places), Ok(raw));
            prop_assert_eq!(read_signed(&signed(other, places), places), Ok(other));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,80}", places in 0_usize..=18) {
            let _ = read_signed(&text, places);
            let _ = read_unsigned(&text, places);
        }
    }
}
