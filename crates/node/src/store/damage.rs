//! What is wrong with a store, where, and what to do about it.

use std::path::{Path, PathBuf};

/// A file of the store does not hold what was written. The node does not start on it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} at byte {offset}: {fault}", file.display())]
pub struct Damage {
    /// Which file.
    pub file: PathBuf,
    /// Where in it.
    pub offset: u64,
    /// What is wrong.
    pub fault: Fault,
}

impl Damage {
    pub(crate) fn new(file: &Path, offset: u64, fault: Fault) -> Self {
        Self { file: file.to_owned(), offset, fault }
    }
}

/// What is wrong, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The file is not there.
    #[error("the file is missing; put it back from a copy, the rest of the store is useless without it")]
    Missing,
    /// The system does not let us read it.
    #[error("cannot be read ({reason}); check the permissions and the disk")]
    Unreadable {
        /// What the system said.
        reason: String,
    },
    /// It is no file of this kind, or of another version.
    #[error(
        "this is no such file of this version; put it back from a copy, or run the version that wrote it"
    )]
    Foreign,
    /// Bytes changed after they were written.
    #[error("bytes do not match their checksum; put the file back from a copy, and check the disk")]
    Checksum,
    /// It ends before what was acknowledged does.
    #[error(
        "the file ends here, but it was acknowledged up to byte {acknowledged}; put it back from a copy, \
         and check the disk"
    )]
    Short {
        /// Where it should end at least.
        acknowledged: u64,
    },
    /// It is whole, but does not follow what is before it.
    #[error("expected entry {expected}, found {found}; a file is missing or from another store: put it back")]
    OutOfOrder {
        /// Number of the entry that should be there.
        expected: u64,
        /// Number that is.
        found: u64,
    },
    /// It is whole, but was not written after what is before it.
    #[error("does not follow what is before it; a file is from another store: put the right one back")]
    Unlinked,
    /// Applying the log comes to something else than when it was written.
    #[error(
        "entry {height} comes to another result than when it was written; run the version that wrote this store"
    )]
    Diverged {
        /// The entry.
        height: u64,
    },
    /// The pool's books do not add up after an entry.
    #[error("entry {height} breaks an invariant ({violation}); report it with the log")]
    Broken {
        /// The entry.
        height: u64,
        /// Which.
        violation: String,
    },
}
