//! Parameter files: from text that people read and change to a pool that can be founded.
//!
//! A file names every parameter; there are no silent defaults. What is missing, unknown or out of bounds is refused with
//! its place and with what to do.

mod add_ons;
mod assets;
mod bindings;
mod document;
mod evidence;
mod fault;
mod section;
mod topics;

use std::collections::BTreeSet;

use cistern_engine::{
    Engine, act::FeedSpec, command::Command, command::Founding, entry::Entry, ids::Symbol,
    params::OracleParams,
};
use cistern_units::Time;

pub use document::table;
pub use evidence::signers;
pub use fault::Fault;

use section::Section;

/// The default pool's parameters, as text.
pub const BASELINE: &str = include_str!("../../../../params/baseline.toml");

/// The default pool.
///
/// # Errors
/// Never, as a test proves.
pub fn baseline() -> Result<Founding, Fault> {
    load(BASELINE)
}

/// A pool on the networks of November 2026: what it takes for its prices, as text.
pub const MAINNET: &str = include_str!("../../../../params/mainnet.toml");

/// A pool on the networks of November 2026.
///
/// # Errors
/// Never, as a test proves.
pub fn mainnet() -> Result<Founding, Fault> {
    load(MAINNET)
}

/// Reads a parameter file.
///
/// # Errors
/// The first [`Fault`], in the order of the file's topics.
pub fn load(text: &str) -> Result<Founding, Fault> {
    let table: toml::Table =
        text.parse().map_err(|error: toml::de::Error| Fault::Syntax(error.to_string()))?;
    let mut file = Section::of(table);
    let params = topics::params(&mut file)?;
    let oracle = topics::oracle(&mut file.section("oracle")?)?;
    let curves = topics::curves(file.section("curve")?)?;
    let sources = file.items("source")?.into_iter().map(topics::source).collect::<Result<Vec<_>, _>>()?;
    let factors = file.items("factor")?.into_iter().map(topics::factor).collect::<Result<Vec<_>, _>>()?;
    let assets = assets::assets(&mut file, &factors, &curves)?;
    let extra = file.tables("feed")?.into_iter().map(feed_name).collect::<Result<Vec<_>, _>>()?;
    let feeds = feeds(assets.iter().map(|asset| asset.spec.symbol).chain(extra), oracle);
    let markets = assets::markets(&mut file, &factors, &feeds)?;
    let lists = add_ons::Lists { assets: &assets, factors: &factors, markets: &markets };
    let add_ons = add_ons::add_ons(&mut file, &lists)?;
    let governor = bindings::governor(&mut file)?;
    let signers = evidence::signer_sets(&mut file)?;
    let bindings = bindings::bindings(&mut file, &sources, &feeds)?;
    let rates = bindings::rates(&mut file, &feeds)?;
    file.finish()?;
    let evidence = Founding { governor, signers, bindings, rates, add_ons, ..Founding::default() };
    let founding = Founding { params, sources, factors, feeds, assets, markets, ..evidence };
    names_differ(&founding)?;
    assets::haircuts_are_in_class(&founding)?;
    engine_accepts(&founding)?;
    Ok(founding)
}

/// The name of a feed that is no asset's: the price for an expiry.
fn feed_name(mut from: Section) -> Result<Symbol, Fault> {
    let name = from.name("name")?;
    from.finish()?;
    Ok(name)
}

/// One feed an asset, of its name; markets are indexed on the same, and on others that the file names.
fn feeds(names: impl Iterator<Item = Symbol>, oracle: OracleParams) -> Vec<FeedSpec> {
    names.map(|symbol| FeedSpec { symbol, oracle }).collect()
}

fn names_differ(founding: &Founding) -> Result<(), Fault> {
    let lists: [(&str, Vec<Symbol>); 5] = [
        ("source", founding.sources.iter().map(|(symbol, _)| *symbol).collect()),
        ("factor", founding.factors.iter().map(|(symbol, _)| *symbol).collect()),
        ("asset", founding.assets.iter().map(|asset| asset.spec.symbol).collect()),
        ("market", founding.markets.iter().map(|(spec, _)| spec.symbol).collect()),
        ("feed", founding.feeds.iter().map(|feed| feed.symbol).collect()),
    ];
    for (list, names) in lists {
        let mut seen = BTreeSet::new();
        for name in names {
            if !seen.insert(name) {
                return Err(Fault::rule(format!("{list}.{name}"), "occurs twice: rename or remove one"));
            }
        }
    }
    Ok(())
}

/// The engine has the last word: whatever this loader does not know to check, a founding does.
fn engine_accepts(founding: &Founding) -> Result<(), Fault> {
    let command = Command::Found { founding: Box::new(founding.clone()) };
    // As if it were founded just before the first of its expiries.
    let expiries = founding.markets.iter().filter_map(|(spec, _)| spec.product.expiry());
    let first = expiries.min().map_or(0, |expiry| expiry.as_milliseconds().saturating_sub(1));
    let found = Entry { time: Time::milliseconds(first), command };
    match Engine::new().preview(&found) {
        Ok(_) => Ok(()),
        Err(rejection) => Err(Fault::Refused(rejection.to_string())),
    }
}

#[cfg(test)]
mod tests;
