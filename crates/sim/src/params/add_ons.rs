//! Add-ons of a file: a list for each kind.

use cistern_engine::{
    act::{FactorSpec, MarketSpec},
    addon::{AddOn, Depeg, OpenInterest, PoolShare, WrongWay},
    command::FoundingAsset,
    ids::{AssetId, FactorId, MarketId, Symbol},
};
use cistern_units::Size;

use super::{Fault, section::Section};

/// What add-ons may be about.
pub(super) struct Lists<'a> {
    pub(super) assets: &'a [FoundingAsset],
    pub(super) factors: &'a [(Symbol, FactorSpec)],
    pub(super) markets: &'a [(MarketSpec, Size)],
}

/// All add-ons of a file, one list for each kind; none where it has none.
pub(super) fn add_ons(file: &mut Section, lists: &Lists<'_>) -> Result<Vec<AddOn>, Fault> {
    let mut add_ons = Vec::new();
    for (name, read) in KINDS {
        for mut from in file.tables(name)? {
            let add_on = read(&mut from, lists)?;
            from.finish()?;
            add_ons.push(add_on);
        }
    }
    Ok(add_ons)
}

type Read = fn(&mut Section, &Lists<'_>) -> Result<AddOn, Fault>;

/// The list of each kind, and what its entries say: one line and one reader for each.
const KINDS: [(&str, Read); 4] = [
    ("pool_share", pool_share),
    ("open_interest", open_interest),
    ("wrong_way", wrong_way),
    ("depeg", depeg),
];

fn pool_share(from: &mut Section, lists: &Lists<'_>) -> Result<AddOn, Fault> {
    Ok(AddOn::PoolShare(PoolShare { asset: asset(from, lists)?, start: from.value("start")? }))
}

fn open_interest(from: &mut Section, lists: &Lists<'_>) -> Result<AddOn, Fault> {
    let (market, lower) = (market(from, lists)?, from.value("lower")?);
    Ok(AddOn::OpenInterest(OpenInterest { market, lower, upper: from.value("upper")? }))
}

fn wrong_way(from: &mut Section, lists: &Lists<'_>) -> Result<AddOn, Fault> {
    let (asset, factor) = (asset(from, lists)?, factor(from, lists)?);
    Ok(AddOn::WrongWay(WrongWay { asset, factor, share: from.fraction("share")? }))
}

fn depeg(from: &mut Section, lists: &Lists<'_>) -> Result<AddOn, Fault> {
    Ok(AddOn::Depeg(Depeg {
        asset: asset(from, lists)?,
        start: from.price("start")?,
        full: from.price("full")?,
        factor: from.ratio("factor")?,
        most: from.fraction("most")?,
    }))
}

fn asset(from: &mut Section, lists: &Lists<'_>) -> Result<AssetId, Fault> {
    let names = lists.assets.iter().map(|asset| asset.spec.symbol);
    find(from, "asset", names).and_then(|place| AssetId::at(place).ok_or_else(|| too_many(from)))
}

fn market(from: &mut Section, lists: &Lists<'_>) -> Result<MarketId, Fault> {
    let names = lists.markets.iter().map(|(spec, _)| spec.symbol);
    find(from, "market", names).and_then(|place| MarketId::at(place).ok_or_else(|| too_many(from)))
}

fn factor(from: &mut Section, lists: &Lists<'_>) -> Result<FactorId, Fault> {
    let names = lists.factors.iter().map(|(symbol, _)| *symbol);
    find(from, "factor", names).and_then(|place| FactorId::at(place).ok_or_else(|| too_many(from)))
}

fn find(
    from: &mut Section,
    list: &'static str,
    mut names: impl Iterator<Item = Symbol>,
) -> Result<usize, Fault> {
    let name = from.text(list)?;
    let place = names.position(|symbol| symbol.as_str() == name);
    place.ok_or_else(|| Fault::NoSuch { path: from.path(list), name, list })
}

fn too_many(from: &Section) -> Fault {
    Fault::rule(from.path("asset"), "is about more than a pool may list: shorten the list")
}
