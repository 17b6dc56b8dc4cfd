//! Moments as venues write them.

use std::time::UNIX_EPOCH;

use cistern_units::Time;

/// Unix milliseconds of a time like `2026-04-07T14:30:03.123456789Z`, finer parts cut off; `None` for anything else.
///
/// Only UTC, written `Z` or `+00:00`, and only years from 1970 on: all that a venue sends.
pub(crate) fn rfc3339(text: &str) -> Option<Time> {
    let since = humantime::parse_rfc3339(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(since.as_millis()).ok().map(Time::milliseconds)
}

/// Unix milliseconds in digits.
pub(crate) fn milliseconds(text: &str) -> Option<Time> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).map(Time::milliseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_to_the_millisecond() {
        let of = |text| rfc3339(text).map(Time::as_milliseconds);
        assert_eq!(of("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(of("2000-02-29T12:00:00Z"), Some(951_825_600_000));
        assert_eq!(of("2026-04-07T14:30:03.000000Z"), Some(1_775_572_203_000));
        assert_eq!(of("2026-04-07T14:30:03+00:00"), Some(1_775_572_203_000));
        assert_eq!(of("2022-12-25T09:30:59.123456Z"), Some(1_671_960_659_123));
        assert_eq!(of("2022-12-25T09:30:59.1Z"), Some(1_671_960_659_100));
        assert_eq!(milliseconds("1597026383085"), Some(Time::milliseconds(1_597_026_383_085)));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        let texts = [
            "",
            "Z",
            "T",
            "2026-04-07",
            "2026-04-07T14:30:03",
            "2026-04-07T14:30:03+01:00",
            "1969-12-31T23:59:59Z",
            "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00.Z1Z",
            "2026-01-01T00:00:00.1é2Z",
            "+026-01-01T00:00:00Z",
            "2026-01-01-01T00:00:00Z",
        ];
        texts.iter().for_each(|text| assert_eq!(rfc3339(text), None, "{text}"));
        ["", "-1", "+1", "1.5", "99999999999999999999"]
            .iter()
            .for_each(|text| assert_eq!(milliseconds(text), None));
    }
}
