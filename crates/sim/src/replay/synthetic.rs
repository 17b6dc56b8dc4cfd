//! Prices that no crisis has bars of: the settlement dollar, and the staked coin.

use cistern_units::{Price, wide};

use crate::market::{Crisis, Instant};

/// The settlement asset.
pub(super) const DOLLAR: &str = "USDC";
/// The staked coin.
pub(super) const STAKED: &str = "wstETH";

/// USDC in March 2023, in a thousandth of a dollar, at Unix milliseconds. Published: at par on the evening of 10 March,
/// .88 in the morning of the 11th, .99 at the beginning of the 13th, at par on the 14th; straight lines between.
const MARCH_2023: [(u64, u64); 4] = [
    (1_678_485_600_000, 1_000),
    (1_678_518_000_000, 880),
    (1_678_665_600_000, 990),
    (1_678_752_000_000, 1_000),
];
const MARCH_2023_NAME: &str = "2023-03";

/// Price of the settlement dollar at a moment; the sources add their spreads.
pub(super) fn dollar(crisis: &Crisis, time_ms: u64) -> Price {
    if !crisis.name.starts_with(MARCH_2023_NAME) {
        return Price::ONE;
    }
    let following = MARCH_2023.windows(2).find(|pair| (pair[0].0..pair[1].0).contains(&time_ms));
    let Some([(from, begins), (to, ends)]) = following else { return Price::ONE };
    let (gone, length) = (u128::from(time_ms - from), u128::from(to - from));
    let (begins, ends) = (u128::from(*begins), u128::from(*ends));
    let whole = Price::ONE.raw() / 1_000;
    Price::clamped((begins * (length - gone) + ends * gone) * whole / length)
}

pub(super) fn dollar_note(crisis: &Crisis) -> String {
    let note = if crisis.name.starts_with(MARCH_2023_NAME) {
        "USDC: reconstructed from published figures (1.00, .88 on 11 March, .99 on 13 March), straight lines between"
    } else {
        "USDC: synthetic, at par with the dollar; its sources spread around it"
    };
    note.to_owned()
}

/// What one staked coin redeems for at the beginning of a replay, in 1e-12 of its underlying coin.
const RATE: u128 = 1_200_000_000_000;
/// Growth of the rate a year, in a thousandth: staking rewards.
const GROWTH: u128 = 35;
const YEAR_MS: u128 = 31_536_000_000;

/// The staked coin: the redemption rate times the underlying coin, or its market where that is lower.
#[derive(Clone, Copy, Debug)]
pub(super) struct Staked {
    coin: usize,
    market: Option<usize>,
    start_ms: u64,
}

impl Staked {
    /// From the series of the coin, and of the staked coin where a market was recorded.
    pub(super) fn new((coin, market): (usize, Option<usize>), start_ms: u64) -> Self {
        Self { coin, market, start_ms }
    }

    /// Its price at an instant that has one of the coin.
    pub(super) fn price(&self, instant: &Instant) -> Option<Price> {
        let of = |wanted: usize| {
            instant.prices.iter().find(|(place, _)| *place == wanted).map(|(_, price)| *price)
        };
        let coin = of(self.coin)?;
        let base = self.market.and_then(of).map_or(coin, |market| market.min(coin));
        let passed = u128::from(instant.time_ms.saturating_sub(self.start_ms));
        let rate = RATE + RATE * GROWTH * passed / (1_000 * YEAR_MS);
        wide::multiply_scale_down(base.raw(), rate, Price::PLACES).map(Price::clamped)
    }
}

pub(super) fn staked_note(has_market: bool) -> String {
    let market =
        if has_market { "its recorded market where lower" } else { "no market of it was recorded then" };
    format!("wstETH: redemption rate 1.2, growing 3.5 % a year, times ETH; {market}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::Origin;

    #[test]
    fn the_dollar_of_march_2023_meets_its_published_figures() {
        let crisis = Crisis {
            name: "2023-03_usdc_svb".into(),
            origin: Origin::Recorded,
            series: vec![],
            notes: vec![],
        };
        for (time, thousandths) in MARCH_2023 {
            assert_eq!(dollar(&crisis, time).raw(), u128::from(thousandths) * Price::ONE.raw() / 1_000);
        }
        assert_eq!(dollar(&crisis, 0), Price::ONE);
        assert_eq!(dollar(&Crisis { name: "2022-05_luna".into(), ..crisis }, 1_678_518_000_000), Price::ONE);
    }

    #[test]
    fn a_staked_coin_is_worth_its_rate_or_its_market() {
        let dollars = |dollars: u128| Price::clamped(dollars * Price::ONE.raw());
        let staked = Staked::new((0, Some(1)), 0);
        let at = |time_ms, prices: &[(usize, u128)]| Instant {
            time_ms,
            prices: prices.iter().map(|(place, amount)| (*place, dollars(*amount))).collect(),
        };
        assert_eq!(staked.price(&at(0, &[(0, 1_000), (1, 950)])), Some(dollars(1_140)));
        assert_eq!(staked.price(&at(0, &[(0, 1_000), (1, 1_010)])), Some(dollars(1_200)));
        assert_eq!(staked.price(&at(31_536_000_000, &[(0, 1_000)])), Some(dollars(1_242)));
        assert_eq!(staked.price(&at(0, &[(1, 950)])), None);
    }
}
