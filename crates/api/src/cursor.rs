//! Where a list goes on: opaque to clients, a few numbers to us.

use crate::errors::Failure;

/// Most items of one page.
pub(crate) const PAGE_MAX: u32 = 1_000;
/// Items of a page that nobody asked a length for.
const PAGE: u32 = 100;

/// Numbers as a cursor.
pub(crate) fn encode(numbers: &[u64]) -> String {
    let parts: Vec<String> = numbers.iter().map(|number| format!("{number:x}")).collect();
    parts.join("-")
}

/// The numbers of a cursor.
pub(crate) fn decode<const N: usize>(cursor: &str) -> Result<[u64; N], Failure> {
    let numbers: Option<Vec<u64>> = cursor
        .split('-')
        .map(|part| u64::from_str_radix(part, 16).ok().filter(|_| !part.starts_with('+')))
        .collect();
    let numbers = numbers.and_then(|numbers| <[u64; N]>::try_from(numbers).ok());
    numbers.ok_or_else(|| Failure::invalid("cursor", "not a cursor of this list: take it from next_cursor"))
}

/// The length of a page.
pub(crate) fn limit(asked: Option<u32>) -> Result<usize, Failure> {
    match asked.unwrap_or(PAGE) {
        limit @ 1..=PAGE_MAX => Ok(limit as usize),
        _ => Err(Failure::invalid("limit", format!("write 1 to {PAGE_MAX}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back() {
        for numbers in [[0, 1], [u64::MAX, 7]] {
            assert_eq!(decode::<2>(&encode(&numbers)).unwrap(), numbers);
        }
        for text in ["", "1", "1-2-3", "x-1", "-1-2", "+1-2", "1-99999999999999999"] {
            assert!(decode::<2>(text).is_err(), "{text}");
        }
        assert!(limit(Some(0)).is_err() && limit(Some(1_001)).is_err());
        assert_eq!(limit(None).unwrap(), 100);
    }
}
