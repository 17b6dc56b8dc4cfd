//! JSON of other people, read field by field; whatever is missing or of another kind is told by its name.

use cistern_units::Time;
use serde_json::Value;

use super::{FeedError, timestamp};

/// A frame as JSON.
///
/// # Errors
/// [`FeedError::Garbled`]. Depth is limited by the reader, size by whoever received the frame.
pub(crate) fn read(frame: &[u8]) -> Result<Value, FeedError> {
    serde_json::from_slice(frame).map_err(|error| FeedError::garbled(&format!("not JSON ({error})")))
}

/// What an object says, by name.
pub(crate) trait Fields {
    /// A text.
    fn text(&self, key: &str) -> Result<&str, FeedError>;
    /// A decimal number, as text or as a number of JSON, in its own digits.
    fn decimal(&self, key: &str) -> Result<&str, FeedError>;
    /// A whole number, as text or as a number.
    fn whole(&self, key: &str) -> Result<i64, FeedError>;
    /// A list.
    fn list(&self, key: &str) -> Result<&[Value], FeedError>;
    /// Unix milliseconds, as text or as a number.
    fn time(&self, key: &str) -> Result<Time, FeedError>;
}

impl Fields for Value {
    fn text(&self, key: &str) -> Result<&str, FeedError> {
        self.get(key).and_then(Self::as_str).ok_or_else(|| lacks(key, "a text"))
    }

    fn decimal(&self, key: &str) -> Result<&str, FeedError> {
        self.get(key).and_then(digits).ok_or_else(|| lacks(key, "a number"))
    }

    fn whole(&self, key: &str) -> Result<i64, FeedError> {
        let digits = self.get(key).and_then(digits);
        digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| lacks(key, "a whole number"))
    }

    fn list(&self, key: &str) -> Result<&[Value], FeedError> {
        self.get(key).and_then(Self::as_array).map(Vec::as_slice).ok_or_else(|| lacks(key, "a list"))
    }

    fn time(&self, key: &str) -> Result<Time, FeedError> {
        let digits = self.get(key).and_then(digits);
        digits.and_then(timestamp::milliseconds).ok_or_else(|| lacks(key, "a time in milliseconds"))
    }
}

/// The digits of a number, whether it is written as one or in quotes.
pub(crate) fn digits(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.as_str()),
        _ => None,
    }
}

fn lacks(key: &str, wanted: &str) -> FeedError {
    FeedError::garbled(&format!("the field {key} should be {wanted}, and is missing or something else"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_every_digit() {
        let value =
            read(br#"{"a": 105944.20, "b": "0.10", "c": -1, "d": "123", "e": [1], "f": 1.5}"#).unwrap();
        assert_eq!((value.decimal("a"), value.decimal("b")), (Ok("105944.20"), Ok("0.10")));
        assert_eq!((value.whole("c"), value.whole("d")), (Ok(-1), Ok(123)));
        assert_eq!(value.list("e").map(<[Value]>::len), Ok(1));
        assert!(value.whole("f").is_err() && value.whole("e").is_err() && value.text("a").is_err());
        assert!(value.time("c").is_err() && value.decimal("x").is_err());
    }

    #[test]
    fn what_is_not_json_is_garbled_and_not_followed_into_the_deep() {
        let deep = "[".repeat(100_000);
        for frame in [&b""[..], b"{\"a\":", b"\xff\xfe", b"{} {}", deep.as_bytes()] {
            assert!(matches!(read(frame), Err(FeedError::Garbled { .. })));
        }
    }
}
