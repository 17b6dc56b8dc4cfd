//! From a message as it came to what a pool acts on: one way in for every kind.

use alloc::{sync::Arc, vec::Vec};

use cistern_units::Time;

use crate::{
    ChainTrust, Claim, Digest, Evidence, Kind, Network, Refusal, Registry, Statement, Verified, chainlink,
    ethereum::storage,
    lazer,
    light_client::{self, Committee, Roster},
    pyth, redstone, wormhole,
};

/// Largest message of any kind.
pub const EVIDENCE_BYTES_MAX: usize = storage::MAX_BYTES;
const _: () = assert!(
    EVIDENCE_BYTES_MAX >= pyth::MAX_BYTES
        && EVIDENCE_BYTES_MAX >= lazer::MAX_BYTES
        && EVIDENCE_BYTES_MAX >= redstone::MAX_BYTES
        && EVIDENCE_BYTES_MAX >= chainlink::MAX_BYTES
        && EVIDENCE_BYTES_MAX >= wormhole::MAX_BYTES
        && EVIDENCE_BYTES_MAX >= light_client::MAX_BYTES
);

/// What messages are held against.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Who may sign.
    pub registry: &'a Registry,
    /// What is known of Ethereum's consensus.
    pub chain: Option<&'a ChainTrust>,
    /// Committees whose keys are at hand.
    pub committees: &'a Committees,
    /// Now.
    pub at: Time,
}

/// The keys of sync committees, which are too many for a pool's state: it remembers their roots. Filled by the messages
/// that bring them, before or after they are verified: a committee that nobody vouches for is never asked for.
#[derive(Clone, Debug, Default)]
pub struct Committees {
    known: Vec<Arc<Committee>>,
}

/// Committees at hand: the one that signs, the next, and two that somebody made up.
const COMMITTEES_MAX: usize = 4;

impl Committees {
    /// The committee of a root.
    #[must_use]
    pub fn of(&self, root: &Digest) -> Option<&Committee> {
        self.known.iter().map(Arc::as_ref).find(|committee| committee.root() == root)
    }

    /// Remembers the committee that a message brings, if the trust names its root: looking at the keys of any other would
    /// be work for nothing. Was one learnt?
    ///
    /// # Errors
    /// Of [`light_client::decode`] and [`Committee::new`].
    pub fn learn(&mut self, bytes: &[u8], trust: &ChainTrust) -> Result<bool, Refusal> {
        let message = light_client::decode(bytes)?;
        let keys = match &message {
            light_client::Message::Bootstrap(bootstrap) => Some(&bootstrap.committee),
            light_client::Message::Update(update) => update.next_committee.as_ref(),
        };
        keys.map_or(Ok(false), |keys| self.take_in(keys, trust))
    }

    /// Remembers a committee, if the trust names its root. Was one learnt?
    ///
    /// # Errors
    /// Of [`Committee::new`].
    pub fn take_in(&mut self, keys: &Roster, trust: &ChainTrust) -> Result<bool, Refusal> {
        let root = keys.root();
        let named = root == trust.committee || Some(root) == trust.next_committee;
        if !named || self.of(&root).is_some() {
            return Ok(false);
        }
        if self.known.len() >= COMMITTEES_MAX {
            self.known.remove(0);
        }
        self.known.push(Arc::new(Committee::new(keys)?));
        Ok(true)
    }
}

/// Verifies a message, and says what a pool acts on of it. Of what is genuine and not for a pool, nothing is left.
///
/// # Errors
/// A [`Refusal`].
pub fn attest(evidence: &Evidence, context: &Context<'_>) -> Result<Vec<Statement>, Refusal> {
    let Context { registry, at, .. } = *context;
    let bytes = evidence.bytes.as_slice();
    let verified = match evidence.kind {
        Kind::Pyth => pyth::decode(bytes)?.verify(registry, at)?,
        Kind::Lazer => lazer::decode(bytes)?.verify(registry, at)?,
        Kind::RedStone => by_some_service(&redstone::decode(bytes)?, registry, at)?,
        Kind::Chainlink => chainlink::decode(bytes)?.verify(registry, at)?,
        Kind::Vaa => by_some_network(&wormhole::decode(bytes)?, registry, at)?,
        Kind::EthStorage => {
            let message = storage::decode(bytes)?;
            let contract = message.address.ok_or(Refusal::Malformed)?;
            message.observe(contract, &context.chain.ok_or(Refusal::UnknownSet)?.execution)?
        }
        Kind::LightClient => step(bytes, context)?,
        // Of a receipt a pool wants deposits, and those come with custody.
        Kind::EthReceipt => return Err(Refusal::Unsupported),
    };
    Ok(verified.claims.into_iter().filter_map(statement).collect())
}

fn statement(claim: Claim) -> Option<Statement> {
    match claim {
        Claim::Price(observation) => Some(Statement::Price(observation)),
        Claim::Rotation(rotation) => Some(Statement::Rotation(rotation)),
        Claim::Chain(trust) => Some(Statement::Chain(trust)),
        Claim::Twap(_) | Claim::Message(_) | Claim::Bridge(_) | Claim::Transfer(_) | Claim::Token(_) => None,
    }
}

/// A RedStone payload names no service: the one whose members signed it, or why the first of all did not.
///
/// # Errors
/// [`Refusal::UnknownSet`] where no service is known.
pub fn by_some_service(
    message: &redstone::Message<'_>,
    registry: &Registry,
    at: Time,
) -> Result<Verified, Refusal> {
    let services = registry.sets().iter().filter(|set| set.network == Network::RedStone);
    let mut found = Vec::new();
    first(services.map(|set| message.verify_again(set.id, registry, at, &mut found)))
}

/// Guardians and routers have one form and one emitter of governance: the network whose set signed.
///
/// # Errors
/// Why the first network that may sign for the emitter did not.
pub fn by_some_network(
    message: &wormhole::Vaa<'_>,
    registry: &Registry,
    at: Time,
) -> Result<Verified, Refusal> {
    let networks = message.emitter.networks().iter();
    first(networks.map(|network| message.verify(*network, registry, at)))
}

/// The first that holds, or why the first does not.
fn first(attempts: impl Iterator<Item = Result<Verified, Refusal>>) -> Result<Verified, Refusal> {
    let mut refused = None;
    for attempt in attempts {
        match attempt {
            Ok(verified) => return Ok(verified),
            Err(refusal) => refused = refused.or(Some(refusal)),
        }
    }
    Err(refused.unwrap_or(Refusal::UnknownSet))
}

fn step(bytes: &[u8], context: &Context<'_>) -> Result<Verified, Refusal> {
    let trust = context.chain.ok_or(Refusal::UnknownSet)?;
    match light_client::decode(bytes)? {
        // A running pool has begun already; its checkpoint is part of its founding.
        light_client::Message::Bootstrap(_) => Err(Refusal::NotNewer),
        light_client::Message::Update(update) => {
            let root = trust.committee_of(crate::period_of(update.signature_slot))?;
            let committee = context.committees.of(&root).ok_or(Refusal::UnknownSet)?;
            Ok(update.verify(trust, committee, context.at)?.verified())
        }
    }
}
