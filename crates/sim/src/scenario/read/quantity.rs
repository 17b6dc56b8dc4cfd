//! Words that are numbers.

use cistern_units::{DecimalError, Fraction, Price, Ratio, Span, Time, parse_decimal};

use super::{Fault, FaultKind, Word};
use crate::scenario::number::{self, SPANS};

/// A number of whole units with so many decimals, in smallest units; not negative.
pub(crate) fn units(word: &Word, what: &'static str, places: usize) -> Result<u128, Fault> {
    let number = decimal(word, &word.text, what, places)?;
    let rule = "it cannot be negative";
    u128::try_from(number)
        .map_err(|_| word.fault(FaultKind::OutOfRange { word: word.text.clone(), what, rule }))
}

/// A number of whole units with so many decimals, in smallest units; negative too.
pub(crate) fn signed(word: &Word, what: &'static str, places: usize) -> Result<i128, Fault> {
    decimal(word, &word.text, what, places)
}

/// A count.
pub(crate) fn whole<T: TryFrom<u128>>(word: &Word, what: &'static str) -> Result<T, Fault> {
    let rule = "it is larger than any";
    T::try_from(units(word, what, 0)?)
        .map_err(|_| word.fault(FaultKind::OutOfRange { word: word.text.clone(), what, rule }))
}

/// A price.
pub(crate) fn price(word: &Word) -> Result<Price, Fault> {
    let what = "price";
    let rule = "a price is above 0 and at most 1e9; a price of 0 does not exist";
    Price::new(units(word, what, Price::PLACES)?)
        .ok_or_else(|| word.fault(FaultKind::OutOfRange { word: word.text.clone(), what, rule }))
}

/// A fraction: `0.15` or `15%`.
pub(crate) fn fraction(word: &Word) -> Result<Fraction, Fault> {
    let what = "fraction";
    let rule = "it lies between 0 and 1";
    u32::try_from(parts(word, what)?)
        .ok()
        .and_then(Fraction::new)
        .ok_or_else(|| word.fault(FaultKind::OutOfRange { word: word.text.clone(), what, rule }))
}

/// A ratio, which may exceed 1: `1.25` or `125%`.
pub(crate) fn ratio(word: &Word) -> Result<Ratio, Fault> {
    let what = "ratio";
    let rule = "it is larger than any";
    u64::try_from(parts(word, what)?)
        .map(Ratio::new)
        .map_err(|_| word.fault(FaultKind::OutOfRange { word: word.text.clone(), what, rule }))
}

fn parts(word: &Word, what: &'static str) -> Result<u128, Fault> {
    match word.text.strip_suffix('%') {
        Some(percent) => units(&word.part(0, percent), what, Fraction::PLACES - 2),
        None => units(word, what, Fraction::PLACES),
    }
}

/// A span: `90s`, `1h30min`, `2d`.
pub(crate) fn span(word: &Word) -> Result<Span, Fault> {
    moved(word).and_then(|(sign, span)| match sign {
        Sign::Plus => Ok(span),
        Sign::Minus => {
            let (what, rule) = ("span", "time only passes");
            Err(word.fault(FaultKind::OutOfRange { word: word.text.clone(), what, rule }))
        }
    })
}

/// Which way a span points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Plus,
    Minus,
}

/// A thousand years, in milliseconds: products with a price stay within 128 bits.
const SPAN_MAX: u64 = 1_000 * 31_536_000_000;

/// A span that may point back: `-5s`.
pub(crate) fn moved(word: &Word) -> Result<(Sign, Span), Fault> {
    let (sign, mut rest) = match word.text.strip_prefix('-') {
        Some(rest) => (Sign::Minus, rest),
        None => (Sign::Plus, word.text.as_str()),
    };
    let choices = || SPANS.map(|(name, _)| name).join(", ");
    let mut sum = 0_u64;
    let mut any = false;
    while !rest.is_empty() {
        any = true;
        let digits = rest.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '_');
        let count = decimal(word, &rest[..rest.len() - digits.len()], "span", 0)?;
        let unit = &digits[..digits.find(|letter: char| !letter.is_alphabetic()).unwrap_or(digits.len())];
        let length = SPANS.iter().find(|(name, _)| *name == unit).map(|(_, length)| *length);
        let unknown = || {
            word.fault(FaultKind::UnknownChoice {
                what: "unit of time",
                word: unit.to_owned(),
                choices: choices(),
            })
        };
        let length = length.ok_or_else(unknown)?;
        let span = u64::try_from(count).ok().and_then(|count| count.checked_mul(length));
        let too_large = || bad(word, &word.text, "span", DecimalError::TooLarge);
        sum = span
            .and_then(|span| sum.checked_add(span))
            .filter(|sum| *sum <= SPAN_MAX)
            .ok_or_else(too_large)?;
        rest = &digits[unit.len()..];
    }
    if any {
        Ok((sign, Span::milliseconds(sum)))
    } else {
        Err(bad(word, &word.text, "span", DecimalError::Malformed))
    }
}

/// A moment: `2024-08-05` and `00:00` or `00:00:30`.
pub(crate) fn moment(date: &Word, time: Option<&Word>) -> Result<Time, Fault> {
    let fault = |word: &Word, rule| {
        word.fault(FaultKind::OutOfRange { word: word.text.clone(), what: "moment", rule })
    };
    let numbers =
        |text: &str, mark| text.split(mark).map(|part| part.parse().ok()).collect::<Option<Vec<u64>>>();
    let days = match numbers(&date.text, '-').as_deref() {
        Some([year, month, day]) => number::days_of(*year, *month, *day),
        _ => None,
    };
    let days = days.ok_or_else(|| fault(date, "write a day from 1970 on like 2024-08-05"))?;
    let Some(time) = time else {
        return Ok(Time::milliseconds(days * 86_400_000));
    };
    let seconds = match numbers(&time.text, ':').as_deref() {
        Some([hour @ 0..=23, minute @ 0..=59]) => Some(hour * 3_600 + minute * 60),
        Some([hour @ 0..=23, minute @ 0..=59, second @ 0..=59]) => Some(hour * 3_600 + minute * 60 + second),
        _ => None,
    };
    let seconds = seconds.ok_or_else(|| fault(time, "write a time of day like 09:30 or 09:30:15"))?;
    Ok(Time::milliseconds(days * 86_400_000 + seconds * 1_000))
}

fn decimal(word: &Word, text: &str, what: &'static str, places: usize) -> Result<i128, Fault> {
    parse_decimal(text, places).map_err(|reason| bad(word, text, what, reason))
}

fn bad(word: &Word, text: &str, what: &'static str, reason: DecimalError) -> Fault {
    word.fault(FaultKind::BadNumber { word: text.to_owned(), what, reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Word {
        Word { text: text.to_owned(), line: 1, column: 1 }
    }

    #[test]
    fn a_span_is_a_sum_of_units() {
        let ms = |text: &str| span(&word(text)).map(|span| span.as_milliseconds());
        assert_eq!(ms("90s"), Ok(90_000));
        assert_eq!(ms("1h30min"), Ok(5_400_000));
        assert_eq!(ms("2d250ms"), Ok(172_800_250));
        assert_eq!(moved(&word("-5s")), Ok((Sign::Minus, Span::seconds(5))));
        for text in ["", "-", "h", "3", "3weeks", "1.5h", "999999999999999999999d", "1000001d", "365001d"] {
            assert!(span(&word(text)).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_fraction_may_be_written_as_per_cent() {
        assert_eq!(fraction(&word("15%")), fraction(&word("0.15")));
        assert_eq!(ratio(&word("125%")), Ok(Ratio::new(1_250_000_000)));
        assert!(fraction(&word("101%")).is_err());
    }

    #[test]
    fn a_moment_is_a_day_and_a_time_of_it() {
        let ms = |date: &str, time: &str| moment(&word(date), Some(&word(time))).map(Time::as_milliseconds);
        assert_eq!(ms("2024-08-05", "00:00"), Ok(1_722_816_000_000));
        assert_eq!(ms("2024-08-05", "00:00:30"), Ok(1_722_816_030_000));
        assert_eq!(moment(&word("1970-01-01"), None), Ok(Time::ZERO));
        for (date, time) in [("2024-13-01", "00:00"), ("05.08.2024", "00:00"), ("2024-08-05", "24:00")] {
            assert!(ms(date, time).is_err(), "{date} {time}");
        }
    }
}
