//! The built-in crash: 12 and 13 March 2020, rebuilt with a seed from a few published figures.

use cistern_units::Price;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::market::{Bar, Crisis, Kind, Origin, Series};

/// How long it lasts.
pub const HOURS: u64 = 36;
/// 2020-03-12 00:00 UTC.
const START_MS: u64 = 1_583_971_200_000;
const INTERVAL_MS: u64 = 300_000;
const BARS: usize = (HOURS * 3_600_000 / INTERVAL_MS) as usize;

/// Start, low and close of an asset, in 1e-6 dollars.
struct Figures {
    symbol: &'static str,
    start: u64,
    low: u64,
    close: u64,
}

/// Published figures. BTC and ETH: Binance, open of 2020-03-12, low of 2020-03-13, 12:00 of 2020-03-13. The others did not
/// trade or were thin then; theirs are Binance's of 19 May 2021 (open, low, close of the day), told on the same clock.
const FIGURES: [Figures; 6] = [
    Figures { symbol: "BTC", start: 7_934_580_000, low: 3_782_130_000, close: 5_403_560_000 },
    Figures { symbol: "ETH", start: 194_610_000, low: 86_000_000, close: 127_600_000 },
    Figures { symbol: "SOL", start: 55_969_000, low: 26_500_000, close: 34_988_000 },
    Figures { symbol: "LINK", start: 42_555_000, low: 21_000_000, close: 26_227_000 },
    Figures { symbol: "AAVE", start: 628_370_000, low: 350_000_000, close: 414_360_000 },
    Figures { symbol: "DOGE", start: 475_740, low: 211_110, close: 329_450 },
];

/// The shape of the fall: bar, and how much of the way from start to low has been gone, in thousandths. Half of the fall
/// came within an hour before noon, the rest in the night; `None` is the close.
const SHAPE: [(usize, Option<i64>); 10] = [
    (0, Some(0)),
    (72, Some(90)),
    (120, Some(150)),
    (132, Some(460)),
    (180, Some(440)),
    (252, Some(520)),
    (288, Some(740)),
    (314, Some(1_000)),
    (324, Some(730)),
    (BARS, None),
];

/// The crash of a seed. Every asset passes exactly through its start, its low and its close.
#[must_use]
pub fn reconstructed(seed: u64) -> Crisis {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let common = noise(&mut dice);
    let series = FIGURES.iter().map(|figures| {
        let own = noise(&mut dice);
        Series {
            symbol: figures.symbol.into(),
            kind: Kind::Spot,
            source: "reconstructed from published figures".into(),
            bars: bars(&path(figures, &common, &own)),
        }
    });
    let mut series: Vec<Series> = series.collect();
    series.sort_by(|a, b| a.symbol.cmp(&b.symbol));
    Crisis {
        name: "built-in crash of 12-13 March 2020".into(),
        origin: Origin::Reconstructed { seed },
        series,
        notes: vec![
            "reconstructed: start, low and close are published figures, what lies between is generated"
                .into(),
            "SOL, LINK, AAVE and DOGE follow their figures of 19 May 2021 on the clock of 12 March 2020"
                .into(),
        ],
    }
}

/// A walk of small steps, in thousandths of the way.
fn noise(dice: &mut ChaCha8Rng) -> Vec<i64> {
    let mut level = 0_i64;
    let steps = (0..=BARS).map(|_| {
        let step = i64::try_from(dice.next_u64() % 41).unwrap_or(20) - 20;
        level = (level * 9 / 10 + step).clamp(-90, 90);
        level
    });
    steps.collect()
}

/// Price at the beginning of each bar and at the end of the last, in 1e-6 dollars.
fn path(figures: &Figures, common: &[i64], own: &[i64]) -> Vec<i64> {
    let [start, low, close] =
        [figures.start, figures.low, figures.close].map(|price| i64::try_from(price).unwrap_or(0));
    let fall = (start - low).max(1);
    let end = (start - close) * 1_000 / fall;
    let mut prices = vec![start; BARS + 1];
    for pair in SHAPE.windows(2) {
        let [(from, begins), (to, ends)] = pair else { continue };
        let (begins, ends) = (begins.unwrap_or(end), ends.unwrap_or(end));
        let length = i64::try_from(to - from).unwrap_or(1).max(1);
        for (slot, place) in prices.iter_mut().take(*to + 1).skip(*from).zip(0_i64..) {
            let at = *from + usize::try_from(place).unwrap_or(0);
            // The noise vanishes at both ends of a leg, so that the published figures are met.
            let bridge = (place * (length - place) * 4 * 1_000 / (length * length)).min(1_000);
            let sway = (common[at] + own[at] / 2) * bridge / 1_000;
            let gone = begins * 1_000 + (ends - begins) * 1_000 * place / length + sway * 1_000;
            *slot = (start - fall * gone / 1_000_000).max(low);
        }
    }
    prices[0] = start;
    prices[BARS] = close;
    prices
}

fn bars(prices: &[i64]) -> Vec<Bar> {
    let price = |millionths: i64| Price::clamped(u128::try_from(millionths).unwrap_or(1) * 1_000_000);
    let bar = |(place, pair): (usize, &[i64])| Bar {
        open_ms: START_MS + INTERVAL_MS * place as u64,
        interval_ms: INTERVAL_MS,
        open: price(pair[0]),
        high: price(pair[0].max(pair[1])),
        low: price(pair[0].min(pair[1])),
        close: price(pair[1]),
    };
    prices.windows(2).enumerate().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_meets_the_published_figures() {
        for seed in 0..20 {
            let crisis = reconstructed(seed);
            for figures in FIGURES {
                let series = crisis.series.iter().find(|series| series.symbol == figures.symbol).unwrap();
                let millionths = |price: Price| u64::try_from(price.raw() / 1_000_000).unwrap();
                let low = series.bars.iter().map(|bar| millionths(bar.low)).min().unwrap();
                let (first, last) = (series.bars[0].open, series.bars[BARS - 1].close);
                assert_eq!(
                    (millionths(first), low, millionths(last)),
                    (figures.start, figures.low, figures.close)
                );
            }
        }
        assert_eq!(reconstructed(1), reconstructed(1));
        assert_ne!(reconstructed(1), reconstructed(2));
    }
}
