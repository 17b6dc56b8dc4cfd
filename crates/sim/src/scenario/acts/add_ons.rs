//! Add-ons: how they are written, and how they are told; one arm for each.

use cistern_engine::addon::{AddOn, Depeg, OpenInterest, PoolShare, WrongWay};
use cistern_units::{Fraction, Price, Ratio, Value};

use super::{SETTINGS, percent};
use crate::scenario::{
    names::Names,
    number::{self, dollars},
    read::{self, Fault, FaultKind, Word},
    settings::Settings,
};

/// Names of the add-ons.
const ADD_ONS: &str = "pool-share, open-interest, wrong-way, depeg";

/// Reads an add-on: its name, what it is about, its settings.
pub(super) fn add_on(words: &[Word], names: &Names<'_>) -> Result<AddOn, Fault> {
    let about = &words[1];
    let mut settings = Settings::new(&words[2..], SETTINGS)?;
    let value = |word: &Word| read::whole(word, "count of dollars").map(Value::dollars);
    let add_on = match words[0].text.as_str() {
        "pool-share" => {
            let mut rule = PoolShare { asset: names.asset(about)?, start: Value::dollars(5_000_000) };
            settings.set("start", &mut rule.start, value)?;
            AddOn::PoolShare(rule)
        }
        "open-interest" => {
            let (lower, upper) = (Value::dollars(25_000_000), Value::dollars(50_000_000));
            let mut rule = OpenInterest { market: names.market(about)?, lower, upper };
            settings.set("lower", &mut rule.lower, value)?;
            settings.set("upper", &mut rule.upper, value)?;
            AddOn::OpenInterest(rule)
        }
        "wrong-way" => {
            let mut rule = WrongWay {
                asset: names.asset(about)?,
                factor: Default::default(),
                share: Fraction::basis_points(5_000),
            };
            settings.set("factor", &mut rule.factor, |word| names.factor(word))?;
            settings.set("share", &mut rule.share, read::fraction)?;
            AddOn::WrongWay(rule)
        }
        "depeg" => {
            let mut rule = Depeg {
                asset: names.asset(about)?,
                start: Price::clamped(995_000_000_000),
                full: Price::clamped(990_000_000_000),
                factor: Ratio::new(4_000_000_000),
                most: Fraction::basis_points(4_000),
            };
            settings.set("start", &mut rule.start, read::price)?;
            settings.set("full", &mut rule.full, read::price)?;
            settings.set("factor", &mut rule.factor, read::ratio)?;
            settings.set("most", &mut rule.most, read::fraction)?;
            AddOn::Depeg(rule)
        }
        other => {
            let unknown = FaultKind::UnknownChoice {
                what: "add-on",
                word: other.to_owned(),
                choices: ADD_ONS.to_owned(),
            };
            return Err(words[0].fault(unknown));
        }
    };
    settings.finish()?;
    Ok(add_on)
}

/// An add-on in words.
pub(crate) fn told_add_on(add_on: &AddOn, names: &Names<'_>) -> String {
    match add_on {
        AddOn::PoolShare(rule) => {
            format!(
                "{} counts in full up to {} in the pool",
                names.asset_name(rule.asset),
                dollars(rule.start)
            )
        }
        AddOn::OpenInterest(rule) => {
            let [lower, upper] = [rule.lower, rule.upper].map(dollars);
            let market = names.market_name(rule.market);
            format!("{market} needs its whole notional where {upper} is open, and more from {lower} on")
        }
        AddOn::WrongWay(rule) => {
            let (asset, factor) = (names.asset_name(rule.asset), names.factor_name(rule.factor));
            format!("{} of {asset} does not count beside what is long {factor}", percent(rule.share))
        }
        AddOn::Depeg(rule) => {
            let [start, full] = [rule.start, rule.full].map(number::price);
            let asset = names.asset_name(rule.asset);
            format!(
                "{asset} counts for less below {start}, by the whole factor from {full}, {} less at most",
                percent(rule.most)
            )
        }
    }
}
