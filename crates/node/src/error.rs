//! What can go wrong, and what to do about it.

use std::{path::PathBuf, sync::Arc};

use crate::store::damage::Damage;

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
