//! The published figures that the built-in crash passes through.

/// Start, low and close of an asset, in 1e-6 dollars.
pub(super) struct Figures {
    pub(super) symbol: &'static str,
    pub(super) start: u64,
    pub(super) low: u64,
    pub(super) close: u64,
}

/// Where each figure comes from:
///
/// - BTC, ETH, LTC: Binance, open of 2020-03-12 00:00, low of 2020-03-13 (02:00 to 03:00), last price before
///   2020-03-13 12:00.
/// - SOL did not trade yet, AAVE neither, LINK and DOGE were thin: theirs are Binance's of 2021-05-19 (open, low and close
///   of the day), told on the clock of March 2020.
/// - USDC: chosen, not published: a fifth of a percent below par in the panic.
pub(super) const FIGURES: [Figures; 8] = [
    Figures { symbol: "BTC", start: 7_934_580_000, low: 3_782_130_000, close: 5_403_560_000 },
    Figures { symbol: "ETH", start: 194_610_000, low: 86_000_000, close: 127_600_000 },
    Figures { symbol: "LTC", start: 48_520_000, low: 24_000_000, close: 34_020_000 },
    Figures { symbol: "SOL", start: 55_969_000, low: 26_500_000, close: 34_988_000 },
    Figures { symbol: "LINK", start: 42_555_000, low: 21_000_000, close: 26_227_000 },
    Figures { symbol: "AAVE", start: 628_370_000, low: 350_000_000, close: 414_360_000 },
    Figures { symbol: "DOGE", start: 475_740, low: 211_110, close: 329_450 },
    Figures { symbol: "USDC", start: 1_000_000, low: 998_000, close: 999_500 },
];

/// Bar whose low is the low of the crash: 2020-03-13 02:15, when ETH traded at 86.00.
pub(super) const TROUGH: usize = 315;

/// The shape of the fall: bar, and how much of the way from start to low has been gone when it opens, in thousandths.
/// It is BTC's: a slow morning, half of the fall within an hour before noon, a plateau, the rest in the night, and a
/// rebound. `None` is the close.
pub(super) const SHAPE: [(usize, Option<i64>); 11] = [
    (0, Some(0)),
    (72, Some(90)),
    (120, Some(150)),
    (132, Some(460)),
    (180, Some(440)),
    (252, Some(520)),
    (288, Some(740)),
    (TROUGH, Some(975)),
    (TROUGH + 1, Some(940)),
    (324, Some(730)),
    (super::BARS, None),
];

/// What one wstETH redeems for, in a thousandth of ETH: chosen, it did not exist in March 2020.
pub(super) const STAKED_RATE: u64 = 1_200;

/// Discount of wstETH to what it redeems for, in a millionth: before the fall, and in the trough from the least to the
/// most, as stETH's in June 2022 (0.9350 on 2022-06-18).
pub(super) const STAKED_DISCOUNT_CALM: u64 = 1_000;
pub(super) const STAKED_DISCOUNT_TROUGH: [u64; 2] = [30_000, 60_000];
