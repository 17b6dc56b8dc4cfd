//! A node: it orders commands, makes them durable, applies them, and tells what came of them.
//!
//! **Log first, then decide.** What was asked is ordered, stamped with its time and written to the disk, refused or not;
//! only then the engine decides on it. So memory is never ahead of the disk, and a write that fails leaves the pool at
//! the durable state.
//!
//! ```text
//! submit ─> sequencer: a group, times, one record, fdatasync ─> apply: engine, chain ─> answers, subscribers, history
//! ```
//!
//! What comes from outside is admitted first: signatures and messages are checked before they are ordered
//! ([`Node::admit`]).
//!
//! Sketch: an fdatasync costs about 100 us, an entry about 1 us to apply and 100 bytes in the log. One caller at a time
//! is bound by the disk; many at once share one fdatasync, and are bound by the engine. `./x bench node` holds it to that.

mod admission;
mod applier;
mod apply;
mod board;
mod clock;
mod error;
mod history;
mod local;
mod node;
mod options;
mod reverify;
mod sequencer;
mod snapshots;
mod store;
mod verify;

pub use admission::{EVIDENCE_BYTES_MAX, MESSAGES_MAX, Unsigned, typed};
pub use apply::{Applied, Mark};
pub use board::{Gone, Head, Numbered, Status, Subscription, SubscriptionError};
pub use clock::{Clock, HandClock, WallClock};
pub use error::{NodeError, SubmitError};
pub use history::{HistoryPage, HistoryQuery, PAGE_MAX};
pub use local::LocalSequencer;
pub use node::{Node, Opened};
pub use options::Options;
pub use reverify::{Reverified, ReverifyError, verify_evidence};
pub use sequencer::{Answer, Group, Ordered, Proposal, Sequencer, Stamped};
pub use store::{
    damage::{Damage, Fault},
    frame::{ENTRY_BYTES_MAX, Place},
};
pub use verify::{Verified, verify};
