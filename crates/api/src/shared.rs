//! What all requests share.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Instant,
};

use cistern_engine::{Engine, rows::Config};
use cistern_node::{Mark, Node};
use tokio::sync::watch;

use crate::{
    census::Records,
    errors::{Code, Failure},
    limits::Limiter,
    metrics::Metrics,
    options::Options,
    streams::Hub,
    tx::Remembered,
    wire::Names,
};

/// What all requests share, as every handler gets it.
pub(crate) type App = Arc<Shared>;

/// The node, the limits, and what is kept about clients.
pub(crate) struct Shared {
    pub(crate) node: Node,
    pub(crate) options: Options,
    pub(crate) limiter: Limiter,
    pub(crate) metrics: Metrics,
    pub(crate) records: Records,
    pub(crate) remembered: Arc<Remembered>,
    pub(crate) hub: Hub,
    pub(crate) started: Instant,
    /// Turns true when the server ends.
    ending: watch::Receiver<bool>,
    names: RwLock<([usize; 5], Arc<Names>)>,
}

/// The engine, where it is, and what its parts are called.
pub(crate) struct Sight<'a> {
    pub(crate) engine: &'a mut Engine,
    pub(crate) mark: Mark,
    pub(crate) names: Arc<Names>,
}

impl Shared {
    pub(crate) fn new(node: Node, options: Options, ending: watch::Receiver<bool>) -> Self {
        let limiter = Limiter::new(options.limits.rate);
        let shared = Self {
            node,
            options,
            limiter,
            metrics: Metrics::default(),
            records: Records::default(),
            remembered: Arc::default(),
            hub: Hub::default(),
            started: Instant::now(),
            ending,
            names: RwLock::default(),
        };
        shared.latest_names();
        shared
    }

    /// Looks at the engine; nothing is applied meanwhile. Not for a thread of the reactor.
    pub(crate) fn look<R>(&self, look: impl FnOnce(Sight<'_>) -> R) -> R {
        self.node.read_at(|engine, mark| {
            let names = self.names_of(&engine.state().config);
            look(Sight { engine, mark: *mark, names })
        })
    }

    /// Does something that takes time, off the reactor.
    ///
    /// # Errors
    /// What `work` says; a panic in it is a failure like any other.
    pub(crate) async fn work<R: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<R, Failure> + Send + 'static,
    ) -> Result<R, Failure> {
        let done = tokio::task::spawn_blocking(work).await;
        done.unwrap_or_else(|_| {
            Err(Failure::new(Code::INTERNAL, "a bug in the server; report it with the request's id"))
        })
    }

    /// Returns when the server ends.
    pub(crate) async fn ended(&self) {
        // Whoever would say so is gone: that is an end too.
        let _ = self.ending.clone().wait_for(|ended| *ended).await;
    }

    /// Has the server ended?
    pub(crate) fn has_ended(&self) -> bool {
        *self.ending.borrow()
    }

    /// What things were called when somebody last looked.
    pub(crate) fn known_names(&self) -> Arc<Names> {
        Arc::clone(&self.names.read().unwrap_or_else(PoisonError::into_inner).1)
    }

    /// What things are called now.
    pub(crate) fn latest_names(&self) -> Arc<Names> {
        self.look(|sight| sight.names)
    }

    /// What things are called. Names are only ever added, so that counting them says whether these are the latest.
    pub(crate) fn names_of(&self, config: &Config) -> Arc<Names> {
        let Config { assets, markets, feeds, factors, sources, .. } = config;
        let counts = [assets.len(), markets.len(), feeds.len(), factors.len(), sources.len()];
        let known = self.names.read().unwrap_or_else(PoisonError::into_inner);
        if known.0 == counts {
            return Arc::clone(&known.1);
        }
        drop(known);
        let names = Arc::new(Names::of(config));
        *self.names.write().unwrap_or_else(PoisonError::into_inner) = (counts, Arc::clone(&names));
        names
    }
}
