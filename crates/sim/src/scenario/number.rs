//! Numbers as people write and read them: grouped thousands, whole units, dollars, moments.

use cistern_engine::ids::Symbol;
use cistern_units::{Amount, Decimals, Fraction, Price, Size, Span, Time, Value};

/// A decimal number with grouped thousands: at least two decimals, and all of them down to the last that is not zero.
pub(crate) fn grouped(mantissa: u128, places: usize) -> String {
    let digits = format!("{mantissa:0>width$}", width = places + 1);
    let (whole, decimals) = digits.split_at(digits.len() - places);
    let significant = decimals.trim_end_matches('0').len().max(places.min(2));
    let mut text = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if significant > 0 {
        text.push('.');
        text.push_str(&decimals[..significant]);
    }
    text
}

/// A value: `$1,234.56`.
pub(crate) fn dollars(value: Value) -> String {
    let sign = if value.is_negative() { "-" } else { "" };
    format!("{sign}${}", grouped(value.magnitude(), Value::PLACES))
}

/// A distance between prices, in raw price units.
pub(crate) fn price_units(raw: u128) -> String {
    format!("${}", grouped(raw, Price::PLACES))
}

/// A price: `$1,234.56`.
pub(crate) fn price(price: Price) -> String {
    price_units(price.raw())
}

/// Whole units of an asset: `8.00 ETH`.
pub(crate) fn amount(amount: Amount, decimals: Decimals, symbol: &Symbol) -> String {
    format!("{} {symbol}", grouped(amount.units(), decimals.places()))
}

/// Whole contracts of a market, without their sign: `8.00 ETH-PERP`.
pub(crate) fn size(size: Size, decimals: Decimals, symbol: &Symbol) -> String {
    format!("{} {symbol}", grouped(u128::from(size.magnitude()), decimals.places()))
}

/// Parts in 1e-9 as per cent: `12.5 %`.
pub(crate) fn percent(raw: i128) -> String {
    let sign = if raw < 0 { "-" } else { "" };
    let places = Fraction::PLACES - 2;
    let text = grouped(raw.unsigned_abs(), places);
    let trimmed = text.trim_end_matches('0').trim_end_matches('.');
    format!("{sign}{trimmed} %")
}

/// A number in 1e-9 as it is: `1.25`.
pub(crate) fn ratio(raw: u64) -> String {
    grouped(u128::from(raw), Fraction::PLACES)
}

/// A span in its largest whole units: `1 d 2 h`.
pub(crate) fn span(span: Span) -> String {
    let mut rest = span.as_milliseconds();
    let mut parts = Vec::new();
    for (name, length) in SPANS.iter().rev() {
        let count = rest / length;
        rest %= length;
        if count > 0 {
            parts.push(format!("{count} {name}"));
        }
    }
    if parts.is_empty() { "no time".to_owned() } else { parts.join(" ") }
}

/// Units of time and their milliseconds, from the shortest.
pub(crate) const SPANS: [(&str, u64); 5] =
    [("ms", 1), ("s", 1_000), ("min", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// A moment in UTC: `2024-08-05 00:00`, with seconds where there are any.
pub(crate) fn moment(time: Time) -> String {
    let ms = time.as_milliseconds();
    let (days, within) = (ms / 86_400_000, ms % 86_400_000);
    let (year, month, day) = civil(days);
    let (hour, minute, second, rest) =
        (within / 3_600_000, within / 60_000 % 60, within / 1_000 % 60, within % 1_000);
    let mut text = format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}");
    if second > 0 || rest > 0 {
        text.push_str(&format!(":{second:02}"));
    }
    if rest > 0 {
        text.push_str(&format!(".{rest:03}"));
    }
    text
}

/// Year, month and day of a count of days since 1970-01-01.
fn civil(days: u64) -> (u64, u64, u64) {
    // Years that begin in March put the leap day last; 719,468 days lie between 0000-03-01 and 1970-01-01.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

/// Days since 1970-01-01 of a date; `None` where there is no such day or it lies before.
pub(crate) fn days_of(year: u64, month: u64, day: u64) -> Option<u64> {
    if !(1..=12).contains(&month) || !(1970..=9999).contains(&year) || !(1..=31).contains(&day) {
        return None;
    }
    let shifted = year - u64::from(month <= 2);
    let march_month = (month + 9) % 12;
    let of_year = (153 * march_month + 2) / 5 + day - 1;
    let of_era = shifted % 400 * 365 + shifted % 400 / 4 - shifted % 400 / 100 + of_year;
    let days = (shifted / 400 * 146_097 + of_era).checked_sub(719_468)?;
    (civil(days) == (year, month, day)).then_some(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_grouped_and_exact() {
        assert_eq!(dollars(Value::dollars(1_234_567)), "$1,234,567.00");
        assert_eq!(dollars(Value::new(-97_280_000_000)), "-$972.80");
        assert_eq!(dollars(Value::new(1_513_274_595_041)), "$15,132.74595041");
        assert_eq!(dollars(Value::new(1)), "$0.00000001");
        assert_eq!(price_units(38_000_000_000), "$0.038");
    }

    #[test]
    fn amounts_are_whole_units() {
        let eth = Symbol::new("ETH").unwrap();
        let (none, six) = (Decimals::new(0).unwrap(), Decimals::new(6).unwrap());
        assert_eq!(amount(Amount::new(8_000_000), six, &eth), "8.00 ETH");
        assert_eq!(amount(Amount::new(8_000_001), six, &eth), "8.000001 ETH");
        assert_eq!(amount(Amount::new(1_008), none, &eth), "1,008 ETH");
        assert_eq!(size(Size::new(-2_500_000), six, &eth), "2.50 ETH");
    }

    #[test]
    fn shares_and_spans_are_short() {
        assert_eq!(percent(125_000_000), "12.5 %");
        assert_eq!(percent(-500_000), "-0.05 %");
        assert_eq!(percent(0), "0 %");
        assert_eq!(ratio(1_250_000_000), "1.25");
        assert_eq!(span(Span::seconds(93_605)), "1 d 2 h 5 s");
        assert_eq!(span(Span::ZERO), "no time");
    }

    #[test]
    fn days_and_dates_are_each_others_inverse() {
        for days in (0..80_000).chain([2_932_896]) {
            let (year, month, day) = civil(days);
            assert_eq!(days_of(year, month, day), Some(days), "{year}-{month}-{day}");
        }
        assert_eq!(days_of(2024, 2, 29), Some(19_782));
        assert_eq!(days_of(2023, 2, 29), None);
        assert_eq!(days_of(2024, 4, 31), None);
        assert_eq!(moment(Time::milliseconds(1_722_816_000_000)), "2024-08-05 00:00");
        assert_eq!(moment(Time::milliseconds(1_722_816_010_250)), "2024-08-05 00:00:10.250");
    }
}
