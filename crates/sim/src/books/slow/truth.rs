//! The true worst loss over common and own moves with `f^2 + sum g_j^2 <= 1`: a slow search, for a sample of books.

use cistern_margin::option::SeriesIndex;

use super::{
    black::shocked,
    options::{Surface, Surfaces, states},
};

/// Parts of the budget of own moves that are shared out.
const PARTS: usize = 32;
/// Common levels to each side.
const LEVELS: i32 = 24;
/// Moves of an underlying that options are priced at, over its whole range.
const CELLS: usize = 400;

/// An underlying that matters to the account: its losses over its range, by state.
struct Underlying<'a> {
    market: &'a super::options::Market,
    losses: Vec<Vec<f64>>,
}

impl Surfaces {
    /// The true worst loss of an account, in 1e-8 dollars.
    pub(in super::super) fn truth(&self, linear: &[i128], options: &[(SeriesIndex, i128)]) -> f64 {
        let underlyings = self.underlyings(linear, options);
        (0..states()).map(|state| truth_at(&underlyings, state)).fold(0.0, f64::max)
    }

    fn underlyings(&self, linear: &[i128], options: &[(SeriesIndex, i128)]) -> Vec<Underlying<'_>> {
        let mut underlyings = Vec::new();
        for ((place, market), x) in self.markets.iter().enumerate().zip(linear) {
            let own: Vec<(&Surface, f64)> = options
                .iter()
                .filter_map(|(index, size)| Some((self.series.get(usize::from(index.0))?, *size as f64)))
                .filter(|(surface, _)| surface.underlying == place)
                .collect();
            if own.is_empty() && *x == 0 {
                continue;
            }
            let at = |cell: usize| 2.0 * cell as f64 / CELLS as f64 - 1.0;
            let loss = |state: usize, movement: f64| {
                let options = own.iter().map(|(surface, size)| {
                    let vol = shocked(&surface.series)[surface.vol(state)];
                    size * Surface::loss(&surface.series, vol, movement)
                });
                options.sum::<f64>() - *x as f64 * movement
            };
            let cells = |state: usize| {
                (0..=CELLS).map(|cell| loss(state, at(cell) * market.side(at(cell)))).collect()
            };
            underlyings.push(Underlying { market, losses: (0..states()).map(cells).collect() });
        }
        underlyings
    }
}

impl Underlying<'_> {
    /// The loss after a move, between the cells on a straight line.
    fn look(&self, state: usize, movement: f64) -> f64 {
        let side = self.market.side(movement);
        let part = if side > 0.0 { movement / side } else { 0.0 };
        let cell = (part + 1.0) / 2.0 * CELLS as f64;
        let whole = (cell.floor().max(0.0) as usize).min(CELLS - 1);
        let (losses, rest) = (&self.losses[state], cell - whole as f64);
        losses[whole] * (1.0 - rest) + losses[whole + 1] * rest
    }
}

fn truth_at(underlyings: &[Underlying<'_>], state: usize) -> f64 {
    if let [alone] = underlyings {
        // Every move within the range is on the ellipse.
        return alone.losses[state].iter().copied().fold(0.0, f64::max);
    }
    let mut worst = 0.0_f64;
    for end in 0..3 {
        for level in -LEVELS..=LEVELS {
            worst = worst.max(share(underlyings, state, end, f64::from(level) / f64::from(LEVELS)));
        }
    }
    worst
}

/// The best way to share the budget that a common level leaves, by dynamic programming.
fn share(underlyings: &[Underlying<'_>], state: usize, end: usize, level: f64) -> f64 {
    let mut sum = vec![0.0_f64; PARTS + 1];
    for underlying in underlyings {
        let (market, loading) = (underlying.market, underlying.market.loading[end]);
        let base = level * loading * market.side(level);
        let own = ((1.0 - loading * loading).max(0.0) * (1.0 - level * level).max(0.0)).sqrt();
        let mut most = f64::MIN;
        let most: Vec<f64> = (0..=2 * PARTS)
            .map(|part| {
                let g = own * (part as f64 / (2 * PARTS) as f64).sqrt();
                most = most
                    .max(underlying.look(state, base + g * market.range[1]))
                    .max(underlying.look(state, base - g * market.range[0]));
                most
            })
            .collect();
        sum = (0..=PARTS)
            .map(|part| (0..=part).map(|own| sum[part - own] + most[2 * own]).fold(f64::MIN, f64::max))
            .collect();
    }
    sum[PARTS]
}
