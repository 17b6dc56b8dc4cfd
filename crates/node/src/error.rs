//! What can go wrong, and what to do about it.

use std::{path::PathBuf, sync::Arc};

use cistern_attest::{Digest, Refusal};

use crate::store::damage::Damage;

/// Bytes as people compare them.
struct Hex<'a>(&'a [u8]);

impl std::fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("0x")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Why a command was not ordered, or why nothing is known of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// Too many commands wait already.
    #[error("too many commands wait to be ordered; try again when some have been answered")]
    Full,
    /// The command is larger than an entry may be.
    #[error("the command takes {bytes} bytes, {most} are the limit; send it in parts")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        most: usize,
    },
    /// Nobody signed it, and it needs that.
    #[error("{command} needs a signature, prices need evidence; how to sign is in docs/signing.md")]
    Unsigned {
        /// What was asked.
        command: &'static str,
    },
    /// No signature makes it right.
    #[error("{command} cannot be asked from outside, with or without a signature; prices come as evidence")]
    Closed {
        /// What was asked.
        command: &'static str,
    },
    /// A signature does not hold.
    #[error(
        "the signature is not by its signer over {} ({refusal:?}); compare the fields, the chain id and the pool's id",
        Hex(digest)
    )]
    Signature {
        /// Why.
        refusal: Refusal,
        /// What must be signed.
        digest: Digest,
    },
    /// The id that came with a signature is another than what must be signed.
    #[error(
        "the command's id is {}, not the one that came with it; leave it zero, or compare what was hashed",
        Hex(expected)
    )]
    WrongId {
        /// What must be signed.
        expected: Digest,
    },
    /// A message does not count.
    #[error("message {message}: {refusal}")]
    Refused {
        /// Its place among the messages of the command, from 0.
        message: usize,
        /// Why.
        refusal: Refusal,
    },
    /// More messages than a command may bring.
    #[error("{messages} messages, {most} are the limit; send them in parts")]
    TooManyMessages {
        /// How many there are.
        messages: usize,
        /// The limit.
        most: usize,
    },
    /// An agent's key of small order.
    #[error("the key is one for which everybody can sign; make a new one")]
    WeakKey,
    /// A bug: the check itself failed.
    #[error("the check of the command failed; report it with the command")]
    Panicked,
    /// The node orders nothing more. A command that was waiting may be found in the log at the next start, or not.
    #[error("the node orders nothing more: {reason}; start it again once that is mended")]
    Stopped {
        /// Why.
        reason: Arc<str>,
    },
}

/// Why a node does not open, or cannot do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// Another node uses the directory.
    #[error("{dir}: another node uses this store; stop it, or give this one another directory")]
    InUse {
        /// Which.
        dir: PathBuf,
    },
    /// The store does not hold what was written.
    #[error(transparent)]
    Damage(#[from] Damage),
    /// The system refused something.
    #[error("{path}: cannot {what} ({reason}); check the path, the permissions and the room on the disk")]
    System {
        /// Which file or directory.
        path: PathBuf,
        /// What was tried.
        what: &'static str,
        /// What the system said.
        reason: String,
    },
    /// The history cannot be read or written; everything else goes on.
    #[error("the history cannot be used ({reason}); delete history.redb and start again: it is made anew")]
    History {
        /// Why.
        reason: String,
    },
    /// The node has stopped.
    #[error("the node has stopped: {reason}; start it again once that is mended")]
    Stopped {
        /// Why.
        reason: Arc<str>,
    },
}

impl From<SubmitError> for NodeError {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Stopped { reason } => Self::Stopped { reason },
            other => Self::Stopped { reason: other.to_string().into() },
        }
    }
}
