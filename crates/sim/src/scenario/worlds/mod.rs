//! The built-in pools that scenarios begin with.

use cistern_engine::{
    act::{AssetSpec, FactorSpec, FeedSpec, MarketSpec, Product, Style},
    collateral::Kind,
    command::{Founding, FoundingAsset},
    ids::{FactorId, FeedId, Symbol},
    params::{Class, Curve, OracleParams, Params},
};
use cistern_units::{Amount, Decimals, Fraction, Price, Ratio, Size, Time, Value, parse_decimal, wide};

mod claims;
mod evidence;

use super::{
    names::symbol,
    read::{self, Fault, FaultKind, Word},
    settings::Settings,
};

/// A pool before it exists, and the prices that it begins with.
pub(crate) struct World {
    pub(crate) founding: Founding,
    /// Price of each feed, in their order.
    pub(crate) prices: Vec<Price>,
}

/// A risk factor: name, fall and rise in 1e-4, loadings in calm and panic in 1e-2.
type FactorRow = (&'static str, u16, u16, u16, u16);

struct AssetRow {
    /// Its own, and its feed's.
    name: &'static str,
    class: Class,
    decimals: u8,
    factors: &'static [&'static str],
    price: &'static str,
}

struct MarketRow {
    name: &'static str,
    feed: &'static str,
    /// Where no asset has that feed.
    price: &'static str,
    decimals: u8,
    factors: &'static [&'static str],
    product: ProductRow,
}

/// What a market trades; forwards are feeds with a price of their own.
#[derive(Clone, Copy)]
enum ProductRow {
    Perp,
    Future { forward: (&'static str, &'static str) },
    Option { strike: &'static str, style: Style },
}

/// When what is dated in these worlds expires: 2024-01-05 08:00.
const EXPIRY: Time = Time::milliseconds(1_704_441_600_000);

struct Plan {
    name: &'static str,
    meaning: &'static str,
    factors: &'static [FactorRow],
    assets: &'static [AssetRow],
    markets: &'static [MarketRow],
    /// What else is there in a pool that takes evidence.
    evidence: Option<fn(&mut Founding)>,
}

const USDC: FactorRow = ("USDC", 200, 200, 0, 0);
const ETH: FactorRow = ("ETH", 1_800, 1_800, 75, 98);

/// Ranges and loadings of MODEL's worked numbers; DOGE's are its own class's least fall and its measured rise.
const PLANS: &[Plan] = &[
    Plan {
        name: "two-assets",
        meaning: "USDC (settles) and ETH at $2,000; no markets",
        factors: &[USDC, ETH],
        assets: &[
            AssetRow { name: "USDC", class: Class::Stable, decimals: 6, factors: &["USDC"], price: "1" },
            AssetRow { name: "ETH", class: Class::BlueChip, decimals: 18, factors: &["ETH"], price: "2_000" },
        ],
        markets: &[],
        evidence: None,
    },
    Plan {
        name: "standard",
        meaning: "USDC (settles), BTC at $100,000, ETH at $4,000, SOL at $200, wstETH at $4,800, DOGE at $0.25; \
                  perpetuals on BTC, ETH and SOL",
        factors: &[
            USDC,
            ("BTC", 1_500, 1_500, 75, 98),
            ETH,
            ("SOL", 2_500, 2_500, 55, 92),
            ("wstETH/ETH", 500, 500, 0, 50),
            ("DOGE", 3_000, 4_100, 50, 95),
        ],
        assets: &[
            AssetRow { name: "USDC", class: Class::Stable, decimals: 6, factors: &["USDC"], price: "1" },
            AssetRow {
                name: "BTC",
                class: Class::BlueChip,
                decimals: 8,
                factors: &["BTC"],
                price: "100_000",
            },
            AssetRow { name: "ETH", class: Class::BlueChip, decimals: 18, factors: &["ETH"], price: "4_000" },
            AssetRow { name: "SOL", class: Class::BlueChip, decimals: 9, factors: &["SOL"], price: "200" },
            AssetRow {
                name: "wstETH",
                class: Class::Lst,
                decimals: 18,
                factors: &["ETH", "wstETH/ETH"],
                price: "4_800",
            },
            AssetRow { name: "DOGE", class: Class::LongTail, decimals: 8, factors: &["DOGE"], price: "0.25" },
        ],
        markets: &[
            MarketRow {
                name: "BTC-PERP",
                feed: "BTC",
                price: "",
                decimals: 8,
                factors: &["BTC"],
                product: ProductRow::Perp,
            },
            MarketRow {
                name: "ETH-PERP",
                feed: "ETH",
                price: "",
                decimals: 6,
                factors: &["ETH"],
                product: ProductRow::Perp,
            },
            MarketRow {
                name: "SOL-PERP",
                feed: "SOL",
                price: "",
                decimals: 4,
                factors: &["SOL"],
                product: ProductRow::Perp,
            },
        ],
        evidence: None,
    },
    Plan {
        name: "thin-markets",
        meaning: "USDC (settles); perpetuals on MNGO at $0.038 and LUNA at $10, with ranges of 20 %",
        factors: &[USDC, ("MNGO", 2_000, 2_000, 50, 95), ("LUNA", 2_000, 2_000, 50, 95)],
        assets: &[AssetRow {
            name: "USDC",
            class: Class::Stable,
            decimals: 6,
            factors: &["USDC"],
            price: "1",
        }],
        markets: &[
            MarketRow {
                name: "MNGO-PERP",
                feed: "MNGO",
                price: "0.038",
                decimals: 0,
                factors: &["MNGO"],
                product: ProductRow::Perp,
            },
            MarketRow {
                name: "LUNA-PERP",
                feed: "LUNA",
                price: "10",
                decimals: 2,
                factors: &["LUNA"],
                product: ProductRow::Perp,
            },
        ],
        evidence: None,
    },
    Plan {
        name: "dated",
        meaning: "USDC (settles), BTC at $100,000 and ETH at $4,000, a perpetual on BTC, and futures on both that expire on \
                  2024-01-05 at 08:00: that on BTC with a price of its own, $100,500, that on ETH at the index; a call and a put on BTC at $100,000",
        factors: &[USDC, ("BTC", 1_500, 1_500, 75, 98), ETH, ("BTC-basis", 200, 200, 0, 50)],
        assets: &[
            AssetRow { name: "USDC", class: Class::Stable, decimals: 6, factors: &["USDC"], price: "1" },
            AssetRow {
                name: "BTC",
                class: Class::BlueChip,
                decimals: 8,
                factors: &["BTC"],
                price: "100_000",
            },
            AssetRow { name: "ETH", class: Class::BlueChip, decimals: 18, factors: &["ETH"], price: "4_000" },
        ],
        markets: &[
            MarketRow {
                name: "BTC-PERP",
                feed: "BTC",
                price: "",
                decimals: 8,
                factors: &["BTC"],
                product: ProductRow::Perp,
            },
            MarketRow {
                name: "BTC-5JAN",
                feed: "BTC",
                price: "",
                decimals: 8,
                factors: &["BTC", "BTC-basis"],
                product: ProductRow::Future { forward: ("BTC-FWD", "100_500") },
            },
            MarketRow {
                name: "ETH-5JAN",
                feed: "ETH",
                price: "",
                decimals: 6,
                factors: &["ETH"],
                product: ProductRow::Future { forward: ("ETH", "") },
            },
            MarketRow {
                name: "BTC-5JAN-100K-C",
                feed: "BTC",
                price: "",
                decimals: 8,
                factors: &["BTC"],
                product: ProductRow::Option { strike: "100_000", style: Style::Call },
            },
            MarketRow {
                name: "BTC-5JAN-100K-P",
                feed: "BTC",
                price: "",
                decimals: 8,
                factors: &["BTC"],
                product: ProductRow::Option { strike: "100_000", style: Style::Put },
            },
        ],
        evidence: None,
    },
    Plan {
        name: "whole-units",
        meaning: "USDC (settles) and DEED, an asset without decimals at $1,000,000,000: for numbers that are too large",
        factors: &[USDC, ("DEED", 2_000, 2_000, 50, 95)],
        assets: &[
            AssetRow { name: "USDC", class: Class::Stable, decimals: 6, factors: &["USDC"], price: "1" },
            AssetRow {
                name: "DEED",
                class: Class::BlueChip,
                decimals: 0,
                factors: &["DEED"],
                price: "1_000_000_000",
            },
        ],
        markets: &[],
        evidence: None,
    },
    Plan {
        name: "claims",
        meaning: "USDC (settles), ETH at $2,000 and BILL, a fund of treasury bills at $100 for listed holders; a \
                  perpetual on ETH",
        factors: &[USDC, ETH, ("BILL", 200, 200, 0, 20)],
        assets: &[
            AssetRow { name: "USDC", class: Class::Stable, decimals: 6, factors: &["USDC"], price: "1" },
            AssetRow { name: "ETH", class: Class::BlueChip, decimals: 18, factors: &["ETH"], price: "2_000" },
            AssetRow { name: "BILL", class: Class::Stable, decimals: 6, factors: &["BILL"], price: "100" },
        ],
        markets: &[MarketRow {
            name: "ETH-PERP",
            feed: "ETH",
            price: "",
            decimals: 6,
            factors: &["ETH"],
            product: ProductRow::Perp,
        }],
        evidence: Some(claims::listed),
    },
    Plan {
        name: "networks",
        meaning: "USDC (settles), DAI, BTC at $100,000, ETH at $4,000, wstETH, redeemed for 1.2 ETH, and COIN at $10; \
                  perpetuals on ETH and COIN; three networks that sign, and two exchanges that do not",
        factors: &[
            USDC,
            ("DAI", 200, 200, 0, 30),
            ("BTC", 1_500, 1_500, 75, 98),
            ETH,
            ("wstETH/ETH", 500, 500, 0, 50),
            ("COIN", 3_000, 4_100, 50, 95),
        ],
        assets: &[
            AssetRow { name: "USDC", class: Class::Stable, decimals: 6, factors: &["USDC"], price: "1" },
            AssetRow { name: "DAI", class: Class::Stable, decimals: 18, factors: &["DAI"], price: "1" },
            AssetRow {
                name: "BTC",
                class: Class::BlueChip,
                decimals: 8,
                factors: &["BTC"],
                price: "100_000",
            },
            AssetRow { name: "ETH", class: Class::BlueChip, decimals: 18, factors: &["ETH"], price: "4_000" },
            AssetRow {
                name: "wstETH",
                class: Class::Lst,
                decimals: 18,
                factors: &["ETH", "wstETH/ETH"],
                price: "4_800",
            },
            AssetRow { name: "COIN", class: Class::LongTail, decimals: 8, factors: &["COIN"], price: "10" },
        ],
        markets: &[
            MarketRow {
                name: "ETH-PERP",
                feed: "ETH",
                price: "",
                decimals: 6,
                factors: &["ETH"],
                product: ProductRow::Perp,
            },
            MarketRow {
                name: "COIN-PERP",
                feed: "COIN",
                price: "",
                decimals: 2,
                factors: &["COIN"],
                product: ProductRow::Perp,
            },
        ],
        evidence: Some(evidence::bound),
    },
];

/// Names and meanings of all worlds, for the documentation.
pub fn worlds() -> impl Iterator<Item = (&'static str, &'static str)> {
    PLANS.iter().map(|plan| (plan.name, plan.meaning))
}

/// The world of that name, with the settings that follow it.
pub(crate) fn world(name: &Word, settings: &[Word]) -> Result<World, Fault> {
    let unknown = || {
        let choices: Vec<&str> = PLANS.iter().map(|plan| plan.name).collect();
        name.fault(FaultKind::UnknownChoice {
            what: "world",
            word: name.text.clone(),
            choices: choices.join(", "),
        })
    };
    let plan = PLANS.iter().find(|plan| plan.name == name.text).ok_or_else(unknown)?;
    let mut settings = Settings::new(settings, "KEY=VALUE like penalty_max=0.1 or range.ETH=0.2")?;
    let mut world = built(plan);
    let founding = &mut world.founding;
    settings.set("sources", &mut founding.sources, sources)?;
    set_params(&mut founding.params, &mut settings)?;
    let mut oracle = OracleParams::default();
    set_oracle(&mut oracle, &mut settings)?;
    for (feed, price) in founding.feeds.iter_mut().zip(&mut world.prices) {
        // A world may have feeds with rules of their own.
        if feed.oracle == OracleParams::default() {
            feed.oracle = oracle;
        }
        settings.set(&format!("price.{}", feed.symbol), price, read::price)?;
    }
    for (name, spec) in &mut founding.factors {
        let mut range = spec.range_down;
        settings.set(&format!("range.{name}"), &mut range, read::fraction)?;
        if range != spec.range_down {
            (spec.range_down, spec.range_up) = (range, Ratio::from(range));
        }
    }
    for asset in &mut founding.assets {
        set_caps(asset, &mut settings)?;
    }
    for (spec, cap) in &mut founding.markets {
        let places = spec.decimals.places();
        settings.set(&format!("cap.{}", spec.symbol), cap, |word| size(word, places))?;
    }
    settings.finish()?;
    Ok(world)
}

/// Generous caps: 1e9 whole units of everything.
const PLENTY: u64 = 1_000_000_000;

fn built(plan: &Plan) -> World {
    let mut founding = Founding { sources: default_sources(), ..Founding::default() };
    let mut prices = Vec::new();
    for (name, down, up, calm, panic) in plan.factors {
        let spec = FactorSpec {
            range_down: Fraction::basis_points(*down),
            range_up: Fraction::basis_points(*up).into(),
            loading_calm: Fraction::basis_points(calm * 100),
            loading_panic: Fraction::basis_points(panic * 100),
            impact: None,
        };
        founding.factors.push((named(name), spec));
    }
    for asset in plan.assets {
        prices.push(fixed_price(asset.price));
        founding.feeds.push(FeedSpec { symbol: named(asset.name), oracle: OracleParams::default() });
        let asset = founding_asset(asset, plan, founding.assets.len());
        founding.assets.push(asset);
    }
    for market in plan.markets {
        let mut feed = |(name, price): (&str, &str)| {
            let known = founding.feeds.iter().position(|feed| feed.symbol.as_str() == name);
            let place = known.unwrap_or_else(|| {
                prices.push(fixed_price(price));
                founding.feeds.push(FeedSpec { symbol: named(name), oracle: OracleParams::default() });
                founding.feeds.len() - 1
            });
            FeedId::at(place).expect("a world has few feeds")
        };
        let index = feed((market.feed, market.price));
        let product = match market.product {
            ProductRow::Perp => Product::Perp,
            ProductRow::Future { forward } => Product::Future { expiry: EXPIRY, forward: feed(forward) },
            ProductRow::Option { strike, style } => {
                let strike = fixed_price(strike);
                Product::Option { expiry: EXPIRY, forward: feed(("BTC-FWD", "")), strike, style }
            }
        };
        let decimals = decimals(market.decimals);
        let spec = MarketSpec {
            symbol: named(market.name),
            feed: index,
            factors: factors(plan, market.factors),
            decimals,
            product,
        };
        let cap = i64::try_from(plenty(decimals)).expect("caps of worlds fit a size");
        founding.markets.push((spec, Size::new(cap)));
    }
    if let Some(evidence) = plan.evidence {
        evidence(&mut founding);
    }
    World { founding, prices }
}

fn founding_asset(asset: &AssetRow, plan: &Plan, place: usize) -> FoundingAsset {
    let decimals = decimals(asset.decimals);
    let cap = Amount::new(plenty(decimals));
    FoundingAsset {
        spec: AssetSpec {
            symbol: named(asset.name),
            kind: Kind::Token,
            class: asset.class,
            decimals,
            factors: factors(plan, asset.factors),
            curve: Curve::default(),
        },
        feed: FeedId::at(place).expect("a world has few feeds"),
        cap_account: cap,
        cap_total: cap,
        cap_borrow: cap,
        withdrawal_limit: cap,
    }
}

fn factors(plan: &Plan, names: &[&str]) -> Vec<FactorId> {
    let place = |name: &&str| plan.factors.iter().position(|factor| factor.0 == *name);
    names.iter().filter_map(|name| FactorId::at(place(name)?)).collect()
}

fn named(name: &str) -> Symbol {
    Symbol::new(name).expect("names of worlds are short")
}

fn decimals(decimals: u8) -> Decimals {
    Decimals::new(decimals).expect("decimals of worlds are at most 18")
}

fn plenty(decimals: Decimals) -> u128 {
    let unit = wide::power_of_ten(decimals.places()).expect("18 decimals fit");
    u128::from(PLENTY) * unit
}

fn fixed_price(text: &str) -> Price {
    let raw = parse_decimal(text, Price::PLACES).expect("prices of worlds are numbers");
    Price::clamped(raw.unsigned_abs())
}

fn default_sources() -> Vec<(Symbol, u8)> {
    ["alpha", "beta", "gamma"].into_iter().map(named).zip(0..).collect()
}

/// `alpha/0,beta/1`: each source and its operator group.
fn sources(word: &Word) -> Result<Vec<(Symbol, u8)>, Fault> {
    let source = |part: &Word| {
        let not_a_setting =
            || part.fault(FaultKind::NotASetting { word: part.text.clone(), what: "SOURCE/GROUP" });
        let (name, group) = part.split_once('/').ok_or_else(not_a_setting)?;
        Ok((symbol(&name)?, read::whole(&group, "group")?))
    };
    word.list().iter().map(source).collect()
}

fn size(word: &Word, places: usize) -> Result<Size, Fault> {
    let (what, rule) = ("size", "it is larger than any");
    let fault = || word.fault(FaultKind::OutOfRange { word: word.text.clone(), what, rule });
    i64::try_from(read::units(word, what, places)?).map(Size::new).map_err(|_| fault())
}

fn set_caps(asset: &mut FoundingAsset, settings: &mut Settings) -> Result<(), Fault> {
    let (name, places) = (asset.spec.symbol, asset.spec.decimals.places());
    let amount = |word: &Word| read::units(word, "amount", places).map(Amount::new);
    settings.set(&format!("cap_account.{name}"), &mut asset.cap_account, amount)?;
    settings.set(&format!("cap_total.{name}"), &mut asset.cap_total, amount)?;
    settings.set(&format!("cap_borrow.{name}"), &mut asset.cap_borrow, amount)?;
    settings.set(&format!("withdrawal_limit.{name}"), &mut asset.withdrawal_limit, amount)
}

/// Rules of aggregation, for all feeds of a world or for one that is listed.
pub(crate) fn set_oracle(oracle: &mut OracleParams, settings: &mut Settings) -> Result<(), Fault> {
    settings.set("age_max", &mut oracle.age_max, read::span)?;
    settings.set("ahead_max", &mut oracle.ahead_max, read::span)?;
    settings.set("confidence_max", &mut oracle.confidence_max, read::fraction)?;
    settings.set("deviation_band", &mut oracle.deviation_band, read::fraction)?;
    settings.set("jump_max", &mut oracle.jump_max, read::fraction)?;
    settings.set("recovery_grace", &mut oracle.recovery_grace, read::span)
}

fn set_params(params: &mut Params, settings: &mut Settings) -> Result<(), Fault> {
    let margin = &mut params.margin;
    settings.set("target", &mut margin.target, read::ratio)?;
    settings.set("initial", &mut margin.initial, read::ratio)?;
    settings.set("floor_factor", &mut margin.floor_factor, read::fraction)?;
    settings.set("gross_floor", &mut margin.gross_floor, read::fraction)?;
    let liquidation = &mut params.liquidation;
    settings.set("penalty_min", &mut liquidation.penalty_min, read::fraction)?;
    settings.set("penalty_max", &mut liquidation.penalty_max, read::fraction)?;
    settings.set("health_for_penalty_max", &mut liquidation.health_for_penalty_max, read::fraction)?;
    settings.set("liquidator_share", &mut liquidation.liquidator_share, read::fraction)?;
    let dust = |word: &Word| read::whole(word, "count of dollars").map(Value::dollars);
    settings.set("dust", &mut liquidation.dust, dust)?;
    let count = |word: &Word| read::whole(word, "count of ticks");
    settings.set("backstop_after_ticks", &mut liquidation.backstop_after_ticks, count)?;
    let funding = &mut params.funding;
    settings.set("premium_max", &mut funding.premium_max, read::fraction)?;
    settings.set("premium_window", &mut funding.premium_window, read::span)?;
    settings.set("interest_clamp", &mut funding.interest_clamp, read::fraction)?;
    settings.set("rate_max", &mut funding.rate_max, read::fraction)?;
    settings.set("price_band", &mut funding.price_band, read::fraction)?;
    let governance = &mut params.governance;
    settings.set("delay", &mut governance.delay, read::span)?;
    settings.set("expiry", &mut governance.expiry, read::span)?;
    settings.set("ramp", &mut governance.ramp, read::span)?;
    settings.set("continuity", &mut governance.continuity, read::fraction)?;
    settings.set("rate_step", &mut governance.rate_step, read::fraction)
}
