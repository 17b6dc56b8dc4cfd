//! Decimal text in and out, exact.

use core::fmt;

use crate::wide::power_of_ten;

/// Why a decimal text is not a number of the wanted quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalError {
    /// Nothing that can be read as a decimal number.
    Malformed,
    /// More decimals than the quantity has; the number of decimals that it has.
    TooFine(usize),
    /// More digits than the quantity holds.
    TooLarge,
}

impl fmt::Display for DecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("not a decimal number; write it like 1234.56"),
            Self::TooFine(places) => write!(f, "too fine: {places} decimals at the most"),
            Self::TooLarge => f.write_str("absurdly large; use a smaller number"),
        }
    }
}

impl core::error::Error for DecimalError {}

/// Exact mantissa of a decimal text at `places` decimals: `"-1.5"` at 2 places is -150.
///
/// Underscores may group digits; an exponent (`1e-7`) is understood.
///
/// # Errors
/// [`DecimalError`]: malformed, more decimals than `places` (other than zeros), or beyond 127 bits.
pub fn parse_decimal(text: &str, places: usize) -> Result<i128, DecimalError> {
    let (negative, mantissa, decimals) = decimal_parts(text)?;
    let wanted = isize::try_from(places).map_err(|_| DecimalError::TooLarge)?;
    let shift = wanted.saturating_sub(decimals);
    let magnitude = if mantissa == 0 {
        0
    } else if let Ok(shift) = usize::try_from(shift) {
        let factor = power_of_ten(shift).ok_or(DecimalError::TooLarge)?;
        mantissa.checked_mul(factor).ok_or(DecimalError::TooLarge)?
    } else {
        let divisor = power_of_ten(shift.unsigned_abs()).ok_or(DecimalError::TooFine(places))?;
        if mantissa.checked_rem(divisor) != Some(0) {
            return Err(DecimalError::TooFine(places));
        }
        mantissa.checked_div(divisor).ok_or(DecimalError::TooLarge)?
    };
    let signed = i128::try_from(magnitude).map_err(|_| DecimalError::TooLarge)?;
    Ok(if negative { signed.saturating_neg() } else { signed })
}

/// Parts of a decimal text: is it negative, its digits as one number, and how many of them are decimals (negative with
/// a positive exponent).
///
/// # Errors
/// [`DecimalError`]: malformed, or more digits than 128 bits hold.
pub fn decimal_parts(text: &str) -> Result<(bool, u128, isize), DecimalError> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i16>().map_err(|_| DecimalError::Malformed)?),
        None => (text, 0),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let decimals = decimals.trim_end_matches('0');
    let mut mantissa = 0_u128;
    let mut seen = digits.bytes().any(|byte| byte.is_ascii_digit());
    seen &= !digits.starts_with('_') && !digits.ends_with('_');
    for byte in whole.bytes().chain(decimals.bytes()).filter(|byte| *byte != b'_') {
        if !byte.is_ascii_digit() {
            return Err(DecimalError::Malformed);
        }
        let digit = u128::from(byte.saturating_sub(b'0'));
        mantissa = mantissa
            .checked_mul(10)
            .and_then(|mantissa| mantissa.checked_add(digit))
            .ok_or(DecimalError::TooLarge)?;
    }
    if !seen {
        return Err(DecimalError::Malformed);
    }
    let places = decimals.bytes().filter(|byte| *byte != b'_').count();
    let places = isize::try_from(places).map_err(|_| DecimalError::TooLarge)?;
    Ok((negative, mantissa, places.saturating_sub(isize::from(exponent))))
}

/// Writes `mantissa` with its last `places` digits behind the point, after `sign` where it is not zero.
pub(crate) fn write_decimal(
    f: &mut fmt::Formatter<'_>,
    sign: &str,
    mantissa: u128,
    places: usize,
) -> fmt::Result {
    let unit = power_of_ten(places).unwrap_or(1);
    let whole = mantissa.checked_div(unit).unwrap_or(0);
    let decimals = mantissa.checked_rem(unit).unwrap_or(0);
    if mantissa > 0 {
        f.write_str(sign)?;
    }
    if places == 0 { write!(f, "{whole}") } else { write!(f, "{whole}.{decimals:0places$}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_exactly() {
        assert_eq!(parse_decimal("15132.75", 8), Ok(1_513_275_000_000));
        assert_eq!(parse_decimal("-0.00000001", 8), Ok(-1));
        assert_eq!(parse_decimal("8_000", 0), Ok(8_000));
        assert_eq!(parse_decimal("1e-7", 8), Ok(10));
        assert_eq!(parse_decimal("2.5E3", 0), Ok(2_500));
        assert_eq!(parse_decimal("1.5000", 1), Ok(15));
        assert_eq!(parse_decimal(".5", 1), Ok(5));
        assert_eq!(parse_decimal("0e-99", 2), Ok(0));
        assert_eq!(parse_decimal("1200", 2), Ok(120_000));
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        for text in ["", "-", ".", "abc", "1.2.3", "1,000", "NaN", "inf", "0x10", "1e", "--1", "_1", "1 "] {
            assert_eq!(parse_decimal(text, 8), Err(DecimalError::Malformed), "{text:?}");
        }
        assert_eq!(parse_decimal("0.123456789", 8), Err(DecimalError::TooFine(8)));
        assert_eq!(parse_decimal("1e-400", 8), Err(DecimalError::TooFine(8)));
        assert_eq!(parse_decimal("1e400", 8), Err(DecimalError::TooLarge));
        assert_eq!(
            parse_decimal("99999999999999999999999999999999999999999", 0),
            Err(DecimalError::TooLarge)
        );
    }
}
