//! An account with eight linear legs and two options, over one curve for each series.

use std::hint::black_box;

use anyhow::anyhow;
use cistern_margin::{
    Band, FactorIndex, FactorTable, Range, RiskFactor, Settings,
    book::Path,
    option::{Curves, OptionBook, OptionLegs, Series, SeriesIndex, Style, black},
};
use cistern_units::{Fraction, Price, Ratio, Span};

use super::{Rounds, timed};

/// Accounts of a round: every one another.
const ACCOUNTS: usize = 20_000;
/// Underlyings, each with its range and its loadings in basis points, and forward in dollars.
const FACTORS: [(u16, u16, u16, u128); 8] = [
    (1_500, 7_500, 9_800, 100_000),
    (1_800, 7_500, 9_800, 4_000),
    (2_500, 5_500, 9_200, 200),
    (200, 0, 0, 1),
    (500, 0, 5_000, 1),
    (1_900, 6_600, 9_700, 20),
    (2_500, 4_200, 9_700, 1),
    (2_500, 6_000, 9_000, 30),
];
/// Strikes of each series, in hundredths of the forward.
const STRIKES: [u128; 8] = [70, 80, 90, 95, 105, 110, 120, 130];

/// What an account takes.
pub(super) fn measure(rounds: usize) -> anyhow::Result<Rounds> {
    let factor = |(range, calm, panic, _): &(u16, u16, u16, u128)| {
        let [range, calm, panic] = [*range, *calm, *panic].map(Fraction::basis_points);
        RiskFactor::new(Range::symmetric(range), Band::new(calm, panic)?, None, Vec::new())
    };
    let factors = FACTORS.iter().map(factor).collect::<Result<Vec<_>, _>>()?;
    let settings = Settings::default();
    let table = FactorTable::fold(&factors, Ratio::ONE, Ratio::new(1_250_000_000), settings)?;
    let series: Vec<Series> =
        (0..2).flat_map(|underlying| STRIKES.map(|strike| series(underlying, strike))).collect();
    let curves = Curves::fold(&table, settings.floor_factor, &series)
        .map_err(|(place, error)| anyhow!("{place}: {error}"))?;
    let accounts: Vec<_> = (0..ACCOUNTS).map(account).collect();
    let mut book = OptionBook::on(Path::widest());
    let times = timed(rounds, || {
        for (linear, options) in &accounts {
            let _ = black_box(book.loss(&curves, OptionLegs { linear, options }));
        }
    });
    Ok(times.over(ACCOUNTS))
}

fn series(underlying: u16, hundredths: u128) -> Series {
    let (.., forward) = FACTORS[usize::from(underlying)];
    let style = if hundredths < 100 { Style::Put } else { Style::Call };
    let (forward, strike) = (forward * Price::ONE.raw(), forward * Price::ONE.raw() * hundredths / 100);
    let (left, vol) = (Span::milliseconds(21 * Span::DAY.as_milliseconds()), Ratio::new(600_000_000));
    let mark = black(style, forward, strike, vol, left).low;
    Series {
        underlying: FactorIndex(underlying),
        style,
        forward: Price::clamped(forward),
        strike: Price::clamped(strike),
        left,
        vol,
        moving: Fraction::ONE,
        mark,
    }
}

type Legs = (Vec<(FactorIndex, i128)>, Vec<(SeriesIndex, i128)>);

/// Eight exposures and two options on one or two underlyings, some bought, some sold.
fn account(place: usize) -> Legs {
    let mut dice = 0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(place as u64 + 1);
    let mut below = |bound: u64| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        dice % bound
    };
    let mut signed = |most: u64| {
        let dollars = i128::from(500 + below(most)) * 100_000_000;
        if below(2) == 0 { dollars } else { -dollars }
    };
    let linear = (0..8).map(|factor| (FactorIndex(factor), signed(40_000))).collect();
    let options = (0..2_u16).map(|option| {
        let size = signed(20_000);
        let strike = (place as u16).wrapping_mul(7).wrapping_add(option * 5) % 16;
        (SeriesIndex(strike), size)
    });
    (linear, options.collect())
}
