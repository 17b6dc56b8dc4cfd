//! Recorded crises against facts that are known about them.

mod support;

use cistern_sim::market::{Crisis, Kind, Origin, crisis_names, load_crisis};
use cistern_units::{Price, parse_decimal};

/// 2020-03-13 and 2021-05-19, 00:00 UTC.
const MARCH_13: u64 = 1_584_057_600_000;
const MAY_19: u64 = 1_621_382_400_000;

/// Lowest price of a day.
fn low(crisis: &Crisis, symbol: &str, day: u64) -> Price {
    let series = crisis.series.iter().find(|series| series.symbol == symbol && series.kind == Kind::Spot);
    let bars = series.unwrap_or_else(|| panic!("{symbol}")).bars.iter();
    bars.filter(|bar| (day..day + 86_400_000).contains(&bar.open_ms)).map(|bar| bar.low).min().unwrap()
}

fn price(text: &str) -> Price {
    Price::new(u128::try_from(parse_decimal(text, Price::PLACES).unwrap()).unwrap()).unwrap()
}

#[test]
fn every_crisis_loads_and_shows_its_known_lows() {
    let Some(data) = support::data_folder() else { return };
    let facts = [
        ("2020-03_covid", MARCH_13, "BTC", "3782.13"),
        ("2020-03_covid", MARCH_13, "ETH", "86"),
        ("2021-05_may19", MAY_19, "BTC", "30000"),
        ("2021-05_may19", MAY_19, "ETH", "1888"),
        ("2021-05_may19", MAY_19, "AAVE", "350"),
        ("2022-05_luna", 1_652_227_200_000, "UST", "0.225"),
        ("2022-05_luna", 1_652_400_000_000, "LUNA", "0.00004"),
        ("2022-06_steth_3ac", 1_655_510_400_000, "BTC", "17622"),
        ("2022-06_steth_3ac", 1_655_510_400_000, "ETH", "881.56"),
        ("2022-11_ftx", 1_667_952_000_000, "BTC", "15588"),
        ("2024-08_carry", 1_722_816_000_000, "BTC", "49000"),
    ];
    let names = crisis_names(&data);
    assert_eq!(names.len(), 8, "{names:?}");
    for name in &names {
        let crisis = load_crisis(&data, name).unwrap();
        assert_eq!(crisis.origin, Origin::Recorded);
        let instants = crisis.ticks().count();
        let symbols: Vec<&str> = crisis.series.iter().map(|series| series.symbol.as_str()).collect();
        println!("{name}: {} series, {instants} instants: {symbols:?} {:?}", symbols.len(), crisis.notes);
        assert!(symbols.len() >= 5 && instants > 5_000, "{name}: {symbols:?} {instants}");
        assert!(crisis.ticks().zip(crisis.ticks().skip(1)).all(|(a, b)| a.time_ms < b.time_ms));
        for (_, day, symbol, expected) in facts.iter().filter(|(crisis, ..)| crisis == name) {
            assert_eq!(low(&crisis, symbol, *day), price(expected), "{name} {symbol}");
        }
    }
}
