//! How a command ends.

use std::process::ExitCode;

/// The three ends of every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Done as asked: 0.
    Done,
    /// Refused or failed: 1.
    Refused,
    /// The input cannot be used: 2.
    Unusable,
}

impl Exit {
    /// The worse of two ends: unusable input before a refusal.
    pub(crate) fn worse(self, other: Self) -> Self {
        self.max(other)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Refused => 1,
            Exit::Unusable => 2,
        })
    }
}
