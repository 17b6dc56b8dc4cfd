//! Checks all signatures and messages of a log again, from the bytes that it keeps.
//!
//! The engine took what they state as given, and a replay does so again. Here every message is read anew, against those who
//! could sign at that point of the log, and every signature over what its command says. Whether a signer set counted then,
//! and a nonce for the first time, is the engine's to judge: the replay does.

use std::{
    collections::{BTreeMap, VecDeque},
    mem,
    path::Path,
    sync::Arc,
    thread,
};

use cistern_attest::{ChainTrust, Context, Evidence, Kind, Refusal, Signer, Statement, agent, attest};
use cistern_engine::{command::Command, event::Event};
use cistern_units::Time;

use crate::{
    admission::{self, Keys, Trust, typed},
    apply::{Applied, Core},
    store::{damage::Damage, head, reader::LogReader, replay::Replayer},
};

/// Entries that are gathered before the cores share them.
const PORTION: usize = 4_096;
/// Blocks of Ethereum that a proof may be against: the chain may have gone on while the command waited for its turn.
const CHAINS_MAX: usize = 8;

/// What stands behind a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reverified {
    /// Entries of the log.
    pub height: u64,
    /// Messages, by kind.
    pub messages: BTreeMap<Kind, u64>,
    /// What they stated.
    pub statements: u64,
    /// Commands that an account of Ethereum signed.
    pub by_address: u64,
    /// Commands that an agent's key signed.
    pub by_agent: u64,
    /// Ticks: prices on the word of whoever ordered them.
    pub ticks: u64,
    /// Statements without a message: a rehearsal's.
    pub without_evidence: u64,
    /// Other commands that nobody signed.
    pub unsigned: u64,
}

/// Why a log does not hold.
#[derive(Debug, thiserror::Error)]
pub enum ReverifyError {
    /// The log cannot be read.
    #[error(transparent)]
    Damage(#[from] Damage),
    /// An entry says what nothing stands behind.
    #[error("entry {height}: {reason}; the log was changed, or its node took what it did not check")]
    NotHeld {
        /// The first such entry.
        height: u64,
        /// What does not hold.
        reason: String,
    },
}

/// Reads a log from its first entry, and checks everything that a signature or a message must stand behind. The chain id is
/// the one that the node ran with. Changes nothing; `progress` hears the height now and then.
///
/// # Errors
/// [`ReverifyError`], for the first entry that does not hold.
pub fn verify_evidence(
    dir: &Path,
    chain_id: u64,
    progress: &mut dyn FnMut(u64),
) -> Result<Reverified, ReverifyError> {
    let mut log = LogReader::from_beginning(dir, head::read(dir)?)?;
    let mut replayer = Replayer::new(Core::default());
    let mut auditor = Auditor::new(chain_id);
    while let Some(group) = replayer.step(&mut log)? {
        for applied in &group {
            auditor.hear(applied)?;
        }
        progress(replayer.core.mark.height);
    }
    auditor.settle()?;
    Ok(Reverified { height: replayer.core.mark.height, ..auditor.found })
}

/// What the pool trusted before an entry, without the times of sets.
#[derive(Clone)]
struct Then {
    trust: Arc<Trust>,
    /// Ethereum as it was known, the latest first.
    chains: Arc<VecDeque<ChainTrust>>,
}

/// An entry that is to be checked.
struct Piece {
    applied: Arc<Applied>,
    then: Then,
}

struct Auditor {
    chain_id: u64,
    then: Then,
    keys: Keys,
    pieces: Vec<Piece>,
    found: Reverified,
}

impl Auditor {
    fn new(chain_id: u64) -> Self {
        let trust = Arc::new(Trust::of(&Default::default(), chain_id, 0));
        let then = Then { trust, chains: Arc::default() };
        Self { chain_id, then, keys: Keys::default(), pieces: Vec::new(), found: Reverified::default() }
    }

    /// Takes the next entry.
    fn hear(&mut self, applied: &Arc<Applied>) -> Result<(), ReverifyError> {
        self.count(&applied.entry.command);
        match &applied.entry.command {
            Command::Attest { evidence, .. } if evidence.iter().any(|one| one.kind == Kind::LightClient) => {
                // In order: each brings the keys for the next.
                let said = self.steps(evidence, applied.entry.time);
                compare(applied, said)?;
            }
            Command::Attest { .. } | Command::Signed { .. } => {
                self.pieces.push(Piece { applied: Arc::clone(applied), then: self.then.clone() });
            }
            _ => {}
        }
        self.follow(applied);
        if self.pieces.len() >= PORTION { self.settle() } else { Ok(()) }
    }

    fn count(&mut self, command: &Command) {
        let found = &mut self.found;
        match command {
            Command::Attest { evidence, statements } => {
                evidence.iter().for_each(|one| *found.messages.entry(one.kind).or_default() += 1);
                let stated =
                    if evidence.is_empty() { &mut found.without_evidence } else { &mut found.statements };
                *stated += statements.len() as u64;
            }
            Command::Signed { authorisation, .. } => match authorisation.signer {
                Signer::Address(_) => found.by_address += 1,
                Signer::Ed25519(_) => found.by_agent += 1,
            },
            Command::Tick { .. } => found.ticks += 1,
            _ => found.unsigned += 1,
        }
    }

    /// Takes in what an entry changed of what the pool trusts.
    fn follow(&mut self, applied: &Applied) {
        for event in applied.events().iter().filter(|event| admission::changes(event)) {
            let mut trust = Trust::clone(&self.then.trust);
            match event {
                Event::PoolNamed { pool_id, .. } => {
                    trust.pool_id = *pool_id;
                    trust.separator = typed::domain(self.chain_id, *pool_id).separator();
                }
                Event::SignersAdmitted { set } => {
                    // The engine admitted it to the same sets.
                    let _ = trust.registry.admit(set.clone());
                    trust.registry = trust.registry.without_times();
                }
                Event::ChainAdvanced { trust: chain } => {
                    let chains = Arc::make_mut(&mut self.then.chains);
                    chains.push_front(chain.as_ref().clone());
                    chains.truncate(CHAINS_MAX);
                }
                _ => {}
            }
            self.then.trust = Arc::new(trust);
        }
    }

    fn steps(&mut self, evidence: &[Evidence], at: Time) -> Vec<Result<Vec<Statement>, Refusal>> {
        let mut attempts = Vec::new();
        for chain in self.then.chains.iter() {
            for one in evidence.iter().filter(|one| one.kind == Kind::LightClient) {
                // What it brings is known to be asked for or not by what follows.
                let _ = self.keys.learn(&one.bytes, chain);
                self.keys.keep(&one.bytes);
            }
            attempts.push(stated(evidence, &self.then.trust, Some(chain), &self.keys, at));
        }
        attempts
    }

    /// Checks what was gathered, on all cores.
    fn settle(&mut self) -> Result<(), ReverifyError> {
        let pieces = mem::take(&mut self.pieces);
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let share = pieces.len().div_ceil(threads).max(1);
        thread::scope(|scope| {
            let parts: Vec<_> =
                pieces.chunks(share).map(|part| scope.spawn(move || check_all(part))).collect();
            parts.into_iter().try_for_each(|part| {
                let broken = |_| Err(not_held(0, "the check itself failed; report it"));
                part.join().unwrap_or_else(broken)
            })
        })
    }
}

fn not_held(height: u64, reason: impl Into<String>) -> ReverifyError {
    ReverifyError::NotHeld { height, reason: reason.into() }
}

/// Checks entries in order; agents' signatures together, once the others are known to hold.
fn check_all(pieces: &[Piece]) -> Result<(), ReverifyError> {
    let mut batch = agent::Batch::default();
    let mut heights = Vec::new();
    let mut first = None;
    for piece in pieces {
        let checked = check(piece);
        if let Ok(Some(signed)) = &checked {
            batch.queue(signed);
            heights.push(piece.applied.height);
        }
        if let Err(error) = checked {
            first = Some((piece.applied.height, error));
            break;
        }
    }
    let bad = batch.bad().first().and_then(|place| heights.get(*place).copied());
    match (bad, first) {
        (Some(height), first) if first.as_ref().is_none_or(|(other, _)| height < *other) => {
            Err(not_held(height, "the signature is not by the agent that it names"))
        }
        (_, Some((_, error))) => Err(error),
        _ => Ok(()),
    }
}

/// Checks one entry; an agent's signature is left to the batch.
fn check(Piece { applied, then }: &Piece) -> Result<Option<agent::Signed>, ReverifyError> {
    match &applied.entry.command {
        Command::Signed { authorisation, command } => {
            let digest = typed::digest(authorisation, command, &then.trust.separator);
            let digest = digest.ok_or_else(|| {
                not_held(applied.height, format!("no signature makes {} right", command.name()))
            })?;
            if digest != authorisation.id {
                return Err(not_held(applied.height, "the id is not the hash of what is asked"));
            }
            if let Some(signed) = admission::of_agent(authorisation) {
                return Ok(Some(signed));
            }
            let signed = admission::require_signed(authorisation);
            signed.map(|()| None).map_err(|refusal| {
                not_held(applied.height, format!("the signature is not by its signer ({refusal:?})"))
            })
        }
        Command::Attest { evidence, .. } if !evidence.is_empty() => {
            let (trust, keys, at) = (&then.trust, Keys::default(), applied.entry.time);
            let mut attempts = vec![stated(evidence, trust, then.chains.front(), &keys, at)];
            if evidence.iter().any(|one| one.kind == Kind::EthStorage) {
                let older = then.chains.iter().skip(1);
                attempts.extend(older.map(|chain| stated(evidence, trust, Some(chain), &keys, at)));
            }
            compare(applied, attempts).map(|()| None)
        }
        _ => Ok(None),
    }
}

/// What messages state.
fn stated(
    evidence: &[Evidence],
    trust: &Trust,
    chain: Option<&ChainTrust>,
    keys: &Keys,
    at: Time,
) -> Result<Vec<Statement>, Refusal> {
    let context = Context { registry: &trust.registry, chain, committees: keys.committees(), at };
    let mut all = Vec::new();
    for one in evidence {
        if one.kind == Kind::LightClient && admission::is_bootstrap(&one.bytes) {
            // It brings keys and states nothing.
            continue;
        }
        all.extend(attest(one, &context)?);
    }
    Ok(all)
}

/// One reading of the messages must be what the entry says.
fn compare(applied: &Applied, readings: Vec<Result<Vec<Statement>, Refusal>>) -> Result<(), ReverifyError> {
    let Command::Attest { statements, .. } = &applied.entry.command else { return Ok(()) };
    let mut reason = "the messages are held against a chain that the pool does not know".to_owned();
    for (place, reading) in readings.into_iter().enumerate() {
        let told = match reading {
            Ok(said) if said == *statements => return Ok(()),
            Ok(_) => "the messages state something else".to_owned(),
            Err(refusal) => format!("a message does not hold ({refusal})"),
        };
        if place == 0 {
            reason = told;
        }
    }
    Err(not_held(applied.height, reason))
}
