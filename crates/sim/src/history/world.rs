//! The pool that a history begins with: four assets, three perpetuals and a future that expires on the way, parameters that vary with the seed.

use cistern_engine::{
    act::{AssetSpec, FactorSpec, FeedSpec, MarketSpec, Product},
    collateral::Kind,
    command::{Founding, FoundingAsset},
    ids::{FactorId, FeedId, Symbol},
    params::{Class, Curve, OracleParams, Params},
};
use cistern_units::{Amount, Decimals, Fraction, Price, Ratio, Size, Span, Time};

use crate::history::Dice;

/// Factors, assets and feeds share their order: dollar, bitcoin, ether, dog.
pub(super) const NAMES: [&str; 4] = ["USDC", "BTC", "ETH", "DOGE"];
/// Decimals of the assets.
pub(super) const DECIMALS: [u8; 4] = [6, 8, 18, 8];
/// Prices at the beginning, in millionths of a dollar.
pub(super) const PRICES: [u128; 4] = [1_000_000, 60_000_000_000, 3_000_000_000, 100_000];
/// Decimals of a market's smallest size.
pub(super) const SIZE_DECIMALS: u8 = 4;

const CLASSES: [Class; 4] = [Class::Stable, Class::BlueChip, Class::BlueChip, Class::LongTail];
const RANGES: [(u16, u16); 4] = [(50, 500), (1_000, 2_000), (1_200, 2_500), (3_000, 5_000)];

fn symbol(text: &str) -> Symbol {
    Symbol::new(text).unwrap_or_default()
}

/// A price of millionths of a dollar.
pub(super) fn price(millionths: u128) -> Price {
    Price::clamped(millionths.saturating_mul(1_000_000))
}

pub(super) fn founding(dice: &mut Dice, now: u64) -> Founding {
    let mut params = Params::default();
    params.liquidation.backstop_after_ticks = u8::try_from(dice.between(2, 4)).unwrap_or(3);
    params.governance.delay = Span::HOUR;
    params.governance.ramp = Span::HOUR;
    let oracle = OracleParams { recovery_grace: Span::seconds(10), ..OracleParams::default() };
    let factors = NAMES.iter().zip(RANGES).map(|(name, (least, most))| {
        let down = u16::try_from(dice.between(u64::from(least), u64::from(most))).unwrap_or(least);
        let calm = u16::try_from(dice.between(0, 7_000)).unwrap_or(0);
        let spec = FactorSpec {
            range_down: Fraction::basis_points(down),
            range_up: Ratio::from(Fraction::basis_points(
                down + u16::try_from(dice.below(1_000)).unwrap_or(0),
            )),
            loading_calm: Fraction::basis_points(calm),
            loading_panic: Fraction::basis_points(calm + u16::try_from(dice.below(3_000)).unwrap_or(0)),
            impact: None,
        };
        (symbol(name), spec)
    });
    let factors: Vec<_> = factors.collect();
    let feeds = NAMES.map(|name| FeedSpec { symbol: symbol(name), oracle }).to_vec();
    let assets = (0..NAMES.len()).map(asset).collect();
    let expiry = Time::milliseconds(now + dice.between(1_800_000, 7_200_000));
    let markets = (1..NAMES.len()).map(market).chain([future(expiry)]).collect();
    let sources =
        [("alpha", 0), ("beta", 1), ("gamma", 2)].map(|(name, group)| (symbol(name), group)).to_vec();
    Founding { params, sources, factors, feeds, assets, markets, ..Founding::default() }
}

fn asset(place: usize) -> FoundingAsset {
    let unit = 10_u128.pow(u32::from(DECIMALS[place]));
    FoundingAsset {
        spec: AssetSpec {
            symbol: symbol(NAMES[place]),
            kind: Kind::Token,
            class: CLASSES[place],
            decimals: Decimals::new(DECIMALS[place]).unwrap_or_default(),
            factors: vec![FactorId::at(place).unwrap_or_default()],
            curve: Curve::default(),
        },
        feed: FeedId::at(place).unwrap_or_default(),
        cap_account: Amount::new(50_000_000 * unit),
        cap_total: Amount::new(200_000_000 * unit),
        cap_borrow: Amount::new(20_000_000 * unit),
        withdrawal_limit: Amount::new(1_000_000 * unit),
    }
}

fn market(place: usize) -> (MarketSpec, Size) {
    let spec = MarketSpec {
        symbol: symbol(["USDC-PERP", "BTC-PERP", "ETH-PERP", "DOGE-PERP"][place]),
        feed: FeedId::at(place).unwrap_or_default(),
        factors: vec![FactorId::at(place).unwrap_or_default()],
        decimals: Decimals::new(SIZE_DECIMALS).unwrap_or_default(),
        product: Product::Perp,
    };
    (spec, Size::new(10_000_000_000_000))
}

/// The dog again, until an expiry within the history.
fn future(expiry: Time) -> (MarketSpec, Size) {
    let (perp, cap) = market(NAMES.len() - 1);
    let product = Product::Future { expiry, forward: perp.feed };
    (MarketSpec { symbol: symbol("DOGE-END"), product, ..perp }, cap)
}
