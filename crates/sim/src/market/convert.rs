//! Prices in dollars from prices in another coin.

use std::{collections::BTreeMap, fs::File, path::Path};

use cistern_units::{Price, wide};

use crate::market::{Bar, MarketError, bars::price, merged::Merged};

/// How long a round of the oracle stands: it publishes at least once a day, and is given an hour to do so.
const ROUND_AGE_MAX_MS: u64 = 25 * 3_600_000;

/// Bars in bitcoin as bars in dollars.
///
/// Each of a bar's four ticks is multiplied by the price of bitcoin that stands at its time, so that the ratio of the two
/// stays what was recorded even where bitcoin's own bars are coarser. The highest and the lowest product are the new
/// extremes. A bar without a bitcoin bar beside it is left out.
pub(super) fn from_bitcoin(bars: &Merged, bitcoin: &Merged) -> Vec<Bar> {
    bars.bars().filter_map(|bar| dollars(bar, bitcoin)).collect()
}

fn dollars(bar: &Bar, bitcoin: &Merged) -> Option<Bar> {
    let mut products = [Price::MIN; 4];
    for ((product, price), quarter) in products.iter_mut().zip(bar.path()).zip(0..) {
        *product = times(price, bitcoin.standing_at(bar.quarter_ms(quarter))?);
    }
    let [open, first, second, close] = products;
    let (high, low) = (first.max(second).max(open).max(close), first.min(second).min(open).min(close));
    Some(Bar { open, high, low, close, ..*bar })
}

/// Staked ether in dollars: the bars of ether, each times the round of stETH/ETH that stands when it opens.
pub(super) fn staked_ether(ether: &Merged, rounds: &BTreeMap<u64, Price>) -> Vec<Bar> {
    let staked = ether.bars().filter_map(|bar| {
        let (published, ratio) = rounds.range(..=bar.open_ms).next_back()?;
        (bar.open_ms - published <= ROUND_AGE_MAX_MS).then(|| Bar {
            open: times(bar.open, *ratio),
            high: times(bar.high, *ratio),
            low: times(bar.low, *ratio),
            close: times(bar.close, *ratio),
            ..*bar
        })
    });
    staked.collect()
}

/// The rounds of an oracle by the time of their publication: `timestamp,round_id,price`.
pub(super) fn rounds(path: &Path) -> Result<BTreeMap<u64, Price>, MarketError> {
    let unreadable = |reason: String| MarketError::Unreadable { path: path.to_owned(), reason };
    let file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
    let mut reader = csv::Reader::from_reader(flate2::read::MultiGzDecoder::new(file));
    let mut rounds = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| unreadable(error.to_string()))?;
        let malformed = |field, place, advice| MarketError::Malformed {
            path: path.to_owned(),
            line: record.position().map_or(0, csv::Position::line),
            field,
            found: record.get(place).unwrap_or("").into(),
            advice,
        };
        let time = record.get(0).and_then(|text| text.parse::<u64>().ok());
        let time = time.ok_or_else(|| malformed("timestamp", 0, "give Unix milliseconds"))?;
        let ratio = record.get(2).and_then(price);
        let ratio = ratio.ok_or_else(|| malformed("price", 2, "give a decimal number"))?;
        rounds.extend(ratio.map(|ratio| (time, ratio)));
    }
    Ok(rounds)
}

/// A price in a coin times the price of the coin, rounded down.
pub(super) fn times(price: Price, coin: Price) -> Price {
    let product = wide::multiply_scale_down(price.raw(), coin.raw(), Price::PLACES);
    Price::clamped(product.unwrap_or(u128::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(open_ms: u64, interval_ms: u64, prices: [u128; 4]) -> Bar {
        let [open, high, low, close] = prices.map(|dollars| Price::clamped(dollars * Price::ONE.raw()));
        Bar { open_ms, interval_ms, open, high, low, close }
    }

    fn merged(bars: &[Bar]) -> Merged {
        let mut merged = Merged::default();
        merged.add(bars.to_vec(), "a file");
        merged
    }

    #[test]
    fn each_tick_meets_the_bitcoin_of_its_time() {
        let bitcoin = merged(&[bar(0, 80, [100, 120, 90, 110])]); // ticks 100, 90, 120, 110 at 0, 20, 40, 60
        let quoted =
            merged(&[bar(0, 40, [2, 3, 1, 2]), bar(40, 40, [2, 2, 2, 2]), bar(80, 40, [2, 2, 2, 2])]);
        let dollars = from_bitcoin(&quoted, &bitcoin);
        // Ticks of the first bar: 2, 1 at 100; 3, 2 at 90. Of the second: 2 at 120, 2 at 110. The third has no bitcoin.
        assert_eq!(dollars, [bar(0, 40, [200, 270, 100, 180]), bar(40, 40, [240, 240, 220, 220])]);
    }

    #[test]
    fn a_round_stands_until_the_next_but_no_longer_than_a_day() {
        let hour = 3_600_000;
        let ether = merged(&[0, 1, 2, 3, 40].map(|place| bar(place * hour, hour, [10, 20, 10, 10])));
        let half = Price::clamped(Price::ONE.raw() / 2);
        let rounds = BTreeMap::from([(hour, Price::ONE), (2 * hour + 1, half)]);
        let staked = staked_ether(&ether, &rounds);
        let whole = [10, 20, 10, 10];
        assert_eq!(
            staked,
            [bar(hour, hour, whole), bar(2 * hour, hour, whole), bar(3 * hour, hour, [5, 10, 5, 5])]
        );
    }
}
