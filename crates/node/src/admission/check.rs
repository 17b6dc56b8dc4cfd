//! What is checked before a command is ordered.

use cistern_attest::{
    Committees, Context, Evidence, Kind, Refusal, Signer, Statement, agent, attest, light_client, typed,
};
use cistern_engine::{
    command::{Authorisation, Command},
    limits::STATEMENTS_MAX,
};
use cistern_units::Time;

use super::{
    memo::Memo,
    trust::{Learnt, Trust, Trusted},
};
use crate::{SubmitError, store::frame::ENTRY_BYTES_MAX};

/// Messages of one command.
pub const MESSAGES_MAX: usize = 64;
/// Bytes of all messages of one command: the largest single one.
pub const EVIDENCE_BYTES_MAX: usize = cistern_attest::EVIDENCE_BYTES_MAX;
/// An observation takes 160 bytes of an entry.
const STATEMENT_BYTES: usize = 160;
/// A rotation to the largest set takes less, and so does the largest step of a chain; a message has at most one of both.
const CHANGE_BYTES: usize = 1_400;
const _: () = assert!(
    EVIDENCE_BYTES_MAX + STATEMENTS_MAX * STATEMENT_BYTES + MESSAGES_MAX * (CHANGE_BYTES + 8)
        < ENTRY_BYTES_MAX
);

/// A key of small order, for which one signature fits every message: whoever registers it gives his account away. Under
/// the rules of the batch `R = 0, s = 0` is such a signature, and it fits no other key.
pub(crate) fn is_weak(signer: &Signer) -> bool {
    let Signer::Ed25519(key) = *signer else { return false };
    let mut signature = [0; 64];
    // The neutral point: x = 0, y = 1.
    signature[0] = 1;
    agent::verify_one(&agent::Signed { key, digest: [0; 32], signature }).is_ok()
}

/// Does a command give an account to a key that signs for everybody?
pub(crate) fn require_strong(command: &Command) -> Result<(), SubmitError> {
    match command {
        Command::ApproveAgent { signer, .. } if is_weak(signer) => Err(SubmitError::WeakKey),
        _ => Ok(()),
    }
}

/// Are there messages, not too many, and not too large?
pub(crate) fn require_bounded(evidence: &[Evidence]) -> Result<(), SubmitError> {
    if evidence.len() > MESSAGES_MAX {
        return Err(SubmitError::TooManyMessages { messages: evidence.len(), most: MESSAGES_MAX });
    }
    let bytes: usize = evidence.iter().map(|message| message.bytes.len()).sum();
    if bytes > EVIDENCE_BYTES_MAX {
        return Err(SubmitError::TooLarge { bytes, most: EVIDENCE_BYTES_MAX });
    }
    Ok(())
}

/// Names a signed command by what must have been signed.
pub(crate) fn name(
    authorisation: &mut Authorisation,
    command: &Command,
    trust: &Trust,
) -> Result<(), SubmitError> {
    require_strong(command)?;
    let digest = super::typed::digest(authorisation, command, &trust.separator);
    let digest = digest.ok_or(SubmitError::Closed { command: command.name() })?;
    if ![[0; 32], digest].contains(&authorisation.id) {
        return Err(SubmitError::WrongId { expected: digest });
    }
    authorisation.id = digest;
    Ok(())
}

/// Checks one signature over the name of its command.
pub(crate) fn require_signed(authorisation: &Authorisation) -> Result<(), Refusal> {
    let Authorisation { signer, id, ref signature, .. } = *authorisation;
    typed::Authorisation { signer, signature }.verify(&id).map(|_| ())
}

/// An agent's signature, ready for a batch.
pub(crate) fn of_agent(authorisation: &Authorisation) -> Option<agent::Signed> {
    let Signer::Ed25519(key) = authorisation.signer else { return None };
    let signature = authorisation.signature.as_slice().try_into().ok()?;
    Some(agent::Signed { key, digest: authorisation.id, signature })
}

/// What the messages of one command state, each held against the trust of now: one that needs what another of them brings
/// is sent after it.
pub(crate) fn statements(
    evidence: &[Evidence],
    trusted: &Trusted,
    memo: &Memo,
    at: Time,
) -> Result<Vec<Statement>, SubmitError> {
    let trust = trusted.now();
    let mut all = Vec::new();
    for (message, one) in evidence.iter().enumerate() {
        let refused = |refusal| SubmitError::Refused { message, refusal };
        if one.kind == Kind::LightClient {
            all.extend(step(one, &trust, trusted, at).map_err(refused)?);
            continue;
        }
        let key = Memo::key(one, trust.version);
        let known = match memo.recall(&key) {
            Some(known) => known,
            None => {
                let (registry, chain) = (&trust.registry, trust.chain.as_ref());
                let context = Context { registry, chain, committees: &Committees::default(), at };
                memo.keep(key, attest(one, &context).map_err(refused)?)
            }
        };
        all.extend(known.iter().cloned());
    }
    Ok(all)
}

/// A step of the beacon chain, or a checkpoint that brings the keys which the next step is held against. Keys count only of
/// a message that was taken, so that the log has them.
fn step(evidence: &Evidence, trust: &Trust, trusted: &Trusted, at: Time) -> Result<Vec<Statement>, Refusal> {
    let chain = trust.chain.as_ref().ok_or(Refusal::UnknownSet)?;
    let mut known = trusted.keys();
    let mut keys = known.clone();
    let learnt = keys.learn(&evidence.bytes, chain);
    let mut said = Vec::new();
    if !(learnt == Learnt::Keys && is_bootstrap(&evidence.bytes)) {
        let committees = keys.committees();
        let context = Context { registry: &trust.registry, chain: Some(chain), committees, at };
        said = attest(evidence, &context)?;
    }
    keys.keep(&evidence.bytes);
    *known = keys;
    Ok(said)
}

/// A checkpoint that brings the keys of a committee and states nothing.
pub(crate) fn is_bootstrap(bytes: &[u8]) -> bool {
    matches!(light_client::decode(bytes), Ok(light_client::Message::Bootstrap(_)))
}
