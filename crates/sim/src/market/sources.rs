//! Three simulated sources: each publishes the price with a small seeded spread of its own.

use cistern_units::Price;

use crate::market::Instant;

/// Names of the sources; they are simulated and labelled so.
pub const SOURCES: [&str; 3] = ["alpha", "beta", "gamma"];

/// Widest spread of a source, in a millionth of the price: 0.05 %.
const SPREAD: u64 = 500;

/// What a source publishes for a price at a moment: within 0.05 % of it, rounded down.
///
/// The same seed, series, moment and source always spread alike.
#[must_use]
pub fn quote(seed: u64, (series, time_ms): (usize, u64), source: usize, price: Price) -> Price {
    let mut bytes = [0_u8; 32];
    for (slot, number) in bytes.chunks_exact_mut(8).zip([seed, series as u64, time_ms, source as u64]) {
        slot.copy_from_slice(&number.to_le_bytes());
    }
    let hash = blake3::hash(&bytes);
    let drawn = u64::from_le_bytes(hash.as_bytes()[..8].try_into().unwrap_or_default()) % (2 * SPREAD + 1);
    let parts = 1_000_000 - SPREAD + drawn;
    Price::clamped(price.raw() * u128::from(parts) / 1_000_000)
}

/// What all sources publish at an instant for one of its prices, in the order of [`SOURCES`].
#[must_use]
pub fn quotes(seed: u64, instant: &Instant, series: usize, price: Price) -> [Price; SOURCES.len()] {
    [0, 1, 2].map(|source| quote(seed, (series, instant.time_ms), source, price))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_stay_near_and_depend_on_everything() {
        let price = Price::clamped(60_000 * Price::ONE.raw());
        let mut seen = Vec::new();
        for (seed, series, time, source) in
            [(1, 0, 0, 0), (2, 0, 0, 0), (1, 1, 0, 0), (1, 0, 1, 0), (1, 0, 0, 1)]
        {
            let said = quote(seed, (series, time), source, price);
            assert!(said.distance(price) <= 30 * Price::ONE.raw());
            seen.push(said);
        }
        assert_eq!(seen[0], quote(1, (0, 0), 0, price));
        seen.dedup();
        assert!(seen.len() > 3);
    }

    #[test]
    fn the_median_of_the_sources_stays_near_the_price_and_favours_no_side() {
        let price = Price::clamped(60_000 * Price::ONE.raw());
        let (mut above, count) = (0, 2_000);
        for time_ms in 0..count {
            let instant = Instant { time_ms, prices: vec![(0, price)] };
            let mut said = quotes(1, &instant, 0, price);
            said.sort_unstable();
            assert!(said[0].distance(price).max(said[2].distance(price)) <= 30 * Price::ONE.raw());
            above += u64::from(said[1] > price);
        }
        assert!((count * 2 / 5..count * 3 / 5).contains(&above), "{above} of {count}");
    }
}
