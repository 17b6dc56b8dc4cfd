//! The add-ons of a universe, in the part of it that a crisis has prices for.

use cistern_engine::{
    addon::{AddOn, Depeg, OpenInterest, PoolShare, WrongWay},
    command::Founding,
    ids::{AssetId, FactorId, MarketId},
};

/// The add-ons about what is here, by its place here.
pub(super) fn kept(universe: &Founding, here: &Founding) -> Vec<AddOn> {
    universe.add_ons.iter().filter_map(|add_on| moved(add_on, universe, here)).collect()
}

fn moved(add_on: &AddOn, universe: &Founding, here: &Founding) -> Option<AddOn> {
    let asset = |id: AssetId| {
        let symbol = universe.assets.get(id.position())?.spec.symbol;
        AssetId::at(here.assets.iter().position(|asset| asset.spec.symbol == symbol)?)
    };
    let market = |id: MarketId| {
        let symbol = universe.markets.get(id.position())?.0.symbol;
        MarketId::at(here.markets.iter().position(|(spec, _)| spec.symbol == symbol)?)
    };
    let factor = |id: FactorId| {
        let symbol = universe.factors.get(id.position())?.0;
        FactorId::at(here.factors.iter().position(|(other, _)| *other == symbol)?)
    };
    Some(match *add_on {
        AddOn::PoolShare(rule) => AddOn::PoolShare(PoolShare { asset: asset(rule.asset)?, ..rule }),
        AddOn::OpenInterest(rule) => {
            AddOn::OpenInterest(OpenInterest { market: market(rule.market)?, ..rule })
        }
        AddOn::WrongWay(rule) => {
            let (asset, factor) = (asset(rule.asset)?, factor(rule.factor)?);
            AddOn::WrongWay(WrongWay { asset, factor, ..rule })
        }
        AddOn::Depeg(rule) => AddOn::Depeg(Depeg { asset: asset(rule.asset)?, ..rule }),
    })
}
