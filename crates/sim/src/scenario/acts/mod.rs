//! Acts of governance: how they are asked for, and how they are told.

use cistern_engine::{
    act::{Act, AssetSpec, FactorSpec, FeedSpec, Impact, MarketSpec, Product, Style},
    collateral::Kind,
    ids::{FactorId, FeedId},
    params::{Class, Curve, OracleParams},
};
use cistern_units::{Amount, Decimals, Fraction, Time, Value};

mod add_ons;
mod evidence;
mod kinds;

pub(crate) use add_ons::told_add_on;
pub(crate) use kinds::{BILLS, COLLECTION};

pub(crate) use evidence::{
    RATE, exponent, moved, service, told_binding, told_rate, told_ratio, told_signers,
};

use super::{
    names::{Names, joined, symbol},
    number,
    read::{self, Fault, FaultKind, Word},
    settings::Settings,
    worlds::set_oracle,
};

/// How each act is written: its word, its arguments.
pub const ACTS: &[(&str, &str)] = &[
    ("list-factor", "NAME down=0.2 up=0.25 calm=0.5 panic=0.9 [depth=1_000_000 lambda=0.05]"),
    ("list-feed", "NAME [age_max=60s …]"),
    (
        "list-asset",
        "NAME class=long-tail decimals=8 factors=A,B [kind=token heartbeat=1d day=0.005 closed=0.005 year=0.1 notice=1d closes=4d21h opens=6d21h cap=100 base=0 low=0.05 high=0.95 kink=0.8 reserve=0.1]",
    ),
    (
        "list-market",
        "NAME feed=FEED factors=A,B decimals=8 [expiry=2024-03-29T08:00 forward=FEED strike=100_000 style=call]",
    ),
    ("oracle", "ASSET FEED"),
    ("deposit-cap", "ASSET PER_ACCOUNT TOTAL"),
    ("borrow-cap", "ASSET CAP"),
    ("withdrawal-limit", "ASSET PER_HOUR"),
    ("factor", "FACTOR [down=0.2 up=0.25 calm=0.5 panic=0.9 depth=1_000_000 lambda=0.05]"),
    ("add-on", "KIND ABOUT [start= full= factor= most= lower= upper= share=]"),
    ("remove-add-on", "KIND ABOUT [factor=]"),
    ("allow-holder", "ASSET OWNER"),
    ("remove-holder", "ASSET OWNER"),
    ("curve", "ASSET [base=0 low=0.05 high=0.95 kink=0.8 reserve=0.1]"),
    ("open-interest-cap", "MARKET CAP"),
    ("admit-signers", "NETWORK SET [members=3 threshold=2]"),
    ("retire-signers", "NETWORK SET"),
    ("bind", "NETWORK KEY SOURCE FEED [set=SET subject=price exponent=-8 floor=0.01 ceiling=1_000]"),
    ("unbind", "NETWORK KEY FEED"),
    ("rate", "FEED UNDERLYING [growth=0.1 fall=0.01 age_max=1d discount=0.02 patience=1h]"),
];

const CLASSES: [(&str, Class); 4] = [
    ("stable", Class::Stable),
    ("blue-chip", Class::BlueChip),
    ("long-tail", Class::LongTail),
    ("lst", Class::Lst),
];

const SETTINGS: &str = "KEY=VALUE like down=0.2";

/// Reads an act.
pub(crate) fn act(verb: &Word, words: &[Word], names: &Names<'_>) -> Result<Act, Fault> {
    check_arguments(verb, words)?;
    if let Some(act) = evidence::act(verb, words, names)? {
        return Ok(act);
    }
    match verb.text.as_str() {
        "list-factor" => {
            let nothing = FactorSpec {
                range_down: Fraction::ZERO,
                range_up: Fraction::ZERO.into(),
                loading_calm: Fraction::ZERO,
                loading_panic: Fraction::ONE,
                impact: None,
            };
            Ok(Act::ListFactor { symbol: symbol(&words[0])?, spec: factor_spec(nothing, &words[1..])? })
        }
        "list-feed" => {
            let mut oracle = OracleParams::default();
            let mut settings = Settings::new(&words[1..], SETTINGS)?;
            set_oracle(&mut oracle, &mut settings)?;
            settings.finish()?;
            Ok(Act::ListFeed(FeedSpec { symbol: symbol(&words[0])?, oracle }))
        }
        "list-asset" => list_asset(words, names),
        "add-on" => Ok(Act::SetAddOn(add_ons::add_on(words, names)?)),
        "remove-add-on" => Ok(Act::RemoveAddOn(add_ons::add_on(words, names)?)),
        "list-market" => list_market(words, names),
        "factor" => {
            let factor = names.factor(&words[0])?;
            let config =
                names.state.config.factors.get(factor.position()).or(names.state.config.factors.first());
            let Some(config) = config else {
                return Err(unknown_act(verb));
            };
            Ok(Act::SetFactor { factor, spec: factor_spec(config.spec, &words[1..])? })
        }
        _ => of_asset(verb, words, names),
    }
}

fn of_asset(verb: &Word, words: &[Word], names: &Names<'_>) -> Result<Act, Fault> {
    if verb.text == "open-interest-cap" {
        let market = names.market(&words[0])?;
        return Ok(Act::SetOpenInterestCap { market, cap: names.size(market, &words[1])? });
    }
    let asset = names.asset(&words[0])?;
    let amount = |place: usize| names.amount(asset, &words[place]);
    match verb.text.as_str() {
        "allow-holder" => Ok(Act::AllowHolder { asset, owner: names.owner(&words[1])? }),
        "remove-holder" => Ok(Act::RemoveHolder { asset, owner: names.owner(&words[1])? }),
        "oracle" => Ok(Act::SetOracle { asset, feed: names.feed(&words[1])? }),
        "deposit-cap" => Ok(Act::SetDepositCap { asset, per_account: amount(1)?, total: amount(2)? }),
        "borrow-cap" => Ok(Act::SetBorrowCap { asset, cap: amount(1)? }),
        "withdrawal-limit" => Ok(Act::SetWithdrawalLimit { asset, per_hour: amount(1)? }),
        "curve" => {
            let mut curve = names.state.asset(asset).map_or(Curve::default(), |config| config.spec.curve);
            let mut settings = Settings::new(&words[1..], SETTINGS)?;
            set_curve(&mut curve, &mut settings)?;
            settings.finish()?;
            Ok(Act::SetCurve { asset, curve })
        }
        _ => Err(unknown_act(verb)),
    }
}

fn unknown_act(verb: &Word) -> Fault {
    let choices: Vec<&str> = ACTS.iter().map(|(name, _)| *name).collect();
    verb.fault(FaultKind::UnknownChoice { what: "act", word: verb.text.clone(), choices: choices.join(", ") })
}

/// Are the arguments that cannot be left out there, and no word too much?
fn check_arguments(verb: &Word, words: &[Word]) -> Result<(), Fault> {
    let (name, arguments) =
        ACTS.iter().find(|(name, _)| *name == verb.text).ok_or_else(|| unknown_act(verb))?;
    let is_setting = |argument: &&str| argument.contains('=') || argument.starts_with('[');
    let arguments_plain: Vec<&str> =
        arguments.split(' ').take_while(|argument| !is_setting(argument)).collect();
    let takes_settings = arguments.split(' ').any(|argument| is_setting(&argument));
    let usage = format!("schedule {name} {arguments}");
    if let Some(argument) = arguments_plain.get(words.len()) {
        let last = words.last().unwrap_or(verb);
        let end = last.part(last.text.chars().count() + 1, "");
        return Err(end.fault(FaultKind::MissingArgument { argument: (*argument).to_owned(), usage }));
    }
    match words.get(arguments_plain.len()) {
        Some(word) if !takes_settings => {
            Err(word.fault(FaultKind::ExtraWord { word: word.text.clone(), usage }))
        }
        _ => Ok(()),
    }
}

fn factor_spec(mut spec: FactorSpec, words: &[Word]) -> Result<FactorSpec, Fault> {
    let mut settings = Settings::new(words, SETTINGS)?;
    settings.set("down", &mut spec.range_down, read::fraction)?;
    settings.set("up", &mut spec.range_up, read::ratio)?;
    settings.set("calm", &mut spec.loading_calm, read::fraction)?;
    settings.set("panic", &mut spec.loading_panic, read::fraction)?;
    if let (Some(depth), Some(lambda)) = (settings.take("depth"), settings.take("lambda")) {
        let depth = Value::dollars(read::whole(&depth, "count of dollars")?);
        spec.impact = Some(Impact { depth, lambda: read::ratio(&lambda)? });
    }
    settings.finish()?;
    Ok(spec)
}

fn set_curve(curve: &mut Curve, settings: &mut Settings) -> Result<(), Fault> {
    settings.set("base", &mut curve.base, read::fraction)?;
    settings.set("low", &mut curve.slope_low, read::fraction)?;
    settings.set("high", &mut curve.slope_high, read::ratio)?;
    settings.set("kink", &mut curve.kink, read::fraction)?;
    settings.set("reserve", &mut curve.reserve, read::fraction)
}

fn list_asset(words: &[Word], names: &Names<'_>) -> Result<Act, Fault> {
    let mut settings = Settings::new(&words[1..], SETTINGS)?;
    let mut spec = AssetSpec {
        symbol: symbol(&words[0])?,
        kind: Kind::Token,
        class: Class::LongTail,
        decimals: Decimals::default(),
        factors: Vec::new(),
        curve: Curve::default(),
    };
    kinds::set(&mut spec.kind, &mut settings)?;
    settings.set("class", &mut spec.class, class)?;
    settings.set("decimals", &mut spec.decimals, decimals)?;
    settings.set("factors", &mut spec.factors, |word| factors(word, names))?;
    set_curve(&mut spec.curve, &mut settings)?;
    settings.finish()?;
    Ok(Act::ListAsset(spec))
}

fn list_market(words: &[Word], names: &Names<'_>) -> Result<Act, Fault> {
    let mut settings = Settings::new(&words[1..], SETTINGS)?;
    let missing = |argument: &str| {
        let usage = "schedule list-market NAME feed=FEED factors=A,B decimals=8".to_owned();
        words[0].fault(FaultKind::MissingArgument { argument: argument.to_owned(), usage })
    };
    let feed = settings.take("feed").ok_or_else(|| missing("feed="))?;
    let mut spec = MarketSpec {
        symbol: symbol(&words[0])?,
        feed: names.feed(&feed)?,
        factors: Vec::new(),
        decimals: Decimals::default(),
        product: Product::Perp,
    };
    settings.set("factors", &mut spec.factors, |word| factors(word, names))?;
    settings.set("decimals", &mut spec.decimals, decimals)?;
    spec.product = product(&mut settings, spec.feed, names)?;
    settings.finish()?;
    Ok(Act::ListMarket(spec))
}

/// What is traded: a perpetual, unless an expiry says otherwise.
fn product(settings: &mut Settings, index: FeedId, names: &Names<'_>) -> Result<Product, Fault> {
    let Some(expiry) = settings.take("expiry") else {
        return Ok(Product::Perp);
    };
    let expiry = expiry_of(&expiry)?;
    let mut forward = index;
    settings.set("forward", &mut forward, |word| names.feed(word))?;
    let Some(strike) = settings.take("strike") else {
        return Ok(Product::Future { expiry, forward });
    };
    let mut style = Style::Call;
    settings.set("style", &mut style, option_style)?;
    Ok(Product::Option { expiry, forward, strike: read::price(&strike)?, style })
}

/// A moment in one word: `2024-03-29T08:00`.
pub(crate) fn expiry_of(word: &Word) -> Result<Time, Fault> {
    match word.split_once('T') {
        Some((date, time)) => read::moment(&date, Some(&time)),
        None => read::moment(word, None),
    }
}

fn option_style(word: &Word) -> Result<Style, Fault> {
    match word.text.as_str() {
        "call" => Ok(Style::Call),
        "put" => Ok(Style::Put),
        other => Err(word.fault(FaultKind::UnknownChoice {
            what: "style",
            word: other.to_owned(),
            choices: "call, put".to_owned(),
        })),
    }
}

fn class(word: &Word) -> Result<Class, Fault> {
    let found = CLASSES.iter().find(|(name, _)| *name == word.text);
    let choices = || CLASSES.map(|(name, _)| name).join(", ");
    let unknown = || {
        word.fault(FaultKind::UnknownChoice { what: "class", word: word.text.clone(), choices: choices() })
    };
    found.map(|(_, class)| *class).ok_or_else(unknown)
}

fn decimals(word: &Word) -> Result<Decimals, Fault> {
    let (what, rule) = ("count of decimals", "18 is the most");
    let fault = || word.fault(FaultKind::OutOfRange { word: word.text.clone(), what, rule });
    Decimals::new(read::whole(word, what)?).ok_or_else(fault)
}

fn factors(word: &Word, names: &Names<'_>) -> Result<Vec<FactorId>, Fault> {
    word.list().iter().map(|part| names.factor(part)).collect()
}

/// An act in words, in the imperative.
pub(crate) fn told(act: &Act, names: &Names<'_>) -> String {
    let units = |asset, amount: Amount| names.units(asset, amount);
    match act {
        Act::ListFactor { symbol, spec } => format!("list the factor {symbol}: {}", told_factor(spec)),
        Act::ListFeed(spec) => format!("list the feed {}", told_feed(spec)),
        Act::ListAsset(spec) => format!("list {}", told_asset(spec, names)),
        Act::ListMarket(spec) => format!("list {}", told_market(spec, names)),
        Act::SetOracle { asset, feed } => {
            format!("price {} by the feed {}", names.asset_name(*asset), names.feed_name(*feed))
        }
        Act::SetDepositCap { asset, per_account, total } => {
            format!(
                "cap deposits at {} an account and {} in all",
                units(*asset, *per_account),
                units(*asset, *total)
            )
        }
        Act::SetBorrowCap { asset, cap } => format!("cap debts at {}", units(*asset, *cap)),
        Act::SetWithdrawalLimit { asset, per_hour } => {
            format!("let {} leave in an hour", units(*asset, *per_hour))
        }
        Act::SetAddOn(add_on) => format!("ask of new risk that {}", told_add_on(add_on, names)),
        Act::RemoveAddOn(add_on) => format!("ask no longer that {}", told_add_on(add_on, names)),
        Act::AllowHolder { asset, owner } => {
            format!("let {} hold {}", names.owner_name(*owner), names.asset_name(*asset))
        }
        Act::RemoveHolder { asset, owner } => {
            format!("let {} take no more {}", names.owner_name(*owner), names.asset_name(*asset))
        }
        Act::SetFactor { factor, spec } => {
            format!("set the factor {} to {}", names.factor_name(*factor), told_factor(spec))
        }
        Act::SetCurve { asset, curve } => {
            format!("charge interest on {}: {}", names.asset_name(*asset), told_curve(curve))
        }
        Act::SetOpenInterestCap { market, cap } => {
            format!("cap open interest at {}", names.contracts(*market, *cap))
        }
        Act::AdmitSigners(_)
        | Act::RetireSigners { .. }
        | Act::BindFeed(_)
        | Act::UnbindFeed { .. }
        | Act::SetRate { .. } => evidence::told(act, names).unwrap_or_default(),
    }
}

pub(crate) fn told_factor(spec: &FactorSpec) -> String {
    let up = number::percent(i128::from(spec.range_up.raw()));
    let [down, calm, panic] = [spec.range_down, spec.loading_calm, spec.loading_panic].map(percent);
    let impact = spec.impact.map_or_else(String::new, |impact| {
        let lambda = number::percent(i128::from(impact.lambda.raw()));
        format!(", {lambda} for a trade of {}", number::dollars(impact.depth))
    });
    format!("falls of {down}, rises of {up}, loadings from {calm} to {panic}{impact}")
}

pub(crate) fn told_feed(spec: &FeedSpec) -> String {
    let oracle = &spec.oracle;
    let [width, band, jump] = [oracle.confidence_max, oracle.deviation_band, oracle.jump_max].map(percent);
    let age = number::span(oracle.age_max);
    format!("{}: reports up to {age} old, {width} wide, {band} apart; jumps of {jump} confirmed", spec.symbol)
}

pub(crate) fn told_asset(spec: &AssetSpec, names: &Names<'_>) -> String {
    let class = CLASSES.iter().find(|(_, class)| *class == spec.class).map_or("", |(name, _)| name);
    let factors: Vec<String> = spec.factors.iter().map(|factor| names.factor_name(*factor)).collect();
    let kind = kinds::told(&spec.kind);
    format!(
        "{}: {class}, {} decimals, moves with {}{kind}",
        spec.symbol,
        spec.decimals.places(),
        joined(&factors)
    )
}

pub(crate) fn told_market(spec: &MarketSpec, names: &Names<'_>) -> String {
    let factors: Vec<String> = spec.factors.iter().map(|factor| names.factor_name(*factor)).collect();
    let feed = names.feed_name(spec.feed);
    let (name, places, factors) = (spec.symbol, spec.decimals.places(), joined(&factors));
    let what = format!("{name}: index {feed}, {places} decimals, moves with {factors}");
    match spec.product {
        Product::Perp => what,
        Product::Future { expiry, forward } => {
            let (expiry, forward) = (number::moment(expiry), names.feed_name(forward));
            format!("{what}, marked at {forward}, expires at {expiry}")
        }
        Product::Option { expiry, forward, strike, style } => {
            let (expiry, forward, strike) =
                (number::moment(expiry), names.feed_name(forward), number::price(strike));
            let style = if style == Style::Call { "call" } else { "put" };
            format!("{what}, a {style} at {strike} on {forward}, expires at {expiry}")
        }
    }
}

pub(crate) fn told_curve(curve: &Curve) -> String {
    let high = number::percent(i128::from(curve.slope_high.raw()));
    let [base, low, kink, reserve] = [curve.base, curve.slope_low, curve.kink, curve.reserve].map(percent);
    format!("{base} a year unused, {low} more at {kink} use, {high} more at full use; {reserve} for the fund")
}

fn percent(fraction: Fraction) -> String {
    number::percent(i128::from(fraction.raw()))
}
