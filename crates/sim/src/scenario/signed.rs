//! Who asks: signatures under commands, agents, and messages that prove a deposit.

use cistern_attest::Signer;
use cistern_engine::{
    command::{Authorisation, Command},
    rows::Scope,
};
use cistern_units::{Span, Time};

use super::{
    acts::moved,
    names::Names,
    read::{self, Fault, FaultKind, Verb, Word},
};

/// How long a signature counts where a story does not say.
const DEADLINE: Span = Span::seconds(60);

/// A signature that is still without its command.
pub(crate) struct Pen {
    signer: Signer,
    nonce: Time,
    deadline: Time,
}

impl Pen {
    /// Reads `SIGNER [nonce=SPAN] [deadline=SPAN]`; what follows is what is signed.
    pub(crate) fn read<'w>(
        words: &'w [Word],
        clock: Time,
        names: &Names<'_>,
    ) -> Result<(Self, &'w [Word]), Fault> {
        let signer = names.signer(&words[0])?;
        // One that has not been used: after the last one, and not before now.
        let last = names.state.nonces.get(&signer).and_then(|used| used.last());
        let next = last.map_or(clock, |last| last.plus(Span::milliseconds(1)).unwrap_or(*last));
        let deadline = clock.plus(DEADLINE).unwrap_or(clock);
        let mut pen = Self { signer, nonce: next.max(clock), deadline };
        let mut rest = &words[1..];
        while let Some((key, value)) = rest.first().and_then(|word| word.split_once('=')) {
            match key.text.as_str() {
                "nonce" => pen.nonce = moved(read::moved(&value)?, clock),
                "deadline" => pen.deadline = moved(read::moved(&value)?, clock),
                _ => {
                    let (word, choices) = (key.text.clone(), "nonce, deadline".to_owned());
                    return Err(key.fault(FaultKind::UnknownChoice { what: "setting", word, choices }));
                }
            }
            rest = &rest[1..];
        }
        Ok((pen, rest))
    }

    /// Puts the signature under a command.
    pub(crate) fn sign(self, command: Command) -> Command {
        let Self { signer, nonce, deadline } = self;
        let mut id = [0; 32];
        id[..8].copy_from_slice(&nonce.as_milliseconds().to_be_bytes());
        let authorisation = Authorisation { signer, nonce, deadline, id, signature: Vec::new() };
        Command::Signed { authorisation: Box::new(authorisation), command: Box::new(command) }
    }
}

/// The command of a question about keys or proofs.
pub(crate) fn command(
    verb: Verb,
    words: &[Word],
    clock: Time,
    names: &Names<'_>,
) -> Result<Option<Command>, Fault> {
    Ok(Some(match verb {
        Verb::Agent => Command::ApproveAgent {
            owner: names.owner(&words[0])?,
            signer: names.signer(&words[1])?,
            scope: scope(&words[2])?,
            expires_at: moved(read::moved(&words[3])?, clock),
        },
        Verb::Revoke => {
            Command::RevokeAgent { owner: names.owner(&words[0])?, signer: names.signer(&words[1])? }
        }
        Verb::Prove => {
            let asset = names.asset(&words[1])?;
            Command::DepositProven {
                account: names.account(&words[0])?,
                asset,
                amount: names.amount(asset, &words[2])?,
                message: message(&words[3])?,
            }
        }
        _ => return Ok(None),
    }))
}

fn scope(word: &Word) -> Result<Scope, Fault> {
    match word.text.as_str() {
        "trade" => Ok(Scope::Trade),
        "treasury" => Ok(Scope::Treasury),
        other => Err(word.fault(FaultKind::UnknownChoice {
            what: "scope",
            word: other.to_owned(),
            choices: "trade, treasury".to_owned(),
        })),
    }
}

/// A message by the name that a story gives it.
fn message(word: &Word) -> Result<[u8; 32], Fault> {
    let rule = "write at most 32 letters";
    let mut bytes = [0; 32];
    let fits = bytes.get_mut(..word.text.len());
    fits.ok_or_else(|| word.fault(FaultKind::BadName { word: word.text.clone(), rule }))?
        .copy_from_slice(word.text.as_bytes());
    Ok(bytes)
}
