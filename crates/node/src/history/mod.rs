//! What happened, for people who ask: newest first, by account, by kind.
//!
//! Derived from the log, in a database of its own: blocks of events by the number of their first, and for each account
//! and each kind lists of event numbers. A thread in the background writes it; who asks sees everything that was applied
//! before. Whatever is wrong with the database, it is thrown away and made anew from the log.
//!
//! Sketch: an event takes about 100 bytes in its block and 8 in each of its two or three lists; written in batches of
//! thousands, so that an insertion into a tree is shared by dozens of events. About 1 us an event.

mod base;
mod historian;
mod look;
mod topics;

use cistern_engine::ids::AccountId;

use crate::board::Numbered;
pub(crate) use base::{Base, Fate, Reached};
pub(crate) use historian::Historian;

/// Most events of one page.
pub const PAGE_MAX: usize = 1_000;

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Events before this number; none for the latest.
    pub before: Option<u64>,
    /// Events that concern an account; none for all.
    pub account: Option<AccountId>,
    /// Events of these kinds, by [`cistern_engine::event::Event::NAMES`]; empty for all.
    pub kinds: Vec<&'static str>,
    /// Most events of the answer; [`PAGE_MAX`] at most.
    pub limit: usize,
}

/// What is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryPage {
    /// Events, newest first. There may be fewer than asked for although there are more: see `next`.
    pub events: Vec<Numbered>,
    /// Where the next page begins, as [`HistoryQuery::before`]; none at the end.
    pub next: Option<u64>,
}
