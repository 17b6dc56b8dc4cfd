//! A pool whose prices are signed: three networks, two exchanges, one redemption rate.

use cistern_attest::{FeedKey, Network, SetId, SignerSet};
use cistern_engine::{
    act::{Binding, RateSpec, Subject},
    collateral::Kind,
    command::Founding,
    ids::{FeedId, Owner, SourceId, Symbol},
};
use cistern_units::Price;

use super::named;
use crate::scenario::{acts::RATE, networks};

/// Each network that signs prices: its source, the set where that is a service, and the exponent of its prices.
const NETWORKS: [(&str, Network, &str, i32); 3] = [
    ("pyth", Network::PythRouters, "", -8),
    ("chainlink", Network::Chainlink, "production", -18),
    ("redstone", Network::RedStone, "primary", -8),
];
/// Sources whose word is not signed.
const EXCHANGES: [&str; 2] = ["binance", "coinbase"];
/// Who may sign: generations by their number, services by their name. The second service is known, and bound to nothing.
const SETS: [(Network, &str); 5] = [
    (Network::Wormhole, "7"),
    (Network::PythRouters, "1"),
    (Network::Chainlink, "production"),
    (Network::RedStone, "primary"),
    (Network::RedStone, "avalanche"),
];

/// Binds every feed to every network, and wstETH to its rate.
pub(super) fn bound(founding: &mut Founding) {
    let names = NETWORKS.iter().map(|(name, ..)| *name).chain(EXCHANGES);
    founding.sources = names.map(named).zip(0..).collect();
    founding.governor = governor();
    founding.chain = Some(networks::trust(0));
    founding.signers = SETS.iter().map(|(network, name)| set(*network, name)).collect();
    let feeds: Vec<Symbol> = founding.feeds.iter().map(|feed| feed.symbol).collect();
    for (place, symbol) in feeds.iter().enumerate() {
        let feed = FeedId::at(place).expect("a world has few feeds");
        for network in NETWORKS.iter().zip(0..) {
            founding.bindings.push(binding(network, &format!("{symbol}/USD"), feed));
        }
    }
    let feed = |name: &str| {
        let place = feeds.iter().position(|symbol| symbol.as_str() == name);
        place.and_then(FeedId::at).expect("the world has this feed")
    };
    let (coin, underlying) = (feed("wstETH"), feed("ETH"));
    for asset in founding.assets.iter_mut().filter(|asset| asset.feed == coin) {
        asset.spec.kind = Kind::Rate;
    }
    founding.rates = vec![(coin, RateSpec { underlying, ..RATE })];
    let redstone = binding((&NETWORKS[2], 2), "wstETH/ETH", coin);
    founding.bindings.push(Binding { subject: Subject::Rate, ..redstone });
}

fn governor() -> Owner {
    let mut bytes = [0; 20];
    let name = b"governor";
    bytes[..name.len()].copy_from_slice(name);
    Owner(bytes)
}

fn set(network: Network, name: &str) -> SignerSet {
    networks::set(network, name.parse().map_or_else(|_| service(name), SetId::index))
}

fn service(name: &str) -> SetId {
    SetId::named(name).expect("names of services are short")
}

fn binding(
    ((_, network, set, exponent), source): (&(&str, Network, &str, i32), u16),
    key: &str,
    feed: FeedId,
) -> Binding {
    Binding {
        network: *network,
        set: service(set),
        key: FeedKey::named(key).expect("names of feeds are short"),
        source: SourceId(source),
        feed,
        subject: Subject::Price,
        exponent: *exponent,
        floor: Price::MIN,
        ceiling: Price::MAX,
    }
}
