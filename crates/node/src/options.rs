//! How a node is run.

use std::path::PathBuf;

/// Where a node keeps its log, and its limits.
#[derive(Clone, Debug)]
pub struct Options {
    /// Directory of the store; none for a node that forgets everything when it ends.
    pub dir: Option<PathBuf>,
    /// Most entries that share one record and one fdatasync. Whoever is in a group is answered as soon as its entry was
    /// applied, so a large one makes nobody wait for the rest; a slow disk wants it large.
    pub group_max: usize,
    /// Most commands that wait to be ordered; another is refused with [`crate::SubmitError::Full`].
    pub queue_max: usize,
    /// A snapshot is written whenever this many entries were applied since the last.
    pub snapshot_every: u64,
    /// A segment of the log is closed once it has this many bytes.
    pub segment_bytes: u64,
    /// Most entries that are kept in memory for subscribers and for [`crate::Node::recent`].
    pub recent_max: usize,
    /// Threads that check signatures and messages.
    pub verifiers: usize,
    /// Most commands that wait for their check, and for others to pass theirs; another is refused with
    /// [`crate::SubmitError::Full`].
    pub checks_max: usize,
    /// Chain that wallets must be on, in what they sign; pools are told apart by their ids.
    pub chain_id: u64,
}

impl Options {
    /// A node that forgets everything when it ends.
    #[must_use]
    pub fn memory() -> Self {
        Self {
            dir: None,
            group_max: 8_192,
            queue_max: 16_384,
            snapshot_every: 100_000,
            segment_bytes: 256 << 20,
            recent_max: 16_384,
            verifiers: std::thread::available_parallelism().map_or(1, usize::from),
            checks_max: 8_192,
            chain_id: crate::typed::CHAIN_ID,
        }
    }

    /// A node whose log is in a directory.
    #[must_use]
    pub fn at(dir: impl Into<PathBuf>) -> Self {
        Self { dir: Some(dir.into()), ..Self::memory() }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::memory()
    }
}
