//! Parameter files: what a book leaves out.

use cistern_engine::{collateral, command::Founding};
use cistern_margin::{Band, Range, RiskFactor};

use super::{
    asset::{Claim, Kind, Listing},
    book,
    fault::Fault,
    node::{Field, Node},
    sheet::{Floors, Name, Sheet},
};

/// Reads the parameters of a pool, or parts of a book as TOML.
pub(super) fn read(text: &str) -> Result<Sheet, Fault> {
    let syntax = |error: toml::de::Error| Fault::new("", format!("not TOML; correct this first: {error}"));
    let table: toml::Table = text.parse().map_err(syntax)?;
    if table.contains_key("factor") {
        let founding = cistern_sim::params::load(text).map_err(|fault| Fault::new("", fault.to_string()))?;
        return of_pool(&founding);
    }
    let node = Node::of_toml(toml::Value::Table(table));
    let mut from = Field::root(&node).object()?;
    let mut sheet = Sheet::take(&mut from)?;
    if let Some(settings) = from.take("settings") {
        let mut from = settings.object()?;
        sheet.settings = book::floors(&mut from)?;
        book::scales(&mut from, &mut sheet.settings)?;
        from.finish()?;
    }
    from.finish()?;
    Ok(sheet)
}

/// The factors, assets and settings of a pool that could be founded.
fn of_pool(founding: &Founding) -> Result<Sheet, Fault> {
    let mut factors = Vec::with_capacity(founding.factors.len());
    for (symbol, spec) in &founding.factors {
        let within =
            |error: cistern_margin::FactorError| Fault::new(format!("factor.{symbol}"), error.to_string());
        let range = Range::new(spec.range_down, spec.range_up).map_err(within)?;
        let loading = Band::new(spec.loading_calm, spec.loading_panic).map_err(within)?;
        let factor = RiskFactor::new(range, loading, None, Vec::new()).map_err(within)?;
        factors.push((symbol.to_string(), factor));
    }
    let listing = |asset: &cistern_engine::command::FoundingAsset| {
        let place = format!("asset.{}.factors", asset.spec.symbol);
        let ids = asset.spec.factors.iter();
        let names = ids
            .filter_map(|id| factors.get(id.position()))
            .map(|(name, _)| Name { text: name.clone(), path: place.clone() });
        let kind = match asset.spec.kind {
            collateral::Kind::RealWorld(rules) => Some(Kind::RealWorld(Claim::under(rules))),
            // What makes the price of every other kind is in the book.
            _ => None,
        };
        Listing { name: asset.spec.symbol.to_string(), price: None, factors: Some(names.collect()), kind }
    };
    let assets = founding.assets.iter().map(listing).collect();
    let margin = founding.params.margin;
    let settings = Floors {
        standalone_floor: Some(margin.floor_factor),
        gross_floor: Some(margin.gross_floor),
        target: Some(margin.target),
        initial: Some(margin.initial),
    };
    Ok(Sheet { factors, assets, settings })
}
