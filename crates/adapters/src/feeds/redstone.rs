//! RedStone, from its cache of data packages: signed packages, put back from JSON into the bytes that were signed.
//!
//! The cache tells a package's values as numbers of JSON, and each signature is over `value x 10^8` (or another power, where
//! the point says `decimals`) as the node computed it from a binary float. So, here and nowhere else, a number is read as a
//! float, correctly rounded, and its bits are turned into the integer in integer arithmetic: what `Number.toFixed(8)` does
//! in the node's own language. A wrong digit cannot pass: the signature would recover to a stranger. The names and times beside
//! the packages are not signed, and only choose; nor are the decimals, which whoever binds the feed must know.
//!
//! For each feed one payload: the packages of the newest time, each of one signer. Layout of a payload, backwards from its
//! end: marker, unsigned metadata and its length, count of packages; of each package signature, count of points, size of
//! a value, time, points.
//! Source: docs.redstone.finance, Data Packing; github.com/redstone-finance/redstone-oracles-monorepo, packages/protocol.

use std::{collections::BTreeMap, sync::Arc};

use cistern_attest::Kind;
use cistern_units::{Span, Time};
use data_encoding::BASE64;
use serde_json::Value;

use super::{
    Evidence, Feed, FeedError, FeedParams, Heard, Symbols, Trouble, Way,
    json::{self, Fields},
};

/// Longest name of a feed that is signed as it is; longer ones are hashed, and none is in use.
pub(super) const NAME_MAX: usize = 31;
/// Packages of one feed at the most: a service has far fewer nodes.
const PACKAGES_MAX: usize = 64;
/// Points of one package at the most.
const POINTS_MAX: usize = 256;
const MARKER: [u8; 9] = [0, 0, 2, 0xed, 0x57, 1, 0x1e, 0, 0];
const SIGNATURE_BYTES: usize = 65;
const VALUE_BYTES: u32 = 32;
/// Decimals of a value whose point does not say.
const DECIMALS: i64 = 8;
/// Decimals at the most: with 53 bits of a float they fit 113.
const DECIMALS_MAX: i64 = 18;

pub(super) fn make(params: &FeedParams) -> Box<dyn Feed> {
    Box::new(RedStone { symbols: params.symbols(), every: params.every, last: BTreeMap::new() })
}

struct RedStone {
    symbols: Symbols,
    every: Span,
    /// The payload that was told last, by feed: the same is not told twice.
    last: BTreeMap<String, Vec<u8>>,
}

impl Feed for RedStone {
    fn name(&self) -> &str {
        &self.symbols.feed
    }

    fn way(&self) -> Way {
        // The address ends in the name of the data service: .../data-packages/latest/redstone-primary-prod.
        Way::Poll { paths: vec![String::new()], every: self.every }
    }

    fn open(&mut self) -> Vec<String> {
        self.last.clear();
        Vec::new()
    }

    fn hear(&mut self, frame: &[u8], now: Time) -> Result<Vec<Heard>, FeedError> {
        let answer = json::read(frame)?;
        if !answer.is_object() {
            return Err(FeedError::garbled("the answer should be an object of feeds"));
        }
        let mut heard = Vec::new();
        for name in self.symbols.names() {
            let trouble = |error| {
                let feed = Arc::clone(&self.symbols.feed);
                Heard::Trouble(Trouble { feed, error, at: now })
            };
            // One feed that cannot be read does not keep the others from being heard.
            let Some(packages) = answer.get(name) else {
                heard.push(trouble(FeedError::refused(&format!("it has no packages of {name}"))));
                continue;
            };
            match payload(packages) {
                Ok(bytes) if self.last.get(name) == Some(&bytes) => {}
                Ok(bytes) => {
                    self.last.insert(name.to_owned(), bytes.clone());
                    let feed = Arc::clone(&self.symbols.feed);
                    heard.push(Heard::Evidence(Evidence { feed, kind: Kind::RedStone, bytes, at: now }));
                }
                Err(error) => heard.push(trouble(error)),
            }
        }
        Ok(heard)
    }
}

/// The packages of the newest time as one payload.
fn payload(packages: &Value) -> Result<Vec<u8>, FeedError> {
    let packages = packages.as_array().filter(|packages| (1..=PACKAGES_MAX).contains(&packages.len()));
    let packages =
        packages.ok_or_else(|| FeedError::garbled("a feed should be a list of 1 to 64 packages"))?;
    let times = packages
        .iter()
        .map(|package| package.time("timestampMilliseconds"))
        .collect::<Result<Vec<_>, _>>()?;
    let newest = times.iter().max().copied().unwrap_or_default();
    let (mut bytes, mut count) = (Vec::new(), 0_u16);
    for package in packages.iter().zip(times).filter(|(_, time)| *time == newest).map(|(package, _)| package)
    {
        bytes.extend(signed_package(package, newest)?);
        count += 1;
    }
    bytes.extend(count.to_be_bytes());
    // No unsigned metadata.
    bytes.extend([0; 3]);
    bytes.extend(MARKER);
    Ok(bytes)
}

/// One package as it was signed, and its signature.
fn signed_package(package: &Value, time: Time) -> Result<Vec<u8>, FeedError> {
    let points = package.list("dataPoints")?;
    if points.is_empty() || points.len() > POINTS_MAX {
        return Err(FeedError::garbled("a package should have 1 to 256 points"));
    }
    let mut points = points.iter().map(point).collect::<Result<Vec<_>, _>>()?;
    // The node sorts by name before it signs.
    points.sort_unstable();
    let mut bytes: Vec<u8> = points.concat();
    bytes.extend(time.as_milliseconds().to_be_bytes().iter().skip(2));
    bytes.extend(VALUE_BYTES.to_be_bytes());
    let count = u32::try_from(points.len()).unwrap_or(u32::MAX);
    bytes.extend(count.to_be_bytes().iter().skip(1));
    let signature = BASE64
        .decode(package.text("signature")?.as_bytes())
        .map_err(|error| FeedError::garbled(&format!("a signature is not base64 ({error})")))?;
    if signature.len() != SIGNATURE_BYTES {
        return Err(FeedError::garbled("a signature should have 65 bytes"));
    }
    bytes.extend(signature);
    Ok(bytes)
}

/// A point: its feed's name, padded, and its value.
fn point(point: &Value) -> Result<[u8; 64], FeedError> {
    let name = point.text("dataFeedId")?;
    if name.len() > NAME_MAX {
        return Err(FeedError::garbled("the name of a feed has more than 31 bytes"));
    }
    let decimals = if point.get("decimals").is_some() { point.whole("decimals")? } else { DECIMALS };
    let decimals = u32::try_from(decimals).ok().filter(|_| decimals <= DECIMALS_MAX);
    let decimals = decimals.ok_or_else(|| FeedError::garbled("a point should have 0 to 18 decimals"))?;
    let value = scaled(point.get("value").unwrap_or(&Value::Null), decimals)?;
    let mut bytes = [0; 64];
    let (padded, number) = bytes.split_at_mut(32);
    padded.iter_mut().zip(name.bytes()).for_each(|(place, byte)| *place = byte);
    number.iter_mut().skip(16).zip(value.to_be_bytes()).for_each(|(place, byte)| *place = byte);
    Ok(bytes)
}

/// `value x 10^decimals` of the binary float that a number of JSON stands for, rounded half up.
fn scaled(value: &Value, decimals: u32) -> Result<u128, FeedError> {
    let no_value = || FeedError::garbled("a value should be a number from 0 to 10^21, and not in quotes");
    // With serde_json's arbitrary_precision the digits are kept, and the standard library rounds them correctly.
    let float = value.as_f64().filter(|float| float.is_finite()).ok_or_else(no_value)?;
    let bits = float.to_bits();
    let (exponent, fraction) = ((bits >> 52) & 0x7ff, bits & ((1 << 52) - 1));
    if bits >> 63 != 0 && float != 0.0 {
        return Err(no_value());
    }
    // value = mantissa x 2^(power - 1075)
    let (mantissa, power) = if exponent == 0 { (fraction, 1) } else { (fraction | (1 << 52), exponent) };
    let product = u128::from(mantissa) * 10_u128.pow(decimals);
    if power >= 1_075 {
        // Above 2^70, which is 1.2 x 10^21, such a node writes an exponent, and what it signs is not known.
        let shift = u32::try_from(power - 1_075).ok().filter(|shift| *shift <= 17).ok_or_else(no_value)?;
        return product.checked_mul(1 << shift).ok_or_else(no_value);
    }
    // A product has at most 113 bits: shifted further than by 114 it is below one half.
    let shift = 1_075 - power;
    Ok(if shift > 114 { 0 } else { (product + (1 << (shift - 1))) >> shift })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scaled_text(text: &str) -> Result<u128, FeedError> {
        scaled(&serde_json::from_str(text).unwrap(), 8)
    }

    #[test]
    fn a_value_is_scaled_as_the_node_scales_it() {
        let cases = [
            ("1.03280834076226", 103_280_834),
            ("159504.42217512345", 15_950_442_217_512),
            ("0", 0),
            ("-0.0", 0),
            ("5e-324", 0),
            ("0.000000004999", 0),
            ("0.000000005", 1),
            // 2^-9 lies exactly between two integers: up, not to the even one.
            ("0.001953125", 195_313),
            ("0.005859375", 585_938),
            ("123456789", 12_345_678_900_000_000),
            // The nearest float below the decimal: 1.005 is 1.00499999999999989...
            ("1.005", 100_500_000),
            ("9007199254740993", 900_719_925_474_099_200_000_000),
            ("1000000000000000000000", 100_000_000_000_000_000_000_000_000_000),
        ];
        for (text, expected) in cases {
            assert_eq!(scaled_text(text), Ok(expected), "{text}");
        }
        let text = serde_json::from_str("0.9999670702449966").unwrap();
        assert_eq!((scaled(&text, 14), scaled(&text, 0)), (Ok(99_996_707_024_500), Ok(1)));
        let largest = serde_json::from_str("1180591620717411303423").unwrap();
        assert!(scaled(&largest, 18).is_err());
    }

    #[test]
    fn what_is_no_value_is_refused() {
        for text in ["-1", "-1e-300", "1e22", "1e999", "\"1\"", "null", "[1]", "true"] {
            assert!(scaled_text(text).is_err(), "{text}");
        }
    }
}
