//! What a node keeps on the disk.
//!
//! | file | holds |
//! |---|---|
//! | `log-<first height>.cistern` | a header and records, one for each group of entries that became durable together |
//! | `head` | what was acknowledged at least, in two slots |
//! | `snapshot-<height>.cistern` | the state at a height; the last two |
//! | `history.redb` | derived: what happened, for people who ask |
//! | `lock` | held by the node that uses the directory |
//!
//! Every byte of the log, the head and the snapshots is covered by a checksum; each record names the checksum of the one
//! before it, and a link of the chain over what was applied. `docs/decisions/0009-*` says why.

pub(crate) mod damage;
pub(crate) mod files;
pub(crate) mod frame;
pub(crate) mod head;
pub(crate) mod reader;
pub(crate) mod recover;
pub(crate) mod replay;
pub(crate) mod snapshot;
pub(crate) mod writer;
