//! Moments as venues write them.

use cistern_units::Time;

/// Unix milliseconds of a time like `2026-04-07T14:30:03.123456789Z`, finer parts cut off; `None` for anything else.
///
/// Only UTC, written `Z`, and only years from 1970 on: all that a venue sends.
pub(crate) fn rfc3339(text: &str) -> Option<Time> {
    let (date, clock) = text.strip_suffix('Z')?.split_once('T')?;
    let [year, month, day] = parts(date, '-', [4, 2, 2])?;
    let (whole, decimals) = clock.split_once('.').unwrap_or((clock, "0"));
    let [hour, minute, second] = parts(whole, ':', [2, 2, 2])?;
    let known = year >= 1970 && (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day);
    if !known || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let digits = decimals.bytes().all(|byte| byte.is_ascii_digit());
    let millisecond = format!("{decimals:0<3}").get(..3).filter(|_| digits)?.parse::<u64>().ok()?;
    let years: u64 = (1970..year).map(|year| if is_leap(year) { 366 } else { 365 }).sum();
    let months: u64 = (1..month).map(|month| days_of(year, month)).sum();
    let seconds = (((years + months + day - 1) * 24 + hour) * 60 + minute) * 60 + second;
    Some(Time::milliseconds(seconds * 1_000 + millisecond))
}

/// Unix milliseconds in digits.
pub(crate) fn milliseconds(text: &str) -> Option<Time> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).map(Time::milliseconds)
}

fn parts(text: &str, mark: char, lengths: [usize; 3]) -> Option<[u64; 3]> {
    let mut found = [0; 3];
    let mut rest = text.split(mark);
    for (found, length) in found.iter_mut().zip(lengths) {
        let part = rest.next()?;
        let sound = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        *found = part.parse().ok().filter(|_| sound)?;
    }
    rest.next().is_none().then_some(found)
}

const fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn days_of(year: u64, month: u64) -> u64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
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
            "2026-04-07T14:30:03+00:00",
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
