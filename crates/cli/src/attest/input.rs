//! Files, moments and addresses.

use std::{
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use cistern_attest::Address;
use cistern_units::Time;
use data_encoding::HEXLOWER_PERMISSIVE;
use serde_json::Value;

/// Largest file: a list of a hundred updates of light clients, which is the largest thing that is read.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// Seconds and milliseconds are told apart here: the year 5138 in seconds, 1973 in milliseconds.
const SECONDS_MAX: u64 = 100_000_000_000;

/// All bytes of a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, String> {
    let tell = |error: std::io::Error| format!("{} cannot be read: {error}", path.display());
    let size = std::fs::metadata(path).map_err(tell)?;
    if size.is_dir() {
        return Err(format!("{} is a folder; give one file", path.display()));
    }
    if size.len() > FILE_BYTES_MAX {
        return Err(format!("{} is larger than any message; give one message", path.display()));
    }
    std::fs::read(path).map_err(tell)
}

/// The bytes that hexadecimal text stands for; anything else is itself.
pub(super) fn unhex(bytes: Vec<u8>) -> Vec<u8> {
    let text = bytes.trim_ascii();
    let digits = text.strip_prefix(b"0x").unwrap_or(text);
    let decoded = HEXLOWER_PERMISSIVE.decode(digits).ok();
    decoded.filter(|_| !digits.is_empty()).unwrap_or(bytes)
}

/// A message out of a JSON list of objects with a field `hex`; none where the file is no JSON.
pub(super) fn of_list(bytes: &[u8], index: Option<u64>) -> Result<Option<Vec<u8>>, String> {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return Ok(None) };
    let item = match &value {
        Value::Array(items) => {
            let place = usize::try_from(index.unwrap_or(0)).unwrap_or(usize::MAX);
            items
                .get(place)
                .ok_or_else(|| format!("the file has {} messages; choose one with --index", items.len()))?
        }
        Value::Object(_) => &value,
        _ => return Ok(None),
    };
    let text = item.as_str().or_else(|| item.get("hex")?.as_str());
    let text = text.ok_or("a message in JSON needs a field \"hex\"")?;
    Ok(Some(unhex(text.as_bytes().to_vec())))
}

/// The clock.
pub(super) fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::milliseconds(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// A moment as people write it.
pub(super) fn moment(text: &str) -> Result<Time, String> {
    if let Ok(number) = text.parse::<u64>() {
        let ms = if number < SECONDS_MAX { number.saturating_mul(1_000) } else { number };
        return Ok(Time::milliseconds(ms));
    }
    let date = humantime::parse_rfc3339_weak(text);
    let since = date.ok().and_then(|date| date.duration_since(UNIX_EPOCH).ok());
    let ms = since.and_then(|since| u64::try_from(since.as_millis()).ok());
    ms.map(Time::milliseconds)
        .ok_or_else(|| "write Unix seconds, Unix milliseconds, or 2025-07-18T23:46:11Z".to_owned())
}

/// An address as people write it.
pub(super) fn address(text: &str) -> Result<Address, String> {
    let bytes = unhex(text.as_bytes().to_vec());
    let bytes = bytes.try_into().map(Address);
    bytes.map_err(|_| "write 0x and 40 hexadecimal digits".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_text_and_raw_bytes_are_told_apart() {
        assert_eq!(unhex(b" 0x504E4155\n".to_vec()), b"PNAU");
        assert_eq!(unhex(b"PNAU".to_vec()), b"PNAU");
        assert_eq!(unhex(b"504".to_vec()), b"504");
        assert_eq!(unhex(Vec::new()), b"");
    }

    #[test]
    fn a_moment_is_seconds_milliseconds_or_a_date() {
        for text in ["1752882371", "1752882371000", "2025-07-18T23:46:11Z"] {
            assert_eq!(moment(text), Ok(Time::milliseconds(1_752_882_371_000)), "{text}");
        }
        assert!(moment("yesterday").is_err());
        assert!(moment("2025-13-01").is_err());
    }
}
