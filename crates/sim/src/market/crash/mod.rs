//! The built-in crash: 12 and 13 March 2020, rebuilt with a seed from a few published figures.

mod figures;
mod path;

use cistern_units::Price;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::market::{Bar, Crisis, Kind, Origin, Series};
use figures::{FIGURES, STAKED_DISCOUNT_CALM, STAKED_DISCOUNT_TROUGH, STAKED_RATE, TROUGH};

/// How long it lasts.
pub const HOURS: u64 = 36;
/// 2020-03-12 00:00 UTC.
const START_MS: u64 = 1_583_971_200_000;
const INTERVAL_MS: u64 = 300_000;
const BARS: usize = (HOURS * 3_600_000 / INTERVAL_MS) as usize;

/// The crash of a seed. Every asset starts, bottoms and ends exactly at its figures, and bottoms in one bar only.
#[must_use]
pub fn reconstructed(seed: u64) -> Crisis {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let common = path::noise(&mut dice);
    let mut series = Vec::new();
    for figures in &FIGURES {
        let own = path::noise(&mut dice);
        let bars = path::bars(figures, &path::levels(figures, &common, &own), &mut dice);
        if figures.symbol == "ETH" {
            series.push(named("wstETH", staked(&bars, &mut dice)));
        }
        series.push(named(figures.symbol, bars));
    }
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
            "USDC and wstETH are generated: near par, and 1.2 ETH less a discount of 3 to 6 % in the trough"
                .into(),
        ],
    }
}

fn named(symbol: &str, bars: Vec<Bar>) -> Series {
    let source = "reconstructed from published figures".to_owned();
    Series { symbol: symbol.into(), kind: Kind::Spot, source, bars }
}

/// The staked coin: what it redeems for, less a discount that is deepest in the trough and halves until the end.
fn staked(ether: &[Bar], dice: &mut ChaCha8Rng) -> Vec<Bar> {
    let [least, most] = STAKED_DISCOUNT_TROUGH;
    let deepest = least + dice.next_u64() % (most - least + 1);
    let (leg, trough, end) = (120, TROUGH as u64, BARS as u64);
    let discount = |place: u64| match place {
        _ if place <= leg => STAKED_DISCOUNT_CALM,
        _ if place <= trough => {
            STAKED_DISCOUNT_CALM + (deepest - STAKED_DISCOUNT_CALM) * (place - leg) / (trough - leg)
        }
        _ => deepest - deepest / 2 * (place - trough) / (end - trough),
    };
    let bar = |(bar, place): (&Bar, u64)| {
        let parts = u128::from(STAKED_RATE * (1_000_000 - discount(place)));
        let worth = |price: Price| Price::clamped(price.raw() * parts / 1_000_000_000);
        Bar {
            open: worth(bar.open),
            high: worth(bar.high),
            low: worth(bar.low),
            close: worth(bar.close),
            ..*bar
        }
    };
    ether.iter().zip(0..).map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bars<'a>(crisis: &'a Crisis, symbol: &str) -> &'a [Bar] {
        let series = crisis.series.iter().find(|series| series.symbol == symbol);
        &series.unwrap_or_else(|| panic!("{symbol}")).bars
    }

    fn millionths(price: Price) -> u64 {
        u64::try_from(price.raw() / 1_000_000).unwrap()
    }

    #[test]
    fn every_seed_meets_the_published_figures_once() {
        for seed in 0..50 {
            let crisis = reconstructed(seed);
            assert_eq!(crisis.origin, Origin::Reconstructed { seed });
            for figures in FIGURES {
                let bars = bars(&crisis, figures.symbol);
                let low = bars.iter().map(|bar| bar.low).min().unwrap();
                let (first, last) = (bars[0].open, bars[BARS - 1].close);
                assert_eq!(bars.len(), BARS);
                assert_eq!(
                    [first, low, last].map(millionths),
                    [figures.start, figures.low, figures.close],
                    "seed {seed}: {}",
                    figures.symbol
                );
                assert_eq!(bars.iter().filter(|bar| bar.low == low).count(), 1);
                assert_eq!(bars[TROUGH].low, low);
            }
        }
    }

    #[test]
    fn bars_are_whole_and_follow_each_other() {
        let crisis = reconstructed(7);
        for series in &crisis.series {
            assert!(series.bars.windows(2).all(|pair| pair[0].end_ms() == pair[1].open_ms));
            for bar in &series.bars {
                assert!(bar.low <= bar.open.min(bar.close) && bar.high >= bar.open.max(bar.close));
            }
            if series.symbol != "wstETH" {
                assert!(series.bars.windows(2).all(|pair| pair[0].close == pair[1].open));
            }
        }
    }

    #[test]
    fn assets_fall_together() {
        for seed in 0..50 {
            let crisis = reconstructed(seed);
            for series in crisis.series.iter().filter(|series| series.symbol != "USDC") {
                let (before, after) = (series.bars[120].open.raw(), series.bars[131].close.raw());
                assert!(after * 100 < before * 90, "seed {seed}: {}", series.symbol);
            }
        }
    }

    #[test]
    fn usdc_stays_near_par() {
        for seed in 0..50 {
            for bar in bars(&reconstructed(seed), "USDC") {
                assert!(millionths(bar.low) >= 997_000 && millionths(bar.high) <= 1_003_000);
            }
        }
    }

    #[test]
    fn the_staked_coin_loses_three_to_six_percent_of_what_it_redeems_for_in_the_trough() {
        for seed in 0..50 {
            let crisis = reconstructed(seed);
            let pairs = || bars(&crisis, "ETH").iter().zip(bars(&crisis, "wstETH"));
            let discounts = pairs().map(|(ether, staked)| {
                let redeems = millionths(ether.low) * STAKED_RATE / 1_000;
                (redeems - millionths(staked.low)) * 1_000_000 / redeems
            });
            let discounts: Vec<u64> = discounts.collect();
            assert!((29_990..=60_010).contains(&discounts[TROUGH]), "{}", discounts[TROUGH]);
            assert!(discounts.iter().all(|discount| *discount <= discounts[TROUGH] + 1));
            assert!(discounts[0] < 1_100 && discounts[BARS - 1] <= discounts[TROUGH] / 2 + 300);
            let lowest = pairs().map(|(_, staked)| staked.low).min();
            assert_eq!(lowest, Some(bars(&crisis, "wstETH")[TROUGH].low));
        }
    }

    #[test]
    fn a_seed_is_one_crash() {
        assert_eq!(reconstructed(1), reconstructed(1));
        assert_ne!(reconstructed(1).series, reconstructed(2).series);
    }
}
