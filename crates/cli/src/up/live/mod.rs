//! `cistern up --live`: a pool on what exchanges and oracle networks say now.
//!
//! ```text
//! feeds ─> feeding ─┬─ quotes ─> desk ─> one tick a second ──> node
//!                   ├─ signed messages ─> the node's admission ─┘
//!                   └─ troubles, verdicts ─> bulletin ─> terminal and live.log
//! ```
//!
//! Whatever cannot be reached keeps nothing from running: the pool goes on with the evidence that it has.

mod bulletin;
mod conditions;
mod desk;
mod feeding;
mod place;
mod prices;
mod quiet;
mod roll;
mod verdict;

use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
};

use anyhow::{Context, bail};
use cistern_adapters::feeds::LiveParams;
use cistern_engine::command::Command;
use cistern_node::{Node, Stamped, WallClock};
use cistern_sim::params;

use super::{Up, opened, say, signals};
use crate::exit::Exit;
use bulletin::Bulletin;
use feeding::Feeding;
use place::Place;

/// What is heard unless somebody names another file.
const FEEDS: &str = include_str!("../../../../../params/live.toml");

/// A live pool, before it runs.
pub(super) struct Prepared {
    place: Option<Place>,
    /// What the pool is founded with, as text.
    founding: String,
    feeds: LiveParams,
}

impl Up {
    /// Reads what is asked for.
    ///
    /// # Errors
    /// A file that cannot be used, or a folder of another pool.
    pub(super) fn prepare_live(&self) -> anyhow::Result<Prepared> {
        self.must_be_private()?;
        let place = (!self.memory).then(|| Place::at(self.dir.as_deref()));
        let asked = self.params.as_deref().map(founding_of).transpose()?;
        let kept = place.as_ref().map(Place::kept).transpose()?.flatten();
        if let (Some(place), Some(kept), Some(asked)) = (&place, &kept, &asked)
            && kept != asked
        {
            bail!(
                "the pool in {} was founded with other parameters, which lie there: governance changes a pool, not \
                 a file. Leave out --params, or give another --dir",
                place.folder().display()
            );
        }
        let founding = kept.or(asked).unwrap_or_else(|| params::MAINNET.to_owned());
        let (name, text) = match &self.feeds {
            Some(path) => (path.display().to_string(), read(path)?),
            None => ("the built-in feeds".to_owned(), FEEDS.to_owned()),
        };
        let feeds = LiveParams::parse(&text).context(name)?.unlocked(|variable| env::var(variable).ok());
        Ok(Prepared { place, founding, feeds })
    }

    /// Serves a live pool until somebody asks for the end.
    ///
    /// # Errors
    /// The store, the port, or a founding that the pool refuses.
    pub(super) fn serve_live(&self, prepared: &Prepared) -> anyhow::Result<Exit> {
        let (ending, ended) = mpsc::channel();
        signals::listen(move || {
            // The process may be ending already.
            let _ = ending.send(());
        })
        .context("listening for Ctrl-C")?;
        let clock = Arc::new(WallClock::default());
        let node = prepared.open(&clock)?;
        prepared.found(&node)?;
        let bulletin = Bulletin::open(prepared.place.as_ref().map(Place::bulletin));
        let feeding = Feeding::start(&prepared.feeds, node.clone(), clock, bulletin)?;
        let served = self.served(&node, None, &ended);
        feeding.end();
        served.and_then(|()| Ok(node.close()?))?;
        say(if prepared.place.is_some() { "ended; everything is kept" } else { "ended" });
        Ok(Exit::Done)
    }
}

impl Prepared {
    fn open(&self, clock: &Arc<WallClock>) -> anyhow::Result<Node> {
        if let Some(place) = &self.place {
            place.take(&self.founding)?;
        }
        opened(self.place.as_ref().map(Place::folder), Arc::clone(clock) as _)
    }

    /// Founds the pool, once: one that is there goes on.
    fn found(&self, node: &Node) -> anyhow::Result<()> {
        if node.head().height > 0 {
            return Ok(());
        }
        let founding = Box::new(params::load(&self.founding)?);
        let (assets, sources) = (founding.assets.len(), founding.sources.len());
        let applied = node.submit(Stamped::now(Command::Found { founding }))?;
        if let Err(rejection) = &applied.outcome {
            bail!("the pool cannot be founded: {rejection}");
        }
        say(&format!("a new pool: {assets} assets, {sources} sources of prices"));
        Ok(())
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// The text of a parameter file that a pool can be founded with.
fn founding_of(path: &Path) -> anyhow::Result<String> {
    let text = read(path)?;
    params::load(&text).with_context(|| path.display().to_string())?;
    Ok(text)
}

/// The folder where nobody names another.
fn default_folder() -> PathBuf {
    Path::new(super::place::ALL).join("live")
}

#[cfg(test)]
mod tests {
    use cistern_adapters::feeds::FeedParams;
    use cistern_attest::{FeedKey, Network};
    use cistern_engine::command::Founding;

    use super::*;

    /// The network that a feed carries messages of, and what it calls a symbol of it; none of an exchange.
    fn key(kind: &str, symbol: &str) -> Option<(Network, FeedKey)> {
        match kind {
            "pyth" => {
                let byte = |place| u8::from_str_radix(&symbol[2 * place..2 * place + 2], 16).unwrap();
                Some((Network::PythRouters, FeedKey(std::array::from_fn(byte))))
            }
            "redstone" => Some((Network::RedStone, FeedKey::named(symbol).unwrap())),
            _ => None,
        }
    }

    fn fits(feed: &FeedParams, pool: &Founding) {
        let source = pool.sources.iter().position(|(name, _)| name.as_str() == &*feed.name);
        assert!(source.is_some(), "{} is no source of the pool", feed.name);
        for symbol in &feed.symbols {
            let Some(key) = key(feed.venue.kind, &symbol.symbol) else { continue };
            let bound = pool.bindings.iter().find(|bound| (bound.network, bound.key) == key);
            let bound =
                bound.unwrap_or_else(|| panic!("{} of {} is bound to nothing", symbol.symbol, feed.name));
            assert_eq!(Some(bound.source.position()), source);
            let asset = pool.feeds[bound.feed.position()].symbol;
            assert!(symbol.asset.starts_with(asset.as_str()), "{} is the price of {asset}", symbol.asset);
        }
    }

    #[test]
    fn the_pool_and_the_feeds_that_are_built_in_fit_together() {
        let pool = params::mainnet().unwrap();
        for feed in LiveParams::parse(FEEDS).unwrap().feeds {
            fits(&feed, &pool);
        }
    }
}
