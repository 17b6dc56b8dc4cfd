//! [B1] against QuantLib and against a reference of 40 digits, on a table that `./x golden options` writes; and what must
//! hold of every option.

use cistern_margin::option::{Bracket, Style, black};
use cistern_units::{Ratio, Span, parse_decimal};
use proptest::prelude::*;

const TABLE: &str = include_str!("golden/options.csv");

/// The table's forward, in 1e-24: its values then are whole numbers.
const FORWARD: u128 = 1_000_000_000_000_000_000_000_000;
const DECIMALS: usize = 24;

struct Row {
    style: Style,
    strike: u128,
    vol: Ratio,
    left: Span,
    quantlib: f64,
    exact: u128,
}

fn rows() -> impl Iterator<Item = Row> {
    let lines = TABLE.lines().skip(2);
    lines.map(|line| {
        let [style, strike, vol, left, quantlib, exact] = line.split(',').collect::<Vec<_>>()[..] else {
            panic!("six columns: {line}")
        };
        Row {
            style: if style == "C" { Style::Call } else { Style::Put },
            strike: strike.parse::<u128>().unwrap() * 1_000_000_000_000,
            vol: Ratio::new(vol.parse().unwrap()),
            left: Span::milliseconds(left.parse().unwrap()),
            quantlib: quantlib.parse().unwrap(),
            exact: parse_decimal(exact, DECIMALS).unwrap().unsigned_abs(),
        }
    })
}

/// What a bracket may be wide: its bound, both ways, and a unit.
fn width(forward: u128, strike: u128) -> u128 {
    (forward.min(strike) >> 51) + 2
}

#[test]
fn thousands_of_options_are_bracketed_to_forty_digits() {
    let mut count = 0;
    for row in rows() {
        let Bracket { low, high } = black(row.style, FORWARD, row.strike, row.vol, row.left);
        let place = format!("{:?} {} {} {:?}", row.style, row.strike, row.vol, row.left);
        assert!(low <= row.exact + 1 && row.exact <= high + 1, "{place}: {low} {} {high}", row.exact);
        assert!(high - low <= width(FORWARD, row.strike), "{place}: {low} {high}");
        // What is found here is a quarter of the stated bound. Only a bracket that no end cuts off has it in the middle.
        let small = FORWARD.min(row.strike);
        let middle = low.midpoint(high);
        let is_whole = high - low >= (small >> 51) - 2;
        assert!(!is_whole || middle.abs_diff(row.exact) <= (small >> 54) + 2, "{place}");
        count += 1;
    }
    assert_eq!(count, 4_200);
}

#[test]
fn quantlib_says_the_same_in_double_precision() {
    for row in rows() {
        let Bracket { low, high } = black(row.style, FORWARD, row.strike, row.vol, row.left);
        let scale = 1e-24_f64;
        #[allow(clippy::cast_precision_loss, reason = "the comparison is in double precision")]
        let (middle, larger) = (low.midpoint(high) as f64 * scale, FORWARD.max(row.strike) as f64 * scale);
        let error = (middle - row.quantlib).abs();
        assert!(error <= 2e-15 * larger + 1e-15, "{:?} {}: {middle} {}", row.style, row.strike, row.quantlib);
    }
}

#[test]
fn an_option_at_the_money_is_worth_its_worked_number() {
    // [B1] forward = strike = 100,000, 30 % a year, 30 days: 100,000 (2 N(s/2) - 1), s = .3 sqrt(30/365) = .0860073: 3,430.14
    let cents = |value: u128| (value + 500) / 1_000;
    let dollars = 100_000 * 100_000;
    for style in [Style::Call, Style::Put] {
        let value =
            black(style, dollars, dollars, Ratio::new(300_000_000), Span::milliseconds(30 * 86_400_000));
        assert_eq!((cents(value.low), cents(value.high)), (343_014, 343_014));
    }
}

#[test]
fn without_time_or_volatility_an_option_is_worth_its_intrinsic_value() {
    let (year, vol) = (Span::YEAR, Ratio::ONE);
    for (vol, left) in [(vol, Span::ZERO), (Ratio::ZERO, year), (Ratio::ZERO, Span::ZERO)] {
        for (forward, strike) in [(7, 5), (5, 7), (5, 0), (0, 5), (0, 0), (u128::MAX, 1), (1, u128::MAX)] {
            let exactly = |value| Bracket { low: value, high: value };
            let call = black(Style::Call, forward, strike, vol, left);
            let put = black(Style::Put, forward, strike, vol, left);
            assert_eq!(call, exactly(forward.saturating_sub(strike)));
            assert_eq!(put, exactly(strike.saturating_sub(forward)));
        }
    }
}

#[test]
fn an_option_on_nothing_and_a_strike_of_nothing_have_a_value() {
    let (year, vol) = (Span::YEAR, Ratio::ONE);
    let exactly = |value| Bracket { low: value, high: value };
    assert_eq!(black(Style::Call, 0, 9, vol, year), exactly(0));
    assert_eq!(black(Style::Put, 0, 9, vol, year), exactly(9));
    assert_eq!(black(Style::Call, 9, 0, vol, year), exactly(9));
    assert_eq!(black(Style::Put, 9, 0, vol, year), exactly(0));
}

#[test]
fn the_wildest_inputs_have_an_answer_within_the_bounds() {
    let ends = [0, 1, 2, 1 << 64, u128::MAX - 1, u128::MAX];
    for forward in ends {
        for strike in ends {
            for vol in [0, 1, 1_000_000_000, u64::MAX].map(Ratio::new) {
                for left in [0, 1, 1 << 40, u64::MAX].map(Span::milliseconds) {
                    let call = black(Style::Call, forward, strike, vol, left);
                    let put = black(Style::Put, forward, strike, vol, left);
                    assert!(
                        call.low <= call.high
                            && call.low >= forward.saturating_sub(strike)
                            && call.high <= forward
                    );
                    assert!(
                        put.low <= put.high
                            && put.low >= strike.saturating_sub(forward)
                            && put.high <= strike
                    );
                }
            }
        }
    }
}

const UNIT: u128 = 1_000_000_000_000_000;

#[derive(Clone, Copy, Debug)]
struct Terms {
    forward: u128,
    strike: u128,
    vol: u64,
    left: u64,
}

impl Terms {
    fn value(self, style: Style) -> Bracket {
        black(style, self.forward, self.strike, Ratio::new(self.vol), Span::milliseconds(self.left))
    }
}

/// Forward and strike within a factor of thousand, up to 1,000 % a year, up to ten years; small ones as often as large.
fn terms() -> impl Strategy<Value = Terms> {
    let price = || (UNIT..1_000 * UNIT, 0_u32..10).prop_map(|(price, shift)| (price >> shift).max(UNIT));
    let near = (price(), -80_i128..80).prop_map(|(price, percent)| {
        (price, price.saturating_add_signed(price.cast_signed() / 1_000 * percent))
    });
    let prices = prop_oneof![(price(), price()), near];
    let vol = (0_u64..=10_000_000_000, 0_u32..12).prop_map(|(vol, shift)| vol >> shift);
    let left = (0_u64..=10 * Span::YEAR.as_milliseconds(), 0_u32..30).prop_map(|(left, shift)| left >> shift);
    (prices, vol, left).prop_map(|((forward, strike), vol, left)| Terms { forward, strike, vol, left })
}

const STYLES: [Style; 2] = [Style::Call, Style::Put];

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_value_lies_between_intrinsic_and_the_whole(terms in terms()) {
        let (call, put) = (terms.value(Style::Call), terms.value(Style::Put));
        prop_assert!(call.low <= call.high && put.low <= put.high);
        prop_assert!(call.low >= terms.forward.saturating_sub(terms.strike) && call.high <= terms.forward);
        prop_assert!(put.low >= terms.strike.saturating_sub(terms.forward) && put.high <= terms.strike);
        let width = width(terms.forward, terms.strike);
        prop_assert!(call.high - call.low <= width && put.high - put.low <= width);
    }

    /// call - put = forward - strike
    #[test]
    fn calls_and_puts_are_at_parity(terms in terms()) {
        let (call, put) = (terms.value(Style::Call), terms.value(Style::Put));
        prop_assert!(call.low + terms.strike <= put.high + terms.forward);
        prop_assert!(put.low + terms.forward <= call.high + terms.strike);
    }

    #[test]
    fn more_volatility_or_time_is_never_worth_less(terms in terms(), vol in 0_u64..1 << 33, left in 0_u64..1 << 38) {
        let more = Terms { vol: terms.vol + vol, left: terms.left + left, ..terms };
        for style in STYLES {
            prop_assert!(terms.value(style).low <= more.value(style).high);
        }
    }

    /// A call falls with its strike and rises with the forward, by less than these move; a put the other way round.
    #[test]
    fn values_follow_strike_and_forward(terms in terms(), step in 1..UNIT) {
        let strike = Terms { strike: terms.strike + step, ..terms };
        let forward = Terms { forward: terms.forward + step, ..terms };
        for (style, less, more) in [
            (Style::Call, strike, terms),
            (Style::Call, terms, forward),
            (Style::Put, terms, strike),
            (Style::Put, forward, terms),
        ] {
            let (less, more) = (less.value(style), more.value(style));
            prop_assert!(less.low <= more.high);
            prop_assert!(more.low <= less.high + step);
        }
    }

    /// Half of the sum of two strikes is worth at least the option between them.
    #[test]
    fn values_are_convex_in_the_strike(terms in terms(), step in 1..UNIT) {
        let wing = |strike| Terms { strike, ..terms };
        for style in STYLES {
            let wings = wing(terms.strike - step / 2).value(style).high + wing(terms.strike + step / 2).value(style).high;
            prop_assert!(2 * terms.value(style).low <= wings + 1);
        }
    }
}
