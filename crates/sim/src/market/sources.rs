//! Three simulated sources: each publishes the price with a small seeded spread of its own.

use cistern_units::Price;

/// Names of the sources; they are simulated and labelled so.
pub const SOURCES: [&str; 3] = ["alpha", "beta", "gamma"];

/// Widest spread of a source, in a millionth of the price: 0.05 %.
const SPREAD: u64 = 500;

/// What a source publishes for a price at a moment.
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
}
