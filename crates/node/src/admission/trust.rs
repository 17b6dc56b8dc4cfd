//! Against what messages and signatures are held: a copy of what the pool knows, read without waiting for the engine.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use cistern_attest::{
    ChainTrust, Committees, Registry, light_client,
    typed::{Domain, Separator},
};
use cistern_engine::{command::Command, event::Event, rows::Config};

use super::typed;

/// What a pool trusts at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Trust {
    pub(crate) registry: Registry,
    pub(crate) chain: Option<ChainTrust>,
    pub(crate) pool_id: [u8; 32],
    /// What signatures of commands are bound to.
    pub(crate) separator: Separator,
    /// Another one for every change: what was verified before it is verified again.
    pub(crate) version: u64,
}

impl Trust {
    pub(crate) fn of(config: &Config, chain_id: u64, version: u64) -> Self {
        Self {
            registry: config.registry.clone(),
            chain: config.chain.clone(),
            pool_id: config.pool_id,
            separator: typed::domain(chain_id, config.pool_id).separator(),
            version,
        }
    }
}

/// Does an event change what a pool trusts?
pub(crate) fn changes(event: &Event) -> bool {
    matches!(
        event,
        Event::SignersAdmitted { .. }
            | Event::SignersRetired { .. }
            | Event::ChainAdvanced { .. }
            | Event::PoolNamed { .. }
    )
}

/// What the pool trusts now, and the keys that its evidence brought.
#[derive(Debug)]
pub(crate) struct Trusted {
    current: RwLock<Arc<Trust>>,
    chain_id: u64,
    keys: Mutex<Keys>,
}

impl Trusted {
    /// Of a state as it was found, with the messages of its log.
    pub(crate) fn new(config: &Config, chain_id: u64, keys: Keys) -> Self {
        let current = RwLock::new(Arc::new(Trust::of(config, chain_id, 0)));
        Self { current, chain_id, keys: Mutex::new(keys) }
    }

    pub(crate) fn now(&self) -> Arc<Trust> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The domain of signatures, as wallets want it.
    pub(crate) fn domain(&self) -> Domain<'static> {
        typed::domain(self.chain_id, self.now().pool_id)
    }

    /// Takes in what the state says; only the thread that applies does.
    pub(crate) fn publish(&self, config: &Config) {
        let version = self.now().version + 1;
        let trust = Arc::new(Trust::of(config, self.chain_id, version));
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = trust;
    }

    pub(crate) fn keys(&self) -> MutexGuard<'_, Keys> {
        // Whoever panicked left committees that are whole.
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Messages of the beacon chain that are kept until the pool asks for the keys that they bring.
const KEPT_MAX: usize = 8;

/// Keys of sync committees. A pool's state has only their roots: the keys come with messages, often before the pool has
/// their root. A node that starts from a snapshot has those of the messages after it; for others it is sent a bootstrap.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    committees: Committees,
    kept: Vec<Vec<u8>>,
}

/// What a message of the beacon chain brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Learnt {
    /// Keys that the pool had asked for.
    Keys,
    /// Nothing new.
    Nothing,
}

impl Keys {
    /// Keeps the messages of a command that was taken into the log.
    pub(crate) fn follow(&mut self, command: &Command) {
        let Command::Attest { evidence, .. } = command else { return };
        for message in evidence.iter().filter(|message| message.kind == cistern_attest::Kind::LightClient) {
            self.keep(&message.bytes);
        }
    }

    /// Keeps a message, if it brings keys.
    pub(crate) fn keep(&mut self, bytes: &[u8]) {
        let brings = match light_client::decode(bytes) {
            Ok(light_client::Message::Bootstrap(_)) => true,
            Ok(light_client::Message::Update(update)) => update.next_committee.is_some(),
            Err(_) => false,
        };
        if brings && !self.kept.iter().any(|kept| kept == bytes) {
            if self.kept.len() >= KEPT_MAX {
                self.kept.remove(0);
            }
            self.kept.push(bytes.to_vec());
        }
    }

    /// Learns what the trust asks for, from a message and from those that were kept.
    pub(crate) fn learn(&mut self, bytes: &[u8], chain: &ChainTrust) -> Learnt {
        let known = |root| self.committees.of(root).is_some();
        if !(known(&chain.committee) && chain.next_committee.as_ref().is_none_or(known)) {
            for kept in &self.kept {
                // What was kept has been read before; what is not asked for yet is kept on.
                let _ = self.committees.learn(kept, chain);
            }
        }
        match self.committees.learn(bytes, chain) {
            Ok(true) => Learnt::Keys,
            _ => Learnt::Nothing,
        }
    }

    /// The committees at hand.
    pub(crate) const fn committees(&self) -> &Committees {
        &self.committees
    }
}
