//! The way in from outside: signatures and messages are checked before they are ordered, so that nothing is ordered that
//! a signature or a proof does not stand behind.
//!
//! ```text
//! admit ─> a place in the order ─> threads: signatures in batches, messages once ─> gate: in order ─> sequencer
//! ```
//!
//! The engine never checks a signature: it decides whose it is, whether its signer may, and whether it counts for the first
//! time. What a message states is written into the entry beside its bytes, so that a replay reads no message, and
//! [`crate::verify_evidence`] reads all of them.

mod accepted;
mod check;
mod gate;
mod memo;
mod trust;
pub mod typed;
mod verifiers;

use cistern_engine::command::Command;

pub use check::{EVIDENCE_BYTES_MAX, MESSAGES_MAX};

pub(crate) use accepted::Accepted;
pub(crate) use check::{is_bootstrap, of_agent, require_signed};
pub(crate) use gate::Gate;
pub(crate) use trust::{Keys, Trust, Trusted, changes};
pub(crate) use verifiers::{Desk, Verifiers};

use crate::{Answer, Stamped, SubmitError, sequencer::Proposal};

/// What is done with a command that nobody signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unsigned {
    /// It is refused.
    #[default]
    Refused,
    /// It is taken, from everybody: a rehearsal. Statements without evidence are taken too.
    Accepted,
}

impl Verifiers {
    /// Takes a command from outside. What it says about its own proof is ignored: the id of a signed command, where it is
    /// given, must be right, and what messages state is read from them.
    ///
    /// # Errors
    /// [`SubmitError`]: nothing was ordered, and the answer is not told. What the check itself finds is told.
    pub(crate) fn admit(
        &self,
        stamped: Stamped,
        unsigned: Unsigned,
        mut answer: Answer,
    ) -> Result<(), SubmitError> {
        match route(&stamped.command, unsigned) {
            Ok(Route::Checked) => self.desk.hand_in(stamped, answer),
            Ok(Route::Straight) => self.desk.gate.straight(Proposal { stamped, answer }),
            Err(error) => {
                answer.forget();
                Err(error)
            }
        }
    }
}

/// Which way a command takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    Checked,
    Straight,
}

fn route(command: &Command, unsigned: Unsigned) -> Result<Route, SubmitError> {
    match (command, unsigned) {
        (Command::Signed { .. }, _) => Ok(Route::Checked),
        (Command::Attest { evidence, .. }, Unsigned::Accepted) if evidence.is_empty() => Ok(Route::Straight),
        (Command::Attest { evidence, .. }, _) if !evidence.is_empty() => {
            check::require_bounded(evidence)?;
            Ok(Route::Checked)
        }
        (_, Unsigned::Accepted) => {
            check::require_strong(command)?;
            Ok(Route::Straight)
        }
        (Command::DepositProven { .. } | Command::Found { .. }, Unsigned::Refused) => {
            Err(SubmitError::Closed { command: command.name() })
        }
        (_, Unsigned::Refused) => Err(SubmitError::Unsigned { command: command.name() }),
    }
}
